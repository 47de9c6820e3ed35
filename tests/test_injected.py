"""Into clean files each kind of defect is injected at known rows: what is found is what was injected, no more."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from injections import (
    CHAT,
    INSIDE,
    PAIRS,
    PREFERENCES,
    SHARE_GPT,
    TEXTS,
    TOOLS,
    Defect,
    Row,
    Words,
    called,
    capitals,
    chat,
    pair,
    preference,
    share_gpt,
)

import ftprep
from ftprep.registry import Registry

pytestmark = pytest.mark.files

REGISTRY = Registry.installed(block="")
ROWS, EACH = 300, 3
"""Rows of a file, and how many of them have each kind of defect."""


def as_lines(rows: Sequence[Row]) -> tuple[str, list[int]]:
    return "".join(f"{json.dumps(row)}\n" for row in rows), [*range(1, len(rows) + 1)]


def as_array(rows: Sequence[Row]) -> tuple[str, list[int]]:
    return json.dumps(rows, indent=1), [*range(1, len(rows) + 1)]


def as_table(rows: Sequence[Row]) -> tuple[str, list[int]]:
    """A row is named by the line on which it begins; cells of this file have lines of their own."""
    file, starts = io.StringIO(newline=""), []
    table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    table.writeheader()
    for row in rows:
        starts.append(file.getvalue().count("\n") + 1)
        table.writerow(row)
    return file.getvalue(), starts


class Kind(NamedTuple):
    """A kind of file: how its clean rows are made, how they are written, and what may be wrong with them."""

    name: str
    make: Callable[[Words], Row]
    text: Callable[[Sequence[Row]], tuple[str, list[int]]]
    defects: Mapping[str, tuple[Defect, str]]


KINDS = {
    "chat": Kind("data.jsonl", chat, as_lines, {**CHAT, **TEXTS}),
    "tool calls": Kind("data.jsonl", called, as_lines, {**TOOLS, **TEXTS}),
    "ShareGPT": Kind("data.json", share_gpt, as_array, {**SHARE_GPT, **TEXTS}),
    "prompt and completion": Kind("data.csv", pair, as_table, {**PAIRS, **TEXTS}),
    "marks inside": Kind("data.csv", pair, as_table, INSIDE),
    "preference": Kind("data.jsonl", preference, as_lines, {**PREFERENCES, **TEXTS}),
}
COPIES: dict[str, tuple[Defect, str]] = {
    "a copy": (lambda row, words: None, "FT373"),
    "a copy in capitals": (capitals, "FT374"),
}


def found(kind: Kind, rows: Sequence[Row], folder: Path) -> list[tuple[str, int]]:
    """(code, row) of everything that is found; rows count from 0, and -1 is the file, whose advice is left out."""
    text, numbers = kind.text(rows)
    path = folder / kind.name
    path.write_text(text, encoding="utf-8", newline="")
    places = [(one.code, one.source, one.level) for one in ftprep.check(path, registry=REGISTRY)]
    return sorted(
        (code, numbers.index(source.first) if source is not None else -1)
        for code, source, level in places
        if source is not None or level != "advice"
    )


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_nothing_is_found_in_a_clean_file(kind: Kind, tmp_path: Path) -> None:
    words = Words(1)
    assert found(kind, [kind.make(words) for _ in range(ROWS)], tmp_path) == []


@pytest.mark.parametrize("seed", [2, 3], ids=lambda seed: f"seed {seed}")
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_all_that_was_injected_is_found_at_its_rows_and_no_more(kind: Kind, seed: int, tmp_path: Path) -> None:
    words = Words(seed)
    rows = [kind.make(words) for _ in range(ROWS)]
    free = words.random.sample(range(ROWS), ROWS)
    injected: list[tuple[str, int]] = []
    for defect, codes in kind.defects.values():
        for _ in range(EACH):
            n = free.pop()
            defect(rows[n], words)
            injected += [(code, n) for code in codes.split() if code[-1] != "*"]
    for defect, code in COPIES.values():
        for _ in range(EACH):
            first, second = sorted([free.pop(), free.pop()])
            rows[second] = copy.deepcopy(rows[first])
            defect(rows[second], words)
            injected.append((code, second))
    whole = {code[:-1] for _, codes in kind.defects.values() for code in codes.split() if code[-1] == "*"}
    injected += [(code, -1) for code in whole]
    assert found(kind, rows, tmp_path) == sorted(injected)
