"""The recipes that come with ftprep: where they lie, what there is, and a copy to start from."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from . import recipe as recipes
from .errors import OutputError, RecipeError, did_you_mean, refusal


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
    """Copies a bundled recipe, or all of a use case where no recipe has that name, into folders of their names below
    `to` (default: here).

    Raises RecipeError for a name that is none, OutputError where a folder exists already or cannot be written.
    """
    known = list_recipes()
    chosen = [entry["name"] for entry in known if entry["name"] == name]
    chosen = chosen or [entry["name"] for entry in known if entry["use_case"] == name]
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
        why = refusal(error)
        hint = "choose another folder with --to"
        raise OutputError(f"cannot be written ({why})", hint=hint, file=target.as_posix()) from error
