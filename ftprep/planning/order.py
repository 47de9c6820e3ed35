"""Whether the steps of a recipe can follow each other as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..steps import Gather, Map, Select
from .items import Builder, Planned

if TYPE_CHECKING:
    from ..plan import Output


def check_order(
    builder: Builder, transform: Sequence[Planned[Any]], outputs: Sequence[Output], at: int | None, *, makes: bool
) -> None:
    """Keeps a problem for each step that cannot stand where it stands. `at` is the place of the gather in
    `transform`; `makes`: the reader makes messages already."""
    _check_gather(builder, transform, at)
    has = makes
    for planned in transform:
        has = _check_messages(builder, planned, has)
    for output in outputs:
        _check_output(builder, output, transform, has)


def _check_gather(builder: Builder, transform: Sequence[Planned[Any]], at: int | None) -> None:
    if at is None:
        return
    gather = transform[at]
    for planned in transform[:at]:
        if isinstance(planned.step, Select) or getattr(planned.step, "many", False):
            text = f"'{planned.label}' stands before '{gather.label}', where rows are still single rows"
            builder.complain(planned.item.path, text, f"put it after '{gather.label}'", code="FT120", key=True)
    for planned in transform[at + 1 :]:
        if isinstance(planned.step, Gather):
            text = f"'{planned.label}' comes after '{gather.label}', and rows can be gathered only once"
            builder.complain(planned.item.path, text, "leave one of them out", code="FT121", key=True)


def _check_messages(builder: Builder, planned: Planned[Any], has: bool) -> bool:
    if getattr(planned.step, "needs_messages", False) and not has:
        text = f"'{planned.label}' works on messages, and there are none yet"
        builder.complain(planned.item.path, text, f"put {_makers(builder)} before it", code="FT122", key=True)
    return has or getattr(planned.step, "makes_messages", False)


def _check_output(builder: Builder, output: Output, transform: Sequence[Planned[Any]], has: bool) -> None:
    for planned in output.steps:
        if isinstance(planned.step, (Gather, Select)):
            text = f"'{planned.label}' cannot stand in a writer's steps"
            builder.complain(planned.item.path, text, "put it under transform:", code="FT121", key=True)
        if getattr(planned.step, "unpacks", False):
            text = f"'{planned.label}' makes several examples of one row and cannot stand in a writer's steps"
            builder.complain(planned.item.path, text, "put it under transform:", code="FT121", key=True)
        has = _check_messages(builder, planned, has)
    writer = output.writer
    if not has:
        text = f"'{writer.label}' writes messages, and no step makes them"
        builder.complain(writer.item.path, text, f"put {_makers(builder)} under transform:", code="FT122", key=True)
    if writer.step.shape != "completion":
        for planned in (*transform, *output.steps):
            if isinstance(planned.step, Map) and planned.step.shapes == "completion":
                text = f"'{planned.label}' shapes text for completions, and '{writer.label}' writes chats"
                hint = f"put '{planned.label}' in the steps: of a completion writer"
                builder.complain(planned.item.path, text, hint, code="FT123", key=True)


def _makers(builder: Builder) -> str:
    names = [r.name for r in builder.registry.all("transformer") if getattr(r.cls, "makes_messages", False)]
    return f"one of {', '.join(names)}" if names else "a step that makes messages"
