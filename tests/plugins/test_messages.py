"""`messages`, `chat` with a rejected answer, and the writer `openai_preference`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep import Contract, Drop, Example, Image, Lossy, Message, MissingColumn, Text, ToolCall, api
from ftprep_dialogue.chat import Chat
from ftprep_dialogue.messages import Messages
from ftprep_openai.preference import OpenAIPreference

pytestmark = pytest.mark.files
TALK = [("user", "Hi"), ("assistant", "Hello")]


def made(value: Any, fields: dict[str, Any] | None = None, **options: Any) -> Any:
    step = Messages.model_validate({"column": "m", **options})
    return step.apply(Example(fields={"m": value, **(fields or {})}))


def said(outcome: Any) -> Any:
    return [(m.role, m.content) for m in outcome.messages] if isinstance(outcome, Example) else outcome


@pytest.mark.parametrize(
    ("value", "options"),
    [
        pytest.param([{"role": r, "content": t} for r, t in TALK], {}, id="OpenAI"),
        pytest.param([{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}], {}, id="ShareGPT"),
        pytest.param([["user", "Hi"], ["bot", "Hello"]], {}, id="pairs"),
        pytest.param(json.dumps([{"role": r, "content": t} for r, t in TALK]), {}, id="JSON text"),
        pytest.param(
            [{"who": "USER", "said": "Hi"}, {"who": "SYSTEM", "said": "Hello"}],
            {"role": "who", "text": "said", "roles": {"USER": "user", "SYSTEM": "assistant"}},
            id="names of its own",
        ),
    ],
)
def test_a_list_of_any_shape_becomes_messages(value: Any, options: dict[str, Any]) -> None:
    assert said(made(value, **options)) == TALK


def test_calls_and_results_are_tied_and_bare_functions_become_tools() -> None:
    function = {"name": "clock", "parameters": {}}
    talk = [
        {"from": "human", "value": "Time?"},
        {"from": "function_call", "value": '{"name": "clock", "arguments": {"zone": "UTC"}}'},
        {"from": "observation", "value": '{"time": "noon"}'},
        {"from": "function_call", "value": '{"name": "clock", "arguments": "{}"}'},
        {"from": "observation", "value": "one"},
        {"from": "gpt", "value": "Noon."},
    ]
    example = made(talk, {"t": json.dumps([function])}, tools="t")
    assert example.tools == ({"type": "function", "function": function},)
    assert [call for m in example.messages for call in m.tool_calls] == [
        ToolCall("call_1", "clock", '{"zone":"UTC"}'), ToolCall("call_2", "clock", "{}"),
    ]  # fmt: skip
    assert [m.tool_call_id for m in example.messages if m.role == "tool"] == ["call_1", "call_2"]


def test_parts_weights_and_calls_of_openai_are_kept() -> None:
    call = {"id": "c9", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    parts = [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": "https://x/y.png"}}]
    value = [
        {"role": "user", "content": parts},
        {"role": "assistant", "content": None, "tool_calls": [call], "weight": 0},
        {"role": "tool", "content": "1", "tool_call_id": "c9"},
        {"role": "assistant", "content": "Done"},
    ]
    messages = made(value).messages
    assert messages[0].content == (Text("See"), Image("https://x/y.png"))
    assert (messages[1].content, messages[1].weight, messages[1].tool_calls) == ("", 0, (ToolCall("c9", "f", "{}"),))
    assert messages[2].tool_call_id == "c9"


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        pytest.param("no json", "no JSON: JSON is malformed: invalid character (byte 4)", id="text"),
        pytest.param({"role": "user"}, "no list of messages", id="an object"),
        pytest.param([5], "message 1: it is neither an object nor a pair of speaker and text", id="a number"),
        pytest.param(
            [{"from": "narrator", "value": "x"}],
            "message 1: its speaker 'narrator' has no role; say which under 'roles'",
            id="an unknown speaker",
        ),
        pytest.param(
            [*({"role": r, "content": t} for r, t in TALK), {"who": "x"}],
            "message 3: it has no 'role' or 'from' or 'speaker'; its keys: who",
            id="no speaker",
        ),
        pytest.param([{"from": "function_call", "value": "{}"}], "message 1: a call has no name", id="a bad call"),
        *(
            pytest.param(
                [{"role": "assistant", "content": "Hi", "weight": weight}],
                f"message 1: its weight is {said}; write 0 (context) or 1 (trained)",
                id=f"weight {said}",
            )
            for weight, said in ((7, "7"), (0.5, "0.5"), (True, "true"), ("1", "1"))
        ),
    ],
)
def test_what_is_no_list_of_messages_is_a_drop_that_says_why(value: Any, detail: str) -> None:
    assert made(value) == Drop("not a list of messages", detail)


def test_an_empty_list_is_a_drop_and_a_missing_column_is_named() -> None:
    assert made([]) == Drop("no messages")
    with pytest.raises(MissingColumn, match="rejected"):
        made([["user", "Hi"]], rejected="rejected")


ANSWERS = [
    pytest.param("good", "bad", id="texts"),
    pytest.param({"from": "gpt", "value": "good"}, {"from": "gpt", "value": "bad"}, id="messages"),
    pytest.param([["user", "Hi"], ["gpt", "good"]], [["user", "Hi"], ["gpt", "bad"]], id="lists that end in it"),
]


@pytest.mark.parametrize(("chosen", "rejected"), ANSWERS)
def test_preference_data_has_its_answers_in_columns(chosen: Any, rejected: Any) -> None:
    example = made([["user", "Hi"]], {"c": chosen, "r": rejected}, chosen="c", rejected="r")
    assert said(example) == [("user", "Hi"), ("assistant", "good")]
    assert example.rejected == (Message("assistant", "bad"),)


def test_the_contract_begins_with_messages(tmp_path: Path) -> None:
    talk = [{"role": r, "content": t} for r, t in [*TALK, ("user", "Bye"), ("assistant", "See you")]]
    source = {
        "version": 1, "name": "m", "transform": [{"messages": {"column": "m", "system": "Be brief."}}, "window"],
        "write": ["openai_chat"],
    }  # fmt: skip
    run = api.run(source, data=[{"m": talk}], out=tmp_path / "out")
    asker = Contract.load(run.folder / "openai_chat")
    assert [step.name for step in asker.contract.steps] == ["dialogue/window"]
    assert asker.request([{"role": "user", "content": "Hi"}]) == {"messages": [{"role": "user", "content": "Hi"}]}


def pair(asked: str = "Q", wanted: str = "good", other: str | None = "bad", **more: Any) -> Example:
    rejected = () if other is None else (Message("assistant", other),)
    return Example(messages=(Message("user", asked), Message("assistant", wanted)), rejected=rejected, **more)


def test_chat_makes_pairs_and_the_writer_writes_them() -> None:
    step = Chat.model_validate({"user": "{q}", "assistant": "{c}", "rejected": "{r}"})
    example = step.apply(Example(fields={"q": "Q", "c": "good", "r": "bad"}))
    assert OpenAIPreference().encode(example) == {
        "input": {"messages": [{"role": "user", "content": "Q"}]},
        "preferred_output": [{"role": "assistant", "content": "good"}],
        "non_preferred_output": [{"role": "assistant", "content": "bad"}],
    }


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        pytest.param(pair(other=None), "no answer that is not wanted", id="no rejected answer"),
        pytest.param(pair(other="good"), "both answers are the same", id="equal answers"),
        pytest.param(pair(other=" "), "the answer that is not wanted is empty", id="an empty one"),
        pytest.param(Example(messages=(Message("user", "Q"),)), "no answer", id="no answer"),
        pytest.param(
            Example(messages=(Message("assistant", "a"),), rejected=(Message("assistant", "b"),)),
            "no question",
            id="no question",
        ),
    ],
)
def test_what_is_no_pair_is_a_drop(example: Example, reason: str) -> None:
    outcome = OpenAIPreference().encode(example)
    assert isinstance(outcome, Drop)
    assert outcome.reason == reason


texts = st.text(min_size=1, max_size=8).filter(str.strip)


@given(st.lists(st.tuples(texts, texts), max_size=2), texts, texts, texts)
def test_a_row_says_the_example_it_was_made_of(before: list[tuple[str, str]], asked: str, good: str, bad: str) -> None:
    history = [m for q, a in before for m in (Message("user", q), Message("assistant", a))]
    messages = (*history, Message("user", asked), Message("assistant", good))
    example = Example(messages=messages, rejected=(Message("assistant", bad),))
    row = OpenAIPreference().encode(example)
    if good == bad:
        assert isinstance(row, Drop)
        return
    row = msgspec.json.decode(msgspec.json.encode(row.row if isinstance(row, Lossy) else row))
    assert OpenAIPreference.matches(row)
    assert OpenAIPreference.decode(row) == example
    assert OpenAIPreference().prompt_of(row) == OpenAIPreference().request(
        example.with_(messages=(*messages[:-1], Message("assistant")))
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param([], "a line has to be an object with input, preferred_output, non_preferred_output", id="a list"),
        pytest.param(
            {"input": 1, "preferred_output": [], "non_preferred_output": []}, "'input' has to be an object", id="input"
        ),
        pytest.param(
            {"input": {}, "preferred_output": [], "non_preferred_output": []},
            "each output has to be a list of one message",
            id="outputs",
        ),
    ],
)
def test_a_row_that_is_no_pair_says_why(row: Any, says: str) -> None:
    with pytest.raises(ValueError) as error:
        OpenAIPreference.decode(row)
    assert str(error.value) == says
