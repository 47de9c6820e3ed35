"""The dataset card beside the files: which file is which split, and that messages are of no fixed type.

Without it `datasets` takes the type of a column from the first 10 MB of a file, and refuses the file where a key of a
message, such as `tool_calls`, comes later. Source: `packaged_modules/json` of datasets 5.2.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from .forms import Form

_SPLITS = ("train", "validation", "test")
_COLUMNS: dict[Form, tuple[str, ...]] = {
    "messages": ("messages",),
    "prompt_completion": ("prompt", "completion"),
    "preference": ("prompt", "chosen", "rejected"),
}
_MARK = b'"images":['


class _Images(msgspec.Struct):
    images: Any = None


def card(folder: Path, form: Form) -> str:
    """The text of `README.md`. A column `images` would make the data one of images, so it is named where there are."""
    files = [folder / f"{split}.jsonl" for split in _SPLITS]
    there = [file for file in files if file.is_file()]
    splits = "".join(f"  - split: {file.stem}\n    path: {file.name}\n" for file in there)
    columns = "".join(f"  - name: {name}\n    list: json\n" for name in (*_COLUMNS[form], "tools"))
    if any(map(_has_images, there)):
        columns += "  - name: images\n    list: string\n"
    named = f"configs:\n- config_name: default\n  data_files:\n{splits}" if there else ""
    return f"---\n{named}dataset_info:\n  features:\n{columns}---\n\n{_TEXT}"


_TEXT = """\
Training data for TRL, made by ftprep. Load the folder, `datasets.load_dataset("this/folder")`, with datasets 4.7 or
later: the head of this file says what is in the columns.
"""


def _has_images(file: Path) -> bool:
    with file.open("rb") as lines:
        return any(_MARK in line and msgspec.json.decode(line, type=_Images).images is not None for line in lines)
