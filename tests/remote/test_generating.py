"""Asking for what steps put into examples: which prompts, what they cost, and the file that is filled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import oracle
import pytest
from oracle import Oracle

import ftprep
from ftprep.api import make_plan
from ftprep.errors import DataError, FindingsError, OutputError, RemoteError
from ftprep.offers import Registered
from ftprep.registry import Registry
from ftprep.remote.answers import Answers
from ftprep.remote.generate import CAREFUL, check_cost, fill, write_answers
from ftprep.remote.link import Link
from ftprep.remote.prompts import Batch, next_batch
from ftprep.steps import Answer, Session

pytestmark = pytest.mark.files

RECIPE = """\
version: 1
name: words
read: words.csv
transform:
  - generate: {into: said, prompt: "Say {word}.", model: m, params: {max_tokens: 500}, via: oracle}
  - chat: {user: "{word}", assistant: "{said}"}
write: openai_chat
"""
TWO = """\
version: 1
name: words
read: words.csv
transform:
  - generate: {into: said, prompt: "Say {word}.", model: m, via: oracle}
  - limit: 2
write:
  openai_chat:
    steps:
      - generate: {into: asked, prompt: "Ask {said}", model: n, via: oracle, cache: more.jsonl}
      - chat: {user: "{asked}", assistant: "{said}"}
