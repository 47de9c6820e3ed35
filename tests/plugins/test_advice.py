"""The check `advice`: only advice that applies to the data, with its numbers, its source and its date."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from ftprep import Example, Message, ModelFacts, StepRun, Verdict, Writer
from ftprep_openai.advice import Advice, facts_of
from ftprep_openai.chat import OpenAIChat
from ftprep_openai.codes import ADVICE
from ftprep_openai.completion import OpenAICompletion
from ftprep_openai.guidance import TOLD, Facts, Kind, given, read
from ftprep_openai.preference import OpenAIPreference

NOW = "(source: OpenAI's page on best practices of fine-tuning, 2026-11)"
FIRST = "(source: OpenAI's fine-tuning guide for its first models, 2023-06, for ada, babbage, curie, davinci)"
REFERENCE = "(source: OpenAI's reference of fine-tunes/create, 2023-06, for ada, babbage, curie, davinci)"


def talk(*texts: str) -> Example:
    return Example(messages=tuple(Message("assistant" if n % 2 else "user", text) for n, text in enumerate(texts)))


def verdict(examples: Sequence[Example], writer: Writer | None = None) -> Verdict:
    step, asked = Advice(), StepRun(writer=writer or OpenAIChat())
    state = step.state()
    step.add(state, [step.look(example) for example in examples])
    return step.judge(state, asked)


def told(facts: Facts, shape: str = "chat", model: ModelFacts | None = None) -> list[str]:
    return [f"{one.level} {one.code} {one.message}; {one.hint}" for one in given(facts, shape, model)]


def facts(kind: Kind, examples: int, **more: Any) -> Facts:
    return Facts(kind=kind, examples=examples, **more)


FEW = f"there are 10 examples; a first effect is usually seen with 50 to 100; collect more, and look whether the answers get better before you collect many {NOW}"  # noqa: E501
GROWTH = (
    "after a few hundred examples of high quality, each doubling was found to help about as much as the one before; {} "
    "now, so {} would be next; train on a half too, and see what the other half brings " + FIRST
)
ADVISED: dict[str, tuple[Facts, list[str]]] = {
    "none": (
        facts("generation", 0),
        [f"error FT338 there is no example; OpenAI takes 10 or more; see why rows were dropped {NOW}"],
    ),
    "nine": (
        facts("generation", 9),
        [f"warning FT338 there are fewer than 10 examples (9); OpenAI takes 10 or more; collect more {NOW}"],
    ),
    "ten": (facts("generation", 10), [f"advice FT339 {FEW}"]),
    "fifty texts": (
        facts("generation", 50),
        [
            "advice FT346 there are 50 examples; for texts that are written after an input about 500 were advised; "
            f"collect more {FIRST}"
        ],
    ),
    "five hundred texts": (facts("generation", 500), [f"advice FT347 {GROWTH.format('500', '1,000')}"]),
    "many texts": (facts("generation", 2000), []),
    "a small class": (
        facts("classification", 2500, classes=3, smallest=99, words=True),
        [
            "advice FT345 the smallest of 3 classes has 99 examples; about 100 for each were advised; collect examples "
            f"of the small classes {FIRST}"
        ],
    ),
    "large classes": (facts("classification", 2500, classes=3, smallest=100, words=True), []),
    "many classes": (
        facts("classification", 5000, classes=37, smallest=100, words=True),
        [
            "advice FT348 there are 37 classes; above a few dozen, numbers were advised as labels (up to about 500 "
            "classes); write codes with the step 'labels'; the check 'labels' says which are one token " + FIRST
        ],
    ),
    "numbers already": (facts("classification", 5000, classes=37, smallest=100), []),
    "a chatbot": (
        facts("chatbot", 1999),
        [
            "advice FT346 there are 1,999 conversations; for a chatbot a few thousand examples were advised; collect "
            f"more {FIRST}",
            f"advice FT347 {GROWTH.format('1,999', '3,998')}",
        ],
    ),
    "no input": (
        facts("open", 60),
        [
            "advice FT346 there are 60 examples; for texts that are written without an input a few thousand were "
            f"advised; collect more {FIRST}"
        ],
    ),
}


@pytest.mark.parametrize(("data", "advice"), ADVISED.values(), ids=ADVISED)
def test_advice_is_given_where_it_applies(data: Facts, advice: list[str]) -> None:
    assert told(data) == advice


EPOCHS = f"advice FT349 for texts, 1 or 2 epochs and a lower learning rate worked better than the defaults; set n_epochs {FIRST}"  # noqa: E501


def rate(batch: int) -> str:
    return (
        "advice FT349 a learning_rate_multiplier from 0.02 to 0.2 is worth trying; the default batch is 0.2 % of the "
        f"examples, 256 at most: {batch} here; to train a tuned model on with less data, divide the rate by 2 to 4 "
        f"{REFERENCE}"
    )


@pytest.mark.parametrize(
    ("data", "shape", "model", "advice"),
    [
        pytest.param(facts("generation", 5000), "completion", None, [EPOCHS, rate(10)], id="texts"),
        pytest.param(facts("generation", 5000), "completion", "curie", [EPOCHS, rate(10)], id="first_models"),
        pytest.param(facts("generation", 5000), "completion", "babbage-002", [], id="later_models"),
        pytest.param(facts("generation", 5000), "chat", None, [], id="chat"),
        pytest.param(
            facts("classification", 37547, classes=2, smallest=5000), "completion", None, [rate(75)], id="classes"
        ),
        pytest.param(
            facts("classification", 500000, classes=2, smallest=5000), "completion", None, [rate(256)], id="most"
        ),
    ],
)
def test_training_parameters_are_advised_for_the_models_they_were_given_for(
    data: Facts, shape: str, model: str | None, advice: list[str]
) -> None:
    assert told(data, shape, ModelFacts(name=model) if model else None) == advice


KINDS: dict[str, tuple[list[Example], Facts]] = {
    "few different short answers": (
        [*[talk("a", "yes")] * 5, *[talk("b", "no ")] * 2],
        facts("classification", 7, classes=2, smallest=2, words=True),
    ),
    "numbers as labels": (
        [*[talk("a", "1")] * 5, *[talk("b", " 2")] * 2],
        facts("classification", 7, classes=2, smallest=2),
    ),
    "a third as many answers as examples": ([*[talk("a", "yes")] * 5, talk("b", "no")], facts("generation", 6)),
    "one long answer": ([*[talk("a", "yes")] * 5, *[talk("a", "no")] * 5, talk("", "x" * 101)],
                        facts("generation", 11)),
    "one answer": ([talk("a", "yes")] * 9, facts("generation", 9)),
    "several answers": ([*[talk("a", "b", "c", "d")] * 2, talk("a", "b")], facts("chatbot", 3)),
    "nothing asked": ([talk("", "Once upon a time\nthere was")] * 3, facts("open", 3)),
    "nothing": ([], facts("generation", 0)),
}  # fmt: skip


@pytest.mark.parametrize(("examples", "found"), KINDS.values(), ids=KINDS)
def test_what_the_data_is_for_is_told_by_its_answers(examples: list[Example], found: Facts) -> None:
    step = Advice()
    state = step.state()
    step.add(state, map(step.look, examples))
    assert facts_of(state) == found


def test_the_check_gives_the_advice_and_the_kind() -> None:
    found = verdict([talk(f"{n}", f"Answer {n}") for n in range(10)])
    assert [f"{one.level} {one.code} {one.message}; {one.hint}" for one in found.findings] == [f"advice FT339 {FEW}"]
    assert found.figures == {"kind": "generation"}


def test_formats_that_the_guides_are_not_about_get_none() -> None:
    assert verdict([talk("a", "b")], OpenAIPreference()) == Verdict()


def test_completions_get_the_advice_for_completions() -> None:
    codes = [one.code for one in verdict([talk(f"{n}", f"Answer {n}") for n in range(10)], OpenAICompletion()).findings]
    assert codes == ["FT339", "FT349", "FT349"]


@generated(
    st.sampled_from(["classification", "generation", "chatbot", "open"]),
    st.integers(0, 60000),
    st.integers(0, 600),
    st.integers(0, 300),
    st.sampled_from(["chat", "completion"]),
)
def test_of_each_topic_one_piece_is_given(kind: Kind, examples: int, classes: int, smallest: int, shape: str) -> None:
    data = facts(kind, examples, classes=classes, smallest=smallest, words=True)
    found = list(given(data, shape, None))
    assert len(found) <= len({piece.topic for piece in read().advice})
    assert max(Counter(one.message for one in found).values(), default=1) == 1
    assert sum(one.code in ("FT338", "FT339", "FT345", "FT346") for one in found) <= 1
    assert not any("{" in one.message for one in found)


@generated(st.lists(st.lists(st.sampled_from(["yes", "no", "", "x" * 200]), min_size=1, max_size=5)), st.integers(0, 9))
def test_the_order_in_which_states_are_merged_makes_no_difference(texts: list[list[str]], at: int) -> None:
    step = Advice()
    looks = [step.look(talk(*some)) for some in texts]
    whole, first, second = step.state(), step.state(), step.state()
    step.add(whole, looks)
    step.add(first, looks[at:])
    step.add(second, looks[:at])
    step.merge(first, second)
    assert facts_of(first) == facts_of(whole)


def test_every_piece_has_a_code_that_is_explained_and_a_dated_source() -> None:
    file = read()
    assert {piece.code for piece in file.advice} == {code.code for code in ADVICE} == set(TOLD)
    assert {piece.source for piece in file.advice} == set(file.sources)
    for origin in file.sources.values():
        assert origin.url.startswith("https://")
        assert re.fullmatch(r"\d{4}-\d{2}", origin.date)
