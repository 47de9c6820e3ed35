"""`ftprep plugins`: what is installed, from where, and what is wrong with it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .commands import Group
from .completing import of_names
from .frame import installed, plugin_option, replying
from .plugins_check import check
from .plugins_new import new
from .saying import Reply
from .table import table
from .words import options_of, purpose, shorthand_of, value_text

if TYPE_CHECKING:
    from ..registry import Registered, Registry

_WRITERS_TOO = {
    "as": ("text", "Its folder in the run folder; needed where a writer stands twice."),
    "steps": ("list of transformers", "Transformers for this writer only, after those of 'transform:'."),
}


@click.group(name="plugins", cls=Group)
def command() -> None:
    """List and explain what is installed; check and write plugins."""


@replying(name="list", short_help="List what is installed, and where it comes from.")
@plugin_option
def list_(plugin_files: tuple[Path, ...]) -> Reply:
    """List all readers, transformers, checks, writers, uploaders, tokenizers and models.

    Each with the package it comes from. Packages that cannot be used are named on stderr, with the reason.
    """
    registry = installed(plugin_files)
    result = [
        {
            "kind": entry.kind,
            "name": entry.name,
            "plugin": entry.plugin,
            "distribution": _package(entry),
            "purpose": _purpose(entry),
        }
        for entry in registry.all()
    ]
    return Reply(result, "\n".join(_listed(registry)), registry.problems)


@replying(name="info", short_help="Explain one: what it does, its options.")
@click.argument("name", shell_complete=of_names("any"))
@plugin_option
def info(name: str, plugin_files: tuple[Path, ...]) -> Reply:
    """Explain NAME: what it does, its options, where it comes from.

    NAME is one of those that 'ftprep plugins list' shows, such as window, or dialogue/window.
    """
    from ..errors import RecipeError, did_you_mean

    registry = installed(plugin_files)
    entries = [entry for entry in registry.all() if name in (entry.name, entry.qualified)]
    if not entries:
        hint = did_you_mean(name, sorted({entry.name for entry in registry.all() if entry.kind != "model"}))
        raise RecipeError(f"nothing that is installed is called '{name}'", hint=hint)
    result = [_model(entry) if entry.kind == "model" else _step(entry) for entry in entries]
    text = "\n\n\n".join("\n".join(_explained(found)) for found in result)
    return Reply(result, text, registry.problems)


def _package(entry: Registered) -> str:
    return f"{entry.dist} {entry.version}".strip()


def _purpose(entry: Registered) -> str:
    if entry.kind != "model":
        return purpose(entry.cls)
    limit = f", at most {entry.cls.training_limit:,} tokens an example" if entry.cls.training_limit else ""
    until = f", tunable until {entry.cls.tunable_until}" if entry.cls.tunable_until else ""
    return f"{entry.cls.tokenizer or 'no tokenizer known'}{limit}{until}"


def _listed(registry: Registry) -> Iterator[str]:
    from ..offers import SECTIONS

    rows: dict[str, list[tuple[str, str, str]]] = {}
    for kind in SECTIONS:
        for name, entry in zip(registry.names(kind), registry.all(kind), strict=True):
            rows.setdefault(kind, []).append((name, _package(entry), _purpose(entry)))
    lines = table([row for of_kind in rows.values() for row in of_kind], indent="  ") if rows else iter(())
    for kind, of_kind in rows.items():
        section = SECTIONS[kind]
        yield f"{kind}s" + (f" ({section}:)" if section else "")
        yield from (next(lines) for _ in of_kind)
    if not rows:
        yield "no plugin is installed"


def _step(entry: Registered) -> dict[str, Any]:
    own = options_of(entry.cls)
    if entry.kind == "writer":
        for name, (kind, help_) in _WRITERS_TOO.items():
            own.setdefault(name, {"type": kind, "default": None, "required": False, "help": help_})
    return {
        "kind": entry.kind,
        "name": entry.name,
        "plugin": entry.plugin,
        "distribution": _package(entry),
        "help": inspect.getdoc(entry.cls) or "",
        "shorthand": shorthand_of(entry.cls),
        "options": own,
    }


def _model(entry: Registered) -> dict[str, Any]:
    import msgspec

    facts = msgspec.to_builtins(entry.cls)
    about = {"kind": "model", "name": entry.name, "plugin": entry.plugin, "distribution": _package(entry)}
    return {**about, "facts": {name: value for name, value in facts.items() if name != "name"}}


def _explained(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['kind']} {found['name']} (plugin {found['plugin']}, {found['distribution']})"
    yield ""
    if "facts" in found:
        yield from (f"In a recipe: 'model: {found['name']}'", "")
        facts = [(name, value_text(value)) for name, value in found["facts"].items() if value]
        yield from table(facts, indent="  ")
        return
    yield found["help"]
    yield from _use(found)
    for name, option in found["options"].items():
        yield ""
        yield f"  {name}: {option['type']} ({_need(option)})"
        yield from (f"      {line}".rstrip() for line in option["help"].splitlines())


def _use(found: dict[str, Any]) -> Iterator[str]:
    from ..offers import SECTIONS

    section, name = SECTIONS[found["kind"]], found["name"]
    if not section:
        return
    yield ""
    yield f"In a recipe, under '{section}:'"
    required = [option for option, detail in found["options"].items() if detail["required"]]
    if not required:
        yield f"  - {name}"
    if found["shorthand"] and set(required) <= {found["shorthand"]}:
        yield f"  - {name}: {found['shorthand'].upper()}"
    if options := (required or list(found["options"]))[:2]:
        more = ", …" if len(found["options"]) > len(options) else ""
        yield f"  - {name}: {{{', '.join(f'{option}: {option.upper()}' for option in options)}{more}}}"


def _need(option: dict[str, Any]) -> str:
    if option["required"]:
        return "required"
    return "optional" if option["default"] is None else f"default {value_text(option['default'])}"


command.add_command(list_)
command.add_command(info)
command.add_command(check)
command.add_command(new)
