"""The local engine: one process reads, maps, decides and routes, in the order of the input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from ..errors import FindingsError
from ..example import Example, Finding
from ..plan import Plan
from ..planning.broken import guarded
from ..watching import Reached, Watch, unwatched
from .ahead import Remains, read_ahead, worth_it
from .answering import need_answers
from .balance import Counts, another, tally_notes
from .deciding import decide
from .dropping import DroppedFile
from .kept import Kept
from .part import Part, Unit, Work
from .reading import read_parts
from .routing import Router, draws
from .sampling import Sampler
from .sharing import can_share, share
from .stages import Stages, ordered
from .warned import Warned


class Result(msgspec.Struct, kw_only=True):
    """What the engine leaves in the staging folder, and what it counted."""

    counts: Counts
    warned: Warned
    figures: dict[str, dict[str, Any]]
    facts: dict[str, dict[str, Any]]
    """Output -> what its checks tell inference."""
    makeup: dict[str, dict[str, Any]]
    """Output -> what its examples are made of."""
    files: dict[str, dict[str, Any]]
    """Path in the run folder -> its lines, bytes, sha256."""
    units: list[Unit]
    speakers: Mapping[str, str]
    samples: Sampler
    hashes: list[str] | None = None
    """Of each input in the plan's order, where they are known already."""


