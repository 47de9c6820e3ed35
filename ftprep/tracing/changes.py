"""What was changed since a run: inputs, side tables, versions, the written file itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from .. import __version__
from ..engine.tables import table_inputs
from ..errors import DataError, Problem
from ..files import Input
from ..plan import Plan
from ..publish import versions_of
from .folder import AGAIN, RunFolder


def changed_input(input_: Input, noted: str) -> Iterator[Problem]:
    """A warning for an input that is not what the run read."""
    if input_.sha256() != noted:
        text = "this input was changed since the run, so its rows may be others"
        yield Problem(code="FT510", message=text, hint=AGAIN, level="warning", file=input_.name)


def changed_tables(run: RunFolder, plan: Plan) -> Iterator[Problem]:
    """A warning for each side table that is not what the run read."""
    noted = {hashed.file: hashed.sha256 for hashed in run.manifest.side_tables}
    for table in table_inputs(plan):
        try:
            same = noted.get(table.name) in (None, table.sha256())
        except DataError:
            same = False
        if not same:
            text = "this side table was changed since the run, so what is looked up may be other"
            yield Problem(code="FT510", message=text, hint=AGAIN, level="warning", file=table.name)


def differs(run: RunFolder, plan: Plan, name: str, number: int, known: bool) -> Problem:
    """The complaint about a line that is not what its source becomes now. `known`: it was said already that what was
    read is not the same."""
    path = run.path / name
    reasons = list(_versions(run, plan))
    try:
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != run.manifest.outputs[name].sha256:
                reasons.insert(0, "the file was changed since the run")
    except OSError:
        reasons.insert(0, "the file cannot be read any more")
    if known:
        reasons.insert(0, "what the run read was changed since")
    because = "; ".join(reasons) or "nothing that the run noted was changed, so a step is not the same each time"
    text = f"what stands here is not what its source becomes now: {because}"
    return Problem(code="FT511", message=text, hint=AGAIN, level="error", file=path.as_posix(), line=number)


def _versions(run: RunFolder, plan: Plan) -> Iterator[str]:
    """What another version runs now than then."""
    then, now = run.manifest.versions, versions_of(plan)
    if run.manifest.ftprep != __version__:
        yield f"ftprep was {run.manifest.ftprep} and is {__version__}"
    for plugin, version in now["plugins"].items():
        before = then.plugins.get(plugin)
        if before != version:
            yield f"the plugin '{plugin}' was {before or 'not used'} and is {version}"
    if then.python != now["python"]:
        yield f"Python was {then.python} and is {now['python']}"
