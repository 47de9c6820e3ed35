"""What is installed here, in facts that can be shown to anybody: no secret, no path, no request."""

from __future__ import annotations

import importlib.metadata
import locale
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from . import __version__
from .errors import FtprepError, Problem, Problems
from .planning.broken import guarded
from .registry import Registry
from .remote.state import VARIABLE, folder_of

DIST = "ftprep"
FOR_MAKERS = frozenset({"all", "browser", "dev", "docs"})
"""Extras that no user misses: those for work on ftprep itself, and the sum of the others."""
NETWORK = (
    "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "all_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
)  # fmt: skip
OWN = (VARIABLE, "FTPREP_BLOCK_PLUGINS", "FTPREP_TRACEBACK", "XDG_STATE_HOME", "WANDB_MODE", "WANDB_API_KEY")
SHOWING = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "PYTHONIOENCODING")
_NAME = re.compile(r"[\w.-]+")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([\w.-]+)['"]""")


class Extra(msgspec.Struct, frozen=True):
    """An optional part: the packages it needs -> the version that is here, empty where there is none."""

    name: str
    packages: dict[str, str]

    @property
    def missing(self) -> list[str]:
        """The packages that are not here."""
        return [name for name, version in self.packages.items() if not version]


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """The token tables of an encoding."""

    encoding: str
    tokenizer: str
    place: str | None
    """In words; empty: not on this machine; None: the tokenizer does not tell."""
    damaged: bool = False
    """`problems` has what is wrong with them."""


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """All that `ftprep doctor` tells. Of variables it has the names, and never what they hold."""

    versions: dict[str, str]
    packages: dict[str, str]
    """What ftprep needs -> its version here; empty: missing."""
    plugins: dict[str, list[str]]
    """Package and version -> names of its plugins."""
    problems: Problems
    """Plugins that cannot be used, and damaged tables."""
    extras: tuple[Extra, ...]
    tables: tuple[Tables, ...]
    variables: dict[str, dict[str, bool]]
    """What they are for -> name -> whether it is set."""
    state: str
    """What is with the folder where ftprep keeps what it sent and was answered."""
    text: dict[str, str]
    """How text is encoded here."""
    terminal: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Nothing that is here is broken."""
        return not self.problems

    def _repr_html_(self) -> str:
        from .fragments import facts, fragment, head

        missing = [extra.name for extra in self.extras if extra.missing]
        shown = {**self.versions, "plugins": sum(map(len, self.plugins.values())), "extras missing": missing}
        said = head("ftprep doctor", "all well" if self.ok else "", mood="good" if self.ok else "bad")
        return fragment(said, facts(shown)) + (self.problems._repr_html_() if self.problems else "")


def installation(registry: Registry | None = None, environ: Mapping[str, str] | None = None) -> Installation:
    """What is installed on this machine and what is wrong with it. Nothing is changed and nobody is asked.

    `environ` is the process's own unless one is given.
    """
    registry = registry or Registry.installed()
    environ = os.environ if environ is None else environ
    problems, needs = list(registry.problems), _requirements()
    tables, variables = tuple(_tables(registry, problems)), _variables(registry, environ, problems)
    return Installation(
        versions=_versions(),
        packages={name: _version(name) for name in needs.pop("", [])},
        plugins=_plugins(registry),
        problems=Problems(problems),
        extras=tuple(
            Extra(name, {one: _version(one) for one in of}) for name, of in needs.items() if name not in FOR_MAKERS
        ),
        tables=tables,
        variables=variables,
        state=_state(environ),
        text=_text(),
        terminal=_terminal(environ),
    )


def _versions() -> dict[str, str]:
    inside = "in a virtual environment" if sys.prefix != sys.base_prefix else "in no virtual environment"
    return {
        "ftprep": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}, {inside}",
        "system": platform.platform(),
        "processors": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
    }


def _requirements() -> dict[str, list[str]]:
    """Extra (empty: what is always needed) -> names of packages."""
    try:
        lines = importlib.metadata.requires(DIST) or []
    except importlib.metadata.PackageNotFoundError:  # run from a folder of its source
        lines = []
    found: dict[str, list[str]] = {}
    for line in lines:
        if (name := _NAME.match(line)) is not None:
            extra = _EXTRA.search(line)
            found.setdefault(extra[1] if extra else "", []).append(name[0])
    return dict(sorted(found.items()))


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _plugins(registry: Registry) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for item in registry.all():
        found.setdefault(f"{item.dist} {item.version}".strip(), set()).add(item.plugin)
    return {package: sorted(names) for package, names in sorted(found.items(), key=lambda one: one[0] != DIST)}


def _tables(registry: Registry, problems: list[Problem]) -> Iterator[Tables]:
    for item in registry.all("tokenizer"):
        for encoding in item.cls.encodings():
            place, damaged = None, False
            try:
                with guarded(item, f"failed to say where the tables of '{encoding}' are"):
                    place = item.cls.available(encoding)
            except FtprepError as error:
                damaged = True
                problems += error.problems
            yield Tables(encoding=encoding, tokenizer=item.name, place=place, damaged=damaged)


def _variables(registry: Registry, environ: Mapping[str, str], problems: list[Problem]) -> dict[str, dict[str, bool]]:
    groups: dict[str, Sequence[str]] = {"ftprep": OWN, "network": NETWORK, "terminal": SHOWING}
    for item in registry.all("uploader"):
        try:
            with guarded(item, "failed to name its variables"):
                groups[f"{item.kind} {item.name}"] = list(map(str, item.cls.variables()))
        except FtprepError as error:
            problems += error.problems
    return {of: {name: bool(environ.get(name)) for name in names} for of, names in groups.items() if names}


def _state(environ: Mapping[str, str]) -> str:
    where = f"named by {VARIABLE}" if environ.get(VARIABLE) else "in the usual place"
    folder = folder_of(environ)
    there = next((path for path in (folder, *folder.parents) if path.exists()), Path())
    able = there.is_dir() and os.access(there, os.W_OK)
    if there == folder:
        return f"{where}, {'can be written' if able else 'cannot be written'}"
    return f"{where}, not there yet, {'can be made' if able else 'cannot be made'}"


def _text() -> dict[str, str]:
    stream = getattr(sys.__stdout__, "encoding", None) or "none"
    language = locale.setlocale(locale.LC_CTYPE)
    return {"locale": language, "text": locale.getencoding(), "names of files": sys.getfilesystemencoding(),
            "output": stream}  # fmt: skip


def _terminal(environ: Mapping[str, str]) -> dict[str, Any]:
    streams = {"input": sys.__stdin__, "output": sys.__stdout__, "errors": sys.__stderr__}
    seen = {
        name: bool(stream is not None and not stream.closed and stream.isatty()) for name, stream in streams.items()
    }
    return {**seen, "columns": shutil.get_terminal_size().columns}
