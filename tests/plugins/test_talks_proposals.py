"""`init` on a chat log: who speaks is listed, who is the assistant is asked, and all steps are proposed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import ftprep
from ftprep import Example, Message, RecipeError, Row, StepRun
from ftprep.cli.init import Asker
from ftprep.doctor.data import all_rows, look_at
from ftprep.doctor.examine import examine
from ftprep.doctor.guess import after_all_rows, ways
from ftprep.registry import Registry
from ftprep_talks.language import Language
from ftprep_talks.split import SplitTalks


def row(speaker: str, text: str, time: str = "", **more: str) -> Row:
    columns = dict.fromkeys(["talk", "time", "speaker", "text", "id", "reply_to", "kind"], "")
    return {**columns, "kind": "message", "speaker": speaker, "text": text, "time": time, **more}


def log(days: int = 8) -> list[Row]:
    """Ann asks and Bo answers, each day; Cy speaks only on the last."""
    rows = [row("", "Cy joined", "2026-01-01T08:00:00", kind="system")]
    for day in range(days):
        date = f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}T"
        rows += [
            row("Ann Lee", f"Question {day}, Bo?", f"{date}09:00:00"),
            row("Bo", f"Answer {day}", f"{date}09:01:00"),
        ]
    return [*rows, row("Cy", "I too", rows[-1]["time"])]


def put(folder: Path, rows: list[Row]) -> Path:
    path = folder / "log.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in rows), encoding="utf-8", newline="\n")
    return path


def test_each_speaker_may_be_the_assistant_who_answers_most_first() -> None:
    found = SplitTalks.proposals(log())
    assert [(way.answer, way.told) for way in found] == [
        ("Bo", "8 messages, 8 of them answers"), ("Cy", "1 message, 1 of them answers"),
    ]  # fmt: skip
    first = found[0]
    assert (first.kind, first.options, first.task) == ("messages", {"gap": "1h"}, "chatbot")
    assert first.question == "who is the assistant?" and first.more
    assert [item for item, _ in (*first.before, *first.after)] == [
        "drop_system_lines", "merge_turns", {"roles": {"assistant": "Bo"}},
        {"anonymise": {"names": ["Ann Lee", "Bo", "Cy"]}}, "redact", {"min_turns": 2},
    ]  # fmt: skip
    assert SplitTalks.propose(log()) == first


CUTS = {
    "tickets": ([row("Ann", "a", talk="1"), row("Bo", "b", talk="1"), row("Cy", "c", talk="2")], {"by": "talk"}),
    "tickets that come back": (
        [row("Ann", "a", talk="1"), row("Bo", "b", talk="2"), row("Cy", "c", talk="1")],
        {"by": "talk", "scattered": True},
    ),
    "replies": (
        [row("Ann", "a", id="1"), row("Bo", "b", reply_to="1"), row("Cy", "c", reply_to="1")],
        {"by": "thread"},
    ),
    "no times": ([row("Ann", "a"), row("Bo", "b")], {"by": "talk"}),
}


@pytest.mark.parametrize("case", CUTS.values(), ids=CUTS)
def test_how_a_log_is_cut_goes_by_its_columns(case: tuple[list[Row], dict[str, object]]) -> None:
    rows, options = case
    proposal = SplitTalks.propose(rows)
    assert proposal is not None and proposal.options == options


def test_who_is_called_like_an_assistant_is_not_asked_for() -> None:
    (proposal,) = SplitTalks.proposals([row("user", "Hi"), row("Assistant", "Hello")])
    assert (proposal.question, proposal.after[1][0]) == ("", {"roles": {"assistant": "Assistant"}})
    assert all(item != "anonymise" and "anonymise" not in item for item, _ in proposal.after)


@pytest.mark.parametrize(
    "rows",
    [[{"speaker": "Ann", "text": "a"}] * 2, [row("Ann", "a")] * 2, [row("", "a", kind="system")]],
    ids=["other columns", "one speaker", "nobody"],
)
def test_what_is_no_chat_log_has_no_proposal(rows: list[Row]) -> None:
    assert SplitTalks.proposals(rows) == ()


@pytest.mark.files
def test_the_recipe_has_the_whole_chain_and_the_names_of_the_whole_file(tmp_path: Path) -> None:
    path, out = put(tmp_path, log(100)), tmp_path / "recipe.yaml"
    begun = ftprep.init(path, out=out)
    assert begun.text.partition("transform:\n")[2].partition("\nsplit:")[0] == (
        "  - drop_system_lines            # who joined or left, and what was taken back\n"
        '  - split_talks: {gap: "1h"}\n'
        "  - merge_turns                  # what one speaker writes in a row is one message\n"
        "  - roles: {assistant: Bo}       # all others are users\n"
        "  - anonymise: {names: [Ann Lee, Bo, Cy]} # add whoever else is talked about\n"
        "  - redact                       # e-mail addresses, phone numbers, accounts\n"
        "  - min_turns: 2\n"
        "  - window: {context: 10}        # an example for each answer, with the messages before it\n"
        "  - dedupe                       # equal examples are one\n"
        "\ncheck:\n"
        "  - personal                     # addresses, numbers and secrets in the texts\n"
    )
    made = ftprep.run(out, out=tmp_path / "out")
    assert made.counts["examples"]["openai_chat"] == {"train": 80, "validation": 20}


@pytest.mark.files
def test_the_assistant_may_be_named(tmp_path: Path) -> None:
    path = put(tmp_path, log())
    assert "roles: {assistant: Cy}" in ftprep.init(path, answer="Cy", out=tmp_path / "a.yaml").text
    with pytest.raises(RecipeError) as raised:
        ftprep.init(path, answer="Anne", out=tmp_path / "b.yaml")
    assert str(raised.value) == f"{path}: who is the assistant? 'Anne' is not one of them; known: Bo, Cy"
    (tmp_path / "qa.csv").write_text("question,answer\na,b\n", encoding="utf-8", newline="\n")
    with pytest.raises(RecipeError) as raised:
        ftprep.init(tmp_path / "qa.csv", answer="Ann", out=tmp_path / "c.yaml")
    said = "--answer: nothing is asked about this file; leave --answer out"
    assert str(raised.value) == f"{tmp_path / 'qa.csv'}: {said}"


@pytest.mark.files
def test_on_a_terminal_the_speakers_are_listed_and_a_number_is_asked_for(tmp_path: Path) -> None:
    registry = Registry.installed()
    data = look_at(put(tmp_path, [*log(), row("Eve\x1b[2J", "ask\x07")]), registry)
    found = after_all_rows(ways(data, registry), lambda: all_rows(data))
    asker = Asker(may_ask=True, label=None)
    with CliRunner().isolation(input="9\n2\n") as streams:
        way = asker.choose(data, found)
        said = streams[1].getvalue().decode()
    assert (way.proposal.answer, asker.said) == ("Cy", [])
    assert said == (
        "  1  Bo: 8 messages, 8 of them answers\n"
        "  2  Cy: 1 message, 1 of them answers\n"
        "  3  Eve\\x1b[2J: 1 message, 1 of them answers\n"
        f"{data.name}: who is the assistant? (number) [1]: 9\n"
        "Error: 9 is not in the range 1<=x<=3.\n"
        f"{data.name}: who is the assistant? (number) [1]: 2\n"
    )


@pytest.mark.files
def test_where_nobody_can_be_asked_it_is_told(tmp_path: Path) -> None:
    registry = Registry.installed()
    data = look_at(put(tmp_path, log()), registry)
    asker = Asker(may_ask=False, label=None)
    assert asker.choose(data, ways(data, registry)).proposal.answer == "Bo"
    text = "who is the assistant? taken as 'Bo'; it could be Cy"
    assert [(p.code, p.message, p.hint) for p in asker.said] == [("FT011", text, "say it with --answer")]


@pytest.mark.files
def test_a_look_at_a_log_finds_no_error_in_its_system_lines(tmp_path: Path) -> None:
    with examine(put(tmp_path, log(20)), Registry.installed()) as report:
        found = [(group.code, group.level, group.message) for group in report.groups if group.code == "FT390"]
    assert found == [("FT390", "advice", "a row that is left out: system line")]


# -- language -------------------------------------------------------------------------------------------------------


def talk(text: str) -> Example:
    return Example(messages=(Message("user", text),))


def test_other_languages_go_and_what_cannot_be_told_stays() -> None:
    german = talk("Das ist aber eine sehr schöne Sache, die wir hier haben, und ich freue mich.")
    run = StepRun()
    only = Language(languages="en").start(run)
    assert getattr(only(german), "reason", "") == "in another language"
    assert Language(languages=["en", "de"]).apply(german) == german
    assert only(talk("ok")) == talk("ok")
    assert run.tallies == {"too short to tell": 1}
    assert Language(languages="en", sure=1).start(run)(german) == german
    assert run.tallies == {"too short to tell": 1, "of no sure language": 1}


def test_a_language_that_is_not_known_is_refused() -> None:
    with pytest.raises(RecipeError) as raised:
        Language(languages="xx").start(StepRun())
    assert str(raised.value) == "'language' does not know 'xx'; give ISO 639 codes, such as en, de or zh"
