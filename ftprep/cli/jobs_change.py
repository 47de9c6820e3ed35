"""`ftprep jobs cancel`, `pause` and `resume`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .asking import agreed, can_ask
from .frame import installed, plugin_option, replying
from .saying import Reply
from .service import ledger, link_to, service_options, yes_option

if TYPE_CHECKING:
    from ..remote.changing import Change

_id = click.argument("id_", metavar="ID")


@replying(name="cancel", short_help="End a job for good, after a question.")
@_id
@yes_option
@service_options
@plugin_option
def cancel(id_: str, yes: bool, via: str | None, options: tuple[str, ...], plugin_files: tuple[Path, ...]) -> Reply:
    """End the job ID for good: no model comes of it, and what was trained until then may have to be paid.

    It asks first; where nobody can answer, it wants --yes.
    """
    if not (yes or can_ask()):
        raise click.UsageError("it asks before it cancels a job, and nobody can answer here; add --yes")
    return _change("cancel", id_, via, options, plugin_files, asks=not yes)


@replying(name="pause", short_help="Stop a job until it is resumed.")
@_id
@service_options
@plugin_option
def pause(id_: str, via: str | None, options: tuple[str, ...], plugin_files: tuple[Path, ...]) -> Reply:
    """Stop the job ID until 'ftprep jobs resume', where the service can do that."""
    return _change("pause", id_, via, options, plugin_files)


@replying(name="resume", short_help="Let a paused job go on.")
@_id
@service_options
@plugin_option
def resume(id_: str, via: str | None, options: tuple[str, ...], plugin_files: tuple[Path, ...]) -> Reply:
    """Let the paused job ID go on."""
    return _change("resume", id_, via, options, plugin_files)


def _change(
    what: Change,
    id_: str,
    via: str | None,
    options: Sequence[str],
    plugin_files: Sequence[Path],
    *,
    asks: bool = False,
) -> Reply:
    from ..remote.changing import change, changeable
    from ..remote.jobs import find

    with ledger() as known:
        found = find(known, id_, via=via)
        with link_to(installed(plugin_files), found.service, via, options) as link:
            job = changeable(what, found, link, known)
            if asks and not agreed(f"{what} job {id_} ({job.status}, of {job.model}) for good?", default=False):
                return Reply({"job": id_, "status": job.status}, "nothing was done", exit_code=1)
            job = change(what, found, link, known, job)
    said = f" ({job.said})" if job.said and job.said != job.status else ""
    return Reply({"job": id_, "status": job.status, "said": job.said}, f"job {id_} is {job.status}{said}")
