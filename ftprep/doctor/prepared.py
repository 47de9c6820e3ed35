"""What mending leaves beside the data: `<stem>_prepared.jsonl`, or a file for each split. It never overwrites."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..errors import OutputError, refusal
from ..split import SPLITS
from ..steps import Split
from .data import Data
from .mend import Mended

_ENDINGS: Mapping[Split, str] = {"train": "_train", "validation": "_valid", "test": "_test"}
_MOST_TRIES = 1000
_PACKED = (".gz", ".zst", ".zip")


def stem_of(data: Data) -> Path:
    """Where what is made of data belongs: beside it, or here where it came through a pipe."""
    path = Path("stdin") if data.path in ("", "-") else Path(data.path)
    plain = Path(path.stem) if path.suffix.lower() in _PACKED else path
    return path.with_name(plain.stem)


def written(mended: Mended) -> dict[Split, Path]:
    """The files of the last run, by split."""
    (output,) = mended.report.counts["examples"] or {"": {}}
    found = {split: mended.folder / output / f"{split}.jsonl" for split in SPLITS}
    return {split: path for split, path in found.items() if output and path.is_file()}


def put(mended: Mended, stem: Path) -> list[Path]:
    """Moves the files of the last run to `<stem>_prepared…jsonl`; where one is there already, ` (1)`, ` (2)` … is put
    behind. Raises OutputError where the folder cannot be written."""
    files = written(mended)
    endings = {split: _ENDINGS[split] if len(files) > 1 else "" for split in files}
    for n in itertools.islice(itertools.count(), _MOST_TRIES):
        number = f" ({n})" if n else ""
        targets = [stem.with_name(f"{stem.name}_prepared{ending}{number}.jsonl") for ending in endings.values()]
        if _claimed(targets):
            for source, target in zip(files.values(), targets, strict=True):
                _move(source, target)
            return targets
    raise OutputError(f"{stem}_prepared.jsonl and many more are there already", hint="remove some")


def _claimed(targets: list[Path]) -> bool:
    """Makes all of them as empty files, or none: what is there is never touched."""
    made: list[Path] = []
    try:
        for target in targets:
            with target.open("xb"):
                made.append(target)
    except FileExistsError:
        for path in made:
            path.unlink()
        return False
    except OSError as error:
        for path in made:
            path.unlink()
        raise _refused(targets[0], error) from error
    return True


def _move(source: Path, target: Path) -> None:
    try:
        shutil.move(source, target)
    except OSError as error:
        with suppress(OSError):
            target.unlink()
        raise _refused(target, error) from error


def _refused(target: Path, error: OSError) -> OutputError:
    why = refusal(error)
    return OutputError(f"{target.as_posix()} cannot be written ({why})", hint="make room, or copy the data elsewhere")
