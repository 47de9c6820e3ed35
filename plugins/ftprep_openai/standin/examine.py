"""Looks at training files, line by line: whether it is JSON Lines, what its rows are, and what is wrong with the first.

The texts are the service's where they were seen (research of 2026-11: role missing, unexpected format, moderation); the
others have the same form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .answers import Refused

Kind = Literal["chat", "preference", "reinforcement", "completion", "unknown"]

FLAG = re.compile(r"\[\[flag:([\w/-]+)\]\]")
"""Text that the stand-in's moderation takes for a breach of the category it names: `[[flag:hate]]`."""
UNSAFE = "[[unsafe]]"
"""Text of a line that the stand-in's safety check flags."""

ROLES = ("system", "user", "assistant", "tool", "function")
_PAIRS_OR_CHAT = "Unexpected file format, expected either prompt/completion pairs or chat messages."


@dataclass
class Examined:
    """What a training file is."""

    kind: Kind = "unknown"
    """Of its first row."""
    examples: int = 0
    tokens: int = 0
    """About a quarter of its bytes."""
    fault: str = ""
    """What is wrong with the first row that is wrong."""
    categories: set[str] = field(default_factory=set)
    """What moderation flags."""
    unsafe: list[int] = field(default_factory=list)
    """Lines that the safety check flags, from 1."""


def examine(path: Path) -> Examined:
    """What is in the file. Raises Refused where a line of it is no JSON object, as the service does at the upload."""
    found = Examined()
    for number, line in lines(path):
        row = _row(number, line)
        found.examples += 1
        found.tokens += len(line) // 4 + 1
        kind = kind_of(row)
        if found.examples == 1:
            found.kind = kind
        found.fault = found.fault or _fault(found.examples, row, kind, found.kind)
        if b"[[" in line:
            text = line.decode()
            found.categories.update(FLAG.findall(text))
            found.unsafe += [number] * (UNSAFE in text)
    return found


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers from 1."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line


def _row(number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8"))
    except ValueError:
        row = None
    if isinstance(row, dict):
        return row
    start = line.decode("utf-8", "replace").strip("\r\n")[:10]
    raise Refused(
        400,
        "Expected file to have JSONL format, where every line is a JSON dictionary. "
        f'Line {number} is not a dictionary (HINT: line starts with: "{start}...").',
    )


def kind_of(row: dict[str, Any]) -> Kind:
    """What a row is, by its keys; a conversation that ends with the user is a task of reinforcement."""
    if "prompt" in row and "completion" in row:
        return "completion"
    if "preferred_output" in row or "non_preferred_output" in row:
        return "preference"
    messages = row.get("messages")
    if not isinstance(messages, list):
        return "unknown"
    last = messages[-1] if messages else None
    return "reinforcement" if isinstance(last, dict) and last.get("role") == "user" else "chat"


def _fault(number: int, row: dict[str, Any], kind: Kind, first: Kind) -> str:
    if kind == "unknown" or first == "unknown":
        return _PAIRS_OR_CHAT
    if kind != first and {kind, first} != {"chat", "reinforcement"}:
        return _PAIRS_OR_CHAT
    if kind == "completion":
        return _wrong_pair(number, row)
    fault = next(_wrong_messages(row, kind, first), "")
    return f"Example {number}{fault}" if fault else ""


def _wrong_pair(number: int, row: dict[str, Any]) -> str:
    wrong = next((key for key in ("prompt", "completion") if not isinstance(row[key], str)), None)
    return f"Example {number} Input should be a valid string: '{wrong}'" if wrong else ""


def _wrong_messages(row: dict[str, Any], kind: Kind, first: Kind) -> Iterator[str]:
    if kind == "preference":
        yield from _wrong_preference(row)
        return
    messages = row["messages"]
    if not messages:
        yield " List should have at least 1 item after validation, not 0: 'messages'"
    for number, message in enumerate(messages, 1):
        if fault := _wrong_message(message, (*ROLES, "developer") if first == "reinforcement" else ROLES):
            yield f", message {number} {fault}"
    if first == "chat" and not any(message["role"] == "assistant" for message in messages):
        yield " must have at least one message from the assistant"
    elif first == "chat" and kind == "reinforcement":
        yield f", message {len(messages)} Last message must be from the assistant"
    elif first == "reinforcement" and kind == "chat":
        yield f", message {len(messages)} Last message must be from the user"


def _wrong_preference(row: dict[str, Any]) -> Iterator[str]:
    given = row.get("input")
    messages = given.get("messages") if isinstance(given, dict) else None
    if not isinstance(messages, list) or not messages:
        yield " Field required: 'input.messages'"
        return
    for number, message in enumerate(messages, 1):
        if fault := _wrong_message(message, ROLES):
            yield f", message {number} {fault}"
    for side in ("preferred_output", "non_preferred_output"):
        output = row.get(side)
        if not isinstance(output, list) or len(output) != 1:
            yield f" List should have exactly 1 item: '{side}'"
        elif _wrong_message(output[0], ("assistant",)):
            yield f", {side} {_wrong_message(output[0], ('assistant',))}"


def _wrong_message(message: Any, roles: tuple[str, ...]) -> str:
    if not isinstance(message, dict):
        return "Input should be a valid dictionary"
    if "role" not in message:
        return "Discriminator 'role' is missing in value"
    if message["role"] not in roles:
        tags = ", ".join(f"'{role}'" for role in roles)
        return f"Input tag '{message['role']}' found using 'role' does not match any of the expected tags: {tags}"
    calls = message["role"] == "assistant" and (message.get("tool_calls") or message.get("function_call"))
    if message.get("content") is None and not calls and not message.get("refusal"):
        return "Field required: 'content'"
    if message.get("content") is not None and not isinstance(message["content"], (str, list)):
        return "Input should be a valid string: 'content'"
    if message.get("weight", 1) not in (0, 1):
        return "Input should be 0 or 1: 'weight'"
    return ""
