"""The writers `openai_chat` and `openai_completion`, and the facts about models."""

from __future__ import annotations

import json
import pickle
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep_openai
from ftprep import Drop, Example, Image, Lossy, Message, ModelFacts, StepRun, Text, ToolCall
from ftprep.steps.pairs import NOT_A_PAIR
from ftprep_openai.chat import OpenAIChat
from ftprep_openai.completion import OpenAICompletion
from ftprep_openai.preference import OpenAIPreference
from ftprep_openai.reinforcement import OpenAIReinforcement

FACTS = ModelFacts(name="m", message_tokens=3, name_tokens=1, reply_tokens=3)
HELLO = (Message("user", "Hello", name="Human"), Message("assistant", "Hi", name="AI"))
CALL = ToolCall("c1", "clock", '{"zone":"UTC"}')
CLOCK = {"type": "function", "function": {"name": "clock"}}


def chat(**options: Any) -> OpenAIChat:
    return OpenAIChat.model_validate_json(json.dumps(options), strict=True)


def completion(**options: Any) -> OpenAICompletion:
    return OpenAICompletion.model_validate_json(json.dumps(options), strict=True)


def plain(made: Any) -> Any:
    """A row as JSON values, key order included."""
    return json.loads(msgspec.json.encode(made))


def row(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


ROWS = {
    "user_and_assistant": ({}, Example(messages=HELLO), row(said("user", "Hello"), said("assistant", "Hi"))),
    "names_where_asked": (
        {"names": True},
        Example(messages=HELLO),
        row(said("user", "Hello", name="Human"), said("assistant", "Hi", name="AI")),
    ),
    "only_an_answer": (
        {},
        Example(messages=(Message("assistant", "Hi"),)),
        row(said("user", ""), said("assistant", "Hi")),
    ),
    "only_an_answer_after_a_system_message": (
        {},
        Example(messages=(Message("system", "Be brief."), Message("assistant", "Hi"))),
        row(said("system", "Be brief."), said("user", ""), said("assistant", "Hi")),
    ),
    "system_option": (
        {"system": "You help {who}."},
        Example(fields={"who": "Ann"}, messages=HELLO),
        row(said("system", "You help Ann."), said("user", "Hello"), said("assistant", "Hi")),
    ),
    "system_option_and_only_an_answer": (
        {"system": "Be brief."},
        Example(messages=(Message("assistant", "Hi"),)),
        row(said("system", "Be brief."), said("user", ""), said("assistant", "Hi")),
    ),
    "system_option_where_there_is_one": (
        {"system": "Other."},
        Example(messages=(Message("system", "Be brief."), *HELLO)),
        row(said("system", "Be brief."), said("user", "Hello"), said("assistant", "Hi")),
    ),
    "system_option_with_empty_text": (
        {"system": "{who}"},
        Example(fields={"who": None}, messages=HELLO),
        row(said("user", "Hello"), said("assistant", "Hi")),
    ),
    "weights": (
        {},
        Example(messages=(*HELLO[:1], HELLO[1].with_(weight=0), *HELLO[:1], HELLO[1].with_(weight=1))),
        row(
            said("user", "Hello"),
            said("assistant", "Hi", weight=0),
            said("user", "Hello"),
            said("assistant", "Hi", weight=1),
        ),
    ),
    "tools": (
        {},
        Example(
            messages=(
                Message("user", "Time?"),
                Message("assistant", tool_calls=(CALL,)),
                Message("tool", "12:00", tool_call_id="c1"),
                Message("assistant", "Noon."),
            ),
            tools=(CLOCK,),
            extra={"parallel_tool_calls": False},
        ),
        row(
            said("user", "Time?"),
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "c1", "function": {"name": "clock", "arguments": '{"zone":"UTC"}'}, "type": "function"}
                ],
            },
            said("tool", "12:00", tool_call_id="c1"),
            said("assistant", "Noon."),
            tools=[CLOCK],
            parallel_tool_calls=False,
        ),
    ),
    "images": (
        {},
        Example(messages=(Message("user", (Text("See"), Image("https://a/b.png", "low"))), HELLO[1])),
        row(
            said(
                "user",
                [
                    {"type": "text", "text": "See"},
                    {"type": "image_url", "image_url": {"url": "https://a/b.png", "detail": "low"}},
                ],
            ),
            said("assistant", "Hi"),
        ),
    ),
    "empty_answer_where_allowed": (
        {"allow_empty": True},
        Example(messages=(HELLO[0], Message("assistant", ""))),
        row(said("user", "Hello"), said("assistant", "")),
    ),
}


