"""Columns of text, aligned, and texts in lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

GAP = "  "


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), indent: str = "") -> Iterator[str]:
    """A line for each row; each column as wide as its widest cell. The columns `right` are aligned at their right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"{indent}{GAP.join(cells)}".rstrip()


def broken(text: str, width: int | None, indent: str = "") -> list[str]:
    """A text in lines of at most `width`, all but the first one indented. Words are left whole: paths are copied."""
    text = text.replace("\n", "\\n")
    if width is None:
        return [text]
    return textwrap.wrap(text, max(width, 20), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
