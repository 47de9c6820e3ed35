"""What is to be trained on: the files of a run, files that somebody made, or files that a service has already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..errors import DataError, FindingsError, Problem, RecipeError, did_you_mean, refusal
from ..output import MANIFEST, recover
from ..steps import Split, Upload

_CHUNK = 1 << 20
_AGAIN = "make it again with 'ftprep run'"


class TrainingFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a training set."""

    split: Split
    path: Path | None = None
    """None: the service has it already."""
    id: str | None = None
    """What the service calls it, where it has it already."""
    bytes: int = 0
    sha256: str = ""
    examples: int | None = None

    def upload(self, name: str) -> Upload:
        """What is sent: its name there has the beginning of the hash, so that it is known again."""
        assert self.path is not None
        called = f"{name}-{self.split}-{self.sha256[:16]}.jsonl"
        return Upload(path=self.path, name=called, bytes=self.bytes, sha256=self.sha256, split=self.split)


class TrainingSet(msgspec.Struct, frozen=True, kw_only=True):
    """The files of one job, and what their run knows."""

    name: str
    """The recipe's, or the file's without its ending."""
    source: str
    """The run folder, or the training file, as an absolute path; an id there."""
    files: tuple[TrainingFile, ...]
    output: str = ""
    """Which output of the run."""
    format: str | None = None
    """The writer; None: to be found out from the rows."""
    model: str | None = None
    """The recipe's."""
    recipe: Mapping[str, Any] | None = None
    """As the manifest has it."""
    problems: tuple[Problem, ...] = ()
    """What stands against using it."""

    def file(self, split: Split) -> TrainingFile | None:
        """The file of a split."""
        return next((file for file in self.files if file.split == split), None)


def training_set(target: Path | str, *, validation: Path | str | None = None, output: str | None = None) -> TrainingSet:
    """What is meant by a run folder (or that of one of its outputs), a training file, or the id of a file that a
    service has. Raises DataError for what is none of these, RecipeError for an output that is not there."""
    path = Path(target)
    if path.is_dir():
        if validation is not None:
            hint = "leave --validation out, or name a training file"
            raise RecipeError("a run has its own validation file", hint=hint, file=path.as_posix())
        return _of_run(path, output)
    if output is not None:
        raise RecipeError("--output is for run folders", hint="leave it out", file=str(target))
    files = [_given(target, "train")]
    if validation is not None:
        files.append(_given(validation, "validation"))
    source = path.resolve().as_posix() if files[0].path is not None else str(target)
    return TrainingSet(name=path.stem, source=source, files=tuple(files))


def _given(target: Path | str, split: Split) -> TrainingFile:
    path = Path(target)
    if path.is_file():
        return TrainingFile(split=split, path=path, bytes=path.stat().st_size, sha256=sha256_of(path))
    is_path = path.suffix or len(path.parts) > 1
    if path.exists() or is_path or not str(target).strip():
        hint = "name the folder of a run, a training file (.jsonl), or the id of a file that the service has"
        raise DataError("is no file" if path.exists() else "no such file", hint=hint, file=str(target))
    return TrainingFile(split=split, id=str(target))


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    made = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_CHUNK):
            made.update(block)
    return made.hexdigest()


def run_of(path: Path) -> tuple[Path, dict[str, Any]]:
    """The run folder that is meant (the folder of an output lies in it), and its manifest. Raises DataError."""
    for folder in (path, path.parent):
        recover(folder)
        try:
            found = msgspec.json.decode((folder / MANIFEST).read_bytes())
        except (OSError, msgspec.DecodeError):
            continue
        if isinstance(found, dict) and "ftprep" in found:
            return folder, found
    hint = "name the folder that 'ftprep run' wrote"
    raise DataError("is not a run folder (it has no manifest.json of ftprep)", hint=hint, file=path.as_posix())


def _of_run(path: Path, output: str | None) -> TrainingSet:
    folder, manifest = run_of(path)
    chosen = _output(folder, manifest, path.name if folder != path else output)
    problems = [] if manifest.get("ok") else [_not_ok(folder)]
    files = []
    for split, examples in manifest["counts"]["examples"][chosen].items():
        if split != "test":
            file = _written(folder, f"{chosen}/{split}.jsonl", split, examples, manifest, problems)
            files.append(file)
    if manifest.get("limit"):
        text = f"the run took only the first {manifest['limit']:,} rows or conversations (--limit)"
        problems.append(_problem("FT616", text, "run it without --limit", folder, "warning"))
    return TrainingSet(
        name=manifest["name"],
        source=folder.resolve().as_posix(),
        output=chosen,
        files=tuple(files),
        format=_writer(folder / chosen),
        model=_model(manifest["recipe"]),
        recipe=manifest["recipe"],
        problems=tuple(problems),
    )


def _output(folder: Path, manifest: Mapping[str, Any], named: str | None) -> str:
    outputs = list(manifest["counts"]["examples"])
    file = folder.as_posix()
    if not outputs:
        raise FindingsError("has no output", hint="run the recipe again", file=file)
    if named is None and len(outputs) > 1:
        raise RecipeError("has several outputs", hint=f"choose one with --output: {', '.join(outputs)}", file=file)
    if named is not None and named not in outputs:
        raise RecipeError(
            f"has no output '{named}'", hint=did_you_mean(named, outputs, otherwise="there are"), file=file
        )
    return named or outputs[0]


def _written(
    folder: Path, name: str, split: Split, examples: int, manifest: Mapping[str, Any], problems: list[Problem]
) -> TrainingFile:
    path = folder / name
    noted = manifest["outputs"].get(name, {}).get("sha256")
    try:
        found = sha256_of(path)
        size = path.stat().st_size
    except OSError as error:
        raise DataError(f"cannot be read ({refusal(error)})", hint=_AGAIN, file=path.as_posix()) from error
    if found != noted:
        problems.append(_problem("FT611", "the file was changed since the run", _AGAIN, path))
    return TrainingFile(split=split, path=path, bytes=size, sha256=found, examples=examples)


def _writer(folder: Path) -> str | None:
    try:
        return str(msgspec.json.decode((folder / "contract.json").read_bytes())["writer"]["name"]).rpartition("/")[2]
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        return None


def _model(recipe: Mapping[str, Any]) -> str | None:
    model = recipe.get("model")
    return model.get("name") if isinstance(model, dict) else model


def _not_ok(folder: Path) -> Problem:
    text = "the run has findings at error level, so its files are not to be trained on"
    return _problem("FT618", text, "mend what 'ftprep run' says, and run it again", folder)


def _problem(code: str, text: str, hint: str, path: Path, level: Any = "error") -> Problem:
    return Problem(code=code, message=text, hint=hint, file=path.as_posix(), level=level)
