"""Plays a page of the docs: every block, from top to bottom, in one folder, as a reader would who types all of it.

`python play.py PAGE` plays one in an empty folder with the ftprep that is installed; it needs no other package.
What a block is for stands in a comment on the line above it:

- `<!-- file: NAME -->` the block is written to that file;
- `<!-- shows: NAME -->` the block is what that file holds; `NAME#KEY`: one of its rows has it under that key;
- `<!-- exit: 2 -->` the commands of the block end with that code; without it, with 0;
- `<!-- data: RECIPE/data/FILE -->` that file of a bundled recipe is put into the folder first;
- `<!-- notebook: cell -->` the Python of the block is a cell of a notebook: all cells of a page share what they define;
- `<!-- notebook: shows -->` the block is what the cell above shows: what it prints and, if it ends in an expression,
  its value, whose HTML (`_repr_html_`) is told as text: a line for each paragraph and row, two spaces between cells;
- `<!-- stays: PORT -->` the block's one command goes on to the end of the page, once it has printed what the block
  says; wherever the page names this port, a free one is used.

Without a comment a console block is run and what it prints is compared, a recipe (yaml) is run, Python is run, JSON and
TOML are parsed. `export NAME=VALUE` holds for all that follows. In what is compared, `…` stands for any text of a line,
and alone on its line for any lines.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"^( *)```(\S*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- (\w+): (.*?) -->")
_MARKS = {"file", "shows", "exit", "data", "stays", "notebook"}
_STRAY = re.compile(r"[\s>]*(```|~~~)|<!-- \w+: .*-->$")
_SET_UP = "python3 -m venv"


class Block(NamedTuple):
    """A fenced block of a page, and the comments above it."""

    line: int
    kind: str
    text: str
    marks: dict[str, str]


class Wrong(Exception):
    """Why a block is not true."""


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order. Raises Wrong for one, or a comment, that could not be played."""
    lines, rest = page.split("\n"), page.split("\n")
    for match in _FENCE.finditer(page):
        line = page.count("\n", 0, match.start()) + 1
        marks: dict[str, str] = {}
        above = line - 2
        while above >= 0 and (mark := _MARK.fullmatch(lines[above])):
            marks[mark[1]] = mark[2]
            above -= 1
        if match[1]:
            raise Wrong(f"line {line}: a block inside a list cannot be played; begin it at the margin")
        if unknown := set(marks) - _MARKS:
            raise Wrong(f"line {line}: no such comment: {', '.join(sorted(unknown))}")
        end = page.count("\n", 0, match.end()) + 1
        rest[above + 1 : end] = [""] * (end - above - 1)
        yield Block(line, match[2], match[3], marks)
    for line, text in enumerate(rest, 1):
        if _STRAY.match(text):
            raise Wrong(f"line {line}: begin a block with ``` and its kind, its comments right above: {text.strip()}")


