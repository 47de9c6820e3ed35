"""How good the answers of a classifier are. What cannot be told is None, with the reason, never NaN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from ..errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OTHER = "(other)"
"""Stands in the confusion table for answers that are no class."""


class Measure(msgspec.Struct, frozen=True):
    """A number from 0 to 1, or why there is none."""

    value: float | None
    why: str = ""


class ClassScore(msgspec.Struct, frozen=True, kw_only=True):
    """One class against all others."""

    name: str
    support: int
    """Rows that are of this class."""
    predicted: int
    """Rows that were said to be."""
    precision: Measure
    recall: Measure
    f_beta: Measure


class Classified(msgspec.Struct, frozen=True, kw_only=True):
    """The answers of one model to all rows."""

    rows: int
    accuracy: float
    weighted_f1: float
    """The classes' F1, each weighted by its rows."""
    beta: float
    """How much more recall counts than precision in `f_beta`."""
    classes: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    """A row for each class, a column for each class and one for other answers: how often it was said."""
    others: int
    """Answers that are no class."""


class Point(msgspec.Struct, frozen=True):
    """A threshold: rows whose probability is at least this are said to be positive."""

    threshold: float
    precision: float
    recall: float
    f_beta: float


def classified(truth: Sequence[str], said: Sequence[str], classes: Sequence[str], *, beta: float = 1.0) -> Classified:
    """Holds answers against the classes that are right. An answer that is none of `classes` is wrong.

    Definitions: scikit-learn's "Classification metrics"; a class that is never said has no precision, and its F is 0.
    Raises DataError where there is no row, or `classes` lacks a right one.
    """
    import numpy as np

    _comparable(len(truth), len(said))
    if missing := sorted(set(truth) - set(classes)):
        raise DataError(f"the class '{missing[0]}' is not among those named", hint="name all classes")
    at = {name: n for n, name in enumerate(classes)}
    table = np.zeros((len(classes), len(classes) + 1), dtype=np.int64)
    np.add.at(table, ([at[name] for name in truth], [at.get(name, len(classes)) for name in said]), 1)
    support, predicted, right = table.sum(axis=1), table.sum(axis=0)[:-1], np.diagonal(table)
    scores = [
        _class_score(name, int(right[n]), int(support[n]), int(predicted[n]), beta) for n, name in enumerate(classes)
    ]
    f1 = [_f(int(right[n]), int(support[n]), int(predicted[n]), 1.0) or 0.0 for n in range(len(classes))]
    return Classified(
        rows=len(truth),
        accuracy=float(right.sum() / len(truth)),
        weighted_f1=float(np.average(f1, weights=support)),
        beta=beta,
        classes=tuple(scores),
        confusion=tuple(tuple(map(int, row)) for row in table),
        others=int(table[:, -1].sum()),
    )


def auroc(positive: Sequence[bool], score: Sequence[float]) -> Measure:
    """The probability that a positive row has a higher score than a negative one; equal scores count half.

    It is the Mann-Whitney statistic; source: Hanley and McNeil, "The Meaning and Use of the Area under a ROC Curve"
    (Radiology 143, 1982).
    """
    import numpy as np

    is_positive, values = _arrays(positive, score)
    if why := _one_sided(is_positive):
        return Measure(None, why)
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    n_positive = int(is_positive.sum())
    above = rank[is_positive].sum() - n_positive * (n_positive + 1) / 2
    return Measure(float(above / (n_positive * (len(values) - n_positive))))


def auprc(positive: Sequence[bool], score: Sequence[float]) -> Measure:
    """Average precision: the area under the curve of precision over recall, in steps, without interpolation.

    As scikit-learn's `average_precision_score`. It depends on how many rows are positive: guessing gives their share.
    """
    import numpy as np

    is_positive, values = _arrays(positive, score)
    if not is_positive.any():
        return Measure(None, "no row is positive")
    _, precision, recall = _curve(is_positive, values)
    return Measure(float(np.sum(np.diff(recall, prepend=0.0) * precision)))


def best_threshold(positive: Sequence[bool], score: Sequence[float], *, beta: float = 1.0) -> Point | None:
    """The score from which on a row is best said to be positive: where F-beta is highest (of equal ones the highest
    threshold). None where no row is positive. It is fitted to these rows, so it flatters."""
    import numpy as np

    is_positive, values = _arrays(positive, score)
    if not is_positive.any():
        return None
    thresholds, precision, recall = _curve(is_positive, values)
    weight = beta * beta
    below = weight * precision + recall
    f = np.divide((1 + weight) * precision * recall, below, out=np.zeros_like(below), where=below > 0)
    n = int(np.argmax(f))
    return Point(float(thresholds[n]), float(precision[n]), float(recall[n]), float(f[n]))


def _curve(
    positive: NDArray[np.bool_], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Each different score, the highest first, with precision and recall of what is at least that."""
    import numpy as np

    order = np.argsort(-values, kind="stable")
    values, hits = values[order], np.cumsum(positive[order])
    last = np.append(np.flatnonzero(np.diff(values)), len(values) - 1)
    return values[last], hits[last] / (last + 1), hits[last] / hits[-1]


def _class_score(name: str, right: int, support: int, predicted: int, beta: float) -> ClassScore:
    f = _f(right, support, predicted, beta)
    return ClassScore(
        name=name,
        support=support,
        predicted=predicted,
        precision=Measure(right / predicted) if predicted else Measure(None, "it was never said"),
        recall=Measure(right / support) if support else Measure(None, "no row is of this class"),
        f_beta=Measure(f) if f is not None else Measure(None, "no row is of this class, and it was never said"),
    )


def _f(right: int, support: int, predicted: int, beta: float) -> float | None:
    weight = beta * beta
    whole = weight * support + predicted
    return (1 + weight) * right / whole if whole else None


def _arrays(positive: Sequence[bool], score: Sequence[float]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    import numpy as np

    _comparable(len(positive), len(score))
    values = np.asarray(score, dtype=np.float64)
    if not np.isfinite(values).all():
        raise DataError("a score is no number", hint="leave rows without a score out")
    return np.asarray(positive, dtype=bool), values


def _one_sided(positive: NDArray[np.bool_]) -> str:
    if not positive.any():
        return "no row is positive"
    return "all rows are positive" if positive.all() else ""


def _comparable(rows: int, others: int) -> None:
    if rows != others:
        raise DataError(f"there are {others:,} answers for {rows:,} rows", hint="give one for each")
    if not rows:
        raise DataError("there is no row to be compared", hint="give at least one")
