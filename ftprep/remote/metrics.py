"""The metrics of a training, as services give them: a CSV file, plain or in base64, its columns told by name."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ..errors import RemoteError

NAMES: Mapping[str, str] = {
    "train_mean_token_accuracy": "train_accuracy",
    "valid_mean_token_accuracy": "valid_accuracy",
    "full_valid_mean_token_accuracy": "full_valid_accuracy",
    "training_loss": "train_loss",
    "training_token_accuracy": "train_accuracy",
    "training_sequence_accuracy": "train_sequence_accuracy",
    "validation_loss": "valid_loss",
    "validation_token_accuracy": "valid_accuracy",
    "validation_sequence_accuracy": "valid_sequence_accuracy",
    "eval_loss": "valid_loss",
    "eval_accuracy": "valid_accuracy",
    "loss": "train_loss",
}
"""What services call it -> what it is called here. The first three are today's, the next six those of 2021 to 2023
(results of `openai api fine_tunes.results`), the last three those of trainers. Any other keeps its name."""
_LONGEST = 1 << 28
"""Characters of a file that is still read as metrics."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]+=*\s*")
_AGAIN = "ask for it again with 'ftprep jobs results'"

Row = Mapping[str, float]


class Metrics(msgspec.Struct, frozen=True):
    """A table of numbers: a row for each step that something was measured at."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    """In the order of their steps. What was not measured is not there; nor is what is no finite number."""

    def has(self, name: str) -> bool:
        """Whether it was ever measured."""
        return any(name in row for row in self.rows)

    def series(self, name: str) -> list[tuple[float, float]]:
        """What was measured, with its step."""
        return [(row["step"], row[name]) for row in self.rows if name in row]

    @property
    def last_step(self) -> int:
        """0 where there is none."""
        return int(self.rows[-1]["step"]) if self.rows else 0


def named(metrics: Mapping[str, float]) -> dict[str, float]:
    """Metrics under the names that they have here; numbers that are not finite are left out."""
    return {NAMES.get(name, name): value for name, value in metrics.items() if math.isfinite(value)}


def read_metrics(content: bytes | str) -> Metrics:
    """The metrics in a file of results. Raises RemoteError where it has none, or is cut off."""
    text = plain_text(content) if isinstance(content, bytes) else content
    if len(text) > _LONGEST:
        raise RemoteError(f"the results have {len(text):,} characters, which no metrics have")
    found = [(number, _cells(line)) for number, line in enumerate(text.splitlines(), 1) if line.strip(" ,")]
    head = _head(found[0][1] if found else [], text)
    rows = sorted(_rows(head, found[1:]), key=lambda row: row["step"])
    if not rows:
        raise RemoteError("the results have no row: nothing was measured", hint=_AGAIN, kind="missing")
    return Metrics(tuple(head), tuple(rows))


def plain_text(content: bytes) -> str:
    """A file of results as text: some services send it in base64. Raises RemoteError."""
    content = content.strip().removeprefix(b"\xef\xbb\xbf")
    if b"," not in content and content and _BASE64.fullmatch(content):
        try:
            content = base64.b64decode(b"".join(content.split()), validate=True)
        except binascii.Error as error:
            raise RemoteError("the results are cut off: their base64 has no end", hint=_AGAIN) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RemoteError("the results are no text", hint=_AGAIN) from error


def _cells(line: str) -> list[str]:
    """Numbers and names of metrics: no cell has a comma in it."""
    return [cell.strip().strip('"') for cell in line.split(",")]


def _head(cells: Sequence[str], text: str) -> list[str]:
    """The columns by the names that they have here."""
    head = [NAMES.get(cell.lower(), cell) for cell in cells]
    if "step" not in head or len(head) < 2 or len(set(head)) < len(head) or "" in head:
        begins = f" (they begin with '{text.split()[0][:20]}')" if text.strip() else " (they are empty)"
        raise RemoteError(f"the results are no table of metrics by step{begins}", hint=_AGAIN)
    return head


def _rows(head: Sequence[str], lines: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Row]:
    for number, cells in lines:
        if len(cells) != len(head):
            what = "are cut off" if number == lines[-1][0] else "cannot be read"
            text = f"the results {what} in line {number}: it has {len(cells)} of {len(head)} columns"
            raise RemoteError(text, hint=_AGAIN)
        row = {name: value for name, cell in zip(head, cells, strict=True) if (value := _value(cell, name, number))}
        found = {name: value[0] for name, value in row.items() if math.isfinite(value[0])}
        if "step" in found:
            yield found


def _value(cell: str, name: str, number: int) -> tuple[float] | None:
    """The number of a cell, None of an empty one."""
    if not cell:
        return None
    try:
        return (float(cell),)
    except ValueError:
        text = f"the results cannot be read in line {number}: '{cell[:20]}' in the column '{name}' is no number"
        raise RemoteError(text, hint=_AGAIN) from None
