"""The prompts of a recipe's steps that have no answer yet, and what asking them costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..engine.local import Engine
from ..errors import FtprepError
from ..example import Example
from ..plan import Plan
from ..steps import ModelFacts, Question
from ..steps.answers import AnswerFile, Wanted
from ..tokens import counter_for, find_model, resolve_model
from .ledger import Service
from .link import service_for


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The prompts of one step that have no answer yet."""

    step: str
    file: Path
    name: str
    """What the recipe calls the file."""
    model: str
    service: Service
    questions: Mapping[str, Question]
    """By their keys in the file, in the order of the input."""
    found: int
    """Prompts of the step that have an answer."""
    tokens: int | None = None
    """Of all these prompts; None where nobody can count them."""
    longest: int | None = None
    """Tokens that an answer may have, where the request says so."""
    prices: tuple[float, float] | None = None
    """USD for a million tokens of prompts, and of answers."""
    price_date: str | None = None

    @property
    def usd(self) -> float | None:
        """What the prompts cost."""
        return self.tokens * self.prices[0] / 1e6 if self.tokens is not None and self.prices is not None else None

    @property
    def usd_most(self) -> float | None:
        """What prompts and answers cost at most."""
        if self.usd is None or self.prices is None or self.longest is None:
            return None
        return self.usd + len(self.questions) * self.longest * self.prices[1] / 1e6


def next_batch(
    plan: Plan, *, limit: int | None = None, via: str | None = None, options: Mapping[str, Any] | None = None
) -> Batch | None:
    """The prompts without an answer of the first step that has any; None: no step has. A later step may need the
    answers first: its own come afterwards. Raises what reading and the steps raise."""
    engine = Engine(plan, limit=limit)
    stages = engine.stages
    for order in stages.answered:
        stages.runs[order].wanted = Wanted()
    for example in engine.examples():
        for output in stages.outputs:
            _through(output.steps, example)
    for order, planned in sorted(stages.answered.items()):
        wanted = stages.runs[order].wanted
        if wanted is not None and wanted.missing:
            return _batch(plan, planned, wanted, via, options)
    return None


def _through(runners: Sequence[Any], example: Example) -> None:
    """An example on its way through the steps of one output, for what they ask."""
    examples = [example]
    for runner in runners:
        outcomes = [runner.guard(runner.one, one) for one in examples]
        examples = [made for outcome in outcomes for made in _examples(outcome)]


def _examples(outcome: Any) -> Iterator[Example]:
    results = outcome if isinstance(outcome, (list, tuple)) else [outcome]
    return (result for result in results if isinstance(result, Example))


def _batch(plan: Plan, planned: Any, wanted: Wanted, via: str | None, options: Mapping[str, Any] | None) -> Batch:
    file, first = planned.step.answer_file(), next(iter(wanted.missing.values()))
    chosen = {**({} if via is not None else file.options), **(options or {})}
    facts = find_model(first.model, plan.registry.models())
    return Batch(
        step=planned.label,
        file=plan.recipe.folder(planned.item.path) / file.path,
        name=file.path,
        model=first.model,
        service=service_for(plan.registry, named=via or file.via, model=first.model, options=chosen),
        questions=wanted.missing,
        found=len(wanted.found),
        tokens=_tokens(list(wanted.missing.values()), plan),
        longest=_longest(first),
        prices=_given(file) or _prices(first.model, facts),
        price_date=facts.price_date if facts is not None and not file.prices else None,
    )


def _longest(question: Question) -> int | None:
    limits = [v for name, v in question.arguments.items() if "max" in name and "tokens" in name and isinstance(v, int)]
    return min(limits, default=None)


def _given(file: AnswerFile) -> tuple[float, float] | None:
    """As the recipe has them."""
    return (file.prices["input"], file.prices["output"]) if file.prices else None


def _prices(model: str, facts: ModelFacts | None) -> tuple[float, float] | None:
    """Of the model itself, or of one that was tuned from it."""
    if facts is None:
        return None
    base = "base_" if model.startswith((facts.name, *facts.aliases)) else ""
    found = facts.prices.get(f"{base}input"), facts.prices.get(f"{base}output")
    return (found[0], found[1]) if found[0] is not None and found[1] is not None else None


def _tokens(questions: Sequence[Question], plan: Plan) -> int | None:
    """As a chat model's tokenizer counts the texts; None where none is known."""
    registry = plan.registry
    encodings = [e for tokenizer in registry.all("tokenizer") for e in tokenizer.cls.encodings()]
    try:
        facts = resolve_model(questions[0].model, registry.models(), encodings)
        count = counter_for(facts, registry)
        if count is None or facts is None:
            return None
        texts = [text for question in questions for text in _texts(question)]
        around = facts.message_tokens * len(texts) + facts.reply_tokens * len(questions)
        return sum(count(texts)) + around
    except FtprepError:
        return None


def _texts(question: Question) -> list[str]:
    messages = question.arguments.get("messages", ())
    return [message["content"] for message in messages] or [str(question.arguments.get("prompt", ""))]
