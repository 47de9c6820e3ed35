"""A run folder, read again: its manifest, its files, its plan, and the inputs it was made of."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from ..errors import DataError, RecipeError, refusal
from ..files import Input
from ..lineage import Lineage
from ..output import MANIFEST, recover
from ..plan import Plan, build
from ..recipe.folders import planned_again
from ..registry import Registry

FORMAT = 1
AGAIN = "make the run again with 'ftprep run'"
DROPPED = "dropped.jsonl"


class Hashed(msgspec.Struct, frozen=True):
    """A file that a run read."""

    file: str
    sha256: str


class Written(msgspec.Struct, frozen=True):
    """A file that a run wrote."""

    lines: int
    sha256: str


class Versions(msgspec.Struct, frozen=True):
    """What the run was made with."""

    python: str = ""
    plugins: dict[str, str] = {}


class Manifest(msgspec.Struct, frozen=True):
    """What of a manifest the way back needs."""

    ftprep: str
    format: int
    recipe: dict[str, Any]
    inputs: list[Hashed]
    outputs: dict[str, Written]
    side_tables: list[Hashed] = []
    versions: Versions = Versions()
    folders: list[tuple[list[str | int], str]] = []
    limit: int | None = None


class RunFolder:
    """Raises DataError for what is no run folder, or a broken one."""

    def __init__(self, path: Path | str):
        self.path = _run_folder(Path(path))
        self.name = self.path.as_posix()
        self.manifest = self._manifest()

    @cached_property
    def lineage(self) -> Lineage:
        """Raises DataError where it cannot be read."""
        return Lineage(self.path)

    def plan(self, registry: Registry) -> Plan:
        """The plan that the run had. Raises DataError where inputs are gone, RecipeError where a plugin is missing or
        takes other options now."""
        self.need_files()
        manifest, name = self.manifest, f"{self.name}/{MANIFEST}"
        recipe = planned_again(manifest.recipe, manifest.folders, self.path, name)
        try:
            return build(recipe, registry, out=self.path)
        except RecipeError as error:
            gone = [problem.message for problem in error.problems if problem.code == "FT130"]
            if not gone:
                raise
            hint = "put it back where it was, or make the run again with 'ftprep run'"
            raise DataError(f"an input of this run is gone: {gone[0]}", hint=hint, file=self.name) from error

    def need_files(self) -> None:
        """Raises DataError where the run read what cannot be read again."""
        if not self.manifest.inputs:
            text = "the data of this run was handed in from Python, so its way cannot be replayed"
            raise DataError(text, hint="write the data to a file, and run a recipe that reads it", file=self.name)
        if any(hashed.file == "stdin" for hashed in self.manifest.inputs):
            text = "the data of this run came from standard input, so its way cannot be replayed"
            raise DataError(text, hint="write the data to a file, and run a recipe that reads it", file=self.name)

    def number_of(self, unit: int) -> int:
        """The number of the input that a unit is of."""
        return self._numbers[unit]

    def input_of(self, plan: Plan, unit: int) -> tuple[int, Input, str]:
        """For a unit of the lineage: the place of its source in the plan, the input, and the hash that it had.

        The input is called as in the run, wherever one stands now. Raises DataError where it is gone.
        """
        at = self._numbers[unit]
        noted = self.manifest.inputs[at]
        flat = [(i, input_) for i, source in enumerate(plan.sources) for input_ in source.inputs]
        if len(flat) != len(self.manifest.inputs):  # a pattern finds more now, or less
            ends = [(_common(input_.path, noted.file), i, input_) for i, input_ in flat]
            flat = [max(ends, key=lambda one: one[0])[1:]] if ends and max(ends, key=lambda e: e[0])[0] else []
            at = 0
        if at >= len(flat):
            hint = "put it back where it was, or make the run again with 'ftprep run'"
            raise DataError(f"an input of this run is gone: {noted.file}", hint=hint, file=self.name)
        source, input_ = flat[at]
        named = copy.copy(input_)
        named.name = noted.file
        return source, named, noted.sha256

    @cached_property
    def _numbers(self) -> list[int]:
        """For each unit the number of its input. Units follow the inputs; one that comes again is of a later input."""
        numbers: list[int] = []
        seen: set[tuple[str, str | None]] = set()
        at = 0
        files = [hashed.file for hashed in self.manifest.inputs]
        for unit in self.lineage.units:
            key = (unit.file, unit.sheet)
            start = at + 1 if key in seen else at
            found = next((i for i in range(start, len(files)) if files[i] == unit.file), None)
            if found is None:
                text = f"the lineage names {unit.file}, which is no input of this run"
                raise DataError(text, hint=AGAIN, file=f"{self.name}/lineage/units.json")
            seen = {*seen, key} if found == at else {key}
            at = found
            numbers.append(at)
        return numbers

    def speakers(self) -> dict[str, str]:
        """The names of speakers that the run found."""
        for name in self.manifest.outputs:
            try:
                found = msgspec.json.decode((self.path / name).with_name("contract.json").read_bytes())
                return dict(found["speakers"])
            except (OSError, msgspec.DecodeError, KeyError, TypeError, ValueError):
                continue
        return {}

    def line(self, name: str, number: int) -> bytes:
        """A line of one of its files, without its newline. Raises DataError where there is none."""
        path, lines = self.path / name, self.manifest.outputs[name].lines
        if not 1 <= number <= lines:
            has = f"it has {lines:,} line{'' if lines == 1 else 's'}" if lines else "it has no line"
            hint = f"name one from 1 to {lines:,}" if lines else "nothing was written there"
            raise DataError(f"there is no line {number:,}: {has}", hint=hint, file=path.as_posix())
        for found in itertools.islice(self.lines(name), number - 1, number):
            return found
        raise DataError(f"there is no line {number:,}: the file was cut since the run", hint=AGAIN,
                        file=path.as_posix())  # fmt: skip

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of one of its files, without newlines. Raises DataError where it cannot be read."""
        path = self.path / name
        try:
            with path.open("rb") as stream:
                for line in stream:
                    yield line.removesuffix(b"\n")
        except OSError as error:
            raise DataError(f"cannot be read ({refusal(error)})", hint=AGAIN, file=path.as_posix()) from error

    def _manifest(self) -> Manifest:
        path = self.path / MANIFEST
        try:
            found = msgspec.json.decode(path.read_bytes(), type=Manifest)
        except OSError as error:
            raise DataError(f"cannot be read ({refusal(error)})", hint=AGAIN, file=path.as_posix()) from error
        except msgspec.DecodeError as error:
            what = str(error)
            text = f"this manifest is broken: {what[:1].lower()}{what[1:]}"
            raise DataError(text, hint=AGAIN, file=path.as_posix()) from error
        if found.format > FORMAT:
            text = f"this is the manifest of a newer ftprep ({found.ftprep})"
            raise DataError(text, hint="update ftprep", file=path.as_posix())
        return found


def _run_folder(path: Path) -> Path:
    """The folder that is meant: the one of an output lies in it. Raises DataError."""
    for folder in (path, path.parent) if path.exists() else (path,):
        recover(folder)
        if (folder / MANIFEST).is_file():
            return folder
    if not path.exists():
        raise DataError("no such folder", hint="name the folder that 'ftprep run' wrote", file=path.as_posix())
    text = "is not a run folder (it has no manifest.json of ftprep)"
    raise DataError(text, hint="name the folder that 'ftprep run' wrote", file=path.as_posix())


def _common(path: Path, name: str) -> int:
    """How many parts at their ends a path and a name share."""
    pairs = zip(reversed(path.parts), reversed(Path(name).parts), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
