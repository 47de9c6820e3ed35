"""Scores of classifiers: against scikit-learn, and where there is nothing to be told."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftprep import DataError
from ftprep.remote.scores import Measure, Point, auprc, auroc, best_threshold, classified

law = settings(deadline=None, derandomize=True, max_examples=150)
NAMES = ["yes", "no", "perhaps"]
pairs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([*NAMES, "nonsense"])), min_size=1, max_size=40)
ranked = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5000001, 0.9, 1.0])), min_size=1,
                  max_size=40)  # fmt: skip


@law
@given(rows=pairs, beta=st.sampled_from([0.5, 1.0, 2.0]))
def test_classes_are_scored_as_scikit_learn_scores_them(rows, beta) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth, said = [list(column) for column in zip(*rows, strict=True)]
    found = classified(truth, said, NAMES, beta=beta)
    assert found.accuracy == pytest.approx(metrics.accuracy_score(truth, said))
    weighted = metrics.f1_score(truth, said, average="weighted", zero_division=0)
    assert found.weighted_f1 == pytest.approx(weighted)
    told = metrics.precision_recall_fscore_support(truth, said, labels=NAMES, beta=beta, zero_division=0)
    for n, one in enumerate(found.classes):
        ours = [one.precision.value or 0.0, one.recall.value or 0.0, one.f_beta.value or 0.0, one.support]
        assert ours == pytest.approx([float(column[n]) for column in told])
    table = metrics.confusion_matrix(truth, said, labels=[*NAMES, "nonsense"])
    assert [list(row) for row in found.confusion] == table[:3].tolist()
    assert found.others == said.count("nonsense")


@law
@given(rows=ranked)
def test_areas_are_those_of_scikit_learn_with_ties_too(rows) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    positive, score = [list(column) for column in zip(*rows, strict=True)]
    if any(positive):
        assert auprc(positive, score).value == pytest.approx(metrics.average_precision_score(positive, score))
    if len(set(positive)) == 2:
        assert auroc(positive, score).value == pytest.approx(metrics.roc_auc_score(positive, score))


@law
@given(rows=ranked, beta=st.sampled_from([0.5, 1.0, 2.0]))
def test_the_threshold_has_the_best_f_of_all_and_what_it_says_is_so(rows, beta) -> None:
    positive, score = [list(column) for column in zip(*rows, strict=True)]
    found = best_threshold(positive, score, beta=beta)
    if not any(positive):
        assert found is None
        return
    assert found is not None

    def at(threshold):
        said = ["yes" if value >= threshold else "no" for value in score]
        return classified(["yes" if one else "no" for one in positive], said, NAMES, beta=beta).classes[0]

    assert found.f_beta == pytest.approx(at(found.threshold).f_beta.value)
    assert (found.precision, found.recall) == (at(found.threshold).precision.value, at(found.threshold).recall.value)
    assert found.f_beta >= max(at(threshold).f_beta.value for threshold in score) - 1e-9


@law
@given(rows=ranked)
def test_turning_the_scores_round_turns_the_area_round(rows) -> None:
    positive, score = [list(column) for column in zip(*rows, strict=True)]
    there, back = auroc(positive, score).value, auroc(positive, [-value for value in score]).value
    assert there is back is None or there + back == pytest.approx(1)


def test_a_small_table_by_hand() -> None:
    found = classified(["a", "a", "a", "b"], ["a", "a", "b", "x"], ["a", "b"], beta=2)
    assert (found.accuracy, found.confusion, found.others) == (0.5, ((2, 1, 0), (0, 0, 1)), 1)
    a, b = found.classes
    assert (a.precision.value, a.recall.value, a.support, a.predicted) == (1.0, 2 / 3, 3, 2)
    assert a.f_beta.value == pytest.approx(5 * 1 * (2 / 3) / (4 * 1 + 2 / 3))
    assert (b.precision.value, b.recall.value, b.f_beta.value) == (0.0, 0.0, 0.0)


def test_what_cannot_be_told_has_a_reason_and_is_never_nan() -> None:
    found = classified(["a", "a"], ["b", "b"], ["a", "b", "c"])
    a, b, c = found.classes
    assert (a.precision, a.recall, a.f_beta) == (Measure(None, "it was never said"), Measure(0.0), Measure(0.0))
    assert (b.precision, b.recall) == (Measure(0.0), Measure(None, "no row is of this class"))
    assert c.f_beta == Measure(None, "no row is of this class, and it was never said")
    assert found.weighted_f1 == 0.0
    assert auroc([True, True], [0.1, 0.2]) == Measure(None, "all rows are positive")
    assert auroc([False], [0.1]) == Measure(None, "no row is positive")
    assert auprc([False], [0.1]) == Measure(None, "no row is positive")
    assert auprc([True], [0.1]) == Measure(1.0)
    assert best_threshold([True, False], [0.7, 0.2]) == Point(0.7, 1.0, 1.0, 1.0)


def test_one_class_alone_has_a_weighted_f1() -> None:
    assert classified(["a", "a"], ["a", "x"], ["a"]).weighted_f1 == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        pytest.param(lambda: classified([], [], ["a"]), "there is no row to be compared; give at least one", id="none"),
        pytest.param(
            lambda: classified(["a"], [], ["a"]), "there are 0 answers for 1 rows; give one for each", id="fewer"
        ),
        pytest.param(
            lambda: classified(["z"], ["a"], ["a"]),
            "the class 'z' is not among those named; name all classes",
            id="unknown",
        ),
        pytest.param(
            lambda: auroc([True], [math.nan]), "a score is no number; leave rows without a score out", id="nan"
        ),
    ],
)
def test_what_cannot_be_compared_is_said(call, says) -> None:
    with pytest.raises(DataError) as raised:
        call()
    assert str(raised.value) == says