class Player:
    """Plays blocks in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        state = str(folder.with_name(f"{folder.name}.state"))
        own = {"PATH": path, "PYTHONUNBUFFERED": "1", "COLUMNS": "80", "FTPREP_STATE_DIR": state}
        self.env = {**os.environ, **own}
        self._staying: list[subprocess.Popen[bytes]] = []
        self._cells: Cells | None = None
        self._ports: dict[str, str] = {}

    def __enter__(self) -> Player:
        return self

    def __exit__(self, *error: object) -> None:
        for process in [*self._staying, *([self._cells.process] if self._cells is not None else [])]:
            process.terminate()
            process.communicate(timeout=30)

    def play(self, block: Block) -> None:
        """Plays one block. Raises Wrong."""
        try:
            if "stays" in block.marks:
                self._ports.setdefault(block.marks["stays"], free_port())
                self._stay(block)
            else:
                self._play(block._replace(text=self._here(block.text)))
        except (OSError, ValueError, LookupError) as error:  # no such command, no such column, an open quote
            raise Wrong(f"{type(error).__name__}: {error}") from error

    def _play(self, block: Block) -> None:
        if "data" in block.marks:
            self._fetch(block.marks["data"])
        if "file" in block.marks:
            path = self.folder / block.marks["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8", newline="\n")
        elif "notebook" in block.marks:
            self._notebook(block)
        elif "shows" in block.marks:
            self._shows(block.text, *block.marks["shows"].split("#"))
        else:
            self._kind(block.kind)(block)

    def _shows(self, text: str, name: str, key: str = "") -> None:
        """The file is this text; with a key, one of its rows has it there. A `*` in the name stands for any file."""
        found = sorted(self.folder.glob(name))
        if not found:
            raise Wrong(f"there is no {name}")
        if not key:
            compare(text, found[0].read_text(encoding="utf-8"))
            return
        rows = [json.loads(line) for path in found for line in path.read_text(encoding="utf-8").splitlines()]
        if not any(re.fullmatch(pattern(text), row[key].rstrip() + "\n") for row in rows):
            raise Wrong(f"the page says:\n{text}\nand no row of {name} has that as its '{key}'")

    def _notebook(self, block: Block) -> None:
        """A cell is run in the notebook of the page; a block of what it shows is compared."""
        self._cells = self._cells or Cells(self.folder, self.env)
        if block.marks["notebook"] == "cell":
            self._cells.run(block.text)
        else:
            compare(block.text, self._cells.shown)

    def _kind(self, kind: str) -> Callable[[Block], None]:
        kinds = {"console": self._console, "python": self._python, "yaml": self._recipe, "json": _json, "toml": _toml}
        if kind not in kinds:
            raise Wrong(f"a block of kind '{kind}' needs a comment: <!-- file: NAME --> or <!-- shows: NAME -->")
        return kinds[kind]

    def _here(self, text: str) -> str:
        """The text with the ports that are used here."""
        for said, used in self._ports.items():
            text = re.sub(rf"\b{said}\b", used, text)
        return text

    def _stay(self, block: Block) -> None:
        ((command, expected),) = commands(self._here(block.text))
        process = subprocess.Popen(
            shlex.split(command), cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._staying.append(process)
        assert process.stdout is not None
        printed = [process.stdout.readline() for _ in expected.splitlines()]
        compare(expected, b"".join(printed).decode("utf-8", "replace"))

    def _console(self, block: Block) -> None:
        for command, expected in commands(block.text):
            if command.startswith("export "):
                self.env.update([command.removeprefix("export ").split("=", 1)])
                continue
            printed = self.run(shlex.split(_shortened(command)), int(block.marks.get("exit", "0")), command)
            if expected:
                compare(expected, printed)

    def _python(self, block: Block) -> None:
        self.run([sys.executable, "-W", "error", "-c", block.text], 0, "the Python code")

    def _recipe(self, block: Block) -> None:
        (self.folder / "recipe.yaml").write_text(block.text, encoding="utf-8", newline="\n")
        self.run(["ftprep", "run", "recipe.yaml", "--out", "out/recipe"], 0, "ftprep run")

    def _fetch(self, name: str) -> None:
        code = "import sys; from ftprep.bundled import bundled_recipes; print(bundled_recipes() / sys.argv[1])"
        found = self.run([sys.executable, "-c", code, name], 0, "looking for the recipe").strip()
        (self.folder / Path(name).name).write_bytes(Path(found).read_bytes())

    def run(self, line: list[str], code: int, name: str) -> str:
        """What a command prints, on both streams. Raises Wrong where it ends with another code."""
        if not line:
            return ""
        ended, said = self.ran(line)
        printed = said.decode("utf-8", "replace").replace("\r\n", "\n")
        if ended != code:
            raise Wrong(f"{name} ended with {ended}, not {code}; it printed:\n{printed}")
        return printed

    def ran(self, line: list[str]) -> tuple[object, bytes]:
        """What a command ended with, and what it said on both streams, run in a process of its own."""
        done = subprocess.run(
            line, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        return done.returncode, done.stdout


class Cells:
    """A notebook without its pages: a process that runs cells one after the other, and says what each shows."""

    def __init__(self, folder: Path, env: dict[str, str]):
        self.shown = ""
        """By the last cell."""
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", _NOTEBOOK], cwd=folder, env={**env, "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, code: str) -> None:
        """Runs a cell. Raises Wrong where it fails, or shows what is no piece of HTML."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(code).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Wrong("the notebook ended")
        told = json.loads(answer)
        if told["error"]:
            raise Wrong(f"the cell fails:\n{told['error']}")
        self.shown = told["printed"] + (html_as_text(told["html"]) if told["html"] else told["text"])


