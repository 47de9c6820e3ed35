"""`window`: laws over arbitrary conversations, and its options one by one."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep import Drop, Example, Message, ModelFacts, RecipeError, StepRun, ToolCall
from ftprep_dialogue import Window

FACTS = ModelFacts(name="m", message_tokens=2, reply_tokens=1)


def characters(texts):
    return [len(text) for text in texts]


def run_with_tokens():
    return StepRun(model=FACTS, count=characters)


def talk(*texts):
    """Messages whose role their first letter says: system, user, assistant, mute assistant, call, result."""
    return Example(messages=tuple(map(message, texts)))


def message(text):
    kind, call = text[0], text[1:]
    return {
        "s": lambda: Message("system", text),
        "u": lambda: Message("user", text),
        "a": lambda: Message("assistant", text),
        "m": lambda: Message("assistant", text, weight=0),
        "c": lambda: Message("assistant", text, tool_calls=(ToolCall(call, "f", ""),)),
        "r": lambda: Message("tool", text, tool_call_id=call),
    }[kind]()


def cut(step, *texts):
    outcome = step.start(run_with_tokens())(talk(*texts))
    return [[shown(m) for m in example.messages] for example in outcome]


def shown(m):
    return f"{m.content}*" if m.role == "assistant" and m.weight != 0 else m.content


@st.composite
def talks(draw):
    """Conversations whose tools' results follow their calls, one or two at a time."""
    texts = ["s"] * draw(st.integers(0, 2))
    for number in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from("uuaamsT"))
        if kind == "T":
            calls = [f"{number}{i}" for i in range(draw(st.integers(1, 3)))]
            many = Message("assistant", f"c{number}", tool_calls=tuple(ToolCall(c, "f", "{}") for c in calls))
            texts += [many, *[Message("tool", f"r{c}", tool_call_id=c) for c in calls]]
        else:
            texts.append(f"{kind}{number}")
    return Example(messages=tuple(t if isinstance(t, Message) else message(t) for t in texts))


WINDOWS = st.builds(
    Window,
    context=st.integers(0, 6),
    tokens=st.none() | st.integers(1, 60),
    one_per=st.sampled_from(["answer", "window"]),
)


def made(step, example):
    outcome = step.start(run_with_tokens())(example)
    return [] if isinstance(outcome, Drop) else outcome


def is_answer(m):
    return m.role == "assistant" and m.weight != 0


def lead(example):
    return next((i for i, m in enumerate(example.messages) if m.role != "system"), len(example.messages))


@given(WINDOWS, talks())
def test_each_answer_is_trained_exactly_once_and_in_order(step, example):
    trained = [m for window in made(step, example) for m in window.messages if is_answer(m)]
    assert trained == [m for m in example.messages if is_answer(m)]


@given(WINDOWS, talks())
def test_a_window_is_the_system_messages_and_a_run_of_neighbours(step, example):
    first = lead(example)
    texts = [m.content for m in example.messages]
    for window in made(step, example):
        own = [m.content for m in window.messages]
        assert own[:first] == texts[:first]
        rest = own[first:]
        assert rest
        assert any(texts[at : at + len(rest)] == rest for at in range(first, len(texts)))
        assert is_answer(window.messages[-1])


@given(WINDOWS, talks())
def test_no_result_stands_without_its_call(step, example):
    for window in made(step, example):
        called = set()
        for m in window.messages:
            called |= {call.id for call in m.tool_calls}
            assert m.role != "tool" or m.tool_call_id in called


@given(st.integers(0, 6), talks())
def test_context_is_bounded_but_for_calls_that_their_results_need(context, example):
    for window in made(Window(context=context), example):
        before = window.messages[lead(example) : -1]
        needless = before[1:]
        while needless and needless[0].role == "tool":
            needless = needless[1:]
        assert len(before) <= context or (before[0].tool_calls and len(needless) < context)


@given(st.integers(0, 6), st.integers(1, 60), talks())
def test_the_budget_of_tokens_holds_wherever_it_can(context, tokens, example):
    def cost(messages):
        return sum(2 + len(m.text) + sum(len(c.name + c.arguments) for c in m.tool_calls) for m in messages) + 1

    for window in made(Window(context=context, tokens=tokens), example):
        before = window.messages[:-1]
        assert cost(before) <= tokens or len(before) == lead(example)


@given(WINDOWS, talks())
def test_the_request_is_the_window_that_was_trained(step, example):
    run = run_with_tokens()
    requests = []
    for at, m in enumerate(example.messages):
        if is_answer(m):
            request = Example(messages=(*example.messages[:at], Message("assistant")))
            requests.append(step.request(request, run).messages[:-1])
    for window in made(step, example):
        assert window.messages[:-1] in requests or step.one_per == "window"
        last = window.messages[:-1]
        assert [m.content for m in last] in [[m.content for m in r] for r in requests]
        again = Example(messages=(*last, Message("assistant")))
        assert step.request(again, run).messages[:-1] == last  # the history of a window gives the window


