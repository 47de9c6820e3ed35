"""`ftprep compare`: the table, the page, and the rows that got worse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ftprep_openai.standin import StandIn

from .asking import BASE, questions, service, tuned_model
from .conftest import Call

pytestmark = pytest.mark.files


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ftprep: Call) -> Iterator[StandIn]:
    """The service."""
    with service(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def model(server: StandIn, ftprep: Call) -> str:
    """The name of the tuned model."""
    return tuned_model(ftprep)


def test_the_base_and_the_tuned_model_are_held_against_each_other(
    ftprep: Call, model: str, server: StandIn, tmp_path: Path
) -> None:
    told = ftprep("compare", BASE, model, "out/mood")
    (page,) = (tmp_path / "out" / "mood.results").glob("*.html")
    width = max(len(BASE), len(model))
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "6 validation rows of openai_chat",
        "",
        f"  {'model':<{width}}  right  accuracy  weighted F1  AUROC bad  AUPRC bad",
        f"  {BASE:<{width}}      0     0.000        0.000          –          –",
        f"  {model}      6     1.000        1.000      1.000      1.000",
        "",
        f"{model}: 6 rows better than {BASE}, 0 worse",
        f"{model}: 'bad' from a probability of {threshold(told.out)} on: precision 1.00, recall 1.00, on these rows",
        f"all answers are in {page.relative_to(tmp_path).as_posix()}",
    ]
    before = questions(server)
    assert ftprep("compare", BASE, model, "out/mood") == told
    assert questions(server) == before


def threshold(out: str) -> str:
    return out.partition("probability of ")[2].partition(" ")[0]


def test_the_result_is_a_document_and_stands_beside_the_run(ftprep: Call, model: str, tmp_path: Path) -> None:
    told = ftprep("compare", model, BASE, "out/mood", "--rows", "4", "--positive", "good", "--beta", "2", "--json")
    result = told.document["result"]
    assert (result["models"], result["positive"], result["compared"]) == ([model, BASE], "good", 4)
    assert result["worse"][BASE] == [f"out/mood/openai_chat/validation.jsonl:{n}" for n in (1, 2, 4, 5)]
    assert json.loads((tmp_path / result["data"]).read_text(encoding="utf-8"))["judged"] == result["judged"]
    page = (tmp_path / result["report"]).read_text(encoding="utf-8")
    assert "F2" in page and "<script" not in page
    assert ftprep("run", "mood.yaml").code == 0  # which replaces the run folder
    assert (tmp_path / result["report"]).is_file()


def test_rows_that_got_worse_are_named(ftprep: Call, model: str) -> None:
    told = ftprep("compare", model, BASE, "out/mood")
    file = "out/mood/openai_chat/validation.jsonl"
    assert told.out.splitlines()[6:13] == [
        f"{BASE}: 0 rows better than {model}, 6 worse", *(f"  worse: {file}:{n}" for n in range(1, 6)),
        "  … and 1 more",
    ]  # fmt: skip


def test_a_model_that_is_not_there_ends_it(ftprep: Call, server: StandIn) -> None:
    ftprep("run", "mood.yaml")
    told = ftprep("compare", "gpt-no", "out/mood")
    host = server.address.split("/")[2]
    assert told == (
        3,
        "",
        f"gpt-no: {host} has no such thing (404 model_not_found): The model `gpt-no` does not exist or you do not have "
        "access to it; check the name, and that the key belongs to the right project\n",
    )


REFUSED = {
    "match": "POST /v1/chat/completions$",
    "do": "status",
    "status": 400,
    "after_skip": 1,
    "body": {"error": {"message": "Your prompt is flagged.", "type": "invalid_request_error", "code": "flagged"}},
}


def test_a_row_that_is_refused_is_named_and_the_others_are_kept(
    ftprep: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with service(tmp_path, monkeypatch, [REFUSED]) as server:
        ftprep("run", "mood.yaml")
        told = ftprep("compare", BASE, "out/mood", "--concurrency", "1")
        assert (told.code, told.out.splitlines()[0]) == (3, "5 validation rows of openai_chat")
        host = server.address.split("/")[2]
        assert told.err == (
            f"out/mood/openai_chat/validation.jsonl:2: {BASE} gave no answer: {host} refused the request "
            "(400 flagged): Your prompt is flagged; correct what it says\n"
        )
        before = questions(server)
        again = ftprep("compare", BASE, "out/mood", "--concurrency", "1")
        assert (again.code, again.err, questions(server)) == (0, "", before + 1)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(["out/mood"], "ftprep compare: MODEL... is missing; see 'ftprep compare --help'", id="no_model"),
        pytest.param([BASE, "out"], "out: not a run folder; name the folder that 'ftprep run' wrote", id="no_run"),
        pytest.param(
            [BASE, "out/mood", "--positive", "gut"],
            "there is no class 'gut'; there are: bad, good",
            id="no_such_class",
        ),
        pytest.param(
            [BASE, "out/mood", "--split", "test"],
            "out/mood/openai_chat/test.jsonl: cannot be read (no such file or directory); there are: train, validation",
            id="no_such_split",
        ),
        pytest.param(
            [BASE, "out/mood", "--beta", "0"],
            "ftprep compare: --beta: 0.0 is not in the range x>0; see 'ftprep compare --help'",
            id="beta_of_nothing",
        ),
    ],
)
def test_what_cannot_be_compared_is_one_line(ftprep: Call, server: StandIn, arguments: list[str], line: str) -> None:
    ftprep("run", "mood.yaml")
    assert ftprep("compare", *arguments) == (2, "", f"{line}\n")
    assert questions(server) == 0
