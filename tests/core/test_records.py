"""Big JSON exports: a record at a time, from lines, arrays and objects with lists; and the text of HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Drop, Input, html_text, json_records

pytestmark = pytest.mark.files


def read(folder: Path, content: str | bytes, *lists: str) -> list[Any]:
    """The records as (section, value); a drop as it is."""
    path = folder / "export.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = list(json_records(Input(path, path.name), lists))
    return [one if isinstance(one, Drop) else (one.section, one.value) for one in found]


def large(content: str) -> str:
    """The same JSON, too long to be decoded at once."""
    return content[0] + " " * (8 << 20) + content[1:]


def of_both_sizes() -> Iterator[Any]:
    for id_, content, records in [
        ("an array", '[{"a": 1}, [2, {"b": []}], "c", null]', [{"a": 1}, [2, {"b": []}], "c", None]),
        ("an object", '{"a": {"b": [1, {}]}, "c": "d"}', [{"a": {"b": [1, {}]}, "c": "d"}]),
        ("lines", '{"a": 1}\n\n{"a": 2}\n{"a": [true, 1.5]}', [{"a": 1}, {"a": 2}, {"a": [True, 1.5]}]),
    ]:
        yield pytest.param(content, records, id=f"{id_}, small")
        if id_ == "an array":
            yield pytest.param(large(content), records, id=f"{id_}, large")


@pytest.mark.parametrize(("content", "records"), list(of_both_sizes()))
def test_each_record_is_given_however_the_file_is_built(tmp_path: Path, content: str, records: list[Any]) -> None:
    assert read(tmp_path, content) == [("", record) for record in records]


@pytest.mark.parametrize("size", ["small", "large"])
def test_the_lists_of_an_object_are_read_and_the_rest_of_it_is_passed(tmp_path: Path, size: str) -> None:
    content = '{"n": 2, "others": [1], "users": [{"id": 1}], "tickets": [{"id": [7, {"x": "y"}]}, 3]}'
    found = read(tmp_path, content if size == "small" else large(content), "users", "tickets")
    assert found == [("users", {"id": 1}), ("tickets", {"id": [7, {"x": "y"}]}), ("tickets", 3)]


@pytest.mark.parametrize("size", ["small", "large"])
def test_an_object_with_a_key_of_its_own_is_a_record_lists_and_all(tmp_path: Path, size: str) -> None:
    content = '{"id": 1, "tickets": [{"a": [2]}]}'
    found = read(tmp_path, content if size == "small" else large(content), "tickets")
    assert found == [("", {"id": 1, "tickets": [{"a": [2]}]})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path: Path, encoding: str) -> None:
    text = '{"a": "Grüße \N{SLIGHTLY SMILING FACE}"}\n{"a": 2}'
    assert read(tmp_path, text.encode(encoding)) == [("", {"a": "Grüße \N{SLIGHTLY SMILING FACE}"}), ("", {"a": 2})]


def test_a_bad_line_is_a_drop_and_the_others_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, '{"a": 1}\n{"a": 2,\n[3]\n' + "[" * 5000 + '\n{"a": 4}\n')
    drops = [one for one in found if isinstance(one, Drop)]
    assert [one for one in found if not isinstance(one, Drop)] == [("", {"a": 1}), ("", {"a": 4})]
    assert [(drop.reason, drop.detail) for drop in drops] == [
        ("not a JSON object", "line 2"), ("not a JSON object", "line 3"), ("not a JSON object", "line 4"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("", "there is nothing in it; export it again, or fetch the whole file", id="empty"),
        pytest.param(" \n ", "there is nothing in it; export it again, or fetch the whole file", id="blank"),
        pytest.param(
            '[{"a": 1}, {"a": 2}, {"a"',
            "the JSON is damaged or ends too early, after 2 values; export it again, or fetch the whole file",
            id="cut off",
        ),
        pytest.param(
            '{"users": [{"a": 1}',
            "the JSON is damaged or ends too early, after 1 values; export it again, or fetch the whole file",
            id="cut off in a list",
        ),
        pytest.param(
            "a,b\n1,2",
            "the JSON is damaged or ends too early, after 0 values; check that it is the right file",
            id="a table",
        ),
        pytest.param(
            "[" * 100_000,
            "a value is nested more than 100 levels deep; no export is like that; check the file",
            id="deep",
        ),
    ],
)
def test_a_file_that_breaks_off_says_so(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, content, "users")
    assert str(error.value) == f"export.json: {said}"


def test_what_was_read_before_the_damage_is_given(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(b'[{"a": 1}, {"a": 2}, {"a"')
    records = json_records(Input(path, path.name))
    assert [next(records), next(records)] == [("", {"a": 1}), ("", {"a": 2})]
    with pytest.raises(DataError):
        next(records)


def test_a_large_export_is_given_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(large(json.dumps([{"a": "x" * 1000}] * 5000))[:-1], encoding="utf-8")
    records = json_records(Input(path, path.name))
    assert [next(records).value["a"] for _ in range(3)] == ["x" * 1000] * 3  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>Hi <b>you</b></p><p>a<br>b</p>", "Hi you\n\na\nb", id="paragraphs"),
        pytest.param("<div>a</div><div>b</div>\n", "a\nb", id="blocks"),
        pytest.param("<div>a</div><div><br></div><div>b</div>", "a\n\nb", id="an empty block"),
        pytest.param("<ul><li>x</li><li>y</ul>z", "- x\n- y\nz" , id="lists"),
        pytest.param("a &lt;b&gt; &amp;&nbsp;c", "a <b> & c", id="entities"),
        pytest.param("one\n two   three", "one two three", id="spaces"),
        pytest.param("1 < 2 and 3 > 2, <3", "1 < 2 and 3 > 2, <3", id="no tags"),
        pytest.param('<a title="x > y" href=\'q\'>link</A>', "link", id="attributes"),
        pytest.param('<b "x>bold', "bold", id="an open quote"),
        pytest.param("<style>p {}</style><script>if (a<b) x</script>said<!-- a > b -->", "said", id="unseen"),
        pytest.param("<pre>a\n  b</pre>", "a\n  b", id="preformatted"),
        pytest.param("<!DOCTYPE html><title>t</title>said<!-- open", "said", id="a document"),
        pytest.param("", "", id="empty"),
    ],
)  # fmt: skip
def test_html_becomes_what_a_person_reads(html: str, text: str) -> None:
    assert html_text(html)[0] == text


def test_images_are_counted() -> None:
    assert html_text('<p>See <img src="a.png"><IMG src=b/></p>') == ("See", 2)
