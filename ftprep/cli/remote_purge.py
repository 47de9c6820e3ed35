"""`ftprep remote plan` and `ftprep remote apply`: deleting many, as a plan that is written first."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .frame import installed, plugin_option, replying, wants_json
from .saying import Reply, visible
from .service import ledger, link_to, service_options, session
from .table import table

if TYPE_CHECKING:
    from ..remote.cleaning import Deleted
    from ..remote.purge import PurgePlan

_UNITS = {"w": 7 * 86_400, "d": 86_400, "h": 3600, "m": 60}
_WORDS = {"deleted": "deleted", "gone": "was gone", "failed": "not deleted"}


class Age(click.types.FloatParamType):
    """A length of time: `7d`, `12h`, `30m`, `2w`."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; fails in words."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d{1,6})([wdhm])", str(value))
        if found is None:
            self.fail(f"'{value}' is no length of time such as 7d, 12h, 30m or 2w", param, ctx)
        return float(int(found[1]) * _UNITS[found[2]])


@replying(name="plan", short_help="Write down which files or models to delete.")
@click.argument("kind", type=click.Choice(["files", "models"]), metavar="KIND")
@click.option("--older-than", metavar="AGE", type=Age(), help="Only what is older, such as 7d or 12h (files: 1d).")
@click.option("--match", metavar="PATTERN", help="Only files, or models, of such a name, e.g. 'support-*'.")
@click.option("--job", metavar="ID", help="Only what this job used and made.")
@click.option("--results", is_flag=True, help="Also the files with the results of jobs.")
@click.option("--foreign", is_flag=True, help="Also what was not sent from here.")
@click.option(
    "--out", metavar="FILE", required=True, type=click.Path(path_type=Path), help="The plan's file, a new one."
)
@service_options
@plugin_option
def plan(
    kind: str,
    older_than: float | None,
    match: str | None,
    job: str | None,
    results: bool,
    foreign: bool,
    out: Path,
    via: str | None,
    options: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Write a plan for deleting many files, or tuned models, and print it; nothing is deleted.

    KIND is files or models. Files of the last day are left out, unless --older-than says less, and so are results of
    jobs, what a job that has not ended uses, and all that was not sent from here. 'ftprep remote apply' deletes what
    the plan lists, and no more.
    """
    from ..remote.purge import Chosen, plan_purge, save
    from ..remote.things import Stock, only_service, service_of

    chosen = Chosen(
        kind="file" if kind == "files" else "model", older_than=older_than, match=match, job=job,
        foreign=foreign, results=results,
    )  # fmt: skip
    with ledger() as book:
        service = (service_of(book, job) if job is not None else None) if via is None else None
        service = service or (only_service(book) if via is None else None)
        with link_to(installed(plugin_files), service, via, options) as link:
            made = plan_purge(Stock(link, book), chosen, session().now())
    save(made, out)
    return Reply(_as_json(made), "\n".join([*_listed(made), f"{out.as_posix()}: apply it with 'ftprep remote apply'"]))


@replying(name="apply", short_help="Delete what a plan lists.")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--confirm", metavar="N", type=int, help="How many the plan lists, where nobody can type it.")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@service_options
@plugin_option
def apply(
    plan_file: Path,
    confirm: int | None,
    dry_run: bool,
    via: str | None,
    options: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Delete what PLAN lists, a file that 'ftprep remote plan' wrote, for good.

    It must not have been changed, and the account must be the same. The number of things has to be typed; in scripts,
    give it with --confirm. What a job that has not ended uses is left there. Each deletion is told on a line; where one
    fails the others go on, and the exit code is 3.
    """
    from ..remote.purge import apply_purge, as_json, check_account, load
    from ..remote.things import Stock

    made = load(plan_file)
    with ledger() as book, link_to(installed(plugin_files), made.service, via, options) as link:
        stock = Stock(link, book)
        check_account(made, stock)
        if dry_run or not made.items:
            return Reply({"planned": len(made.items), "deletions": []}, "\n".join(_listed(made)))
        if not _agreed(made, confirm):
            return Reply({"outcome": "kept"}, aside="nothing was deleted")
        done = [_told(one) for one in apply_purge(made, stock)]
    failed = sum(one.outcome == "failed" for one in done)
    counts = [(sum(one.outcome == outcome for one in done), words) for outcome, words in _WORDS.items()]
    text = ", ".join(f"{count} {words}" for count, words in counts if count)
    return Reply({"planned": len(made.items), "deletions": as_json(done)}, text, exit_code=3 if failed else 0)


def _agreed(plan: PurgePlan, confirm: int | None) -> bool:
    """Raises RecipeError where nobody can be asked, or another number was given."""
    from ..errors import RecipeError
    from .asking import asked, can_ask

    count, kind = len(plan.items), plan.chosen.kind
    many = f"{count} {kind}" + ("s" if count != 1 else "")
    given: int | str | None = confirm
    if given is None and can_ask():
        print(visible("\n".join(_listed(plan))), file=sys.stderr)
        given = asked(f"to delete {many} of {plan.account} for good, type {count}:")
    elif given is None:
        raise RecipeError(f"nobody can be asked whether to delete {many}", hint=f"say --confirm {count}")
    if str(given) not in ("", "None", str(count)):
        raise RecipeError(f"the plan lists {many}, not {given}", hint="nothing was deleted")
    return str(given) == str(count)


def _told(one: Deleted) -> Deleted:
    """Said at once, on stderr: who interrupts it knows how far it came."""
    about = f" ({one.thing.name})" if one.thing.name else ""
    why = f": {one.error}" if one.error else ""
    if not wants_json():
        line = f"{_WORDS[one.outcome]}: {one.thing.kind} {one.thing.id}{about}{why}"
        print(visible(line), file=sys.stderr, flush=True)
    return one


def _listed(plan: PurgePlan) -> Iterator[str]:
    from .remote import size_text

    kind, count = plan.chosen.kind, len(plan.items)
    rows = [
        (
            visible(item.id),
            visible(item.name),
            size_text(item.bytes),
            (item.created or "")[:10],
            "yours" if item.ours else "foreign",
        )
        for item in plan.items
    ]
    yield from table(rows, right=(2,)) if rows else ()
    yield f"{count} {kind}" + ("s" if count != 1 else "") + f" of {plan.account} to be deleted"
    yield from (f"kept: {n} ({why})" for why, n in plan.kept.items())


def _as_json(plan: PurgePlan) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(plan)
    return found
