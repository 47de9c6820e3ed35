"""The check `cost`: tokens that are trained, cut away and paid for, epochs, prices, requests, bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Drop, Example, Finding, Message, ModelFacts, RecipeError, StepRun, Verdict, Writer
from ftprep_openai.models import facts
from ftprep_tokens.cost import Cost
from ftprep_tokens.costlook import Spent
from ftprep_tokens.spending import age, default_epochs, spending
from ftprep_tokens.tokens import Tokens

RULE = {
    "target_epochs": 3,
    "min_target_examples": 100,
    "max_target_examples": 25000,
    "min_epochs": 1,
    "max_epochs": 25,
}
PRICES = {"training": 10.0, "input": 2.0, "output": 8.0}
MODEL = ModelFacts(name="m", training_limit=100, prices=PRICES, price_date="2026-05", default_epochs=RULE)
DAY = "2026-06-01"
ROLES = ("system", "user", "assistant")


class Plain(Writer):
    """Writes text; a token is a character, a role is one token."""

    name: ClassVar[str] = "plain"
    shape: ClassVar[Literal["chat", "completion"]] = "chat"

    def encode(self, example: Example) -> Any:
        return [message.text for message in example.messages] if example.messages else Drop("no messages")

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        messages = example.messages
        found = [text for message in messages for text in (message.role, message.text)]
        return found, facts.message_tokens * len(messages) + facts.reply_tokens


class Pairs(Plain):
    """Writes the answer that is not wanted, too."""

    carries: ClassVar[frozenset[str]] = frozenset({"rejected"})

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        return super().texts(example.with_(messages=(*example.messages, *example.rejected)), facts)


class Completion(Plain):
    """Writes a prompt and a completion as one text."""

    shape: ClassVar[Literal["chat", "completion"]] = "completion"

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        return ["".join(message.text for message in example.messages)], 0


class Counts:
    """Counts, and remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.calls.append(list(texts))
        return [1 if text in ROLES else len(text) for text in texts]


def check(**options: Any) -> Cost:
    return Cost.model_validate_json(json.dumps({"today": DAY, **options}), strict=True)


def run(model: ModelFacts | None = MODEL, writer: Writer | None = None) -> StepRun:
    return StepRun(model=model, writer=writer or Plain(), count=Counts() if model is not None else None)


def talk(*texts: str, weights: Sequence[int | None] = (), **more: Any) -> Example:
    """User and assistant in turn."""
    given = [*weights, *[None] * len(texts)]
    said = [Message(ROLES[1 + n % 2], text, weight=given[n]) for n, text in enumerate(texts)]  # type: ignore[arg-type]
    return Example(messages=tuple(said), **more)


def spent(example: Example, asked: StepRun | None = None, **options: Any) -> dict[str, int]:
    """What the check keeps of an example."""
    look = check(limit=100, **options).start(asked or run())(example)
    return msgspec.structs.asdict(look[0] if isinstance(look, list) else look)


def verdict(examples: Sequence[Example], asked: StepRun | None = None, **options: Any) -> Verdict:
    step, asked = check(**options), asked or run()
    state = step.state()
    looks = step.start(asked).look_all(examples)
    step.add(state, [value for look in looks for value in (look if isinstance(look, list) else [look])])
    return step.judge(state, asked)


def test_an_answer_is_trained_and_what_stands_before_it_is_asked() -> None:
    # 3 + 1 + 4 for the question, 3 + 1 + 3 for the answer, 3 for the start of the reply; ["abcd","xyz"]\n
    assert spent(talk("abcd", "xyz")) == {
        "tokens": 18,
        "trained": 3,
        "prompt": 11,
        "answer": 3,
        "messages": 2,
        "cut": 0,
        "lost": 0,
        "bytes": 15,
    }


@pytest.mark.parametrize(
    ("weights", "trained"),
    [
        pytest.param([], 7, id="all_answers"),
        pytest.param([None, 0], 3, id="context_is_not_trained"),
        pytest.param([None, 1, None, 1], 7, id="weights_of_1"),
        pytest.param([None, 0, None, 0], 0, id="none"),
    ],
)
def test_answers_of_weight_0_are_not_trained(weights: list[int | None], trained: int) -> None:
    example = talk("a", "wxyz", "b", "uvw", weights=weights)
    assert (spent(example)["trained"], spent(example)["answer"]) == (trained, 3)


