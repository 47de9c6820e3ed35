"""Which file of a run, or which unit of its input, a place means."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..errors import DataError, nearest
from ..output import MANIFEST
from .folder import RunFolder
from .places import Asked, is_same

_MOST = 12
"""Files that are listed, where a name is none of them."""


class Resolved(msgspec.Struct, frozen=True):
    """A file that the run wrote, or a unit that it read."""

    name: str = ""
    unit: int | None = None


def resolved(run: RunFolder, wanted: Asked) -> Resolved:
    """What a place means. Raises DataError where it is nothing of this run, or may be several things."""
    written = _written(run, wanted.file) if wanted.sheet is None else []
    if len(written) > 1:
        hint = f"name one: {', '.join(f'{name}:{wanted.lines[0]}' for name in written)}"
        raise DataError(f"{run.name} has several of them", hint=hint, file=wanted.file)
    if written:
        return Resolved(written[0])
    units = _read(run, wanted)
    if len(units) > 1:
        raise DataError("may be several of the run's inputs", hint=f"name one: {', '.join(_names(run, units, wanted))}",
                        file=wanted.file)  # fmt: skip
    if units:
        return Resolved(unit=units[0])
    raise _nothing(run, wanted)


def _written(run: RunFolder, file: str) -> list[str]:
    """The files of the run that a name means."""
    outputs = list(run.manifest.outputs)
    if file in outputs:
        return [file]
    path = Path(file)
    if path.exists():  # a whole path is that file and no other
        here, target = path.resolve(), run.path.resolve()
        return [name for name in outputs if target / name == here]
    inside = Path(file).as_posix()
    found = [name for name in outputs if is_same(name, inside) and len(inside) <= len(name)]
    return found or [name for name in outputs if is_same(f"{run.name}/{name}", inside)]


def _read(run: RunFolder, wanted: Asked) -> list[int]:
    """The units of the input that a name means."""
    named = [i for i, unit in enumerate(run.lineage.units) if wanted.sheet is None or unit.sheet == wanted.sheet]
    exact = [i for i in named if run.lineage.units[i].file == wanted.file]
    return exact or [i for i in named if is_same(run.lineage.units[i].file, wanted.file)]


def _names(run: RunFolder, units: list[int], wanted: Asked) -> list[str]:
    found = [run.lineage.units[i] for i in units]
    lines = wanted.lines[0]
    return [f"{u.file}:{u.sheet}!{lines}" if u.sheet is not None else f"{u.file}:{lines}" for u in found]


def _nothing(run: RunFolder, wanted: Asked) -> DataError:
    file = wanted.file if wanted.sheet is None else f"{wanted.file}:{wanted.sheet}"
    other = _other_run(Path(wanted.file), run)
    if other is not None:
        return DataError(f"is of another run than {run.name}", hint=f"name that one: {other}", file=file)
    known = [*run.manifest.outputs, *dict.fromkeys(unit.file for unit in run.lineage.units)]
    near = nearest(wanted.file, list(dict.fromkeys([*map(_last, known), *known])))
    listed = f"there are: {', '.join(known)}" if len(known) <= _MOST else "name a file that it wrote or read"
    hint = f"did you mean '{near}'?" if near else listed
    return DataError(f"is no file that {run.name} wrote or read", hint=hint, file=file)


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _other_run(path: Path, run: RunFolder) -> str | None:
    """The run folder in which a file lies, where it is another one."""
    if not path.exists():
        return None
    own = run.path.resolve()
    found = (folder for folder in path.parents if (folder / MANIFEST).is_file() and folder.resolve() != own)
    return next((folder.as_posix() for folder in found), None)
