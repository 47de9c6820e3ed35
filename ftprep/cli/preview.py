"""`ftprep preview`: the first examples after each step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from .frame import Count, installed, plugin_option, recipe_argument, replying, set_option
from .saying import Reply, json_text

_LONGEST = 400
"""Characters of a text that are shown; `--json` has all of it."""
_MOST_DROPS = 10
"""Drops of one step that are shown."""


@replying(name="preview")
@recipe_argument
@click.option(
    "-n",
    "--examples",
    metavar="N",
    default=3,
    show_default=True,
    type=Count(100),
    help="How many rows to follow, or conversations; at most 100.",
)
@set_option
@plugin_option
def command(recipe: Path, examples: int, sets: tuple[str, ...], plugin_files: tuple[Path, ...]) -> Reply:
    """Show what the first rows or conversations of RECIPE become after each step.

    Nothing is written. Long texts are cut; --json has all of them.
    """
    from .. import api
    from ..engine.preview import preview

    plan, _ = api.make_plan(recipe, set=sets, registry=installed(plugin_files))
    stages, found = preview(plan, examples)
    return Reply(stages, "\n".join(_lines(stages)), [*plan.warnings, *found])


def _lines(stages: list[dict[str, Any]]) -> Iterator[str]:
    before: dict[str, Any] | None = None
    common: dict[str, Any] | None = None
    for stage in stages:
        if stage["output"] is None:
            common = stage
        elif before is not None and before["output"] != stage["output"]:
            before = common  # each output begins with what all have in common
        yield from _stage(stage, before)
        before = stage


def _stage(stage: dict[str, Any], before: dict[str, Any] | None) -> Iterator[str]:
    examples, dropped = stage["examples"], stage["dropped"]
    own = f"{stage['output']} / " if stage["output"] not in (None, stage["step"]) else ""
    same = before is not None and before["examples"] == examples
    count = f"{len(examples)} {stage['makes'] if len(examples) != 1 else stage['makes'][:-1]}"
    yield f"== {own}{stage['step']}: {count}{', unchanged' if same and examples else ''}"
    if not same:
        fields = _fields(stage) != _fields(before) if before is not None else True
        for example in examples:
            yield from _line(example) if stage["makes"] == "lines" else _example(example, fields=fields)
    for drop in dropped[:_MOST_DROPS]:
        detail = f" ({drop['detail']})" if drop["detail"] else ""
        yield f"   dropped {drop['source']}: {drop['reason']}{detail}"
    if len(dropped) > _MOST_DROPS:
        yield f"   and {len(dropped) - _MOST_DROPS} more dropped"
    yield ""


def _fields(stage: dict[str, Any]) -> list[Any]:
    return [example.get("fields") for example in stage["examples"] if isinstance(example, dict)]


def _line(row: Any) -> Iterator[str]:
    yield f"   {json_text(row)}"


def _example(example: dict[str, Any], *, fields: bool) -> Iterator[str]:
    yield f"   {example['source']}"
    for name, value in example["fields"].items() if fields or not example["messages"] else ():
        if value not in ("", None) or not example["messages"]:
            yield f"      {name}: {_value(value)}"
    for message in example["messages"]:
        yield f"      {_speaker(message)}: {_value(message.get('content', ''))}"
        yield from _others(message, ("role", "content", "name", "weight"))
    yield from _others(example, ("source", "fields", "messages", "group"))


def _speaker(message: dict[str, Any]) -> str:
    name = f" {message['name']}" if message.get("name") else ""
    weight = f" (weight {message['weight']})" if "weight" in message else ""
    return f"{message['role']}{name}{weight}"


def _others(holder: dict[str, Any], known: tuple[str, ...]) -> Iterator[str]:
    for name, value in holder.items():
        if name not in known and value:
            yield f"      {name}: {_value(value)}"


def _value(value: Any) -> str:
    text = json_text(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"
