"""A new plugin project: templates of files, with the plugin's name filled in.

`templates/project` is in every project; the folder of the kind is put over it. A template's name ends in `.in`. In
names and texts, `@name@` and the like stand for what differs; `dot_` at the start of a name stands for a dot.
"""

from __future__ import annotations

import builtins
import keyword
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .. import plugins
from ..errors import OutputError, RecipeError, refusal
from ..offers import HOOKS
from ..registry import Registry
from ..steps import NAME
from . import KINDS

_TEMPLATES = Path(__file__).with_name("templates")
_LONGEST = 30
"""Characters of a name: the lines of code that hold it stay within 120."""
_VALUES = ("true", "false", "null")
"""Words that YAML does not take for names."""
_OWN = ("demo", "ftprep")
"""Names that other files, or imports, of a project have."""


def new_project(name: str, kind: str, registry: Registry, out: Path | None = None) -> list[Path]:
    """Writes the project of a plugin that offers one thing of this kind (one of KINDS), called `name` in recipes, into
    `out` (default: the folder `ftprep-NAME` where you stand); returns its files.

    Raises RecipeError for a name that cannot be used or is taken, OutputError for a folder that is not empty or cannot
    be written.
    """
    _refuse_bad(name)
    _refuse_taken(name, HOOKS[KINDS[kind]][0], registry)
    templates = _templates(kind)
    words = _words(name, kind, "\n".join(templates.values()))
    return _write(_filled(templates, words), out if out is not None else Path(words["dist"]))


def _refuse_bad(name: str) -> None:
    if not NAME.fullmatch(name):
        parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
        near = "_".join(re.findall(r"[a-z0-9]+", parted)).lstrip("0123456789_")
        hint = f"take '{near}'" if near else "take a-z, 0-9 and _, and begin with a letter"
        raise RecipeError(f"'{name}' is no name for a plugin: names are snake_case", hint=hint)
    if len(name) > _LONGEST:
        raise RecipeError(f"'{name}' is longer than {_LONGEST} characters", hint="choose a shorter name")
    if name in _VALUES:
        raise RecipeError(f"'{name}' is a value in recipes, not a name", hint="choose another name")


def _refuse_taken(name: str, kind: str, registry: Registry) -> None:
    """Plugins that are broken or blocked have their names too."""
    another = "choose another name"
    for point in plugins.entry_points():
        if point.name == name:
            dist = point.dist.name if point.dist else "another package"
            where = "comes with ftprep" if dist == "ftprep" else f"is installed here, from {dist}"
            raise RecipeError(f"a plugin '{name}' {where}", hint=another)
    for item in registry.all(kind):
        if name == item.name or (kind == "tokenizer" and name in item.cls.encodings()):
            what = f"a {kind}" if name == item.name else "an encoding"
            origin = plugins.Origin(item.plugin, item.dist, item.version)
            raise RecipeError(f"there is {what} '{name}' already, in {origin}", hint=another)


def _templates(kind: str) -> dict[str, str]:
    """Path -> text, both with the words to be filled in."""
    found = {}
    for folder in (_TEMPLATES / "project", _TEMPLATES / kind):
        for path in sorted(folder.rglob("*.in")):
            name = path.relative_to(folder).as_posix().removesuffix(".in")
            found[re.sub(r"(?<![^/])dot_", ".", name)] = path.read_bytes().decode()
    return found


def _words(name: str, kind: str, code: str) -> dict[str, str]:
    """What is filled in; `code` is where the name of a class may be taken."""
    return {
        "name": name,
        "module": f"{name}_" if keyword.iskeyword(name) or name in _OWN else name,
        "dist": f"ftprep-{name.replace('_', '-')}",
        "Class": _class_name(name, kind, code),
        "CODE": name.replace("_", "").upper(),
        "kind": kind,
        "Kind": kind.capitalize(),
        "hook": KINDS[kind],
    }


def _class_name(name: str, kind: str, code: str) -> str:
    """`DropWords`; with the kind behind it where the code has that word already, or Python has."""
    short = "".join(part.capitalize() for part in name.split("_"))
    taken = hasattr(builtins, short) or re.search(rf"(?<![\w.]){short}\b", code)
    return short + kind.capitalize() if taken else short


def _filled(templates: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    def fill(text: str) -> str:
        return re.sub(r"@(\w+)@", lambda match: words[match[1]], text)

    return dict(sorted((fill(path), fill(text)) for path, text in templates.items()))


def _write(files: Mapping[str, str], folder: Path) -> list[Path]:
    """All of them, or none."""
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise OutputError("is not empty", hint="choose another folder with --out", file=folder.as_posix())
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".ftprep-") as beside:
            for path, text in files.items():
                target = Path(beside, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8", newline="\n")
            for made in Path(beside).iterdir():
                made.rename(folder / made.name)
    except OSError as error:
        why = refusal(error)
        hint = "choose another folder with --out"
        raise OutputError(f"cannot be written ({why})", hint=hint, file=folder.as_posix()) from error
    return [folder / path for path in files]
