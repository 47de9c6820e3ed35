"""What of a row is trained on, as each bundled format has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from ftprep.example import Drop
from ftprep.registry import Registry
from ftprep.steps import Lossy, StepRun, Writer
from ftprep.testing import EXAMPLES
from ftprep.trained import Segment, counted, read_row, tokenised, unread

INSTALLED = Registry.installed()
FORMS = [
    (item.name, form)
    for item in INSTALLED.all("writer")
    for form in (
        ["messages", "prompt_completion", "preference"] if item.name == "trl"
        else ["chat", "preference"] if item.name == "together"
        else [""]
    )
]  # fmt: skip
forms = pytest.mark.parametrize(("name", "form"), FORMS, ids=[" ".join(filter(None, form)) for form in FORMS])


def writer(name: str, form: str = "") -> Writer:
    return INSTALLED.get("writer", name).cls(**({"form": form} if form else {}))


def lines(made: Writer) -> list[bytes]:
    """What it writes of the samples that the kit has for every writer."""
    encode = made.start(StepRun(writer=made))
    rows = [encode(example) for example in EXAMPLES]
    rows = [row.row if isinstance(row, Lossy) else row for row in rows if not isinstance(row, Drop)]
    return [msgspec.json.encode(row) for row in rows]


def by_threes(texts: Sequence[str]) -> list[list[bytes]]:
    """A tokenizer that cuts every three bytes, through characters too."""
    cut = []
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        cut.append([data[at : at + 3] for at in range(0, len(data), 3)])
    return cut


def shown(found: Sequence[Segment]) -> list[tuple[str, str, str]]:
    return [(one.role, one.kind, one.text) for one in found]


def row(made: Writer, value: Any) -> list[tuple[str, str, str]]:
    found, said = read_row(msgspec.json.encode(value), made)
    assert said == ""
    return shown(found)


@forms
def test_every_text_of_an_example_is_shown_once_and_in_order(name: str, form: str) -> None:
    made = writer(name, form)
    for line in lines(made):
        example = made.decode(msgspec.json.decode(line))
        said = [*example.messages, *example.rejected]
        found, note = read_row(line, made)
        assert note == ""
        for number, message in enumerate(said):
            own = [one for one in found if one.message == number]
            assert "".join(one.text for one in own if one.part == "text") == message.text
            assert "".join(one.text for one in own if one.part == "reasoning") == (message.reasoning or "")
            assert len([one for one in own if one.part == "call"]) == len(message.tool_calls)
            assert own, "even a message without anything in it is there"
        numbers = [one.message for one in found if one.message >= 0]
        assert numbers == sorted(numbers)


@forms
def test_tokens_joined_are_the_text_and_all_are_counted(name: str, form: str) -> None:
    made = writer(name, form)
    for line in lines(made):
        found, _ = read_row(line, made)
        cut = tokenised(found, by_threes)
        texts = [one.text if one.part != "image" else "" for one in found]
        assert ["".join(token.text for token in tokens) for tokens in cut] == texts
        whole = ["".join(texts)] if made.shape == "completion" else texts
        assert sum(map(counted, cut)) == sum(map(len, by_threes(whole)))


@forms
def test_each_row_of_a_format_that_is_trained_on_has_something_trained(name: str, form: str) -> None:
    made = writer(name, form)
    written = lines(made)
    assert written
    for line in written:
        kinds = {one.kind for one in read_row(line, made)[0]}
        assert ("trained" in kinds) == made.ends_in_answer


def test_a_chat_trains_answers_unless_their_weight_is_0() -> None:
    said = {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "1"},
            {"role": "assistant", "content": "2", "weight": 0},
            {"role": "user", "content": "3"},
            {"role": "assistant", "content": "4"},
        ]
    }
    assert row(writer("openai_chat"), said) == [
        ("system", "context", "Be brief."),
        ("user", "context", "1"),
        ("assistant", "context", "2"),
        ("user", "context", "3"),
        ("assistant", "trained", "4"),
    ]


def test_tools_come_first_and_calls_are_trained_as_json() -> None:
    tools = [{"type": "function", "function": {"name": "add"}}]
    call = {"id": "c", "type": "function", "function": {"name": "add", "arguments": '{"a": "ü"}'}}
    said = {
        "messages": [
            {"role": "user", "content": "1 + 1?"},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "content": "2", "tool_call_id": "c"},
            {"role": "assistant", "content": "It is 2."},
        ],
        "tools": tools,
    }
    assert row(writer("openai_chat"), said) == [
        ("tools", "context", '[{"type":"function","function":{"name":"add"}}]'),
        ("user", "context", "1 + 1?"),
        ("assistant", "trained", '{"name": "add", "arguments": {"a": "ü"}}'),
        ("tool", "context", "2"),
        ("assistant", "trained", "It is 2."),
    ]


def test_a_prompt_and_its_completion_are_one_text() -> None:
    found, _ = read_row(b'{"prompt": "Q: 1\\nA:", "completion": " 2\\n"}', writer("openai_completion"))
    assert shown(found) == [("prompt", "context", "Q: 1\nA:"), ("completion", "trained", " 2\n")]
    assert [one.joined for one in found] == [False, True]


def test_a_lone_completion_is_trained() -> None:
    found, _ = read_row(b'{"prompt": "", "completion": "All of it."}', writer("openai_completion"))
    assert shown(found) == [("completion", "trained", "All of it.")]


def test_of_a_preference_only_the_wanted_answer_is_trained() -> None:
    said = {
        "input": {
            "messages": [
                {"role": "user", "content": "1"},
                {"role": "assistant", "content": "2"},
                {"role": "user", "content": "3"},
            ]
        },
        "preferred_output": [{"role": "assistant", "content": "good"}],
        "non_preferred_output": [{"role": "assistant", "content": "bad"}],
    }
    wanted = [
        ("user", "context", "1"),
        ("assistant", "context", "2"),
        ("user", "context", "3"),
        ("assistant", "trained", "good"),
        ("assistant", "rejected", "bad"),
    ]
    assert row(writer("openai_preference"), said) == wanted
    assert row(writer("together", "preference"), said) == wanted


def test_of_reinforcement_nothing_is_trained_on_as_text() -> None:
    said = {"messages": [{"role": "user", "content": "1 + 1?"}], "reference_answer": "2", "points": {"max": 3}}
    assert row(writer("openai_reinforcement"), said) == [
        ("user", "context", "1 + 1?"),
        ("assistant", "reference", "2"),
        ("points", "reference", '{"max":3}'),
    ]


def test_trl_trains_whole_conversations() -> None:
    said = [{"role": "user", "content": "1"}, {"role": "assistant", "content": "2"}]
    assert row(writer("trl", "messages"), {"messages": said}) == [
        ("user", "trained", "1"),
        ("assistant", "trained", "2"),
    ]
    assert row(writer("trl", "prompt_completion"), {"prompt": said[:1], "completion": said[1:]}) == [
        ("user", "context", "1"), ("assistant", "trained", "2")
    ]  # fmt: skip


def test_a_question_that_has_the_weight_1_is_trained() -> None:
    said = [{"role": "user", "content": "1", "train": True}, {"role": "assistant", "content": "2", "train": False}]
    assert row(writer("axolotl"), {"messages": said}) == [("user", "trained", "1"), ("assistant", "context", "2")]


@pytest.mark.parametrize(
    ("line", "text", "why"),
    [
        pytest.param(b'{"prompt": 1}', '{"prompt": 1}', "'prompt' has to be a text", id="another format"),
        pytest.param(b'{"a', '{"a', "Input data was truncated", id="no JSON"),
        pytest.param(b"[]", "[]", "a line has to be a JSON object, not list", id="no object"),
        pytest.param(b'"\xff"', '"\\xff"', "'utf-8' codec can't decode byte 0xff", id="no text"),
        pytest.param(b"[" * 5000, "[" * 5000, "RecursionError: maximum recursion depth exceeded", id="too deep"),
        pytest.param(b"", "", "Input data was truncated", id="nothing"),
    ],
)
def test_a_row_that_cannot_be_read_is_shown_as_it_stands(line: bytes, text: str, why: str) -> None:
    found, said = read_row(line, writer("openai_completion"))
    assert found == unread(line) == [Segment(text=text, kind="context", role="row")]
    assert said.startswith(f"This row cannot be read as 'openai_completion': {why}")
