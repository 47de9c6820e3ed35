"""What the tests of recipes share."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftprep.errors import RecipeError
from ftprep.recipe import load

TOP = "version: 1\nread: a.csv\nwrite: w\n"
FULL = """\
version: 1
name: x
read: {csv: {path: a.csv}}
transform:
  - conversations: {user: Human}
  - window: 5
  - dedupe
  - stop: a
  - stop: b
write:
  - openai_chat:
  - openai_completion:
      steps: [dialogue, stop: c]
split: {validation: 10%}
"""


def write(folder: Path, text: str, name: str = "r.yaml") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return file


def said(error: pytest.ExceptionInfo[RecipeError], folder: Path) -> list[str]:
    return [str(problem).replace(f"{folder.as_posix()}/", "") for problem in error.value.problems]


def refused(folder: Path, source: object, **options: object) -> list[str]:
    with pytest.raises(RecipeError) as error:
        load(source, **options)
    return said(error, folder)
