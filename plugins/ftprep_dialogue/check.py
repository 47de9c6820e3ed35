"""The check `separator`: a text that marks an end occurs before the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import field_validator

from ftprep import Check, Drop, Example, Finding, Note, Shown, StepRun, Table, Topic, Verdict

from .codes import SEPARATOR

Place = Literal["prompt", "completion"]


class SeparatorCheck(Check):
    """Looks for separators and stop sequences inside prompts and completions, where they would end them too early.

    One at the very end is where it belongs. In a conversation the answers are completions, all else is prompt.
    """

    name = "separator"
    problem_codes = SEPARATOR
    topic: ClassVar[Topic] = "text"

    text: str | list[str]
    """The text to look for, or several: what `separator` and `stop` add."""
    inside: Literal["both", "prompt", "completion"] = "both"
    """Where to look. The stop sequence of a dialogue (`\\nHuman: `) stands in every prompt: there, `completion`."""
    on_fail: Literal["warning", "error", "drop"] = "warning"
    """What such an example leads to: a finding with their number, one that marks the result as not ok, or the example
    is dropped."""

    @field_validator("text")
    @classmethod
    def _some_text(cls, value: str | list[str]) -> str | list[str]:
        if not value or not all(value):
            raise ValueError("nothing to look for; give the text that separator or stop add")
        return value

    def look(self, example: Example) -> list[str] | Drop | None:
        """Which text occurs where, as `prompt:0`: once per example."""
        found = self._found(example)
        if found and self.on_fail == "drop":
            place, number = found[0].split(":")
            return Drop(f"separator inside the {place}", repr(self._texts()[int(number)]))
        return found or None

    def judge(self, state: Counter[str], run: StepRun) -> Verdict:
        """A finding for each text and place, with the number of examples."""
        figures = {**dict(sorted(state.items())), "looked_for": self._texts()}
        return Verdict([self._finding(key, state[key]) for key in sorted(state)], figures)

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """Which text stands where it ends something too early."""
        texts = figures.get("looked_for") or []
        rows = []
        for key, n in figures.items():
            place, _, number = key.partition(":")
            if number:
                rows.append([repr(texts[int(number)]) if int(number) < len(texts) else number, place, n])
        if rows:
            return [Table(head=["text", "inside the", "examples"], rows=rows, caption="Ends that come too early")]
        return [Note(f"None of these stands before an end: {', '.join(map(repr, texts))}.", "good")]

    def _texts(self) -> list[str]:
        return [self.text] if isinstance(self.text, str) else self.text

    def _found(self, example: Example) -> list[str]:
        found: dict[str, None] = {}
        for message in (*example.messages, *example.rejected):
            place: Place = "completion" if message.role == "assistant" else "prompt"
            if self.inside in ("both", place):
                for number, text in enumerate(self._texts()):
                    if text in message.text.removesuffix(text):
                        found[f"{place}:{number}"] = None
        return list(found)

    def _finding(self, key: str, count: int) -> Finding:
        place, number = key.split(":")
        text = self._texts()[int(number)]
        examples = "1 example has" if count == 1 else f"{count:,} examples have"
        return Finding(
            "FT315", f"{examples} {text!r} inside the {place}",
            "there the model stops, or starts its answer, too early: take another text, or on_fail: drop",
            "error" if self.on_fail == "error" else "warning",
        )  # fmt: skip
