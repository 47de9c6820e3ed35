"""What `ftprep check` finds out about one path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from ..doctor.report import Report
    from ..errors import Problem
    from ..example import Finding


class Look(msgspec.Struct, kw_only=True):
    """One recipe, or one file of data."""

    result: dict[str, Any]
    """For `--json`."""
    text: str = ""
    problems: Sequence[Problem] = ()
    """Mistakes in a recipe, or why a file cannot be looked at."""
    exit_code: int = 0
    report: Report | None = None
    """Of data: it has the findings."""

    def rows(self) -> Iterator[Problem]:
        """Every single finding in the data."""
        return map(as_problem, self.report.rows()) if self.report is not None else iter(())


def as_problem(finding: Finding) -> Problem:
    """A finding as the `--json` document has it: a row of a sheet is part of the file's name, as in a message."""
    from ..errors import Problem

    source = finding.source
    file, line = (None, None) if source is None else (source.file, source.first)
    if source is not None and source.sheet is not None:
        file, line = str(source), None
    return Problem(
        code=finding.code,
        message=finding.message,
        hint=finding.hint,
        level=finding.level,
        file=file,
        line=line,
        path=finding.step or None,
    )


def counts(problems: Sequence[Any]) -> dict[str, int]:
    """How many problems, or kinds of findings, there are of each level."""
    levels = [problem.level for problem in problems]
    return {"errors": levels.count("error"), "warnings": levels.count("warning")}
