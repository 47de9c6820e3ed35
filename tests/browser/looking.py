"""A page as readers meet it in Chromium, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

T = TypeVar("T")
PHONE, NARROWEST, DESK, PAPER = 360, 320, 1100, 718
"""Widths in CSS pixels. The narrowest is that of WCAG 2.2, 1.4.10; the paper is A4 between its margins."""
LARGEST = 1_000_000
"""Bytes a page may have."""
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that depend on how a page is shown."""
ALLOWED = frozenset(
    """
    html head meta title style body a header main nav footer section h1 h2 h3 h4 p div span bdi b i em strong small code
    pre kbd mark samp sub sup br hr abbr time ul ol li dl dt dd table caption thead tbody tfoot tr th td colgroup col
    details summary figure figcaption svg g path rect line circle polyline polygon text tspan desc ins del s
    """.split()  # noqa: SIM905
)
"""What a page that only shows is made of."""

_FACTS = """
() => {
  const all = [...document.querySelectorAll('*')], hrefs = [...document.links].map(a => a.getAttribute('href'));
  const ids = all.map(e => e.id).filter(Boolean);
  const named = svg => svg.querySelector('title')?.textContent.trim();
  return {
    elements: [...new Set(all.map(e => e.localName))],
    attributes: [...new Set(all.flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on') || n === 'style'))],
    headings: [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.localName[1])),
    twice: ids.filter((id, n) => ids.indexOf(id) !== n),
    links: hrefs.filter(h => !h.startsWith('#')),
    lost: hrefs.filter(h => h.startsWith('#') && !document.getElementById(decodeURIComponent(h.slice(1)))),
    unnamed: [...document.querySelectorAll('svg[role=img]')].filter(svg => !named(svg)).length,
    back: getComputedStyle(document.body).backgroundColor,
  };
}
"""
_WIDTH = """
() => {
  const width = document.scrollingElement.scrollWidth;
  const scrolls = e => e && (getComputedStyle(e).overflowX !== 'visible' || scrolls(e.parentElement));
  const said = e => `<${e.localName} class="${e.getAttribute('class') ?? ''}"> ${e.textContent.trim().slice(0, 60)}`;
  const beyond = e => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement);
  if (width <= innerWidth) return null;
  return [width, [...document.querySelectorAll('body *')].filter(beyond).slice(-2).map(said)];
}
"""
_TEXTS = """
() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const all = svg.getBoundingClientRect(), drawn = [...svg.querySelectorAll('text')], found = [];
  const texts = drawn.map(t => t.textContent), boxes = drawn.map(t => t.getBoundingClientRect());
  boxes.forEach((b, n) => {
    const out = b.left < all.left - 1 || b.right > all.right + 1 || b.top < all.top - 1 || b.bottom > all.bottom + 1;
    if (b.width && out) found.push(`a text of a picture is cut off: '${texts[n]}'`);
    boxes.slice(0, n).forEach((a, m) => {
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (x > 1.5 && y > 3) found.push(`texts of a picture lie on each other: '${texts[m]}' and '${texts[n]}'`);
    });
  });
  return found;
})
"""
_OPENED = "() => document.querySelectorAll('details').forEach(d => d.open = true)"
_THINNED = """
() => {
  const many = 'tr, li, details, div, p, span, bdi, b, i, mark, code';
  for (const parent of new Set([...document.querySelectorAll(many)].map(e => e.parentNode))) {
    const seen = {};
    for (const e of [...parent.children]) {
      const kind = `${e.localName} ${e.getAttribute('class')}`;
      seen[kind] = (seen[kind] ?? 0) + 1;
      if (seen[kind] > 4 && e.matches(many)) e.remove();
    }
  }
}
"""
"""Of rows, samples and tokens that are alike beside each other, four stay: axe takes minutes for thousands of them."""


class Looked(NamedTuple):
    """A page, looked at."""

    text: str
    """What a reader sees who opens nothing."""
    faults: list[str]
    """All that is wrong."""


