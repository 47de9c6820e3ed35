"""`ftprep jobs list` and `ftprep jobs show`: how jobs stand."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .frame import installed, plugin_option, replying
from .saying import Reply
from .service import ledger, link_to, service_options, session
from .table import table

if TYPE_CHECKING:
    from ..errors import Problem
    from ..registry import Registry
    from ..remote.ledger import JobEntry, Ledger
    from ..remote.link import Link
    from ..steps import Checkpoint, JobEvent, RemoteJob

Told = dict[str, Any]
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"))


@replying(name="list", short_help="List jobs: those that were started from here, or all of the account.")
@click.option("--offline", is_flag=True, help="Ask no service: show the states that were seen last.")
@click.option("--foreign", is_flag=True, help="List all jobs of the account that --via and --option name.")
@service_options
@plugin_option
def list_(
    offline: bool, foreign: bool, via: str | None, options: tuple[str, ...], plugin_files: tuple[Path, ...]
) -> Reply:
    """List the jobs that 'ftprep upload' started, the newest first, with their states as the services tell them now.

    A service that does not answer is named on stderr; its jobs are shown as they were seen last.
    """
    if offline and foreign:
        raise click.UsageError("--foreign asks the service, and --offline asks none; give one of them")
    if via is not None and not foreign:
        raise click.UsageError("--via is for --foreign; the ledger knows where its jobs are")
    with ledger() as known:
        registry = installed(plugin_files)
        problems: list[Problem] = []
        if foreign:
            with link_to(registry, None, via, options) as link:
                result = [_job(job, known.job(job.id, link.account), link.service.name) for job in link.jobs()]
        else:
            result = list(_known(known, registry, problems, offline=offline))
    empty = "the account has no job" if foreign else "no job was started from here; 'ftprep upload' starts one"
    return Reply(
        result, "\n".join(_listed(result, time.time())) if result else "", problems, aside="" if result else empty
    )


def _known(known: Ledger, registry: Registry, problems: list[Problem], *, offline: bool) -> Iterator[Told]:
    """The ledger's jobs, with what their services say."""
    from ..remote.refreshing import Refresh

    if offline:
        yield from (_entry(entry, None) for entry in known.jobs())
        return
    once = session()
    once.tries = 1  # a list does not wait for one of many
    for found in Refresh(known, registry, once):
        problems += [found.problem] if found.problem is not None else []
        yield _entry(found.entry, found.job)


def _entry(entry: JobEntry, job: RemoteJob | None) -> Told:
    return {
        "id": entry.id,
        "status": job.status if job is not None else entry.status or entry.state,
        "model": entry.model,
        "tuned_model": (job.tuned_model if job is not None else None) or entry.tuned_model,
        "started": entry.at,
        "source": entry.source,
        "output": entry.output,
        "service": entry.service.name,
    }


def _job(job: RemoteJob, entry: JobEntry | None, service: str) -> Told:
    source = (entry.source, entry.output) if entry is not None else ("", "")
    return {
        "id": job.id,
        "status": job.status,
        "model": job.model,
        "tuned_model": job.tuned_model,
        "started": job.created,
        "source": source[0],
        "output": source[1],
        "service": service,
    }


def _listed(jobs: Sequence[Told], now: float) -> Iterator[str]:
    head = ("id", "status", "model", "age", "source")
    rows = [
        (
            job["id"] or "-",
            job["status"],
            f"{job['model']} -> {job['tuned_model']}" if job["tuned_model"] else job["model"],
            age(job["started"], now),
            _source(job["source"], job["output"]),
        )
        for job in jobs
    ]
    return table([head, *rows], right=(3,))


def _source(source: str, output: str) -> str:
    """Where it came from, as seen from where the user stands."""
    return "/".join(filter(None, (nearby(Path(source)).as_posix() if source else "", output)))


def nearby(path: Path) -> Path:
    """The path as seen from where the user stands, where it lies below."""
    try:
        return path.relative_to(Path.cwd())
    except (ValueError, OSError):
        return path


