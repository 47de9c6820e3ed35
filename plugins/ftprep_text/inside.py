"""Changing text wherever it stands: in messages, or in columns, in lists and objects too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ftprep import Column, Example

Change = Callable[[str], str]


def inside(value: Any, change: Change) -> Any:
    """A field's value with `change` applied to every text in it."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, (list, tuple)):
        return [inside(item, change) for item in value]
    if isinstance(value, dict):
        return {key: inside(item, change) for key, item in value.items()}
    return value


def changed(example: Example, change: Change, columns: Column | Sequence[Column] | None) -> Example:
    """The example with changed text: of these columns, else of its messages, else of all columns."""
    if columns is None and example.messages:
        return example.map_text(change)
    asked = [columns] if isinstance(columns, str) else columns
    names = example.fields if asked is None else asked
    made = {name: inside(example.fields[name], change) for name in names if name in example.fields}
    same = all(made[name] == example.fields[name] for name in made)
    return example if same else example.with_(fields={**example.fields, **made})
