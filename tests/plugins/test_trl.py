"""The writers `trl` and `trl_completion`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import ftprep_trl
from ftprep import DataError, Drop, Example, Image, Lossy, Message, ModelFacts, Text, ToolCall, testing
from ftprep.steps.pairs import NOT_A_PAIR
from ftprep_trl.chat import Trl
from ftprep_trl.completion import TrlCompletion

FACTS = ModelFacts(name="m", message_tokens=4, reply_tokens=3)
HELLO = (Message("user", "Hello"), Message("assistant", "Hi"))
BAD = Message("assistant", "Go away")
CALL = ToolCall("c1", "clock", '{"zone":"UTC", "n": 1.0}')
CALLING = Message("assistant", tool_calls=(CALL,))
RESULT = Message("tool", "12:00", tool_call_id="c1")
CLOCK = {"type": "function", "function": {"name": "clock"}}
FORMS = ["messages", "prompt_completion", "preference"]
PICTURE = Message("user", (Text("See"), Image("https://a/b.png", "low"), Image("https://a/c.png")))


def trl(form: str = "messages", **options: Any) -> Trl:
    return Trl.model_validate_json(json.dumps({"form": form, **options}), strict=True)


def plain(made: Any) -> Any:
    """A row as JSON values, key order included."""
    return json.loads(msgspec.json.encode(made.row if isinstance(made, Lossy) else made))


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def row(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


CALLED = {
    "role": "assistant",
    "tool_calls": [
        {"type": "function", "id": "c1", "function": {"name": "clock", "arguments": {"zone": "UTC", "n": 1.0}}}
    ],
}
TOLD = said("tool", "12:00", name="clock", tool_call_id="c1")
USER, ASSISTANT = said("user", "Hello"), said("assistant", "Hi")
ROWS: dict[str, tuple[dict[str, Any], Example, dict[str, Any]]] = {
    "messages": ({}, Example(messages=HELLO), row(USER, ASSISTANT)),
    "prompt and completion": (
        {"form": "prompt_completion"},
        Example(messages=(Message("system", "Brief."), *HELLO)),
        {"prompt": [said("system", "Brief."), USER], "completion": [ASSISTANT]},
    ),
    "preference": (
        {"form": "preference"},
        Example(messages=HELLO, rejected=(BAD,), tools=(CLOCK,)),
        {"prompt": [USER], "chosen": [ASSISTANT], "rejected": [said("assistant", "Go away")], "tools": [CLOCK]},
    ),
    "arguments are objects, and a result has the name of its function": (
        {},
        Example(messages=(HELLO[0], CALLING, RESULT, HELLO[1]), tools=(CLOCK,)),
        row(USER, CALLED, TOLD, ASSISTANT, tools=[CLOCK]),
    ),
    "a call may be the answer": (
        {"form": "prompt_completion"},
        Example(messages=(HELLO[0], CALLING)),
        {"prompt": [USER], "completion": [CALLED]},
    ),
    "a text beside a call": (
        {},
        Example(messages=(HELLO[0], CALLING.with_(content="Wait."))),
        row(USER, {"role": "assistant", "content": "Wait.", "tool_calls": CALLED["tool_calls"]}),
    ),
    "calls without ids": (
        {},
        Example(messages=(HELLO[0], Message("assistant", tool_calls=(ToolCall("", "f", "{}"),)), Message("tool", "1"),
                          HELLO[1])),
        row(USER, {"role": "assistant", "tool_calls": [{"type": "function", "function": {"name": "f",
                                                                                          "arguments": {}}}]},
            said("tool", "1"), ASSISTANT),
    ),
    "reasoning": (
        {},
        Example(messages=(HELLO[0], HELLO[1].with_(reasoning="Hm."))),
        row(USER, {**ASSISTANT, "reasoning_content": "Hm."}),
    ),
    "names": ({}, Example(messages=(HELLO[0].with_(name="Ann"), HELLO[1])), row({**USER, "name": "Ann"}, ASSISTANT)),
    "no names where they are not wanted": (
        {"names": False},
        Example(messages=(HELLO[0].with_(name="Ann"), HELLO[1])),
        row(USER, ASSISTANT),
    ),
    "an answer to nothing": ({}, Example(messages=HELLO[1:]), row(said("user", ""), ASSISTANT)),
    "an answer to nothing after a system message": (
        {"form": "prompt_completion"},
        Example(messages=(Message("system", "Brief."), HELLO[1])),
        {"prompt": [said("system", "Brief."), said("user", "")], "completion": [ASSISTANT]},
    ),
    "an empty answer where it is allowed": (
        {"allow_empty": True},
        Example(messages=(HELLO[0], Message("assistant"))),
        row(USER, said("assistant", "")),
    ),
    "earlier answers that are not trained": (
        {"form": "prompt_completion"},
        Example(messages=(HELLO[0], HELLO[1].with_(weight=0), *HELLO)),
        {"prompt": [USER, ASSISTANT, USER], "completion": [ASSISTANT]},
    ),
    "images": (
        {},
        Example(messages=(PICTURE.with_(content=(*PICTURE.content[:1], Image("https://a/b.png"))), HELLO[1])),
        row(said("user", [{"type": "text", "text": "See"}, {"type": "image"}]), ASSISTANT, images=["https://a/b.png"]),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("options", "example", "written"), ROWS.values(), ids=ROWS)
def test_an_example_becomes_this_row_and_comes_back(
    options: dict[str, Any], example: Example, written: dict[str, Any]
) -> None:
    made = trl(**options).encode(example)
    assert not isinstance(made, Lossy)
    assert list(plain(made).items()) == list(written.items())
    again = Trl.decode(written)
    if options.get("names", True):
        assert canonical(again) == canonical(example)


def canonical(example: Example) -> Example:
    """With the arguments of calls as JSON values: an object does not keep how they were spelt."""

    def one(message: Message) -> Message:
        calls = [ToolCall(c.id, c.name, json.dumps(json.loads(c.arguments))) for c in message.tool_calls]
        return message.with_(tool_calls=tuple(calls))

    return example.with_(messages=tuple(map(one, example.messages)), rejected=tuple(map(one, example.rejected)))


LOSSES: dict[str, tuple[str, Example, tuple[str, ...]]] = {
    "weight 0 is trained": ("messages", Example(messages=(HELLO[1].with_(weight=0), *HELLO)), ("weight 0",)),
    "weight 1": ("messages", Example(messages=(HELLO[0], HELLO[1].with_(weight=1))), ("weight 1",)),
    "weight 1 of the completion": (
        "prompt_completion",
        Example(messages=(HELLO[0], HELLO[1].with_(weight=1))),
        ("weight 1",),
    ),
    "earlier answers are not trained": (
        "prompt_completion",
        Example(messages=HELLO * 2),
        ("weight of earlier answers",),
    ),
    "weights of a preference": (
        "preference",
        Example(messages=(HELLO[0], HELLO[1].with_(weight=1)), rejected=(BAD.with_(weight=0),)),
        ("weight 0", "weight 1"),
    ),
    "a weight of the user": (
        "messages",
        Example(messages=(HELLO[0].with_(weight=1), HELLO[1])),
        ("weight of other roles",),
    ),
    "developer": ("messages", Example(messages=(Message("developer", "Brief."), *HELLO)), ("developer role",)),
    "keys of the example": (
        "messages",
        Example(messages=HELLO, extra={"parallel_tool_calls": False, "id": 1}),
        ("id", "parallel_tool_calls"),
    ),
    "another answer": ("messages", Example(messages=HELLO, rejected=(BAD,)), ("rejected",)),
    "parts of text": (
        "messages",
        Example(messages=(Message("user", (Text("Hel"), Text("lo"))), HELLO[1])),
        ("text parts",),
    ),
    "how closely to look": ("messages", Example(messages=(PICTURE, HELLO[1])), ("image detail",)),
    "what only assistants have": (
        "messages",
        Example(messages=(Message("user", "Hello", reasoning="r", tool_calls=(CALL,), tool_call_id="c"), HELLO[1])),
        ("reasoning", "tool calls", "tool_call_id"),
    ),
}


@pytest.mark.parametrize(("form", "example", "lost"), LOSSES.values(), ids=LOSSES)
def test_what_a_row_cannot_say_is_named(form: str, example: Example, lost: tuple[str, ...]) -> None:
    made = trl(form).encode(example)
    assert isinstance(made, Lossy)
    assert made.lost == lost


def calling(arguments: str) -> Example:
    return Example(messages=(HELLO[0], Message("assistant", tool_calls=(ToolCall("c", "f", arguments),))))


NO_JSON = "the arguments of a tool call are no JSON that every reader takes"
DROPS: dict[str, tuple[str, Example, Drop]] = {
    "nothing": ("messages", Example(), Drop("no messages")),
    "a question": ("messages", Example(messages=HELLO[:1]), Drop("the last message is not the assistant's",
                                                                   "its role is user")),
    "not trained": (
        "messages",
        Example(messages=(HELLO[0], HELLO[1].with_(weight=0))),
        Drop("the last answer is not trained", "its weight is 0"),
    ),
    "empty": ("messages", Example(messages=(HELLO[0], Message("assistant", " \n"))), Drop("empty answer")),
    "two answers": (
        "prompt_completion",
        Example(messages=(*HELLO, HELLO[1])),
        Drop("nothing is asked before the answer", "the role before it is assistant"),
    ),
    "a system message before the answer": (
        "preference",
        Example(messages=(HELLO[0], Message("system", "Now."), HELLO[1]), rejected=(BAD,)),
        Drop("nothing is asked before the answer", "the role before it is system"),
    ),
    "no other answer": (
        "preference",
        Example(messages=HELLO),
        Drop("no answer that is not wanted", "give one in 'rejected' of the step that makes the messages"),
    ),
    "the same answer": ("preference", Example(messages=HELLO, rejected=HELLO[1:]), Drop("both answers are the same")),
    "an empty other answer": (
        "preference",
        Example(messages=HELLO, rejected=(Message("assistant", " "),)),
        Drop("the answer that is not wanted is empty"),
    ),
    "an image of the assistant": (
        "messages",
        Example(messages=(HELLO[0], Message("assistant", (Text("a"), Image("https://a/b"))))),
        Drop("image outside a user message", "in a message of role assistant"),
    ),
    "arguments that are no object": (
        "messages",
        calling('"UTC"'),
        Drop("the arguments of a tool call are no object", "they are '\"UTC\"'"),
    ),
    "arguments that are no JSON": (
        "messages",
        calling("{zone: UTC}"),
        Drop(NO_JSON, "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ),
    "no arguments": ("messages", calling(""), Drop(NO_JSON, "Expecting value: line 1 column 1 (char 0)")),
    "not a number": ("messages", calling('{"a": NaN}'), Drop(NO_JSON, "NaN is no number of JSON")),
    "a number that is none": ("messages", calling('{"a": 1e999}'), Drop(NO_JSON, "1e999 is no number of JSON")),
    "a key that stands twice": ("messages", calling('{"a": 1, "a": 2}'), Drop(NO_JSON, "a key stands twice")),
}  # fmt: skip


@pytest.mark.parametrize(("form", "example", "drop"), DROPS.values(), ids=DROPS)
def test_an_example_that_is_no_row_is_dropped(form: str, example: Example, drop: Drop) -> None:
    assert trl(form).encode(example) == drop


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param("[" * 100_000, id="nested deeply"),
        pytest.param('{"a": "\\ud800"}', id="half a character"),
        pytest.param('{"a": ' + "9" * 5000 + "}", id="a number without end"),
    ],
)
def test_arguments_that_break_readers_are_dropped(arguments: str) -> None:
    made = trl().encode(calling(arguments))
    assert isinstance(made, Drop)
    assert made.reason == NO_JSON


FOREIGN: dict[str, tuple[Any, Example]] = {
    "nulls of a columnar file": (
        row({**USER, "tool_calls": None, "name": None}, {**ASSISTANT, "tool_calls": []}, tools=None, images=None),
        Example(messages=HELLO),
    ),
    "tools and arguments as JSON text": (
        row(USER, {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f",
                                                                                      "arguments": "{}"}}]},
            tools=json.dumps([CLOCK])),
        Example(messages=(HELLO[0], Message("assistant", tool_calls=(ToolCall("", "f", "{}"),))), tools=(CLOCK,)),
    ),
    "a name of a result that no call has": (
        row(USER, said("tool", "1", name="f"), ASSISTANT),
        Example(messages=(HELLO[0], Message("tool", "1", name="f"), HELLO[1])),
    ),
    "a preference without a prompt": (
        {"chosen": [USER, ASSISTANT], "rejected": [USER, said("assistant", "Go away")]},
        Example(messages=HELLO, rejected=(BAD,)),
    ),
    "a preference whose prompt is a text": (
        {"prompt": "Hello", "chosen": [USER, ASSISTANT], "rejected": [USER, said("assistant", "Go away")], "score": 1},
        Example(messages=HELLO, rejected=(BAD,), extra={"score": 1}),
    ),
    "keys of another form": (
        row(USER, ASSISTANT, prompt="Hello"),
        Example(messages=HELLO, extra={"prompt": "Hello"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "example"), FOREIGN.values(), ids=FOREIGN)
def test_rows_of_other_origin_are_read(line: Any, example: Example) -> None:
    assert Trl.matches(line)
    assert Trl.decode(line) == example


NO_ROW = "a line needs messages, prompt and completion, or chosen and rejected, as lists of messages"
WRONG: dict[str, tuple[Any, str]] = {
    "a list": ([], NO_ROW),
    "texts": ({"prompt": "a", "completion": "b"}, NO_ROW),
    "no roles": ({"messages": ["a"]}, NO_ROW),
    "empty": ({"messages": []}, NO_ROW),
    "role": (row(said("human", "a")), "message 1: Invalid enum value 'human' - at `$.role`"),
    "no content": (row(USER, {"role": "assistant"}), "message 2: it has no content"),
    "number": (row(said("user", 1)), "message 1: Expected `str | array`, got `int` - at `$.content`"),
    "unknown key": (row({**USER, "weight": 1}), "message 1: Object contains unknown field `weight`"),
    "part": (
        row(said("user", [{"type": "video"}])),
        "message 1: Invalid enum value 'video' - at `$.content[0].type`",
    ),
    "a part that is no object": (
        row(said("user", ["a"])),
        "message 1: Expected `object`, got `str` - at `$.content[0]`",
    ),
    "arguments": (
        row({"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": []}}]}),
        "message 1: Expected `str | object`, got `array` - at `$.tool_calls[0].function.arguments`",
    ),
    "tools": (row(USER, ASSISTANT, tools=["a"]), "'tools' has to be a list of objects"),
    "tools as text": (row(USER, ASSISTANT, tools="[{"), "'tools' is a text that is no JSON"),
    "images": (row(USER, ASSISTANT, images=[{"bytes": ""}]), "'images' has to be a list of addresses"),
    "too many images": (row(USER, ASSISTANT, images=["a"]), "there are more images than places for them"),
    "too few images": (
        row(said("user", [{"type": "image"}]), ASSISTANT),
        "message 1: there are fewer images than places for them",
    ),
    "a completion of two": (
        {"prompt": [USER], "completion": [ASSISTANT, USER]},
        "'completion' has to be one message after the prompt, not 2",
    ),
    "a longer other answer": (
        {"prompt": [USER], "chosen": [ASSISTANT], "rejected": [ASSISTANT, USER]},
        "'rejected' has to be one message after the prompt, not 2",
    ),
    "a prompt of another kind": (
        {"prompt": "Hello", "chosen": [ASSISTANT], "rejected": [said("assistant", "Go")]},
        "'prompt' has to be a list of messages, as the answers are",
    ),
}


@pytest.mark.parametrize(("line", "why"), WRONG.values(), ids=WRONG)
def test_a_row_that_is_wrong_says_why(line: Any, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        Trl.decode(line)
    assert str(caught.value) == why


words = st.text("ab \n🙂", max_size=4)
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
values = st.dictionaries(words, st.none() | numbers | words | st.lists(words, max_size=2), max_size=2)
calls = st.builds(ToolCall, st.sampled_from(["c1", "c2"]), st.just("f"), values.map(json.dumps))
turns = st.lists(
    st.one_of(
        st.builds(Message, role=st.just("user"), content=words, name=st.sampled_from([None, "Ann"])),
        st.builds(Message, role=st.just("assistant"), content=words, weight=st.sampled_from([None, 0, 1])),
        st.builds(Message, role=st.just("assistant"), content=words, tool_calls=st.tuples(calls)),
        st.builds(Message, role=st.just("tool"), content=words, tool_call_id=st.sampled_from(["c1", "c3"])),
        st.builds(Message, role=st.just("system"), content=words),
        st.just(PICTURE),
    ),
    max_size=5,
)
answers = st.builds(Message, role=st.just("assistant"), content=st.sampled_from(["ok", "", " "]),
                    reasoning=st.sampled_from([None, "r"]))  # fmt: skip
examples = st.builds(
    lambda before, answer, other, tools: Example(messages=(*before, answer), rejected=other, tools=tools),
    turns, answers, st.sampled_from([(), (BAD,)]), st.sampled_from([(), (CLOCK,)]),
)  # fmt: skip


@given(examples, st.sampled_from(FORMS))
def test_what_a_row_says_is_read_back(example: Example, form: str) -> None:
    made = trl(form).encode(example)
    if isinstance(made, Drop):
        return
    again = Trl.decode(plain(made))
    assert plain(trl(form).encode(again)) == plain(made)
    alone = [m for m in example.messages[:-1] if m.role in ("user", "tool")] == [Message("user")]
    if not isinstance(made, Lossy) and not alone:
        assert canonical(again) == canonical(example)


@given(examples, st.sampled_from(FORMS))
def test_the_request_equals_the_prompt_of_the_row(example: Example, form: str) -> None:
    writer = trl(form)
    made = writer.encode(example)
    if not isinstance(made, Drop):
        blank = example.with_(messages=(*example.messages[:-1], Message("assistant")), rejected=())
        asked = writer.request(blank)
        assert asked == writer.prompt_of(plain(made))
        texts = [c["function"]["arguments"] for m in asked["messages"] for c in m.get("tool_calls", ())]
        assert all(isinstance(text, str) for text in texts)


def test_a_request_has_its_images_where_they_were() -> None:
    asked = trl().request(Example(messages=(PICTURE, Message("assistant"))))
    parts = [{"type": "text", "text": "See"}]
    parts += [{"type": "image_url", "image_url": {"url": f"https://a/{name}.png"}} for name in "bc"]  # type: ignore[dict-item]
    assert asked == {"messages": [said("user", parts)]}


def test_what_cannot_be_sent_says_why() -> None:
    with pytest.raises(DataError) as caught:
        trl().request(Example(messages=(*calling("x").messages, RESULT, Message("assistant"))))
    assert str(caught.value) == (f"the request cannot be sent: {NO_JSON}; Expecting value: line 1 column 1 (char 0)")


def test_a_contract_is_told_in_the_words_of_the_server() -> None:
    facts = {"stop": ["END"], "max_tokens": 5, "logprobs": 3}
    chat = {"stop": ["END"], "max_tokens": 5, "logprobs": True, "top_logprobs": 3}
    assert trl().arguments(facts) == chat
    assert trl().arguments({}) == {}
    assert TrlCompletion().arguments(facts) == facts


def test_texts_are_those_of_the_messages_and_what_is_between_them() -> None:
    example = Example(messages=(HELLO[0], CALLING, RESULT, HELLO[1].with_(reasoning="Hm.")), rejected=(BAD,))
    texts = ["user", "Hello", "assistant", "", "clock", CALL.arguments, "tool", "12:00", "assistant", "Hi", "Hm."]
    assert trl().texts(example, FACTS) == (texts, 4 * 4 + 3)
    assert trl("preference").texts(example, FACTS) == ([*texts, "assistant", "Go away"], 5 * 4 + 3)


PAIRS: dict[str, tuple[dict[str, Any], tuple[Message, ...], Any]] = {
    "pair": ({}, HELLO, {"prompt": "Hello", "completion": "Hi"}),
    "only an answer": ({}, HELLO[1:], {"prompt": "", "completion": "Hi"}),
    "empty where allowed": (
        {"allow_empty": True},
        (HELLO[0], Message("assistant")),
        {"prompt": "Hello", "completion": ""},
    ),
    "empty": ({}, (HELLO[0], Message("assistant", " ")), Drop("empty answer")),
    "several turns": ({}, HELLO * 2, Drop(NOT_A_PAIR, "its messages: user, assistant, user, assistant")),
    "no messages": ({}, (), Drop("no messages")),
    "not trained": (
        {},
        (HELLO[0], HELLO[1].with_(weight=0)),
        Drop("the last answer is not trained", "its weight is 0"),
    ),
    "a call": ({}, (HELLO[0], CALLING), Drop("a completion cannot hold tool calls")),
    "an image": ({}, (PICTURE, HELLO[1]), Drop("a completion cannot hold images")),
}


@pytest.mark.parametrize(("options", "messages", "expected"), PAIRS.values(), ids=PAIRS)
def test_a_pair_is_written_so(options: dict[str, Any], messages: tuple[Message, ...], expected: Any) -> None:
    made = TrlCompletion.model_validate_json(json.dumps(options), strict=True).encode(Example(messages=messages))
    assert made == expected if isinstance(expected, Drop) else plain(made) == expected


def test_a_pair_names_what_it_loses() -> None:
    parts = Message("user", (Text("a"), Text("b")))
    messages = (parts, HELLO[1].with_(reasoning="r", weight=1))
    made = TrlCompletion().encode(Example(messages=messages, tools=(CLOCK,), rejected=(BAD,), extra={"id": 1}))
    assert (plain(made), made.lost) == (
        {"prompt": "ab", "completion": "Hi"},
        ("id", "reasoning", "rejected", "text parts", "tools"),
    )


@given(words, words.filter(str.strip))
def test_a_pair_is_read_back_and_asked_the_same_way(prompt: str, answer: str) -> None:
    asked = (Message("user", prompt),) if prompt else ()
    example = Example(messages=(*asked, Message("assistant", answer)))
    writer = TrlCompletion()
    made = writer.encode(example)
    assert TrlCompletion.decode(plain(made)) == example
    blank = example.with_(messages=(*asked, Message("assistant")))
    assert writer.request(blank) == writer.prompt_of(made) == {"prompt": prompt}
    assert writer.texts(example, FACTS) == ([prompt + answer], 1)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ([], "a line has to be a JSON object, not list"),
        ({"prompt": "a"}, "it has no 'completion'"),
        ({"prompt": 1, "completion": ""}, "'prompt' has to be a text"),
    ],
    ids=["list", "half", "number"],
)
def test_a_pair_that_is_wrong_says_so(line: Any, text: str) -> None:
    with pytest.raises(ValueError) as caught:
        TrlCompletion.decode(line)
    assert str(caught.value) == text


def test_an_answer_ends_at_the_first_stop() -> None:
    assert TrlCompletion().answer(" a END b STOP", {"stop": ["STOP", " END"]}) == "a"
    assert TrlCompletion().answer("a", {}) == "a"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_keeps_the_contract(form: str) -> None:
    testing.check_writer(trl(form))


def card(folder: Path, form: str) -> Any:
    """What the head of the dataset card says."""
    trl(form).finish(folder)
    head, text = (folder / "README.md").read_text(encoding="utf-8").removeprefix("---\n").split("---\n")
    assert text.startswith("\nTraining data for TRL, made by ftprep.")
    return yaml.safe_load(head)


CARDS = {
    "messages": ["messages", "tools"],
    "prompt_completion": ["prompt", "completion", "tools"],
    "preference": ["prompt", "chosen", "rejected", "tools"],
}


@pytest.mark.files
@pytest.mark.parametrize(("form", "columns"), CARDS.items(), ids=CARDS)
def test_the_card_says_which_files_and_columns_there_are(tmp_path: Path, form: str, columns: list[str]) -> None:
    for name in ("train", "validation"):
        (tmp_path / f"{name}.jsonl").write_text('{"messages": "\\"images\\":[1]"}\n', encoding="utf-8", newline="\n")
    files = [{"split": name, "path": f"{name}.jsonl"} for name in ("train", "validation")]
    assert card(tmp_path, form) == {
        "configs": [{"config_name": "default", "data_files": files}],
        "dataset_info": {"features": [{"name": name, "list": "json"} for name in columns]},
    }


@pytest.mark.files
def test_the_card_names_images_only_where_there_are(tmp_path: Path) -> None:
    inside = row(USER, ASSISTANT, tools=[{"a": {"images": ["x"]}}])
    (tmp_path / "train.jsonl").write_bytes(msgspec.json.encode(inside) + b"\n")
    assert {"name": "images", "list": "string"} not in card(tmp_path, "messages")["dataset_info"]["features"]
    images = trl().encode(Example(messages=(PICTURE, HELLO[1])))
    (tmp_path / "test.jsonl").write_bytes(msgspec.json.encode(images.row) + b"\n")
    assert {"name": "images", "list": "string"} in card(tmp_path, "messages")["dataset_info"]["features"]


def test_the_plugin_offers_its_writers() -> None:
    assert ftprep_trl.ftprep_writers() == [Trl, TrlCompletion]
