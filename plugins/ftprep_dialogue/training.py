"""Rows of training files: what stands beside their messages, and preference rows, whose messages lie in an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ftprep import Proposal, Row

_PREFERENCE = ("input", "preferred_output", "non_preferred_output")
_EXTRA = ("parallel_tool_calls",)
OLD_TOOLS = {"tools": "functions"}
"""The column of tools -> the one that older rows have."""


def of_preferences(rows: Sequence[Row]) -> Proposal | None:
    """Rows of an input, which has messages, and two outputs."""
    share = sum(map(_is_preference, rows)) / len(rows)
    if share <= 0.5:
        return None
    column, chosen, rejected = _PREFERENCE
    return Proposal(
        kind="preference",
        options={"column": column, "chosen": chosen, "rejected": rejected},
        sure=0.95,
        why=f"'{column}' has messages, with a preferred output and one that is not",
        task="preference",
        columns={"messages": column, "chosen": chosen, "rejected": rejected},
    )


def with_beside(found: Proposal | None, rows: Sequence[Row]) -> Proposal | None:
    """The proposal with what only some rows have: tools, functions (their old form), keys of the example."""
    if found is None or found.options.get("column") != "messages":
        return found
    there = {key for row in rows for key, value in row.items() if value is not None}
    more: dict[str, Any] = {}
    if "tools" not in found.options and (tools := next((key for key in ("tools", "functions") if key in there), None)):
        more["tools"] = tools
    if extra := [key for key in _EXTRA if key in there]:
        more["extra"] = extra
    kind = "reinforcement" if found.kind == "chat" and all(map(_is_task, rows)) else found.kind
    return msgspec.structs.replace(found, kind=kind, options={**found.options, **more})


def opened(value: Any) -> tuple[Any, Any]:
    """The messages and the tools of an object that holds both; any other value is the messages."""
    if isinstance(value, Mapping) and "messages" in value:
        return value["messages"], value.get("tools")
    return value, None


def _is_task(row: Row) -> bool:
    """Whether a row ends with a question, and has keys of its own, by which answers are graded."""
    messages = row.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    others = any(key not in ("messages", "tools", "functions", *_EXTRA) for key in row)
    return others and isinstance(last, Mapping) and last.get("role") == "user"


def _is_preference(row: Row) -> bool:
    return all(key in row for key in _PREFERENCE) and isinstance(row["input"], Mapping)
