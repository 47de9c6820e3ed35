"""The transformer `replace`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Drop, Example, Message, MissingColumn, RecipeError, StepRun
from ftprep_text.replace import Replace


def make(**options: Any) -> Replace:
    return Replace.model_validate_json(json.dumps(options), strict=True)


def replaced(text: str, **options: Any) -> str:
    made = make(**options).apply(Example(fields={"text": text}))
    assert isinstance(made, Example)
    return str(made.fields["text"])


def refused(**options: Any) -> str:
    with pytest.raises(ValidationError) as error:
        make(**options)
    (problem,) = error.value.errors()
    return str(problem["msg"])


CASES = {
    "every place": ("a.b.c", {"find": ".", "with": "-"}, "a-b-c"),
    "gone": ("### mail ###", {"find": "###"}, " mail "),
    "upper case stays another letter": ("Ab ab", {"find": "ab", "with": "x"}, "Ab x"),
    "any case": ("Ab aB $AB", {"find": "ab", "with": "x", "ignore_case": True}, "x x $x"),
    "any case, signs as they stand": ("A+ a+ aa", {"find": "a+", "with": r"\1", "ignore_case": True}, r"\1 \1 aa"),
    "a backslash is itself": ("a", {"find": "a", "with": r"\n"}, r"\n"),
    "pattern": ("tel 12, 345", {"pattern": r"\d+", "with": "N"}, "tel N, N"),
    "pattern, group": (
        "name[Alimentum]",
        {"pattern": r"(\w+)\[([^\]]*)\]", "with": r"\1 is \2."},
        "name is Alimentum.",
    ),
    "pattern, named group": ("2024-05", {"pattern": r"(?<y>\d+)-(?<m>\d+)", "with": r"\g<m>/\g<y>"}, "05/2024"),
    "pattern, class of letters": ("Ärger 1", {"pattern": r"\p{Lu}", "with": "_"}, "_rger 1"),
    "pattern with comments": ("foo", {"pattern": "(?x) f (o) # two of them\n o # and no more", "with": r"\1"}, "o"),
    "pattern over lines": ("a\nb", {"pattern": "(?s)a.b", "with": "c"}, "c"),
}


@pytest.mark.parametrize(("text", "options", "expected"), CASES.values(), ids=CASES)
def test_a_text_is_replaced_wherever_it_stands(text: str, options: dict[str, Any], expected: str):
    assert replaced(text, **options) == expected


def test_it_works_on_messages_where_there_are_any_and_on_columns_that_are_named():
    fields = {"a": "x", "b": ["x", {"x": "x"}], "n": 1}
    example = Example(fields=fields, messages=(Message("user", "x"), Message("assistant", "yx")))
    step = make(find="x", **{"with": "z"})
    assert step.apply(example) == Example(fields, (Message("user", "z"), Message("assistant", "yz")))
    assert step.apply(Example(fields)) == Example({"a": "z", "b": ["z", {"x": "z"}], "n": 1})
    only = make(find="x", columns="b", **{"with": "z"})
    assert only.apply(example) == Example({"a": "x", "b": ["z", {"x": "z"}], "n": 1}, example.messages)


def test_what_was_replaced_is_counted():
    run = StepRun()
    apply = make(pattern="x+").start(run)
    apply(Example({"a": "xx x", "b": "x"}))
    apply(Example({"a": "nothing"}))
    assert run.tallies == {"replaced": 3}


def test_a_column_that_is_not_there_is_missed_in_training_and_passed_over_in_a_request():
    step = make(find="x", columns=["question", "answer"])
    with pytest.raises(MissingColumn, match="answer"):
        step.apply(Example({"question": "x?"}))
    assert step.request(Example({"question": "x?"}), StepRun()).fields == {"question": "?"}
    assert step.request(Example({"other": "x"}), StepRun()).fields == {"other": "x"}
    assert make(find="x").request(Example({"other": "x"}), StepRun()).fields == {"other": ""}


def test_a_pattern_that_takes_too_long_drops_the_example():
    step = make(pattern="(a|aa)+[bc]", seconds=0.05)
    example = Example({"text": "a" * 60})
    assert step.apply(example) == Drop("pattern takes too long", "more than 0.05 s on one text")
    with pytest.raises(RecipeError, match="step 'replace' makes no request of this input: pattern takes too long"):
        step.request(example, StepRun())


EITHER = "Value error, give either find, a text as it stands, or pattern, a regular expression"
REFUSED = {
    "neither": ({"with": "x"}, EITHER),
    "both": ({"find": "a", "pattern": "a"}, EITHER),
    "a bad pattern": (
        {"pattern": "a(b"},
        "Value error, the pattern cannot be read: missing ) at position 3; to look for plain text use find",
    ),
    "a group that is not there": (
        {"pattern": "a(b)", "with": r"\2"},
        r"Value error, 'with' does not fit the pattern: invalid group reference; write \\ for a backslash",
    ),
    "a name that is not there": (
        {"pattern": "a", "with": r"\g<b>"},
        r"Value error, 'with' does not fit the pattern: unknown group; write \\ for a backslash",
    ),
    "a lone backslash": (
        {"pattern": "a", "with": "\\"},
        "Value error, 'with' does not fit the pattern: bad escape (end of pattern) at position 1; "
        r"write \\ for a backslash",
    ),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_refused_before_a_row_is_read(options: dict[str, Any], message: str):
    assert refused(**options) == message


@given(st.text(), st.text(min_size=1, max_size=3), st.text(max_size=3))
def test_a_literal_text_is_replaced_as_python_does_it(text: str, find: str, by: str):
    assert replaced(text, find=find, **{"with": by}) == text.replace(find, by)
