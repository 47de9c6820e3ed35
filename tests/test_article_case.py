"""The article's case: 37,561 labelled pairs, of which 14 are duplicates, as openai 0.28.1 `fine_tunes.prepare_data -q`
saw them, and what it did not see.

THEY_SAID is what that tool printed of this very file: it was run on it. Its rows count from 0 without the header, ours
are those of the file.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

import ftprep
from ftprep.doctor.found import Found
from ftprep.registry import Registry

pytestmark = pytest.mark.files

HEADER = 2
"""The first row of data is line 2 of the file, and row 0 of the old tool."""
_WORDS = (
    "river", "stone", "paper", "lamp", "garden", "window", "bread", "winter", "signal", "harbour", "copper", "meadow",
)  # fmt: skip
Pairs = Sequence[tuple[str, str]]


class Facts(NamedTuple):
    """What is said of the file, and what is written."""

    pairs: int
    task: str
    duplicates: tuple[int, ...]
    separator: str
    space: bool
    flags: str
    files: tuple[tuple[str, int], ...]


THEY_SAID = Facts(
    pairs=37561,  # "Your file contains 37561 prompt-completion pairs"
    task="classification",  # "it seems like you're trying to fine-tune a model for classification"
    duplicates=(  # "There are 14 duplicated prompt-completion sets. These are rows: …"
        5060, 5339, 5868, 6236, 7001, 9828, 11721, 17899, 18906, 24050, 25312, 25694, 26888, 35817,
    ),
    separator=" ->",  # "Add a suffix separator ` ->` to all prompts"
    space=True,  # "Add a whitespace character to the beginning of the completion"
    flags='--compute_classification_metrics --classification_positive_class " false"',
    files=(("article_prepared_train.jsonl", 36547), ("article_prepared_valid.jsonl", 1000)),
)  # fmt: skip


def article() -> list[tuple[str, str]]:
    """Statements, each true or false; 14 stand there twice."""
    rng = random.Random(37561)
    pairs = [
        (f"Statement {n}: the {rng.choice(_WORDS)} is older than the {rng.choice(_WORDS)}", _truth(rng))
        for n in range(37547)
    ]
    for place in sorted(rng.sample(range(1000, 37561), 14)):
        pairs.insert(place, pairs[rng.randrange(place)])
    return pairs


def _truth(rng: random.Random) -> str:
    return rng.choices(["false", "true"], [6, 4])[0]


def written(path: Path, pairs: Pairs) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("prompt", "completion"), *pairs])
    return path


def read(path: Path) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [(row["prompt"], row["completion"]) for row in rows]


def completions(path: Path) -> Counter[str]:
    return Counter(completion for _, completion in read(path))


class Mended(NamedTuple):
    """What `ftprep check FILE --fix --yes` left."""

    folder: Path
    out: str


@pytest.fixture(scope="module")
def article_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("article") / "article.csv", article())


@pytest.fixture(scope="module")
def found(article_file: Path) -> Found:
    return ftprep.check(article_file, registry=Registry.installed(block=""))


@pytest.fixture(scope="module")
def mended(article_file: Path) -> Mended:
    command = [sys.executable, "-m", "ftprep", "check", article_file.name, "--fix", "--yes"]
    done = subprocess.run(
        command, cwd=article_file.parent, capture_output=True, check=True, timeout=300, encoding="utf-8"
    )
    return Mended(article_file.parent, done.stdout)


def rows(found: Found, code: str) -> list[int]:
    return sorted(one.source.first for one in found if one.code == code and one.source is not None)


def changes(found: Found) -> dict[str, str]:
    return {group.code: group.fix.change for group in found.groups if group.fix is not None}


def test_check_says_all_that_the_old_tool_said(found: Found) -> None:
    figures = found.figures["openai_completion"]
    assert (found.kind, found.rows, found.usable) == ("prompt/completion", THEY_SAID.pairs, THEY_SAID.pairs)
    assert figures["completions"]["task"] == THEY_SAID.task
    assert rows(found, "FT373") == [row + HEADER for row in THEY_SAID.duplicates]
    assert changes(found) == {
        "FT373": "Keep only the first of equal examples",
        "FT487": f"End each prompt with {THEY_SAID.separator!r}",
        "FT495": "Begin each completion with one space",
        "FT304": "Hold out a share of each class for validation",
    }
    assert {one.message for one in found if one.code == "FT487"} == {"the prompts have no separator"}
    assert {one.message for one in found if one.code == "FT495"} == {"the completions do not begin with a space"}
    assert (figures["completions"]["classes"], figures["completions"]["positive_class"]) == (2, "false")
    assert found.errors == []


def test_mending_says_and_writes_what_the_old_tool_did(mended: Mended) -> None:
    assert mended.out.splitlines()[:9] == [
        "changes:",
        "  Keep only the first of equal examples",
        "  Begin each completion with one space",
        f"  End each prompt with {THEY_SAID.separator!r}",
        "  Hold out a share of each class for validation",
        "  leave out 14 rows (14 duplicate)",
        "wrote article_prepared_train.jsonl: the training file",
        "wrote article_prepared_valid.jsonl: the validation file",
        f"at inference: end the prompt with {THEY_SAID.separator!r}",
    ]
    told = "37,547 prompts with their completions, taken for classification."
    assert f"  completions (openai_completion): {told}\n    All prompts end with ' ->'.\n" in mended.out
    assert f", flags of fine_tunes.create {THEY_SAID.flags}\n" in mended.out
    for name, lines in THEY_SAID.files:  # it held out 1,000; so many of each class are 2 fewer
        assert sum(completions(mended.folder / name).values()) == pytest.approx(lines, abs=10)
    pairs = [pair for name, _ in THEY_SAID.files for pair in read(mended.folder / name)]
    assert Counter(pairs) == Counter({(f"{prompt} ->", f" {completion}") for prompt, completion in article()})


def test_no_end_of_the_classes_names_is_proposed_as_stop_sequence(mended: Mended) -> None:
    """The old tool said `Make sure to include stop=["e"]`: both `true` and `false` end so."""
    assert "stop at" not in mended.out


def test_each_class_has_the_same_share_of_both_files(mended: Mended) -> None:
    """The old tool took rows of any class: 61.3 % of those that it held out were ` false`, of all 59.8 %."""
    parts = [completions(mended.folder / name) for name, _ in THEY_SAID.files]
    shares = [part[" false"] / part.total() for part in parts]
    assert shares == pytest.approx([0.5981, 0.5981], abs=0.001)
    assert "always 'false' is right in 59.8%: so much accuracy costs nothing" in mended.out


# What it missed: run on this file it found the separator and the space, and 5 classes


def missed() -> list[tuple[str, str]]:
    """1,191 statements: 5 are `False`, 5 `true `, 2 of a class of their own, one contradicts another."""
    rng = random.Random(37561)
    pairs = [
        (f"Statement {n}: the {rng.choice(_WORDS)} is older than the {rng.choice(_WORDS)}", _truth(rng))
        for n in range(1190)
    ]
    others = {**dict.fromkeys(range(0, 40, 8), "False"), **dict.fromkeys(range(100, 140, 8), "true ")}
    for n, label in {**others, 500: "unknown", 900: "unknown"}.items():
        pairs[n] = (pairs[n][0], label)
    prompt, truth = pairs[700]
    pairs.insert(1000, (prompt, "true" if truth == "false" else "false"))
    return pairs


MISSED = {
    "FT352": [  # it suggested --classification_n_classes 5
        "labels that differ only in case or white space: 'false' (696), 'False' (5)",
        "labels that differ only in case or white space: 'true' (483), 'true ' (5)",
    ],
    "FT355": ["the same text has different labels: false, true"],
    "FT345": ["the smallest of 4 classes has 2 examples; about 100 for each were advised"],
    "FT304": ["no example is held out, so nobody can tell how well the classes are learned"],
    "FT357": ["always 'false' is right in 58.4%: so much accuracy costs nothing"],
}


def test_check_says_what_the_old_tool_missed(tmp_path: Path) -> None:
    found = ftprep.check(written(tmp_path / "missed.csv", missed()), registry=Registry.installed(block=""))
    told = {code: [group.message for group in found.groups if group.code == code] for code in MISSED}
    assert told == MISSED
    assert rows(found, "FT355") == [700 + HEADER, 1000 + HEADER]


def test_mending_makes_labels_one_and_puts_each_class_into_both_files(tmp_path: Path) -> None:
    """The old tool wrote 5 classes, of which ` true ` and ` unknown` were in the training file alone; the service then
    refused the job (openai-python#84)."""
    fixed = ftprep.fix(written(tmp_path / "missed.csv", missed()), registry=Registry.installed(block=""))
    counts = {split: dict(frame.completion.value_counts()) for split, frame in fixed.frames.items()}
    assert counts == {
        "train": {" false": 561, " true": 390, " unknown": 1},
        "validation": {" false": 140, " true": 98, " unknown": 1},
    }
    assert fixed.findings.figures["openai_completion"]["completions"]["flags"] == (
        "--compute_classification_metrics --classification_n_classes 3"
    )
