"""What a plugin offers: each hook's kind, and the check that what it returns can be used under the name it has."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import msgspec

from .codes import Code
from .errors import PluginError, did_you_mean
from .plugins import Origin
from .steps import NAME, Check, Gather, Map, ModelFacts, Reader, Select, Tokenizer, Uploader, Writer

SECTIONS = {
    "reader": "read", "transformer": "transform", "check": "check", "writer": "write", "uploader": "upload",
    "model": "model", "tokenizer": "",
}  # fmt: skip
"""Kind -> where it stands in a recipe; a tokenizer is named by the facts of a model."""

HOOKS: dict[str, tuple[str, tuple[type, ...]]] = {
    "ftprep_readers": ("reader", (Reader,)),
    "ftprep_transformers": ("transformer", (Gather, Map, Select)),
    "ftprep_checks": ("check", (Check,)),
    "ftprep_writers": ("writer", (Writer,)),
    "ftprep_uploaders": ("uploader", (Uploader,)),
    "ftprep_tokenizers": ("tokenizer", (Tokenizer,)),
    "ftprep_models": ("model", (ModelFacts,)),
}
"""Hook -> the kind it registers, and the classes (for models: the objects) it may return."""

Fault = tuple[str, str]
"""What is wrong, and what its author can do about it."""


class Registered(msgspec.Struct, frozen=True):
    """A class (of a model: its facts) with the name recipes use, the plugin and the distribution it came from."""

    kind: str
    name: str
    cls: Any
    plugin: str
    dist: str
    version: str

    @property
    def qualified(self) -> str:
        """`plugin/name`, which is never ambiguous."""
        return f"{self.plugin}/{self.name}"


def offers(origin: Origin, returned: list[tuple[str, object]]) -> list[Registered]:
    """What the hooks of one plugin returned, as (hook, result), each under its name. Raises PluginError with all that
    is wrong: no list, something of another kind, no name or a bad one, no docstring, one name twice.
    """
    faults: list[Fault] = []
    found: dict[tuple[str, str], Registered] = {}
    for hook, result in returned:
        if not isinstance(result, (list, tuple)):
            faults.append((f"{hook} returned {_what(result)}, not a list", "return a list"))
            continue
        kind, bases = HOOKS[hook]
        for item in result:
            if wrong := list(_faults(hook, bases, item)):
                faults += wrong
            elif (kind, item.name) in found:
                faults.append((f"it offers the {kind} '{item.name}' twice", "give one of them another name"))
            else:
                found[kind, item.name] = Registered(
                    kind, item.name, item, origin.plugin, origin.dist, origin.version
                )  # fmt: skip
    if faults:
        raise PluginError(*(origin.fault("FT406", why, hint) for why, hint in faults))
    return list(found.values())


def hook_faults(names: dict[str, bool]) -> Iterator[Fault]:
    """What is wrong with functions that are, or look like, hooks: name -> whether it carries the marker."""
    for name, marked in names.items():
        if name not in HOOKS:
            yield f"there is no hook '{name}'", did_you_mean(name, list(HOOKS), otherwise="hooks are")
        elif not marked:
            yield f"'{name}' is not marked as a hook", "put @ftprep.hookimpl above it"


def _faults(hook: str, bases: tuple[type, ...], item: Any) -> Iterator[Fault]:
    if ModelFacts in bases:
        yield from _model_faults(hook, item)
        return
    if not (inspect.isclass(item) and issubclass(item, bases)):
        wanted = " or ".join(base.__name__ for base in bases)
        yield f"{hook} returned {_what(item)}, which is no subclass of {wanted}", _instead(item)
        return
    name = getattr(item, "name", None)
    if name is None:
        yield f"class {item.__name__} has no name", f"give it one: name = '{item.__name__.lower()}'"
    elif not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"class {item.__name__} has the name {name!r}", "names are snake_case: a-z, 0-9 and _"
    if not (item.__doc__ or "").strip():
        yield f"class {item.__name__} has no docstring", "say in its first line what it is for"
    codes = getattr(item, "problem_codes", ())
    if not (isinstance(codes, tuple) and all(isinstance(code, Code) for code in codes)):
        yield f"class {item.__name__} has problem_codes that are no tuple of Code", "write (Code(…), …), with a comma"


def _model_faults(hook: str, item: Any) -> Iterator[Fault]:
    if not isinstance(item, ModelFacts):
        yield f"{hook} returned {_what(item)}, which is no ModelFacts", "return ModelFacts(name=...) objects"
    elif not item.name:
        yield f"{hook} returned ModelFacts without a name", "give the name that recipes use"


def _instead(item: object) -> str:
    """The hint for something of the wrong kind: the class of an object, or the hook it belongs to."""
    if not inspect.isclass(item):
        return "return the classes themselves"
    home = next((hook for hook, (_, bases) in HOOKS.items() if issubclass(item, bases)), None)
    return f"return it from {home}" if home else ""


def _what(value: object) -> str:
    if value is None:
        return "None"
    return f"class {value.__name__}" if inspect.isclass(value) else f"an object of class {type(value).__name__}"
