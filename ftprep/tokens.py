"""Counting tokens through a tokenizer plugin, and finding out which model a recipe means. Knows no provider."""

from __future__ import annotations

import operator
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import msgspec

from .errors import PluginError, Problem, RecipeError, did_you_mean, nearest
from .planning.broken import broken, guarded
from .steps import ModelFacts

if TYPE_CHECKING:
    from .registry import Registered, Registry

Tokenise = Callable[[Sequence[str]], list[int]]
Load = Callable[[str], Tokenise]
"""`Tokenizer.load` of a plugin: an encoding's name -> the function that counts with it."""

Pieces = Callable[[Sequence[str]], list[list[bytes]]]
"""What gives the tokens of texts, as the bytes each stands for."""

_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_loaded: dict[tuple[Any, str], Any] = {}
_loading = threading.Lock()


class Counter:
    """Counts tokens exactly. Tables are loaded at the first count, once a process; each distinct text is counted once
    a call. Threads may share it, and it can be sent to another process.
    """

    def __init__(self, load: Load, encoding: str, origin: Registered | None = None):
        """`origin` is the tokenizer that `load` belongs to."""
        self._load, self._encoding, self._origin = load, encoding, origin

    def __call__(self, texts: Sequence[str]) -> list[int]:
        """The count of each text, in order. Raises DataError where the encoding's tables are not to be had."""
        if not texts:
            return []
        distinct = dict.fromkeys(texts)
        some = list(distinct)
        counts = self._counts(some)
        if len(some) == len(texts):
            return counts
        table = dict(zip(some, counts, strict=True))
        return list(map(table.__getitem__, texts))

    def _counts(self, texts: list[str]) -> list[int]:
        """The tokenizer's counts, held to the contract."""
        origin = self._origin
        with guarded(origin, f"failed to count tokens of '{self._encoding}'") if origin is not None else nullcontext():
            counts = list(map(operator.index, _tokenise(self._load, self._encoding)(texts)))
        if len(counts) == len(texts):
            return counts
        what = f"gave {len(counts)} counts for {len(texts)} texts"
        if origin is not None:
            raise broken(origin, what)
        raise PluginError(f"the tokenizer for '{self._encoding}' ({getattr(self._load, '__qualname__', '')}) {what}")


def _tokenise(load: Any, encoding: str) -> Any:
    key = (load, encoding)
    if key not in _loaded:
        with _loading:
            if key not in _loaded:
                _loaded[key] = load(encoding)
    return _loaded[key]


def counter_for(model: ModelFacts | None, registry: Registry) -> Tokenise | None:
    """What counts the tokens of a model; None where there is no model. It costs nothing until it is called; then it
    raises RecipeError for a model whose encoding nobody knows.
    """
    if model is None:
        return None
    origin = tokenizer_of(model, registry)
    if origin is not None and model.tokenizer is not None:
        return Counter(origin.cls.load, model.tokenizer, origin)

    def refuse(texts: Sequence[str]) -> list[int]:
        raise not_countable(model, registry.models(), encodings_of(registry))

    return refuse


def pieces_for(model: ModelFacts | None, registry: Registry) -> Pieces | None:
    """What cuts texts into the tokens of a model, as `counter_for` counts them."""
    if model is None:
        return None
    origin = tokenizer_of(model, registry)

    def pieces(texts: Sequence[str]) -> list[list[bytes]]:
        if origin is None:
            raise not_countable(model, registry.models(), encodings_of(registry))
        cut: list[list[bytes]] = _tokenise(origin.cls.load_pieces, model.tokenizer or "")(texts)
        return cut

    return pieces


def encodings_of(registry: Registry) -> list[str]:
    """The encodings that are known by name."""
    return [encoding for item in registry.all("tokenizer") for encoding in item.cls.encodings()]


def tokenizer_of(model: ModelFacts, registry: Registry) -> Registered | None:
    """The tokenizer that counts for a model: the one that knows the encoding's name, else the one that reads its file;
    None where nobody does."""
    name, every = model.tokenizer, registry.all("tokenizer")
    if name is None:
        return None
    by_name = (item for item in every if name in item.cls.encodings())
    return next(by_name, None) or next((item for item in every if item.cls.knows(name)), None)


def resolve_model(
    model: str | Mapping[str, Any] | None, models: Sequence[ModelFacts], encodings: Sequence[str]
) -> ModelFacts | None:
    """The facts of the model a recipe names; None where it names none.

    A dated snapshot and a tuned model (`ft:MODEL:...`) have their base's facts; the form {name, tokenizer, context}
    adds to them or changes them. An unknown name is no error before its tokens are to be counted.
    Raises RecipeError for a tokenizer that nobody knows.
    """
    if model is None:
        return None
    given = {"name": model} if isinstance(model, str) else dict(model)
    if (tokenizer := given.get("tokenizer")) is not None and tokenizer not in encodings:
        raise _unknown_encoding(tokenizer, encodings)
    facts = find_model(given["name"], models)
    if facts is None:
        return ModelFacts(**given)
    return facts if len(given) == 1 else msgspec.structs.replace(facts, **given)


def find_model(name: str, models: Sequence[ModelFacts]) -> ModelFacts | None:
    """The facts for a model's name, alias, dated snapshot or tuned model; None where nobody knows it."""
    known = {alias: facts for facts in reversed(models) for alias in (*facts.aliases, facts.name)}
    base = _base(name)
    return known.get(name) or known.get(base) or known.get(_DATED.sub("", base))


def not_countable(model: ModelFacts, models: Sequence[ModelFacts], encodings: Sequence[str]) -> RecipeError:
    """The error for a model whose tokens nobody here can count: it names the models that are known."""
    if model.tokenizer is not None:
        return _unknown_encoding(model.tokenizer, encodings)
    known = [facts.name for facts in models]
    near = nearest(model.name, known)
    guess = f"did you mean '{near}'? " if near else ""
    text = f"model '{model.name}' is not known, so its tokens cannot be counted"
    return _problem("FT125", text, f"{guess}known: {', '.join(known) or 'none'}; or give {{name, tokenizer, context}}")


def _base(name: str) -> str:
    """`ft:BASE:org:suffix:id` and the older `BASE:ft-org:suffix` are tuned from BASE."""
    parts = name.split(":")
    return parts[1] if parts[0] == "ft" and len(parts) > 1 else parts[0]


def _unknown_encoding(name: str, encodings: Sequence[str]) -> RecipeError:
    return _problem("FT126", f"tokenizer '{name}' is not known", did_you_mean(name, encodings))


def _problem(code: str, message: str, hint: str) -> RecipeError:
    return RecipeError(Problem(code=code, message=message, hint=hint, path="model"))
