"""What a file is for: all that the installed steps could make of its rows, narrowed to what the user says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ..errors import RecipeError, did_you_mean
from ..example import Row
from ..offers import Registered
from ..planning.broken import guarded
from ..registry import Registry
from ..steps import ModelFacts, Proposal
from .data import Data

LIKELY = 0.3
"""What is less sure is taken only where the user names the task or a column."""
_NEAR = 0.15
"""Two ways that are nearer than this are a question."""
_UNSURE = 0.45
"""Below this even the surest way is a question."""

_KNOWN: list[Row] = [{"text": f"Some text to be read {n}", "label": "ab"[n % 2]} for n in range(8)]
"""A table that any step understands which makes messages of classified texts."""


class Way(msgspec.Struct, frozen=True):
    """A step, and how it would make messages of the rows."""

    step: Registered
    proposal: Proposal

    @property
    def task(self) -> str:
        """What the result is for."""
        return self.proposal.task or self.proposal.kind


def ways(data: Data, registry: Registry) -> list[Way]:
    """All ways, the surest first."""
    return sorted(_all(data.rows, registry), key=lambda way: -way.proposal.sure)


def chosen(
    found: Sequence[Way], data: Data, registry: Registry, *, task: str | None, text: str | None, label: str | None
) -> list[Way]:
    """The ways that are left when a task and columns are named: `text` is what is read, `label` the class or answer.

    Raises RecipeError for a task or column that is none, and where no way is left.
    """
    for column in filter(None, (text, label)):
        if column not in data.columns:
            raise RecipeError(f"{data.name}: there is no column '{column}'", hint=did_you_mean(column, data.columns))
    if text is not None and text == label:
        raise RecipeError(f"--text and --label both name '{text}'", hint="name two columns")
    said = any(word is not None for word in (task, text, label))
    left = [way for way in found if task in (None, way.task) and (said or way.proposal.sure >= LIKELY)]
    fitting = [way for way in left if _has(way.proposal, text, label)]
    if not fitting and label is not None:
        fitting = [_moved(way, text, label) for way in left[:1]] or _named(registry, task, text, label)
    if not fitting:
        raise _no_way(found, data, task)
    return fitting


def writers_for(way: Way, registry: Registry, model: ModelFacts | None = None) -> list[Registered]:
    """Writers for what a way makes; with a model, of those that can tune it."""
    shape = getattr(way.step.cls, "shapes", None) or "chat"
    able = [item for item in writers_of_kind(way.proposal.kind, registry) if item.cls.shape == shape]
    return [item for item in able if model is None or not model.formats or item.name in model.formats]


def writers_of_kind(kind: str, registry: Registry) -> list[Registered]:
    """The writers that are made for this kind of data, those of most models first; where there is none, those that are
    for any."""
    formats = [name for facts in registry.models() for name in facts.formats]
    every = sorted(registry.all("writer"), key=lambda item: -formats.count(item.name))
    own = [item for item in every if kind in item.cls.kinds]
    return own or [item for item in every if not item.cls.kinds]


def steps_of(way: Way, registry: Registry) -> list[Any]:
    """The step with those that go with it, as a recipe has them; without those that are not installed."""
    installed = set(registry.names("transformer"))
    beside = [
        [item for item, _ in items if _name_of(item) in installed]
        for items in (way.proposal.before, way.proposal.after)
    ]
    return [*beside[0], {way.step.name: dict(way.proposal.options)}, *beside[1]]


def names_beside(proposal: Proposal) -> frozenset[str]:
    """The steps that a proposal puts before and after its own."""
    return frozenset(_name_of(item) for item, _ in (*proposal.before, *proposal.after))


def _name_of(item: Any) -> str:
    return item if isinstance(item, str) else str(next(iter(item)))


def after_all_rows(found: list[Way], rows: Callable[[], Iterable[Row]]) -> list[Way]:
    """The ways, those of the surest step made again of all rows of the file where the first ones do not tell."""
    first = found[0]
    if not first.proposal.more:
        return found
    with guarded(first.step, "failed to propose"):
        again = [Way(first.step, proposal) for proposal in first.step.cls.proposals_of_all(rows())]
    return [*again, *(way for way in found if way.step is not first.step)] if again else found


def answers_of(found: Sequence[Way]) -> list[Way]:
    """The ways that differ in what only a person can decide: those of the surest, if it asks."""
    first = found[0]
    asking = [way for way in found if way.step is first.step and way.proposal.question == first.proposal.question]
    return asking if first.proposal.question else []


def is_open(found: Sequence[Way]) -> bool:
    """Whether a person should be asked for the task."""
    tasks = first_of_each(found)
    near = len(tasks) > 1 and tasks[0].proposal.sure - tasks[1].proposal.sure < _NEAR
    return len(tasks) > 1 and (near or tasks[0].proposal.sure < _UNSURE)


def first_of_each(found: Iterable[Way]) -> list[Way]:
    """The surest way for each task."""
    first: dict[str, Way] = {}
    for way in found:
        first.setdefault(way.task, way)
    return list(first.values())


def labels_of(found: Sequence[Way]) -> list[str]:
    """The columns that may be the label, where that is a question: the surest is not called like one."""
    first = found[0]
    names = [way.proposal.columns.get("label") for way in found if way.task == first.task]
    sure = [way.proposal.sure for way in found if way.task == first.task]
    open_ = len(sure) > 1 and sure[0] - sure[1] < _NEAR
    return [name for name in dict.fromkeys(names) if name] if open_ else []


def _all(rows: Sequence[Row], registry: Registry) -> list[Way]:
    found: list[Way] = []
    for item in registry.all("transformer"):
        if item.cls.rules_of is None:
            with guarded(item, "failed to propose"):
                found += [Way(item, proposal) for proposal in item.cls.proposals(rows)]
    return found


def _has(proposal: Proposal, text: str | None, label: str | None) -> bool:
    answer = proposal.columns.get("label", proposal.columns.get("answer"))
    return text in (None, proposal.columns.get("text")) and label in (None, answer)


def _moved(way: Way, text: str | None, label: str) -> Way:
    """The same way with other columns."""
    columns = way.proposal.columns
    part = "label" if "label" in columns else "answer"
    wanted = {columns.get(part): label, **({columns.get("text"): text} if text is not None else {})}
    moves = {old: new for old, new in wanted.items() if old is not None}
    if text is None and columns.get("text") == label:  # the two change places
        moves[label] = columns[part]
    options = {key: _swapped(value, moves) for key, value in way.proposal.options.items()}
    named = {key: moves.get(column, column) for key, column in columns.items()}
    proposal = msgspec.structs.replace(way.proposal, options=options, columns=named, sure=1.0, why="you say so")
    return Way(way.step, proposal)


def _swapped(value: Any, moves: Mapping[str, str]) -> Any:
    """An option's value, a column or a template, with other columns."""
    if isinstance(value, (list, tuple)):
        return [_swapped(item, moves) for item in value]
    if not isinstance(value, str):
        return value
    if value in moves:
        return moves[value]
    for n, old in enumerate(moves):
        value = value.replace(f"{{{old}}}", f"{{\0{n}}}")
    for n, new in enumerate(moves.values()):
        value = value.replace(f"{{\0{n}}}", f"{{{new}}}")
    return value


def _named(registry: Registry, task: str | None, text: str | None, label: str) -> list[Way]:
    """What is made of columns that are called `text` and `label`, with the columns that are named."""
    if text is None:
        return []
    found = [way for way in _all(_KNOWN, registry) if task in (None, way.task) and "label" in way.proposal.columns]
    return [_moved(way, text, label) for way in found[:1]]


def _no_way(found: Sequence[Way], data: Data, task: str | None) -> RecipeError:
    columns = ", ".join(data.columns[:8]) + (", …" if len(data.columns) > 8 else "")
    known = [way.task for way in first_of_each(found)]
    if task is None or not known:
        text = f"{data.name}: no installed step knows what to make of the columns {columns}"
        return RecipeError(text, hint="say what they are: --text COLUMN --label COLUMN")
    hint = f"it could be for {', '.join(known)}; or say which columns: --text COLUMN --label COLUMN"
    return RecipeError(f"{data.name}: the columns {columns} do not look like data for '{task}'", hint=hint)
