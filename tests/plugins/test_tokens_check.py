"""The check `tokens`."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep_tokens
from ftprep import (
    Drop,
    Example,
    Finding,
    Image,
    Message,
    ModelFacts,
    RecipeError,
    StepRun,
    Text,
    ToolCall,
    Verdict,
    Writer,
)
from ftprep_tokens.cost import Cost
from ftprep_tokens.figures import figures
from ftprep_tokens.tokens import Tokens

MODEL = ModelFacts(name="m", message_tokens=3, context=100, training_limit=12)
TOOL = {"name": "f"}


class Plain(Writer):
    """Writes text; a token is a character."""

    name: ClassVar[str] = "plain"
    shape: ClassVar[Literal["chat", "completion"]] = "chat"
    carries: ClassVar[frozenset[str]] = frozenset({"tools", "images"})

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        return [message.text for message in example.messages], facts.message_tokens * len(example.messages)


class Poor(Plain):
    """Writes neither tools nor images."""

    carries: ClassVar[frozenset[str]] = frozenset()


class Counts:
    """Counts characters, and remembers how often it was asked."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.calls.append(list(texts))
        return [len(text) for text in texts]


def check(**options: Any) -> Tokens:
    return Tokens.model_validate_json(json.dumps(options), strict=True)


def run(model: ModelFacts | None = MODEL, writer: Writer | None = None) -> StepRun:
    return StepRun(model=model, writer=writer or Plain(), count=Counts() if model is not None else None)


def example(*texts: str, **more: Any) -> Example:
    return Example(messages=tuple(Message("user", text) for text in texts), **more)


def over(level: Any) -> Finding:
    hint = "shorten them, drop them with tokens: {on_fail: drop}, or set another limit (12 now)"
    return Finding("FT330", "example over the token limit", hint, level)


def test_an_example_is_its_count() -> None:
    assert check().start(run())(example("ab", "c")) == 9


@pytest.mark.parametrize(
    ("options", "look"),
    [
        pytest.param({}, [13, over("warning")], id="warning"),
        pytest.param({"on_fail": "error"}, [13, over("error")], id="error"),
        pytest.param({"on_fail": "drop"}, Drop("over the token limit", "13 tokens; limit 12"), id="drop"),
        pytest.param({"limit": 13}, 13, id="at_the_limit"),
        pytest.param({"on_fail": "drop", "limit": 5}, Drop("over the token limit", "13 tokens; limit 5"), id="limit"),
    ],
)
def test_an_example_over_the_limit_is_what_on_fail_says(options: dict[str, Any], look: Any) -> None:
    looks = check(**options).start(run()).look_all([example("a" * 10), example("a")])
    assert looks == [look, 4]


@pytest.mark.parametrize(
    ("context", "training", "limit"),
    [
        pytest.param(100, 12, 12, id="training"),
        pytest.param(10, 12, 10, id="smaller_context"),
        pytest.param(100, None, 100, id="context"),
        pytest.param(None, None, None, id="none"),
    ],
)
def test_the_default_limit_is_the_models(context: int | None, training: int | None, limit: int | None) -> None:
    model = ModelFacts(name="m", context=context, training_limit=training)
    verdict = check().judge(Counter([5]), run(model))
    assert verdict.figures.get("limit") == limit
    assert verdict.figures.get("over") == (None if limit is None else 0)
    assert len(check().start(run(model)).look_all([example("a" * 200)])) == 1


@given(st.lists(st.lists(st.text("ab", max_size=12), max_size=3), max_size=6), st.sampled_from(["drop", "warning"]))
def test_a_batch_is_counted_at_once_and_gives_the_same(batch: list[list[str]], on_fail: str) -> None:
    asked = run()
    look = check(on_fail=on_fail).start(asked)
    examples = [example(*texts) for texts in batch]
    counts = asked._count
    assert isinstance(counts, Counts)
    counts.calls.clear()
    together = look.look_all(examples)
    assert len(counts.calls) == 1
    assert together == [look(one) for one in examples]


