"""Looking at examples, a batch at a time: one count for all their texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, chain, islice
from operator import attrgetter
from typing import Any, Literal

import msgspec

from ftprep import Drop, Example, Finding, Image, ModelFacts, StepRun, Writer

from .figures import IMAGES, TOOLS

_MESSAGES, _TOOLS = attrgetter("messages"), attrgetter("tools")
_CONTENT, _CALLS = attrgetter("content"), attrgetter("tool_calls")
OVER = "over the token limit"


class Look:
    """What `tokens` calls per example, or per batch."""

    def __init__(
        self,
        run: StepRun,
        facts: ModelFacts,
        writer: Writer,
        *,
        limit: int | None,
        on_fail: Literal["drop", "warning", "error"],
    ):
        self.run, self.facts, self._writer = run, facts, writer
        self._limit, self._on_fail = limit, on_fail
        self._tools, self._images = "tools" in writer.carries, "images" in writer.carries

    def __call__(self, example: Example) -> Any:
        """The count; or a Drop; or the count with findings and with what is not in it."""
        return self.look_all([example])[0]

    def look_all(self, examples: Sequence[Example]) -> list[Any]:
        """The same for a batch."""
        unsure = beyond_rules(examples)
        totals, tools, _ = self.count(examples, unsure)
        return self.looks(totals, unsure, tools)

    def count(
        self, examples: Sequence[Example], unsure: Mapping[int, Example], others: Sequence[str] = ()
    ) -> tuple[list[int], list[int], list[int]]:
        """The tokens of each example, those of the tools of each unsure one, and those of other texts: in one count,
        in which a text that stands in several of them is counted once."""
        texts: list[str] = []
        ends: list[int] = []
        more: list[int] = []
        of, facts = self._writer.texts, self.facts
        for example in examples:
            found, added = of(example, facts)
            texts += found
            ends.append(len(texts))
            more.append(added)
        extra = [_tool_texts(example) if self._tools else [] for example in unsure.values()]
        counts = self.run.count([*texts, *chain.from_iterable(extra), *others])
        upto = list(accumulate(counts, initial=0))
        starts = [0, *ends]
        totals = [upto[end] - upto[start] + added for start, end, added in zip(starts, ends, more, strict=False)]
        rest = iter(counts[len(texts) :])
        tools = [sum(islice(rest, len(some))) for some in extra]
        return totals, tools, list(rest)

    def looks(self, totals: list[int], unsure: Mapping[int, Example], tools: Sequence[int]) -> list[Any]:
        """What the check says of each example."""
        if self._limit is None or max(totals, default=0) <= self._limit:
            looks: list[Any] = list(totals)
        else:
            looks = [self._judged(total) for total in totals]
        for (i, example), of_tools in zip(unsure.items(), tools, strict=True):
            looks[i] = self._with_more(totals[i], looks[i], example, of_tools)
        return looks

    def _judged(self, total: int) -> Any:
        limit = self._limit
        if limit is None or total <= limit:
            return total
        if self._on_fail == "drop":
            return Drop(OVER, f"{total} tokens; limit {limit}")
        hint = f"shorten them, drop them with tokens: {{on_fail: drop}}, or set another limit ({limit} now)"
        return [total, Finding("FT330", f"example {OVER}", hint, self._on_fail)]

    def _with_more(self, total: int, look: Any, example: Example, tools: int) -> Any:
        """A look, with what is not in the count; a Drop stays one."""
        if isinstance(look, Drop):
            return look
        images = _images(example) if self._images else 0
        noted = [*(look if isinstance(look, list) else [look])]
        noted += [f"{word}{n}" for word, n in ((TOOLS, tools), (IMAGES, images)) if n]
        if self._limit is not None and total <= self._limit < total + tools:
            hint = "tool definitions and calls are counted as their JSON text: an estimate"
            noted.append(Finding("FT332", f"example may be {OVER} with its tools", hint))
        return noted


def beyond_rules(examples: Sequence[Example]) -> dict[int, Example]:
    """The examples, by their position, that hold something no published rule counts."""
    messages = list(chain.from_iterable(map(_MESSAGES, examples)))
    plain = set(map(type, map(_CONTENT, messages))) <= {str} and not any(map(_CALLS, messages))
    if plain and not any(map(_TOOLS, examples)):
        return {}
    found: dict[int, Example] = {}
    for i, example in enumerate(examples):
        if example.tools:
            found[i] = example
        for message in example.messages:
            if message.tool_calls or message.content.__class__ is not str:
                found[i] = example
    return found


def _tool_texts(example: Example) -> list[str]:
    """The JSON text of tool definitions, and name and arguments of calls."""
    calls = [call for message in example.messages for call in message.tool_calls]
    definitions = [msgspec.json.encode(tool).decode() for tool in example.tools]
    return definitions + [text for call in calls for text in (call.name, call.arguments)]


def _images(example: Example) -> int:
    contents = [message.content for message in example.messages if not isinstance(message.content, str)]
    return sum(isinstance(part, Image) for content in contents for part in content)
