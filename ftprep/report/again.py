"""The page of a run, written with the run and made again afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..errors import DataError, OutputError, Problem, refusal
from ..publish import PAGE
from ..registry import Registry

_AGAIN = "make it again with 'ftprep run'"


class _Counts(msgspec.Struct):
    read: int
    used: int
    dropped: int
    examples: dict[str, dict[str, int]]
    losses: dict[str, dict[str, Any]]
    steps: list[dict[str, Any]]


class _Written(msgspec.Struct):
    lines: int
    bytes: int
    sha256: str


class _Manifest(msgspec.Struct):
    """What a page is made of."""

    name: str
    created: str
    ok: bool
    seed: int
    limit: int | None
    recipe: dict[str, Any]
    versions: dict[str, Any]
    inputs: list[dict[str, str]]
    side_tables: list[dict[str, str]]
    outputs: dict[str, _Written]
    findings: list[dict[str, Any]]
    figures: dict[str, dict[str, dict[str, Any]]]
    counts: _Counts
    files: list[str]


def page_or_problem(
    folder: Path,
    manifest: Mapping[str, Any],
    registry: Registry,
    *,
    samples: bool = True,
    make: Callable[..., str] | None = None,
) -> tuple[str, list[Problem]]:
    """The page of a run that was just made; where that fails, a page that says so, and a warning: the run's files are
    whole, and hours may be in them. `make` (default: `run_page.page_of`) makes it."""
    from .page import page
    from .parts import note
    from .run_page import page_of

    try:
        return (make or page_of)(folder, manifest, registry, samples=samples), []
    except Exception as error:  # whatever it is: a mistake in the page must not cost the run
        text = f"the report could not be made ({type(error).__name__}: {error}); the files of the run are whole"
        hint = "report this mistake of ftprep; 'ftprep report RUN_DIR' tries again"
        problem = Problem(code="FT501", level="warning", message=text, hint=hint)
        return page(str(manifest["name"]), [("Verdict", note(f"{text}; {hint}", "bad"))]), [problem]


def make_report(
    run_dir: Path | str, *, out: Path | str | None = None, samples: bool = True, registry: Registry | None = None
) -> Path:
    """Builds the page of a run again, with the curves of its trainings and the comparisons that lie beside the run
    folder (`RUN_DIR.results`); returns the page: RUN_DIR/report.html, unless `out` names another place. `samples`:
    show examples too.

    Raises DataError for what is no run folder, or is damaged, OutputError where nothing can be written.
    """
    from ..remote.results_page import beside
    from ..remote.training import run_of
    from .run_page import page_of

    folder, manifest = run_of(Path(run_dir))
    _whole(folder, manifest, files=samples)
    registry = registry or Registry.installed()
    place = folder if folder.name not in ("", "..") else folder.resolve()
    text = page_of(folder, manifest, registry, samples=samples, results=beside(place))
    return _write(Path(out) if out is not None else folder / PAGE, text)


def _whole(folder: Path, manifest: Mapping[str, Any], *, files: bool) -> None:
    """Raises DataError where the manifest does not tell what a page needs, or a file that is read is not as it was."""
    path = folder / "manifest.json"
    try:
        known = msgspec.convert(manifest, _Manifest)
    except msgspec.ValidationError as error:
        text = f"is damaged, or was written by another version of ftprep ({error})"
        raise DataError(text, hint=_AGAIN, file=path.as_posix()) from error
    for name, facts in known.outputs.items() if files else ():
        written = folder / name
        if not written.is_file():
            raise DataError(
                "is missing", hint=f"{_AGAIN}, or leave examples out with --no-samples", file=written.as_posix()
            )
        if written.stat().st_size != facts.bytes:
            hint = f"{_AGAIN}, or leave examples out with --no-samples"
            raise DataError("was changed since the run", hint=hint, file=written.as_posix())


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    except OSError as error:
        hint = "name another place with --out, or make room"
        raise OutputError(f"cannot be written ({refusal(error)})", hint=hint, file=path.as_posix()) from error
    return path
