"""The rows below a header: blocks of them, and a Drop for each one that cannot be read whole."""

from __future__ import annotations

from collections.abc import Iterator

import ftprep

from .book import Line
from .header import Header
from .survey import Survey, cell_name

_BLOCK = 2000


def table(
    rows: Iterator[Line], header: Header, survey: Survey, sheet: str, source: ftprep.Input, top: int
) -> Iterator[ftprep.Rows | ftprep.Drop]:
    """The rows after row `top`; those without any text are blank lines, and no rows."""
    width = max(index for index, _ in header.columns) + 1
    block, numbers = list[ftprep.Row](), list[int]()
    for number, texts in rows:
        if number <= top or (number not in survey.uncached and not any(texts)):
            continue
        if len(texts) < width:
            texts.extend([""] * (width - len(texts)))
        row = {name: texts[index] for index, name in header.columns}
        beyond = _beyond(number, texts, width) if len(texts) > width else {}
        if lost := _lost(number, beyond, header, survey):
            if block:
                yield ftprep.Rows(block, numbers, sheet)
                block, numbers = [], []
            reason, detail = lost
            yield ftprep.Drop(reason, detail, source=source.place(number, sheet=sheet), content=row | beyond)
            continue
        block.append(row)
        numbers.append(number)
        if len(block) == _BLOCK:
            yield ftprep.Rows(block, numbers, sheet)
            block, numbers = [], []
    if block:
        yield ftprep.Rows(block, numbers, sheet)


def _beyond(number: int, texts: list[str], width: int) -> dict[str, str]:
    """What stands to the right of the table, by cell."""
    return {cell_name(index, number): text for index, text in enumerate(texts[width:], width + 1) if text}


def _lost(number: int, beyond: dict[str, str], header: Header, survey: Survey) -> tuple[str, str] | None:
    """Reason and detail, where a row cannot be taken as it is."""
    if cell := survey.uncached.get(number):
        return "formula without a value", f"{cell} was never calculated; open the file in Excel and save it"
    for cell, text in beyond.items():
        where = f"the header is row {header.row}" if header.row else f"there are {len(header.columns)} columns"
        return "cells beyond the header", f"{cell} holds {_short(text)!r}; {where}"
    return None


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
