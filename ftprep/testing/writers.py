"""Rules of a Writer: what it writes is JSON, comes back, and says what could not be carried."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Set
from functools import cached_property
from typing import Any

import msgspec

from ..example import Drop, Example, Image, Message
from ..steps import Lossy, Writer
from .rules import rule, short
from .trying import StepCase, attempt

_FEATURES = frozenset({"weight", "tools", "images", "names", "system", "extra", "rejected"})


_NO_ROWS: tuple[Any, ...] = ({}, [], "text", None, 7, {"no": "such row"}, {"messages": "no list"}, {"prompt": 3})


class WriterCase(StepCase):
    """A Writer and the examples it encodes."""

    @property
    def writer(self) -> Writer:
        """The step, as what it is."""
        assert isinstance(self.step, Writer)
        return self.step

    def told(self, value: Any) -> Any:
        """A row as the JSON it becomes: its class does not matter."""
        if isinstance(value, Lossy):
            return (self.told(value.row), value.lost)
        text = attempt(msgspec.json.encode, value)
        return text.value if text.error is None else value

    @cached_property
    def rows(self) -> list[tuple[int, Any, tuple[str, ...]]]:
        """What was written, read back from JSON: number of the sample, row, and what it said was lost."""
        found = []
        for n, tried in enumerate(self.tried):
            if tried.error is None and not isinstance(tried.value, Drop):
                row, lost = (tried.value.row, tried.value.lost) if isinstance(tried.value, Lossy) else (tried.value, ())
                text = attempt(msgspec.json.encode, row)
                if text.error is None:
                    found.append((n, msgspec.json.decode(text.value), lost))
        return found

    @cached_property
    def decodes(self) -> bool:
        """Whether the format can be read back."""
        return type(self.writer).decode.__func__ is not Writer.decode.__func__  # type: ignore[attr-defined]


@rule("writer")
def writes_json(case: WriterCase) -> Iterator[str]:
    """encode gives a JSON value, a Lossy one with the names of what was lost, or a Drop."""
    for n, tried in enumerate(case.tried):
        if tried.error is not None or isinstance(tried.value, Drop):
            continue
        value = tried.value.row if isinstance(tried.value, Lossy) else tried.value
        text = attempt(msgspec.json.encode, value)
        if value is None or text.error is not None:
            yield f"{case.label(n)} gave {short(value)}" + (f": {text.error}" if text.error else "")
        elif isinstance(tried.value, Lossy) and not all(isinstance(name, str) and name for name in tried.value.lost):
            yield f"{case.label(n)} lost {short(tried.value.lost)}"


@rule("writer")
def known_features(case: WriterCase) -> Iterator[str]:
    """carries names features of examples: extra, images, names, rejected, system, tools, weight."""
    yield from (f"carries has {short(name)}" for name in sorted(set(case.writer.carries) - _FEATURES))


@rule("writer")
def knows_its_rows(case: WriterCase) -> Iterator[str]:
    """matches says True of every row the writer made, and False of what is none."""
    if not case.decodes:
        return
    matches = type(case.writer).matches
    for n, row, _ in case.rows:
        if attempt(matches, row).value is not True:
            yield f"{case.label(n)} was written as {short(row)}, which does not match"
    for other in _NO_ROWS:
        found = attempt(matches, other)
        if found.error is not None or found.value is not False:
            yield f"{short(other)} gave {short(found.error or found.value)}"


@rule("writer")
def comes_back(case: WriterCase) -> Iterator[str]:
    """decode(encode(x)) is x, but for what Lossy names and `carries` leaves out."""
    if not case.decodes:
        return
    for n, row, lost in case.rows:
        given = attempt(type(case.writer).decode, copy.deepcopy(row))
        if given.error is not None:
            yield f"{case.label(n)} was written as {short(row)}, and decode raised {short(given.error)}"
            continue
        keep = _texts(case.writer.carries) if lost else _all
        if keep(given.value) != keep(case.samples[n]):
            yield f"{case.label(n)} came back as {short(keep(given.value))}"


def _all(example: Example) -> Any:
    """What no format may lose without a word."""
    return example.messages, example.tools, example.rejected, example.extra


def _texts(carries: Set[str]) -> Callable[[Example], Any]:
    """What is left where a loss was told: the texts of all roles that the format has."""
    without = {"system", "developer"} - ({"system", "developer"} if "system" in carries else set())
    without |= set() if "tools" in carries else {"tool"}

    def texts(example: Example) -> Any:
        said = [("system" if m.role == "developer" else m.role, m.text) for m in example.messages]
        return [one for one in said if one[0] not in without]

    return texts


@rule("writer")
def refuses_rows(case: WriterCase) -> Iterator[str]:
    """decode raises ValueError for what is no row of its format, and nothing else."""
    if not case.decodes:
        return
    for other in _NO_ROWS:
        given = attempt(type(case.writer).decode, other)
        if not isinstance(given.error, ValueError):
            yield f"{short(other)} gave {short(given.error or given.value)}"


@rule("writer")
def sends_what_it_trains(case: WriterCase) -> Iterator[str]:
    """request gives for an example without its answer what prompt_of finds in its row."""
    for n, row, lost in case.rows:
        example: Example = case.samples[n]
        if lost or example.answer is None or any(isinstance(part, Image) for part in example.answer.content):
            continue
        asked = example.with_(messages=(*example.messages[:-1], Message("assistant")))
        sent, trained = attempt(case.writer.request, asked), attempt(case.writer.prompt_of, row)
        if not sent.same(trained):
            what, how = sent.value or sent.error, trained.value or trained.error
            yield f"{case.label(n)} sends {short(what)} and trained {short(how)}"


@rule("writer")
def counts_texts(case: WriterCase) -> Iterator[str]:
    """texts gives a list of texts and a number of tokens from 0."""
    assert case.run.model is not None
    for n, _, _ in case.rows:
        given = attempt(case.writer.texts, case.samples[n], case.run.model)
        if given.error is not None or not _is_count(given.value):
            yield f"{case.label(n)} gave {short(given.error or given.value)}"


def _is_count(value: Any) -> bool:
    if not (isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], int) and value[1] >= 0):
        return False
    return isinstance(value[0], list) and all(isinstance(text, str) for text in value[0])


@rule("writer")
def finishes_inside(case: WriterCase) -> Iterator[str]:
    """finish writes whole files into the folder it is given, and nowhere else."""
    import tempfile
    from pathlib import Path

    from .watch import watching

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with watching() as seen:
            done = attempt(case.writer.finish, folder)
        if done.error is not None and (left := [path.name for path in folder.rglob("*")]):
            yield f"it raised {short(done.error)} and left {short(left)}"
        elsewhere = [path for path in seen.files if not Path(path).resolve().is_relative_to(folder.resolve())]
        yield from (f"it wrote or removed {path}" for path in elsewhere)
