"""How often answers are right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep import DataError

PREDICTED, TRUTH = [[1, 2], [0, 5], [4, 2]], [[1, 1], [0, 5], [4, 2]]


def test_the_worked_case_of_the_guide_comes_out() -> None:
    # https://beta.openai.com/docs/guides/fine-tuning of 2022, "Analyzing your fine-tuned model"
    assert round(ftprep.sequence_accuracy(PREDICTED, TRUTH), 2) == 0.67
    assert round(ftprep.token_accuracy(PREDICTED, TRUTH), 2) == 0.83


def test_tokens_that_only_one_side_has_are_wrong() -> None:
    assert ftprep.token_accuracy([["a"], ["b", "c", "d"]], [["a", "b"], ["b"]]) == 0.4
    assert ftprep.sequence_accuracy(["ab", ("a", "b")], [["a", "b"], ["a"]]) == 0.5


@pytest.mark.parametrize(
    ("predicted", "truth", "line"),
    [
        pytest.param(
            [[1]],
            [[1], [2]],
            "there are 1 predictions for 2 answers; give one for each, in the same order",
            id="too few",
        ),
        pytest.param([], [], "there is no answer to be compared; give at least one", id="none"),
        pytest.param([[]], [[]], "there is no token to be compared; give answers that are not empty", id="empty ones"),
    ],
)
def test_what_cannot_be_compared_is_one_line(predicted, truth, line: str) -> None:
    with pytest.raises(DataError) as caught:
        ftprep.token_accuracy(predicted, truth)
    assert str(caught.value) == line


ANSWERS = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=4), min_size=1, max_size=6)


@given(st.data(), ANSWERS)
def test_both_are_shares_and_one_only_where_all_is_right(data: st.DataObject, truth) -> None:
    predicted = [data.draw(st.permutations(one)) for one in truth]
    whole, tokens = ftprep.sequence_accuracy(predicted, truth), ftprep.token_accuracy(predicted, truth)
    assert 0 <= whole <= 1
    assert 0 <= tokens <= 1
    assert (whole == 1) is (tokens == 1) is (predicted == truth)
