"""Deleting many: a plan is written, read by people, and then applied as it stands."""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import msgspec

from .. import __version__
from ..errors import DataError, OutputError, RecipeError, refusal
from .cleaning import Deleted, gone, tried
from .ledger import Service
from .things import Stock, Thing

FORMAT = 1
DAY = 86_400.0
PACE = 0.2
"""Seconds between two deletions: a slip can still be stopped, and no limit of requests is met."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Which things a plan is about."""

    kind: Literal["file", "model"]
    older_than: float | None = None
    """Seconds; None: a day for files, so that none is deleted that was just sent, and any age for models."""
    match: str | None = None
    """A pattern such as `support-*` for a file's name, or a model's."""
    job: str | None = None
    """Only what this job used and made."""
    foreign: bool = False
    """What was not sent from here, too."""
    results: bool = False
    """Files with the figures of a training, too."""

    @property
    def age(self) -> float:
        """Seconds that a thing must have."""
        if self.older_than is not None:
            return self.older_than
        return DAY if self.kind == "file" else 0.0


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that a plan would delete."""

    id: str
    name: str
    bytes: int | None
    created: str | None
    """ISO date and time, UTC."""
    ours: bool


class PurgePlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be deleted, as it stands on file."""

    ftprep: str
    format: int
    account: str
    service: Service
    written: str
    chosen: Chosen
    kept: dict[str, int]
    """Why others are kept -> how many."""
    items: tuple[Item, ...]
    sha256: str = ""
    """Of all the rest: a plan that was edited is not applied."""

    def digest(self) -> str:
        """What `sha256` must be."""
        rest = {name: value for name, value in msgspec.to_builtins(self).items() if name != "sha256"}
        return hashlib.sha256(msgspec.json.encode(rest, order="sorted")).hexdigest()


def plan_purge(stock: Stock, chosen: Chosen, now: float) -> PurgePlan:
    """The plan for what the account has now. Raises RecipeError for a job that it has not, RemoteError."""
    link = stock.link
    link.needs(f"delete_{chosen.kind}", f"delete {chosen.kind}s")
    wanted = stock.of_job(chosen.job) if chosen.job is not None else None
    items, kept = [], Counter[str]()
    for thing in stock.things(chosen.kind):
        if (wanted is not None and thing.id not in wanted) or not _matches(thing, chosen.match):
            continue
        if why := _why_kept(thing, stock, chosen, now):
            kept[why] += 1
        else:
            items.append(_item(thing))
    plan = PurgePlan(
        ftprep=__version__, format=FORMAT, account=link.account, service=link.service, written=_iso(now),
        chosen=chosen, kept=dict(kept), items=tuple(items),
    )  # fmt: skip
    return msgspec.structs.replace(plan, sha256=plan.digest())


def _matches(thing: Thing, pattern: str | None) -> bool:
    return pattern is None or fnmatchcase(thing.id if thing.kind == "model" else thing.name, pattern)


def _why_kept(thing: Thing, stock: Stock, chosen: Chosen, now: float) -> str:
    if not thing.ours and not chosen.foreign:
        return "not sent from here"
    if thing.kind == "file" and not chosen.results and stock.is_result(thing):
        return "results of a training"
    if chosen.age and (thing.created is None or now - thing.created < chosen.age):
        return f"younger than {age_text(chosen.age)}"
    return "in use by a job that has not ended" if stock.used_by(thing) is not None else ""


def age_text(seconds: float) -> str:
    """`1 day`, `12 hours`."""
    for unit, name in ((DAY, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second")):
        if seconds >= unit and seconds % unit == 0:
            count = int(seconds // unit)
            return f"{count} {name}" + ("s" if count != 1 else "")
    return f"{seconds:g} seconds"


def _item(thing: Thing) -> Item:
    created = _iso(thing.created) if thing.created is not None else None
    return Item(id=thing.id, name=thing.name, bytes=thing.bytes, created=created, ours=thing.ours)


def _iso(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="seconds")


def save(plan: PurgePlan, path: Path) -> None:
    """Writes a plan for people and for `load`. Raises OutputError."""
    try:
        with path.open("xb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(plan), indent=2) + b"\n")
    except FileExistsError as error:
        raise OutputError("is there already", hint="name another file with --out", file=path.as_posix()) from error


def load(path: Path) -> PurgePlan:
    """A plan as it was written. Raises DataError for a file that is none, or was changed since."""
    again = "make a new plan with 'ftprep remote plan'"
    try:
        plan = msgspec.json.decode(path.read_bytes(), type=PurgePlan)
    except OSError as error:
        why = refusal(error)
        raise DataError(why, hint="name the file that 'ftprep remote plan' wrote", file=path.as_posix()) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DataError(f"this is no plan for deleting ({error})", hint=again, file=path.as_posix()) from error
    if plan.format > FORMAT:
        raise DataError(f"a plan of a newer ftprep ({plan.ftprep})", hint="update ftprep", file=path.as_posix())
    if plan.digest() != plan.sha256:
        raise DataError("the plan was changed after it was written", hint=again, file=path.as_posix())
    return plan


def check_account(plan: PurgePlan, stock: Stock) -> None:
    """Raises RecipeError where a plan is for another account."""
    if plan.account != stock.link.account:
        text = f"the plan is for the account {plan.account}, and this is {stock.link.account}"
        raise RecipeError(text, hint="use a key of that account, or make a new plan")


def apply_purge(plan: PurgePlan, stock: Stock) -> Iterator[Deleted]:
    """Deletes one after the other, and goes on where one fails; what is in use now is left there."""
    check_account(plan, stock)
    there = {thing.id: thing for thing in stock.things(plan.chosen.kind)}
    for number, item in enumerate(plan.items):
        thing = there.get(item.id)
        if thing is None:
            yield gone(_as_thing(item, plan), stock)
            continue
        if (job := stock.used_by(thing)) is not None:
            yield Deleted(thing=thing, outcome="failed", error=f"in use by the job {job}, which has not ended")
            continue
        if number:
            stock.link.session.sleep(PACE)
        yield tried(thing, stock)


def _as_thing(item: Item, plan: PurgePlan) -> Thing:
    return Thing(kind=plan.chosen.kind, id=item.id, name=item.name, account=plan.account, ours=item.ours)


def as_json(done: list[Deleted]) -> list[dict[str, Any]]:
    """The outcomes for `--json`, one each."""
    return [
        {"kind": one.thing.kind, "id": one.thing.id, "name": one.thing.name, "outcome": one.outcome, "error": one.error}
        for one in done
    ]
