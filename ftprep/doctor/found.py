"""What `ftprep.check` gives people in Python: a list of findings that shows itself in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ..example import Finding
from ..steps import Split
from .mend import Mended
from .prepared import written
from .report import Group, Report

if TYPE_CHECKING:
    import pandas


class Found(list[Finding]):
    """Every finding of a file or frame, in the order in which they were met, and what else is known of the data."""

    def __init__(self, report: Report):
        super().__init__(report.rows())
        self.name: str = report.data.name
        self.kind: str = report.data.kind
        """`chat`, `prompt/completion`, `preference` …"""
        self.rows: int = report.counts["read"]
        self.usable: int = report.counts["used"]
        """Rows that can be used for training as they are."""
        self.groups: tuple[Group, ...] = report.groups
        """The findings by kind: errors first, with how many, the first places, and the fix."""
        self.figures: dict[str, Any] = report.figures
        self.recipe: dict[str, Any] = report.recipe

    @property
    def errors(self) -> list[Finding]:
        """The findings at error level: `assert not ftprep.check(path).errors` is a test."""
        return [finding for finding in self if finding.level == "error"]

    def __repr__(self) -> str:
        return f"Found({self.name!r}, {self.kind}, rows {self.rows}, usable {self.usable}, findings {len(self)})"

    def _repr_html_(self) -> str:
        from .notebook import found_html

        return found_html(self)


class Fixed:
    """Data that was mended."""

    def __init__(
        self,
        *,
        frames: dict[Split, pandas.DataFrame],
        changes: Sequence[str],
        findings: Found,
        recipe: dict[str, Any],
    ):
        self.frames, self.changes, self.findings, self.recipe = frames, tuple(changes), findings, recipe

    @property
    def rows(self) -> pandas.DataFrame:
        """The rows of training."""
        return self.frames["train"]

    @classmethod
    def of(cls, mended: Mended) -> Fixed:
        """What mending led to, read into frames: a frame for each split, and what is still found."""
        import pandas

        frames = {
            split: pandas.DataFrame([msgspec.json.decode(line) for line in path.read_bytes().split(b"\n")[:-1]])
            for split, path in written(mended).items()
        }
        return cls(frames=frames, changes=mended.changes, findings=Found(mended.report), recipe=mended.recipe)

    def __repr__(self) -> str:
        return f"Fixed(changes={list(self.changes)!r}, findings={self.findings!r})"

    def _repr_html_(self) -> str:
        from .notebook import fixed_html

        return fixed_html(self)
