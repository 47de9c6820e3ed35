"""`separator`, `stop`, and the check that looks for both."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Drop, Example, Finding, Image, Message, StepRun, Text, Verdict
from ftprep_dialogue import Separator, SeparatorCheck, Stop

MARK = "\n\n###\n\n"


def made(cls, **options):
    return cls.model_validate_json(json.dumps(options), strict=True)


def sample(prompt, completion, name=None):
    return Example(messages=(Message("user", prompt, name), Message("assistant", completion)))


def pair(example):
    return tuple(m.content for m in example.messages)


def test_a_separator_ends_the_prompt():
    assert pair(made(Separator).apply(sample("Q", " A"))) == (f"Q{MARK}", " A")
    assert made(Separator, text=" ->").contract(StepRun()) == {"separator": " ->"}


ENDINGS = {
    "as it is": ("Q", f"Q{MARK}"),
    "has it": (f"Q{MARK}", f"Q{MARK}"),
    "lacks the last line": ("Q\n\n###\n", f"Q{MARK}"),
    "has lines too many": ("Q\n\n###\n\n\n", f"Q{MARK}"),
    "another sign": ("Q #", f"Q #{MARK}"),
    "empty": ("", MARK),
}


@pytest.mark.parametrize("case", ENDINGS.values(), ids=ENDINGS)
def test_an_ending_is_never_doubled(case):
    prompt, expected = case
    assert pair(made(Separator).apply(sample(prompt, "A")))[0] == expected


@given(st.text("aE# \n"), st.text("ab #\n", min_size=1, max_size=4))
def test_adding_an_ending_twice_is_adding_it_once(text, ending):
    for step in (made(Separator, text=ending), made(Stop, text=ending)):
        call = step.start(StepRun())
        once = call(sample(text, text))
        assert call(once) == once
    assert pair(made(Separator, text=ending).apply(sample(text, "")))[0].endswith(ending)


def test_only_the_last_user_message_is_ended():
    talk = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"), Message("assistant", "d"))
    assert pair(made(Separator, text="#").apply(Example(messages=talk))) == ("a", "b", "c#", "d")


def test_a_prompt_is_made_where_there_is_none():
    alone = Example(messages=(Message("assistant", "d"),))
    assert made(Separator, text="#").apply(alone).messages == (Message("user", "#"), Message("assistant", "d"))


def test_the_last_part_of_a_message_is_ended():
    image = Image("https://x")
    step = made(Separator, text="#")
    assert step.apply(sample((image, Text("a")), "b")).messages[0].content == (image, Text("a#"))
    assert step.apply(sample((image,), "b")).messages[0].content == (image, Text("#"))


def test_a_stop_sequence_ends_the_completion():
    step = made(Stop, text="\nHuman: ")
    assert pair(step.start(StepRun())(sample("Q", " Yeah"))) == ("Q", " Yeah\nHuman: ")
    assert step.contract(StepRun()) == {"stop": ["\nHuman: "]}


@pytest.mark.parametrize("completion", ["", " ", "\n"], ids=["empty", "space", "line"])
def test_an_empty_completion_gets_no_stop_sequence(completion):
    assert pair(made(Stop, text="END").start(StepRun())(sample("Q", completion)))[1] == completion


NAMES = {
    "of the run": ({"user": "Human"}, "Kim", "\nHuman: "),
    "of the message": ({}, "Kim", "\nKim: "),
    "of nobody": ({}, None, "\nUser: "),
}


@pytest.mark.parametrize("case", NAMES.values(), ids=NAMES)
def test_the_users_turn_begins_with_the_name(case):
    speakers, name, stop = case
    run = StepRun(speakers=speakers)
    assert pair(made(Stop, turn="user").start(run)(sample("Q", " A", name)))[1] == f" A{stop}"


def test_the_contract_has_the_name_of_the_run():
    assert made(Stop, turn="user").contract(StepRun(speakers={"user": "Human"})) == {"stop": ["\nHuman: "]}
    assert made(Stop, turn="user").contract(StepRun()) == {"stop": ["\nUser: "]}


def test_a_stop_that_is_not_added_is_in_the_contract_all_the_same():
    step = made(Stop, text="\n", add=False)
    example = sample("Q", " A")
    assert step.start(StepRun())(example) is example
    assert step.contract(StepRun()) == {"stop": ["\n"]}


def test_a_request_has_the_separator_and_no_stop():
    waiting = sample("Q", "")
    assert pair(made(Separator, text="#").request(waiting, StepRun())) == ("Q#", "")
    assert made(Stop, text="#").request(waiting, StepRun()) is waiting


@pytest.mark.parametrize("options", [{}, {"text": "a", "turn": "user"}], ids=["neither", "both"])
def test_a_stop_needs_one_of_text_and_turn(options):
    with pytest.raises(ValidationError) as error:
        made(Stop, **options)
    assert [e["msg"] for e in error.value.errors()] == [
        "Value error, give either text, the ending itself, or turn: user, the beginning of the user's turn"
    ]


# -- the check ----------------------------------------------------------------------------------------------------


def test_an_ending_at_the_end_is_where_it_belongs():
    check = made(SeparatorCheck, text=[MARK, " END"])
    assert check.look(sample(f"Q{MARK}", " A END")) is None


def test_one_before_the_end_is_found_with_its_place():
    check = made(SeparatorCheck, text=["#", "END"])
    assert check.look(sample("Q#R#", "A END B")) == ["prompt:0", "completion:1"]
    assert check.look(sample("Q##", "A")) == ["prompt:0"]


def test_it_looks_where_it_is_told():
    example = sample("a#b", "c#d")
    assert made(SeparatorCheck, text="#", inside="completion").look(example) == ["completion:0"]
    assert made(SeparatorCheck, text="#", inside="prompt").look(example) == ["prompt:0"]


def test_it_counts_examples_and_says_what_to_do():
    check = made(SeparatorCheck, text="\n#\n")
    state = check.state()
    for example in (sample("a\n#\nb\n#\nc", "d"), sample("a\n#\nb", "c\n#\nd"), sample("a", "b")):
        check.add(state, check.look(example) or ())
    hint = "there the model stops, or starts its answer, too early: take another text, or on_fail: drop"
    assert state == Counter({"prompt:0": 2, "completion:0": 1})
    assert check.judge(state, StepRun()) == Verdict(
        [
            Finding("FT315", "1 example has '\\n#\\n' inside the completion", hint),
            Finding("FT315", "2 examples have '\\n#\\n' inside the prompt", hint),
        ],
        {"completion:0": 1, "prompt:0": 2, "looked_for": ["\n#\n"]},
    )


def test_it_may_be_an_error_or_drop_the_example():
    error = made(SeparatorCheck, text="#", on_fail="error")
    assert [f.level for f in error.judge(Counter({"prompt:0": 1}), StepRun()).findings] == ["error"]
    drop = made(SeparatorCheck, text="#", on_fail="drop")
    assert drop.look(sample("a#b", "c")) == Drop("separator inside the prompt", "'#'")
    assert drop.look(sample("a#", "c")) is None


@pytest.mark.parametrize("text", ["", [], ["a", ""]], ids=["empty", "none", "one empty"])
def test_it_wants_something_to_look_for(text):
    with pytest.raises(ValidationError) as error:
        made(SeparatorCheck, text=text)
    assert [e["msg"] for e in error.value.errors()] == [
        "Value error, nothing to look for; give the text that separator or stop add"
    ]
