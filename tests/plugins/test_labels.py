"""The codebook and the check `labels`: what is one token, begins alike, contradicts; and what inference gets."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ftprep import Contract, DataError, Drop, Example, Fix, Message, Met, RecipeError, Source, StepRun, api
from ftprep_labels.check import Labels
from ftprep_labels.classes import Classes
from ftprep_labels.codebook import Codebook
from ftprep_labels.relabel import Relabel
from ftprep_labels.table import labels_of, proposal
from ftprep_tiktoken.tokenizer import Tiktoken

pytestmark = pytest.mark.files
CL100K, O200K = Tiktoken.load_pieces("cl100k_base"), Tiktoken.load_pieces("o200k_base")


def recipe(*write: Any, **check: Any) -> dict[str, Any]:
    completion = {"openai_completion": {"steps": [{"prompt": {"prompt": "{q} ->", "completion": "{a}"}}]}}
    return {
        "version": 1,
        "name": "labels",
        "model": "gpt-4.1-mini",
        "transform": [{"chat": {"user": "{q}", "assistant": "{a}"}}],
        "check": [{"labels": {"min_each": 1, **check}}],
        "write": list(write) or ["openai_chat", completion],
    }


def rows(*answers: str) -> list[dict[str, str]]:
    return [{"q": f"question {n}", "a": answer} for n, answer in enumerate(answers)]


def findings(run: api.Run) -> list[str]:
    return [f"{f['level']} {f['code']} {f['message']}; {f['hint']}" for f in run.manifest["findings"]]


@pytest.mark.parametrize("pieces", [pytest.param(CL100K, id="cl100k"), pytest.param(O200K, id="o200k")])
def test_unhappy_and_unhelpful_share_their_first_token_only_without_the_space(pieces: Any) -> None:
    bare, spaced = pieces(["unhappy", "unhelpful"]), pieces([" unhappy", " unhelpful"])
    assert bare[0][0] == bare[1][0]
    assert spaced[0][0] != spaced[1][0]


@pytest.mark.parametrize("pieces", [pytest.param(CL100K, id="cl100k"), pytest.param(O200K, id="o200k")])
def test_a_number_with_a_space_is_two_tokens_and_some_characters_are_cut(pieces: Any) -> None:
    assert pieces(["7", " 7"]) == [[b"7"], [b" ", b"7"]]
    (parts,) = pieces([" 否"])
    assert len(parts) == 2
    assert b"".join(parts).decode() == " 否"
    with pytest.raises(UnicodeDecodeError):
        parts[-1].decode()


def test_the_table_shows_every_label_in_both_forms(tmp_path: Path) -> None:
    run = api.run(recipe(), data=rows("positive", "negative", "positive"), out=tmp_path / "out")
    assert findings(run) == []
    figures = run.manifest["figures"]
    assert figures["openai_completion"]["labels"] == {
        "classes": 2,
        "table": [
            {"label": "positive", "written": " positive", "examples": 2, "with_space": [" positive"],
             "without_space": ["positive"], "verdict": "one token"},
            {"label": "negative", "written": " negative", "examples": 1, "with_space": [" negative"],
             "without_space": ["negative"], "verdict": "one token"},
        ],
        "contradictions": 0,
        "splits": {"train": {"positive": 2, "negative": 1}},
    }  # fmt: skip
    assert [row["written"] for row in figures["openai_chat"]["labels"]["table"]] == ["positive", "negative"]


def test_labels_of_several_tokens_are_told_with_codes_that_are_one(tmp_path: Path) -> None:
    run = api.run(recipe("openai_chat"), data=rows("baseball", "hockey"), out=tmp_path / "out")
    assert findings(run) == [
        "warning FT350 2 of 2 labels are more than one token: 'baseball' (base | ball), 'hockey' (h | ockey); with a "
        "leading space 2 of them would be one; codes of one token: labels: {column: …, codes: {baseball: A, hockey: B}}"
    ]


def test_the_proposed_codes_are_one_token_in_both_forms_and_all_different() -> None:
    codes = proposal([f"class {n}" for n in range(150)], StepRun(pieces=O200K))
    assert len(set(codes.values())) == 150
    for form in ("{}", " {}"):
        assert all(len(tokens) == 1 for tokens in O200K([form.format(code) for code in codes.values()]))


def test_labels_that_begin_alike_or_are_written_in_two_ways_are_told(tmp_path: Path) -> None:
    data = rows("unhappy", "unhelpful", "Spam", "SPAM", "Spam")
    run = api.run(recipe("openai_chat", one_token=False), data=data, out=tmp_path / "out")
    assert findings(run) == [
        "warning FT351 2 labels begin with the same token 'un': unhappy, unhelpful; their first token does not tell "
        "them apart; give them codes",
        "warning FT352 labels that differ only in case or white space: 'Spam' (2), 'SPAM' (1); write them in one way, "
        "e.g. with map_values, or labels and 'normalise: true'",
    ]


def test_small_classes_and_a_lone_class_are_told(tmp_path: Path) -> None:
    run = api.run(recipe("openai_chat", min_each=3), data=rows("yes", "yes"), out=tmp_path / "out")
    assert findings(run) == [
        "warning FT354 all answers are 'yes'; a classifier needs examples of two classes at least",
        "advice FT353 1 of 1 classes have fewer than 3 examples: yes (2); collect more, or set another 'min_each'",
    ]


def test_answers_that_are_no_labels_make_no_table(tmp_path: Path) -> None:
    run = api.run(recipe("openai_chat", most=2), data=rows("a", "b", "c", "d"), out=tmp_path / "out")
    assert findings(run) == [
        "warning FT356 there are more than 2 different answers, so they are no labels; leave the check 'labels' out of "
        "this recipe"
    ]
    assert "openai_chat" not in run.manifest["figures"]


def test_the_same_text_with_two_labels_is_told_at_its_first_place(tmp_path: Path) -> None:
    data = [{"q": "same", "a": "yes"}, {"q": "other", "a": "no"}, {"q": "same", "a": "no"}, {"q": "same", "a": "yes"}]
    run = api.run(recipe("openai_chat"), data=data, out=tmp_path / "out")
    (found,) = run.manifest["findings"]
    assert found["places"] == ["data:1"]
    assert findings(run) == [
        "warning FT355 the same text has different labels: no, yes; keep one of them (compare data:3, data:4)"
    ]


def test_equal_labels_of_one_text_are_no_contradiction() -> None:
    met = [Met("train", " yes", Source("f", 1, 1)), Met("validation", "yes", Source("f", 2, 2))]
    assert list(Labels().meet(met, StepRun())) == []


def test_an_empty_label_is_a_drop_with_its_place(tmp_path: Path) -> None:
    source = recipe("openai_chat")
    source["write"] = [{"openai_chat": {"allow_empty": True}}]
    run = api.run(source, data=rows("yes", " ", "no"), out=tmp_path / "out")
    dropped = [json.loads(line) for line in (run.folder / "dropped.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["source"], line["step"], line["reason"]) for line in dropped] == [("data:2", "labels", "empty label")]


def test_without_a_model_the_check_says_what_to_add(tmp_path: Path) -> None:
    source = recipe("openai_chat")
    del source["model"]
    with pytest.raises(RecipeError) as error:
        api.run(source, data=rows("yes"), out=tmp_path / "out")
    assert str(error.value) == "the check 'labels' shows tokens, and needs a model; add 'model:' to the recipe"


def test_the_contract_asks_for_one_token_and_its_probabilities(tmp_path: Path) -> None:
    run = api.run(recipe(), data=rows("positive", "negative", "positive"), out=tmp_path / "out")
    chat = Contract.load(run.folder / "openai_chat")
    assert chat.request(q="Good?") == {
        "max_completion_tokens": 1, "logprobs": True, "top_logprobs": 2,
        "messages": [{"role": "user", "content": "Good?"}],
    }  # fmt: skip
    asker = Contract.load(run.folder / "openai_completion")
    assert asker.request(q="Good?") == {"prompt": "Good? ->", "max_tokens": 1, "logprobs": 2}
    assert asker.decode(" positive") == "positive"


def test_probabilities_are_those_of_the_classes_and_sum_to_one(tmp_path: Path) -> None:
    run = api.run(recipe(), data=rows("positive", "negative"), out=tmp_path / "out")
    asker = Contract.load(run.folder / "openai_completion")
    found = asker.probabilities({" positive": -0.6931471805599453, " negative": -2.0794415416798357, " maybe": -1.0})
    assert found == {"positive": pytest.approx(0.8), "negative": pytest.approx(0.2)}
    assert list(found) == ["positive", "negative"]
    with pytest.raises(DataError) as error:
        asker.probabilities({" maybe": -1.0})
    assert str(error.value) == (
        "none of the tokens begins a label; the labels begin with ' negative', ' positive'; ask for more log "
        "probabilities"
    )


def test_the_contract_of_a_recipe_without_the_check_knows_no_labels(tmp_path: Path) -> None:
    source = {key: value for key, value in recipe().items() if key != "check"}
    run = api.run(source, data=rows("yes"), out=tmp_path / "out")
    with pytest.raises(DataError) as error:
        Contract.load(run.folder / "openai_chat").probabilities({"yes": 0.0})
    assert str(error.value) == (
        "this contract knows no labels; put the check 'labels' into the recipe and run it again"
    )


def test_codes_are_written_and_the_contract_gives_the_names_back(tmp_path: Path) -> None:
    source = recipe()
    source["transform"].insert(0, {"labels": {"column": "a", "codes": {"refund": 1, "billing": 2}}})
    run = api.run(source, data=rows("refund", "billing", "praise"), out=tmp_path / "out")
    lines = [json.loads(line) for line in run.files["openai_completion"]["train"].read_text("utf-8").splitlines()]
    assert [line["completion"] for line in lines] == [" 1", " 2"]
    for output in ("openai_chat", "openai_completion"):
        asker = Contract.load(run.folder / output)
        assert [asker.decode(" 2"), asker.decode("1"), asker.decode("praise")] == ["billing", "refund", "praise"]
    chat = Contract.load(run.folder / "openai_chat")
    assert chat.probabilities({"1": -0.1, "2": -5.0})["refund"] == pytest.approx(0.9926, abs=1e-4)


CODES = {"refund": 1, "Billing": 2}


@pytest.mark.parametrize(
    ("name", "options", "made"),
    [
        pytest.param("refund", {}, "1", id="known"),
        pytest.param(" refund ", {}, "1", id="padded"),
        pytest.param("billing", {}, Drop("label not in the codebook", "'billing'; did you mean 'Billing'?"), id="case"),
        pytest.param(" BILLING", {"normalise": True}, "2", id="normalised"),
        pytest.param("", {}, Drop("empty label", "column 'c'"), id="empty"),
        pytest.param(None, {}, Drop("empty label", "column 'c'"), id="none"),
        pytest.param("other", {"otherwise": "keep"}, "other", id="kept"),
    ],
)
def test_a_name_becomes_its_code_or_a_drop(name: Any, options: dict[str, Any], made: Any) -> None:
    step = Codebook.model_validate({"column": "c", "codes": CODES, **options})
    outcome = step.apply(Example(fields={"c": name}))
    assert (outcome.fields["c"] if isinstance(outcome, Example) else outcome) == made


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        pytest.param({"a": 1, "b": "1"}, "the code '1' stands for a and b; give each a code of its own", id="twice"),
        pytest.param({"a": " "}, "a code is empty; give each class a code", id="empty"),
    ],
)
def test_codes_that_cannot_be_told_apart_are_refused(codes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as error:
        Codebook.model_validate({"column": "c", "codes": codes})
    assert error.value.errors()[0]["msg"] == f"Value error, {says}"


def classes(answers: dict[str, int], **options: Any) -> dict[str, Any]:
    data = rows(*[answer for answer, times in answers.items() for _ in range(times)])
    return {"recipe": recipe("openai_chat") | {"check": [{"classes": options}]}, "data": data}


def test_the_classes_have_shares_and_a_baseline(tmp_path: Path) -> None:
    made = classes({"ham": 13, "spam": 2})
    del made["recipe"]["model"]
    run = api.run(made["recipe"], data=made["data"], out=tmp_path / "out")
    assert run.manifest["figures"]["openai_chat"]["classes"] == {
        "examples": 15,
        "classes": 2,
        "baseline": 0.8667,
        "most_frequent": "ham",
        "table": [
            {"label": "ham", "examples": 13, "share": "86.7%"},
            {"label": "spam", "examples": 2, "share": "13.3%"},
        ],
        "contradictions": 0,
        "splits": {"train": {"ham": 13, "spam": 2}},
    }
    assert findings(run) == [
        "advice FT357 always 'ham' is right in 86.7%: so much accuracy costs nothing; compare what the tuned model "
        "reaches with it"
    ]


def test_with_a_model_the_classes_have_tokens(tmp_path: Path) -> None:
    made = classes({"baseball": 4, "hockey": 3})
    run = api.run(made["recipe"], data=made["data"], out=tmp_path / "out")
    table = run.manifest["figures"]["openai_chat"]["classes"]["table"]
    assert [row["tokens"] for row in table] == [["base", "ball"], ["h", "ockey"]]
    assert [found["code"] for found in run.manifest["findings"]] == ["FT350", "FT357"]


NO_LABELS = {
    "a third as many answers as examples": {"ham": 5, "spam": 1},
    "a long answer": {"ham": 9, "spam": 9, "x" * 101: 1},
    "more than the most": {"a": 9, "b": 9, "c": 9},
}


@pytest.mark.parametrize("answers", NO_LABELS.values(), ids=NO_LABELS)
def test_of_answers_that_are_no_labels_nothing_is_told(tmp_path: Path, answers: dict[str, int]) -> None:
    made = classes(answers, most=2)
    run = api.run(made["recipe"], data=made["data"], out=tmp_path / "out")
    assert (run.manifest["figures"], findings(run)) == ({}, [])


def test_contradictions_are_told_only_where_answers_are_labels(tmp_path: Path) -> None:
    source = recipe("openai_chat") | {"check": ["classes"]}
    data = [{"q": "same", "a": "yes"}, *rows("yes", "no", "yes", "no", "no"), {"q": "same", "a": "no"}]
    run = api.run(source, data=data, out=tmp_path / "labels")
    assert findings(run)[0] == ("warning FT355 the same text has different labels: no, yes; keep one of them")
    assert run.manifest["findings"][0]["places"] == ["data:1", "data:7"]
    run = api.run(source, data=[*data, {"q": "Why?", "a": "Because " * 20}], out=tmp_path / "texts")
    assert findings(run) == []


def test_conversations_of_several_answers_have_no_classes() -> None:
    assert Classes().look(Example(messages=(Message("assistant", "yes"), Message("assistant", "no")))) == ""


def test_variants_of_a_label_are_mended_to_the_most_frequent(tmp_path: Path) -> None:
    made = classes({"Spam": 4, "SPAM": 2, "spam ": 1, "ham": 3})
    labels = labels_of(Counter(row["a"] for row in made["data"]), StepRun())
    (found,) = [one for one in Classes().plain_findings(labels) if one.code == "FT352"]
    assert found.fix == Fix(
        change="Write 'Spam' for the label 'SPAM', 'spam '",
        transform=({"relabel": {"values": {"Spam": "Spam", "SPAM": "Spam", "spam": "Spam"}}},),
    )
    source = made["recipe"]
    source["transform"] += list(found.fix.transform)
    run = api.run(source, data=made["data"], out=tmp_path / "out")
    table = run.manifest["figures"]["openai_chat"]["classes"]["table"]
    assert [(row["label"], row["examples"]) for row in table] == [("Spam", 7), ("ham", 3)]


@pytest.mark.parametrize(
    ("role", "text", "made"),
    [
        pytest.param("assistant", "SPAM", " spam", id="whole_answer"),
        pytest.param("assistant", " SPAM \n", " spam", id="white_space_at_its_ends"),
        pytest.param("assistant", "SPAM!", "SPAM!", id="other_answer"),
        pytest.param("user", "SPAM", "SPAM", id="prompt"),
    ],
)
def test_relabel_writes_whole_answers_anew(role: Any, text: str, made: str) -> None:
    outcome = Relabel(values={"SPAM": " spam"}).apply(Example(messages=(Message(role, text),)))
    assert isinstance(outcome, Example)
    assert outcome.messages[0].content == made


def test_the_baseline_of_real_messages_is_the_share_of_ham(shared_data: Path, tmp_path: Path) -> None:
    lines = (shared_data / "classify_sms_spam" / "sms.tsv").read_text(encoding="utf-8").split("\n")
    data = [dict(zip(("a", "q"), line.split("\t", 1), strict=True)) for line in lines if line]
    source = recipe("openai_chat") | {"check": ["classes"]}
    figures = api.run(source, data=data, out=tmp_path / "out").manifest["figures"]["openai_chat"]["classes"]
    assert (figures["examples"], figures["classes"], figures["baseline"]) == (2690, 2, 0.8669)
    assert [(row["label"], row["examples"]) for row in figures["table"]] == [("ham", 2332), ("spam", 358)]
