"""The check `advice`: what OpenAI's guides say to data like these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from ftprep import Check, Example, Note, Shown, StepRun, Verdict

from .codes import ADVICE
from .guidance import Facts, Kind, given

_LONGEST = 100
"""Characters of an answer that can be a label."""
_MOST = 1000
"""More different answers are no labels."""
_FORMATS = ("openai_chat", "openai_completion")


class Kept(msgspec.Struct, frozen=True, gc=False):
    """What is kept of an example."""

    several: bool
    """It has several answers."""
    unasked: bool
    """Nothing stands before the answer."""
    answer: str | None
    """None where it is too long for a label."""


class Advice(Check):
    """Gives the advice of OpenAI's guides that applies: how many examples, what labels, which training parameters.

    Each piece says where it stands, of when it is, and for which models it was written; of several about one thing only
    the most urgent is given. Answers are taken for labels where they are short and less than a third as many as the
    examples. Figures: `kind` (classification, generation, chatbot, open).
    """

    name: ClassVar[str] = "advice"
    problem_codes = ADVICE

    def look(self, example: Example) -> Kept:
        """What counts of an example."""
        answers = [message for message in example.messages if message.role == "assistant"]
        asked = any(message.role != "assistant" and message.text.strip() for message in example.messages)
        text = example.answer.text.strip() if example.answer is not None else ""
        label = text if 0 < len(text) <= _LONGEST and "\n" not in text else None
        return Kept(len(answers) > 1, not asked, label)

    def look_all(self, examples: Sequence[Example]) -> list[Kept]:
        """The same for many; most are a question and its answer."""
        return [_kept_of(example) or self.look(example) for example in examples]

    def add(self, state: Any, values: Iterable[Any]) -> None:
        """Counts the kinds of examples, and answers as long as they can be labels."""
        seen: Sequence[Kept] = list(values)
        state["examples",] += len(seen)
        state["several",] += sum(kept.several for kept in seen)
        state["unasked",] += sum(kept.unasked for kept in seen)
        answers = [kept.answer for kept in seen if kept.answer is not None]
        state["long",] += len(seen) - len(answers)
        if len(state) <= _MOST + len(_KINDS):  # beyond that they are no labels, and nobody asks which they are
            state.update(answers)

    def merge(self, state: Any, other: Any) -> None:
        """Adds another state."""
        full = len(state) > _MOST + len(_KINDS)
        state.update({key: other[key] for key in _KEYS} if full else other)

    def judge(self, state: Any, run: StepRun) -> Verdict:
        """The advice that applies; none for formats of others."""
        if run.writer is None or run.writer.name not in _FORMATS:
            return Verdict()
        facts = facts_of(state)
        return Verdict(list(given(facts, run.writer.shape, run.model)), {"kind": facts.kind})

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """What the data is taken for; the advice stands with the findings."""
        text = _SAID.get(str(figures.get("kind")))
        return [Note(f"The advice is given for {text}")] if text else []


_SAID: dict[str, str] = {
    "classification": "classification: the answers are few and short, so they are labels.",
    "generation": "texts that answer an input.",
    "chatbot": "conversations: most examples have several answers.",
    "open": "free writing: nothing stands before the answers.",
}
_KINDS = ("examples", "several", "unasked", "long")
_KEYS = tuple((kind,) for kind in _KINDS)
_KEPT = {unasked: Kept(False, unasked, None) for unasked in (False, True)}
"""What is kept of most examples."""


def _kept_of(example: Example) -> Kept | None:
    """What counts of a question and its answer, both of them plain text; None for all else."""
    messages = example.messages
    if len(messages) != 2 or messages[0].role == "assistant" or messages[1].role != "assistant":
        return None
    asked, answer = messages[0].content, messages[1].content
    if type(asked) is not str or type(answer) is not str:
        return None
    unasked = not asked or asked.isspace()
    text = answer.strip()
    if 0 < len(text) <= _LONGEST and "\n" not in text:
        return Kept(False, unasked, text)
    return _KEPT[unasked]


def facts_of(state: Counter[Any]) -> Facts:
    """What the counts tell of the data."""
    examples, several, unasked, long = (state[name,] for name in _KINDS)
    labels = {answer: times for answer, times in state.items() if isinstance(answer, str)}
    if not long and not several and 2 <= len(labels) <= _MOST and len(labels) * 3 < examples:
        words = not all(label.isdecimal() for label in labels)
        smallest = min(labels.values())
        return Facts(kind="classification", examples=examples, classes=len(labels), smallest=smallest, words=words)
    kind: Kind = "chatbot" if several * 2 > examples else "open" if unasked and unasked == examples else "generation"
    return Facts(kind=kind, examples=examples)
