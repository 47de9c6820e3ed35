"""`dialogue`: a conversation as one text."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from pydantic import ValidationError

from ftprep import Drop, Example, Image, Message, RecipeError, StepRun, Text, ToolCall
from ftprep_dialogue import Dialogue

TALK = (
    Message("user", "Hello", "Human"),
    Message("assistant", "Hi", "AI", 0),
    Message("user", "News?", "Human"),
    Message("assistant", "None", "AI"),
)


def made(**options):
    return Dialogue.model_validate_json(json.dumps(options), strict=True)


def written(step, *messages, fields=None, run=None):
    return step.start(run or StepRun())(Example(fields or {}, messages))


def pair(example):
    return tuple(m.content for m in example.messages)


def test_turns_and_the_beginning_of_the_answers_turn_are_the_prompt():
    example = written(made(), *TALK)
    assert pair(example) == ("Human: Hello\nAI: Hi\nHuman: News?\nAI:", " None")
    assert [(m.role, m.name) for m in example.messages] == [("user", "Human"), ("assistant", "AI")]


NAMES = {
    "their own": ({}, {}, "Human: Hello\nAI:"),
    "overridden": ({"names": {"user": "Kim", "assistant": "Bot"}}, {}, "Kim: Hello\nBot:"),
    "one of them": ({"names": {"assistant": "Bot"}}, {}, "Human: Hello\nBot:"),
}


@pytest.mark.parametrize("case", NAMES.values(), ids=NAMES)
def test_names_are_the_speakers_own_unless_given(case):
    options, speakers, prompt = case
    messages = (Message("user", "Hello", "Human"), Message("assistant", "Hi", "AI"))
    assert pair(written(made(**options), *messages, run=StepRun(speakers=speakers)))[0] == prompt


def test_messages_without_names_have_those_of_the_run_or_their_roles():
    messages = (Message("user", "Hello"), Message("assistant", "Hi"))
    assert pair(written(made(), *messages)) == ("User: Hello\nAssistant:", " Hi")
    run = StepRun(speakers={"user": "Human", "assistant": "AI"})
    assert pair(written(made(), *messages, run=run)) == ("Human: Hello\nAI:", " Hi")


def test_speakers_are_known_after_it_in_any_case():
    assert made().speakers({}) == {"user": "User", "assistant": "Assistant"}
    assert made(names={"user": "Kim"}).speakers({"user": "Human", "assistant": "AI"}) == {
        "user": "Kim",
        "assistant": "AI",
    }


def test_an_answer_to_nothing_has_an_empty_prompt():
    example = written(made(), TALK[3], run=StepRun(speakers={"user": "Human"}))
    assert pair(example) == ("", " None")
    assert example.messages[0].name == "Human"


def test_what_stands_in_front_is_parted_by_an_empty_line():
    step = made(before="About {topic}.")
    system = Message("system", "Be kind.")
    assert pair(written(step, system, *TALK[2:], fields={"topic": "news"}))[0] == (
        "About news.\n\nBe kind.\n\nHuman: News?\nAI:"
    )
    assert pair(written(step, TALK[3], fields={"topic": "news"}))[0] == "About news.\n\nAI:"
    assert pair(written(made(before="# {topic}\n"), *TALK[2:], fields={"topic": "x"}))[0] == "# x\nHuman: News?\nAI:"


def test_a_system_message_in_the_middle_is_a_turn():
    assert pair(written(made(), TALK[0], Message("system", "Now"), TALK[3]))[0] == "Human: Hello\nSystem: Now\nAI:"


TURNS = {
    "role": ("<|{role}|>\n{text}<|end|>", ("<|user|>\nNews?<|end|>\n<|assistant|>\n", "None<|end|>")),
    "name last": ("{text} ({name})", ("News? (Human)\n", "None (AI)")),
    "braces": ("{{{name}}}   {text}", ("{Human}   News?\n{AI}", "   None")),
}


@pytest.mark.parametrize("case", TURNS.values(), ids=TURNS)
def test_a_turn_may_look_otherwise(case):
    turn, expected = case
    assert pair(written(made(turn=turn), *TALK[2:])) == expected


WRONG = {
    "unknown": ("{name}: {txt}", "a turn knows {name}, {text} and {role}, not {txt}"),
    "form": ("{name}: {text:json}", "a turn knows {name}, {text} and {role}, not {text:json}"),
    "no text": ("{name}:", "a turn has {text} in it once"),
    "two texts": ("{text}{text}", "a turn has {text} in it once"),
    "lone brace": ("{text", "a lone '{' at character 1; write '{{' for a brace"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_a_wrong_turn_says_what_is_right(case):
    turn, message = case
    with pytest.raises(ValidationError) as error:
        made(turn=turn)
    assert [e["msg"] for e in error.value.errors()] == [f"Value error, {message}"]


def test_columns_are_those_of_before_only():
    assert made(before="{topic}").columns() == ("topic",)


def test_the_last_answer_is_the_completion_and_the_rest_is_counted():
    run = StepRun()
    first, again = Message("assistant", "Hi", "AI"), Message("user", "Bye", "Human")
    example = written(made(), TALK[0], first, *TALK[2:], again, run=run)
    assert pair(example) == ("Human: Hello\nAI: Hi\nHuman: News?\nAI:", " None")
    assert run.tallies == Counter({"earlier answers that are context now": 1, "messages after the last answer": 1})


LOST = {
    "no answer": ((TALK[0],), "no answer"),
    "muted": (TALK[:2], "no answer"),
    "a call": (
        (TALK[0], Message("assistant", tool_calls=(ToolCall("1", "f", "{}"),)), TALK[3]),
        "tool calls in a dialogue",
    ),
    "an image": ((Message("user", (Text("see"), Image("https://x"))), TALK[3]), "images in a dialogue"),
}


@pytest.mark.parametrize("case", LOST.values(), ids=LOST)
def test_what_text_cannot_say_is_dropped(case):
    messages, reason = case
    assert written(made(), *messages) == Drop(reason)


def test_text_in_parts_and_results_of_tools_are_text():
    parts = Message("user", (Text("a"), Text("b")), "Human")
    assert pair(written(made(), parts, Message("tool", "22"), TALK[3]))[0] == "Human: ab\nTool: 22\nAI:"


def test_an_empty_answer_is_an_empty_completion():
    assert pair(written(made(), TALK[0], Message("assistant", "", "AI"))) == ("Human: Hello\nAI:", "")


def test_the_weight_of_the_answer_stays():
    assert written(made(), TALK[0], Message("assistant", "Hi", weight=1)).messages[1].weight == 1


def test_a_request_of_a_history_is_the_prompt():
    run = StepRun(speakers={"user": "Human", "assistant": "AI"})
    history = tuple(m.with_(name=None, weight=None) for m in TALK[:3])
    for messages in (history, (*history, Message("assistant"))):
        assert pair(made().request(Example(messages=messages), run)) == ("Human: Hello\nAI: Hi\nHuman: News?\nAI:", "")
    assert run.tallies == Counter()


def test_a_request_that_cannot_be_written_says_so():
    call = Message("assistant", tool_calls=(ToolCall("1", "f", "{}"),))
    with pytest.raises(RecipeError, match=r"makes no request of this input: tool calls in a dialogue"):
        made().request(Example(messages=(call, Message("assistant"))), StepRun())
