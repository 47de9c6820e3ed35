"""`chat`, `prompt` and `system`: messages from templates."""

from __future__ import annotations

import json

import pytest

from ftprep import Example, Message, MissingColumn, StepRun
from ftprep_dialogue import Chat, Prompt, System

ROW = Example({"q": "Why?", "a": "Because", "n": None}, source=None, group="g")


def made(cls, **options):
    return cls.model_validate_json(json.dumps(options), strict=True)


def texts(example):
    return [(m.role, m.content) for m in example.messages]


def test_chat_makes_a_conversation_of_a_row():
    step = made(Chat, system="Be {q}", user="{q}!", assistant="{a}")
    assert texts(step.apply(ROW)) == [("system", "Be Why?"), ("user", "Why?!"), ("assistant", "Because")]
    assert step.apply(ROW).with_(messages=()) == ROW


@pytest.mark.parametrize("system", [None, "{n}"], ids=["none", "empty"])
def test_chat_without_a_system_text_has_no_system_message(system):
    assert texts(made(Chat, system=system, user="{q}", assistant="{a}").apply(ROW))[0] == ("user", "Why?")


def test_chat_keeps_an_empty_answer_for_the_writer_to_judge():
    assert texts(made(Chat, user="{q}", assistant="{n}").apply(ROW)) == [("user", "Why?"), ("assistant", "")]


def test_chat_can_read_the_messages_it_replaces():
    talk = (Message("user", "Hi", "Kim"), Message("assistant", "Hello", "Bot"))
    step = made(Chat, user="Reply to: {dialogue}", assistant="{answer}")
    assert texts(step.apply(Example(messages=talk))) == [("user", "Reply to: Kim: Hi"), ("assistant", "Hello")]


@pytest.mark.parametrize(
    "step",
    [made(Chat, system="s", user="{q}", assistant="{a}"), made(Prompt, prompt="{q}\n", completion="{a}")],
    ids=["chat", "prompt"],
)
def test_the_request_needs_no_answer_column_and_asks_what_was_trained(step):
    asked = step.request(Example({"q": "Why?"}), StepRun())
    assert asked.messages == (*step.apply(ROW).messages[:-1], Message("assistant"))
    assert step.request(ROW, StepRun()).messages == asked.messages


@pytest.mark.parametrize("cls", [Chat, Prompt])
def test_a_missing_column_is_left_to_the_engine(cls):
    names = ("user", "assistant") if cls is Chat else ("prompt", "completion")
    with pytest.raises(MissingColumn):
        made(cls, **dict.fromkeys(names, "{other}")).apply(ROW)


@pytest.mark.parametrize("answer", ["yes", " yes", "\n  yes"], ids=["no space", "a space", "lines"])
def test_a_completion_begins_with_exactly_one_space(answer):
    step = made(Prompt, prompt="{q} ->", completion="{a}")
    assert texts(step.apply(Example({"q": "Q", "a": answer}))) == [("user", "Q ->"), ("assistant", " yes")]


def test_without_space_a_completion_stands_as_it_is():
    step = made(Prompt, prompt="{q}", completion="{a}", space=False)
    assert texts(step.apply(Example({"q": "Q", "a": "  yes"})))[1] == ("assistant", "  yes")


def test_an_empty_completion_stays_empty():
    assert texts(made(Prompt, prompt="{q}", completion="{n}").apply(ROW))[1] == ("assistant", "")


def test_neither_has_names():
    assert made(Chat, user="", assistant="").speakers({"user": "Human"}) == {}
    assert made(Prompt, prompt="", completion="").speakers({"user": "Human"}) == {}


TALK = (Message("user", "Hi"), Message("assistant", "Hello"))


def test_system_puts_its_text_first():
    assert texts(made(System, text="About {q}").apply(ROW.with_(messages=TALK))) == [
        ("system", "About Why?"), ("user", "Hi"), ("assistant", "Hello"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "left"), [("keep", [("developer", "old"), ("system", "older")]), ("replace", [("system", "new")])]
)
def test_system_messages_that_are_there_stay_or_give_way(mode, left):
    example = Example(messages=(Message("developer", "old"), Message("system", "older"), *TALK))
    step = made(System, text="new", when_present=mode)
    once = step.apply(example)
    assert texts(once)[:-2] == left
    assert step.apply(once) == once


def test_an_empty_system_text_changes_nothing():
    example = ROW.with_(messages=TALK)
    assert made(System, text="{n}").apply(example) is example
    assert System.model_fields and next(iter(System.model_fields)) == "text"
