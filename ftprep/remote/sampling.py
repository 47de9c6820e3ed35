"""`ftprep.sample`: a model's answers to questions made as its training data was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..errors import Problem, RecipeError, RemoteError
from ..registry import Registry
from ..steps import Answer, Session, Split
from .asking import CONCURRENCY, Reply, ask_all
from .heldout import HELD_OUT, Asked, Trained
from .ledger import Ledger
from .link import Link
from .reaching import Reach

Inputs = Mapping[str, Any] | Iterable[Mapping[str, Any]]


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What a model answered to one question."""

    asked: Asked
    answer: str | None = None
    """Decoded: without what training added to it. None: there was none, see `error`."""
    text: str = ""
    """As the model gave it."""
    probabilities: Mapping[str, float] = {}
    """Class -> probability, the most probable first, where the contract asks for log probabilities."""
    finish: str = ""
    """Why it ended, in the service's word."""
    tokens: tuple[int, int] | None = None
    """Of question and answer."""
    error: RemoteError | None = None

    @property
    def right(self) -> bool | None:
        """Whether it is the wanted answer; None where nobody knows that one, or there is no answer."""
        if self.asked.wanted is None or self.answer is None:
            return None
        return self.answer == self.asked.wanted

    def as_json(self) -> dict[str, Any]:
        """As the command line gives it."""
        return {
            **self.asked.as_json(), "answer": self.answer, "text": self.text, "right": self.right,
            "probabilities": dict(self.probabilities), "finish": self.finish,
            "tokens": list(self.tokens) if self.tokens is not None else None,
            "error": str(self.error) if self.error is not None else None,
        }  # fmt: skip

    def _repr_html_(self) -> str:
        return Samples([self])._repr_html_()


class Samples(list[Sample]):
    """Answers that a notebook shows as a table."""

    def _repr_html_(self) -> str:
        from .notebook import samples_html

        return samples_html(self)


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """How models are asked."""

    params: Mapping[str, Any] = {}
    """Arguments beside those of the contract, such as `temperature`."""
    concurrency: int = CONCURRENCY
    fresh: bool = False
    """Ask again what was answered before."""


def sample(
    model: str,
    run_dir: Path | str,
    inputs: Inputs | None = None,
    *,
    rows: int | None = None,
    output: str | None = None,
    params: Mapping[str, Any] | None = None,
    concurrency: int = CONCURRENCY,
    fresh: bool = False,
    registry: Registry | None = None,
    session: Session | None = None,
    ledger: Ledger | None = None,
    via: str | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Samples:
    """Asks a model as the contract in a run folder says, and decodes what it answers.

    `inputs` are fields, or `{"messages": […]}`, one or several of them; in their place `rows` takes the first rows that
    the run held out (or trained on, where it held out none), with the answers that are wanted. `params` are arguments
    beside the contract's, such as `{"temperature": 0}`. What was answered before is not asked again, unless `fresh`.

    A question without an answer has its `error`. Raises RecipeError, DataError, and RemoteError where no question got
    an answer.
    """
    reach = Reach(registry=registry, session=session, ledger=ledger, via=via, options=options)
    trained = Trained(run_dir, output, registry=reach.registry)
    asking = Asking(params=params or {}, concurrency=concurrency, fresh=fresh)
    return Samples(sampled(model, trained, questions(trained, inputs, rows), reach, asking, progress))


def questions(trained: Trained, inputs: Inputs | None, rows: int | None, file: str = "") -> list[Asked]:
    """What is to be asked. Raises RecipeError where that is nothing, or both inputs and rows."""
    if (inputs is None) == (rows is None):
        raise RecipeError("what is to be asked is not clear", hint="give either inputs or a number of rows")
    if rows is not None:
        return trained.rows(first_split(trained), rows)
    assert inputs is not None
    return trained.handed([inputs] if isinstance(inputs, Mapping) else inputs, file)


def first_split(trained: Trained) -> Split:
    """The first one that was held out; the training rows where none was."""
    return next((split for split in HELD_OUT if split in trained.splits), "train")


def sampled(
    model: str,
    trained: Trained,
    asked: Sequence[Asked],
    reach: Reach,
    asking: Asking,
    progress: Callable[[int], None] | None = None,
) -> list[Sample]:
    """As `sample`, for questions that are made."""
    with reach.links([model], trained.run) as links:
        made = answers_of(model, links[model], trained, asked, reach, asking, progress)
    none_answered(made)
    return made


def answers_of(
    model: str,
    link: Link,
    trained: Trained,
    asked: Sequence[Asked],
    reach: Reach,
    asking: Asking,
    progress: Callable[[int], None] | None = None,
) -> list[Sample]:
    """What one model answers, decoded; errors in their places."""
    wanted = [trained.question(one, model, asking.params) for one in asked]
    with reach.answers() as cache:
        replies = ask_all(
            link, wanted, cache=cache, concurrency=asking.concurrency, progress=progress, fresh=asking.fresh
        )
    return [_sample(trained, one, reply) for one, reply in zip(asked, replies, strict=True)]


def none_answered(samples: Sequence[Sample]) -> None:
    """Raises RemoteError where there are errors and nothing else."""
    errors = [one.error for one in samples if one.error is not None]
    if errors and len(errors) == len(samples):
        raise errors[0]


def unanswered(samples: Sequence[Sample], model: str = "") -> list[Problem]:
    """A problem for each kind of error, with its first place and how many questions had it."""
    kinds: dict[tuple[str, str], list[Sample]] = {}
    for one in samples:
        for problem in one.error.problems if one.error is not None else ():
            kinds.setdefault((problem.message, problem.hint), []).append(one)
    return [_unanswered(message, found, model) for (message, _), found in kinds.items()]


def _unanswered(message: str, found: Sequence[Sample], model: str) -> Problem:
    first = found[0]
    assert first.error is not None
    problem = next(one for one in first.error.problems if one.message == message)
    who = f"{model} gave no answer" if model else "no answer"
    more = f", to this and {len(found) - 1:,} more" if len(found) > 1 else ""
    return msgspec.structs.replace(
        problem, message=f"{who}{more}: {message}", file=first.asked.file or None,
        line=first.asked.line if first.asked.file else None,
    )  # fmt: skip


def _sample(trained: Trained, asked: Asked, reply: Reply) -> Sample:
    if isinstance(reply, RemoteError):
        return Sample(asked=asked, error=reply)
    assert isinstance(reply, Answer)
    return Sample(
        asked=asked,
        answer=trained.decoded(reply),
        text=reply.text,
        probabilities=trained.probabilities(reply) if reply.logprobs else {},
        finish=reply.finish,
        tokens=reply.tokens,
    )
