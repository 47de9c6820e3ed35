"""Mistakes of a recipe: all at once, each with its line and a caret, whatever the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import RECIPE, Call

pytestmark = pytest.mark.files

MANY = """\
version: 1
nmae: x
read:
  csv: {path: tlaks.csv, delimter: ";"}
transform:
  - convrsations: {user: Human}
  - window: {contxt: 5}
  - window: {context: five}
  - conversations:
      separator: ###
split: {validation: 10%, validation: 5}
check: [tokns]
write:
  - openai_chat: {systm: x, steps: [dialoge]}
"""
ALL_OF_THEM = """\
recipe.yaml:2:1: unknown key 'nmae'; did you mean 'name'?
     2 | nmae: x
       | ^
recipe.yaml:4:15: tlaks.csv: no such file in this folder; did you mean 'talks.csv'?
     4 |   csv: {path: tlaks.csv, delimter: ";"}
       |               ^
recipe.yaml:4:26: reader 'csv' has no option 'delimter'; did you mean 'delimiter'?
     4 |   csv: {path: tlaks.csv, delimter: ";"}
       |                          ^
recipe.yaml:6:5: unknown transformer 'convrsations'; did you mean 'conversations'?
     6 |   - convrsations: {user: Human}
       |     ^
recipe.yaml:7:14: transformer 'window' has no option 'contxt'; did you mean 'context'?
     7 |   - window: {contxt: 5}
       |              ^
recipe.yaml:8:23: transformer 'window': 'context' is a whole number (got 'five'); see 'ftprep plugins info window'
     8 |   - window: {context: five}
       |                       ^
recipe.yaml:10:17: 'separator:' is empty, for an unquoted # begins a comment; quote a text: "###"; a remark has a \
space after its #
    10 |       separator: ###
       |                 ^
recipe.yaml:11:26: duplicate key 'validation' (first on line 11); keep one of them
    11 | split: {validation: 10%, validation: 5}
       |                          ^
recipe.yaml:12:9: unknown check 'tokns'; did you mean 'tokens'?
    12 | check: [tokns]
       |         ^
recipe.yaml:14:19: writer 'openai_chat' has no option 'systm'; did you mean 'system'?
    14 |   - openai_chat: {systm: x, steps: [dialoge]}
       |                   ^
recipe.yaml:14:37: unknown transformer 'dialoge'; did you mean 'dialogue'?
    14 |   - openai_chat: {systm: x, steps: [dialoge]}
       |                                     ^
"""

ORDER = """\
version: 1
read:
  csv: talks.csv
transform:
  - dedupe
  - stop: "\\nHuman: "
  - conversations
  - conversations: "---"
write:
  - openai_chat
  - openai_chat
"""


@pytest.mark.parametrize("command", ["check", "run", "preview", "explain"])
def test_every_mistake_is_shown_at_once_with_its_line(
    ftprep: Call, recipe: Callable[[str], str], command: str, tmp_path: Path
) -> None:
    told = ftprep(command, recipe(MANY))
    assert told.err == ALL_OF_THEM
    assert (told.code, told.out) == (2, "recipe.yaml: 11 errors\n" if command == "check" else "")
    assert not (tmp_path / "out").exists()


def test_every_mistake_is_in_the_document(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("check", recipe(MANY), "--json")
    problems = told.document["problems"]
    assert [(p["line"], p["column"], p["code"], p["path"]) for p in problems] == [
        (2, 1, "FT106", "nmae"),
        (4, 15, "FT130", "read.csv.path"),
        (4, 26, "FT111", "read.csv.delimter"),
        (6, 5, "FT100", "transform[0].convrsations"),
        (7, 14, "FT111", "transform[1].window.contxt"),
        (8, 23, "FT111", "transform[2].window.context"),
        (10, 17, "FT104", None),
        (11, 26, "FT103", None),
        (12, 9, "FT100", "check[0].tokns"),
        (14, 19, "FT111", "write[0].openai_chat.systm"),
        (14, 37, "FT100", "write[0].openai_chat.steps[0].dialoge"),
    ]
    assert {(p["level"], p["file"]) for p in problems} == {("error", "recipe.yaml")}
    assert told.document["result"] == [{"recipe": "recipe.yaml", "errors": 11, "warnings": 0}]


def test_steps_in_the_wrong_order_are_shown_with_what_to_do(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("check", recipe(ORDER.replace("  - openai_chat\n  - openai_chat\n", "  - openai_chat\n")))
    assert [line for line in told.err.splitlines() if line.startswith("recipe.yaml")] == [
        "recipe.yaml:5:5: 'dedupe' stands before 'conversations', where rows are still single rows; "
        "put it after 'conversations'",
        "recipe.yaml:6:5: 'stop' works on messages, and there are none yet; "
        "put one of chat, conversations, entities, messages, prompt, split_talks before it",
        "recipe.yaml:6:5: 'stop' shapes text for completions, and 'openai_chat' writes chats; "
        "put 'stop' in the steps: of a completion writer",
        "recipe.yaml:8:5: 'conversations' comes after 'conversations', and rows can be gathered only once; "
        "leave one of them out",
    ]


def test_a_step_that_is_missing_for_a_mistake_of_its_own_makes_no_further_one(
    ftprep: Call, recipe: Callable[[str], str]
) -> None:
    told = ftprep("check", recipe(RECIPE.replace("- conversations", "- conversation")))
    assert told.err.count("recipe.yaml:") == 1


@pytest.mark.parametrize("step", ["dedupe", "conversations"])
def test_a_step_that_needs_all_examples_cannot_stand_in_the_steps_of_a_writer(
    ftprep: Call, recipe: Callable[[str], str], step: str
) -> None:
    told = ftprep("check", recipe(RECIPE.replace("openai_chat\n", f"\n  - openai_chat: {{steps: [{step}]}}\n")))
    assert told.err.splitlines()[0] == (
        f"recipe.yaml:9:27: '{step}' cannot stand in a writer's steps; put it under transform:"
    )
