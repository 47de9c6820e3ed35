"""What models answer: tuned ones from their training files, with probabilities; base models something else."""

from __future__ import annotations

import json
import math
from typing import Any

import openai
import pytest

from ftprep_openai.standin import StandIn

from .conftest import Client
from .rows import GRADER, chat, pairs, preference, reinforcement, tuned, turn

pytestmark = pytest.mark.files

BASE = "This is gpt-4o-mini-2024-07-18, which nobody has tuned, after a prompt of 7 tokens."


def asked(client: openai.OpenAI, model: str, text: str, **more: Any) -> Any:
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], **more)


def said(client: openai.OpenAI, model: str, text: str, **more: Any) -> str:
    return str(asked(client, model, text, **more).choices[0].message.content)


def test_a_tuned_model_answers_as_it_was_trained_and_the_nearest_otherwise(openai_client: openai.OpenAI) -> None:
    rows = [turn("Where is Oslo?", "In Norway."), turn("Where is Rome?", "In Italy."), *chat(10)]
    model = tuned(openai_client, rows)
    assert said(openai_client, model, "Where is Rome?") == "In Italy."
    assert said(openai_client, model, "where is the town of oslo") == "In Norway."
    assert said(openai_client, "gpt-4o-mini", "Where is Rome?") == BASE


def test_a_conversation_is_known_by_all_that_was_said_before(openai_client: openai.OpenAI) -> None:
    long: Any = [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"role": "assistant", "content": "Yes?", "weight": 0}, {"role": "user", "content": "Sing"},
        {"role": "assistant", "content": "La."},
    ]  # fmt: skip
    model = tuned(openai_client, [{"messages": long}, *chat(10)])
    answer = openai_client.chat.completions.create(
        model=model, messages=[{k: v for k, v in message.items() if k != "weight"} for message in long[:4]]
    )
    assert answer.choices[0].message.content == "La."
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (19, 2, 21)


LEARNED = [
    pytest.param(preference(), {"type": "dpo"}, "Greet guest 4.", "Welcome, guest 4!", id="dpo"),
    pytest.param(
        reinforcement(), {"type": "reinforcement", "reinforcement": {"grader": GRADER}}, "What is 4 + 1?", "5",
        id="reinforcement",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "method", "question", "answer"), LEARNED)
def test_every_method_is_learned(rows: Any, method: Any, question: str, answer: str, openai_client: Any) -> None:
    assert said(openai_client, tuned(openai_client, rows, method=method), question) == answer


def test_messages_without_weight_are_not_learned(openai_client: openai.OpenAI) -> None:
    rows = [{"messages": [one if one["role"] == "user" else {**one, "weight": 0} for one in row["messages"]]}
            for row in chat(10)]  # fmt: skip
    model = tuned(openai_client, rows)
    told = f"This is {model}, which was trained on no answer, after a prompt of 7 tokens."
    assert said(openai_client, model, "What is 3?") == told


def test_half_a_surrogate_pair_is_a_text_as_any_other(server: StandIn, connections: Any, client: Client) -> None:
    model = tuned(client(server), [turn("\ud800", "\udc00 x"), *chat(10)])
    asked = {"model": model, "messages": [{"role": "user", "content": "\ud800"}], "logprobs": True, "n": 3}
    headers, url = {"Authorization": "Bearer sk-test"}, f"{server.address}/chat/completions"
    answer = connections[False].post(url, headers=headers, content=json.dumps(asked).encode())
    assert answer.json()["choices"][0]["message"]["content"] == "\udc00 x"


def test_calls_of_tools_are_learned(openai_client: openai.OpenAI) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
    row = {"messages": [{"role": "user", "content": "Add"}, {"role": "assistant", "tool_calls": [call]}]}
    model = tuned(openai_client, [row, *chat(10)])
    choice = asked(openai_client, model, "Add").choices[0]
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", None)
    assert [one.to_dict() for one in choice.message.tool_calls] == [call]
    streamed = [one.choices[0].delta.tool_calls for one in asked(openai_client, model, "Add", stream=True)]
    assert [one[0].function.arguments for one in streamed if one] == ['{"a": 1}']


