"""Lines on their way to their files: straight there, or kept on disk until the split is known."""

from __future__ import annotations

import hashlib
import tempfile
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..steps import Split
from .drawing import Places, drawn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_WAITING = 4
RECORD = [("unit", "<u4"), ("first", "<u4"), ("last", "<u4"), ("ordinal", "<u4")]
"""A lineage record: which unit (file or sheet) a line comes from, its first and last row there, and the how-manieth
line of its root it is (from 0)."""


class LineFile:
    """A file of lines, with its hash and count. Hashing and writing leave Python, so a thread of its own does them."""

    def __init__(self, path: Path, lineage: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lineage.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.lines = 0
        self.bytes = 0
        self._places = Places()
        self._sha = hashlib.sha256()
        self._file = path.open("wb", buffering=0)
        self._lineage = lineage.open("wb")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ftprep-write")
        self._waiting: deque[Future[None]] = deque()

    def write(self, lines: Sequence[bytes], lineage: bytes) -> None:
        """Adds lines (without their newlines) and a lineage record for each. May raise the OSError of earlier lines."""
        if not lines:
            return
        data = b"\n".join([*lines, b""])
        self._places.note(self.lines, self.bytes)
        self.lines += len(lines)
        self.bytes += len(data)
        self._waiting.append(self._thread.submit(self._put, data))
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popleft().result()
        self._lineage.write(lineage)

    def _put(self, data: bytes) -> None:
        self._sha.update(data)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]

    def close(self, *, samples: int = 0, seed: int = 0) -> dict[str, Any]:
        """Its facts for the manifest: lines, bytes, sha256, and the place of so many lines drawn with the seed: number
        (from 1), first byte, bytes. Raises OSError where lines could not be written."""
        try:
            for future in self._waiting:
                future.result()
        finally:
            self.abandon()
        facts = {"lines": self.lines, "bytes": self.bytes, "sha256": self._sha.hexdigest()}
        return facts | {"samples": self._places.find(self.path, drawn(self.lines, samples, seed))}

    def abandon(self) -> None:
        """Lets go of the files, whatever is still waiting."""
        self._thread.shutdown(cancel_futures=True)
        self._file.close()
        self._lineage.close()


class Routed:
    """The files of one output, one for each split that occurs."""

    def __init__(self, folder: Path, name: str, lineage: Path):
        self.folder, self.name, self.lineage = folder, name, lineage
        self.files: dict[Split, LineFile] = {}

    def write(self, split: Split, lines: Sequence[bytes], lineage: bytes) -> None:
        """Adds lines to the file of a split."""
        self.file(split).write(lines, lineage)

    def file(self, split: Split) -> LineFile:
        """The file of a split, made when it is first asked for."""
        if split not in self.files:
            path = self.folder / self.name / f"{split}.jsonl"
            self.files[split] = LineFile(path, self.lineage / f"{self.name}.{split}.bin")
        return self.files[split]

    def write_by(self, splits: Sequence[Split], lines: Sequence[bytes], lineage: NDArray[Any]) -> None:
        """Adds each line to the file of its own split, in order."""
        for split in dict.fromkeys(splits):
            at = [i for i, name in enumerate(splits) if name == split]
            self.write(split, [lines[i] for i in at], lineage[at].tobytes())


class Spool:
    """Lines of one output kept in a temporary file, with an index in memory: 12 bytes a line."""

    def __init__(self, folder: Path):
        self._lines = tempfile.TemporaryFile(prefix="lines-", dir=folder)  # noqa: SIM115
        self._lineage = tempfile.TemporaryFile(prefix="lineage-", dir=folder)  # noqa: SIM115
        self.lengths = array("I")
        self.roots = array("Q")

    def add(self, lines: Sequence[bytes], lineage: bytes, roots: Iterable[int]) -> None:
        """Keeps lines; `roots` are numbers of roots counted over the whole run."""
        self._lines.write(b"".join(lines))
        self._lineage.write(lineage)
        self.lengths.extend(map(len, lines))
        self.roots.extend(roots)

    def in_order(self, chunk: int = 4096) -> Iterator[tuple[int, list[bytes], NDArray[Any]]]:
        """The lines as they came, in chunks: number of the first, lines, lineage records."""
        import numpy as np

        self._lines.seek(0)
        self._lineage.seek(0)
        for start in range(0, len(self.lengths), chunk):
            lengths = self.lengths[start : start + chunk]
            data = self._lines.read(sum(lengths))
            records = np.frombuffer(self._lineage.read(16 * len(lengths)), dtype=RECORD)
            yield start, _cut(data, lengths), records
        self.close()

    def permuted(
        self, order: Sequence[int], chunk: int = 4096
    ) -> Iterator[tuple[Sequence[int], list[bytes], NDArray[Any]]]:
        """The lines in another order: their numbers, lines, lineage records."""
        import mmap

        import numpy as np

        self._lines.flush()
        self._lineage.flush()
        ends = np.cumsum(np.frombuffer(self.lengths, dtype=np.uint32), dtype=np.uint64) if len(self.lengths) else None
        if ends is None or not int(ends[-1]):
            return
        records = np.memmap(self._lineage, dtype=RECORD, mode="r")
        with mmap.mmap(self._lines.fileno(), 0, access=mmap.ACCESS_READ) as view:
            for start in range(0, len(order), chunk):
                numbers = order[start : start + chunk]
                lines = [view[int(ends[i]) - self.lengths[i] : int(ends[i])] for i in numbers]
                yield numbers, lines, np.array(records[numbers])
        del records
        self.close()

    def close(self) -> None:
        """Gives the disk space back."""
        self._lines.close()
        self._lineage.close()


def _cut(data: bytes, lengths: Iterable[int]) -> list[bytes]:
    lines, at = [], 0
    for length in lengths:
        lines.append(data[at : at + length])
        at += length
    return lines


def lineage_records(unit: int, roots: Sequence[int], first: Sequence[int], last: Sequence[int]) -> NDArray[Any]:
    """A record for each line of a part; `roots` ascends, and gives each line's place in `first` and `last`."""
    import numpy as np

    at: NDArray[np.int64] = np.asarray(roots, dtype=np.int64)
    records = np.empty(len(at), dtype=RECORD)
    records["unit"] = unit
    records["first"] = np.asarray(first, dtype=np.uint32)[at] if len(at) else 0
    records["last"] = np.asarray(last, dtype=np.uint32)[at] if len(at) else 0
    records["ordinal"] = np.arange(len(at)) - np.searchsorted(at, at)
    return records
