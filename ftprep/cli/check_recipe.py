"""`ftprep check RECIPE`: every mistake of a recipe, before anything is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .look import Look, counts

if TYPE_CHECKING:
    from ..errors import Problem
    from ..registry import Registry

_VERSION = re.compile(rb"^version[ \t]*:", re.MULTILINE)
_HEAD = 65536


def is_recipe(path: Path) -> bool:
    """Whether a path is meant as a recipe: by its ending, or its first lines where it has none; folders are."""
    if path.suffix.lower() in (".yaml", ".yml") or path.is_dir():
        return True
    if path.suffix or str(path) == "-":
        return False
    if not path.is_file():  # a pipe is data; what is not there may be the name of a bundled recipe
        return not path.exists()
    with path.open("rb") as file:
        return bool(_VERSION.search(file.read(_HEAD)))


def planned(recipe: Path, sets: Sequence[str], registry: Registry) -> Look:
    """The mistakes of one recipe."""
    from .. import api
    from ..errors import FtprepError

    try:
        plan, _ = api.make_plan(recipe, set=sets, registry=registry)
        problems, code = plan.warnings, 0
    except FtprepError as error:
        problems, code = error.problems, error.exit_code
    result = {"recipe": recipe.as_posix(), **counts(problems)}
    return Look(result=result, text=f"{recipe.as_posix()}: {_told(problems)}", problems=problems, exit_code=code)


def _told(problems: Sequence[Problem]) -> str:
    found = counts(problems)
    told = [_count(found["errors"], "error"), _count(found["warnings"], "warning")]
    return ", ".join(filter(None, told)) or "nothing wrong"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' if n > 1 else ''}" if n else ""
