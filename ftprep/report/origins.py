"""Where a run comes from: recipe, versions, inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ..recipe.write import recipe_yaml
from .cells import bounded, cut, said
from .parts import details, facts, heading, together
from .words import words

_RECIPE = 20_000
"""Characters of a recipe that are shown."""


def provenance(manifest: Mapping[str, Any]) -> Markup:
    """All that is needed to make the same files again."""
    versions = manifest["versions"]
    told = {
        "made": Markup('<time datetime="{0}">{1}</time>').format(manifest["created"], clock(manifest["created"])),
        "ftprep": manifest["ftprep"], "Python": versions["python"], "seed": manifest["seed"],
        "rows taken": "all" if manifest["limit"] is None else f"the first {manifest['limit']:,}",
        "plugins": said(versions["plugins"], 600),
    }  # fmt: skip
    parts: list[str] = [facts(told), heading("What was read"), _files(manifest["inputs"])]
    if manifest["side_tables"]:
        parts += [heading("Tables on the side"), _files(manifest["side_tables"])]
    recipe = cut(recipe_yaml(manifest["recipe"]), _RECIPE)
    code = Markup('<div class="scroll" role="group" tabindex="0" aria-label="The recipe"><pre>{}</pre></div>')
    return together(*parts, details("The recipe, as it was resolved", code.format(words(recipe))))


def clock(created: str) -> str:
    """`2026-11-21 14:54 UTC`."""
    return f"{created[:10]} {created[11:16]} UTC" if created.endswith("+00:00") else created


def _files(files: Any) -> Markup:
    return bounded(["file", "SHA-256"], [[one["file"], one["sha256"]] for one in files], row_heads=True, of_cell=150)
