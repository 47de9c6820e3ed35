"""How data is to be looked at."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..codes import Code
from ..watching import Watch
from .report import Findings


class How(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said beside the data's name."""

    model: str | None = None
    """The model to be tuned: tokens and labels are looked at as it sees them."""
    format: str | None = None
    """The service whose rules are held (the `rules_of` of a step); None: those that the rows look like."""
    select: tuple[str, ...] = ()
    """Codes, or beginnings of codes: only these are reported."""
    ignore: tuple[str, ...] = ()
    """Codes, or beginnings of codes, that are not; the longer beginning counts, and of two equal ones this."""
    set: tuple[str, ...] = ()
    """Changes of the recipe that is made for the data: `check.cost.prices.training=3`."""
    grave: bool = False
    """Only the checks that may find an error, or count tokens: what must be known before files are sent."""
    progress: Watch | None = None
    """Is told how far it has come."""
    ahead: bool = False
    """Large files are read in a second process: not for programs with threads of their own."""

    def findings(self, codes: Iterable[Code] = (), *, mending: bool = False) -> Findings:
        """What takes the findings; `codes` are those that there are."""
        covers = {code.code: code.covers for code in codes if code.covers}
        return Findings(self.select, self.ignore, covers=covers, mending=mending)


PLAINLY = How()
"""All that can be found without being told more."""
