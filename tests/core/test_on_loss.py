"""What rows lose on the way into a format: counted for every output, and reported where a recipe asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kit_runs import REGISTRY, left, recipe

import ftprep
from ftprep import Example, Message, api
from ftprep.engine import ahead
from ftprep.steps import Writer

NAMED = {
    "unchanged": 2,
    "changed": 2,
    "lost": {"name": {"count": 2, "places": ["data:2", "data:4"]}},
    "not_written": {"empty answer": 1},
}


def said(answer: str, name: str | None = None) -> Example:
    return Example(messages=(Message("user", "q", name=name), Message("assistant", answer)))


DATA = [said("a"), said("b", "Ann"), said(""), said("d", "Ben"), said("e")]


def test_every_output_tells_what_its_rows_lost_and_where_first() -> None:
    write = ["kit_chat", "kit_text", {"kit_chat": {"as": "again", "system": "Be kind."}}]
    losses = left(recipe(write=write), DATA).counts["losses"]
    nothing = {"unchanged": 5, "changed": 0, "lost": {}, "not_written": {}}
    assert losses == {"kit_chat": NAMED, "kit_text": nothing, "again": NAMED}


@pytest.mark.parametrize("part_rows", [1, 2, 3, None], ids=str)
def test_it_is_the_same_however_the_input_is_cut(part_rows: int | None) -> None:
    data = [said("a", "Ann" if n % 3 else None) for n in range(100)]
    made = left(recipe(write={"kit_chat": {"on_loss": "warning"}}), data, part_rows=part_rows)
    (told,) = made.counts["losses"].values()
    assert (told["unchanged"], told["changed"]) == (34, 66)
    assert told["lost"]["name"]["places"] == [f"data:{n + 1}" for n in range(100) if n % 3][:20]
    assert [found["count"] for found in made.result.warned.as_json()] == [66]


def test_allowed_losses_are_no_findings() -> None:
    assert left(recipe(), DATA).result.warned.problems() == []


@pytest.mark.parametrize("level", ["warning", "error"])
def test_each_kind_of_loss_is_one_line_at_its_first_row(level: str) -> None:
    problems = left(recipe(write={"kit_chat": {"on_loss": level}}), DATA).result.warned.problems()
    assert [(problem.code, problem.level, str(problem)) for problem in problems] == [
        (
            "FT305",
            level,
            "data:2: 'kit_chat' cannot carry 'name', so it is lost (2 times; also row 4); "
            "write another format, or take it out",
        ),
        (
            "FT306",
            level,
            "data:3: 'kit_chat' cannot hold a row: empty answer; mend it, or leave it out",
        ),
    ]


@pytest.mark.files
def test_after_an_error_the_run_is_not_ok_but_there(tmp_path: Path) -> None:
    asked = recipe(write={"kit_chat": {"on_loss": "error"}})
    run = ftprep.run(asked, data=DATA, out=tmp_path / "out", registry=REGISTRY)
    assert not run.ok
    assert run.manifest["ok"] is False
    assert run.manifest["counts"]["losses"] == {"kit_chat": NAMED}
    assert (tmp_path / "out/kit_chat/train.jsonl").read_bytes().count(b"\n") == 4


def test_a_row_that_is_no_text_after_all_lost_nothing_else() -> None:
    data = [said("a"), said("half a \ud83d", "Ann")]
    (told,) = left(recipe(), data).counts["losses"].values()
    assert told == {
        "unchanged": 1,
        "changed": 0,
        "lost": {},
        "not_written": {"text with half a character (a lone surrogate)": 1},
    }


def test_it_is_an_option_of_every_writer_and_never_its_shorthand() -> None:
    for item in ftprep.registry.Registry.installed().all("writer"):
        assert "on_loss" in item.cls.model_fields
        assert item.cls.lone_option() != "on_loss"


def test_a_writer_without_options_of_its_own_takes_no_lone_value() -> None:
    class Plain(Writer):
        """Rows."""

        name = "plain"

    assert Plain.lone_option() is None
    assert Plain(on_loss="error").on_loss == "error"


def test_what_it_does_not_know_is_refused() -> None:
    with pytest.raises(ftprep.RecipeError) as error:
        left(recipe(write={"kit_chat": {"on_loss": "shout"}}), DATA)
    assert str(error.value) == (
        "recipe: write.kit_chat.on_loss: writer 'kit_chat': 'on_loss': input should be 'allow', 'warning' or 'error' "
        "(got 'shout'); see 'ftprep plugins info kit_chat'"
    )


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are worth it too; the constant is the only thing that is changed."""
    monkeypatch.setattr(ahead, "WORTH_IT", 0)


PAIRS: Callable[[int], str] = lambda n: (  # noqa: E731
    f'{{"messages": [{{"role": "developer", "content": "x"}}, {{"role": "user", "content": "q{n}"}}, '
    f'{{"role": "assistant", "content": "{"a" if n % 7 else ""}"}}], "rated": {n}}}\n'
)


@pytest.mark.files
@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("checks", [{}, {"check": ["duplicates"]}], ids=["read ahead", "shared"])
def test_it_is_the_same_whoever_does_the_work(tmp_path: Path, checks: dict[str, Any]) -> None:
    file = tmp_path / "chats.jsonl"
    file.write_text("".join(map(PAIRS, range(300))), encoding="utf-8", newline="\n")
    steps = [{"messages": {"column": "messages", "extra": ["rated"]}}]
    asked = {"version": 1, "read": str(file), "transform": steps, "write": {"openai_chat": {"on_loss": "warning"}}}
    runs = [
        api.run({**asked, **checks}, out=tmp_path / str(ahead), read_ahead=ahead, part_rows=20)
        for ahead in (False, True)
    ]
    alone, many = runs
    assert alone.counts["losses"] == many.counts["losses"]
    assert alone.findings == many.findings
    told = alone.counts["losses"]["openai_chat"]
    assert (told["unchanged"], told["changed"], sum(told["not_written"].values())) == (0, 257, 43)
    assert {name: one["count"] for name, one in told["lost"].items()} == {"developer role": 257, "rated": 257}
