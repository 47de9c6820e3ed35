"""What inference must send, so that a model is asked the way it was trained; one contract for each writer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from . import __version__
from .errors import DataError, RecipeError
from .example import Example, Message, Row
from .plan import Output, Plan
from .planning.broken import broken, guarded, kind_of
from .planning.items import Planned
from .registry import Registered, Registry
from .steps import Map, ModelFacts, StepRun
from .template import MissingColumn
from .tokens import counter_for, pieces_for
from .vocabulary import found_from

FORMAT = 1
Table = Callable[[str], Iterator[Row]]
_AGAIN = "make it again with 'ftprep run'"


class StepUse(msgspec.Struct, frozen=True):
    """A step as the contract keeps it: its qualified name and its options."""

    name: str
    options: dict[str, Any]


class Contract(msgspec.Struct, kw_only=True):
    """The steps after the gather with the facts they add, and the writer that makes the provider's arguments."""

    ftprep: str = __version__
    format: int = FORMAT
    writer: StepUse
    steps: list[StepUse]
    facts: dict[str, Any] = {}
    """`stop`, `separator`, `codes`, `max_tokens`, `logprobs`: what the steps say."""
    speakers: dict[str, str] = {}
    """Role -> name, as the gather found them."""
    asks_messages: bool = False
    """The steps start from messages (of a conversation), not from fields alone."""
    model: ModelFacts | None = None

    @classmethod
    def load(cls, folder: Path | str, registry: Registry | None = None) -> Asker:
        """The contract in a folder of a run (or the file itself), ready to make requests.

        Raises DataError where there is none, or one that these plugins cannot read, RecipeError where a plugin it
        needs is not installed.
        """
        path = Path(folder)
        path = path / "contract.json" if path.is_dir() else path
        try:
            contract = msgspec.json.decode(path.read_bytes(), type=cls)
        except OSError as error:
            hint = "name the folder of one writer, e.g. out/NAME/WRITER"
            raise DataError(f"{folder}: no contract.json here", hint=hint) from error
        except msgspec.MsgspecError as error:
            raise DataError(f"{path}: this is no contract: {error}", hint=_AGAIN) from error
        if contract.format > FORMAT:
            text = f"{path}: a contract of a newer ftprep ({contract.ftprep})"
            raise DataError(text, hint=f"update ftprep, or {_AGAIN}")
        registry = registry or Registry.installed()
        contract.model = found_from(contract.model, path.parent, registry)
        return Asker(contract, registry)

    def save(self, path: Path) -> None:
        """Writes it, readable."""
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")

    def _repr_html_(self) -> str:
        from .fragments import facts, fragment, head

        model = self.model.name if self.model is not None else ""
        rows = {"model": model, "steps": [use.name for use in self.steps], "speakers": self.speakers, **self.facts}
        return fragment(head(f"contract of {self.writer.name}", "what inference must send"), facts(rows))


