"""A template over a list, an object or a truth value says what it will print."""

from __future__ import annotations

import pytest
from kit_runs import left, recipe

from ftprep import Example, MissingColumn, Template


def told(value, template="{q}", **options):
    rows = [{"q": value, "a": "x"} for _ in range(30)]
    made = left(recipe({"ask": {"prompt": template}}), rows, **options)
    return [(f["code"], f["level"], f["message"], f["hint"], f["count"]) for f in made.result.warned.as_json()]


@pytest.mark.parametrize(
    ("value", "text", "hint"),
    [
        pytest.param(
            ["a", "b"],
            "column 'q' is a list, and {q} prints it as JSON text",
            "write {q:lines} for one item a line, or {q:json} if JSON is meant",
            id="a list",
        ),
        pytest.param(
            {"k": 1},
            "column 'q' is an object, and {q} prints it as JSON text",
            "write {q.KEY} for one value of it, or {q:json} if JSON is meant",
            id="an object",
        ),
        pytest.param(
            True,
            "column 'q' is a truth value, and {q} prints it as true or false",
            "if other words are meant: map_values: {column: q, values: {true: …, false: …}}",
            id="a truth value",
        ),
    ],
)
def test_what_will_be_printed_is_told_for_the_first_rows(value, text, hint):
    for part_rows in (None, 7):
        assert told(value, part_rows=part_rows) == [("FT303", "advice", text, hint, 20)]


@pytest.mark.parametrize(
    ("value", "template"),
    [("text", "{q}"), (5, "{q}"), (None, "{q}"), (["a"], "{q:lines}"), ({"k": 1}, "{q:json}"), ({"k": 1}, "{q.k}")],
)
def test_where_nothing_surprises_nothing_is_said(value, template):
    assert told(value, template) == []


@pytest.mark.parametrize("text", ["{a}", "{a:json}", "{a} and {b}", "plain", "{a.b}"])
def test_rendering_many_gives_what_rendering_each_gives(text: str) -> None:
    template = Template(text)
    examples = [Example(fields={"a": value, "b": "x"}) for value in ("text", None, 1.0, True, [1, "é"])]
    examples = [Example(fields={"a": {"b": n}}) for n in range(3)] if text == "{a.b}" else examples
    assert template.render_all(examples) == [template.render(example) for example in examples]


def test_a_column_that_one_of_many_has_not_got_is_told() -> None:
    with pytest.raises(MissingColumn):
        Template("{a}").render_all([Example(fields={"a": "x"}), Example(fields={"b": "x"})])
