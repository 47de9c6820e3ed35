"""Models asked the rows that a run held out: what they are asked, and how their answers are judged."""

from __future__ import annotations

import json
import math
import re

import pandas
import pytest
from speaker import Patience, Voice, asked, speaker_registry

import ftprep
from ftprep import Answer, DataError, RecipeError, RemoteError
from ftprep.remote.compare_page import summary
from ftprep.remote.heldout import Trained
from ftprep.remote.judging import classes_of, positive_of
from ftprep.remote.ledger import JobEntry, Ledger, Service
from ftprep.remote.reaching import Reach

pytestmark = pytest.mark.files

MOODS = [(f"a text of {mood} number {n}", mood) for mood in ("good", "bad") for n in range(12)]


def make(folder, data, *, check=(), write="openai_chat", split="split", **more):
    """A run whose rows say themselves which split they are of."""
    source = {
        "version": 1, "name": "mood", "model": "gpt-4.1-mini", "transform": [{"chat": {"user": "{text}",
        "assistant": "{mood}"}}], "write": write, **({"check": list(check)} if check else {}), **more,
    }  # fmt: skip
    if split:
        source["split"] = {"from": split}
    return ftprep.run(source, data=data, out=folder / "out" / "mood").folder


def rows(pairs, held="validation", every=3):
    return [
        {"text": text, "mood": mood, "split": held if n % every == 0 else "train"}
        for n, (text, mood) in enumerate(pairs)
    ]


@pytest.fixture
def moods(tmp_path):
    """A run of a classifier: 8 rows are held out, 4 of each class."""
    return make(tmp_path, rows(MOODS), check=[{"labels": {"min_each": 1}}])


def right(question) -> str:
    return "good" if "good" in asked(question) else "bad"


def chances(good: float) -> dict[str, float]:
    return {"good": math.log(good), "bad": math.log(1 - good), "the": -9.0}


def judge(question):
    """The base model calls two of the good rows bad; the tuned one is right but for one, and says how sure it is."""
    n = int(re.findall(r"\d+", asked(question))[0])
    if question.model == "base":
        return Answer(text="bad" if n in (0, 3) else right(question), tokens=(9, 1), finish="stop")
    said = "good" if n == 9 else right(question)
    return Answer(text=said, logprobs=chances(0.9 if said == "good" else 0.2), tokens=(9, 1), finish="stop")


def compared(run, voice, tmp_path, models=("base", "tuned"), **more):
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        session = Patience().session((tmp_path / "state").as_posix())
        return ftprep.compare(
            list(models), run, registry=speaker_registry(voice), session=session, ledger=ledger, via="speaker", **more
        )


def test_classifiers_are_judged_by_the_same_rows(moods, tmp_path) -> None:
    found = compared(moods, Voice(judge), tmp_path)
    base, tuned = found.judged
    assert (found.split, found.classes, found.positive) == ("validation", ("bad", "good"), "bad")
    assert [(one.model, one.rows, one.right, one.exact) for one in found.judged] == [
        ("base", 8, 6, 0.75), ("tuned", 8, 7, 0.875),
    ]  # fmt: skip
    assert base.classes.confusion == ((4, 0, 0), (2, 2, 0))
    assert tuned.classes.confusion == ((3, 1, 0), (0, 4, 0))
    assert (base.areas, base.threshold, base.with_probabilities) == ((), None, 0)
    (area,) = tuned.areas
    assert (area.name, area.share, tuned.with_probabilities) == ("bad", 0.5, 8)
    assert area.auroc.value == pytest.approx((3 * 4 + 0.5 * 4) / 16)
    assert (tuned.threshold.precision, tuned.threshold.recall) == (1.0, 0.75)
    assert tuned.threshold.threshold == pytest.approx(0.8)
    assert [found.rows[n].line for n in found.changed("tuned")] == [8]
    assert [found.rows[n].line for n in found.changed("tuned", better=True)] == [1, 2]
    assert found.problems == ()


def test_models_are_asked_as_the_contract_says_and_nothing_twice(moods, tmp_path) -> None:
    voice = Voice(judge)
    compared(moods, voice, tmp_path, models=["tuned"], params={"temperature": 0})
    first = min(voice.questions, key=lambda question: int(re.findall(r"\d+", asked(question))[0]))
    assert dict(first.arguments) == {
        "messages": [{"role": "user", "content": "a text of good number 0"}], "max_completion_tokens": 1,
        "logprobs": True, "top_logprobs": 2, "temperature": 0,
    }  # fmt: skip
    assert (first.model, first.shape, len(voice.questions), voice.closed) == ("tuned", "chat", 8, 1)
    compared(moods, voice, tmp_path, models=["tuned", "tuned"], params={"temperature": 0})
    assert len(voice.questions) == 8
    compared(moods, voice, tmp_path, models=["tuned"], params={"temperature": 1})
    assert len(voice.questions) == 16


