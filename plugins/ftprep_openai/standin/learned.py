"""What a tuned model knows: the prompts and answers of its training file. The nearest prompts answer.

It is a vote of neighbours: a prompt that was trained has its own answer with 0.97, every other prompt the answers of
those most like it. So answers have probabilities, and those of their tokens follow from them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .answers import Json
from .examine import kind_of

SURE = 0.97
"""Probability of the trained answer to a trained prompt."""
_COMPARED = 2000
"""Prompts that a new one is compared with: the first of the file."""
_NEIGHBOURS = 5
_CLASSES = 20
_USUAL = 0.02
"""Weight that the most frequent answers share everywhere, by their frequency: no class is ever impossible."""
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Reply:
    """Something that a model may say: text, or calls of tools."""

    text: str
    calls: str = ""
    """`tool_calls` as JSON; empty where there are none."""


@dataclass(frozen=True)
class _Seen:
    words: frozenset[str]
    reply: Reply


class Learned:
    """The memory of a model: where the row of every prompt is, by its hash, and the first prompts by their words."""

    def __init__(self, path: Path) -> None:
        """Reads the training file."""
        self.path = path
        self.known: dict[bytes, int] = {}
        self.seen: list[_Seen] = []
        for offset, line in _rows(path):
            for prompt, reply in pairs(json.loads(line)):
                self.known.setdefault(_hash(prompt), offset)
                if len(self.seen) < _COMPARED:
                    self.seen.append(_Seen(_words(prompt), reply))
        often = Counter(seen.reply for seen in self.seen).most_common(_CLASSES)
        self.usual = {reply: _USUAL * count / len(self.seen) for reply, count in often}

    def replies(self, prompt: str) -> list[tuple[Reply, float]]:
        """What it may answer, with probabilities that add up to 1, the likeliest first."""
        weights: defaultdict[Reply, float] = defaultdict(float)
        weights.update(self.usual)
        words = _words(prompt)
        near = sorted(self.seen, key=lambda seen: -_likeness(words, seen.words))[:_NEIGHBOURS]
        for seen in near:
            weights[seen.reply] += _likeness(words, seen.words) ** 2 + 0.001
        total, own = sum(weights.values()) or 1.0, self._trained(_hash(prompt))
        rest = 1.0 if own is None else 1 - SURE
        votes = {reply: rest * weight / total for reply, weight in weights.items()}
        if own is not None:
            votes[own] = votes.get(own, 0.0) + SURE
        return sorted(votes.items(), key=lambda item: (-item[1], item[0].text))

    def _trained(self, key: bytes) -> Reply | None:
        """The answer to a prompt that was trained, read from the file again: the file may be larger than memory."""
        if key not in self.known:
            return None
        with self.path.open("rb") as file:
            file.seek(self.known[key])
            line = file.readline()
        return next(reply for prompt, reply in pairs(json.loads(line)) if _hash(prompt) == key)


def _rows(path: Path) -> Iterator[tuple[int, bytes]]:
    """The rows with the places in the file where they begin."""
    offset = 0
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                yield offset, line
            offset += len(line)


def pairs(row: Json) -> Iterator[tuple[str, Reply]]:
    """The prompts of a row with what is to be answered: each message of the assistant that is trained."""
    kind = kind_of(row)
    if kind == "completion":
        yield row["prompt"], Reply(row["completion"])
    elif kind == "preference":
        yield conversation(row["input"]["messages"]), _reply(row["preferred_output"][0])
    elif kind == "reinforcement":
        answer = next((value for key, value in row.items() if key not in ("messages", "tools")), "")
        yield conversation(row["messages"]), Reply(answer if isinstance(answer, str) else json.dumps(answer))
    else:
        messages = row["messages"]
        for at, message in enumerate(messages):
            if message["role"] == "assistant" and message.get("weight", 1):
                yield conversation(messages[:at]), _reply(message)


def _reply(message: Json) -> Reply:
    calls = message.get("tool_calls")
    return Reply(text_of(message.get("content")), json.dumps(calls) if calls else "")


def conversation(messages: list[Json]) -> str:
    """Messages as one text, by which they are known again."""
    return "".join(f"\n{message.get('role')}: {text_of(message.get('content'))}" for message in messages)


def text_of(content: Any) -> str:
    """The text of a message's content, of its parts where it has them."""
    if isinstance(content, list):
        return "".join(text_of(part.get("text") or part.get("refusal")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _hash(prompt: str) -> bytes:
    return hashlib.blake2b(prompt.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _words(prompt: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(prompt.lower()))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0
