"""Answers of models that steps put into examples: a file holds them, so that a run asks nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ..errors import DataError
from ..example import Row
from ..template import as_text

if TYPE_CHECKING:
    from .base import StepRun
    from .remote import Question

UNANSWERED = "examples without an answer"
"""The tally of a step whose file lacks answers."""


class AnswerFile(msgspec.Struct, frozen=True, kw_only=True):
    """Where a step finds what a model said, and who is asked for what it does not find: `Step.answer_file`."""

    path: str
    """Relative to the recipe, as the option typed InPath that names it. JSON Lines: `key`, `answer`, and for people
    `model` and `asked`."""
    needed: bool = True
    """A run in which an answer is missing fails."""
    via: str | None = None
    """The uploader; None: that of the plugin that knows the model."""
    options: Mapping[str, Any] = {}
    """The uploader's options."""
    prices: Mapping[str, float] = {}
    """USD for a million tokens, `input` and `output`, where the user knows them; else those of the model's facts."""


class Wanted:
    """What a step asked its file for while 'ftprep generate' listened."""

    def __init__(self) -> None:
        self.missing: dict[str, Question] = {}
        """Key -> the question, in the order of the input."""
        self.found: set[str] = set()
        """Keys of questions that have an answer."""


def answer_key(question: Question) -> str:
    """The name of a question in a file of answers: equal where model, arguments and shape are."""
    asked = [question.shape, question.model, dict(question.arguments)]
    return hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()[:32]


def answers_in(rows: Iterable[Row], path: str) -> dict[str, str]:
    """Key -> answer, of the rows of a file; none where there is no file yet. Raises DataError for rows that are not
    such."""
    found: dict[str, str] = {}
    try:
        for number, row in enumerate(rows, 1):
            if "key" not in row or "answer" not in row:
                text = f"row {number} has not the columns key and answer"
                raise DataError(text, hint="'ftprep generate' writes this file; name another one for it", file=path)
            found[as_text(row["key"])] = as_text(row["answer"])
    except DataError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
    return found


def look_up(run: StepRun, question: Question, path: str) -> str | None:
    """The answer in a file; what is not there is counted, and told to whoever listens."""
    known = run.once(f"answers in {path}", lambda: answers_in(run.rows(path), path))
    key = answer_key(question)
    answer = known.get(key)
    if answer is None:
        run.tally(UNANSWERED)
    if run.wanted is not None and answer is None:
        run.wanted.missing.setdefault(key, question)
    elif run.wanted is not None:
        run.wanted.found.add(key)
    return answer
