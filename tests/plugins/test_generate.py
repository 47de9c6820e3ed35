"""`generate`: a column that a model wrote, found in a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import ftprep
from ftprep import (
    Contract,
    DataError,
    Drop,
    Example,
    FtprepError,
    MissingColumn,
    Question,
    RecipeError,
    Row,
    StepRun,
    answer_key,
)
from ftprep_generate.generate import Generate

SAY = {"into": "said", "prompt": "Say {word}.", "model": "m"}
RECIPE = """\
version: 1
name: words
read: words.csv
transform:
  - generate: {into: said, prompt: "Say {word}.", model: m}
  - chat: {user: "{word}", assistant: "{said}"}
write: openai_chat
"""


def question(word: str, **more: Any) -> Question:
    return Question(model="m", arguments={"messages": [{"role": "user", "content": f"Say {word}."}], **more})


def row(word: str, answer: str) -> Row:
    return {"key": answer_key(question(word)), "answer": answer}


def run(*rows: Row) -> StepRun:
    return StepRun(rows=lambda path: iter(rows))


def made(step: Generate, run: StepRun, word: str = "cat", **fields: Any) -> Any:
    return step.start(run)(Example(fields={"word": word, **fields}))


def test_the_answer_is_put_in_without_space_around_it() -> None:
    found = made(Generate(**SAY), run(row("cat", "\n A cat.\n"), row("dog", "A dog.")))
    assert found == Example(fields={"word": "cat", "said": "A cat."})


def test_what_has_no_answer_is_dropped_and_counted() -> None:
    at = run(row("dog", "A dog."))
    assert made(Generate(**SAY), at) == Drop("no answer yet: run 'ftprep generate'")
    assert at.tallies == {"examples without an answer": 1}


def test_an_empty_answer_is_a_drop() -> None:
    assert made(Generate(**SAY), run(row("cat", " \n"))) == Drop("the model's answer is empty")


def test_a_prompt_without_its_column_is_a_missing_column() -> None:
    with pytest.raises(MissingColumn):
        Generate(**SAY).start(run())(Example(fields={"text": "cat"}))


def test_a_column_that_is_there_is_not_written_over() -> None:
    with pytest.raises(DataError) as refused:
        made(Generate(**SAY), run(row("cat", "A cat.")), said="Meow.")
    assert str(refused.value) == "the column 'said' is there already; choose another 'into'"


CHANGED = {
    "another prompt": {"prompt": "Speak {word}."},
    "another model": {"model": "n"},
    "a system message": {"system": "Be brief."},
    "parameters": {"params": {"temperature": 0}},
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_an_answer_belongs_to_all_that_was_asked(change: dict[str, Any]) -> None:
    assert isinstance(made(Generate(**{**SAY, **change}), run(row("cat", "A cat."))), Drop)


def test_the_order_of_parameters_and_who_answers_make_no_difference() -> None:
    asked = question("cat", temperature=0, max_tokens=9)
    rows = run({"key": answer_key(asked), "answer": "A cat."})
    step = Generate(**SAY, params={"max_tokens": 9, "temperature": 0}, via="x", options={"base_url": "y"})
    assert made(step, rows).fields["said"] == "A cat."


def test_the_system_message_stands_before_the_prompt() -> None:
    asked = Generate(**SAY, system="You are {word}.").question(Example(fields={"word": "Ann"}))
    assert asked.arguments["messages"] == [
        {"role": "system", "content": "You are Ann."},
        {"role": "user", "content": "Say Ann."},
    ]


def test_what_the_step_says_itself_is_no_parameter() -> None:
    with pytest.raises(ValidationError, match="'messages' is none of the parameters; leave it out"):
        Generate(**SAY, params={"messages": []})


def test_a_file_of_answers_is_json_lines() -> None:
    with pytest.raises(ValidationError, match="a file of answers is JSON Lines; let its name end in"):
        Generate(**SAY, cache="answers.csv")


def test_a_prompt_that_no_request_can_hold_is_a_drop() -> None:
    found = made(Generate(**SAY), run(), "\ud800")
    assert found == Drop("the prompt has half a character (a lone surrogate)")


def test_at_inference_the_column_is_given() -> None:
    step, given = Generate(**SAY), Example(fields={"word": "cat", "said": "Meow."})
    assert step.request(given, StepRun()) == given
    with pytest.raises(MissingColumn, match="said"):
        step.request(Example(fields={"word": "cat"}), StepRun())


def test_while_a_run_is_checked_the_file_is_there() -> None:
    found = Generate(**SAY).request(Example(fields={"word": "cat"}), run(row("cat", "A cat.")))
    assert found.fields["said"] == "A cat."


@pytest.fixture
def recipe(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Writes words, a recipe and its file of answers."""

    def write(words: list[str], answers: dict[str, str] | None, text: str = RECIPE) -> Path:
        put(tmp_path / "words.csv", "".join(f"{word}\n" for word in ["word", *words]))
        put(tmp_path / "words.yaml", text)
        if answers is not None:
            rows = [json.dumps(row(word, answer)) for word, answer in answers.items()]
            put(tmp_path / "generated.jsonl", "".join(f"{line}\n" for line in rows))
        return tmp_path / "words.yaml"

    yield write


