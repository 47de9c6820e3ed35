"""Makes the pages of the reference from the program itself; cog calls it from inside the pages.

To write them anew: `python docs/generate.py`
"""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import yaml

from ftprep.cli.commands import cli
from ftprep.cli.words import options_of, purpose, shorthand_of, value_text
from ftprep.codes import Code
from ftprep.offers import SECTIONS, Registered
from ftprep.plugins import entry_points
from ftprep.registry import Registry
from ftprep.steps import Gather, Map, Select
from ftprep.testing import RULES

ROOT = Path(__file__).parent.parent
REGISTRY = Registry.installed(block="", entry_points=[p for p in entry_points() if p.dist and p.dist.name == "ftprep"])
"""What comes with ftprep: whatever else is installed here is no part of its reference."""
_SHAPES = {Gather: "many rows to one example", Map: "one example to one, none or several", Select: "some of each key"}
_HUNDREDS = {
    "FT0": "The command line", "FT1": "The recipe", "FT2": "Files", "FT3": "What is found in the data",
    "FT4": "Plugins", "FT5": "The run folder", "FT6": "Remote services",
}  # fmt: skip
_MORE = "What else is found in the data"
"""The hundred of the data was too small for it."""


def out(*lines: str) -> None:
    """Lines of the page."""
    import cog  # made by cog, while it works on a page

    cog.outl("\n".join(lines))


def steps(kind: str) -> None:
    """All of one kind, first in a table, then each with its options."""
    found = REGISTRY.all(kind)
    out("", f"| {kind} | what it is for |", "|---|---|")
    out(*(f"| [`{item.name}`](#{item.name}) | {_cell(purpose(item.cls))} |" for item in found))
    for item in found:
        out("", *_step(item))
    out("")


def _step(item: Registered) -> Iterator[str]:
    yield f"## {item.name}"
    yield ""
    yield from inspect.getdoc(item.cls).split("\n")  # type: ignore[union-attr]
    yield ""
    yield f"- In a recipe, under `{SECTIONS[item.kind]}:`: {' or '.join(_uses(item))}"
    if shape := next((words for base, words in _SHAPES.items() if issubclass(item.cls, base)), ""):
        yield f"- Shape: {shape}."
    yield from _traits(item)
    if recipes := _used_in(item):
        yield f"- Used in {', '.join(recipes)}."
    yield ""
    if options := options_of(item.cls):
        yield "| option | value | meaning |"
        yield "|---|---|---|"
        for name, option in options.items():
            yield f"| `{name}` | {_cell(_value(option))} | {_cell(option['help'])} |"


def _uses(item: Registered) -> list[str]:
    options, short = options_of(item.cls), shorthand_of(item.cls)
    required = [name for name, option in options.items() if option["required"]]
    ways = [f"`{item.name}`"] if not required else []
    if short and set(required) <= {short}:
        ways.append(f"`{item.name}: {short.upper()}`")
    if options:
        shown = (required or list(options))[:2]
        more = ", …" if len(options) > len(shown) else ""
        ways.append(f"`{item.name}: {{{', '.join(f'{name}: …' for name in shown)}{more}}}`")
    return ways


def _traits(item: Registered) -> Iterator[str]:
    if item.kind == "reader" and item.cls.suffixes:
        yield f"- Endings: {', '.join(f'`{suffix}`' for suffix in item.cls.suffixes)}."
    if item.kind == "writer":
        yield f"- Carries beyond text: {', '.join(sorted(item.cls.carries)) or 'nothing'}."
    if codes := [code.code for code in item.cls.problem_codes]:
        yield f"- May report {', '.join(f'[{code}](problems.md#{code.lower()})' for code in codes)}."


def _used_in(item: Registered) -> list[str]:
    found = []
    for folder in sorted((ROOT / "recipes").glob("*/")):
        recipes = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]
        named = [_names([recipe.get(SECTIONS[item.kind]), *_writers_steps(recipe)]) for recipe in recipes]
        if item.name in set().union(*named):
            found.append(f"[{folder.name}](../../recipes/{folder.name}/README.md)")
    return found


def _names(section: Any) -> set[str]:
    if isinstance(section, list):
        return {name for part in section for name in _names(part)}
    return set(section) if isinstance(section, dict) else {section} if isinstance(section, str) else set()


def _writers_steps(recipe: dict[str, Any]) -> list[Any]:
    written = recipe.get("write") or []
    items = written if isinstance(written, list) else [written]
    options = [value for item in items if isinstance(item, dict) for value in item.values() if isinstance(value, dict)]
    return [option.get("steps") for option in options]


