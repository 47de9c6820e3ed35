"""Reading in a process ahead: the same bytes, the same errors, and nobody left behind."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

import msgspec
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
    timed = ("manifest.json", "report.html")
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in timed]
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


PAIRS = [
    {"prompt": f"Question {n % 37}: ann{n % 5}@example.org?", "completion": f"answer {n % 11}"} for n in range(600)
]
SHARED = {
    "no decision": ["clean", {"prompt": {"prompt": "{prompt}", "completion": "{completion}"}}],
    "a decision": [{"prompt": {"prompt": "{prompt}", "completion": "{completion}"}}, "dedupe", "leading_space"],
    "several steps": [
        {"prompt": {"prompt": "{prompt}", "completion": "{completion}"}},
        "separator",
        {"stop": {"text": "\n"}},
    ],
}


def pairs_recipe(file: Path, steps: list[object], **more: object) -> dict[str, object]:
    checks = ["duplicates", "personal", "completions", "classes", "advice"]
    return {
        "version": 1, "read": str(file), "transform": steps, "check": checks, "write": ["openai_completion"], **more
    }  # fmt: skip


def pairs_file(folder: Path, more: str = "") -> Path:
    file = folder / "pairs.jsonl"
    lines = "".join(f"{msgspec.json.encode(pair).decode()}\n" for pair in PAIRS)
    file.write_text(lines + more, encoding="utf-8", newline="\n")
    return file


@pytest.mark.parametrize("steps", [pytest.param(steps, id=name) for name, steps in SHARED.items()])
@pytest.mark.parametrize("split", [{}, {"split": {"validation": "10%"}}], ids=["no split", "a split"])
@pytest.mark.usefixtures("always")
def test_sharing_the_work_changes_nothing(tmp_path: Path, steps: list[object], split: dict[str, object]) -> None:
    file = pairs_file(tmp_path, '{"prompt": 1}\nno JSON\n')
    alone = api.run(pairs_recipe(file, steps, **split), out=tmp_path / "alone", part_rows=50)
    many = api.run(pairs_recipe(file, steps, **split), out=tmp_path / "many", part_rows=50, read_ahead=True)
    assert contents(tmp_path / "many") == contents(tmp_path / "alone")
    assert many.counts == alone.counts
    assert many.manifest["inputs"] == alone.manifest["inputs"]
    assert many.findings == alone.findings
    assert many.manifest["figures"] == alone.manifest["figures"]
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("limit", [1, 49, 50, 51, 149, 400])
@pytest.mark.usefixtures("always")
def test_a_limit_holds_where_work_is_shared(tmp_path: Path, limit: int) -> None:
    recipe = pairs_recipe(pairs_file(tmp_path), SHARED["a decision"])
    alone = api.run(recipe, out=tmp_path / "alone", part_rows=50, limit=limit)
    many = api.run(recipe, out=tmp_path / "many", part_rows=50, limit=limit, read_ahead=True)
    assert (many.counts, many.findings) == (alone.counts, alone.findings)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("split", ["train", "nowhere"])
@pytest.mark.usefixtures("always")
def test_an_error_is_the_same_where_work_is_shared(tmp_path: Path, split: str) -> None:
    last = {"prompt": "p", "completion": "c", "part": "nowhere"}
    lines = [*({**pair, "part": split if n == 333 else "train"} for n, pair in enumerate(PAIRS)), last]
    file = tmp_path / "pairs.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    recipe = pairs_recipe(file, SHARED["a decision"], split={"from": "part"})
    said = []
    for read_ahead in (False, True):
        with pytest.raises(ftprep.DataError) as error:
            api.run(recipe, out=tmp_path / "out", part_rows=50, read_ahead=read_ahead)
        said.append(str(error.value))
    assert said[0] == said[1]
    assert f"pairs.jsonl:{334 if split == 'nowhere' else 601}: " in said[0]
    assert multiprocessing.active_children() == []
