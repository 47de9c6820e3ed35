"""What differs between two runs, for people: causes first, then rows, then what was counted and found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from .table import broken, table
from .words import value_text

if TYPE_CHECKING:
    from ..differing.difference import Difference, InputChange, OutputDifference, Place, RowDifference
    from ..differing.values import Change

_WIDTH = 80
_MOST = 12
"""Lines of a section; the document has all of them."""
_LONGEST = 120
"""Characters of a value that is told."""


def told(found: Difference) -> Iterator[str]:
    """The lines of the answer."""
    if found.equal:
        text = f"the runs are equal: {_times(found.files, 'file')} with the same bytes; only the time differs"
        yield from broken(text, _WIDTH)
        return
    yield from (f"A  {found.a}{_judged(found.ok[0])}", f"B  {found.b}{_judged(found.ok[1])}")
    yield from _section("recipe", (line for change in (*found.about, *found.recipe) for line in _change(change)))
    yield from _section("inputs", map(_input, found.inputs))
    yield from _section("versions", (line for change in found.versions for line in _change(change)))
    for output in found.outputs:
        yield from ("", *_output(output))
    yield from _section("other files that differ", _other_files(found))
    yield from _figures(found)
    yield from _section("steps", _steps(found))
    yield from _section("findings", _findings(found))


def _judged(ok: bool) -> str:
    return "" if ok else "  (not ok: it has findings at error level)"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A title with its lines, where there are any."""
    every = list(lines)
    if every:
        yield from ("", title)
        for line in every[:_MOST]:
            yield from broken(f"  {line}", _WIDTH, "    ")
        yield from _more(len(every) - _MOST)


def _more(count: int, indent: str = "  ") -> Iterator[str]:
    if count > 0:
        yield f"{indent}… and {count:,} more (--json has all)"


def _change(change: Change) -> Iterator[str]:
    """`transform[1].window.context: 5 → 8`; long texts in words."""
    from msgspec import UNSET

    if change.before is UNSET or change.after is UNSET:
        there, value = ("gone, was", change.before) if change.after is UNSET else ("new,", change.after)
        yield f"{change.path}: {there} {_short(value_text(value))}"
        return
    before, after = value_text(change.before), value_text(change.after)
    if isinstance(change.before, str) and isinstance(change.after, str) and max(len(before), len(after)) > 40:
        from ..wording import word_diff

        yield f"{change.path}: {_marked(word_diff(change.before, change.after))}"
    else:
        yield f"{change.path}: {_short(before)} → {_short(after)}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _input(change: InputChange) -> str:
    if change.what == "renamed":
        return f"{change.file}: the same bytes as {change.was}"
    said = {"changed": "other bytes", "added": "new", "removed": "gone"}
    return f"{change.file}: {said[change.what]}"


def _output(output: OutputDifference) -> Iterator[str]:
    yield from broken(f"{output.name}: {_counts(output)}", _WIDTH, "  ")
    if any(a != b for a, b in output.splits.values()):
        lines = [[split, f"{a:,}", f"{b:,}"] for split, (a, b) in output.splits.items()]
        yield from table([["", "A", "B"], *lines], right=(1, 2), indent="  ")
    if output.contract:
        yield "  what inference must send:"
        for change in output.contract[:_MOST]:
            for line in _change(change):
                yield from broken(f"    {line}", _WIDTH, "      ")
        yield from _more(len(output.contract) - _MOST, "    ")
    totals = {"added": output.added, "removed": output.removed, "changed": output.changed, "moved": output.moved}
    for kind, rows in output.rows.items():
        yield from broken(f"  {totals[kind]:,} {kind}{_how(kind, output)}", _WIDTH, "    ")
        for row in rows:
            yield from _row(row)
        if totals[kind] > len(rows):
            yield f"    … and {totals[kind] - len(rows):,} more"


