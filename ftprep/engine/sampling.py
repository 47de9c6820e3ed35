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
ROOTS_OF_EACH_PART = 20


class Sampler:
    """Keeps a few roots with the rows made of them: the first ones of each part, up to a hundred rows an output."""

    def __init__(self, plan: Plan):
        self.rows: dict[str, list[tuple[Example, list[Any]]]] = {output.folder: [] for output in plan.outputs}
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
        for root, rows in self.rows[folder]:
            requests = (_request(asker, Example(fields=root.fields, messages=history)) for history in histories(root))
            seen: list[Any] = []
            for row in rows:
                prompt = asker.prompt_of(row)
                if prompt not in seen and not any(_noted(request, seen) == prompt for request in requests):
                    raise _differs(folder, root, seen[-1] if seen else None, prompt)
        return sum(len(rows) for _, rows in self.rows[folder])


def histories(root: Example) -> Iterator[tuple[Message, ...]]:
    """Each state in which the model would be asked, in order: before every answer, or with no messages yet."""
    if not root.messages:
        yield ()
    for at, message in enumerate(root.messages):
        if message.role == "assistant":
            yield (*root.messages[:at], Message("assistant", name=message.name))


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
