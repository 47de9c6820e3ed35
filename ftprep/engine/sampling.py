"""The contract law, held on a sample of every run: what inference would send is what was trained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ..contract import Asker
from ..errors import PluginError, RecipeError
from ..example import Example, Message
from ..plan import Plan
from .part import Work, Written

_MOST = 100
_MOST_OF_A_ROOT = 10
_ROOTS_OF_EACH_PART = 20
_MOST_OF_AN_INPUT = 1000


def capture(work: Work) -> None:
    """Keeps what inference would be given of the first few roots: the root itself, or, where a step has unpacked it,
    each of what it made."""
    work.root_examples = {}
    for root, example in zip(work.roots, work.examples, strict=True):
        if root not in work.root_examples and len(work.root_examples) == _ROOTS_OF_EACH_PART:
            return
        of_root = work.root_examples.setdefault(root, [])
        if len(of_root) < _MOST_OF_AN_INPUT:
            of_root.append(example)


class Sampler:
    """Keeps a few roots with the rows made of them: the first ones of each part, up to a hundred rows an output."""

    def __init__(self, plan: Plan):
        self.rows: dict[str, list[tuple[list[Example], list[Any]]]] = {output.folder: [] for output in plan.outputs}
        self._room = dict.fromkeys(self.rows, _MOST)

    def look(self, work: Work) -> None:
        """Takes samples of a part."""
        for folder, written in zip(self.rows, work.outputs, strict=True):
            if self._room[folder]:
                self._take(folder, work, written)

    def _take(self, folder: str, work: Work, written: Written) -> None:
        lines: dict[int, list[Any]] = {}
        for root, line in zip(written.roots, written.lines, strict=True):
            if root not in work.root_examples or not self._room[folder]:
                break
            of_root = lines.setdefault(root, [])
            if len(of_root) < _MOST_OF_A_ROOT:
                of_root.append(msgspec.json.decode(line))
                self._room[folder] -= 1
        self.rows[folder] += [(work.root_examples[root], rows) for root, rows in lines.items()]

    def verify(self, folder: str, asker: Asker) -> int:
        """Raises PluginError where a row's prompt differs from the request that inference would send; returns how
        many rows were compared."""
        for given, rows in self.rows[folder]:
            requests = (_request(asker, asked) for example in given for asked in questions(example))
            seen: list[Any] = []
            for row in rows:
                prompt = asker.prompt_of(row)
                if prompt not in seen and not any(_noted(request, seen) == prompt for request in requests):
                    if len(given) == _MOST_OF_AN_INPUT:  # the row may come of those that were not kept
                        break
                    raise _differs(folder, given[0], seen[-1] if seen else None, prompt)
        return sum(len(rows) for _, rows in self.rows[folder])


def questions(given: Example) -> Iterator[Example]:
    """What inference would give, in order: the messages before every answer, all where the last is none, or fields
    alone."""
    bare = Example(fields=given.fields, tools=given.tools, extra=given.extra)
    if not given.messages:
        yield bare
    for at, message in enumerate(given.messages):
        if message.role == "assistant":
            yield bare.with_(messages=(*given.messages[:at], Message("assistant", name=message.name)))
    if given.messages and given.answer is None:
        yield bare.with_(messages=given.messages)


def _request(asker: Asker, example: Example) -> Any:
    """What inference would send; in words where a step would not have trained it (one that drops by the content)."""
    try:
        return asker.prompt(example)
    except RecipeError as error:
        return str(error)


def _noted(request: Any, seen: list[Any]) -> Any:
    seen.append(request)
    return request


def _differs(folder: str, root: Example, request: Any, prompt: Any) -> PluginError:
    return PluginError(
        f"{root.source}: inference would not send what '{folder}' trains: "
        f"{_short(request)} instead of {_short(prompt)}",
        hint="a step's request() differs from its apply(); report it to the step's plugin",
    )


def _short(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 300 else f"{text[:300]}…"
