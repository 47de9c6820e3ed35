"""`conversations`: the options of all three ways a table can hold conversations, and the choice among them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property

from pydantic import Field, field_validator, model_validator

from ftprep import Column, Gather, Outcome, Problem, Proposal, RecipeError, Row, did_you_mean

from .cells import Cells
from .codes import CONVERSATIONS
from .pairs import Pairs
from .propose import of_talks
from .talk import RoleName, Talk

_ALLOWED = {
    "two columns": {"user", "assistant", "separator"},
    "by": {"by", "speaker", "text", "assistant", "user", "scattered"},
    "cell": {"cell", "turn", "names"},
}
_WAYS = (
    "give user and assistant (two columns), or by, speaker and text (one message a row), "
    "or cell (one conversation a cell)"
)


class Conversations(Gather):
    """Table rows become conversations, in one of three ways.

    - Two speaker columns: `user` and `assistant` name them (default: the first two columns). A row that holds the
      `separator` ends a conversation.
    - One message a row: `by` names the column with the conversation's id, `speaker` and `text` the others.
    - One conversation a cell: `cell` names the column, `turn` the text between two messages.

    An empty cell means that this side said nothing. Texts stay as they are; `clean` trims them.
    """

    name = "conversations"
    problem_codes = CONVERSATIONS
    shorthand = "separator"

    user: str | None = None
    """Two columns: the column of the user's messages. With `by`: the name of the speaker who is the user, where there
    is one, so that `stop: {turn: user}` knows it."""
    assistant: str | tuple[str, ...] | None = None
    """Two columns: the column of the answers. With `by`: the name, or names, of the speakers whose messages are
    answers (default: `assistant`)."""
    separator: str = "###"
    """Two columns: a row whose cells hold this text, and nothing else, ends a conversation."""
    by: Column | None = None
    """The column with the conversation's id. Rows of one conversation are neighbours, unless `scattered`."""
    speaker: Column | None = None
    """With `by`: the column that says who speaks. `system`, `developer` and `tool` are roles; whoever is not the
    assistant is a user."""
    text: Column | None = None
    """With `by`: the column with the message."""
    scattered_: bool = Field(default=False, alias="scattered")
    """With `by`: rows of one conversation may stand anywhere in the table; their order is the table's."""
    cell: Column | None = None
    """The column whose cells hold a whole conversation each."""
    turn: str = Field(default="\n###\n", min_length=1)
    """With `cell`: the text between two messages. They are the user's and the assistant's in turn, the user's first,
    unless `names` are given. White space around a message goes; `\\n` finds the line ends of Windows too."""
    names: dict[RoleName, str | tuple[str, ...]] | None = None
    """With `cell`: the names that stand before the messages (`{user: Human, assistant: AI}` reads `Human: …`); a list
    where a role has several. A conversation with a message that begins with none of them is dropped."""

    @classmethod
    def propose(cls, rows: Sequence[Row]) -> Proposal | None:
        """By the columns' names, where such data is widely known."""
        return of_talks(rows)

    @field_validator("separator")
    @classmethod
    def _some_text(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("separator is empty; give the text that stands between two conversations")
        return value

    @field_validator("assistant", "names")
    @classmethod
    def _some_names(cls, value: str | tuple[str, ...] | dict[RoleName, str | tuple[str, ...]] | None) -> object:
        if value is not None and (not value or (not isinstance(value, str) and _has_blank(value))):
            raise ValueError("a name is empty, or there is none; leave the option away, or name someone")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Conversations:
        given = {name.rstrip("_") for name in self.model_fields_set if getattr(self, name) is not None}
        if stray := sorted(given - _ALLOWED[self._way]):
            raise ValueError(f"'{stray[0]}' does not go with {_beside(self._way)}; {_WAYS}")
        if self._way == "by":
            self._need("by", "speaker", "text")
        elif self._way == "two columns":
            self._two_columns()
        return self

    def _two_columns(self) -> None:
        if self.user is not None or self.assistant is not None:
            self._need("user", "assistant")
        if isinstance(self.assistant, tuple):
            raise ValueError("assistant names one column; a list of names goes with by, speaker and text")
        if self.user is not None and self.user == self.assistant:
            raise ValueError(f"user and assistant both name the column '{self.user}'; give two columns")

    def _need(self, *options: str) -> None:
        if missing := [name for name in options if getattr(self, name) is None]:
            raise ValueError(f"'{missing[0]}' is missing; {_listed(options)} go together")

    @cached_property
    def _way(self) -> str:
        if self.cell is not None:
            return "cell"
        one_message_a_row = self.by is not None or self.speaker is not None or self.text is not None or self.scattered_
        return "by" if one_message_a_row else "two columns"

    @cached_property
    def _bound(self) -> Gather | None:
        """What does the work; None for two columns that only the header tells."""
        if self.cell is not None:
            return Cells(cell=str(self.cell), turn=self.turn, names=self.names or {})
        if self.by is not None and self.speaker is not None and self.text is not None:
            names = self.assistant or "assistant"
            names = (names,) if isinstance(names, str) else names
            return Talk(
                by=str(self.by), speaker=str(self.speaker), text=str(self.text),  # of a Column: slower as a key
                assistant=names, user=self.user, scattered=self.scattered_,
            )  # fmt: skip
        return self._pairs(self.user, str(self.assistant)) if self.user is not None else None

    def _pairs(self, user: str, assistant: str) -> Pairs:
        return Pairs(user=user, assistant=assistant, separator=self.separator.strip())

    def columns(self) -> tuple[str, ...]:
        """The columns it reads; none for two columns that only the header tells."""
        return self._bound.columns() if self._bound is not None else ()

    def bind(self, columns: Sequence[str]) -> Gather:
        """The way of reading this table. Raises RecipeError, with the columns there are, where one is missing."""
        if problems := [_no_column(name, columns) for name in self.columns() if name not in columns]:
            raise RecipeError(*problems)
        if self._bound is not None:
            return self._bound
        if len(columns) < 2:
            raise RecipeError(
                f"conversations: the table has no two columns to take as user and assistant; it has {_some(columns)}",
                hint="give by, speaker and text (one message a row), or cell (one conversation a cell)",
            )
        return self._pairs(columns[0], columns[1])

    def _ready(self) -> Gather:
        if self._bound is None:
            raise RecipeError("conversations: its columns are not known yet", hint="give user and assistant")
        return self._bound

    def same(self, previous: Row, row: Row) -> bool:
        """Whether both rows are of one conversation."""
        return self._ready().same(previous, row)

    def key(self, row: Row) -> Hashable | None:
        """The conversation's id, with `by`."""
        return self._bound.key(row) if self._bound is not None else None

    def scattered(self) -> bool:
        """As the option says."""
        return self.scattered_

    def make(self, rows: Sequence[Row]) -> Outcome:
        """One conversation."""
        return self._ready().make(rows)

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """The speakers' names as far as the options tell them; those of two unnamed columns are known once bound."""
        return self._bound.speakers(before) if self._bound is not None else {}


def _has_blank(names: tuple[str, ...] | dict[RoleName, str | tuple[str, ...]]) -> bool:
    some = names.values() if isinstance(names, dict) else names
    return not all(name.strip() if isinstance(name, str) else name and not _has_blank(name) for name in some)


def _beside(way: str) -> str:
    return f"'{way}'" if way in ("by", "cell") else "two speaker columns"


def _listed(options: tuple[str, ...]) -> str:
    return f"{', '.join(options[:-1])} and {options[-1]}"


def _some(columns: Sequence[str]) -> str:
    return ", ".join(columns) or "none"


def _no_column(name: str, columns: Sequence[str]) -> Problem:
    hint = did_you_mean(name, columns, otherwise="columns")
    return Problem(
        code="FT124", message=f"conversations: no column '{name}'; the columns are: {_some(columns)}",
        hint=hint if hint.startswith("did") else "name one of them",
    )  # fmt: skip
