"""Looking at examples for `cost`: beside the tokens, what is trained, what is asked, what would be cut away, bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from ftprep import Drop, Example, Lossy, Message, ModelFacts, StepRun, Writer

from .look import Look, beyond_rules


class Spent(msgspec.Struct, frozen=True, gc=False):
    """What `cost` keeps of an example, in tokens but for the last two."""

    tokens: int
    trained: int
    prompt: int
    """Of what inference would send."""
    answer: int
    """Of the last message, where the assistant wrote it."""
    cut: int
    """Beyond the limit in training."""
    lost: int
    """Trained tokens among those."""
    messages: int
    bytes: int


class CostLook(Look):
    """What `cost` calls per example, or per batch: as `tokens`, with a Spent where that has a count."""

    def __init__(
        self,
        run: StepRun,
        facts: ModelFacts,
        writer: Writer,
        *,
        limit: int | None,
        on_fail: Literal["drop", "warning", "error"],
        cut_at: int | None,
    ):
        super().__init__(run, facts, writer, limit=limit, on_fail=on_fail)
        self._cut_at, self._chat = cut_at, writer.shape == "chat"
        self._pairs = "rejected" in writer.carries
        self._one = writer.start(run)
        self._encode = msgspec.json.Encoder().encode

    def look_all(self, examples: Sequence[Example]) -> list[Any]:
        """The looks of a batch; answers are texts that are counted anyway, or short beside their prompts."""
        answers = [self._answers(example) for example in examples]
        others = ["assistant", *(message.text for found in answers for message in found)]
        unsure = beyond_rules(examples)
        totals, tools, counts = self.count(examples, unsure, others)
        head = self.facts.message_tokens + counts[0] if self._chat else 0
        made, at = [], 1
        for example, found, total, size in zip(examples, answers, totals, self._sizes(examples), strict=True):
            of_answers = counts[at : at + len(found)]
            at += len(found)
            made.append(self._spent(example, found, of_answers, total, head, size))
        return [_with(look, spent) for look, spent in zip(self.looks(totals, unsure, tools), made, strict=True)]

    def _answers(self, example: Example) -> tuple[Message, ...]:
        """All messages of the assistant, and the answer that is not wanted."""
        found = tuple(message for message in example.messages if message.role == "assistant")
        return found + example.rejected if self._pairs else found

    def _spent(
        self, example: Example, found: Sequence[Message], counts: Sequence[int], total: int, head: int, size: int
    ) -> Spent:
        trained = sum(n for message, n in zip(found, counts, strict=True) if message.weight != 0)
        last = len(found) - (len(example.rejected) if self._pairs else 0) - 1
        answer = counts[last] if example.answer is not None else 0
        gone = sum(counts[last:]) + head * (len(found) - last) if example.answer is not None else 0
        cut = max(0, total - self._cut_at) if self._cut_at is not None else 0
        lost = self._lost(example, cut, head) if cut else 0
        return Spent(total, trained, max(0, total - gone), answer, cut, lost, len(example.messages), size)

    def _lost(self, example: Example, cut: int, head: int) -> int:
        """How many of the trained tokens are among the last `cut` ones."""
        lost = 0
        counts = self.run.count([message.text for message in example.messages])
        for message, n in zip(reversed(example.messages), reversed(counts), strict=True):
            if message.role == "assistant" and message.weight != 0:
                lost += min(n, cut)
            cut -= n + head
            if cut <= 0:
                break
        return lost

    def _sizes(self, examples: Sequence[Example]) -> list[int]:
        """Bytes of each line; 0 for what the writer drops."""
        every = getattr(self._one, "encode_all", None)
        rows = every(examples) if every is not None else list(map(self._one, examples))
        encode = self._encode
        return [
            0 if isinstance(row, Drop) else len(encode(row.row if isinstance(row, Lossy) else row)) + 1 for row in rows
        ]


def _with(look: Any, spent: Spent) -> Any:
    """A look of `tokens`, with what was spent in place of the count; a Drop stays one."""
    if isinstance(look, list):
        return [spent, *look[1:]]
    return look if isinstance(look, Drop) else spent