class Engine:
    """Runs a plan. `part_rows` cuts the input finer; it changes nothing in the result."""

    def __init__(
        self,
        plan: Plan,
        *,
        limit: int | None = None,
        part_rows: int | None = None,
        progress: Watch | None = None,
        ahead: bool = False,
        warned: Warned | None = None,
    ):
        """`warned` takes what is found, in place of a new one."""
        self.plan, self.limit, self.part_rows = plan, limit, part_rows
        self.tell = progress or unwatched
        self.counts_tokens = plan.model is not None and bool(plan.checks)
        self.ahead = ahead and not self.counts_tokens and worth_it(plan)  # else threads have the second core
        self.hashes: list[str] | None = None
        self.counts = Counts(examples={}, steps=[], losses={})
        self.warned = warned if warned is not None else Warned(kinds={})
        self.units: list[Unit] = []
        self.speakers: Mapping[str, str] = {}
        self.stages = Stages(plan, self.counts, names=draws(plan.split))
        self.shares = ahead and worth_it(plan) and can_share(plan, self.stages)
        self.kept = [Kept(output) for output in self.stages.outputs]

    def write(self, folder: Path, scratch: Path) -> Result:
        """Reads all input and writes every file of data into `folder`; lines wait in `scratch` where they must. Raises
        FindingsError where no example is left, PluginError where the counts do not balance."""
        samples = Sampler(self.plan)
        keeps = any(kept.asks_splits for kept in self.kept)
        with (
            closing(Router(self.plan, folder, scratch, keeps=keeps)) as router,
            DroppedFile(folder / "dropped.jsonl") as dropped,
        ):
            for work in self._finished():
                self._settle(work, dropped)
                ordinals = router.route(work, self.counts)
                samples.look(work)
                for kept, written in zip(self.kept, work.outputs, strict=True):
                    kept.add(work, written, ordinals)
            self.tell(Reached(self.counts.read, doing="writing"))
            files = {**router.finish(self.counts, self.warned), "dropped.jsonl": dropped.facts()}
        self.counts.verify()
        need_answers(self.stages)
        self.tell(Reached(self.counts.read, doing="judging"))
        for finding in chain.from_iterable(kept.meet(router.codes, self.units) for kept in self.kept):
            self.warned.add(finding)
        if not any(sum(splits.values()) for splits in self.counts.examples.values()):
            raise FindingsError(self.counts.nothing_left(), hint="'ftprep preview' shows what each step does")
        figures, facts = self._judge(router.codes)
        return Result(
            counts=self.counts,
            warned=self.warned,
            figures=figures,
            facts=facts,
            makeup={str(kept.output.output): kept.makeup.as_json() for kept in self.kept},
            files=files,
            units=self.units,
            speakers=self.speakers,
            samples=samples,
            hashes=self.hashes,
        )

    def examples(self) -> Iterator[Example]:
        """The examples after the common steps, as a stream; nothing is written. Raises RecipeError at its end where
        answers of a model were missing."""
        last = len(self.stages.segments) - 1
        for work in self._decided():
            yield from self.stages.segment(last, work).examples
        need_answers(self.stages)

    def parts(self) -> Iterator[Part]:
        """The parts of the input, up to the limit; notes units and speakers on the way."""
        left = self.limit
        before = [runner.order for runner in self.stages.before]
        for part in read_parts(self.plan, self.stages.before, part_rows=self.part_rows):
            if part.gather is not None and self.plan.gather is not None:
                with guarded(self.plan.gather.origin, "failed in speakers"):
                    part.speakers = part.gather.speakers({})
            self._note(part)
            if left is not None:
                left -= part.cut(left)
            part.count(before)
            part.share = part.share if left is None else None
            yield part
            if left == 0:
                return

    def _note(self, part: Part) -> None:
        """What is known from here on: the unit, and the speakers."""
        if len(self.units) <= part.unit.index:
            self.units.append(part.unit)
        if part.speakers and not self.speakers:
            self.speakers = part.speakers
            self.stages.introduce(self.speakers)

    def _rooted(self) -> Iterator[Work]:
        """The roots of all parts, read in this process or ahead of it."""
        if not self.ahead:
            yield from map(self.stages.rooter, self.parts())
            return
        for item in read_ahead(self.parts(), self.stages.begin, self._remains):
            if isinstance(item, Remains):
                self._remember(item)
            else:
                self._note(item.part)
                yield item

    def _finished(self) -> Iterator[Work]:
        """Works with the lines of every output; where the work is shared, their steps ran in other processes."""
        if not self.shares:
            yield from ordered(self._decided(), self.stages.finish, threads=self.counts_tokens)
            return
        rows = 0
        for item in share(self.parts(), self.stages, self._remains):
            if isinstance(item, Remains):
                self._remember(item)
            else:
                self._note(item.part)
                rows += item.part.read
                self.tell(Reached(rows, item.part.share))
                yield item

    def _remains(self, hashes: bool = True) -> Remains:
        inputs = [input_ for source in self.plan.sources for input_ in source.inputs] if hashes else []
        tallies = {order: run.tallies for order, run in self.stages.runs.items() if run.tallies}
        return Remains([input_.sha256() for input_ in inputs], tallies)

    def _remember(self, remains: Remains) -> None:
        self.hashes = self.hashes or remains.hashes or None
        for order, tallies in remains.tallies.items():
            self.stages.runs[order].tallies.update(tallies)

    def _decided(self) -> Iterator[Work]:
        """Works that have passed every decision; the last segment is still before them."""
        stages = self.stages
        works = self._counted(self._rooted())
        if len(stages.segments) == 1:
            yield from works
            return
        works = map(partial(stages.segment, 0), works)
        for index, (_, select) in enumerate(stages.segments[:-1]):
            assert select is not None
            works = decide(works, select)
            if index + 2 < len(stages.segments):
                works = map(partial(stages.segment, index + 1), works)
        yield from works

    def _counted(self, works: Iterator[Work]) -> Iterator[Work]:
        rows = 0
        for work in works:
            rows += work.part.read
            self.tell(Reached(rows, work.part.share))
            yield work

    def _settle(self, work: Work, dropped: DroppedFile) -> None:
        """Counts of a part, its drops on file, its findings noted."""
        self.counts.read += work.part.read
        read = self.counts.steps[0]
        bad = [lost for lost in work.lost if lost.order == 0]
        read.entered += work.part.read
        read.left += work.part.read - len(bad)
        read.dropped.update(lost.reason for lost in bad)
        self.stages.add_up(work)
        self.counts.dropped += sum(lost.rows for lost in work.lost)
        dropped.write(work.part.unit, lost := sorted(work.lost, key=lambda lost: (lost.first, lost.order)))
        self.warned.note_all(work)
        self.warned.lose(work.part.unit, lost)

    def _judge(self, codes: bytearray) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
        figures: dict[str, dict[str, Any]] = {}
        facts: dict[str, dict[str, Any]] = {}
        for kept in self.kept:
            output = kept.output
            kept.tell(codes, self.counts.examples[str(output.output)])
            self.counts.losses[str(output.output)] = output.losses.as_json(self.counts.steps[output.order].dropped)
            for check in output.checks:
                verdict = check.judge()
                facts.setdefault(str(output.output), {}).update(verdict.contract)
                if verdict.figures:
                    of_output = figures.setdefault(str(output.output), {})
                    of_output[another(check.label, of_output)] = dict(verdict.figures)
                for finding in verdict.findings:
                    self.warned.add(msgspec.structs.replace(finding, step=finding.step or check.label))
            if not sum(self.counts.examples[str(output.output)].values()):
                text = f"no example was left for '{output.output}'"
                self.warned.add(Finding("FT301", text, "see its drops in dropped.jsonl", "error", step=output.label))
        for order, run in self.stages.runs.items():
            tally_notes(self.counts.steps[order], run.tallies)
        return figures, facts
