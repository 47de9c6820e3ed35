"""Where the program keeps what outlives a run folder: what was sent, and what models answered."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from ..errors import OutputError, refusal

VARIABLE = "FTPREP_STATE_DIR"
"""Names another folder."""


def state_folder(environ: Mapping[str, str]) -> Path:
    """The user's folder, made where it is not there yet, readable for nobody else. Raises OutputError."""
    path = folder_of(environ)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        hint = f"name another folder in {VARIABLE}"
        raise OutputError(f"cannot be made ({refusal(error)})", hint=hint, file=path.as_posix()) from error
    return path


def folder_of(environ: Mapping[str, str]) -> Path:
    """The folder that the user names, or the usual one of the system; it may not be there yet."""
    if named := environ.get(VARIABLE):
        return Path(named).expanduser()
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "ftprep"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "ftprep"
    return Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "ftprep"
