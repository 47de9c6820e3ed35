"""`messages` on rows of training files as services and their clients write them today: nothing of them is lost."""

from __future__ import annotations

from typing import Any

import pytest

from ftprep import Drop, Example, Image, Message, Proposal, Row, Text, ToolCall
from ftprep_dialogue.messages import Messages
from ftprep_openai.chat import OpenAIChat
from ftprep_openai.preference import OpenAIPreference

ASK: dict[str, Any] = {"role": "user", "content": "Will it rain?"}
ANSWER: dict[str, Any] = {"role": "assistant", "content": "No."}
WEATHER: dict[str, Any] = {"name": "weather", "parameters": {"type": "object", "properties": {}}}
TOOL = {"type": "function", "function": WEATHER}
CALL = ToolCall("call_1", "weather", "{}")


def message(**keys: Any) -> Any:
    """What becomes of one message that stands after a question."""
    outcome = Messages(column="messages").apply(Example(fields={"messages": [ASK, keys]}))
    return outcome.messages[-1] if isinstance(outcome, Example) else outcome


def parts(*content: dict[str, Any], role: str = "assistant") -> Any:
    return message(role=role, content=list(content))


KEPT: dict[str, tuple[Any, Message]] = {
    "a refusal": (
        message(role="assistant", content=None, refusal="I cannot."),
        Message("assistant", "I cannot."),
    ),
    "a refusal without content": (message(role="assistant", refusal="I cannot."), Message("assistant", "I cannot.")),
    "a refusal as a part": (parts({"type": "refusal", "refusal": "I cannot."}), Message("assistant", "I cannot.")),
    "a refusal that is null": (message(**ANSWER, refusal=None), Message("assistant", "No.")),
    "a call of a function": (
        message(role="assistant", content=None, function_call={"name": "weather", "arguments": "{}"}),
        Message("assistant", "", tool_calls=(CALL,)),
    ),
    "calls that are null": (message(**ANSWER, tool_calls=None, function_call=None), Message("assistant", "No.")),
    "reasoning beside it": (
        message(**ANSWER, reasoning_content="It is dry."),
        Message("assistant", "No.", reasoning="It is dry."),
    ),
    "reasoning as a part": (
        parts({"type": "reasoning", "value": "It is dry."}, {"type": "text", "value": "No."}),
        Message("assistant", "No.", reasoning="It is dry."),
    ),
    "thinking as a part": (
        parts({"type": "thinking", "thinking": "It is dry."}, {"type": "text", "text": "No."}),
        Message("assistant", "No.", reasoning="It is dry."),
    ),
    "a call as a part": (
        parts({"type": "tool_call", "value": '{"name": "weather", "arguments": {}}'}),
        Message("assistant", "", tool_calls=(CALL,)),
    ),
    "a use of a tool as a part": (
        parts({"type": "text", "text": "So:"}, {"type": "tool_use", "id": "call_1", "name": "weather", "input": {}}),
        Message("assistant", "So:", tool_calls=(CALL,)),
    ),
    "several texts": (
        parts({"type": "output_text", "text": "No"}, {"type": "output_text", "text": "."}),
        Message("assistant", (Text("No"), Text("."))),
    ),
    "an image": (
        parts({"type": "input_image", "image_url": "https://example.org/a.png", "detail": "low"}, role="user"),
        Message("user", (Image("https://example.org/a.png", "low"),)),
    ),
    "a name": (message(role="user", name="Ann", content="Hi"), Message("user", "Hi", name="Ann")),
    "a result of parts": (
        message(role="tool", tool_call_id="a", content=[{"type": "text", "text": "4"}, {"type": "text", "text": "°"}]),
        Message("tool", "4°", tool_call_id="a"),
    ),
}


@pytest.mark.parametrize(("made", "kept"), KEPT.values(), ids=KEPT)
def test_what_a_message_says_is_kept(made: Any, kept: Message) -> None:
    assert made == kept


def test_a_part_of_an_unknown_type_is_a_drop_that_names_it() -> None:
    known = "text, image_url, refusal, reasoning, tool_call"
    detail = f"message 2: a part of its content is of type input_audio, none of {known}"
    assert parts({"type": "input_audio"}) == Drop("not a list of messages", detail)


