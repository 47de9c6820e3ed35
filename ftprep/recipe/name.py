"""The recipe's name: it becomes a folder, so it is held to what every system can create."""

from __future__ import annotations

import re
from pathlib import Path

_PLAIN = re.compile(r"\w(?:[\w .-]*\w)?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
MAX_BYTES = 100
"""Length of a name in UTF-8: file systems take 255 bytes, and suffixes are added to it."""
ALLOWED = "use letters, digits, '_', '-', '.' and spaces; begin and end with a letter or digit; at most 100 bytes"
"""What a name may be, for messages."""


def wrong_with(name: str) -> str | None:
    """Why `name` cannot be the name of a folder, or None.

    The reserved names are those of Windows devices, with or without a suffix (Microsoft, "Naming Files, Paths, and
    Namespaces").
    """
    if not _PLAIN.fullmatch(name) or len(name.encode()) > MAX_BYTES:
        return "is no plain folder name"
    return "is the name of a device on Windows" if _RESERVED.fullmatch(name) else None


def default_name(file: Path | None) -> str:
    """The file's stem, or its folder's name where the file is called recipe.yaml; odd characters become `_`."""
    if file is None:
        return "recipe"
    stem = file.resolve().parent.name if file.stem == "recipe" else file.stem
    name = re.sub(r"[^\w.-]+", "_", stem).strip("._-")
    return name if wrong_with(name) is None else "recipe"
