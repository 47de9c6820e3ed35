"""YAML text becomes a tree of nodes: one pass over the parser's events, in which every mark is at hand."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from yaml import events
from yaml.error import Mark, MarkedYAMLError

from ..errors import Level
from .events import Events
from .node import Entry, Node, Notes, Place, branch, shown
from .scalars import resolve
from .syntax import explain
from .traps import backslashes, hidden, quoted, swallows_item

MAX_DEPTH = 32
"""Levels of lists and mappings within each other."""
MAX_NODES = 10_000
"""Values in one file, aliases unfolded."""

_TEXT_TAG = "tag:yaml.org,2002:str"
_ITEM = "[]"  # ends what _node is told as the key of an item of a list
_PATH_KEYS = ("path", "file", "extends")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Stop(Exception):
    """Nothing more can be read; the reason is noted."""


def parse(text: str, file: str, notes: Notes) -> Node | None:
    """The tree of a recipe's text, or None where it cannot be read at all; what is wrong with it is noted."""
    builder = _Builder(text, file, notes)
    try:
        return builder.document()
    except _Stop:
        return None
    except MarkedYAMLError as error:
        mark, message, hint = explain(error, text, builder.open[-1] if builder.open else None)
        builder.fail(mark, message, hint)
    except (ValueError, OverflowError):  # the scanner's chr() of an escape such as \U00110000
        notes.add("FT101", builder.here(), "an escape that names no character", r"\U takes at most 0010ffff")
    return None


