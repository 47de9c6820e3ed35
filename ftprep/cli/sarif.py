"""Findings as SARIF 2.1.0 (OASIS), for CI services and editors that show what tools find beside the lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .saying import one_a_line
from .words import sentence

if TYPE_CHECKING:
    from ..codes import Code
    from ..doctor.report import Report
    from ..errors import Problem
    from ..example import Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "advice": "note"}


def document(
    problems: Sequence[Problem], reports: Sequence[Report], known: Iterable[tuple[Code, str]], *, exit_code: int
) -> Iterator[str]:
    """The log, a result a line; findings are read from disk. `known` are all codes with their plugins."""
    from .. import __version__

    groups = [group for report in reports for group in report.groups]
    used = sorted({problem.code for problem in problems} | {group.code for group in groups})
    codes = {code.code: code for code, _ in known}
    driver = {"name": "ftprep", "version": __version__, "rules": [_rule(name, codes.get(name)) for name in used]}
    calls = [{"executionSuccessful": exit_code < 2, "exitCode": exit_code}]
    findings = chain.from_iterable(report.rows() for report in reports)
    results = chain(map(_of_problem, problems), map(_of_finding, findings))
    number = {name: i for i, name in enumerate(used)}
    yield f'{{\n  "$schema": {json.dumps(SCHEMA)},\n  "version": "2.1.0",\n  "runs": [{{\n'
    yield f'    "tool": {json.dumps({"driver": driver})},\n    "invocations": {json.dumps(calls)},\n'
    yield '    "results": ['
    yield from one_a_line((json.dumps({**one, "ruleIndex": number[one["ruleId"]]}) for one in results), indent="    ")
    yield "]\n  }]\n}\n"


def _rule(name: str, code: Code | None) -> dict[str, Any]:
    if code is None:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": sentence(code.meaning)},
        "fullDescription": {"text": code.meaning},
        "help": {"text": code.remedy},
        "defaultConfiguration": {"level": LEVELS[code.level]},
    }


def _result(found: Problem | Finding, places: list[dict[str, Any]]) -> dict[str, Any]:
    text = f"{found.message}; {found.hint}" if found.hint else found.message
    result = {"ruleId": found.code, "level": LEVELS[found.level], "message": {"text": text}}
    return {**result, "locations": places} if places else result


def _of_problem(problem: Problem) -> dict[str, Any]:
    if problem.file is None:
        return _result(problem, [])
    region = {"startLine": problem.line, "startColumn": problem.column}
    return _result(problem, [_location(problem.file, {key: n for key, n in region.items() if n is not None})])


def _of_finding(finding: Finding) -> dict[str, Any]:
    source = finding.source
    if source is None:
        return _result(finding, [])
    region = {"startLine": source.first} | ({"endLine": source.last} if source.last != source.first else {})
    location = _location(source.file, region)
    if source.sheet is not None:
        location["logicalLocations"] = [{"name": source.sheet, "fullyQualifiedName": str(source)}]
    return _result(finding, [location])


def _location(file: str, region: dict[str, int]) -> dict[str, Any]:
    """A path as a URI: relative ones stay so, as services look them up in the repository."""
    path = PurePath(file)
    name = path.as_posix().lstrip("/") if path.is_absolute() else path.as_posix()
    uri = quote(name, safe="/:" if path.is_absolute() else "/", errors="surrogateescape")  # names are UTF-8 in a URI
    uri = f"file:///{uri}" if path.is_absolute() else uri
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    return {"physicalLocation": {**physical, "region": region} if region else physical}
