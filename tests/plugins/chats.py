"""What the tests of readers of chats share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ftprep import Drop, Input, Reader, Rows

COLUMNS = ["talk", "time", "speaker", "text", "id", "reply_to", "kind"]


def read(reader: Reader, folder: Path, content: str | bytes, name: str) -> tuple[list[tuple[int, Any]], list[Drop]]:
    """The rows with their numbers, and the drops."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(reader, path, name)


def read_file(reader: Reader, path: Path, name: str | None = None) -> tuple[list[tuple[int, Any]], list[Drop]]:
    """The same of a file that is there."""
    rows: list[tuple[int, Any]] = []
    drops: list[Drop] = []
    for item in reader.read(Input(path, name)):
        if isinstance(item, Rows):
            rows += zip(item.numbers, item.rows, strict=True)
        elif isinstance(item, Drop):
            drops.append(item)
    assert all(list(row)[:7] == COLUMNS for _, row in rows)
    return rows, drops


def said(rows: list[tuple[int, Any]], *columns: str) -> list[tuple[Any, ...]]:
    """Of each row its number and these columns."""
    return [(number, *(row[column] for column in columns)) for number, row in rows]


def places(drops: list[Drop]) -> list[tuple[str, str, int]]:
    """Of each drop its reason, its detail and where it is."""
    return [(drop.reason, drop.detail, drop.source.first if drop.source else 0) for drop in drops]
