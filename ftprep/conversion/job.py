"""`ftprep.convert`: one file of training rows into another format, with a report of what did not come along."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from .. import plan as planning
from .. import recipe as recipes
from ..doctor.data import Data, opened
from ..doctor.prepared import stem_of
from ..engine.local import Engine
from ..engine.part import Lost
from ..engine.warned import Warned
from ..errors import DataError, FindingsError, Problem, RecipeError
from ..example import Example, Finding, Source
from ..planning.items import Planned
from ..planning.sources import SourcePlan
from ..recipe import Item
from ..registry import Registered, Registry
from ..remote.training import run_of
from ..steps.ends import OnLoss
from ..watching import Watch
from .kinds import format_named, format_of, writer_named
from .put import free, moved, refused
from .steps import READ, Decode, proven

_LOST = "FT390"
_SETTING = re.compile(r"\s*\w+(\.\w+)*\s*=")


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows of a file."""

    file: Path | None
    """The new file; None where nothing was written: a dry run, or a loss that was to be an error."""
    source: str
    """How messages call the file that was read."""
    format: str
    """The format that its rows have."""
    to: str
    read: int
    unchanged: int
    """Rows that say all they said."""
    changed: int
    """Rows that are written without something."""
    lost: dict[str, dict[str, Any]]
    """What was lost -> in how many rows (`count`), and the first places."""
    not_written: dict[str, int]
    """Reason -> rows that could not be read, or not be written in the new format."""
    findings: tuple[Problem, ...]

    @property
    def written(self) -> int:
        """Rows of the new file."""
        return self.unchanged + self.changed

    @property
    def ok(self) -> bool:
        """No finding at error level."""
        return not any(problem.level == "error" for problem in self.findings)

    def _repr_html_(self) -> str:
        from .notebook import converted_html

        return converted_html(self)


def convert(
    path: Path | str,
    *,
    to: str,
    out: Path | str | None = None,
    from_: str | None = None,
    options: Mapping[str, Any] | Sequence[str] = (),
    on_loss: OnLoss = "warning",
    dry_run: bool = False,
    registry: Registry | None = None,
    progress: Watch | None = None,
) -> Converted:
    """Writes the rows of a training file in another format: that of the writer `to`.

    The rows' own format is found by the writers that read them, or named by `from_`. `options` are those of the writer,
    `steps` among them (`{"names": True}` or `["names=true"]`). `out` is a new file, by default beside the data, or the
    run folder it stands in: `<stem>_<writer>.jsonl`; nothing is ever overwritten. `on_loss`: what of a row cannot be
    carried, and a row that cannot be read or written at all, is counted (`allow`), reported (`warning`), or an error,
    after which there is no file. The path `-` is standard input.

    Raises RecipeError for formats and options that are not known, DataError for what cannot be read, OutputError where
    the file is there already or cannot be written, FindingsError where no row is left.
    """
    registry = registry or Registry.installed()
    writer = writer_named(to, registry, "--to")
    reads = format_named(from_, registry) if from_ is not None else None
    recipe = _loaded(to, options, on_loss)
    data = opened(Path(path), registry)
    reads = reads or format_of(data.rows, registry, data.name)
    plan = _plan(data, reads, recipe, registry)
    target = Path(out) if out is not None else _beside(data, writer.name)
    if not dry_run:
        free(target)
    beside = None if dry_run else target.parent
    with refused(target), tempfile.TemporaryDirectory(prefix=".ftprep-", dir=beside) as name:
        done = _run(plan, Path(name), _listening(data, on_loss), progress)
        if dry_run or (on_loss == "error" and (done.changed or done.not_written)):
            return done
        moved(Path(name) / plan.outputs[0].folder / "train.jsonl", target)
    return msgspec.structs.replace(done, file=target)


def _beside(data: Data, writer: str) -> Path:
    """Beside the data; where that stands in a run folder, which a new run replaces, beside the folder."""
    stem = stem_of(data)
    try:
        run, _ = run_of(stem.parent)
    except DataError:
        return stem.with_name(f"{stem.name}_{writer}.jsonl")
    return run.with_name("_".join([run.name, *stem.relative_to(run).parts, f"{writer}.jsonl"]))