@pytest.mark.parametrize(("options", "example", "expected"), ROWS.values(), ids=ROWS)
def test_a_chat_row_is_written_so(options: dict[str, Any], example: Example, expected: Any) -> None:
    assert plain(chat(**options).encode(example)) == expected


def test_a_row_has_its_keys_in_the_usual_order() -> None:
    made = chat(names=True).encode(Example(messages=(HELLO[0], HELLO[1].with_(weight=1))))
    assert msgspec.json.encode(made) == (
        b'{"messages":[{"role":"user","content":"Hello","name":"Human"},'
        b'{"role":"assistant","content":"Hi","name":"AI","weight":1}]}'
    )


DROPS = {
    "no_messages": ({}, (), Drop("no messages")),
    "ends_with_the_user": (
        {},
        HELLO[:1],
        Drop("the last message is not the assistant's", "its role is user"),
    ),
    "answer_is_context": (
        {},
        (HELLO[0], HELLO[1].with_(weight=0)),
        Drop("the last answer is not trained", "its weight is 0"),
    ),
    "empty_answer": ({}, (HELLO[0], Message("assistant", "")), Drop("empty answer")),
    "blank_answer": ({}, (HELLO[0], Message("assistant", " \n\u3000")), Drop("empty answer")),
    "blank_parts": ({}, (HELLO[0], Message("assistant", (Text(" "),))), Drop("empty answer")),
    "image_of_the_assistant": (
        {},
        (HELLO[0], Message("assistant", (Text("See"), Image("https://a/b.png")))),
        Drop("image outside a user message", "in a message of role assistant"),
    ),
    "tool_without_id": ({}, (*HELLO, Message("tool", "12"), HELLO[1]), Drop("tool message without a tool_call_id")),
}


@pytest.mark.parametrize(("options", "messages", "expected"), DROPS.values(), ids=DROPS)
def test_what_cannot_be_a_chat_row_is_dropped_with_its_reason(
    options: dict[str, Any], messages: tuple[Message, ...], expected: Drop
) -> None:
    assert chat(**options).encode(Example(messages=messages)) == expected


LOSSES = {
    "rejected": ({}, Example(messages=HELLO, rejected=(Message("assistant", "No"),)), ("rejected",)),
    "reasoning": ({}, Example(messages=(HELLO[0], Message("assistant", "Hi", reasoning="Hm"))), ("reasoning",)),
    "developer": ({}, Example(messages=(Message("developer", "Be brief."), *HELLO)), ("developer role",)),
    "keys_of_the_example": (
        {},
        Example(messages=HELLO, extra={"b": 1, "a": 2, "parallel_tool_calls": "yes"}),
        ("a", "b", "parallel_tool_calls"),
    ),
    "name_the_api_refuses": (
        {"names": True},
        Example(messages=(Message("user", "a", name="J D"), HELLO[1])),
        ("name",),
    ),
    "weights_off": ({"weights": False}, Example(messages=(HELLO[1].with_(weight=0), *HELLO)), ("weight",)),
    "weight_of_a_user": ({}, Example(messages=(HELLO[0].with_(weight=1), HELLO[1])), ("weight",)),
    "call_of_a_user": ({}, Example(messages=(HELLO[0].with_(tool_calls=(CALL,)), HELLO[1])), ("tool calls",)),
}


@pytest.mark.parametrize(("options", "example", "lost"), LOSSES.values(), ids=LOSSES)
def test_what_a_chat_row_cannot_carry_is_named(
    options: dict[str, Any], example: Example, lost: tuple[str, ...]
) -> None:
    made = chat(**options).encode(example)
    assert isinstance(made, Lossy)
    assert made.lost == lost
    assert [m["content"] for m in plain(made.row)["messages"]] == [m.text for m in example.messages]


def test_an_option_left_to_the_default_is_no_loss() -> None:
    assert not isinstance(chat().encode(Example(messages=HELLO)), Lossy)


words = st.text("ab \n🙂", max_size=4)
turns = st.lists(
    st.one_of(
        st.builds(Message, role=st.just("user"), content=words, name=st.sampled_from([None, "Ann", "A B"])),
        st.builds(Message, role=st.just("assistant"), content=words, weight=st.sampled_from([None, 0, 1])),
        st.builds(Message, role=st.just("assistant"), content=words, tool_calls=st.just((CALL,))),
        st.builds(Message, role=st.just("tool"), content=words, tool_call_id=st.just("c1")),
        st.builds(Message, role=st.sampled_from(["system", "developer"]), content=words),
    ),
    max_size=5,
)
answers = st.builds(Message, role=st.just("assistant"), content=st.sampled_from(["ok", "", " "]))
examples = st.builds(
    lambda before, answer, tools: Example(messages=(*before, answer), tools=tools, fields={"who": "Ann"}),
    turns,
    answers,
    st.sampled_from([(), (CLOCK,)]),
)
options = st.sampled_from(
    [{}, {"allow_empty": True}, {"names": True}, {"system": "Help {who}."}, {"system": "Be brief.", "weights": False}]
)