def test_the_frame_the_file_and_the_page_hold_all_answers(moods, tmp_path) -> None:
    found = compared(moods, Voice(judge), tmp_path)
    frame = found.to_pandas()
    assert list(frame.columns) == [
        "file", "line", "asked", "wanted", "base: answer", "base: right", "tuned: answer", "tuned: right",
        "tuned: p(bad)", "tuned: p(good)",
    ]  # fmt: skip
    assert isinstance(frame, pandas.DataFrame) and frame["tuned: right"].sum() == 7
    page = found.report()
    assert page == found.path
    assert page.parent == tmp_path / "out" / "mood.results"
    assert re.fullmatch(r"compare-tuned-[0-9a-f]{6}\.html", page.name)
    told = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert told == json.loads(json.dumps(found.as_json()))
    assert (told["worse"]["tuned"], told["compared"]) == (
        [f"{(moods / 'openai_chat' / 'validation.jsonl').as_posix()}:8"],
        8,
    )
    file = (moods / "openai_chat" / "validation.jsonl").as_posix()
    assert len(told["samples"]["base"]) == 8
    assert told["rows"][0] == {"file": file, "line": 1, "asked": "a text of good number 0", "wanted": "good"}
    assert told["samples"]["base"][0] == {
        "answer": "bad", "text": "bad", "right": False, "probabilities": {}, "finish": "stop", "tokens": [9, 1],
        "error": None,
    }  # fmt: skip
    html = page.read_text(encoding="utf-8")
    assert "Wrong now: 1 of 8 rows" in html and "<script" not in html
    assert str(summary(found)) in html and str(summary(found)) in found._repr_html_()
    assert found.report(tmp_path / "else.html") == tmp_path / "else.html"


def test_texts_are_judged_by_being_the_same_and_their_length(tmp_path) -> None:
    pairs = [(f"question {n}", f"answer {n} in several words") for n in range(9)]
    run = make(tmp_path, rows(pairs, "test"))

    def say(question):
        n = asked(question).split()[1]
        text = f"answer {n} in several words" if question.model == "tuned" or n == "0" else "<script>alert(1)</script>"
        return Answer(text=f" {text}\n", finish="length" if n == "3" else "stop")

    found = compared(run, Voice(say), tmp_path)
    base, tuned = found.judged
    assert (found.split, found.classes, found.positive) == ("test", (), None)
    assert (base.right, tuned.right, base.classes, tuned.tokens, base.cut) == (1, 3, None, None, 1)
    assert tuned.characters == len("answer 0 in several words")
    html = found.report().read_text(encoding="utf-8")
    assert "<script" not in html and "&lt;script&gt;alert(1)" in html


def test_calls_of_tools_are_compared_by_what_they_say(tmp_path) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "look", "arguments": '{"b": 1, "a": "ü"}'}}
    tool = {"type": "function", "function": {"name": "look", "parameters": {}}}
    line = {
        "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": [call]}],
        "tools": [tool],
    }
    source = {"version": 1, "name": "t", "transform": [{"messages": {"column": "messages", "tools": "tools"}}],
              "write": "openai_chat"}  # fmt: skip
    run = ftprep.run(source, data=[line], out=tmp_path / "out" / "t").folder
    other = {**call, "id": "2", "function": {"name": "look", "arguments": '{"a":"ü","b":1}'}}
    found = compared(run, Voice(lambda question: Answer(text="", tool_calls=(other,))), tmp_path, split="train")
    assert found.rows[0].wanted == 'look {"a": "ü", "b": 1}'
    assert found.judged[0].right == 1


def test_rows_without_an_answer_are_named_and_do_not_count(moods, tmp_path) -> None:
    def say(question):
        n = int(re.findall(r"\d+", asked(question))[0])
        if question.model == "tuned" and n in (0, 3):
            raise RemoteError("the prompt is refused", hint="ask otherwise")
        return judge(question)

    found = compared(moods, Voice(say), tmp_path)
    file = (moods / "openai_chat" / "validation.jsonl").as_posix()
    assert [str(problem) for problem in found.problems] == [
        f"{file}:1: tuned gave no answer, to this and 3 more: the prompt is refused; ask otherwise"
    ]
    assert [one.rows for one in found.judged] == [4, 4]
    assert len(found.compared) == 4 and len(found.rows) == 8
    assert "4 of 8 rows were not answered by all models" in found.report().read_text(encoding="utf-8")


def raises(kind, call) -> str:
    with pytest.raises(kind) as raised:
        call()
    return str(raised.value)


