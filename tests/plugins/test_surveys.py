"""The file doctor: what `Reader.survey` says of a file before it is read, and that its options read it right."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import ftprep
from ftprep import DataError, Finding, Input, Reader, Rows
from ftprep.planning.sources import reader_for
from ftprep.registry import Registry

pytestmark = pytest.mark.files

READERS = Registry.installed(block="").all("reader")
DATA = Path(__file__).parents[3] / "shared" / "data"
REAL = [
    pytest.param(path, id=f"{path.parent.name}/{path.name}")
    for folder in (sorted(DATA.iterdir()) if DATA.is_dir() else [])
    if folder.name in ("csv_quirks", "xlsx_readxl") or folder.name.startswith("classify_")
    for path in sorted(folder.iterdir())
    if path.suffix != ".md"
] or [pytest.param(None, id="no real data beside this checkout")]
law = settings(
    deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Book = Callable[[openpyxl.Workbook], object]


class Seen:
    """What is said of a file, and the rows that are read with the options of the survey."""

    def __init__(self, path: Path):
        source = Input(path, path.name)
        found = reader_for(READERS, source)
        assert found is not None
        cls: type[Reader] = found.cls
        survey = cls.survey(source)
        self.reader = found.name
        self.options, self.why, self.findings = dict(survey.options), survey.why, survey.findings
        self.read = list(cls(path=path.as_posix(), **self.options).read(Input(path, path.name)))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [row for block in self.read if isinstance(block, Rows) for row in block.rows]

    @property
    def drops(self) -> list[str]:
        return [f"{drop.source}: {drop.reason}" for drop in self.read if isinstance(drop, ftprep.Drop)]

    @property
    def said(self) -> list[str]:
        return [told(finding) for finding in self.findings]

    @property
    def said_in_reading(self) -> list[str]:
        return [told(finding) for finding in self.read if isinstance(finding, Finding)]


def told(finding: Finding) -> str:
    """A finding on one line, whole."""
    return f"{finding.source} {finding.code} {finding.level}: {finding.message}; {finding.hint}"


@pytest.fixture
def see(tmp_path: Path) -> Callable[..., Seen]:
    def see(name: str, content: bytes | str) -> Seen:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Seen(path)

    return see


UTF8 = "if what was read is right, save it as UTF-8; services take nothing else"
NO_MARK = "save it without one ('UTF-8', not 'UTF-8 with BOM'); it is left out here"
BY = "import the original again, with that column as text"
ONE_LINE = "write each object on a line of its own; services take nothing else in a .jsonl file"
QUOTING = "if that is wrong, say how with 'quote:' and 'escape:'"


def test_a_sound_table_has_nothing_but_its_delimiter(see):
    seen = see("a.csv", "prompt,completion\nHi,Hello\nBye,So long\n")
    assert (seen.options, seen.why, seen.findings) == ({"delimiter": ","}, ("',' cuts its lines most evenly",), ())
    assert seen.said_in_reading == []


@pytest.mark.parametrize(
    ("name", "content", "options", "said"),
    [
        pytest.param(
            "a.csv",
            "q;a\nWo?;In Köln, glaub ich.\n".encode("cp1252"),
            {"encoding": "cp1252", "delimiter": ";"},
            [f"a.csv:2 FT201 warning: the file is not UTF-8, but cp1252 by its bytes; {UTF8}"],
            id="a table in cp1252",
        ),
        pytest.param(
            "a.csv",
            "q,a\nWo?,In Köln\n".encode("utf-16"),
            {"delimiter": ","},
            [f"a.csv:1 FT201 warning: the file is not UTF-8, but utf-16-le by its byte-order mark; {UTF8}"],
            id="UTF-16 with its mark",
        ),
        pytest.param(
            "a.csv",
            "q,a\nWo?,In Köln\n".encode("utf-16-be"),
            {"encoding": "utf-16-be", "delimiter": ","},
            [f"a.csv:1 FT201 warning: the file is not UTF-8, but utf-16-be by its bytes; {UTF8}"],
            id="UTF-16 without a mark",
        ),
        pytest.param(
            "a.csv",
            "\ufeffq,a\nWo?,In Köln\n",
            {"delimiter": ","},
            [f"a.csv:1 FT202 advice: the file begins with a byte-order mark; {NO_MARK}"],
            id="a byte-order mark",
        ),
        pytest.param(
            "a.jsonl",
            '{"q": "Wo?", "a": "In Köln"}\n'.encode("cp1252"),
            {"encoding": "cp1252"},
            [f"a.jsonl:1 FT201 warning: the file is not UTF-8, but cp1252 by its bytes; {UTF8}"],
            id="JSON Lines in cp1252",
        ),
        pytest.param(
            "a.json",
            '[{"q": "Wo?", "a": "In Köln"}]'.encode("utf-16-le"),
            {"encoding": "utf-16-le"},
            [f"a.json:1 FT201 warning: the file is not UTF-8, but utf-16-le by its bytes; {UTF8}"],
            id="a document in UTF-16 without a mark",
        ),
        pytest.param(
            "a.txt",
            "Wo?\n\nIn Köln\n".encode("cp1252"),
            {"encoding": "cp1252"},
            [f"a.txt:3 FT201 warning: the file is not UTF-8, but cp1252 by its bytes; {UTF8}"],
            id="plain text in cp1252",
        ),
    ],
)
def test_the_encoding_is_told_and_read(see, name, content, options, said):
    seen = see(name, content)
    assert (seen.options, seen.said) == (options, said)
    assert "In Köln" in "".join(map(str, seen.rows))


MIXED = "Wo?;In Köln, glaub ich.\n".encode() * 3 + "Wo?;In Jülich, glaub ich.\n".encode("cp1252")


def test_a_table_of_two_encodings_is_told(see):
    seen = see("a.csv", b"q;a\n" + MIXED)
    text = "some lines are UTF-8 and others are not; all are read as cp1252"
    hint = "mend or convert them one by one, or letters beyond ASCII are read wrongly in some"
    assert seen.said == [f"a.csv:5 FT201 warning: {text}; {hint}"]
    assert (seen.options, len(seen.rows)) == ({"encoding": "cp1252", "delimiter": ";"}, 4)


def test_json_lines_that_are_not_utf8_among_others_that_are_are_drops(see):
    seen = see("a.jsonl", '{"a": "Köln"}\n'.encode() + '{"a": "Jülich"}\n'.encode("cp1252"))
    assert (seen.options, seen.findings, seen.rows) == ({}, (), [{"a": "Köln"}])
    assert seen.drops == ["a.jsonl:2: not UTF-8"]


def test_a_guess_is_shown_for_people_to_judge(see):
    seen = see("a.csv", "q,a\nWo?,In Köln\n".encode("cp1252"))
    assert seen.why[0] == "byte 0xf6 in line 2 is not UTF-8; as cp1252 it reads 'Wo?,In Köln'"


@pytest.mark.parametrize(
    ("text", "options", "said", "rows"),
    [
        pytest.param(
            "label,text\n'a','Hi, you'\n'b','So, so'\n",
            {"delimiter": ",", "quote": "'"},
            [f"a.csv:1 FT212 advice: cells are quoted with single quotes; {QUOTING}"],
            [{"label": "a", "text": "Hi, you"}, {"label": "b", "text": "So, so"}],
            id="single quotes",
        ),
        pytest.param(
            'label,text\na,"He said \\"Hi\\", I heard"\nb,"So"\n',
            {"delimiter": ",", "escape": "\\"},
            [f"a.csv:1 FT212 advice: quotes inside cells have a backslash before them; {QUOTING}"],
            [{"label": "a", "text": 'He said "Hi", I heard'}, {"label": "b", "text": "So"}],
            id="backslashes before quotes",
        ),
        pytest.param(
            'label\ttext\na\t"Hi" he said\nb\tSo\nc\t"No\n',
            {"delimiter": "\t", "quote": ""},
            [f"a.csv:1 FT212 advice: quotes are only text in this file; {QUOTING}"],
            [{"label": "a", "text": '"Hi" he said'}, {"label": "b", "text": "So"}, {"label": "c", "text": '"No'}],
            id="quotes that are text",
        ),
    ],
)
def test_the_quotes_of_a_table_are_found(see, text, options, said, rows):
    seen = see("a.csv", text)
    assert (seen.options, seen.said, seen.rows) == (options, said, rows)


@pytest.mark.parametrize(
    ("first", "why"),
    [
        pytest.param("7,Ann", "column 1 has a number in it, as the rows below", id="a number"),
        pytest.param("2024-01-02,Ann", "", id="a date above numbers"),
        pytest.param("nr,Ann", "", id="a name"),
        pytest.param("x,It is what it is.", "column 2 has a whole text in it", id="a sentence"),
        pytest.param("x,So", "column 2 has a value in it that rows below have too", id="a label"),
    ],
)
def test_a_first_row_that_looks_like_data_is_data(see, first, why):
    body = "1,So\n2,No\n3,So\n4,No\n"
    seen = see("a.csv", f"{first}\n{body}")
    if not why:
        assert "header" not in seen.options
        assert len(seen.rows) == 4
        return
    hint = "if it is one, say 'header: true'; else name the columns in place of column_1, column_2"
    assert seen.said == [f"a.csv:1 FT213 warning: the first row is no header: {why}; {hint}"]
    assert seen.options == {"delimiter": ",", "header": False, "columns": ["column_1", "column_2"]}
    assert len(seen.rows) == 5


def test_columns_without_a_name_or_of_one_name_are_numbered(see):
    seen = see("a.csv", "id,text,,text\n1,a,b,c\n")
    text = "columns 2 and 4 have the same name 'text'; column 3 has no name; such columns are numbered"
    assert seen.said == [f"a.csv:1 FT214 warning: {text}; give each column a name of its own"]
    assert seen.rows == [{"id": "1", "text": "a", "column_3": "b", "text_2": "c"}]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        pytest.param(
            ["TP53", "2-Sep", "BRCA1", "1-Mar", "MYC4"],
            f"a.csv:3 FT206 warning: column 'code' has days among other values, such as '2-Sep', '1-Mar'; {BY}",
            id="names of genes that became days",
        ),
        pytest.param(["2-Sep", "3-Sep", "4-Oct", "open"], "", id="a column of days"),
        pytest.param(["2-Sep", "2024-01-02", "2024-01-03"], "", id="days among dates"),
        pytest.param(["2-Sep", "never", "who knows"], "", id="a day among words"),
        pytest.param(
            ["02108", "80014", "6101", "501"],
            f"a.csv:4 FT207 warning: column 'code' has codes that may have lost leading zeros, such as '6101', "
            f"'501'; {BY}",
            id="codes that lost their zeros",
        ),
        pytest.param(
            ["80014", "80015", "80016", "6101"],
            f"a.csv:5 FT207 warning: column 'code' has codes that may have lost leading zeros, such as '6101'; {BY}",
            id="codes of which none has a zero any more",
        ),
        pytest.param(["007", "012", "123"], "", id="codes with their zeros"),
        pytest.param(["5", "0", "120"], "", id="numbers"),
        pytest.param(
            ["4.53948E+15", "5.1E+15"],
            f"a.csv:2 FT208 warning: column 'code' has long numbers whose last digits are lost, such as '4.53948E+15', "
            f"'5.1E+15'; {BY}",
            id="long numbers with an exponent",
        ),
        pytest.param(
            ["4539480000000000", "12"],
            f"a.csv:2 FT208 warning: column 'code' has long numbers whose last digits are lost, such as "
            f"'4539480000000000'; {BY}",
            id="long numbers that end in zeros",
        ),
        pytest.param(["4539480000000017", "12"], "", id="long numbers that are whole"),
        pytest.param(["1.5E+12", "1.5E-12"], "", id="measurements"),
    ],
)
def test_what_a_spreadsheet_did_to_a_column_is_told(see, cells, said):
    rows = "".join(f"{cell},x{n}\n" for n, cell in enumerate(cells))
    assert see("a.csv", f"code,text\n{rows}").said == ([said] if said else [])


def test_a_spoilt_code_far_down_in_a_large_table_is_found(see):
    lines = [f"TP{n},{'some text ' * 8}\n" for n in range(30_000)]
    lines[25_000] = "2-Sep,so\n"
    said = f"a.csv:25002 FT206 warning: column 'code' has days among other values, such as '2-Sep'; {BY}"
    assert see("a.csv", "code,text\n" + "".join(lines)).said == [said]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param(
            "a.csv",
            "a,b\r\nc,d\r\ne,f\n",
            "a.csv:1 FT204 advice: lines end in different ways (LF, CRLF or CR); save it with one kind of line end",
            id="different line ends",
        ),
        pytest.param("a.csv", 'a,b\r\nc,"d\ne"\r\n', "", id="other line breaks inside quotes"),
        pytest.param(
            "a.jsonl",
            '{"a": 1}\r\n{"a": 2}\n',
            "a.jsonl:1 FT204 advice: lines end in different ways (LF, CRLF or CR); save it with one kind of line end",
            id="different line ends in JSON Lines",
        ),
        pytest.param(
            "a.csv",
            "a,b\nc,d\0\n",
            "a.csv:2 FT203 warning: a NUL byte; remove it; the file is damaged, or was padded",
            id="a NUL byte",
        ),
        pytest.param(
            "a.jsonl",
            '{"a": "%s"}\n' % ("x" * (10 << 20)),
            "a.jsonl:1 FT205 warning: a line is longer than 10 MiB; is a quote, bracket or line end missing?",
            id="a line of 10 MB",
        ),
    ],
)
def test_what_is_odd_about_the_lines_is_told(see, name, content, said):
    seen = see(name, content)
    assert seen.said == ([said] if said else [])
    assert seen.rows


def test_a_table_with_a_nul_byte_is_read_on(see):
    seen = see("a.csv", "a,b\nc,d\0\ne,f\n")
    assert seen.options == {"encoding": "utf-8", "delimiter": ","}
    assert seen.rows == [{"a": "c", "b": "d\0"}, {"a": "e", "b": "f"}]


GOOD = [{"a": "x", "n": 1}, {"a": "y", "n": 2}]


@pytest.mark.parametrize(
    ("content", "form", "what"),
    [
        pytest.param(json.dumps(GOOD), "array", "one JSON array", id="an array on one line"),
        pytest.param(json.dumps(GOOD, indent=1), "array", "one JSON array", id="an array over many lines"),
        pytest.param("[" + ",\n".join(map(json.dumps, GOOD)) + "]", "array", "one JSON array", id="an element a line"),
        pytest.param(
            "\n".join(json.dumps(row, indent=2) for row in GOOD),
            "objects",
            "JSON objects over several lines each",
            id="pretty-printed objects",
        ),
    ],
)
def test_json_that_is_not_an_object_a_line_is_read_all_the_same(see, content, form, what):
    seen = see("a.jsonl", content)
    assert seen.said == [f"a.jsonl:1 FT221 error: this is {what}, not an object a line; {ONE_LINE}"]
    assert (seen.options, seen.why, seen.rows) == ({"form": form}, (f"it is {what}",), GOOD)


def test_pretty_printed_objects_are_numbered_by_the_lines_they_begin_in(see):
    seen = see("a.jsonl", "\n".join(json.dumps(row, indent=2) for row in GOOD))
    assert [number for block in seen.read if isinstance(block, Rows) for number in block.numbers] == [1, 5]


COMMA = "a comma too many; take the comma away before } or ], or at the end of the line; it was left out here"
PYTHON = "Python's way of writing, not JSON; write the file with json.dumps, not with str or print"
CONSTANT = "NaN or Infinity, which JSON has not got; write null, as was read here"


@pytest.mark.parametrize(
    ("line", "row", "said"),
    [
        pytest.param('{"a": "x, }", "n": 1},', {"a": "x, }", "n": 1}, f"FT222 error: {COMMA}", id="a comma at the end"),
        pytest.param('{"a": ["x",], "n": 1,}', {"a": ["x"], "n": 1}, f"FT222 error: {COMMA}", id="commas inside"),
        pytest.param(
            "{'a': \"it's\", 'n': None}", {"a": "it's", "n": None}, f"FT223 error: {PYTHON}", id="a Python dict"
        ),
        pytest.param('{"a": "NaN", "n": NaN}', {"a": "NaN", "n": None}, f"FT224 error: {CONSTANT}", id="NaN"),
        pytest.param('{"a": "x", "n": -Infinity}', {"a": "x", "n": None}, f"FT224 error: {CONSTANT}", id="Infinity"),
    ],
)
def test_a_line_that_is_nearly_json_is_read_and_told(see, line, row, said):
    seen = see("a.jsonl", f'{{"a": "before"}}\n{line}\n{{"a": "after"}}\n')
    assert (seen.options, seen.why, seen.said) == ({"mend": True}, ("texts in it are nearly JSON",), [])
    assert seen.said_in_reading == [f"a.jsonl:2 {said}"]
    assert seen.rows == [{"a": "before"}, row, {"a": "after"}]


def test_lines_that_are_nearly_json_are_known_by_their_content(see):
    seen = see("data", "{'a': 1}\n{'a': 2}\n")
    assert (seen.reader, seen.rows) == ("jsonl", [{"a": 1}, {"a": 2}])


def test_a_nul_byte_in_json_lines_loses_its_line_alone(see):
    seen = see("a.jsonl", '{"a": "\0"}\n{"a": "x"}\n')
    assert (seen.options, seen.rows, seen.drops) == ({}, [{"a": "x"}], ["a.jsonl:1: not JSON"])
    assert seen.said == ["a.jsonl:1 FT203 warning: a NUL byte; remove it; the file is damaged, or was padded"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param('{"a": 1, "a": 2}', "duplicate key", id="a key that stands twice"),
        pytest.param("{'a': 1, 'a': 2}", "not JSON", id="twice in a Python dict"),
        pytest.param("{'a': open('x')}", "not JSON", id="a call"),
        pytest.param('{"a": "x" "b": 1}', "not JSON", id="a comma that is missing"),
        pytest.param("{" * 5000, "nested too deeply", id="brackets that are never closed"),
    ],
)
def test_a_line_that_cannot_be_mended_is_a_drop(see, line, reason):
    seen = see("a.jsonl", f'{{"a": "before"}}\n{line}\n{{"a": "after"}},\n')
    assert seen.drops == [f"a.jsonl:2: {reason}"]
    assert seen.rows == [{"a": "before"}, {"a": "after"}]


@pytest.mark.parametrize(
    ("content", "options", "rows"),
    [
        pytest.param(json.dumps(GOOD), {}, GOOD, id="an array"),
        pytest.param("\n".join(map(json.dumps, GOOD)), {}, GOOD, id="JSON Lines"),
        pytest.param(json.dumps({"v": 1, "data": GOOD}), {"at": "data"}, GOOD, id="an array in an object"),
        pytest.param(json.dumps({"a.b": GOOD}), {"at": ["a.b"]}, GOOD, id="a key with a dot"),
        pytest.param(
            json.dumps({"x": GOOD[0], "y": GOOD[1]}),
            {"keys": "key"},
            [{"key": "x", **GOOD[0]}, {"key": "y", **GOOD[1]}],
            id="an object of objects",
        ),
        pytest.param(
            '[["x", 1], ["y", 2]]',
            {"columns": ["column_1", "column_2"]},
            [{"column_1": "x", "column_2": 1}, {"column_1": "y", "column_2": 2}],
            id="an array of arrays",
        ),
        pytest.param('[{"a": "x", "n": 1,}, {"a": "y", "n": 2}, ]', {"mend": True}, GOOD, id="commas too many"),
    ],
)
def test_the_rows_of_a_document_are_found(see, content, options, rows):
    seen = see("a.json", content)
    assert (seen.options, seen.rows, seen.findings) == (options, rows, ())


def test_of_several_arrays_the_likeliest_is_read(see):
    seen = see("a.json", json.dumps({"test": GOOD[:1], "train": GOOD}))
    assert seen.said == ["a.json:1 FT225 advice: only the array 'train' is read, not 'test'; choose with 'at:'"]
    assert (seen.options, seen.rows) == ({"at": "train"}, GOOD)


def book(path: Path, *sheets: list[list[Any]], change: Book = lambda book: None) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for n, lines in enumerate(sheets, 1):
        sheet = made.create_sheet(f"s{n}")
        for line in lines:
            sheet.append(line)
    change(made)
    made.save(path)
    return path


TABLE = [["id", "text"], ["a", "x"], ["b", "y"]]
ROWS = [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}]


@pytest.mark.parametrize(
    ("sheets", "options", "said", "rows"),
    [
        pytest.param([TABLE], {}, [], ROWS, id="a sound table"),
        pytest.param([[], TABLE], {"sheet": "s2"}, [], ROWS, id="an empty sheet before it"),
        pytest.param(
            [[["Our texts"], [], ["id", "text", "by"], ["a", "x", "u"], ["b", "y", "v"]]],
            {"header_row": 3},
            ["a.xlsx:s1!3 FT239 advice: a row above the table left out; say where it begins with 'header_row:'"],
            [{"id": "a", "text": "x", "by": "u"}, {"id": "b", "text": "y", "by": "v"}],
            id="a title above it",
        ),
        pytest.param(
            [[["a", 1], ["b", 2]]],
            {"header": False, "columns": ["column_1", "column_2"]},
            [
                "a.xlsx:s1!1 FT237 warning: the first row is no header: column 2 has a number in it, as the rows "
                "below; if it is one, say 'header: true'; else name the columns with 'columns:'"
            ],
            [{"column_1": "a", "column_2": "1"}, {"column_1": "b", "column_2": "2"}],
            id="no header",
        ),
        pytest.param(
            [[["a", "a", None], ["x", "y", "z"]]],
            {"duplicates": "number"},
            [
                "a.xlsx:s1!1 FT238 warning: columns have no name, or the same one; such columns are numbered; give "
                "each column a name of its own"
            ],
            [{"a": "x", "a_2": "y", "column_3": "z"}],
            id="names that stand twice",
        ),
        pytest.param(
            [[["zip", "text"], ["02108", "x"], ["80014", "y"], [6101, "z"]]],
            {},
            [
                "a.xlsx:s1!4 FT207 warning: column 'zip' has codes that may have lost leading zeros, such as '6101'; "
                f"{BY}"
            ],
            [{"zip": "02108", "text": "x"}, {"zip": "80014", "text": "y"}, {"zip": "6101", "text": "z"}],
            id="zeros that are lost",
        ),
    ],
)
def test_a_workbook_is_looked_at_before_it_is_read(tmp_path, sheets, options, said, rows):
    seen = Seen(book(tmp_path / "a.xlsx", *sheets))
    assert (seen.options, seen.said, seen.rows) == (options, said, rows)


def test_error_values_of_a_workbook_are_told_while_it_is_read(tmp_path):
    seen = Seen(book(tmp_path / "a.xlsx", [*TABLE, *([["c", "#N/A"]] * 7)]))
    cells = "B4, B5, B6, B7, B8 and 2 more"
    text = f"cells hold error values, which are read as text: {cells}; correct the formulas, or empty the cells"
    assert seen.said_in_reading == [f"a.xlsx:s1!1-10 FT236 warning: {text}"]


def test_plain_text_has_a_row_for_each_line(see):
    seen = see("a.txt", "One.\r\n\r\n  Two, or so.\r\nThree")
    assert (seen.reader, seen.options, seen.findings) == ("lines", {}, ())
    assert seen.read == [Rows([{"text": "One."}, {"text": "  Two, or so."}, {"text": "Three"}], [1, 3, 4])]


def test_a_table_called_txt_is_no_plain_text(see):
    assert see("a.txt", "q\ta\nx\ty\nz\tw\n").reader == "csv"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("a.csv", b"", "is empty; a table has at least a header", id="an empty table"),
        pytest.param(
            "a.jsonl", b"", "there are no rows in it; every line must be one JSON object", id="empty JSON Lines"
        ),
        pytest.param(
            "a.json", b" \n", "there is nothing in it; a JSON file holds an array of objects", id="empty JSON"
        ),
        pytest.param("a.txt", b"\n \n", "is empty; every line that is not blank would be a row", id="blank lines"),
        pytest.param("a.xlsx", b"", "is empty; download or copy it again", id="an empty workbook"),
        pytest.param(
            "a.csv", b'"a","b"\n"c,d\n' + b'"e","f"\n' * 9, "a quote opened in this row", id="an endless quote"
        ),
        pytest.param("a.csv", b"\xff\xfea\0,\0\n\0b", "is not utf-16-le", id="half a character"),
        pytest.param("a.csv.gz", gzip.compress(b"a,b\n" * 999)[:30], "", id="a packed file that is cut off"),
        pytest.param("a.csv.zip", b"PK\x03\x04" + b"\0" * 40, "", id="a zip that is none"),
    ],
)
def test_a_hostile_file_gives_one_clear_line(see, name, content, message):
    with pytest.raises(DataError) as caught:
        see(name, content)
    (problem,) = caught.value.problems
    assert message in str(problem)
    assert problem.file == name
    assert problem.hint
    assert "\n" not in str(problem)


def test_a_workbook_that_is_cut_off_gives_one_clear_line(tmp_path):
    whole = book(tmp_path / "a.xlsx", TABLE).read_bytes()
    (tmp_path / "a.xlsx").write_bytes(whole[:-100])
    with pytest.raises(DataError) as caught:
        Seen(tmp_path / "a.xlsx")
    assert str(caught.value) == "a.xlsx: is damaged or cut off: File is not a zip file; copy or download it again"


def test_only_a_header_is_no_fault_of_the_survey(see):
    seen = see("a.csv", "prompt,completion\n")
    assert (seen.options, seen.findings, seen.rows) == ({"delimiter": ","}, (), [])


class Growing(Input):
    """A file to which something is written each time after it was opened."""

    def open(self) -> Any:
        stream = super().open()
        with self.path.open("ab") as file:
            file.write(b"x,y\n")
        return stream


def test_a_file_that_changes_while_it_is_looked_at_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a,b\nc,d\n")
    (reader,) = (item.cls for item in READERS if item.name == "csv")
    with pytest.raises(DataError) as caught:
        reader.survey(Growing(tmp_path / "a.csv", "a.csv"))
    assert str(caught.value) == "a.csv: changed while it was read; run again when nothing writes to it"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_can_be_looked_at(tmp_path):
    path = tmp_path / "a.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"a;b\nc;d\n",))
    writer.start()
    (reader,) = (item.cls for item in READERS if item.name == "csv")
    assert reader.survey(Input(path)).options == {"delimiter": ";"}
    writer.join()


CELL = st.text("abc dé,;|\t'\"\\\n1", max_size=8)
PLAIN = ("prompt", "completion", "label")
TELLING = ["Das Mädchen hört schöne Musik.", "Größe, Maß und Gewicht; über Ärger.", "für"]
"""Enough for an encoding to be told by."""


@law
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_in_any_dialect_is_read_back(tmp_path, rows, delimiter, encoding, end):
    assume(all(any(row) for row in rows))
    rows = [TELLING, *rows]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([PLAIN, *rows])
    path = tmp_path / "a.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    seen = Seen(path)
    assert seen.options["delimiter"] == delimiter
    assert seen.rows == [dict(zip(PLAIN, row, strict=True)) for row in rows]


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text("aé'\"\\,}]{[:NaN ", max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab'", max_size=2), inner, max_size=2),
    max_leaves=4,
)


@law
@given(
    rows=st.lists(st.dictionaries(st.sampled_from("pqr"), VALUE, min_size=1), min_size=1, max_size=5),
    way=st.sampled_from(["lines", "array", "pretty", "pretty array", "python", "commas"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
)
def test_json_that_was_written_in_any_way_is_read_back(tmp_path, rows, way, encoding):
    ways: dict[str, Callable[[], str]] = {
        "lines": lambda: "\n".join(json.dumps(row, ensure_ascii=False) for row in rows),
        "array": lambda: json.dumps(rows),
        "pretty": lambda: "\n".join(json.dumps(row, indent=2) for row in rows),
        "pretty array": lambda: json.dumps(rows, indent=2),
        "python": lambda: "\n".join(map(repr, rows)),
        "commas": lambda: ",\n".join(map(json.dumps, rows)) + ",\n",
    }
    path = tmp_path / "a.jsonl"
    path.write_bytes(ways[way]().encode(encoding))
    assert Seen(path).rows == rows


@pytest.mark.parametrize("path", REAL)
def test_a_real_file_gives_a_survey_or_one_clear_line(path):
    if path is None:
        pytest.skip("the real data (../shared/data) is not beside this checkout")
    try:
        seen = Seen(path)
    except DataError as error:
        (problem,) = error.problems
        assert problem.hint
        assert "\n" not in str(problem)
    else:
        assert all(finding.hint or finding.level == "advice" for finding in seen.findings)
        assert all(finding.source is not None for finding in seen.findings)
