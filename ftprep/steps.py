"""The contract of plugins: readers, the four shapes of step, writers, uploaders, tokenizers, facts about models.

A step is its options: a frozen pydantic model whose fields are the keys in the recipe, the first one its shorthand.
A step never loops: the engine owns loop, order, counting and parallelism.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from .errors import RecipeError
from .example import Drop, Example, Finding, Outcome, Row, Source
from .files import Input
from .options import option_docs
from .template import Column, Template

Split = Literal["train", "validation", "test"]
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""What a step may be called: snake_case."""


class Rows(msgspec.Struct, frozen=True):
    """A block of rows from a reader, in the order of the file; `numbers[i]` is the number of row i (from 1).

    A few thousand rows make a good block: what a block holds is in memory at once.
    """

    rows: list[Row]
    numbers: Sequence[int]
    sheet: str | None = None


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a model. Tokens are counted as its tokenizer counts them; prices in USD per million tokens."""

    name: str
    aliases: tuple[str, ...] = ()
    tokenizer: str | None = None
    """The encoding's name, e.g. `o200k_base`; a tokenizer plugin knows it."""
    context: int | None = None
    """Tokens a request may have."""
    training_limit: int | None = None
    """Tokens an example may have."""
    formats: tuple[str, ...] = ()
    """Names of the writers whose format can tune it; empty: not known."""
    message_tokens: int = 3
    name_tokens: int = 1
    reply_tokens: int = 3
    """What a chat message, its name, and the start of the reply cost on top of their texts."""
    prices: Mapping[str, float] = {}
    price_date: str | None = None
    tunable_until: str | None = None
    """ISO date after which no new job is taken; None: not announced."""
    source: str = ""
    """Where the facts were read, and when."""


class StepRun:
    """What a step may ask of the run it is part of. Made by the engine; tests make their own."""

    def __init__(
        self,
        *,
        seed: int = 0,
        model: ModelFacts | None = None,
        writer: Writer | None = None,
        count: Callable[[Sequence[str]], list[int]] | None = None,
        rows: Callable[[str], Iterator[Row]] | None = None,
        split_of: Callable[[str], Split | None] | None = None,
        speakers: Mapping[str, str] | None = None,
    ):
        self.seed = seed
        """The step's own seed."""
        self.model = model
        """Facts of the recipe's model; None where it names none."""
        self.writer = writer
        """For steps and checks of one output: its writer."""
        self.speakers: Mapping[str, str] = speakers or {}
        """Role -> the speaker's name in the text, as the steps before this one leave it."""
        self.tallies: Counter[str] = Counter()
        self._count, self._rows, self._split_of = count, rows, split_of

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, exact. Raises RecipeError where the recipe names no model."""
        if self._count is None:
            raise RecipeError("tokens cannot be counted without a model", hint="add 'model:' to the recipe")
        return self._count(texts)

    def rows(self, path: str) -> Iterator[Row]:
        """The rows of a side table, through any installed reader; `path` is relative to the recipe."""
        if self._rows is None:
            raise RecipeError(f"{path}: no side table can be read here")
        return self._rows(path)

    def split_of(self, group: str) -> Split | None:
        """The split a group falls into, with a `stable` or given split; None where it is decided later."""
        return self._split_of(group) if self._split_of is not None else None

    def tally(self, name: str, n: int = 1) -> None:
        """Adds to a counter that the engine sums and reports under the step's notes."""
        self.tallies[name] += n


