"""How often answers are right: whole sequences, and tokens one by one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import zip_longest

from ..errors import DataError

Tokens = Sequence[Hashable]
_NONE = object()


def sequence_accuracy(predicted: Sequence[Tokens], truth: Sequence[Tokens]) -> float:
    """The share of answers (0 to 1) whose tokens are all right. Raises DataError where there are not as many
    predictions as answers, or none."""
    _comparable(predicted, truth)
    return sum(list(made) == list(right) for made, right in zip(predicted, truth, strict=True)) / len(truth)


def token_accuracy(predicted: Sequence[Tokens], truth: Sequence[Tokens]) -> float:
    """The share of tokens (0 to 1) that are right at their place, of all answers together; a token that only one of
    both has is wrong. Raises DataError where there is nothing to be compared."""
    _comparable(predicted, truth)
    pairs = [
        made == right
        for one, other in zip(predicted, truth, strict=True)
        for made, right in zip_longest(one, other, fillvalue=_NONE)
    ]
    if not pairs:
        raise DataError("there is no token to be compared", hint="give answers that are not empty")
    return sum(pairs) / len(pairs)


def _comparable(predicted: Sequence[Tokens], truth: Sequence[Tokens]) -> None:
    if len(predicted) != len(truth):
        text = f"there are {len(predicted):,} predictions for {len(truth):,} answers"
        raise DataError(text, hint="give one for each, in the same order")
    if not truth:
        raise DataError("there is no answer to be compared", hint="give at least one")
