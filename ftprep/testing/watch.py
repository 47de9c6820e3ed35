"""Watching what code does beside its work: files it writes, connections it opens, text it prints."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CONNECTS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
_CHANGES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
_local = threading.local()
_hooked = threading.Event()


class Seen:
    """What a piece of code did."""

    def __init__(self) -> None:
        self.files: list[str] = []
        """Files it wrote, made or removed."""
        self.connections: list[str] = []
        """Addresses it asked for or connected to."""
        self.printed = ""
        """What it wrote to stdout and stderr."""


@contextmanager
def watching() -> Iterator[Seen]:
    """What this thread does in here. Bytecode that imports leave behind does not count."""
    if not _hooked.is_set():
        sys.addaudithook(_hook)  # for good: Python has no way to take one off, so it looks whether anybody watches
        _hooked.set()
    seen, before = Seen(), getattr(_local, "seen", None)
    out = io.StringIO()
    _local.seen = seen
    try:
        with redirect_stdout(out), redirect_stderr(out):
            yield seen
    finally:
        _local.seen = before
        seen.printed = out.getvalue()


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    seen: Seen | None = getattr(_local, "seen", None)
    if seen is None:
        return
    if event in _CONNECTS:
        address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
        seen.connections.append(str(address))
    elif event in _CHANGES or (event == "open" and _writes(arguments[1], arguments[2])):
        if isinstance(arguments[0], int):
            return  # it was opened by its name before, and looked at then
        path = str(arguments[0])
        nameless = event == "open" and Path(path).is_dir()  # a temporary file, which leaves nothing behind
        if "__pycache__" not in path and path != os.devnull and not nameless:
            seen.files.append(path)


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITES)
