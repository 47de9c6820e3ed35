"""A row as it is trained on, in HTML: who says what, which of it is trained, and what nobody sees made visible.

Marks and borders are for the eye; beside them stands the plain text, which is what a screen reader reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from ..trained import Kind
from .excerpt import Excerpt, Stretch
from .marks import Run, ends_of, runs
from .words import plain, safe

KINDS: dict[Kind, str] = {
    "trained": "trained on", "context": "", "rejected": "the answer not wanted", "reference": "for graders"
}  # fmt: skip
_CLASS = {"trained": "t", "context": "c", "rejected": "r", "reference": "f"}
_PARTS = {"reasoning": "reasoning", "call": "tool call", "tools": "tool definitions", "image": "image"}
_MOST_NAME = 80


def row(shown: Sequence[Excerpt], facts: Mapping[str, Any]) -> Markup:
    """What is shown of a row. `facts` are the contract's: its separator and its stop sequences."""
    made = []
    for block in _blocks(shown):
        if skipped := block[0].skipped:
            left_out = Markup('<p class="more">… {:,} {} left out …</p>')
            made.append(left_out.format(skipped, "message is" if skipped == 1 else "messages are"))
        made.append(_block(block, facts))
    return Markup("").join(made)


def _blocks(shown: Sequence[Excerpt]) -> Iterator[list[Excerpt]]:
    """Joined segments stand in one block, as the one text they are."""
    block: list[Excerpt] = []
    for excerpt in shown:
        if block and not excerpt.segment.joined:
            yield block
            block = []
        block.append(excerpt)
    if block:
        yield block


def _block(block: Sequence[Excerpt], facts: Mapping[str, Any]) -> Markup:
    heads = Markup(", then ").join(map(_who, block))
    seen = Markup("").join(_seen(excerpt, facts) for excerpt in block)
    read = Markup("").join(_read(excerpt) for excerpt in block)
    kind = _CLASS[block[-1].segment.kind]
    return Markup(
        '<div class="said-{}"><p class="who">{}</p><div class="marked" dir="auto" aria-hidden="true">{}</div>'
        '<div class="unseen">{}</div></div>'
    ).format(kind, heads, seen, read)


def _who(excerpt: Excerpt) -> Markup:
    segment = excerpt.segment
    part = _PARTS.get(segment.part, "") if segment.role != "tools" else ""
    said = [segment.role.replace("_", " ")[:_MOST_NAME], *([part] if part else [])]
    said += [f"({segment.name[:_MOST_NAME]})"] if segment.name else []
    badge = KINDS[segment.kind]
    told = Markup(' <span class="badge k-{}">{}</span>').format(_CLASS[segment.kind], badge) if badge else ""
    return Markup("<bdi>{}</bdi>{}").format(safe(" ".join(said)), told)


def _seen(excerpt: Excerpt, facts: Mapping[str, Any]) -> Markup:
    ends = ends_of(facts, excerpt.segment)
    made = [_stretch(stretch, ends) for stretch in excerpt.stretches]
    if not any(stretch.text for stretch in excerpt.stretches):
        made = ['<span class="gap">nothing</span>']
    between = f'<span class="gap">… {excerpt.left_out:,} characters left out …</span>'
    return Markup(f'<span class="{_CLASS[excerpt.segment.kind]}">{between.join(made)}</span>')


def _stretch(stretch: Stretch, ends: Mapping[str, str]) -> str:
    """Elements are short, as there is one for every second token and for each mark: `b` a token, `i` a mark."""
    made = []
    for end, group in groupby(runs(stretch.text, stretch.tokens, ends), key=lambda run: run.end):
        inner = "".join(_token(list(of_token), stretch.first) for _, of_token in groupby(group, key=lambda r: r.token))
        made.append(f'<span class="end">{inner}<small>{escape(end)}</small></span>' if end else inner)
    return "".join(made)


def _token(of_token: Sequence[Run], first: int) -> str:
    inner = "".join(map(_run, of_token))
    return f"<b>{inner}</b>" if of_token[0].token >= 0 and (first + of_token[0].token) % 2 else inner


def _run(run: Run) -> str:
    if run.kind == "text":
        return escape(run.text)
    if run.kind == "hidden":
        return f'<i class="h" title="{escape(run.name)}">{run.shown}</i>'
    return f"<i>{run.shown}</i>"


def _read(excerpt: Excerpt) -> Markup:
    """The plain text, with its kind before it where a block holds several."""
    left_out = f" … {excerpt.left_out:,} characters left out … " if excerpt.left_out else ""
    text = left_out.join(stretch.text for stretch in excerpt.stretches)
    kind = KINDS[excerpt.segment.kind]
    said = f"{excerpt.segment.role}, {kind}: " if excerpt.segment.joined and kind else ""
    return Markup("<p>{}{}</p>").format(said, plain(text))
