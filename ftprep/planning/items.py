"""From an item of the recipe to a step with validated options; every mistake is kept with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..errors import Problem, RecipeError, did_you_mean
from ..recipe import Item, Recipe
from ..registry import Registered, Registry
from ..steps import Step

S = TypeVar("S", bound=Step, covariant=True)
M = TypeVar("M", bound=BaseModel)
Path_ = tuple[str | int, ...]


class Planned(msgspec.Struct, Generic[S], frozen=True):
    """A step with its place in the recipe and the plugin it comes from."""

    step: S
    item: Item
    origin: Registered
    options: dict[str, Any]
    """As the recipe gives them, for the manifest and the contract."""

    @property
    def label(self) -> str:
        """What counts and messages call it: the name in the recipe."""
        return self.item.name


class Builder:
    """Makes steps of a recipe's items and collects what is wrong with them."""

    def __init__(self, recipe: Recipe, registry: Registry):
        self.recipe = recipe
        self.registry = registry
        self.problems: list[Problem] = []

    def complain(self, path: Path_, message: str, hint: str = "", *, code: str, key: bool = False) -> None:
        """Keeps one problem at a place of the recipe."""
        self.problems.append(self.recipe.problem(path, message, hint, key=key, code=code))

    def add_all(self, error: RecipeError, path: Path_, *, key: bool = False) -> None:
        """Keeps the problems of an error that has no place yet."""
        for problem in error.problems:
            if problem.file is None:
                self.complain(path, problem.message, problem.hint, code=problem.code, key=key)
            else:
                self.problems.append(problem)

    def steps(self, items: Sequence[Item], kind: str) -> list[Planned[Any]]:
        """The steps of a list of items; those that are wrong are left out, their problems kept."""
        return [planned for item in items if (planned := self.step(item, kind)) is not None]

    def nested(self, value: Any, path: Path_) -> list[Planned[Any]]:
        """The steps of a writer's `steps:`."""
        if value is None:
            return []
        try:
            return self.steps(self.recipe.items(value, path), "transformer")
        except RecipeError as error:
            self.problems.extend(error.problems)
            return []

    def step(self, item: Item, kind: str) -> Planned[Any] | None:
        """The step of one item, or None with its problems kept."""
        try:
            origin = self.registry.get(kind, item.name)
        except RecipeError as error:
            self.add_all(error, item.path, key=True)
            return None
        options = self._options(item, origin.cls)
        if options is None:
            return None
        step = self.validate(origin.cls, options, item.path, f"{kind} '{item.name}'")
        return Planned(step, item, origin, options) if step is not None else None

    def validate(self, model: type[M], options: Mapping[str, Any], path: Path_, what: str) -> M | None:
        """The model with these options, validated as strict JSON (`true` is never taken for 1)."""
        try:
            return model.model_validate_json(msgspec.json.encode(options), strict=True)
        except ValidationError as error:
            for fault in faults_of(error, model, what):
                self.complain((*path, *fault.loc), fault.message, fault.hint, code="FT111", key=fault.key)
            return None

    def _options(self, item: Item, cls: type[Step]) -> dict[str, Any] | None:
        value = item.value
        field = cls.lone_option()
        if isinstance(value, Mapping) and not (set(value) == {"file"} and "file" not in cls.model_fields):
            options = dict(value)
        elif value is None:
            options = {}
        elif field is None:
            self.complain(item.path, f"'{item.name}' has no options", "leave the value out", code="FT111")
            return None
        else:
            options = {field: value}
        return self._read_files(options, cls, item.path)

    def _read_files(self, options: dict[str, Any], cls: type[Step], path: Path_) -> dict[str, Any] | None:
        """Templates given as `{file: prompt.md}` are read; the text stands in the recipe from then on."""
        for name, value in options.items():
            field = cls.model_fields.get(name)
            if not isinstance(value, Mapping) or set(value) != {"file"} or field is None:
                continue
            if "Template" not in str(field.annotation):
                continue
            file = self.recipe.folder((*path, name)) / str(value["file"])
            try:
                options[name] = file.read_text(encoding="utf-8-sig").rstrip("\n")
            except (OSError, UnicodeDecodeError) as error:
                hint = "the path is relative to the recipe, the text UTF-8"
                self.complain((*path, name), f"cannot read {value['file']}: {_why(error)}", hint, code="FT114")
                return None
        return options


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one option."""

    loc: Path_
    """Where it stands among the options; empty: the options as a whole."""
    message: str
    hint: str
    key: bool
    """It is the name that is wrong, not the value."""


def faults_of(error: ValidationError, model: type[BaseModel], what: str) -> list[Fault]:
    """What is wrong with options, one for each of them; `what` is whose they are: `check 'tokens'`."""
    return [_fault(details, model, what) for details in _by_option(error.errors(include_url=False))]


def _fault(details: Sequence[ErrorDetails], model: type[BaseModel], what: str) -> Fault:
    detail, loc = details[0], _option(details[0])
    known = [field.alias or name for name, field in model.model_fields.items()]
    dotted = ".".join(map(str, loc))
    if detail["type"] == "extra_forbidden":
        options = known if len(loc) == 1 else ()
        hint = did_you_mean(str(loc[-1]), options, otherwise="its options") if options else "leave it out"
        return Fault(loc, f"{what} has no option '{dotted}'", hint, True)
    if detail["type"] == "missing":
        return Fault((), f"{what} needs the option '{dotted}'", f"add '{dotted}: …'", True)
    return Fault(loc, f"{what}: {_says(details, dotted)}", _info(detail, what), False)


_NEEDED = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "a mapping",
    "string_type": "text",
    "tuple_type": "a list",
}
"""What an option has to be, by pydantic's name for the error."""


