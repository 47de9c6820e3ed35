"""A comparison as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ..report.page import page
from ..report.parts import Mood, badge, details, facts, heading, items, note, quoted, table, tiles, together
from ..report.svg import bar_chart
from ..report.words import number
from .heldout import asked_text
from .judging import Judged
from .scores import OTHER, Classified, Measure

if TYPE_CHECKING:
    from .comparing import Comparison

_MOST = 200
"""Rows that are shown; the JSON file has all."""


def page_of(comparison: Comparison) -> str:
    """The whole page."""
    title = f"{comparison.run.resolve().name}: {' against '.join(reversed(comparison.models))}"
    lead = f"{len(comparison.compared):,} {comparison.split} rows of {comparison.output}, asked as the data was made."
    sections = [("Result", _result(comparison)), ("Asked how", _how(comparison))]
    if comparison.classes:
        sections += [(f"Classes: {one.model}", _classes(comparison, one)) for one in comparison.judged]
    sections += [
        (f"{model} against {comparison.models[0]}", _changes(comparison, model)) for model in comparison.models[1:]
    ]
    return page(title, [*sections, ("Answers", _answers(comparison))], lead=lead)


def summary(comparison: Comparison) -> Markup:
    """A row for each model with what matters most."""
    judged = comparison.judged
    columns: dict[str, list[Any]] = {"model": [one.model for one in judged], "right": [one.right for one in judged]}
    columns["accuracy" if comparison.classes else "exact"] = [_share(one.exact) for one in judged]
    if comparison.classes:
        columns["weighted F1"] = [_share(one.classes.weighted_f1) if one.classes else None for one in judged]
    areas = [next((area for area in one.areas if area.name == comparison.positive), None) for one in judged]
    if any(areas):
        columns[f"AUROC {comparison.positive}"] = [_told(area.auroc) if area else None for area in areas]
        columns[f"AUPRC {comparison.positive}"] = [_told(area.auprc) if area else None for area in areas]
    if not comparison.classes:
        columns["characters"] = [round(one.characters) for one in judged]
    columns["tokens"] = [_tokens(one) for one in judged]
    columns["ended by length"] = [one.cut for one in judged]
    if len(comparison.models) > 1:
        columns["worse"], columns["better"] = (
            [None, *(len(comparison.changed(model, better=better)) for model in comparison.models[1:])]
            for better in (False, True)
        )
    return table(list(columns), list(zip(*columns.values(), strict=True)), row_heads=True, right=range(1, len(columns)),
                 caption=f"{len(comparison.compared):,} rows that all models have answered")  # fmt: skip


def _result(comparison: Comparison) -> Markup:
    best = max(comparison.judged, key=lambda one: one.right)
    word = "accuracy" if comparison.classes else "just as wanted"
    shown = tiles({"rows": len(comparison.compared), word: _share(best.exact), "right": best.right})
    winner = facts({"best model": best.model})
    bars = {one.model: round(one.exact, 4) for one in comparison.judged}
    missing = len(comparison.rows) - len(comparison.compared)
    text = f"{missing:,} of {len(comparison.rows):,} rows were not answered by all models, and do not count."
    parts = [note(text, "bad")] if missing else []
    return together(
        shown,
        winner,
        *parts,
        summary(comparison),
        bar_chart(bars, title=word.capitalize(), x=word, y="model", reach=1.0),
    )


def _how(comparison: Comparison) -> Markup:
    told: dict[str, Any] = {
        "run": comparison.run.as_posix(), "output": comparison.output, "rows": f"{comparison.split}.jsonl",
        "models": ", ".join(comparison.models),
        "arguments": ", ".join(f"{name}={value}" for name, value in comparison.params.items()) or "the contract's",
    }  # fmt: skip
    if comparison.positive is not None:
        told["positive class"] = comparison.positive
    made = facts(told)
    problems = [note(str(problem), "bad" if problem.level == "error" else "note") for problem in comparison.problems]
    return together(made, *problems)


def _classes(comparison: Comparison, one: Judged) -> Markup:
    assert one.classes is not None
    parts: list[str] = [_class_table(one.classes), _confusion(one.classes, comparison.classes)]
    if one.areas:
        head = ["class", "AUROC", "AUPRC", "AUPRC of guessing"]
        rows = [[area.name, _told(area.auroc), _told(area.auprc), _share(area.share)] for area in one.areas]
        caption = f"How well probabilities tell the class, from the {one.with_probabilities:,} rows that have them"
        parts.append(table(head, rows, row_heads=True, right=range(1, 4), caption=caption))
    if one.threshold is not None:
        at = one.threshold
        text = f"From a probability of {number(at.threshold)} on, '{comparison.positive}' is best said: precision "
        text += f"{at.precision:.3f}, recall {at.recall:.3f}, F{number(one.classes.beta)} {at.f_beta:.3f}. "
        parts.append(note(f"{text}It was found on these rows, so it flatters; prove it on others.", "note"))
    if one.other_answers:
        parts += ["Answers that are no class:", items(f"{text} ({n:,})" for text, n in one.other_answers.items())]
    return together(*parts)


def _class_table(found: Classified) -> Markup:
    head = ["class", "rows", "said", "precision", "recall", f"F{number(found.beta)}"]
    rows = [
        [c.name, c.support, c.predicted, _told(c.precision), _told(c.recall), _told(c.f_beta)] for c in found.classes
    ]
    return table(head, rows, row_heads=True, right=range(1, 6), caption="Each class against all others")


def _confusion(found: Classified, classes: Sequence[str]) -> Markup:
    others = [OTHER] if found.others else []
    rows = []
    for n, name in enumerate(classes):
        cells: list[Any] = [name]
        for m, count in enumerate(found.confusion[n][: len(classes) + len(others)]):
            mood: Mood = "good" if m == n else "bad"
            cells.append(badge(number(count), mood) if count else 0)
        rows.append(cells)
    head = ["is \\ was said", *classes, *others]
    return table(head, rows, row_heads=True, right=range(1, len(head)), caption="What was said for what")


def _changes(comparison: Comparison, model: str) -> Markup:
    parts: list[str] = []
    for word, better in (("Wrong now", False), ("Right now", True)):
        rows = comparison.changed(model, better=better)
        parts.append(heading(f"{word}: {len(rows):,} of {len(comparison.compared):,} rows"))
        none = "None that was wrong before." if better else "None that was right before."
        parts.append(_rows(comparison, rows) if rows else none)
    return together(*parts)


def _answers(comparison: Comparison) -> Markup:
    """Rows on which models differ come first."""
    columns = list(comparison.samples.values())

    def same(n: int) -> bool:
        return len({column[n].answer for column in columns}) == 1

    order = sorted(range(len(comparison.rows)), key=lambda n: (same(n), n))
    differ = sum(not same(n) for n in order)
    text = f"Models differ on {differ:,} of {len(order):,} rows, which come first." if len(columns) > 1 else ""
    return together(*([text] if text else []), _rows(comparison, order))


def _rows(comparison: Comparison, chosen: Sequence[int]) -> Markup:
    rows = []
    for n in chosen[:_MOST]:
        asked = comparison.rows[n]
        cells: list[Any] = [asked.line, _text(asked_text(asked.prompt)), _text(str(asked.wanted))]
        rows.append([*cells, *(_cell(samples[n]) for samples in comparison.samples.values())])
    rest = len(chosen) - len(rows)
    more = note(f"{rest:,} more rows stand in the JSON file beside this page.") if rest > 0 else Markup("")
    return table(["row", "asked", "wanted", *comparison.models], rows) + more


def _cell(sample: Any) -> Markup:
    if sample.answer is None:
        return badge("no answer", "note")
    chance = next(iter(sample.probabilities.values()), None)
    told = f" {chance:.2f}" if chance is not None else ""
    return _text(sample.answer) + badge(
        ("right" if sample.right else "wrong") + told, "good" if sample.right else "bad"
    )


def _text(text: str) -> Markup:
    """A text; of a long one, the beginning, and the whole to be opened."""
    if len(text) <= 400:
        return quoted(text)
    return quoted(f"{text[:300]}…") + details(f"all {len(text):,} characters", quoted(text))


def _told(measure: Measure) -> Any:
    return (
        _share(measure.value) if measure.value is not None else Markup('<span title="{}">–</span>').format(measure.why)
    )


def _share(value: float) -> float:
    return round(value, 3)


def _tokens(one: Judged) -> float | None:
    return round(one.tokens, 1) if one.tokens is not None else None
