"""The transformers of `ftprep_text`."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import DataError, Drop, Example, Image, Message, MissingColumn, Source, StepRun, Text, ToolCall
from ftprep_text import ftprep_transformers
from ftprep_text.dedupe import normal

STEPS: dict[str, Any] = {cls.name: cls for cls in ftprep_transformers()}


def make(name: str, **options: Any) -> Any:
    return STEPS[name].model_validate_json(json.dumps(options), strict=True)


def row(**fields: Any) -> Example:
    return Example(fields=fields)


def chat(*texts: str, **more: Any) -> Example:
    return Example(
        messages=tuple(Message("assistant" if i % 2 else "user", text) for i, text in enumerate(texts)), **more
    )


def run(step: Any, example: Example) -> Any:
    """The outcome: fields, texts of messages, or reason and detail of the Drop."""
    made = step.start(StepRun())(example)
    if isinstance(made, Drop):
        return made.reason, made.detail
    return [message.content for message in made.messages] if made.messages else made.fields


def same(step: Any, one: Example, other: Example) -> bool:
    key = step.start(StepRun())
    return key(one) == key(other)


def refused(name: str, **options: Any) -> str:
    with pytest.raises(ValidationError) as error:
        make(name, **options)
    (problem,) = error.value.errors()
    return problem["msg"]


def test_the_plugin_offers_its_transformers_and_each_tells_its_options():
    assert sorted(STEPS) == [
        "balance", "bins", "clean", "dedupe", "drop_if", "keep_if", "limit", "map_values", "rename", "replace",
        "select", "sentences",
    ]  # fmt: skip
    for cls in STEPS.values():
        assert cls.__doc__
        assert all(o.get("description") for o in cls.model_json_schema()["properties"].values())


# dedupe


def test_equal_messages_are_duplicates_whatever_their_names_weights_and_fields():
    one = Example(fields={"id": 1}, messages=(Message("user", "Hi", name="Ann"), Message("assistant", "Hey", weight=1)))
    assert same(make("dedupe"), one, chat("Hi", "Hey"))
    assert make("dedupe").reason() == "duplicate"


CALL = (ToolCall("id1", "look", "{}"),)
DIFFERENT = {
    "text": (chat("a", "b"), chat("a", "c")),
    "case": (chat("a"), chat("A")),
    "seams": (chat("ab", "c"), chat("a", "bc")),
    "role": (chat("a"), Example(messages=(Message("system", "a"),))),
    "reasoning": (chat("a"), Example(messages=(Message("user", "a", reasoning="b"),))),
    "calls": (chat("a"), Example(messages=(Message("user", "a", tool_calls=CALL),))),
    "tools": (chat("a"), chat("a", tools=({"name": "x"},))),
    "rejected": (chat("a", rejected=(Message("assistant", "b"),)), chat("a", rejected=(Message("assistant", "c"),))),
    "images": (
        Example(messages=(Message("user", (Text("a"), Image("http://x/1"))),)),
        Example(messages=(Message("user", (Text("a"), Image("http://x/2"))),)),
    ),
    "fields": (row(a="1"), row(a=1)),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_differs_in_content_is_no_duplicate(one, other):
    assert not same(make("dedupe"), one, other)
    assert same(make("dedupe"), one, one.with_(source=Source("x", 1, 1), group="g"))


def test_calls_are_compared_without_their_ids():
    other = (ToolCall("id2", "look", "{}"),)
    one, two = (Example(messages=(Message("assistant", "", tool_calls=calls),)) for calls in (CALL, other))
    assert same(make("dedupe"), one, two)


def test_without_messages_all_fields_count_in_any_order():
    assert same(make("dedupe"), row(a="1", b=None), row(b=None, a="1"))
    assert same(make("dedupe"), row(a=2**80, b="\ud800"), row(b="\ud800", a=2**80))
    assert not same(make("dedupe"), row(a=2**80), row(a=2**80 + 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hello  World\n", "hello world"),
        ("STRASSE", "straße"),
        ("ﬁne", "FINE"),
        ("e\u0301", "É"),
        ("Ｈｉ\u3000x", "hi x"),
    ],
)
def test_normalised_text_has_no_case_space_or_variants(one, other):
    assert same(make("dedupe", normalise=True), chat(one), chat(other))
    assert same(make("dedupe", normalise=True), row(a=one), row(a=other))
    assert same(make("dedupe", on="a", normalise=True), row(a=one), row(a=other))
    parts = (Text(one), Image("http://x"))
    assert same(
        make("dedupe", normalise=True),
        Example(messages=(Message("user", parts),)),
        Example(messages=(Message("user", (Text(other), Image("http://x"))),)),
    )


@given(st.text())
def test_normal_text_stays_as_it_is(text):
    assert normal(normal(text)) == normal(text)


def test_duplicates_may_be_judged_by_columns():
    step = make("dedupe", on=["a", "b"])
    assert same(step, row(a=1, b="x", c=1), row(a="1", b="x", c=2))
    assert not same(step, row(a="x", b=""), row(a="", b="x"))
    assert step.key(row(a=None, b=" ")) is None
    assert step.columns() == ("a", "b")
    with pytest.raises(MissingColumn, match="b"):
        step.key(row(a=1))


# limit


def test_a_limit_counts_all_or_each_value():
    every, each = make("limit", n=5), make("limit", n=2, per="label", pick="hash")
    assert (every.key(row(a=1)), every.most(), every.by_hash(), every.reason()) == ("", 5, False, "over the limit of 5")
    assert (each.key(row(label=1.0)), each.most(), each.by_hash()) == ("1", 2, True)
    assert (each.key(row(label=None)), each.reason()) == ("", "over the limit of 2 per label")
    with pytest.raises(MissingColumn, match="label"):
        each.key(row())
    assert refused("limit", n=0) == "Input should be greater than or equal to 1"


# clean

DIRTY = {
    "nothing": ("Häuser\n  sind\tda 👩‍👧", "Häuser\n  sind\tda 👩‍👧"),
    "ends": ("\u00a0 a  b \n", "a  b"),
    "line ends": ("a \t\r\nb\rc\x0cd\x85e", "a\nb\nc\nd\ne"),
    "control": ("\ufeffa\x00b\x1b[0m\x7f", "ab[0m"),
    "composed": ("e\u0301", "é"),
    "variants stay": ("ﬁ²", "ﬁ²"),
    "blank lines stay": ("a\n\n\nb", "a\n\n\nb"),
    "line separator stays": ("a\u2028b", "a\u2028b"),
}


@pytest.mark.parametrize(("dirty", "clean"), DIRTY.values(), ids=DIRTY)
def test_bare_clean_takes_out_what_nobody_sees(dirty, clean):
    assert run(make("clean"), chat(dirty, "x")) == [clean, "x"]
    assert run(make("clean"), row(a=dirty, b=1)) == {"a": clean, "b": 1}


OPTIONS = {
    "collapse": ({"white_space": "collapse"}, " a \t b\n\n  c\u2028 d", "a b\n\n c\u2028 d"),
    "keep space": ({"white_space": "keep"}, " a\x00 ", " a "),
    "keep control": ({"control": False}, "\x07a ", "\x07a"),
    "NFKC": ({"unicode": "NFKC"}, "ﬁ²", "fi2"),
    "keep form": ({"unicode": "keep"}, "e\u0301", "e\u0301"),
}


@pytest.mark.parametrize(("options", "dirty", "clean"), OPTIONS.values(), ids=OPTIONS)
def test_clean_does_what_its_options_say(options, dirty, clean):
    assert run(make("clean", **options), chat(dirty)) == [clean]


def test_clean_leaves_fields_alone_where_there_are_messages_unless_columns_are_named():
    example = chat(" a ", fields={"x": " b ", "y": " c "}, rejected=(Message("assistant", " d "),))
    bare = make("clean").apply(example)
    assert (bare.messages[0].content, bare.rejected[0].content, bare.fields) == ("a", "d", example.fields)
    named = make("clean", columns=["x", "none"]).apply(example)
    assert (named.messages, named.fields) == (example.messages, {"x": "b", "y": " c "})
    assert make("clean", columns=["x", "none"]).columns() == ("x", "none")
    assert make("clean", columns="x").apply(example) == named


def test_clean_reaches_into_lists_objects_and_parts():
    assert run(make("clean"), row(a=[" x ", {" k ": " y ", "n": None}])) == {"a": ["x", {" k ": "y", "n": None}]}
    parts = Message("user", (Text(" a "), Image(" url ")))
    assert make("clean").apply(Example(messages=(parts,))).messages[0].content == (Text("a"), Image(" url "))


def test_clean_counts_what_it_changed_and_changes_nothing_else():
    runs = StepRun()
    apply = make("clean").start(runs)
    examples = [chat(" a "), chat("a"), row(a="b"), row(a="b ")]
    made = [apply(example) for example in examples]
    assert [new is old for new, old in zip(made, examples, strict=True)] == [False, True, True, False]
    assert runs.tallies == {"changed": 2}


@settings(max_examples=300)
@given(
    st.text(st.sampled_from("aé\u0301 \t\n\r\x00\x0b\x85\u00a0\u2028\ufeffﬁ²\u0344\u1160"), max_size=12) | st.text(),
    st.sampled_from(["trim", "collapse", "keep"]),
    st.booleans(),
    st.sampled_from(["NFC", "NFKC", "keep"]),
)
def test_clean_text_is_left_alone(text, white_space, control, form):
    change = make("clean", white_space=white_space, control=control, unicode=form).change()
    assert change(change(text)) == change(text)
    if form == "NFC":
        assert unicodedata.is_normalized("NFC", change(text))


# rename, select


def test_columns_are_renamed_all_at_once_and_keep_their_order():
    step = make("rename", a="b", b="a")
    assert list(step.apply(row(x=0, a=1, b=2)).fields.items()) == [("x", 0), ("b", 1), ("a", 2)]
    assert (step.columns(), step.columns_after(["x", "a", "b"])) == (("a", "b"), ["x", "b", "a"])


def test_a_new_name_that_is_taken_loses_the_row_and_not_the_column():
    assert run(make("rename", a="b"), row(a=1, b=2)) == ("the new name is taken", "there is a column 'b' already")


def test_a_row_without_the_column_is_counted():
    for step in (make("rename", a="b"), make("select", columns=["a", "x"])):
        runs = StepRun()
        assert step.start(runs)(row(x=1)).fields == {"x": 1}
        assert runs.tallies == {"no column 'a'": 1}


def test_rename_says_what_it_needs():
    assert refused("rename") == "Value error, no column is named; write rename: {old: new}"
    assert (
        refused("rename", a="c", b="c") == "Value error, two columns would be called 'c'; give each a name of its own"
    )
    assert refused("rename", a=1) == "Input should be a valid string"
    assert refused("rename", a="") == "String should have at least 1 character"


def test_the_schema_of_rename_takes_any_column():
    schema = STEPS["rename"].model_json_schema()
    jsonschema.validate({"old": "new", "name": "x"}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"old": 1}, schema)


def test_select_keeps_columns_in_the_order_said():
    step = make("select", columns=["c", "a"])
    assert list(step.apply(row(a=1, b=2, c=3)).fields) == ["c", "a"]
    assert (step.columns(), step.columns_after(["a", "b", "c"])) == (("c", "a"), ["c", "a"])
    assert run(make("select", columns="b"), row(a=1, b=2)) == {"b": 2}
    assert refused("select", columns=["a", "a"]) == "Value error, 'a' is named twice; name each column once"


# map_values

NAMES = {"1": "good", "true": True, "": "none"}


@pytest.mark.parametrize(
    ("value", "otherwise", "outcome"),
    [
        ("1", None, {"v": "good"}),
        (1.0, None, {"v": "good"}),
        (True, None, {"v": True}),
        (None, None, {"v": "none"}),
        ("2", None, ("value not in the map", "v: '2'")),
        ("2", "keep", {"v": "2"}),
        ("2", "other", {"v": "other"}),
        ("2", 0, {"v": 0}),
    ],
)
def test_values_are_mapped_as_text(value, otherwise, outcome):
    more = {} if otherwise is None else {"otherwise": otherwise}
    assert run(make("map_values", column="v", values=NAMES, **more), row(v=value)) == outcome


def test_an_unknown_value_stops_the_run_where_it_is_said():
    step = make("map_values", column="v", values=NAMES, otherwise="error")
    with pytest.raises(DataError) as error:
        step.apply(Example(fields={"v": "2"}, source=Source("in.csv", 7, 7)))
    assert str(error.value) == (
        "in.csv:7: the value '2' of column 'v' is not in the map of 'map_values'; add it, or say 'otherwise: drop'"
    )


def test_a_label_that_is_absent_is_missing_in_training_and_nothing_at_inference():
    step = make("map_values", column="v", values=NAMES)
    with pytest.raises(MissingColumn, match="v"):
        step.apply(row(a=1))
    assert step.request(row(a=1), StepRun()) == row(a=1)
    assert step.request(row(v="1"), StepRun()) == row(v="good")


# keep_if, drop_if

HOLDS = {
    "equals text": ({"equals": "a"}, ["a"], ["A", " a", None, 1]),
    "equals digits as text": ({"equals": "7"}, ["7", 7, 7.0], ["07"]),
    "equals number": ({"equals": 7}, [7, 7.0, "7", "07", " 7.0", "7e0"], ["7a", True, None, "", [7]]),
    "equals large number": ({"equals": 12345678901234567890}, ["12345678901234567890"], ["12345678901234567891"]),
    "equals truth": ({"equals": True}, [True, "true"], ["True", 1, False]),
    "not": ({"not": "spam"}, ["ham", None], ["spam"]),
    "not number": ({"not": 0}, ["1", ""], [0, "0", "0.0"]),
    "in": ({"in": ["a", 2]}, ["a", "2", 2.0], ["b", 3, None]),
    "contains": ({"contains": "ell"}, ["hello", ["x", "ell"]], ["HELLO", ["hello"], None]),
    "empty": ({"empty": True}, ["", " \n", None, [], {}], ["a", 0, False, [0]]),
    "not empty": ({"empty": False}, ["a", 0, False], ["", None]),
    "min": ({"min": 3}, [3, "3", 4.5, "1e1"], [2, "2.9", "a", None, True, "nan", "1_000", "٣"]),
    "max": ({"max": 0.5}, [0.5, "-1", ".5"], [1, "", None, float("nan")]),
    "range": ({"min": 1, "max": 2}, [1, "1.5", 2], [0, 3]),
    "min_chars": ({"min_chars": 3}, ["abc", " äöü ", 100], ["ab ", "", None]),
    "all of several": ({"min_chars": 2, "contains": "x"}, ["xx"], ["x", "yy"]),
}


@pytest.mark.parametrize(("tests", "holds", "fails"), HOLDS.values(), ids=HOLDS)
def test_a_condition_holds_or_fails(tests, holds, fails):
    keep, drop = make("keep_if", column="v", **tests), make("drop_if", column="v", **tests)
    for values, kept in ((holds, True), (fails, False)):
        for value in values:
            assert isinstance(keep.apply(row(v=value)), Example) == kept, value
            assert isinstance(drop.apply(row(v=value)), Drop) == kept, value


def test_a_drop_names_the_condition_and_the_value():
    keep = make("keep_if", column="stars", min=3)
    assert run(keep, row(stars="2")) == ("column 'stars' is not at least 3", "it is '2'")
    long = make("drop_if", **{"column": "t", "in": ["x" * 200, "y" * 200], "not": "z"})
    assert run(long, row(t="x" * 200)) == (
        "column 't' is not 'z' and is one of '" + "x" * 62 + "…",
        "it is '" + "x" * 99 + "…'",
    )


WORDS: dict[str, tuple[dict[str, Any], str, str]] = {
    "equals": ({"equals": "no"}, "is 'no'", "is not 'no'"),
    "a number": ({"equals": 2.0}, "is 2", "is not 2"),
    "true": ({"equals": True}, "is true", "is not true"),
    "not": ({"not": "no"}, "is not 'no'", "is 'no'"),
    "in": ({"in": ["a", 1]}, "is one of 'a', 1", "is none of 'a', 1"),
    "contains": ({"contains": "x"}, "contains 'x'", "does not contain 'x'"),
    "empty": ({"empty": True}, "is empty", "is not empty"),
    "not empty": ({"empty": False}, "is not empty", "is empty"),
    "between": (
        {"min": 1, "max": 2},
        "is at least 1 and is at most 2",
        "is not at least 1 or is not at most 2",
    ),
    "min_chars": ({"min_chars": 3}, "has 3 characters or more", "has fewer than 3 characters"),
}


@pytest.mark.parametrize(("tests", "held", "failed"), WORDS.values(), ids=WORDS)
def test_the_reason_says_in_words_what_held_or_did_not(tests, held, failed):
    values = ["no", 2, True, "a", "x", "", 0, "xyz", 9]
    for name, said in (("drop_if", held), ("keep_if", failed)):
        outcomes = [make(name, column="v", **tests).apply(row(v=value)) for value in values]
        assert {one.reason for one in outcomes if isinstance(one, Drop)} == {f"column 'v' {said}"}


def test_text_of_messages_or_the_answer_can_be_tested():
    assert run(make("keep_if", of="answer", min_chars=3), chat("Hello", "Hi")) == (
        "the answer has fewer than 3 characters",
        "it is 'Hi'",
    )
    assert run(make("keep_if", of="answer", min_chars=3), chat("Hello")) == (
        "the answer has fewer than 3 characters",
        "it is ''",
    )
    assert run(make("drop_if", of="messages", contains="lo\nHi"), chat("Hello", "Hi")) == (
        "the text of the messages contains 'lo\nHi'",
        "it is 'Hello\nHi'",
    )


def test_an_absent_column_is_empty_and_counted():
    runs = StepRun()
    assert make("keep_if", column="v", empty=True).start(runs)(row(a=1)) == row(a=1)
    assert runs.tallies == {"no column 'v'": 1}


def test_selecting_steps_leave_requests_alone():
    for name in ("keep_if", "drop_if"):
        step = make(name, column="v", empty=name == "drop_if")
        assert step.request(row(v=""), StepRun()) == row(v="")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"equals": 1}, "say what is tested: either 'column: NAME' or 'of: messages' or 'of: answer'"),
        (
            {"column": "a", "of": "answer", "equals": 1},
            "say what is tested: either 'column: NAME' or 'of: messages' or 'of: answer'",
        ),
        ({"column": "a"}, "there is no test; add one of equals, not, in, contains, empty, min, max, min_chars"),
        ({"column": "a", "min": 2, "max": 1}, "no number is at least 'min' and at most 'max'; exchange them"),
    ],
)
def test_a_condition_that_says_nothing_is_refused(options, message):
    for name in ("keep_if", "drop_if"):
        assert refused(name, **options) == f"Value error, {message}"
