"""`ftprep init`: a recipe for a file of data."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .frame import installed, plugin_option, replying
from .progress import Progress
from .saying import Reply, json_text, visible

if TYPE_CHECKING:
    from ..doctor.begin import Begun
    from ..doctor.data import Data
    from ..doctor.guess import Way
    from ..errors import Problem

_LONGEST = 1200
"""Characters of an example that are shown; `--json` has all of it."""


@replying(name="init")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--task", metavar="TASK", help="What the data is for, such as chatbot, qa or generation.")
@click.option("--text", metavar="COLUMN", help="The column that is read: text, question, prompt.")
@click.option("--label", metavar="COLUMN", help="The column of the answers, or of the labels.")
@click.option("--answer", metavar="ANSWER", help="What only you know and FILE leaves open: who is the assistant.")
@click.option("--model", metavar="NAME", help="The model to be tuned: tokens are counted as it counts them.")
@click.option(
    "--out", metavar="RECIPE", type=click.Path(path_type=Path), default="recipe.yaml", show_default=True,
    help="The recipe to write; one that is there is not touched.",
)  # fmt: skip
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: take what is most likely.")
@plugin_option
def command(
    path: Path,
    task: str | None,
    text: str | None,
    label: str | None,
    answer: str | None,
    model: str | None,
    out: Path,
    yes: bool,
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Look at FILE, say what it holds, and write a recipe for it.

    On a terminal it asks what it cannot know: what the data is for, which column is the label, who of those who speak
    is the assistant. The recipe has a split, and ends for prompts and completions that occur nowhere in FILE. Two
    finished examples are shown.
    """
    from ..doctor.begin import begin

    asker = Asker(may_ask=not yes and _is_terminal(), label=label)
    with Progress() as progress:
        done = begin(
            path, installed(plugin_files), task=task, text=text, label=label, answer=answer, model=model, out=out,
            choose=asker.choose, watch=progress.reached,
        )  # fmt: skip
    result = {
        "recipe": done.recipe.as_posix(),
        "file": done.data.name,
        "reader": done.data.reader.name if done.data.reader is not None else None,
        "options": dict(done.data.options),
        "task": done.task,
        "columns": dict(done.columns),
        "text": done.text,
        "examples": done.examples,
    }
    return Reply(result, "\n".join(_lines(done)), asker.said)


class Asker:
    """Asks for the task and the label where they are open; else takes the surest, and says so."""

    def __init__(self, *, may_ask: bool, label: str | None):
        self.may_ask, self.label = may_ask, label
        self.said: list[Problem] = []

    def choose(self, data: Data, left: list[Way]) -> Way:
        """The way to go."""
        from ..doctor.guess import answers_of, first_of_each, is_open, labels_of

        if is_open(left):
            names = [way.task for way in first_of_each(left)]
            wanted = self._ask(data, "what is it for?", names, "--task")
            left = [way for way in left if way.task == wanted]
        labels = labels_of(left) if self.label is None else []
        if len(labels) > 1:
            column = self._ask(data, "which column is the label?", labels, "--label")
            left = [way for way in left if way.proposal.columns.get("label") == column]
        return self._decided(data, answers_of(left)) if len(answers_of(left)) > 1 else left[0]

    def _decided(self, data: Data, ways: list[Way]) -> Way:
        """The way whose answer a person gives, after all answers are listed."""
        question = ways[0].proposal.question
        if not self.may_ask:
            self._ask(data, question, [way.proposal.answer for way in ways], "--answer")
            return ways[0]
        for number, way in enumerate(ways, 1):
            click.echo(visible(f"  {number}  {way.proposal.answer}: {way.proposal.told}"), err=True)
        kind = click.IntRange(1, len(ways))
        return ways[click.prompt(f"{data.name}: {question} (number)", type=kind, default=1, err=True) - 1]

    def _ask(self, data: Data, question: str, names: list[str], option: str) -> str:
        from ..errors import Problem

        if self.may_ask:
            kind = click.Choice(names)
            return str(click.prompt(f"{data.name}: {question}", type=kind, default=names[0], err=True))
        text = f"{question} taken as '{names[0]}'; it could be {', '.join(names[1:])}"
        self.said.append(Problem(code="FT011", level="advice", message=text, hint=f"say it with {option}",
                                 file=data.name))  # fmt: skip
        return names[0]


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


def _lines(done: Begun) -> Iterator[str]:
    yield from done.why
    yield ""
    for output, examples in done.examples.items():
        yield f"== {output}: the first {'example' if len(examples) == 1 else f'{len(examples)} examples'}"
        yield from (f"   {_cut(example)}" for example in examples)
        yield ""
    yield f"{done.recipe.as_posix()}: run it with: ftprep run {shlex.quote(done.recipe.as_posix())}"


def _cut(example: Any) -> str:
    text = json_text(example)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"
