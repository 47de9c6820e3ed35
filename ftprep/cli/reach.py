"""What the commands that ask models share: options, services and their warnings, and how far they have come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from .frame import Count, tell_now
from .progress import Progress
from .service import given, session

if TYPE_CHECKING:
    from ..registry import Registry
    from ..remote.reaching import Reach

_param_option = click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="An argument beside those of the contract, such as temperature=0. May be given several times.",
)
_concurrency_option = click.option(
    "--concurrency", metavar="N", type=Count(64), default=4, help="Questions on their way at a time (default: 4)."
)
_fresh_option = click.option("--fresh", is_flag=True, help="Ask again what was answered before.")
output_option = click.option("--output", metavar="NAME", help="Which of the run's outputs, where it has several.")


def asking_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--param`, `--concurrency` and `--fresh`."""
    return _param_option(_concurrency_option(_fresh_option(command)))


def given_params(params: Sequence[str]) -> dict[str, Any]:
    """What `--param` says. Raises UsageError."""
    return given(params, "--param", "NAME=VALUE")


def reach(registry: Registry, via: str | None, options: Sequence[str]) -> Reach:
    """The way to services; what is to be said before a secret is sent is said."""
    from ..remote.reaching import Reach

    return Reach(registry=registry, session=session(), via=via, options=given(options), warn=tell_now)


def counting(progress: Progress, total: int, what: str = "answers") -> Callable[[int], None]:
    """Tells a progress line of answers that came."""
    return lambda done: progress.counted(done, total, what)
