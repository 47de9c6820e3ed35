"""The figures of the checks as sections of a run's page, by what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from markupsafe import Markup

from ..errors import FtprepError
from ..registry import Registry
from ..steps import Check
from ..steps.showing import Note, Shown, Topic, plainly
from .cells import cut, said
from .parts import together as below
from .shown import together
from .turns import turns

TOPICS: Mapping[Topic, str] = {
    "lengths": "Lengths in tokens",
    "turns": "Roles and turns",
    "labels": "Labels",
    "repeats": "Duplicates, contradictions, leakage",
    "text": "The text itself",
    "personal": "Personal data",
    "cost": "Tokens and cost",
    "other": "Other checks",
}
"""Topic -> heading, in the order of the page."""
Figures = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Output -> check -> its figures, as the manifest has them."""


class Looked(msgspec.Struct):
    """What a check has to show of one output."""

    topic: Topic
    output: str
    label: str
    figures: Any
    body: Markup


def sections(figures: Figures, makeup: Mapping[str, Any], registry: Registry) -> Iterator[tuple[str, Markup]]:
    """Heading and body, for the topics that there is something to show of."""
    looked = [
        _looked(output, label, of, registry) for output, checks in figures.items() for label, of in checks.items()
    ]
    for topic, title in TOPICS.items():
        parts = list(turns(makeup)) if topic == "turns" else []
        parts += _alike([one for one in looked if one.topic == topic], several=len(figures) > 1)
        if parts:
            yield title, below(*parts)


def missing(figures: Figures, registry: Registry) -> dict[str, str]:
    """What was not looked at -> the lines of a recipe that bring it, as far as checks are installed for it."""
    labels = {label for checks in figures.values() for label in checks}
    there = {cls.topic for label in labels if (cls := check_of(label, registry)) is not None}
    made: dict[str, str] = {}
    for topic, title in TOPICS.items():
        able = [item for item in registry.all("check") if item.cls.topic == topic and _alone(item.cls)]
        if topic not in there and topic not in ("turns", "other") and able:
            asks = all(item.cls.asks_model for item in able)
            made[title] = f"check: [{', '.join(item.name for item in able)}]" + (" and model: NAME" if asks else "")
    return made


def _alone(cls: type[Check]) -> bool:
    """Its name is enough: no option has to be given."""
    return not any(field.is_required() for field in cls.model_fields.values())


def check_of(label: str, registry: Registry) -> type[Check] | None:
    """The check that a label in the manifest names (`tokens`, `tokens 2`); None: it is not installed any more."""
    try:
        found: type[Check] = registry.get("check", re.sub(r" \d+$", "", label)).cls
    except FtprepError:
        return None
    return found


def _looked(output: str, label: str, figures: Mapping[str, Any], registry: Registry) -> Looked:
    cls = check_of(label, registry)
    made, topic = None, "other" if cls is None else cls.topic
    before: list[Shown] = []
    if cls is not None:
        try:
            made = together(cls.show(figures))
        except Exception as error:  # a plugin's mistake in what it shows must not cost the run
            before = [Note(f"'{label}' failed to show its figures ({type(error).__name__}: {error}); here they are.")]
    if made is None:
        made = together([*before, *_plain(figures)])
    return Looked(topic if topic in TOPICS else "other", output, label, figures, made)


def _plain(figures: Any) -> Sequence[Shown]:
    """Figures as they stand, whatever they are."""
    return plainly(figures) if isinstance(figures, Mapping) else [Note(said(figures))]


def _alike(looked: Sequence[Looked], *, several: bool) -> Iterator[Markup]:
    """What a check found; what is the same for several outputs is shown once."""
    groups: dict[tuple[str, bytes], list[Looked]] = {}
    for one in looked:
        groups.setdefault((one.label, msgspec.json.encode(one.figures)), []).append(one)
    order = list(dict.fromkeys(one.label for one in looked))
    for (label, _), same in sorted(groups.items(), key=lambda group: order.index(group[0][0])):
        whose = said([one.output for one in same], 150) if several else ""
        yield Markup('<h3>{} <span class="of">{}</span></h3>').format(cut(label, 60), whose) + same[0].body
