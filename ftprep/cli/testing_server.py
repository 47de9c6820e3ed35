"""`ftprep testing-server`: a service on this machine, to rehearse with."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from click.core import ParameterSource

from .frame import installed, plugin_option, replying
from .saying import Reply, pieces


@replying(name="testing-server")
@click.argument("uploader", required=False)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Listen on this port; 0, the default, picks one."
)
@click.option("--profile", metavar="NAME", help="Be this kind of service.")
@click.option("--wire", is_flag=True, help="Answer as the service does where it departs from its own description.")
@click.option(
    "--faults",
    type=click.Path(path_type=Path),
    metavar="FILE.json",
    help="Go wrong on purpose, as this list of faults says.",
)
@plugin_option
def command(
    uploader: str | None,
    port: int,
    profile: str | None,
    wire: bool,
    faults: Path | None,
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Serve a stand-in for the service of UPLOADER on 127.0.0.1: files, jobs, models and answers, without an account.

    It prints its address on one line, and serves until Ctrl-C. Files and jobs live as long as it does. The docs name
    the keys that it takes, and the faults.
    """
    from ..testing.server import serving

    reply = Reply()
    server = serving(installed(plugin_files), uploader, port=port, profile=profile, wire=wire, faults=faults)
    address = reply.closing.enter_context(server).address
    context = click.get_current_context()
    as_json = context.get_parameter_source("json_") is ParameterSource.COMMANDLINE
    reply.written = lambda _: _until_stopped(Reply({"address": address}), address, as_json=as_json)
    return reply


def _until_stopped(said: Reply, address: str, *, as_json: bool) -> Iterator[str]:
    """The address, and then nothing more until the signal to end."""
    with _terminable():
        yield from pieces(said) if as_json else [f"{address}\n"]
        if sys.stdout is not None:
            sys.stdout.flush()
        while True:
            time.sleep(1)


@contextmanager
def _terminable() -> Iterator[None]:
    """Ctrl-C and SIGTERM are how it is meant to end."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