def test_a_conversation_with_functions_becomes_one_with_tools() -> None:
    called = {"role": "assistant", "content": None, "function_call": {"name": "weather", "arguments": "{}"}}
    talk = [ASK, called, {"role": "function", "name": "weather", "content": "dry"}, ANSWER]
    row: Row = {"messages": talk, "functions": [WEATHER], "parallel_tool_calls": False}
    proposal = Messages.propose([row])
    assert proposal is not None
    assert proposal.options == {"column": "messages", "tools": "functions", "extra": ["parallel_tool_calls"]}
    example = Messages.model_validate(proposal.options).apply(Example(fields=row))
    assert isinstance(example, Example)
    assert example.messages[1:3] == (
        Message("assistant", "", tool_calls=(CALL,)),
        Message("tool", "dry", tool_call_id="call_1"),
    )
    assert (example.tools, example.extra) == ((TOOL,), {"parallel_tool_calls": False})
    assert not isinstance(OpenAIChat().encode(example), Drop)


def test_where_only_some_rows_have_tools_or_functions_both_are_read() -> None:
    rows: list[Row] = [
        {"messages": [ASK, ANSWER]},
        {"messages": [ASK, ANSWER], "tools": [TOOL]},
        {"messages": [ASK, ANSWER], "functions": [WEATHER]},
    ]
    proposal = Messages.propose(rows)
    assert proposal is not None and proposal.options == {"column": "messages", "tools": "tools"}
    step = Messages.model_validate(proposal.options)
    made = [step.apply(Example(fields=row)) for row in rows]
    assert [example.tools for example in made if isinstance(example, Example)] == [(), (TOOL,), (TOOL,)]


CHOICE: Row = {
    "input": {"messages": [ASK], "tools": [TOOL]},
    "preferred_output": [ANSWER],
    "non_preferred_output": [{**ANSWER, "content": "Go away."}],
}


def test_a_row_of_preference_data_is_made_and_written_again() -> None:
    proposal = Messages.propose([CHOICE])
    assert proposal == Proposal(
        kind="preference",
        options={"column": "input", "chosen": "preferred_output", "rejected": "non_preferred_output"},
        sure=0.95,
        why="'input' has messages, with a preferred output and one that is not",
        task="preference",
        columns={"messages": "input", "chosen": "preferred_output", "rejected": "non_preferred_output"},
    )
    example = Messages.model_validate(proposal.options).apply(Example(fields=CHOICE))
    assert example == Example(
        fields=CHOICE,
        messages=(Message("user", "Will it rain?"), Message("assistant", "No.")),
        tools=(TOOL,),
        rejected=(Message("assistant", "Go away."),),
    )
    assert OpenAIPreference().encode(example) == CHOICE


KINDS: dict[str, tuple[Row, str]] = {
    "an answer": ({"messages": [ASK, ANSWER], "id": 1}, "chat"),
    "a question alone": ({"messages": [ASK]}, "chat"),
    "a question, and what grades the answer": ({"messages": [ASK], "reference_answer": "No."}, "reinforcement"),
}


@pytest.mark.parametrize(("row", "kind"), KINDS.values(), ids=KINDS)
def test_reinforcement_data_is_known_by_its_end_and_its_own_keys(row: Row, kind: str) -> None:
    proposal = Messages.propose([row, row])
    assert proposal is not None and proposal.kind == kind


def test_results_of_several_calls_in_one_message_are_told_apart() -> None:
    calls = [{"type": "tool_call", "value": f'{{"name": "weather", "arguments": {{"n": {n}}}}}'} for n in (1, 2)]
    results = '[{"name": "weather", "content": {"rain": true}}, {"name": "weather", "content": "dry"}]'
    talk = [ASK, {"role": "assistant", "content": calls}, {"role": "tool", "content": results}, ANSWER]
    made = Messages(column="messages").apply(Example(fields={"messages": talk}))
    assert isinstance(made, Example)
    assert made.messages[2:4] == (
        Message("tool", '{"rain":true}', tool_call_id="call_1"),
        Message("tool", "dry", tool_call_id="call_2"),
    )


@pytest.mark.parametrize("text", ['[{"content": "dry"}]', "[1, 2]", "[no JSON", "dry"])
def test_a_result_that_is_no_list_of_them_stays_one(text: str) -> None:
    calls = [{"type": "tool_call", "value": '{"name": "weather"}'}] * 2
    talk = [ASK, {"role": "assistant", "content": calls}, {"role": "tool", "content": text}]
    made = Messages(column="messages").apply(Example(fields={"messages": talk}))
    assert isinstance(made, Example)
    assert made.messages[2:] == (Message("tool", text, tool_call_id="call_1"),)


def test_all_other_columns_may_be_keys_of_the_example() -> None:
    row: Row = {"messages": [ASK], "tools": [TOOL], "functions": [], "answer": 4, "none": None, "by": "Ann"}
    made = Messages(column="messages", tools="tools", system="{by}", extra="all").apply(Example(fields=row))
    assert isinstance(made, Example)
    assert made.extra == {"answer": 4}
