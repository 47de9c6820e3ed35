"""What can go wrong, grouped by who can put it right, and the exit code each group has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from .fragments import Mood

Level = Literal["error", "warning", "advice"]
RemoteKind = Literal["refused", "missing", "busy", "lost"]
"""`refused`: no, and asking again does not help; `missing`: there is no such thing; `busy`: not now, nothing was done;
`lost`: there was no answer that can be read, and it may have been done or not."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One complaint: its place first, what was found, and what to do about it.

    `line` and `column` count from 1; `path` is the place inside a recipe (`transform[1].window.context`).
    """

    code: str
    message: str
    hint: str = ""
    level: Level = "error"
    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None
    plugin: str | None = None

    @property
    def place(self) -> str:
        """`file:line:column`, as far as it is known; empty where there is no place."""
        parts = [self.file, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)

    def __str__(self) -> str:
        text = f"{self.message}; {self.hint}" if self.hint else self.message
        return f"{self.place}: {text}" if self.place else text

    def _repr_html_(self) -> str:
        from .fragments import facts, fragment, head

        mood: dict[Level, Mood] = {"error": "bad", "warning": "note", "advice": ""}
        where = {"where": self.place, "in the recipe": self.path, "what to do": self.hint, "plugin": self.plugin}
        return fragment(head(f"{self.code} {self.level}", self.message, mood=mood[self.level]), facts(where))


class Problems(tuple[Problem, ...]):
    """Problems that a notebook shows as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from .fragments import fragment, head, table

        rows = [(one.code, one.level, one.place, one.message, one.hint) for one in self]
        names = ["code", "level", "where", "what", "what to do"]
        return fragment(table(names, rows) if rows else head("nothing found"))


class FtprepError(Exception):
    """The root of every error a user can meet; anything else that escapes is a bug and keeps its traceback.

    It holds one or more problems; `str()` gives a line for each.
    """

    exit_code = 4
    code = "FT400"

    def __init__(self, *problems: Problem | str, hint: str = "", file: str | None = None, line: int | None = None):
        self.problems: tuple[Problem, ...] = tuple(
            Problem(code=self.code, message=p, hint=hint, file=file, line=line) if isinstance(p, str) else p
            for p in problems
        )
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.problems


class RecipeError(FtprepError):
    """The recipe (or the command line) has to be changed."""

    exit_code = 2
    code = "FT100"


class DataError(FtprepError):
    """An input is missing, or cannot be read as what it is said to be."""

    exit_code = 2
    code = "FT200"


class FindingsError(FtprepError):
    """The data was read and judged, and what was found forbids the result: no example left, or `--strict`."""

    exit_code = 1
    code = "FT300"


class OutputError(FtprepError):
    """The target folder cannot be used: foreign files, no space, read-only, another run at work."""

    exit_code = 2
    code = "FT500"


class RemoteError(FtprepError):
    """A remote service refused, or did not answer."""

    exit_code = 3
    code = "FT600"

    def __init__(
        self,
        *problems: Problem | str,
        hint: str = "",
        file: str | None = None,
        kind: RemoteKind = "refused",
        wait: float | None = None,
    ):
        super().__init__(*problems, hint=hint, file=file)
        self.kind: RemoteKind = kind
        self.wait = wait
        """Seconds after which the service wants to be asked again, where it says so."""

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), kind=self.kind, wait=self.wait), self.problems


class PluginError(FtprepError):
    """A plugin broke its contract; its maintainer has to act, or the user has to uninstall it."""

    exit_code = 4
    code = "FT400"


def refusal(error: OSError) -> str:
    """The system's words for what it refused, to be put into a sentence: `no space left on device`."""
    return (error.strerror or str(error)).lower()


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word most like `word`, or None where nothing is near: the did-you-mean of every message."""
    import difflib

    lower = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return lower[found[0]] if found else None


def did_you_mean(word: str, known: Sequence[str], *, otherwise: str = "known") -> str:
    """`did you mean 'x'?`, or the list of what is known where nothing is near."""
    if near := nearest(word, known):
        return f"did you mean '{near}'?"
    return f"{otherwise}: {', '.join(sorted(known)) or 'none'}"
