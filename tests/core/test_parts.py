"""Parts of a JSON document, by their paths: in order, one at a time, and a hostile document is one clear line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Input, Part, json_parts

pytestmark = pytest.mark.files


def parts(folder: Path, content: bytes | str, *paths: str) -> list[Part]:
    return list(_parts(folder, content, *paths))


def _parts(folder: Path, content: bytes | str, *paths: str) -> Iterator[Part]:
    path = folder / "x.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return json_parts(Input(path, "x.json"), paths)


DOCUMENT = {
    "name": "A",
    "other": {"list": [{"a": 1}]},
    "chats": {"list": [{"id": 1, "rows": [{"x": [1, {}]}, 2, None]}]},
}


@pytest.mark.parametrize("encoding", [pytest.param("utf-8"), pytest.param("utf-8-sig"), pytest.param("utf-16")])
def test_parts_come_in_the_order_of_the_document(tmp_path: Path, encoding: str) -> None:
    found = parts(tmp_path, json.dumps(DOCUMENT, indent=1).encode(encoding), "name", "chats.list.item.rows.item")
    assert found == [
        Part("", None), Part("name", "A"), Part("chats", None), Part("chats.list.item", None),
        Part("chats.list.item.rows.item", {"x": [1, {}]}), Part("chats.list.item.rows.item", 2),
        Part("chats.list.item.rows.item", None),
    ]  # fmt: skip


@pytest.mark.parametrize("document", [5, "text", None, [], [1, [2]], {}, {"rows": {"item": 1}}], ids=repr)
def test_a_document_without_such_a_path_has_no_parts(tmp_path: Path, document: Any) -> None:
    assert [part for part in parts(tmp_path, json.dumps(document), "rows.list.item") if part.value is not None] == []


def test_an_element_of_an_array_at_the_top_is_called_item(tmp_path: Path) -> None:
    assert parts(tmp_path, '[1, {"a": [[]]}]', "item") == [Part("item", 1), Part("item", {"a": [[]]})]


def test_a_key_that_stands_twice_is_named(tmp_path: Path) -> None:
    found = parts(tmp_path, '{"rows": [{"a": 1, "b": {"a": 2}}, {"a": 1, "b": 0, "a": 3}]}', "rows.item")
    assert [(part.value, part.twice) for part in found[1:]] == [({"a": 1, "b": {"a": 2}}, ""), ({"a": 3, "b": 0}, "a")]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(b"", "there is nothing in it; export it again, or fetch the whole file", id="empty"),
        pytest.param(
            b'{"rows": [{"a": 1}, {"a"',
            "the JSON is damaged or ends too early, after 1 values; export it again, or fetch the whole file",
            id="cut off",
        ),
        pytest.param(
            b'{"rows": []} {}',
            "the JSON is damaged or ends too early, after 0 values; check that it is the right file",
            id="two documents",
        ),
        pytest.param(
            b"<html>", "the JSON is damaged or ends too early, after 0 values; check that it is the right file",
            id="HTML",
        ),
        pytest.param(
            b'{"rows": [' + b"[" * 200 + b"]" * 200 + b"]}",
            "a value is nested more than 100 levels deep; no export is like that; check the file",
            id="deep",
        ),
        pytest.param(
            b'{"rows": ["' + b"x" * (100 << 20) + b'"]}',
            "a value is longer than 32 million characters; is a quote or bracket missing?",
            id="100 MB of text",
        ),
    ],
)  # fmt: skip
def test_a_hostile_document_is_one_clear_line(tmp_path: Path, content: bytes, text: str) -> None:
    with pytest.raises(DataError) as error:
        parts(tmp_path, content, "rows.item")
    assert str(error.value) == f"x.json: {text}"


def test_what_is_passed_over_may_be_deep_and_long(tmp_path: Path) -> None:
    deep = b'{"other": ' + b"[" * 50_000 + b"]" * 50_000 + b', "rows": [1]}'
    assert parts(tmp_path, deep, "rows.item")[-1] == Part("rows.item", 1)