class Chromium:
    """One browser, in a thread of its own: playwright leaves an event loop running in the thread it is used in."""

    def __init__(self, path: str):
        self._thread = ThreadPoolExecutor(1, "chromium")
        self._here(self._start, path)

    def look(self, page: Path) -> Looked:
        """The page with all its faults: read without scripts on a phone, then examined by axe, light, dark, printed."""
        return self._here(self._look, page)

    def ask(self, page: Path, script: str) -> Any:
        """What a script gives that runs in the page, under the page's own policy, and what the page then says."""
        return self._here(self._ask, page, script)

    def close(self) -> None:
        """Ends it."""
        self._here(self._stop)
        self._thread.shutdown()

    def _here(self, do: Callable[..., T], *arguments: Any) -> T:
        return self._thread.submit(do, *arguments).result()

    def _start(self, path: str) -> None:
        from axe_playwright_python.sync_playwright import Axe
        from playwright.sync_api import sync_playwright

        self._axe = Axe().axe_script
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])

    def _stop(self) -> None:
        self._browser.close()
        self._playwright.stop()

    def _look(self, path: Path) -> Looked:
        if (size := path.stat().st_size) > LARGEST:
            return Looked("", [f"it has {size:,} bytes"])
        faults: list[str] = []
        with self._opened(path, java_script_enabled=False, viewport={"width": PHONE, "height": 780}) as (page, heard):
            text = page.inner_text("body")
            faults += _read(page, path)
            faults += heard
        with self._opened(path, bypass_csp=True, viewport={"width": PHONE, "height": 780}) as (page, _):
            faults += self._examined(page)
        return Looked(text, list(dict.fromkeys(faults)))

    def _examined(self, page: Any) -> Iterator[str]:
        """With all open, since axe passes over what is not seen; and with few that are alike beside each other."""
        yield from _opens(page)
        page.evaluate(_OPENED)
        yield from _across(page, PHONE, "opened")
        page.emulate_media(media="print")
        yield from _across(page, PAPER, "printed")
        page.emulate_media(media="screen")
        yield from _across(page, DESK, "opened")
        yield from page.evaluate(_TEXTS)
        page.evaluate(_THINNED)
        page.evaluate(self._axe)
        yield from _violations(page, "light")
        page.emulate_media(color_scheme="dark")
        yield from _violations(page, "dark", *COLOURS)
        page.emulate_media(media="print", color_scheme="light")
        yield from _violations(page, "print", *COLOURS)

    def _ask(self, path: Path, script: str) -> tuple[Any, list[str]]:
        with self._opened(path) as (page, heard):
            return page.evaluate(script), heard

    @contextmanager
    def _opened(self, path: Path, **how: Any) -> Iterator[tuple[Any, list[str]]]:
        """The page without a network, and what it asked for and said beside showing itself."""
        context = self._browser.new_context(offline=True, **how)
        context.set_default_timeout(120_000)  # ms; a busy machine is no fault of the page
        try:
            page, heard, uri = context.new_page(), [], path.as_uri()
            page.on("request", lambda asked: heard.append(f"it asks for {asked.url}") if asked.url != uri else None)
            page.on("console", lambda said: heard.append(f"the console says: {said.text}"))
            page.on("pageerror", lambda error: heard.append(f"a script fails: {error}"))
            page.goto(uri)
            yield page, heard
        finally:
            context.close()


def _violations(page: Any, how: str, *rules: str) -> Iterator[str]:
    """What axe, which is in the page, says against it: by all its rules, or by those."""
    options = {"resultTypes": ["violations"], **({"runOnly": {"type": "rule", "values": rules}} if rules else {})}
    for rule in page.evaluate("options => axe.run(options)", options)["violations"]:
        for node in rule["nodes"][:3]:
            summary = " ".join(node["failureSummary"].split())
            yield f"axe, {how}: {rule['id']}: {' '.join(map(str, node['target']))}: {summary}"


def _read(page: Any, path: Path) -> Iterator[str]:
    """What is wrong with what the page is made of, and with its layout at all widths."""
    facts = page.evaluate(_FACTS)
    away = [link for link in facts["links"] if _elsewhere(link, path)]
    yield from (f"it has an element <{name}>" for name in sorted(set(facts["elements"]) - ALLOWED))
    yield from (f"it has an attribute {name}" for name in facts["attributes"])
    yield from (f"two elements have the id '{name}'" for name in facts["twice"])
    yield from (f"a link leads nowhere: {link}" for link in [*facts["lost"], *away])
    if not _in_order(facts["headings"]):
        yield f"its headings are not in order: {facts['headings']}"
    if facts["unnamed"]:
        yield f"pictures without a name: {facts['unnamed']}"
    if facts["back"] == "rgba(0, 0, 0, 0)":
        yield "its own style is not applied"
    for width in (PHONE, NARROWEST, DESK):
        yield from _across(page, width, "closed")


def _across(page: Any, width: int, how: str) -> Iterator[str]:
    page.set_viewport_size({"width": width, "height": 780})
    if wide := page.evaluate(_WIDTH):
        yield f"at {width} px, {how}, it is {wide[0]} px wide: {'; '.join(wide[1])}"


def _in_order(levels: list[int]) -> bool:
    """One h1, at the beginning, and no level left out on the way down."""
    return levels[:1] == [1] and levels.count(1) == 1 and all(after <= before + 1 for before, after in pairwise(levels))


def _elsewhere(link: str, page: Path) -> bool:
    """Whether a link is no file beside the page."""
    parts = urlsplit(link)
    return bool(parts.scheme or parts.netloc) or not (page.parent / unquote(parts.path)).exists()


def _opens(page: Any) -> Iterator[str]:
    """The first and the last thing that can be opened is reached with Tab, and opened with Enter."""
    found = page.locator("summary:visible")
    for n in {*range(found.count())[:1], *range(found.count())[-1:]}:
        one = found.nth(n)
        one.focus()
        for key in ("Shift+Tab", "Tab", "Enter"):
            page.keyboard.press(key)
        if not one.evaluate("e => e === document.activeElement && e.parentElement.open"):
            yield f"the keyboard does not open '{one.inner_text()}'"
