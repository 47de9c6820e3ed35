"""What a model reads of a row, and what it answers, as a hash: by the plugin that wrote the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import xxhash

from ..contract import Contract
from ..errors import FtprepError, Problem
from ..planning.broken import FAULTS
from ..registry import Registry
from ..steps import Writer
from .lines import Lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

_encode = msgspec.json.Encoder(order="sorted").encode
_NONE = b"\xff" * 16
"""For a row of which nothing is known: as numbers, -1."""
KeyOf = Callable[[Writer, Any], Any]


def prompt_of(writer: Writer, row: Any) -> Any:
    """All that the model reads before its answer."""
    return writer.prompt_of(row)


def turn_of(writer: Writer, row: Any) -> Any:
    """The last message before the answer, and the answer; None of a row that has no such."""
    messages = writer.decode(row).messages
    if len(messages) < 2 or messages[-1].role != "assistant":
        return None
    return messages[-2].content, messages[-1].content, messages[-1].tool_calls


def writers_of(a: Lines, b: Lines, registry: Registry, problems: list[Problem]) -> list[Writer]:
    """The writers of both, as their contracts name them; none, and a word about it, where one is not to be had."""
    found = []
    for lines in (a, b):
        folder = lines.run.path / lines.output
        try:
            found.append(Contract.load(folder, registry).writer)
        except FtprepError as error:
            why = error.problems[0].message
            text = f"prompts cannot be told from answers ({why}), so rows are known by their source alone"
            hint = "install what the run was made with"
            problems.append(Problem(code="FT521", level="advice", message=text, hint=hint, file=folder.as_posix()))
            return []
    return found


def keys(lines: Lines, at: NDArray[Any], writer: Writer, key_of: KeyOf) -> NDArray[Any]:
    """Two numbers for each line, equal for equal keys; -1 where there is none."""
    import numpy as np

    found = bytearray()
    for line in lines.texts(at):
        try:
            key = key_of(writer, msgspec.json.decode(line))
            found += xxhash.xxh3_128_digest(_encode(key)) if key is not None else _NONE
        except FAULTS:  # a line that somebody else wrote, or a format that does not tell
            found += _NONE
    return np.frombuffer(found, np.int64).reshape(-1, 2)
