"""Tool calls and tool definitions as data have them: OpenAI's objects, and the JSON texts of ShareGPT data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ftprep import ToolCall, as_text


def calls_of(value: Any, first: int) -> tuple[ToolCall, ...]:
    """Calls from a list of OpenAI's, or from one or several `{name, arguments}`, be they JSON text. Calls without an id
    are numbered from `first`. Raises ValueError, saying what is wrong."""
    value = parsed(value)
    items = value if isinstance(value, (list, tuple)) else [value]
    return tuple(_call(item, f"call_{first + n}") for n, item in enumerate(items))


def tools_of(value: Any) -> tuple[dict[str, Any], ...]:
    """Tool definitions from a list (or JSON text of one); a bare function is put into a tool. Raises ValueError."""
    value = parsed(value) if value not in (None, "") else []
    items = value if isinstance(value, (list, tuple)) else [value]
    if not all(isinstance(item, Mapping) for item in items):
        raise ValueError("the tools are no objects")
    return tuple(dict(item) if "function" in item else {"type": "function", "function": dict(item)} for item in items)


def results_of(text: str) -> Sequence[str]:
    """The results that one text has as a JSON list of objects with a `content` each; none where it is no such text."""
    try:
        items = parsed(text) if text.lstrip().startswith("[") else ()
    except ValueError:
        return ()
    whole = isinstance(items, list) and all(isinstance(item, Mapping) and "content" in item for item in items)
    return [as_text(item["content"]) for item in items] if whole else ()


def parsed(value: Any) -> Any:
    """What a JSON text says; anything else as it is. Raises ValueError for text that is no JSON."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"no JSON: {error}") from None


def _call(item: Any, id_: str) -> ToolCall:
    if not isinstance(item, Mapping):
        raise ValueError("a call is no object")
    function = item.get("function", item)
    name = function.get("name") if isinstance(function, Mapping) else None
    if not isinstance(name, str) or not name:
        raise ValueError("a call has no name")
    arguments = function.get("arguments", function.get("parameters", {}))
    text = arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
    return ToolCall(as_text(item.get("id")) or id_, name, text)


def listed(value: Any) -> Sequence[Any]:
    """A list, or the list a JSON text says. Raises ValueError."""
    value = parsed(value)
    if not isinstance(value, (list, tuple)):
        raise ValueError("no list of messages")
    return value