def test_both_answers_of_a_pair_are_trained_and_neither_is_asked() -> None:
    pair = talk("abcd", "xyz", rejected=(Message("assistant", "uvwxy"),))
    seen = spent(pair, run(writer=Pairs()))
    assert {name: seen[name] for name in ("tokens", "trained", "prompt", "answer")} == {
        "tokens": 27,
        "trained": 8,
        "prompt": 11,
        "answer": 3,
    }


def test_a_completion_has_no_tokens_of_messages() -> None:
    seen = spent(talk("abcd ->", " xyz"), run(writer=Completion()))
    assert [seen[name] for name in ("tokens", "trained", "prompt", "answer")] == [11, 4, 7, 4]


def test_a_conversation_that_ends_in_a_question_has_no_answer() -> None:
    seen = spent(talk("abcd", "xyz", "efg"))
    assert [seen[name] for name in ("tokens", "trained", "prompt", "answer")] == [25, 3, 25, 0]


@pytest.mark.parametrize(
    ("limit", "cut", "lost"),
    [
        pytest.param(29, 0, 0, id="at_the_limit"),
        pytest.param(28, 1, 1, id="the_end_of_the_answer"),
        pytest.param(26, 3, 3, id="all_of_the_answer"),
        pytest.param(20, 9, 3, id="the_question_too"),
        pytest.param(13, 16, 6, id="a_part_of_the_answer_before_it"),
    ],
)
def test_what_is_cut_away_is_counted_from_the_end(limit: int, cut: int, lost: int) -> None:
    example = talk("a", "wxyz", "bc", "uvw")
    step = check(limit=limit)
    look = step.start(run())(example)
    seen = msgspec.structs.asdict(look[0] if isinstance(look, list) else look)
    assert (seen["tokens"], seen["cut"], seen["lost"]) == (29, cut, lost)


def test_all_figures_of_small_data_are_these() -> None:
    found = verdict([talk("abcd", "xyz"), talk("ab", "vwxyz", "c", "z")], prices={"base_input": 1, "base_output": 4})
    assert found.findings == []
    assert found.figures == {
        "examples": 2,
        "messages": 6,
        "tokens": 18 + 28,
        "trained": 9,
        "limit": 100,
        "over": 0,
        "cut": 0,
        "per_epoch": 46,
        "epochs": 25,
        "billed": 1150,
        "usd": 0.0115,
        "bytes": 15 + 23,
        "distribution": [
            {"per_example": "tokens", "min": 18, "p5": 18, "p50": 18, "p95": 28, "max": 28, "mean": 23.0},
            {"per_example": "trained tokens", "min": 3, "p5": 3, "p50": 3, "p95": 6, "max": 6, "mean": 4.5},
            {"per_example": "tokens before the answer", "min": 11, "p5": 11, "p50": 11, "p95": 23, "max": 23,
             "mean": 17.0},
            {"per_example": "messages", "min": 2, "p5": 2, "p50": 2, "p95": 4, "max": 4, "mean": 3.0},
        ],
        "requests": [
            {"1,000_requests": "before tuning", "prompt_tokens": 17000, "answer_tokens": 2000, "usd": 0.025},
            {"1,000_requests": "after tuning", "prompt_tokens": 17000, "answer_tokens": 2000, "usd": 0.05},
        ],
        "histogram": [(n, n + 1, int(n in (18, 28))) for n in range(18, 29)],
    }  # fmt: skip


def test_only_what_stands_in_train_is_paid_for_and_decides_the_epochs() -> None:
    asked = run()
    check_ = check()
    spents = check_.start(asked).look_all([talk("a", "x" * 200), talk("abcd", "xyz"), talk("a", "b")])
    spents = [look[0] if isinstance(look, list) else look for look in spents]
    counted = [Counter(one for value in some for one in check_.of_split(value)) for some in (spents[:2], spents[2:])]
    asked.splits = {"train": counted[0], "validation": counted[1]}
    state = check_.state()
    check_.add(state, spents)
    figures = check_.judge(state, asked).figures
    # 8 + 1 + 200 + 3 = 212, 18, 13
    assert [figures[name] for name in ("tokens", "cut", "per_epoch", "epochs", "billed")] == [243, 112, 118, 25, 2950]
    assert figures["usd"] == 0.0295
    assert figures["splits"] == {
        "train": {"examples": 2, "tokens": 230, "p50": 18, "p95": 212, "max": 212, "trained": 203, "cut": 112,
                  "per_epoch": 118},
        "validation": {"examples": 1, "tokens": 13, "p50": 13, "p95": 13, "max": 13, "trained": 1, "cut": 0,
                       "per_epoch": 13},
    }  # fmt: skip
    asked.splits = {"validation": counted[0] + counted[1]}
    assert check_.judge(state, asked).figures["per_epoch"] == 0


