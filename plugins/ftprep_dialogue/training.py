"""Rows of training files: what stands beside their messages, and preference rows, whose messages lie in an object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from ftprep import Proposal, Row

_PREFERENCE = ("input", "preferred_output", "non_preferred_output")
_PAIRS = (("chosen_messages", "rejected_messages"), ("chosen", "rejected"))
"""Columns of two whole conversations that differ in their last message."""
_EXTRA = ("parallel_tool_calls",)
OLD_TOOLS = {"tools": "functions"}
"""The column of tools -> the one that older rows have."""


def of_preferences(rows: Sequence[Row]) -> Proposal | None:
    """Rows of an input, which has messages, and two outputs; or of two conversations with the same beginning."""
    if _most(rows, _is_preference):
        column, chosen, rejected = _PREFERENCE
        why = f"'{column}' has messages, with a preferred output and one that is not"
        return _preferences({"column": column, "chosen": chosen, "rejected": rejected}, why)
    for chosen, rejected in _PAIRS:
        if _most(rows, lambda row: _is_whole(row.get(chosen)) and _is_whole(row.get(rejected))):  # noqa: B023
            why = f"'{chosen}' and '{rejected}' hold conversations"
            return _preferences({"column": chosen, "rejected": rejected}, why)
    return None


def _preferences(options: dict[str, Any], why: str) -> Proposal:
    columns = {"messages" if part == "column" else part: column for part, column in options.items()}
    return Proposal(kind="preference", options=options, sure=0.95, why=why, task="preference", columns=columns)


def with_beside(found: Proposal | None, rows: Sequence[Row]) -> Proposal | None:
    """The proposal with what only some rows have: tools, functions (their old form), keys of the example; and with the
    system message that stands in a column of its own."""
    if found is None or found.options.get("column") not in ("messages", "conversations"):
        return found
    there = {key for row in rows for key, value in row.items() if value is not None}
    more: dict[str, Any] = {}
    if "tools" not in found.options and (tools := next((key for key in ("tools", "functions") if key in there), None)):
        more["tools"] = tools
    if all(isinstance(row.get("system"), str) for row in rows):  # a row without it would be lost
        more["system"] = "{system}"
    if extra := [key for key in _EXTRA if key in there]:
        more["extra"] = extra
    if found.kind == "chat" and all(map(_is_task, rows)):
        return _task(found, more)
    return msgspec.structs.replace(found, options={**found.options, **more})


def _task(found: Proposal, more: Mapping[str, Any]) -> Proposal:
    """Questions for reinforcement: all that stands beside them is for the graders."""
    options = {**found.options, **more, "extra": "all"}
    why = f"{found.why} that end with a question, and what an answer is judged by stands beside them"
    return msgspec.structs.replace(found, kind="reinforcement", options=options, why=why, task="reinforcement")


def opened(value: Any) -> tuple[Any, Any]:
    """The messages and the tools of an object that holds both; any other value is the messages."""
    if isinstance(value, Mapping) and "messages" in value:
        return value["messages"], value.get("tools")
    return value, None


def _is_task(row: Row) -> bool:
    """Whether a row ends with a question, and has keys of its own, by which answers are graded."""
    messages = row.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    others = any(key not in ("messages", "tools", "functions", "system", *_EXTRA) for key in row)
    return others and isinstance(last, Mapping) and last.get("role") == "user"


def _most(rows: Sequence[Row], test: Callable[[Row], bool]) -> bool:
    return 2 * sum(map(test, rows)) > len(rows)


def _is_whole(cell: Any) -> bool:
    """Whether a cell is a conversation, not an answer alone."""
    if not isinstance(cell, list) or len(cell) < 2 or not all(isinstance(item, Mapping) for item in cell):
        return False
    return all("role" in item or "from" in item for item in cell)


def _is_preference(row: Row) -> bool:
    return all(key in row for key in _PREFERENCE) and isinstance(row["input"], Mapping)
