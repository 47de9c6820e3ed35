"""Findings for people: a paragraph for each kind, in columns, on wide and on narrow terminals."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from ftprep import Finding, Fix, Problem, Source
from ftprep.cli.check_data import terminal_width
from ftprep.cli.grouped import Tally, group_lines, told
from ftprep.cli.overheard import Overheard
from ftprep.cli.saying import Reply, pieces
from ftprep.doctor.report import Group


class Found:
    """A report, as far as it is looked at here."""

    def __init__(self, *groups: Group, more: Sequence[Finding] | None = None):
        self.groups = groups
        self.more = more

    def rows(self) -> Iterator[Finding]:
        assert self.more is not None, "the places are all there are"
        return iter(self.more)


def group(code: str, message: str, rows: Sequence[int], **settings: Any) -> Group:
    places = tuple(Source("a.csv", row, row) for row in rows[:20])
    facts = {"level": "error", "hint": "mend it", "step": "turns", "count": len(rows), "places": places, **settings}
    return Group(code=code, message=message, **facts)


def lines(*groups: Group, width: int | None = None, more: Sequence[Finding] | None = None) -> str:
    tally: Any = Tally(Found(*groups, more=more))  # type: ignore[arg-type]
    return "\n".join([*group_lines(groups, tally, "a.csv", width), told(groups, tally, "a.csv")])


TWO = (
    group("FT360", "the last message is no answer", [4, 9, 12], hint="add the answer"),
    group("FT373", "the same content as an earlier one", [4], level="warning", hint="remove it with 'dedupe'"),
)


def test_each_kind_has_code_level_rows_text_places_and_what_to_do() -> None:
    assert lines(*TWO) == (
        "  FT360  error    3 rows  the last message is no answer\n"
        "                          rows 4, 9, 12\n"
        "                          add the answer\n"
        "  FT373  warning   1 row  the same content as an earlier one\n"
        "                          row 4\n"
        "                          remove it with 'dedupe'\n"
        "1 error in 3 rows, 1 warning in 1 row"
    )


def test_lines_are_broken_where_the_terminal_ends() -> None:
    assert lines(*TWO, width=60) == (
        "  FT360  error    3 rows  the last message is no answer\n"
        "                          rows 4, 9, 12\n"
        "                          add the answer\n"
        "  FT373  warning   1 row  the same content as an earlier one\n"
        "                          row 4\n"
        "                          remove it with 'dedupe'\n"
        "1 error in 3 rows, 1 warning in 1 row"
    )
    assert lines(TWO[0], width=40) == (
        "  FT360  error  3 rows\n"
        "      the last message is no answer\n"
        "      rows 4, 9, 12\n"
        "      add the answer\n"
        "1 error in 3 rows"
    )
    long = group("FT360", "the last message of the conversation is no answer of the assistant", [4], hint="")
    assert lines(long, width=60) == (
        "  FT360  error  1 row  the last message of the conversation\n"
        "                       is no answer of the assistant\n"
        "                       row 4\n"
        "1 error in 1 row"
    )


def test_words_are_left_whole_and_line_ends_are_shown() -> None:
    text = "see " + "x" * 50 + "\nthere"
    assert lines(group("FT360", text, [4], hint=""), width=60).splitlines()[:3] == [
        "  FT360  error  1 row  see",
        " " * 23 + "x" * 50 + "\\nthere",
        " " * 23 + "row 4",
    ]


PLACES = {
    "rows that follow each other": (range(4, 13), "rows 4-12"),
    "a row twice": ([4, 4, 9], "rows 4, 9"),
    "many": (range(1, 40, 2), "rows 1, 3, 5, 7, 9, 11, 13, 15 …"),
    "large numbers, as an editor shows them": ([12345], "row 12345"),
    "out of order": ([9, 4], "rows 4, 9"),
}


@pytest.mark.parametrize(("rows", "text"), PLACES.values(), ids=PLACES)
def test_the_first_rows_are_named(rows: Sequence[int], text: str) -> None:
    assert lines(group("FT360", "x", list(rows))).splitlines()[1].strip() == text


SHEETS = {
    "one sheet": ([Source("a.csv", 2, 2, "May")], "May row 2"),
    "two sheets": (
        [Source("a.csv", 2, 2, "May"), Source("a.csv", 3, 3, "May"), Source("a.csv", 7, 7, "June")],
        "June row 7, May rows 2-3",
    ),
    "a whole conversation": ([Source("a.csv", 4, 8)], "rows 4-8"),
    "a file of an archive": ([Source("b.csv", 4, 4)], "b.csv row 4"),
}


@pytest.mark.parametrize(("places", "text"), SHEETS.values(), ids=SHEETS)
def test_sheets_and_other_files_are_named(places: Sequence[Source], text: str) -> None:
    found = group("FT360", "x", [1] * len(places), places=tuple(places))
    assert lines(found).splitlines()[1].strip() == text


def test_what_is_about_the_file_has_no_rows() -> None:
    assert lines(group("FT398", "there are 4 examples", [], level="advice", hint="10 are needed", count=1)) == (
        "  FT398  advice  there are 4 examples\n                 10 are needed\n1 piece of advice"
    )


def test_rows_are_counted_once_for_each_level_and_kind() -> None:
    first = group("FT360", "a", [4, 4, 9], hint="")
    assert lines(first, group("FT361", "b", [9], hint="")).splitlines() == [
        "  FT360  error  2 rows  a",
        "                        rows 4, 9",
        "  FT361  error   1 row  b",
        "                        row 9",
        "2 errors in 2 rows",
    ]


def test_where_places_are_missing_every_finding_is_counted() -> None:
    rows = [row for row in range(1, 2001) for _ in range(2)]
    more = [Finding("FT360", "a", "", "error", None, Source("a.csv", row, row), "turns") for row in rows]
    about_file = Finding("FT398", "b", "", "advice")
    groups = group("FT360", "a", rows, hint=""), group("FT398", "b", [], level="advice", hint="", count=1, step="")
    assert lines(*groups, more=[*more, about_file]).splitlines() == [
        "  FT360  error   2,000 rows  a",
        "                             rows 1-10 …",
        "  FT398  advice              b",
        "1 error in 2,000 rows, 1 piece of advice",
    ]


def test_what_can_be_mended_is_told_with_the_command() -> None:
    fix = Fix(change="Keep only the first of equal examples")
    assert lines(TWO[0], group("FT373", "twice", [5], level="warning", hint="", fix=fix)).splitlines()[-3:] == [
        "                          row 5",
        "                          --fix: Keep only the first of equal examples",
        "1 error in 3 rows, 1 warning in 1 row; 1 can be mended: ftprep check a.csv --fix",
    ]


def test_the_command_that_mends_can_be_copied() -> None:
    found = [group("FT373", "twice", [5], fix=Fix(change="Keep one"))]
    tally: Any = Tally(Found(*found))  # type: ignore[arg-type]
    assert told(found, tally, "my data.csv").endswith("; 1 can be mended: ftprep check 'my data.csv' --fix")
    assert told(found, tally, "<stdin>").endswith("; 1 can be mended with --fix")


def test_nothing_found_is_said() -> None:
    assert lines() == "nothing wrong"


class Terminal(io.StringIO):
    """Someone watches."""

    def isatty(self) -> bool:
        return True


def test_lines_are_as_wide_as_the_terminal_and_whole_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "47")
    assert (terminal_width(Terminal()), terminal_width(io.StringIO()), terminal_width(None)) == (47, None, None)
    heard: Any = Overheard(Terminal())
    assert terminal_width(heard) == 47


def test_the_document_is_written_while_findings_are_read() -> None:
    read: list[int] = []

    def findings() -> Iterator[Problem]:
        for line in range(1, 4):
            read.append(line)
            yield Problem(code="FT360", message="x", line=line)

    reply = Reply([], exit_code=0)
    reply.more = findings
    met = [(piece.count("FT360"), len(read)) for piece in pieces(reply)]
    assert met == [(0, 0), (1, 1), (1, 2), (1, 3), (0, 3), (0, 3)]
