"""Counting through a tokenizer, and the model a recipe means."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep
from ftprep import ModelFacts, PluginError, RecipeError, Tokenizer
from ftprep.registry import Registry
from ftprep.tokens import Counter, counter_for, not_countable, resolve_model

MODELS = [
    ModelFacts(name="small", aliases=("small-2025-01-02",), tokenizer="words", context=100, training_limit=50),
    ModelFacts(name="large", tokenizer="letters", context=1000),
    ModelFacts(name="stranger", tokenizer="runes"),
]
ENCODINGS = ["words", "letters"]


class Plain(Tokenizer):
    """Counts words or letters."""

    name = "plain"

    @classmethod
    def encodings(cls) -> tuple[str, ...]:
        return ("words", "letters")

    @classmethod
    def load(cls, encoding: str) -> Callable[[Sequence[str]], list[int]]:
        return lambda texts: [len(text.split() if encoding == "words" else text) for text in texts]


def registry() -> Registry:
    class Hooks:
        @ftprep.hookimpl
        def ftprep_tokenizers(self) -> list[type[Tokenizer]]:
            return [Plain]

        @ftprep.hookimpl
        def ftprep_models(self) -> list[ModelFacts]:
            return MODELS

    made = Registry()
    made.add(Hooks(), plugin="plain")
    return made


@given(st.lists(st.text("ab ", max_size=4)))
def test_counts_stand_in_the_order_of_the_texts(texts: list[str]) -> None:
    assert Counter(Plain.load, "letters")(texts) == [len(text) for text in texts]


def test_a_text_is_counted_once_a_call() -> None:
    seen: list[list[str]] = []

    def load(encoding: str) -> Callable[[Sequence[str]], list[int]]:
        return lambda texts: seen.append(list(texts)) or [len(text) for text in texts]  # type: ignore[func-returns-value]

    assert Counter(load, "x")(["a", "bb", "a", "a"]) == [1, 2, 1, 1]
    assert seen == [["a", "bb"]]


def test_tables_are_loaded_once_whatever_the_threads() -> None:
    loaded: list[str] = []

    def load(encoding: str) -> Callable[[Sequence[str]], list[int]]:
        time.sleep(0.01)
        loaded.append(encoding)
        return lambda texts: [0] * len(texts)

    threads = [threading.Thread(target=Counter(load, "x"), args=(["a"],)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loaded == ["x"]


def test_nothing_is_loaded_for_no_texts() -> None:
    assert Counter(lambda encoding: pytest.fail("loaded"), "x")([]) == []


def test_a_counter_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Counter(Plain.load, "words")))(["a b"]) == [2]


def test_a_tokenizer_that_miscounts_is_named() -> None:
    def load(encoding: str) -> Callable[[Sequence[str]], list[int]]:
        return lambda texts: [1]

    with pytest.raises(PluginError, match=r"the tokenizer for 'x' \(.*load\) gave 1 counts for 2 texts"):
        Counter(load, "x")(["a", "b"])


@pytest.mark.parametrize(
    ("named", "name"),
    [
        pytest.param("small", "small", id="name"),
        pytest.param("small-2025-01-02", "small", id="alias"),
        pytest.param("small-2026-12-31", "small", id="another_snapshot"),
        pytest.param("ft:small-2025-01-02:acme::abc", "small", id="tuned_snapshot"),
        pytest.param("ft:large:acme:x:abc:ckpt-step-3", "large", id="checkpoint"),
        pytest.param("large:ft-acme:x-2022-02-15-04-21-04", "large", id="tuned_in_2022"),
    ],
)
def test_a_model_is_found_by_all_its_names(named: str, name: str) -> None:
    facts = resolve_model(named, MODELS, ENCODINGS)
    assert facts is not None
    assert facts == next(model for model in MODELS if model.name == name)


@pytest.mark.parametrize("named", ["smal", "ft:", "Small", "small-2025", "small:", "ft:small"])
def test_other_names_are_not_guessed(named: str) -> None:
    facts = resolve_model(named, MODELS, ENCODINGS)
    assert facts == (MODELS[0] if named in ("small:", "ft:small") else ModelFacts(name=named))


def test_no_model_is_none() -> None:
    assert resolve_model(None, MODELS, ENCODINGS) is None


def test_a_mapping_makes_a_model() -> None:
    mapping = {"name": "llama", "tokenizer": "letters", "context": 8192}
    assert resolve_model(mapping, MODELS, ENCODINGS) == ModelFacts(name="llama", tokenizer="letters", context=8192)


def test_a_mapping_changes_a_known_model() -> None:
    mapping: Mapping[str, Any] = {"name": "small", "context": 10}
    facts = resolve_model(mapping, MODELS, ENCODINGS)
    assert facts is not None
    assert (facts.context, facts.training_limit, facts.tokenizer) == (10, 50, "words")


def test_a_tokenizer_nobody_knows_is_refused() -> None:
    with pytest.raises(RecipeError) as caught:
        resolve_model({"name": "llama", "tokenizer": "word"}, MODELS, ENCODINGS)
    assert str(caught.value) == "tokenizer 'word' is not known; did you mean 'words'?"


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        pytest.param(
            ModelFacts(name="smal"),
            "model 'smal' is not known, so its tokens cannot be counted; did you mean 'small'? "
            "known: large, small, stranger; or give {name, tokenizer, context}",
            id="near",
        ),
        pytest.param(
            ModelFacts(name="qx"),
            "model 'qx' is not known, so its tokens cannot be counted; "
            "known: large, small, stranger; or give {name, tokenizer, context}",
            id="far",
        ),
        pytest.param(MODELS[2], "tokenizer 'runes' is not known; known: letters, words", id="no_plugin"),
    ],
)
def test_tokens_that_cannot_be_counted_are_an_error_when_they_are_asked_for(facts: ModelFacts, text: str) -> None:
    count = counter_for(facts, registry())
    assert count is not None
    for texts in ([], ["a"]):
        with pytest.raises(RecipeError) as caught:
            count(texts)
        assert str(caught.value) == text


def test_where_no_models_are_installed_the_error_says_so() -> None:
    error = not_countable(ModelFacts(name="x"), [], [])
    assert str(error).endswith("known: none; or give {name, tokenizer, context}")


def test_a_model_is_counted_by_its_encoding() -> None:
    assert counter_for(None, registry()) is None
    counts = [counter_for(model, registry()) for model in MODELS[:2]]
    assert [count(["a b"]) for count in counts if count is not None] == [[2], [3]]


def test_making_a_counter_loads_nothing() -> None:
    item = SimpleNamespace(cls=SimpleNamespace(encodings=lambda: ("words",), load=lambda e: pytest.fail("loaded")))
    fake: Any = SimpleNamespace(all=lambda kind: [item])
    assert counter_for(MODELS[0], fake) is not None
