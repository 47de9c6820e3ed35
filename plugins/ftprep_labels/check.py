"""The check `labels`: whether each class is one token that no other class begins with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import msgspec
import xxhash
from pydantic import Field

from ftprep import Check, Drop, Example, Finding, Fix, Met, RecipeError, Shown, StepRun, Topic, Verdict

from .codes import CODES
from .shown import of_labels, of_splits
from .table import Label, labels_of, proposal, shown

_pack = msgspec.msgpack.Encoder().encode
_SHOWN = 5
_LONGEST = 1000
"""Characters of an answer that are looked at: what is longer is no label, and would only fill the memory."""


CONTRADICTED = ("contradictions",)
"""Counted beside the labels: an input that has several."""


class Labels(Check):
    """Looks at the answers as class labels, in the tokens of the recipe's model, as each format writes them.

    A label that is one token, which no other label begins with, makes the first token of the answer tell the class. A
    completion begins with a space and a chat answer does not, so the same label may be one token in one format and two
    in the other: the table in the figures shows both. Figures: `classes`, `contradictions` (inputs that have different
    labels), `table` (label, as written, examples, tokens with and without the space, verdict) and `splits` (examples of
    each label by split). The contract gets `max_tokens`, `logprobs` and `labels`.
    """

    name: ClassVar[str] = "labels"
    problem_codes = CODES
    asks_model = True
    for_any_data = False
    by_split = True
    topic: ClassVar[Topic] = "labels"

    one_token: bool = True
    """Say where a label is more than one token, and propose codes that are one."""
    min_each: int = Field(default=100, ge=0)
    """Say where a class has fewer examples in all splits together; 100 is what OpenAI's guide advises."""
    most: int = Field(default=1000, ge=2)
    """More different answers than this are no labels: it is said, and no table is made."""

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """What takes the label off an answer. Raises RecipeError where the recipe names no model."""
        if run.model is None:
            raise RecipeError("the check 'labels' shows tokens, and needs a model", hint="add 'model:' to the recipe")
        return _Look(run)

    def key(self, example: Example) -> bytes | None:
        """Examples of the same input meet."""
        said = [(message.role, message.content) for message in example.messages[:-1]]
        try:
            return xxhash.xxh3_128_digest(_pack(said))
        except UnicodeEncodeError:  # half characters
            return xxhash.xxh3_128_digest(repr(said).encode())

    def most_values(self) -> int | None:
        """As many labels as are looked at."""
        return self.most

    def meet(self, met: Sequence[Met], run: StepRun) -> Iterable[Any]:
        """A finding where they have different labels, and that there was one."""
        names = sorted({one.value.strip() for one in met if one.value is not None})
        if len(names) < 2:
            return ()
        where = ", ".join(str(one.source) for one in met[1:_SHOWN])
        text = f"the same text has different labels: {_listed(names)}"
        return [Finding("FT355", text, f"keep one of them (compare {where})", source=met[0].source), CONTRADICTED]

    def add(self, state: Any, values: Iterable[Any]) -> None:
        """Counts labels, as long as they can be labels."""
        if len(state) <= self.most + (CONTRADICTED in state):
            state.update(values)

    def judge(self, state: Any, run: StepRun) -> Verdict:
        """The table, what is wrong with the labels, and what inference needs of them."""
        counts = {label: n for label, n in state.items() if label != CONTRADICTED}
        if len(counts) > self.most:
            text = f"there are more than {self.most} different answers, so they are no labels"
            return Verdict([Finding("FT356", text, "leave the check 'labels' out of this recipe")])
        if not counts:
            return Verdict()
        labels = labels_of(counts, run)
        figures = {"classes": len(labels), "contradictions": state.get(CONTRADICTED, 0)}
        figures |= {"table": [label.row() for label in labels], "splits": of_splits(labels, run.splits)}
        return Verdict(list(self.findings(labels, run)), figures, _facts(labels, run))

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """The balance by split, and the tokens of each label."""
        return of_labels(figures)

    def findings(self, labels: Sequence[Label], run: StepRun) -> Iterator[Finding]:
        """What is wrong with labels whose tokens are known, the most frequent label first."""
        if len(labels) == 1:
            yield _alone(labels[0])
        long = [label for label in labels if len(label.tokens) > 1]
        if self.one_token and long:
            yield _several_tokens(long, labels, run)
        yield from _shared(labels)
        yield from _alike(labels)
        yield from self._few(labels)

    def plain_findings(self, labels: Sequence[Label]) -> Iterator[Finding]:
        """What is wrong with labels, whatever their tokens."""
        if len(labels) == 1:
            yield _alone(labels[0])
        yield from _alike(labels)
        yield from self._few(labels)

    def _few(self, labels: Sequence[Label]) -> Iterator[Finding]:
        few = [label for label in labels if label.count < self.min_each]
        if few:
            listed = _listed([f"{label.name} ({label.count})" for label in few])
            text = f"{len(few)} of {len(labels)} classes have fewer than {self.min_each} examples: {listed}"
            yield Finding("FT353", text, "collect more, or set another 'min_each'", "advice")


