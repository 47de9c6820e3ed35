"""The stand-ins that uploaders bring: a service on this machine, to rehearse with and for tests.

    python -m ftprep.testing.server --port 8080

is `ftprep testing-server --port 8080`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import DataError, RecipeError, did_you_mean, refusal
from ..registry import Registry
from ..steps import StandIn, Uploader


@contextmanager
def serving(
    registry: Registry,
    name: str | None = None,
    *,
    port: int = 0,
    profile: str | None = None,
    wire: bool = False,
    faults: Path | None = None,
) -> Iterator[StandIn]:
    """The stand-in of an uploader, while it serves. Its `address` is what the uploader's option takes.

    Without a name: of those that know the profile, the one that knows most profiles. `faults`: a JSON file with a list
    of what goes wrong, as the uploader's documentation says. Raises RecipeError, and DataError for the file.
    """
    cls = uploader(registry, name, profile)
    given = read_faults(faults) if faults is not None else []
    try:
        stand_in = cls.stand_in(port=port, profile=profile, wire=wire, faults=given)
    except ValueError as error:
        if faults is None:
            raise
        raise DataError(str(error), file=faults.as_posix(), hint="correct it") from None
    except OSError as error:
        why = refusal(error)
        raise RecipeError(f"port {port} cannot be used: {why}", hint="take another, or 0 for a free one") from None
    with stand_in as server:
        yield server


def uploader(registry: Registry, name: str | None = None, profile: str | None = None) -> type[Uploader]:
    """The uploader whose stand-in is meant. Raises RecipeError where there is none."""
    if name is not None:
        cls: type[Uploader] = registry.get("uploader", name).cls
        if not cls.has_stand_in():
            having = [item.name for item in _having(registry)]
            raise RecipeError(
                f"uploader '{name}' has no stand-in", hint=f"those that have: {', '.join(having) or 'none'}"
            )
        _check_profile([cls], profile)
        return cls
    all_of_them = [item.cls for item in _having(registry)]
    if not all_of_them:
        raise RecipeError("no installed uploader has a stand-in", hint="install a plugin that brings one")
    _check_profile(all_of_them, profile)
    knowing = [cls for cls in all_of_them if profile is None or profile in cls.stand_in_profiles]
    best: type[Uploader] = max(knowing, key=lambda cls: len(cls.stand_in_profiles))
    return best


def _having(registry: Registry) -> list[Any]:
    return [item for item in registry.all("uploader") if item.cls.has_stand_in()]


def _check_profile(classes: Sequence[type[Uploader]], profile: str | None) -> None:
    known = list(dict.fromkeys(name for cls in classes for name in cls.stand_in_profiles))
    if profile is not None and profile not in known:
        raise RecipeError(f"no stand-in has the profile '{profile}'", hint=did_you_mean(profile, known))


def read_faults(path: Path) -> list[Mapping[str, Any]]:
    """The list of a JSON file. Raises DataError: not there, or something else."""
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        why = refusal(error)
        raise DataError(why, file=path.as_posix(), hint="check the path") from None
    except ValueError as error:
        raise DataError(f"no JSON ({error})", file=path.as_posix(), hint="correct it") from None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise DataError("faults are a JSON list of objects", file=path.as_posix(), hint="put them into [ ]")
    return found


if __name__ == "__main__":
    import runpy
    import sys

    sys.argv[1:1] = ["testing-server"]
    runpy.run_module("ftprep", run_name="__main__", alter_sys=True)
