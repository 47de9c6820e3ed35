"""`mentions`: the `@name` of messengers becomes a plain name, or goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import ClassVar, Literal

import regex

from ftprep import Example, Map, StepRun

from .names import plain_name
from .split import SPEAKERS

_HANDLE = r"[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_.\-]*[\p{L}\p{M}\p{N}_])?"
_BEFORE = r"(?<![\p{L}\p{N}_.\-/@])"
"""An @ behind a letter is of an e-mail address, one behind a slash of a link."""
_ISOLATED = "@[\u2068\u2066\u2067](?P<isolated>[^\u2069\n]{1,100})\u2069"
_CODE = r"<@[!&]?(?P<code>[A-Za-z0-9]+)(?:\|(?P<label>[^>\n]{1,100}))?>"


class Mentions(Map):
    """Takes the marks away from `@name`, in conversations and, before `split_talks`, in the column `text`.

    A name of several words is known where one of the conversation's speakers, or of `people`, is called so, or where
    the messenger puts marks around it. E-mail addresses stay.
    """

    name: ClassVar[str] = "mentions"

    to: Literal["name", "nothing"] = "name"
    """`name`: `@Ann` becomes `Ann`; `nothing`: it goes, with the space behind it."""
    people: dict[str, str] = {}
    """Who is meant by what stands behind the @, as the log has it: `{"491701234567": Ann}`."""

    @cached_property
    def _known(self) -> Mapping[str, str]:
        return {plain_name(handle): name for handle, name in self.people.items()}

    def start(self, run: StepRun) -> Callable[[Example], Example]:
        """What changes mentions, and counts them."""
        return lambda example: self._changed(example, lambda: run.tally("mentions"))

    def apply(self, example: Example) -> Example:
        """The example with plain names."""
        return self._changed(example, lambda: None)

    def _changed(self, example: Example, found: Callable[[], None]) -> Example:
        pattern = _pattern(frozenset((*_names(example), *self.people)), self.to == "nothing")

        def name(match: regex.Match[str]) -> str:
            found()
            if self.to == "nothing":
                return ""
            handle = next(filter(None, (match["isolated"], match["code"], match["plain"])))
            return self._known.get(plain_name(handle), match["label"] or handle)

        def change(text: str) -> str:
            if "@" not in text:
                return text
            made = pattern.sub(name, text)
            return made if self.to == "name" or made == text else made.strip()

        if example.messages:
            return example.map_text(change)
        text = example.fields.get("text")
        return example.with_(fields={**example.fields, "text": change(text)}) if isinstance(text, str) else example


@lru_cache(maxsize=256)
def _pattern(names: frozenset[str], space: bool) -> regex.Pattern[str]:
    """What finds mentions of these people, and of names of one word; with the space behind it."""
    long = {name for name in names if not regex.fullmatch(_HANDLE, name) and name.strip()}
    known = (r"\s+".join(map(regex.escape, name.split())) for name in sorted(long, key=lambda n: (-len(n), n)))
    plain = "|".join((*(f"{name}(?![\\p{{L}}\\p{{N}}])" for name in known), _HANDLE))
    behind = "[ \\t]?" if space else ""
    return regex.compile(rf"(?:{_ISOLATED}|{_CODE}|{_BEFORE}@(?P<plain>{plain})){behind}", regex.IGNORECASE)


def _names(example: Example) -> Iterable[str]:
    for message in example.messages:
        if message.name:
            yield message.name
    listed = example.fields.get(SPEAKERS)
    yield from (name for name in (listed if isinstance(listed, list) else ()) if isinstance(name, str))
