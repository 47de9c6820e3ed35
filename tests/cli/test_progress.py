"""The line that says how far a run has come."""

from __future__ import annotations

import io

from ftprep.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_shown_of_a_short_run() -> None:
    terminal, clock = Terminal(), Clock()
    with Progress(terminal, clock) as progress:
        clock.now = 0.9
        progress.rows(1000)
    assert terminal.getvalue() == ""


def test_a_long_run_shows_its_rows_now_and_then_and_wipes_the_line_at_the_end() -> None:
    terminal, clock = Terminal(), Clock()
    with Progress(terminal, clock) as progress:
        for clock.now, rows in [(1.0, 2000), (1.1, 3000), (1.3, 14000)]:
            progress.rows(rows)
    assert terminal.getvalue() == "\r2,000 rows read\r14,000 rows read\r" + " " * len("14,000 rows read") + "\r"


def test_nobody_is_told_where_nobody_watches() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, clock) as progress:
        clock.now = 5.0
        progress.rows(2000)
    assert stream.getvalue() == ""
