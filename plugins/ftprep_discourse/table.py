"""Posts in a CSV file: the archive that a user exports, and tables of like columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from ftprep import DataError, Drop, Input

_LONGEST = 1 << 24
"""Characters of a line (16 Mi): a quote that never closes must not fill the memory."""
_TEXTS = {"post_raw", "post_cooked", "post", "raw", "cooked"}
_URL = re.compile(r".*/t/(?:[^/]*/)?(\d{1,18})/(\d{1,9})(?:[?#].*)?")


def is_table(head: bytes) -> bool:
    """Whether a file that starts so has posts with the titles of their topics."""
    line = head.decode("utf-8", "replace").lstrip("\ufeff").partition("\n")[0]
    try:
        names = {name.strip().lower() for name in next(csv.reader([line.rstrip("\r")]), [])}
    except csv.Error:
        return False
    return "topic_title" in names and bool(names & _TEXTS)


def posts_of(source: Input, encoding: str | None) -> Iterator[tuple[int, dict[str, Any] | Drop]]:
    """Each post with its first line, with the keys of a topic's JSON. Raises DataError for a damaged table."""
    with source.text(encoding) as stream:
        reader = csv.reader(_lines(stream, source), strict=True)
        names = [name.strip().lstrip("\ufeff").lower() for name in next(reader)]
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                why = str(error).rstrip(".")
                hint = "export it again, or read it with 'csv:'"
                raise DataError(f"the table is damaged: {why}", hint=hint, file=source.name, line=line) from None
            if cells is None:
                return
            if not cells:
                continue
            detail = f"{len(cells)} for {len(names)} columns"
            if len(cells) == len(names):
                yield line, _post(dict(zip(names, cells, strict=True)))
            else:
                place = source.place(line)
                yield line, Drop("wrong number of cells", detail, source=place, content={"cells": cells})


def _lines(stream: TextIO, source: Input) -> Iterator[str]:
    number = 0
    while line := stream.readline(_LONGEST):
        number += 1
        if len(line) == _LONGEST:
            hint = "is it a table, with a post a row?"
            raise DataError(f"a line is longer than {_LONGEST >> 20} MiB", hint=hint, file=source.name, line=number)
        yield line


def _post(row: Mapping[str, str]) -> dict[str, Any]:
    url = _URL.fullmatch(row.get("url", ""))
    topic, number = (url[1], url[2]) if url is not None else (row.get("topic_id", ""), row.get("post_number", ""))
    return {
        "raw": row.get("post_raw") or row.get("post") or row.get("raw", ""),
        "cooked": row.get("post_cooked") or row.get("cooked", ""),
        "topic_title": row["topic_title"],
        "topic_id": topic,
        "post_number": number,
        "id": row.get("id") or row.get("post_id") or (f"{topic}/{number}" if topic and number else ""),
        "created_at": row.get("created_at", ""),
        "username": row.get("username", ""),
        "name": row.get("name", ""),
        "category": row.get("categories") or row.get("category", ""),
        "deleted_at": row.get("deleted_at", ""),
    }
