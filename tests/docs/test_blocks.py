"""What is written is run: every block of README, docs and the recipes' READMEs; a test's id is file and line."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import time
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest
from play import Block, Player, Wrong, blocks

from ftprep.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("recipes/*/README.md"))]

LINK = re.compile(r"\]\(([^)#:]*)(#([^)]*))?\)")

pytestmark = [pytest.mark.slow, pytest.mark.files]


def where(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def cases() -> list[object]:
    return [
        pytest.param(page, n, id=f"{where(page)}:{block.line}") for page in PAGES for n, block in enumerate(found(page))
    ]


@cache
def found(page: Path) -> list[Block]:
    try:
        return list(blocks(page.read_text(encoding="utf-8")))
    except Wrong as wrong:
        raise Wrong(f"{where(page)}: {wrong}") from None


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Path:
    """A folder that all workers of a test run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if worker else base) / "pages"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def worker() -> str:
    """Its name, where several work side by side."""
    return os.environ.get("PYTEST_XDIST_WORKER", "")


class Here(Player):
    """Runs our own commands in this process: most of the time that they take, one would only wait for their start. With
    a process for each, `.ci/run` plays the tutorial."""

    def ran(self, line: list[str]) -> tuple[object, bytes]:
        if line[0] != "ftprep":
            return super().ran(line)
        said = io.BytesIO()
        stream = io.TextIOWrapper(said, encoding="utf-8", newline="", write_through=True)
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(stream), redirect_stderr(stream):
            patch.chdir(self.folder)
            for name in set(os.environ) - set(self.env):
                patch.delenv(name)
            for name, value in self.env.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as left:
                main(line[1:])
        return left.value.code, said.getvalue()


@cache
def played(page: Path, places: Path) -> list[str]:
    """For each block of a page what is wrong with it: played once for all workers, by the one that comes first."""
    result = _result(page, places)
    if not _taken(page, places):
        end = time.monotonic() + 600
        others = (other for other in PAGES if not _result(other, places).is_file())
        while not result.is_file():  # somebody else is playing it: time for another page
            other = next(others, None)
            if other is None:
                assert time.monotonic() < end, f"{where(page)} was not played to its end"
                time.sleep(0.1)
            else:
                _taken(other, places)
    found: list[str] = json.loads(result.read_text(encoding="utf-8"))
    return found


def _result(page: Path, places: Path) -> Path:
    return places / f"{where(page).replace('/', '+')}.json"


def _taken(page: Path, places: Path) -> bool:
    """Plays a page that no worker has begun; False where one has."""
    result = _result(page, places)
    folder = result.with_suffix("")
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    said = _play(page, folder)
    part = result.with_suffix(".part")
    part.write_text(json.dumps(said), encoding="utf-8")
    part.replace(result)
    return True


def _play(page: Path, folder: Path) -> list[str]:
    if page.name == "README.md":
        shutil.copytree(ROOT / "recipes", folder / "recipes", ignore=shutil.ignore_patterns("out"))
    said = []
    with Here(folder) as player:
        for block in found(page):
            try:
                player.play(block)
                said.append("")
            except Wrong as wrong:
                said.append(str(wrong))
    return said


@pytest.mark.parametrize(("page", "n"), cases())
def test_a_block_holds(page: Path, n: int, places: Path) -> None:
    said = played(page, places)
    earlier = [str(block.line) for block, wrong in zip(found(page), said[:n], strict=False) if wrong]
    after = f"\n(after the blocks at {', '.join(earlier)}, which do not hold)" if earlier else ""
    assert not said[n], f"{where(page)}:{found(page)[n].line}: {said[n]}{after}"


@pytest.mark.parametrize("page", PAGES, ids=where)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target, _, anchor in LINK.findall(text):
        path = page.parent / target if target else page
        assert path.exists(), f"{where(page)} links to {target}"
        assert not anchor or "#" + anchor in anchors(path), f"{where(page)} links to {target}{anchor}"


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
