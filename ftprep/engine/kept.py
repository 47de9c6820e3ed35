"""What is kept of each output until all input was read: keys, values by split, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..example import Finding
from ..planning.broken import guarded
from ..split import SPLITS
from ..steps import Split
from .makeup import Makeup
from .meeting import Meeting
from .outputs import CheckRunner, OutputRunner
from .part import Unit, Work, Written
from .splitwise import Splitwise


class Kept:
    """Of one output."""

    def __init__(self, output: OutputRunner):
        self.output = output
        self.makeup = Makeup()
        self._meetings = [Meeting(check) for check in output.checks if check.keyed]
        self._splitwise = [(check, _splitwise(check)) for check in output.checks if check.by_split]
        self.asks_splits = bool(self._meetings or self._splitwise)
        """The split of every used root is needed at the end."""

    def add(self, work: Work, written: Written, ordinals: Mapping[int, int]) -> None:
        """Takes a part. `ordinals` numbers the used roots of the whole run, where splits are asked for."""
        self.output.take(work, written)
        self.makeup.add(written.makeup)
        for at, meeting in enumerate(self._meetings):
            meeting.add(work, written, at, ordinals)
        if self._splitwise:
            roots = [ordinals[root] for root in written.roots]
            for (_, splitwise), values in zip(self._splitwise, written.by_split, strict=True):
                splitwise.add(values, roots)

    def meet(self, codes: Sequence[int], units: Sequence[Unit]) -> Iterator[Finding]:
        """What keyed checks find."""
        for meeting in self._meetings:
            yield from meeting.meet(codes, units)

    def tell(self, codes: bytearray, examples: Mapping[str, int]) -> None:
        """Tells checks what they saw in each split that has examples. `codes`: for each root, its place in SPLITS."""
        splits: list[Split] = [split for split in SPLITS if examples.get(split)]
        for check, splitwise in self._splitwise:
            check.run.splits = splitwise.counted(codes, splits)


def _splitwise(check: CheckRunner) -> Splitwise:
    with guarded(check.origin, "failed in most_values"):
        return Splitwise(check.check.most_values())
