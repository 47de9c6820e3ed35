"""A model whose tokenizer is a file: found beside the recipe, and kept in a contract so that it is found elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from .errors import RecipeError
from .planning.items import Builder
from .planning.sources import here
from .registry import Registry
from .steps import ModelFacts
from .tokens import encodings_of

Model = str | Mapping[str, Any] | None
_PLACE = ("model", "tokenizer")


def is_file(name: str, registry: Registry) -> bool:
    """Whether a tokenizer takes this name for the path of a file."""
    known = name in encodings_of(registry)
    return not known and any(item.cls.knows(name) for item in registry.all("tokenizer"))


def with_file(builder: Builder, model: Model) -> Model:
    """A recipe's model with the whole path of its tokenizer's file. Raises RecipeError where there is none."""
    if not isinstance(model, Mapping) or not is_file(str(model.get("tokenizer")), builder.registry):
        return model
    name = model["tokenizer"]
    folder = builder.recipe.folder(_PLACE)
    path = folder / name
    if not path.exists():
        text = f"tokenizer '{name}': no such file in {here(folder)}"
        hint = "give its path, relative to the recipe; nothing is downloaded"
        raise RecipeError(builder.recipe.problem(_PLACE, text, hint, code="FT130"))
    return {**model, "tokenizer": path.resolve().as_posix()}


def as_written(facts: ModelFacts | None, model: Model) -> ModelFacts | None:
    """The facts with the tokenizer as the recipe has it: what is kept has no path of this machine in it, unless the
    recipe has one."""
    if facts is None or not isinstance(model, Mapping) or "tokenizer" not in model:
        return facts
    return msgspec.structs.replace(facts, tokenizer=model["tokenizer"])


def found_from(facts: ModelFacts | None, folder: Path, registry: Registry) -> ModelFacts | None:
    """The facts with the whole path of their tokenizer's file: it is looked for from `folder`, and from each folder
    above it, as a contract may have moved together with it. Where it is nowhere, they stay as they are."""
    if facts is None or facts.tokenizer is None or not is_file(facts.tokenizer, registry):
        return facts
    start = folder.resolve()
    paths = (above / facts.tokenizer for above in (start, *start.parents))
    path = next((path for path in paths if path.exists()), None)
    return facts if path is None else msgspec.structs.replace(facts, tokenizer=path.as_posix())