"""
PRICES = "prices: {input: 2, output: 8}"


def put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture
def registry() -> Registry:
    return Registry.installed(files=[Path(oracle.__file__)])


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(environ={"FTPREP_STATE_DIR": str(tmp_path / "state")}, now=lambda: 0.0)


class Desk:
    """A recipe, and an oracle that answers it."""

    def __init__(self, folder: Path, registry: Registry, session: Session):
        self.folder, self.registry, self.session = folder, registry, session

    def write(self, *words: str, text: str = RECIPE) -> Path:
        put(self.folder / "words.csv", "".join(f"{word}\n" for word in ["word", *words]))
        put(self.folder / "words.yaml", text)
        return self.folder / "words.yaml"

    def batch(self, **options: Any) -> Batch | None:
        plan, _ = make_plan(self.folder / "words.yaml", registry=self.registry)
        return next_batch(plan, **options)

    def link(self) -> Link:
        origin = Registered("uploader", "oracle", Oracle, "oracle", "", "")
        return Link(origin, Oracle(log=str(self.folder / "asked.txt")), self.session)

    def generate(self, **options: Any) -> Any:
        log = {"log": str(self.folder / "asked.txt")}
        return ftprep.generate(
            self.folder / "words.yaml", registry=self.registry, session=self.session, options=log, **options
        )

    @property
    def asked(self) -> list[str]:
        path = self.folder / "asked.txt"
        return sorted(path.read_text(encoding="utf-8").splitlines()) if path.exists() else []

    def answers(self, name: str = "generated.jsonl") -> list[str]:
        lines = (self.folder / name).read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["answer"] for line in lines]


@pytest.fixture
def desk(tmp_path: Path, registry: Registry, session: Session) -> Desk:
    return Desk(tmp_path, registry, session)


def batch_of(desk: Desk) -> Batch:
    batch = desk.batch()
    assert batch is not None
    return batch


def test_each_prompt_without_an_answer_is_wanted_once(desk: Desk) -> None:
    desk.write("cat", "dog", "cat")
    batch = batch_of(desk)
    prompts = [question.arguments["messages"][-1]["content"] for question in batch.questions.values()]
    assert prompts == ["Say cat.", "Say dog."]
    assert (batch.step, batch.name, batch.model, batch.found) == ("generate", "generated.jsonl", "m", 0)
    assert (batch.service.name, batch.tokens, batch.usd, batch.longest) == ("oracle/oracle", None, None, 500)


def test_the_service_that_is_named_wins_over_the_recipe(desk: Desk) -> None:
    desk.write("cat", text=RECIPE.replace("via: oracle", "via: oracle, options: {log: x}"))
    batch = desk.batch(options={"log": "y"})
    assert batch is not None and batch.service.options == {"log": "y"}
    named = desk.batch(via="store", options={"url": "z"})
    assert named is not None and (named.service.name, named.service.options) == ("store/store", {"url": "z"})


def test_a_file_is_filled_and_then_nothing_is_wanted(desk: Desk, tmp_path: Path) -> None:
    path = desk.write("dog", "cat", "a long one")
    done = desk.generate()
    assert (done.answered, done.cut, done.usd, done.files) == (3, 1, None, (tmp_path / "generated.jsonl",))
    lines = (tmp_path / "generated.jsonl").read_bytes().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["key"] for row in rows] == sorted(row["key"] for row in rows)
    assert {row["answer"]: row.get("finish") for row in rows} == {
        " <Say dog.>\n": None,
        " <Say cat.>\n": None,
        " <Say a long one.>\n": "length",
    }
    assert desk.batch() is None
    assert desk.generate().answered == 0
    assert desk.asked == ["Say a long one.", "Say cat.", "Say dog."]
    written = ftprep.run(path, out=tmp_path / "out").files["openai_chat"]["train"].read_text(encoding="utf-8")
    assert [json.loads(line)["messages"][1]["content"] for line in written.splitlines()] == [
        "<Say dog.>", "<Say cat.>", "<Say a long one.>",
    ]  # fmt: skip


def test_only_what_is_new_is_asked_and_the_rest_of_the_file_stays_as_it_is(desk: Desk, tmp_path: Path) -> None:
    desk.write("cat")
    desk.generate()
    corrected = (tmp_path / "generated.jsonl").read_text(encoding="utf-8").replace("<Say cat.>", "A cat!")
    put(tmp_path / "generated.jsonl", corrected)
    desk.write("cat", "dog")
    desk.generate()
    assert desk.asked == ["Say cat.", "Say dog."]
    assert sorted(desk.answers()) == [" <Say dog.>\n", " A cat!\n"]


def test_what_was_answered_before_is_not_asked_again_unless_fresh(desk: Desk, tmp_path: Path) -> None:
    desk.write("cat")
    for fresh, asked in ((False, 1), (False, 1), (True, 2)):
        desk.generate(fresh=fresh)
        assert len(desk.asked) == asked
        (tmp_path / "generated.jsonl").unlink()


def test_a_limit_asks_for_the_first_rows_only(desk: Desk) -> None:
    desk.write("cat", "dog", "cow")
    desk.generate(limit=2)
    assert desk.asked == ["Say cat.", "Say dog."]


def test_steps_that_need_the_answers_of_others_come_after_them(desk: Desk, tmp_path: Path) -> None:
    desk.write("cat", "dog", "cow", text=TWO)
    assert desk.generate().files == (tmp_path / "generated.jsonl", tmp_path / "more.jsonl")
    assert desk.asked == ["Ask <Say cat.>", "Ask <Say dog.>", "Say cat.", "Say cow.", "Say dog."]
    assert sorted(desk.answers("more.jsonl")) == [" <Ask <Say cat.>>\n", " <Ask <Say dog.>>\n"]
    done = ftprep.run(tmp_path / "words.yaml", out=tmp_path / "out", registry=desk.registry)
    assert [table["file"] for table in done.manifest["side_tables"]] == ["generated.jsonl", "more.jsonl"]


def test_a_prompt_that_is_refused_is_raised_and_the_others_are_kept(desk: Desk) -> None:
    desk.write("cat", "refuse", "dog")
    with pytest.raises(RemoteError) as refused:
        desk.generate()
    assert str(refused.value) == "the oracle is silent; ask something else"
    assert sorted(desk.answers()) == [" <Say cat.>\n", " <Say dog.>\n"]


def test_an_interruption_loses_no_answer(desk: Desk, tmp_path: Path) -> None:
    words = [f"word {n}" for n in range(70)]
    desk.write(*words, "interrupt")
    with pytest.raises(KeyboardInterrupt):
        desk.generate()
    kept = len(desk.answers())
    assert kept == 64
    before = len(desk.asked)
    desk.write(*words)
    desk.generate()
    assert len(desk.answers()) == 70
    assert len(desk.asked) <= before + 6 and len(set(desk.asked)) <= 71


def test_prices_of_the_recipe_are_used_and_the_costs_added_up(desk: Desk) -> None:
    desk.write("cat", "dog", text=RECIPE.replace("via: oracle", f"via: oracle, {PRICES}"))
    batch = batch_of(desk)
    assert (batch.prices, batch.price_date, batch.usd, batch.usd_most) == ((2.0, 8.0), None, None, None)
    assert desk.generate().usd == pytest.approx(2 * (1000 * 2 + 500 * 8) / 1e6)


def test_a_model_that_is_known_has_its_tokens_counted(desk: Desk) -> None:
    text = RECIPE.replace("model: m", "model: gpt-4.1-mini").replace("via: oracle", f"via: oracle, {PRICES}")
    desk.write("cat", text=text)
    batch = batch_of(desk)
    assert batch.tokens == 3 + 3 + 3  # the words and the point, and what is around a message and a reply
    assert batch.usd == pytest.approx(9 * 2 / 1e6)
    assert batch.usd_most == pytest.approx((9 * 2 + 500 * 8) / 1e6)
    with pytest.raises(FindingsError) as refused:
        check_cost(batch, 0.004)
    assert str(refused.value) == (
        "asking gpt-4.1-mini would cost about 0.0040 USD, more than 0.0040 (--max-cost); allow more, or take fewer "
        "rows with --limit"
    )
    check_cost(batch, 0.005)


def test_a_tuned_model_has_its_own_price(desk: Desk) -> None:
    desk.write("cat", text=RECIPE.replace("model: m", 'model: "ft:gpt-4.1-mini-2025-04-14:acme::x"'))
    batch = batch_of(desk)
    assert batch.prices == (0.8, 3.2) and batch.price_date is not None


def test_costs_that_are_not_known_cannot_be_held(desk: Desk) -> None:
    desk.write("cat")
    with pytest.raises(FindingsError) as refused:
        desk.generate(max_cost=1)
    assert str(refused.value) == (
        "what m costs is not known, so it cannot be held under --max-cost; leave --max-cost out, or give the step its "
        "'prices'"
    )
    assert desk.asked == []


def test_nothing_more_is_asked_when_the_money_is_spent(desk: Desk) -> None:
    text = RECIPE.replace("model: m", "model: gpt-4.1-mini").replace("params: {max_tokens: 500}, ", "")
    desk.write(*(f"w{n}" for n in range(20)), text=text.replace("via: oracle", f"via: oracle, {PRICES}"))
    with pytest.raises(FindingsError) as refused:
        desk.generate(max_cost=0.04)
    assert str(refused.value) == (
        "12 prompts were not asked: the others have cost 0.0480 of 0.0400 USD (--max-cost); allow more, and call it "
        "again"
    )
    assert len(desk.answers()) == len(desk.asked) == CAREFUL


def test_a_file_that_holds_something_else_is_not_touched(desk: Desk, tmp_path: Path) -> None:
    desk.write("cat")
    batch = batch_of(desk)
    put(tmp_path / "generated.jsonl", "{}\n")
    with pytest.raises(DataError) as refused:
        write_answers(batch, {})
    line = "generated.jsonl: this is no file of answers, so none is added to it; name another file for the answers"
    assert str(refused.value) == f"{line} in the recipe"
    assert (tmp_path / "generated.jsonl").read_text(encoding="utf-8") == "{}\n"


def test_a_folder_that_is_not_there_is_a_line(desk: Desk) -> None:
    desk.write("cat", text=RECIPE.replace("model: m", "model: m, cache: no/such.jsonl"))
    batch = batch_of(desk)
    with pytest.raises(OutputError) as refused:
        write_answers(batch, {key: Answer(text="x") for key in batch.questions})
    assert str(refused.value) == "no/such.jsonl: cannot be written (no such file or directory); check the folder"


def test_progress_counts_on_over_the_slices(desk: Desk, tmp_path: Path) -> None:
    desk.write(*(f"w{n}" for n in range(70)))
    seen: list[int] = []
    with Answers(tmp_path / "answers.sqlite") as cache:
        filled = fill(batch_of(desk), desk.link(), cache=cache, progress=seen.append)
    assert (filled.answered, filled.left, seen) == (70, 0, list(range(1, 71)))


def test_a_plan_without_such_steps_wants_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.write("cat", text=RECIPE.replace("  - generate", "  # - generate").replace("{said}", "{word}"))
    assert desk.batch() is None
