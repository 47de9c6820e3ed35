"""The reference is what the program says, and the site builds, holds together and loads nothing from elsewhere."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

pytestmark = [pytest.mark.slow, pytest.mark.files]


def generator() -> ModuleType:
    """docs/generate.py as a module."""
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_made_from_the_program_are_not_stale(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("cogapp")
    module = generator()
    code = module.cog("--check", *map(str, module.PAGES))
    assert code == 0, f"{capsys.readouterr().out}write them anew: python docs/generate.py"


def test_a_stale_page_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("cogapp")
    module, page = generator(), tmp_path / "models.md"
    text = (DOCS / "reference" / "models.md").read_text(encoding="utf-8")
    page.write_text(text.replace("| `ada` |", "| `eve` |"), encoding="utf-8", newline="\n")
    assert module.cog("--check", str(page)) == 5
    assert capsys.readouterr().out == f"Checking {page}  (changed)\n"


class Loaded(HTMLParser):
    """What a page loads when it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Sources of scripts and pictures, and linked styles."""
        self.addresses += [value or "" for name, value in attrs if name == "src" or (tag, name) == ("link", "href")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sphinx")
    folder = tmp_path_factory.mktemp("site")
    line = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", folder / "trees", DOCS, folder / "html"]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    assert not done.returncode and not done.stderr, f"the site cannot be built:\n{done.stderr}"
    return folder / "html"


def test_every_page_is_on_the_site(site: Path) -> None:
    pages = [page.relative_to(DOCS).with_suffix(".html") for page in DOCS.rglob("*.md")]
    index = (site / "index.html").read_text(encoding="utf-8")
    assert [page for page in pages if not (site / page).is_file() or page.as_posix() not in index] == []


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        loaded = Loaded()
        loaded.feed(page.read_text(encoding="utf-8"))
        assert [address for address in loaded.addresses if "//" in address] == []
    for style in site.rglob("*.css"):
        assert re.findall(r"@import|url\(['\"]?(?:https?:)?//", style.read_text(encoding="utf-8")) == []


def test_links_between_pages_lead_to_a_place_that_is_there(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for target, anchor in re.findall(r'href="([^"#:]*\.html)?#([^"]+)"', text):
            other = (page.parent / target) if target else page
            assert f'id="{anchor}"' in other.read_text(encoding="utf-8"), f"{page.name} links to {target}#{anchor}"
