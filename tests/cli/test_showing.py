"""What checks have to show, as lines of text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from ftprep.cli.charts import ASCII, BLOCKS, Marks, marks_for
from ftprep.cli.showing import Style, figure_lines, show_lines
from ftprep.registry import Registry
from ftprep.steps.showing import Bars, Histogram, Note, Numbers, Shown, Table

LENGTHS = Histogram(
    title="Tokens of an example",
    x="tokens",
    bins=[(0, 50, 12), (50, 100, 90), (100, 150, 120), (150, 200, 45), (200, 250, 0), (250, 300, 1)],
    marks={"p50": 110, "p95": 190, "max": 290, "limit": 65536},
)
BALANCE = Bars(
    title="Examples of each label",
    x="examples",
    bars={"positive": {"train": 120, "validation": 30}, " no": {"train": 25, "validation": 5}, "odd": {"train": 1}},
)
TOKENS = Table(
    caption="Labels",
    head=["label", "examples", "tokens"],
    rows=[["positive", 1150, ["pos", "itive"]], [" no", 30, "two\nlines"], ["x" * 50, None, None]],
    more=4,
)

CASES: dict[str, tuple[Shown, int | None, Marks, list[str]]] = {
    "a histogram": (
        LENGTHS,
        80,
        BLOCKS,
        [
            "Tokens of an example",
            " 120 │    ▂▂▂▂████",
            "     │    ████████▁▁▁▁",
            "     │▂▂▂▂████████████    ▁▁▁▁",
            "     └────────┬──────┬───────┬",
            "      0       p50 110        max 290",
            "                     p95 190  limit 65,536 →",
        ],
    ),
    "a narrow histogram": (
        LENGTHS,
        26,
        BLOCKS,
        [
            "Tokens of an example",
            " 120 │   ▂▂▂███",
            "     │   ██████▁▁▁",
            "     │▂▂▂█████████   ▁▁▁",
            "     └──────┬────┬─────┬",
            "      0     p50 110",
            "                 p95 190",
            "                   max 290",
            "      limit 65,536 →",
        ],
    ),
    "a histogram without blocks": (
        LENGTHS,
        None,
        ASCII,
        [
            "Tokens of an example",
            " 120 |    ....####",
            "     |    ########",
            "     |....############    ....",
            "     +--------+------+-------+",
            "      0       p50 110        max 290",
            "                     p95 190  limit 65,536 >",
        ],
    ),
    "bars of parts": (
        BALANCE,
        80,
        BLOCKS,
        [
            "Examples of each label: █ train  ▓ validation",
            "  positive  ██████████████████████████▓▓▓▓▓▓  120  30",
            "  ' no'     █████▓                             25   5",
            "  odd       █                                   1   0",
        ],
    ),
    "narrow bars without blocks": (
        BALANCE,
        40,
        ASCII,
        [
            "Examples of each label: # train  =",
            "  validation",
            "  positive  ###############====  120  30",
            "  ' no'     ###=                  25   5",
            "  odd       #                      1   0",
        ],
    ),
    "bars of one part": (
        Bars(title="By role", x="messages", bars={"user": {"messages": 3}, "assistant": {"messages": 1}}),
        80,
        BLOCKS,
        [
            "By role (messages)",
            "  user       ████████████████████████████████  3",
            "  assistant  ███████████                       1",
        ],
    ),
    "a table": (
        TOKENS,
        None,
        BLOCKS,
        [
            "Labels",
            "  label                                               examples  tokens",
            "  positive                                               1,150  pos | itive",
            "  ' no'                                                     30  two lines",
            "  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "  … and 4 more in manifest.json",
        ],
    ),
    "a narrow table": (
        TOKENS,
        40,
        ASCII,
        [
            "Labels",
            "  label            examples  tokens",
            "  positive            1,150  pos | itive",
            "  ' no'                  30  two lines",
            "  xxxxxxxxxxxxxx~",
            "  ~ and 4 more in manifest.json",
        ],
    ),
    "numbers": (
        Numbers({"examples": 1200, "mean": 2.5, "USD": 0.00675, "stop": "\n", "none": None}),
        None,
        BLOCKS,
        [
            "examples 1,200, mean 2.5, USD 0.00675, stop '\\n'",
        ],
    ),
    "broken numbers": (
        Numbers({"examples": 1200, "mean": 2.5, "of all": "many"}),
        22,
        BLOCKS,
        [
            "examples 1,200,",
            "  mean 2.5, of",
            "  all many",
        ],
    ),
    "a note": (
        Note("All fit."),
        None,
        BLOCKS,
        [
            "All fit.",
        ],
    ),
    "a bad note": (
        Note("Two are too long.", "bad"),
        None,
        BLOCKS,
        [
            "! Two are too long.",
        ],
    ),
}


@pytest.mark.parametrize(("shown", "width", "marks", "lines"), CASES.values(), ids=CASES)
def test_what_is_shown_is_text(shown: Shown, width: int | None, marks: Marks, lines: list[str]) -> None:
    made = list(show_lines(shown, Style(marks=marks, width=width)))
    assert made == lines
    assert all(len(line) <= (width or 80) for line in made)


ENCODINGS = {"utf-8": BLOCKS, "cp437": ASCII, "cp1252": ASCII, "ascii": ASCII}


@pytest.mark.parametrize(("encoding", "marks"), ENCODINGS.items(), ids=ENCODINGS)
def test_pictures_are_made_of_what_a_stream_can_show(encoding: str, marks: Marks) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert marks_for(stream) == marks
    "".join(marks).encode(encoding)


PLUGIN = '''
import ftprep

FTPREP_API = 1


class Odd(ftprep.Check):
    """Counts oddly."""

    name = "odd"
    topic = "repeats"

    def look(self, example, run=None):
        return None

    @classmethod
    def show(cls, figures):
        if "fail" in figures:
            raise KeyError("n")
        same = ftprep.Numbers({"same": figures["same"]})
        return [ftprep.Note(figures["said"]), same, ftprep.Table(head=["n"], rows=[[1]])]


class Even(Odd):
    """Counts evenly."""

    name = "even"
    topic = "lengths"


@ftprep.hookimpl
def ftprep_checks():
    return [Odd, Even]
'''


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    path = tmp_path / "odd_checks.py"
    path.write_text(PLUGIN, encoding="utf-8", newline="\n")
    return Registry.installed(block="ALL", files=[path])


ODD: dict[str, Any] = {"said": "Odd.", "same": 3}
EVEN: dict[str, Any] = {"said": "Even.", "same": 3}
FIGURES: dict[str, tuple[dict[str, dict[str, dict[str, Any]]], list[str]]] = {
    "in the order of topics, and nothing twice": (
        {"chat": {"odd": ODD, "even": EVEN}},
        ["even (chat): Even.", "  same 3", "  n", "  1", "odd (chat): Odd."],
    ),
    "what outputs have alike": (
        {"chat": {"odd": ODD}, "plain": {"odd": ODD}, "other": {"odd": {**ODD, "same": 0}}},
        ["odd (chat, plain): Odd.", "  same 3", "  n", "  1", "odd (other): Odd.", "  same 0", "  n", "  1"],
    ),
    "a check that a recipe has twice": (
        {"chat": {"odd": ODD, "odd 2": {"said": "Again.", "same": 4}}},
        ["odd (chat): Odd.", "  same 3", "  n", "  1", "odd 2 (chat): Again.", "  same 4"],
    ),
    "one that fails to show": (
        {"chat": {"odd": {"fail": 1, "list": [{"a": 1}, {"a": 2}]}}},
        ["odd (chat): fail 1", "  list", "    a", "    1", "    2",
         "  ! 'odd' failed to show its figures (KeyError: 'n')"],
    ),
    "one that is not installed any more": ({"chat": {"gone": {"n": 1}}}, ["gone (chat): n 1"]),
    "nothing counted": ({"chat": {"gone": {}}}, []),
}  # fmt: skip


@pytest.mark.files
@pytest.mark.parametrize(("figures", "lines"), FIGURES.values(), ids=FIGURES)
def test_checks_show_their_figures(registry: Registry, figures: Any, lines: list[str]) -> None:
    assert list(figure_lines(figures, registry, Style(marks=BLOCKS))) == lines


@pytest.mark.files
def test_checks_that_counted_nothing_may_be_left_out(registry: Registry) -> None:
    figures: Any = {"chat": {"gone": {"n": 0, "kind": "chat"}, "other": {"kind": "chat"}}}
    assert list(figure_lines(figures, registry, Style(marks=BLOCKS), zeros=False)) == []