_NOTEBOOK = """
import ast, contextlib, io, json, sys, traceback

space = {"__name__": "__main__"}
for line in sys.stdin:
    printed, value, error, html = io.StringIO(), None, "", None
    with contextlib.redirect_stdout(printed):
        try:
            body = ast.parse(json.loads(line)).body
            last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
            exec(compile(ast.Module(body, []), "cell", "exec"), space)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), "cell", "eval"), space)
            html = value._repr_html_() if hasattr(value, "_repr_html_") else None
        except BaseException:
            error = traceback.format_exc()
    text = "" if value is None else repr(value)
    told = {"printed": printed.getvalue(), "html": html, "text": text, "error": error}
    sys.__stdout__.write(json.dumps(told) + chr(10))
    sys.__stdout__.flush()
"""
"""What runs the cells: it reads each as a line of JSON, and answers with one."""


class _Text(HTMLParser):
    """What is read of a piece of HTML: not its style, nor what a drawing says."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("style", "svg")
        if tag == "script":
            raise Wrong("a notebook shows no scripts")
        if tag in ("td", "th") and self.lines[-1]:
            self.lines[-1] = f"{self.lines[-1].rstrip()}  "

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "svg")
        if tag in ("tr", "p", "li", "caption", "figcaption", "pre", "div") and self.lines[-1]:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            text = re.sub(r"\s+", " ", data)
            self.lines[-1] += text if self.lines[-1] else text.lstrip()


def html_as_text(html: str) -> str:
    """The text of a piece of HTML: a line for each paragraph and row."""
    reader = _Text()
    reader.feed(html)
    return "\n".join(line.strip() for line in reader.lines)


def free_port() -> str:
    """A port that nobody listens on."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return str(line.getsockname()[1])


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block, and what it prints."""
    if not text.startswith("$ "):
        raise Wrong("a console block begins with a command: '$ …'")
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        yield command, expected


def _shortened(command: str) -> str:
    """The README's set-up lines, without the setting up: whoever plays this has done it."""
    if command.startswith(_SET_UP):
        command = command.rpartition(" && ")[2].removeprefix(".venv/bin/")
        return "" if command.startswith("pytest") else command
    return command


def compare(expected: str, actual: str) -> None:
    """Raises Wrong where the text is another than the page says."""
    if not re.fullmatch(pattern(expected), actual.rstrip("\n") + "\n"):
        raise Wrong(f"the page says:\n{expected}\nand it is:\n{actual}")


def pattern(expected: str) -> str:
    """A text of a page as a regular expression: `…` is any text of a line, and alone on its line any lines."""
    lines = []
    for line in expected.rstrip("\n").split("\n"):
        if line.strip() == "…":
            lines.append(r"(?:.*\n)*?")
        else:
            lines.append(".*".join(map(re.escape, line.rstrip().split("…"))) + r"[ ]*\n")
    return "".join(lines)


def _json(block: Block) -> None:
    try:
        json.loads(block.text)
    except ValueError as error:
        raise Wrong(f"this is no JSON: {error}") from error


def _toml(block: Block) -> None:
    try:
        tomllib.loads(block.text)
    except tomllib.TOMLDecodeError as error:
        raise Wrong(f"this is no TOML: {error}") from error


def main(page: Path) -> str:
    """Plays a page in an empty folder, a line for each block that holds; what is wrong with the first that does not."""
    where = page.name
    with tempfile.TemporaryDirectory() as name, Player(Path(name) / "page") as player:
        player.folder.mkdir()
        try:
            for block in list(blocks(page.read_text(encoding="utf-8"))):
                where = f"{page.name}:{block.line}"
                player.play(block)
                sys.stdout.write(f"{where}: {block.kind} holds\n")
        except Wrong as wrong:
            return f"{where}: {wrong}"
    return ""


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) or 0)
