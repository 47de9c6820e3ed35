"""Which lines of two runs belong together: equal keys, the first with the first, the second with the second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

Columns = Sequence["NDArray[Any]"]
Pairs = tuple["NDArray[Any]", "NDArray[Any]"]


def paired(a: Columns, b: Columns) -> Pairs:
    """Positions in A and in B of lines whose keys are equal, in the order of B. A key is a number of each column. Of
    equal keys the n-th in A belongs to the n-th in B, so that what is over are the last ones."""
    import numpy as np

    many = len(a[0])
    columns = [np.concatenate([one, other]) for one, other in zip(a, b, strict=True)]
    order = np.lexsort(columns)
    starts = np.zeros(len(order), bool)
    for column in columns:
        inner = column[order]
        starts[1:] |= inner[1:] != inner[:-1]
    group = np.empty(len(order), np.int64)
    group[order] = np.cumsum(starts)
    one, other = _counted(group[:many], len(order)), _counted(group[many:], len(order))
    _, at_a, at_b = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    by_b = np.argsort(at_b)
    return at_a[by_b], at_b[by_b]


def _counted(group: NDArray[Any], most: int) -> NDArray[Any]:
    """A number for each line that no other one of its side has: its group, and the how-manieth of the group it is."""
    import numpy as np

    order = np.argsort(group, kind="stable")
    inner = group[order]
    numbers = np.empty(len(group), np.int64)
    numbers[order] = inner * (most + 1) + np.arange(len(group)) - np.searchsorted(inner, inner)
    return numbers


class Left:
    """The lines of both runs that have no counterpart yet, as positions in ascending order."""

    def __init__(self, a: int, b: int):
        import numpy as np

        self.a, self.b = np.arange(a), np.arange(b)

    def take(self, a: Columns, b: Columns) -> Pairs:
        """Pairs lines by keys that are given for all that are left, and takes them out; returns their positions."""
        at_a, at_b = paired(a, b)
        return self.take_at(at_a, at_b)

    def take_at(self, at_a: NDArray[Any], at_b: NDArray[Any]) -> Pairs:
        """Takes out pairs, which are given as positions among what is left."""
        import numpy as np

        found = self.a[at_a], self.b[at_b]
        self.a, self.b = np.delete(self.a, at_a), np.delete(self.b, at_b)
        return found

    @property
    def both(self) -> bool:
        """There is something left on both sides."""
        return len(self.a) > 0 and len(self.b) > 0
