"""`conversations`: the three ways a table holds conversations."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Drop, Example, Finding, Message, RecipeError
from ftprep_dialogue import Conversations

MARK = {"Human": "###", "AI": "###"}


def made(**options) -> Conversations:
    return Conversations.model_validate_json(json.dumps(options), strict=True)


def two(**options):
    return made(**options).bind(["Human", "AI"])


def row(human, ai=None):
    return {"Human": human, "AI": ai}


def said(example: Example):
    return [(m.role, m.content, m.name) for m in example.messages]


# -- two columns --------------------------------------------------------------------------------------------------


def test_bare_takes_the_first_two_columns_and_their_names():
    step = made().bind(["Q", "A", "topic"])
    assert step.columns() == ("Q", "A")
    assert step.speakers({}) == {"user": "Q", "assistant": "A"}
    assert said(step.make([{"Q": "a", "A": "b"}])) == [("user", "a", "Q"), ("assistant", "b", "A")]


def test_named_columns_are_taken_in_any_order_of_the_table():
    step = made(user="Human", assistant="AI").bind(["AI", "x", "Human"])
    assert said(step.make([{"AI": "b", "x": 1, "Human": "a"}])) == [("user", "a", "Human"), ("assistant", "b", "AI")]


def test_a_missing_column_is_named_with_the_columns_there_are():
    with pytest.raises(RecipeError) as error:
        made(user="Humn", assistant="Robot").bind(["Human", "AI"])
    assert str(error.value) == (
        "conversations: no column 'Humn'; the columns are: Human, AI; did you mean 'Human'?\n"
        "conversations: no column 'Robot'; the columns are: Human, AI; name one of them"
    )


def test_a_table_of_one_column_says_what_else_there_is():
    with pytest.raises(RecipeError) as error:
        made().bind(["text"])
    assert str(error.value) == (
        "conversations: the table has no two columns to take as user and assistant; it has text; "
        "give by, speaker and text (one message a row), or cell (one conversation a cell)"
    )


def test_separator_rows_belong_to_the_root_before_them():
    rows = [row("a", "b"), row("c", "d"), MARK, MARK, row("e", "f"), MARK]
    step = two()
    assert [step.same(x, y) for x, y in pairwise(rows)] == [True, True, True, False, True]


@pytest.mark.parametrize(
    "mark",
    [row("###", "###"), row(" ### ", "###\t"), row("###", ""), row("", "###"), row(None, "###"), row("###", "  ")],
    ids=["plain", "padded", "left only", "right only", "beside None", "beside spaces"],
)
def test_a_separator_row_ends_the_conversation(mark):
    assert not two().same(mark, row("a", "b"))
    assert two().same(row("a", "b"), mark)


@pytest.mark.parametrize(
    "other",
    [row("###", "text"), row("text", "###"), row("a ### b", "c"), row("", ""), row("####", "###"), row(None)],
    ids=["left of text", "right of text", "inside", "empty", "longer", "None"],
)
def test_any_other_row_does_not(other):
    assert two().same(other, row("a", "b"))


FINDINGS = {
    "padded": (row(" ###", "###"), "FT310", "advice", "the separator '###' has white space around it", None),
    "left only": (row("###", ""), "FT311", "advice", "the separator '###' stands in one cell only", None),
    "beside text": (
        row("###", "hi"), "FT312", "warning", "the separator '###' stands in column 'Human' alone, beside text",
        [("user", "###", "Human"), ("assistant", "hi", "AI")],
    ),
    "inside": (
        row("hi", "a ### b"), "FT313", "warning", "the separator '###' occurs inside a message in column 'AI'",
        [("user", "hi", "Human"), ("assistant", "a ### b", "AI")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("odd", FINDINGS.values(), ids=FINDINGS)
def test_an_odd_separator_is_a_finding_with_its_row(odd):
    strange, code, level, message, kept = odd
    example, finding = two().make([row("x", "y"), strange])
    assert (finding.code, finding.level, finding.message, finding.row) == (code, level, message, 1)
    assert said(example) == [("user", "x", "Human"), ("assistant", "y", "AI"), *(kept or [])]


def test_a_plain_separator_row_is_no_finding():
    assert isinstance(two().make([row("a", "b"), MARK]), Example)


@pytest.mark.parametrize("cell", ["", " \n", None, math.nan], ids=["empty", "spaces", "None", "NaN"])
def test_an_empty_cell_means_that_this_side_said_nothing(cell):
    assert said(two().make([row("a", cell), row(cell, "b")])) == [("user", "a", "Human"), ("assistant", "b", "AI")]


@pytest.mark.parametrize("cell", ["NA", "null", "None", "#N/A", "007", " padded "])
def test_cells_stay_as_they_are(cell):
    assert said(two().make([row(cell, cell)])) == [("user", cell, "Human"), ("assistant", cell, "AI")]


def test_numbers_of_a_frame_are_text():
    assert said(two().make([row(1.0, 2)])) == [("user", "1", "Human"), ("assistant", "2", "AI")]


@pytest.mark.parametrize("rows", [[MARK], [row("", " ")]], ids=["separators", "empty"])
def test_a_root_without_messages_is_dropped(rows):
    assert two().make(rows) == [Drop("no messages")]


def test_fields_hold_the_other_columns_that_are_equal_in_all_rows():
    step = made().bind(["Human", "AI", "topic", "time"])
    rows = [{**row("a", "b"), "topic": "x", "time": 1}, {**row("c", "d"), "topic": "x", "time": 2}]
    assert step.make([*rows, {**MARK, "topic": "", "time": ""}]).fields == {"topic": "x"}


def test_another_separator_may_be_given_as_the_only_option():
    assert Conversations.shorthand == "separator"
    step = two(separator=" --- ")
    assert not step.same(row("---", "---"), row("a", "b"))
    assert step.same(MARK, row("a", "b"))


@given(st.lists(st.tuples(*[st.sampled_from(["", " ", "###", " ###", "a", "b ###", None])] * 2), min_size=1))
def test_no_text_is_lost_and_order_is_kept(table):
    """Every cell but the separators and the empty ones is a message, whatever the rows."""
    step = two()
    rows = [row(*cells) for cells in table]
    outcome = step.make(rows)
    results = outcome if isinstance(outcome, list) else [outcome]
    texts = [m.content for r in results if isinstance(r, Example) for m in r.messages]
    filled = [[c for c in cells if c and c.strip()] for cells in table]
    assert texts == [c for cells in filled if {c.strip() for c in cells} != {"###"} for c in cells]
    assert all(isinstance(r, (Example, Drop, Finding)) for r in results)


# -- one message a row --------------------------------------------------------------------------------------------

BY = {"by": "id", "speaker": "who", "text": "what"}


def turn(name, who, what):
    return {"id": name, "who": who, "what": what}


def test_one_message_a_row_has_roles_names_and_a_group():
    rows = [
        turn(7, "system", "s"),
        turn(7, "Kim", "a"),
        turn(7, "Bot", "b"),
        turn(7, "user", "c"),
        turn(7, "tool", "d"),
    ]
    example = made(**BY, assistant="Bot").bind(["id", "who", "what"]).make(rows)
    assert said(example) == [
        ("system", "s", None), ("user", "a", "Kim"), ("assistant", "b", "Bot"),
        ("user", "c", None), ("tool", "d", None),
    ]  # fmt: skip
    assert (example.group, example.fields) == ("7", {"id": 7})


def test_the_assistant_may_have_several_names_and_is_assistant_by_default():
    rows = [turn("x", "Ann", "a"), turn("x", "Bob", "b"), turn("x", "assistant", "c")]
    assert [m.role for m in made(**BY, assistant=["Ann", "Bob"]).make(rows).messages] == ["assistant"] * 2 + ["user"]
    assert made(**BY).make(rows).messages[2] == Message("assistant", "c")


def test_names_are_known_as_far_as_the_options_tell():
    assert made(**BY).speakers({}) == {}
    assert made(**BY, assistant=["Ann", "Bob"]).speakers({}) == {}
    assert made(**BY, assistant="AI", user="Kim").speakers({}) == {"user": "Kim", "assistant": "AI"}


def test_rows_of_one_id_are_neighbours_unless_scattered():
    step = made(**BY).bind(["id", "who", "what"])
    assert step.same(turn("1", "a", "b"), turn("1", "c", "d"))
    assert step.same(turn("1", "a", "b"), turn(" 1 ", "c", "d"))
    assert step.same(turn(1, "a", "b"), turn(1.0, "c", "d"))
    assert not step.same(turn("1", "a", "b"), turn("2", "a", "b"))
    assert step.key(turn(1.0, "a", "b")) == "1"
    assert not step.scattered()
    scattered = made(**BY, scattered=True)
    assert scattered.scattered()
    assert scattered.bind(["id", "who", "what"]).scattered()


@pytest.mark.parametrize("name", ["", None, " "], ids=["empty", "None", "spaces"])
def test_rows_without_an_id_are_dropped(name):
    step = made(**BY)
    assert step.key(turn(name, "a", "b")) is None
    assert step.make([turn(name, "a", "b")]) == Drop("no conversation id", "column 'id' is empty")


def test_empty_messages_are_none_and_a_root_of_them_is_dropped():
    assert made(**BY).make([turn(1, "a", " "), turn(1, "a", None)]) == Drop("no messages")


def test_a_message_without_a_speaker_is_the_users_and_a_finding():
    example, finding = made(**BY).make([turn(1, "assistant", "a"), turn(1, None, "b")])
    assert example.messages[1] == Message("user", "b")
    assert finding == Finding("FT314", "a message without a speaker in column 'who'", "taken as the user's", row=1)


# -- a conversation a cell ----------------------------------------------------------------------------------------


def test_speakers_take_turns_in_a_cell_and_an_empty_turn_is_passed():
    step = made(cell="talk").bind(["n", "talk"])
    example = step.make([{"n": 3, "talk": "Hi\n###\nHello\r\n###\r\n\n###\n you there? "}])
    assert said(example) == [("user", "Hi", None), ("assistant", "Hello", None), ("assistant", "you there?", None)]
    assert example.fields == {"n": 3}
    assert not step.same({"talk": "a"}, {"talk": "a"})


def test_names_before_the_messages_tell_the_roles():
    step = made(cell="talk", turn="\n", names={"user": "Human", "assistant": "AI"})
    example = step.make([{"talk": "AI: Welcome\nHuman: At 10:30?\nHuman:\nAI : Yes\n"}])
    assert said(example) == [("assistant", "Welcome", "AI"), ("user", "At 10:30?", "Human"), ("assistant", "Yes", "AI")]
    assert step.speakers({}) == {"user": "Human", "assistant": "AI"}


def test_a_role_may_have_several_names_before_its_messages():
    step = made(cell="talk", turn="\n", names={"user": ["Ann", "Bob"], "assistant": "AI"})
    example = step.make([{"talk": "Ann: a\nBob: b\nAI: c"}])
    assert said(example) == [("user", "a", "Ann"), ("user", "b", "Bob"), ("assistant", "c", "AI")]
    assert step.speakers({}) == {"assistant": "AI"}


def test_a_message_of_an_unknown_name_drops_the_conversation():
    step = made(cell="talk", turn="\n", names={"user": "Human", "assistant": "AI"})
    assert step.make([{"talk": "Human: a\nBob: b"}]) == Drop("message without a known name", "message 2: 'Bob: b'")


@pytest.mark.parametrize("cell", ["", None, "\n###\n"], ids=["empty", "None", "separator"])
def test_an_empty_cell_is_dropped(cell):
    assert made(cell="talk").make([{"talk": cell}]) == Drop("no messages")


# -- options ------------------------------------------------------------------------------------------------------

WAYS = (
    "give user and assistant (two columns), or by, speaker and text (one message a row), "
    "or cell (one conversation a cell)"
)
WRONG = {
    "by and separator": ({**BY, "separator": "#"}, f"'separator' does not go with 'by'; {WAYS}"),
    "by and cell": ({**BY, "cell": "x"}, f"'by' does not go with 'cell'; {WAYS}"),
    "turn alone": ({"turn": "x"}, f"'turn' does not go with two speaker columns; {WAYS}"),
    "by alone": ({"by": "id"}, "'speaker' is missing; by, speaker and text go together"),
    "scattered alone": ({"scattered": True}, "'by' is missing; by, speaker and text go together"),
    "user alone": ({"user": "Human"}, "'assistant' is missing; user and assistant go together"),
    "two assistants": (
        {"user": "a", "assistant": ["b", "c"]},
        "assistant names one column; a list of names goes with by, speaker and text",
    ),
    "one column twice": (
        {"user": "a", "assistant": "a"},
        "user and assistant both name the column 'a'; give two columns",
    ),
    "blank separator": ({"separator": " "}, "separator is empty; give the text that stands between two conversations"),
    "no assistant": (
        {**BY, "assistant": []},
        "a name is empty, or there is none; leave the option away, or name someone",
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_mix_of_options_is_refused_with_what_to_do(wrong):
    options, message = wrong
    with pytest.raises(ValidationError) as error:
        made(**options)
    assert [e["msg"] for e in error.value.errors()] == [f"Value error, {message}"]


def test_columns_are_those_that_the_options_name():
    assert made().columns() == ()
    assert made(user="a", assistant="b").columns() == ("a", "b")
    assert made(**BY, assistant="Bot").columns() == ("id", "who", "what")
    assert made(cell="x").columns() == ("x",)
