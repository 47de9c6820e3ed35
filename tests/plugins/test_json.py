"""The readers `json` and `jsonl`."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import DataError, Drop, Finding, Input, Reader, Rows
from ftprep_json import chunks, ftprep_readers
from ftprep_json.document import Json
from ftprep_json.jsonl import Jsonl
from ftprep_json.scan import Document

pytestmark = pytest.mark.files


@pytest.fixture
def read(tmp_path: Path):
    def read(data: bytes | str, reader: str = "jsonl", **options: Any) -> list[Any]:
        path = tmp_path / "in.data"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return items(make(reader, **options), path)

    return read


def make(reader: str, **options: Any) -> Reader:
    kinds: dict[str, type[Reader]] = {"json": Json, "jsonl": Jsonl}
    return kinds[reader].model_validate_json(json.dumps({"path": "x", **options}), strict=True)


def items(reader: Reader, path: Path) -> list[Any]:
    """(number, row) for rows, (number, reason, detail) for drops, the message for findings."""
    found: list[Any] = []
    for item in reader.read(Input(path, "in.data")):
        match item:
            case Rows(rows, numbers):
                found += zip(numbers, rows, strict=True)
            case Drop(reason=reason, detail=detail, source=source):
                found.append((source.first, reason, detail))
            case Finding(message=message, hint=hint):
                found.append(f"{message}; {hint}")
    return found


def refused(read: Any, data: bytes | str, reader: str = "jsonl", **options: Any) -> str:
    with pytest.raises(DataError) as error:
        read(data, reader, **options)
    return str(error.value)


def test_the_plugin_offers_both_readers():
    assert [reader.name for reader in ftprep_readers()] == ["json", "jsonl"]
    assert [reader.suffixes for reader in ftprep_readers()] == [(".json",), (".jsonl", ".ndjson")]


def test_rows_are_numbered_by_their_line_and_blank_lines_are_no_rows(read):
    assert read('{"a": 1}\r\n\n  \t\r\n{"a": 2}\n\n{"a": 3}') == [(1, {"a": 1}), (4, {"a": 2}), (6, {"a": 3})]


def test_one_line_is_a_file_and_a_byte_order_mark_is_no_text(read):
    assert read(b'\xef\xbb\xbf{"a": "x"}') == [(1, {"a": "x"})]


def test_lines_end_at_a_line_feed_only(read):
    text = "a\u2028b\u0085c\u2029d\x7f"
    assert read(json.dumps({"t": text}, ensure_ascii=False) + '\n{"t":\r1}\n') == [(1, {"t": text}), (2, {"t": 1})]


def test_values_keep_their_kind(read):
    row = (
        '{"none": null, "int": 123456789012345678901234567890, "float": 1.0, "text": "007", "yes": true, "l": [1, {}]}'
    )
    assert repr(read(row)) == repr([(1, json.loads(row))])


BAD = {
    "syntax": ('{"a": 1, b}', "not JSON", "column 10: expecting property name enclosed in double quotes"),
    "cut short": ('{"a": "x', "not JSON", "column 7: unterminated string starting at"),
    "two values": ('{"a": 1}{"a": 2}', "not JSON", "column 9: extra data"),
    "control character": ('{"a": "\t"}', "not JSON", "column 8: invalid control character at"),
    "array": ("[1]", "not a JSON object", "column 1: it is an array"),
    "null": ("null", "not a JSON object", "column 1: it is null"),
    "text": ('"a"', "not a JSON object", "column 1: it is a text"),
    "duplicate": ('{"é": 1, "b": 2, "é": 3}', "duplicate key", "column 18: the key 'é' stands twice"),
    "inner duplicate": ('{"a": [{"b": 1, "b" : 1}]}', "duplicate key", "column 17: the key 'b' stands twice"),
    "escaped duplicate": ('{"a": 1, "\\u0061": 2}', "duplicate key", "column 10: the key 'a' stands twice"),
    "duplicate behind an escaped colon": (
        '{"a": 1, "a": "\\u003a"}',
        "duplicate key",
        "column 10: the key 'a' stands twice",
    ),
    "nan": ('{"NaN": "NaN", "b": NaN}', "NaN or Infinity", "column 21: NaN is no JSON; write null"),
    "infinity": ('{"b": -Infinity}', "NaN or Infinity", "column 7: -Infinity is no JSON; write null"),
    "high half": (
        '{"b": "\\ud83d\\ude00 \\\\ud800 \\ud83d"}',
        "lone surrogate",
        "column 29: \\ud83d is half of a character; the other half is missing",
    ),
    "low half": (
        '{"b": "\\uDE00"}',
        "lone surrogate",
        "column 8: \\uDE00 is half of a character; the other half is missing",
    ),
    "deep": ('{"a":' + "[" * 100 + "]" * 100 + "}", "nested too deeply", "column 105: more than 100 levels"),
    "very deep": ('{"a":' * 100_000, "nested too deeply", "column 501: more than 100 levels"),
    "large float": (
        '{"a": 1e999}',
        "number out of range",
        "column 1: a number is larger than 64-bit floats go (1.8e308)",
    ),
    "large integer": (
        '{"a": ' + "9" * 5000 + "}",
        "number out of range",
        "column 1: an integer of more digits than Python reads",
    ),
}


@pytest.mark.parametrize(("line", "reason", "detail"), BAD.values(), ids=BAD)
def test_a_bad_line_is_a_drop_and_the_others_are_read(read, line, reason, detail):
    good = '{"a": 1}\n'
    expected = [(1, {"a": 1}), (2, reason, detail), (3, {"a": 1})]
    assert read(good + line + "\n" + good) == expected


@pytest.mark.parametrize(("element", "reason", "detail"), BAD.values(), ids=BAD)
def test_a_bad_element_is_a_drop_or_the_document_is_refused_at_its_line(read, element, reason, detail):
    document = '[{"a": 1},\n' + element + ',\n{"a": 1}]'
    if element in (BAD["cut short"][0], BAD["very deep"][0]):
        assert (
            refused(read, document, "json")
            == "in.data:2: the value that begins here is never closed; is the file whole?"
        )
    elif element == BAD["two values"][0]:
        assert refused(read, document, "json").startswith("in.data:2: ',' is missing before '{'")
    else:
        place, what = detail.split(": ", 1)
        detail = f"line 2, character {place.removeprefix('column ')} of the element: {what}"
        assert read(document, "json") == [(1, {"a": 1}), (2, reason, detail), (3, {"a": 1})]


def test_a_byte_that_is_not_utf8_loses_its_line_only(read):
    found = read(b'{"a": "\xc3\xa9"}\n{"a": "\xc3\xa9\xe9"}\n')
    detail = "column 9: byte 0xE9; if the whole file is so, give 'encoding:'"
    assert found == [(1, {"a": "é"}), (2, "not UTF-8", detail)]


def test_a_drop_keeps_the_beginning_of_its_line(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"oh \xff\r\n" + b"x" * 10_000)
    drops = list(make("jsonl").read(Input(path)))
    assert [drop.content for drop in drops] == ["oh \\xff", "x" * 2000 + "…"]


def test_hundred_levels_are_read(read):
    line = '{"a":' + "[" * 99 + "]" * 99 + "}"
    assert read(line) == [(1, json.loads(line))]


def test_brackets_in_text_and_wide_rows_are_not_deep(read):
    row = {"t": "[{" * 500, "l": [[{"a": []}]] * 200}
    assert read(json.dumps(row)) == [(1, row)]
    assert read(json.dumps([row]), "json") == [(1, row)]


@pytest.mark.parametrize(
    ("encoding", "option"),
    [("utf-16", {}), ("utf-32", {}), ("utf-16-le", {"encoding": "utf-16-le"}), ("cp1252", {"encoding": "cp1252"})],
)
@pytest.mark.parametrize("reader", ["json", "jsonl"])
def test_other_encodings_are_read_by_their_mark_or_when_said(read, encoding, option, reader):
    text = '{"a": "é\u00a0"}\n{"a": "€"}\n' if reader == "jsonl" else '[{"a": "é\u00a0"}, {"a": "€"}]'
    assert read(text.encode(encoding), reader, **option) == [(1, {"a": "é\u00a0"}), (2, {"a": "€"})]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_unmarked_wide_text_is_refused_with_what_to_do(read, encoding):
    assert refused(read, '{"a": 1}\n'.encode(encoding)) == (
        f"in.data: this is not UTF-8 text (it looks like {encoding.upper()}); "
        f"add 'encoding: {encoding}', or save it as UTF-8"
    )


def test_an_unknown_encoding_is_refused():
    with pytest.raises(ValidationError, match="no encoding is called 'klingon'; try utf-8, cp1252, utf-16 or latin-1"):
        make("jsonl", encoding="klingon")


@pytest.mark.parametrize("data", ["", "\n \n", "\ufeff"], ids=["nothing", "blank", "mark only"])
def test_an_empty_file_is_refused(read, data):
    assert refused(read, data) == "in.data: there are no rows in it; every line must be one JSON object"
    assert refused(read, data, "json") == "in.data: there is nothing in it; a JSON file holds an array of objects"


@pytest.mark.parametrize(
    "data",
    ['[{"a": 1}]', '[\n{"a": 1},\n{"a": 2}\n]', '{\n "a": 1\n}', '[{\n "a": 1\n}]'],
    ids=["line", "rows", "one", "pretty"],
)
def test_a_document_is_no_json_lines(read, data):
    assert refused(read, data) == "in.data:1: this is one JSON document, not an object a line; read it with 'json:'"


def test_a_broken_first_line_does_not_refuse_the_file(read):
    assert [item[0] for item in read('[\n{"a": 1}\n')] == [1, 2]
    assert [item[0] for item in read('[1, 2]\n{"a": 1}\n')] == [1, 2]


def test_a_document_is_an_array_of_objects(read):
    assert read(b'\xef\xbb\xbf [ {"a":\n1} ,{"a":[]}\n]\n', "json") == [(1, {"a": 1}), (2, {"a": []})]


AT = {
    "key": ({"at": "data"}, [{"a": 1}, {"a": 2}]),
    "path": ({"at": "x.y"}, [{"a": 3}]),
    "list": ({"at": ["x", "z.z"]}, [{"a": 4}]),
    "members": ({"at": "by_id", "keys": "id"}, [{"id": "p", "a": 5}, {"id": "q", "a": 6}]),
    "pairs": ({"at": "pairs", "columns": ["text", "label"]}, [{"text": "hi", "label": "l"}]),
    "members of pairs": ({"at": "kb", "keys": "k", "columns": ["v"]}, [{"k": "one", "v": 1}]),
    "members of lists": ({"at": "kb", "keys": "k", "values": "v"}, [{"k": "one", "v": [1]}]),
    "members of all kinds": (
        {"at": "all", "keys": "k", "values": "v"},
        [{"k": "a", "v": "text"}, {"k": "b", "v": None}, {"k": "c", "v": {"k": 1}}, {"k": "d", "v": []}],
    ),
}


@pytest.mark.parametrize(("options", "expected"), AT.values(), ids=AT)
def test_rows_are_taken_where_the_recipe_says(read, options, expected):
    document = {
        "data": [{"a": 1}, {"a": 2}],
        "x": {"y": [{"a": 3}], "z.z": [{"a": 4}]},
        "by_id": {"p": {"a": 5}, "q": {"a": 6}},
        "pairs": [["hi", "l"]],
        "kb": {"one": [1]},
        "all": {"a": "text", "b": None, "c": {"k": 1}, "d": []},
    }
    for indent in (None, 2):
        assert read(json.dumps(document, indent=indent), "json", **options) == list(enumerate(expected, 1))


def test_elements_of_the_wrong_form_are_drops(read):
    assert read('[["a"], ["a", "b"], {}]', "json", columns=["x", "y"]) == [
        (1, "wrong number of values", "line 1, character 1 of the element: 1 values for 2 columns"),
        (2, {"x": "a", "y": "b"}),
        (3, "not a JSON array", "line 1, character 1 of the element: it is an object"),
    ]
    assert read('{"a": {"id": 1},\n"b": {}, "b": {}}', "json", keys="id") == [
        (
            1,
            "column in the way",
            "line 1, character 1 of the element: the object has a 'id' of its own; choose another 'keys:'",
        ),
        (2, {"id": "b"}),
        (3, "duplicate key", "line 2, character 1 of the element: the key 'b' stands twice"),
    ]


@pytest.mark.parametrize(
    "options",
    [{"values": "v"}, {"keys": "k", "values": "k"}, {"keys": "k", "values": "v", "columns": ["a"]}],
    ids=["without keys", "the same column", "beside columns"],
)
def test_values_go_with_keys_alone(options):
    message = "'values' goes with 'keys', names another column than it, and stands in for 'columns'"
    with pytest.raises(ValidationError, match=message):
        make("json", **options)


def test_a_column_named_twice_is_refused():
    with pytest.raises(ValidationError, match="a column is named twice; give each a name of its own"):
        make("json", columns=["a", "a"])


REFUSED = {
    "object": (
        '{"v": 1,\n"data": [{"p": []}], "x": {"y": [["t"]], "n": [1, 2]}}',
        {},
        "1: the top is an object, not an array of rows; say where the rows are: 'at: data', 'at: x.y'",
    ),
    "object without arrays": (
        '{"a": {"b": 1}}',
        {},
        "1: the top is an object, not an array of rows; "
        "no array of rows is in it; put the objects into [ ], or name a column for the keys with 'keys:'",
    ),
    "many arrays": (
        json.dumps({str(i): [{}] for i in range(9)}),
        {},
        "1: the top is an object, not an array of rows; "
        "say where the rows are: 'at: 0', 'at: 1', 'at: 2', 'at: 3', 'at: 4', …",
    ),
    "object at": (
        '{"a": {"b": {"c": [{}]}}}',
        {"at": "a"},
        "1: 'a' is an object, not an array of rows; say where the rows are: 'at: a.b.c'",
    ),
    "no such key": ('{"a": [],\n"b": 1}', {"at": "c"}, "1: there is no key 'c' in the object; its keys: a, b"),
    "at in an array": (
        "[{}]",
        {"at": "a"},
        "1: there is no object with a key 'a' here; 'at:' is a path of keys of objects",
    ),
    "at twice": (
        '{"a": [{}],\n"a": [{}]}',
        {"at": "a"},
        "2: the key 'a' stands twice, so it is not certain where the rows are; remove one",
    ),
    "keys of an array": ("[{}]", {"keys": "id"}, "1: the top is an array, so the rows have no keys; leave 'keys:' out"),
    "a number": ("3", {}, "1: the top is neither an array nor an object; a JSON file holds an array of objects"),
    "empty array": ("\n[ ]", {}, "2: there are no rows in it; the array has no elements"),
    "trailing comma": ('[{"a": 1},\n]', {}, "2: a comma before ']'; check the file with a JSON editor"),
    "missing comma": ('[{"a": 1}\n{"a": 2}]', {}, "2: ',' is missing before '{'; check the file with a JSON editor"),
    "missing value": (
        '[{"a": 1},,{"a": 2}]',
        {},
        "1: a value is missing before ','; check the file with a JSON editor",
    ),
    "missing end": ('[{"a": 1},\n{"a": 2}', {}, "2: the file ends in the middle; is the file whole?"),
    "only a bracket": ("[", {}, "1: the file ends in the middle; is the file whole?"),
    "open string": ('[{"a": 1},\n{"a": "x}]', {}, "2: the value that begins here is never closed; is the file whole?"),
    "more documents": (
        '[{"a": 1}]\n[{"a": 2}]',
        {},
        "2: there is text after the end of the document; a JSON file holds one array or object",
    ),
    "bare key": (
        "{a: [{}]}",
        {"at": "a"},
        '1: a key in double quotes is missing (as in {"key": …}); check the file with a JSON editor',
    ),
    "key without value": ('{"a":', {"at": "a"}, "1: the file ends in the middle; is the file whole?"),
    "deep": ("[" * 100_000, {}, "1: the value that begins here is never closed; is the file whole?"),
}


@pytest.mark.parametrize(("document", "options", "message"), REFUSED.values(), ids=REFUSED)
def test_a_document_without_rows_or_broken_is_refused_at_its_line(read, document, options, message):
    assert refused(read, document, "json", **options) == f"in.data:{message}"


def test_json_lines_under_the_name_of_json_are_read_with_an_advice(read):
    assert read('{"a": 1}\n{"a": oh}\n\n{"a": 3}\n', "json") == [
        "this is JSON Lines, not one JSON document; read it with 'jsonl:'",
        (1, {"a": 1}),
        (2, "not JSON", "column 7: expecting value"),
        (4, {"a": 3}),
    ]


@pytest.mark.parametrize(
    ("reader", "head", "sure"),
    [
        ("jsonl", b'{"a": 1}\n{"b": 2}\n', 0.9),
        ("jsonl", b'{"a": 1}', 0.6),
        ("jsonl", b'[{"a": 1}]', 0.0),
        ("jsonl", b"a,b\n1,2\n", 0.0),
        ("json", b'\xef\xbb\xbf[\n {"a"', 0.8),
        ("json", b'[["a"', 0.8),
        ("json", b'{\n"a": 1}', 0.4),
        ("json", b"a;b\n", 0.0),
        ("json", b"", 0.0),
    ],
)
def test_content_is_recognised(reader, head, sure):
    assert type(make(reader)).recognise(head, "x") == sure


def test_archives_are_read_too(tmp_path):
    path = tmp_path / "x.json.gz"
    path.write_bytes(gzip.compress(b'[{"a": 1}, {"a": 2}]'))
    assert items(make("json"), path) == [(1, {"a": 1}), (2, {"a": 2})]


def test_the_next_block_goes_on_with_the_numbers(read):
    rows = [{"n": i, "t": "x" * 50} for i in range(60_000)]
    text = "\n".join(map(json.dumps, rows))
    assert len(text) > 3 * chunks.CHUNK
    assert read(text) == list(enumerate(rows, 1))
    assert read(json.dumps(rows), "json") == list(enumerate(rows, 1))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(':{}[]",\\a\n\u2028'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(':"\\ab', max_size=2), inner, max_size=3),
    max_leaves=10,
)
rows = st.lists(
    st.dictionaries(st.text(max_size=3).filter(lambda t: t.isprintable()), values, max_size=3), min_size=1, max_size=5
)


@settings(deadline=None, max_examples=60)
@given(rows, st.booleans(), st.integers(1, 7), st.sampled_from([None, 1]))
def test_an_array_is_cut_as_the_standard_library_parses_it_wherever_the_pieces_end(found, ascii_only, size, indent):
    data = json.dumps(found, ensure_ascii=ascii_only, indent=indent).encode()
    document = Document((data[i : i + size] for i in range(0, len(data), size)), "x")
    assert [json.loads(document.take()) for _ in document.children()] == found
    document.end()


@settings(deadline=None, max_examples=60)
@given(rows, st.booleans())
def test_what_was_written_is_read(tmp_path_factory, found, ascii_only):
    path = tmp_path_factory.mktemp("law") / "x"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in found), encoding="utf-8", newline="")
    assert [row for _, row in items(make("jsonl"), path)] == found


@settings(deadline=None, max_examples=60)
@given(st.text('{}[]",:\\aé1 \n'))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("law") / "x"
    path.write_bytes(text.encode())
    for reader in ("json", "jsonl"):
        try:
            items(make(reader), path)
        except DataError as error:
            assert str(error).startswith("in.data:")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c:", '"']), values), min_size=1, max_size=5))
def test_a_key_that_stands_twice_is_always_said_and_no_other_is(tmp_path_factory, members):
    path = tmp_path_factory.mktemp("law") / "x"
    line = "{" + ", ".join(f"{json.dumps(key)} : {json.dumps(value)}" for key, value in members) + "}"
    path.write_bytes(line.encode())
    (found,) = items(make("jsonl"), path)
    names = [key for key, _ in members]
    assert (found[1] == "duplicate key") == (len(set(names)) < len(names))


REAL = {
    "ft_openai_chat/toy_chat_fine_tuning.jsonl": ({}, 10),
    "ft_openai_legacy/data.jsonl": ({}, 2),
    "ft_together_text/unified_joke_explanations.jsonl": ({}, 178),
    "classify_dbpedia_jsonl/dbpedia_samples.jsonl": ({}, 200),
    "dialogue_summary_dialogsum/dialogsum.dev.sample.jsonl": ({}, 249),
    "dpo_llamafactory/v1_dpo_demo.jsonl": ({}, 10),
    "tools_glaive/reason_tool_use_demo_50.jsonl": ({}, 25),
    "classify_creak_true_false/dev.json": ({}, 1371),
    "chat_chatgpt_export/chatgpt_export.json": ({}, 1),
    "chat_discord/chill_talk.json": ({"at": "messages"}, 6),
    "classify_clinc150/data_small.json": ({"at": "train", "columns": ["text", "label"]}, 7500),
    "dialogue_sgd/dialogues_007_sample.json": ({}, 23),
    "dpo_llamafactory/dpo_en_demo.json": ({}, 98),
    "ft_alpaca/alpaca_en_demo.json": ({}, 250),
    "ft_sharegpt/dummy_conversation.json": ({}, 100),
    "ner_dstc8_spans/train_3.json": ({}, 141),
    "qa_policyqa/dev_sample.json": ({"at": "data"}, 20),
    "qa_squad2/sample.json": ({"at": "data"}, 14),
    "support_abcd/abcd_sample.json": ({}, 3),
    "tools_glaive/glaive_toolcall_en_demo.json": ({}, 147),
}


@pytest.mark.parametrize(("name", "options", "count"), [(k, *v) for k, v in REAL.items()], ids=REAL)
def test_real_files_have_the_rows_their_readme_says(shared_data, name, options, count):
    path = shared_data / name
    found = items(make(path.suffix.removeprefix("."), **options), path)
    rows = [item for item in found if isinstance(item, tuple)]
    assert (len(rows), [row for row in rows if len(row) == 3]) == (count, [])
    assert len({number for number, _ in rows}) == count


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (
            "classify_clinc150/data_small.json",
            "say where the rows are: 'at: oos_val', 'at: val', 'at: train', 'at: oos_test', 'at: test', …",
        ),
        ("chat_telegram/test_batch_export.json", "say where the rows are: 'at: chats.list'"),
        ("qa_squad2/vanilla.json", "say where the rows are: 'at: data'"),
    ],
)
def test_real_objects_name_where_their_rows_may_be(shared_data, name, hint):
    with pytest.raises(DataError) as error:
        items(make("json"), shared_data / name)
    assert str(error.value) == f"in.data:1: the top is an object, not an array of rows; {hint}"
