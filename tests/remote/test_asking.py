"""Many questions at a time: order, limit, patience, and what is kept."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speaker import Patience, Voice, asked, busy, echo, talking

from ftprep import Answer, FtprepError, PluginError, Question, RemoteError
from ftprep.errors import OutputError
from ftprep.remote.answers import Answers, question_key
from ftprep.remote.asking import HOPELESS, ask_all

pytestmark = pytest.mark.files


def questions(*texts: str, model: str = "m") -> list[Question]:
    return [Question(model=model, arguments={"prompt": text}, shape="completion") for text in texts]


def texts(replies) -> list[str]:
    return [reply.text if isinstance(reply, Answer) else str(reply) for reply in replies]


@pytest.fixture
def cache(tmp_path):
    with Answers(tmp_path / "answers.sqlite", now=lambda: 1_000.0) as kept:
        yield kept


def test_replies_stand_in_the_order_of_the_questions_whatever_comes_first() -> None:
    last_came = threading.Event()

    def say(question):
        if asked(question) == "first":
            assert last_came.wait(10)
        if asked(question) == "last":
            last_came.set()
        return echo(question)

    with talking(Voice(say)) as link:
        found = ask_all(link, questions("first", "middle", "last"), concurrency=2)
    assert texts(found) == ["m: first", "m: middle", "m: last"]


def test_no_more_questions_are_on_their_way_than_allowed() -> None:
    together = threading.Barrier(3, timeout=10)

    def say(question):
        together.wait()
        return echo(question)

    voice = Voice(say)
    with talking(voice) as link:
        ask_all(link, questions(*"abcdef"), concurrency=3)
    assert voice.most == 3


def test_equal_questions_are_asked_once_and_progress_counts_all() -> None:
    voice, told = Voice(), []
    with talking(voice) as link:
        found = ask_all(link, questions("a", "b", "a"), concurrency=1, progress=told.append)
    assert texts(found) == ["m: a", "m: b", "m: a"]
    assert [asked(question) for question in voice.questions] == ["a", "b"]
    assert told == [2, 3]


def test_what_was_answered_is_not_asked_again_unless_it_is_wanted(cache) -> None:
    voice = Voice()
    with talking(voice) as link:
        ask_all(link, questions("a", "b"), cache=cache)
        again = ask_all(link, questions("b", "c"), cache=cache)
        assert sorted(map(asked, voice.questions)) == ["a", "b", "c"]
        assert texts(again) == ["m: b", "m: c"]
        ask_all(link, questions("a"), cache=cache, fresh=True)
        ask_all(link, questions("a"), cache=cache, sample=1)
    assert sorted(map(asked, voice.questions)) == ["a", "a", "a", "b", "c"]


def test_with_all_answers_kept_a_service_need_not_even_answer(cache) -> None:
    with talking(Voice()) as link:
        ask_all(link, questions("a"), cache=cache)

    def say(question):
        raise RemoteError("gone")

    with talking(Voice(say)) as link:
        assert texts(ask_all(link, questions("a"), cache=cache)) == ["m: a"]


def test_a_model_that_is_still_loading_is_asked_again() -> None:
    faults = [busy(), busy()]

    def say(question):
        if faults:
            raise faults.pop()
        return echo(question)

    patience = Patience()
    with talking(Voice(say), patience=patience) as link:
        assert texts(ask_all(link, questions("a"))) == ["m: a"]
    assert patience.waited == [0.5, 1.0]
    assert patience.said == [
        "the model is still loading; trying again in 0.5 s",
        "the model is still loading; trying again in 1 s",
    ]


def test_an_error_stands_in_the_place_of_its_answer_and_the_others_are_kept(cache) -> None:
    def say(question):
        if asked(question) == "bad":
            raise RemoteError("this is refused", hint="ask otherwise")
        return echo(question)

    voice = Voice(say)
    with talking(voice) as link:
        found = ask_all(link, questions("a", "bad", "b"), cache=cache)
        assert texts(found) == ["m: a", "this is refused; ask otherwise", "m: b"]
        ask_all(link, questions("a", "bad", "b"), cache=cache)
    assert sorted(map(asked, voice.questions)) == ["a", "b", "bad", "bad"]


def test_after_equal_errors_in_a_row_nothing_more_is_asked() -> None:
    def say(question):
        raise RemoteError("the key is wrong", hint="give another")

    voice = Voice(say)
    with talking(voice) as link:
        found = ask_all(link, questions(*map(str, range(500))), concurrency=2)
    assert set(texts(found)) == {"the key is wrong; give another"}
    assert len(found) == 500
    assert HOPELESS <= len(voice.questions) <= HOPELESS + 1  # one more may be on its way


def test_errors_that_differ_do_not_end_it() -> None:
    def say(question):
        raise RemoteError(f"no to {asked(question)}")

    with talking(Voice(say)) as link:
        found = ask_all(link, questions(*map(str, range(30))), concurrency=3)
    assert texts(found) == [f"no to {n}" for n in range(30)]


def test_an_interruption_leaves_at_once_and_what_was_answered_is_kept(cache) -> None:
    held = threading.Event()

    def say(question):
        if asked(question) == "never":
            held.wait(10)
        return echo(question)

    def progress(done):
        if done == 2:
            raise KeyboardInterrupt

    voice = Voice(say)
    with talking(voice) as link, pytest.raises(KeyboardInterrupt):
        ask_all(link, questions("never", "a", "b", "c"), cache=cache, concurrency=2, progress=progress)
    held.set()
    again = Voice()
    with talking(again) as link:
        ask_all(link, questions("a", "b"), cache=cache)
    assert again.questions == []


def test_a_fault_of_the_plugin_names_it() -> None:
    def say(question):
        raise ValueError("oops")

    with talking(Voice(say)) as link, pytest.raises(PluginError) as raised:
        ask_all(link, questions("a", "b"))
    assert str(raised.value) == (
        "uploader 'speaker' (plugin 'speaker' of speaker 1) failed in ask: ValueError: oops; "
        "please report this to its maintainer, or leave the step out"
    )


def test_a_service_that_cannot_be_asked_says_so() -> None:
    with talking(Voice(), "mute") as link, pytest.raises(RemoteError) as raised:
        ask_all(link, questions("a"))
    assert str(raised.value) == "'mute' has no way to ask a model; use what the service itself offers for it"


def test_no_question_has_no_answer() -> None:
    with talking(Voice()) as link:
        assert ask_all(link, []) == []


KEYS = {
    "another model": (questions("a", model="n")[0], {}),
    "another prompt": (questions("b")[0], {}),
    "another argument": (Question(model="m", arguments={"prompt": "a", "stop": ["x"]}, shape="completion"), {}),
    "another shape": (Question(model="m", arguments={"prompt": "a"}), {}),
    "another place": (questions("a")[0], {"place": "there"}),
    "another sample": (questions("a")[0], {"sample": 1}),
}


@pytest.mark.parametrize(("question", "more"), KEYS.values(), ids=KEYS)
def test_what_differs_has_another_key(question, more) -> None:
    assert question_key(question, **more) != question_key(questions("a")[0])


def test_the_order_of_arguments_makes_no_other_question() -> None:
    one = Question(model="m", arguments={"prompt": "a", "temperature": 0})
    assert question_key(one) == question_key(Question(model="m", arguments={"temperature": 0, "prompt": "a"}))


@settings(deadline=None, derandomize=True, max_examples=50)
@given(text=st.text(st.characters()), logprobs=st.dictionaries(st.text(max_size=5), st.floats(-50, 0), max_size=5))
def test_an_answer_comes_out_as_it_went_in(tmp_path_factory, text, logprobs) -> None:
    answer = Answer(text=text + "\ud800", tool_calls=({"name": text, "arguments": "{}"},), logprobs=logprobs,
                    finish="stop", tokens=(3, 1))  # fmt: skip
    with Answers(tmp_path_factory.mktemp("cache") / "answers.sqlite") as cache:
        cache.put("k", answer)
        assert cache.get("k") == answer
        assert cache.get("other") is None


def test_the_file_is_for_its_owner_and_holds_no_question(tmp_path) -> None:
    path = tmp_path / "answers.sqlite"
    with Answers(path) as cache, talking(Voice(lambda question: Answer(text="fine"))) as link:
        ask_all(link, questions("a secret question"), cache=cache)
    assert b"secret" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_an_answer_that_comes_too_late_is_left_out(tmp_path) -> None:
    with Answers(tmp_path / "answers.sqlite") as cache:
        pass
    cache.put("k", Answer(text="late"))


def broken(path):
    path.write_bytes(b"this is no database, but long enough to be looked at as one " * 20)


def newer(path):
    base = sqlite3.connect(path)
    base.execute("pragma user_version = 99")
    base.close()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(
            broken,
            "answers.sqlite: the kept answers cannot be used (file is not a database); "
            "delete the file: all is asked again",
            id="broken",
        ),
        pytest.param(newer, "answers.sqlite: holds the answers of a newer ftprep; update ftprep", id="newer"),
    ],
)
def test_a_cache_that_cannot_be_used_says_what_to_do(tmp_path, spoil, says) -> None:
    path = tmp_path / "answers.sqlite"
    spoil(path)
    with pytest.raises(OutputError) as raised:
        Answers(path)
    assert str(raised.value).removeprefix(f"{tmp_path.as_posix()}/") == says
    assert isinstance(raised.value, FtprepError)
