"""The page of a run: what stands on it, that any data fits on it, and that it never costs the run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parsed import HOSTILE, Parsed

import ftprep
from ftprep import Bars, Check, Histogram, Note, Numbers, Table, Verdict
from ftprep.registry import Registry
from ftprep.report.again import page_or_problem
from ftprep.report.run_page import LARGEST, page_of
from ftprep.report.shown import drawn, together

EMPTY: dict[str, Any] = {
    "ftprep": "0.1.0", "name": "pod", "created": "2026-01-02T03:04:05+00:00", "ok": True, "seed": 0, "limit": None,
    "recipe": {"version": 1, "read": "a.csv", "write": "chat"}, "versions": {"python": "3.11.7", "plugins": {}},
    "inputs": [{"file": "a.csv", "sha256": "0" * 64}], "side_tables": [],
    "outputs": {"chat/train.jsonl": {"lines": 3, "bytes": 2100, "sha256": "1" * 64},
                "dropped.jsonl": {"lines": 1, "bytes": 80, "sha256": "2" * 64}},
    "findings": [], "figures": {}, "makeup": {},
    "counts": {
        "read": 5, "used": 4, "dropped": 1, "examples": {"chat": {"train": 3}},
        "losses": {"chat": {"unchanged": 3, "changed": 0, "lost": {}, "not_written": {}}},
        "steps": [
            {"step": "read", "in": 5, "out": 5, "made": 0, "dropped": {}, "notes": {}},
            {"step": "clean", "in": 5, "out": 5, "made": 0, "dropped": {}, "notes": {"trimmed": 2}},
            {"step": "join", "in": 5, "out": 2, "made": -2, "dropped": {"empty <b>": 1}, "notes": {}},
            {"step": "window", "in": 2, "out": 3, "made": 1, "dropped": {}, "notes": {}},
            {"step": "chat", "output": "chat", "in": 3, "out": 3, "made": 0, "dropped": {}, "notes": {}},
        ],
    },
    "files": ["chat/train.jsonl", "dropped.jsonl", "manifest.json", "report.html"],
}  # fmt: skip
FINDING = {"step": "clean", "code": "FT342", "level": "error", "message": "the text is odd", "hint": "even it out",
           "count": 7, "places": ["a.csv:2", "a.csv:2", "a.csv:3"]}  # fmt: skip


def made(registry: Registry | None = None, **changes: Any) -> str:
    manifest = {**EMPTY, **changes}
    return page_of(Path("nowhere"), manifest, registry or Registry(), samples=False)


def section(html: str, heading: str) -> Parsed:
    found = re.search(
        rf'<section id="[^"]*"[^>]*>\n<h2 [^>]*><bdi>{heading}</bdi></h2>(.*?)</section>', html, re.DOTALL
    )
    assert found, heading
    return Parsed(found[1])


def headings(html: str) -> list[str]:
    return re.findall(r"<h2 [^>]*><bdi>(.*?)</bdi></h2>", html)


def test_the_first_section_says_whether_the_files_can_be_trained_on() -> None:
    said = section(made(), "Verdict").text
    assert "Ready to train on" in said
    assert (
        "No errors, no warnings. 3 examples were written, and 1 of 5 rows was left out, each with its reason." in said
    )
    for tile in ("rows read5", "rows used4", "rows dropped1", "for training3"):
        assert tile in said


@pytest.mark.parametrize(
    ("level", "said"),
    [
        pytest.param("error", "Not to be trained on7 errors: see below.", id="errors"),
        pytest.param("warning", "Can be trained on, with warnings7 warnings: see below.", id="warnings"),
        pytest.param("advice", "Ready to train onNo errors, no warnings.", id="advice"),
    ],
)
def test_findings_change_the_verdict(level: str, said: str) -> None:
    html = made(findings=[{**FINDING, "level": level}], ok=level != "error")
    assert said in section(html, "Verdict").text
    found = section(html, "What was found").text
    assert "The text is oddEven it outFT342 · in clean · 7 times: a.csv:2, a.csv:3" in found


def test_a_try_is_called_a_try() -> None:
    said = "This was a try: only the first 10 rows or conversations were taken (--limit)."
    assert said in section(made(limit=10), "Verdict").text


def test_the_way_of_the_rows_is_a_picture_with_words_and_numbers() -> None:
    flow = section(made(), "From rows to examples")
    (drawing,) = flow.of("svg")
    assert drawing["role"] == "img"
    assert (
        "read: 5 in, 5 out; clean: 5 in, 5 out; join: 5 in, 2 out (→ 2 became part of others, − 1 dropped: empty <b>); "
        "window: 2 in, 3 out (+ 1 made here); chat: 3 in, 3 out"
    ) in flow.text
    assert "− 1 dropped: empty <b>" in flow.text and "5 → 2" in flow.text
    for row in ("join5-2211 empty <b>", "clean5050trimmed: 2", "window2130"):
        assert row in flow.text
    assert "b" not in flow.tags()


def test_several_outputs_have_a_picture_each_after_that_of_all() -> None:
    steps = [*EMPTY["counts"]["steps"], {**EMPTY["counts"]["steps"][-1], "step": "text", "output": "text"}]
    html = made(counts={**EMPTY["counts"], "steps": steps, "examples": {"chat": {"train": 3}, "text": {"train": 1}}})
    assert re.findall(r"<figcaption><bdi>(.*?)</bdi>", html) == ["For all outputs", "For chat", "For text"]
    assert "outputs2examples in all4" in section(html, "Verdict").text


def test_it_says_where_it_comes_from() -> None:
    said = section(made(), "Where it comes from").text
    for part in ("2026-01-02 03:04 UTC", "0.1.0", "3.11.7", "seed0", "a.csv" + "0" * 64, "write: chat"):
        assert part in said


class Odd(Check):
    """Looks at odd things."""

    name = "odd"
    topic = "labels"
    asks_model = True

    def judge(self, state, run):
        return Verdict()

    @classmethod
    def show(cls, figures):
        if figures.get("fails"):
            raise RuntimeError("no luck <b>")
        return [Note("All is odd.", "good"), Numbers({"odd": figures["odd"]})]


class Offers:
    """A plugin of this test."""

    @staticmethod
    @ftprep.hookimpl
    def ftprep_checks():
        return [Odd]


@pytest.fixture(scope="module")
def registry() -> Registry:
    found = Registry()
    found.add(Offers, plugin="test")
    return found


def test_figures_stand_in_the_section_of_their_topic(registry: Registry) -> None:
    html = made(registry, figures={"chat": {"odd": {"odd": 41}, "odd 2": {"odd": 42}}})
    assert headings(html) == ["Verdict", "From rows to examples", "Labels", "Where it comes from"]
    assert "".join(section(html, "Labels").text.split("\n")) == "odd All is odd.odd41odd 2 All is odd.odd42"


def test_what_is_the_same_for_two_outputs_stands_once(registry: Registry) -> None:
    same, other = {"odd": {"odd": 41}}, {"odd": {"odd": 42}}
    said = section(made(registry, figures={"a": same, "b": same, "c": other}), "Labels").text.replace("\n", "")
    assert said == "odd a, bAll is odd.odd41odd cAll is odd.odd42"


def test_a_check_that_cannot_show_its_figures_costs_nothing_but_the_picture(registry: Registry) -> None:
    said = section(made(registry, figures={"chat": {"odd": {"fails": 1, "rows": [{"a": 1}]}}}), "Labels").text
    assert "'odd' failed to show its figures (RuntimeError: no luck <b>); here they are." in said
    assert "fails1" in said and "rowsa1" in said


def test_figures_of_a_check_that_is_gone_are_shown_as_they_are() -> None:
    said = section(made(figures={"chat": {"gone": {"inputs": 3}}}), "Other checks").text.split()
    assert said == ["gone", "inputs3"]


def test_what_was_not_looked_at_is_told_with_the_line_that_brings_it(registry: Registry) -> None:
    said = section(made(registry), "Not looked at").text
    assert "Labelscheck: [odd] and model: NAME" in said
    assert "Not looked at" not in headings(made(registry, figures={"chat": {"odd": {"odd": 1}}}))


MAKEUP = {
    "examples": 3, "messages": {"total": 9, "p50": 2, "p95": 4, "max": 4, "bins": [[2, 3, 2], [3, 4, 0], [4, 5, 1]]},
    "roles": {"user": 4, "assistant": 5}, "trained_messages": 4, "with_system": 0, "with_tools": 1, "with_images": 0,
    "with_rejected": 0, "characters": {"total": 1234, "p50": 300, "p95": 700, "max": 800},
}  # fmt: skip


def test_messages_and_roles_are_shown_for_every_run() -> None:
    said = section(made(makeup={"chat": MAKEUP}), "Roles and turns").text
    assert "3 examples, from 2 to 5 messages; most of them (2) from 2 to 3; p50: 2; p95: 4; max: 4" in said
    assert "messages: user: 4, assistant: 5" in said
    assert "outputexamplesanswers trained onwith toolsmessagescharactershalf have up tolongest" in said
    assert "chat34191,234300800" in said


def test_one_number_of_messages_is_a_sentence() -> None:
    one = {**MAKEUP, "messages": {"total": 6, "p50": 2, "p95": 2, "max": 2, "bins": [[2, 3, 3]]}}
    html = made(makeup={"chat": one, "text": one})
    assert section(html, "Roles and turns").text.count("Every example has 2 messages.") == 1


def test_an_output_without_examples_has_its_row() -> None:
    nothing = {"total": 0, "bins": []}
    none = {**MAKEUP, "examples": 0, "messages": nothing, "roles": {}, "characters": {"total": 0}}
    assert "chat4100––" in section(made(makeup={"chat": none}), "Roles and turns").text


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(Histogram(title=HOSTILE, x=HOSTILE, bins=[(0, 1, 2)], marks={HOSTILE: 1}, y=HOSTILE), id="bins"),
        pytest.param(Bars(title=HOSTILE, x=HOSTILE, y=HOSTILE, bars={HOSTILE: {HOSTILE: 1, "b": 2}}), id="parts"),
        pytest.param(Bars(title=HOSTILE, x=HOSTILE, y=HOSTILE, bars={HOSTILE: {HOSTILE: 1}}), id="bars"),
        pytest.param(Table(head=[HOSTILE], rows=[[HOSTILE], [[HOSTILE]]], caption=HOSTILE), id="table"),
        pytest.param(Table(head=["a"], rows=[[{HOSTILE: HOSTILE}]]), id="mapping in a table"),
        pytest.param(Numbers({HOSTILE: HOSTILE, "b": [HOSTILE]}), id="numbers"),
        pytest.param(Note(HOSTILE), id="note"),
    ],
)  # fmt: skip
def test_hostile_text_stays_text_in_all_that_is_shown(shown: Any) -> None:
    found = Parsed(drawn(shown))
    assert not {"script", "img", "style"} & found.tags()
    assert not [a for _, a in found.elements if any(name.startswith("on") for name in a)]
    assert "alert(1)" in found.text


def test_hostile_text_anywhere_in_a_run_stays_text(registry: Registry) -> None:
    def infected(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: infected(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [infected(inner) for inner in value]
        return f"{value}{HOSTILE}" if isinstance(value, str) and value not in ("error", "chat", "odd") else value

    manifest = infected(
        {**EMPTY, "findings": [FINDING], "figures": {"chat": {"gone": {"a": "b", "rows": [{"c": "d"}]}}}}
    )
    manifest["counts"]["steps"][2]["dropped"] = {HOSTILE: 1}
    found = Parsed(made(registry, **manifest))
    assert not {"script", "img"} & found.tags()
    assert found.text.count("alert(1)") > 20
    assert [a for _, a in found.elements if "style" in a] == []


def test_lines_across_that_are_far_away_are_told_and_the_data_keeps_its_room() -> None:
    shown = Histogram(
        title="t", x="tokens", bins=[(0, 50, 3), (50, 100, 1)], marks={"limit": 4096, "p50": 20, "max": 99}
    )
    html = drawn(shown)
    assert "limit 4,096 →" in html and html.count('class="limit"') == 1
    assert len(re.findall(r'<line [^>]*class="mark"', html)) == 2
    near = drawn(Histogram(title="t", x="tokens", bins=[(0, 50, 3), (50, 100, 1)], marks={"limit": 120}))
    assert len(re.findall(r'<line [^>]*class="limit"', near)) == 1


def test_parts_of_a_bar_differ_by_stripes_and_stand_in_a_table() -> None:
    shown = Bars(title="t", x="examples", y="label", bars={"a": {"train": 8, "test": 2}, "b": {"train": 1}})
    found = Parsed(drawn(shown))
    assert "examples: a: train 8, test 2; b: train 1" in found.text
    assert "labeltraintestalla8210b1–1" in found.text.replace("\n", "")
    assert [a["stroke-dasharray"] for a in found.of("path") if a["class"] == "hatch"] == ["2 3", "2 3"]


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(Histogram(title="t", x="x", bins=[]), id="no bins"),
        pytest.param(Histogram(title="t", x="x", bins=[(0, 1, 0)]), id="nothing in them"),
        pytest.param(Histogram(title="t", x="x", bins=[(0, float("nan"), 1)]), id="no numbers"),
        pytest.param(Bars(title="t", x="x", bars={}), id="no bars"),
        pytest.param(Bars(title="t", x="x", bars={"a": {"b": float("inf")}}), id="endless"),
    ],
)
def test_where_there_is_nothing_to_draw_that_is_said(shown: Any) -> None:
    assert Parsed(drawn(shown)).text == "t: there are no numbers to draw."


def test_what_is_said_stands_before_pictures_and_wide_tables_after_them() -> None:
    wide = Table(head=list("abcdefgh"), rows=[list("12345678")])
    body = together([wide, Bars(title="Bars", x="x", bars={"a": {"x": 1}}), Numbers({"n": 1}), Note("Said.")])
    assert (
        body.index("Said.")
        < body.index("Bars")
        < body.index("<dt>")
        < body.index('<table><thead><tr><th scope="col"><bdi>a<')
    )


def big(count: int) -> dict[str, Any]:
    """A run where everything is too much."""
    long = "x" * 5000
    figures = {
        "labels": {
            "table": [{f"c{n}": long for n in range(200)} for _ in range(100)],
            **{f"k{n}": long for n in range(count)},
        }
    }
    steps = [{"step": long, "in": 5, "out": 4, "made": 0, "dropped": {f"{n}{long}": 1 for n in range(30)},
              "notes": {f"{n}{long}": long for n in range(30)}}] * count  # fmt: skip
    return {
        "name": long, "files": [long] * 1000, "figures": {f"o{n}": figures for n in range(8)},
        "recipe": {"description": long, "transform": [{long: long}] * count},
        "inputs": [{"file": long, "sha256": "0" * 64}] * count,
        "findings": [{**FINDING, "message": f"{n} {long}", "hint": long, "places": [long] * 20} for n in range(1000)],
        "counts": {**EMPTY["counts"], "steps": steps}, "makeup": {f"o{n}{long}": MAKEUP for n in range(50)},
    }  # fmt: skip


def test_a_page_has_at_most_a_megabyte_whatever_the_data() -> None:
    html = made(**big(400))
    assert len(html.encode()) <= LARGEST
    Parsed(html)
    assert "This is left out" not in html


def test_a_section_that_does_not_fit_is_left_out_and_says_so() -> None:
    figures = {f"o{n}": {f"c{m}": {"rows": [{"a": "é" * 150, "n": n * m}] * 50} for m in range(9)} for n in range(20)}
    html = made(figures=figures)
    assert len(html.encode()) <= LARGEST
    assert section(html, "Other checks").text.strip() == (
        "This is left out, for the page would be too large. The manifest has the numbers."
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(figures=st.dictionaries(st.text(max_size=10), JSON, max_size=5))
def test_any_figures_can_be_shown(figures: dict[str, Any]) -> None:
    Parsed(made(figures={"chat": {"gone": json.loads(json.dumps(figures))}}))


def test_a_mistake_in_the_page_does_not_cost_the_run(tmp_path: Path) -> None:
    def fails(*args: Any, **options: Any) -> str:
        raise ZeroDivisionError("division by zero")

    text, problems = page_or_problem(tmp_path, {"name": "moods"}, Registry(), make=fails)
    said = (
        "the report could not be made (ZeroDivisionError: division by zero); the files of the run are whole; "
        "report this mistake of ftprep; 'ftprep report RUN_DIR' tries again"
    )
    assert list(map(str, problems)) == [said]
    assert said in Parsed(text).text
