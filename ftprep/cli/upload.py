"""`ftprep upload`: the plan, a question, the files, the job."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .asking import agreed, can_ask
from .frame import installed, plugin_option, replying, tell_now, wants_json
from .progress import Progress
from .saying import Reply, visible
from .service import given, ledger, service_options, session, yes_option
from .upload_plan import plan_lines, plan_result

if TYPE_CHECKING:
    from ..errors import Problem
    from ..registry import Registry
    from ..remote.ledger import Ledger
    from ..remote.link import Link
    from ..remote.plan import UploadPlan, Wish
    from ..remote.send import Sent
    from ..remote.training import TrainingSet


@replying(name="upload")
@click.argument("target")
@click.option("--validation", metavar="FILE|ID", help="The validation file, where the target is no run folder.")
@click.option("--model", metavar="NAME", help="The model to be tuned (default: the recipe's).")
@click.option("--output", metavar="NAME", help="Which of the run's outputs, where it has several.")
@service_options
@click.option("--max-cost", metavar="USD", type=click.FloatRange(0), help="Stop where the training would cost more.")
@click.option("--allow", metavar="CODE", multiple=True, help="A finding that does not stand against it.")
@click.option("--files-only", is_flag=True, help="Send the files, start no job, and print their ids.")
@click.option("--again", is_flag=True, help="Start a job although there is one of just this kind.")
@click.option("--dry-run", is_flag=True, help="Show the plan; nothing is asked or sent.")
@yes_option
@plugin_option
def command(
    target: str,
    validation: str | None,
    model: str | None,
    output: str | None,
    via: str | None,
    options: tuple[str, ...],
    max_cost: float | None,
    allow: tuple[str, ...],
    files_only: bool,
    again: bool,
    dry_run: bool,
    yes: bool,
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Send training files and start a job, after the plan was shown and agreed to.

    TARGET is the folder that 'ftprep run' wrote, or that of one of its outputs; a training file; or the id of a file
    that the service has already. Nothing is sent twice: the same command goes on where it was interrupted.
    """
    from ..remote.plan import Wish
    from ..remote.training import training_set

    if not (yes or dry_run or can_ask()):
        raise click.UsageError("it asks before it sends anything, and nobody can answer here; add --yes")
    registry = installed(plugin_files)
    wish = Wish(
        model=model,
        via=via,
        options=given(options),
        max_cost=max_cost,
        allow=allow,
        files_only=files_only,
    )
    training = training_set(target, validation=validation, output=output)
    with ledger() as known:
        upload = _Upload(training, wish, registry, known)
        return upload.planned() if dry_run else upload.done(asks=not yes, again=again)


class _Upload:
    """One upload: where it goes, and how it is told."""

    def __init__(self, training: TrainingSet, wish: Wish, registry: Registry, known: Ledger):
        from ..remote.plan import service_of

        self.training, self.wish, self.registry, self.known = training, wish, registry, known
        self.service = service_of(training, wish, registry)

    def planned(self) -> Reply:
        """The plan alone: no connection is opened."""
        from ..remote.plan import connected

        link, problems = connected(self.service, self.registry, session())
        plan = self._plan(link)
        text = "\n".join([*plan_lines(plan, link), "nothing was sent (--dry-run)"])
        missing = [_as_warning(problem) for problem in problems] if link is None else problems
        return Reply(plan_result(plan, link), text, [*missing, *plan.problems])

    def done(self, *, asks: bool, again: bool) -> Reply:
        """The whole of it."""
        from ..remote.link import linked
        from ..remote.send import send

        with _Bar() as bar, linked(self.service, self.registry, session(bar.sent)) as link:
            plan = self._plan(link, bar)
            problems = [*link.remote.warnings(), *plan.problems]
            bar.off()
            if plan.blocked:
                return Reply(plan_result(plan, link), "\n".join(plan_lines(plan, link)), problems)
            _show(plan, link, problems)
            if asks and not agreed("send this?", default=False):
                return Reply({"sent": False}, "nothing was sent", exit_code=1)
            bar.total = sum(file.bytes for file in plan.training.files if file.split not in plan.there)
            try:
                sent = send(plan, link, self.known, again=again)
            except KeyboardInterrupt:
                return Reply(problems=[_interrupted()], exit_code=130)
        return Reply(_result(plan, link, sent), "\n".join(_told(sent, self.wish)), aside="\n".join(_aside(sent)))

    def _plan(self, link: Link | None, bar: _Bar | None = None) -> UploadPlan:
        from ..remote.plan import plan_upload

        return plan_upload(
            self.training,
            self.service,
            self.wish,
            registry=self.registry,
            ledger=self.known,
            link=link,
            today=datetime.datetime.now(datetime.UTC).date(),
            progress=bar.reached if bar is not None else None,
        )


class _Bar(Progress):
    """First the rows that are looked at, then the bytes on their way."""

    total = 0
    _sent = 0

    def sent(self, count: int) -> None:
        """So many more bytes were given to the connection."""
        self._sent = min(self._sent + count, self.total) if self.total else self._sent + count
        if self.total:
            self.counted(self._sent, self.total, "bytes sent")
        else:
            self.tell(f"{self._sent:,} bytes sent")

    def off(self) -> None:
        """Makes room for other lines."""
        self.tell("", now=True)


def _show(plan: UploadPlan, link: Link, problems: Sequence[Problem]) -> None:
    """What people should see before anything is sent."""
    tell_now(*problems)
    if not wants_json():
        for line in plan_lines(plan, link):
            print(visible(line), file=sys.stderr, flush=True)


def _result(plan: UploadPlan, link: Link, sent: Sent) -> dict[str, Any]:
    made = plan_result(plan, link)
    for file in made["files"]:
        file |= {"id": sent.files[file["split"]].id, "sent": file["split"] in sent.new}
    job = sent.job
    if job is None:
        return {**made, "job": None, "status": None, "started": False}
    return {**made, "job": job.id, "status": job.status, "started": sent.started, "tuned_model": job.tuned_model}


def _told(sent: Sent, wish: Wish) -> Iterator[str]:
    """The result: the job's id, or those of the files."""
    if sent.job is not None:
        yield sent.job.id
    else:
        yield from (f"{split} {file.id}" for split, file in sent.files.items())


def _aside(sent: Sent) -> Iterator[str]:
    """What was done, for people."""
    for split, file in sent.files.items():
        yield f"{split}: {file.id} {'was sent' if split in sent.new else 'was there already'}"
    if sent.job is not None:
        state = "was started" if sent.started else f"was there already ({sent.job.status})"
        yield f"job {sent.job.id} {state}; see what happens with: ftprep jobs follow {sent.job.id}"


def _interrupted() -> Problem:
    from ..errors import Problem

    hint = "give the same command again: it goes on, and sends nothing twice"
    return Problem(code="FT003", message="interrupted; what was sent until then is in the ledger", hint=hint)


def _as_warning(problem: Problem) -> Problem:
    import msgspec

    return msgspec.structs.replace(problem, level="warning")