def test_a_model_that_answers_nothing_is_named(moods, tmp_path) -> None:
    def say(question):
        if question.model == "tuned":
            raise RemoteError("there is no such model", hint="look it up", kind="missing")
        return judge(question)

    says = raises(RemoteError, lambda: compared(moods, Voice(say), tmp_path))
    assert says == "tuned: there is no such model; look it up"


def test_rows_that_were_trained_with_are_compared_only_where_that_is_said(tmp_path) -> None:
    run = make(tmp_path, [{"text": t, "mood": m} for t, m in MOODS], split="")
    folder = (run / "openai_chat").as_posix()
    assert raises(RecipeError, lambda: compared(run, Voice(judge), tmp_path)) == (
        f"{folder}: the run held no rows out; "
        "run the recipe again with 'split: {validation: 10%}', or name --split train"
    )
    found = compared(run, Voice(judge), tmp_path, split="train", rows=6)
    assert [str(problem) for problem in found.problems] == [
        f"{folder}/train.jsonl: these rows were trained with, so they flatter the tuned model; "
        "compare rows that were held out"
    ]
    assert found.problems[0].level == "warning"
    assert [row.line for row in found.rows] == [1, 5, 9, 13, 17, 21]
    assert found.classes == ("bad", "good")  # few, short, and they come again


WRONG = {
    "a class that is none": (
        {"positive": "god"}, RecipeError, "there is no class 'god'; did you mean 'good'?",
    ),
    "a split that is not there": (
        {"split": "test"},
        DataError,
        "RUN/openai_chat/test.jsonl: cannot be read (no such file or directory); there are: train, validation",
    ),
    "no model": ({"models": []}, RecipeError, "no model is named; name one or several"),
    "an output that is none": ({"output": "openai_chatt"}, RecipeError,
                               "RUN: has no output 'openai_chatt'; did you mean 'openai_chat'?"),
}  # fmt: skip


