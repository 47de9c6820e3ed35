"""What mending did, as a recipe that does the same again next month."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..example import Fix
from ..recipe.name import default_name
from ..recipe.write import recipe_yaml
from .mend import Mended


def recipe_text(mended: Mended, folder: Path) -> str:
    """The recipe of the last run, with what each fix is for beside it. `folder` is where it will stand: the data's
    path is relative to it."""
    recipe = dict(mended.recipe)
    data = mended.report.data
    (reader, options), *_ = recipe["read"].items()
    path = Path(os.path.relpath(data.path, folder)).as_posix()
    recipe = {**recipe, "name": default_name(Path(data.path)), "read": {reader: {**options, "path": path}}}
    said: dict[str, str] = {}
    for group, fix in mended.fixes:
        said |= dict.fromkeys(_places(recipe, fix), f"{group.code}: {fix.change}")
    return recipe_yaml(recipe, said, head=f"Made by 'ftprep check {data.name} --fix'.")


def _places(recipe: Mapping[str, Any], fix: Fix) -> Iterator[str]:
    """Where the items of a fix stand in the recipe."""
    for section, items in (("transform", fix.transform), ("check", fix.check)):
        yield from (f"{section}[{recipe[section].index(item)}]" for item in items if item in recipe[section])
    if fix.split is not None and recipe.get("split") == fix.split:
        yield "split"
