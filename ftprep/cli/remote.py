"""`ftprep remote`: what lies at a service, and cleaning it up."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from .commands import Group
from .frame import installed, plugin_option, replying
from .remote_purge import apply, plan
from .saying import Reply, visible
from .service import ledger, link_to, service_options, yes_option
from .table import table

if TYPE_CHECKING:
    from pathlib import Path

    from ..remote.cleaning import Deleted
    from ..remote.ledger import Ledger, Service
    from ..remote.things import Kind, Stock, Thing

KINDS: dict[str, Kind] = {"files": "file", "jobs": "job", "models": "model"}


@click.group(name="remote", cls=Group)
def command() -> None:
    """List and delete files and models at a service."""


@replying(name="list", short_help="List what was sent and made.")
@click.argument("kind", required=False, type=click.Choice(list(KINDS)), metavar="[KIND]")
@click.option("--foreign", is_flag=True, help="Ask the service, and list what was not sent from here, too.")
@service_options
@plugin_option
def list_(
    kind: str | None, foreign: bool, via: str | None, options: tuple[str, ...], plugin_files: tuple[Path, ...]
) -> Reply:
    """List the files, jobs and tuned models that were sent from here and made of it.

    KIND is files, jobs or models; without it, all. The list is that of the ledger, and nothing is asked; with --foreign
    the service is asked for all that the account has, and the list says which of it is yours.
    """
    from ..remote.things import known, only_service

    kinds = [KINDS[kind]] if kind is not None else list(KINDS.values())
    with ledger() as book:
        if foreign or via is not None:
            service = only_service(book) if via is None else None
            with _stock(book, service, via, options, plugin_files) as stock:
                asked = [kind for kind in kinds if kind == "model" or stock.link.can(f"{kind}s") or len(kinds) == 1]
                things = [thing for kind in asked for thing in stock.things(kind) if foreign or thing.ours]
        else:
            things = [thing for thing in known(book) if thing.kind in kinds]
    return Reply([_as_json(thing) for thing in things], "\n".join(_listed(things, foreign)) or _nothing(kind, foreign))


@replying(name="delete", short_help="Delete one file, or one tuned model.")
@click.argument("id_", metavar="ID")
@yes_option
@click.option("--confirm", metavar="NAME", help="The full name of the model, where nobody can type it.")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@click.option("--foreign", is_flag=True, help="Also what was not sent from here.")
@click.option("--force", is_flag=True, help="Also what a job that has not ended uses.")
@service_options
@plugin_option
def delete(
    id_: str,
    yes: bool,
    confirm: str | None,
    dry_run: bool,
    foreign: bool,
    force: bool,
    via: str | None,
    options: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Delete the file, or the tuned model, with the given ID, for good.

    A file's ID is what the service calls it, a model's its full name; 'ftprep remote list' shows both. A model may not
    be made again, so its full name has to be typed; in scripts, give it with --confirm. Deleting a file leaves the
    models that were made of it, and deleting a model leaves its files.
    """
    from ..remote import cleaning

    with ledger() as book, _stock(book, cleaning.where(id_, book, via), via, options, plugin_files) as stock:
        thing = cleaning.find(id_, stock, foreign=foreign)
        if thing is None:
            return _done(cleaning.gone(cleaning.missing(id_, stock), stock))
        cleaning.allowed(thing, stock, force=force)
        if not dry_run and not _agreed(thing, yes=yes, confirm=confirm):
            return Reply({"outcome": "kept"}, aside="nothing was deleted")
        return _done(cleaning.remove(thing, stock, dry_run=dry_run))


@contextmanager
def _stock(
    book: Ledger, service: Service | None, via: str | None, options: Sequence[str], plugin_files: Sequence[Path]
) -> Iterator[Stock]:
    from ..remote.things import Stock

    with link_to(installed(plugin_files), service, via, options) as link:
        yield Stock(link, book)


def _agreed(thing: Thing, *, yes: bool, confirm: str | None) -> bool:
    """Whether it is to be deleted. Raises RecipeError where nobody can be asked, or another name was given."""
    from ..errors import RecipeError
    from .asking import agreed, asked, can_ask

    if thing.kind != "model":
        if yes:
            return True
        if not can_ask():
            raise RecipeError(f"nobody can be asked whether to delete {_named(thing)}", hint="say --yes")
        return agreed(f"delete {_named(thing)} from {thing.account}?", default=False)
    if confirm is None and can_ask():
        confirm = asked(f"to delete the model for good, type its full name ({thing.id}):")
    if not confirm:
        text = f"deleting the model '{thing.id}' takes more than --yes, for it may not be made again"
        raise RecipeError(text, hint=f"say --confirm {thing.id}")
    if confirm != thing.id:
        raise RecipeError(f"'{confirm}' is not the model's full name, '{thing.id}'", hint="nothing was deleted")
    return True


def _done(done: Deleted) -> Reply:
    words = {"deleted": "deleted", "planned": "would be deleted", "gone": "is not there any more; nothing to delete"}
    thing = done.thing
    verb = words[done.outcome]
    text = f"{verb}: {_named(thing)}" if done.outcome != "gone" else f"{thing.id} {verb}"
    return Reply({**_as_json(thing), "outcome": done.outcome}, text)


def _named(thing: Thing) -> str:
    """`file file-abc (support-train.jsonl, 12.3 kB)`."""
    about = ", ".join(filter(None, (thing.name, size_text(thing.bytes))))
    return f"{thing.kind} {thing.id}" + (f" ({about})" if about and thing.kind == "file" else "")


def size_text(size: int | None) -> str:
    """Bytes for people; empty where they are not known."""
    if size is None:
        return ""
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes" if size != 1 else "1 byte"


def _date(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d")


def _listed(things: Sequence[Thing], foreign: bool) -> Iterator[str]:
    rows = [
        (
            *(thing.kind, visible(thing.id), visible(thing.name), thing.status),
            *(size_text(thing.bytes), _date(thing.created), thing.account),
            *([("yours" if thing.ours else "foreign")] if foreign else []),
        )
        for thing in things
    ]
    return table(rows, right=(4,)) if rows else iter(())


def _nothing(kind: str | None, foreign: bool) -> str:
    what = kind or "files, jobs or models"
    return f"the account has no {what}" if foreign else f"the ledger knows no {what}"


def _as_json(thing: Thing) -> dict[str, object]:
    import msgspec

    found: dict[str, object] = msgspec.to_builtins(thing)
    return found


command.add_command(list_)
command.add_command(delete)
command.add_command(plan)
command.add_command(apply)