def test_what_is_cut_away_is_said_and_not_paid_for() -> None:
    found = verdict([talk("a", "x" * 200), talk("a", "b")], prices={"base_input": 1, "base_output": 4})
    # 8 + 1 + 200 + 3 = 212, and 13
    assert [found.figures[name] for name in ("tokens", "cut", "per_epoch", "billed")] == [225, 112, 113, 2825]
    assert found.findings == [
        Finding(
            "FT335",
            "beyond the limit of 100 tokens, 112 tokens would be cut away, 112 of them in answers",
            "shorten the examples, e.g. with 'cut', 'chunk' or 'window', or drop them",
        )
    ]


def test_an_example_over_the_limit_is_told_as_the_check_tokens_tells_it() -> None:
    example = talk("a", "x" * 200)
    look = check().start(run())(example)
    assert look[1:] == Tokens().start(run())(example)[1:]
    assert check(on_fail="drop").start(run())(example) == Drop("over the token limit", "212 tokens; limit 100")


def test_all_texts_of_a_batch_are_counted_in_one_pass() -> None:
    asked = run()
    look = check().start(asked)
    counts = asked._count
    assert isinstance(counts, Counts)
    counts.calls.clear()
    examples = [talk("abcd", "xyz"), talk("e", "f", "g", "h")]
    together = look.look_all(examples)
    assert len(counts.calls) == 1
    assert together == [look(one) for one in examples]


MANY = [talk("question", "answer" * 5)] * 30


@pytest.mark.parametrize(
    ("model", "options", "findings"),
    [
        pytest.param(
            {"prices": {}, "price_date": None},
            {},
            [
                "FT333 no price is known for training, base_input, base_output, input, output of 'm'; give it in USD "
                "per million tokens: cost: {prices: {training: …, base_input: …, base_output: …, input: …, output: …}}"
            ],
            id="none_known",
        ),
        pytest.param(
            {},
            {"today": "2026-10-28", "prices": {"base_input": 1, "base_output": 2}},
            [],
            id="180_days_old",
        ),
        pytest.param(
            {},
            {"today": "2026-10-29", "prices": {"base_input": 1, "base_output": 2}},
            [
                "FT334 the prices of 'm' (training, input, output) were read in 2026-05, over 180 days ago; look them "
                "up, and give them: cost: {prices: {…}}"
            ],
            id="older",
        ),
        pytest.param(
            {},
            {"today": "2030-01-01", "prices": {**PRICES, "base_input": 1, "base_output": 2}},
            [],
            id="given_ones_are_never_old",
        ),
        pytest.param(
            {},
            {},
            [
                "FT333 no price is known for base_input, base_output of 'm'; give it in USD per million tokens: cost: "
                "{prices: {base_input: …, base_output: …}}"
            ],
            id="of_the_model_before",
        ),
    ],
)
def test_a_price_that_is_missing_or_old_is_said(
    model: dict[str, Any], options: dict[str, Any], findings: list[str]
) -> None:
    found = verdict(MANY, run(msgspec.structs.replace(MODEL, **model)), **options).findings
    assert [f"{one.code} {one.message}; {one.hint}" for one in found] == findings
    assert {one.level for one in found} <= {"advice"}


def test_nobody_is_told_about_prices_of_a_few_tokens() -> None:
    assert verdict([talk("a", "b")], epochs=1).findings == []


def test_without_a_price_no_cost_is_made_up() -> None:
    figures = verdict(MANY, run(ModelFacts(name="m", default_epochs=RULE))).figures
    assert "usd" not in figures
    assert [row["usd"] for row in figures["requests"]] == ["not known", "not known"]


def test_without_a_rule_no_epochs_are_made_up() -> None:
    model = ModelFacts(name="m", prices=PRICES, price_date="2026-05")
    assert not {"epochs", "billed", "usd"} & set(verdict(MANY, run(model)).figures)
    figures = verdict(MANY, run(model), epochs=2).figures
    assert (figures["epochs"], figures["billed"]) == (2, 2 * figures["per_epoch"])


