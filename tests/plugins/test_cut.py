"""`cut`, `chunk` and `balance`: what fits, what stays whole, and who is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Drop, Example, Message, MissingColumn, RecipeError, StepRun, ToolCall, api
from ftprep_cut.chunk import Chunk
from ftprep_cut.cut import Cut

pytestmark = pytest.mark.files
words = st.text(alphabet="ab é\n.", max_size=60)


def run() -> StepRun:
    """A model whose tokens are characters."""
    return StepRun(count=lambda texts: [len(text) for text in texts])


def cut(text: str, **options: Any) -> Any:
    made = Cut.model_validate({"column": "body", **options}).start(run())(Example(fields={"body": text, "s": "Hi"}))
    return made.fields["body"] if isinstance(made, Example) else made


@pytest.mark.parametrize(
    ("keep", "made"),
    [
        pytest.param("head", "one two three", id="its beginning"),
        pytest.param("tail", "three four five", id="its end"),
        pytest.param("middle", "one two … five", id="both ends"),
    ],
)
def test_a_text_is_cut_between_words(keep: str, made: str) -> None:
    assert cut("one two three four five", tokens=15, keep=keep) == made


def test_room_is_left_for_what_comes_after_and_for_what_stands_around() -> None:
    assert cut("one two three", tokens=12, reserve=4) == "one two"
    assert cut("one two three", tokens=13, within="{s}: {body}", reserve=2) == "one two"
    assert cut("one two three", tokens=17, within="{s}: {body}") == "one two three"


def test_a_word_that_is_too_long_is_cut_inside() -> None:
    assert cut("abcdefgh", tokens=3) == "abc"


def test_what_does_not_fit_even_when_empty_is_a_drop() -> None:
    outcome = cut("text", tokens=3, within="{s}, {s}: {body}")
    assert outcome == Drop("too long even without the column that may be cut", "more than 3 tokens")


@given(words, st.integers(1, 40), st.sampled_from(["head", "tail", "middle"]))
def test_what_is_cut_fits_and_what_fits_stays(text: str, tokens: int, keep: str) -> None:
    made = cut(text, tokens=tokens, keep=keep)
    assert len(made) <= tokens
    assert made == text or len(text) > tokens
    if keep == "head":
        assert text.startswith(made)


TALK = [
    Message("system", "S"),
    Message("user", "first"),
    Message("assistant", "", tool_calls=(ToolCall("c", "f", "{}"),)),
    Message("tool", "result", tool_call_id="c"),
    Message("user", "last question"),
    Message("assistant", "answer"),
]


def turns(tokens: int, **options: Any) -> Any:
    made = Cut.model_validate({"tokens": tokens, **options}).start(run())(Example(messages=tuple(TALK)))
    return [message.text for message in made.messages] if isinstance(made, Example) else made


def test_the_oldest_turns_go_and_a_result_goes_with_its_call() -> None:
    assert turns(100) == [message.text for message in TALK]
    assert turns(25) == ["S", "", "result", "last question", "answer"]
    assert turns(20) == ["S", "last question", "answer"]


def test_a_question_that_is_too_long_by_itself_is_cut_and_one_that_cannot_be_is_a_drop() -> None:
    assert turns(8) == ["S", "last", "answer"]
    assert turns(2, reserve=1) == Drop("too long even without earlier messages", "more than 1 tokens")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param({"tokens": 5, "reserve": 5}, "reserve (5) leaves nothing of 5 tokens; lower it", id="reserve"),
        pytest.param(
            {"tokens": 5, "within": "{a}"}, "within goes with column: say which column of it may be cut", id="no column"
        ),
        pytest.param(
            {"tokens": 5, "column": "b", "within": "{a}"},
            "within does not have {b} in it, so cutting it would not help",
            id="another column",
        ),
    ],
)
def test_options_of_cut_that_cannot_be_meant_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as error:
        Cut.model_validate(options)
    assert error.value.errors()[0]["msg"] == f"Value error, {says}"


def test_without_a_model_cut_and_chunk_say_what_to_add() -> None:
    for step in (Cut(tokens=5), Chunk(column="text", tokens=5)):  # type: ignore[arg-type]
        with pytest.raises(RecipeError) as error:
            step.start(StepRun())
        assert str(error.value) == "tokens cannot be counted without a model; add 'model:' to the recipe"


def chunks(text: str, **options: Any) -> Any:
    made = Chunk.model_validate({"column": "text", **options}).start(run())(Example(fields={"text": text}))
    return [example.fields["text"] for example in made] if isinstance(made, list) else made


def test_pieces_end_between_paragraphs_then_sentences_then_words() -> None:
    text = "First. Second one.\n\nThird paragraph here, long and without an end"
    assert chunks(text, characters=20) == [
        "First. Second one.", "Third paragraph", "here, long and", "without an end",
    ]  # fmt: skip
    assert chunks("A b. C d. E f.", tokens=9) == ["A b. C d.", "E f."]
    assert chunks("short", tokens=9) == ["short"]
    assert chunks(" \n", tokens=9) == Drop("empty text", "column 'text'")


@given(words, st.integers(1, 20), st.sampled_from(["paragraph", "sentence", "word"]))
def test_together_the_pieces_hold_every_character_and_none_is_too_long(text: str, most: int, at: str) -> None:
    made = chunks(text, characters=most, at=at)
    if isinstance(made, Drop):
        assert not text.strip()
        return
    assert "".join("".join(piece.split()) for piece in made) == "".join(text.split())
    assert all(len(piece) <= most for piece in made)


def test_pieces_are_numbered_and_a_size_is_given_once() -> None:
    step = Chunk.model_validate({"column": "text", "characters": 2})
    made = step.start(run())(Example(fields={"text": "a b"}))
    assert isinstance(made, list)
    assert [example.fields["chunk"] for example in made] == [1, 2]
    with pytest.raises(MissingColumn, match="text"):
        step.start(run())(Example(fields={}))
    with pytest.raises(ValidationError) as error:
        Chunk.model_validate({"column": "text"})
    assert error.value.errors()[0]["msg"] == ("Value error, give the size of a piece either in tokens or in characters")


def test_each_class_keeps_at_most_so_many_whatever_the_order(tmp_path: Any) -> None:
    rows = [{"q": f"q{n}", "a": "rare" if n % 10 == 0 else "often"} for n in range(60)]
    source = {
        "version": 1, "name": "b", "write": ["openai_chat"],
        "transform": [{"chat": {"user": "{q}", "assistant": "{a}"}}, {"balance": {"most": 6}}],
    }  # fmt: skip
    kept = []
    for name, data in (("one", rows), ("other", rows[::-1])):
        run = api.run(source, data=data, out=tmp_path / name)
        lines = [
            json.loads(line)["messages"] for line in run.files["openai_chat"]["train"].read_text("utf-8").splitlines()
        ]
        assert sorted(message[-1]["content"] for message in lines) == ["often"] * 6 + ["rare"] * 6
        kept.append(sorted(message[0]["content"] for message in lines))
        assert run.counts["dropped"] == 48
    assert kept[0] == kept[1]