def put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


WORDS = {"cat": "A cat.", "dog": "A dog.", "cow": "A cow."}


@pytest.mark.files
def test_a_run_finds_the_answers_and_names_their_file(recipe: Callable[..., Path], tmp_path: Path) -> None:
    done = ftprep.run(recipe(list(WORDS), WORDS), out=tmp_path / "out")
    written = done.files["openai_chat"]["train"].read_bytes()
    assert [json.loads(line)["messages"][1]["content"] for line in written.splitlines()] == list(WORDS.values())
    digest = hashlib.sha256((tmp_path / "generated.jsonl").read_bytes()).hexdigest()
    assert done.manifest["side_tables"] == [{"file": "generated.jsonl", "sha256": digest}]
    again = ftprep.run(tmp_path / "words.yaml", out=tmp_path / "again", part_rows=1)
    assert again.files["openai_chat"]["train"].read_bytes() == written


@pytest.mark.files
@pytest.mark.parametrize(
    ("answers", "many"),
    [
        pytest.param({"cat": "A cat."}, "2 examples have", id="some"),
        pytest.param({"cat": "A cat.", "dog": "A dog."}, "1 example has", id="one"),
        pytest.param({"owl": "An owl."}, "3 examples have", id="all"),
        pytest.param(None, "3 examples have", id="all, and there is no file"),
    ],
)
def test_a_run_without_all_answers_fails_says_how_many_and_leaves_nothing(
    recipe: Callable[..., Path], tmp_path: Path, answers: dict[str, str] | None, many: str
) -> None:
    path = recipe(list(WORDS), answers)
    for call in (lambda: ftprep.run(path, out=tmp_path / "out"), lambda: list(ftprep.stream(path))):
        with pytest.raises(RecipeError) as refused:
            call()
        assert str(refused.value) == (
            f"{path.as_posix()}:5:5: 'generate': {many} no answer in generated.jsonl yet; ask the model with 'ftprep "
            f"generate {path.as_posix()}'"
        )
        assert refused.value.problems[0].code == "FT640"
    assert not (tmp_path / "out").exists()


@pytest.mark.files
def test_what_has_no_answer_can_be_left_out(recipe: Callable[..., Path], tmp_path: Path) -> None:
    path = recipe(list(WORDS), {"dog": "A dog."}, RECIPE.replace("model: m", "model: m, on_missing: drop"))
    done = ftprep.run(path, out=tmp_path / "out")
    step = done.counts["steps"][1]
    assert (step["out"], step["dropped"]) == (1, {"no answer yet: run 'ftprep generate'": 2})
    assert step["notes"] == {"examples without an answer": 2}


@pytest.mark.files
def test_a_file_that_holds_something_else_is_a_line(recipe: Callable[..., Path], tmp_path: Path) -> None:
    path = recipe(list(WORDS), {})
    put(tmp_path / "generated.jsonl", '{"text": "x"}\n')
    with pytest.raises(FtprepError) as refused:
        ftprep.run(path, out=tmp_path / "out")
    assert str(refused.value) == (
        "generated.jsonl: row 1 has not the columns key and answer; 'ftprep generate' writes this file; name another "
        "one for it"
    )


@pytest.mark.files
def test_the_contract_asks_for_the_column(recipe: Callable[..., Path], tmp_path: Path) -> None:
    text = RECIPE.replace('user: "{word}", assistant: "{said}"', 'user: "{said}", assistant: "{word}"')
    done = ftprep.run(recipe(list(WORDS), WORDS, text), out=tmp_path / "out")
    assert done.manifest["contract_samples"] == {"openai_chat": 3}
    asker = Contract.load(tmp_path / "out" / "openai_chat")
    assert asker.request(word="x", said="Meow.")["messages"] == [{"role": "user", "content": "Meow."}]
    with pytest.raises(RecipeError) as refused:
        asker.request(word="x")
    assert str(refused.value) == "'generate' needs the field 'said'; give it as said=…"