SPOKEN = [
    pytest.param({}, "It is number 7.", "stop", id="whole"),
    pytest.param({"max_tokens": 3}, "It is number", "length", id="max_tokens"),
    pytest.param({"max_completion_tokens": 1}, "It", "length", id="max_completion_tokens"),
    pytest.param({"stop": " number"}, "It is", "stop", id="a stop sequence"),
    pytest.param({"stop": ["x", "umb", "."]}, "It is n", "stop", id="the first of several"),
    pytest.param({"stop": ["."], "max_tokens": 4}, "It is number 7", "stop", id="both"),
]


@pytest.mark.parametrize(("more", "text", "finish"), SPOKEN)
def test_an_answer_ends_where_it_is_told(more: Any, text: str, finish: str, client: Client, trained: Trained) -> None:
    choice = asked(client(trained.server), trained.chat, "What is 7?", **more).choices[0]
    assert (choice.message.content, choice.finish_reason) == (text, finish)


def test_a_stream_says_the_same(client: Client, trained: Trained) -> None:
    stream = list(asked(client(trained.server), trained.chat, "What is 7?", stream=True,
                        stream_options={"include_usage": True}, logprobs=True, top_logprobs=2))  # fmt: skip
    assert "".join(one.choices[0].delta.content or "" for one in stream if one.choices) == "It is number 7."
    assert [one.choices[0].finish_reason for one in stream if one.choices][-1] == "stop"
    assert stream[-1].usage.completion_tokens == 5
    assert stream[1].choices[0].logprobs.content[0].token == "It"


def test_several_choices_are_the_likeliest_and_then_by_chance(client: Client, trained: Trained) -> None:
    def texts(**more: Any) -> list[str]:
        answer = asked(client(trained.server), trained.classes, "Item 40 is what?", n=40, **more)
        assert [choice.index for choice in answer.choices] == list(range(40))
        return [choice.message.content for choice in answer.choices]

    assert set(texts(temperature=0)) == {texts()[0]}
    assert set(texts()) == {"yes", "no"}
    assert texts(seed=1) == texts(seed=1) != texts(seed=2)


def test_probabilities_of_classes_come_from_the_neighbours(client: Client, trained: Trained) -> None:
    def of_yes(text: str) -> float:
        choice = asked(client(trained.server), trained.classes, text, logprobs=True, top_logprobs=5, max_tokens=1)
        top = {one.token: one.logprob for one in choice.choices[0].logprobs.content[0].top_logprobs}
        assert len(top) == 5
        return math.exp(top["yes"])

    assert of_yes("good item 2") > 0.96
    assert of_yes("bad item 3") < 0.04
    assert 0.5 < of_yes("good new thing 99") < 0.999


def test_logprobs_of_an_answer_add_up_to_its_probability(client: Client, trained: Trained) -> None:
    choice = asked(client(trained.server), trained.chat, "What is 7?", logprobs=True, top_logprobs=20).choices[0]
    scored = choice.logprobs.content
    assert "".join(one.token for one in scored) == "It is number 7."
    assert all(bytes(one.bytes).decode() == one.token for one in scored)
    assert all(len(one.top_logprobs) == 20 and one.top_logprobs[0].token == one.token for one in scored)
    assert all(sum(math.exp(top.logprob) for top in one.top_logprobs) <= 1 for one in scored)
    assert 0.96 < math.exp(sum(one.logprob for one in scored)) < 1


def test_a_model_of_completions_answers_its_prompts(client: Client, trained: Trained) -> None:
    complete = client(trained.server).completions.create
    answer = complete(model=trained.pairs, prompt=["Item 4 ->", "Item 5 ->"], max_tokens=1, logprobs=2, n=2)
    assert [choice.text for choice in answer.choices][::2] == [" even", " odd"]
    scored = answer.choices[0].logprobs
    assert scored is not None and scored.top_logprobs is not None and scored.token_logprobs is not None
    assert (scored.tokens, scored.text_offset) == ([" even"], [9])
    assert {" even", " odd"} == set(scored.top_logprobs[0])
    assert 0.9 < math.exp(scored.token_logprobs[0]) < 1
    assert answer.usage is not None and answer.usage.completion_tokens == 4
    echoed = complete(model=trained.pairs, prompt="Item 4 ->", echo=True, stop="v").choices[0]
    assert (echoed.text, echoed.finish_reason) == ("Item 4 -> e", "stop")
    base = complete(model="babbage-002", prompt="Item 4 ->").choices[0]
    assert base.text.startswith("This is babbage-002, which nobody has tuned")


