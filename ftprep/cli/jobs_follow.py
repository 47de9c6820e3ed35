"""`ftprep jobs follow` and `ftprep jobs wait`: a job until its end."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .frame import installed, plugin_option, replying, wants_json
from .jobs_show import event_line
from .progress import Progress
from .saying import Reply, visible
from .service import ledger, link_to, service_options

if TYPE_CHECKING:
    from ..errors import Problem
    from ..remote.follow import Following
    from ..remote.jobs import Found
    from ..steps import JobEvent, RemoteJob

_every = click.option(
    "--every", metavar="SECONDS", type=click.FloatRange(0), default=10.0, show_default=True, help="Between two looks."
)
_patience = click.option(
    "--patience", metavar="MINUTES", type=click.FloatRange(0), default=30.0, show_default=True,
    help="How long to go on asking without an answer.",
)  # fmt: skip
_id = click.argument("id_", metavar="[ID]", required=False)


@replying(name="follow", short_help="Show what happens to a job, until it has ended.")
@_id
@click.option("--all", "from_start", is_flag=True, help="Begin with the first event, shown before or not.")
@_every
@_patience
@service_options
@plugin_option
def follow(
    id_: str | None,
    from_start: bool,
    every: float,
    patience: float,
    via: str | None,
    options: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Show what happens to the job ID, until it has ended; each event once, also when called again or elsewhere.

    ID is by default the newest job that has not ended, or the newest. Events go to stderr; the model's name goes to
    stdout at the end. The exit code is 0 when the job has succeeded, 1 when it failed (FT620) or was cancelled (FT621),
    3 when the service refuses or answers no more. Ctrl-C ends the watching, never the job.
    """
    watch = _Watch(shows=not wants_json())
    return _to_the_end(watch, id_, via, options, plugin_files, every=every, patience=patience, from_start=from_start)


@replying(name="wait", short_help="Wait for the end of a job, and print the model's name.")
@_id
@_every
@_patience
@service_options
@plugin_option
def wait(
    id_: str | None,
    every: float,
    patience: float,
    via: str | None,
    options: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Wait for the end of the job ID, and print the name of its model; nothing else is said, unless something is wrong.

    ID is by default the newest job that has not ended, or the newest. Exit codes are those of 'ftprep jobs follow'.
    """
    return _to_the_end(None, id_, via, options, plugin_files, every=every, patience=patience)


class _Watch(Progress):
    """Events on stderr, line by line, and below them on a terminal how far the training is."""

    def __init__(self, *, shows: bool):
        super().__init__()
        self.shows = shows
        self.events: list[JobEvent] = []

    def event(self, event: JobEvent) -> None:
        """Shows an event."""
        self.events.append(event)
        if self.shows:
            self.line(event_line(event))
            step, total = event.metrics.get("step"), event.metrics.get("total_steps")
            if step is not None and total:
                self.tell(f"step {step:,.0f} of {total:,.0f} ({step / total:.0%})", now=True)

    def line(self, text: str) -> None:
        """A line that stays."""
        shown = self._shown
        self._show("")
        if sys.stderr is not None:
            print(visible(text), file=sys.stderr, flush=True)
        self._show(shown)


def _to_the_end(
    watch: _Watch | None,
    id_: str | None,
    via: str | None,
    options: Sequence[str],
    plugin_files: Sequence[Path],
    **how: Any,
) -> Reply:
    from ..remote.follow import Following
    from ..remote.jobs import find

    with ledger() as known:
        found = find(known, id_, via=via, under_way=True)
        command = "follow" if watch is not None else "wait"
        again = f"ftprep jobs {command} {found.id}{_as_given(via, options, plugin_files)}"
        try:
            with link_to(installed(plugin_files), found.service, via, options) as link:
                if watch is not None:
                    link.session.say = watch.line
                following = Following(link, found, known, again=again, **how)
                job = _end(following, watch)
        except KeyboardInterrupt:
            return Reply(problems=[_interrupted(found.id, again)], exit_code=130)
        return _told(job, found, watch)


def _end(following: Following, watch: _Watch | None) -> RemoteJob:
    if watch is None:
        return following.end()
    with watch, closing(iter(following)) as events:
        for event in events:
            watch.event(event)
    assert following.job is not None, "who has seen the end has seen the job"
    return following.job


def _told(job: RemoteJob, found: Found, watch: _Watch | None) -> Reply:
    from ..remote.jobs import ending

    result: dict[str, Any] = {"job": job.id, "status": job.status, "tuned_model": job.tuned_model}
    if watch is not None:
        result["events"] = watch.events
    if (problem := ending(job, found.entry)) is not None:
        return Reply(result, problems=[problem])
    aside = f"job {job.id} succeeded; see how well with: ftprep jobs results {job.id}" if watch is not None else ""
    return Reply(result, job.tuned_model or "", aside=aside)


def _as_given(via: str | None, options: Sequence[str], plugin_files: Sequence[Path]) -> str:
    """The options that name the service, to be given again."""
    named = [("via", via)] if via is not None else []
    named += [("option", option) for option in options]
    named += [("plugin", path.as_posix()) for path in plugin_files]
    return "".join(f" --{name} {shlex.quote(value)}" for name, value in named)


def _interrupted(id_: str, again: str) -> Problem:
    from ..errors import Problem

    text = f"interrupted; job {id_} goes on at the service"
    return Problem(code="FT003", message=text, hint=f"follow it again with: {again}")
