"""The bytes of a recipe file become text, or one clear problem."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from ..errors import RecipeError, did_you_mean
from .node import Place, make_problem, shown

MAX_BYTES = 1 << 20
"""Size of a recipe file, in bytes."""

_ODD = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # YAML 1.2, section 5.1
_WIDE = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def locate(path: Path, asked: Place | None = None) -> Path:
    """The file that is meant: a folder means the recipe.yaml in it.

    Raises RecipeError (at `asked`, the place that names it, if it is given) where there is none.
    """
    place = asked or Place(shown(path.as_posix(), 200) if "\0" in str(path) else path.as_posix())
    named = f"{shown(path.as_posix(), 200)}: " if asked else ""
    try:
        return _existing(path)
    except _NotThere as error:
        raise _refusal(place, named + error.args[0], error.args[1]) from None
    except (OSError, UnicodeError) as error:  # too long, forbidden, or no name in the system's encoding
        reason = getattr(error, "strerror", None) or "the system cannot spell it"
        raise _refusal(place, f"{named}cannot be read: {reason}", "name a recipe file") from None


class _NotThere(Exception):
    """Message and hint."""


def _existing(path: Path) -> Path:
    if "\0" in str(path):
        raise _NotThere("a path with a NUL character", "remove it")
    if path.is_symlink() and not path.exists():
        raise _NotThere("a link that leads nowhere", "repair the link")
    if (path / "recipe.yaml").is_file():
        return path / "recipe.yaml"
    if path.is_dir():
        raise _NotThere("a folder without a recipe.yaml", _others(path))
    if path.exists():
        return path
    if not path.parent.is_dir():
        raise _NotThere("no such file", f"there is no folder '{path.parent.as_posix()}' either")
    raise _NotThere("no such file", _others(path.parent, path.name))


def _others(folder: Path, name: str = "") -> str:
    try:
        names = sorted(
            p.name for p in folder.iterdir() if p.suffix in (".yaml", ".yml") or (p / "recipe.yaml").exists()
        )
    except OSError:
        names = []
    if not names:
        return "its folder holds no recipe" if name else "name a recipe file"
    return did_you_mean(name, names[:20], otherwise="there are")


def read_text(path: Path, name: str) -> str:
    """The text of a recipe file, which messages call `name`. Raises RecipeError for what cannot be a recipe."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refusal(Place(name), f"cannot be read: {error.strerror}", "check its permissions") from None
    if len(raw) > MAX_BYTES:
        raise _refusal(Place(name), "larger than 1 MiB, so it is no recipe", "name a recipe, not a data file")
    return _checked(_decoded(raw, name), name)


def _decoded(raw: bytes, name: str) -> str:
    for mark, encoding in _WIDE.items():
        if raw.startswith(mark):
            raise _refusal(Place(name), f"this file is {encoding}", "save it as UTF-8")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        byte = raw[error.start]
        likely = bytes([byte]).decode("cp1252", "ignore")
        meant = f"byte 0x{byte:02x}" + (f", '{likely}' in Windows-1252" if likely.isprintable() and likely else "")
        raise _refusal(_place(before, name), f"this is not UTF-8 ({meant})", "save the file as UTF-8") from None


def _checked(text: str, name: str) -> str:
    if odd := _ODD.search(text):
        place = _place(text[: odd.start()], name)
        if odd[0] == "\0":
            hint = "save the file as UTF-8 text" if text[1:2] == "\0" or text[:1] == "\0" else "remove it"
            raise _refusal(place, "a NUL character, which no text has", hint)
        number = ord(odd[0])
        escape = f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"
        raise _refusal(
            place, f"the control character U+{number:04X}", f'remove it, or write "{escape}" in double quotes'
        )
    return text


def _place(before: str, name: str) -> Place:
    lines = re.split(r"\r\n|[\n\r\x85\u2028\u2029]", before)  # the line ends of YAML 1.1, as its parser counts
    return Place(name, len(lines), len(lines[-1]) + 1)


def _refusal(place: Place, message: str, hint: str) -> RecipeError:
    return RecipeError(make_problem("FT102", place, message, hint))
