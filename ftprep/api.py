"""Every command as a function: what the command line does, from Python, without printing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from . import plan as planning
from . import recipe as recipes
from .bundled import bundled_recipes as bundled_recipes
from .bundled import copy_recipe as copy_recipe
from .bundled import list_recipes as list_recipes
from .engine.local import Engine
from .errors import DataError, FindingsError, Problem, Problems, RecipeError
from .example import Example
from .output import Staging
from .publish import PAGE, leave
from .registry import Registry
from .steps import Split
from .watching import Watch

if TYPE_CHECKING:
    import pandas

RecipeSource = Path | str | Mapping[str, Any]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What a run left."""

    folder: Path
    ok: bool
    """No finding at error level."""
    counts: dict[str, Any]
    """As in the manifest: read, used, dropped, examples, steps."""
    findings: tuple[Problem, ...]
    """What was found in the data."""
    warnings: tuple[Problem, ...] = ()
    """What is to be said about the recipe and the plugins installed."""
    figures: dict[str, Any]
    manifest: dict[str, Any]

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {self.counts[name]}" for name in ("read", "used", "dropped"))
        return f"Run({self.folder.as_posix()!r}, ok={self.ok}, {counts}, findings {len(self.findings)})"

    def _repr_html_(self) -> str:
        from .report.notebook import run_html

        return run_html(self.folder, self.manifest, self.findings, self.warnings)

    @property
    def files(self) -> dict[str, dict[Split, Path]]:
        """Output -> split -> data file."""
        examples: dict[str, dict[Split, int]] = self.counts["examples"]
        return {
            output: {split: self.folder / output / f"{split}.jsonl" for split in splits}
            for output, splits in examples.items()
        }

    def to_pandas(self, split: Split = "train", output: str | None = None) -> pandas.DataFrame:
        """The rows of a split as a frame (of the first output, unless one is named). Raises DataError for a split
        that was not written."""
        import pandas

        name = output if output is not None else next(iter(self.files))
        path = self.files.get(name, {}).get(split)
        if path is None:
            have = ", ".join(f"{o}/{s}" for o, splits in self.files.items() for s in splits)
            raise DataError(f"{self.folder}: there is no {name}/{split}", hint=f"there are: {have}")
        lines = path.read_bytes().split(b"\n")[:-1]
        return pandas.DataFrame([msgspec.json.decode(line) for line in lines])


def make_plan(
    recipe: RecipeSource,
    *,
    data: Any = None,
    set: Mapping[str, Any] | Sequence[str] = (),  # noqa: A002  (the command line's word)
    out: Path | str | None = None,
    limit: int | None = None,
    registry: Registry | None = None,
) -> tuple[planning.Plan, Path]:
    """The plan of a recipe and the run folder it is for. Raises RecipeError with every mistake at once."""
    if limit is not None and limit < 1:
        raise RecipeError(f"limit must be at least 1, not {limit}", hint="leave it out for all rows")
    registry = registry or Registry.installed()
    mistakes: list[Problem] = []
    try:
        loaded = recipes.load(_with_read(recipe, data), sets=_sets(set), mistakes=mistakes)
        target = Path(out) if out is not None else Path("out") / (f"{loaded.name}.limit" if limit else loaded.name)
        return planning.build(loaded, registry, data=data, out=target, mistakes=mistakes), target
    except RecipeError as error:
        raise _no_recipe(recipe, registry) or error from None


