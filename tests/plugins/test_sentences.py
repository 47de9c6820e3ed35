"""The transformer `sentences`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from ftprep import Drop, Example, MissingColumn, StepRun
from ftprep_text.sentences import Sentences

HANDBAG = {"item": "handbag", "colour": "army green", "price": "midrange", "size": "small"}


def make(columns: Any, **options: Any) -> Sentences:
    return Sentences.model_validate_json(json.dumps({"columns": columns, **options}), strict=True)


def said(fields: dict[str, Any], columns: Any, **options: Any) -> Any:
    made = make(columns, **options).apply(Example(fields))
    return made.fields["text"] if isinstance(made, Example) else made


def test_attributes_become_the_sentences_of_the_guide():
    wordings = {
        "item": "Item is a {value}.",
        "colour": "Colour is {value}.",
        "price": "Price is {value}.",
        "size": "Size is {value}.",
    }
    assert said(HANDBAG, wordings) == "Item is a handbag. Colour is army green. Price is midrange. Size is small."


def test_without_wordings_each_is_said_under_its_column_in_the_order_given():
    fields = {**HANDBAG, "made_of": "felt", "IBU": 40, "organic": True, "parts": ["a", "b"]}
    assert said(fields, ["size", "colour", "made_of", "IBU", "organic", "parts"]) == (
        'Size is small. Colour is army green. Made of is felt. IBU is 40. Organic is true. Parts is ["a","b"].'
    )


@pytest.mark.parametrize("empty", ["", "  \n", None, float("nan")], ids=["empty", "white space", "null", "NaN"])
def test_an_empty_attribute_and_one_that_is_not_there_are_left_out(empty: Any):
    assert said({"item": "cap", "size": empty}, ["item", "size", "colour"]) == "Item is cap."
    assert said({"item": empty}, ["item", "colour"]) == Drop("no attributes", "empty or not there: item, colour")


def test_a_wording_may_use_other_columns_and_its_own():
    fields = {"name 1": "Colour", "value 1": " Blue ", "price": 1.0}
    wording = {"value 1": "{name 1}: {value} ({value 1})", "price": "{price} EUR"}
    assert said(fields, wording, join="\n") == "Colour: Blue ( Blue )\n1 EUR"
    with pytest.raises(MissingColumn, match="name 1"):
        make(wording).apply(Example({"value 1": "Blue"}))


def test_a_column_called_value_is_an_attribute_like_others():
    assert said({"value": "high"}, {"value": "It is {value}."}) == "It is high."
    assert make({"value": "It is {value}."}).columns() == ("value",)
    assert make({"size": "It is {value} of {item}."}).columns() == ("size", "item")


def test_the_sentences_get_a_column_of_their_own():
    step = make(["item"], into="attributes")
    assert step.apply(Example({"item": "cap"})) == Example({"item": "cap", "attributes": "Item is cap."})
    assert list(step.columns_after(["item"])) == ["item", "attributes"]
    assert list(step.columns_after(["item", "attributes"])) == ["item", "attributes"]


def test_a_lone_list_names_the_columns():
    assert Sentences.lone_option() == "columns"


def test_a_request_is_made_of_the_attributes_it_gives():
    assert make(["item", "size"]).request(Example({"item": "cap"}), StepRun()).fields["text"] == "Item is cap."


@pytest.mark.parametrize("columns", [[], {}], ids=["list", "mapping"])
def test_no_columns_are_refused(columns: Any):
    with pytest.raises(ValidationError, match="name at least one column"):
        make(columns)
