"""The reader `conll`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from ftprep import DataError, Drop, Input, Reader, Row, Rows

from .tags import entities, joined

_BLOCK = 1000
_TAG = re.compile(r"O|[BIESLUM]-\S+")
_DOCUMENT = "-DOCSTART-"


class Conll(Reader):
    """Tagged sentences, a token a line in columns (tabs or spaces), an empty line after each: one row a sentence.

    Columns of a row: `text` (the tokens with spaces between), `entities` (a list of `text`, `type`, `start`, `end` in
    characters), `tokens`, `tags`, and `document` (from 1, where the file has `-DOCSTART-` lines). B/I/O, B/I/E/S/O,
    B/I/L/U/O and I-only tags are known. A row's number is the line of its first token. A sentence with a line of too
    few columns is a drop.
    """

    name: ClassVar[str] = "conll"
    suffixes: ClassVar[tuple[str, ...]] = (".conll", ".bio", ".iob", ".iob2", ".bioes")

    token: int = Field(default=1, ge=1)
    """The column of the token, from 1."""
    tag: int | None = Field(default=None, ge=1)
    """The column of the tag, from 1; without, it is the last one of each line."""
    comments: bool = False
    """Lines that begin with `# ` are comments, as in CoNLL-U; otherwise they are tokens."""
    encoding: str | None = None
    """The file's encoding; without, UTF-8 or what its byte-order mark says."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of a thousand sentences. Raises DataError for a file without any."""
        rows: list[Row] = []
        numbers: list[int] = []
        nothing = True
        for number, document, lines in self._sentences(source):
            nothing = False
            made = self._row(lines, document, number, source)
            if isinstance(made, Drop):
                yield made
                continue
            rows.append(made)
            numbers.append(number)
            if len(rows) == _BLOCK:
                yield Rows(rows, numbers)
                rows, numbers = [], []
        if rows:
            yield Rows(rows, numbers)
        if nothing:
            raise DataError(
                "there are no sentences in it", hint="every line must be a token and its tag", file=source.name
            )

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Lines of columns of which the last is a tag."""
        lines = [line.split() for line in head.decode("utf-8", "replace").splitlines()[:200] if line.strip()]
        good = [line for line in lines[:-1] if len(line) > 1 and _TAG.fullmatch(line[-1])]
        return 0.9 if len(good) > 4 and len(good) >= len(lines[:-1]) * 0.9 else 0.0

    def _sentences(self, source: Input) -> Iterator[tuple[int, int, list[tuple[int, list[str]]]]]:
        """First line, document and lines (number, columns) of each sentence."""
        document = 0
        lines: list[tuple[int, list[str]]] = []
        with source.text(self.encoding) as text:
            for number, line in enumerate(text, 1):
                cells = line.split("\t") if "\t" in line else line.split(" ")
                cells = [cell for cell in map(str.strip, cells) if cell]
                begins = bool(cells) and cells[0] == _DOCUMENT
                if (not cells or begins) and lines:
                    yield lines[0][0], document, lines
                    lines = []
                if begins:
                    document += 1
                elif cells and not (self.comments and line.startswith("#")):
                    lines.append((number, cells))
        if lines:
            yield lines[0][0], document, lines

    def _row(self, lines: list[tuple[int, list[str]]], document: int, first: int, source: Input) -> Row | Drop:
        needed = max(self.token, self.tag or 0, 2)
        for number, cells in lines:
            if len(cells) < needed:
                content = [" ".join(cells) for _, cells in lines]
                detail = f"line {number} has {len(cells)} of {needed}"
                return Drop("too few columns", detail, source=source.place(first), content=content)
        tokens = [cells[self.token - 1] for _, cells in lines]
        tags = [cells[self.tag - 1 if self.tag is not None else -1] for _, cells in lines]
        row = {"text": joined(tokens)[0], "entities": entities(tokens, tags), "tokens": tokens, "tags": tags}
        return {**row, "document": document}
