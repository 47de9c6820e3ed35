"""The figures of checks as lines: numbers and short texts beside each other, tables below."""

from __future__ import annotations

from typing import Any

import pytest

from ftprep.cli.figures import figure_lines

SHOWN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "numbers": ({"examples": 1200, "mean": 2.5}, ["a (out): examples 1,200, mean 2.5"]),
    "texts in their place": (
        {"examples": 3, "task": "classification", "classes": 2},
        ["a (out): examples 3, task classification, classes 2"],
    ),
    "texts that would not be seen": (
        {"examples": 3, "separator": " ->", "stop": "\n"},
        ["a (out): examples 3, separator ' ->', stop '\\n'"],
    ),
    "quotes within": ({"n": 1, "flags": '--class " no"'}, ['a (out): n 1, flags --class " no"']),
    "a text that is too long, and an empty one": ({"n": 1, "source": "x" * 101, "stop": ""}, ["a (out): n 1"]),
    "nothing counted": ({"n": 0, "kind": "chat"}, ["a (out): n 0, kind chat"]),
    "nothing to tell": ({}, []),
    "a table": (
        {"n": 2, "table": [{"name": "b", "n": 1000}, {"name": " b", "n": 1}]},
        ["a (out): n 2", "  name  n", "  b     1,000", "  ' b'  1"],
    ),
}


@pytest.mark.parametrize(("figures", "lines"), SHOWN.values(), ids=SHOWN)
def test_figures_are_told_in_a_line(figures: dict[str, Any], lines: list[str]) -> None:
    assert list(figure_lines({"out": {"a": figures}})) == lines


@pytest.mark.parametrize("figures", [{"n": 0, "kind": "chat"}, {"kind": "chat"}], ids=["none", "no numbers"])
def test_checks_that_counted_nothing_may_be_left_out(figures: dict[str, Any]) -> None:
    assert list(figure_lines({"out": {"a": figures}}, zeros=False)) == []
