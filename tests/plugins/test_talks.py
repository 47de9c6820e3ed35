"""`split_talks` and the steps after it: a log becomes conversations, and nothing that was said is lost."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import ftprep
from ftprep import Drop, Example, Message, RecipeError, Row, StepRun
from ftprep_talks.lines import DropSystemLines
from ftprep_talks.mentions import Mentions
from ftprep_talks.pauses import apart, day_of, seconds_of
from ftprep_talks.roles import Roles
from ftprep_talks.split import SplitTalks
from ftprep_talks.turns import MergeTurns, MinTurns

COLUMNS = ["talk", "time", "speaker", "text", "id", "reply_to", "kind"]


def row(speaker: str = "Ann", text: str = "Hi", time: str = "", **more: str) -> Row:
    return {**dict.fromkeys(COLUMNS, ""), "kind": "message", "time": time, "speaker": speaker, "text": text, **more}


def step(**options: object) -> SplitTalks:
    made = SplitTalks.model_validate_json(json.dumps(options), strict=True).bind(COLUMNS)
    assert isinstance(made, SplitTalks)
    return made


def said(*pairs: tuple[str, str], **more: object) -> Example:
    return Example(messages=tuple(Message("user", text, name) for name, text in pairs), **more)  # type: ignore[arg-type]


def told(outcome: object) -> list[tuple[str, str]]:
    assert isinstance(outcome, Example)
    return [(message.role, message.text) for message in outcome.messages]


# -- split_talks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "seconds"), [("45s", 45), ("30m", 1800), ("1h", 3600), ("1.5 h", 5400), ("2d", 172800)]
)
def test_a_gap_is_a_number_with_a_unit(gap: str, seconds: float) -> None:
    assert seconds_of(gap) == seconds


@pytest.mark.parametrize("gap", ["", "1", "h", "0h", "1w", "-1h"])
def test_another_gap_is_refused_with_an_example(gap: str) -> None:
    with pytest.raises(ValueError) as raised:
        seconds_of(gap)
    example = "give a number with its unit, such as 45s, 30m, 1h or 2d"
    assert str(raised.value) == f"'{gap}' is no time between two messages; {example}"


def test_times_with_and_without_an_offset_are_compared_as_they_read() -> None:
    assert apart("2026-05-01T09:00:00Z", "2026-05-01T11:00:00+02:00") == 0
    assert apart("2026-05-01T09:00:00", "2026-05-01T08:59:00Z") == 60
    assert apart("", "2026-05-01T08:59:00Z") is None
    assert apart("yesterday", "2026-05-01T08:59:00Z") is None


def test_a_day_is_the_logs_own_unless_a_zone_is_given() -> None:
    from zoneinfo import ZoneInfo

    berlin = ZoneInfo("Europe/Berlin")
    assert day_of("2026-05-01T23:30:00Z", None) == "2026-05-01"
    assert day_of("2026-05-01T23:30:00Z", berlin) == "2026-05-02"
    assert day_of("2026-05-01T23:30:00", berlin) == "2026-05-01"
    assert day_of("", berlin) == ""


DAY = "2026-05-01T"
CUTS = {
    "an hour, which is the default": ({}, ["09:00:00", "10:00:00", "11:00:01"], [2]),
    "what is given": ({"gap": "5m"}, ["09:00:00", "09:05:00", "09:10:01"], [2]),
    "a row that is older counts as it is apart": ({"gap": "5m"}, ["09:00:00", "08:58:00", "08:00:00"], [2]),
    "no time is no silence": ({"gap": "5m"}, ["09:00:00", "", "23:00:00"], []),
}


@pytest.mark.parametrize("case", CUTS.values(), ids=CUTS)
def test_a_silence_ends_a_conversation(case: tuple[dict[str, str], list[str], list[int]]) -> None:
    options, times, ends = case
    rows = [row(time=f"{DAY}{time}" if time else "") for time in times]
    assert step(**options).ends(rows) == ends


def test_another_talk_is_another_conversation_whatever_the_time() -> None:
    rows = [row(talk="a"), row(talk="a"), row(talk="b")]
    assert [step(**options).ends(rows) for options in ({}, {"by": "talk"}, {"by": "day"})] == [[2], [2], [2]]


def test_by_day_midnight_ends_a_conversation_and_a_silence_only_if_asked() -> None:
    times = ["2026-05-01T01:00:00", "2026-05-01T23:59:00", "2026-05-02T00:00:00"]
    rows = [row(time=time) for time in times]
    assert (step(by="day").ends(rows), step(by="day", gap="1h").ends(rows)) == ([2], [1, 2])


def test_a_thread_is_a_message_with_all_replies_to_it_and_to_those() -> None:
    made = step(by="thread")
    rows = [row(id="1"), row(id="2"), row(id="3", reply_to="1"), row(id="4", reply_to="3"), row(id="5", reply_to="2")]
    rows += [row(id="6", reply_to="gone"), row(id="7", reply_to="gone"), row(id="8", talk="other", reply_to="1"), row()]
    keys = [made.key(each) for each in rows]
    assert [keys.index(key) if key is not None else None for key in keys] == [0, 1, 0, 0, 1, 5, 5, 7, None]
    assert [made.key(each) for each in reversed(rows)] == keys[::-1]
    assert made.scattered()


def test_a_conversation_has_speakers_texts_and_what_all_its_rows_share() -> None:
    rows = [
        row("Ann", "Hi", subject="s", x="1"),
        row("", "Bo joined", kind="system"),
        row("Bo", "", subject="s", x="1"),
    ]
    rows += [row("Bo", " Yes. ", subject="s", x="2")]
    made = step().make([{"subject": "s", "x": "1", **each} for each in rows])
    assert made == [
        Example(
            {"talk": "", "subject": "s", "speakers": ["Ann", "Bo"]},
            (Message("user", "Hi", "Ann"), Message("user", " Yes. ", "Bo")),
        ),
        Drop("said by nobody", row=1),
        Drop("no text", row=2),
    ]


def test_what_nobody_says_is_no_conversation() -> None:
    assert step().make([row("", "x")]) == Drop("said by nobody")
    assert step().make([row(text=" "), row(text="")]) == Drop("no text")
    assert step().make([row(text=" "), row("", "x")]) == Drop("nobody says anything")


def test_talks_and_threads_are_groups_of_the_split_and_others_are_not() -> None:
    rows = [row(talk="a", id="7")]
    groups = [step(**options).make(rows).group for options in ({"by": "talk"}, {"by": "thread"}, {}, {"by": "day"})]  # type: ignore[union-attr]
    assert groups == ["a", "a\t7", "", ""]


WRONG = {
    "gap with thread": (
        {"by": "thread", "gap": "1h"},
        "'gap' does not go with by: thread, whose messages may be days apart; leave one of them out",
    ),
    "scattered with a gap": (
        {"by": "talk", "gap": "1h", "scattered": True},
        "'scattered' goes with by: talk alone; leave it out, or the gap",
    ),
    "scattered alone": ({"scattered": True}, "'scattered' goes with by: talk alone; leave it out, or the gap"),
    "zone without day": ({"zone": "UTC"}, "'zone' goes with by: day; leave it out"),
    "no such zone": (
        {"by": "day", "zone": "Mars/Base"},
        "'Mars/Base' is no time zone that is known here; give one such as Europe/Berlin",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_a_mix_of_options_is_refused(case: tuple[dict[str, object], str]) -> None:
    options, message = case
    with pytest.raises(ValidationError) as raised:
        step(**options)
    assert [error["msg"] for error in raised.value.errors()] == [f"Value error, {message}"]


def test_a_column_that_is_missing_is_named_with_those_there_are() -> None:
    with pytest.raises(RecipeError) as raised:
        SplitTalks().bind(["talk", "txt", "speaker"])
    assert [(problem.message, problem.hint) for problem in raised.value.problems] == [
        ("split_talks: no column 'time'; the columns are: talk, txt, speaker", "bring the column there with 'rename'"),
        ("split_talks: no column 'text'; the columns are: talk, txt, speaker", "did you mean 'txt'?"),
    ]


MINUTES = st.lists(st.integers(-30, 400), max_size=30)


@given(MINUTES, st.sampled_from([{}, {"gap": "2h"}, {"by": "day"}, {"by": "talk"}, {"by": "talk", "gap": "3h"}]))
def test_conversations_are_a_partition_of_the_rows_in_their_order(steps: list[int], options: dict[str, str]) -> None:
    """Every row is in one conversation, and neighbours are parted only where `same` says so."""
    rows, minutes = [], 0
    for n, minute in enumerate(steps):
        minutes = abs(minutes + minute)
        time = f"2026-05-{1 + minutes // 1440 % 28:02d}T{minutes // 60 % 24:02d}:{minutes % 60:02d}:00"
        rows.append(row(f"p{n % 3}", str(n), time, talk=str(minutes // 2000)))
    made = step(**options)
    ends = [*made.ends(rows), len(rows)] if rows else []
    texts = []
    for start, end in zip([0, *ends], ends, strict=False):
        example = made.make(rows[start:end])
        assert isinstance(example, Example)
        texts += [message.text for message in example.messages]
    assert texts == [each["text"] for each in rows]


@pytest.mark.files
@pytest.mark.parametrize("by", [{}, {"by": "thread"}, {"by": "talk", "scattered": True}], ids=str)
def test_the_result_is_the_same_whatever_the_size_of_parts(by: dict[str, object], tmp_path: Path) -> None:
    rows = [
        row(f"p{n % 3}", f"text {n}", f"2026-05-{1 + n // 400:02d}T{n // 20 % 20:02d}:{n % 20:02d}:00", id=str(n),
            reply_to=str(n // 7 * 7) if n % 7 else "", talk=str(n % 5) if by.get("scattered") else "")
        for n in range(2000)
    ]  # fmt: skip
    path = tmp_path / "log.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in rows), encoding="utf-8", newline="\n")
    transform = [{"split_talks": by}, "merge_turns", {"roles": "answers"}, {"anonymise": {"names": ["p1"]}}]
    recipe = {
        "version": 1,
        "name": "log",
        "read": {"jsonl": str(path)},
        "transform": transform,
        "write": ["openai_chat"],
    }
    made = []
    for part_rows in (7, 997, 100_000):
        result = ftprep.run(recipe, out=tmp_path / f"out{part_rows}", part_rows=part_rows)
        assert result.counts["read"] == result.counts["used"] + result.counts["dropped"] == 2000
        made.append(result.files["openai_chat"]["train"].read_bytes())
    assert made[0] == made[1] == made[2] != b""


# -- drop_system_lines ----------------------------------------------------------------------------------------------


def test_system_lines_go_each_with_its_reason() -> None:
    kinds = ["message", "system", "deleted", "media", "other"]
    rows = [Example(row(kind=kind)) for kind in kinds]
    reasons = [
        getattr(DropSystemLines(kinds=["system", "deleted", "media"]).apply(each), "reason", "") for each in rows
    ]
    assert reasons == ["", "system line", "deleted message", "attachment without text", ""]
    assert [isinstance(DropSystemLines().apply(each), Drop) for each in rows] == [False, True, True, False, False]


def test_conversations_have_no_system_lines_to_drop() -> None:
    with pytest.raises(RecipeError) as raised:
        DropSystemLines().apply(said(("Ann", "Hi")))
    assert str(raised.value) == "'drop_system_lines' works on single rows; put it before 'split_talks'"


# -- merge_turns, min_turns -----------------------------------------------------------------------------------------

TALK = st.lists(st.tuples(st.sampled_from(["Ann", "Bo", "Cy"]), st.text(min_size=1, max_size=8)), max_size=12)


@given(TALK)
def test_merging_keeps_all_text_and_no_speaker_follows_himself(talk: list[tuple[str, str]]) -> None:
    merged = MergeTurns().apply(said(*talk))
    assert "\n".join(message.text for message in merged.messages) == "\n".join(text for _, text in talk)
    names = [message.name for message in merged.messages]
    assert all(one != other for one, other in pairwise(names))
    assert MergeTurns().apply(merged) == merged


def test_merged_messages_are_counted() -> None:
    run = StepRun()
    MergeTurns().start(run)(said(("Ann", "a"), ("Ann", "b"), ("Ann", "c"), ("Bo", "d")))
    assert run.tallies == {"merged into the message before": 2}


def test_short_talks_go() -> None:
    assert MinTurns(turns=2).apply(said(("Ann", "a"))) == Drop("too few turns", "1 of at least 2")
    assert MinTurns(turns=1).apply(said(("Ann", "a"))) == said(("Ann", "a"))


# -- roles ----------------------------------------------------------------------------------------------------------


@given(TALK, st.sampled_from(["Ann", ["Bo", "Cy"], "answers"]), st.booleans())
def test_user_and_assistant_take_turns_and_the_user_is_first(
    talk: list[tuple[str, str]], assistant: str | list[str], named: bool
) -> None:
    outcome = Roles(assistant=assistant, named=named).apply(said(*talk))
    if isinstance(outcome, Drop):
        return
    assert isinstance(outcome, Example)
    roles = [message.role for message in outcome.messages]
    assert roles == ["user", "assistant"] * (len(roles) // 2) and roles


@given(TALK)
def test_what_roles_leaves_out_is_counted(talk: list[tuple[str, str]]) -> None:
    run = StepRun()
    outcome = Roles(assistant="Ann").start(run)(said(*talk))
    if isinstance(outcome, Example):
        assert len(outcome.messages) + sum(run.tallies.values()) == len(talk)


def test_the_assistant_is_found_however_the_name_is_written() -> None:
    outcome = Roles(assistant="ann  LEE").apply(said(("Bo", "Hi"), ("\u200eAnn Lee", "Hello")))
    assert told(outcome) == [("user", "Hi"), ("assistant", "Hello")]


def test_users_of_a_group_can_be_told_apart_by_their_names() -> None:
    talk = said(("Bo", "Hi"), ("Cy", "So?"), ("Ann", "Hello"))
    assert told(Roles(assistant="Ann", named=True).apply(talk)) == [("user", "Bo: Hi\nCy: So?"), ("assistant", "Hello")]


DROPS = {
    "no assistant": (("Bo", "Cy"), {}, "the assistant says nothing"),
    "alone": (("Ann", "Ann"), {}, "nobody but the assistant speaks"),
    "no answer": (("Ann", "Bo"), {}, "the assistant answers nobody"),
    "twice": (("Bo", "Bo", "Ann"), {"repeats": "drop"}, "one role speaks twice in a row"),
}


@pytest.mark.parametrize("case", DROPS.values(), ids=DROPS)
def test_a_talk_without_question_and_answer_is_dropped(case: tuple[tuple[str, ...], dict[str, str], str]) -> None:
    names, options, reason = case
    roles = Roles.model_validate({"assistant": "Ann", **options})
    assert roles.apply(said(*((name, "x") for name in names))) == Drop(reason)


# -- mentions -------------------------------------------------------------------------------------------------------

MENTIONS = {
    "a name": ("Thanks @Bo!", "Thanks Bo!", "Thanks !"),
    "a speaker of two words": ("@Ann Lee yes", "Ann Lee yes", "yes"),
    "marks around it": ("so \u2066@\u2068Zoe X\u2069", "so \u2066Zoe X", "so \u2066"),
    "a number that is known": ("@491701 come", "Bo come", "come"),
    "a code": ("<@U12> and <@!77|kim>", "U12 and kim", "and"),
    "an address": ("write to a@example.org", "write to a@example.org", "write to a@example.org"),
    "a link": ("https://x.example/@bo", "https://x.example/@bo", "https://x.example/@bo"),
}


@pytest.mark.parametrize("case", MENTIONS.values(), ids=MENTIONS)
def test_mentions_become_names_or_go(case: tuple[str, str, str]) -> None:
    text, named, gone = case
    people = {"491701": "Bo"}
    assert told(Mentions(people=people).apply(said(("Ann Lee", text)))) == [("user", named)]
    assert told(Mentions(people=people, to="nothing").apply(said(("Ann Lee", text)))) == [("user", gone)]
    before = Mentions().apply(Example(row(text="Hi @Bo")))
    assert before.fields["text"] == "Hi Bo"
