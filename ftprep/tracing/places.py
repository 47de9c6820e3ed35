"""Places as people write them: `train.jsonl:17`, `out/x/openai_chat/train.jsonl:17,20`, `data.xlsx:Sheet1!12-14`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ..errors import RecipeError
from ..example import Source

_PLACE = re.compile(r"(?P<file>.+?):(?:(?P<sheet>[^:]+)!)?(?P<lines>\d[\d,\s-]*)", re.DOTALL)
_LINES = re.compile(r"(\d+)(?:-(\d+))?")
MOST = 100
"""Lines that are told of at once."""
_HINT = "name a line, such as train.jsonl:17 or dropped.jsonl:3, or a row of an input in the same way"


class Asked(msgspec.Struct, frozen=True):
    """Lines of a file, or rows of a sheet."""

    file: str
    sheet: str | None
    lines: tuple[int, ...]


def asked(text: str) -> Asked:
    """What a place means. Raises RecipeError for what is none."""
    match = _PLACE.fullmatch(text.strip())
    if match is None:
        raise RecipeError("names no line", hint=_HINT, file=text)
    lines: dict[int, None] = {}
    for part in match["lines"].rstrip(", ").split(","):
        found = _LINES.fullmatch(part.strip())
        if found is None:
            raise RecipeError(f"'{part.strip()}' is no line", hint=_HINT, file=text)
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first or last - first >= MOST or len(lines) >= MOST:
            what = "ends before it begins" if last < first else f"is more than {MOST} lines"
            raise RecipeError(f"'{part.strip()}' {what}", hint="name a few lines, such as 17,20", file=text)
        lines.update(dict.fromkeys(range(first, last + 1)))
    return Asked(match["file"].replace("\\", "/"), match["sheet"], tuple(lines))


def parsed(source: str, units: Sequence[tuple[str, str | None]]) -> tuple[int, Source] | None:
    """The unit and the rows that `dropped.jsonl` calls so; None where it is none of these units."""
    best: tuple[int, Source] | None = None
    for at, (file, sheet) in enumerate(units):
        begin = f"{file}:{sheet}!" if sheet is not None else f"{file}:"
        rows = _LINES.fullmatch(source.removeprefix(begin)) if source.startswith(begin) else None
        if rows is not None and best is None:
            best = at, Source(file, int(rows[1]), int(rows[2] or rows[1]), sheet)
    return best


def is_same(name: str, other: str) -> bool:
    """Whether two names may mean one file: equal, or one is the end of the other, by whole parts."""
    short, long = sorted((name.removeprefix("./"), other.removeprefix("./")), key=len)
    return short == long or long.endswith(f"/{short}")
