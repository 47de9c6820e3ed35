"""From `read:` to files: readers by name, suffix or content, paths and globs relative to the recipe."""

from __future__ import annotations

import glob
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..archive import Archive, is_archive, within
from ..errors import DataError, RecipeError, nearest
from ..example import Example
from ..files import Input
from ..recipe import Item
from ..registry import Registered
from ..steps import Reader
from .broken import guarded
from .items import Builder, Path_

_PACKED = (".gz", ".zst", ".zip")
_SURE, _EXPORT = 0.5, 0.9
_LOOKED_AT = 3
"""Files of an export that are looked at to recognise it."""


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
        many = export_of(builder.registry.all("reader"), file)
        origin = many[0] if many is not None else reader_for(builder.registry.all("reader"), file)
        if origin is None:
            known = ", ".join(sorted({s for r in builder.registry.all("reader") for s in r.cls.suffixes})) or "none"
            path = "-" if str(file.path) == "-" else file.name
            hint = f"name the reader (read: {{READER: {path}}}); known endings: {known}"
            builder.complain(item.path, f"no reader knows what {file.name} is", hint, code="FT131")
            continue
        reader = builder.validate(origin.cls, {"path": file.name}, item.path, f"reader '{origin.name}'")
        if reader is not None:
            inputs = tuple(many[1]) if many is not None else (file,)
            sources.append(SourcePlan(reader, origin, item, inputs, {"path": file.name}))
    return sources


def reader_for(readers: Sequence[Registered], file: Input, *, looking: bool = False) -> Registered | None:
    """The reader of a file: by its ending, else the one that recognises its content best. A recipe goes by the ending,
    whatever is in the file today; whoever is `looking` for what a file is takes a service's export for one, although
    its ending says no more than JSON."""
    named = _by_ending(readers, file)
    if named is not None and not looking:
        return named
    name = _unpacked_name(file)
    try:
        head = file.head()
    except DataError:
        return named
    sure = [(_sureness(registered, head, name), registered) for registered in readers]
    best = max(sure, key=lambda pair: pair[0], default=(0.0, None))
    if named is None:
        return best[1] if best[0] >= _SURE else None
    own = next(found for found, registered in sure if registered is named)
    service = best[1] is not None and not best[1].cls.suffixes
    return best[1] if service and best[0] >= _EXPORT and best[0] > own else named


def export_of(readers: Sequence[Registered], file: Input) -> tuple[Registered, list[Input]] | None:
    """The reader of a folder, or of a zip of many files, that recognises best what its pattern finds there, and those
    files; None where nobody does. Raises DataError for a zip that cannot be read."""
    found = _finder(file) if _by_ending(readers, file) is None else None
    if found is None:
        return None
    best: tuple[float, Registered, list[Input]] | None = None
    for registered in readers:
        inputs = found(registered.cls.inside) if registered.cls.inside is not None else []
        for one in inputs[:_LOOKED_AT]:
            sure = _sureness(registered, one.head(), one.path.name.lower())
            if sure >= _SURE and (best is None or sure > best[0]):
                best = sure, registered, inputs
    return best[1:] if best is not None else None


def _by_ending(readers: Sequence[Registered], file: Input) -> Registered | None:
    name = _unpacked_name(file)
    return next((r for r in readers if r.cls.suffixes and name.endswith(tuple(r.cls.suffixes))), None)


def _unpacked_name(file: Input) -> str:
    name = file.path.name.lower()
    while name.endswith(_PACKED):
        name = name.rpartition(".")[0]
    return name


def _finder(file: Input) -> Callable[[str], list[Input]] | None:
    """What finds the files of a pattern in a folder or zip; None for other files."""
    if file.path.is_dir():
        return lambda pattern: [
            Input(path, f"{file.name.rstrip('/')}/{path.relative_to(file.path).as_posix()}")
            for path in sorted(map(Path, glob.glob(f"{glob.escape(str(file.path))}/{pattern}", recursive=True)))  # noqa: PTH207 (as below)
            if path.is_file()
        ]
    if not file.path.is_file() or not is_archive(file):
        return None
    archive = Archive(file)
    return lambda pattern: [*archive.matching(pattern)]


def _sureness(registered: Registered, head: bytes, name: str) -> float:
    with guarded(registered, f"failed to recognise {name}"):
        return float(registered.cls.recognise(head, name))
    return 0.0


def _files(
    builder: Builder, paths: str | Sequence[str], item: Item, out: Path | None, inside: str | None = None
) -> list[Input]:
    """The files of an item; `inside` is what a reader of exports reads below a folder, or in a zip."""
    found: list[Input] = []
    single = isinstance(paths, str)
    for n, path in enumerate([paths] if isinstance(paths, str) else paths):
        named = () if isinstance(item.value, (str, list)) else ("path",)
        at: Path_ = (*item.path, *named, *(() if single else (n,)))
        try:
            folder = builder.recipe.folder(at)
            below = f"{path.rstrip('/')}/{inside}" if inside is not None and (folder / path).is_dir() else path
            files = _expand(below, folder, out)
            found += files if inside is None else [member for file in files for member in _members(file, inside)]
        except RecipeError as error:
            builder.complain(at, error.problems[0].message, error.problems[0].hint, code="FT130")
    if not found and not builder.problems:
        builder.complain(item.path, "no input is named", "give a path", code="FT130")
    return found


def _members(file: Input, inside: str) -> list[Input]:
    return [file] if str(file.path) == "-" else within(file, inside)


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