class Step(BaseModel):
    """What all kinds have in common: a name, options, and where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: ClassVar[str]
    """What recipes call it, snake_case."""
    shorthand: ClassVar[str | None] = None
    """The option that a lone value fills; None: the first field."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """As pydantic's, with the docstring below each field as its description."""
        made = handler.resolve_ref_schema(handler(schema))
        docs, fields = option_docs(cls), cls.model_fields
        for name, field in fields.items():
            if name in docs and (option := made.get("properties", {}).get(field.alias or name)) is not None:
                option.setdefault("description", docs[name])
        return made

    def columns(self) -> tuple[str, ...]:
        """The columns its options name, in options typed Column and Template."""
        found: list[str] = []
        for name in type(self).model_fields:
            _collect_columns(getattr(self, name), found)
        return tuple(dict.fromkeys(found))

    def columns_after(self, columns: Sequence[str]) -> Sequence[str]:
        """The columns there are after this step, given those before it."""
        return columns

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """Role -> the speaker's name in the text, after this step; `before` is what held before it."""
        return before

    def contract(self, run: StepRun) -> dict[str, Any]:
        """Facts that inference needs (`stop`, `separator`, `codes`, `max_tokens`, `logprobs`); merged over all steps."""
        return {}


class Reader(Step):
    """Turns a file into rows.

    `read` yields blocks of rows, Examples, Drops (a bad row, with its place and content) and Findings, lazily. It
    raises DataError, beginning with the file, for a file that is not what it is said to be.
    """

    suffixes: ClassVar[tuple[str, ...]] = ()
    """File endings it reads, with the dot, lower case."""
    fixed_columns: ClassVar[bool] = True
    """Every row has the same columns, so that a column that is missing is a mistake in the recipe."""
    makes_messages: ClassVar[bool] = False
    """It yields Examples that have messages."""

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
    def takes(cls, data: object) -> bool:
        """Whether `read_data` reads this Python object."""
        return False

    @classmethod
    def read_data(cls, data: Any) -> Iterator[Rows]:
        """The rows of a Python object handed to `ftprep.run(…, data=…)`."""
        raise NotImplementedError


