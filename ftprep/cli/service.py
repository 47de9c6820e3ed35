"""What the commands that talk to a service share: which one it is, the ledger, and lines about waiting."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import click

from .completing import of_names
from .frame import tell_now

if TYPE_CHECKING:
    from ..registry import Registry
    from ..remote.ledger import Ledger, Service
    from ..remote.link import Link
    from ..steps import Session

via_option = click.option(
    "--via", metavar="NAME", help="The uploader, where it is not known from the run or ledger.",
    shell_complete=of_names("uploader"),
)  # fmt: skip
option_option = click.option(
    "--option",
    "options",
    multiple=True,
    metavar="KEY=VALUE",
    help="An option of the uploader, such as base_url=http://127.0.0.1:8000/v1. May be given several times.",
)
yes_option = click.option("-y", "--yes", is_flag=True, help="Do it without asking.")


def service_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--via` and `--option`."""
    return via_option(option_option(command))


def given(texts: Sequence[str], option: str = "--option", form: str = "KEY=VALUE") -> dict[str, Any]:
    """Pairs as a recipe would have them: values are YAML. Raises UsageError."""
    from ..recipe.sets import option_value

    made: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(f"{option}: '{text}' is not of the form {form}")
        made[name] = option_value(value, option)
    return made


def session(sent: Callable[[int], None] | None = None) -> Session:
    """A session of the command line: it says on stderr why it waits."""
    from ..steps import Session
    from .saying import visible

    return Session(environ=os.environ, say=lambda text: print(visible(text), file=sys.stderr, flush=True), sent=sent)


def ledger() -> AbstractContextManager[Ledger]:
    """The user's ledger."""
    from ..remote.ledger import ledger_of

    return ledger_of(session())


@contextmanager
def link_to(
    registry: Registry,
    service: Service | None,
    via: str | None,
    options: Sequence[str],
    *,
    model: str | None = None,
    account: str | None = None,
) -> Iterator[Link]:
    """A connection: what the command line names wins over the service that is known from the ledger or a run. What
    is to be said before a secret is sent is said. Raises RemoteError where it is not of the account that the ledger
    has, unless the command line names the service."""
    from ..remote.ledger import Service
    from ..remote.link import linked, service_for

    extra: Mapping[str, Any] = given(options)
    if via is not None or service is None:
        service = service_for(registry, named=via, model=model, options=extra)
    elif extra:
        service = Service(service.name, {**service.options, **extra})
    with linked(service, registry, session()) as link:
        tell_now(*link.remote.warnings())
        if account not in (None, link.account) and via is None and not extra:
            _refuse_other(link.account, account)
        yield link


def _refuse_other(here: str, there: str | None) -> None:
    from ..errors import RemoteError

    text = f"it belongs to the account '{there}', and this connection is of '{here}'"
    hint = "take the address and the key with which it was sent, or say with --via that this is the right one"
    raise RemoteError(text, hint=hint)
