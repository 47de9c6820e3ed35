"""A new file, whole or not at all, and never in the place of one that is there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import OutputError, refusal


def free(target: Path) -> None:
    """Raises OutputError where something is there already, before any work is done."""
    if target.exists() or target.is_symlink():
        raise _there(target)


@contextmanager
def refused(target: Path) -> Iterator[None]:
    """What the system refuses in here is said of the file that was to be written."""
    try:
        yield
    except FileExistsError:
        raise _there(target) from None
    except OSError as error:
        why = refusal(error)
        text = f"{target.as_posix()} cannot be written ({why})"
        raise OutputError(text, hint="make room, or name another file with --out") from error


def moved(source: Path, target: Path) -> None:
    """The file under its new name. Raises FileExistsError where another one has come there meanwhile."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        with source.open("rb") as stream, target.open("xb") as file:
            shutil.copyfileobj(stream, file)


def _there(target: Path) -> OutputError:
    text = f"{target.as_posix()} is there already, and nothing is overwritten"
    return OutputError(text, hint="name another file with --out, or remove it")
