"""The pages in Chromium: nothing is asked for, nothing moves sideways, axe has nothing to say, texts stay texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from looking import Chromium
from shown import PAGES, RUNS, manifest_of

from ftprep.report.page import page as page_with

pytestmark = [pytest.mark.browser, pytest.mark.files]
Made = Callable[[str], Path]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_fault(name: str, chromium: Chromium, made: Made) -> None:
    looked = chromium.look(made(name))
    assert looked.faults == [], "\n".join(looked.faults)
    if name in RUNS:
        unseen = [what for what, text in expected(manifest_of(made(name))) if not stands(text, looked.text)]
        assert unseen == [], f"a reader who opens nothing does not see {unseen}"


def expected(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a page of a run has to show at first sight, computed from the manifest apart from the page's own code."""
    counts = manifest["counts"]
    for name in ("read", "used", "dropped"):
        yield f"rows {name}", f"{counts[name]:,}"
    for output, splits in counts["examples"].items():
        yield output, output
        yield from ((f"examples of {output}/{split}", f"{n:,}") for split, n in splits.items())
    for step in counts["steps"]:
        yield from ((f"{reason} at {step['step']}", f"{n:,}") for reason, n in step["dropped"].items())
    for output, checks in manifest["figures"].items():
        if found := checks.get("tokens"):
            yield from ((f"{key} of the tokens of {output}", f"{found[key]:,}") for key in ("p50", "p95", "max"))
        if found := checks.get("labels"):
            yield f"classes of {output}", f"{found['classes']:,}"
            most = max(found["table"], key=lambda row: row["examples"])
            yield f"examples of the largest class of {output}", f"{most['examples']:,}"
    for output, found in manifest["makeup"].items():
        yield from ((f"messages of role {role} in {output}", f"{n:,}") for role, n in found["roles"].items())


def stands(text: str, page: str) -> bool:
    """As a word or number of its own."""
    return re.search(rf"(?<![\w.,]){re.escape(text)}(?![\w%]|[.,]\d)", page) is not None


READ = """
() => {
  document.querySelectorAll('details').forEach(d => d.open = true);
  return [document.title, window.taken ?? null, document.body.innerText];
}
"""


def test_hostile_text_stays_text(chromium: Chromium, made: Made) -> None:
    (title, taken, text), heard = chromium.ask(made("hostile"), READ)
    assert (title, taken, heard) == ("hostile", None, [])
    shown = " ".join(text.split())
    for part in ("<script>document.title = 'taken'</script>", "</style></title></script><h1>Another page</h1>",
                 '"onload=alert(1) x="<svg/onload=alert(2)>', "</bdi></details></div></section></main> {{ 7*7 }}",
                 "\\u202egnissim si txet eht fo tser ehT\\u2066"):  # fmt: skip
        assert part in shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)


POLICY = """
() => new Promise(done => {
  const refused = [];
  addEventListener('securitypolicyviolation', e => {
    refused.push(e.effectiveDirective);
    if (refused.length === 4) done([refused.sort(), window.ran ?? null]);
  });
  const script = document.createElement('script');
  script.textContent = 'window.ran = 1';
  document.body.append(script);
  const style = document.createElement('style');
  style.textContent = '* { color: red }';
  document.head.append(style);
  new Image().src = 'http://127.0.0.1:9/';
  const frame = document.createElement('iframe');
  frame.src = 'http://127.0.0.1:9/';
  document.body.append(frame);
})
"""


def test_a_page_can_run_and_load_nothing_even_if_something_got_in(chromium: Chromium, made: Made) -> None:
    answer, _ = chromium.ask(made("unchecked"), POLICY)
    assert answer == [["frame-src", "img-src", "script-src-elem", "style-src-elem"], None]


FAULTY = """<!doctype html>
<html lang="en"><head><title>t</title><style>.w { width: 2000px } .pale { color: #ddd }</style></head>
<body><main><h1>a</h1><h3 id="x">b</h3><p class="w" id="x">wide</p><p class="pale">pale</p>
<a href="#nowhere">c</a><a href="https://example.com/">d</a><img src="x.png" alt="">
<p onclick="1" style="color: red">e</p>
<svg role="img" viewBox="0 0 100 20">
<text x="90" y="12">cut off</text><text x="1" y="12">over</text><text x="2" y="12">over</text></svg>
<script>console.log('hello')</script></main></body></html>"""
FOUND = [
    r"it has an element <img>",
    r"it has an element <script>",
    r"it has an attribute onclick",
    r"it has an attribute style",
    r"two elements have the id 'x'",
    r"a link leads nowhere: #nowhere",
    r"a link leads nowhere: https://example\.com/",
    r"its headings are not in order: \[1, 3\]",
    r"pictures without a name: 1",
    r"its own style is not applied",
    r"at 360 px, closed, it is 20\d\d px wide: .*",
    r"at 320 px, closed, it is 20\d\d px wide: .*",
    r"at 1100 px, closed, it is 20\d\d px wide: .*",
    r"it asks for file://.*/x\.png",
    r"axe, light: color-contrast: .*",
    r"at 718 px, printed, it is 20\d\d px wide: .*",
    r"a text of a picture is cut off: 'cut off'",
    r"texts of a picture lie on each other: 'over' and 'over'",
    r"axe, print: color-contrast: .*",
]


def test_what_is_wrong_with_a_page_is_found(chromium: Chromium, tmp_path: Path) -> None:
    """Else the silence of the other tests would say nothing."""
    page = tmp_path / "faulty.html"
    page.write_text(FAULTY, encoding="utf-8", newline="\n")
    faults = chromium.look(page).faults
    assert [pattern for pattern in FOUND if not any(re.fullmatch(pattern, fault) for fault in faults)] == []


def test_a_large_page_is_found(chromium: Chromium, tmp_path: Path) -> None:
    page = tmp_path / "large.html"
    page.write_text(page_with("Large", [("All", "word " * 200_001)]), encoding="utf-8", newline="\n")
    assert chromium.look(page).faults == [f"it has {page.stat().st_size:,} bytes"]
