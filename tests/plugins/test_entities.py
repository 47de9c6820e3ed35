"""`entities`: marked spans become the answer; what does not occur in the text is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep import Drop, Example, Finding, MissingColumn, StepRun
from ftprep_entities.entities import Entities

TEXT = "Ann met Bo in Oslo, and Ann left."


def made(spans: Any, text: str = TEXT, path: str = "spans", **options: Any) -> Any:
    step = Entities.model_validate({"text": "text", "spans": path, **options})
    outcome = step.start(StepRun())(Example(fields={"text": text, "spans": spans}))
    if isinstance(outcome, list):
        return outcome[0].messages[-1].content, [f.message for f in outcome[1:] if isinstance(f, Finding)]
    return outcome.messages[-1].content if isinstance(outcome, Example) else outcome


def at(word: str, type_: str = "", start: int = 0) -> dict[str, Any]:
    begin = TEXT.index(word, start)
    return {"start": begin, "end": begin + len(word), "type": type_}


SPANS = [at("Oslo", "place"), at("Bo", "person"), at("Ann", "person"), at("Ann", "person", 5)]


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        pytest.param({}, "Ann\nBo\nOslo", id="by appearance"),
        pytest.param({"order": "alphabetical", "unique": False}, "Ann\nAnn\nBo\nOslo", id="by the alphabet"),
        pytest.param({"unique": False}, "Ann\nBo\nOslo\nAnn", id="all"),
        pytest.param({"types": ["place"]}, "Oslo", id="of one type"),
        pytest.param({"end_with": " END"}, "Ann\nBo\nOslo END", id="with an ending"),
        pytest.param({"types": ["ship"]}, "none", id="none"),
        pytest.param({"types": ["ship"], "format": "json"}, "[]", id="none in JSON"),
        pytest.param({"types": ["ship"], "none": ""}, Drop("no entities"), id="none wanted"),
        pytest.param(
            {"format": "json", "types": ["person"]},
            '[{"text":"Ann","type":"person"},{"text":"Bo","type":"person"}]',
            id="as JSON",
        ),
    ],
)
def test_spans_become_the_answer(options: dict[str, Any], answer: Any) -> None:
    assert made(SPANS, **options) == answer


@pytest.mark.parametrize(
    ("spans", "options"),
    [
        pytest.param(["Bo", "Ann"], {}, id="texts"),
        pytest.param([[8, 10, "person"], [0, 3, "person"]], {}, id="lists"),
        pytest.param([{"value": "Ann"}, {"value": "Bo"}], {"entity": "value"}, id="objects with a text"),
        pytest.param(
            [{"text": "Bo", "start": 2, "end": 4}, {"text": "Ann", "start": 0, "end": 3}], {}, id="a wrong place"
        ),
        pytest.param(
            [{"span": {"from": 8, "to": 10}}, {"span": {"to": 3}}],
            {"start": "span.from", "end": "span.to"},
            id="deeper",
        ),
        pytest.param([{"text": "Ann", "start": 0}, {"text": "Bo", "start": 8}], {}, id="no end"),
    ],
)
def test_spans_come_in_many_shapes(spans: Any, options: dict[str, Any]) -> None:
    assert made(spans, **options) == "Ann\nBo"


def test_a_path_goes_through_lists_inside_lists() -> None:
    nested = [{"labels": [{"text": "Bo"}]}, {}, {"labels": [{"text": "Ann"}]}]
    assert made(nested, path="spans[].labels[]") == "Ann\nBo"
    assert made(None, path="spans[].labels[]") == "none"


MISSING = ["an entity does not occur in the text"]


@pytest.mark.parametrize(
    "span",
    [
        {"text": "Paris"}, {"start": 90, "end": 95}, {"start": 5, "end": 5}, {"start": -3, "end": 2}, {"note": "x"}, 7,
        {"text": "  "}, {"text": "ann"},
    ],
    ids=repr,
)  # fmt: skip
def test_what_does_not_occur_is_left_out_and_told_or_loses_the_row(span: Any) -> None:
    assert made([span, at("Bo")]) == ("Bo", MISSING)
    outcome = made([span, at("Bo")], on_missing="drop")
    assert isinstance(outcome, Drop)
    assert outcome.reason == MISSING[0]


def test_an_entity_over_two_lines_is_written_on_one() -> None:
    assert made(["New\nYork"], "They left New\nYork.") == "New York"


def test_missing_columns_and_empty_texts_are_named() -> None:
    step = Entities.model_validate({"text": "text", "spans": "spans"})
    for fields, column in (({"spans": []}, "text"), ({"text": "x"}, "spans")):
        with pytest.raises(MissingColumn, match=column):
            step.apply(Example(fields=fields))
    assert step.apply(Example(fields={"text": " ", "spans": []})) == Drop("empty text", "column 'text'")


def test_a_request_needs_the_text_alone() -> None:
    step = Entities.model_validate({"text": "text", "spans": "spans"})
    asked = step.request(Example(fields={"text": TEXT}), StepRun())
    assert [(message.role, message.content) for message in asked.messages] == [("user", TEXT), ("assistant", "")]


places = st.lists(st.tuples(st.integers(-2, 20), st.integers(-2, 20), st.sampled_from("ab")), max_size=6)


@given(st.text(alphabet="ab c\n", min_size=1, max_size=18).filter(str.strip), places, st.booleans())
def test_every_entity_of_the_answer_occurs_and_they_stand_in_order(text: str, spans: Any, alphabetical: bool) -> None:
    order = "alphabetical" if alphabetical else "appearance"
    outcome = made([list(span) for span in spans], text, format="json", order=order)
    answer = json.loads(outcome[0] if isinstance(outcome, tuple) else outcome)
    assert all(one["text"] in text for one in answer)
    assert len({(one["text"], one["type"]) for one in answer}) == len(answer)
    keys = [one["text"].casefold() if alphabetical else text.find(one["text"]) for one in answer]
    if alphabetical:
        assert keys == sorted(keys)