def run(
    recipe: RecipeSource,
    *,
    data: Any = None,
    set: Mapping[str, Any] | Sequence[str] = (),  # noqa: A002
    out: Path | str | None = None,
    limit: int | None = None,
    strict: bool = False,
    registry: Registry | None = None,
    progress: Watch | None = None,
    part_rows: int | None = None,
    read_ahead: bool = False,
) -> Run:
    """Reads, transforms, checks, splits and writes.

    `recipe` is a path or a mapping; `data` (a data frame, or an iterable of mappings or Examples) stands in for its
    `read:`. `set` changes values of the recipe (`{"model": "x"}` or `["model=x"]`). `limit` stops after so many rows
    or conversations. With `strict`, error-level findings publish nothing. `progress` is told how far it has come.
    `part_rows` cuts the input finer and `read_ahead` shares the work on large files with other processes (forked, on
    Linux; not for programs with threads of their own): neither changes the result.

    Raises FtprepError: RecipeError, DataError, FindingsError (no example left, or strict), OutputError, PluginError.
    """
    plan, target = make_plan(recipe, data=data, set=set, out=out, limit=limit, registry=registry)
    with Staging(target) as staging:
        engine = Engine(plan, limit=limit, progress=progress, part_rows=part_rows, ahead=read_ahead)
        result = engine.write(staging.folder, staging.scratch())
        manifest, findings = leave(plan, result, staging.folder, limit=limit)
        errors = [problem for problem in findings if problem.level == "error"]
        if strict and errors:
            raise FindingsError(*errors)
        warnings = [*plan.warnings, *_page(plan, manifest, staging.folder)]
        staging.publish()
    return Run(
        folder=target,
        findings=Problems(findings),
        warnings=Problems(warnings),
        manifest=manifest,
        **{key: manifest[key] for key in ("ok", "counts", "figures")},
    )


def _page(plan: planning.Plan, manifest: dict[str, Any], folder: Path) -> list[Problem]:
    """Writes the page of the run, unless the recipe wants none; returns what is to be said of that."""
    if plan.report is None:
        return []
    from .report.again import page_or_problem

    text, problems = page_or_problem(folder, manifest, plan.registry, samples=plan.report.samples > 0)
    (folder / PAGE).write_bytes(text.encode())
    return problems


def stream(
    recipe: RecipeSource,
    *,
    data: Any = None,
    set: Mapping[str, Any] | Sequence[str] = (),  # noqa: A002
    limit: int | None = None,
    registry: Registry | None = None,
) -> Iterator[Example]:
    """The examples after the recipe's common steps, one by one; nothing is written."""
    plan, _ = make_plan(recipe, data=data, set=set, limit=limit, registry=registry)
    yield from Engine(plan, limit=limit).examples()


def _no_recipe(source: RecipeSource, registry: Registry) -> RecipeError | None:
    """For what is no recipe but something that newcomers take for one: data, or the name of a bundled recipe."""
    if isinstance(source, Mapping):
        return None
    path = Path(source)
    if not path.exists() and (bundled_recipes() / path.name / "recipe.yaml").is_file() and path.parent == Path():
        text = "no such file, but a recipe that comes with ftprep"
        return RecipeError(text, hint=f"copy it first: ftprep recipes copy {path.name}", file=path.as_posix())
    suffixes = {suffix: item.name for item in registry.all("reader") for suffix in item.cls.suffixes}
    if path.suffix.lower() in suffixes and path.is_file() and b"version" not in _head(path):
        hint = "name a recipe that reads it; 'ftprep recipes list' shows some to start from"
        return RecipeError(f"this is data for the reader '{suffixes[path.suffix.lower()]}', no recipe", hint=hint,
                           file=path.as_posix())  # fmt: skip
    return None


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(1 << 16)
    except OSError:
        return b""


def _sets(changes: Mapping[str, Any] | Sequence[str]) -> list[str]:
    if not isinstance(changes, Mapping):
        return list(changes)
    return [f"{key}={_flow(value)}" for key, value in changes.items()]


def _flow(value: Any) -> str:
    """A value as a YAML flow scalar; JSON is YAML."""
    return msgspec.json.encode(value).decode()


def _with_read(recipe: RecipeSource, data: Any) -> RecipeSource:
    """A recipe from Python whose data is handed in need not say what it reads."""
    if data is not None and isinstance(recipe, Mapping) and "read" not in recipe:
        return {**recipe, "read": "data"}
    return recipe
