"""`ftprep check --output sarif`: a log that CI services take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftprep import Finding, Problem, Source
from ftprep.cli.sarif import document
from ftprep.registry import Registry

from .conftest import Call, put
from .test_check_data import chat, lines

pytestmark = pytest.mark.files

LOG = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "invocations", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "version", "rules"],
                                "properties": {
                                    "name": {"const": "ftprep"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {"$ref": "#/$defs/rule"},
                                    },
                                },
                                "additionalProperties": False,
                            }
                        },
                        "additionalProperties": False,
                    },
                    "invocations": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["executionSuccessful"],
                            "properties": {
                                "executionSuccessful": {"type": "boolean"},
                                "exitCode": {"type": "integer"},
                            },
                            "additionalProperties": False,
                        },
                    },
                    "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
    "$defs": {
        "text": {
            "type": "object",
            "required": ["text"],
            "properties": {"text": {"type": "string", "minLength": 1}},
            "additionalProperties": False,
        },
        "level": {"enum": ["none", "note", "warning", "error"]},
        "rule": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "minLength": 1},
                "shortDescription": {"$ref": "#/$defs/text"},
                "fullDescription": {"$ref": "#/$defs/text"},
                "help": {"$ref": "#/$defs/text"},
                "defaultConfiguration": {
                    "type": "object",
                    "properties": {"level": {"$ref": "#/$defs/level"}},
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        },
        "result": {
            "type": "object",
            "required": ["message", "ruleId", "ruleIndex", "level"],
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": 0},
                "level": {"$ref": "#/$defs/level"},
                "message": {"$ref": "#/$defs/text"},
                "locations": {"type": "array", "items": {"$ref": "#/$defs/location"}},
            },
            "additionalProperties": False,
        },
        "location": {
            "type": "object",
            "required": ["physicalLocation"],
            "properties": {
                "physicalLocation": {
                    "type": "object",
                    "required": ["artifactLocation"],
                    "properties": {
                        "artifactLocation": {
                            "type": "object",
                            "required": ["uri"],
                            "properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}},
                            "additionalProperties": False,
                        },
                        "region": {
                            "type": "object",
                            "properties": {
                                name: {"type": "integer", "minimum": 1}
                                for name in ("startLine", "startColumn", "endLine")
                            },
                            "additionalProperties": False,
                        },
                    },
                    "additionalProperties": False,
                },
                "logicalLocations": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {name: {"type": "string"} for name in ("name", "fullyQualifiedName")},
                        "additionalProperties": False,
                    },
                },
            },
            "additionalProperties": False,
        },
    },
}
"""What SARIF 2.1.0 (sections 3.13 to 3.52) asks of the parts that are written here, and of no others."""


def valid(text: str) -> dict[str, Any]:
    import jsonschema

    log: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(LOG).validate(log)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert {result["ruleId"] for result in run["results"]} == set(rules)
    found: dict[str, Any] = run
    return found


def places(run: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (
            result["ruleId"],
            result["level"],
            location["physicalLocation"]["artifactLocation"]["uri"],
            location["physicalLocation"].get("region"),
        )
        for result in run["results"]
        for location in result.get("locations", [{"physicalLocation": {"artifactLocation": {"uri": None}}}])
    ]


def test_every_finding_is_a_result_with_its_line_and_every_code_a_rule(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "my data.jsonl", lines(chat("Hello", "Hi"), chat("Hello", "Hi"), chat("And then?")))
    told = ftprep("check", "my data.jsonl", "--select", "FT360,FT373", "--output", "sarif")
    run = valid(told.out)
    assert (told.code, told.err, run["invocations"]) == (1, "", [{"executionSuccessful": True, "exitCode": 1}])
    assert sorted(places(run)) == [
        ("FT360", "error", "my%20data.jsonl", {"startLine": 3}),
        ("FT373", "warning", "my%20data.jsonl", {"startLine": 2}),
    ]
    rule = run["tool"]["driver"]["rules"][1]
    assert (rule["id"], rule["defaultConfiguration"]) == ("FT373", {"level": "warning"})
    assert rule["help"]["text"] == "Remove it with 'dedupe'."
    assert rule["shortDescription"]["text"] == rule["fullDescription"]["text"]


def test_nothing_wrong_is_a_log_without_results(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", lines(chat("Hello", "Hi")))
    told = ftprep("check", "a.jsonl", "--select", "FT373", "--output", "sarif")
    run = valid(told.out)
    assert (told.code, run["results"], run["tool"]["driver"]["rules"]) == (0, [], [])


def test_recipes_and_files_that_cannot_be_read_are_results_too(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "bad.yaml", "version: 1\nread: talks.csv\nwrite: openai_chat\nxyz: 1\n")
    told = ftprep("check", "bad.yaml", "none.csv", "--output", "sarif")
    run = valid(told.out)
    assert run["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]
    assert ("FT106", "error", "bad.yaml", {"startLine": 4, "startColumn": 1}) in places(run)
    assert places(run)[-1] == ("FT200", "error", "none.csv", None)


class Read:
    """A report, as far as it is looked at here."""

    def __init__(self, *findings: Finding):
        self.groups = findings
        self.rows = lambda: iter(findings)


def test_sheets_spans_advice_and_findings_without_a_place() -> None:
    found: Any = Read(
        Finding("FT398", "few", "", "advice"),
        Finding("XX999", "a", "b", "error", None, Source("/data/ä.xlsx", 4, 8, "May")),
    )
    reported: Any = [found]
    problem = Problem(code="FT200", message="broken", hint="mend it", level="warning")
    run = valid("".join(document([problem], reported, Registry().codes(), exit_code=0)))
    assert places(run) == [
        ("FT200", "warning", None, None),
        ("FT398", "note", None, None),
        ("XX999", "error", "file:///data/%C3%A4.xlsx", {"startLine": 4, "endLine": 8}),
    ]
    assert run["results"][2]["locations"][0]["logicalLocations"] == [
        {"name": "May", "fullyQualifiedName": "/data/ä.xlsx:May!4-8"}
    ]
    assert [result["message"]["text"] for result in run["results"]] == ["broken; mend it", "few", "a; b"]
    assert run["tool"]["driver"]["rules"][2] == {"id": "XX999"}