@given(st.lists(examples, max_size=4), options)
def test_a_batch_gives_the_same_rows_as_one_by_one(batch: list[Example], chosen: dict[str, Any]) -> None:
    writer = chat(**chosen)
    encode = writer.start(StepRun())
    together = msgspec.json.encode(encode.encode_all([*batch, *batch]))
    assert together == msgspec.json.encode([encode(example) for example in [*batch, *batch]])
    assert together == msgspec.json.encode([writer.encode(example) for example in [*batch, *batch]])


@given(examples, options)
def test_the_request_equals_the_prompt_of_the_row(example: Example, chosen: dict[str, Any]) -> None:
    writer = chat(**chosen)
    made = writer.encode(example)
    if not isinstance(made, Drop):
        made = made.row if isinstance(made, Lossy) else made
        blank = example.with_(messages=(*example.messages[:-1], Message("assistant", "")))
        assert writer.request(blank) == writer.prompt_of(made) == writer.prompt_of(plain(made))
        assert all("weight" not in message for message in writer.request(blank)["messages"])


@given(examples)
def test_what_a_row_says_is_read_back(example: Example) -> None:
    writer = chat(names=True)
    made = writer.encode(example.with_(fields={}))
    if not isinstance(made, (Drop, Lossy)):
        again = OpenAIChat.decode(plain(made))
        assert plain(writer.encode(again)) == plain(made)
        if not (len(example.messages) == 2 and example.messages[0] == Message("user")):
            empty_asked = [m for m in example.messages[:-1] if m.role in ("user", "tool")] == [Message("user")]
            assert empty_asked or again == example.with_(fields={})


def cookbook(written: dict[str, Any], count: Any) -> int:
    """The published rule, on the row as it is written (for texts; calls and ids have no rule)."""
    total = 3
    for message in written["messages"]:
        total += 3 + count(message["role"]) + count(message.get("content") or "")
        total += count(message["name"]) + 1 if "name" in message else 0
    return total


@given(examples, options)
def test_texts_are_those_of_the_row_that_is_written(example: Example, chosen: dict[str, Any]) -> None:
    writer = chat(**chosen)
    made = writer.encode(example)
    if not isinstance(made, Drop):
        texts, added = writer.texts(example, FACTS)
        assert sum(map(len, texts)) + added == cookbook(plain(made.row if isinstance(made, Lossy) else made), len)


def test_the_request_for_nothing_said_is_an_empty_user_message() -> None:
    assert chat().request(Example(messages=(Message("assistant", ""),))) == row(said("user", ""))


def test_the_request_carries_the_tools() -> None:
    example = Example(messages=(HELLO[0], Message("assistant", "")), tools=(CLOCK,))
    assert chat().request(example) == row(said("user", "Hello"), tools=[CLOCK])


