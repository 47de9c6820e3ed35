"""What inference sends, and the law that it is what was trained."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_runs import REGISTRY, fails, questions, recipe, registry, talks
from kit_steps import Loud

import ftprep
from ftprep import Contract, Drop, Message, PluginError, RecipeError
from ftprep.api import run as run_recipe
from ftprep.errors import DataError

pytestmark = pytest.mark.files
law = settings(deadline=None, derandomize=True, max_examples=15)
END = [{"kit_text": {"steps": [{"end": "\nHuman:"}]}}]


def made(folder, source, data, plugins=REGISTRY, output=None):
    """A run's contract, ready to ask."""
    run = run_recipe(source, data=data, out=folder / "out", registry=plugins)
    return Contract.load(run.folder / (output or next(iter(run.files))), plugins)


def test_a_conversation_is_asked_as_it_was_trained(tmp_path):
    asker = made(tmp_path, recipe("talks", "pairs", {"loud": "!"}), talks("a b c d"))
    assert asker.request([{"role": "user", "content": "a"}]) == {"messages": [{"role": "user", "content": "a!"}]}
    history = [Message("user", "a"), Message("assistant", "b"), Message("user", "c")]
    assert asker.request(history) == {
        "messages": [
            {"role": "user", "content": "a!"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c!"},
        ]
    }  # fmt: skip


def test_fields_are_asked_as_they_were_trained_and_no_answer_is_needed(tmp_path):
    source = recipe({"skip": {"column": "a", "values": ["x"]}}, {"ask": {"prompt": "Say {q}"}}, write=END)
    asker = made(tmp_path, source, questions([("a", "b")]))
    assert asker.request(q="it") == {"prompt": "Say it", "stop": ["\nHuman:"]}
    assert asker.decode("yes\nHuman:") == "yes"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        pytest.param(recipe("ask"), "'ask' needs the field 'q'; give it as q=…", id="a_step"),
        pytest.param(
            recipe({"ask": {"prompt": "{a}"}}, write={"kit_chat": {"system": "{q}"}}),
            "'kit_chat' needs the field 'q'; give it as q=…",
            id="the_writer",
        ),
    ],
)
def test_a_field_that_is_not_given_is_named(tmp_path, source, says):
    asker = made(tmp_path, source, questions([("a", "b")]))
    assert fails(RecipeError, asker.request, a="x") == says


@pytest.mark.parametrize(
    ("message", "says"),
    [
        pytest.param(
            {"role": "user", "content": 5},
            "message 2: expected `str | array`, got `int` - at `$.content`",
            id="content",
        ),
        pytest.param({"role": "boss"}, "message 2: invalid enum value 'boss' - at `$.role`", id="role"),
        pytest.param({"content": "a"}, "message 2: object missing required field `role`", id="no_role"),
        pytest.param("hi", "message 2: expected `object`, got `str`", id="no_mapping"),
    ],
)
def test_a_message_that_is_none_is_named(tmp_path, message, says):
    asker = made(tmp_path, recipe("talks"), talks("a b"))
    given_ = [{"role": "user", "content": "a"}, message]
    assert fails(RecipeError, asker.request, given_) == f"{says}; give mappings with role and content"


def test_the_contract_holds_the_steps_after_the_gather_with_their_facts(tmp_path):
    source = recipe({"skip": {"column": "text"}}, "talks", "pairs", {"few": {"n": 2}}, write=END)
    made(tmp_path, source, talks("a b"))
    found = json.loads((tmp_path / "out/kit_text/contract.json").read_bytes())
    assert found == {
        "ftprep": ftprep.__version__, "format": 1, "writer": {"name": "kit/kit_text", "options": {}},
        "steps": [
            {"name": "kit/pairs", "options": {}}, {"name": "kit/few", "options": {"n": 2}},
            {"name": "kit/end", "options": {"text": "\nHuman:"}},
        ],
        "facts": {"stop": ["\nHuman:"]}, "speakers": {}, "asks_messages": True, "model": None,
    }  # fmt: skip


def edited(folder, **changes):
    path = folder / "out/kit_chat/contract.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes}), encoding="utf-8", newline="\n")


AGAIN = "make it again with 'ftprep run'"