@given(WINDOWS, st.lists(talks(), max_size=4))
def test_a_batch_gives_what_one_by_one_gives(step, examples):
    one, many = step.start(run_with_tokens()), step.start(run_with_tokens())
    assert many.apply_all(examples) == [one(example) for example in examples]


@given(WINDOWS, talks())
def test_input_is_left_alone(step, example):
    before = Example(messages=tuple(example.messages))
    made(step, example)
    assert example == before


def test_answers_inside_the_context_are_not_trained_again():
    assert cut(Window(context=3), "s", "u1", "a1", "u2", "a2") == [["s", "u1", "a1*"], ["s", "u1", "a1", "u2", "a2*"]]


def test_no_context_leaves_the_answer_and_the_system_message():
    assert cut(Window(context=0), "s", "u1", "a1", "u2", "a2") == [["s", "a1*"], ["s", "a2*"]]


def test_an_answer_of_weight_0_is_context_only():
    assert cut(Window(), "u1", "m1", "u2", "a2") == [["u1", "m1", "u2", "a2*"]]


def test_a_result_keeps_its_call_before_it():
    assert cut(Window(context=1), "u", "cx", "rx", "a") == [["u", "cx*"], ["cx", "rx", "a*"]]


def test_calls_of_several_results_stay_whole_even_when_tokens_are_short():
    assert cut(Window(tokens=9), "u", "cx", "rx", "a")[-1] == ["a*"]
    assert cut(Window(tokens=10), "u", "cx", "rx", "a")[-1] == ["cx", "rx", "a*"]
    assert cut(Window(tokens=13), "u", "cx", "rx", "a")[-1] == ["u", "cx", "rx", "a*"]


def test_long_talks_are_cut_into_overlapping_pieces():
    texts = [f"{kind}{number}" for number in range(1, 6) for kind in "ua"]
    assert cut(Window(context=2, one_per="window"), *texts) == [
        ["u1", "a1*", "u2", "a2*"],
        ["a2", "u3", "a3*", "u4", "a4*"],
        ["a4", "u5", "a5*"],
    ]


def test_pieces_are_as_long_as_the_tokens_allow():
    texts = [f"{kind}{number}" for number in range(1, 6) for kind in "ua"]  # 4 tokens each, 1 for the reply
    assert cut(Window(context=2, one_per="window", tokens=25), *texts) == [
        ["u1", "a1*", "u2", "a2*", "u3", "a3*"],
        ["a3", "u4", "a4*", "u5", "a5*"],
    ]


def test_a_conversation_without_an_answer_is_dropped():
    assert Window().start(StepRun())(talk("u1", "m1", "u2")) == Drop("no answer")
    assert Window().start(StepRun())(Example()) == Drop("no answer")


def test_what_belongs_to_no_window_is_counted():
    run = run_with_tokens()
    Window(tokens=10).start(run)(talk("u1", "u2", "u3", "a1", "u4", "u5"))
    assert run.tallies == Counter({"messages after the last answer": 2, "context messages left out for tokens": 1})


def test_tokens_need_a_model():
    with pytest.raises(RecipeError) as error:
        Window(tokens=5).start(StepRun())
    assert str(error.value) == "tokens cannot be counted without a model; add 'model:' to the recipe"


def test_everything_else_of_the_example_goes_along_but_rejected_only_with_the_last():
    rejected = (Message("assistant", "bad"),)
    example = Example({"a": 1}, talk("u1", "a1", "u2", "a2").messages, ({"t": 1},), rejected, "g", {"e": 1})
    first, last = Window().start(StepRun())(example)
    assert last.with_(messages=()) == example.with_(messages=())
    assert first.with_(messages=()) == example.with_(messages=(), rejected=())


def test_a_history_without_an_empty_answer_is_cut_too():
    assert Window(context=1).request(talk("s", "u1", "a1", "u2"), StepRun()) == talk("s", "u2")


def test_a_hundred_thousand_results_of_one_call_take_no_time():
    calls = tuple(ToolCall(str(i), "f", "") for i in range(100_000))
    results = [Message("tool", "r", tool_call_id=str(i)) for i in range(100_000)]
    example = Example(messages=(Message("assistant", "c", tool_calls=calls), *results, Message("assistant", "a")))
    assert [len(w.messages) for w in Window().start(StepRun())(example)] == [1, 100_002]
