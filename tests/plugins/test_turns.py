"""The check `turns`: who speaks when, what is trained, and whether tool calls are whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep import Drop, Example, Image, Message, RecipeError, StepRun, Text, ToolCall, api
from ftprep.testing import EXAMPLES, check_check
from ftprep_openai.chat import OpenAIChat
from ftprep_openai.preference import OpenAIPreference
from ftprep_openai.reinforcement import OpenAIReinforcement
from ftprep_turns.codes import CODES
from ftprep_turns.schema import mismatches
from ftprep_turns.turns import Turns

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "days": {"type": "integer"},
                "unit": {"type": "string", "enum": ["C", "F"]},
                "near": {"type": "array", "items": {"type": "object", "properties": {"km": {"type": "number"}}}},
            },
            "required": ["city"],
        },
    },
}
FLAT = {"type": "function", "name": "weather", "parameters": WEATHER["function"]["parameters"]}  # type: ignore[index]
ASK, ANSWER = Message("user", "Will it rain?"), Message("assistant", "No.")
RULES, DEVELOPER = Message("system", "Be brief."), Message("developer", "Be brief.")
BERN = '{"city": "Bern"}'
LONG = 60
"""Messages of a conversation whose shape is not remembered."""


def call(*ids: str, name: str = "weather", arguments: Any = BERN) -> Message:
    return Message("assistant", "", tool_calls=tuple(ToolCall(id_, name, arguments) for id_ in ids or ("c1",)))


def result(id_: str | None = "c1") -> Message:
    return Message("tool", "4 degrees", tool_call_id=id_)


def talk(*messages: Message, **more: Any) -> Example:
    return Example(messages=messages, **more)


def called(arguments: Any, **tool: Any) -> Example:
    """A whole conversation with one call of these arguments."""
    return talk(ASK, call(arguments=arguments), result(), ANSWER, tools=(tool or WEATHER,))


def weighed(*weights: Any) -> Example:
    return talk(*(m for weight in weights for m in (ASK, ANSWER.with_(weight=weight))))


FINE = {
    "a pair": talk(ASK, ANSWER),
    "an answer to nothing": talk(ANSWER),
    "a system message first": talk(RULES, ASK, ANSWER, ASK, ANSWER),
    "a developer message first": talk(DEVELOPER, ASK, ANSWER),
    "image parts": talk(Message("user", (Text("What is it?"), Image("https://example.org/a.png"))), ANSWER),
    "an answer in parts": talk(ASK, Message("assistant", (Text(""), Text("No.")))),
    "an answer that is an image": talk(ASK, Message("assistant", (Image("https://example.org/a.png"),))),
    "weights 0 and 1": weighed(0, 1),
    "one answer without a weight": weighed(0, None),
    "a call and its result": called(BERN),
    "a call with all arguments": called('{"city": "Bern", "days": 2.0, "unit": "F", "near": [{"km": 1}, {}]}'),
    "a tool that is not nested": called(BERN, **FLAT),
    "a tool without a schema": called('{"any": 1}', type="function", function={"name": "weather"}),
    "two calls at once, results in another order": talk(
        ASK, call("c1", "c2"), result("c2"), result("c1"), ANSWER, tools=(WEATHER,)
    ),
    "calls one after the other": talk(ASK, call("a"), result("a"), call("b"), result("b"), ANSWER, tools=(WEATHER,)),
    "the same id again in a later turn": talk(
        ASK, call(), result(), ANSWER, ASK, call(), result(), ANSWER, tools=(WEATHER,)
    ),
    "a call as the answer": talk(ASK, call("c1", "c2"), tools=(WEATHER,)),
    "words beside the call": talk(ASK, call().with_(content="I look."), tools=(WEATHER,)),
    "tools that are not called": talk(ASK, ANSWER, tools=(WEATHER,)),
    "a rejected answer": talk(ASK, ANSWER, rejected=(Message("assistant", "Yes."),)),
    "a rejected call": talk(ASK, call(), rejected=(call(arguments='{"city": "Basel"}'),), tools=(WEATHER,)),
    "a long one": talk(*[ASK, ANSWER] * LONG),
}
CUT = "; add the answer, cut the end off (window), or drop it (turns: {on_fail: drop})"
FILL = "; fill it in, or drop the conversation (turns: {on_fail: drop})"
JOIN = "; join them, or look for the message that is missing between them"
CORRECT = "; correct the call, or the tool's definition"
ALONE = "error FT364 tool call without its result; put a tool message after it for each of its calls"
STRAY = "error FT363 tool's result without its call; put it directly after the call that has its tool_call_id"
NO_OBJECT = 'warning FT366 arguments of a tool call are no JSON object; write them as JSON text: {"name": value}'
LATE = "warning FT369 system message after the first turn; put it first, or make a user's message of it"
WEIGHT = "error FT367 weight other than 0 or 1; write 0 or 1, or leave the weight out"
UNTRAINED = "error FT368 conversation in which no answer is trained; give one the weight 1, or leave it out"
EMPTY = f"warning FT362 empty answer{FILL}"
NO_TOOL = "warning FT365 call of a tool that is not defined; add its definition to 'tools', or correct the name"
OTHER_TYPE = f"warning FT366 argument of a tool call is of another type than its tool defines{CORRECT}"
USERS = f"warning FT361 two messages of the user follow each other{JOIN}"
ANSWERS = f"warning FT361 two answers follow each other{JOIN}"
ENDS_USER = f"error FT360 conversation ends with a message of the user, not with an answer{CUT}"
ENDS_TOOL = f"error FT360 conversation ends with a tool's result, not with an answer{CUT}"
ENDS_SYSTEM = f"error FT360 conversation ends with a system message, not with an answer{CUT}"

WRONG: dict[str, tuple[Example, str, str]] = {
    "no messages": (
        talk(), "error FT360 conversation without messages; drop it (turns: {on_fail: drop})", "no messages"
    ),
    "it ends with the user": (talk(ASK, ANSWER, ASK), ENDS_USER, "message 3"),
    "it ends with a result": (talk(ASK, call(), result(), tools=(WEATHER,)), ENDS_TOOL, "message 3"),
    "it has only a developer message": (talk(DEVELOPER), ENDS_SYSTEM, "message 1"),
    "two users": (talk(ASK, ASK, ANSWER), USERS, "messages 1 and 2"),
    "two answers": (talk(ASK, ANSWER, ANSWER), ANSWERS, "messages 2 and 3"),
    "an answer, then a call": (talk(ASK, ANSWER, call(), tools=(WEATHER,)), ANSWERS, "messages 2 and 3"),
    "two system messages": (
        talk(RULES, DEVELOPER, ASK, ANSWER), "warning FT361 two system messages follow each other; join them",
        "messages 1 and 2",
    ),
    "late in a long one": (talk(*[ASK, ANSWER] * LONG, ANSWER), ANSWERS, "messages 120 and 121"),
    "an empty answer": (talk(ASK, Message("assistant", "")), EMPTY, "message 2"),
    "white space": (talk(ASK, Message("assistant", " \n\u3000"), ASK, ANSWER), EMPTY, "message 2"),
    "parts of nothing": (talk(ASK, Message("assistant", (Text(""), Text(" ")))), EMPTY, "message 2"),
    "no parts": (talk(ASK, Message("assistant", ())), EMPTY, "message 2"),
    "an empty rejected answer": (talk(ASK, ANSWER, rejected=(Message("assistant"),)), EMPTY, "the rejected answer"),
    "a result without a call": (talk(ASK, result(), ANSWER), STRAY, "message 2"),
    "a result twice": (talk(ASK, call(), result(), result(), ANSWER, tools=(WEATHER,)), STRAY, "message 4"),
    "a result without an id": (
        talk(ASK, result(None), ANSWER),
        "error FT363 tool's result without a tool_call_id; give it the id of the call it answers", "message 2",
    ),
    "a call without a result": (talk(ASK, call(), ANSWER, tools=(WEATHER,)), ALONE, "message 2"),
    "one of two calls without": (
        talk(ASK, call("c1", "c2"), result("c2"), ANSWER, tools=(WEATHER,)), ALONE, "message 2"
    ),
    "a tool that is not defined": (
        talk(ASK, call(name="rain"), result(), ANSWER, tools=(WEATHER,)), NO_TOOL, "message 2: rain"
    ),
    "a tool where none is defined": (
        talk(ASK, call(), result(), ANSWER),
        "warning FT365 tool call in an example that defines no tools; add their definitions to 'tools'",
        "message 2: weather",
    ),
    "no JSON": (called("{city: Bern}"), NO_OBJECT, "message 2: weather"),
    "no arguments": (called(""), NO_OBJECT, "message 2: weather"),
    "no object": (called('["Bern"]'), NO_OBJECT, "message 2: weather"),
    "an object that is no text": (called({"city": "Bern"}), NO_OBJECT, "message 2: weather"),
    "half a character": (called('{"city": "\ud800"}'), NO_OBJECT, "message 2: weather"),
    "brackets without end": (called("[" * 100_000), NO_OBJECT, "message 2: weather"),
    "an argument is missing": (
        called("{}"), f"warning FT366 tool call lacks an argument that is required{CORRECT}", "message 2: weather: city"
    ),
    "an argument too many": (
        called('{"city": "Bern", "when": 1}'),
        f"warning FT366 tool call has an argument that its tool does not define{CORRECT}", "message 2: weather: when",
    ),
    "another type": (called('{"city": "Bern", "days": "2"}'), OTHER_TYPE, "message 2: weather: days"),
    "another type deep inside": (
        called('{"city": "Bern", "near": [{}, {"km": true}]}'), OTHER_TYPE, "message 2: weather: near.1.km"
    ),
    "a value that is not listed": (
        called('{"city": "Bern", "unit": "K"}'),
        f"warning FT366 argument of a tool call is not among the values that its tool lists{CORRECT}",
        "message 2: weather: unit",
    ),
    "a rejected call that lacks an argument": (
        talk(ASK, ANSWER, rejected=(call(arguments="{}"),), tools=(WEATHER,)),
        f"warning FT366 tool call lacks an argument that is required{CORRECT}", "the rejected answer: weather: city",
    ),
    "weight 7": (weighed(7), WEIGHT, "message 2: 7"),
    "weight 0.5": (weighed(0.5), WEIGHT, "message 2: 0.5"),
    "weight true": (weighed(True), WEIGHT, "message 2: True"),
    "a user's weight": (talk(ASK.with_(weight=-1), ANSWER), WEIGHT, "message 1: -1"),
    "nothing trained": (weighed(0, 0), UNTRAINED, "all weights are 0"),
    "a system message later": (talk(ASK, ANSWER, RULES, ASK, ANSWER), LATE, "message 3"),
    "a developer message later": (talk(RULES, ASK, DEVELOPER, ANSWER), LATE, "message 3"),
    "two answers that are the same": (
        talk(ASK, ANSWER, rejected=(ANSWER.with_(name="Ann"),)),
        "error FT379 the wanted and the other answer are the same; give the answer that is not wanted, or leave the "
        "row out",
        "the rejected answer",
    ),
}  # fmt: skip


def told(look: Any) -> list[str]:
    """Level, code, text and hint of each finding, as a person reads them."""
    return [f"{f.level} {f.code} {f.message}; {f.hint}" for f in look or [] if not isinstance(f, str)]


@pytest.mark.parametrize("example", FINE.values(), ids=FINE)
def test_a_good_conversation_gives_no_finding(example: Example) -> None:
    assert Turns().look(example) is None
    look = Turns().start(StepRun())
    assert (look(example), look(example)) == (None, None)


@pytest.mark.parametrize(("example", "text", "where"), WRONG.values(), ids=WRONG)
def test_a_fault_is_told_with_what_to_do(example: Example, text: str, where: str) -> None:
    found = Turns().look(example)
    assert told(found) == [text]
    assert found[0] == text.split()[1]
    assert Turns(on_fail="drop").look(example) == Drop(text.split(maxsplit=2)[2].split(";")[0], where)


def test_every_code_has_an_example_with_the_level_it_is_listed_with() -> None:
    assert {tuple(text.split()[:2]) for _, text, _ in WRONG.values()} == {(code.level, code.code) for code in CODES}


def test_a_result_that_comes_too_late_is_alone_and_so_is_its_call() -> None:
    late = talk(ASK, call(), ASK, result(), ANSWER, tools=(WEATHER,))
    assert told(Turns().look(late)) == [ALONE, STRAY]


def test_each_kind_is_told_once_and_its_code_counted_once() -> None:
    example = talk(ASK, ASK, Message("assistant", ""), ANSWER, ASK)
    codes = [item for item in Turns().look(example) if isinstance(item, str)]
    assert codes == ["FT361", "FT360", "FT362"]
    assert told(Turns().look(example)) == [USERS, ANSWERS, ENDS_USER, EMPTY]


@pytest.mark.parametrize("level", ["warning", "error"])
def test_on_fail_gives_all_one_level(level: Any) -> None:
    look = Turns(on_fail=level).look(talk(ASK, ASK))
    assert told(look) == [f"{level} {text.split(maxsplit=1)[1]}" for text in (USERS, ENDS_USER)]


def test_ignored_codes_are_no_fault() -> None:
    both = talk(ASK, ASK)
    assert told(Turns(ignore=["FT361"]).look(both)) == [ENDS_USER]
    assert Turns(ignore=["FT361", "FT360"], on_fail="drop").look(both) is None
    assert Turns(ignore=["FT361"], on_fail="drop").look(talk(ASK, ASK, ANSWER)) is None


def test_an_empty_answer_at_the_end_is_an_error_where_the_writer_drops_it() -> None:
    end = f"error FT362 empty answer at the end{FILL}"
    last, before = talk(ASK, Message("assistant", " ")), talk(ASK, Message("assistant", ""), ASK, ANSWER)
    for writer, says in (
        (OpenAIChat(), end),
        (OpenAIChat(allow_empty=True), EMPTY),
        (OpenAIPreference(), end),
        (None, EMPTY),
    ):
        look = Turns().start(StepRun(writer=writer))
        assert told(look(last)) == [says]
        assert told(look(before)) == [EMPTY]


def test_data_for_reinforcement_ends_with_a_question() -> None:
    look = Turns().start(StepRun(writer=OpenAIReinforcement()))
    assert look(talk(ASK)) is None
    assert look(talk(DEVELOPER, ASK, ANSWER, ASK)) is None
    assert told(look(talk(ASK, ASK))) == [USERS]


def test_what_was_right_before_does_not_hide_what_is_wrong_now() -> None:
    look = Turns().start(StepRun())
    assert look(talk(ASK, ANSWER)) is None
    assert told(look(talk(ASK, Message("assistant", " ")))) == [EMPTY]
    assert told(look(talk(ASK, ANSWER, rejected=(Message("assistant"),)))) == [EMPTY]
    assert look(talk(Message("user", ""), ANSWER)) is None


MESSAGES = st.builds(
    Message,
    st.sampled_from(["system", "developer", "user", "assistant", "tool"]),
    st.sampled_from(["", " ", "text", (Text("x"),), ()]),
    weight=st.sampled_from([None, 0, 1, 7]),
    tool_calls=st.sampled_from([(), (ToolCall("c1", "weather", BERN),)]),
    tool_call_id=st.sampled_from([None, "c1"]),
)


@given(st.lists(st.lists(MESSAGES, max_size=4).map(lambda some: talk(*some)), max_size=12))
def test_looking_fast_finds_what_looking_at_each_alone_finds(examples: list[Example]) -> None:
    look, alone = Turns().start(StepRun()), Turns()
    assert [look(example) for example in examples] == [alone.look(example) for example in examples]


@given(st.lists(st.lists(MESSAGES, max_size=4).map(lambda some: talk(*some)), max_size=12))
def test_what_is_not_dropped_has_no_finding(examples: list[Example]) -> None:
    dropped = [isinstance(Turns(on_fail="drop").look(example), Drop) for example in examples]
    assert dropped == [Turns().look(example) is not None for example in examples]


LEAVES = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([1.0, 0.5]) | st.sampled_from(["", "a", "b"])
NAMES = st.sampled_from(["a", "b", "c"])
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "null", "object", "array"])
VALUES = st.recursive(LEAVES, lambda some: st.lists(some, max_size=2) | st.dictionaries(NAMES, some, max_size=3))
ANY_OF = {"type": TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True), "enum": st.lists(LEAVES, min_size=1)}
SCHEMAS = st.recursive(
    st.fixed_dictionaries({}, optional=ANY_OF),
    lambda some: st.fixed_dictionaries(
        {"additionalProperties": st.booleans()},
        optional={
            **ANY_OF,
            "properties": st.dictionaries(NAMES, some, max_size=3),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "items": some,
        },
    ),
    max_leaves=6,
)


@given(SCHEMAS, VALUES)
def test_arguments_fit_where_a_validator_of_json_schema_says_so(schema: dict[str, Any], value: Any) -> None:
    assert (not list(mismatches(value, schema))) == jsonschema.Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"properties": {}, "additionalProperties": True}, id="more is allowed"),
        pytest.param({"properties": {}, "additionalProperties": {"type": "string"}}, id="more of a type is allowed"),
        pytest.param({"properties": {}, "anyOf": [{"required": ["a"]}]}, id="a choice may define more"),
        pytest.param({"$ref": "#/$defs/a", "required": ["b"]}, id="it stands elsewhere"),
        pytest.param({"type": "dict", "enum": {}, "required": "b", "properties": []}, id="no JSON Schema"),
        pytest.param({"type": ["object", ["null"]]}, id="types that are none"),
        pytest.param(True, id="anything"),
        pytest.param(None, id="nothing"),
    ],
)
def test_what_a_schema_leaves_open_is_no_fault(schema: Any) -> None:
    assert list(mismatches({"a": 1}, schema)) == []


def test_an_endless_schema_is_looked_at_to_some_depth() -> None:
    schema: dict[str, Any] = {"properties": {}}
    schema["properties"]["a"] = schema
    value: dict[str, Any] = {}
    for _ in range(500):
        value = {"a": value}
    assert list(mismatches(value, schema)) == []


def test_the_kit_finds_no_broken_rule() -> None:
    for check in (Turns(), Turns(on_fail="drop"), Turns(on_fail="error", ignore=["FT361"])):
        check_check(
            check, (*EXAMPLES, *FINE.values(), *(example for example, _, _ in WRONG.values() if example.messages))
        )


def run(folder: Path, step: Any, data: Any, write: str = "openai_chat", **options: Any) -> api.Run:
    """A file, or rows, read as recipes read them."""
    recipe = {"version": 1, "name": "talks", "transform": [step], "check": [{"turns": options}], "write": [write]}
    if isinstance(data, Path):
        return api.run({**recipe, "read": str(data)}, out=folder / "out")
    return api.run(recipe, data=data, out=folder / "out")


def said(*turns: tuple[str, str], **more: Any) -> dict[str, Any]:
    """A row of a chat file."""
    return {"messages": [{"role": role, "content": text} for role, text in turns], **more}


MADE = {"messages": {"column": "messages"}}
GOOD = said(("user", "Hi"), ("assistant", "Hello"))
TWICE = said(("user", "Hi"), ("user", "Are you there?"), ("assistant", "Hello"))


@pytest.mark.files
def test_a_run_tells_each_kind_once_with_its_places_and_is_not_ok_after_an_error(tmp_path: Path) -> None:
    late = said(("user", "Hi"), ("assistant", "Hello"), ("system", "Be brief."), ("assistant", "Yes"))
    made = run(tmp_path, MADE, [GOOD, TWICE, late, TWICE])
    findings = [(f["code"], f["count"], f["places"]) for f in made.manifest["findings"]]
    assert findings == [("FT361", 2, ["data:2", "data:4"]), ("FT369", 1, ["data:3"])]
    figures = made.manifest["figures"]["openai_chat"]["turns"]
    assert figures == {"FT361": 2, "FT369": 1, "looked_for": [code.code for code in CODES]}
    assert made.ok
    assert not run(tmp_path / "error", MADE, [GOOD, TWICE], on_fail="error").ok


@pytest.mark.files
def test_a_run_drops_with_the_reason_and_the_message(tmp_path: Path) -> None:
    made = run(tmp_path, MADE, [GOOD, TWICE, GOOD], on_fail="drop")
    (step,) = [step for step in made.counts["steps"] if step["step"] == "turns"]
    assert step["dropped"] == {"two messages of the user follow each other": 1}
    assert made.counts["used"] == 2
    assert made.ok


@pytest.mark.files
def test_a_code_that_is_not_its_own_cannot_be_ignored(tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as caught:
        run(tmp_path, MADE, [GOOD], ignore=["FT399"])
    assert str(caught.value) == (
        "recipe: check[0].turns.ignore[0]: check 'turns': 'ignore.0': input should be 'FT360', 'FT361', 'FT362', "
        "'FT363', 'FT364', 'FT365', 'FT366', 'FT367', 'FT368', 'FT369' or 'FT379' (got 'FT399'); see 'ftprep plugins "
        "info turns'"
    )


CLEAN = [
    pytest.param("tools_glaive/glaive_toolcall_en_demo.json", {"column": "conversations"}, 147, id="glaive"),
    pytest.param("ft_openai_chat/toy_chat_fine_tuning.jsonl", {"column": "messages"}, 10, id="OpenAI's toy chats"),
    pytest.param("ft_sharegpt/dummy_conversation.json", {"column": "conversations"}, 100, id="ShareGPT"),
]


@pytest.mark.files
@pytest.mark.parametrize(("name", "step", "rows"), CLEAN)
def test_real_conversations_are_clean(
    name: str, step: dict[str, Any], rows: int, shared_data: Path, tmp_path: Path
) -> None:
    made = run(tmp_path, {"messages": {**step, "tools": "tools"}}, shared_data / name)
    assert (made.counts["used"], made.manifest["findings"]) == (rows, [])
    assert all(list(of["turns"]) == ["looked_for"] for of in made.manifest["figures"].values())


@pytest.mark.files
@pytest.mark.parametrize(
    ("name", "step", "write", "rows"),
    [
        pytest.param(
            "ft_alpaca/alpaca_en_demo.json",
            {"chat": {"user": "{instruction}\n{input}", "assistant": "{output}"}}, "openai_chat", 250, id="Alpaca",
        ),
        pytest.param(
            "ft_openai_legacy/data.jsonl",
            {"prompt": {"prompt": "{prompt}", "completion": "{completion}"}}, "openai_completion", 2, id="legacy pairs",
        ),
        pytest.param(
            "dpo_llamafactory/dpo_en_demo.json",
            {"messages": {"column": "conversations", "chosen": "chosen", "rejected": "rejected"}},
            "openai_preference", 98, id="preference pairs",
        ),
    ],
)  # fmt: skip
def test_real_pairs_are_clean(
    name: str, step: dict[str, Any], write: str, rows: int, shared_data: Path, tmp_path: Path
) -> None:
    made = run(tmp_path, step, shared_data / name, write)
    assert (made.counts["used"], made.manifest["findings"]) == (rows, [])
    assert all(list(of["turns"]) == ["looked_for"] for of in made.manifest["figures"].values())


def _without(turns: list[Any], kind: str) -> None:
    turns.pop(next(n for n, turn in enumerate(turns) if turn["from"] == kind))


def _calling(row: dict[str, Any], **changes: Any) -> None:
    turn = next(turn for turn in row["conversations"] if turn["from"] == "function_call")
    turn["value"] = json.dumps({**json.loads(turn["value"]), **changes})


SPOIL: dict[str, Any] = {
    "FT360": lambda row: row["conversations"].append({"from": "human", "value": "And?"}),
    "FT361": lambda row: row["conversations"].insert(0, {"from": "human", "value": "Hello?"}),
    "FT362": lambda row: row["conversations"][-1].update(value=" "),
    "FT363": lambda row: row["conversations"].insert(1, {"from": "observation", "value": "{}"}),
    "FT364": lambda row: _without(row["conversations"], "observation"),
    "FT365": lambda row: _calling(row, name="no_such_tool"),
    "FT366": lambda row: _calling(row, arguments={"no_such_argument": 1}),
    "FT368": lambda row: [turn.update(weight=0) for turn in row["conversations"]],
    "FT369": lambda row: row["conversations"].insert(1, {"from": "system", "value": "Be brief."}),
}


@pytest.mark.files
@pytest.mark.parametrize("code", SPOIL)
def test_a_fault_put_into_real_tool_calls_is_found_where_it_was_put(
    code: str, shared_data: Path, tmp_path: Path
) -> None:
    rows = json.loads((shared_data / "tools_glaive" / "glaive_toolcall_en_demo.json").read_bytes())
    calls = [any(turn["from"] == "function_call" for turn in row["conversations"]) for row in rows]
    # 'messages' reads no weight of a call, so all answers are untrained only where there is none
    spoilt = [n for n, some in enumerate(calls, 1) if some == (code != "FT368")][3::20]
    assert len(spoilt) >= 3
    for n in spoilt:
        SPOIL[code](rows[n - 1])
    made = run(tmp_path, {"messages": {"column": "conversations", "tools": "tools"}}, rows)
    found = {(f["code"], place) for f in made.manifest["findings"] for place in f["places"]}
    assert found == {(code, f"data:{n}") for n in spoilt}


SAID = st.lists(
    st.sampled_from(
        [
            ASK,
            ANSWER,
            RULES,
            DEVELOPER,
            Message("assistant", " "),
            Message("user", ""),
            Message("assistant", "x", weight=0),
            Message("assistant", (Text(" "),)),
        ]
    ),
    max_size=5,
)


@given(st.lists(st.builds(lambda said, other: Example(messages=tuple(said), rejected=tuple(other)), SAID, SAID)))
def test_many_conversations_at_once_are_told_as_one_by_one(examples: list[Example]) -> None:
    right = [Example(messages=(ASK, ANSWER)), Example(messages=(RULES, ASK, ANSWER))]
    look = Turns().start(StepRun())
    for some in (right, examples, right, [*right, *examples]):
        assert look.look_all(some) == [Turns().look(example) for example in some]  # type: ignore[attr-defined]
