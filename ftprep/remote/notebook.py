"""What uploads, answers, comparisons and results show of themselves in a notebook."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..fragments import fragment, head, problem_table, table
from ..report.notebook import CHART
from .heldout import asked_text

if TYPE_CHECKING:
    from .comparing import Comparison
    from .results import Results
    from .sampling import Sample
    from .send import Sent


def samples_html(samples: Sequence[Sample]) -> str:
    """Answers of a model, with the wanted ones where they are known."""
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
    from .compare_page import summary

    title = f"{found.run.name}: {' against '.join(reversed(found.models))}"
    rows = [
        (found.rows[n].place, asked, found.rows[n].wanted, *(found.samples[name][n].answer for name in found.models))
        for n, asked in _worse(found)
    ]
    below = table(["row", "asked", "wanted", *found.models], rows, most=10, caption="wrong now") if rows else ""
    return fragment(head(title), str(summary(found)), below, problem_table(found.problems), style=CHART)


def _worse(found: Comparison) -> Iterator[tuple[int, str]]:
    numbers = sorted({n for model in found.models[1:] for n in found.changed(model)})
    yield from ((n, asked_text(found.rows[n].prompt)) for n in numbers)


def results_html(results: Results) -> str:
    """A training: its best epoch, the curve, and the means of each epoch."""
    from ..report.svg import line_chart
    from .results import LOSSES
    from .results_page import best_text, called

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
