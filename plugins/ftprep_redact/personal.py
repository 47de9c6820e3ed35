"""The check `personal`: secrets and personal data in what is written."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ftprep import Check, Drop, Example, Finding, Note, Shown, StepRun, Table, Topic, Verdict

from .codes import CODES
from .doubt import doubtful
from .kinds import FINDERS, Kind
from .pseudonyms import Book
from .read import texts_of
from .redact import redacted
from .wanted import cutter, refuse_impossible

_WHAT = {
    "key": "a secret (the key or token of a service)", "email": "an e-mail address", "iban": "an account number (IBAN)",
    "card": "the number of a payment card", "phone": "a phone number", "ip": "an internet address",
}  # fmt: skip
_NAMES = {
    "key": "secrets of services", "email": "e-mail addresses", "iban": "account numbers (IBAN)",
    "card": "payment cards", "phone": "phone numbers", "ip": "internet addresses",
}  # fmt: skip
_PSEUDONYM = re.compile(r"\[[A-Z]+_[0-9]+\]")


class Personal(Check):
    """Finds personal data and secrets, by the patterns of the transformer `redact`, and where that looks in messages.

    What was found is told by kind and place; the values themselves appear nowhere in the report. After `redact` with
    the same options it finds nothing. Figures: kind -> how many, and the kinds that are `looked_for`.
    """

    name: ClassVar[str] = "personal"
    problem_codes = CODES
    topic: ClassVar[Topic] = "personal"

    kinds: list[Kind] = Field(default=["key", "email", "iban", "card", "phone"])
    """What to look for, as in `redact`: `key` (secrets of services), `email`, `iban`, `card`, `phone`, `ip`."""
    extra: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")], str] = {}
    r"""Kinds of your own, as in `redact`: name -> regular expression, such as `customer: 'K-\d{6}'`."""
    on_fail: Literal["warning", "error", "drop"] | None = None
    """What such an example leads to: a finding, one that marks the result as not ok, or the example is dropped.
    Default: an error for a secret, a warning for the rest."""
    seconds: float = Field(default=1.0, gt=0, le=60)
    """How long one pattern of `extra` may take on one text."""

    @model_validator(mode="after")
    def _can_be_done(self) -> Personal:
        refuse_impossible(self.kinds, self.extra)
        return self

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """What finds, and tells by kind."""
        return _Look(self)

    def look(self, example: Example) -> Any:
        """Each kind as often as it was found, with a Finding for each kind; or a Drop."""
        return self.start(StepRun())(example)

    def judge(self, state: Counter[str], run: StepRun) -> Verdict:
        """How many of each kind."""
        return Verdict(figures={**dict(sorted(state.items())), "looked_for": [*self.kinds, *self.extra]})

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """How often which kind was found; what was found is shown nowhere."""
        kinds = figures.get("looked_for") or []
        found = [[_NAMES.get(kind, kind), n] for kind, n in figures.items() if kind != "looked_for"]
        for_ = ", ".join(_NAMES.get(kind, kind) for kind in kinds)
        if not found:
            return [Note(f"None was found of what was looked for: {for_}.", "good")]
        looked = Note(f"Looked for: {for_}. What was found is not shown.")
        return [Table(head=["what", "times"], rows=found, caption="Found in the texts"), looked]

    def said(self, found: Counter[str]) -> Any:
        """What is told of an example."""
        if self.on_fail == "drop":
            told = ", ".join(f"{kind}: {n}" for kind, n in sorted(found.items()))
            return Drop("secret in the text" if "key" in found else "personal data in the text", told)
        return [*found.elements(), *(self._finding(kind) for kind in sorted(found))]

    def _finding(self, kind: str) -> Finding:
        hint = "put pseudonyms in its place with 'redact', or drop such examples with personal: {on_fail: drop}"
        if kind == "key":
            hint = "withdraw it where it was issued, and take it out with 'redact'"
            return Finding("FT341", f"the text has {_WHAT[kind]}", hint, self._level("error"))
        if kind in _WHAT:
            if kind not in Personal.model_fields["kinds"].default:
                hint = hint.replace("'redact'", f"'redact: {{kinds: [{kind}]}}'")
            return Finding("FT342", f"the text has {_WHAT[kind]}", hint, self._level("warning"))
        hint = hint.replace("'redact'", f"'redact' (with '{kind}' under its 'extra')")
        return Finding("FT343", f"the text has what the pattern '{kind}' describes", hint, self._level("warning"))

    def too_long(self) -> Drop | Finding:
        """What is told of an example that a pattern cannot be done with."""
        if self.on_fail == "drop":
            return Drop("pattern takes too long", f"more than {self.seconds:g} s on one text")
        text = f"a pattern takes more than {self.seconds:g} s on the text, which was not looked through"
        return Finding("FT344", text, "write a pattern that repeats less, or give it more 'seconds'", self._level())

    def _level(self, usual: Literal["warning", "error"] = "warning") -> Literal["warning", "error"]:
        return "error" if self.on_fail == "error" else "warning" if self.on_fail == "warning" else usual


class _Look:
    """What finds, and tells by kind."""

    def __init__(self, check: Personal):
        self._check = check
        self._cut = cutter(check.kinds, check.extra, check.seconds)

    def __call__(self, example: Example) -> Any:
        book = Book(self._cut)
        try:
            redacted(example, book)
        except TimeoutError:
            return self._check.too_long()
        return self._check.said(book.found) if book.found else None

    def look_all(self, examples: Sequence[Example]) -> list[Any]:
        """The same for many: only those are looked at that may have something."""
        if self._check.extra:
            return list(map(self, examples))
        texts, ends = texts_of(examples)
        looks: list[Any] = [None] * len(examples)
        found = {place for place, kind in doubtful(texts, self._check.kinds) if _finds(kind, texts[place])}
        for at in {bisect_right(ends, place) for place in found}:
            looks[at] = self(examples[at])
        return looks


def _finds(kind: Kind | None, text: str) -> bool:
    """Whether a finder may have something in a text. JSON, and what is beside pseudonyms, is looked at in pieces."""
    in_pieces = text[:1] in ("{", "[") or _PSEUDONYM.search(text) is not None
    return kind is None or in_pieces or any(True for _ in FINDERS[kind](text))
