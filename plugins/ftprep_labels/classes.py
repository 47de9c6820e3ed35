"""The check `classes`: what the answers are, where they are labels: a table, and what a model has to be better than."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

import msgspec
from pydantic import Field

from ftprep import Example, Finding, Met, Source, StepRun, Verdict

from .check import Labels
from .codes import CODES
from .shown import of_splits
from .table import Label, labels_of, shown

_LONGEST = 100
"""Characters of an answer that can be a label."""
_MOST_KEPT = 10_000
"""Contradictions that are told one by one."""


class Clash(msgspec.Struct, frozen=True):
    """One input that has several labels."""

    place: Source
    finding: Finding
    first: bool
    """Of the examples of this input."""


class Seen(msgspec.Struct):
    """What was seen: how often each answer occurs, and where one input has several."""

    answers: Counter[str] = msgspec.field(default_factory=Counter)
    others: int = 0
    """Examples whose answers are no labels."""
    against: dict[Source, Finding] = {}
    contradictions: int = 0
    """Inputs that have several."""


class Classes(Labels):
    """Looks whether the answers are labels, and where they are tells how often each occurs; else it says nothing.

    They are taken for labels where all are short and there are less than a third as many different ones as examples.
    Figures: `examples`, `classes`, `baseline` (the share that is right where the answer is always the most frequent
    label, from 0 to 1), `most_frequent` (which is the positive class where there are two), `contradictions` (inputs
    that have different labels), the `table` (label, examples, share, with a model their tokens) and `splits` (examples
    of each label by split).
    """

    name: ClassVar[str] = "classes"
    problem_codes = CODES
    asks_model = False
    for_any_data = True

    min_each: int = Field(default=0, ge=0)
    """Say where a class has fewer examples in all splits together."""

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """What takes the label off an answer."""
        return self.look

    def look(self, example: Example) -> str:
        """The answer; nothing where it is too long for a label, or one of several."""
        answers = [message for message in example.messages if message.role == "assistant"]
        text = example.answer.text if example.answer is not None and len(answers) == 1 else ""
        return text if text.strip() and len(text) <= _LONGEST else ""

    def key(self, example: Example) -> bytes | None:
        """Examples of the same input meet, if their answers can be labels."""
        return super().key(example) if self.look(example) else None

    def look_all(self, examples: Sequence[Example]) -> list[str]:
        """The answers of many."""
        plain = [example.messages[-1].content if _answers(example) else None for example in examples]
        return [
            self.look(example) if type(text) is not str else text if len(text) <= _LONGEST and text.strip() else ""
            for example, text in zip(examples, plain, strict=True)
        ]

    def key_all(self, examples: Sequence[Example]) -> Sequence[bytes | None]:
        """The keys of many. Where one answer is no label, none of them are, and nobody need meet."""
        if not all(self.look_all(examples)):
            return [None] * len(examples)
        return list(map(super().key, examples))

    def state(self) -> Seen:
        """Nothing seen."""
        return Seen()

    def add(self, state: Any, values: Iterable[Any]) -> None:
        """Counts answers, as long as they can be labels."""
        for value in values:
            if isinstance(value, Clash):
                state.contradictions += value.first
                if len(state.against) < _MOST_KEPT:
                    state.against[value.place] = value.finding
            elif not value:
                state.others += 1
            elif len(state.answers) <= self.most:
                state.answers[value] += 1

    def merge(self, state: Any, other: Any) -> None:
        """Adds what was seen elsewhere."""
        if len(state.answers) <= self.most:  # beyond that they are no labels, and nobody asks which they are
            state.answers.update(other.answers)
        state.others += other.others
        state.against.update(other.against)
        state.contradictions += other.contradictions

    def meet(self, met: Sequence[Met], run: StepRun) -> Iterator[Any]:
        """What is wrong where they have different labels, to be told where the answers are labels indeed."""
        for finding in super().meet(met, run):
            for one in met if isinstance(finding, Finding) else ():
                told = msgspec.structs.replace(finding, hint="keep one of them", source=one.source)
                yield Clash(one.source, told, one is met[0])

    def of_split(self, value: Any) -> Hashable | None:
        """The answer, where it can be a label."""
        return value or None

    def judge(self, state: Any, run: StepRun) -> Verdict:
        """The table, what is wrong with the labels, and the baseline."""
        answers = state.answers
        examples = answers.total()
        if state.others or not 1 <= len(answers) <= self.most or len(answers) * 3 >= examples:
            return Verdict()
        labels = labels_of(answers, run)
        told = self.findings(labels, run) if run.model is not None else self.plain_findings(labels)
        findings = [*told, *state.against.values(), *_baseline(labels[0], examples)]
        figures = {**_figures(labels, examples), "contradictions": state.contradictions}
        figures |= {"table": _table(labels, examples), "splits": of_splits(labels, run.splits)}
        return Verdict(findings, figures)


def _answers(example: Example) -> bool:
    """Whether it is one question and its answer."""
    messages = example.messages
    return len(messages) == 2 and messages[0].role != "assistant" and messages[1].role == "assistant"


def _baseline(most: Label, examples: int) -> Iterator[Finding]:
    if most.count < examples:
        text = f"always '{most.name}' is right in {most.count / examples:.1%}: so much accuracy costs nothing"
        yield Finding("FT357", text, "compare what the tuned model reaches with it", "advice")


def _figures(labels: Sequence[Label], examples: int) -> dict[str, Any]:
    most = labels[0]
    baseline = round(most.count / examples, 4)
    return {"examples": examples, "classes": len(labels), "baseline": baseline, "most_frequent": most.name}


def _table(labels: Sequence[Label], examples: int) -> list[dict[str, Any]]:
    rows = []
    for label in labels:
        counted = {"label": label.name, "examples": label.count, "share": f"{label.count / examples:.1%}"}
        tokens = {"tokens": list(map(shown, label.tokens))} if label.tokens else {}
        rows.append({**counted, **tokens})
    return rows