def _by_option(details: Sequence[ErrorDetails]) -> list[list[ErrorDetails]]:
    """The errors of each option: one that may be of several types has one for each of them."""
    groups: dict[Path_, list[ErrorDetails]] = {}
    for detail in details:
        groups.setdefault(_option(detail), []).append(detail)
    return list(groups.values())


def _option(detail: ErrorDetails) -> Path_:
    return tuple(part for part in detail["loc"] if not _is_branch(part))


def _says(details: Sequence[ErrorDetails], dotted: str) -> str:
    """What is wrong with one option, in words that say what it has to be."""
    detail = next((d for d in details if d["type"] not in _NEEDED), details[0])
    name = f"'{dotted}'" if dotted else "the value"
    if len(details) > 1 and all(d["type"] in _NEEDED or d["type"] == "literal_error" for d in details):
        needed = " or ".join(dict.fromkeys(_NEEDED.get(d["type"]) or d["ctx"]["expected"] for d in details))
        return f"{name} is {needed} (got {_shown(detail['input'])})"
    if detail["type"] in _NEEDED:
        needed = " or ".join(dict.fromkeys(_NEEDED[d["type"]] for d in details))
        return f"{name} is {needed} (got {_shown(detail['input'])})"
    text = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "value_error":
        return f"{name}: {text}" if dotted else text
    return f"{name}: {text[0].lower()}{text[1:]} (got {_shown(detail['input'])})"


def _info(detail: ErrorDetails, what: str) -> str:
    """Where to read on, unless a validator has said what to do."""
    name = what.partition(" ")[2]
    return f"see 'ftprep plugins info {name[1:-1]}'" if name and detail["type"] != "value_error" else ""


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode() if isinstance(value, (dict, list)) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _is_branch(part: str | int) -> bool:
    """pydantic names the branch of a union in the place of an error; users have not written it."""
    named = isinstance(part, str) and (part in ("str", "int", "float", "bool") or part.startswith("constrained-"))
    return named or (isinstance(part, str) and ("[" in part or "(" in part))


def _why(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is not UTF-8"
