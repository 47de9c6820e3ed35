"""What runs and results show of themselves in a notebook: pieces of pages, bounded, in the colours around them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from ..errors import Problem
from ..fragments import facts, fragment, head, table, words
from ..registry import Registry
from ..steps.showing import Histogram, Shown
from .shown import drawn
from .topics import check_of

if TYPE_CHECKING:
    from ..conversion.job import Converted
    from ..doctor.begin import Begun
    from ..doctor.found import Fixed, Found
    from ..doctor.report import Group
    from ..remote.comparing import Comparison
    from ..remote.results import Results
    from ..remote.sampling import Sample
    from ..remote.send import Sent

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
_MOST_PLACES = 5


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
        _problems([*findings, *warnings]),
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


def _problems(problems: Sequence[Problem]) -> str:
    rows = [(one.code, one.level, one.place, one.message, one.hint) for one in problems]
    return table(["code", "level", "where", "what", "what to do"], rows) if rows else ""


def _page(folder: Path) -> str:
    """The way to the whole report, where there is one."""
    path = folder / "report.html"
    return f'<p><a href="{quote(path.as_posix())}">the whole report</a></p>' if path.is_file() else ""


def found_html(found: Found) -> str:
    """What `ftprep.check` found, by kind."""
    return fragment(_found(found))


def _found(found: Found) -> str:
    bad = any(group.level == "error" for group in found.groups)
    said = (f"{found.kind} data", f"{found.rows:,} rows", f"{found.usable:,} can be used")
    rows = list(map(_kind, found.groups))
    names = ["code", "level", "rows", "what", "where", "what to do"]
    below = table(names, rows) if rows else "<p>nothing wrong</p>"
    return head(found.name, *said, mood="bad" if bad else "note" if rows else "good") + below


def _kind(group: Group) -> tuple[Any, ...]:
    places = ", ".join(str(place.first) for place in group.places[:_MOST_PLACES])
    more = " …" if group.count > _MOST_PLACES else ""
    fix = f" ({group.fix.change})" if group.fix is not None else ""
    rows = group.count if group.places else None  # it is about the file
    return group.code, group.level, rows, group.message, places + more, group.hint + fix


def fixed_html(fixed: Fixed) -> str:
    """What `ftprep.fix` changed, and what is still found."""
    changes = "".join(f"<li>{words(change)}</li>" for change in fixed.changes[:50]) or "<li>nothing</li>"
    return fragment(f"<p>What was changed:</p><ul>{changes}</ul>", _found(fixed.findings))


def begun_html(begun: Begun) -> str:
    """The recipe that `ftprep.init` wrote, and why."""
    shown = facts({"task": begun.task, **{f"{role} from": name for role, name in begun.columns.items()}})
    why = "".join(f"<li>{words(text)}</li>" for text in begun.why[:50])
    return fragment(head(begun.recipe.as_posix(), mood="good"), shown, f"<ul>{why}</ul>",
                    f"<pre>{words(begun.text, 4000)}</pre>")  # fmt: skip


def converted_html(made: Converted) -> str:
    """What became of the rows of a file in another format."""
    title = f"{made.format} to {made.to}: {made.file.as_posix() if made.file is not None else 'nothing was written'}"
    said = (f"{made.read:,} rows read", f"{made.unchanged:,} unchanged", f"{made.changed:,} changed")
    lost = [(name, of["count"]) for name, of in made.lost.items()] + list(made.not_written.items())
    below = table(["lost, or not written", "rows"], lost) if lost else ""
    return fragment(head(title, *said, mood="good" if made.ok else "bad"), below, _problems(made.findings))


def samples_html(samples: Sequence[Sample]) -> str:
    """Answers of a model, with the wanted ones where they are known."""
    from ..remote.heldout import asked_text

    known = any(one.asked.wanted is not None for one in samples)
    rows = [
        (asked_text(one.asked.prompt), one.answer if one.error is None else f"no answer: {one.error}")
        + ((one.asked.wanted, one.right) if known else ())
        for one in samples
    ]
    right = sum(bool(one.right) for one in samples)
    said = f"{right:,} of {len(samples):,} as wanted" if known else f"{len(samples):,} answers"
    return fragment(head(said), table(["asked", "answer", *(("wanted", "right") if known else ())], rows))


def comparison_html(found: Comparison) -> str:
    """A row for each model, and what it now has wrong."""
    from ..remote.compare_page import summary

    title = f"{found.run.name}: {' against '.join(reversed(found.models))}"
    rows = [
        (found.rows[n].place, asked, found.rows[n].wanted, *(found.samples[name][n].answer for name in found.models))
        for n, asked in _worse(found)
    ]
    below = table(["row", "asked", "wanted", *found.models], rows, most=10, caption="wrong now") if rows else ""
    return fragment(head(title), str(summary(found)), below, _problems(found.problems), style=CHART)


def _worse(found: Comparison) -> Iterator[tuple[int, str]]:
    from ..remote.heldout import asked_text

    numbers = sorted({n for model in found.models[1:] for n in found.changed(model)})
    yield from ((n, asked_text(found.rows[n].prompt)) for n in numbers)


def results_html(results: Results) -> str:
    """A training: its best epoch, the curve, and the means of each epoch."""
    from ..remote.results import LOSSES
    from ..remote.results_page import best_text, called
    from .svg import line_chart

    job, measured = results.job, [name for name in LOSSES if results.metrics.has(name)]
    curves = {called(name): results.metrics.series(name) for name in measured}
    chart = str(line_chart(curves, title="Loss by step", x="step", y="loss")) if curves else ""
    names = [name for name in results.metrics.columns if name != "step" and results.metrics.has(name)]
    rows = [(epoch, *(of.get(name) for name in names)) for epoch, of in results.by_epoch.items()]
    by_epoch = table(["epoch", *map(called, names)], rows) if rows else ""
    return fragment(head(job.id, job.status, job.tuned_model or "", best_text(results)), chart, by_epoch, style=CHART)


def sent_html(sent: Sent) -> str:
    """What an upload came to."""
    rows = [(split, file.id, file.name, "sent now" if split in sent.new else "was there")
            for split, file in sent.files.items()]  # fmt: skip
    job = sent.job
    told = f"job {job.id}: {job.status}, {'started now' if sent.started else 'was there'}" if job is not None else ""
    follow = f"ftprep jobs follow {shlex.quote(job.id)}" if job is not None else ""
    return fragment(head("uploaded", told, follow), table(["split", "file", "name", ""], rows))
