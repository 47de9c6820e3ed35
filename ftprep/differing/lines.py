"""The lines of one output as numbers: a hash of each, where it stands, and which rows of the input it was made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xxhash

from ..engine.spool import RECORD
from ..errors import Problem
from ..example import Source
from ..split import SPLITS
from ..steps import Split
from .folder import RunFolder

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 1 << 14


class Lines:
    """The lines of some files of one output, in order: 57 bytes each, and none of their text."""

    def __init__(self, run: RunFolder, output: str, splits: Sequence[Split]):
        """Raises DataError where a file cannot be read."""
        import numpy as np

        self.run, self.output = run, output
        self.splits = [split for split in SPLITS if split in splits]
        parts = [self._read(run.path / output / f"{split}.jsonl") for split in self.splits]
        self.hashes: NDArray[Any] = np.concatenate([np.empty((0, 2), "<u8"), *(hashes for hashes, _ in parts)])
        counts = [len(hashes) for hashes, _ in parts]
        self.split = np.repeat(np.array([SPLITS.index(split) for split in self.splits], np.uint8), counts)
        self.number = np.concatenate([np.empty(0, np.int64), *(np.arange(count) for count in counts)])
        self.offset = np.concatenate([np.empty(0, np.int64), *(offsets for _, offsets in parts)])
        records = [self._lineage(split, count) for split, count in zip(self.splits, counts, strict=True)]
        self.records = np.concatenate([np.empty(0, RECORD), *records])

    def __len__(self) -> int:
        return len(self.hashes)

    def file(self, at: int) -> str:
        """The name of the file in the run folder that a line stands in."""
        return f"{self.output}/{self.split_of(at)}.jsonl"

    def split_of(self, at: int) -> Split:
        """The split of a line."""
        return SPLITS[int(self.split[at])]

    def source(self, at: int) -> Source | None:
        """The rows of the input that a line was made of, as far as that is known."""
        unit, first, last, _ = self.records[at].tolist()
        if unit >= len(self.run.units):
            return None
        file, sheet = self.run.units[unit]
        return Source(file, first, last, sheet)

    def texts(self, at: NDArray[Any]) -> Iterator[bytes]:
        """The bytes of lines, without their ends."""
        with ExitStack() as stack:
            folder = self.run.path / self.output
            files = {SPLITS.index(s): stack.enter_context((folder / f"{s}.jsonl").open("rb")) for s in self.splits}
            places = zip(self.split[at].tolist(), self.offset[at].tolist(), strict=True)
            for count, (split, offset) in enumerate(places, 1):
                if not count % _AT_ONCE:
                    self.run.tell(f"{folder.as_posix()}: {count:,} of {len(at):,} lines compared")
                files[split].seek(offset)
                yield files[split].readline().rstrip(b"\n")

    def _lineage(self, split: Split, count: int) -> NDArray[Any]:
        """A record for each line; where they are missing or not as many, all are of no unit."""
        import numpy as np

        try:
            found = np.fromfile(self.run.path / "lineage" / f"{self.output}.{split}.bin", RECORD)
        except OSError:
            found = np.empty(0, RECORD)
        if len(found) == count:
            return found
        none = np.zeros(count, RECORD)
        none["unit"] = np.iinfo(np.uint32).max
        return none

    def _read(self, path: Path) -> tuple[NDArray[Any], NDArray[Any]]:
        """The hash of each line, two numbers of 8 bytes, and where in the file it begins."""
        import numpy as np

        hashes, lengths = bytearray(), []
        with path.open("rb") as stream:
            while lines := list(islice(stream, _AT_ONCE)):
                hashes += b"".join([xxhash.xxh3_128_digest(line.rstrip(b"\n")) for line in lines])
                lengths.append(np.fromiter(map(len, lines), np.int64, len(lines)))
                self.run.tell(f"{path.as_posix()}: {len(hashes) // 16:,} lines read")
        ends = np.cumsum(np.concatenate([np.zeros(1, np.int64), *lengths]))
        return np.frombuffer(hashes, "<u8").reshape(-1, 2), ends[:-1]


def changed_since(run: RunFolder, name: str) -> Problem:
    """What is to be said of a data file that is not as the run wrote it."""
    text, hint = "the file was changed since the run; it is compared as it is", "make it again with 'ftprep run'"
    return Problem(code="FT520", level="warning", message=text, hint=hint, file=(run.path / name).as_posix())
