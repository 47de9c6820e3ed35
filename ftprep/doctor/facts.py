"""What a draft has to know of the whole file: the classes, and which texts for an ending occur nowhere."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

import msgspec

from ..errors import FtprepError
from ..example import Example
from ..registry import Registry
from ..steps import ModelFacts
from ..template import as_text
from ..tokens import pieces_for

SEPARATORS = ("\n\n###\n\n", "\n\n---\n\n", "\n\n***\n\n", "\n\n=====\n\n", "\n\n~~~~~\n\n", "\n\n<<<>>>\n\n")
"""Ends of a prompt, the usual one first."""
STOPS = (" END", " <END>", " [[END]]", " <<<END>>>", " ~~END~~")
"""Ends of a completion, the usual one first."""
MOST_CLASSES = 1000
"""More different values than this are no classes."""
MANY_CLASSES = 36
"""Above a few dozen classes numbers stand for their names (the advice of OpenAI's guide of 2023)."""
_ENOUGH = 20
"""Characters of a shared ending that are of interest."""


class Facts(msgspec.Struct, kw_only=True):
    """What one look at all examples tells."""

    examples: int = 0
    classes: Counter[str] = msgspec.field(default_factory=Counter)
    """Class -> rows, in the order in which they are first met; empty where there are too many, or no label."""
    too_many: bool = False
    separator: str | None = None
    """One that occurs in no text; None: each prompt ends in the same text already."""
    stop: str | None = None
    """One that occurs in no text; None: each completion ends in the same text already."""
    ends: tuple[str, str] = ("", "")
    """What all prompts, and all completions, end with already."""


def facts_of(examples: Iterable[Example], label: str | None) -> Facts:
    """The facts of all examples, in one pass and little memory."""
    facts, free = Facts(), {**{mark: mark.strip() for mark in SEPARATORS}, **{mark: mark for mark in STOPS}}
    ends: list[str | None] = [None, None]
    answers: set[str] = set()
    for example in examples:
        facts.examples += 1
        for text in (f" {message.text}" for message in example.messages):
            for ending in [ending for ending, core in free.items() if core in text]:
                if not text.endswith(ending):
                    del free[ending]
        if label is not None and not facts.too_many:
            facts.classes[as_text(example.fields.get(label)).strip()] += 1
            facts.too_many = len(facts.classes) > MOST_CLASSES
        answer = example.answer
        if answer is not None and len(example.messages) > 1:
            ends = [_shared(ends[0], example.messages[-2].text), _shared(ends[1], answer.text)]
            if len(answers) < 2:
                answers.add(answer.text)
    facts.classes.pop("", None)
    several = len(answers) > 1
    facts.ends = (_ending(ends[0]) if several else "", _ending(ends[1]) if several else "")
    facts.separator = None if facts.ends[0] else _first(SEPARATORS, free, "\n\n#{}#\n\n")
    facts.stop = None if facts.ends[1] else _first(STOPS, free, " #END{}#")
    return facts


def _shared(before: str | None, text: str) -> str:
    """The end that both have."""
    last = text[-_ENOUGH:]
    if before is None:
        return last
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(reversed(before), reversed(last), strict=False))
    return "".join(char for char, _ in same)[::-1]


def _ending(text: str | None) -> str:
    """A shared end from its first sign that is no letter; a single sign may be chance."""
    text = text or ""
    at = next((n for n, char in enumerate(text) if not char.isalnum()), None)
    mark = text[at:] if at is not None else ""
    return mark if len(mark.strip()) > 1 or (mark.strip() and "\n" in mark) else ""


def _first(endings: Sequence[str], free: Mapping[str, str], form: str) -> str:
    return next((ending for ending in endings if ending in free), form.format("7f3a9c"))


def codes_of(classes: Mapping[str, int], model: ModelFacts | None, registry: Registry) -> tuple[dict[str, str], str]:
    """Codes for classes whose names are no good answers, and why: numbers for many, letters for names of several
    tokens (of the model, else of the encoding most models have). None are needed: an empty mapping."""
    names = sorted(classes)
    if len(names) > MANY_CLASSES:
        return {name: str(n) for n, name in enumerate(names, 1)}, f"{len(names)} classes: numbers are short answers"
    cut = pieces_for(model if model is not None and model.tokenizer else _usual(registry), registry)
    if cut is None or not names:
        return {}, ""
    with suppress(FtprepError):  # an encoding whose tables are not there tells nothing
        long = [name for name, tokens in zip(names, cut(names), strict=True) if len(tokens) > 1]
        if long:
            letters = _letters(cut)
            if len(letters) >= len(names):
                return dict(zip(names, letters, strict=False)), f"'{long[0]}' is more than one token"
    return {}, ""


def _letters(cut: Callable[[Sequence[str]], list[list[bytes]]]) -> list[str]:
    """Codes that are one token, with and without a space before them."""
    letters = [chr(ord("A") + n) for n in range(26)]
    letters += [a + b for a in letters for b in letters[:26]]
    both = zip(letters, cut(letters), cut([f" {code}" for code in letters]), strict=True)
    return [code for code, bare, spaced in both if len(bare) == len(spaced) == 1]


def _usual(registry: Registry) -> ModelFacts | None:
    """A model of the encoding that most of those have that can be tuned."""
    models = [facts for facts in registry.models() if facts.tokenizer is not None and facts.formats]
    count = Counter(facts.tokenizer for facts in models)
    return max(models, key=lambda facts: count[facts.tokenizer], default=None)
