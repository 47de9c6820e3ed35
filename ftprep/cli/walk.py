"""One row, or conversation, on its way through the steps: what each step makes of it, with the changes marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from ..wording import cut_middle
from .changes import changed
from .saying import json_text

Shown = dict[str, Any]
"""An example as a stage has it: source, fields, messages and others."""
Lines = Callable[[Mapping[str, Any], Sequence[int]], Iterator[str]]
"""Shows lines of a stage, given their places in it."""
_LONGEST = 400
"""Characters of a text that are shown; `--json` has all of it."""
_BRIEF = 60
"""Characters of a text that did not change."""
_MOST_EXAMPLES = 10
_MOST_ALIKE = 2
"""Messages in a row, without a change, that are shown."""
_MOST_DROPS = 10
"""Rows that never came to a root that are shown."""


def walk_lines(stages: Sequence[Mapping[str, Any]], places: Sequence[str], lines: Lines) -> Iterator[str]:
    """Each root on its way. `lines` shows what is written."""
    followed = {root for stage in stages for root in stage["roots"]}
    alone = [number for number in range(1, len(places) + 1) if number not in followed]
    for number, place in enumerate(places, 1):
        if number in followed or number in alone[:_MOST_DROPS]:
            yield f"== {place}"
            yield from (f"   {line}" for line in _brief(_walked(stages, number, place, lines)))
            yield ""
    if len(alone) > _MOST_DROPS:
        yield f"and {len(alone) - _MOST_DROPS:,} more that were dropped before they came to a step"


def _brief(stages: Iterator[tuple[str, list[str]]]) -> Iterator[str]:
    """Steps that changed nothing, one after the other, in one line."""
    for same, group in groupby(stages, lambda stage: stage[1] == [_SAME]):
        if same:
            yield f"{', '.join(name for name, _ in group)}: unchanged"
            continue
        for name, lines in group:
            yield name
            yield from (f"   {line}" for line in lines)


_SAME = "="


def _walked(
    stages: Sequence[Mapping[str, Any]], number: int, place: str, lines: Lines
) -> Iterator[tuple[str, list[str]]]:
    """Each step that the root came to, and what is to be said of it."""
    before: list[Shown] | None = None
    common: list[Shown] | None = None
    output = None
    for stage in stages:
        if stage["output"] != output:
            before, output = common, stage["output"]  # each output begins with what all have in common
        mine = [at for at, root in enumerate(stage["roots"]) if root == number]
        examples = [stage["examples"][at] for at in mine]
        told = [*_dropped(stage, number, place)]
        if stage["makes"] == "lines":
            if mine or told:
                yield _head(stage, len(mine)), [*lines(stage, mine), *told]
        elif mine or told or before:
            same = before is not None and examples == before and not told
            yield _head(stage, len(mine)), [_SAME] if same else [*_examples(before, examples, place), *told]
            before = examples
        if stage["output"] is None:
            common = before


def _head(stage: Mapping[str, Any], count: int) -> str:
    own = f"{stage['output']} / " if stage["output"] not in (None, stage["step"]) else ""
    return f"{own}{stage['step']}" + (f": {count:,} {stage['makes']}" if count > 1 else "")


def _dropped(stage: Mapping[str, Any], number: int, place: str) -> Iterator[str]:
    for drop in stage["dropped"]:
        if drop["root"] == number:
            where = f" {drop['source']}" if drop["source"] != place else ""
            detail = f" ({drop['detail']})" if drop["detail"] else ""
            yield f"dropped{where}: {drop['reason']}{detail}"


def _examples(before: list[Shown] | None, after: list[Shown], place: str) -> Iterator[str]:
    """What became of the examples of one root."""
    made = [(at + 1, _origin(before, after, at), example) for at, example in enumerate(after)]
    new = [one for one in made if one[1] != one[2]]
    if new and len(new) < len(made):
        yield f"{len(made) - len(new):,} as before"
    for number, origin, example in new[:_MOST_EXAMPLES]:
        if len(after) > 1:
            yield example["source"] if example["source"] != place else f"{number}."
        yield from (f"{'   ' if len(after) > 1 else ''}{line}" for line in example_lines(origin, example))
    if len(new) > _MOST_EXAMPLES:
        yield f"… and {len(new) - _MOST_EXAMPLES:,} more with --json"


def _origin(before: list[Shown] | None, after: list[Shown], at: int) -> Shown | None:
    """The example that one was made of, as far as can be told: the one of the same row; where there are as many as
    before, that of its place; else the most similar one. None where rows were put together."""
    example = after[at]
    if not before or (len(before) > 1 and not before[0]["messages"] and example["messages"]):
        return None
    if not example["messages"]:
        return next((other for other in before if other["source"] == example["source"]), None)
    if len(before) == len(after):
        return before[at]
    if example in before:
        return example
    return max(before, key=lambda other: sum(message in other["messages"] for message in example["messages"]))


def example_lines(before: Shown | None, after: Shown) -> Iterator[str]:
    """The lines of an example: `-` gone, `+` new, `~` changed."""
    old = before or {"fields": {}, "messages": []}
    first = before is None and not after["messages"]
    if not after["messages"] or (before is not None and before["messages"]):
        yield from _named(old["fields"], after["fields"], first=first)
    yield from _messages(old["messages"], after["messages"])
    known = ("source", "fields", "messages", "group")
    others = [{k: v for k, v in shown.items() if k not in known and v} for shown in (old, after)]
    yield from _named(*others, first=first)


def _named(before: Mapping[str, Any], after: Mapping[str, Any], *, first: bool) -> Iterator[str]:
    """Values with names: those that are not the same, or all of them at first."""
    for name in dict.fromkeys([*before, *after]):
        if first:
            yield f"  {name}: {short_value(after[name])}"
        elif name not in after:
            yield f"- {name}: {short_value(before[name])}"
        elif name not in before:
            yield f"+ {name}: {short_value(after[name])}"
        elif before[name] != after[name]:
            yield f"~ {name}: {_between(before[name], after[name])}"


def _between(before: Any, after: Any) -> str:
    if isinstance(before, str) and isinstance(after, str):
        return changed(before, after)
    return f"[-{short_value(before)}-]{{+{short_value(after)}+}}"


def _messages(before: Sequence[Shown], after: Sequence[Shown]) -> Iterator[str]:
    old, new = list(map(_said, before)), list(map(_said, after))
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if b - a == d - c:
            pairs = list(zip(before[a:b], after[c:d], strict=True))
            for same, group in groupby(pairs, lambda pair: pair[0] == pair[1]):
                if same:
                    yield from _alike([message for _, message in group])
                else:
                    yield from (line for pair in group for line in _message_changed(*pair))
        else:
            yield from (line for message in before[a:b] for line in _message(message, "-"))
            yield from (line for message in after[c:d] for line in _message(message, "+"))


def _said(message: Shown) -> str:
    return json_text([message["role"], message.get("content")])


def _alike(messages: Sequence[Shown]) -> Iterator[str]:
    """Messages that did not change."""
    for message in messages[:_MOST_ALIKE]:
        yield f"  {_speaker(message)}: {short_value(message.get('content', ''), _BRIEF)}"
    left = len(messages) - _MOST_ALIKE
    if left > 0:
        yield f"  … {left:,} more message{'s' if left > 1 else ''} as before"


def _message(message: Shown, mark: str) -> Iterator[str]:
    yield f"{mark} {_speaker(message)}: {short_value(message.get('content', ''))}"
    for name, value in _others(message).items():
        yield f"{mark}   {name}: {short_value(value)}"


def _message_changed(before: Shown, after: Shown) -> Iterator[str]:
    if before["role"] != after["role"]:
        yield from _message(before, "-")
        yield from _message(after, "+")
        return
    speakers = _speaker(before), _speaker(after)
    speaker = speakers[1] if speakers[0] == speakers[1] else changed(*speakers)[1:-1]
    texts = before.get("content", ""), after.get("content", "")
    yield f"~ {speaker}: {short_value(texts[1], _BRIEF) if texts[0] == texts[1] else _between(*texts)}"
    yield from (f"  {line}" for line in _named(_others(before), _others(after), first=False))


def _others(message: Shown) -> Shown:
    return {k: v for k, v in message.items() if k not in ("role", "content", "name", "weight") and v}


def _speaker(message: Shown) -> str:
    name = f" {message['name']}" if message.get("name") else ""
    weight = f" (weight {message['weight']})" if "weight" in message else ""
    return f"{message['role']}{name}{weight}"


def short_value(value: Any, most: int = _LONGEST) -> str:
    """A value in one line, without its middle where it is long."""
    return json_text(cut_middle(value, most)) if isinstance(value, str) else cut_middle(json_text(value), most)