def test_given_prices_stand_in_for_those_that_are_known() -> None:
    assert verdict([talk("abcd", "xyz")], epochs=10, prices={"training": 100}).figures["usd"] == 0.018


def test_an_unknown_price_is_refused() -> None:
    with pytest.raises(ValidationError) as error:
        check(prices={"trainig": 1})
    assert [one["type"] for one in error.value.errors()] == ["literal_error"]


@pytest.mark.parametrize(
    ("limit", "findings"),
    [
        pytest.param(15, [], id="at_the_limit"),
        pytest.param(
            14,
            [
                Finding(
                    "FT336",
                    "the examples are 15 bytes; a file may have 14",
                    "leave some out, e.g. with 'limit' or 'dedupe', or shorten them",
                )
            ],
            id="over_it",
        ),
    ],
)
def test_a_file_that_would_be_too_large_is_said(limit: int, findings: list[Finding]) -> None:
    found = verdict([talk("abcd", "xyz")], file_limit=limit)
    assert (found.figures["bytes"], found.figures["file_limit"], found.findings) == (15, limit, findings)


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [(1, 25), (4, 25), (10, 10), (33, 3), (34, 3), (100, 3), (8333, 3), (8334, 2), (12500, 2), (12501, 1), (90000, 1)],
)
def test_epochs_are_those_of_the_cookbook(examples: int, epochs: int) -> None:
    assert default_epochs(examples, RULE) == epochs


def test_no_examples_and_no_rule_have_no_epochs() -> None:
    assert (default_epochs(0, RULE), default_epochs(5, {})) == (None, None)


def test_no_examples_have_figures_of_nothing() -> None:
    step = check()
    found = step.judge(step.state(), run())
    assert found == Verdict(
        [],
        {"examples": 0, "messages": 0, "tokens": 0, "trained": 0, "limit": 100, "over": 0, "cut": 0, "per_epoch": 0,
         "bytes": 0},
    )  # fmt: skip


NAMES = Spent.__struct_fields__
LOOKS = st.lists(st.builds(Spent, *[st.integers(0, 40)] * len(NAMES)), min_size=1, max_size=40)


@given(LOOKS)
def test_percentiles_are_the_nearest_rank_of_the_sorted_values(looks: list[Spent]) -> None:
    state: Counter[Any] = Counter()
    check().add(state, looks)
    made = spending(state, prices={}, epochs=1, rule={})
    columns = {name: [getattr(look, name) for look in looks] for name in NAMES}
    called = {
        "tokens": "tokens",
        "trained": "trained tokens",
        "prompt": "tokens before the answer",
        "messages": "messages",
    }
    figures = made.figures({"examples": len(looks), "total": sum(columns["tokens"])}, None)
    for part, row in zip(called, figures["distribution"], strict=True):
        ordered = sorted(columns[part])
        ranks = {f"p{p}": ordered[-(-p * len(ordered) // 100) - 1] for p in (5, 50, 95)}
        mean = round(sum(ordered) / len(ordered), 2)
        assert row == {"per_example": called[part], "min": ordered[0], **ranks, "max": ordered[-1], "mean": mean}
    assert (made.cut, made.lost, made.bytes) == tuple(sum(columns[name]) for name in ("cut", "lost", "bytes"))


@given(LOOKS, st.integers(0, 40))
def test_the_order_in_which_states_are_merged_makes_no_difference(looks: list[Spent], at: int) -> None:
    step = check()
    whole, first, second = step.state(), step.state(), step.state()
    step.add(whole, looks)
    step.add(first, looks[at:])
    step.add(second, looks[:at])
    step.merge(first, second)
    assert first == whole


@pytest.mark.parametrize(("day", "days"), [("2026-05", 31), ("2026-05-31", 1), ("2026-06-01", 0)])
def test_a_month_is_counted_from_its_first_day(day: str, days: int) -> None:
    assert age(day, date(2026, 6, 1)) == days


def test_every_model_of_openai_has_the_rule_and_the_limit() -> None:
    assert {(tuple(sorted(model.default_epochs.items())), model.file_limit) for model in facts()} == {
        (tuple(sorted(RULE.items())), 512_000_000)
    }


def test_without_a_model_the_check_says_what_to_add() -> None:
    with pytest.raises(RecipeError) as error:
        check().start(run(model=None))
    assert str(error.value) == "tokens cannot be counted without a model; add 'model:' to the recipe"