def age(since: float | None, now: float) -> str:
    """How long ago: `3 min`. A clock that is ahead of ours makes it nothing."""
    if since is None:
        return ""
    seconds = max(0.0, now - since)
    return next((f"{seconds // size:.0f} {unit}" for size, unit in _UNITS if seconds >= size), "now")


@replying(name="show", short_help="Show all about a job: settings, events, checkpoints, why it failed.")
@click.argument("id_", metavar="ID")
@service_options
@plugin_option
def show(id_: str, via: str | None, options: tuple[str, ...], plugin_files: tuple[Path, ...]) -> Reply:
    """Show all that is known of the job ID: its state, settings, files, events, checkpoints, and why it failed.

    Where it failed over an example, the row of your data that the example was made of is named.
    """
    from ..remote.jobs import find, looked_up, optional
    from ..remote.pointed import places

    with ledger() as known:
        found = find(known, id_, via=via)
        with link_to(installed(plugin_files), found.service, via, options) as link:
            job = looked_up(found, link, known)
            events = optional(link, "events", lambda: link.events(id_))
            checkpoints = optional(link, "checkpoints", lambda: link.checkpoints(id_))
            rows = places(job, found.entry)
            facts = _facts(job, found.entry, link)
    result = {**facts, "error": job.error, "rows": rows, "events": events, "checkpoints": checkpoints}
    return Reply(result, "\n".join(_shown(result, events, checkpoints)))


def _facts(job: RemoteJob, entry: JobEntry | None, link: Link) -> Told:
    source = _source(entry.source, entry.output) if entry is not None else ""
    return {
        "id": job.id,
        "status": job.status,
        "said": job.said,
        "model": job.model,
        "tuned_model": job.tuned_model,
        "started": _moment(job.created),
        "finished": _moment(job.finished),
        "training_file": job.training_file,
        "validation_file": job.validation_file,
        "trained_tokens": job.trained_tokens,
        "result_files": job.result_files,
        "settings": job.settings,
        "source": source,
        "service": f"{link.service.name} at {link.remote.address}",
        "account": link.account,
        "error_code": job.error_code,
    }


def _moment(at: float | None) -> str | None:
    return moment(at) if at else None


def moment(at: float) -> str:
    """A time in UTC, to the second: `2026-01-05 08:00:00Z`."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}Z"


def _shown(result: Told, events: Sequence[JobEvent], checkpoints: Sequence[Checkpoint]) -> Iterator[str]:
    told = {**result, "said": "" if result["said"] == result["status"] else result["said"]}
    rows = [
        (name.replace("_", " "), _value(value))
        for name, value in told.items()
        if value not in (None, "", (), [], {}) and name not in ("events", "checkpoints", "rows")
    ]
    rows += [("", row) for row in result["rows"]]
    yield from table(rows)
    if events:
        yield from ("", "events", *(f"  {event_line(event)}" for event in events))
    if checkpoints:
        yield from ("", "checkpoints")
        lines = [(f"step {kept.step:,}", kept.model, metrics_text(kept.metrics)) for kept in checkpoints]
        yield from table(lines, indent="  ")


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {inner}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def event_line(event: JobEvent) -> str:
    """An event: its time, its message, and the metrics that the message does not tell."""
    level = "" if event.level == "info" else f"{event.level}: "
    known = {name: value for name, value in event.metrics.items() if f"{value:.2f}" not in event.message}
    metrics = metrics_text(known)
    text = f"{level}{event.message}".replace("\n", "\\n")
    return f"{moment(event.at)}  {text}" + (f"  ({metrics})" if metrics else "")


def metrics_text(metrics: Mapping[str, float]) -> str:
    """`train loss 0.31, train accuracy 0.88`; steps stand elsewhere."""
    from ..remote.metrics import named

    told = {name: value for name, value in named(metrics).items() if name not in ("step", "total_steps")}
    return ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in told.items())
