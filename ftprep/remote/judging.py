"""What the answers of one model are worth: as classes where they are labels, else as texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

import msgspec

from .sampling import Sample
from .scores import Classified, Measure, Point, auprc, auroc, best_threshold, classified

_MOST_CLASSES, _LONGEST = 20, 60
"""Different answers, and characters of one, up to which answers are taken for labels where no contract says so."""


class Areas(msgspec.Struct, frozen=True, kw_only=True):
    """How well the probability of one class tells its rows from the others."""

    name: str
    auroc: Measure
    auprc: Measure
    share: float
    """Of the rows that are of this class: the AUPRC of guessing."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One model, judged by rows that all models have answered."""

    model: str
    rows: int
    right: int
    """Answers that are just what is wanted."""
    characters: float
    """Mean length of an answer."""
    tokens: float | None
    """Mean tokens of an answer, where the service tells."""
    cut: int
    """Answers that were ended by their length."""
    classes: Classified | None = None
    with_probabilities: int = 0
    """Rows whose answer came with probabilities: the areas are of these."""
    areas: tuple[Areas, ...] = ()
    threshold: Point | None = None
    """Of the positive class."""
    other_answers: Mapping[str, int] = {}
    """Answers that are no class, the most frequent ones."""

    @property
    def exact(self) -> float:
        """The share of answers that are just what is wanted."""
        return self.right / self.rows


def classes_of(labels: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """The classes, or none where the answers are texts: the labels that the contract knows, or, where it knows none,
    the wanted answers if they are few, short, and come again."""
    if labels:
        return tuple(dict.fromkeys([*labels, *sorted(set(wanted))]))
    found = sorted(set(wanted))
    few = 2 <= len(found) <= min(_MOST_CLASSES, len(wanted) // 2)
    return tuple(found) if few and all(len(one) <= _LONGEST and "\n" not in one for one in found) else ()


def positive_of(classes: Sequence[str], wanted: Sequence[str]) -> str | None:
    """Of two classes the rarer one, which is the one that is looked for; None where there are more."""
    count = Counter(wanted)
    return min(classes, key=lambda name: (count[name], name)) if len(classes) == 2 else None


def judged(
    model: str, samples: Sequence[Sample], classes: Sequence[str], *, positive: str | None = None, beta: float = 1.0
) -> Judged:
    """Judges answers to rows whose right answers are known; each has an answer."""
    wanted = [str(one.asked.wanted) for one in samples]
    said = [str(one.answer) for one in samples]
    tokens = [one.tokens[1] for one in samples if one.tokens is not None]
    scored = [one for one in samples if one.probabilities]
    names = [positive] if positive is not None and len(classes) == 2 else list(classes)
    others = Counter(text for text in said if text not in set(classes)) if classes else Counter[str]()
    return Judged(
        model=model,
        rows=len(samples),
        right=sum(one.right is True for one in samples),
        characters=fmean(map(len, said)),
        tokens=fmean(tokens) if tokens else None,
        cut=sum(one.finish == "length" for one in samples),
        classes=classified(wanted, said, classes, beta=beta) if classes else None,
        with_probabilities=len(scored) if classes else 0,
        areas=tuple(_areas(name, scored) for name in names) if classes and scored else (),
        threshold=_threshold(positive, scored, beta) if classes and scored and positive is not None else None,
        other_answers=dict(others.most_common(5)),
    )


def _of(name: str, samples: Sequence[Sample]) -> tuple[list[bool], list[float]]:
    return [one.asked.wanted == name for one in samples], [one.probabilities.get(name, 0.0) for one in samples]


def _areas(name: str, samples: Sequence[Sample]) -> Areas:
    is_it, chance = _of(name, samples)
    return Areas(name=name, auroc=auroc(is_it, chance), auprc=auprc(is_it, chance), share=fmean(is_it))


def _threshold(name: str, samples: Sequence[Sample], beta: float) -> Point | None:
    return best_threshold(*_of(name, samples), beta=beta)
