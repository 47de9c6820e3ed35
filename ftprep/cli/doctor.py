"""`ftprep doctor`: what is installed, in a text that can be put into an issue as it is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .frame import installed, plugin_option, replying, wants_json
from .saying import Reply

if TYPE_CHECKING:
    from ..installed import Extra, Installation, Tables

WIDTH = 80
"""Characters of a line: what is pasted is not broken again."""
_NAME = 15
"""Characters of the names at the left; a longer one has a line of its own."""


@replying(name="doctor")
@plugin_option
def command(plugin_files: tuple[Path, ...]) -> Reply:
    """Tell what is installed here and what is wrong with it: versions, plugins, token tables, variables.

    Nothing is changed, and nobody is asked over the network. Of variables only the names are told, and whether they are
    set, so the text can be put into an issue as it is. It ends with exit code 1 where a plugin cannot be used or a
    token table is damaged.
    """
    from ..installed import installation

    found = installation(installed(plugin_files))
    return reply_of(found, as_json=wants_json())


def reply_of(found: Installation, *, as_json: bool) -> Reply:
    """What is said. For people, problems stand in the text: it is to be copied whole."""
    import msgspec

    result: dict[str, Any] = msgspec.to_builtins(found)
    del result["problems"]
    return Reply(result, text_of(found), found.problems if as_json else (), exit_code=0 if found.ok else 1)


def text_of(found: Installation) -> str:
    """The whole text."""
    blocks = [
        ("", found.versions),
        ("packages", {"": ", ".join(f"{name} {version or '(missing)'}" for name, version in found.packages.items())}),
        ("plugins", {package: ", ".join(names) for package, names in found.plugins.items()} or {"": "none"}),
        ("extras", {extra.name: _extra(extra) for extra in found.extras}),
        ("token tables", dict(_tables(found.tables)) or {"": "none"}),
        ("variables (of none is told what it holds)", {of: _set(names) for of, names in found.variables.items()}),
        ("machine", {"state folder": found.state, **found.text, **_terminal(found.terminal)}),
        ("problems", {f"{n}": str(problem) for n, problem in enumerate(found.problems, 1)} or {"": "none"}),
    ]
    return "\n".join(line for title, pairs in blocks if pairs for line in _block(title, pairs)).strip("\n")


def _block(title: str, pairs: Mapping[str, str]) -> Iterator[str]:
    if title:
        yield from ("", title)
    for name, value in pairs.items():
        indent = "  " if title else ""
        lines = _broken(" ".join(value.split()), WIDTH - len(indent) - (_NAME + 1 if name else 0))
        if len(name) > _NAME:
            yield f"{indent}{name}"
            name = " "
        first = f"{indent}{name.ljust(_NAME)} " if name else indent
        for n, line in enumerate(lines):
            yield f"{(first if n == 0 else ' ' * len(first))}{line}".rstrip()


def _broken(text: str, width: int) -> Sequence[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _extra(extra: Extra) -> str:
    if extra.missing:
        return f"not here: pip install 'ftprep[{extra.name}]'"
    return ", ".join(f"{name} {version}" for name, version in extra.packages.items())


def _tables(tables: Sequence[Tables]) -> Iterator[tuple[str, str]]:
    """Encoding -> where its tables are."""
    for one in tables:
        if one.damaged:
            yield one.encoding, "damaged, see below"
        elif one.place is None:
            yield one.encoding, f"the tokenizer '{one.tokenizer}' does not tell"
        else:
            yield one.encoding, one.place or "not here; fetched when it is needed first"


def _set(names: Mapping[str, bool]) -> str:
    kinds = {
        "set": [n for n, there in names.items() if there],
        "not set": [n for n, there in names.items() if not there],
    }
    return "; ".join(f"{kind}: {', '.join(of)}" for kind, of in kinds.items() if of)


def _terminal(facts: Mapping[str, Any]) -> dict[str, str]:
    ends = [name for name, is_one in facts.items() if is_one and name != "columns"]
    return {"terminal": f"{', '.join(ends) or 'none'}; {facts['columns']} columns"}
