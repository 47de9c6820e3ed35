"""What the examples of a run are made of: messages, roles, characters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from markupsafe import Markup

from ..steps.showing import Bars, Histogram, Shown, Table
from .cells import cut, said
from .shown import drawn, together
from .words import prose

Makeup = Mapping[str, Any]
"""Of one output, as the manifest has it."""
_COUNTS = {
    "examples": "examples", "trained_messages": "answers trained on", "with_system": "with instructions (system)",
    "with_tools": "with tools", "with_images": "with images", "with_rejected": "with an answer not wanted",
}  # fmt: skip


def turns(makeup: Mapping[str, Makeup]) -> Iterator[Markup]:
    """Pictures of messages and roles, once where outputs have the same; a row of numbers for each output."""
    groups: dict[bytes, list[str]] = {}
    for output, facts in makeup.items():
        groups.setdefault(msgspec.json.encode([facts["messages"], facts["roles"]]), []).append(output)
    whose = {outputs[0]: f" ({said(outputs, 60)})" if len(groups) > 1 else "" for outputs in groups.values()}
    for output, of in whose.items():
        facts = makeup[output]["messages"]
        if len(facts.get("bins", ())) == 1 and facts["p50"] == facts["max"]:
            yield prose(f"Every example has {facts['max']:,} messages{of}.")
    if makeup:
        yield together(one for output, of in whose.items() for one in _pictures(makeup[output], of))
        yield drawn(_numbers(makeup))


def _pictures(facts: Makeup, whose: str) -> Iterator[Shown]:
    messages = facts["messages"]
    if len(messages.get("bins", ())) > 1:
        marks = {name: messages[name] for name in ("p50", "p95", "max")}
        yield Histogram(title=f"Messages in an example{whose}", x="messages", bins=messages["bins"], marks=marks)
    if facts["roles"]:
        roles = {role: {"messages": n} for role, n in facts["roles"].items()}
        yield Bars(title=f"Messages by role{whose}", x="messages", y="role", bars=roles)


def _numbers(makeup: Mapping[str, Makeup]) -> Table:
    """Counts that are nowhere above zero are left out."""
    counts = {key: name for key, name in _COUNTS.items() if any(facts[key] for facts in makeup.values())}
    head = ["output", *counts.values(), "messages", "characters", "half have up to", "longest"]
    rows = [_row(output, facts, list(counts)) for output, facts in makeup.items()]
    return Table(head=head, rows=rows)


def _row(output: str, facts: Makeup, counts: list[str]) -> list[Any]:
    characters = facts["characters"]
    said_ = [characters["total"], characters.get("p50"), characters.get("max")]
    return [cut(output, 60), *(facts[key] for key in counts), facts["messages"]["total"], *said_]
