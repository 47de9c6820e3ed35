"""The check `duplicates`: written examples that say the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

import msgspec
import xxhash

from ftprep import Check, Example, Finding, Fix, Message, Met, Note, Shown, StepRun, Table, Text, Topic, Verdict

from .codes import DUPLICATES
from .many import contents
from .texts import Change

_SHOWN = 20
_IN_A_CELL = 5
_EXACT = Fix(change="Keep only the first of equal examples", transform=({"dedupe": {}},), order=10)
_NEAR = Fix(
    change="Keep only the first of examples that differ only in case, white space or variants of characters",
    transform=({"dedupe": {"normalise": True}},),
    order=10,
)
_FOLDED = bytes(ord(" ") if chr(code).isspace() else ord(chr(code).lower()) for code in range(128)) + bytes(128)
"""ASCII without capitals, and with one kind of white space."""
_pack = msgspec.msgpack.Encoder(order="deterministic").encode


class Duplicates(Check):
    """Finds examples whose content was written before, in any split; it drops none of them, which `dedupe` does.

    The content is what is trained: role, text, reasoning and tool calls of all messages, the tools, the rejected
    answer; not names, weights and the ids of calls. Figures: `exact` and `normalised`, the examples that are
    superfluous, and the places of the first `groups`.
    """

    name: ClassVar[str] = "duplicates"
    problem_codes = DUPLICATES
    topic: ClassVar[Topic] = "repeats"

    normalise: bool = True
    """Also examples that differ only in case, white space or compatibility variants of characters."""
    level: Literal["warning", "error"] = "warning"
    """How serious it is; after an error the run is not ok."""

    def look(self, example: Example) -> int | None:
        """16 bits that tell exact duplicates from the others among examples of one key: so few that all values there
        are take little memory, and that one pair in 65,536 is called exact wrongly."""
        return self.look_all([example])[0]

    def key(self, example: Example) -> bytes:
        """Equal content, or content of equal normal form."""
        return self.key_all([example])[0]

    def look_all(self, examples: Sequence[Example]) -> list[int | None]:
        """The same for many."""
        if not self.normalise:
            return [None] * len(examples)
        return [xxhash.xxh3_64_intdigest(content) & 0xFFFF for content in _packed(examples, str)]

    def key_all(self, examples: Sequence[Example]) -> list[bytes]:
        """The keys of many."""
        return list(map(xxhash.xxh3_128_digest, _packed(examples, _normal if self.normalise else str)))

    def meet(self, met: Sequence[Met], run: StepRun) -> Iterator[Finding | dict[str, Any]]:
        """A finding for each but the first, at its place; and the group."""
        seen = {met[0].value}
        exact = 0
        for one in met[1:]:
            same = one.value in seen
            exact += same
            seen.add(one.value)
            yield self._finding(one, same)
        places = [str(one.source) for one in met[:_SHOWN]]
        yield {"exact": exact, "normalised": len(met) - 1 - exact, "places": places}

    def state(self) -> Any:
        """How many there are, and the first groups of places."""
        return {"exact": 0, "normalised": 0, "groups": []}

    def add(self, state: Any, values: Iterable[Any]) -> None:
        """Adds groups; what single examples gave is not kept."""
        for value in values:
            if isinstance(value, dict):
                self.merge(state, {**value, "groups": [value["places"]]})

    def merge(self, state: Any, other: Any) -> None:
        """Adds another state."""
        state["exact"] += other["exact"]
        state["normalised"] += other["normalised"]
        state["groups"] = [*state["groups"], *other["groups"]][:_SHOWN]

    def judge(self, state: Any, run: StepRun) -> Verdict:
        """The figures; the findings were given where examples met."""
        return Verdict(figures=state)

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """How many are superfluous, and where the first of them stand."""
        exact, near = figures.get("exact", 0), figures.get("normalised", 0)
        if not exact and not near:
            return [Note("No example says the same as another.", "good")]
        notes = [
            Note(f"{'1 example repeats' if n == 1 else f'{n:,} examples repeat'} an earlier one{how}", "bad")
            for n, how in ((exact, " word for word."), (near, " but for case, white space or variants of characters."))
            if n
        ]
        rows = [
            [", ".join(places[:_IN_A_CELL]) + (" …" if len(places) > _IN_A_CELL else "")]
            for places in figures["groups"]
        ]
        return [*notes, Table(head=["rows that say the same"], rows=rows, caption=f"The first {_SHOWN} groups at most")]

    def _finding(self, one: Met, same: bool) -> Finding:
        if same:
            text, hint = "the example has the same content as an earlier one", "remove it with 'dedupe'"
            return Finding("FT373", text, hint, self.level, source=one.source, fix=_EXACT)
        text = "the example differs from an earlier one only in case, white space or variants of characters"
        hint = "remove it with 'dedupe: {normalise: true}'"
        return Finding("FT374", text, hint, self.level, source=one.source, fix=_NEAR)


def _packed(examples: Sequence[Example], change: Change) -> list[bytes]:
    """What examples hold, as bytes that are equal for equal content. Roles and texts in turn, where there is nothing
    else: that is packed at once."""
    plain = contents(examples)
    if plain is None:
        return [_content(example, change) for example in examples]
    found, _ = plain
    said = iter(found if change is str else _normal_all(found))
    turns = [[part for message in example.messages for part in (message.role, next(said))] for example in examples]
    try:
        return list(map(_pack, turns))
    except UnicodeEncodeError:
        return list(map(_pack_one, turns))


def _content(example: Example, change: Change) -> bytes:
    if contents([example]) is not None:
        return _packed([example], change)[0]
    said = [[_parts(message, change) for message in some] for some in (example.messages, example.rejected)]
    return _pack_one([*said, example.tools])


def _pack_one(content: list[Any]) -> bytes:
    try:
        return _pack(content)
    except (UnicodeEncodeError, OverflowError, ValueError):  # half characters; integers above 64 bits
        return repr(content).encode("utf-8", "backslashreplace")


def _parts(message: Message, change: Change) -> list[Any]:
    content: Any = message.content
    if isinstance(content, str):
        content = change(content)
    else:
        content = [change(part.text) if isinstance(part, Text) else part for part in content]
    return [message.role, content, message.reasoning, [(call.name, call.arguments) for call in message.tool_calls]]


def _normal(text: str) -> str:
    """Without differences of case, white space and compatibility variants (after Unicode's NFKC_Casefold)."""
    if not text.isascii():
        text = _compatible(_compatible(text).casefold())
    elif text.isprintable() and "  " not in text:  # one line of it, as most are
        return text.lower().strip(" ")
    return " ".join(text.lower().split())


def _normal_all(texts: Sequence[str]) -> list[str]:
    """The same for many: those of ASCII as one text."""
    plain = list(filter(str.isascii, texts))
    raw = "\0".join(plain).encode().translate(_FOLDED)
    if raw.count(b"\0") != len(plain) - 1:  # none is, or a text has a NUL itself
        return list(map(_normal, texts))
    done = iter(_one_space(raw).decode().split("\0"))
    return [next(done) if text.isascii() else _normal(text) for text in texts]


def _one_space(raw: bytes) -> bytes:
    """Texts between NULs without spaces around them, and with one in place of several."""
    import numpy as np

    codes = np.frombuffer(b"".join((b"\0", raw, b"\0")), dtype=np.uint8)
    spaces = codes == ord(" ")
    more = spaces[1:] & (spaces[:-1] | (codes[:-1] == 0))
    if more.any():
        codes = codes[np.r_[True, ~more]]
        spaces = codes == ord(" ")
    last = spaces[:-1] & (codes[1:] == 0)
    return (codes[np.r_[~last, True]] if last.any() else codes)[1:-1].tobytes()


def _compatible(text: str) -> str:
    """In form NFKC; asking whether it has it already is many times faster."""
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)
