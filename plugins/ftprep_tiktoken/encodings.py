"""tiktoken's encodings, built by tiktoken's own constructors from the tables that `tables` finds."""

from __future__ import annotations

import base64
import importlib.util
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .tables import Tables

if TYPE_CHECKING:
    from tiktoken import Encoding

NAMES = ("o200k_base", "o200k_harmony", "cl100k_base", "p50k_base", "p50k_edit", "r50k_base", "gpt2")


def build(name: str, tables: Tables) -> Encoding:
    """The encoding of this name. Pattern, special tokens, URL and sha256 are those of the installed tiktoken.

    Raises DataError where its table is not to be had.
    """
    from tiktoken import Encoding

    constructors = _constructors(lambda url, expected_hash: _ranks(tables.read(url, expected_hash)))
    if name == "gpt2":  # its own files are an older form of the same ranks
        return Encoding(**{**constructors.r50k_base(), "name": "gpt2"})
    return Encoding(**getattr(constructors, name)())


def where(name: str, tables: Tables) -> str:
    """Where the table of this encoding is on this machine, as `Tables.where`."""
    asked: list[str] = []

    def look(url: str, expected_hash: str) -> dict[bytes, int]:
        asked.append(tables.where(url, expected_hash))
        return {}

    constructors = _constructors(look)
    getattr(constructors, "r50k_base" if name == "gpt2" else name)()
    return asked[0] if asked else ""


def _constructors(load: Callable[[str, str], dict[bytes, int]]) -> Any:
    """A private copy of tiktoken's module of constructors, which reads tables our way; tiktoken's stays as it is."""
    spec = importlib.util.find_spec("tiktoken_ext.openai_public")
    if spec is None or spec.loader is None:
        raise ImportError("tiktoken is installed without its encodings (tiktoken_ext.openai_public)")
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    module.load_tiktoken_bpe = load  # type: ignore[attr-defined]
    return module


def _ranks(table: bytes) -> dict[bytes, int]:
    """A table is lines of a token in base64 and its rank."""
    pairs = (line.split() for line in table.splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}
