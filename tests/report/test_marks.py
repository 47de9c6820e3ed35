"""Characters that nobody sees, made visible."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftprep.report.marks import MARKS, Run, ends_of, named, runs
from ftprep.trained import Segment, Token

UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp")
law = settings(deadline=None, derandomize=True, max_examples=300)
_DRAWN = {*range(0x600, 0x606), 0x6DD, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
"""Of category Cf, but drawn: signs of Arabic numbers and the like."""


@pytest.mark.parametrize(
    ("character", "shown", "name"),
    [
        pytest.param("\u00a0", "U+00A0", "no-break space", id="no-break space"),
        pytest.param("\u200b", "U+200B", "zero width space", id="zero width space"),
        pytest.param("\u200d", "U+200D", "zero width joiner", id="joiner"),
        pytest.param("\ufeff", "U+FEFF", "byte order mark", id="byte order mark"),
        pytest.param("\u202e", "U+202E", "right-to-left override", id="direction"),
        pytest.param("\u00ad", "U+00AD", "soft hyphen", id="soft hyphen"),
        pytest.param("\r", "U+000D", "carriage return", id="carriage return"),
        pytest.param("\x00", "U+0000", "null", id="null"),
        pytest.param("\x1b", "U+001B", "escape", id="escape"),
        pytest.param("\x85", "U+0085", "control character", id="control"),
        pytest.param("\u2028", "U+2028", "line separator", id="line separator"),
        pytest.param("\ud83d", "U+D83D", "half of a character", id="half of a character"),
        pytest.param("\U000e0041", "U+E0041", "tag latin capital letter a", id="tag"),
        pytest.param("\ue000", "U+E000", "character without a name", id="private"),
    ],
)
def test_a_character_that_is_not_seen_is_shown_by_its_number(character: str, shown: str, name: str) -> None:
    assert runs(f"a{character}b") == [Run("a", "a"), Run(character, shown, "hidden", name), Run("b", "b")]


def test_spaces_newlines_and_tabs_have_their_signs() -> None:
    assert runs("a  b\n\tc") == [
        Run("a", "a"), Run("  ", "··", "space"), Run("b", "b"), Run("\n", "↵\n", "newline"), Run("\t", "→", "tab"),
        Run("c", "c"),
    ]  # fmt: skip
    assert set("·↵→") <= set(MARKS)


def test_runs_end_where_tokens_do() -> None:
    found = runs("one two", [Token("one"), Token(" t"), Token("wo")])
    assert [(run.text, run.token) for run in found] == [("one", 0), (" ", 1), ("t", 1), ("wo", 2)]
    assert [run.token for run in runs("one two")] == [-1, -1, -1]


def test_separators_and_stop_sequences_are_told_apart_wherever_tokens_end() -> None:
    prompt = Segment(text="Hi\n\n###\n", kind="context", role="prompt")
    facts = {"separator": "\n###\n", "stop": ["\nHuman:", " END", ""], "codes": {"a": "b"}}
    assert ends_of(facts, prompt) == {"\n###\n": "separator"}
    found = runs(prompt.text, [Token("Hi"), Token("\n\n"), Token("###"), Token("\n")], ends_of(facts, prompt))
    assert [(run.text, run.end) for run in found] == [
        ("Hi", ""), ("\n", ""), ("\n", "separator"), ("###", "separator"), ("\n", "separator")
    ]  # fmt: skip
    completion = Segment(text=" yes END", kind="trained", role="completion", joined=True)
    assert ends_of(facts, completion) == {"\nHuman:": "stop sequence", " END": "stop sequence"}
    assert [run.text for run in runs(completion.text, (), ends_of(facts, completion)) if run.end] == [" ", "END"]
    assert ends_of(facts, Segment(text="", kind="trained", role="assistant")) == {}
    assert ends_of({"stop": "X"}, completion) == {"X": "stop sequence"}


def test_of_two_ends_the_longer_one_is_told() -> None:
    assert [(r.text, r.end) for r in runs("a##", (), {"#": "one", "##": "two"})] == [("a", ""), ("##", "two")]


@law
@given(st.text(), st.lists(st.integers(1, 5)), st.lists(st.text(min_size=1, max_size=3), max_size=3))
def test_runs_joined_are_the_text_and_can_be_printed(text: str, sizes: list[int], ends: list[str]) -> None:
    tokens, at = [], 0
    for size in [*sizes, len(text)]:
        if part := text[at : at + size]:
            tokens.append(Token(part))
        at += size
    found = runs(text, tokens, dict.fromkeys(ends, "separator"))
    assert "".join(run.text for run in found) == text
    by_token = ["".join(run.text for run in found if run.token == n) for n in range(len(tokens))]
    assert by_token == [token.text for token in tokens]
    for run in found:
        assert run.text
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp", "Co") for c in run.shown.replace("\n", ""))
        assert "\n" not in run.shown or run.shown == "↵\n"


def test_no_character_that_is_not_seen_is_taken_for_text() -> None:
    """Held against the Unicode tables of Python; characters that they do not know yet are left as they are."""
    unseen = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in UNSEEN and code not in _DRAWN
    ]
    kinds = {run.text: run.kind for character in unseen for run in runs(character)}
    odd = {character: kind for character, kind in kinds.items() if kind != "hidden"}
    assert odd == {" ": "space", "\n": "newline", "\t": "tab"}
    assert named("a") == "latin small letter a"
