"""The transformer `bins`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Drop, Example, MissingColumn, StepRun
from ftprep_text.bins import Bins

PRICE: dict[str, Any] = {"column": "price", "edges": [20, 100], "names": ["cheap", "midrange", "expensive"]}


def make(**options: Any) -> Bins:
    return Bins.model_validate_json(json.dumps({**PRICE, **options}), strict=True)


def word(value: Any, **options: Any) -> Any:
    made = make(**options).apply(Example({"price": value}))
    return (made.reason, made.detail) if isinstance(made, Drop) else made.fields["price"]  # type: ignore[union-attr]


WORDS = {
    "below the first edge": (19.99, "cheap"),
    "at an edge": (20, "midrange"),
    "between": ("99.99", "midrange"),
    "above the last": ("100.00", "expensive"),
    "negative": ("-5", "cheap"),
    "a minus sign of typographers": ("−500", "cheap"),
    "thousands": ("1,234,567.50", "expensive"),
    "thousands with spaces": ("1 234", "expensive"),
    "thousands with apostrophes": ("1’234.50", "expensive"),
    "currency before": ("$45", "midrange"),
    "currency after": ("45 EUR", "midrange"),
    "currency and sign": ("-$1,000.00", "cheap"),
    "currency of one country": ("US$ 45.00", "midrange"),
    "currency in small letters": ("45 kr", "midrange"),
    "no whole part": (".5", "cheap"),
    "powers of ten": ("1e3", "expensive"),
    "an integer of any size": (10**400, "expensive"),
    "spaces around": (" 45\t", "midrange"),
    "an empty cell": ("", ""),
    "no value": (None, None),
}


@pytest.mark.parametrize(("value", "expected"), WORDS.values(), ids=WORDS)
def test_a_number_becomes_the_word_for_its_range(value: Any, expected: Any):
    assert word(value) == expected


NONE = {
    "word": "on request",
    "word beside a number": "about 45",
    "unit": "45 kg",
    "range": "20-40",
    "decimal comma": "12,5",
    "groups of two digits": "12,34",
    "two kinds of groups": "1,234 567",
    "date": "2024-01-05",
    "version": "1.2.3",
    "sign alone": "-",
    "point alone": ".",
    "yes": True,
    "list": [45],
    "digits of another script": "٤٥",
    "not a number": "nan",
    "endless": "inf",
}


@pytest.mark.parametrize("value", NONE.values(), ids=NONE)
def test_what_is_no_number_is_a_drop_that_shows_it_or_is_kept(value: Any):
    shown = "true" if value is True else json.dumps(value) if isinstance(value, list) else value
    assert word(value) == ("not a number", f"price: '{shown}'")
    assert word(value, otherwise="keep") == value


def test_a_decimal_comma_is_an_option():
    assert [word(text, decimal=",") for text in ("19,99 €", "1.234,50", "20", "1.234")] == [
        "cheap", "expensive", "midrange", "expensive",
    ]  # fmt: skip
    assert word("19.99", decimal=",") == ("not a number", "price: '19.99'")


def test_the_word_can_have_a_column_of_its_own():
    step = make(into="range")
    assert step.apply(Example({"price": "45"})) == Example({"price": "45", "range": "midrange"})
    assert step.apply(Example({"price": ""})) == Example({"price": "", "range": ""})
    assert list(step.columns_after(["price"])) == ["price", "range"]
    assert step.columns() == ("price",)


def test_a_missing_column_is_missed_in_training_and_a_request_may_give_the_word_itself():
    step, run = make(), StepRun()
    with pytest.raises(MissingColumn, match="price"):
        step.apply(Example({"item": "handbag"}))
    assert step.request(Example({"item": "handbag"}), run).fields == {"item": "handbag"}
    assert step.request(Example({"price": "cheap"}), run).fields == {"price": "cheap"}
    assert step.request(Example({"price": "45"}), run).fields == {"price": "midrange"}
    assert make(names=["1", "2", "3"]).request(Example({"price": "3"}), run).fields == {"price": "1"}


REFUSED = {
    "edges that fall": ({"edges": [100, 20]}, "the edges have to rise, e.g. edges: [20, 100]"),
    "edges that are equal": ({"edges": [20, 20]}, "the edges have to rise, e.g. edges: [20, 100]"),
    "too few names": ({"names": ["low", "high"]}, "2 edges make 3 ranges, so give 3 names"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_refused_before_a_row_is_read(options: dict[str, Any], message: str):
    with pytest.raises(ValidationError) as error:
        make(**options)
    assert [problem["msg"] for problem in error.value.errors()] == [f"Value error, {message}"]


@given(st.decimals(-(10**9), 10**9, places=2))
def test_a_number_is_in_the_same_range_however_it_is_written(number: Any):
    expected = "cheap" if number < 20 else "midrange" if number < 100 else "expensive"
    english = f"{number:,}"
    german = english.translate(str.maketrans(",.", ".,"))
    written = (float(number), str(number), english, f"{number} USD", f"€{english}", english.replace(",", " "))
    assert [word(text) for text in written] == [expected] * len(written)
    assert word(german, decimal=",") == expected
