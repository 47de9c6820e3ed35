"""`ftprep check FILE --fix`: changes are asked for, made, and told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Call, put

pytestmark = pytest.mark.files

PAIRS = "prompt,completion\nHello there,Hi\nHello there,Hi\nWhat is it,A thing\nWhy,\nWho goes,Me\n"
ONLY = ("--select", "FT373,FT481,FT487")
CHANGED = """\
changes:
  Remove the rows whose completion is empty
  Keep only the first of equal examples
  End each prompt with ' ->'
  leave out 2 rows (1 the answer is empty, 1 duplicate)
"""
AFTER = """\
at inference: end the prompt with ' ->'

pairs.csv: prompt/completion data (there are a prompt and a completion); 5 rows, 3 of them can be used
  read with 'csv', delimiter "," (',' cuts its lines most evenly)
  completions (openai_completion): 3 prompts with their completions, taken for conditional generation.
    All prompts end with ' ->'.
    No text marks the end of the completions.
  nothing wrong
"""
LINES = (
    '{"prompt":"Hello there ->","completion":"Hi"}\n'
    '{"prompt":"What is it ->","completion":"A thing"}\n'
    '{"prompt":"Who goes ->","completion":"Me"}\n'
)


@pytest.fixture
def folder(tmp_path: Path, ftprep: Call) -> Path:
    put(tmp_path, "pairs.csv", PAIRS)
    return tmp_path


def test_with_yes_all_changes_are_made_and_told(ftprep: Call, folder: Path) -> None:
    told = ftprep("check", "pairs.csv", "--fix", "--yes", *ONLY)
    assert (told.code, told.err) == (0, "")
    assert told.out == f"{CHANGED}wrote pairs_prepared.jsonl\n{AFTER}"
    assert (folder / "pairs_prepared.jsonl").read_bytes() == LINES.encode()
    assert (folder / "pairs.csv").read_text("utf-8") == PAIRS


def test_the_document_has_the_changes_and_the_files(ftprep: Call, folder: Path) -> None:
    (result,) = ftprep("check", "pairs.csv", "--fix", "--yes", *ONLY, "--json").document["result"]
    assert result["files"] == ["pairs_prepared.jsonl"]
    assert result["changes"] == [line.strip() for line in CHANGED.splitlines()[1:4]]
    assert (result["rows"], result["usable"], result["errors"]) == (5, 3, 0)


def test_a_dry_run_shows_the_lines_and_writes_nothing(ftprep: Call, folder: Path) -> None:
    before = sorted(folder.iterdir())
    told = ftprep("check", "pairs.csv", "--fix", "--dry-run", *ONLY)
    assert told.out == (
        f"{CHANGED}"
        "@@ row 2 @@\n"
        '- {"prompt":"Hello there","completion":"Hi"}\n'
        '+ {"prompt":"Hello there ->","completion":"Hi"}\n'
        "@@ row 3 @@\n"
        '- {"prompt":"Hello there","completion":"Hi"}\n'
        "@@ row 4 @@\n"
        '- {"prompt":"What is it","completion":"A thing"}\n'
        '+ {"prompt":"What is it ->","completion":"A thing"}\n'
        "@@ row 6 @@\n"
        '- {"prompt":"Who goes","completion":"Me"}\n'
        '+ {"prompt":"Who goes ->","completion":"Me"}\n'
        "4 lines would be changed; nothing was written\n"
        f"{AFTER}"
    )
    assert sorted(folder.iterdir()) == before


def test_the_recipe_makes_the_same_changes_again(ftprep: Call, folder: Path) -> None:
    told = ftprep("check", "pairs.csv", "--fix", "--yes", *ONLY, "--recipe", "again.yaml")
    assert "wrote again.yaml: 'ftprep run again.yaml' does the same again\n" in told.out
    assert ftprep("check", "again.yaml").out == "again.yaml: nothing wrong\n"
    assert ftprep("run", "again.yaml", "--out", "out").code == 0
    assert (folder / "out" / "openai_completion" / "train.jsonl").read_bytes() == LINES.encode()


def test_a_file_that_is_as_it_should_be_is_left_alone(ftprep: Call, folder: Path) -> None:
    put(folder, "good.jsonl", '{"prompt":"Hi ->","completion":" Hello"}\n{"prompt":"You ->","completion":" Me"}\n')
    told = ftprep("check", "good.jsonl", "--fix", "--yes", *ONLY)
    assert told.out.splitlines()[:3] == [
        "nothing to change: the file can be used as it is",
        "at inference: end the prompt with ' ->'",
        "",
    ]
    assert not list(folder.glob("*_prepared*"))


def test_where_no_row_can_be_used_nothing_is_written(ftprep: Call, folder: Path) -> None:
    put(folder, "bad.csv", "prompt,completion\nHi,\n")
    told = ftprep("check", "bad.csv", "--fix", "--yes", "--select", "FT481,FT301")
    assert told.code == 1
    assert "no row can be used, so no training file was written\n" in told.out
    assert not list(folder.glob("*_prepared*"))


WRONG = {
    "nobody can answer": (
        ("--fix",),
        "--fix asks before it changes anything, and nobody can answer here; add --yes",
    ),
    "yes alone": (("--yes",), "--yes says how to mend; add --fix"),
    "a dry run alone": (("--dry-run",), "--dry-run says how to mend; add --fix"),
    "a recipe alone": (("--recipe", "a.yaml"), "--recipe says how to mend; add --fix"),
    "a recipe of a dry run": (
        ("--fix", "--dry-run", "--recipe", "a.yaml"),
        "--recipe: --dry-run writes nothing; leave one of them out",
    ),
    "a recipe of two files": (
        ("pod.yaml", "--fix", "--yes", "--recipe", "a.yaml"),
        "--recipe: it is of one file; leave one of them out",
    ),
    "a recipe that is there": (
        ("--fix", "--yes", "--recipe", "pod.yaml"),
        "--recipe: pod.yaml is there already; name another file",
    ),
}


@pytest.mark.parametrize(("arguments", "line"), WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_one_line(ftprep: Call, folder: Path, arguments: tuple[str, ...], line: str) -> None:
    told = ftprep("check", "pairs.csv", *arguments)
    assert (told.code, told.out, told.err) == (2, "", f"ftprep check: {line}\n")


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are made with the pty of Unix")
def test_on_a_terminal_each_change_is_asked_for(folder: Path) -> None:
    import pty

    answers, terminal = pty.openpty()
    command = [sys.executable, "-m", "ftprep", "check", "pairs.csv", "--fix", *ONLY]
    os.write(answers, b"what?\nn\n\n")
    process = subprocess.run(
        command, cwd=folder, stdin=terminal, stderr=terminal, stdout=subprocess.PIPE, check=False, timeout=60
    )
    os.close(terminal)
    asked = os.read(answers, 100_000).decode(errors="replace")
    os.close(answers)
    assert process.returncode == 0, asked
    assert asked.count("  Keep only the first of equal examples? [Y/n]") == 2
    assert asked.count("  End each prompt with ' ->'? [Y/n]") == 1
    out = process.stdout.decode(errors="replace")
    assert out.startswith("changes:\n  Remove the rows whose completion is empty\n  End each prompt with ' ->'\n")