class _Look:
    """The label of an answer: what stands before the stop sequence."""

    def __init__(self, run: StepRun):
        self._run = run

    def __call__(self, example: Example) -> Any:
        return self.look_all([example])[0]

    def look_all(self, examples: Sequence[Example]) -> list[Any]:
        """The labels of a batch; an empty one is a Drop."""
        stops = [stop for stop in self._run.facts.get("stop") or () if stop]
        found: list[Any] = []
        for example in examples:
            answer = example.answer
            text = answer.text if answer is not None else ""
            for stop in stops:
                text = text.removesuffix(stop)
            found.append(text[:_LONGEST] if text.strip() else Drop("empty label"))
        return found


def _alone(label: Label) -> Finding:
    text = f"all answers are '{label.name}'"
    return Finding("FT354", text, "a classifier needs examples of two classes at least")


def _several_tokens(long: Sequence[Label], labels: Sequence[Label], run: StepRun) -> Finding:
    told = _listed([f"'{label.written}' ({' | '.join(map(shown, label.tokens))})" for label in long])
    fine = sum(len(label.other) == 1 for label in long)
    form = "without the leading space" if long[0].spaced else "with a leading space"
    aside = f"; {form} {fine} of them would be one" if fine else ""
    text = f"{len(long)} of {len(labels)} labels are more than one token: {told}{aside}"
    codes = proposal([label.name for label in labels], run)
    some = ", ".join(f"{name}: {code}" for name, code in list(codes.items())[:_SHOWN])
    more = ", …" if len(codes) > _SHOWN else ""
    hint = f"codes of one token: labels: {{column: …, codes: {{{some}{more}}}}}" if codes else "use shorter labels"
    return Finding("FT350", text, hint)


def _shared(labels: Sequence[Label]) -> Iterator[Finding]:
    by_first: dict[bytes, list[Label]] = defaultdict(list)
    for label in labels:
        by_first[label.tokens[0]].append(label)
    for first, group in by_first.items():
        if len({label.name for label in group}) > 1:
            names = _listed([label.name for label in group])
            text = f"{len(group)} labels begin with the same token '{shown(first)}': {names}"
            yield Finding("FT351", text, "their first token does not tell them apart; give them codes")


def _alike(labels: Sequence[Label]) -> Iterator[Finding]:
    by_form: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        by_form[" ".join(label.written.casefold().split())].append(label)
    for group in by_form.values():
        if len(group) > 1:
            told = _listed([f"'{label.written}' ({label.count})" for label in group])
            text = f"labels that differ only in case or white space: {told}"
            hint = "write them in one way, e.g. with map_values, or labels and 'normalise: true'"
            yield Finding("FT352", text, hint, fix=_one_way(group))


def _one_way(group: Sequence[Label]) -> Fix:
    """Writes all of them as the most frequent one is written."""
    chosen = max(group, key=lambda label: label.count)
    values = {label.name: chosen.written for label in group}
    names = ", ".join(f"'{label.written}'" for label in group if label is not chosen)
    return Fix(change=f"Write '{chosen.written}' for the label {names}", transform=({"relabel": {"values": values}},))


def _facts(labels: Sequence[Label], run: StepRun) -> dict[str, Any]:
    """What inference needs: how many tokens an answer has, how many log probabilities, each label's first token."""
    cap = run.writer.most_logprobs if run.writer is not None else 0
    asked = min(len(labels), cap)
    first = {label.name: shown(label.tokens[0]) for label in labels}
    facts = {"max_tokens": max(len(label.tokens) for label in labels), "labels": first}
    return {**facts, "logprobs": asked} if asked else facts


def _listed(names: Sequence[str]) -> str:
    more = len(names) - 2 * _SHOWN
    return ", ".join(names[: 2 * _SHOWN]) + (f" and {more} more" if more > 0 else "")
