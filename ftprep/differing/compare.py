"""`ftprep.diff`: two run folders held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from ..errors import DataError, Problem, RecipeError
from ..output import MANIFEST
from ..registry import Registry
from .difference import Difference, OutputDifference
from .drift import figure_changes, finding_changes, input_changes, step_changes
from .folder import RunFolder
from .rows import compare_rows
from .values import changes

_EXAMPLES = 5
_PAGES = {MANIFEST, "report.html"}
"""Files that tell of a run what is compared otherwise, or its time."""


def diff(
    a: Path | str,
    b: Path | str,
    *,
    examples: int = _EXAMPLES,
    registry: Registry | None = None,
    progress: Callable[[str], None] | None = None,
) -> Difference:
    """What differs between the runs in two folders: rows, counts and figures, findings, recipe, versions, inputs.

    Rows are held against each other within outputs of one name. Lines of equal bytes are the same row; in another
    split, it moved. Of what is left, two lines are one row that changed if they come from the same rows of an input
    whose bytes did not change, or the model reads the same before the answer, or the answer and the message before it
    are the same, or they come from the same rows of an input that did change, and at least half of their words are the
    same. Others were added or removed. `examples`: how many of each are told with their places. `progress` is told
    what is being read, in words.

    Raises DataError for what is no run folder, or has a file that cannot be read; RecipeError for one folder twice.
    """
    one, other = RunFolder(a, progress), RunFolder(b, progress)
    if one.path.resolve() == other.path.resolve():
        hint = "name two; a new run replaces the last one, unless it gets a folder of its own with --out"
        raise RecipeError("both are the same run folder", hint=hint, file=one.path.as_posix())
    registry = registry or Registry.installed()
    problems: list[Problem] = []
    outputs = tuple(_outputs(one, other, examples, registry, problems))
    return _difference(one, other, outputs, tuple(problems))


def _difference(
    a: RunFolder, b: RunFolder, outputs: tuple[OutputDifference, ...], problems: tuple[Problem, ...]
) -> Difference:
    same, differing = _files(a, b)
    old, new = a.manifest, b.manifest
    return Difference(
        a=a.path.as_posix(),
        b=b.path.as_posix(),
        files=same,
        differing=differing,
        ok=(bool(old.get("ok")), bool(new.get("ok"))),
        outputs=outputs,
        recipe=tuple(one for one in changes(old["recipe"], new["recipe"]) if one.path not in _ABOUT),
        about=tuple(changes(_about(old), _about(new))),
        versions=tuple(changes(_versions(old), _versions(new))),
        inputs=tuple(input_changes(old, new)),
        figures=tuple(figure_changes(old, new)),
        steps=tuple(step_changes(old, new)),
        findings=tuple(finding_changes(old, new)),
        problems=problems,
    )


_ABOUT = ("name", "seed", "limit")


def _about(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {key: manifest.get(key) for key in _ABOUT}


def _versions(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {"ftprep": manifest["ftprep"], **manifest["versions"]}


def _outputs(
    a: RunFolder, b: RunFolder, examples: int, registry: Registry, problems: list[Problem]
) -> Iterator[OutputDifference]:
    for output in [*b.outputs, *(name for name in a.outputs if name not in b.outputs)]:
        if output in a.outputs and output in b.outputs:
            yield compare_rows(a, b, output, examples=examples, registry=registry, problems=problems)
        elif output in b.outputs:
            yield _alone(b, output, "b")
        else:
            yield _alone(a, output, "a")


def _alone(run: RunFolder, output: str, only_in: Literal["a", "b"]) -> OutputDifference:
    first = only_in == "a"
    counts = {split: run.facts(name)["lines"] for split, name in run.files(output).items()}
    total = sum(counts.values())
    return OutputDifference(
        name=output,
        lines=(total, 0) if first else (0, total),
        splits={split: (count, 0) if first else (0, count) for split, count in counts.items()},
        only_in=only_in,
    )


def _files(a: RunFolder, b: RunFolder) -> tuple[int, tuple[str, ...]]:
    """How many files have the same bytes, and the names of those that have not. Contracts and lineage are told
    otherwise."""
    names = sorted({*_compared(a), *_compared(b)})
    unlike = tuple(name for name in names if _hash(a, name) != _hash(b, name))
    return len(names) - len(unlike), unlike


def _compared(run: RunFolder) -> Iterator[str]:
    files = run.manifest.get("files", ())
    for name in {*run.manifest["outputs"], *files}:
        if name not in _PAGES and not name.startswith("lineage/") and not name.endswith("/contract.json"):
            yield name


def _hash(run: RunFolder, name: str) -> str | None:
    """None where the run has no such file."""
    try:
        return run.sha256(name)
    except DataError:
        return None