class Gather(Step):
    """Many rows become one root. Rows of a root are neighbours (`same`), or found by `key` where `scattered()`."""

    makes_messages: ClassVar[bool] = True

    def bind(self, columns: Sequence[str]) -> Gather:
        """The step with the options that depend on the header filled in (columns in the file's order); called once
        for each source, before its first row. Raises RecipeError where the columns do not do."""
        return self

    def same(self, previous: Row, row: Row) -> bool:
        """Whether `row` belongs to the root of the row before it. Default: they have the same key."""
        return self.key(previous) == self.key(row)

    def ends(self, rows: Sequence[Row]) -> list[int]:
        """Where each root but the last ends; by `same`, unless a step knows how to say it faster."""
        return [i for i, same in enumerate(map(self.same, rows, rows[1:]), 1) if not same]

    def key(self, row: Row) -> Hashable | None:
        """What all rows of one root share; None: roots have no keys. A key that comes back later is an error,
        unless `scattered()`."""
        return None

    def scattered(self) -> bool:
        """Rows of one root may stand anywhere: the engine groups them by `key` through the disk."""
        return False

    def most_rows(self) -> int:
        """Rows a root may have; more is an error that names the place, before memory is full."""
        return 100_000

    def make(self, rows: Sequence[Row]) -> Outcome:
        """One Example, or a Drop; with it Findings and Drops for single rows (`row=` says which)."""
        raise NotImplementedError

    def make_all(self, rows: list[Row], ends: Sequence[int]) -> list[Outcome]:
        """`make` for many roots at once, root i ending at `ends[i]`; a step may do it faster, with the same results."""
        return [self.make(rows[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


class Map(Step):
    """One example becomes one, none (a Drop says why), or several.

    A step may also have `apply_all(examples) -> list of outcomes`, for speed: the same results, in order.
    """

    makes_messages: ClassVar[bool] = False
    """It makes messages out of fields."""
    needs_messages: ClassVar[bool] = False
    """It works on messages, so a step that makes them must stand before it."""
    many: ClassVar[bool] = False
    """It may make several examples of one."""
    shapes: ClassVar[Literal["completion"] | None] = None
    """`completion`: it shapes text for prompt/completion data, and cannot stand before a chat writer."""

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """Called once in each process; returns what is called per example (which may have an `apply_all` too)."""
        return self.apply

    def apply(self, example: Example) -> Outcome:
        """What becomes of one example."""
        raise NotImplementedError

    def request(self, example: Example, run: StepRun) -> Example:
        """The same at inference, for an example whose answer is empty. Steps that select or only touch the answer
        return the example as it is."""
        outcome = self.start(run)(example)
        results = [outcome] if isinstance(outcome, (Example, Drop)) else outcome
        made = [result for result in results if isinstance(result, Example)]
        if len(made) != 1:
            why = next((str(drop.reason) for drop in results if isinstance(drop, Drop)), f"it makes {len(made)} of it")
            raise RecipeError(f"step '{self.name}' makes no request of this input: {why}")
        return made[0]


class Select(Step):
    """At most so many examples per key: the first ones, or those of smallest seeded hash."""

    needs_messages: ClassVar[bool] = False

    def start(self, run: StepRun) -> Callable[[Example], bytes | str | None]:
        """Called once in each process; returns what is called per example (which may have an `apply_all` too)."""
        return self.key

    def key(self, example: Example) -> bytes | str | None:
        """Examples of one key compete; None: this one is kept in any case."""
        raise NotImplementedError

    def most(self) -> int:
        """How many of each key are kept."""
        return 1

    def by_hash(self) -> bool:
        """Keep those of smallest seeded hash of their content, instead of the first in the input."""
        return False

    def reason(self) -> str:
        """What the Drop of the others says."""
        return self.name


class Verdict(msgspec.Struct, frozen=True):
    """What a check makes of all it saw: findings, and figures for the manifest and the report."""

    findings: Sequence[Finding] = ()
    figures: Mapping[str, Any] = {}


class Check(Step):
    """Looks at every example of each output, as the writer is about to write it, and judges them all."""

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """Called once in each process and output; returns what is called per example (which may have a `look_all`)."""
        return self.look

    def look(self, example: Example) -> Any:
        """A small value (None: nothing to add), a Drop, a Finding, or a list of values and Findings."""
        raise NotImplementedError

    def state(self) -> Any:
        """An empty state. Default: a Counter of the values."""
        return Counter()

    def add(self, state: Any, values: Iterable[Any]) -> None:
        """Adds the values of examples that are kept."""
        state.update(values)

    def merge(self, state: Any, other: Any) -> None:
        """Adds another state; order must not matter."""
        state.update(other)

    def judge(self, state: Any, run: StepRun) -> Verdict:
        """Findings and figures; it only reports, it drops nothing."""
        return Verdict()


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

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """The texts that are tokenised one by one, and the tokens that the format adds to them."""
        raise NotImplementedError

    def request(self, example: Example) -> dict[str, Any]:
        """The provider's arguments for an example whose answer is empty."""
        raise NotImplementedError

    def prompt_of(self, row: Any) -> dict[str, Any]:
        """The part of a training row that inference sends: what `request` must give for it."""
        raise NotImplementedError

    def answer(self, text: str, facts: Mapping[str, Any]) -> str:
        """The answer in a text the model gave: without the stop sequence and the spaces that training added."""
        return text

    def finish(self, folder: Path) -> None:
        """Writes side files, if the format wants any, next to its data files."""


class Uploader(Step):
    """Sends training files somewhere. Its capabilities come with the commands that use them."""


class Tokenizer(Step):
    """Counts tokens."""

    @classmethod
    def encodings(cls) -> tuple[str, ...]:
        """The encodings it knows."""
        return ()

    @classmethod
    def load(cls, encoding: str) -> Callable[[Sequence[str]], list[int]]:
        """A function that gives the exact token count of each text. Raises DataError where its tables are not here."""
        raise NotImplementedError


def _collect_columns(value: Any, found: list[str]) -> None:
    if isinstance(value, Column):
        found.append(str(value))
    elif isinstance(value, Template):
        found.extend(value.columns)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _collect_columns(key, found)
            _collect_columns(item, found)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            _collect_columns(item, found)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            _collect_columns(getattr(value, name), found)


__all__ = [
    "NAME", "Check", "Gather", "Lossy", "Map", "ModelFacts", "Reader", "Rows", "Select", "Source", "Split", "Step",
    "StepRun", "Tokenizer", "Uploader", "Verdict", "Writer",
]  # fmt: skip
