"""`ftprep preview`: some rows, one after the other, on their way through every step."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from .frame import Count, installed, plugin_option, recipe_argument, replying, set_option
from .progress import Progress
from .saying import Reply, json_text, visible
from .terminal import takes_colour
from .walk import walk_lines

_MOST = 100
_USUAL = 3


@replying(name="preview")
@recipe_argument
@click.option(
    "-n",
    "--examples",
    metavar="N",
    type=Count(_MOST),
    help=f"How many rows to follow, or conversations: the first N (default: {_USUAL}; at most {_MOST}).",
)
@click.option(
    "--random",
    metavar="N",
    type=Count(_MOST),
    help="Follow N rows or conversations from anywhere in the input: always the same ones, for the recipe's seed.",
)
@click.option(
    "--show-tokens",
    is_flag=True,
    help="Show what is written as the model sees it: what it is trained on, where tokens end, white space.",
)
@set_option
@plugin_option
def command(
    recipe: Path,
    examples: int | None,
    random: int | None,
    show_tokens: bool,
    sets: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Follow some rows or conversations of RECIPE through every step, one after the other.

    In front of a line, + is new, - is gone, ~ is changed; within it, [-gone-] and {+new+}. Steps that look at several
    rows, such as 'dedupe', see only those that are followed. Nothing is written. Long texts are cut; --json has all of
    them.
    """
    from .. import api
    from ..engine.preview import preview
    from .trained_lines import Texts

    if examples is not None and random is not None:
        raise click.UsageError("-n and --random exclude each other; give one of them")
    registry = installed(plugin_files)
    plan, _ = api.make_plan(recipe, set=sets, registry=registry)
    with Progress() as progress:
        walk = preview(plan, random or examples or _USUAL, drawn=random is not None, watch=progress.reached)
    texts = Texts(plan, registry, walk) if show_tokens else None
    told = walk_lines(walk.stages, walk.places, texts.lines if texts is not None else _rows)
    aside = texts.note if texts is not None else ""
    reply = Reply(walk.stages, "\n".join(told), [*plan.warnings, *walk.found], aside=aside)
    if takes_colour(sys.stdout):
        reply.coloured = "\n".join(painted(visible(reply.text).split("\n")))
    return reply


def _rows(stage: Mapping[str, Any], places: Sequence[int]) -> Iterator[str]:
    """Lines as they are written."""
    return (json_text(stage["examples"][at]) for at in places)


_INLINE = re.compile(r"\[-.*?-\]|\{\+.*?\+\}")


def painted(lines: Iterable[str]) -> Iterator[str]:
    """Lines with colours for what the marks say already."""
    for line in lines:
        mark = line.lstrip()[:2]
        if line.startswith("== "):
            yield click.style(line, bold=True)
        elif mark in ("- ", "+ "):
            yield click.style(line, fg="red" if mark == "- " else "green")
        elif mark == "~ ":
            yield _INLINE.sub(lambda found: click.style(found[0], fg="red" if found[0][0] == "[" else "green"), line)
        else:
            yield line