def _value(option: dict[str, Any]) -> str:
    if option["required"]:
        return f"{option['type']}, required"
    default = option["default"]
    return option["type"] if default is None else f"{option['type']}, default `{value_text(default)}`"


def _cell(text: str) -> str:
    """Text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def models() -> None:
    """The facts of all models, and the tokenizers that count for them."""
    out("", "| model | tokenizer | context | an example | formats | tunable until | USD per million training tokens |")
    out("|---|---|---|---|---|---|---|")
    for facts in REGISTRY.models():
        price = f"{facts.prices['training']} ({facts.price_date})" if "training" in facts.prices else ""
        cells = [facts.tokenizer, facts.context, facts.training_limit, ", ".join(facts.formats), facts.tunable_until]
        out(f"| `{facts.name}` | {' | '.join(_number(cell) for cell in cells)} | {price} |")
    out("", "| tokenizer | encodings | what it is |", "|---|---|---|")
    for item in REGISTRY.all("tokenizer"):
        out(f"| `{item.name}` | {', '.join(item.cls.encodings())} | {_cell(purpose(item.cls))} |")
    out("")


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value or "")


def commands(group: click.Group = cli, path: Sequence[str] = ("ftprep",)) -> None:
    """The help of each command, as a block that is run and compared."""
    context = click.Context(group, info_name=path[-1])
    out("", *_help(path))
    for name in group.list_commands(context):
        command, here = group.get_command(context, name), [*path, name]
        out("", f"{'#' * len(here)} {' '.join(here)}")
        if isinstance(command, click.Group):
            commands(command, here)
        else:
            out("", *_help(here))


def _help(command: Sequence[str]) -> list[str]:
    line = [sys.executable, "-m", "ftprep", *command[1:], "--help"]
    printed = subprocess.check_output(line, env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"})
    return ["```console", f"$ {' '.join(command)} --help", *printed.decode().splitlines(), "```"]


def problems() -> None:
    """The codes of all problems, by hundreds."""
    for heading, found in groupby(REGISTRY.codes(), lambda pair: _heading(*pair)):
        out("", f"## {heading}")
        for code, plugin in found:
            out("", f"### {code.code}", "", f"{code.meaning} {code.remedy}", "")
            out(f"*{code.level.capitalize()}{f', of the plugin `{plugin}`' if plugin else ''}.*")
            out(*_example(code))
    out("")


def _heading(code: Code, plugin: str) -> str:
    return _MORE if plugin and code.code.startswith("FT4") else _HUNDREDS[code.code[:3]]


def _example(code: Code) -> Iterator[str]:
    """A small file with the problem, which tests/test_every_rule.py runs, and what it takes to find it there."""
    if code.example:
        yield from ("", f"Example: {code.example[0].lower()}{code.example[1:]}")
    if code.fails:
        name = code.code + (code.file or (".jsonl" if code.fails.startswith(("{", "[")) else ".csv"))
        yield from ("", f"Example, `{name}`:", "", f"<!-- file: {name} -->", "```text", *_visible(code.fails), "```")
    if code.asks.startswith("--"):
        yield from ("", f"It is found with `{code.asks}`.")
    elif code.asks:
        yield from ("", f"It is found by a recipe with {', '.join(f'`{line}`' for line in code.asks.splitlines())}.")


def _visible(text: str) -> list[str]:
    """Lines in which control characters can be seen."""
    shown = "".join(c if c == "\n" or c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return shown.rstrip("\n").split("\n")


def rules() -> None:
    """The rules of the plugin contract."""
    out("", "| rule | of | what must be |", "|---|---|---|")
    for rule in RULES.values():
        out(f"| `{rule.name}` | {', '.join(rule.kinds)} | {_cell(rule.text)} |")
    out("")


PAGES = [ROOT / "docs" / "plugins.md", *sorted((ROOT / "docs" / "reference").glob("*.md"))]
MARKERS = "cog-begin: :cog-end cog-out-end"
"""Not cog's own, which are brackets that code on the pages has too."""


def cog(*arguments: str) -> int:
    """Calls cog for the pages; 0: all is well, 5: `--check` found a page that is stale."""
    from cogapp import Cog

    return int(Cog().main(["cog", f"--markers={MARKERS}", "-I", str(ROOT / "docs"), *arguments]))


if __name__ == "__main__":
    sys.exit(cog("-r", *map(str, PAGES)))
