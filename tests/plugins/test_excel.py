"""The reader `excel`: rows and numbers, what is odd about a sheet, and files that are no workbook."""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import ftprep
from ftprep_excel import Excel
from ftprep_excel.cells import text

pytestmark = pytest.mark.files


def read(path: Path, **options: Any) -> list[Any]:
    """Everything the reader says about a file, with options as a recipe gives them."""
    reader = Excel.model_validate_json(json.dumps({"path": path.name, **options}), strict=True)
    return list(reader.read(ftprep.Input(path, path.name)))


def rows(found: Sequence[Any]) -> list[dict[str, str]]:
    return [row for block in found if isinstance(block, ftprep.Rows) for row in block.rows]


def numbers(found: Sequence[Any]) -> list[int]:
    return [number for block in found if isinstance(block, ftprep.Rows) for number in block.numbers]


def findings(found: Sequence[Any]) -> list[str]:
    return [f"{f.source}: {f.level}: {f.message}" for f in found if isinstance(f, ftprep.Finding)]


def drops(found: Sequence[Any]) -> list[str]:
    return [f"{d.source}: {d.reason}: {d.detail}" for d in found if isinstance(d, ftprep.Drop)]


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(ftprep.DataError) as caught:
        read(path, **options)
    return str(caught.value)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """A workbook `t.xlsx` with a sheet for each keyword; `change` may do the rest."""

    def made(change: Callable[[openpyxl.Workbook], None] = lambda book: None, /, **sheets: list[list[Any]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, lines in sheets.items():
            sheet = book.create_sheet(name)
            for line in lines:
                sheet.append(line)
        change(book)
        book.save(tmp_path / "t.xlsx")
        return tmp_path / "t.xlsx"

    return made


def rewrite(path: Path, part: str, old: str, new: str) -> Path:
    """Changes the text of one part, for what no library would write."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = re.sub("<v ?/>", "<v></v>", parts[part].decode("utf-8"))
    assert old in xml
    parts[part] = xml.replace(old, new).encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"
TABLE = [["user", "assistant"], ["Hi", "Hello"], ["Bye", "See you"]]


# ---- rows ------------------------------------------------------------------------------------------------------------


def test_cells_are_text_and_rows_have_excels_numbers(make: Callable[..., Path]) -> None:
    found = read(make(talk=[*TABLE, [], ["007", "NA"]]))
    assert found == [
        ftprep.Rows(
            [
                {"user": "Hi", "assistant": "Hello"},
                {"user": "Bye", "assistant": "See you"},
                {"user": "007", "assistant": "NA"},
            ],
            [2, 3, 5],
            "talk",
        )
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(None, "", id="empty"),
        pytest.param(1, "1", id="int"),
        pytest.param(1.0, "1", id="whole float"),
        pytest.param(-0.0, "0", id="minus zero"),
        pytest.param(4.5, "4.5", id="float"),
        pytest.param(0.1 + 0.2, "0.3", id="15 digits"),
        pytest.param(12345678901234500.0, "12345678901234500", id="long id"),
        pytest.param(True, "TRUE", id="true"),
        pytest.param(False, "FALSE", id="false"),
        pytest.param(dt.datetime(2024, 1, 31), "2024-01-31", id="date"),
        pytest.param(dt.datetime(2024, 1, 31, 13, 45), "2024-01-31T13:45:00", id="date and time"),
        pytest.param(dt.datetime(2024, 1, 31, 13, 45, 0, 250_000), "2024-01-31T13:45:00.25", id="fraction"),
        pytest.param(dt.time(13, 45), "13:45:00", id="time"),
        pytest.param(dt.timedelta(hours=26, minutes=3), "26:03:00", id="more than a day"),
        pytest.param("#N/A", "#N/A", id="error"),
        pytest.param(" a ", " a ", id="spaces"),
        pytest.param("a_x000D_\nb", "a\r\nb", id="escaped carriage return"),
        pytest.param("_x005F_x000D_", "_x000D_", id="escaped escape"),
        pytest.param("_xD83D_", "_xD83D_", id="half of a surrogate pair"),
    ],
)
def test_a_cell_is_the_text_that_a_csv_file_would_hold(value: Any, shown: str, make: Callable[..., Path]) -> None:
    assert text(value) == shown
    if value is not None:
        assert rows(read(make(a=[["x"], [value]]))) == [{"x": shown}]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6), min_size=2, max_size=2
        ),
        max_size=8,
    )
)
def test_whatever_text_is_written_is_read(make: Callable[..., Path], lines: list[list[str]]) -> None:
    lines = [[cell.replace("_x", "").replace("=", "") for cell in line] for line in lines]
    found = read(make(a=[["p", "q"], *lines]))
    wanted = [(n, {"p": p, "q": q}) for n, (p, q) in enumerate(lines, 2) if p or q]
    assert list(zip(numbers(found), rows(found), strict=True)) == wanted


def test_a_table_longer_than_a_block_keeps_its_order(make: Callable[..., Path]) -> None:
    found = read(make(a=[["n"], *([n] for n in range(4500))]))
    assert [len(block.rows) for block in found] == [2000, 2000, 500]
    assert numbers(found) == list(range(2, 4502))
    assert rows(found)[-1] == {"n": "4499"}


def test_a_file_that_lies_about_its_size_is_read_whole(make: Callable[..., Path]) -> None:
    path = rewrite(make(a=TABLE), SHEET, '<dimension ref="A1:B3"', '<dimension ref="A1:A1"')
    assert rows(read(path)) == [{"user": "Hi", "assistant": "Hello"}, {"user": "Bye", "assistant": "See you"}]


def test_two_threads_read_at_once_without_a_warning_leaking(make: Callable[..., Path]) -> None:
    path = make(a=[["n"], *([n] for n in range(300))])
    rewrite(path, "[Content_Types].xml", "/xl/styles.xml", "/xl/other.xml")  # openpyxl warns: no stylesheet
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: rows(read(path)), range(8)))
    assert all(result == results[0] for result in results)
    assert len(results[0]) == 300


# ---- options ---------------------------------------------------------------------------------------------------------


def test_the_header_may_stand_anywhere(make: Callable[..., Path]) -> None:
    path = make(a=[["Support, 2024"], [], [None, "user", "assistant"], [None, "Hi", "Hello"]])
    assert rows(read(path, header_row=3)) == [{"user": "Hi", "assistant": "Hello"}]
    assert rows(read(path, skip=1)) == [{"user": "Hi", "assistant": "Hello"}]
    assert numbers(read(path, skip=1)) == [4]


def test_columns_are_named_where_there_is_no_header(make: Callable[..., Path]) -> None:
    path = make(a=[[], [None, "Hi", "Hello"], [None, "Bye"]])
    found = read(path, header=False, columns=["user", "assistant"])
    assert rows(found) == [{"user": "Hi", "assistant": "Hello"}, {"user": "Bye", "assistant": ""}]
    assert numbers(found) == [2, 3]


def test_columns_may_replace_the_names_in_the_file(make: Callable[..., Path]) -> None:
    path = make(a=[[None, "Human", "AI"], ["1", "Hi", "Hello"]])
    assert rows(read(path, columns=["id", "user", "assistant"])) == [{"id": "1", "user": "Hi", "assistant": "Hello"}]
    assert refusal(path, columns=["user", "assistant"]) == (
        "t.xlsx:a!1: the table has 3 columns, but 'columns' has 2 names; "
        "name every column; the header: column_1, Human, AI"
    )


@pytest.mark.parametrize(
    ("sheet", "wanted"),
    [
        pytest.param(None, ["b"], id="the first that is not hidden"),
        pytest.param("a", ["a"], id="by name"),
        pytest.param(3, ["c"], id="by number"),
        pytest.param("all", ["a", "b", "c"], id="all"),
    ],
)
def test_a_sheet_is_chosen(sheet: str | int | None, wanted: list[str], make: Callable[..., Path]) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["a"].sheet_state = "hidden"

    path = make(hide, a=TABLE, b=TABLE, c=TABLE)
    found = read(path) if sheet is None else read(path, sheet=sheet)
    assert [block.sheet for block in found if isinstance(block, ftprep.Rows)] == wanted


def test_duplicate_and_blank_headers_are_named_or_numbered(make: Callable[..., Path]) -> None:
    path = make(a=[[None, "text", "text", None, "text_2", None], ["1", "2", "3", None, "4", "5"]])
    assert refusal(path) == (
        "t.xlsx:a!1: the header (row 1) has 'text' in B1, C1; no name in A1, above values; "
        "name them with 'columns: [...]', or number them with 'duplicates: number'; header_row says where they are"
    )
    numbered = {"column_1": "1", "text": "2", "text_3": "3", "text_2": "4", "column_6": "5"}
    assert rows(read(path, duplicates="number")) == [numbered]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"header": False}, "header: false needs the names; add 'columns: [name, …]'", id="no names"),
        pytest.param(
            {"header": False, "columns": ["a"], "header_row": 2},
            "header: false and header_row exclude each other; remove one",
            id="header row",
        ),
        pytest.param(
            {"header_row": 2, "skip": 2}, "header_row: 2 is among the 2 skipped rows; remove skip", id="skipped header"
        ),
        pytest.param(
            {"header": False, "columns": ["a", "a"]},
            "columns has a name twice, or a blank one; every column needs its own",
            id="twice",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Excel.model_validate_json(json.dumps({"path": "t.xlsx", **options}), strict=True)
    assert caught.value.errors()[0]["msg"] == f"Value error, {message}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"sheet": "Chats"}, "t.xlsx: has no sheet 'Chats'; did you mean 'chat'?", id="name"),
        pytest.param(
            {"sheet": 9},
            "t.xlsx: has no worksheet number 9; there are 3: 'chat', '2024' (hidden), 'empty'",
            id="number",
        ),
        pytest.param(
            {"sheet": 2024},
            "t.xlsx: has no worksheet number 2024; the sheet of that name is sheet: '2024', in quotes",
            id="number as name",
        ),
        pytest.param(
            {"sheet": "plot"},
            "t.xlsx: sheet 'plot' holds a chart, no table; choose one with cells: 'chat', '2024' (hidden), 'empty'",
            id="chart",
        ),
        pytest.param(
            {"sheet": "empty"},
            "t.xlsx: sheet 'empty' is empty; choose another with 'sheet:': 'chat', '2024' (hidden)",
            id="empty",
        ),
        pytest.param(
            {"skip": 5},
            "t.xlsx: sheet 'chat' is empty after the 5 skipped rows; "
            "choose another with 'sheet:': '2024' (hidden), 'empty'",
            id="all skipped",
        ),
        pytest.param(
            {"header_row": 7},
            "t.xlsx:chat!7: this row is empty, so it holds no column names; "
            "the last row that is not empty is 3; change header_row",
            id="header row",
        ),
    ],
)
def test_what_is_not_there_is_named_with_what_is(
    options: dict[str, Any], message: str, make: Callable[..., Path]
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["2024"].sheet_state = "hidden"
        book.create_chartsheet("plot")

    assert refusal(make(change, **{"chat": TABLE, "2024": TABLE, "empty": []}), **options) == message


# ---- what is odd -----------------------------------------------------------------------------------------------------


def test_what_a_person_should_know_is_said(make: Callable[..., Path]) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["a"]
        sheet.merge_cells("A2:A3")
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.sheet_state = "veryHidden"

    path = make(change, a=[*TABLE, ["x", "y"]], b=TABLE)
    assert findings(read(path, sheet="a")) == [
        "t.xlsx:a!1: advice: this sheet is hidden, and read all the same",
        "t.xlsx:a!1-4: warning: merged cells A2:A3: only the top left cell of each has the value, the others are empty",
        "t.xlsx:a!1-4: advice: hidden rows are read too: 3-4",
        "t.xlsx:a!1-4: advice: hidden columns are read too: B",
    ]
    assert rows(read(path, sheet="a"))[1] == {"user": "", "assistant": "See you"}
    assert findings(read(make(a=TABLE, b=TABLE, c=TABLE))) == [
        "t.xlsx:a!1: advice: only sheet 'a' is read, not 'b', 'c'"
    ]
    assert findings(read(make(a=TABLE, b=[["user"], ["Hi"]], c=[]), sheet="all")) == [
        "t.xlsx:b!1: warning: its columns (user) are not those of sheet 'a' (user, assistant)",
        "t.xlsx:c!1: advice: this sheet has no rows to read",
    ]


def test_merged_notes_above_the_table_are_not_mentioned(make: Callable[..., Path]) -> None:
    path = make(lambda book: book["a"].merge_cells("A1:B1"), a=[["Notes"], *TABLE])
    assert findings(read(path, header_row=2)) == []


def test_rows_that_cannot_be_read_whole_are_dropped_by_name(make: Callable[..., Path]) -> None:
    found = read(make(a=[["n", "m"], [1, 2], ["=A2+1", 2], [1, 2, None, "note"], [None, "=B2"], [5, 6]]))
    assert drops(found) == [
        "t.xlsx:a!3: formula without a value: A3 was never calculated; open the file in Excel and save it",
        "t.xlsx:a!4: cells beyond the header: D4 holds 'note'; the header is row 1",
        "t.xlsx:a!5: formula without a value: B5 was never calculated; open the file in Excel and save it",
    ]
    assert [d.content for d in found if isinstance(d, ftprep.Drop)] == [
        {"n": "", "m": "2"},
        {"n": "1", "m": "2", "D4": "note"},
        {"n": "", "m": ""},
    ]
    assert numbers(found) == [2, 6]


def test_a_formula_with_a_value_is_its_value(make: Callable[..., Path]) -> None:
    path = make(a=[["n", "m"], ["=1+1", '=""']])
    rewrite(path, SHEET, "<f>1+1</f><v></v>", "<f>1+1</f><v>2</v>")
    rewrite(path, SHEET, '<c r="B2"><f>""</f><v></v>', '<c r="B2" t="str"><f>""</f><v></v>')
    assert read(path) == [ftprep.Rows([{"n": "2", "m": ""}], [2], "a")]


def test_a_header_that_was_never_calculated_is_an_error(make: Callable[..., Path]) -> None:
    message = "t.xlsx:a!1: the header has a formula without a value in B1; open the file in Excel and save it"
    assert refusal(make(a=[["n", "=A1"], [1, 2]])) == message


def test_a_number_that_is_no_date_stays_a_number(make: Callable[..., Path]) -> None:
    path = make(a=[["when"], [dt.datetime(2024, 1, 31)], [dt.datetime(2024, 2, 1)]])
    found = read(rewrite(path, SHEET, "<v>45323</v>", "<v>1706745600000</v>"))
    assert rows(found) == [{"when": "2024-01-31"}, {"when": "1706745600000"}]
    wanted = "t.xlsx:a!1-3: warning: no dates, though formatted as such: A3; their numbers are read"
    assert findings(found) == [wanted]


# ---- no workbooks ----------------------------------------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
SAVE = "save it in Excel as 'Excel Workbook (.xlsx)'"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param(
            "~$t.xlsx",
            b"\5Jane",
            "is the lock file that Excel keeps while a workbook is open; read 't.xlsx'",
            id="locked",
        ),
        pytest.param(
            "t.xlsx",
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password; open it in Excel, remove the password, save it",
            id="encrypted",
        ),
        pytest.param(
            "t.xlsx",
            OLE + bytes(1 << 20) + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password; open it in Excel, remove the password, save it",
            id="encrypted, far back",
        ),
        pytest.param(
            "t.xlsx",
            OLE + "Workbook".encode("utf-16-le"),
            f"is an old Excel file (.xls) or another Office file of that time; {SAVE}"
            f", or read it with 'pandas: {{path: …, kind: xls}}'",
            id="xls",
        ),
        pytest.param("t.xlsx", b"", "is empty; download or copy it again", id="empty"),
        pytest.param("t.xlsx", bytes(99), "holds only zero bytes; download or copy it again", id="zeros"),
        pytest.param(
            "t.xlsx",
            b"user,assistant\nHi,Hello\n",
            "is a text file, not a workbook; read it with 'csv:' if it is a table",
            id="csv",
        ),
        pytest.param(
            "t.xlsx",
            "Zürich;a\n".encode("cp1252"),
            "is a text file, not a workbook; read it with 'csv:' if it is a table",
            id="cp1252",
        ),
        pytest.param(
            "t.xlsx",
            b"\n<!DOCTYPE html><table>",
            f"is an HTML page; open it in Excel and {SAVE}; a page saved instead of a download holds no data",
            id="html",
        ),
        pytest.param(
            "t.xlsx",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            f"is an XML spreadsheet of Excel 2003; {SAVE}",
            id="xml 2003",
        ),
        pytest.param("t.xlsx", b"\x89PNG\r\n\x1a\n\0\0", f"is no Excel workbook; {SAVE}", id="png"),
        pytest.param(
            "t.xlsx",
            b"PK\3\4 cut",
            "is damaged or cut off: File is not a zip file; copy or download it again",
            id="cut off",
        ),
    ],
)
def test_what_is_no_workbook_is_named(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name) == f"{name}: {message}"


@pytest.mark.parametrize(
    ("part", "message"),
    [
        pytest.param("a.csv", "is a zip archive, but no workbook; unpack it and read the file in it", id="zip"),
        pytest.param("word/document.xml", "is a Word document; copy its table into a workbook", id="docx"),
        pytest.param("xl/workbook.bin", f"is a binary workbook (.xlsb); {SAVE}", id="xlsb"),
        pytest.param("content.xml", "is an OpenDocument file; read a spreadsheet (.ods) with 'pandas:'", id="ods"),
        pytest.param("Index/Document.iwa", "is an Apple Numbers file; export it as Excel", id="numbers"),
    ],
)
def test_an_archive_of_something_else_is_named(part: str, message: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr(part, "x")
    assert refusal(tmp_path / "t.xlsx") == f"t.xlsx: {message}"


def test_a_workbook_cut_anywhere_gives_one_line(make: Callable[..., Path]) -> None:
    path = make(a=TABLE)
    whole = path.read_bytes()
    for size in range(0, len(whole), 211):
        path.write_bytes(whole[:size])
        assert refusal(path).startswith("t.xlsx: is ")


def test_a_workbook_with_a_changed_byte_is_read_or_gives_one_line(make: Callable[..., Path]) -> None:
    path = make(a=TABLE)
    whole = path.read_bytes()
    for position in range(0, len(whole), 97):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :])
        try:
            assert len(rows(read(path))) == 2
        except ftprep.DataError as error:
            assert str(error).startswith("t.xlsx")
            assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param('<row r="3"', '<row r="1"', "sheet 'a' is damaged: row 1 comes after row 2", id="rows"),
        pytest.param(
            '<row r="3"', '<row r="2000000"', "sheet 'a' is damaged: row 2000000 comes after row 2", id="far row"
        ),
        pytest.param('<c r="B3"', '<c r="A3"', "sheet 'a' is damaged: the cells of row 3 are out of order", id="cells"),
        pytest.param(
            '<c r="B3"', '<c r="ZZZ3"', "sheet 'a' is damaged: the cells of row 3 are out of order", id="far column"
        ),
        pytest.param('<c r="B3"', '<c r="Ä3"', "sheet 'a' is damaged: 'Ä3' is no cell", id="cell"),
        pytest.param(
            "</sheetData>", "", "sheet 'a' is damaged: its XML is broken (mismatched tag: line 1, column ", id="xml"
        ),
    ],
)
def test_a_sheet_that_would_lose_rows_is_refused(old: str, new: str, message: str, make: Callable[..., Path]) -> None:
    assert refusal(rewrite(make(a=TABLE), SHEET, old, new)).startswith(f"t.xlsx: {message}")


def test_a_strict_workbook_is_named(make: Callable[..., Path]) -> None:
    transitional = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    path = rewrite(make(a=TABLE), "xl/workbook.xml", transitional, strict)
    assert refusal(path) == f"t.xlsx: is a 'Strict Open XML' workbook, which is not read; {SAVE}"


def test_a_workbook_with_only_charts_has_no_table(make: Callable[..., Path]) -> None:
    path = make(lambda book: book.create_chartsheet("plot"), a=TABLE)
    rewrite(path, "xl/_rels/workbook.xml.rels", "/relationships/worksheet", "/relationships/chartsheet")
    assert refusal(path) == "t.xlsx: has no worksheet, only 'a', 'plot'; put the table on a worksheet"


def test_entities_are_refused_before_they_are_read(make: Callable[..., Path]) -> None:
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet '
    path = rewrite(make(a=TABLE), SHEET, "<worksheet ", bomb)
    message = f"declares a document type in {SHEET}, as no workbook does; do not trust this file"
    assert refusal(path) == f"t.xlsx: {message}"


def test_a_bomb_is_refused_before_it_is_unpacked(make: Callable[..., Path]) -> None:
    path = make(a=TABLE)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(80 << 20))
    assert refusal(path).endswith(", beyond what is read; save it as CSV")


def test_a_file_is_recognised_by_content_and_by_name(make: Callable[..., Path]) -> None:
    path = make(a=TABLE)
    head = ftprep.Input(path).head()
    assert Excel.recognise(head, "t.xlsx") == 1.0
    assert Excel.recognise(head, "t.dat") == 0.9
    assert Excel.recognise(b"a,b", "T.XLSM") == 0.5
    assert Excel.recognise(b"a,b", "t.csv") == 0.0


# ---- workbooks of other people ---------------------------------------------------------------------------------------

REAL = {
    "blanks.xlsx": {"different_rows": (3, 2), "same_row_first": (3, 1), "same_row_middle": (4, 2)},
    "clippy.xlsx": {"list-column": (5, 4), "two-row-header": (3, 2)},
    "datasets.xlsx": {"mtcars": (33, 32), "chickwts": (72, 71), "quakes": (1001, 1000)},
    "embedded-chartsheet.xlsx": {"iris": (151, 150), "mtcars": (33, 32), "chickwts": (72, 71), "quakes": (1001, 1000)},
    "geometry.xlsx": {"Sheet1": (6, 3)},
    "inlineStr.xlsx": {"Requirements": (2, 1)},
    "iris-google-doc.xlsx": {"iris": (151, 150)},
    "missing-first-column.xlsx": {"Sheet1": (3, 2)},
    "missing-values-xlsx.xlsx": {"Sheet1": (4, 3)},
    "new_line_errors.xlsx": {"Blad1": (3, 2)},
    "no-styles-or-sharedStrings-parts.xlsx": {"Sheet1": (12, 11)},
    "skipping.xlsx": {"two_blank_rows": (7, 2)},
    "style-only-cells.xlsx": {"Data": (4, 3)},
    "type-me.xlsx": {
        "logical_coercion": (11, 10),
        "numeric_coercion": (8, 7),
        "date_coercion": (8, 7),
        "text_coercion": (7, 6),
    },
    "utf8-sheet-names.xlsx": {"µ": (2, 1), "∂": (2, 1)},
    "vietnamese-utf8.xlsx": {"Sheet1": (7, 6)},
    "whitespace-xlsx.xlsx": {"whitespace": (7, 6), "logical_and_NA": (3, 2)},
}
"""Last row (as the data's README has it; the seven rows of style-only-cells end in three empty ones), and rows that
hold anything below the header."""


@pytest.mark.parametrize("file", REAL)
def test_real_workbooks_have_the_rows_their_readme_names(file: str, shared_data: Path) -> None:
    for sheet, (last, count) in REAL[file].items():
        found = read(shared_data / "xlsx_readxl" / file, sheet=sheet)
        assert (numbers(found)[-1], len(rows(found)), drops(found)) == (last, count, []), sheet


@pytest.mark.parametrize(
    ("file", "options", "message"),
    [
        pytest.param(
            "dates-1900-LibreOffice.xlsx",
            {},
            "dates-1900-LibreOffice.xlsx:Sheet1!1: the header (row 1) has '2000-01-01' in A1, B1, C1, D1, E1;",
            id="dates as header",
        ),
        pytest.param(
            "richtext-coloured.xlsx",
            {},
            "richtext-coloured.xlsx:Sheet1!1: the header (row 1) has 'abcd' in A1, B1, C1, D1;",
            id="rich text",
        ),
        pytest.param(
            "unnamed-duplicated-columns.xlsx",
            {},
            "unnamed-duplicated-columns.xlsx:Sheet1!1: the header (row 1) has 'var2' in B1, D1; "
            "no name in A1, C1, above values;",
            id="unnamed",
        ),
        pytest.param(
            "empty-sheets.xlsx",
            {},
            "empty-sheets.xlsx: sheet 'empty' is empty; choose another with 'sheet:': 'header_only'",
            id="empty",
        ),
        pytest.param(
            "embedded-chartsheet.xlsx",
            {"sheet": "Chart1"},
            "embedded-chartsheet.xlsx: sheet 'Chart1' holds a chart, no table;",
            id="chart",
        ),
        pytest.param(
            "clippy.xls", {}, "clippy.xls: is an old Excel file (.xls) or another Office file of that time;", id="xls"
        ),
    ],
)
def test_real_workbooks_that_cannot_be_read_give_one_line(
    file: str, options: dict[str, Any], message: str, shared_data: Path
) -> None:
    assert refusal(shared_data / "xlsx_readxl" / file, **options).startswith(message)


def test_real_workbooks_are_read_with_the_right_options(shared_data: Path) -> None:
    folder = shared_data / "xlsx_readxl"
    first = rows(read(folder / "deaths.xlsx", header_row=5))[0]
    assert list(first.items()) == [
        ("Name", "David Bowie"),
        ("Profession", "musician"),
        ("Age", "69"),
        ("Has kids", "TRUE"),
        ("Date of birth", "1947-01-08"),
        ("Date of death", "2016-01-10"),
    ]
    numbered = rows(read(folder / "unnamed-duplicated-columns.xlsx", duplicates="number"))
    assert numbered[0] == {"column_1": "1", "var2": "a", "column_3": "1.1", "var2_2": "aa"}
    rich = rows(read(folder / "richtext-coloured.xlsx", duplicates="number"))
    assert rich == [{"abcd": "tvalrval1rval2", "abcd_2": "rval1rval2", "abcd_3": "rval1rval2", "abcd_4": "rval1rval2"}]
    dates = read(folder / "dates-1900-LibreOffice.xlsx", header=False, columns=["a", "b", "c", "d", "e"])
    assert rows(dates) == [dict.fromkeys("abcde", "2000-01-01")]
    assert rows(read(folder / "empty-sheets.xlsx", sheet="header_only")) == []
    assert len(rows(read(folder / "skipping.xlsx", sheet=3, header_row=3))) == 2
    lines = rows(read(folder / "new_line_errors.xlsx"))[0]["column_name"].split(" \r\n")
    assert [lines[0], len(lines)] == ["first line of text", 4]
