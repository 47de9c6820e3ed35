"""`ftprep rule`: what the code of a problem means."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Call, put

pytestmark = pytest.mark.files

MEANT = """\
FT361: warning, of the plugin 'turns'

Two messages of the same role follow each other. Some services refuse that, and the model learns to answer itself.
Join them, or look for the message that is missing between them.

A file that has it:

  {"messages": [{"role": "user", "content": "Hi"}, {"role": "user", "content": "Anyone there?"}, \
{"role": "assistant", "content": "Hello."}]}

The same without it:

  {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}
"""


def test_a_code_is_explained_with_a_file_that_has_it_and_one_that_has_not(ftprep: Call) -> None:
    assert ftprep("rule", "FT361") == (0, MEANT, "")
    assert ftprep("rule", "ft361") == (0, MEANT, "")


def test_a_code_of_no_file_has_no_example(ftprep: Call) -> None:
    assert ftprep("rule", "FT003").out == (
        "FT003: error\n\nThe command was interrupted. What was there before is as it was.\nStart it again.\n"
    )


CODES = """\
import ftprep

FTPREP_API = 1


class Odd(ftprep.Map):
    \"\"\"Does odd things.\"\"\"

    name = "odd"
    problem_codes = (
        ftprep.Code("XX001", "It is odd.", "Even it out.", fails="a\\n1\\n", passes="a\\n2\\n", asks="--model gpt-4o"),
        ftprep.Code("XX003", "It is bold.", "Hush it.", fails="a\\n1\\n", asks="check: [odd]\\nseed: 1"),
        ftprep.Code("XX002", "It is old.", "Renew it.", example="a file of 1987"),
    )

    def apply(self, example):
        return example


@ftprep.hookimpl
def ftprep_transformers():
    return [Odd]
"""


def test_what_else_it_takes_to_find_it_is_said(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "odd_plugin.py", CODES)
    told = ftprep("rule", "XX001", "--plugin", "odd_plugin.py").out
    assert told.endswith(
        "\n\nIt is found with --model gpt-4o.\n\nA file that has it:\n\n  a\n  1\n\nThe same without it:\n\n  a\n  2\n"
    )
    told = ftprep("rule", "XX003", "--plugin", "odd_plugin.py").out
    assert told.endswith(
        "\n\nIt is found by a recipe with:\n\n  check: [odd]\n  seed: 1\n\nA file that has it:\n\n  a\n  1\n"
    )
    told = ftprep("rule", "XX002", "--plugin", "odd_plugin.py").out
    assert told.endswith("It is old.\nRenew it.\n\nAn example: a file of 1987\n")


def test_the_document_says_the_same(ftprep: Call) -> None:
    result = ftprep("rule", "FT003", "--json").document["result"]
    assert result == {
        "code": "FT003",
        "level": "error",
        "plugin": None,
        "meaning": "The command was interrupted. What was there before is as it was.",
        "remedy": "Start it again.",
        "example": "",
        "fails": "",
        "passes": "",
        "asks": "",
    }


def test_a_code_that_nothing_has_is_one_line(ftprep: Call) -> None:
    assert ftprep("rule", "FT3012") == (2, "", "no problem has the code 'FT3012'; did you mean 'FT312'?\n")
