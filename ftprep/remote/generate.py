"""Asking a model what steps want to put into examples, and filling the file that a run reads."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ..errors import DataError, FindingsError, OutputError, Problem, RemoteError, refusal
from ..steps import Answer
from .answers import Answers
from .asking import ask_all
from .link import Link
from .prompts import Batch

SLICE, CAREFUL = 64, 8
"""Prompts that are asked before it is looked whether to go on; the second where costs are limited."""
SAVE = 10.0
"""Seconds after which answers are written into the file, at the latest with the slice that is asked then."""


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a batch."""

    answered: int
    cut: int = 0
    """Answers that ended only because they were too long."""
    errors: tuple[RemoteError, ...] = ()
    """One for each prompt that got no answer."""
    left: int = 0
    """Prompts that were not asked, for the costs."""
    usd: float | None = None
    """What the answers cost, by the tokens that the service counted; those that were kept from an earlier call are
    counted as if they were asked again."""


def check_cost(batch: Batch, max_cost: float | None) -> None:
    """Raises FindingsError where asking would cost more, as far as it is known before, or nothing is known."""
    if max_cost is None:
        return
    usd = batch.usd_most if batch.usd_most is not None else batch.usd
    if usd is None:
        text = f"what {batch.model} costs is not known, so it cannot be held under --max-cost"
        hint = "leave --max-cost out, or give the step its 'prices'"
        raise FindingsError(Problem(code="FT641", message=text, hint=hint))
    if usd > max_cost:
        text = f"asking {batch.model} would cost about {usd:,.4f} USD, more than {max_cost:,.4f} (--max-cost)"
        hint = "allow more, or take fewer rows with --limit"
        raise FindingsError(Problem(code="FT641", message=text, hint=hint))


def fill(
    batch: Batch,
    link: Link,
    *,
    cache: Answers | None = None,
    max_cost: float | None = None,
    fresh: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Filled:
    """Asks, and writes the answers into the file; whatever ends it, those that were got are kept.

    `cache` gives what was answered before a crash, unless `fresh`. After `max_cost` (USD) nothing more is asked.
    """
    keys = list(batch.questions)
    got: dict[str, Answer] = {}
    errors: list[RemoteError] = []
    asked, spent, saved = 0, 0.0, link.session.now()
    try:
        while asked < len(keys) and not errors and (max_cost is None or spent < max_cost):
            some = keys[asked : asked + (SLICE if max_cost is None else CAREFUL)]
            questions = [batch.questions[key] for key in some]
            told = _later(progress, asked)
            replies = ask_all(link, questions, cache=cache, fresh=fresh, progress=told)
            asked += len(some)
            for key, reply in zip(some, replies, strict=True):
                if isinstance(reply, Answer):
                    got[key] = reply
                    spent += _cost(reply, batch)
                else:
                    errors.append(reply)
            if link.session.now() - saved >= SAVE:
                write_answers(batch, got)
                saved = link.session.now()
    finally:
        if got:
            write_answers(batch, got)
    cut = sum(answer.finish == "length" for answer in got.values())
    usd = spent if batch.prices is not None else None
    return Filled(answered=len(got), cut=cut, errors=tuple(errors), left=len(keys) - asked, usd=usd)


def _later(progress: Callable[[int], None] | None, before: int) -> Callable[[int], None] | None:
    return None if progress is None else lambda done: progress(before + done)


def _cost(answer: Answer, batch: Batch) -> float:
    if answer.tokens is None or batch.prices is None:
        return 0.0
    return sum(count * price for count, price in zip(answer.tokens, batch.prices, strict=True)) / 1e6


def write_answers(batch: Batch, got: Mapping[str, Answer]) -> None:
    """Adds answers to the file, whole or not at all; its rows are sorted, so that it changes little in a history.
    Raises OutputError, DataError for a file that holds something else."""
    rows = _rows(batch)
    for key, answer in got.items():
        question = batch.questions[key]
        row = {"key": key, "model": question.model, "asked": question.arguments, "answer": answer.text}
        rows[key] = {**row, "finish": answer.finish} if answer.finish not in ("", "stop") else row
    lines = [msgspec.json.encode(rows[key], order="deterministic") + b"\n" for key in sorted(rows)]
    beside = batch.file.with_name(f".{batch.file.name}.new")
    try:
        with beside.open("wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(batch.file)
    except OSError as error:
        why = refusal(error)
        raise OutputError(f"cannot be written ({why})", hint="check the folder", file=batch.name) from error


def _rows(batch: Batch) -> dict[str, dict[str, Any]]:
    try:
        lines = batch.file.read_bytes().splitlines()
        return {row["key"]: row for line in lines if line.strip() for row in [msgspec.json.decode(line)]}
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, KeyError, TypeError, OSError) as error:
        hint = "name another file for the answers in the recipe"
        raise DataError("this is no file of answers, so none is added to it", hint=hint, file=batch.name) from error
