"""`ftprep.compare`: several models asked the same rows, which none of them should have been trained with."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ..errors import DataError, Problem, RecipeError, RemoteError, did_you_mean
from ..registry import Registry
from ..steps import Session, Split
from .asking import CONCURRENCY
from .heldout import HELD_OUT, Asked, Trained, asked_text
from .judging import Judged, classes_of, judged, positive_of
from .ledger import Ledger
from .reaching import Reach
from .sampling import Asking, Sample, answers_of, unanswered

if TYPE_CHECKING:
    import pandas

FORMAT = 1
"""The version of the JSON file."""
Told = Callable[[str, int, int], None]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Models side by side. The first one is what the others are held against."""

    run: Path
    output: str
    split: Split
    params: Mapping[str, Any]
    rows: tuple[Asked, ...]
    samples: Mapping[str, tuple[Sample, ...]]
    """Model -> its answer to each row."""
    judged: tuple[Judged, ...]
    """By the rows that all models have answered."""
    classes: tuple[str, ...] = ()
    """None: the answers are texts."""
    positive: str | None = None
    """The class that the threshold is for."""
    problems: tuple[Problem, ...] = ()
    """Rows without an answer, and what else is to be said."""

    @property
    def models(self) -> tuple[str, ...]:
        """Their names, in the order given."""
        return tuple(self.samples)

    @property
    def compared(self) -> list[int]:
        """The rows (from 0) that all models have answered."""
        return _answered(list(self.samples.values()))

    def changed(self, model: str, *, better: bool = False) -> list[int]:
        """The rows (from 0) that the first model had right and this one has wrong; `better`: the other way round."""
        first, other = self.samples[self.models[0]], self.samples[model]
        return [n for n in self.compared if first[n].right is not better and other[n].right is better]

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each row that was asked: its place, the wanted answer, and of each model answer and right."""
        import pandas

        frame = pandas.DataFrame({
            "file": [row.file for row in self.rows], "line": [row.line for row in self.rows],
            "asked": [asked_text(row.prompt) for row in self.rows], "wanted": [row.wanted for row in self.rows],
        })  # fmt: skip
        for model, samples in self.samples.items():
            frame[f"{model}: answer"] = [one.answer for one in samples]
            frame[f"{model}: right"] = pandas.array([one.right for one in samples], dtype="boolean")
            for name in self.classes if any(one.probabilities for one in samples) else ():
                frame[f"{model}: p({name})"] = [one.probabilities.get(name) for one in samples]
        return frame

    def as_json(self) -> dict[str, Any]:
        """All of it, as the file beside the report has it."""
        told = [{**msgspec.to_builtins(one), "exact": one.exact} for one in self.judged]
        worse = {model: [self.rows[n].place for n in self.changed(model)] for model in self.models[1:]}
        better = {model: [self.rows[n].place for n in self.changed(model, better=True)] for model in self.models[1:]}
        return {
            "format": FORMAT, "run": self.run.as_posix(), "output": self.output, "split": self.split,
            "params": dict(self.params), "models": list(self.models), "classes": list(self.classes),
            "positive": self.positive, "compared": len(self.compared), "judged": told, "worse": worse, "better": better,
            "rows": [row.as_json() for row in self.rows],
            "samples": {model: list(map(_said, samples)) for model, samples in self.samples.items()},
        }  # fmt: skip

    @property
    def path(self) -> Path:
        """Where the report goes, unless another place is named: beside the run folder, which a new run replaces."""
        asked = json.dumps([self.output, self.split, self.models, self.params, len(self.rows)], default=str)
        name = re.sub(r"[^A-Za-z0-9.]+", "-", self.models[-1]).strip("-.")[:48]
        hash_ = hashlib.sha256(asked.encode()).hexdigest()[:6]
        run = self.run if self.run.name not in ("", "..") else self.run.resolve()
        return run.with_name(f"{run.name}.results") / f"compare-{name}-{hash_}.html"

    def report(self, path: Path | str | None = None) -> Path:
        """Writes the page, and all numbers and answers as JSON beside it; returns the page. Raises OutputError."""
        from .compare_page import page_of
        from .results_page import write

        to = Path(path) if path is not None else self.path
        text = json.dumps(self.as_json(), indent=1, default=str)
        write(to.with_suffix(".json"), f"{text}\n")
        return write(to, page_of(self))

    def _repr_html_(self) -> str:
        from .notebook import comparison_html

        return comparison_html(self)


def compare(
    models: Sequence[str] | str,
    run_dir: Path | str,
    *,
    output: str | None = None,
    split: Split | None = None,
    rows: int | None = None,
    params: Mapping[str, Any] | None = None,
    beta: float = 1.0,
    positive: str | None = None,
    concurrency: int = CONCURRENCY,
    fresh: bool = False,
    registry: Registry | None = None,
    session: Session | None = None,
    ledger: Ledger | None = None,
    via: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> Comparison:
    """Asks models the rows that a run held out, and holds their answers against the right ones and each other.

    `split` is the validation rows, or the test rows where there are none; `rows` takes so many from all over it.
    `positive` is the class that AUROC, AUPRC and the threshold are for (of two classes the rarer one), `beta` how much
    more recall counts than precision. `params` are arguments beside the contract's, such as `{"temperature": 0}`.
    What was answered before is not asked again, unless `fresh`.

    Raises RecipeError, DataError, and RemoteError where a model answers nothing.
    """
    reach = Reach(registry=registry, session=session, ledger=ledger, via=via, options=options)
    trained = Trained(run_dir, output, registry=reach.registry)
    asking = Asking(params=params or {}, concurrency=concurrency, fresh=fresh)
    named = [models] if isinstance(models, str) else list(models)
    return compared(named, trained, held_out(trained, split), rows, reach, asking, beta=beta, positive=positive)


def held_out(trained: Trained, split: Split | None) -> Split:
    """The split that is meant. Raises RecipeError where nothing was held out."""
    found = split or next((one for one in HELD_OUT if one in trained.splits), None)
    if found is None:
        hint = "run the recipe again with 'split: {validation: 10%}', or name --split train"
        raise RecipeError("the run held no rows out", hint=hint, file=trained.folder.as_posix())
    return found


def compared(
    models: Sequence[str],
    trained: Trained,
    split: Split,
    most: int | None,
    reach: Reach,
    asking: Asking,
    *,
    beta: float = 1.0,
    positive: str | None = None,
    told: Told | None = None,
) -> Comparison:
    """As `compare`, for a split. `told` is called with a model, how many rows it has answered, and of how many."""
    models = list(dict.fromkeys(models))
    if not models:
        raise RecipeError("no model is named", hint="name one or several")
    rows = _rows(trained, split, most)
    classes = classes_of(trained.classes, [str(row.wanted) for row in rows])
    positive = _positive(positive, classes, [str(row.wanted) for row in rows])
    samples: dict[str, tuple[Sample, ...]] = {}
    problems = [_seen(trained.path(split))] if split == "train" else []
    with reach.links(models, trained.run) as links:
        for model in models:
            found = answers_of(model, links[model], trained, rows, reach, asking, _progress(told, model, len(rows)))
            samples[model] = tuple(found)
            problems += _checked(model, found)
    both = _all_answered(samples)
    return Comparison(
        run=trained.run, output=trained.folder.name, split=split, params=asking.params, rows=tuple(rows),
        samples=samples, classes=classes, positive=positive, problems=tuple(problems),
        judged=tuple(
            judged(model, [found[n] for n in both], classes, positive=positive, beta=beta)
            for model, found in samples.items()
        ),
    )  # fmt: skip


def _said(sample: Sample) -> dict[str, Any]:
    """What was answered; what was asked stands in the rows."""
    return {key: value for key, value in sample.as_json().items() if key not in ("file", "line", "asked", "wanted")}


def _rows(trained: Trained, split: Split, most: int | None) -> list[Asked]:
    rows = [row for row in trained.rows(split, most, spread=True) if row.wanted is not None]
    if not rows:
        hint = "compare an output whose rows end with an answer"
        raise DataError("no row has an answer to compare with", hint=hint, file=trained.path(split).as_posix())
    return rows


def _positive(named: str | None, classes: Sequence[str], wanted: Sequence[str]) -> str | None:
    if named is None:
        return positive_of(classes, wanted)
    if not classes:
        raise RecipeError("the answers are no classes, so none is positive", hint="leave --positive out")
    if named not in classes:
        raise RecipeError(f"there is no class '{named}'", hint=did_you_mean(named, classes, otherwise="there are"))
    return named


def _checked(model: str, found: Sequence[Sample]) -> list[Problem]:
    """The rows that got no answer. Raises RemoteError where none got one."""
    first = found[0].error
    if first is not None and all(one.error is not None for one in found):
        named = [msgspec.structs.replace(one, message=f"{model}: {one.message}") for one in first.problems]
        raise RemoteError(*named, kind=first.kind)
    return unanswered(found, model)


def _all_answered(samples: Mapping[str, Sequence[Sample]]) -> list[int]:
    both = _answered(list(samples.values()))
    if not both:
        raise RemoteError("no row was answered by all models", hint="compare again: what was answered is kept")
    return both


def _answered(columns: Sequence[Sequence[Sample]]) -> list[int]:
    rows = zip(*columns, strict=True)
    return [n for n, row in enumerate(rows) if all(one.answer is not None for one in row)]


def _progress(told: Told | None, model: str, total: int) -> Callable[[int], None] | None:
    return (lambda done: told(model, done, total)) if told is not None else None


def _seen(path: Path) -> Problem:
    text = "these rows were trained with, so they flatter the tuned model"
    return Problem(code="FT630", level="warning", message=text, hint="compare rows that were held out",
                   file=path.as_posix())  # fmt: skip