BAD_ROWS = {
    "a_list": ([], "a line has to be a JSON object, not list"),
    "no_messages": ({"messages": []}, "'messages' has to be a list with at least one message"),
    "tools": (row(said("user", "a"), tools={}), None),
    "tool": (row(said("user", "a"), tools=["x"]), "'tools' has to be a list of objects"),
    "message": ({"messages": ["hi"]}, "message 1: it has to be an object, not str"),
    "role": (row(said("user", "a"), said("human", "b")), "message 2: Invalid enum value 'human' - at `$.role`"),
    "no_role": (row({"content": "a"}), "message 1: Object missing required field `role`"),
    "no_content": (row({"role": "user"}), "message 1: it has no content"),
    "number": (row(said("user", 1)), "message 1: Expected `str | array`, got `int` - at `$.content`"),
    "weight": (row(said("assistant", "a", weight=2)), "message 1: Invalid enum value 2 - at `$.weight`"),
    "true_as_weight": (
        row(said("assistant", "a", weight=True)),
        "message 1: Expected `int | null`, got `bool` - at `$.weight`",
    ),
    "unknown_key": (row(said("user", "a", speaker="b")), "message 1: Object contains unknown field `speaker`"),
    "function": (
        row(said("function", "a", name="f")),
        "message 1: functions are the form of 2023; write them as tool_calls and role tool",
    ),
    "arguments": (
        row({"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {}}}]}),
        "message 1: Expected `str`, got `object` - at `$.tool_calls[0].function.arguments`",
    ),
}


@pytest.mark.parametrize(("bad", "why"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_chat_row_that_is_wrong_says_where(bad: Any, why: str | None) -> None:
    if why is None:
        assert OpenAIChat.decode(bad).tools == ()
        return
    with pytest.raises(ValueError) as caught:
        OpenAIChat.decode(bad)
    assert str(caught.value) == why


def test_an_answer_saved_from_the_api_is_read() -> None:
    saved = said("assistant", "Hi", refusal=None, annotations=[], audio=None, function_call=None, tool_calls=None)
    assert OpenAIChat.decode(row(said("user", "Hello"), saved)) == Example(
        messages=(Message("user", "Hello"), Message("assistant", "Hi"))
    )


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        pytest.param(row(said("user", "a")), "openai_chat", id="chat"),
        pytest.param({"prompt": "a", "completion": " b"}, "openai_completion", id="completion"),
        pytest.param({"prompt": "a", "completion": None}, None, id="no_text"),
        pytest.param({"messages": ["a"]}, None, id="no_roles"),
        pytest.param({"messages": []}, None, id="no_messages"),
        pytest.param("a", None, id="a_text"),
    ],
)
def test_a_format_knows_its_rows(line: Any, kind: str | None) -> None:
    assert [w.name for w in (OpenAIChat, OpenAICompletion) if w.matches(line)] == ([kind] if kind else [])


def test_a_started_writer_can_be_sent_to_another_process() -> None:
    writer = chat(system="Be brief.")
    writer.start(StepRun())
    again = pickle.loads(pickle.dumps(writer))
    assert again == writer == chat(system="Be brief.")
    assert again.encode(Example(messages=HELLO)) == writer.encode(Example(messages=HELLO))


PAIRS = {
    "pair": ({}, HELLO, {"prompt": "Hello", "completion": "Hi"}),
    "only_an_answer": ({}, HELLO[1:], {"prompt": "", "completion": "Hi"}),
    "space_and_stop_stay": (
        {},
        (Message("user", "Human: Oh\nAI:"), Message("assistant", " Yeah\nHuman: ")),
        {"prompt": "Human: Oh\nAI:", "completion": " Yeah\nHuman: "},
    ),
    "empty_where_allowed": (
        {"allow_empty": True},
        (HELLO[0], Message("assistant", "")),
        {"prompt": "Hello", "completion": ""},
    ),
    "empty": ({}, (HELLO[0], Message("assistant", "")), Drop("empty answer")),
    "blank": ({}, (Message("assistant", " \n"),), Drop("empty answer")),
    "several_turns": ({}, HELLO * 2, Drop(NOT_A_PAIR, "its messages: user, assistant, user, assistant")),
    "system": ({}, (Message("system", "a"), *HELLO), Drop(NOT_A_PAIR, "its messages: system, user, assistant")),
    "two_answers": ({}, HELLO[1:] * 2, Drop(NOT_A_PAIR, "its messages: assistant, assistant")),
    "ends_with_the_user": ({}, HELLO[:1], Drop(NOT_A_PAIR, "its messages: user")),
    "no_messages": ({}, (), Drop("no messages")),
    "not_trained": (
        {},
        (HELLO[0], HELLO[1].with_(weight=0)),
        Drop("the last answer is not trained", "its weight is 0"),
    ),
    "tool_call": ({}, (HELLO[0], HELLO[1].with_(tool_calls=(CALL,))), Drop("a completion cannot hold tool calls")),
    "image": ({}, (Message("user", (Image("https://a/b"),)), HELLO[1]), Drop("a completion cannot hold images")),
}


@pytest.mark.parametrize(("chosen", "messages", "expected"), PAIRS.values(), ids=PAIRS)
def test_a_completion_row_is_written_so(chosen: dict[str, Any], messages: tuple[Message, ...], expected: Any) -> None:
    made = completion(**chosen).encode(Example(messages=messages))
    assert made == expected if isinstance(expected, Drop) else plain(made) == expected
    assert completion(**chosen).start(StepRun()).encode_all([Example(messages=messages)]) == [made]


def test_parts_of_text_become_one_and_that_is_said() -> None:
    made = completion().encode(Example(messages=(Message("user", (Text("a"), Text("b"))), HELLO[1])))
    assert (plain(made.row), made.lost) == ({"prompt": "ab", "completion": "Hi"}, ("text parts",))


def test_a_completion_names_what_it_loses() -> None:
    example = Example(
        messages=(HELLO[0], HELLO[1].with_(reasoning="Hm")), tools=(CLOCK,), rejected=HELLO[1:], extra={"z": 1}
    )
    made = completion().encode(example)
    assert (plain(made.row), made.lost) == (
        {"prompt": "Hello", "completion": "Hi"},
        ("reasoning", "rejected", "tools", "z"),
    )


@given(words, words.filter(str.strip))
def test_a_pair_is_read_back_and_asked_the_same_way(prompt: str, answer: str) -> None:
    asked = (Message("user", prompt),) if prompt else ()
    example = Example(messages=(*asked, Message("assistant", answer)))
    writer = completion()
    made = writer.encode(example)
    assert OpenAICompletion.decode(plain(made)) == example
    blank = example.with_(messages=(*asked, Message("assistant", "")))
    assert writer.request(blank) == writer.prompt_of(made) == {"prompt": prompt}
    assert writer.texts(example, FACTS) == ([prompt + answer], 0)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        pytest.param([], "a line has to be a JSON object, not list", id="a_list"),
        pytest.param({"prompt": "a"}, "it has no 'completion'", id="missing"),
        pytest.param({"prompt": 1, "completion": ""}, "'prompt' has to be a text", id="number"),
    ],
)
def test_a_completion_row_that_is_wrong_says_why(bad: Any, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        OpenAICompletion.decode(bad)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("text", "facts", "answer"),
    [
        pytest.param(" Yeah\nHuman: and", {"stop": ["\nHuman: "]}, "Yeah", id="stop"),
        pytest.param(" a END b STOP", {"stop": ["STOP", " END"]}, "a", id="first_of_several"),
        pytest.param("  a", {"stop": "END"}, " a", id="one_space_only"),
        pytest.param("Yeah", {}, "Yeah", id="no_stop"),
        pytest.param("Yeah", {"stop": [""]}, "Yeah", id="empty_stop"),
    ],
)
def test_the_answer_in_a_text_has_no_stop_and_no_leading_space(text: str, facts: dict[str, Any], answer: str) -> None:
    assert completion().answer(text, facts) == answer
    assert chat().answer(text, facts) == text