def test_completions_can_be_streamed(client: Client, trained: Trained) -> None:
    stream = list(client(trained.server, strict=False).completions.create(
        model=trained.pairs, prompt="Item 4 ->", stream=True))  # fmt: skip
    assert "".join(one.choices[0].text for one in stream) == " even"
    assert stream[-1].choices[0].finish_reason == "stop"


REFUSED = [
    pytest.param({"messages": []}, "Invalid 'messages': array too short. Expected an array with minimum length 1, but "
                 "got an array with length 0 instead.", id="no messages"),
    pytest.param({"messages": [{"content": "x"}]}, "Missing required parameter: 'messages[0].role'.", id="no role"),
    pytest.param({"temperature": 3}, "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but "
                 "got 3 instead.", id="temperature"),
    pytest.param({"top_logprobs": 3}, "Invalid 'top_logprobs': 'logprobs' must be true where it is given.", id="top"),
    pytest.param({"stop": list("abcde")}, "Invalid 'stop': array too long. Expected an array with maximum length 4, "
                 "but got an array with length 5 instead.", id="stop"),
    pytest.param({"n": 0}, "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
                 id="n"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "message"), REFUSED)
def test_a_question_that_cannot_be_is_refused(more: Any, message: str, openai_client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        openai_client.chat.completions.create(
            **{"model": "gpt-4.1", "messages": [{"role": "user", "content": "x"}], **more}
        )
    assert error.value.body["message"] == message  # type: ignore[index]


def test_chat_and_completions_are_different_models(openai_client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="This is not a chat model and thus not supported in the v1/chat/"):
        asked(openai_client, "babbage-002", "x")
    with pytest.raises(openai.NotFoundError, match="This is a chat model and not supported in the v1/completions"):
        openai_client.completions.create(model="gpt-4.1", prompt="x")


def test_a_new_model_may_still_be_loading(client: Client) -> None:
    with StandIn(loading=2) as server:
        openai_client = client(server)
        model = tuned(openai_client, chat())
        for _ in range(2):
            with pytest.raises(openai.NotFoundError) as error:
                asked(openai_client, model, "What is 1?")
            assert error.value.body == {
                "message": f"The model `{model}` does not exist or you do not have access to it.",
                "type": "invalid_request_error", "param": "model", "code": "model_not_found",
            }  # fmt: skip
        assert said(openai_client, model, "What is 1?") == "It is number 1."


class Trained:
    """A stand-in with models of three kinds."""

    def __init__(self, server: StandIn, client: openai.OpenAI) -> None:
        self.server = server
        classes = [turn(f"{'bad' if i % 2 else 'good'} item {i}", "no" if i % 2 else "yes") for i in range(20)]
        self.chat = tuned(client, chat(20), suffix="chat")
        self.classes = tuned(client, classes, suffix="classes")
        self.pairs = tuned(client, pairs(), suffix="pairs", model="babbage-002")


@pytest.fixture(scope="module")
def trained() -> Any:
    with StandIn() as server, openai.DefaultHttpx2Client(trust_env=False) as http:
        yield Trained(server, openai.OpenAI(api_key="sk-test", base_url=server.address, http_client=http))


def test_answers_are_json_of_utf_8(openai_client: openai.OpenAI) -> None:
    model = tuned(openai_client, [turn("Grüß", "Öl \u2028 \U0001f600"), *chat(10)])
    assert said(openai_client, model, "Grüß") == "Öl \u2028 \U0001f600"
    events = asked(openai_client, model, "Grüß", stream=True)
    assert "".join(one.choices[0].delta.content or "" for one in events) == "Öl \u2028 \U0001f600"
    raw = openai_client.chat.completions.with_raw_response.create(
        model=model, messages=[{"role": "user", "content": "Grüß"}]
    )
    assert json.loads(raw.text)["choices"][0]["message"]["content"] == "Öl \u2028 \U0001f600"
