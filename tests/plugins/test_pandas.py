"""The reader `pandas`: files that only pandas reads, and frames handed in from Python."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep_pandas import Pandas
from ftprep_pandas.kinds import need
from ftprep_pandas.values import plain

pytestmark = pytest.mark.files


def read(path: Path, **options: Any) -> list[Any]:
    """Everything the reader says about a file, with options as a recipe gives them."""
    reader = Pandas.model_validate_json(json.dumps({"path": path.name, **options}), strict=True)
    return list(reader.read(ftprep.Input(path, path.name)))


def rows(found: list[Any]) -> list[dict[str, Any]]:
    return [row for block in found if isinstance(block, ftprep.Rows) for row in block.rows]


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(ftprep.DataError) as caught:
        read(path, **options)
    return str(caught.value)


FRAME = pd.DataFrame(
    {
        "text": ["NA", "007", None, "Zürich ✓"],
        "n": [1.0, 2.5, np.nan, 4.0],
        "single": np.array([0.1, 1, np.nan, 3.25], dtype="float32"),
        "when": pd.to_datetime(["2024-01-31", "2024-01-31T13:45:00", None, "2024-02-01"], format="ISO8601"),
        "ok": [True, False, True, False],
    }
)
WANTED = [
    {"text": "NA", "n": 1, "single": 0.1, "when": "2024-01-31", "ok": True},
    {"text": "007", "n": 2.5, "single": 1, "when": "2024-01-31T13:45:00", "ok": False},
    {"text": None, "n": None, "single": None, "when": None, "ok": True},
    {"text": "Zürich ✓", "n": 4, "single": 3.25, "when": "2024-02-01", "ok": False},
]

# ---- frames ----------------------------------------------------------------------------------------------------------


def test_a_frame_gives_json_values_and_rows_counted_from_1() -> None:
    (block,) = Pandas.read_data(FRAME)
    assert block.rows == WANTED
    assert list(block.numbers) == [1, 2, 3, 4]
    assert block.sheet is None


def test_a_row_has_its_position_as_number_whatever_the_index_says() -> None:
    (block,) = Pandas.read_data(FRAME[["text"]].set_axis([9, 9, 7, 1]).iloc[1:])
    assert list(block.numbers) == [1, 2, 3]
    assert block.rows[0] == {"text": "007"}


def test_a_long_frame_comes_in_blocks() -> None:
    blocks = list(Pandas.read_data(pd.DataFrame({"n": range(4500)})))
    assert [len(block.rows) for block in blocks] == [2000, 2000, 500]
    assert [row["n"] + 1 for block in blocks for row in block.rows] == [n for block in blocks for n in block.numbers]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(pd.NA, None, id="NA"),
        pytest.param(pd.NaT, None, id="NaT"),
        pytest.param(float("nan"), None, id="NaN"),
        pytest.param(np.float64(2), 2, id="numpy float"),
        pytest.param(np.int8(-3), -3, id="numpy int"),
        pytest.param(np.bool_(True), True, id="numpy bool"),
        pytest.param(np.str_("NA"), "NA", id="numpy text"),
        pytest.param(1e300, 1e300, id="huge float"),
        pytest.param(float("-inf"), "-inf", id="infinite"),
        pytest.param(2**70, "1180591620717411303424", id="huge int"),
        pytest.param(Decimal("1.50"), "1.50", id="decimal"),
        pytest.param(Decimal("NaN"), None, id="decimal NaN"),
        pytest.param(pd.Timestamp("2024-01-31T00:00:00Z"), "2024-01-31T00:00:00+00:00", id="instant"),
        pytest.param(np.datetime64("2024-01-31T13:45", "ns"), "2024-01-31T13:45:00", id="numpy time"),
        pytest.param(dt.date(2024, 1, 31), "2024-01-31", id="date"),
        pytest.param(dt.time(13, 45), "13:45:00", id="time"),
        pytest.param(pd.Timedelta(hours=-26), "-26:00:00", id="duration"),
        pytest.param(np.array([1.0, np.nan]), [1, None], id="array"),
        pytest.param(np.array(5.0), 5, id="array of no dimension"),
        pytest.param({1: (np.int64(2), "x")}, {"1": [2, "x"]}, id="nested"),
        pytest.param({"b", "a"}, ["a", "b"], id="set"),
        pytest.param("ü".encode(), "ü", id="UTF-8"),
        pytest.param(b"\xff\xfe", "//4=", id="bytes"),
        pytest.param(pd.Period("2024-01", "M"), "2024-01", id="anything else"),
    ],
)
def test_a_value_becomes_a_json_value(value: Any, wanted: Any) -> None:
    made = plain(value)
    assert made == wanted
    assert type(made) is type(wanted)
    column = pd.Series([value, "x"], dtype=object)
    assert next(iter(Pandas.read_data(pd.DataFrame({"c": column})))).rows[0] == {"c": wanted}


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        pytest.param(pd.array([1, None], dtype="Int64"), [1, None], id="Int64"),
        pytest.param(pd.array([True, None], dtype="boolean"), [True, None], id="boolean"),
        pytest.param(pd.array(["a", None], dtype="string"), ["a", None], id="string"),
        pytest.param(pd.Categorical(["x", None]), ["x", None], id="categories"),
        pytest.param(pd.arrays.SparseArray([0.0, 1.5]), [0, 1.5], id="sparse"),
        pytest.param(np.array([2**63, 1], dtype="uint64"), [2**63, 1], id="uint64"),
    ],
)
def test_columns_of_any_type_are_read(column: Any, wanted: list[Any]) -> None:
    assert [row["c"] for block in Pandas.read_data(pd.DataFrame({"c": column})) for row in block.rows] == wanted


@given(st.lists(st.one_of(st.text(), st.integers(-(2**63), 2**64 - 1), st.booleans(), st.none())))
def test_json_values_of_a_frame_stay_as_they_are(values: list[Any]) -> None:
    frame = pd.DataFrame({"c": pd.Series(values, dtype=object)})
    read_back = [row["c"] for block in Pandas.read_data(frame) for row in block.rows]
    assert [(type(value), value) for value in read_back] == [(type(value), value) for value in values]


def test_names_of_columns_become_text() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=pd.MultiIndex.from_tuples([("price", "eur"), ("price", ""), (7, None)]))
    assert [row for block in Pandas.read_data(frame) for row in block.rows] == [{"price_eur": 1, "price": 2, "7": 3}]


def test_an_index_with_a_name_is_a_column() -> None:
    frame = pd.DataFrame({"text": ["a"]}, index=pd.Index([5], name="id"))
    assert next(iter(Pandas.read_data(frame))).rows == [{"id": 5, "text": "a"}]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        pytest.param(
            pd.DataFrame([[1, 2]], columns=["a", "a"]),
            "the data frame has more than one column called 'a'; rename or drop all but one",
            id="twice",
        ),
        pytest.param(
            pd.DataFrame([[1, 2]], columns=["1", 1]),
            "the data frame has more than one column called '1'; rename or drop all but one",
            id="twice as text",
        ),
        pytest.param(pd.DataFrame(index=[1, 2]), "the data frame has no columns; give it at least one", id="none"),
        pytest.param(
            pd.DataFrame({"a": [1]}, index=pd.Index([1], name="a")),
            "an index and a column have one name: cannot insert a, already exists; "
            "rename the index, or drop it with reset_index(drop=True)",
            id="index",
        ),
    ],
)
def test_a_frame_whose_columns_do_not_do_is_refused(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(ftprep.DataError) as caught:
        list(Pandas.read_data(frame))
    assert str(caught.value) == message


def test_frames_are_taken_and_nothing_else() -> None:
    class Own(pd.DataFrame):
        pass

    class DataFrame:
        pass

    assert Pandas.takes(FRAME)
    assert Pandas.takes(Own())
    assert not any(map(Pandas.takes, [FRAME["n"], [{"a": 1}], DataFrame(), None, "data.parquet"]))


# ---- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["parquet", "feather"])
def test_arrow_files_are_read_as_the_frame_is(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"t.{suffix}"
    getattr(FRAME, f"to_{suffix}")(path)
    assert read(path) == [ftprep.Rows(WANTED, range(1, 5))]
    path.rename(tmp_path / "t.bin")
    assert rows(read(tmp_path / "t.bin")) == WANTED


def test_parquet_comes_in_blocks_and_keeps_nested_values(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": range(2500), "chat": [[{"role": "user", "content": "NA"}]] * 2500})
    frame.index = pd.Index(range(2500, 0, -1))  # written as a column, because it is no range from 0
    frame.to_parquet(tmp_path / "t.parquet")
    found = read(tmp_path / "t.parquet")
    assert [len(block.rows) for block in found] == [2000, 500]
    assert found[1].rows[-1] == {"n": 2499, "chat": [{"role": "user", "content": "NA"}]}
    assert found[1].numbers[-1] == 2500


def test_stata_labels_are_read_as_text(tmp_path: Path) -> None:
    frame = FRAME[["text", "n", "when"]].assign(label=pd.Categorical(["good", "bad", None, "good"]))
    frame.to_stata(tmp_path / "t.dta", write_index=False, version=118)
    assert [row["label"] for row in rows(read(tmp_path / "t.dta"))] == ["good", "bad", None, "good"]
    assert [row["n"] for row in rows(read(tmp_path / "t.dta"))] == [1, 2.5, None, 4]
    assert [row["text"] for row in rows(read(tmp_path / "t.dta"))] == ["NA", "007", "", "Zürich ✓"]


@pytest.fixture
def ods(tmp_path: Path) -> Callable[..., Path]:
    pytest.importorskip("odf")

    def made(**sheets: list[list[Any]]) -> Path:
        with pd.ExcelWriter(tmp_path / "t.ods", engine="odf") as writer:
            for name, lines in sheets.items():
                pd.DataFrame(lines, dtype=object).to_excel(writer, sheet_name=name, header=False, index=False)
        return tmp_path / "t.ods"

    return made


def test_an_ods_sheet_is_a_table(ods: Callable[..., Path]) -> None:
    table = [[None] * 4, [None, "text", "n", "when"], [None, "NA", 1.0, dt.datetime(2024, 1, 31)], [None] * 4]
    found = read(ods(a=[*table, [None, "007", 2.5, dt.datetime(2024, 1, 31, 13, 45)]]))
    first = {"text": "NA", "n": 1, "when": "2024-01-31"}
    second = {"text": "007", "n": 2.5, "when": "2024-01-31T13:45:00"}
    assert found == [ftprep.Rows([first, second], [3, 5], "a")]


def test_a_sheet_is_chosen_by_name_or_number(ods: Callable[..., Path]) -> None:
    path = ods(a=[["x"], [1]], b=[["x"], [2]], c=[])
    assert rows(read(path, sheet="b")) == rows(read(path, sheet=2)) == [{"x": 2}]
    finding, block = read(path)
    assert (finding.level, finding.message) == ("advice", "only sheet 'a' is read, not 'b', 'c'")
    assert block.rows == [{"x": 1}]
    assert refusal(path, sheet="B") == "t.ods: has no sheet 'B'; did you mean 'b'?"
    assert refusal(path, sheet=4) == "t.ods: has no sheet number 4; there are 3: 'a', 'b', 'c'"
    assert refusal(path, sheet=0) == "t.ods: has no sheet number 0; there are 3: 'a', 'b', 'c'"
    assert refusal(path, sheet="c") == "t.ods: sheet 'c' is empty; choose another with 'sheet:'"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        pytest.param(
            [["x", "x"], [1, 2]],
            "t.ods:a!1: the table has more than one column called 'x'; rename or drop all but one",
            id="twice",
        ),
        pytest.param(
            [["x", None], [1, 2]],
            "t.ods:a!1: column 2 has values, but no name; name it in the first row of the table",
            id="blank",
        ),
    ],
)
def test_an_ods_header_that_does_not_do_is_refused(
    lines: list[list[Any]], message: str, ods: Callable[..., Path]
) -> None:
    assert refusal(ods(a=lines)) == message


def test_an_old_excel_file_is_read_or_the_package_named(shared_data: Path) -> None:
    path = shared_data / "xlsx_readxl" / "clippy.xls"
    if find_spec("xlrd") is None:
        assert refusal(path) == "clippy.xls: xls needs the package 'xlrd'; pip install 'ftprep[xls]'"
    else:
        found = rows(read(path))
        assert len(found) == 4
        assert found[0] == {"name": "Name", "value": "Clippy"}


def test_a_missing_package_is_answered_with_the_install_line() -> None:
    with pytest.raises(ftprep.DataError) as caught:
        need("no_such_package.io", "parquet", "t.parquet: parquet")
    wanted = "t.parquet: parquet needs the package 'no_such_package'; pip install 'ftprep[parquet]'"
    assert str(caught.value) == wanted


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("t.parquet", b"", "is named parquet, but is empty; download or copy it again", id="empty"),
        pytest.param(
            "t.parquet",
            b"a,b\n",
            "is named parquet, but is a text file; read it with 'csv:' if it is a table",
            id="text",
        ),
        pytest.param(
            "t.xls",
            b"<html>",
            "is named xls, but is an HTML or XML page; "
            "open it in a spreadsheet program and save it as Excel workbook (.xlsx)",
            id="html",
        ),
        pytest.param(
            "t.xls",
            b"PK\3\4xl/",
            "is named xls, but is a zip archive or a workbook of another kind; read an Excel workbook with 'excel:'",
            id="xlsx",
        ),
        pytest.param(
            "t.dta", b"\0\1\2\3", "is named stata, but is something else; set 'kind:' if it is sound", id="binary"
        ),
        pytest.param(
            "t.bin",
            b"\0\1\2\3",
            "is of no kind that is known here; name it with 'kind:' (parquet, feather, ods, stata, xls)",
            id="unknown",
        ),
        pytest.param("t.parquet", b"PAR1 cut off", "cannot be read as parquet: ArrowInvalid: ", id="damaged parquet"),
        pytest.param("t.feather", b"ARROW1 cut off", "cannot be read as feather: Arrow", id="damaged feather"),
        pytest.param("t.dta", b"<stata_dta> cut off", "cannot be read as stata: ", id="damaged stata"),
        pytest.param(
            "t.ods",
            b"PK\3\4" + b"application/vnd.oasis.opendocument.spreadsheet",
            "cannot be read as ods: BadZipFile: ",
            id="damaged ods",
        ),
    ],
)
def test_what_cannot_be_read_is_named(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    said = refusal(tmp_path / name)
    assert said.startswith(f"{name}: {message}")
    assert "\n" not in said


def test_a_sheet_of_a_file_without_sheets_is_a_mistake(tmp_path: Path) -> None:
    FRAME.to_parquet(tmp_path / "t.parquet")
    message = "t.parquet: is a parquet file, which has no sheets; remove 'sheet:'"
    assert refusal(tmp_path / "t.parquet", sheet=1) == message


def test_a_file_is_recognised_by_content_and_by_name() -> None:
    assert Pandas.recognise(b"PAR1...", "t.parquet") == 1.0
    assert Pandas.recognise(b"PAR1...", "t.dat") == 0.9
    assert Pandas.recognise(b"a,b", "T.ODS") == 0.5
    assert Pandas.recognise(b"PK\3\4xl/", "t.xlsx") == 0.0
