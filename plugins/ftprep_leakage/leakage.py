"""The check `leakage`."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal

import xxhash
from pydantic import Field

from ftprep import Check, Example, Finding, Image, Message, Met, Note, Shown, StepRun, Table, Topic, Verdict

from .codes import CODES
from .near import bands, likeness

_SHOWN = 20
_MOST_TEXT = 120
_HELD = ("validation", "test")


class Leakage(Check):
    """Finds inputs that stand in two splits: what is held out was then seen in training, and tells nothing.

    The input is what stands before the answer (the answer, where nothing does). Figures: `inputs` in two splits, and
    the first `pairs`, with their places and text. Split by the column that they share (`by:`), or remove duplicates.
    """

    name: ClassVar[str] = "leakage"
    problem_codes = CODES
    topic: ClassVar[Topic] = "repeats"
    for_any_data = False  # one file is no split

    normalise: bool = True
    """Case, white space and compatibility variants of characters make no difference."""
    near: float | None = Field(default=None, ge=0.5, lt=1)
    """Also texts that are this much alike: the share of three-word runs in common, e.g. 0.8. It needs the extra
    `near-dup`, and keeps the texts in memory until the end."""
    level: Literal["warning", "error"] = "warning"
    """How serious it is; after an error the run is not ok."""

    def look(self, example: Example) -> str | None:
        """The input, where pairs are compared by it; otherwise its beginning."""
        text = _input(example)
        return text if self.near is not None else text[:_MOST_TEXT]

    def key(self, example: Example) -> bytes | list[bytes]:
        """Equal inputs have equal keys; those that are nearly equal share one of theirs."""
        text = self._form(_input(example))
        own = xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass"))
        return own if self._bands is None else [own, *self._bands(text)]

    def state(self) -> Any:
        """The pairs that were found, each once: their places -> what is told of them."""
        return {}

    def add(self, state: Any, values: Iterable[Any]) -> None:
        """Adds pairs; texts alone are not kept."""
        for value in values:
            if isinstance(value, dict):
                state.setdefault((value["train"], value["held"]), value)

    def meet(self, met: Sequence[Met], run: StepRun) -> Iterator[Finding | dict[str, Any]]:
        """A pair for each held-out example whose input stands in train, or in the other held-out split."""
        firsts: dict[str, Met] = {}
        for one in met:
            firsts.setdefault(one.split, one)
        if len(firsts) < 2:
            return
        others = firsts.values() if self.near is None else met
        for held in met:
            other = next((one for one in others if one.split != held.split and self._earlier(one, held)), None)
            alike = 0.0 if other is None else self._alike(other, held)
            if other is None or alike == 0.0:
                continue
            yield {
                "train": str(other.source),
                "held": str(held.source),
                "splits": f"{other.split} and {held.split}",
                "alike": round(alike, 3),
                "text": str(held.value)[:_MOST_TEXT],
                "other": str(other.value)[:_MOST_TEXT],
            }

    def judge(self, state: Any, run: StepRun) -> Verdict:
        """How many there are, and the first of them."""
        pairs = [value for value in state.values() if isinstance(value, dict)]
        figures = {"inputs": len(pairs), "pairs": pairs[:_SHOWN]}
        return Verdict(list(self._findings(pairs)), figures)

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """How many inputs stand in two splits, and the first of them side by side."""
        n, pairs = figures.get("inputs", 0), figures.get("pairs") or []
        if not n:
            return [Note("No input stands in two splits.", "good")]
        are = (
            "1 held-out example has an input that stands"
            if n == 1
            else f"{n:,} held-out examples have inputs that stand"
        )
        said = Note(f"{are} in another split, too: what is measured on them says nothing.", "bad")
        rows = [
            [
                pair["splits"],
                pair["train"],
                _short(pair["other"]),
                pair["held"],
                _short(pair["text"]),
                f"{pair['alike']:.0%}",
            ]
            for pair in pairs
        ]
        head = ["splits", "first", "its text", "held out", "its text", "alike"]
        return [said, Table(head=head, rows=rows, caption="Inputs that stand in two splits", more=n - len(rows))]

    @cached_property
    def _bands(self) -> Callable[[str], list[bytes]] | None:
        return bands(self.near) if self.near is not None else None

    def _form(self, text: str) -> str:
        if not self.normalise:
            return text
        return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

    def _earlier(self, one: Met, held: Met) -> bool:
        """Whether `held` is the held-out half of the two: train comes before validation, validation before test."""
        order = ("train", *_HELD)
        return order.index(one.split) < order.index(held.split) and (self.near is None or self._alike(one, held) > 0.0)

    def _alike(self, one: Met, held: Met) -> float:
        """1.0 for equal inputs; how much alike they are, if it is enough; else 0."""
        if self.near is None:
            return 1.0
        first, second = self._form(str(one.value)), self._form(str(held.value))
        alike = 1.0 if first == second else likeness(first, second)
        return alike if alike >= self.near else 0.0

    def _findings(self, pairs: Sequence[dict[str, Any]]) -> Iterator[Finding]:
        for kind, hint in (
            (
                "the same input stands",
                "remove duplicates (dedupe: {on: …}), or split by what they share (split: {by: …})",
            ),
            ("nearly the same input stands", "split by what they share (split: {by: …}), or remove one of them"),
        ):
            some = [pair for pair in pairs if (pair["alike"] == 1.0) == (kind == "the same input stands")]
            for splits in sorted({pair["splits"] for pair in some}):
                of_splits = [pair for pair in some if pair["splits"] == splits]
                first = of_splits[0]
                text = (
                    f"{kind} in {splits}: {len(of_splits)} of the held-out examples, such as {first['held']} "
                    f"('{_short(first['text'])}') and {first['train']} ('{_short(first['other'])}')"
                )
                yield Finding("FT380", text, hint, self.level)


def _input(example: Example) -> str:
    before = example.messages[:-1] or example.messages
    return "\n".join(_said(message) for message in before if message.role not in ("system", "developer")) or (
        _said(example.messages[-1]) if example.messages else ""
    )


def _said(message: Message) -> str:
    """The text of a message, with the addresses of its images: the same question of another image is another input."""
    if isinstance(message.content, str):
        return message.content
    return "".join(f"{part.url}\n" if isinstance(part, Image) else part.text for part in message.content)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
