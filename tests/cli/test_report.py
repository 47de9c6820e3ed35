"""`ftprep report`: the page of a run, made again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from .conftest import Call, put

pytestmark = pytest.mark.files

RUN = Path("out/pod")
FEW = "report: 'samples': input should be"
SAMPLES = "or leave examples out with --no-samples"


@pytest.fixture
def page(ftprep: Call) -> Path:
    """The page that the run has written."""
    assert ftprep("run", "pod.yaml").code == 0
    return RUN / "report.html"


def headings(path: Path) -> list[str]:
    return re.findall(r"<h2 [^>]*><bdi>(.*?)</bdi></h2>", path.read_text(encoding="utf-8"))


def test_a_run_writes_the_page_and_lists_it(ftprep: Call, page: Path) -> None:
    manifest = json.loads((RUN / "manifest.json").read_text(encoding="utf-8"))
    assert "report.html" in manifest["files"]
    assert headings(page) == [
        "Verdict", "From rows to examples", "Roles and turns", "What is trained on", "Not looked at",
        "Where it comes from",
    ]  # fmt: skip


def test_the_same_page_is_made_again(ftprep: Call, page: Path) -> None:
    written = page.read_bytes()
    page.unlink()
    assert ftprep("report", "out/pod") == (0, "wrote out/pod/report.html\n", "")
    assert page.read_bytes() == written
    assert ftprep("report", "out/pod", "--json").document["result"] == {
        "report": "out/pod/report.html", "bytes": len(written),
    }  # fmt: skip
    assert ftprep("run", "pod.yaml").code == 0


def test_the_same_input_gives_the_same_page_but_for_the_time(ftprep: Call, page: Path) -> None:
    def timeless() -> str:
        return re.sub(r"2\d\d\d-\d\d-\d\d[T ]\d\d:\d\d\S*", "", page.read_text(encoding="utf-8"))

    before = timeless()
    ftprep("run", "pod.yaml")
    assert timeless() == before


def test_a_page_without_examples_can_be_passed_on(ftprep: Call, page: Path) -> None:
    assert "pod bay doors" in page.read_text(encoding="utf-8")
    (RUN / "openai_chat" / "train.jsonl").unlink()
    assert ftprep("report", "out/pod", "--no-samples", "--out", "there/page.html") == (0, "wrote there/page.html\n", "")
    assert "What is trained on" not in headings(Path("there/page.html"))
    assert "pod bay doors" not in Path("there/page.html").read_text(encoding="utf-8")


def test_a_recipe_may_want_no_page_and_it_can_be_made_all_the_same(ftprep: Call, page: Path) -> None:
    assert ftprep("run", "pod.yaml", "--set", "report=false").code == 0
    assert not page.exists()
    assert ftprep("report", "out/pod").code == 0
    assert ftprep("run", "pod.yaml", "--set", "report=false").code == 0  # it is no foreign file


def test_a_recipe_says_how_many_examples_are_shown(ftprep: Call, page: Path) -> None:
    assert ftprep("run", "pod.yaml", "--set", "report={samples: 0}").code == 0
    assert "What is trained on" not in headings(page)
    assert ftprep("run", "pod.yaml", "--set", "report={samples: 1}").code == 0
    shown = page.read_text(encoding="utf-8")
    assert (shown.count("openai_chat/train.jsonl:")) == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("5", "'report' is false, or a mapping (got 5); {hint}", id="a number"),
        pytest.param("[a]", """'report' is false, or a mapping (got ["a"]); {hint}""", id="a list"),
        pytest.param("{samples: 51}", f"{FEW} less than or equal to 50 (got 51)", id="many"),
        pytest.param("{samples: -1}", f"{FEW} greater than or equal to 0 (got -1)", id="few"),
        pytest.param("{sample: 1}", "report has no option 'sample'; did you mean 'samples'?", id="misspelt"),
        pytest.param("{samples: yes}", "report: 'samples' is a whole number (got 'yes')", id="a word"),
    ],
)  # fmt: skip
def test_a_wrong_report_is_one_line(ftprep: Call, value: str, said: str) -> None:
    hint = "write report: {samples: 20}, or report: false"
    told = ftprep("run", "pod.yaml", "--set", f"report={value}")
    assert told == (2, "", f"--set #1: {said.replace('{hint}', hint)}\n")


def test_what_is_no_run_folder_is_refused(ftprep: Call, page: Path) -> None:
    text = "is not a run folder (it has no manifest.json of ftprep); name the folder that 'ftprep run' wrote\n"
    assert ftprep("report", "nowhere") == (2, "", f"nowhere: {text}")
    assert ftprep("report", "talks.csv") == (2, "", f"talks.csv: {text}")
    (RUN / "manifest.json").write_text("{", encoding="utf-8")
    assert ftprep("report", "out/pod") == (2, "", f"out/pod: {text}")


def test_a_damaged_manifest_is_named(ftprep: Call, page: Path) -> None:
    path = RUN / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "counts": {**manifest["counts"], "steps": 3}}), encoding="utf-8")
    assert ftprep("report", "out/pod") == (
        2, "", "out/pod/manifest.json: is damaged, or was written by another version of ftprep (Expected `array`, got "
        "`int` - at `$.counts.steps`); make it again with 'ftprep run'\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(Path.unlink, "is missing", id="missing"),
        pytest.param(lambda path: path.write_bytes(b""), "was changed since the run", id="changed"),
    ],
)
def test_examples_are_shown_of_the_files_that_the_run_wrote(
    ftprep: Call, page: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(RUN / "openai_chat" / "train.jsonl")
    told = f"out/pod/openai_chat/train.jsonl: {said}; make it again with 'ftprep run', {SAMPLES}\n"
    assert ftprep("report", "out/pod") == (2, "", told)
    assert ftprep("report", "out/pod", "--no-samples").code == 0


def test_a_place_that_cannot_be_written_is_named(ftprep: Call, page: Path) -> None:
    assert ftprep("report", "out/pod", "--out", "talks.csv/page.html") == (
        2, "", "talks.csv/page.html: cannot be written (file exists); name another place with --out, or make room\n",
    )  # fmt: skip


RESULTS = "step,train_loss,valid_loss,train_accuracy\n1,2.5,2.75,0.25\n2,1.5,,0.5\n3,1.25,1.75,0.75\n"
COMPARED = {
    "output": "openai_chat", "split": "validation", "classes": [], "compared": 4, "models": ["base", "tuned"],
    "judged": [{"model": "base", "right": 1, "exact": 0.25}, {"model": "tuned", "right": 3, "exact": 0.75}],
    "worse": {"tuned": ["openai_chat/validation.jsonl:2"]}, "better": {"tuned": ["a:1", "a:3", "a:4"]},
}  # fmt: skip


def test_trainings_and_comparisons_beside_the_run_are_shown(ftprep: Call, page: Path) -> None:
    results = Path("out/pod.results")
    (results / "ftjob-1").mkdir(parents=True)
    put(results / "ftjob-1", "results.csv", RESULTS)
    put(results, "compare-tuned-abcdef.json", json.dumps(COMPARED))
    assert ftprep("report", "out/pod").code == 0
    shown = page.read_text(encoding="utf-8")
    assert {"Training", "Comparison of models"} <= set(headings(page))
    assert "training loss: from 2.5 to 1.25" in shown and "training token accuracy: from 0.25 to 0.75" in shown
    assert "accuracy" in shown and "base: 0.25, tuned: 0.75" in shown
    assert "Wrong now, right before, with tuned: openai_chat/validation.jsonl:2" in shown


def test_results_that_cannot_be_read_are_named_on_the_page(ftprep: Call, page: Path) -> None:
    results = Path("out/pod.results")
    (results / "ftjob-1").mkdir(parents=True)
    put(results / "ftjob-1", "results.csv", "no\nmetrics\n")
    put(results, "compare-a.json", "{")
    put(results, "compare-b.json", msgspec.json.encode({**COMPARED, "judged": 5}).decode())
    assert ftprep("report", "out/pod").code == 0
    shown = page.read_text(encoding="utf-8")
    assert shown.count("cannot be read") == 3
