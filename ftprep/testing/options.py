"""Rules of a step's class: its name, its options, and the codes it declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from pydantic import ValidationError

from ..example import Finding
from ..options import option_docs
from ..steps import NAME, Proposal, Step
from .rules import rule, short
from .trying import attempt

STEPS = ("gather", "map", "select", "check", "writer", "reader", "uploader", "tokenizer")


class OptionsCase(msgspec.Struct, frozen=True):
    """A step's class, and where there is one, a step with options."""

    cls: type[Step]
    step: Step | None = None


@rule("options")
def has_name(case: OptionsCase) -> Iterator[str]:
    """A step's name is snake_case: a-z, 0-9 and _."""
    name = getattr(case.cls, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"{case.cls.__name__}.name is {short(name)}"


@rule("options")
def documented(case: OptionsCase) -> Iterator[str]:
    """The class has a docstring, and each option has one below it: they are its help, its hover text and its page."""
    if not (case.cls.__doc__ or "").strip():
        yield f"class {case.cls.__name__} has no docstring"
    docs = option_docs(case.cls)
    yield from (f"option '{name}' has no docstring" for name in case.cls.model_fields if not docs.get(name))


@rule("options")
def closed(case: OptionsCase) -> Iterator[str]:
    """An option that nobody declared is refused: leave `extra="forbid"` as Step has it."""
    given = attempt(case.cls.model_validate_json, '{"no_such_option": "x"}')
    if isinstance(given.error, ValidationError):
        if any(error["type"] == "extra_forbidden" for error in given.error.errors()):
            return
    elif given.error is None and "no_such_option" in given.value.model_dump_json():
        return  # its options are a mapping of the user's own words
    yield "no_such_option: x was taken without a word"


@rule("options")
def frozen(case: OptionsCase) -> Iterator[str]:
    """Options never change: leave `frozen=True` as Step has it."""
    if not case.cls.model_config.get("frozen"):
        yield f"{case.cls.__name__}.model_config has no frozen=True"


@rule("options")
def plain_options(case: OptionsCase) -> Iterator[str]:
    """Options are JSON, as a recipe has them, and there is a JSON Schema of them."""
    schema = attempt(case.cls.model_json_schema)
    if schema.error is not None:
        yield f"there is no schema: {short(schema.error)}"
    if case.step is not None:
        yield from _again(case.step)


def _again(step: Step) -> Iterator[str]:
    said = attempt(lambda: step.model_dump_json(by_alias=True, exclude_unset=True))
    if said.error is not None:
        yield f"{short(step)} cannot be written as JSON: {short(said.error)}"
        return
    back = attempt(lambda: type(step).model_validate_json(said.value, strict=True))
    if back.error is not None or back.value != step:
        yield f"{short(said.value)} does not give {short(step)} again: {short(back.error or back.value)}"


def faults_of_code(step: Step, finding: Finding) -> Iterator[str]:
    """What is wrong with a finding of this step."""
    known = [code.code for code in type(step).problem_codes]
    if finding.code not in known:
        yield f"a Finding of code {short(finding.code)}; declared are: {', '.join(known) or 'none'}"
    if not finding.message.strip():
        yield f"a Finding without a text: {short(finding)}"


def is_json(value: Any) -> bool:
    """Whether a value is plain JSON: text, numbers, truth values, None, lists and mappings of text."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return True
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_json(item) for key, item in value.items())
    return isinstance(value, (list, tuple)) and all(map(is_json, value))


_ROWS = ({"text": "Hello", "label": "greeting", "n": 7, "none": None, "list": [1, {"a": "b"}]},) * 3


@rule("options")
def proposes(case: OptionsCase) -> Iterator[str]:
    """propose gives None, or a Proposal whose options the step takes, with a sureness from 0 to 1."""
    given = attempt(case.cls.propose, list(_ROWS))
    if given.error is not None or not isinstance(given.value, (Proposal, type(None))):
        yield f"it gave {short(given.error or given.value)}"
    elif given.value is not None:
        options = msgspec.json.encode(given.value.options)
        taken = attempt(lambda: case.cls.model_validate_json(options, strict=True))
        if taken.error is not None or not 0 <= given.value.sure <= 1:
            yield f"it gave {short(given.value)}" + (f": {short(taken.error)}" if taken.error is not None else "")