def _loaded(to: str, options: Mapping[str, Any] | Sequence[str], on_loss: OnLoss) -> recipes.Recipe:
    """The recipe whose only output is the file. Raises RecipeError for an option that cannot be read."""
    given = options if isinstance(options, Mapping) else {}
    sets = [] if isinstance(options, Mapping) else list(options)
    for text in sets:
        if not _SETTING.match(text):
            raise RecipeError(f"--option: '{text}' sets nothing", hint="write KEY=VALUE, such as names=true")
    write = [{to: {"on_loss": on_loss, **given}}]
    with _optional():
        return recipes.load(
            {"version": 1, "name": "convert", "read": "data", "write": write},
            sets=[f"write[0].{to}.{text}" for text in sets],
        )


@contextmanager
def _optional() -> Iterator[None]:
    """Mistakes in here are those of the options: no recipe stands anywhere."""
    try:
        yield
    except RecipeError as error:
        raise RecipeError(*(Problem(code=p.code, message=p.message, hint=p.hint, file="--option")
                            for p in error.problems)) from None  # fmt: skip


def _plan(data: Data, reads: Registered, recipe: recipes.Recipe, registry: Registry) -> planning.Plan:
    """The plan of the recipe, with the file as its source and a step that decodes its rows."""
    assert data.reader is not None and data.source is not None
    with _optional():
        plan = planning.build(recipe, registry, data=[Example()])
    options = {"path": data.path, **data.options}
    source = SourcePlan(data.reader.cls(**options), data.reader, Item(data.reader.name, options, ("read",)),
                        (data.source,), options)  # fmt: skip
    step = Decode.model_construct(writer=reads.name, decode=reads.cls.decode)
    (output,) = plan.outputs
    writer = msgspec.structs.replace(output.writer, step=proven(output.writer.step, output.writer.origin))
    return msgspec.structs.replace(
        plan,
        sources=(source,),
        steps=(Planned(step, Item(READ, None, ("transform", 0)), reads, {}),),
        outputs=(msgspec.structs.replace(output, writer=writer),),
    )


def _listening(data: Data, on_loss: OnLoss) -> Warned:
    """What takes the findings: those of the file are told first, a row that cannot be read as `on_loss` says."""
    warned = Warned(kinds={})
    for finding in data.findings:
        warned.add(finding)

    def lose(place: Source, lost: Lost) -> None:
        if lost.output is None and on_loss != "allow":
            text = f"a row cannot be read: {lost.reason}" + (f" ({lost.detail})" if lost.detail else "")
            warned.add(Finding(_LOST, text, "mend it, or leave it out", on_loss, None, place, lost.step))

    warned.loss = lose
    return warned


def _run(plan: planning.Plan, folder: Path, warned: Warned, progress: Watch | None) -> Converted:
    """Leaves the rows in `folder`. Raises FindingsError where there are none."""
    scratch = folder / ".scratch"
    scratch.mkdir()
    engine = Engine(plan, warned=warned, progress=progress)
    try:
        engine.write(folder, scratch)
    except FindingsError:
        raise _nothing(plan, engine, warned) from None
    counts = engine.counts.as_json()
    (losses,) = counts["losses"].values()
    return Converted(
        file=None,
        source=plan.sources[0].inputs[0].name,
        format=plan.steps[0].origin.name,
        to=plan.outputs[0].writer.origin.name,
        read=counts["read"],
        unchanged=losses["unchanged"],
        changed=losses["changed"],
        lost=losses["lost"],
        not_written=_dropped(counts),
        findings=(*plan.warnings, *sorted(warned.problems(), key=lambda found: found.line or 0)),
    )


def _nothing(plan: planning.Plan, engine: Engine, warned: Warned) -> FindingsError:
    """Why no row is left: the findings, or where there are none the reasons that were counted."""
    problems = [msgspec.structs.replace(problem, level="error") for problem in warned.problems()]
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in _dropped(engine.counts.as_json()).items())
    why = f" ({reasons})" if not problems else ""
    to = plan.outputs[0].writer.origin.name
    text = f"none of {engine.counts.read} rows can be written as '{to}'{why}; nothing was written"
    hint = "look at the rows, or name their format with --from"
    return FindingsError(*problems, Problem(code="FT300", message=text, hint=hint))


def _dropped(counts: Mapping[str, Any]) -> dict[str, int]:
    """Reason -> rows that went no further."""
    dropped: Counter[str] = Counter()
    for step in counts["steps"]:
        dropped.update(step["dropped"])
    return dict(sorted(dropped.items()))
