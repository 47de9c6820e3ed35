"""How the data drifted: what was counted of it, the steps it took, and what was found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET

from .difference import FigureChange, FindingChange, InputChange, StepChange
from .values import changes

_LONGEST = 60
"""Characters of a text that is still a figure."""


def figure_changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[FigureChange]:
    """Numbers and short texts that differ, of the checks of each output, then of what every run counts."""
    for check, old, new in (*_checks(a, b), *_makeup(a, b)):
        output, name = check
        before, after = dict(_flat(old)), dict(_flat(new))
        for key in [*after, *(key for key in before if key not in after)]:
            if (before.get(key) or 0) != (after.get(key) or 0):  # what is not counted is none of it
                yield FigureChange(output, name, key, before.get(key, UNSET), after.get(key, UNSET))


Figures = tuple[tuple[str, str], Mapping[str, Any], Mapping[str, Any]]


def _checks(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Figures]:
    """The checks that both runs made; that one was added or left out stands in the recipe."""
    old, new = a.get("figures", {}), b.get("figures", {})
    for output in (name for name in new if name in old):
        for check in (name for name in new[output] if name in old[output]):
            yield (output, check), old[output][check], new[output][check]


def _makeup(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Figures]:
    old, new = a.get("makeup", {}), b.get("makeup", {})
    for output in (name for name in new if name in old):
        yield (output, "makeup"), old[output], new[output]


def _flat(figures: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Numbers and short texts with their names. Of tables, the rows are known by their first text, and whole numbers
    are told. Other lists (the bins of a histogram, places) are no figures that anybody compares one by one."""
    if isinstance(figures, Mapping):
        for key, value in figures.items():
            yield from _flat(value, f"{name}: {_said(key)}" if name else _said(key))
    elif isinstance(figures, list):
        for row in figures:
            yield from _of_row(row)
    elif isinstance(figures, (int, float)) or (isinstance(figures, str) and len(figures) <= _LONGEST):
        yield name, figures


def _of_row(row: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(row, Mapping):
        return
    called = next((value for value in row.values() if isinstance(value, str)), None)
    if called is None or len(called) > _LONGEST:
        return
    for key, value in row.items():
        if isinstance(value, (int, Mapping)):
            yield from _flat(value, f"{called}: {_said(key)}")


def _said(key: str) -> str:
    return str(key).replace("_", " ")


def step_changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[StepChange]:
    """The steps that counted otherwise; the first of a name belongs to the first. Of a step that one run did not take,
    only what it dropped is told: the recipe tells the rest."""
    old, new = (dict(_steps(manifest)) for manifest in (a, b))
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key, {}), new.get(key, {})
        if not (before and after):
            before, after = _drops(before), _drops(after)
        if found := tuple(changes(_zeros(before, after), _zeros(after, before))):
            yield StepChange(key[0], key[1], found)


_DROPPED = "dropped: "


def _drops(counts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: count for name, count in counts.items() if name.startswith(_DROPPED)}


def _steps(manifest: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str | None, int], dict[str, Any]]]:
    seen: Counter[tuple[str, str | None]] = Counter()
    for step in manifest["counts"].get("steps", ()):
        name = step["step"], step.get("output")
        counts = {key: step[key] for key in ("in", "out", "made")}
        counts |= {f"{_DROPPED}{reason}": n for reason, n in step["dropped"].items()}
        counts |= {str(note): n for note, n in step.get("notes", {}).items()}
        yield (*name, seen[name]), counts
        seen[name] += 1


def _zeros(counts: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What is not counted is none of it."""
    return {**dict.fromkeys(other, 0), **counts}


def finding_changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[FindingChange]:
    """Findings, by code and message: new ones first, then those that are gone, then those that are more or fewer."""
    old, new = (_findings(manifest) for manifest in (a, b))
    found = [
        FindingChange(code, level, message, old[code, level, message], new[code, level, message])
        for code, level, message in dict.fromkeys([*new, *old])
    ]
    differ = [one for one in found if one.before != one.after]
    yield from sorted(differ, key=lambda one: 0 if not one.before else 1 if not one.after else 2)


def _findings(manifest: Mapping[str, Any]) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    for one in manifest["findings"]:
        counts[one["code"], one["level"], one["message"]] += one["count"]
    return counts


def input_changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[InputChange]:
    """Inputs and side tables, by name; one that has another name and the same bytes was renamed."""
    old, new = (
        {entry["file"]: entry["sha256"] for key in ("inputs", "side_tables") for entry in manifest.get(key, ())}
        for manifest in (a, b)
    )
    gone = {hash_: file for file, hash_ in old.items() if file not in new}
    renamed = {file: gone[hash_] for file, hash_ in new.items() if file not in old and hash_ in gone}
    for file, hash_ in new.items():
        if file in renamed:
            yield InputChange(file, "renamed", renamed[file])
        elif file not in old:
            yield InputChange(file, "added")
        elif old[file] != hash_:
            yield InputChange(file, "changed")
    yield from (InputChange(file, "removed") for file in old if file not in new and file not in renamed.values())
