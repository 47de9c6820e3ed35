"""Small files with and without each problem: from the catalogue of codes, or made here where no text can show them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pandas
import yaml

import ftprep
from ftprep import Example, Finding, FtprepError, Message, Problem
from ftprep.codes import Code
from ftprep.doctor import look_at
from ftprep.registry import Registry

Writes = Callable[[Path], object]
"""What writes a file to the path that it is given."""


Examples = list[Example]


class Made(NamedTuple):
    """Files that no text of the catalogue can be."""

    name: str
    """What it is called; empty where it is no file, but Examples that are handed in from Python."""
    fails: bytes | Writes | Examples
    passes: bytes | Writes | Examples
    asks: str = ""
    """As of a Code, where the catalogue may not say it: the core names no format."""


def excel(change: Callable[[openpyxl.Workbook], object] = lambda book: None, **sheets: list[list[Any]]) -> Writes:
    """A workbook with a sheet for each keyword; `change` does the rest."""

    def write(path: Path) -> None:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, lines in sheets.items():
            sheet = book.create_sheet(name)
            for line in lines:
                sheet.append(line)
        change(book)
        book.save(path)

    return write


def ods(**sheets: list[list[Any]]) -> Writes:
    """An OpenDocument spreadsheet with a sheet for each keyword."""

    def write(path: Path) -> None:
        with pandas.ExcelWriter(path, engine="odf") as book:
            for name, lines in sheets.items():
                pandas.DataFrame(lines).to_excel(book, sheet_name=name, header=False, index=False)

    return write


def stata(labels: dict[float, str]) -> Writes:
    """A Stata file whose answers are numbers with these labels."""

    def write(path: Path) -> None:
        frame = pandas.DataFrame({"question": ["Hot?", "Cold?"], "answer": [1, 2]})
        frame.to_stata(path, write_index=False, version=118, value_labels={"answer": labels})

    return write


def no_date(value: float) -> Callable[[openpyxl.Workbook], object]:
    """Makes a date of a cell that holds this number."""

    def change(book: openpyxl.Workbook) -> None:
        book.worksheets[0]["B2"].value = value
        book.worksheets[0]["B2"].number_format = "yyyy-mm-dd"

    return change


def hidden(book: openpyxl.Workbook) -> None:
    book.worksheets[0].row_dimensions[3].hidden = True


def merged(book: openpyxl.Workbook) -> None:
    book.worksheets[0].merge_cells("A2:A3")


LONG = b'{"prompt": "Hi", "completion": "Hello.", "note": "%s"}\n'
TURNS = b'{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}'
HELLO, TWICE = b'{"messages": [%s]}\n' % TURNS, b'{"messages": [%s, %s]}\n' % (TURNS, TURNS)
TALK = [["question", "answer"], ["Who?", "Me."], ["Why?", "So."]]
MORE = [["question", "answer", "by"], ["When?", "Now.", "Ann"]]
THREE = [["question", "answer", "by"], ["Who?", "Me.", "Ann"], ["Why?", "So.", "Ben"]]
STARS = [[text, stars] for stars in (1, 5) for text in ("It is dead again.", "I like it so far.", "It broke at once.")]
BOOK, SHEETS = excel(a=TALK), ("a", "b")


def weighted(weight: int) -> Examples:
    return [Example(messages=(Message("user", "Hi"), Message("assistant", "Hello.", weight=weight)))]


def rated(by: str | None) -> Examples:
    messages = (Message("user", "Hi"), Message("assistant", "Hello."))
    return [Example(messages=messages, extra={"rated_by": by} if by else {})]


TWO_ROUNDS = [Example(messages=(Message("user", "Hi"), Message("assistant", "Hello.")) * n) for n in (2, 1)]


def asked(*answers: str) -> bytes:
    """Prompts that are all different, with these completions."""
    lines = [f"{n}?,{answer}." for n, answer in enumerate(answers)]
    return "\n".join(["prompt,completion", *lines, ""]).encode()


def texts(most: int) -> bytes:
    return asked(*[f"Answer {n}" for n in range(most)])


def classed(**labels: int) -> bytes:
    return asked(*[label for label, times in labels.items() for _ in range(times)])


LOG = b"[10:00] <ann> Hi\n[10:01] <bob> Hello\n[10:02] <ann> %s\n"
MAIL = (
    b"From ann@example.org Wed Sep 22 05:05:28 2004\nFrom: Ann <ann@example.org>\nSubject: Who?\n"
    b"Content-Type: text/plain; charset=utf-8\n\n%s\n"
)
MADE: dict[str, Made] = {
    "FT201": Made("data.csv", "prompt,completion\nWo?,In Köln.\n".encode("cp1252"), b"prompt,completion\nWo?,Hier.\n"),
    "FT205": Made("data.jsonl", LONG % (b"x" * (11 << 20)), LONG % b"x"),
    "FT230": Made("data.xlsx", excel(a=TALK, b=TALK), BOOK),
    "FT231": Made("data.xlsx", excel(hidden, a=TALK), BOOK),
    "FT232": Made("data.xlsx", excel(merged, a=TALK), BOOK),
    "FT233": Made("data.xlsx", excel(no_date(1706745600000), a=TALK), excel(no_date(45323), a=TALK)),
    "FT234": Made("data.xlsx", excel(a=TALK, b=MORE), excel(a=TALK, b=TALK)),
    "FT235": Made("data.xlsx", excel(a=TALK, b=[]), excel(a=TALK, b=TALK)),
    "FT236": Made("data.xlsx", excel(a=[*TALK, ["Where?", "#N/A"]]), BOOK),
    "FT237": Made("data.xlsx", excel(a=STARS), BOOK),
    "FT238": Made("data.xlsx", excel(a=[["question", "answer", "answer"], ["Who?", "Me.", "You."]]), BOOK),
    "FT239": Made("data.xlsx", excel(a=[["Our questions"], [], *THREE]), excel(a=THREE)),
    "FT240": Made("data.ods", ods(a=TALK, b=TALK), ods(a=TALK)),
    "FT241": Made("data.ods", ods(a=[*TALK, ["Where?", "#N/A"]]), ods(a=TALK)),
    "FT339": Made("data.csv", texts(30), texts(60)),
    "FT345": Made("data.csv", classed(ham=170, spam=30), classed(ham=100, spam=100)),
    "FT346": Made("data.csv", texts(100), texts(500)),
    "FT347": Made("data.csv", texts(100), texts(2000)),
    "FT348": Made("data.csv", asked(*[f"class {n % 40}" for n in range(200)]), classed(ham=100, spam=100)),
    "FT349": Made("data.csv", texts(10), texts(9)),
    "FT301": Made("data.jsonl", TWICE, HELLO, "write: [openai_chat, {openai_completion: {as: short}}]"),
    "FT305": Made("", rated("Ann"), rated(None), "write: {openai_chat: {on_loss: warning}}"),
    "FT306": Made("", TWO_ROUNDS, TWO_ROUNDS[1:], "write: {openai_completion: {on_loss: warning}}"),
    "FT367": Made("", weighted(7), weighted(1)),
    "FT255": Made("chat.log", LOG % "Für dich.".encode("cp1252"), LOG % "Für dich.".encode()),
    "FT276": Made("data.mbox", MAIL % "Für dich.".encode("cp1252"), MAIL % "Für dich.".encode()),
    "FT242": Made("data.dta", stata({1: "yes", 2: "yes"}), stata({1: "yes", 2: "no"})),
}
"""By code; the code itself says in `example` what is in such a file."""


def put(code: Code, which: str, folder: Path) -> Path | Examples | None:
    """Writes the failing or the passing file of a code; None where it has none."""
    if made := MADE.get(code.code):
        path, content = folder / made.name, getattr(made, which)
        if isinstance(content, list):
            return content
        content(path) if callable(content) else path.write_bytes(content)
        return path
    text: str = getattr(code, which)
    path = folder / f"data{code.file or ('.jsonl' if text.startswith(('{', '[')) else '.csv')}"
    path.write_text(text, encoding="utf-8", newline="")
    return path if text else None


def found(code: Code, data: Path | Examples, registry: Registry, out: Path) -> list[Finding | Problem]:
    """Everything that is found in the data, looked at as the code asks; a file that is refused has one problem."""
    asks = MADE[code.code].asks or code.asks if code.code in MADE else code.asks
    try:
        if not asks or asks.startswith("--"):
            return [*ftprep.check(data, **_options(asks), registry=registry)]
        asked = yaml.safe_load(asks)
        if isinstance(data, list):
            return [*ftprep.run({"version": 1, "write": "openai_chat", **asked}, data=data, out=out).findings]
        return [*ftprep.run(_recipe(data, asked, registry), out=out, registry=registry).findings]
    except FtprepError as error:
        return [*error.problems]


def _options(asks: str) -> dict[str, Any]:
    """`--model x --format y` as arguments of `ftprep.check`."""
    words = shlex.split(asks)
    return {name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)}


def _recipe(path: Path, asked: dict[str, Any], registry: Registry) -> dict[str, Any]:
    """The smallest recipe of the file that has what is asked for."""
    recipe: dict[str, Any] = {"version": 1, "read": path.as_posix(), "write": "openai_chat", **asked}
    if "read" in asked:
        ((reader, options),) = asked["read"].items()
        recipe["read"] = {reader: {"path": path.as_posix(), **options}}
    if "transform" not in asked:
        data = look_at(path, registry)
        assert data.step is not None and data.proposal is not None
        recipe["transform"] = [{data.step.name: dict(data.proposal.options)}]
        if getattr(data.step.cls, "shapes", None) == "completion" and "write" not in asked:
            recipe["write"] = "openai_completion"
    return recipe
