"""Charts: what is drawn, what is told, and the numbers behind it."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftprep.report.axes import breadth, shortened, ticks
from ftprep.report.svg import bar_chart, line_chart, thinned


def drawing(figure: str) -> ElementTree.Element:
    """The SVG of a figure; it is well-formed XML."""
    found = re.search(r'<svg class="chart".*?</svg>', figure, re.DOTALL)
    assert found
    return ElementTree.fromstring(found[0])


def texts(figure: str) -> list[str]:
    return ["".join(one.itertext()) for one in drawing(figure).iter("text")]


def cells(figure: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", figure)
    return [[re.sub("<.*?>", "", cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)] for row in rows]


LOSS = line_chart({"train": [(1, 2.0), (2, 1.5), (3, 1.0)], "valid": [(3, 1.25)]}, title="Loss", x="step", y="loss")


def test_a_line_chart_tells_its_course_in_words_and_numbers() -> None:
    found = drawing(LOSS)
    assert found.findtext("title") == "Loss"
    assert found.findtext("desc") == (
        "loss by step. train: from 2 to 1, lowest 1 at 3, highest 2 at 1; "
        "valid: from 1.25 to 1.25, lowest 1.25 at 3, highest 1.25 at 3"
    )
    assert cells(LOSS) == [["step", "train", "valid"], ["1", "2", "–"], ["2", "1.5", "–"], ["3", "1", "1.25"]]
    assert {"step", "loss", "1", "2", "3", "0.5"} <= set(texts(LOSS))


def test_each_line_is_drawn_and_a_lone_point_is_a_dot() -> None:
    found = drawing(LOSS)
    assert [path.get("d") for path in found.iter("path")] == ["M52 10L216 60L380 110"]
    assert [(dot.get("cx"), dot.get("cy")) for dot in found.iter("circle")] == [("380", "85")]
    assert found.get("role") == "img"


def test_what_is_no_number_leaves_a_gap() -> None:
    nan = math.nan
    made = line_chart({"a": [(1, 1.0), (2, 2.0), (3, nan), (4, 2.0), (5, math.inf)]}, title="t", x="x", y="y")
    assert len(list(drawing(made).iter("path"))) == 1
    assert len(list(drawing(made).iter("circle"))) == 1
    assert "nan" not in made and "inf" not in made


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(line_chart({}, title="Loss", x="x", y="y"), id="no_series"),
        pytest.param(line_chart({"a": [(1, math.nan)]}, title="Loss", x="x", y="y"), id="no_numbers"),
        pytest.param(bar_chart({}, title="Loss", x="x"), id="no_bars"),
    ],
)
def test_without_numbers_it_says_so(made: str) -> None:
    assert made == '<div class="remark note"><p><bdi>Loss: there are no numbers to draw.</bdi></p></div>'


def test_a_long_series_is_thinned_but_keeps_its_peaks() -> None:
    points = [(n, 100.0 if n == 5_003 else math.sin(n)) for n in range(10_000)]
    few = thinned(points, 300)
    assert len(few) <= 302
    assert {(0, 0.0), points[-1], (5_003, 100.0)} <= set(few)
    made = line_chart({"a": points}, title="t", x="x", y="y")
    assert len(made) < 20_000
    assert "41 of 10,000 rows" in made


def test_names_of_series_and_bars_are_text() -> None:
    name = '<b onclick="x">&\u202e'
    for made in (line_chart({name: [(1, 1)]}, title=name, x=name, y=name), bar_chart({name: 1}, title=name, x=name)):
        drawing(made)
        assert "<b " not in made and "\u202e" not in made


@pytest.mark.parametrize("name", ["W" * 40, "漢字" * 20, "\u202e" * 40, "long " * 20, "WWW", "", "a" * 22])
def test_a_long_name_is_cut_to_the_room_that_it_has(name: str) -> None:
    cut = shortened(name, 22)
    assert breadth(cut) <= 22 and (cut == name or cut.endswith("…"))


def test_bars_have_their_names_values_and_a_table() -> None:
    made = bar_chart({"base": 0.5, "a tuned model with a long name": 1.0}, title="Accuracy", x="share", y="model")
    assert [rect.get("width") for rect in drawing(made).iter("rect")] == ["99", "198"]
    assert {"base", "a tuned model wi…", "0.5", "1", "share"} <= set(texts(made))
    assert cells(made) == [["model", "share"], ["base", "0.5"], ["a tuned model with a long name", "1"]]


def test_shares_have_an_axis_to_one() -> None:
    made = bar_chart({"a": 0.25}, title="t", x="x", reach=1)
    (rect,) = drawing(made).iter("rect")
    assert "1" in texts(made)
    assert float(rect.get("width", "")) < 100


def test_bars_below_zero_begin_at_zero() -> None:
    made = drawing(bar_chart({"a": -1.0, "b": 1.0}, title="t", x="x"))
    left, right = made.iter("rect")
    assert float(left.get("x", "")) + float(left.get("width", "")) == pytest.approx(float(right.get("x", "")))


@settings(deadline=None, derandomize=True, max_examples=200)
@given(a=st.floats(-1e9, 1e9), b=st.floats(-1e9, 1e9))
def test_ticks_span_the_range_and_are_few(a: float, b: float) -> None:
    low, high = sorted((a, b))
    found = ticks(low, high)
    width = found[-1] - found[0]
    assert found == sorted(set(found))
    assert found[0] <= low + width * 1e-6 and found[-1] >= high - width * 1e-6
    assert 2 <= len(found) <= 9
