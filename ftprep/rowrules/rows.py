"""What is wrong with a row as it was read, by the rules of one pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from .faults import Fault, Faults, kind_of, listed, short
from .messages import of_message, of_messages, of_order, unknown_keys
from .pack import Kind, Pack
from .tools import of_definitions

_MOST_SHAPES, _LONGEST_SHAPE = 10_000, 50
_ALIKE = 0.8
"""How alike (from 0 to 1) two keys are of which one may be a misspelling."""


class Look:
    """Looks at rows, and remembers the shapes of plain conversations that are right: a file has few."""

    def __init__(self, pack: Pack, order_code: str, kind: str | None = None) -> None:
        """`kind`: what the file is to be; None: rows may be of any kind."""
        self.pack, self.order_code, self.kind = pack, order_code, kind
        self._right: set[tuple[str | None, ...]] = set()

    def found(self, row: Any) -> Sequence[Fault]:
        """All that is wrong with a row, each thing once."""
        shape = _shape(row)
        if shape is not None and shape in self._right:
            return ()
        found = tuple(dict.fromkeys(self._of_row(row)))
        if shape is not None and not found and len(self._right) < _MOST_SHAPES:
            self._right.add(shape)
        return found

    def _of_row(self, row: Any) -> Faults:
        pack = self.pack
        if not isinstance(row, dict):
            yield Fault("FT320", f"a row is {kind_of(row)}, not an object", "write one JSON object a line")
            return
        asked = pack.kinds.get(self.kind or "")
        name = self.kind if asked is not None and _has_all(row, asked) else kind_of_row(row, pack)
        if name is None:
            yield _of_no_kind(row, pack)
            return
        kind = pack.kinds[name]
        if self.kind not in (None, name) and _has_all(row, kind):
            text = f"a row of {name} data in a file of {self.kind} data"
            yield Fault("FT398", text, "make a file of each kind: all rows of a file are of one")
            return
        for key in kind.needs:
            if key not in row:
                yield Fault("FT320", f"a row has no {short(key)}", _instead(key, row, pack) or "add it")
        for key in kind.texts:
            if key in row and not isinstance(row[key], str):
                yield Fault("FT392", f"{short(key)} is {kind_of(row[key])}, not a text", "write a text")
        yield from unknown_keys(row, (*kind.needs, *kind.may), kind.others)
        yield from self._of_talk(row, kind)
        for key in kind.outputs:
            if key in row:
                yield from self._of_output(row[key], key)

    def _of_talk(self, row: dict[str, Any], kind: Kind) -> Faults:
        pack, roles = self.pack, kind.roles or tuple(self.pack.roles)
        where = kind.messages
        if where is None:
            return
        if kind.inside is not None:
            if kind.inside not in row:
                return
            row = row[kind.inside]
            if not isinstance(row, dict):
                text = f"{short(kind.inside)} is {kind_of(row)}, not an object"
                yield Fault("FT393", text, f'write {{"{where}": […]}}')
                return
            yield from unknown_keys(row, (where, *pack.tools.lists, "parallel_tool_calls"), "warning")
        if where not in row and kind.inside is None:
            return  # told as a missing key
        messages = row.get(where)
        yield from of_messages(messages, where, pack, roles)
        yield from of_definitions(row, pack)
        if isinstance(messages, list) and messages:
            yield from self._of_whole(messages, kind)

    def _of_whole(self, messages: Sequence[Any], kind: Kind) -> Faults:
        roles = [message.get("role") for message in messages if isinstance(message, dict)]
        if kind.answer and "assistant" not in roles:
            text = "a conversation has no message of the assistant"
            yield Fault("FT329", text, "add the answer: it is what is learned")
        known = bool(roles) and isinstance(roles[-1], str) and roles[-1] in self.pack.roles
        if kind.last and known and roles[-1] not in kind.last:
            text = f"the messages of a row end with the role {short(roles[-1])}"
            yield Fault("FT394", text, f"end them with {listed(kind.last)}: the answer stands elsewhere")
        if self.pack.order is not None and kind.answer:
            yield from of_order(messages, self.pack.order, self.pack, self.order_code)

    def _of_output(self, output: Any, key: str) -> Faults:
        if not isinstance(output, list) or len(output) != 1 or not isinstance(output[0], dict):
            text = f"{short(key)} is not a list of one message"
            yield Fault("FT393", text, 'write [{"role": "assistant", "content": …}]')
        else:
            yield from of_message(output[0], self.pack, ("assistant",))


def kind_of_row(row: Mapping[str, Any], pack: Pack) -> str | None:
    """The kind a row is of: the first one whose keys it has, else the one of which it has half."""
    for name, kind in pack.kinds.items():
        if _has_all(row, kind) and (not kind.told_by_last or _ends_so(row, kind)):
            return name
    for name, kind in pack.kinds.items():
        if not kind.told_by_last and 2 * sum(key in row for key in kind.needs) >= len(kind.needs):
            return name
    return None


def _has_all(row: Mapping[str, Any], kind: Kind) -> bool:
    return all(key in row for key in kind.needs)


def _ends_so(row: Mapping[str, Any], kind: Kind) -> bool:
    messages = row.get(kind.messages or "")
    last = messages[-1] if isinstance(messages, list) and messages else None
    others = any(key not in kind.needs and key not in kind.may for key in row)
    return isinstance(last, dict) and last.get("role") in kind.last and others


def _of_no_kind(row: Mapping[str, Any], pack: Pack) -> Fault:
    wanted = list(dict.fromkeys(" + ".join(kind.needs) for kind in pack.kinds.values()))
    for key in dict.fromkeys(key for kind in pack.kinds.values() for key in kind.needs if key not in row):
        if like := _instead(key, row, pack):
            return Fault("FT320", f"a row has no {short(key)}", like)
    text = f"a row has none of the keys that rows for {pack.service} have"
    return Fault("FT320", text, f"make rows with one of: {'; '.join(wanted)}")


def _instead(key: str, row: Mapping[str, Any], pack: Pack) -> str:
    """What to do where a key of the row may be a misspelling of this one."""
    known = {name for kind in pack.kinds.values() for name in kind.needs}
    for own in row:
        if isinstance(own, str) and own not in known and SequenceMatcher(None, own.lower(), key).ratio() >= _ALIKE:
            return f"rename {short(own)} to {short(key)}"
    return ""


def _shape(row: Any) -> tuple[str | None, ...] | None:
    """The roles of a row that is nothing but messages of a role and a text; None: it has to be looked at."""
    if row.__class__ is not dict or len(row) > 2:
        return None
    messages = row.get("messages")
    if len(row) == 2:
        prompt, completion = row.get("prompt"), row.get("completion")
        return (None,) if prompt.__class__ is str and completion.__class__ is str else None
    if messages.__class__ is not list or len(messages) > _LONGEST_SHAPE:
        return None
    roles = []
    for message in messages:
        if message.__class__ is not dict or len(message) != 2 or message.get("content").__class__ is not str:
            return None
        role = message.get("role")
        if role.__class__ is not str:
            return None
        roles.append(role)
    return tuple(roles)
