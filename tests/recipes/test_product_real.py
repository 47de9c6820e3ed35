"""`product_description` on restaurants described for a challenge, and on the sample catalogue of a web shop."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from ftprep import api

RECIPE = Path(__file__).parent.parent.parent / "recipes" / "product_description" / "recipe.yaml"

pytestmark = pytest.mark.files


def rows(run: api.Run, output: str) -> list[dict[str, Any]]:
    """All of an output; and the balance holds."""
    counts = run.counts
    assert counts["read"] == counts["used"] + counts["dropped"]
    for step in counts["steps"]:
        assert step["in"] + step["made"] == step["out"] + sum(step["dropped"].values())
    return [json.loads(line) for path in run.files[output].values() for line in path.read_bytes().split(b"\n") if line]


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_attributes_in_brackets_become_sentences_by_replace(shared_data: Path, tmp_path: Path):
    """`name[The Vaults], eatType[pub]` → `Name is The Vaults. Eat type is pub.`; 151 records are there twice."""
    file = shared_data / "product_e2e_nlg" / "devset.csv"
    changes = {
        "read": str(file),
        "transform": [
            {"dedupe": ["mr", "ref"]},
            {"replace": {"pattern": r"(\w+)\[([^\]]*)\](?:, |$)", "with": r"\1 is \2. ", "columns": "mr"}},
            {"replace": {"pattern": r"(?<=[a-z])([A-Z])(?=\w* is )", "with": r" \1", "columns": "mr"}},
            {"clean": "mr"},
            {"rename": {"mr": "text", "ref": "description"}},
            {"chat": {"user": "{text}", "assistant": "{description}"}},
        ],
    }
    run = api.run(RECIPE, set=changes, out=tmp_path / "out")
    records = cells(file)
    distinct = {(record["mr"].strip(), record["ref"].strip()) for record in records}
    assert len(records) == run.counts["read"] == 4672
    assert run.counts["used"] == len(distinct) == 4672 - 151
    written = rows(run, "openai_completion")
    assert len(written) == len(rows(run, "openai_chat")) == len(distinct)
    assert {
        "prompt": "name is Alimentum. area is city centre. family Friendly is no.->",
        "completion": " There is a place in the city centre, Alimentum, that is not family-friendly.",
    } in written
    assert not any("[" in row["prompt"] for row in written)


def test_a_catalogue_with_attributes_in_pairs_of_columns(shared_data: Path, tmp_path: Path):
    """25 records with the header: 24 products, each with a description; prices and attributes are often missing."""
    file = shared_data / "product_woocommerce" / "sample_products.csv"
    wordings = {
        "Name": "Item is a {value}.",
        "Regular price": "Price is {value}.",
        "Attribute 1 value(s)": "{Attribute 1 name} is {value}.",
        "Attribute 2 value(s)": "{Attribute 2 name} is {value}.",
    }
    completion = {"prompt": "{text}->", "completion": "{Description}"}
    changes = {
        "read": str(file),
        "transform": [
            {"bins": {"column": "Regular price", "edges": [20, 40], "names": ["low", "midrange", "high"]}},
            {"sentences": {"columns": wordings}},
            {"chat": {"user": "{text}", "assistant": "{Description}"}},
        ],
        "write": ["openai_chat", {"openai_completion": {"steps": [{"prompt": completion}]}}],
    }
    run = api.run(RECIPE, set=changes, out=tmp_path / "out")
    products = cells(file)
    assert run.counts["read"] == run.counts["used"] == len(products) == 24
    prompts = [row["prompt"] for row in rows(run, "openai_completion")]
    assert len(prompts) == len(rows(run, "openai_chat")) == 24
    assert "Item is a T-Shirt. Color is Blue, Green, Red. Size is Large, Medium, Small.->" in prompts
    assert "Item is a Beanie. Price is midrange. Color is Red.->" in prompts
    assert "Item is a Album. Price is low.->" in prompts
    assert sum("Price is" in prompt for prompt in prompts) == sum(bool(row["Regular price"]) for row in products)
