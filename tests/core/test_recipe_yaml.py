"""A recipe written as YAML reads back as the same recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep import recipe as recipes
from ftprep.recipe.write import recipe_yaml

pytestmark = pytest.mark.files

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts.filter(bool), inner, max_size=3),
    max_leaves=8,
)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
options = st.dictionaries(names, values, max_size=4)
items = names | st.dictionaries(names, options, min_size=1, max_size=1)


@given(transform=st.lists(items, max_size=4), extra=values)
def test_what_is_written_reads_back(tmp_path_factory: pytest.TempPathFactory, transform: list[Any], extra: Any) -> None:
    recipe = {"version": 1, "name": "a", "read": {"csv": {"path": "a.csv"}}, "transform": transform, "write": ["w"]}
    path = tmp_path_factory.mktemp("yaml") / "recipe.yaml"
    path.write_text(recipe_yaml({**recipe, "x-more": extra}), encoding="utf-8", newline="\n")
    loaded = recipes.load(path)
    assert loaded.data["transform"] == recipes.load({**recipe}).data["transform"]
    assert loaded.data["x-more"] == extra


def test_comments_stand_above_what_they_are_about() -> None:
    recipe = {
        "write": ["openai_chat"],
        "version": 1,
        "read": {"csv": {"path": "a b.csv", "delimiter": ";"}},
        "transform": [{"separator": "\n\n###\n\n"}, "dedupe"],
        "split": {"validation": "10%"},
    }
    assert recipe_yaml(recipe, {"transform[1]": "once each", "split": "for later"}, head="Made by hand.") == (
        "# Made by hand.\n"
        "version: 1\n"
        'read: {csv: {path: a b.csv, delimiter: ";"}}\n'
        "transform:\n"
        '  - separator: "\\n\\n###\\n\\n"\n'
        "  # once each\n"
        "  - dedupe\n"
        "# for later\n"
        "split: {validation: 10%}\n"
        "write:\n"
        "  - openai_chat\n"
    )


def test_long_options_take_a_line_each(tmp_path: Path) -> None:
    text = recipe_yaml({"transform": [{"chat": {"system": "x" * 50, "user": "y" * 50}}]})
    assert text == f"transform:\n  - chat:\n      system: {'x' * 50}\n      user: {'y' * 50}\n"
