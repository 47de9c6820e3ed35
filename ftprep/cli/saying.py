"""What commands say: the result on stdout, everything else on stderr, or all of it as one JSON document on stdout."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ..errors import Problem

FORMAT = 1
"""The version of the `--json` document."""

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


def tolerate(*streams: TextIO | None) -> None:
    """What a terminal cannot show is escaped: no text may end a run."""
    for stream in streams:
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(reply: Reply, *, as_json: bool) -> int:
    """Says it and returns the exit code. Whoever stops reading is left alone."""
    try:
        if as_json and not _spoke(reply):
            _put(sys.stdout, json.dumps(_document(reply), indent=2))
        elif not as_json:
            _put(sys.stderr, "\n".join([*map(shown, reply.problems), reply.aside]))
            _put(sys.stdout, visible(reply.text))
    except BrokenPipeError:
        _hush()
    except OSError as error:
        _hush()
        text = f"the output cannot be written ({(error.strerror or str(error)).lower()}); make room, or write elsewhere"
        with suppress(OSError):
            _put(sys.stderr, text)
        return 2
    return reply.exit_code


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


def _hush() -> None:
    """Python flushes both streams once more when it ends; now that goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())


def _document(reply: Reply) -> dict[str, Any]:
    import msgspec

    from .. import __version__

    keys = ("code", "level", "file", "line", "column", "path", "message", "hint", "plugin")
    problems = [{key: getattr(problem, key) for key in keys} for problem in reply.problems]
    result = json.dumps(msgspec.to_builtins(reply.result, enc_hook=str))
    finite = json.loads(result, parse_constant=lambda name: None)  # JSON has no NaN
    return {
        "ftprep": __version__,
        "format": FORMAT,
        "ok": reply.exit_code == 0,
        "problems": problems,
        "result": finite,
    }
