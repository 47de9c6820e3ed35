"""The writer `axolotl`, and the config beside its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import ftprep_axolotl
from ftprep import DataError, Drop, Example, Image, Lossy, Message, ModelFacts, Text, ToolCall, testing
from ftprep_axolotl.chat import Axolotl
from ftprep_axolotl.config import UNSET

HELLO = (Message("user", "Hello"), Message("assistant", "Hi"))
CALL = ToolCall("c1", "clock", '{"zone":"UTC"}')
CALLING = Message("assistant", tool_calls=(CALL,))
RESULT = Message("tool", "12:00", tool_call_id="c1")
CLOCK = {"type": "function", "function": {"name": "clock"}}


def axolotl(**options: Any) -> Axolotl:
    return Axolotl.model_validate_json(json.dumps(options), strict=True)


def plain(made: Any) -> Any:
    """A row as JSON values, key order included."""
    return json.loads(msgspec.json.encode(made.row if isinstance(made, Lossy) else made))


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def row(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


USER, ASSISTANT = said("user", "Hello"), said("assistant", "Hi")
CALLED = {
    "role": "assistant",
    "tool_calls": [{"type": "function", "id": "c1", "function": {"name": "clock", "arguments": '{"zone":"UTC"}'}}],
}
ROWS: dict[str, tuple[Example, dict[str, Any]]] = {
    "a conversation": (Example(messages=HELLO), row(USER, ASSISTANT)),
    "weights say what is trained, of any role": (
        Example(
            messages=(
                HELLO[0].with_(weight=1),
                HELLO[1].with_(weight=0),
                HELLO[0].with_(weight=0),
                HELLO[1].with_(weight=1),
            )
        ),
        row({**USER, "train": True}, {**ASSISTANT, "train": False}, {**USER, "train": False},
            {**ASSISTANT, "train": True}),
    ),
    "the last answer need not be trained": (
        Example(messages=(*HELLO, HELLO[0], HELLO[1].with_(weight=0))),
        row(USER, ASSISTANT, USER, {**ASSISTANT, "train": False}),
    ),
    "arguments stay text, and a result has the name of its function": (
        Example(messages=(HELLO[0], CALLING, RESULT, HELLO[1]), tools=(CLOCK,)),
        row(USER, CALLED, said("tool", "12:00", name="clock", tool_call_id="c1"), ASSISTANT, tools=[CLOCK]),
    ),
    "reasoning": (
        Example(messages=(HELLO[0], HELLO[1].with_(reasoning="Hm."))),
        row(USER, {**ASSISTANT, "reasoning_content": "Hm."}),
    ),
    "names": (Example(messages=(HELLO[0].with_(name="Ann"), HELLO[1])), row({**USER, "name": "Ann"}, ASSISTANT)),
    "an answer to nothing": (Example(messages=HELLO[1:]), row(said("user", ""), ASSISTANT)),
}  # fmt: skip


@pytest.mark.parametrize(("example", "written"), ROWS.values(), ids=ROWS)
def test_an_example_becomes_this_row_and_comes_back(example: Example, written: dict[str, Any]) -> None:
    made = axolotl().encode(example)
    assert not isinstance(made, Lossy)
    assert list(plain(made).items()) == list(written.items())
    assert Axolotl.matches(written)
    assert Axolotl.decode(written) == example


def test_names_are_left_out_where_they_are_not_wanted() -> None:
    made = axolotl(names=False).encode(Example(messages=(HELLO[0].with_(name="Ann"), HELLO[1])))
    assert made == row(USER, ASSISTANT)


def test_an_empty_answer_is_kept_where_it_is_allowed() -> None:
    made = axolotl(allow_empty=True).encode(Example(messages=(HELLO[0], Message("assistant"))))
    assert made == row(USER, said("assistant", ""))


LOSSES: dict[str, tuple[Example, tuple[str, ...]]] = {
    "developer": (Example(messages=(Message("developer", "Brief."), *HELLO)), ("developer role",)),
    "keys of the example": (
        Example(messages=HELLO, extra={"parallel_tool_calls": False, "id": 1}),
        ("id", "parallel_tool_calls"),
    ),
    "another answer": (Example(messages=HELLO, rejected=HELLO[1:]), ("rejected",)),
    "parts of text": (Example(messages=(Message("user", (Text("Hel"), Text("lo"))), HELLO[1])), ("text parts",)),
    "what only assistants have": (
        Example(messages=(Message("user", "Hello", reasoning="r", tool_calls=(CALL,), tool_call_id="c"), HELLO[1])),
        ("reasoning", "tool calls", "tool_call_id"),
    ),
}


@pytest.mark.parametrize(("example", "lost"), LOSSES.values(), ids=LOSSES)
def test_what_a_row_cannot_say_is_named(example: Example, lost: tuple[str, ...]) -> None:
    made = axolotl().encode(example)
    assert isinstance(made, Lossy)
    assert made.lost == lost


def calling(arguments: str) -> Example:
    return Example(messages=(HELLO[0], Message("assistant", tool_calls=(ToolCall("c", "f", arguments),))))


DROPS: dict[str, tuple[Example, Drop]] = {
    "nothing": (Example(), Drop("no messages")),
    "a question": (
        Example(messages=HELLO[:1]),
        Drop("the last message is not the assistant's", "its role is user"),
    ),
    "nothing is trained": (
        Example(messages=(HELLO[0], HELLO[1].with_(weight=0))),
        Drop("no answer is trained", "the weight of all is 0"),
    ),
    "empty": (Example(messages=(HELLO[0], Message("assistant", " \n"))), Drop("empty answer")),
    "an image": (
        Example(messages=(Message("user", (Image("https://a/b"),)), HELLO[1])),
        Drop("an image, which this type of dataset skips"),
    ),
    "arguments that are no object": (
        calling("[1]"),
        Drop("the arguments of a tool call are no object", "they are '[1]'"),
    ),
    "arguments that are no JSON": (
        calling("zone"),
        Drop("the arguments of a tool call are no JSON", "Expecting value: line 1 column 1 (char 0)"),
    ),
}


@pytest.mark.parametrize(("example", "drop"), DROPS.values(), ids=DROPS)
def test_an_example_that_is_no_row_is_dropped(example: Example, drop: Drop) -> None:
    assert axolotl().encode(example) == drop


def test_arguments_that_are_nested_too_deeply_are_dropped() -> None:
    made = axolotl().encode(calling("[" * 100_000))
    assert isinstance(made, Drop)
    assert made.reason == "the arguments of a tool call are no JSON"


WRONG: dict[str, tuple[Any, str]] = {
    "a list": ([], "a line has to be an object with 'messages', a list of objects that have roles"),
    "empty": ({"messages": []}, "a line has to be an object with 'messages', a list of objects that have roles"),
    "role": (row(said("human", "a")), "message 1: Invalid enum value 'human' - at `$.role`"),
    "no content": (row(USER, {"role": "assistant"}), "message 2: it has no content"),
    "a weight": (row(USER, {**ASSISTANT, "weight": 1}), "message 2: Object contains unknown field `weight`"),
    "train": (row(USER, {**ASSISTANT, "train": 1}), "message 2: Expected `bool | null`, got `int` - at `$.train`"),
    "parts": (row(said("user", []), ASSISTANT), "message 1: it has no content"),
    "tools": (row(USER, ASSISTANT, tools=["a"]), "'tools' has to be a list of objects"),
}


@pytest.mark.parametrize(("line", "why"), WRONG.values(), ids=WRONG)
def test_a_row_that_is_wrong_says_why(line: Any, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        Axolotl.decode(line)
    assert str(caught.value) == why


def test_nulls_of_a_columnar_file_say_nothing() -> None:
    calls = [{"id": None, "type": "function", "function": {"name": "f", "arguments": {"a": "ü"}}}]
    del calls[0]["id"]
    line = row({**USER, "train": None, "tool_calls": None}, {"role": "assistant", "content": None, "tool_calls": calls})
    call = ToolCall("", "f", '{"a": "ü"}')
    assert Axolotl.decode({**line, "tools": None, "id": None}) == Example(
        messages=(HELLO[0], Message("assistant", tool_calls=(call,)))
    )


words = st.text("ab \n🙂", max_size=4)
weights = st.sampled_from([None, 0, 1])
turns = st.lists(
    st.one_of(
        st.builds(Message, role=st.just("user"), content=words, name=st.sampled_from([None, "Ann"]), weight=weights),
        st.builds(Message, role=st.just("assistant"), content=words, weight=weights),
        st.builds(Message, role=st.just("assistant"), content=words, tool_calls=st.just((CALL,))),
        st.builds(Message, role=st.just("tool"), content=words, tool_call_id=st.sampled_from(["c1", "c3"])),
        st.builds(Message, role=st.just("system"), content=words),
    ),
    max_size=5,
)
answers = st.builds(Message, role=st.just("assistant"), content=st.sampled_from(["ok", "", " "]), weight=weights,
                    reasoning=st.sampled_from([None, "r"]))  # fmt: skip
examples = st.builds(
    lambda before, answer, tools: Example(messages=(*before, answer), tools=tools),
    turns, answers, st.sampled_from([(), (CLOCK,)]),
)  # fmt: skip


@given(examples)
def test_what_a_row_says_is_read_back(example: Example) -> None:
    made = axolotl().encode(example)
    if isinstance(made, Drop):
        return
    again = Axolotl.decode(plain(made))
    assert plain(axolotl().encode(again)) == plain(made)
    alone = [m for m in example.messages[:-1] if m.role in ("user", "tool")] == [Message("user")]
    assert alone or again == example


@given(examples)
def test_the_request_equals_the_prompt_of_the_row(example: Example) -> None:
    made = axolotl().encode(example)
    if not isinstance(made, Drop):
        asked = axolotl().request(example.with_(messages=(*example.messages[:-1], Message("assistant"))))
        assert asked == axolotl().prompt_of(plain(made))
        assert all("train" not in message for message in asked["messages"])


def test_what_cannot_be_sent_says_why() -> None:
    with pytest.raises(DataError) as caught:
        axolotl().request(Example(messages=(Message("user", (Image("https://a/b"),)),)))
    assert str(caught.value) == "the request cannot be sent: an image, which this type of dataset skips"


def test_a_contract_is_told_in_the_words_of_the_server() -> None:
    chat = {"stop": ["END"], "max_tokens": 5, "logprobs": True, "top_logprobs": 3}
    assert axolotl().arguments({"stop": ["END"], "max_tokens": 5, "logprobs": 3}) == chat
    assert axolotl().arguments({}) == {}


def test_texts_are_those_of_the_messages() -> None:
    facts = ModelFacts(name="m", message_tokens=4, reply_tokens=3)
    texts = ["user", "Hello", "assistant", "", "clock", CALL.arguments, "assistant", "Hi", "Hm."]
    example = Example(messages=(HELLO[0], CALLING, HELLO[1].with_(reasoning="Hm.")))
    assert axolotl().texts(example, facts) == (texts, 3 * 4 + 3)


def config(folder: Path, **options: Any) -> Any:
    axolotl(**options).finish(folder)
    return yaml.safe_load((folder / "axolotl.yaml").read_text(encoding="utf-8"))


@pytest.mark.files
def test_a_config_says_that_a_model_has_to_be_set(tmp_path: Path) -> None:
    made = config(tmp_path)
    assert made["base_model"] == UNSET == "SET_THE_MODEL_TO_TUNE"
    assert "test_datasets" not in made


@pytest.mark.files
@pytest.mark.parametrize("model", ["Qwen/Qwen3-0.6B", 'C:\\models\\"mine"', "Größe: #1"])
def test_a_config_names_any_model(tmp_path: Path, model: str) -> None:
    assert config(tmp_path, base_model=model)["base_model"] == model


@pytest.mark.files
def test_a_config_reads_each_file_in_the_way_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "validation.jsonl").touch()
    made = config(tmp_path)
    data = {
        "path": "train.jsonl",
        "ds_type": "json",
        "split": "train",
        "type": "chat_template",
        "field_messages": "messages",
        "message_property_mappings": {key: key for key in ("role", "content", "reasoning_content")},
        "message_field_training": "train",
        "roles_to_train": ["assistant"],
        "train_on_eos": "turn",
    }
    assert made["datasets"] == [data]
    assert made["test_datasets"] == [{**data, "path": "validation.jsonl"}]
    assert made["val_set_size"] == 0


def test_the_writer_keeps_the_contract() -> None:
    testing.check_writer(axolotl(allow_empty=True))


def test_the_plugin_offers_its_writer() -> None:
    assert ftprep_axolotl.ftprep_writers() == [Axolotl]
