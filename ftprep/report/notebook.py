"""What a run shows of itself in a notebook: a piece of a page, bounded, in the colours around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from ..errors import Problem
from ..fragments import fragment, head, problem_table, table
from ..registry import Registry
from ..steps.showing import Histogram, Shown
from .shown import drawn
from .topics import check_of

CHART = """\
.ftprep figure{max-width:30em}.ftprep .chart{display:block;width:100%;height:auto;color:inherit}
.ftprep .chart text{font:12px sans-serif;fill:currentColor;opacity:.75}
.ftprep .chart .axis,.ftprep .chart .grid,.ftprep .chart .mark,.ftprep .chart .limit{
stroke:currentColor;opacity:.5}.ftprep .chart .grid{opacity:.15}
.ftprep .chart path{fill:none;stroke:currentColor;stroke-width:2}.ftprep .chart circle{fill:currentColor}
.ftprep .chart rect{fill:currentColor;opacity:.55}.ftprep figcaption{font-weight:600}
.ftprep .legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:0 1em}
.ftprep .legend svg{width:1.6em;height:.7em;margin-inline-end:.4em}.ftprep .legend path{stroke:currentColor}
.ftprep .chart .mark,.ftprep .chart .limit{stroke-dasharray:4 3}.ftprep .chart text.mark,.ftprep .chart text.limit{
stroke:none}.ftprep .remark p{margin:0}.ftprep .none{opacity:.6}"""
"""Of what `svg` and `parts` draw, without any colour of their own."""
_MOST_OUTPUTS, _MOST_STEPS = 8, 12


def run_html(
    folder: Path, manifest: Mapping[str, Any], findings: Sequence[Problem], warnings: Sequence[Problem]
) -> str:
    """A run: its verdict, what became of the rows, the files, how long examples are, what was found."""
    counts, ok = manifest["counts"], manifest["ok"]
    told = (f"{counts['read']:,} rows read", f"{counts['used']:,} used", f"{counts['dropped']:,} dropped")
    title = f"{manifest['name']}: {'ready' if ok else 'not to be used as it is'}"
    return fragment(
        head(title, *told, mood="good" if ok else "bad"),
        _files(folder, counts["examples"]),
        _lost(counts["steps"]),
        *_lengths(manifest["figures"]),
        problem_table([*findings, *warnings]),
        _page(folder),
        style=CHART,
    )


def _files(folder: Path, examples: Mapping[str, Mapping[str, int]]) -> str:
    splits = list(dict.fromkeys(split for of in examples.values() for split in of))
    rows = [[(folder / output).as_posix(), *(of.get(split) for split in splits)] for output, of in examples.items()]
    return table(["folder", *splits], rows, caption="examples")


def _lost(steps: Sequence[Mapping[str, Any]]) -> str:
    """Why rows are not there any more."""
    rows = [(step["step"], reason, n) for step in steps for reason, n in step["dropped"].items()]
    return table(["step", "dropped because", "rows"], rows, most=_MOST_STEPS) if rows else ""


def _lengths(figures: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The first histogram of each output, where a check has one to show."""
    registry = Registry.installed() if figures else Registry()
    for output, checks in list(figures.items())[:_MOST_OUTPUTS]:
        shown = (one for label, of in checks.items() for one in _shown(label, of, registry))
        if (found := next((one for one in shown if isinstance(one, Histogram)), None)) is not None:
            named = f"{output}: {found.title}" if len(figures) > 1 else found.title
            yield str(drawn(msgspec.structs.replace(found, title=named)))


def _shown(label: str, figures: Mapping[str, Any], registry: Registry) -> list[Shown]:
    """What a check has to show; nothing where it cannot: the whole report says why."""
    check = check_of(label, registry)
    with suppress(Exception):
        return list(check.show(figures)) if check is not None else []
    return []


def _page(folder: Path) -> str:
    """The way to the whole report, where there is one."""
    path = folder / "report.html"
    return f'<p><a href="{quote(path.as_posix())}">the whole report</a></p>' if path.is_file() else ""
