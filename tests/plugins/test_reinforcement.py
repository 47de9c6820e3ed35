"""The writer `openai_reinforcement`: questions with what graders need."""

from __future__ import annotations

from typing import Any

import pytest

from ftprep import DataError, Drop, Example, Image, Lossy, Message, ToolCall
from ftprep.testing import check_writer, sample_run
from ftprep_openai.reinforcement import OpenAIReinforcement

ASK, ANSWER = Message("user", "2 + 2?"), Message("assistant", "4")
ASKED = {"role": "user", "content": "2 + 2?"}
TOOL = {"type": "function", "function": {"name": "add"}}
WRITER = OpenAIReinforcement()


def talk(*messages: Message, **more: Any) -> Example:
    return Example(messages=messages, **more)


def test_it_keeps_the_contract_of_writers() -> None:
    check_writer(WRITER)
    assert (WRITER.kinds, WRITER.ends_in_answer) == (("reinforcement",), False)


ROWS: dict[str, tuple[Example, dict[str, Any]]] = {
    "a question": (talk(ASK), {"messages": [ASKED]}),
    "its answer is the reference": (talk(ASK, ANSWER), {"messages": [ASKED], "reference_answer": "4"}),
    "keys of its own": (
        talk(ASK, extra={"n": 4, "unit": {"si": None}}), {"messages": [ASKED], "n": 4, "unit": {"si": None}}
    ),
    "a reference that is no text": (
        talk(ASK, extra={"reference_answer": [4]}), {"messages": [ASKED], "reference_answer": [4]}
    ),
    "tools": (talk(ASK, tools=(TOOL,)), {"messages": [ASKED], "tools": [TOOL]}),
    "more turns": (
        talk(Message("developer", "Add."), ASK, ANSWER, ASK),
        {"messages": [{"role": "developer", "content": "Add."}, ASKED, {"role": "assistant", "content": "4"}, ASKED]},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("example", "row"), ROWS.values(), ids=ROWS)
def test_a_row_has_messages_without_the_answer_and_keys_beside_them(example: Example, row: dict[str, Any]) -> None:
    made = WRITER.encode(example)
    assert WRITER.prompt_of(made) == {key: row[key] for key in ("messages", "tools") if key in row}
    assert {key: value for key, value in made.items() if key not in ("messages", "tools")} == {
        key: value for key, value in row.items() if key not in ("messages", "tools")
    }
    assert WRITER.matches(row)
    assert WRITER.decode(row) == example


LOST: dict[str, tuple[Example, tuple[str, ...]]] = {
    "system": (talk(Message("system", "Add."), ASK), ("system role",)),
    "a second reference": (talk(ASK, ANSWER, extra={"reference_answer": "four"}), ("answer",)),
    "a rejected answer": (talk(ASK, ANSWER, rejected=(ANSWER,)), ("rejected",)),
    "a key that is taken": (talk(ASK, extra={"messages": 1}), ("messages",)),
    "calls": (talk(ASK, ANSWER.with_(tool_calls=(ToolCall("a", "add", "{}"),), weight=1)), ("tool calls", "weight")),
}


@pytest.mark.parametrize(("example", "lost"), LOST.values(), ids=LOST)
def test_what_the_format_cannot_say_is_told(example: Example, lost: tuple[str, ...]) -> None:
    made = WRITER.encode(example)
    assert isinstance(made, Lossy)
    assert made.lost == lost


def test_a_system_message_is_the_developers() -> None:
    made = WRITER.encode(talk(Message("system", "Add."), ASK))
    assert WRITER.prompt_of(made.row)["messages"][0] == {"role": "developer", "content": "Add."}


DROPPED: dict[str, tuple[Example, Drop]] = {
    "nothing": (talk(), Drop("no messages")),
    "an answer alone": (
        talk(ANSWER), Drop("no question", "the last message before the answer has to be the user's")
    ),
    "an empty answer": (
        talk(ASK, Message("assistant", " ")),
        Drop("empty answer", "give what graders compare with as its text, or as keys of the example"),
    ),
    "an image of the developer": (
        talk(Message("developer", (Image("https://example.org/a.png"),)), ASK),
        Drop("image outside a user message", "in a message of role developer"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("example", "drop"), DROPPED.values(), ids=DROPPED)
def test_what_is_no_question_is_dropped(example: Example, drop: Drop) -> None:
    assert WRITER.encode(example) == drop


def test_the_request_is_the_question() -> None:
    asked = talk(ASK, Message("assistant"), tools=(TOOL,), extra={"parallel_tool_calls": False, "n": 4})
    assert WRITER.request(asked) == {"messages": [ASKED], "tools": [TOOL], "parallel_tool_calls": False}
    picture = talk(Message("developer", (Image("https://example.org/a.png"),)), ASK)
    with pytest.raises(DataError) as caught:
        WRITER.request(picture)
    assert str(caught.value) == (
        "the request cannot be sent: image outside a user message; in a message of role developer"
    )


def test_the_answer_costs_no_tokens() -> None:
    facts = sample_run().model
    assert facts is not None
    assert WRITER.texts(talk(ASK, ANSWER), facts) == WRITER.texts(talk(ASK), facts)
