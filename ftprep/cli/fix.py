"""`ftprep check FILE --fix`: what would be changed is said, asked, done, and looked at again."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from .asking import agreed, can_ask
from .check_data import look_of
from .look import Look

if TYPE_CHECKING:
    from ..doctor import Group, How, Mended
    from ..doctor.differ import Difference
    from ..registry import Registry
    from ..steps import Split

_MOST_SHOWN = 10
_WIDEST = 200
_USES: Mapping[Split, str] = {"train": "training", "validation": "validation", "test": "test"}
"""What a training job calls the file of a split."""


class Wish(msgspec.Struct, frozen=True):
    """What is asked for beside `--fix`."""

    yes: bool
    dry_run: bool
    recipe: Path | None


def fix_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of mending."""
    options = [
        click.option("--fix", is_flag=True, help="For data: mend what can be mended; each change is asked for."),
        click.option("-y", "--yes", is_flag=True, help="With --fix: make all changes without asking."),
        click.option("--dry-run", is_flag=True, help="With --fix: show the lines that would change, write nothing."),
        click.option(
            "--recipe",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="With --fix: write a recipe, too, that makes the same changes again.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def wish_of(paths: Sequence[Path], *, fix: bool, yes: bool, dry_run: bool, recipe: Path | None) -> Wish | None:
    """What is to be done, None without `--fix`. Raises UsageError where that makes no sense."""
    given = [name for name, value in (("--yes", yes), ("--dry-run", dry_run), ("--recipe", recipe)) if value]
    if given and not fix:
        raise click.UsageError(f"{given[0]} says how to mend; add --fix")
    if recipe is not None and (dry_run or len(paths) > 1):
        what = "--dry-run writes nothing" if dry_run else "it is of one file"
        raise click.UsageError(f"--recipe: {what}; leave one of them out")
    if recipe is not None and recipe.exists():
        raise click.UsageError(f"--recipe: {recipe.as_posix()} is there already; name another file")
    if fix and not (yes or dry_run or can_ask()):
        raise click.UsageError("--fix asks before it changes anything, and nobody can answer here; add --yes")
    return Wish(yes, dry_run, recipe) if fix else None


def mended(look: Look, registry: Registry, stack: ExitStack, wish: Wish, how: How) -> Look:
    """Mends what was found in a file; returns what is to be said then. `stack` closes the report.

    The training file is put beside the data, unless it is a dry run.
    """
    from ..doctor.mend import mend

    report = look.report
    if report is None:
        return look
    asks = not (wish.yes or wish.dry_run)
    if asks:
        sys.stderr.write(f"{look.text}\n\n")
    with tempfile.TemporaryDirectory(prefix="ftprep-") as name:
        folder = Path(name)
        done = mend(report, registry, folder, _ask if asks else _take_all, how)
        stack.enter_context(done.report)
        after = look_of(done.report, registry)
        files: list[Path] = []
        lines = [*_changes(done), *_done(done, registry, folder, wish, files), *_reminders(done)]
    result = {**after.result, "changes": done.changes, "files": [file.as_posix() for file in files]}
    return msgspec.structs.replace(after, result=result, text="\n".join([*lines, "", after.text]))


def _done(done: Mended, registry: Registry, folder: Path, wish: Wish, files: list[Path]) -> Iterator[str]:
    """What is written, a line each; the files are added to `files`."""
    from ..doctor.prepared import put, stem_of, written

    if wish.dry_run:
        yield from _diff(done, registry, folder / "before")
    elif not written(done):
        yield "no row can be used, so no training file was written"
    elif not done.changes and not done.report.counts["dropped"] and _as_it_should_be(done, registry):
        yield "nothing to change: the file can be used as it is"
    else:
        splits = list(written(done))
        files += put(done, stem_of(done.report.data))
        uses = [f": the {_USES[split]} file" for split in splits] if len(files) > 1 else [""]
        yield from (f"wrote {file.as_posix()}{use}" for file, use in zip(files, uses, strict=True))
    if wish.recipe is not None:
        yield _recipe(done, wish.recipe)


def _take_all(group: Group) -> bool:
    return True


def _ask(group: Group) -> bool:
    assert group.fix is not None
    rows = f", {group.count:,} times" if group.count > 1 else ""
    return agreed(f"{group.code} {group.message}{rows}\n  {group.fix.change}?")


def _changes(done: Mended) -> Iterator[str]:
    """What was changed, a line each, and what was left out."""
    lost = done.report.counts["dropped"]
    if done.changes or lost:
        yield "changes:"
    yield from (f"  {change}" for change in done.changes)
    if lost:
        reasons = [f"{n:,} {why}" for step in done.report.counts["steps"] for why, n in step["dropped"].items()]
        yield f"  leave out {lost:,} row{'s' if lost > 1 else ''} ({', '.join(reasons)})"


def _as_it_should_be(done: Mended, registry: Registry) -> bool:
    """Whether the file already is what would be written: rows of the writer's format, in its container."""
    data = done.report.data
    (item,) = done.recipe["write"]
    writer = registry.get("writer", item).cls
    jsonl = data.source is not None and data.source.path.suffix.lower() == ".jsonl" and not data.options
    return jsonl and all(map(writer.matches, data.rows))


def _diff(done: Mended, registry: Registry, before: Path) -> Iterator[str]:
    """The first lines that would be other ones."""
    from ..doctor.differ import differences
    from ..doctor.examine import run
    from ..doctor.how import PLAINLY

    before.mkdir()
    with run(done.report.data, done.plain, registry, before, PLAINLY, mending=True):
        found = differences(before, done.folder)
        number = 0
        for number, difference in enumerate(found, 1):
            if number <= _MOST_SHOWN:
                yield from _shown(difference)
    if number > _MOST_SHOWN:
        yield f"… and {number - _MOST_SHOWN:,} more"
    yield f"{number:,} line{'s' if number != 1 else ''} would be changed; nothing was written"


def _shown(difference: Difference) -> Iterator[str]:
    yield f"@@ row {difference.row} @@"
    for mark, line in (("-", difference.before), ("+", difference.after)):
        if line is not None:
            yield f"{mark} {line if len(line) <= _WIDEST else line[: _WIDEST - 1] + '…'}"


def _reminders(done: Mended) -> Iterator[str]:
    """What inference must do as training did."""
    facts: dict[str, Any] = done.report.contract.facts if done.report.contract is not None else {}
    counted = [figures.get("separator") for checks in done.report.figures.values() for figures in checks.values()]
    there = next((text for text in counted if text and isinstance(text, str)), "")  # before anything was mended
    if separator := facts.get("separator") or there:
        yield f"at inference: end the prompt with {separator!r}"
    if facts.get("stop"):
        yield f"at inference: stop at {facts['stop']!r}"
    if facts.get("max_tokens"):
        yield f"at inference: max_tokens {facts['max_tokens']} is enough for every answer"


def _recipe(done: Mended, path: Path) -> str:
    from ..doctor.rewrite import recipe_text

    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(recipe_text(done, path.parent))
    return f"wrote {path.as_posix()}: 'ftprep run {path.as_posix()}' does the same again"
