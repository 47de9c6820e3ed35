"""`ftprep rule`: what the code of a problem means."""

from __future__ import annotations

from .conftest import Call

TEXT = """\
FT312: warning, of the plugin 'dialogue'

A cell is the separator, and another cell of its row has text; it was kept as a message.
If a conversation ends there, give it a row of its own.
"""


def test_a_code_is_explained(ftprep: Call) -> None:
    assert ftprep("rule", "FT312") == (0, TEXT, "")
    assert ftprep("rule", "ft312") == (0, TEXT, "")


def test_the_document_says_the_same(ftprep: Call) -> None:
    assert ftprep("rule", "FT301", "--json").document["result"] == {
        "code": "FT301",
        "level": "error",
        "plugin": None,
        "meaning": "An output has no example left.",
        "remedy": "See why in dropped.jsonl.",
    }


def test_a_code_that_nothing_has_is_one_line(ftprep: Call) -> None:
    assert ftprep("rule", "FT3012") == (2, "", "no problem has the code 'FT3012'; did you mean 'FT312'?\n")
