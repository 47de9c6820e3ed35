"""Reading in a process ahead: the same bytes, the same errors, and nobody left behind."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

import pytest

import ftprep
from ftprep import api
from ftprep.engine import ahead

pytestmark = [
    pytest.mark.files,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux reads ahead"),
]

LINES = "".join(
    f'{{"id": "c{n // 4}", "who": "{("user", "assistant")[n % 2]}", "text": "text {n}"}}\n' for n in range(800)
)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are worth it too; the constant is the only thing that is changed."""
    monkeypatch.setattr(ahead, "WORTH_IT", 0)


def recipe(file: Path, **more: object) -> dict[str, object]:
    talks = {"conversations": {"by": "id", "speaker": "who", "text": "text"}}
    steps = ["clean", talks, {"window": {"context": 1}}, "dedupe"]
    return {"version": 1, "read": str(file), "transform": steps, "write": ["openai_chat"], **more}


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LINES, id="plain rows"),
        pytest.param(LINES + "no JSON\n" + '{"id": "z", "who": "user", "text": "never answered"}\n', id="drops"),
        pytest.param(
            LINES + '{"id": "y", "who": "assistant", "text": "big", "n": 123456789012345678901}\n', id="a big number"
        ),
    ],
)
@pytest.mark.usefixtures("always")
def test_reading_ahead_changes_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_text(text, encoding="utf-8", newline="\n")
    split = {"split": {"validation": "10%"}}
    alone = api.run(recipe(file, **split), out=tmp_path / "alone")
    two = api.run(recipe(file, **split), out=tmp_path / "two", read_ahead=True)
    assert contents(tmp_path / "two") == contents(tmp_path / "alone")
    assert two.counts == alone.counts
    assert two.manifest["inputs"] == alone.manifest["inputs"]
    assert two.findings == alone.findings


@pytest.mark.usefixtures("always")
def test_an_error_of_the_reading_process_is_the_run_s(tmp_path: Path) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_text(LINES + '{"id": "c0", "who": "user", "text": "again"}\n', encoding="utf-8", newline="\n")
    said = []
    for read_ahead in (False, True):
        with pytest.raises(ftprep.DataError) as error:
            api.run(recipe(file), out=tmp_path / "out", read_ahead=read_ahead)
        said.append(str(error.value))
    assert said[0] == said[1]
    assert "comes back" in said[0]
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("always")
def test_a_run_that_stops_early_leaves_no_process(tmp_path: Path) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_text(LINES, encoding="utf-8", newline="\n")
    run = api.run(recipe(file), out=tmp_path / "out", read_ahead=True, limit=3)
    assert run.counts["read"] == 12
    assert multiprocessing.active_children() == []


def test_small_files_are_read_here(tmp_path: Path) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_text(LINES, encoding="utf-8", newline="\n")
    plan, _ = api.make_plan(recipe(file))
    assert not ahead.worth_it(plan)
