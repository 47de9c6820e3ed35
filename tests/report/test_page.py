"""Pages: whole, safe, and self-contained."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from parsed import HOSTILE, Parsed

from ftprep.report import parts
from ftprep.report.page import page
from ftprep.report.svg import line_chart
from ftprep.report.words import number, plain, words

CHART = line_chart({"loss": [(1, 2.0), (2, 1.0)]}, title="Loss", x="step", y="loss")
FULL = page("Sentiment", [("What it is", "One.\n\nTwo."), ("Curve", CHART), ("Rows", parts.table(["a"], [[1]]))],
            lead="A lead")  # fmt: skip


def test_a_page_has_its_title_lead_contents_and_sections() -> None:
    found = Parsed(FULL)
    assert re.findall(r"<title>(.*?)</title>", FULL)[0] == "Sentiment"
    assert [a["href"] for a in found.of("a")] == ["#main", "#part-1", "#part-2", "#part-3"]
    assert {a["id"] for a in found.of("section")} == {"part-1", "part-2", "part-3"}
    assert "<p><bdi>One.</bdi></p>\n<p><bdi>Two.</bdi></p>" in FULL
    assert '<div class="lead"><p><bdi>A lead</bdi></p></div>' in FULL
    ids = [a["id"] for _, a in found.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {r for _, a in found.elements for r in str(a.get("aria-labelledby", "")).split()} <= set(ids)


def test_the_policy_allows_nothing_but_the_pages_own_style() -> None:
    found = Parsed(FULL)
    style = re.findall(r"<style>(.*?)</style>", FULL, re.DOTALL)[0]
    hash_ = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [meta["content"] for meta in found.of("meta") if meta.get("http-equiv")]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hash_}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "script" not in found.tags()
    assert [attributes for _, attributes in found.elements if "style" in attributes] == []
    assert re.findall(r"(?:https?:)?//|@import|url\(", FULL) == []


def test_the_style_knows_the_dark_small_screens_and_paper() -> None:
    for query in ("prefers-color-scheme: dark", "max-width: 30rem", "@media print"):
        assert query in FULL


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(page(HOSTILE, [(HOSTILE, HOSTILE)] * 3, lead=HOSTILE), id="page"),
        pytest.param(page("t", [("t", parts.table([HOSTILE], [[HOSTILE]], caption=HOSTILE))]), id="table"),
        pytest.param(page("t", [("t", parts.facts({HOSTILE: HOSTILE}) + parts.tiles({HOSTILE: HOSTILE}))]), id="facts"),
        pytest.param(page("t", [("t", parts.together(parts.note(HOSTILE), parts.quoted(HOSTILE)))]), id="notes"),
        pytest.param(page("t", [("t", parts.details(HOSTILE, HOSTILE) + parts.items([HOSTILE]))]), id="details"),
        pytest.param(page("t", [("t", parts.badge(HOSTILE, "bad"))]), id="badge"),
    ],
)
def test_hostile_text_stays_text(html: str) -> None:
    found = Parsed(html)
    assert not {"script", "img"} & found.tags()
    assert not [a for _, a in found.elements if any(name.startswith("on") for name in a)]
    assert "alert(1)" in found.text and "{{ 7*7 }}" in found.text


def test_controls_are_written_out_and_texts_are_isolated() -> None:
    said = "a\u202eb\x1b[0m\ud800"
    assert words(said) == "<bdi>a<code>\\u202e</code>b<code>\\x1b</code>[0m<code>\\ud800</code></bdi>"
    assert plain(said) == "a\\u202eb\\u001b[0m\\ud800"
    page("t", [("t", said)]).encode()


@settings(deadline=None, derandomize=True, max_examples=60)
@given(text=st.text())
def test_any_text_is_found_again_in_a_page_that_is_well_formed(text: str) -> None:
    found = Parsed(page("t", [("t", parts.quoted(text))]).replace("<code>", "").replace("</code>", ""))
    assert plain(text).replace("\\u00", "\\x").replace("\r", "") in found.text.replace("\\u00", "\\x")


def test_tables_put_numbers_right_name_rows_and_say_what_is_left_out() -> None:
    made = parts.table(["name", "n"], [["a", 1], ["b", None], ["c", 2.5]], caption="Counts", row_heads=True, most=2)
    assert made == Markup(
        '<div class="scroll" role="group" tabindex="0" aria-label="Counts"><table>'
        "<caption><bdi>Counts</bdi></caption><thead><tr>"
        '<th scope="col"><bdi>name</bdi></th><th scope="col" class="right"><bdi>n</bdi></th></tr></thead><tbody>'
        '<tr><th scope="row"><bdi>a</bdi></th><td class="right"><span class="num">1</span></td></tr>'
        '<tr><th scope="row"><bdi>b</bdi></th><td class="right"><span class="none" title="nothing">–</span></td></tr>'
        '</tbody></table></div><p class="more">… and <span class="num">1</span> more</p>'
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1234567, "1,234,567"), (0.123456, "0.1235"), (12345.67, "12,345.7"), (2.0, "2"), (float("nan"), "–"),
     (-0.5, "-0.5"), (float("inf"), "–")],
)  # fmt: skip
def test_numbers_are_written_for_people(value: float, text: str) -> None:
    assert number(value) == text
