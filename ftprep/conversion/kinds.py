"""Which training format the rows of a file have: the installed writers that decode are asked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from ..errors import RecipeError, did_you_mean
from ..example import Row
from ..planning.broken import guarded
from ..registry import Registered, Registry
from ..steps import Writer


def decodes(writer: Registered) -> bool:
    """Whether a writer can read its own format."""
    return writer.cls.decode.__func__ is not Writer.decode.__func__  # type: ignore[attr-defined]


def writer_named(name: str, registry: Registry, option: str) -> Registered:
    """The writer that an option names. Raises RecipeError, which begins with the option."""
    try:
        return registry.get("writer", name)
    except RecipeError as error:
        raise RecipeError(*(f"{option}: {problem}" for problem in error.problems)) from None


def format_named(name: str, registry: Registry) -> Registered:
    """The format that `--from` names. Raises RecipeError where it cannot be read."""
    writer = writer_named(name, registry, "--from")
    if not decodes(writer):
        able = [item.name for item in registry.all("writer") if decodes(item)]
        hint = did_you_mean(name, able, otherwise="formats that can be")
        raise RecipeError(f"--from: '{name}' is written only and cannot be read back", hint=hint)
    return writer


def format_of(rows: Sequence[Row], registry: Registry, name: str) -> Registered:
    """The format of most of these rows; of several, the one that leaves the fewest keys unread, then one that is made
    for one kind of data, then the one that most models are tuned with. Raises RecipeError where no writer knows them.
    """
    able = [item for item in registry.all("writer") if decodes(item)]
    formats = [name for facts in registry.models() for name in facts.formats]
    scores = {item: (*_score(item, rows), formats.count(item.name)) for item in able}
    best = max(able, key=lambda item: scores[item], default=None)
    if best is None or not scores[best][0]:
        known = ", ".join(item.name for item in able) or "none"
        text = f"{name}: its rows have no format that an installed writer reads ({known})"
        raise RecipeError(text, hint="name it with --from, or write a recipe: 'ftprep init' begins one")
    return best


def _score(writer: Registered, rows: Sequence[Row]) -> tuple[int, int, bool]:
    """Rows that it decodes, keys of them that it leaves (negative), whether it is made for one kind of data."""
    read = left = 0
    for row in rows:
        with guarded(writer, "failed to decode a row"), suppress(ValueError):
            if writer.cls.matches(row):
                left -= len(writer.cls.decode(row).extra)
                read += 1
    return read, left, bool(writer.cls.kinds)