def test_tools_are_marked_approximate_and_kept_out_of_the_count() -> None:
    calls = (ToolCall("1", "f", "{}"),)
    with_call = Example(messages=(Message("user", "ab"), Message("assistant", tool_calls=calls)), tools=(TOOL,))
    examples = [with_call, example("a"), example("b", tools=(TOOL,))]
    looks = check(limit=99).start(run()).look_all(examples)
    assert looks == [[8, "tools 15"], 4, [4, "tools 12"]]
    verdict = check(limit=99).judge(Counter([8, "tools 15", 4, 4, "tools 12"]), run())
    assert verdict == Verdict(
        [
            Finding(
                "FT331",
                "not in the token counts: approximate tool tokens: 27",
                "leave room for them below the limit",
                "advice",
            )
        ],
        {
            "examples": 3,
            "total": 16,
            "min": 4,
            "p50": 4,
            "p95": 8,
            "max": 8,
            "mean": 5.33,
            "histogram": [(4, 5, 2), (5, 6, 0), (6, 7, 0), (7, 8, 0), (8, 9, 1)],
            "over": 0,
            "limit": 99,
            "approximate_tool_tokens": 27,
        },
    )


def test_tools_that_may_reach_over_the_limit_are_a_warning_not_a_drop() -> None:
    look = check(on_fail="drop", limit=10).start(run())(example("a", tools=(TOOL,)))
    hint = "tool definitions and calls are counted as their JSON text: an estimate"
    assert look == [4, "tools 12", Finding("FT332", "example may be over the token limit with its tools", hint)]


def test_images_are_said_not_guessed() -> None:
    shown = Example(messages=(Message("user", (Text("ab"), Image("https://a/b"), Image("https://a/c"))),))
    assert check().start(run())(shown) == [5, "images 2"]
    assert check().judge(Counter([5, "images 2"]), run()).figures["images"] == 2


def test_what_is_not_written_is_not_counted() -> None:
    shown = Example(messages=(Message("user", (Text("ab"), Image("https://a/b"))),), tools=(TOOL,))
    assert check().start(run(writer=Poor()))(shown) == [5]


def test_a_dropped_example_leaves_no_values() -> None:
    look = check(on_fail="drop").start(run())(example("a" * 10, tools=(TOOL,)))
    assert look == Drop("over the token limit", "13 tokens; limit 12")


@given(st.lists(st.integers(0, 30), min_size=1), st.integers(1, 30))
def test_figures_are_exact(values: list[int], limit: int) -> None:
    made = figures(Counter(values), limit)
    ordered = sorted(values)
    assert (made["examples"], made["total"]) == (len(values), sum(values))
    assert (made["min"], made["max"]) == (ordered[0], ordered[-1])
    assert made["p50"] == statistics.median_low(values)
    assert made["p95"] == ordered[-(-95 * len(values) // 100) - 1]
    assert made["mean"] == round(sum(values) / len(values), 2)
    assert made["over"] == sum(value > limit for value in values)


def test_no_examples_have_a_total_of_nothing() -> None:
    assert check().judge(check().state(), run()).figures == {"examples": 0, "total": 0, "over": 0, "limit": 12}


def test_without_a_model_the_check_says_what_to_add() -> None:
    with pytest.raises(RecipeError) as caught:
        check().start(run(model=None))
    assert str(caught.value) == "tokens cannot be counted without a model; add 'model:' to the recipe"


def test_the_plugin_offers_the_check() -> None:
    assert ftprep_tokens.ftprep_checks() == [Tokens, Cost]
    assert next(iter(Tokens.model_fields)) == "on_fail"


def test_windows_that_share_messages_cost_one_count_of_each() -> None:
    from ftprep.tokens import Counter as Counting

    counts = Counts()
    asked = StepRun(model=MODEL, writer=Plain(), count=Counting(lambda encoding: counts, "x"))
    check(limit=99).start(asked).look_all([example("a", "b"), example("a", "b", "c"), example("b", "c")])
    assert counts.calls == [["a", "b", "c"]]
