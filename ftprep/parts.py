"""Parts of a big JSON document, by their paths, in the order of the document and in bounded memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple, TextIO

from .errors import DataError
from .files import Input

LONGEST = 32 << 20
"""Characters between two parts, or of one: a quote that never closes must not fill the memory. What is passed over, and
is whole, is not counted."""
DEEPEST = 100
"""Levels of nesting inside a part."""
_CHUNK = 1 << 17
_AGAIN = "export it again, or fetch the whole file"
_Events = Iterator[tuple[str, Any]]


class Part(NamedTuple):
    """A value of a document, or an object on the way to one that is entered."""

    path: str
    """Its keys, joined by dots; an element of an array is `item`. Empty: the document itself."""
    value: Any
    """None for an object that is entered: what comes next is inside it."""
    twice: str = ""
    """A key that stands twice in an object of the value, which has the last one's value."""


def json_parts(source: Input, paths: Collection[str], encoding: str | None = None) -> Iterator[Part]:
    """The values at these paths (`chats.list.item.messages.item`), one at a time; what lies beside them is passed over.

    `encoding`: as of `Input.text`. Raises DataError for what is no JSON or breaks off, after what could be read of it,
    and for a value that is longer than `LONGEST` or deeper than `DEEPEST`.
    """
    import ijson

    walk = _Walk(source.name, frozenset(paths))
    if not source.head(1024).strip():
        raise DataError("there is nothing in it", hint=_AGAIN, file=source.name)
    with source.text(encoding) as text:
        events = ijson.basic_parse(walk.stream(text), use_float=True)
        try:
            event, value = next(events)
            yield from walk.parts(events, "", event, value)
            for _ in events:  # raises where something follows
                pass
        except (ijson.JSONError, StopIteration):
            hint = _AGAIN if walk.given else "check that it is the right file"
            text_ = f"the JSON is damaged or ends too early, after {walk.given:,} values"
            raise DataError(text_, hint=hint, file=source.name) from None


class _Stream:
    """What the parser reads: UTF-8, whatever the file's encoding; and not on and on inside one value."""

    def __init__(self, text: TextIO, name: str):
        self._text, self._name = text, name
        self.since = 0

    def read(self, size: int) -> bytes:
        piece = self._text.read(_CHUNK) if size else ""
        self.since += len(piece)
        if self.since > LONGEST:
            hint = "is a quote or bracket missing?"
            raise DataError(f"a value is longer than {LONGEST >> 20} million characters", hint=hint, file=self._name)
        return piece.encode("utf-8", "surrogatepass")


class _Walk:
    def __init__(self, name: str, wanted: frozenset[str]):
        self._name, self._wanted = name, wanted
        self._ways = {path[:at] for path in wanted for at, c in enumerate(path) if c == "."} | {""}
        self.given = 0

    def stream(self, text: TextIO) -> _Stream:
        self._stream = _Stream(text, self._name)
        return self._stream

    def parts(self, events: _Events, path: str, event: str, value: Any) -> Iterator[Part]:
        """The parts in the value that begins with this event."""
        if path in self._wanted:
            part = self._built(events, path, event, value)
            self._stream.since = 0
            self.given += 1
            yield part
        elif path not in self._ways or event not in ("start_map", "start_array"):
            self._pass(events, event)
        elif event == "start_map":
            yield Part(path, None)
            for event, key in events:
                if event == "end_map":
                    return
                event, value = next(events)
                yield from self.parts(events, f"{path}.{key}" if path else key, event, value)
        else:
            below = f"{path}.item" if path else "item"
            for event, value in events:
                if event == "end_array":
                    return
                yield from self.parts(events, below, event, value)

    def _pass(self, events: _Events, event: str) -> None:
        depth = int(event in ("start_map", "start_array"))
        while depth:
            event, _ = next(events)
            depth += (event in ("start_map", "start_array")) - (event in ("end_map", "end_array"))
            self._stream.since = 0

    def _built(self, events: _Events, path: str, event: str, value: Any) -> Part:
        if event not in ("start_map", "start_array"):
            return Part(path, value)
        here: Any = {} if event == "start_map" else []
        top, key, twice = here, "", ""
        above: list[tuple[Any, str]] = []
        for event, value in events:
            if event == "map_key":
                key = value
                twice = key if key in here else twice
                continue
            if event in ("end_map", "end_array"):
                if not above:
                    break
                here, key = above.pop()
                continue
            new: Any = {} if event == "start_map" else [] if event == "start_array" else value
            if isinstance(here, dict):
                here[key] = new
            else:
                here.append(new)
            if event in ("start_map", "start_array"):
                above.append((here, key))
                here = new
                if len(above) >= DEEPEST:
                    hint = "no export is like that; check the file"
                    raise DataError(f"a value is nested more than {DEEPEST} levels deep", hint=hint, file=self._name)
        return Part(path, top, twice)
