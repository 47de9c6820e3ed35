"""Columns of text, aligned."""

from __future__ import annotations

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
