"""Where the stream begins and ends: readers and writers; and what counts tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import msgspec

from ..example import Drop, Example, Finding, Message, Row
from ..files import Input
from .base import ModelFacts, Split, Step, StepRun


class Rows(msgspec.Struct, frozen=True):
    """A block of rows from a reader, in the order of the file; `numbers[i]` is the number of row i (from 1).

    A few thousand rows make a good block: what a block holds is in memory at once.
    """

    rows: list[Row]
    numbers: Sequence[int]
    sheet: str | None = None


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a whole file tells before it is read."""

    options: Mapping[str, Any] = {}
    """What the reader has to be told to read it right, beside the path: its encoding, its delimiter. Only what
    differs from the reader's defaults."""
    why: tuple[str, ...] = ()
    """What the options go by, a short phrase for each, for people."""
    findings: tuple[Finding, ...] = ()
    """What a person should know of the file as such."""


class Reader(Step):
    """Turns a file into rows.

    `read` yields blocks of rows, Examples, Drops (a bad row, with its place and content) and Findings, lazily. It
    raises DataError, beginning with the file, for a file that is not what it is said to be.
    """

    shorthand: ClassVar[str | None] = "path"
    suffixes: ClassVar[tuple[str, ...]] = ()
    """File endings it reads, with the dot, lower case."""
    fixed_columns: ClassVar[bool] = True
    """Every row has the same columns, so that a column that is missing is a mistake in the recipe."""
    makes_messages: ClassVar[bool] = False
    """It yields Examples that have messages."""
    inside: ClassVar[str | None] = None
    """For a reader that takes a folder, or a zip of many files, as its path: the pattern of the files it reads in it,
    e.g. `*/*` or `**/day-*.json` (`**/`: any folders, or none). A zip is read in place; `Input.beside` gives a reader
    the other files."""

    path: str | list[str]
    """A file, or several, or globs (an exact path wins over a glob); relative to the recipe."""
    split: Split | None = None
    """The split all rows of this source belong to, where it is given."""

    def read(self, source: Input) -> Iterator[Rows | Example | Drop | Finding]:
        """The content of one file, in its order."""
        raise NotImplementedError

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """How sure (0 to 1) it is that a file of this name that starts with these bytes is its own."""
        return 0.0

    @classmethod
    def survey(cls, source: Input) -> Survey:
        """What `ftprep check` and `ftprep init` should know before they read a file: one quick look, bounded memory.
        Raises DataError where the file cannot be read, whatever the options."""
        return Survey()

    @classmethod
    def takes(cls, data: object) -> bool:
        """Whether `read_data` reads this Python object."""
        return False

    @classmethod
    def read_data(cls, data: Any) -> Iterator[Rows]:
        """The rows of a Python object handed to `ftprep.run(…, data=…)`."""
        raise NotImplementedError


OnLoss = Literal["allow", "warning", "error"]


class Lossy(msgspec.Struct, frozen=True):
    """A row, and the names of what it could not carry (counted, and said in the summary)."""

    row: Any
    lost: tuple[str, ...]


class Writer(Step):
    """A training format: examples become rows of it. The container (JSONL) is the engine's."""

    shape: ClassVar[Literal["chat", "completion"]]
    """`completion`: a prompt and a completion; steps that shape their text may stand before it."""
    carries: ClassVar[frozenset[str]] = frozenset()
    """What it can say beyond text: weight, tools, images, names, system, extra, rejected."""
    kinds: ClassVar[tuple[str, ...]] = ()
    """The kinds of data (a Proposal's `kind`) that it is made for, and no other; none: any of its shape."""
    ends_in_answer: ClassVar[bool] = True
    """Its rows end with an answer; False: with a question, as data for reinforcement do."""

    most_logprobs: ClassVar[int] = 0
    """How many log probabilities a token the provider gives; 0: none."""

    on_loss: OnLoss = "allow"
    """What to do about rows that the format cannot carry as they are: `allow` counts them, `warning` and `error` report
    each kind of loss with its first row; after an error the result is marked as not ok."""

    @classmethod
    def lone_option(cls) -> str | None:
        """The option that a lone value fills: never `on_loss`, which all writers have."""
        option = super().lone_option()
        return None if option == "on_loss" else option

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """Called once in each process; returns what is called per example (which may have an `encode_all` too)."""
        return self.encode

    def encode(self, example: Example) -> Any:
        """A JSON value, a Lossy one, or a Drop."""
        raise NotImplementedError

    @classmethod
    def matches(cls, row: Any) -> bool:
        """Whether a row looks like this format."""
        return False

    @classmethod
    def decode(cls, row: Any) -> Example:
        """The example a row was made from, within what the format carries. Raises ValueError, saying what is wrong."""
        raise NotImplementedError

    def as_written(self, examples: Sequence[Example]) -> Sequence[Sequence[Message]]:
        """The messages of each example as its row has them, for the counts of a run: a writer that adds some, or
        writes other roles, says so here."""
        return [example.messages for example in examples]

    def trains(self, example: Example) -> list[bool]:
        """For each message of an example, whether the model learns to write it; the others it only reads. By default:
        what the assistant says, unless its weight is 0, and what has the weight 1; of a preference the last message
        alone; nothing where rows do not end in an answer."""
        if not self.ends_in_answer:
            return [False] * len(example.messages)
        if example.rejected:
            return [number == len(example.messages) for number, _ in enumerate(example.messages, 1)]
        given = [(message.role, message.weight) for message in example.messages]
        return [weight == 1 if weight is not None else role == "assistant" for role, weight in given]

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """The texts that are tokenised one by one, and the tokens that the format adds to them."""
        raise NotImplementedError

    def request(self, example: Example) -> dict[str, Any]:
        """The provider's arguments for an example whose answer is empty."""
        raise NotImplementedError

    def arguments(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The provider's arguments for what a contract says (`stop`, `max_tokens`, `logprobs`)."""
        return {"stop": facts["stop"]} if facts.get("stop") else {}

    def prompt_of(self, row: Any) -> dict[str, Any]:
        """The part of a training row that inference sends: what `request` must give for it."""
        raise NotImplementedError

    def answer(self, text: str, facts: Mapping[str, Any]) -> str:
        """The answer in a text the model gave: without the stop sequence and the spaces that training added."""
        return text

    def finish(self, folder: Path) -> None:
        """Writes side files, if the format wants any, next to its data files."""


class Tokenizer(Step):
    """Counts tokens."""

    @classmethod
    def encodings(cls) -> tuple[str, ...]:
        """The encodings it knows by name; a tokenizer of files may have none."""
        return ()

    @classmethod
    def knows(cls, name: str) -> bool:
        """Whether it takes this name, other than those of its encodings, for the path of a file with a vocabulary. The
        engine sees to it that something is there: a recipe's path is relative to the recipe, `load` gets the whole."""
        return False

    @classmethod
    def load(cls, encoding: str) -> Callable[[Sequence[str]], list[int]]:
        """A function that gives the exact token count of each text. Raises DataError where its tables are not here."""
        raise NotImplementedError

    @classmethod
    def load_pieces(cls, encoding: str) -> Callable[[Sequence[str]], list[list[bytes]]]:
        """A function that gives the tokens of each text, as the bytes each stands for. Raises DataError as `load`."""
        raise NotImplementedError

    @classmethod
    def available(cls, encoding: str) -> str | None:
        """For `ftprep doctor`: where the tables of an encoding are on this machine, in a few words without a path;
        empty where they are not; None where it does not tell. It asks no network. Raises DataError where what is there
        is damaged."""
        return None
