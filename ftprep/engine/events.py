"""What readers yield, and rows handed in from Python as the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import DataError, FtprepError
from ..example import Drop, Example, Finding
from ..files import Input
from ..planning.broken import FAULTS, broken
from ..planning.sources import SourcePlan
from ..steps import Rows

Event = Rows | Example | Drop | Finding
"""One thing a reader yields."""


def events_of(source: SourcePlan, input_: Input | None) -> Iterator[Event]:
    """What the reader yields; an exception that is not ours names the plugin."""
    try:
        if input_ is not None:
            yield from source.reader.read(input_)
        elif source.origin is not None:
            yield from source.origin.cls.read_data(source.data)
        else:
            yield from rows_of(source.data)
    except (FtprepError, GeneratorExit):
        raise
    except FAULTS as error:
        place = input_.name if input_ is not None else "data"
        if source.origin is None:
            raise DataError(f"{place}: {error}", hint="hand in mappings (column -> value) or Examples") from error
        raise broken(source.origin, f"failed on {place}", error) from error


def rows_of(data: Iterable[Any]) -> Iterator[Event]:
    """Mappings or Examples handed in from Python."""
    items, number = iter(data), 1
    while chunk := list(itertools.islice(items, 2000)):
        if all(isinstance(item, Example) for item in chunk):
            yield from chunk
        else:
            yield Rows([dict(item) for item in chunk], range(number, number + len(chunk)))
        number += len(chunk)


def recut(events: Iterator[Event], size: int | None) -> Iterator[Event]:
    """The same events with blocks of at most so many rows."""
    for event in events:
        if size is None or not isinstance(event, Rows):
            yield event
        else:
            for at in range(0, len(event.rows), size):
                yield Rows(event.rows[at : at + size], event.numbers[at : at + size], event.sheet)
