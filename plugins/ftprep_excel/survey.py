"""The first pass over a sheet's XML: what openpyxl's streaming mode does not tell, or gets wrong in silence.

Merged ranges stand behind the rows, a formula that was never calculated looks like an empty cell, rows out of order
are left out. One pass with expat finds them all, at a tenth of the price of reading the cells.
"""

from __future__ import annotations

import re
from typing import IO, Any
from xml.parsers import expat

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The largest sheet there is (Excel specifications and limits); numbers beyond come from no spreadsheet program."""
_KEPT = 1000  # merged ranges and hidden columns named in full; beyond that a count is enough
_NAMED = 6
_NAME = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class Damaged(Exception):
    """The sheet is not what a spreadsheet program writes; the text says what is wrong."""


class Survey:
    """What a sheet holds, found without keeping its cells."""

    def __init__(self, part: IO[bytes]):
        """Reads the sheet's XML to its end. Raises Damaged, and what the archive raises."""
        self.columns: dict[int, int] = {}
        """Column (from 1) -> its last row that has content."""
        self.merged: list[tuple[str, int]] = []
        """Merged ranges and the last row of each."""
        self.uncached: dict[int, str] = {}
        """Row -> the first cell in it whose formula has no value."""
        self.errors: list[str] = []
        """The first cells that hold error values (#N/A and the like)."""
        self.error_count = 0
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self._row = self._column = 0
        self._index: dict[str, int] = {}
        self._cell: dict[str, str] = {}
        self._value: list[str] | None = None  # a list inside a formula's cell, to hear the value it has
        self._parser = expat.ParserCreate(namespace_separator="}")
        starts = {"row": self._on_row, "c": self._on_cell, "v": self._on_value, "is": self._on_value,
                  "f": self._on_formula, "mergeCell": self._on_merge, "col": self._on_col}  # fmt: skip
        self._starts = {f"{MAIN}}}{name}": method for name, method in starts.items()}
        self._parser.StartElementHandler = self._on_start
        try:
            self._parser.ParseFile(part)
        except (expat.ExpatError, ValueError) as error:
            raise Damaged(f"its XML is broken ({error})") from error

    @property
    def last_row(self) -> int:
        """The last row that has content; 0: the sheet is empty."""
        return max(self.columns.values(), default=0)

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        if handle := self._starts.get(name):
            handle(attributes)

    def _on_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes["r"]) if "r" in attributes else self._row + 1
        if not self._row < number <= LAST_ROW:
            raise Damaged(f"row {number} comes after row {self._row}")
        self._row, self._column = number, 0
        if attributes.get("hidden") in ("1", "true"):
            self.hidden_rows.append(number)

    def _on_cell(self, attributes: dict[str, str]) -> None:
        self._cell = attributes
        column = self._column_of(attributes["r"]) if "r" in attributes else self._column + 1
        if not self._column < column <= LAST_COLUMN:
            raise Damaged(f"the cells of row {self._row} are out of order")
        self._column = column
        if attributes.get("t") == "e":
            self.error_count += 1
            if len(self.errors) < _NAMED:
                self.errors.append(cell_name(column, self._row))

    def _column_of(self, name: str) -> int:
        letters = name.rstrip("0123456789")
        if letters not in self._index:
            self._index[letters] = column_number(name)
        return self._index[letters]

    def _on_value(self, attributes: dict[str, str]) -> None:
        if self._value is None:
            self.columns[self._column] = self._row
        else:
            self._parser.CharacterDataHandler = self._value.append

    def _on_formula(self, attributes: dict[str, str]) -> None:
        self._value = []
        self._parser.EndElementHandler = self._on_end

    def _on_end(self, name: str) -> None:
        if name == f"{MAIN}}}v":
            self._parser.CharacterDataHandler = None
        elif name == f"{MAIN}}}c" and self._value is not None:
            self._end_formula(bool("".join(self._value)))
            self._value = self._parser.EndElementHandler = None

    def _end_formula(self, has_value: bool) -> None:
        if not has_value and self._cell.get("t") == "str":
            return  # calculated, and the result is the empty text
        self.columns[self._column] = self._row
        if not has_value:
            self.uncached.setdefault(self._row, cell_name(self._column, self._row))

    def _on_merge(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("ref", "")
        last = _NAME.fullmatch(reference.rpartition(":")[2])
        if last is not None and len(self.merged) < _KEPT:
            self.merged.append((reference, int(last[2])))

    def _on_col(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true") and len(self.hidden_columns) < _KEPT:
            self.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))


def column_number(name: str) -> int:
    """The column of a cell's name: 28 for `AB7`. Raises Damaged."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise Damaged(f"{name!r} is no cell")
    number = 0
    for letter in match[1].upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(column: int) -> str:
    """The letters of a column: `AB` for 28."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(column: int, row: int) -> str:
    """The name Excel shows: `AB7`."""
    return f"{column_letters(column)}{row}"


def some(names: list[Any], most: int = 5) -> str:
    """The first few of them, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more
