"""The line that says how far a command has come."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

import ftprep
from ftprep.cli.progress import Progress, clock_time
from ftprep.watching import Reached


class Terminal(io.TextIOWrapper):
    """What was written stands in its buffer."""

    def __init__(self, encoding: str = "utf-8"):
        self.raw_bytes = io.BytesIO()
        super().__init__(self.raw_bytes, encoding=encoding, newline="", write_through=True)

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        """What was shown, one after the other; the last one is what is left."""
        return [text.rstrip(" ") for text in self.raw_bytes.getvalue().decode(self.encoding).split("\r")[1:]]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def shown(
    steps: Iterable[tuple[float, Reached]], monkeypatch: pytest.MonkeyPatch, columns: int = 80, encoding: str = "utf-8"
) -> list[str]:
    """The lines that a terminal of this width shows, one after the other."""
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal, clock = Terminal(encoding), Clock()
    with Progress(terminal, clock) as progress:
        for clock.now, reached in steps:
            progress.reached(reached)
    return terminal.lines


LONG = [(0.0, Reached(2000, 0.02)), (2.0, Reached(42_000, 0.42))]
LINES = {
    "wide": (80, "utf-8", " 42%  ██████████░░░░░░░░░░░░░░  42,000 rows  20,000/s  0:03 left"),
    "a shorter bar": (56, "utf-8", " 42%  ██████░░░░░░░░░  42,000 rows  20,000/s  0:03 left"),
    "no rate": (40, "utf-8", " 42%  ███░░░░░░  42,000 rows  0:03 left"),
    "no time": (30, "utf-8", " 42%  ████░░░░░░  42,000 rows"),
    "no bar": (20, "utf-8", "42%  42,000 rows"),
    "hardly anything": (12, "utf-8", "42%  42,00~"),
    "no blocks": (80, "cp1252", " 42%  ##########--------------  42,000 rows  20,000/s  0:03 left"),
}


@pytest.mark.parametrize(("columns", "encoding", "line"), LINES.values(), ids=LINES)
def test_a_long_run_shows_share_rows_rate_and_time_left(
    monkeypatch: pytest.MonkeyPatch, columns: int, encoding: str, line: str
) -> None:
    assert shown(LONG, monkeypatch, columns, encoding) == [line, "", ""]
    assert len(line) < columns


def test_without_a_share_there_is_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [(0.0, Reached(1)), (1.0, Reached(2)), (1.1, Reached(3)), (4.0, Reached(81))]
    assert shown(steps, monkeypatch) == ["2 rows  1.0/s", "81 rows  20/s", "", ""]


def test_the_next_file_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [(0.0, Reached(0)), (2.0, Reached(2000)), (3.0, Reached(1)), (5.0, Reached(201))]
    assert shown(steps, monkeypatch) == ["2,000 rows  1,000/s", "1 row", "201 rows  100/s", "", ""]


def test_what_is_done_after_reading_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [*LONG, (2.01, Reached(100_000, doing="writing")), (2.02, Reached(100_000, doing="judging"))]
    told = shown(steps, monkeypatch)
    assert told[1:] == ["100,000 rows read, writing", "100,000 rows read, judging", "", ""]


def test_of_a_short_run_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [(0.0, Reached(0, 0.0)), (0.9, Reached(1000, 0.9)), (0.95, Reached(1000, doing="writing"))]
    assert shown(steps, monkeypatch) == []


def test_nobody_is_told_where_nobody_watches() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, clock) as progress:
        clock.now = 5.0
        progress.reached(Reached(2000, 0.5))
        progress.counted(1, 2, "answers")
        progress.tell("something", now=True)
    assert stream.getvalue() == ""


def test_answers_are_counted_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    terminal, clock = Terminal(), Clock()
    with Progress(terminal, clock) as progress:
        for clock.now, done in [(0.0, 0), (4.0, 6)]:
            progress.counted(done, 24, "answers")
    assert terminal.lines == [" 25%  ██████░░░░░░░░░░░░░░░░░░  6 of 24 answers  1.5/s  0:12 left", "", ""]


TIMES = {"0:00": 0.4, "0:42": 42, "1:00": 59.6, "59:59": 3599, "1:00:00": 3600, "27:46:40": 100_000}


@pytest.mark.parametrize(("text", "seconds"), TIMES.items(), ids=TIMES)
def test_times_are_told_in_minutes_and_hours(text: str, seconds: float) -> None:
    assert clock_time(seconds) == text


RECIPE = {"version": 1, "transform": [{"chat": {"user": "{q}", "assistant": "{a}"}}], "write": "openai_chat"}


def reached(folder: Path, read: object, *, ahead: bool = False, **changes: object) -> list[Reached]:
    """What a run tells."""
    seen: list[Reached] = []
    recipe = {**RECIPE, "read": read, **changes}
    ftprep.run(recipe, out=folder / "out", progress=seen.append, read_ahead=ahead, part_rows=500)
    return seen


def a_table(path: Path, rows: int, width: int = 40) -> str:
    lines = "".join(f"question {i:08},{'x' * width}\n" for i in range(rows))
    path.write_text("q,a\n" + lines, encoding="utf-8", newline="\n")
    return path.as_posix()


@pytest.mark.files
def test_the_share_grows_to_all_of_several_files(tmp_path: Path) -> None:
    files = [a_table(tmp_path / "a.csv", 20_000, 300), a_table(tmp_path / "b.csv", 10_000, 300)]
    told = reached(tmp_path, {"csv": {"path": files, "delimiter": ","}})
    shares = [one.share for one in told if one.share is not None]
    assert shares == sorted(shares)
    assert (told[-3].share, told[-3].rows) == (1.0, 30_000)
    assert [one.doing for one in told[-2:]] == ["writing", "judging"]
    for one in told[:-2]:  # a megabyte is read ahead of the rows
        assert one.share is not None
        assert -0.01 < one.share - one.rows / 30_000 < 0.25


@pytest.mark.files
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: nothing is read ahead")
@pytest.mark.parametrize("changes", [{}, {"check": ["turns"]}], ids=["read ahead", "shared"])
def test_the_share_is_told_by_other_processes(tmp_path: Path, changes: dict[str, object]) -> None:
    file = a_table(tmp_path / "a.csv", 3_500, width=5000)
    told = reached(tmp_path, {"csv": {"path": file, "delimiter": ","}}, ahead=True, **changes)
    shares = [one.share for one in told if one.share is not None]
    assert len(shares) > 6
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.2
    assert shares[-1] == 1.0


@pytest.mark.files
def test_where_it_cannot_be_told_there_is_no_share(tmp_path: Path) -> None:
    rows = [{"q": "a", "a": "b"}]
    told: list[Reached] = []
    ftprep.run({**RECIPE}, data=rows, out=tmp_path / "out", progress=told.append)
    assert told == [Reached(1), Reached(1, doing="writing"), Reached(1, doing="judging")]