class _Builder:
    def __init__(self, text: str, file: str, notes: Notes):
        self.text, self.file, self.notes = text, file, notes
        self.events = Events(text)
        self.anchors: dict[str, Node | None] = {}  # None while it is being built
        self.unused: dict[str, Place] = {}
        self.open: list[Mark] = []  # right after the brackets and braces around this place
        self.nodes = 0

    def place(self, mark: Mark) -> Place:
        lineless = self.file.startswith("--set")
        return Place(self.file) if lineless else Place(self.file, mark.line + 1, mark.column + 1)

    def here(self) -> Place:
        return self.place(self.events.get_mark())

    def note(self, code: str, mark: Mark, message: str, hint: str, level: Level = "error") -> None:
        self.notes.add(code, self.place(mark), message, hint, level=level)

    def fail(self, mark: Mark, message: str, hint: str) -> None:
        """Notes what ends the parse; what was said about the same line before is about the same mistake."""
        place = self.place(mark)
        self.notes.problems[:] = [p for p in self.notes.problems if (p.file, p.line) != (place.file, place.line)]
        self.notes.add("FT101", place, message, hint)

    def document(self) -> Node | None:
        self.events.take()  # the stream's start
        if not self.events.comes(events.DocumentStartEvent):
            self.notes.add("FT101", Place(self.file), "the recipe is empty", "begin it with 'version: 1'")
            return None
        self.events.take()
        root = self._node(0, "")
        self.events.take()  # the document's end
        if self.events.comes(events.DocumentStartEvent):
            self.note(
                "FT101", self.events.ahead().start_mark, "a second document begins here", "keep one recipe in a file"
            )
        for name, place in self.unused.items():
            hint = f"quote the text if '&' belongs to it, or write *{name} where its value is wanted"
            self.notes.add("FT104", place, f"the anchor '&{name}' is never used", hint, level="warning")
        return root

    def _node(self, depth: int, key: str) -> Node:
        event = self.events.take()
        self._count(1, depth, event.start_mark)
        if isinstance(event, events.AliasEvent):
            return self._alias(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
            self.unused[event.anchor] = self.place(event.start_mark)
        node = self._tagged(event, depth, key)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _count(self, nodes: int, depth: int, mark: Mark) -> None:
        self.nodes += nodes
        if depth > MAX_DEPTH:
            self.note("FT105", mark, f"nested more than {MAX_DEPTH} levels deep", "no recipe needs that; flatten it")
        elif self.nodes > MAX_NODES:
            hint = "a recipe holds options, not data; look for aliases that multiply"
            self.note("FT105", mark, f"more than {MAX_NODES:,} values", hint)
        else:
            return
        raise _Stop

    def _alias(self, event: Any, depth: int) -> Node:
        name, mark = event.anchor, event.start_mark
        self.unused.pop(name, None)
        if name not in self.anchors:
            self.note(
                "FT104", mark, f"there is no anchor '&{name}' for '*{name}'", f"quote a text: {quoted('*' + name)}"
            )
            return Node(None, self.place(mark))
        node = self.anchors[name]
        if node is None:
            self.note("FT104", mark, f"'*{name}' stands inside its own anchor '&{name}'", "remove the alias")
            return Node(None, self.place(mark))
        self._count(node.size - 1, depth + node.height, mark)
        return msgspec.structs.replace(node, place=self.place(mark))

    def _tagged(self, event: Any, depth: int, key: str) -> Node:
        if event.tag is not None and not (event.tag == _TEXT_TAG and isinstance(event, events.ScalarEvent)):
            written = re.split(r"[\s,\]}]", self.text[event.start_mark.index :], maxsplit=1)[0]
            hint = "recipes have no tags; quote a text that begins with '!', remove the tag otherwise"
            self.note("FT104", event.start_mark, f"an unquoted '!' begins a tag: {shown(written)}", hint)
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event, key)
        bracket = event.flow_style and self.text[event.end_mark.index - 1] in "[{"  # the mapping in [a: b] has none
        if bracket:
            self.open.append(event.end_mark)
        is_list = isinstance(event, events.SequenceStartEvent)
        node = self._list(event, depth, key) if is_list else self._mapping(event, depth)
        if bracket:
            self.open.pop()
        return node

    def _scalar(self, event: Any, key: str) -> Node:
        place = self.place(event.start_mark)
        plain = event.style is None
        if plain:
            self._plain_traps(event, key)
        value = self._whole(event)
        if event.style in (None, "'") and key.removesuffix(_ITEM) not in _PATH_KEYS and (escape := backslashes(value)):
            hint = rf'write "{escape}" in double quotes; "\\{escape[1]}" if the backslash is meant'
            self.note("FT104", event.start_mark, f"'{escape}' stays two characters here", hint, "warning")
        if plain and event.tag is None:
            return Node(resolve(value), place, plain=True)
        return Node(value, place)

    def _whole(self, event: Any) -> str:
        """Its text; halves of characters, as JSON writes those beyond U+FFFF, are put together."""
        value: str = event.value
        if _SURROGATE.search(value):
            value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if "\ufffd" in value:
                self.note("FT101", event.start_mark, "an escape that is half a character", "write both halves, or \\U")
        return value

    def _plain_traps(self, event: Any, key: str) -> None:
        comment = hidden(self.text, event.end_mark.index)
        if comment and not event.value:
            what = "this item is empty" if key.endswith(_ITEM) else f"'{key}:' is empty"
            hint = f"quote a text: {quoted(comment)}; a remark has a space after its #"
            self.note("FT104", event.start_mark, f"{what}, for an unquoted # begins a comment", hint)
        elif comment:
            hint = "quote the text if the # belongs to it; a remark has a space after its #"
            message = f"the text ends before {shown(comment)}, for an unquoted # begins a comment"
            self.note("FT104", event.end_mark, message, hint, "warning")
        if swallows_item(self.text[event.start_mark.index : event.end_mark.index]):
            hint = "begin '- ' in the column of the items above; a text of several lines begins with '|'"
            self.note("FT104", event.start_mark, "the line below is read as part of this text", hint)

    def _list(self, event: Any, depth: int, key: str) -> Node:
        items: list[Node] = []
        while not self.events.comes(events.SequenceEndEvent):
            items.append(self._node(depth + 1, key.removesuffix(_ITEM) + _ITEM))
        self.events.take()
        return branch(items, self.place(event.start_mark))

    def _mapping(self, event: Any, depth: int) -> Node:
        entries: dict[str, Entry] = {}
        merged: dict[str, Entry] = {}
        said, bare = len(self.notes.problems), False
        while not self.events.comes(events.MappingEndEvent):
            start = self.events.ahead()
            key = self._key(depth)
            end: Any = start.end_mark if isinstance(start, events.ScalarEvent) else start.start_mark
            between = self.text[end.index : self.events.ahead().start_mark.index + 1]
            bare = bare or (bool(event.flow_style) and ":" not in between)
            node = self._node(depth + 1, key or "")
            if key == "<<" and self.text.startswith("<<", start.start_mark.index):
                self._merge(node, merged)
            elif key is not None:
                self._enter(entries, key, Entry(self.place(start.start_mark), node))
        last = self.events.take()
        if bare:
            del self.notes.problems[said:]  # they are about the inside of what was meant as a text
            self._unquoted_template(event.start_mark, last.end_mark)
        return branch({**merged, **entries}, self.place(event.start_mark))

    def _enter(self, entries: dict[str, Entry], key: str, entry: Entry) -> None:
        if key not in entries:
            entries[key] = entry
            return
        first = entries[key].key.line
        where = f" (first on line {first})" if first else ""
        self.notes.add("FT103", entry.key, f"duplicate key {shown(key)}{where}", "keep one of them")

    def _key(self, depth: int) -> str | None:
        event, said = self.events.ahead(), len(self.notes.problems)
        node = self._node(depth + 1, "")
        if isinstance(event, events.ScalarEvent) and event.value:
            return self._whole(event)
        if isinstance(node.value, str) and node.value:
            return node.value
        del self.notes.problems[said:]
        brace = isinstance(event, events.MappingStartEvent)
        hint = "quote a text that begins with a brace" if brace else "a key is a word before a colon"
        self.note("FT104", event.start_mark, f"a key has to be text (got {shown(node.value)})", hint)
        return None

    def _unquoted_template(self, start: Mark, end: Mark) -> None:
        written = re.sub(r"\s+", " ", self.text[start.index : end.index])
        meant = re.sub(r"^\{\{ ?([^{}]*?) ?\}\}$", r"{\1}", written)
        message = f"{shown(written)} is read as a mapping without values"
        spaces = "write a space after each colon, or " if re.search(r":[^\s,].*,|,.*:[^\s,]", written) else ""
        self.note("FT104", start, message, f"{spaces}quote a template: {quoted(meant)}")

    def _merge(self, node: Node, merged: dict[str, Entry]) -> None:
        parts = node.value if isinstance(node.value, list) else [node]
        for part in parts:
            if not isinstance(part.value, dict):
                hint = "write <<: *anchor, of a mapping"
                self.notes.add("FT104", node.place, f"'<<' takes a mapping (got {shown(part.value)})", hint)
                return
            for key, entry in part.value.items():
                merged.setdefault(key, entry)
