"""The seven examples of the table that stands in the README, typed by hand, and the contract law over combinations."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep import Drop, Example, Map, Message, Row, StepRun
from ftprep_dialogue import Conversations, Dialogue, Separator, Stop, System, Window

TABLE = [
    ("Hello", "I'm an AI"),
    ("Open the pod bay doors please", "No"),
    ("Open the pod bay doors!", "Well, if you insist"),
    ("###", "###"),
    ("Good morning", "Hey"),
    ("Can you read me the news?", "No, I can't"),
    ("Is there something you can do?", "You should know"),
    ("Oh okey", "Yeah"),
]
ROWS: list[Row] = [{"Human": human, "AI": ai} for human, ai in TABLE]
SEVEN = [
    ("Human: Hello\nAI:", " I'm an AI\nHuman: "),
    ("Human: Hello\nAI: I'm an AI\nHuman: Open the pod bay doors please\nAI:", " No\nHuman: "),
    (
        "Human: Hello\nAI: I'm an AI\nHuman: Open the pod bay doors please\nAI: No\n"
        "Human: Open the pod bay doors!\nAI:",
        " Well, if you insist\nHuman: ",
    ),
    ("Human: Good morning\nAI:", " Hey\nHuman: "),
    ("Human: Good morning\nAI: Hey\nHuman: Can you read me the news?\nAI:", " No, I can't\nHuman: "),
    (
        "Human: Good morning\nAI: Hey\nHuman: Can you read me the news?\nAI: No, I can't\n"
        "Human: Is there something you can do?\nAI:",
        " You should know\nHuman: ",
    ),
    (
        "Human: Can you read me the news?\nAI: No, I can't\nHuman: Is there something you can do?\n"
        "AI: You should know\nHuman: Oh okey\nAI:",
        " Yeah\nHuman: ",
    ),
]


def roots(step, rows):
    """As the engine does it: rows of one root are neighbours."""
    bound = step.bind(list(rows[0]))
    ends = [i for i in range(1, len(rows)) if not bound.same(rows[i - 1], rows[i])]
    return [bound.make(rows[a:b]) for a, b in itertools.pairwise([0, *ends, len(rows)])]


def through(examples: list[Example], *steps: Map, run: StepRun | None = None) -> list[Example]:
    for step in steps:
        call = step.start(run or StepRun())
        outcomes = [call(example) for example in examples]
        examples = [e for o in outcomes for e in (o if isinstance(o, list) else [o]) if isinstance(e, Example)]
    return examples


def pairs(examples):
    return [(example.messages[0].content, example.messages[1].content) for example in examples]


def test_the_table_gives_exactly_the_seven_examples():
    steps = (Window(context=5), Dialogue(), Stop(text="\nHuman: "))
    assert pairs(through(roots(Conversations(), ROWS), *steps)) == SEVEN


def test_the_stop_derived_from_the_users_turn_is_the_same():
    steps = (Window(context=5), Dialogue(), Stop(turn="user"))
    assert pairs(through(roots(Conversations(), ROWS), *steps)) == SEVEN


def test_without_stop_the_completion_is_the_answer_after_a_space():
    made = pairs(through(roots(Conversations(), ROWS), Window(context=5), Dialogue()))
    assert made == [(prompt, completion.removesuffix("\nHuman: ")) for prompt, completion in SEVEN]


def test_without_context_every_prompt_is_empty():
    made = pairs(through(roots(Conversations(), ROWS), Window(context=0), Dialogue(), Stop(text="\nHuman: ")))
    assert made == [("", completion) for _, completion in SEVEN]


def test_one_message_a_row_gives_the_same_seven():
    talk = 1
    rows = []
    for human, ai in TABLE:
        if human == "###":
            talk += 1
            continue
        rows += [{"id": talk, "who": "Human", "what": human}, {"id": talk, "who": "AI", "what": ai}]
    step = Conversations(by="id", speaker="who", text="what", assistant="AI")
    assert pairs(through(roots(step, rows), Window(), Dialogue(), Stop(turn="user"))) == SEVEN


def test_a_conversation_a_cell_gives_the_same_seven():
    cells = ["\n".join(f"Human: {h}\nAI: {a}" for h, a in part) for part in (TABLE[:3], TABLE[4:])]
    step = Conversations(cell="talk", turn="\n", names={"user": "Human", "assistant": "AI"})
    rows = [{"talk": cell} for cell in cells]
    assert pairs(through(roots(step, rows), Window(), Dialogue(), Stop(turn="user"))) == SEVEN


WINDOWS = [Window(), Window(context=0), Window(context=2), Window(context=1, one_per="window"), Window(tokens=40)]
TEXTS: list[tuple[Map, ...]] = [
    (),
    (System(text="Be kind."),),
    (Dialogue(),),
    (Dialogue(), Separator(), Stop(turn="user")),
    (System(text="Be kind."), Dialogue(names={"user": "Kim"}, turn="<{name}> {text}"), Stop(text=" END")),
    (Separator(), Stop(text="\n")),
]
TALKS = st.lists(st.tuples(st.text("ab \n#", max_size=6), st.text("ab \n#", max_size=6)), min_size=1, max_size=9)


def characters(texts):
    return [len(text) for text in texts]


@pytest.mark.parametrize("steps", TEXTS, ids=lambda steps: "+".join(step.name for step in steps) or "window alone")
@pytest.mark.parametrize("window", WINDOWS, ids=["default", "none", "two", "pieces", "tokens"])
@given(table=TALKS)
def test_the_request_rebuilt_from_the_history_is_the_prompt_that_was_trained(window, steps, table):
    bound = Conversations().bind(["Human", "AI"])
    rows = [{"Human": human, "AI": ai} for human, ai in table]
    first = bound.make(rows)
    root = first[0] if isinstance(first, list) else first
    if isinstance(root, Drop) or not any(m.role == "assistant" for m in root.messages):
        return
    names, runs = bound.speakers({}), []
    for step in (window, *steps):
        runs.append((step, StepRun(speakers=names, count=characters)))
        names = step.speakers(names)
    trained = [root]
    for step, run in runs:
        trained = through(trained, step, run=run)
    asked = []
    for at, message in enumerate(root.messages):
        if message.role == "assistant":
            request = Example(messages=(*root.messages[:at], Message("assistant")))
            for step, run in runs:
                request = step.request(request, run)
            asked.append([(m.role, m.content) for m in request.messages[:-1]])
    for example in trained:
        assert [(m.role, m.content) for m in example.messages[:-1]] in asked
