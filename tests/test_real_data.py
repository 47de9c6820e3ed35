"""Real files that nobody here wrote: each is read with its rows in balance, or gives one clear line and exit code 2."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

import ftprep
from ftprep import api

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
TABLES = ["csv_quirks", "xlsx_readxl", *(sorted(p.name for p in DATA.glob("classify_*")) if DATA.is_dir() else [])]
FILES = [
    pytest.param(path, id=f"{name}/{path.name}")
    for name in TABLES
    for path in (sorted((DATA / name).iterdir()) if DATA.is_dir() else [])
    if path.suffix != ".md"
] or [pytest.param(None, id="no real data beside this checkout")]

pytestmark = pytest.mark.files


def recipe(path: Path, options: dict[str, Any] | None = None) -> dict[str, Any]:
    """Every row becomes a chat of all its columns, or is dropped."""
    read = {"path": str(path), **(options or {})}
    return {
        "version": 1,
        "read": {options.pop("reader"): {k: v for k, v in read.items() if k != "reader"}} if options else str(path),
        "transform": [{"chat": {"user": "a row", "assistant": "its answer"}}],
        "write": ["openai_chat"],
    }


@pytest.mark.parametrize("path", FILES)
def test_a_real_table_is_in_balance_or_gives_one_clear_line(path: Path | None, tmp_path: Path) -> None:
    if path is None:
        pytest.skip("the real data (../shared/data) is not beside this checkout")
    try:
        run = api.run(recipe(path), out=tmp_path / "out")
    except ftprep.FindingsError as error:
        assert re.match(r"no example is left of \d+ rows", str(error))
    except ftprep.FtprepError as error:
        assert error.exit_code == 2
        assert len(error.problems) == 1
        text = str(error)
        assert "\n" not in text
        assert path.name in text
        assert error.problems[0].hint
    else:
        counts = run.counts
        assert counts["read"] == counts["used"] + counts["dropped"]
        for step in counts["steps"]:
            assert step["in"] + step["made"] == step["out"] + sum(step["dropped"].values())


def plain_records(path: Path, **dialect: Any) -> int:
    """Records that Python's own reader finds, without the header and blank lines."""
    text = path.read_text(encoding="utf-8-sig", newline="")
    return sum(1 for record in csv.reader(io.StringIO(text, newline=""), **dialect) if record) - 1


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        pytest.param("classify_airline_tweets/Tweets.csv", 2404, id="tweets with embedded newlines"),
        pytest.param("classify_creak_true_false/dev.json", 1371, id="JSON lines called .json"),
        pytest.param("classify_dbpedia_jsonl/dbpedia_samples.jsonl", 200, id="JSON lines"),
        pytest.param("csv_quirks/encoding-issue-274.csv", 507, id="a non-ASCII character late in the file"),
        pytest.param("xlsx_readxl/iris-google-doc.xlsx", 150, id="a workbook of Google"),
    ],
)
def test_counts_equal_those_in_the_data_s_own_description(
    shared_data: Path, tmp_path: Path, name: str, rows: int
) -> None:
    run = api.run(recipe(shared_data / name), out=tmp_path / "out")
    assert run.counts["read"] == rows


@pytest.mark.parametrize(
    ("name", "options", "rows"),
    [
        pytest.param(
            "classify_10kgnad_german/test_sample.csv",
            {"reader": "csv", "header": False, "columns": ["label", "text"], "quote": "'"},
            97,
            id="quoted with the apostrophe",
        ),
        pytest.param(
            "classify_sms_spam/sms.tsv",
            {"reader": "csv", "header": False, "columns": ["label", "text"], "quote": ""},
            2690,
            id="tabs, no header, and quotes that are text",
        ),
    ],
)
def test_a_file_that_needs_options_is_read_with_them(
    shared_data: Path, tmp_path: Path, name: str, options: dict[str, Any], rows: int
) -> None:
    run = api.run(recipe(shared_data / name, dict(options)), out=tmp_path / "out")
    assert run.counts["read"] == run.counts["used"] == rows


def test_real_cells_that_look_empty_stay_text(shared_data: Path, tmp_path: Path) -> None:
    rows = ["NA", "null", "None", "#N/A", "007", "1e5", "nan"]
    file = tmp_path / "looks.csv"
    file.write_text("q;a\n" + "".join(f"is it {text}?;{text}\n" for text in rows), encoding="utf-8", newline="")
    looks = recipe(file) | {"transform": [{"chat": {"user": "{q}", "assistant": "{a}"}}]}
    frame = api.run(looks, out=tmp_path / "out").to_pandas()
    assert [messages[1]["content"] for messages in frame["messages"]] == rows
