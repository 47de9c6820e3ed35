"""The reader `csv`: rows, their lines, and each complaint word for word."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import DataError, Drop, Finding, Input, Rows
from ftprep_csv import ftprep_readers
from ftprep_csv.reader import Csv

pytestmark = pytest.mark.files


class Read(NamedTuple):
    rows: list[dict[str, str]]
    numbers: list[int]
    drops: list[Drop]
    findings: list[Finding]

    @property
    def cells(self) -> list[list[str]]:
        return [list(row.values()) for row in self.rows]


def read(path: Path, **options: Any) -> Read:
    found = Read([], [], [], [])
    for event in Csv(path="x", **options).read(Input(path, path.name)):
        if isinstance(event, Rows):
            assert len(event.rows) == len(event.numbers) > 0
            found.rows.extend(event.rows)
            found.numbers.extend(event.numbers)
        else:
            (found.drops if isinstance(event, Drop) else found.findings).append(event)
    return found


def written(folder: Path, content: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def complaint(path: Path, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(path, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def summary(drops: Iterable[Drop]) -> list[tuple[str, str, str, Any]]:
    return [(str(drop.source), drop.reason, drop.detail, drop.content) for drop in drops]


def test_the_plugin_gives_one_reader():
    assert [reader.name for reader in ftprep_readers()] == ["csv"]


QUIRKS = {  # rows, drops; the README counts records with their header
    "Table With Data.csv": (2, 0, {}),
    "[table].csv": (2, 0, {}),
    "accent.csv": (2, 0, {}),
    "ascii-notvalid.csv": (1, 0, {}),
    "blank-cells.csv": (5, 0, {}),
    "blank-headers.csv": (2, 0, {"duplicates": "number"}),
    "blank-rows-multiple.csv": (13, 0, {}),
    "blank-rows.csv": (3, 0, {}),
    "bom.csv": (2, 0, {}),
    "capital-invalid.csv": (8, 2, {"duplicates": "number"}),  # and a blank line, which the README counts
    "defective-rows.csv": (0, 2, {}),
    "delimiter.csv": (2, 0, {}),
    "dialect.csv": (1, 1, {}),
    "doublequote.csv": (5, 0, {}),
    "duplicate-headers.csv": (2, 0, {"duplicates": "number"}),
    "duplicate-rows.csv": (3, 0, {}),
    "encoding-issue-274.csv": (507, 0, {}),
    "escaping.csv": (3, 0, {}),
    "explicit.csv.gz": (2, 0, {}),
    "explicit.csv.zip": (2, 0, {}),
    "issue-1009-comma.csv": (1, 0, {}),
    "issue-1009-semicolon.csv": (1, 0, {}),
    "issue-1066-largecellsize.csv": (19, 0, {}),
    "latin1.csv": (2, 0, {"encoding": "cp1252"}),
}
REFUSED_QUIRKS = {
    "blank-headers.csv": "column 2 has no name",
    "capital-invalid.csv": "columns 2 and 3 have the same name 'name'",
    "duplicate-headers.csv": "columns 1, 3 and 5 have the same name 'id'",
}


@pytest.mark.parametrize("name", QUIRKS)
def test_real_files_give_as_many_rows_as_they_have(shared_data: Path, name: str):
    rows, drops, options = QUIRKS[name]
    found = read(shared_data / "csv_quirks" / name, **options)
    assert (len(found.rows), len(found.drops)) == (rows, drops)
    counted = re.search(rf"^\| {re.escape(name)} .*?(\d+) records", _readme(shared_data / "csv_quirks"), re.MULTILINE)
    blank = name == "capital-invalid.csv"
    assert counted is None or int(counted[1]) == rows + drops + 1 + blank


def test_every_real_file_is_accounted_for(shared_data: Path):
    names = {path.name for path in (shared_data / "csv_quirks").iterdir()} - {"README.md", "empty.csv"}
    assert names == set(QUIRKS)


@pytest.mark.parametrize("name", REFUSED_QUIRKS)
def test_a_real_header_that_names_no_columns_is_refused(shared_data: Path, name: str):
    hint = "name them with 'columns: [...]', or number them with 'duplicates: number'"
    assert complaint(shared_data / "csv_quirks" / name) == f"{name}:1: {REFUSED_QUIRKS[name]}; {hint}"


@pytest.mark.parametrize(
    ("file", "rows", "options"),
    [
        pytest.param("classify_airline_tweets/Tweets.csv", 2404, {}, id="tweets"),
        pytest.param(
            "classify_10kgnad_german/test_sample.csv",
            97,
            {"quote": "'", "header": False, "columns": ("label", "text")},
            id="apostrophes_for_quotes",
        ),
        pytest.param(
            "classify_sms_spam/sms.tsv",
            2690,
            {"quote": "", "header": False, "columns": ("label", "text")},
            id="quotes_as_text",
        ),
        pytest.param(
            "classify_uci_sentiment/amazon_cells_labelled.txt",
            931,
            {"quote": "", "header": False, "columns": ("text", "label")},
            id="tabs_in_a_text_file",
        ),
    ],
)
def test_real_tables_are_read_whole_with_the_options_they_need(shared_data: Path, file: str, rows: int, options: Any):
    found = read(shared_data / file, **options)
    assert (len(found.rows), found.drops) == (rows, [])


def _readme(folder: Path) -> str:
    return (folder / "README.md").read_text(encoding="utf-8")


def test_rows_are_dicts_with_the_line_they_start_in(tmp_path: Path):
    path = written(tmp_path, 'Human;AI\n"Hello\r\nthere\nyou";"I\'m ""an"" AI"\n\n\nHi;"yes\ryes"\nBye;\n')
    found = read(path)
    assert found.rows == [
        {"Human": "Hello\r\nthere\nyou", "AI": 'I\'m "an" AI'},
        {"Human": "Hi", "AI": "yes\ryes"},
        {"Human": "Bye", "AI": ""},
    ]
    assert found.numbers == [2, 7, 9]
    assert found.drops == []


@pytest.mark.parametrize("cell", ["NA", "null", "None", "#N/A", "007", "1.0", "nan", "", " x ", "TRUE", "1E5"])
def test_cells_stay_the_text_they_are(tmp_path: Path, cell: str):
    assert read(written(tmp_path, f"id,text\n1,{cell}\n")).rows == [{"id": "1", "text": cell}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old_mac"])
def test_any_line_end_will_do(tmp_path: Path, end: str):
    found = read(written(tmp_path, end.join(["a,b", "1,2", "", "3,4"])))
    assert (found.cells, found.numbers) == ([["1", "2"], ["3", "4"]], [2, 4])


def test_other_line_separators_are_text(tmp_path: Path):
    assert read(written(tmp_path, "a,b\n1\u2028,2\x85\x0c\n")).cells == [["1\u2028", "2\x85\x0c"]]


TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.text(st.sampled_from('ab ,;"\r\n\u2028é'), max_size=6), min_size=width, max_size=width),
        min_size=1,
        max_size=30,
    ).map(lambda table: (width, table))
)


@given(table=TABLES, delimiter=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n"]))
def test_what_the_csv_module_writes_is_read_again_with_the_right_lines(tmp_path_factory, table, delimiter, end):
    width, cells = table
    names = tuple(f"c{i}" for i in range(width))
    starts, text, line = [], "", 1
    for record in cells:
        one = io.StringIO(newline="")
        csv.writer(one, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(record)
        starts.append(line)
        line += len(re.findall(r"\r\n|\r|\n", one.getvalue()))
        text += one.getvalue()
    path = written(tmp_path_factory.mktemp("law"), text)
    found = read(path, delimiter=delimiter, header=False, columns=names)
    assert (found.cells, found.numbers, found.drops) == (cells, starts, [])


@given(text=st.text(st.sampled_from('a,;"\r\n'), max_size=60))
def test_any_text_is_read_or_refused_and_every_line_is_accounted_for(tmp_path_factory, text: str):
    path = written(tmp_path_factory.mktemp("any"), text)
    try:
        found = read(path, header=False, columns=("a", "b"), delimiter=",")
    except DataError as error:
        assert re.match(r"data\.csv(:\d+: a quote opened|: is empty)", str(error))
        return
    places = sorted([*found.numbers, *(drop.source.first for drop in found.drops if drop.source)])
    assert len(places) == len(set(places))
    lines = io.StringIO(text, newline="").readlines()
    blank = [n for n, line in enumerate(lines, 1) if not line.strip("\r\n")]
    if '"' not in text:
        assert sorted(places + blank) == list(range(1, len(lines) + 1))


def test_many_rows_come_in_blocks(tmp_path: Path):
    path = written(tmp_path, "a,b\n" + "".join(f"{i},x\n" for i in range(5001)))
    blocks = [event for event in Csv(path="x").read(Input(path)) if isinstance(event, Rows)]
    assert max(len(block.rows) for block in blocks) <= 2000
    assert [row["a"] for block in blocks for row in block.rows] == [str(i) for i in range(5001)]
    assert [number for block in blocks for number in block.numbers] == list(range(2, 5003))


def test_cells_larger_than_the_limit_of_the_csv_module_are_read(tmp_path: Path):
    big = "word " * 100_000
    found = read(written(tmp_path, f'id,text\n1,"{big}\n{big}"\n2,x\n'))
    assert (found.cells, found.numbers) == ([["1", f"{big}\n{big}"], ["2", "x"]], [2, 4])


DELIMITERS = {
    "comma": ("Human,AI\nHello; you,Hi\n", "data.csv", "delimiter ',' found"),
    "semicolon": ("Human;AI\nHello, you, there;Hi, I am\n", "data.csv", "delimiter ';' found"),
    "semicolon_and_decimal_commas": ("a;b\n1,5;2,5\n", "data.csv", "delimiter ';' found"),
    "tab": ("Human\tAI\nHello, you;\tHi\n", "data.txt", "delimiter tab found"),
    "tab_by_name": ("a,b\tc,d\n1,2\t3,4\n", "data.tsv", "delimiter tab found"),
    "comma_in_a_tsv": ("a,b\n1,2\n", "data.tsv", "delimiter ',' found"),
    "pipe": ("Human|AI\nHello, you|Hi\n", "data.csv", "delimiter '|' found"),
    "in_quotes_only": ('"a;b","c"\n"1;2;3","4"\n', "data.csv", "delimiter ',' found"),
    "header_only": ("Human;AI", "data.csv", "delimiter ';' found"),
    "one_column": ("text\nHello\nHi\n", "data.csv", "no delimiter found: one column"),
    "sep_line": ("sep=;\r\nHuman;AI\r\nHello, you;Hi, I am\r\n", "data.csv", "delimiter ';' found in the sep= line"),
    "sep_line_in_quotes": ('"sep=|"\na,b|c,d\n', "data.csv", "delimiter '|' found in the sep= line"),
}


@pytest.mark.parametrize("case", DELIMITERS)
def test_the_delimiter_is_found_and_said(tmp_path: Path, case: str):
    text, name, message = DELIMITERS[case]
    found = read(written(tmp_path, text, name))
    (said,) = found.findings
    assert (said.code, said.level, said.message) == ("FT210", "advice", message)
    assert found.drops == []
    assert len(found.rows[0] if found.rows else ["one", "two"]) == (1 if case == "one_column" else 2)


def test_a_sep_line_counts_as_a_line_but_is_no_row(tmp_path: Path):
    found = read(written(tmp_path, "sep=;\na;b\n1;2\n"))
    assert (found.rows, found.numbers) == ([{"a": "1", "b": "2"}], [3])


def test_a_given_delimiter_is_used_and_not_said(tmp_path: Path):
    found = read(written(tmp_path, "sep=;\na:b\n1;:2\n"), delimiter=":")
    assert (found.rows, found.findings) == ([{"a": "1;", "b": "2"}], [])


QUOTES = {
    "doubled": ('1,"say ""hi"", now"', {}, 'say "hi", now'),
    "in_the_middle": ('1,5" disk', {}, '5" disk'),
    "apostrophe": ("1,'it''s \"x\", now'", {"quote": "'"}, 'it\'s "x", now'),
    "none": ('1,"open', {"quote": ""}, '"open'),
    "escaped": (r'1,"say \"hi\", now"', {"escape": "\\"}, 'say "hi", now'),
    "empty": ('1,""', {}, ""),
}


@pytest.mark.parametrize("case", QUOTES)
def test_quotes_are_what_the_options_say(tmp_path: Path, case: str):
    row, options, cell = QUOTES[case]
    assert read(written(tmp_path, f"id,text\n{row}\n"), delimiter=",", **options).cells == [["1", cell]]


def test_ragged_rows_are_dropped_with_their_place_and_cells(tmp_path: Path):
    path = written(tmp_path, 'a,b,c\n1,2,3\n\n4,"5\n5"\n6,7,8\n1,2,3,4\n9,,\nx\n')
    found = read(path, delimiter=",")
    assert (found.cells, found.numbers) == ([["1", "2", "3"], ["6", "7", "8"], ["9", "", ""]], [2, 6, 8])
    assert summary(found.drops) == [
        ("data.csv:4-5", "too few cells", "2 cells instead of 3", ["4", "5\n5"]),
        ("data.csv:7", "too many cells", "4 cells instead of 3", ["1", "2", "3", "4"]),
        ("data.csv:9", "too few cells", "1 cell instead of 3", ["x"]),
    ]


def test_drops_and_rows_come_in_the_order_of_the_file(tmp_path: Path):
    path = written(tmp_path, "a,b\n1,2\n3\n4,5\n")
    events = list(Csv(path="x", delimiter=",").read(Input(path)))
    assert [type(event).__name__ for event in events] == ["Rows", "Drop", "Rows"]


def test_a_row_with_text_after_a_quote_is_dropped_and_the_others_are_read(tmp_path: Path):
    path = written(tmp_path, 'a,b\n1,2\n"27" TV,x\n"two\nlines",y\n3,"x" \n4,5\n6,"cut')
    found = read(path, delimiter=",")
    assert (found.cells, found.numbers) == ([["1", "2"], ["two\nlines", "y"], ["4", "5"]], [2, 4, 7])
    assert summary(found.drops) == [
        ("data.csv:3", "text after a closing quote", "a quote is followed by text", '"27" TV,x'),
        ("data.csv:6", "text after a closing quote", "a quote is followed by text", '3,"x" '),
        ("data.csv:8", "quote never closed", "the file ends", '6,"cut'),
    ]


OPEN = {
    "to_the_end": (
        "1,2\n" * 5000 + '3,"open\n' + "4,5\n" * 5000,
        "data.csv:5002: a quote opened in this row is still open 5000 lines later, where the file ends",
    ),
    "to_another_quote": (
        '1,2\n3,"open\n4,5\n6,"closed"\n7,8\n',
        "data.csv:3: a quote opened in this row is still open 2 lines later, where a quote is followed by text",
    ),
    "for_too_long": (
        '1,"open\n' + ("x" * 999_999 + "\n") * 17,
        "data.csv:2: a quote opened in this row is still open 17 lines later, "
        "where a cell has more than 16,777,216 characters",
    ),
}


@pytest.mark.parametrize("case", OPEN)
def test_a_quote_that_is_never_closed_is_found_and_its_row_named(tmp_path: Path, case: str):
    rows, message = OPEN[case]
    hint = "close it, double the quotes inside cells, or say 'quote: \"\"' where quotes are only text"
    assert complaint(written(tmp_path, "a,b\n" + rows), delimiter=",") == f"{message}; {hint}"


def test_rows_swallowed_by_a_quote_that_another_one_closes_are_said(tmp_path: Path):
    path = written(tmp_path, 'a,b\n1,"open\n2,x\n3,y\n4,z\n5,closed"\n6,7\n')
    found = read(path, delimiter=",")
    assert found.numbers == [2, 7]
    (said,) = found.findings
    assert (said.code, said.level, str(said.source)) == ("FT211", "warning", "data.csv:2-6")
    assert said.message == "lines 2 to 6 are one row, with lines inside that look like rows"
    assert said.hint == "is a quote left open in the first of them?"


def test_a_cell_of_too_many_characters_in_one_line_is_dropped(tmp_path: Path):
    found = read(written(tmp_path, "a,b\n1," + "x" * (1 << 24) + "x\n2,y\n"), delimiter=",")
    assert found.cells == [["2", "y"]]
    (drop,) = found.drops
    assert (drop.reason, str(drop.source), drop.content) == ("cell too long", "data.csv:2", "1," + "x" * 998)


HEADERS = {
    "spaces": ("ID, Test \n1,2\n", {}, ["ID", "Test"]),
    "numbered": (
        "id,,id,id_2,,id\n1,2,3,4,5,6\n",
        {"duplicates": "number"},
        ["id", "column_2", "id_3", "id_2", "column_5", "id_4"],
    ),
    "renamed": ("id,id\n1,2\n", {"columns": ("a", "b")}, ["a", "b"]),
    "not_there": ("1,2\n", {"header": False, "columns": ("a", "b")}, ["a", "b"]),
    "after_blank_lines": ("\n\na,b\n1,2\n", {}, ["a", "b"]),
    "over_two_lines": ('"a\nb",c\n1,2\n', {}, ["a\nb", "c"]),
}


@pytest.mark.parametrize("case", HEADERS)
def test_columns_are_named_by_the_header_or_the_recipe(tmp_path: Path, case: str):
    text, options, names = HEADERS[case]
    found = read(written(tmp_path, text), delimiter=",", **options)
    assert [list(row) for row in found.rows] == [names]
    assert found.drops == []


NAMING = "name them with 'columns: [...]', or number them with 'duplicates: number'"
COMPLAINTS = {
    "empty": ("", {}, "data.csv: is empty; a table has at least a header"),
    "empty_with_mark": ("\ufeff", {}, "data.csv: is empty; a table has at least a header"),
    "blank_lines": ("\n\r\n\n", {}, "data.csv: is empty; a table has at least a header"),
    "sep_line_only": ("sep=;\n", {}, "data.csv: is empty; a table has at least a header"),
    "blank_and_repeated_names": (
        "\nid,,name,id, \n",
        {},
        f"data.csv:2: columns 1 and 4 have the same name 'id'; columns 2 and 5 have no name; {NAMING}",
    ),
    "names_do_not_fit": (
        "a,b,c\n1,2,3\n",
        {"columns": ("a", "b")},
        "data.csv:1: the header has 3 cells, but 'columns' has 2 names; name every column",
    ),
    "header_with_open_quote": (
        '"a,b',
        {},
        "data.csv:1: the header cannot be read: quote never closed; set its quotes right",
    ),
}


@pytest.mark.parametrize("case", COMPLAINTS)
def test_a_table_without_usable_header_is_one_clear_line(tmp_path: Path, case: str):
    text, options, message = COMPLAINTS[case]
    assert complaint(written(tmp_path, text), **options) == message


def test_a_header_alone_gives_no_rows(tmp_path: Path):
    found = read(written(tmp_path, "a,b\n"))
    assert (found.rows, found.drops) == ([], [])


ENCODINGS = {
    "utf_8": ("utf-8", None),
    "utf_8_with_mark": ("utf-8-sig", None),
    "utf_16": ("utf-16", None),
    "utf_16_be_given": ("utf-16-be", "utf-16-be"),
    "cp1252_given": ("cp1252", "cp1252"),
}


@pytest.mark.parametrize("case", ENCODINGS)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_encodings_and_packing_make_no_difference(tmp_path: Path, case: str, packed: bool):
    encoding, given_ = ENCODINGS[case]
    raw = "Mensch;KI\r\nGrüße – „hallo“;Schön\r\n".encode(encoding)
    path = written(tmp_path, gzip.compress(raw) if packed else raw, "data.csv.gz" if packed else "data.csv")
    assert read(path, encoding=given_).rows == [{"Mensch": "Grüße – „hallo“", "KI": "Schön"}]


def test_an_undecodable_line_is_named_with_a_suggestion(tmp_path: Path):
    path = written(tmp_path, "id,name\n1,ok\n2,café\n".encode("cp1252"))
    message = (
        "data.csv:3: byte 0xe9 is not utf-8; it may be cp1252: '2,café'; if that reads right, say 'encoding: cp1252'"
    )
    assert complaint(path) == message


OPTIONS = {
    "long_delimiter": ({"delimiter": "||"}, "must be one character, not '||'"),
    "empty_delimiter": ({"delimiter": ""}, "delimiter must be one character; leave it out to have it found"),
    "tab_in_single_quotes": (
        {"delimiter": "\\t"},
        'a backslash and a t are no tab; put it in double quotes: "\\t"',
    ),
    "line_break": ({"delimiter": "\n"}, "must be one character, not '\\n'"),
    "same_twice": ({"delimiter": "'", "quote": "'"}, "delimiter, quote and escape must differ"),
    "encoding": ({"encoding": "cp12525"}, "unknown encoding 'cp12525'; for example utf-8, cp1252, utf-16-le"),
    "no_names": ({"header": False}, "header: false needs the names; add 'columns: [name, …]'"),
    "names_twice": (
        {"columns": ["a", "a"]},
        "columns has a name twice, or a blank one; every column needs its own",
    ),
    "blank_name": ({"columns": ["a", ""]}, "columns has a name twice, or a blank one; every column needs its own"),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_options_that_make_no_sense_are_refused(case: str):
    options, message = OPTIONS[case]
    with pytest.raises(ValidationError) as caught:
        Csv(path="x", **options)
    assert caught.value.errors()[0]["msg"].removeprefix("Value error, ") == message


@pytest.mark.parametrize(
    ("head", "sure"),
    [
        pytest.param(b"a;b\n1;2\n3;4\n", 0.5, id="table"),
        pytest.param("a;b\n1;2\n3;4\n".encode("utf-16"), 0.5, id="utf_16"),
        pytest.param(b"sep=;\na;b\n", 0.9, id="sep_line"),
        pytest.param(b"a,b", 0.1, id="one_line"),
        pytest.param(b'{"a": 1, "b": 2}\n{"a": 1, "b": 2}\n', 0.0, id="json_lines"),
        pytest.param(b"", 0.0, id="empty"),
        pytest.param(b"PK\x03\x04\0\0", 0.0, id="zip"),
        pytest.param(b"Once upon a time\nthere was, they say,\na king.\n", 0.0, id="prose"),
    ],
)
def test_a_table_is_recognised_by_its_even_rows(head: bytes, sure: float):
    assert Csv.recognise(head, "data") == sure
