"""The player of pages catches what is not true."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from play import Player, Wrong, blocks, compare

pytestmark = pytest.mark.files

FENCE = "```"


def play(page: str, folder: Path) -> None:
    with Player(folder) as player:
        for block in blocks(page):
            player.play(block)


def block(kind: str, text: str, *marks: str) -> str:
    return "\n".join(["Text.", "", *(f"<!-- {mark} -->" for mark in marks), f"{FENCE}{kind}", text, FENCE, ""])


HTML = """\
class Shown:
    def _repr_html_(self):
        return "<p>a <b>b</b></p><style>p{}</style><table><tr><td>1</td><td>&lt;2&gt;</td></tr></table><svg>3</svg>"

Shown()"""

PYTHON = "$ python -c 'print(1); print(2)'"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(block("console", f"{PYTHON}\n1\n2"), id="output"),
        pytest.param(block("console", f"{PYTHON}\n…"), id="any lines"),
        pytest.param(block("console", f"{PYTHON}\n{PYTHON}\n1\n…"), id="two commands"),
        pytest.param(block("console", "$ python -c 'exit(2)'", "exit: 2"), id="exit code"),
        pytest.param(block("text", "a\nb", "file: x/a.txt") + block("text", "a\n…", "shows: x/a.txt"), id="file"),
        pytest.param(block("python", "assert True"), id="python"),
        pytest.param(
            block("python", "a = 1\nprint(a)", "notebook: cell")
            + block("text", "1", "notebook: shows")
            + block("python", "b = a + 1\nprint(a)\nb", "notebook: cell")
            + block("text", "1\n2", "notebook: shows"),
            id="cells share what they define",
        ),
        pytest.param(
            block("python", HTML, "notebook: cell") + block("text", "a b\n1  <2>", "notebook: shows"),
            id="a cell with HTML",
        ),
        pytest.param(block("json", '{"a": 1}'), id="json"),
        pytest.param(block("toml", "a = 1"), id="toml"),
        pytest.param(
            block("console", "$ export WORD=one=two")
            + block("console", "$ python -c 'import os; print(os.environ[\"WORD\"])'\none=two"),
            id="environment",
        ),
        pytest.param(
            block("console", "$ python -u -c 'print(\"at 8099\"); input()'\nat 8099", "stays: 8099")
            + block("console", "$ python -c 'print(8099)'\n8099"),
            id="a server",
        ),
    ],
)
def test_what_is_true_holds(page: str, tmp_path: Path) -> None:
    play(page, tmp_path)


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        pytest.param(block("console", f"{PYTHON}\n1"), "the page says:\n1\n\nand it is:\n1\n2\n", id="output"),
        pytest.param(
            block("console", "$ python -c 'exit(2)'"),
            "python -c 'exit(2)' ended with 2, not 0; it printed:\n",
            id="exit code",
        ),
        pytest.param(
            block("python", "1", "notebook: cell") + block("text", "2", "notebook: shows"),
            "the page says:\n2\n\nand it is:\n1", id="a cell that shows something else",
        ),
        pytest.param(
            block("python", HTML.replace("svg", "script"), "notebook: cell"), "a notebook shows no scripts",
            id="a cell that shows a script",
        ),
        pytest.param(block("console", "$ echo 'a"), "ValueError: No closing quotation", id="open quote"),
        pytest.param(block("console", "1"), "a console block begins with a command: '$ …'", id="no command"),
        pytest.param(
            block("text", "a"),
            "a block of kind 'text' needs a comment: <!-- file: NAME --> or <!-- shows: NAME -->",
            id="text without a comment",
        ),
        pytest.param(block("text", "a", "flie: a.txt"), "line 4: no such comment: flie", id="misspelt comment"),
        pytest.param(block("text", "a", "shows: a.txt"), "there is no a.txt", id="no file"),
        pytest.param(
            "- item\n\n  ```json\n  {}\n  ```\n",
            "line 3: a block inside a list cannot be played; begin it at the margin",
            id="indented",
        ),
        pytest.param(
            f"{FENCE}python title\n1\n{FENCE}\n",
            "line 1: begin a block with ``` and its kind, its comments right above: ```python title",
            id="words after the kind",
        ),
        pytest.param(
            "~~~json\n{}\n~~~\n",
            "line 1: begin a block with ``` and its kind, its comments right above: ~~~json",
            id="tildes",
        ),
        pytest.param(
            f"> {FENCE}json\n> {{}}\n> {FENCE}\n",
            "line 1: begin a block with ``` and its kind, its comments right above: > ```json",
            id="quoted",
        ),
        pytest.param(
            f"<!-- shows: a.json -->\n\n{FENCE}json\n{{}}\n{FENCE}\n",
            "line 1: begin a block with ``` and its kind, its comments right above: <!-- shows: a.json -->",
            id="a comment apart from its block",
        ),
        pytest.param(block("json", "{"), "this is no JSON: Expecting property name enclosed in double quotes: line 2 "
                     "column 1 (char 2)", id="json"),
    ],
)  # fmt: skip
def test_what_is_not_true_is_said(page: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(Wrong) as error:
        play(page, tmp_path)
    assert str(error.value) == wrong


@pytest.mark.parametrize(
    ("page", "holds", "wrong"),
    [
        pytest.param(block("json", "{}") + block("python", "1"), "page.md:3: json holds\npage.md:8: python holds\n", "",
                     id="all holds"),
        pytest.param(block("json", "{}") + block("toml", "…") + block("json", "{}"), "page.md:3: json holds\n",
                     "page.md:8: this is no TOML: Invalid statement (at line 1, column 1)\n", id="one does not hold"),
        pytest.param(">```\n", "", "page.md: line 1: begin a block with ``` and its kind, its comments right above: "
                     ">```\n", id="no page to play"),
    ],
)  # fmt: skip
def test_a_page_is_played_from_the_command_line(page: str, holds: str, wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(page, encoding="utf-8", newline="\n")
    line = [sys.executable, "-I", Path(__file__).with_name("play.py"), path]
    done = subprocess.run(line, capture_output=True, text=True, encoding="ascii", check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (int(bool(wrong)), holds, wrong)


def test_an_ellipsis_stands_for_a_part_of_a_line() -> None:
    compare("wrote … files", "wrote 3 files\n")
    with pytest.raises(Wrong):
        compare("wrote … files", "wrote 3\nmore files\n")