@pytest.mark.parametrize(
    ("changes", "kind", "says"),
    [
        pytest.param(
            {"format": 2, "ftprep": "9.0"},
            DataError,
            f"out/kit_chat/contract.json: a contract of a newer ftprep (9.0); update ftprep, or {AGAIN}",
            id="newer",
        ),
        pytest.param(
            {"steps": [{"name": "kit/ask", "options": {"prmpt": "x"}}]},
            DataError,
            "the contract's options of 'kit/ask' are none of kit-dist 1; install the version it was made with, or "
            f"{AGAIN}",
            id="options_of_another_version",
        ),
        pytest.param(
            {"steps": [{"name": "gone/ask", "options": {}}]},
            RecipeError,
            "unknown transformer 'gone/ask'; known: ask, end, few, look, loud, loud_column, pairs, side, skip, talks, "
            "times, unlist",
            id="a_plugin_that_is_gone",
        ),
        pytest.param(
            {"writer": 5},
            DataError,
            f"out/kit_chat/contract.json: this is no contract: Expected `object`, got `int` - at `$.writer`; {AGAIN}",
            id="no_contract",
        ),
    ],
)
def test_a_contract_that_cannot_be_used_says_why(tmp_path, changes, kind, says):
    made(tmp_path, recipe("ask"), questions([("a", "b")]))
    edited(tmp_path, **changes)
    found = fails(kind, Contract.load, tmp_path / "out/kit_chat", REGISTRY)
    assert found.replace(f"{tmp_path.as_posix()}/", "") == says


def test_a_folder_without_a_contract_says_what_to_name(tmp_path):
    says = f"{tmp_path}: no contract.json here; name the folder of one writer, e.g. out/NAME/WRITER"
    assert fails(DataError, Contract.load, tmp_path, REGISTRY) == says


class Bad(Loud):
    """A text that inference does not get."""

    name = "bad"

    def request(self, example, run):
        return example


class Fails(Loud):
    """Inference fails."""

    name = "fails"

    def request(self, example, run):
        raise KeyError("x")


class Drops(ftprep.Map):
    """Drops what has no answer, at inference too."""

    name = "drops"

    def apply(self, example):
        return example if example.messages[-1].text else Drop("no answer")


class Plugin:
    @ftprep.hookimpl
    def ftprep_transformers(self):
        return [Bad, Fails, Drops]


BROKEN = registry((Plugin(), "bad"))


@pytest.mark.parametrize(
    ("step", "kind", "says"),
    [
        pytest.param(
            "bad",
            PluginError,
            "data:1-2: inference would not send what 'kit_chat' trains: "
            """{"messages":[{"role":"user","content":"a"}]} instead of """
            """{"messages":[{"role":"user","content":"a!"}]}; """
            "a step's request() differs from its apply(); report it to the step's plugin",
            id="another_request",
        ),
        pytest.param(
            "fails",
            PluginError,
            "transformer 'fails' (plugin 'bad' of bad-dist 2) failed on a request: KeyError: 'x'; "
            "please report this to its maintainer, or leave the step out",
            id="no_request",
        ),
    ],
)
def test_a_step_whose_request_is_not_what_it_trains_stops_the_run(tmp_path, step, kind, says):
    assert fails(kind, made, tmp_path, recipe("talks", step), talks("a b"), BROKEN) == says
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_drops_the_empty_answer_stops_the_run(tmp_path):
    says = fails(PluginError, made, tmp_path, recipe("talks", "drops"), talks("a b"), BROKEN)
    assert "\"step 'drops' makes no request of this input: no answer\" instead of" in says


words = st.text(st.sampled_from("ab {}\n\u2028é"), min_size=1, max_size=4).filter(str.strip)


@law
@given(said=st.lists(st.lists(words, min_size=2, max_size=6), min_size=1, max_size=6), add=words)
def test_every_trained_prompt_is_a_request_for_its_history(tmp_path_factory, said, add):
    data = [{"talk": f"t{n}", "text": text} for n, texts in enumerate(said) for text in texts]
    folder = tmp_path_factory.mktemp("law", numbered=True)
    write = ["kit_chat", {"kit_text": {"steps": [{"end": "#"}]}}]
    run = run_recipe(
        recipe("talks", "pairs", {"loud": add}, write=write), data=data, out=folder / "out", registry=REGISTRY
    )
    trained = [json.loads(line) for line in (run.folder / "kit_chat/train.jsonl").read_bytes().splitlines()]
    asker = Contract.load(run.folder / "kit_chat", REGISTRY)
    histories = [texts[:end] for texts in said for end in range(1, len(texts) // 2 * 2, 2)]
    roles = ("user", "assistant")
    asked = [asker.request([Message(roles[n % 2], text) for n, text in enumerate(texts)]) for texts in histories]
    assert asked == [{"messages": row["messages"][:-1]} for row in trained]
    assert run.manifest["contract_samples"]["kit_chat"] > 0
