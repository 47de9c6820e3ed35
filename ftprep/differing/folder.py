"""A run folder that is to be compared: its manifest, and where its lines came from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from ..errors import DataError, Level, refusal
from ..lineage import Lineage
from ..output import MANIFEST, recover
from ..publish import FORMAT
from ..split import SPLITS
from ..steps import Split

_AGAIN = "make it again with 'ftprep run'"


class RunFolder:
    """What a run left, as it stands on the disk."""

    def __init__(self, path: Path | str, progress: Callable[[str], None] | None = None):
        """`progress` is told what is being read. Raises DataError for what is no run folder, or has a manifest that
        this ftprep cannot read."""
        self.path = Path(path)
        self.tell: Callable[[str], None] = progress or (lambda text: None)
        recover(self.path)
        self.manifest: Mapping[str, Any] = _manifest(self.path)
        self._sha256: dict[str, str] = {}

    @property
    def outputs(self) -> list[str]:
        """The names of its outputs, in the order of the recipe."""
        return list(self.manifest["counts"]["examples"])

    def files(self, output: str) -> dict[Split, str]:
        """Split -> the name of its data file in the folder."""
        names = {split: f"{output}/{split}.jsonl" for split in SPLITS}
        return {split: name for split, name in names.items() if name in self.manifest["outputs"]}

    def facts(self, name: str) -> Mapping[str, Any]:
        """What the manifest knows of a data file: lines, bytes, sha256."""
        facts: Mapping[str, Any] = self.manifest["outputs"][name]
        return facts

    def sha256(self, name: str) -> str:
        """The hash of a file as it is now. Raises DataError where it cannot be read."""
        if name not in self._sha256:
            path = self.path / name
            try:
                with path.open("rb") as stream:
                    self._sha256[name] = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                text = f"cannot be read ({refusal(error)})"
                raise DataError(text, hint=_AGAIN, file=path.as_posix()) from error
        return self._sha256[name]

    @cached_property
    def units(self) -> list[tuple[str, str | None]]:
        """File and sheet of each unit that lineage records name; none where that is not to be read."""
        try:
            return [(unit.file, unit.sheet) for unit in Lineage(self.path).units]
        except DataError:
            return []

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Input file -> the hash of its bytes."""
        return {entry["file"]: entry["sha256"] for entry in self.manifest["inputs"]}

    def contract(self, output: str) -> Mapping[str, Any]:
        """What inference must send; empty where there is no contract that can be read."""
        try:
            found = msgspec.json.decode((self.path / output / "contract.json").read_bytes())
        except (OSError, msgspec.DecodeError):
            return {}
        return found if isinstance(found, dict) else {}


def _manifest(folder: Path) -> Mapping[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise _no_run(folder) from None
    except OSError as error:
        hint = "see that you may read it"
        raise DataError(f"cannot be read ({refusal(error)})", hint=hint, file=path.as_posix()) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"is no JSON ({error})", hint=_AGAIN, file=path.as_posix()) from error
    if not isinstance(manifest, dict) or "ftprep" not in manifest:
        hint = "name a folder that 'ftprep run' wrote"
        raise DataError("is not the manifest of a run", hint=hint, file=path.as_posix())
    if isinstance(manifest.get("format"), int) and manifest["format"] > FORMAT:
        text = f"is of a newer ftprep ({manifest['ftprep']})"
        raise DataError(text, hint=f"update ftprep, or {_AGAIN}", file=path.as_posix())
    try:
        msgspec.convert(manifest, _Shape)
    except msgspec.ValidationError as error:
        raise DataError(f"is not as a run writes it ({error})", hint=_AGAIN, file=path.as_posix()) from error
    return manifest


class _File(msgspec.Struct):
    lines: int
    sha256: str


class _Input(msgspec.Struct):
    file: str
    sha256: str


class _Step(msgspec.Struct, rename={"in_": "in"}):
    step: str
    in_: int
    out: int
    made: int
    dropped: dict[str, int]


class _Counts(msgspec.Struct):
    examples: dict[str, dict[str, int]]
    steps: list[_Step]


class _Finding(msgspec.Struct):
    code: str
    level: Level
    message: str
    count: int


class _Shape(msgspec.Struct):
    """What a manifest must have to be compared."""

    outputs: dict[str, _File]
    counts: _Counts
    recipe: dict[str, Any]
    inputs: list[_Input]
    findings: list[_Finding]
    versions: dict[str, Any]
    figures: dict[str, dict[str, dict[str, Any]]] = {}
    makeup: dict[str, dict[str, Any]] = {}
    side_tables: list[_Input] = []
    files: list[str] = []


def _no_run(folder: Path) -> DataError:
    if not folder.is_dir():
        text = "is a file, not the folder of a run" if folder.exists() else "no such folder"
        return DataError(text, hint="name the folder that 'ftprep run' wrote", file=folder.as_posix())
    text = f"is not a run folder (it has no {MANIFEST})"
    whole = folder.parent if (folder.parent / MANIFEST).is_file() else None
    hint = f"name the whole run: {whole.as_posix()}" if whole else "name the folder that 'ftprep run' wrote"
    return DataError(text, hint=hint, file=folder.as_posix())
