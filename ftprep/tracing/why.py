"""Why an example stands in its split, and what of its rows stands in its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..engine.part import Work
from ..plan import Plan
from ..template import as_text

_LEAST = 3
"""Characters from which a cell's text is looked for inside a longer one, as whole words."""


def why(plan: Plan, source: int, work: Work) -> str:
    """Why a root stands in the split in which it stands."""
    given, rule = plan.sources[source].reader.split, plan.split
    if given is not None:
        return "given by its source in 'read'"
    if rule is None:
        return "the recipe asks for no split"
    if rule.from_ is not None:
        value = work.given[0] if work.given else ""
        return f"given by the column '{rule.from_}' ({value})"
    if work.groups is None:
        return "the recipe holds nothing out"
    name = work.groups[0] if work.groups else b""
    group = f"its group '{name}'" if isinstance(name, str) else "its group (its content)"
    if rule.stable:
        return f"told by {group} alone (stable), seed {plan.recipe.seed}"
    of = f", among those of class '{work.classes[0]}'" if work.classes else ""
    return f"drawn by {group}{of}, seed {plan.recipe.seed}"


def used(cells: Mapping[str, Any], written: Any) -> tuple[str, ...]:
    """The columns whose text stands in what is written, as far as that can be told."""
    texts = list(_texts(written))
    return tuple(name for name, value in cells.items() if _stands(as_text(value).strip(), texts))


def _stands(text: str, texts: Sequence[str]) -> bool:
    if not text:
        return False
    words = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)") if len(text) >= _LEAST else None
    return any(text == other.strip() or (words is not None and words.search(other)) for other in texts)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