class Asker:
    """A contract with its steps made: it turns fields and messages into requests."""

    def __init__(self, contract: Contract, registry: Registry, tables: Sequence[Table] = ()):
        """`tables`: what reads side tables for each step, where they are at hand (while a run is made)."""
        self.contract = contract
        self._writer_origin, self.writer = _made(registry, "writer", contract.writer)
        self._steps = self._started(registry, tables)

    def _repr_html_(self) -> str:
        return self.contract._repr_html_()

    def _started(self, registry: Registry, tables: Sequence[Table]) -> list[tuple[Registered, Any, StepRun]]:
        """Each step with its plugin and the run it may ask, which is kept: what a step makes once is made once."""
        model, speakers = self.contract.model, dict(self.contract.speakers)
        count, pieces = counter_for(model, registry), pieces_for(model, registry)
        steps = []
        for use, rows in zip_longest(self.contract.steps, tables):
            origin, step = _made(registry, "transformer", use)
            run = StepRun(model=model, writer=self.writer, count=count, pieces=pieces, rows=rows, speakers=speakers)
            speakers = dict(step.speakers(speakers))
            steps.append((origin, step, run))
        return steps

    def request(
        self,
        messages: Sequence[Message | Mapping[str, Any]] | None = None,
        tools: Sequence[dict[str, Any]] = (),
        **fields: Any,
    ) -> dict[str, Any]:
        """The provider's arguments for a conversation so far (the last message is the user's) with the tools the model
        may call, or for fields, or both.

        Raises RecipeError where a column that the prompt needs is not given.
        """
        return self.ask(Example(fields=fields, messages=as_messages(messages), tools=tuple(tools)))

    def ask(self, example: Example) -> dict[str, Any]:
        """As `request`, for an example without its answer."""
        request = self.prompt(example)
        with guarded(self._writer_origin, "failed in arguments"):
            return {**self.writer.arguments(self.contract.facts), **request}

    def prompt(self, example: Example) -> dict[str, Any]:
        """The part of a request that the model reads, for an example without its answer."""
        if example.messages or self.contract.asks_messages:
            example = example.with_(messages=self._waiting(example.messages))
        for origin, step, run in self._steps:
            if isinstance(step, Map):
                with _asking(origin):
                    example = step.request(example, run)
                if not isinstance(example, Example):
                    raise broken(origin, f"returned {kind_of(example)} for a request; an Example was expected")
        with _asking(self._writer_origin):
            request: dict[str, Any] = self.writer.request(example)
        return request

    def prompt_of(self, row: Any) -> Any:
        """The part of a training row that the model reads."""
        with guarded(self._writer_origin, "failed in prompt_of"):
            return self.writer.prompt_of(row)

    def _waiting(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """The messages with the empty answer that the model is to fill in, and speakers named as in training."""
        if not messages or not _waits(messages[-1]):
            messages = (*messages, Message("assistant"))
        names = self.contract.speakers
        return tuple(m if m.name is not None or m.role not in names else m.with_(name=names[m.role]) for m in messages)

    def decode(self, answer: str) -> str:
        """The answer without what training added to it (stop sequence, leading space), codes turned into labels."""
        text = self.writer.answer(answer, self.contract.facts)
        return str(self.contract.facts.get("codes", {}).get(text.strip(), text))

    def probabilities(self, logprobs: Mapping[str, float]) -> dict[str, float]:
        """Class -> its probability, the most probable first, from the log probabilities of the answer's first token
        (token -> natural logarithm, as providers give them). Classes share what the given tokens leave them: they sum
        to 1. Raises DataError where the contract has no labels, or none of them is among the tokens.
        """
        first: Mapping[str, str] = self.contract.facts.get("labels") or {}
        if not first:
            hint = "put the check 'labels' into the recipe and run it again"
            raise DataError("this contract knows no labels", hint=hint)
        codes = self.contract.facts.get("codes", {})
        found = {
            str(codes.get(name, name)): math.exp(logprobs[token]) for name, token in first.items() if token in logprobs
        }
        total = sum(found.values())
        if not total:
            hint = f"the labels begin with {', '.join(map(repr, first.values()))}; ask for more log probabilities"
            raise DataError("none of the tokens begins a label", hint=hint)
        return {name: p / total for name, p in sorted(found.items(), key=lambda one: -one[1])}


def contract_of(
    plan: Plan, output: Output, speakers: Mapping[str, str], found: Mapping[str, Any] | None = None
) -> Contract:
    """The contract of one output; `speakers` are the names that the gather found, `found` the facts that checks did."""
    return Contract(
        writer=_use(output.writer),
        steps=[_use(planned) for planned in plan.asked_steps(output)],
        facts={**facts_of(plan, output, speakers), **(found or {})},
        speakers=dict(speakers),
        asks_messages=plan.asks_messages,
        model=plan.model,
    )


def facts_of(plan: Plan, output: Output, speakers: Mapping[str, str]) -> dict[str, Any]:
    """What the steps of one output tell inference; lists are joined, of anything else the last one holds."""
    facts: dict[str, Any] = {}
    for planned in (*plan.before, *plan.steps, *output.steps):
        run = StepRun(model=plan.model, writer=output.writer.step, speakers=speakers)
        with guarded(planned.origin, "failed in contract"):
            said = dict(planned.step.contract(run))
            msgspec.json.encode(said)
        for key, value in said.items():
            facts[key] = [*facts[key], *value] if isinstance(value, list) and key in facts else value
        speakers = planned.step.speakers(speakers)
    return facts


def _use(planned: Planned[Any]) -> StepUse:
    return StepUse(f"{planned.origin.plugin}/{planned.origin.name}", planned.options)


def _made(registry: Registry, kind: str, use: StepUse) -> tuple[Registered, Any]:
    origin = registry.get(kind, use.name)
    try:
        return origin, origin.cls.model_validate_json(msgspec.json.encode(use.options), strict=True)
    except ValidationError as error:
        text = f"the contract's options of '{use.name}' are none of {origin.dist} {origin.version}".rstrip()
        raise DataError(text, hint=f"install the version it was made with, or {_AGAIN}") from error


@contextmanager
def _asking(origin: Registered) -> Iterator[None]:
    """What goes wrong while a step makes its part of a request."""
    try:
        with guarded(origin, "failed on a request"):
            yield
    except MissingColumn as missing:
        hint = f"give it as {missing.column}=…"
        raise RecipeError(f"'{origin.name}' needs the field '{missing.column}'", hint=hint) from None


def as_messages(messages: Sequence[Message | Mapping[str, Any]] | None) -> tuple[Message, ...]:
    """Messages, some perhaps as mappings. Raises RecipeError for one that is none."""
    made = []
    for number, message in enumerate(messages or (), 1):
        try:
            made.append(message if isinstance(message, Message) else msgspec.convert(message, Message))
        except msgspec.ValidationError as error:
            what = str(error)
            hint = "give mappings with role and content"
            raise RecipeError(f"message {number}: {what[:1].lower()}{what[1:]}", hint=hint) from None
    return tuple(made)


def _waits(message: Message) -> bool:
    """Whether this is the empty answer that the model is to fill in."""
    return message.role == "assistant" and not message.content and not message.tool_calls
