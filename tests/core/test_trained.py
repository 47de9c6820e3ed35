"""What of a row is trained on, and where its tokens end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from kit import KitChat

from ftprep.example import Example, Message, ToolCall
from ftprep.trained import Segment, Token, counted, read_row, segments, stretches, tokenised, unread

law = settings(deadline=None, derandomize=True, max_examples=200)


def by_threes(texts: Sequence[str]) -> list[list[bytes]]:
    """A tokenizer that cuts every three bytes, through characters too."""
    data = [text.encode("utf-8", "surrogatepass") for text in texts]
    return [[one[at : at + 3] for at in range(0, len(one), 3)] for one in data]


def test_a_writer_that_fails_costs_no_page() -> None:
    class Broken(KitChat):
        @classmethod
        def decode(cls, row: Any) -> Example:
            return Example()

        def trains(self, example: Example) -> list[bool]:
            raise SystemExit("no more")

    found, said = read_row(b'{"messages": []}', Broken())
    assert (found, said) == (
        unread(b'{"messages": []}'),
        f"This row cannot be read as '{Broken.name}': SystemExit: no more",
    )


def test_a_writer_that_does_not_read_its_rows_has_them_shown_as_they_stand() -> None:
    found, said = read_row(b'{"messages": []}', KitChat())
    assert found == unread(b'{"messages": []}')
    assert said == "'kit_chat' does not say how its rows are read, so this one is shown as it stands."


def test_a_token_across_the_seam_counts_where_it_ends() -> None:
    found = [
        Segment(text="AI:", kind="context", role="prompt"),
        Segment(text="  hi", kind="trained", role="completion", joined=True),
    ]

    def pieces(texts: Sequence[str]) -> list[list[bytes]]:
        assert list(texts) == ["AI:  hi"]
        return [[b"AI", b":  ", b"hi"]]

    assert tokenised(found, pieces) == [[Token("AI"), Token(":", 0)], [Token("  "), Token("hi")]]


def test_a_token_may_reach_over_two_seams() -> None:
    found = [Segment(text=text, kind="context", role="prompt", joined=at > 0) for at, text in enumerate("abc")]
    assert tokenised(found, lambda texts: [[b"abc"]]) == [[Token("a", 0)], [Token("b", 0)], [Token("c")]]


def test_the_border_stands_where_a_character_ends() -> None:
    smile = "🙂".encode()
    assert stretches("a🙂b", [b"a" + smile[:1], smile[1:2], smile[2:], b"b"]) == [Token("a🙂", 3), Token("b")]


def test_tokens_that_are_not_the_text_s_own_bytes_leave_it_whole() -> None:
    assert stretches("Ä B", [b"a", b"b", b"c"]) == [Token("Ä B", 3)]
    assert stretches("", [b"a"]) == []


def test_a_token_without_bytes_is_counted_and_makes_no_border() -> None:
    assert stretches("ab", [b"a", b"", b"b"]) == [Token("a"), Token("b", 2)]
    assert stretches("ab", [b"ab", b""]) == [Token("ab", 2)]


@law
@given(st.text(), st.lists(st.integers(0, 60), max_size=30))
def test_however_bytes_are_cut_the_text_stays_and_no_token_is_lost(text: str, cuts: list[int]) -> None:
    data = text.encode("utf-8", "surrogatepass")
    borders = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    tokens = [data[a:b] for a, b in pairwise(borders)]
    made = stretches(text, tokens)
    assert "".join(token.text for token in made) == text
    assert counted(made) == len(tokens)
    assert all(token.text for token in made)


@law
@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_however_a_text_is_parted_each_part_gets_its_own(texts: list[str]) -> None:
    found = [Segment(text=text, kind="context", role="prompt", joined=at > 0) for at, text in enumerate(texts)]
    cut = tokenised(found, by_threes)
    assert ["".join(token.text for token in tokens) for tokens in cut] == texts
    assert sum(map(counted, cut)) == len(by_threes(["".join(texts)])[0])


def test_an_example_of_any_kind_has_segments() -> None:
    """Previews show examples that no writer would take."""
    made: Any = SimpleNamespace(
        ends_in_answer=True, shape="chat", trains=lambda example: [False] * len(example.messages)
    )
    call = ToolCall("c", "f", "no JSON")
    example = Example(messages=(Message("assistant", "", tool_calls=(call,), reasoning="so", name="Ann"),))
    assert [(one.part, one.text, one.name) for one in segments(example, made)] == [
        ("reasoning", "so", "Ann"),
        ("call", '{"name": "f", "arguments": no JSON}', "Ann"),
    ]
    assert segments(Example(), made) == []
