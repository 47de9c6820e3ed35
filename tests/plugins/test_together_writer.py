"""The writers `together` and `together_completion`: what they write is what `together_rules` takes."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep_together
from ftprep import DataError, Drop, Example, Image, Lossy, Message, ModelFacts, StepRun, Text, ToolCall, testing
from ftprep.steps.pairs import NOT_A_PAIR
from ftprep_together.chat import Together
from ftprep_together.completion import TogetherCompletion
from ftprep_together.rules import TogetherRules

FACTS = ModelFacts(name="m", message_tokens=4, reply_tokens=3)
HELLO = (Message("user", "Hello"), Message("assistant", "Hi"))
BAD = Message("assistant", "Go away")
CALL = ToolCall("c1", "clock", '{"zone":"UTC"}')
CALLING = Message("assistant", tool_calls=(CALL,))
RESULT = Message("tool", "12:00", tool_call_id="c1")
CLOCK = {"type": "function", "function": {"name": "clock"}}
DATA = "data:image/png;base64,iVBORw0KGgo="
PICTURE = Message("user", (Text("See"), Image(DATA)))
FORMS = ["chat", "preference"]


def together(form: str = "chat", **options: Any) -> Together:
    return Together.model_validate_json(json.dumps({"form": form, **options}), strict=True)


def plain(made: Any) -> Any:
    """A row as JSON values, key order included."""
    return json.loads(msgspec.json.encode(made.row if isinstance(made, Lossy) else made))


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def row(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


def refused(line: Any) -> list[Any]:
    """What the rules find wrong with a row."""
    found = TogetherRules().start(StepRun())(Example(fields=line))
    return [] if isinstance(found, Example) else list(found)[1:]  # type: ignore[arg-type]


USER, ASSISTANT = said("user", "Hello"), said("assistant", "Hi")
CALLED = {
    "role": "assistant",
    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "clock", "arguments": '{"zone":"UTC"}'}}],
}
TOLD = said("tool", "12:00", tool_call_id="c1")
ROWS: dict[str, tuple[dict[str, Any], Example, dict[str, Any]]] = {
    "a conversation": ({}, Example(messages=HELLO), row(USER, ASSISTANT)),
    "with one weight, what is not the assistant's is not trained": (
        {},
        Example(messages=(Message("system", "Brief."), HELLO[0], HELLO[1].with_(weight=0), *HELLO)),
        row(said("system", "Brief.", weight=0), {**USER, "weight": 0}, {**ASSISTANT, "weight": 0},
            {**USER, "weight": 0}, ASSISTANT),
    ),
    "a question that is trained": (
        {},
        Example(messages=(HELLO[0].with_(weight=1), HELLO[1].with_(weight=1))),
        row({**USER, "weight": 1}, {**ASSISTANT, "weight": 1}),
    ),
    "weights everywhere": (
        {"weights": "everywhere"},
        Example(messages=HELLO),
        row({**USER, "weight": 0}, ASSISTANT),
    ),
    "tools": (
        {},
        Example(messages=(HELLO[0], CALLING, RESULT, RESULT, HELLO[1]), tools=(CLOCK,)),
        row(USER, CALLED, TOLD, TOLD, ASSISTANT, tools=[CLOCK]),
    ),
    "reasoning": (
        {},
        Example(messages=(HELLO[0], HELLO[1].with_(reasoning="Hm."))),
        row(USER, {**ASSISTANT, "reasoning": "Hm."}),
    ),
    "an image": (
        {},
        Example(messages=(PICTURE, HELLO[1])),
        row(said("user", [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": DATA}}]),
            ASSISTANT),
    ),
    "an answer to nothing": ({}, Example(messages=HELLO[1:]), row(said("user", ""), ASSISTANT)),
    "an empty answer where it is allowed": (
        {"allow_empty": True},
        Example(messages=(HELLO[0], Message("assistant"))),
        row(USER, said("assistant", "")),
    ),
    "a preference": (
        {"form": "preference"},
        Example(messages=HELLO, rejected=(BAD,)),
        {"input": row(USER), "preferred_output": [ASSISTANT], "non_preferred_output": [said("assistant", "Go away")]},
    ),
    "a preference with tools": (
        {"form": "preference"},
        Example(messages=(HELLO[0], CALLING, RESULT, HELLO[1]), rejected=(BAD,), tools=(CLOCK,)),
        {
            "input": row(USER, CALLED, TOLD, tools=[CLOCK]),
            "preferred_output": [ASSISTANT],
            "non_preferred_output": [said("assistant", "Go away")],
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize(("options", "example", "written"), ROWS.values(), ids=ROWS)
def test_an_example_becomes_this_row_and_comes_back(
    options: dict[str, Any], example: Example, written: dict[str, Any]
) -> None:
    made = together(**options).encode(example)
    assert not isinstance(made, Lossy)
    assert list(plain(made).items()) == list(written.items())
    assert refused(written) == []
    assert Together.matches(written)
    assert Together.decode(written) == example


LOSSES: dict[str, tuple[str, Example, tuple[str, ...]]] = {
    "developer": ("chat", Example(messages=(Message("developer", "Brief."), *HELLO)), ("developer role",)),
    "names": ("chat", Example(messages=(HELLO[0].with_(name="Ann"), HELLO[1])), ("name",)),
    "weights of a preference": (
        "preference",
        Example(messages=(HELLO[0].with_(weight=0), HELLO[1].with_(weight=1)), rejected=(BAD.with_(weight=0),)),
        ("weight 0", "weight 1"),
    ),
    "keys of the example": (
        "chat",
        Example(messages=HELLO, extra={"parallel_tool_calls": False, "id": 1}),
        ("id", "parallel_tool_calls"),
    ),
    "another answer": ("chat", Example(messages=HELLO, rejected=(BAD,)), ("rejected",)),
    "parts of text": ("chat", Example(messages=(Message("user", (Text("a"), Text("b"))), HELLO[1])), ("text parts",)),
    "how closely to look": (
        "chat",
        Example(messages=(Message("user", (Image(DATA, "low"),)), HELLO[1])),
        ("image detail",),
    ),
    "what only assistants have": (
        "chat",
        Example(messages=(Message("user", "Hello", reasoning="r", tool_calls=(CALL,), tool_call_id="c"), HELLO[1])),
        ("reasoning", "tool calls", "tool_call_id"),
    ),
}


@pytest.mark.parametrize(("form", "example", "lost"), LOSSES.values(), ids=LOSSES)
def test_what_a_row_cannot_say_is_named(form: str, example: Example, lost: tuple[str, ...]) -> None:
    made = together(form).encode(example)
    assert isinstance(made, Lossy)
    assert made.lost == lost
    assert refused(plain(made)) == []


DROPS: dict[str, tuple[str, Example, Drop]] = {
    "nothing": ("chat", Example(), Drop("no messages")),
    "a question": (
        "chat",
        Example(messages=HELLO[:1]),
        Drop("the last message is not the assistant's", "its role is user"),
    ),
    "nothing is trained": (
        "chat",
        Example(messages=(HELLO[0], HELLO[1].with_(weight=0))),
        Drop("no answer is trained", "the weight of all is 0"),
    ),
    "empty": ("chat", Example(messages=(HELLO[0], Message("assistant", " \n"))), Drop("empty answer")),
    "two questions": (
        "chat",
        Example(messages=(HELLO[0], *HELLO)),
        Drop("two messages of the same role follow each other", "both are user"),
    ),
    "a system and a developer message": (
        "chat",
        Example(messages=(Message("system", "a"), Message("developer", "b"), *HELLO)),
        Drop("two messages of the same role follow each other", "both are system"),
    ),
    "an answer first": (
        "chat",
        Example(messages=(HELLO[1], *HELLO)),
        Drop("the first message is not the system's or the user's", "its role is assistant"),
    ),
    "an image at an address": (
        "chat",
        Example(messages=(Message("user", (Image("https://a/b.png"),)), HELLO[1])),
        Drop("an image that is not in the row itself", "Together takes jpeg, png and webp as data URLs"),
    ),
    "too many images": (
        "chat",
        Example(messages=(Message("user", (Image(DATA),) * 11), HELLO[1])),
        Drop("more than 10 images", "it has 11"),
    ),
    "an image of the assistant": (
        "chat",
        Example(messages=(HELLO[0], Message("assistant", (Text("a"), Image(DATA))))),
        Drop("image outside a user message", "in a message of role assistant"),
    ),
    "a result after a question": (
        "chat",
        Example(messages=(HELLO[0], RESULT, HELLO[1])),
        Drop("a result that follows no call", "the role before it is user"),
    ),
    "a result without its call": (
        "chat",
        Example(messages=(HELLO[0], CALLING, Message("tool", "1"), HELLO[1])),
        Drop("tool message without a tool_call_id"),
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
}


@pytest.mark.parametrize(("form", "example", "drop"), DROPS.values(), ids=DROPS)
def test_an_example_that_is_no_row_is_dropped(form: str, example: Example, drop: Drop) -> None:
    assert together(form).encode(example) == drop


NO_ROW = "a line has to be an object with messages, or with input and both outputs"
WRONG: dict[str, tuple[Any, str]] = {
    "a list": ([], NO_ROW),
    "empty": ({"messages": []}, NO_ROW),
    "two answers": (
        {"input": row(USER), "preferred_output": [ASSISTANT, USER], "non_preferred_output": [ASSISTANT]},
        NO_ROW,
    ),
    "role": (row(said("human", "a")), "message 1: Invalid enum value 'human' - at `$.role`"),
    "no content": (row(USER, {"role": "assistant"}), "message 2: it has no content"),
    "unknown key": (row({**USER, "train": True}), "message 1: Object contains unknown field `train`"),
    "weight": (row({**USER, "weight": 2}), "message 1: Invalid enum value 2 - at `$.weight`"),
    "arguments": (
        row({"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {}}}]}),
        "message 1: Expected `str`, got `object` - at `$.tool_calls[0].function.arguments`",
    ),
    "tools": (row(USER, ASSISTANT, tools={"a": 1}), "'tools' has to be a list of objects"),
}


@pytest.mark.parametrize(("line", "why"), WRONG.values(), ids=WRONG)
def test_a_row_that_is_wrong_says_why(line: Any, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        Together.decode(line)
    assert str(caught.value) == why


def test_other_names_and_keys_are_read() -> None:
    line = row({**USER, "name": "Ann"}, {**ASSISTANT, "reasoning_content": "Hm.", "tool_calls": None}, id=7)
    messages = (HELLO[0].with_(name="Ann"), HELLO[1].with_(reasoning="Hm."))
    assert Together.decode(line) == Example(messages=messages, extra={"id": 7})
    pair = {"input": row(USER, x=1), "preferred_output": [ASSISTANT], "non_preferred_output": [ASSISTANT], "y": 2}
    assert Together.decode(pair).extra == {"x": 1, "y": 2}


words = st.text("ab \n🙂", max_size=4)
weights = st.sampled_from([None, 0, 1])
turns = st.lists(
    st.one_of(
        st.builds(Message, role=st.just("user"), content=words, weight=st.sampled_from([None, 1])),
        st.builds(Message, role=st.just("assistant"), content=words, weight=weights),
        st.builds(Message, role=st.just("assistant"), content=words, tool_calls=st.just((CALL,))),
        st.builds(Message, role=st.just("tool"), content=words, tool_call_id=st.just("c1")),
        st.builds(Message, role=st.just("system"), content=words),
        st.just(PICTURE),
    ),
    max_size=4,
)
answers = st.builds(Message, role=st.just("assistant"), content=st.sampled_from(["ok", "", " "]), weight=weights,
                    reasoning=st.sampled_from([None, "r"]))  # fmt: skip
examples = st.builds(
    lambda before, answer, other, tools: Example(messages=(*before, answer), rejected=other, tools=tools),
    turns, answers, st.sampled_from([(), (BAD,)]), st.sampled_from([(), (CLOCK,)]),
)  # fmt: skip
writers = st.sampled_from([together(), together("preference"), together(weights="everywhere", allow_empty=True)])


@given(examples, writers)
def test_what_a_row_says_is_read_back(example: Example, writer: Together) -> None:
    made = writer.encode(example)
    if isinstance(made, Drop):
        return
    again = Together.decode(plain(made))
    assert plain(writer.encode(again)) == plain(made)
    alone = [m for m in example.messages[:-1] if m.role in ("user", "tool")] == [Message("user")]
    assert alone or isinstance(made, Lossy) or again == example


@given(examples, writers)
def test_the_request_equals_the_prompt_of_the_row(example: Example, writer: Together) -> None:
    made = writer.encode(example)
    if not isinstance(made, Drop):
        asked = writer.request(example.with_(messages=(*example.messages[:-1], Message("assistant")), rejected=()))
        assert asked == writer.prompt_of(plain(made))
        assert all("weight" not in message for message in asked["messages"])


@given(examples, writers)
def test_the_rules_take_what_is_written(example: Example, writer: Together) -> None:
    made = writer.encode(example)
    if not isinstance(made, Drop):
        assert refused(plain(made)) == []


def test_what_cannot_be_sent_says_why() -> None:
    with pytest.raises(DataError) as caught:
        together().request(Example(messages=(HELLO[0], HELLO[0])))
    assert str(caught.value) == (
        "the request cannot be sent: two messages of the same role follow each other; both are user"
    )


def test_a_contract_is_told_in_the_words_of_the_service() -> None:
    facts = {"stop": ["END"], "max_tokens": 5, "logprobs": 3}
    assert together().arguments(facts) == TogetherCompletion().arguments(facts) == facts
    assert together().arguments({}) == {}


def test_texts_are_those_of_the_messages() -> None:
    example = Example(messages=(HELLO[0], CALLING, RESULT, HELLO[1].with_(reasoning="Hm.")), rejected=(BAD,))
    texts = ["user", "Hello", "assistant", "", "clock", CALL.arguments, "tool", "12:00", "assistant", "Hi", "Hm."]
    assert together().texts(example, FACTS) == (texts, 4 * 4 + 3)
    assert together("preference").texts(example, FACTS) == ([*texts, "assistant", "Go away"], 5 * 4 + 3)


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
    made = TogetherCompletion.model_validate_json(json.dumps(options), strict=True).encode(Example(messages=messages))
    assert made == expected if isinstance(expected, Drop) else plain(made) == expected


def test_a_pair_names_what_it_loses() -> None:
    messages = (Message("user", (Text("a"), Text("b"))), HELLO[1].with_(reasoning="r", weight=1))
    made = TogetherCompletion().encode(Example(messages=messages, tools=(CLOCK,), rejected=(BAD,), extra={"id": 1}))
    assert (plain(made), made.lost) == (
        {"prompt": "ab", "completion": "Hi"},
        ("id", "reasoning", "rejected", "text parts", "tools"),
    )


@given(words, words.filter(str.strip))
def test_a_pair_is_read_back_and_asked_the_same_way(prompt: str, answer: str) -> None:
    asked = (Message("user", prompt),) if prompt else ()
    example = Example(messages=(*asked, Message("assistant", answer)))
    writer = TogetherCompletion()
    made = writer.encode(example)
    assert TogetherCompletion.decode(plain(made)) == example
    assert refused(plain(made)) == []
    blank = example.with_(messages=(*asked, Message("assistant")))
    assert writer.request(blank) == writer.prompt_of(made) == {"prompt": prompt}
    assert writer.texts(example, FACTS) == ([prompt + answer], 0)


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
        TogetherCompletion.decode(line)
    assert str(caught.value) == text


def test_an_answer_ends_at_the_first_stop() -> None:
    assert TogetherCompletion().answer(" a END b STOP", {"stop": ["STOP", " END"]}) == "a"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_keeps_the_contract(form: str) -> None:
    testing.check_writer(together(form))


def test_the_plugin_offers_its_writers() -> None:
    assert ftprep_together.ftprep_writers() == [Together, TogetherCompletion]
