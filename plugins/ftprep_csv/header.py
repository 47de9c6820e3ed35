"""Names of the columns: each has one, and no two have the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import ftprep


def column_names(header: Sequence[str], source: ftprep.Input, line: int, *, number: bool) -> tuple[str, ...]:
    """The names in a header, without the spaces around them.

    Raises DataError for blank and repeated ones, naming all of them, unless they are to get numbers.
    """
    names = [name.strip() for name in header]
    if number:
        return _numbered(names)
    if wrong := faults_in(names):
        hint = "name them with 'columns: [...]', or number them with 'duplicates: number'"
        raise ftprep.DataError("; ".join(wrong), hint=hint, file=source.name, line=line)
    return tuple(names)


def faults_in(header: Sequence[str]) -> list[str]:
    """What is wrong with the names in a header: blank and repeated ones, each with its places."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(header, 1):
        places[name.strip()].append(place)
    return [_complaint(name, at) for name, at in places.items() if len(at) > 1 or not name]


def _complaint(name: str, places: Sequence[int]) -> str:
    *first, last = map(str, places)
    where = f"columns {', '.join(first)} and {last}" if first else f"column {last}"
    if name:
        return f"{where} have the same name '{name}'"
    return f"{where} {'have' if first else 'has'} no name"


def _numbered(names: Sequence[str]) -> tuple[str, ...]:
    taken = set(names)
    made: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        new, number = name or f"column_{place}", 2
        while new in made or (new != name and new in taken):
            new, number = f"{name or f'column_{place}'}_{number}", number + 1
        made[new] = None
    return tuple(made)
