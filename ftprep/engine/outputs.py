"""The last stage of a part: each output's own steps, checks and writer, down to encoded lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec

from ..example import Drop, Example, Finding
from ..plan import Output
from ..planning.broken import broken, guarded, kind_of
from ..planning.items import Planned
from ..steps import Check, Lossy, StepRun, Verdict, Writer
from .losses import Losses
from .makeup import makeup_of
from .part import Work, Written
from .runner import MapRunner, Runner, keep
from .splitwise import split_values
from .wellmade import wrong_in

_SURROGATE = "text with half a character (a lone surrogate)"


class CheckRunner(Runner):
    """A check at work on one output."""

    def __init__(self, planned: Planned[Check], run: StepRun, order: int, output: str):
        super().__init__(planned, run, order, output)
        self.check = planned.step
        self.one = self.start()
        self.keyed = type(self.check).key is not Check.key
        self.by_split = self.check.by_split
        with guarded(self.origin, "failed in state"):
            self.state = self.check.state()

    def __call__(self, work: Work) -> list[list[Any]]:
        """The values of each example that stays; drops are taken out of the work."""
        looks = self.each(self.one, work.examples, "look_all")
        delta = work.delta(self.order)
        delta.entered += len(looks)
        if not any(map(_SPECIAL.__contains__, map(type, looks))):
            delta.left += len(looks)
            if looks.count(None) == len(looks):
                return [_NOTHING] * len(looks)
            return [[value] if value is not None else _NOTHING for value in looks]
        values, kept = [], []
        for i, look in enumerate(looks):
            found = self._sort(work, i, look)
            if found is not None:
                values.append(found)
                kept.append(i)
        work.examples = [work.examples[i] for i in kept]
        work.roots = [work.roots[i] for i in kept]
        delta.left += len(kept)
        return values

    def keys(self, examples: Sequence[Example]) -> list[Any]:
        """The keys of examples that are written."""
        return self.each(self.check.key, examples, "key_all")

    def add(self, values: Sequence[Any]) -> None:
        """Adds the values of examples that were kept."""
        with guarded(self.origin, "failed in add"):
            self.check.add(self.state, values)

    def seen(self, values: Sequence[Any]) -> Any:
        """A state that has seen only these values."""
        with guarded(self.origin, "failed in add"):
            state = self.check.state()
            self.check.add(state, values)
        return state

    def merge(self, state: Any) -> None:
        """Adds what was seen elsewhere."""
        with guarded(self.origin, "failed in merge"):
            self.check.merge(self.state, state)

    def judge(self) -> Verdict:
        """What it makes of all it saw."""
        with guarded(self.origin, "failed in judge"):
            verdict = self.check.judge(self.state, self.run)
        if not isinstance(verdict, Verdict):
            raise broken(self.origin, f"judged with {kind_of(verdict)}, not with a Verdict")
        with guarded(self.origin, "gave figures or facts that are no JSON"):
            msgspec.json.encode([dict(verdict.figures), dict(verdict.contract)])
        with guarded(self.origin, "gave findings that are none"):
            wrong = next(filter(None, map(wrong_in, verdict.findings)), "")
        if wrong:
            raise broken(self.origin, wrong)
        return verdict

    def _sort(self, work: Work, i: int, look: Any) -> list[Any] | None:
        values: list[Any] = []
        for item in look if isinstance(look, list) else [look]:
            if isinstance(item, (Drop, Finding)):
                keep(work, self, work.roots[i], work.examples[i], item)
                if isinstance(item, Drop):
                    return None
            elif item is not None:
                values.append(item)
        return values


_NOTHING: list[Any] = []
"""What most checks say of most examples: one list for all."""
_SPECIAL = frozenset({Drop, Finding, list})


class OutputRunner(Runner):
    """One output at work: steps, then checks, then the writer."""

    def __init__(
        self, output: Output, run: StepRun, order: int, steps: Sequence[MapRunner], checks: Sequence[CheckRunner]
    ):
        super().__init__(output.writer, run, order, output.folder)
        self.planned_output = output
        self.writer: Writer = output.writer.step
        self.one = self.start()
        self.steps, self.checks = steps, checks
        self.losses = Losses()
        self.encode = msgspec.json.Encoder().encode

    def __call__(self, work: Work) -> Written:
        """The lines of this output; `work.examples` are changed, so each output gets its own copy of the lists."""
        for step in self.steps:
            step(work)
        values: list[list[list[Any]]] = []
        for check in self.checks:
            before = work.examples
            seen = check(work)
            if work.examples is not before:  # what a later check drops, an earlier one has not seen
                values = _only(values, before, work.examples)
            values.append(seen)
        return self.write(work, values)

    def take(self, work: Work, written: Written) -> None:
        """Lets the checks note what they saw of a part; counts what its rows lost."""
        self.losses.add(len(written.lines), written.losses, work.part.unit.place)
        if written.states is not None:
            for check, state in zip(self.checks, written.states, strict=True):
                check.merge(state)
        else:
            for check, values in zip(self.checks, written.values, strict=True):
                check.add(values)

    def write(self, work: Work, values: list[list[list[Any]]]) -> Written:
        rows = self.each(self.one, work.examples, "encode_all")
        delta = work.delta(self.order)
        delta.entered += len(rows)
        lost: dict[int, tuple[str, ...]] = {}
        kept: Sequence[int] = range(len(rows))
        if set(map(type, rows)) & {Drop, Lossy, type(None)}:
            rows, kept = self._sorted_out(work, rows, lost)
        try:
            lines = list(map(self.encode, rows))
        except (UnicodeEncodeError, TypeError, ValueError, OverflowError):
            lines, still = self._encode_singly(work, rows, kept)
            kept = still
        delta.left += len(lines)
        roots = work.roots if len(kept) == len(work.roots) else [work.roots[i] for i in kept]
        whole = len(kept) == len(work.examples)
        flat = [list(chain.from_iterable(of if whole else [of[i] for i in kept])) for of in values]
        written = Written(lines, roots, flat)
        self._lose(work, written, {i: lost[i] for i in kept if i in lost} if lost else lost)
        seen = values if whole else [[of[i] for i in kept] for of in values]
        self._note(written, work.examples if whole else [work.examples[i] for i in kept], seen)
        return written

    def _note(self, written: Written, examples: Sequence[Example], values: Sequence[list[list[Any]]]) -> None:
        """What written examples are made of, their keys with the value that goes with each, and values by split."""
        with guarded(self.origin, "failed in as_written"):
            written.makeup = makeup_of(examples, self.writer.as_written(examples), self.writer.carries)
        seen = list(zip(self.checks, values, strict=False))
        keyed = [(check, of) for check, of in seen if check.keyed]
        written.keys = [check.keys(examples) for check, _ in keyed]
        written.met = [[one[0] if one else None for one in of] for _, of in keyed]
        written.by_split = [split_values(check.check, check.origin, of) for check, of in seen if check.by_split]

    def _lose(self, work: Work, written: Written, lost: Mapping[int, tuple[str, ...]]) -> None:
        """Counts what the rows that are written lost, and reports it where that is asked for."""
        for i, names in lost.items():
            root = work.roots[i]
            written.losses.add(names, (work.first[root], work.last[root]))
            for name in dict.fromkeys(names):
                text, hint = (
                    f"'{self.output}' cannot carry '{name}', so it is lost",
                    "write another format, or take it out",
                )
                self._report(work, i, "FT305", text, hint)
        work.delta(self.order).notes += Counter(f"lost: {name}" for names in lost.values() for name in names)

    def _drop(self, work: Work, i: int, drop: Drop) -> None:
        keep(work, self, work.roots[i], work.examples[i], drop)
        self._report(work, i, "FT306", f"'{self.output}' cannot hold a row: {drop.reason}", "mend it, or leave it out")

    def _report(self, work: Work, i: int, code: str, text: str, hint: str) -> None:
        if self.writer.on_loss != "allow":
            finding = Finding(code, text, hint, self.writer.on_loss)
            keep(work, self, work.roots[i], work.examples[i], finding)

    def _sorted_out(
        self, work: Work, rows: Sequence[Any], lost: dict[int, tuple[str, ...]]
    ) -> tuple[list[Any], list[int]]:
        written, kept = [], []
        for i, row in enumerate(rows):
            if isinstance(row, Drop):
                self._drop(work, i, row)
                continue
            if isinstance(row, Lossy):
                lost[i] = row.lost
                row = row.row
            if row is None:
                raise broken(self.origin, f"returned None for {work.examples[i].source}")
            written.append(row)
            kept.append(i)
        return written, kept

    def _encode_singly(self, work: Work, rows: Sequence[Any], kept: Sequence[int]) -> tuple[list[bytes], list[int]]:
        lines, still = [], []
        for row, i in zip(rows, kept, strict=True):
            try:
                lines.append(self.encode(row))
                still.append(i)
            except UnicodeEncodeError:
                self._drop(work, i, Drop(_SURROGATE, content=_printable(work.examples[i])))
            except (TypeError, ValueError, OverflowError) as error:
                raise broken(self.origin, f"made a row that is no JSON for {work.examples[i].source}", error) from error
        return lines, still


def _only(values: list[list[list[Any]]], before: Sequence[Example], after: Sequence[Example]) -> list[list[list[Any]]]:
    """The values of the examples that are still there; both lists hold the same objects in the same order."""
    kept, at = [], 0
    for example in after:
        while before[at] is not example:
            at += 1
        kept.append(at)
        at += 1
    return [[of_check[i] for i in kept] for of_check in values]


def _printable(example: Example) -> Any:
    """Content in which half characters are shown as escapes, so that it can be written."""
    from .part import content_of

    clean = example.map_text(lambda text: text.encode("utf-8", "backslashreplace").decode())
    return content_of(clean.with_(fields={}))
