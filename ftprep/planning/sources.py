"""From `read:` to files: readers by name, suffix or content, paths and globs relative to the recipe."""

from __future__ import annotations

import glob
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..errors import DataError, RecipeError, nearest
from ..example import Example
from ..files import Input
from ..recipe import Item
from ..registry import Registered
from ..steps import Reader
from .broken import guarded
from .items import Builder, Path_

_PACKED = (".gz", ".zst", ".zip")
_SURE = 0.5


class SourcePlan(msgspec.Struct, frozen=True):
    """One reader and the files it reads, in order; `data` is set where Python handed the rows in."""

    reader: Reader
    origin: Registered | None
    item: Item
    inputs: tuple[Input, ...]
    options: dict[str, Any] = {}
    data: Any = None


def plan_sources(builder: Builder, *, data: Any = None, out: Path | None = None) -> list[SourcePlan]:
    """The sources of `read:`, or the one that `data` is. Mistakes are kept by the builder."""
    if data is not None:
        return [_data_source(builder, data)]
    sources: list[SourcePlan] = []
    for item in builder.recipe.read:
        if not item.name:
            sources += _by_suffix(builder, item, out)
            continue
        planned = builder.step(item, "reader")
        paths, inside = (planned.step.path, planned.step.inside) if planned is not None else (_named(item), None)
        files = _files(builder, paths, item, out, inside)
        if planned is not None:
            sources.append(SourcePlan(planned.step, planned.origin, item, tuple(files), planned.options))
    return sources


def _data_source(builder: Builder, data: Any) -> SourcePlan:
    item = builder.recipe.read[0] if builder.recipe.read else Item("data", None, ("read",))
    for registered in builder.registry.all("reader"):
        if registered.cls.takes(data):
            reader = registered.cls.model_construct(path=[])
            return SourcePlan(reader, registered, item, (), {}, data)
    first, data = _peeked(data)
    return SourcePlan((_Examples if isinstance(first, Example) else Reader)(path=[]), None, item, (), {}, data)


class _Examples(Reader):
    """Examples handed in from Python."""

    fixed_columns = False
    makes_messages = True


def _peeked(data: Any) -> tuple[Any, Any]:
    """The first thing in `data`, and all of it. Raises DataError for what cannot be read one by one."""
    try:
        items = iter(data)
        first = list(itertools.islice(items, 1))
    except Exception as error:
        raise DataError(f"data: {error}", hint="hand in mappings (column -> value) or Examples") from error
    return first[0] if first else None, itertools.chain(first, items) if items is data else data


def _by_suffix(builder: Builder, item: Item, out: Path | None) -> list[SourcePlan]:
    """One source for each run of files that the same reader reads."""
    sources: list[SourcePlan] = []
    for file in _files(builder, item.value["path"], item, out):
        origin = reader_for(builder.registry.all("reader"), file)
        if origin is None:
            known = ", ".join(sorted({s for r in builder.registry.all("reader") for s in r.cls.suffixes})) or "none"
            path = "-" if str(file.path) == "-" else file.name
            hint = f"name the reader (read: {{READER: {path}}}); known endings: {known}"
            builder.complain(item.path, f"no reader knows what {file.name} is", hint, code="FT131")
            continue
        reader = builder.validate(origin.cls, {"path": file.name}, item.path, f"reader '{origin.name}'")
        if reader is not None:
            sources.append(SourcePlan(reader, origin, item, (file,), {"path": file.name}))
    return sources


def reader_for(readers: Sequence[Registered], file: Input) -> Registered | None:
    """The reader of a file: by its ending, else the one that recognises its content best."""
    name = file.path.name.lower()
    while name.endswith(_PACKED):
        name = name.rpartition(".")[0]
    for registered in readers:
        if name.endswith(tuple(registered.cls.suffixes)) and registered.cls.suffixes:
            return registered
    try:
        head = file.head()
    except DataError:
        return None
    sure = []
    for registered in readers:
        with guarded(registered, f"failed to recognise {file.name}"):
            sure.append((float(registered.cls.recognise(head, name)), registered))
    best = max(sure, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= _SURE else None


def _files(
    builder: Builder, paths: str | Sequence[str], item: Item, out: Path | None, inside: str | None = None
) -> list[Input]:
    """The files of an item; `inside` is what a reader of folders reads below one."""
    found: list[Input] = []
    single = isinstance(paths, str)
    for n, path in enumerate([paths] if isinstance(paths, str) else paths):
        named = () if isinstance(item.value, (str, list)) else ("path",)
        at: Path_ = (*item.path, *named, *(() if single else (n,)))
        try:
            folder = builder.recipe.folder(at)
            below = f"{path.rstrip('/')}/{inside}" if inside is not None and (folder / path).is_dir() else path
            found += _expand(below, folder, out)
        except RecipeError as error:
            builder.complain(at, error.problems[0].message, error.problems[0].hint, code="FT130")
    if not found and not builder.problems:
        builder.complain(item.path, "no input is named", "give a path", code="FT130")
    return found


def _named(item: Item) -> str | list[str]:
    """The paths of an item whose options are wrong: they are looked for all the same."""
    paths = item.value.get("path") if isinstance(item.value, dict) else item.value
    if isinstance(paths, str):
        return paths
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []


def _expand(path: str, folder: Path, out: Path | None) -> list[Input]:
    """The files of a path or glob; an exact path wins over a glob. Raises RecipeError without a place."""
    if path == "-":
        return [Input(Path(path), "stdin")]
    exact = folder / path
    if exact.is_dir():
        hint = f"name a file in it, or all of them: '{path.rstrip('/')}/*'"
        raise RecipeError(f"{path}: a folder, not a file", hint=hint)
    if exact.exists():
        return [Input(exact, _shown(exact, path))]
    if not glob.has_magic(path):
        raise RecipeError(f"{path}: no such file in {here(folder)}", hint=advice(exact, path))
    matches = sorted(Path(name) for name in glob.glob(str(exact), recursive=True))  # noqa: PTH207 (one call for patterns of any root)
    files = [file for file in matches if file.is_file()]
    if not files:
        raise RecipeError(f"{path}: no file matches in {here(folder)}", hint="check the pattern")
    inside = next((f for f in files if out is not None and out.resolve() in f.resolve().parents), None)
    if inside is not None:
        hint = "narrow the pattern, or write elsewhere with --out"
        raise RecipeError(f"{path}: the pattern catches this recipe's own output ({inside.name})", hint=hint)
    return [Input(file, _shown(file, path)) for file in files]


def _shown(file: Path, path: str) -> str:
    """How messages call a file: as seen from where the user stands if it lies below, else as the recipe writes it."""
    try:
        return file.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return file.as_posix() if Path(path).is_absolute() or glob.has_magic(path) else path


def here(folder: Path) -> str:
    """A folder as messages call it."""
    name = _shown(folder, str(folder))
    return "this folder" if name == "." else name


def advice(exact: Path, path: str) -> str:
    """What to do about a path that is no file."""
    if Path(path).is_file():
        return "it exists from where you stand, but paths are relative to the recipe"
    siblings = [file.name for file in exact.parent.iterdir()] if exact.parent.is_dir() else []
    near = nearest(exact.name, siblings)
    if near:
        return f"did you mean '{Path(path).with_name(near).as_posix()}'?"
    return "check the path; it is relative to the recipe"
