"""`ftprep convert`: one training format into another, with the loss report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .completing import of_names
from .frame import installed, plugin_option, replying
from .progress import Progress
from .saying import Reply

if TYPE_CHECKING:
    from ..conversion import Converted
    from ..steps.ends import OnLoss


@replying(name="convert")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to", required=True, metavar="WRITER", help="The format to write: a writer of 'ftprep plugins list'.",
    shell_complete=of_names("writer"),
)  # fmt: skip
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The new file (default: beside the data, with the writer's name at its end). Nothing is overwritten.",
)
@click.option(
    "--from", "from_", metavar="WRITER", help="The format of FILE, where its rows do not tell.",
    shell_complete=of_names("writer"),
)  # fmt: skip
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="KEY=VALUE",
    help="An option of the writer, such as names=true, or steps=[dialogue]. May be given several times.",
)
@click.option(
    "--on-loss",
    type=click.Choice(["allow", "warning", "error"]),
    default="warning",
    show_default=True,
    help="Where a row cannot be carried whole: only count it, report it, or write nothing at all.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would be lost, write nothing.")
@plugin_option
def command(
    file: Path,
    to: str,
    out: Path | None,
    from_: str | None,
    options: tuple[str, ...],
    on_loss: OnLoss,
    dry_run: bool,
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Write the training rows of FILE in another format, and tell what is lost on the way.

    The format of FILE is found by its rows. A row that cannot be read, or that the new format cannot hold, is named
    with its place; so is what a row cannot take along. FILE - is standard input.
    """
    from ..conversion import convert

    registry = installed(plugin_files)
    with Progress() as progress:
        done = convert(
            file,
            to=to,
            out=out,
            from_=from_,
            options=options,
            on_loss=on_loss,
            dry_run=dry_run,
            registry=registry,
            progress=progress.reached,
        )
    return Reply(_result(done), "\n".join(_lines(done, dry_run)), done.findings)


def _result(done: Converted) -> dict[str, Any]:
    rows = {"read": done.read, "unchanged": done.unchanged, "changed": done.changed, "written": done.written}
    return {
        "file": done.file.as_posix() if done.file is not None else None,
        "source": done.source,
        "from": done.format,
        "to": done.to,
        "rows": {**rows, "not_written": sum(done.not_written.values())},
        "lost": done.lost,
        "not_written": done.not_written,
    }


def _lines(done: Converted, dry_run: bool) -> Iterator[str]:
    yield f"{done.source}: {_rows(done.read)} of '{done.format}'"
    yield f"  {done.unchanged:,} unchanged"
    if done.changed:
        lost = ", ".join(f"{name} ({one['count']:,}, first {one['places'][0]})" for name, one in done.lost.items())
        yield f"  {done.changed:,} changed, written without: {lost}"
    if done.not_written:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in done.not_written.items())
        yield f"  {sum(done.not_written.values()):,} not written: {reasons}"
    if done.file is not None:
        yield f"{done.file.as_posix()}  {_rows(done.written)} of '{done.to}'"
    else:
        yield f"nothing was written, as {'--dry-run' if dry_run else '--on-loss error'} says"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
