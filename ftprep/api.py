"""Every command as a function: what the command line does, from Python, without printing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from . import plan as planning
from . import recipe as recipes
from .engine.local import Engine
from .errors import DataError, FindingsError, OutputError, Problem, RecipeError, did_you_mean
from .example import Example
from .output import Staging
from .publish import leave
from .registry import Registry

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

    @property
    def files(self) -> dict[str, dict[str, Path]]:
        """Output -> split -> data file."""
        examples: dict[str, dict[str, int]] = self.counts["examples"]
        return {
            output: {split: self.folder / output / f"{split}.jsonl" for split in splits}
            for output, splits in examples.items()
        }

    def to_pandas(self, split: str = "train", output: str | None = None) -> pandas.DataFrame:
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
    progress: Callable[[int], None] | None = None,
    part_rows: int | None = None,
) -> Run:
    """Reads, transforms, checks, splits and writes.

    `recipe` is a path or a mapping; `data` (a data frame, or an iterable of mappings or Examples) stands in for its
    `read:`. `set` changes values of the recipe (`{"model": "x"}` or `["model=x"]`). `limit` stops after so many rows
    or conversations. With `strict`, error-level findings publish nothing. `progress` is called with the rows read.

    Raises FtprepError: RecipeError, DataError, FindingsError (no example left, or strict), OutputError, PluginError.
    """
    plan, target = make_plan(recipe, data=data, set=set, out=out, limit=limit, registry=registry)
    with Staging(target) as staging:
        engine = Engine(plan, limit=limit, progress=progress, part_rows=part_rows)
        result = engine.write(staging.folder, staging.scratch())
        manifest, findings = leave(plan, result, staging.folder, limit=limit)
        errors = [problem for problem in findings if problem.level == "error"]
        if strict and errors:
            raise FindingsError(*errors)
        staging.publish()
    return Run(
        folder=target,
        ok=manifest["ok"],
        counts=manifest["counts"],
        findings=tuple(findings),
        warnings=plan.warnings,
        figures=manifest["figures"],
        manifest=manifest,
    )


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


def bundled_recipes() -> Path:
    """The folder of the recipes that come with ftprep: inside the package, or beside it in a checkout."""
    inside = Path(__file__).parent / "recipes"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "recipes"


def list_recipes() -> list[dict[str, str]]:
    """Name, use case and description of each bundled recipe."""
    found = []
    for file in sorted(bundled_recipes().glob("*/recipe.yaml")):
        recipe = recipes.load(file)
        description, use_case = recipe.description or "", recipe.use_case or ""
        found.append({"name": file.parent.name, "use_case": use_case, "description": description.strip()})
    return found


def copy_recipe(name: str, to: Path | str | None = None) -> list[Path]:
    """Copies a bundled recipe, or all of a use case, into folders of their names below `to` (default: here).

    Raises RecipeError for a name that is none, OutputError where a folder exists already or cannot be written.
    """
    known = list_recipes()
    chosen = [entry["name"] for entry in known if name in (entry["name"], entry["use_case"])]
    if not chosen:
        names = sorted({entry["name"] for entry in known} | {entry["use_case"] for entry in known if entry["use_case"]})
        raise RecipeError(f"no bundled recipe or use case is called '{name}'", hint=did_you_mean(name, names))
    targets = [Path(to or ".") / one for one in chosen]
    for target in targets:
        if target.exists():
            raise OutputError("is there already", hint="choose another folder with --to", file=target.as_posix())
    for one, target in zip(chosen, targets, strict=True):
        _copy(bundled_recipes() / one, target)
    return targets


def _copy(folder: Path, target: Path) -> None:
    """The whole folder, or nothing."""
    leave_out = shutil.ignore_patterns("out", "__pycache__")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".ftprep-") as beside:
            made = Path(beside) / folder.name
            shutil.copytree(folder, made, ignore=leave_out, copy_function=shutil.copyfile)
            made.rename(target)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        hint = "choose another folder with --to"
        raise OutputError(f"cannot be written ({why})", hint=hint, file=target.as_posix()) from error


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
