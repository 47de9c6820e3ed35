"""Rule packs: what a service would refuse of a row as it was read, with the packs of three services."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep import Code, Example, Finding, Map, RecipeError, RowRules, StepRun
from ftprep.testing import check_map
from ftprep_mistral.rules import MistralRules
from ftprep_openai.rules import OpenAIRules
from ftprep_together.rules import TogetherRules

PACKS: dict[str, type[RowRules]] = {"openai": OpenAIRules, "together": TogetherRules, "mistral": MistralRules}

ASK: dict[str, Any] = {"role": "user", "content": "Will it rain?"}
ANSWER: dict[str, Any] = {"role": "assistant", "content": "No."}
BRIEF: dict[str, Any] = {"role": "system", "content": "Be brief."}
WEATHER: dict[str, Any] = {
    "name": "weather",
    "description": "Tells the weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": ["string", "null"]}}, "required": ["city"]},
}
TOOL: dict[str, Any] = {"type": "function", "function": WEATHER}
CALL: dict[str, Any] = {"id": "a1B2c3D4e", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
CALLS: dict[str, Any] = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT: dict[str, Any] = {"role": "tool", "tool_call_id": "a1B2c3D4e", "content": "4 degrees"}
PNG = "data:image/png;base64,iVBORw0KGgo="


def talk(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


def picture(url: Any = PNG, **message: Any) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}], **message}


def choice(**changes: Any) -> dict[str, Any]:
    row = {"input": talk(ASK), "preferred_output": [ANSWER], "non_preferred_output": [{**ANSWER, "content": "Go."}]}
    return {**row, **changes}


def found(row: Any, service: str = "openai") -> list[Finding]:
    outcome = PACKS[service]().apply(Example(fields=row))
    if isinstance(outcome, Example):
        return []
    assert outcome[0] == Example(fields=row)
    return [item for item in outcome if isinstance(item, Finding)]


def told(row: Any, service: str = "openai") -> list[tuple[str, str, str]]:
    return [(finding.code, finding.level, finding.message) for finding in found(row, service)]


GOOD = {
    "a question and an answer": talk(ASK, ANSWER),
    "a system message": talk(BRIEF, ASK, ANSWER),
    "the developer's role": talk({**BRIEF, "role": "developer"}, ASK, ANSWER),
    "a tool conversation": talk(ASK, CALLS, RESULT, ANSWER, tools=[TOOL], parallel_tool_calls=False),
    "a call without content": talk(ASK, {"role": "assistant", "tool_calls": [CALL]}, tools=[TOOL]),
    "weights": talk(ASK, {**ANSWER, "weight": 0}, ASK, {**ANSWER, "weight": 1}),
    "a refusal": talk(ASK, {"role": "assistant", "content": None, "refusal": "I cannot say."}),
    "a refusal as a part": talk(ASK, {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}),
    "an image at an address": talk(picture("https://example.org/cat.webp?size=1"), ANSWER),
    "an image as data": talk(picture(), ANSWER),
    "text parts": talk({"role": "user", "content": [{"type": "text", "text": "Hi"}]}, ANSWER),
    "functions of 2023": talk(
        ASK,
        {"role": "assistant", "content": None, "function_call": {"name": "weather", "arguments": "{}"}},
        functions=[WEATHER],
    ),
    "an answer saved from the API": talk(
        ASK, {**ANSWER, "refusal": None, "annotations": [], "audio": None, "tool_calls": None}
    ),
    "names": talk({**ASK, "name": "Ann_B"}, ANSWER),
    "keys that are null": talk(ASK, ANSWER, tools=None, functions=None),
    "several users": talk(ASK, ASK, ANSWER),
    "a preference": choice(),
    "a preference with tools": choice(input=talk(ASK, tools=[TOOL], parallel_tool_calls=True)),
    "reinforcement": talk({**BRIEF, "role": "developer"}, ASK, reference_answer="No.", grade={"a": 1}),
    "a prompt and a completion": {"prompt": "Rain? ->", "completion": " No."},
}


@pytest.mark.parametrize("row", GOOD.values(), ids=GOOD)
def test_a_row_that_openai_takes_gives_no_finding(row: Any) -> None:
    assert told(row) == []


KIND = "a row has none of the keys that rows for OpenAI have"
BAD: dict[str, tuple[Any, list[tuple[str, str, str]]]] = {
    "another kind of row": ({"conversations": []}, [("FT320", "error", KIND)]),
    "an instruction": ({"instruction": "", "input": "", "output": ""}, [("FT320", "error", KIND)]),
    "a misspelt key": ({"mesages": [ASK, ANSWER]}, [("FT320", "error", "a row has no 'messages'")]),
    "no completion": ({"prompt": "Hi"}, [("FT320", "error", "a row has no 'completion'")]),
    "messages that are text": ({"messages": "Hi"}, [("FT321", "error", "'messages' is a text, not a list")]),
    "no messages": (talk(), [("FT321", "error", "'messages' is an empty list")]),
    "messages that are null": ({"messages": None}, [("FT321", "error", "'messages' is null, not a list")]),
    "a message that is text": (talk("Hi", ANSWER), [("FT321", "error", "a message is a text, not an object")]),
    "a result without its call's id": (
        talk(ASK, CALLS, {"role": "tool", "content": "4"}, ANSWER),
        [("FT321", "error", "a message of role 'tool' has no 'tool_call_id'")],
    ),
    "no role": (talk({"content": "Hi"}, ANSWER), [("FT322", "error", "a message has no role")]),
    "an unknown role": (talk({**ASK, "role": "human"}, ANSWER), [("FT322", "error", "a message has the role 'human'")]),
    "a role that is no text": (
        talk({**ASK, "role": 1}, ANSWER),
        [("FT322", "error", "the role of a message is a number")],
    ),
    "no content": (
        talk({"role": "user"}, ANSWER),
        [("FT323", "error", "the content of a message of role 'user' is missing")],
    ),
    "content that is null": (
        talk(ASK, {"role": "assistant", "content": None}),
        [("FT323", "error", "the content of a message of role 'assistant' is null")],
    ),
    "content that is a number": (
        talk({**ASK, "content": 5}, ANSWER),
        [("FT323", "error", "the content of a message is a number")],
    ),
    "no parts": (
        talk({**ASK, "content": []}, ANSWER),
        [("FT323", "error", "the content of a message is an empty list")],
    ),
    "a part of another type": (
        talk({**ASK, "content": [{"type": "input_audio"}]}, ANSWER),
        [("FT323", "error", "a content part of type 'input_audio' in a message of role 'user'")],
    ),
    "a part without a type": (
        talk({**ASK, "content": ["Hi"]}, ANSWER),
        [("FT323", "error", "a part of a content has no type")],
    ),
    "a part without its text": (
        talk({**ASK, "content": [{"type": "text", "value": "Hi"}]}, ANSWER),
        [("FT323", "error", "a part of type 'text' has no text")],
    ),
    "an image of the assistant": (
        talk(ASK, picture(role="assistant")),
        [("FT324", "error", "an image in a message of role 'assistant'")],
    ),
    "too many images": (
        talk(*[picture()] * 11, ANSWER),
        [("FT324", "error", "a row has more than 10 images")],
    ),
    "an image that is too large": (
        talk(picture("data:image/png;base64," + "A" * 14_000_000), ANSWER),
        [("FT324", "error", "an image is larger than 10,485,760 bytes")],
    ),
    "an image of another type": (
        talk(picture("data:image/gif;base64,AAAA"), ANSWER),
        [("FT324", "error", "an image of type 'image/gif'")],
    ),
    "an image of another type at an address": (
        talk(picture("https://example.org/a.GIF?x"), ANSWER),
        [("FT324", "error", "an image of type 'gif'")],
    ),
    "an image in a file": (
        talk(picture("cat.png"), ANSWER),
        [("FT324", "error", "the url of an image is none that the service could follow")],
    ),
    "an image that is not base64": (
        talk(picture("data:image/png,AAAA"), ANSWER),
        [("FT324", "error", "the data of an image are not base64")],
    ),
    "an image without a url": (talk(picture(None), ANSWER), [("FT324", "error", "an image has no url")]),
    "a misspelt key of a message": (
        talk(ASK, {**ANSWER, "weigth": 0}),
        [("FT325", "warning", "a message of role 'assistant' has the key 'weigth', which is unknown there")],
    ),
    "a key of a row": (
        talk(ASK, ANSWER, id=7),
        [("FT325", "warning", "a row has the key 'id', which is unknown there")],
    ),
    "another column beside a completion": (
        {"prompt": "Hi", "completion": " Hello", "split": "train"},
        [("FT325", "warning", "a row has the key 'split', which is unknown there")],
    ),
    "calls that are no list": (
        talk(ASK, {**CALLS, "tool_calls": CALL}),
        [("FT326", "error", "'tool_calls' is an object, not a list")],
    ),
    "a call without anything": (
        talk(ASK, {**CALLS, "tool_calls": [{}]}),
        [
            ("FT326", "error", "a tool call has no id"),
            ("FT326", "error", "the type of a tool call is not 'function'"),
            ("FT326", "error", "a tool call has no function"),
        ],
    ),
    "arguments that are an object": (
        talk(ASK, {**CALLS, "tool_calls": [{**CALL, "function": {"name": "weather", "arguments": {}}}]}),
        [("FT326", "error", "the arguments of a tool call are an object, not JSON text")],
    ),
    "an old call without a name": (
        talk(ASK, {"role": "assistant", "function_call": {"arguments": "{}"}}),
        [("FT326", "error", "a function_call has no name")],
    ),
    "tools as text": (talk(ASK, ANSWER, tools="[]"), [("FT327", "error", "'tools' is a text, not a list")]),
    "a bare function as a tool": (
        talk(ASK, ANSWER, tools=[WEATHER]),
        [("FT327", "error", "the type of a tool is not 'function'"), ("FT327", "error", "a tool has no function")],
    ),
    "a tool without a name": (
        talk(ASK, ANSWER, tools=[{"type": "function", "function": {}}]),
        [("FT327", "error", "the definition of a tool has no 'name'")],
    ),
    "a tool with a name of two words": (
        talk(ASK, ANSWER, tools=[{"type": "function", "function": {"name": "get weather"}}]),
        [("FT327", "error", "the name of a tool is not of the form that OpenAI takes ([a-zA-Z0-9_-]{1,64})")],
    ),
    "parameters that are no schema": (
        talk(ASK, ANSWER, tools=[{"type": "function", "function": {**WEATHER, "parameters": {"type": "dict"}}}]),
        [("FT327", "error", "the parameters of a tool are no JSON Schema")],
    ),
    "too many tools": (talk(ASK, ANSWER, tools=[TOOL] * 129), [("FT327", "error", "a row has more than 128 tools")]),
    "parallel calls that are text": (
        talk(ASK, ANSWER, parallel_tool_calls="yes"),
        [("FT327", "error", "'parallel_tool_calls' is a text")],
    ),
    "a weight of seven": (talk(ASK, {**ANSWER, "weight": 7}), [("FT328", "error", "a weight is none of 0, 1")]),
    "a weight that is true": (talk(ASK, {**ANSWER, "weight": True}), [("FT328", "error", "a weight is none of 0, 1")]),
    "a user's weight": (
        talk({**ASK, "weight": 0}, ANSWER),
        [("FT328", "warning", "a message of role 'user' has a weight")],
    ),
    "nothing to learn": (talk(BRIEF, ASK), [("FT329", "error", "a conversation has no message of the assistant")]),
    "a name of two words": (
        talk({**ASK, "name": "Ann B"}, ANSWER),
        [("FT391", "error", r"the name of a message is not of the form that OpenAI takes ([^\s<|\\/>]{1,64})")],
    ),
    "a name that is a number": (
        talk({**ASK, "name": 5}, ANSWER),
        [("FT391", "error", "the name of a message is a number")],
    ),
    "a completion that is null": (
        {"prompt": "Hi", "completion": None},
        [("FT392", "error", "'completion' is null, not a text")],
    ),
    "a prompt that is a number": (
        {"prompt": 5, "completion": " x"},
        [("FT392", "error", "'prompt' is a number, not a text")],
    ),
    "an output that is text": (
        choice(preferred_output="No."),
        [("FT393", "error", "'preferred_output' is not a list of one message")],
    ),
    "an input that is text": (choice(input="Hi"), [("FT393", "error", "'input' is a text, not an object")]),
    "an output of the user": (choice(preferred_output=[ASK]), [("FT322", "error", "a message has the role 'user'")]),
    "half a preference": (
        {key: value for key, value in choice().items() if key != "non_preferred_output"},
        [("FT320", "error", "a row has no 'non_preferred_output'")],
    ),
    "an input that ends with the answer": (
        choice(input=talk(ASK, ANSWER)),
        [("FT394", "error", "the messages of a row end with the role 'assistant'")],
    ),
    "a system message in reinforcement": (
        talk(BRIEF, ASK, reference_answer="No."),
        [("FT322", "error", "a message has the role 'system'")],
    ),
    "a function's result of 2023": (
        talk(ASK, {"role": "function", "name": "weather", "content": None}, ANSWER),
        [("FT395", "advice", "a message has the role 'function', which is the form of 2023")],
    ),
}


@pytest.mark.parametrize(("row", "problems"), BAD.values(), ids=BAD)
def test_what_openai_would_refuse_is_told_once_a_row(row: Any, problems: list[tuple[str, str, str]]) -> None:
    assert told(row) == problems


def test_everything_that_is_wrong_with_a_row_is_told() -> None:
    row = talk({"role": "human", "content": "Hi"}, {"role": "user"}, {**ANSWER, "weight": 7, "mood": "dry"}, id=1)
    assert [finding.code for finding in found(row)] == ["FT325", "FT322", "FT323", "FT325", "FT328"]


HINTS = {
    "a misspelt key": ({"mesages": []}, "rename 'mesages' to 'messages'"),
    "another kind": (
        {"text": "Hi"},
        "make rows with one of: messages; input + preferred_output + non_preferred_output; prompt + completion",
    ),
    "a misspelt key of a message": (talk(ASK, {**ANSWER, "weigth": 0}), "did you mean 'weight'?"),
    "a strange key of a message": (talk(ASK, {**ANSWER, "mood": "dry"}), "leave it out"),
    "half a preference": ({"input": talk(ASK), "preferred_output": [ANSWER]}, "add it"),
    "a misspelt role": (talk({"rol": "user", "content": "Hi"}, ANSWER), "rename 'rol' to 'role'"),
    "the speaker of another format": (talk({"from": "user", "content": "Hi"}, ANSWER), "rename 'from' to 'role'"),
    "an unknown role": (
        talk({**ASK, "role": "human"}, ANSWER),
        "OpenAI takes system, developer, user, assistant, tool there",
    ),
    "no content": (
        talk(ASK, {"role": "assistant"}),
        "write its text; it may be missing only beside tool_calls or function_call or refusal",
    ),
    "a misspelt key of a row": (talk(ASK, ANSWER, tool=[TOOL]), "did you mean 'tools'?"),
}


@pytest.mark.parametrize(("row", "hint"), HINTS.values(), ids=HINTS)
def test_a_finding_says_what_to_do(row: Any, hint: str) -> None:
    assert found(row)[0].hint == hint


OTHERS: dict[str, tuple[str, Any, list[tuple[str, str, str]]]] = {
    "Together: a conversation": ("together", talk(BRIEF, ASK, {**ANSWER, "weight": 1}), []),
    "Together: text": ("together", {"text": "Hi"}, []),
    "Together: text that is null": ("together", {"text": None}, [("FT392", "error", "'text' is null, not a text")]),
    "Together: equal neighbours": (
        "together",
        talk(ASK, ASK, ANSWER),
        [("FT396", "error", "a message of role 'user' follows one of role 'user'")],
    ),
    "Together: a tool conversation": ("together", talk(BRIEF, ASK, CALLS, RESULT, ANSWER, tools=[TOOL]), []),
    "Together: reasoning": ("together", talk(ASK, {**ANSWER, "reasoning": "It is dry."}), []),
    "Together: other keys": (
        "together",
        talk(ASK, ANSWER, tools=[TOOL], parallel_tool_calls=False),
        [("FT325", "error", "a row has the key 'parallel_tool_calls', which is unknown there")],
    ),
    "Together: a result of no call": (
        "together",
        talk(ASK, RESULT, ANSWER),
        [("FT396", "error", "a message of role 'tool' follows one of role 'user'")],
    ),
    "Together: an image at an address": (
        "together",
        talk(picture("https://example.org/cat.png"), ANSWER),
        [("FT324", "error", "the url of an image is none that the service could follow")],
    ),
    "Together: an input that ends with the answer": (
        "together",
        choice(input=talk(ASK, ANSWER)),
        [("FT394", "error", "the messages of a row end with the role 'assistant'")],
    ),
    "Mistral: a tool conversation": ("mistral", talk(BRIEF, ASK, CALLS, RESULT, ANSWER, tools=[TOOL], id=1), []),
    "Mistral: interactions": ("mistral", {"interactions": [{"role": "user", "text": "Hi"}, ANSWER]}, []),
    "Mistral: text": ("mistral", {"text": "Hi"}, []),
    "Mistral: content and text": (
        "mistral",
        talk({**ASK, "text": "Hi"}, ANSWER),
        [("FT323", "error", "a message has both 'content' and 'text'")],
    ),
    "Mistral: parts": (
        "mistral",
        talk({**ASK, "content": [{"type": "text", "text": "Hi"}]}, ANSWER),
        [("FT323", "error", "the content of a message is a list; Mistral takes text")],
    ),
    "Mistral: both lists of tools": (
        "mistral",
        talk(ASK, ANSWER, tools=[], available_tools=[]),
        [("FT327", "error", "a row has both 'tools' and 'available_tools'")],
    ),
    "Mistral: a tool without description": (
        "mistral",
        talk(ASK, ANSWER, tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}]),
        [("FT327", "error", "the definition of a tool has no 'description'")],
    ),
    "Mistral: a long id": (
        "mistral",
        talk(ASK, {**CALLS, "tool_calls": [{**CALL, "id": "call_1"}]}, tools=[TOOL]),
        [("FT326", "error", "the id of a tool call is not of the form that Mistral takes ([a-zA-Z0-9]{9})")],
    ),
    "Mistral: it ends with the user": (
        "mistral",
        talk(ASK, ANSWER, ASK),
        [("FT397", "error", "a conversation ends with the role 'user'")],
    ),
    "Mistral: it begins with the answer": (
        "mistral",
        talk(ANSWER),
        [("FT397", "error", "a conversation begins with the role 'assistant'")],
    ),
    "Mistral: two system messages": (
        "mistral",
        talk(BRIEF, BRIEF, ASK, ANSWER),
        [("FT397", "error", "a conversation has more than 1 system message")],
    ),
    "Mistral: more results than calls": (
        "mistral",
        talk(ASK, CALLS, RESULT, RESULT, ANSWER, tools=[TOOL]),
        [("FT397", "error", "a call has more results than there are calls")],
    ),
    "Mistral: a user's message after a result": (
        "mistral",
        talk(ASK, CALLS, RESULT, ASK, ANSWER, tools=[TOOL]),
        [("FT397", "error", "a message of role 'user' follows one of role 'tool'")],
    ),
    "Mistral: no result and no calls": (
        "mistral",
        talk(ASK, {"role": "assistant"}),
        [("FT323", "error", "the content of a message of role 'assistant' is missing")],
    ),
}


@pytest.mark.parametrize(("service", "row", "problems"), OTHERS.values(), ids=OTHERS)
def test_other_services_take_other_rows(service: str, row: Any, problems: list[tuple[str, str, str]]) -> None:
    assert told(row, service) == problems


PROPOSED: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "chat": (talk(ASK, ANSWER), [("openai", "chat"), ("together", "chat"), ("mistral", "chat")]),
    "preference": (choice(), [("openai", "preference"), ("together", "preference")]),
    "reinforcement": (
        talk(ASK, reference="x"),
        [("openai", "reinforcement"), ("mistral", "chat")],
    ),
    "text": ({"text": "Hi"}, [("together", "text"), ("mistral", "text")]),
    "text beside something else": ({"text": "Hi", "source": "a"}, [("mistral", "text")]),
    "interactions": ({"interactions": []}, [("mistral", "interactions")]),
    "a table": ({"question": "Hi", "answer": "Hello"}, []),
    "another format": ({"conversations": []}, []),
    "messages as text": ({"messages": "[]"}, []),
}


@pytest.mark.parametrize(("row", "proposed"), PROPOSED.values(), ids=PROPOSED)
def test_rules_are_proposed_for_rows_that_a_service_takes(row: Any, proposed: list[tuple[str, str]]) -> None:
    proposals = [(name, rules.propose([row, row])) for name, rules in PACKS.items()]
    told_of = [(proposal.sure, name, proposal.kind) for name, proposal in proposals if proposal is not None]
    assert [(name, kind) for _, name, kind in sorted(told_of, reverse=True)] == proposed


KEYS = [
    "role", "content", "messages", "tool_calls", "tools", "function", "name", "arguments", "type", "image_url", "url",
    "input", "text", "weight", "prompt", "completion", "preferred_output", "non_preferred_output", "interactions",
    "parameters", "properties",
]  # fmt: skip


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(KEYS) | st.text(max_size=3),
                inner | st.sampled_from(["user", "assistant", "tool", "function", "image_url", "text", "object", PNG]),
                max_size=5,
            )
        ),
        max_leaves=30,
    )
)
def test_no_row_is_too_strange_to_be_looked_at(row: Any) -> None:
    for service in PACKS:
        for finding in found(row, service):
            assert finding.message and finding.hint and "\n" not in finding.message


def test_what_was_seen_before_changes_nothing() -> None:
    look = OpenAIRules().start(StepRun())
    rows = [row for row, _ in BAD.values()] + list(GOOD.values())
    once = [look(Example(fields=row)) for row in rows]
    assert [look(Example(fields=row)) for row in rows] == once
    assert [OpenAIRules().apply(Example(fields=row)) for row in rows] == once


@pytest.mark.parametrize("rules", PACKS.values(), ids=PACKS)
def test_rules_keep_the_contract_of_steps(rules: type[Map]) -> None:
    check_map(rules(), [Example(fields=row) for row in (*GOOD.values(), *(row for row, _ in BAD.values()))])


@pytest.mark.files
def test_a_pack_of_ones_own_is_a_file_of_rules_and_a_class(tmp_path: Path) -> None:
    rules = {
        "service": "Acme",
        "date": "2026-11-21",
        "source": {"its manual": "https://example.org"},
        "kinds": {"chat": {"needs": ["messages"], "messages": "messages", "answer": True}},
        "roles": {"user": {}, "assistant": {}},
        "order": {"first": ["user"]},
        "images": {"most": 1, "bytes": 10, "types": ["png"]},
    }
    (tmp_path / "rules.json").write_bytes(json.dumps(rules).encode())

    class AcmeRules(RowRules):
        """What Acme refuses."""

        name: ClassVar[str] = "acme_rules"
        rules_of: ClassVar[str | None] = "acme"
        pack: ClassVar[Path] = tmp_path / "rules.json"
        order_code: ClassVar[str] = "ACME1"
        problem_codes = (*RowRules.problem_codes, Code("ACME1", "It begins badly.", "Begin with the user."))

    (_, finding) = AcmeRules().apply(Example(fields=talk(ANSWER)))  # type: ignore[misc]
    assert finding == Finding(
        "ACME1", "a conversation begins with the role 'assistant'", "Acme wants one of user first", "error"
    )


@pytest.mark.files
def test_a_misspelt_rule_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_bytes(b'{"service": "Acme", "date": "", "source": {}, "kinds": {}, "rolls": {}}')

    class AcmeRules(RowRules):
        """What Acme refuses."""

        name: ClassVar[str] = "acme_rules"
        pack: ClassVar[Path] = path

    with pytest.raises(msgspec.ValidationError, match=r"^Object contains unknown field `rolls`$"):
        AcmeRules.rules()


@pytest.mark.parametrize("rules", PACKS.values(), ids=PACKS)
def test_rules_have_a_date_and_a_source(rules: type[RowRules]) -> None:
    pack = rules.rules()
    assert pack.date.startswith("20")
    assert all(url.startswith("https://") for url in pack.source.values())


def test_rows_of_another_kind_than_the_file_are_told() -> None:
    pair, chat = {"prompt": "Hi", "completion": " Hello"}, talk({"role": "user", "content": "Hi"}, ANSWER)
    step = OpenAIRules(kind="chat")
    outcome = step.apply(Example(fields=pair))
    assert isinstance(outcome, list)
    (finding,) = (one for one in outcome if isinstance(one, Finding))
    assert (finding.code, finding.level, finding.message, finding.hint) == (
        "FT398",
        "error",
        "a row of prompt/completion data in a file of chat data",
        "make a file of each kind: all rows of a file are of one",
    )
    assert step.apply(Example(fields=chat)) == Example(fields=chat)


def test_a_kind_that_the_service_does_not_take_is_refused() -> None:
    with pytest.raises(RecipeError) as caught:
        OpenAIRules(kind="chats").start(StepRun())
    assert str(caught.value) == "'openai_rules': OpenAI has no kind 'chats'; did you mean 'chat'?"
