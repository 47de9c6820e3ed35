"""Whether a folder may be replaced: only an earlier run folder, and only if nothing of anybody else is in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from ..errors import OutputError
from .place import Place

MANIFEST = "manifest.json"
_PAGE = "report.html"  # it may be made after the run, too
Owned = Callable[[dict[str, Any]], Iterable[str]]
"""The files a manifest lists: paths in the run folder, with slashes."""
_DROPPINGS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # file managers leave them behind unasked
_ELSEWHERE = "choose another folder with --out"


def listed(manifest: dict[str, Any]) -> Iterable[str]:
    """What stands under `files`: a mapping from path to facts, or a list of paths."""
    files = manifest.get("files")
    return [path for path in files if isinstance(path, str)] if isinstance(files, (dict, list)) else []


def refuse_foreign(place: Place, owned: Owned = listed) -> None:
    """Raises OutputError where the target is more than an earlier run folder, or something else altogether."""
    target = place.target
    if complaint := _kind(target):
        raise OutputError(complaint[0], hint=complaint[1], file=place.shown)
    present = sorted(_files(target)) if target.exists() else []
    if not present:
        return
    manifest = _manifest(target / MANIFEST)
    if manifest is None:
        raise OutputError(
            f"is not a run folder (it has no {MANIFEST} of ftprep) and holds {_some(present)}",
            hint=f"{_ELSEWHERE}, or empty this one",
            file=place.shown,
        )
    if foreign := sorted(set(present) - {MANIFEST, _PAGE, *owned(manifest)}):
        hint = f"move {'it' if len(foreign) == 1 else 'them'} away, or {_ELSEWHERE}"
        raise OutputError(f"holds {_some(foreign)}, which no run wrote", hint=hint, file=place.shown)


def _kind(target: Path) -> tuple[str, str] | None:
    """What is wrong with the target, whatever it holds, and what to do."""
    if target.is_symlink():  # it would be the link that is replaced, not what it leads to
        return "is a symbolic link", "name the folder it leads to with --out"
    if target.exists() and not target.is_dir():
        return "is a file, not a folder", _ELSEWHERE
    if os.path.ismount(target):
        return "is where a disk is mounted, and cannot be replaced", "name a folder inside it with --out"
    here, real = Path.cwd(), target.resolve()
    if real == here or real in here.parents:
        return "is the folder you stand in, or above it", _ELSEWHERE
    return None


def _files(folder: Path) -> Iterator[str]:
    def fail(error: OSError) -> None:
        raise error

    for root, folders, files in os.walk(folder, onerror=fail):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in (*files, *links):
            if name not in _DROPPINGS:
                yield (Path(root) / name).relative_to(folder).as_posix()


def _manifest(path: Path) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) and "ftprep" in found else None


def _some(names: list[str]) -> str:
    more = len(names) - 1
    return f"'{names[0]}'" + (f" and {more} more file{'s' if more > 1 else ''}" if more else "")
