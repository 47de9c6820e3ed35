"""What commands say: the result on stdout, everything else on stderr, or all of it as one JSON document on stdout."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ..errors import Problem

FORMAT = 1
"""The version of the `--json` document."""

_KEYS = ("code", "level", "file", "line", "column", "path", "message", "hint", "plugin")
"""Of a problem, in the `--json` document."""

_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")  # as recipes are counted
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WIDEST = 160
"""Characters of a source line that are still shown."""


class Reply:
    """What a command has to say: a result for `--json`, its text for people, problems, an aside on stderr."""

    def __init__(
        self,
        result: Any = None,
        text: str = "",
        problems: Iterable[Problem] = (),
        *,
        exit_code: int | None = None,
        aside: str = "",
    ):
        """Without an exit code: 1 where a problem is an error, else 0."""
        self.result, self.text, self.problems, self.aside = result, text, tuple(problems), aside
        failed = any(problem.level == "error" for problem in self.problems)
        self.exit_code = exit_code if exit_code is not None else int(failed)
        self.more: Callable[[], Iterable[Problem]] = tuple
        """Problems that only the `--json` document lists: as many as there are rows, so they are not held in memory."""
        self.written: Callable[[Reply], Iterable[str]] | None = None
        """What stands on stdout in place of the text or the document, piece by piece."""
        self.coloured: str | None = None
        """The text as a terminal shows it: what came from outside is `visible` already."""
        self.closing = ExitStack()
        """Closed when all is said."""


def tolerate(*streams: TextIO | None) -> None:
    """What a terminal cannot show is escaped: no text may end a run."""
    for stream in streams:
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(reply: Reply, *, as_json: bool) -> int:
    """Says it and returns the exit code. Whoever stops reading is left alone."""
    try:
        with reply.closing:
            _say(reply, as_json=as_json)
    except BrokenPipeError:
        _hush()
    except OSError as error:
        from ..errors import refusal

        _hush()
        text = f"the output cannot be written ({refusal(error)}); make room, or write elsewhere"
        with suppress(OSError):
            _put(sys.stderr, text)
        return 2
    return reply.exit_code


def _say(reply: Reply, *, as_json: bool) -> None:
    if reply.written is not None:
        _stream(sys.stdout, reply.written(reply))
    elif as_json and not _spoke(reply):
        _stream(sys.stdout, pieces(reply))
    elif not as_json:
        _put(sys.stderr, "\n".join([*map(shown, reply.problems), reply.aside]))
        _put(sys.stdout, visible(reply.text) if reply.coloured is None else reply.coloured)


def visible(text: str) -> str:
    """The text with control characters as escapes: no data may move the cursor or colour the terminal."""
    return _CONTROL.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def json_text(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON for people: as it is where the terminal can show it, else in ASCII."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return json.dumps(value, indent=indent)
    return text


def shown(problem: Problem) -> str:
    """A problem for the terminal: its line, and where it stands in a recipe the source line with a caret."""
    level = "" if problem.level == "error" else f"{problem.level}: "
    text = visible(f"{level}{problem}".replace("\n", "\\n"))
    line = _source(problem)
    if line is None or problem.column is None:
        return text
    number = f"{problem.line:>6} | "
    before = "".join(map(_blank, line[: problem.column - 1]))
    return f"{text}\n{number}{visible(line)}\n{'|':>{len(number) - 1}} {before}^"


def _source(problem: Problem) -> str | None:
    """The line of the file that a problem is about, where it can be shown."""
    if problem.file is None or problem.line is None or problem.column is None:
        return None
    try:
        text = Path(problem.file).read_bytes().decode("utf-8-sig")
        line = _LINE_END.split(text)[problem.line - 1].rstrip()
    except (OSError, ValueError, IndexError):
        return None
    fits = len(line) <= _WIDEST and 1 <= problem.column <= len(line) + 1
    return line if line and fits and not _CONTROL.search(line) else None


def _blank(character: str) -> str:
    """What takes as much room in a terminal."""
    import unicodedata

    if character == "\t":
        return character
    if unicodedata.combining(character):
        return ""
    return "  " if unicodedata.east_asian_width(character) in "WF" else " "


def _spoke(reply: Reply) -> bool:
    """Whether there is nothing to say: `--help` has said it."""
    return reply.result is None and not reply.problems and reply.exit_code == 0


def _put(stream: TextIO | None, text: str) -> None:
    if stream is not None:
        if text.strip("\n"):
            stream.write(text.rstrip("\n") + "\n")
        stream.flush()


def _stream(stream: TextIO | None, pieces: Iterable[str]) -> None:
    if stream is not None:
        stream.writelines(pieces)
        stream.flush()


def _hush() -> None:
    """Python flushes both streams once more when it ends; now that goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())


def pieces(reply: Reply) -> Iterator[str]:
    """The `--json` document, a problem a line, piece by piece."""
    import msgspec

    from .. import __version__

    ok = json.dumps(reply.exit_code == 0)
    yield f'{{\n  "ftprep": {json.dumps(__version__)},\n  "format": {FORMAT},\n  "ok": {ok},\n  "problems": ['
    yield from one_a_line(json.dumps(_as_json(problem)) for problem in chain(reply.problems, reply.more()))
    found = json.dumps(msgspec.to_builtins(reply.result, enc_hook=str))
    finite = json.loads(found, parse_constant=lambda name: None)  # JSON has no NaN
    result = json.dumps(finite, indent=2).replace("\n", "\n  ")
    yield f'],\n  "result": {result}\n}}\n'


def _as_json(problem: Problem) -> dict[str, Any]:
    return {key: getattr(problem, key) for key in _KEYS}


def one_a_line(texts: Iterable[str], indent: str = "  ") -> Iterator[str]:
    """The items of a JSON list, each in a line of its own; `indent` is that of the list."""
    comma = ""
    for text in texts:
        yield f"{comma}\n{indent}  {text}"
        comma = ","
    if comma:
        yield f"\n{indent}"
