"""`ftprep check FILE`: everything that is wrong with a file of data."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .charts import marks_for
from .grouped import Tally, group_lines, told
from .look import Look, counts
from .showing import Style, figure_lines
from .table import broken
from .terminal import terminal_width
from .words import value_text

if TYPE_CHECKING:
    from ..doctor.how import How
    from ..doctor.report import Group, Report
    from ..registry import Registry


def examined(path: Path, registry: Registry, stack: ExitStack, how: How) -> Look:
    """What is found in one file; `stack` closes the report. A file that cannot be looked at is a problem of its own,
    so that the others are looked at."""
    from ..doctor import examine
    from ..errors import FtprepError

    name = "<stdin>" if str(path) == "-" else path.as_posix()
    try:
        report = examine(path, registry, how)
    except FtprepError as error:
        result = {"file": name, **counts(error.problems)}
        return Look(result=result, problems=error.problems, exit_code=error.exit_code)
    stack.enter_context(report)
    return look_of(report, registry)


def look_of(report: Report, registry: Registry) -> Look:
    """What a report says."""
    text = "\n".join(_lines(report, registry, terminal_width(sys.stdout)))
    return Look(result=_result(report), text=text, report=report, exit_code=int(report.count("error") > 0))


def _result(report: Report) -> dict[str, Any]:
    data = report.data
    reader = data.reader.name if data.reader is not None else None
    return {
        "file": data.name,
        "kind": data.kind,
        "reader": reader,
        "options": dict(data.options),
        "why": list(data.why),
        "rows": report.counts["read"],
        "usable": report.counts["used"],
        "figures": report.figures,
        **counts(report.groups),
        "advice": sum(group.level == "advice" for group in report.groups),
        "groups": list(map(_group, report.groups)),
        "recipe": report.recipe,
    }


def _group(group: Group) -> dict[str, Any]:
    """As in a manifest's `findings`."""
    names = ("code", "level", "message", "hint", "step", "count")
    fix = group.fix.change if group.fix is not None else None
    return {**{name: getattr(group, name) for name in names}, "places": list(map(str, group.places)), "fix": fix}


def _lines(report: Report, registry: Registry, width: int | None) -> Iterator[str]:
    """What the file is; how it is read; the findings; the figures; the counts."""
    data, tally = report.data, Tally(report)
    yield from _about(report, width)
    if report.groups:
        yield ""
        yield from group_lines(report.groups, tally, data.name, width)
        yield ""
    style = Style(marks=marks_for(sys.stdout), width=width and width - 2, more="with --json")
    yield from (f"  {line}" for line in figure_lines(report.figures, registry, style, zeros=False))
    yield from broken(f"  {told(report.groups, tally, data.name)}", width, "    ")


def _about(report: Report, width: int | None) -> Iterator[str]:
    data, read, used = report.data, report.counts["read"], report.counts["used"]
    why = f" ({data.proposal.why})" if data.proposal is not None else ""
    able = "all" if used == read else f"{used:,}" if used else "none"
    rows = f"{read:,} row{'s' if read != 1 else ''}, {able} of them can be used"
    yield from broken(f"{data.name}: {data.kind} data{why}; {rows}", width, "  ")
    if data.options or data.why:
        options = ", ".join(f"{name} {value_text(value)}" for name, value in data.options.items())
        reader = f"'{data.reader.name}'" if data.reader is not None else "rows"
        reasons = f" ({'; '.join(data.why)})" if data.why else ""
        how = f"  read with {reader}{', ' + options if options else ''}{reasons}"
        yield from broken(how, width, "    ")