@pytest.mark.parametrize(("more", "kind", "says"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_compared_is_one_line(moods, tmp_path, more, kind, says) -> None:
    found = raises(kind, lambda: compared(moods, Voice(judge), tmp_path, **more))
    assert found.replace(moods.as_posix(), "RUN") == says


def test_texts_have_no_positive_class(tmp_path) -> None:
    run = make(tmp_path, rows([(f"q {n}", f"a {n}") for n in range(6)]))
    says = raises(RecipeError, lambda: compared(run, Voice(judge), tmp_path, positive="a"))
    assert says == "the answers are no classes, so none is positive; leave --positive out"


def test_a_row_that_was_changed_is_named(moods, tmp_path) -> None:
    path = moods / "openai_chat" / "validation.jsonl"
    path.write_bytes(path.read_bytes().split(b"\n")[0] + b'\n{"messages": 5}\n')
    says = raises(DataError, lambda: compared(moods, Voice(judge), tmp_path))
    assert says.startswith(f"{path.as_posix()}:2: no row of this output: ")
    assert says.endswith("; make it again with 'ftprep run'")


@pytest.mark.parametrize(
    ("labels", "wanted", "classes"),
    [
        pytest.param(["b", "a"], ["a", "z"], ("b", "a", "z"), id="the_contracts"),
        pytest.param([], ["a", "b", "a", "b"], ("a", "b"), id="few_that_come_again"),
        pytest.param([], ["a", "b", "c", "a"], (), id="too_many"),
        pytest.param([], ["a", "a"], (), id="one_alone"),
        pytest.param([], ["a" * 61, "b"] * 4, (), id="too_long"),
    ],
)
def test_answers_are_classes_where_the_contract_says_so_or_they_are_few(labels, wanted, classes) -> None:
    assert classes_of(labels, wanted) == classes


def test_the_rarer_of_two_classes_is_positive() -> None:
    assert positive_of(["a", "b"], ["a", "b", "a"]) == "b"
    assert positive_of(["b", "a"], ["a", "b"]) == "a"
    assert positive_of(["a", "b", "c"], ["a", "b", "c"]) is None


def entry(model, tuned, source, service) -> JobEntry:
    return JobEntry(
        key=f"{model}{tuned}{source}", account="a", fingerprint="f", id="j", state="there", status="succeeded",
        model=model, tuned_model=tuned, sha256="s", source=source, output="", service=service, at=1.0,
    )  # fmt: skip


def test_the_service_is_that_of_the_model_or_the_run_or_the_recipe(tmp_path, moods) -> None:
    here, there = Service("speaker/speaker", {"accent": "here"}), Service("speaker/speaker", {"accent": "there"})
    registry = speaker_registry(Voice())

    def service(model, run=moods, **more):
        with Ledger(tmp_path / "ledger.sqlite") as ledger:
            return Reach(registry=registry, ledger=ledger, **more).service(model, run, ledger)

    assert service("gpt-4.1-mini").name == "openai/openai"
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.keep_job(entry("base", "tuned", "/elsewhere", there))
    assert service("tuned") == there
    assert service("tuned", options={"accent": "odd"}) == Service("speaker/speaker", {"accent": "odd"})
    assert service("tuned", via="mute") == Service("speaker/mute", {})
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.keep_job(entry("base", None, moods.resolve().as_posix(), here))
    assert service("base") == here
    sent = make(tmp_path / "sent", rows(MOODS), upload={"openai": {"base_url": "http://127.0.0.1:9/v1"}})
    assert service("base", sent) == Service("openai/openai", {"base_url": "http://127.0.0.1:9/v1"})
    assert raises(RecipeError, lambda: service("nobodys", tmp_path)).startswith(
        "which service is meant is not known; name it with --via: "
    )


def test_a_service_that_cannot_be_asked_is_refused_before_anything_is_asked(moods, tmp_path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        session = Patience().session((tmp_path / "state").as_posix())
        says = raises(RemoteError, lambda: ftprep.compare(["m"], moods, registry=speaker_registry(Voice()),
                                                          session=session, ledger=ledger, via="mute"))  # fmt: skip
    assert says == "'mute' has no way to ask a model; use what the service itself offers for it"


def sampled(run, voice, tmp_path, *given, **more):
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        session = Patience().session((tmp_path / "state").as_posix())
        return ftprep.sample(
            "tuned",
            run,
            *given,
            registry=speaker_registry(voice),
            session=session,
            ledger=ledger,
            via="speaker",
            **more,
        )


def test_a_sample_is_asked_by_fields_or_messages(moods, tmp_path) -> None:
    (one,) = sampled(moods, Voice(judge), tmp_path, {"text": "a good thing, number 1"})
    assert (one.answer, one.right, one.asked.place, one.tokens) == ("good", None, "1", (9, 1))
    assert one.probabilities == pytest.approx({"good": 0.9, "bad": 0.1})
    made = sampled(moods, Voice(judge), tmp_path, [{"text": "bad 1"}, {"text": "good 2"}])
    assert [one.answer for one in made] == ["bad", "good"]


def test_a_conversation_is_asked_with_its_history(tmp_path) -> None:
    talk = [{"conversation": "1", "Human": f"a{n}", "AI": f"b{n}"} for n in range(4)]
    source = {"version": 1, "name": "talk", "transform": ["conversations", {"window": {"context": 2}}],
              "write": "openai_chat"}  # fmt: skip
    run = ftprep.run(source, data=talk, out=tmp_path / "talk").folder
    voice = Voice()
    said = [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}, {"role": "user", "content": "z"}]
    (one,) = sampled(run, voice, tmp_path, {"messages": said})
    assert one.answer == "tuned: z"
    assert voice.questions[0].arguments["messages"] == said[1:]  # the window is that of training


def test_rows_of_the_run_come_with_the_answer_that_is_wanted(moods, tmp_path) -> None:
    made = sampled(moods, Voice(judge), tmp_path, rows=3)
    assert [(one.asked.line, one.asked.wanted, one.right) for one in made] == [
        (1, "good", True), (2, "good", True), (3, "good", True),
    ]  # fmt: skip
    assert made[0].as_json()["file"] == (moods / "openai_chat" / "validation.jsonl").as_posix()


def test_either_inputs_or_rows_are_asked(moods, tmp_path) -> None:
    says = "what is to be asked is not clear; give either inputs or a number of rows"
    assert raises(RecipeError, lambda: sampled(moods, Voice(), tmp_path)) == says
    assert raises(RecipeError, lambda: sampled(moods, Voice(), tmp_path, {"text": "x"}, rows=1)) == says


def test_an_error_stays_with_its_question_unless_there_is_nothing_else(moods, tmp_path) -> None:
    def say(question):
        if "bad" in asked(question):
            raise RemoteError("no")
        return judge(question)

    good, bad = sampled(moods, Voice(say), tmp_path, [{"text": "good 1"}, {"text": "bad 1"}])
    assert (good.answer, bad.answer, str(bad.error)) == ("good", None, "no")
    assert raises(RemoteError, lambda: sampled(moods, Voice(say), tmp_path, {"text": "bad 1"})) == "no"


def test_an_output_taken_out_of_its_run_can_be_asked(moods, tmp_path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "contract.json").write_bytes((moods / "openai_chat" / "contract.json").read_bytes())
    assert Trained(alone, registry=speaker_registry(Voice())).run == alone
    (one,) = sampled(alone, Voice(judge), tmp_path, {"text": "good 1"})
    assert one.answer == "good"