@pytest.mark.files
def test_the_cookbooks_chat_file_comes_out_as_it_went_in(shared_data: Path) -> None:
    lines = (shared_data / "ft_openai_chat" / "toy_chat_fine_tuning.jsonl").read_bytes().splitlines()
    for line in map(json.loads, lines):
        made = plain(chat().encode(OpenAIChat.decode(line)))
        made["messages"] = [m for m in made["messages"] if m != said("user", "")]
        assert made == line


@pytest.mark.files
def test_a_legacy_file_comes_out_as_it_went_in(shared_data: Path) -> None:
    for line in map(json.loads, (shared_data / "ft_openai_legacy" / "data.jsonl").read_bytes().splitlines()):
        assert plain(completion().encode(OpenAICompletion.decode(line))) == line


@pytest.mark.files
@pytest.mark.slow
def test_rows_obey_the_providers_own_schema(shared_data: Path) -> None:
    import jsonschema
    import yaml

    text = (shared_data.parent / "openapi" / "openai-finetuning.yaml").read_text(encoding="utf-8")
    document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    schema = {"$ref": "#/components/schemas/FineTuneChatRequestInput", "components": document["components"]}
    check = jsonschema.Draft202012Validator(schema)
    for options, example, _ in ROWS.values():
        check.validate(plain(chat(**options).encode(example)))


def test_the_facts_about_models_are_whole() -> None:
    models = ftprep_openai.ftprep_models()
    names = [name for facts in models for name in (facts.name, *facts.aliases)]
    assert len(names) == len(set(names))
    for facts in models:
        assert facts.tokenizer and facts.context and facts.formats and facts.source.endswith("2026-11-20")
        assert (facts.training_limit or 0) <= facts.context
        assert date.fromisoformat(facts.tunable_until or "")
        assert bool(facts.prices) == bool(facts.price_date)


def test_models_have_the_encoding_tiktoken_gives_them() -> None:
    from tiktoken.model import encoding_name_for_model

    for facts in ftprep_openai.ftprep_models():
        for name in (facts.name, *facts.aliases):
            assert encoding_name_for_model(name) == facts.tokenizer


def test_the_plugin_offers_its_writers() -> None:
    assert ftprep_openai.ftprep_writers() == [
        OpenAIChat,
        OpenAICompletion,
        OpenAIPreference,
        OpenAIReinforcement,
    ]