def _counts(output: OutputDifference) -> str:
    a, b = output.lines
    if output.only_in is not None:
        return f"only in {output.only_in.upper()}, {_times(max(a, b), 'row')}"
    parts = {"added": output.added, "removed": output.removed, "changed": output.changed, "moved": output.moved}
    differ = [f"{n:,} {kind}" for kind, n in parts.items() if n]
    if not differ:
        return f"{_times(a, 'row')}, the same{' in another order' if output.reordered else ''}"
    rows = _times(a, "row") if a == b else f"{a:,} → {_times(b, 'row')}"
    return f"{rows}: {', '.join([*differ, f'{output.same:,} the same'])}"


def _how(kind: str, output: OutputDifference) -> str:
    """Which way rows moved; what makes lines one row that changed."""
    if kind == "moved":
        return f": {', '.join(f'{n:,} {way}' for way, n in output.moves.items())}"
    if kind != "changed":
        return ""
    told = [f"{n:,} {_RULES[rule]}" for rule, n in output.rules.items()]
    return f": {', '.join(told)}" + (f"; {output.strayed:,} of them in another split" if output.strayed else "")


_RULES = {
    "source": "from the same rows of the input",
    "prompt": "with the same prompt",
    "turn": "with the same last message and answer",
    "place": "from the same rows of an input that changed",
}


def _row(row: RowDifference) -> Iterator[str]:
    """Where a row stands, where it comes from, and what is other in it."""
    sides = [(side, place) for side, place in (("A", row.a), ("B", row.b)) if place is not None]
    sources = {place.source for _, place in sides}
    at = [_place(side, place, alone=len(sources) > 1) for side, place in sides]
    source = next(iter(sources)) if len(sources) == 1 else None
    yield from broken(f"    {' → '.join(at)}{f' ({source})' if source else ''}", _WIDTH, "      ")
    for wording in row.wordings:
        text = f"{wording.path}: {wording.words}" if wording.path else wording.words
        yield from broken(f"      {_marked(text)}", _WIDTH, "        ")


def _place(side: str, place: Place, *, alone: bool) -> str:
    """The output is named above."""
    name = str(place).rpartition("/")[2]
    return f"{side} {name}" + (f" ({place.source})" if alone and place.source else "")


def _marked(text: str) -> str:
    """Line ends and tabs, which would not be seen."""
    return text.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")


def _other_files(found: Difference) -> Iterator[str]:
    """What is not the data of an output; data that differs has been told."""
    names = {output.name for output in found.outputs}
    for name in found.differing:
        if name.rpartition("/")[0] not in names or not name.endswith(".jsonl"):
            yield name


def _figures(found: Difference) -> Iterator[str]:
    for (check, output), group in groupby(found.figures, key=lambda one: (one.check, one.output)):
        figures = list(group)
        rows = [[_short(one.name), _figure(one.before), _figure(one.after)] for one in figures[:_MOST]]
        yield ""
        yield from table(
            [[f"{check} ({output})", "A", "B"], *([f"  {row[0]}", *row[1:]] for row in rows)], right=(1, 2)
        )
        yield from _more(len(figures) - _MOST)


def _figure(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
    return value_text(value) if isinstance(value, (str, bool)) or value is None else "–"


def _steps(found: Difference) -> Iterator[str]:
    """Steps whose counts changed in one way stand in one line."""
    names: dict[str, list[str]] = {}
    for step in found.steps:
        name = f"{step.output} / {step.step}" if step.output and step.output != step.step else step.step
        counts = ", ".join(f"{_short(one.path)} {one.before:,} → {one.after:,}" for one in step.counts)
        names.setdefault(counts, []).append(name)
    yield from (f"{', '.join(steps)}: {counts}" for counts, steps in names.items())


def _findings(found: Difference) -> Iterator[str]:
    for one in found.findings:
        text = f"{one.level} {one.code}: {one.message}"
        if one.before and one.after:
            yield f"{_times(one.after, 'time')}, not {one.before:,}: {text}"
        else:
            there = "new" if one.after else "gone"
            count = max(one.before, one.after)
            yield f"{there}: {text}" + (f" ({_times(count, 'time')})" if count > 1 else "")


def _times(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
