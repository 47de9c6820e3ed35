"""The page of a run: all that is known of it, from its manifest and the files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ..registry import Registry
from .aftermath import aftermath
from .cells import bounded, cut
from .origins import clock, provenance
from .page import page
from .parts import note
from .topics import missing, sections
from .verdict import found, rows_flow, verdict

LARGEST = 1_000_000
"""Bytes of a page."""
_LEFT_OUT = "This is left out, for the page would be too large. The manifest has the numbers."
_ID = re.compile(r'aria-labelledby="(c[0-9a-f]{10}) \1d"><title id="\1">(.*?)</title><desc id="\1d">', re.DOTALL)


def page_of(
    folder: Path, manifest: Mapping[str, Any], registry: Registry, *, samples: bool = True, results: Path | None = None
) -> str:
    """The page. `samples`: show examples too; `results`: the folder of what came of the run.

    It has at most a megabyte: where all does not fit, the largest sections are left out, and say so.
    """
    made = list(_sections(folder, manifest, registry, samples, results))
    while True:
        text = _distinct(page(cut(manifest["name"], 100), made, lead=_lead(manifest)))
        if len(text.encode()) <= LARGEST:
            return text
        largest = max(range(1, len(made)), key=lambda n: len(made[n][1]))
        made[largest] = (made[largest][0], note(_LEFT_OUT))


def _lead(manifest: Mapping[str, Any]) -> str:
    about = manifest["recipe"].get("description")
    said = f"{cut(str(about), 400)}\n\n" if about else ""
    return f"{said}Made {clock(manifest['created'])} with ftprep {manifest['ftprep']}."


def _sections(
    folder: Path, manifest: Mapping[str, Any], registry: Registry, samples: bool, results: Path | None
) -> Iterator[tuple[str, str]]:
    yield "Verdict", verdict(manifest)
    if (problems := found(manifest)) is not None:
        yield "What was found", problems
    yield "From rows to examples", rows_flow(manifest)
    yield from sections(manifest["figures"], manifest.get("makeup", {}), registry)
    if samples:
        from .samples import sections as samples_of

        yield from samples_of(folder, manifest, registry)
    if results is not None:
        yield from aftermath(results)
    if absent := missing(manifest["figures"], registry):
        yield "Not looked at", _absent(absent)
    yield "Where it comes from", provenance(manifest)


def _absent(absent: Mapping[str, str]) -> str:
    text = "The recipe of this run asks for none of these. A line in the recipe brings each:"
    code = Markup("<code>{}</code>")
    rows = [[title, code.format(line)] for title, line in absent.items()]
    return Markup("<p>{}</p>{}").format(text, bounded(["what", "line in the recipe"], rows, row_heads=True))


def _distinct(html: str) -> str:
    """Two pictures that are the same have ids that are not."""
    seen: dict[str, int] = {}

    def named(match: re.Match[str]) -> str:
        seen[match[1]] = n = seen.get(match[1], 0) + 1
        return match[0] if n == 1 else match[0].replace(match[1], f"{match[1]}-{n}")

    return _ID.sub(named, html)
