"""`ftprep diff`: what differs between two runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Call, put

pytestmark = pytest.mark.files

Run = Callable[..., None]


@pytest.fixture
def run(ftprep: Call) -> Run:
    """Copies a bundled recipe, once, and runs it into a folder."""

    def make(out: str, recipe: str = "sentiment", *sets: str) -> None:
        if not Path(recipe).exists():
            assert ftprep("recipes", "copy", recipe).code == 0
        assert ftprep("run", f"{recipe}/recipe.yaml", "--out", out, *(f"--set={one}" for one in sets)).code == 0

    return make


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def test_runs_of_one_recipe_are_equal(ftprep: Call, run: Run) -> None:
    run("a")
    run("b")
    line = "the runs are equal: 5 files with the same bytes; only the time differs\n"
    assert ftprep("diff", "a", "b") == (0, line, "")
    assert ftprep("diff", "a", "b", "--exit-code") == (0, line, "")


OPTION = """\
A  a
B  b

recipe
  write[0].openai_chat.system: Say the [-mood of the text: positive, neutral or
    negative-]{+tone+}.

openai_chat: 23 rows: 23 changed, 0 the same
  23 changed: 23 from the same rows of the input
    A train.jsonl:1 → B train.jsonl:1 (sentiment/data/tweets.csv:2)
      messages[0].content: Say the [-mood of the text: positive, neutral or
        negative-]{+tone+}.
    … and 22 more

openai_completion: 23 rows, the same
"""


def test_another_option_is_told_with_what_it_changed(ftprep: Call, run: Run) -> None:
    run("a")
    run("b", "sentiment", "write.openai_chat.system=Say the tone.")
    told = ftprep("diff", "a", "b", "--examples", "1", "--exit-code")
    assert told.out.partition("\nmakeup")[0] == OPTION
    assert (told.code, told.err) == (1, "")


SPLIT = """\
A  a
B  b

recipe
  seed: 0 → 1
  split.validation: 20% → 10%

openai_chat: 23 rows: 6 moved, 17 the same
               A   B
  train       18  20
  validation   5   3
  6 moved: 2 train → validation, 4 validation → train
    A validation.jsonl:1 → B train.jsonl:6 (sentiment/data/tweets.csv:7)
    A validation.jsonl:2 → B train.jsonl:7 (sentiment/data/tweets.csv:8)
    … and 4 more

openai_completion: 23 rows: 6 moved, 17 the same
               A   B
  train       18  20
  validation   5   3
  6 moved: 2 train → validation, 4 validation → train
    A validation.jsonl:1 → B train.jsonl:6 (sentiment/data/tweets.csv:7)
    A validation.jsonl:2 → B train.jsonl:7 (sentiment/data/tweets.csv:8)
    … and 4 more

labels (openai_chat)            A  B
  splits: train: negative       6  7
  splits: train: positive       6  7
  splits: validation: negative  2  1
  splits: validation: positive  2  1

labels (openai_completion)      A  B
  splits: train: negative       6  7
  splits: train: positive       6  7
  splits: validation: negative  2  1
  splits: validation: positive  2  1
"""


def test_another_split_moves_rows(ftprep: Call, run: Run) -> None:
    run("a")
    run("b", "sentiment", "seed=1", "split.validation=10%")
    assert ftprep("diff", "a", "b", "--examples", "2") == (0, SPLIT, "")


LABEL = """\
A  a
B  b

inputs
  sentiment/data/tweets.csv: other bytes

openai_chat: 23 rows: 1 changed, 1 moved, 21 the same
               A   B
  train       18  19
  validation   5   4
  what inference must send:
    facts.max_tokens: 1 → 2
    facts.labels.angry: new, ang
    facts.logprobs: 3 → 4
  1 changed: 1 with the same prompt
    A train.jsonl:3 → B train.jsonl:3 (sentiment/data/tweets.csv:4)
      messages[2].content: [-positive-]{+angry+}
  1 moved: 1 validation → train
    A validation.jsonl:4 → B train.jsonl:18 (sentiment/data/tweets.csv:22)

openai_completion: 23 rows: 1 changed, 1 moved, 21 the same
               A   B
  train       18  19
  validation   5   4
  what inference must send:
    facts.labels.angry: new, " angry"
    facts.logprobs: 3 → 4
  1 changed: 1 with the same prompt
    A train.jsonl:3 → B train.jsonl:3 (sentiment/data/tweets.csv:4)
      completion:  [-positive-]{+angry+}
  1 moved: 1 validation → train
    A validation.jsonl:4 → B train.jsonl:18 (sentiment/data/tweets.csv:22)

labels (openai_chat)            A  B
  classes                       3  4
  positive: examples            8  7
  angry: examples               –  1
  splits: train: angry          –  1
  splits: validation: positive  2  1

labels (openai_completion)      A  B
  classes                       3  4
  positive: examples            8  7
  angry: examples               –  1
  splits: train: angry          –  1
  splits: validation: positive  2  1

makeup (openai_chat)      A      B
  characters: total   2,304  2,301

makeup (openai_completion)      A      B
  characters: total         1,108  1,105

findings
  new: warning FT302: class 'angry' has too few groups (1) for validation
  new: warning FT350: 1 of 4 labels are more than one token: 'angry' (ang | ry);
    with a leading space 1 of them would be one
  new: advice FT353: 1 of 4 classes have fewer than 5 examples: angry (1) (2
    times)
"""


def test_a_new_label_is_seen_in_rows_figures_findings_and_contract(ftprep: Call, run: Run) -> None:
    run("a")
    edit(Path("sentiment/data/tweets.csv"), 'finally.",positive', 'finally.",angry')
    run("b")
    assert ftprep("diff", "a", "b") == (0, LABEL, "")


ROWS = """\
A  a
B  b

inputs
  sentiment/data/tweets.csv: other bytes

openai_chat: 23 rows: 1 added, 1 removed, 1 changed, 21 the same
  1 added
    B train.jsonl:23 (sentiment/data/tweets.csv:24)
  1 removed
    A train.jsonl:5 (sentiment/data/tweets.csv:6)
  1 changed: 1 from the same rows of an input that changed
    A train.jsonl:4 → B train.jsonl:4 (sentiment/data/tweets.csv:5)
      messages[0].content: Three hours in the queue and nobody
        [-cared-]{+noticed+}.

makeup (openai_chat)      A    B
  characters: total   1,016  993
"""


def test_rows_are_found_again_behind_another_system_message(ftprep: Call, run: Run) -> None:
    """And in an input that has a row more, and was renamed."""
    run("a", "sentiment", "split=null", "write=openai_chat")
    text = Path("sentiment/data/tweets.csv").read_text(encoding="utf-8")
    head, _, rest = text.partition("\n")
    put(Path("sentiment/data"), "more.csv", f"{head}\nWhat a day,neutral\n{rest}")
    run(
        "b",
        "sentiment",
        "split=null",
        'write=[{"openai_chat": {"system": "Say the mood."}}]',
        "read=sentiment/data/more.csv",
    )
    lines = ftprep("diff", "a", "b", "--examples", "1").out.splitlines()
    at = lines.index("openai_chat: 23 → 24 rows: 1 added, 23 changed, 0 the same")
    assert lines[at + 3 : at + 9] == [
        "  1 added",
        "    B train.jsonl:1 (sentiment/data/more.csv:2)",
        "  23 changed: 23 with the same last message and answer",
        "    A train.jsonl:1 (sentiment/data/tweets.csv:2) → B train.jsonl:2",
        "      (sentiment/data/more.csv:3)",
        '      messages[0]: {+{"role":"system","content":"Say the mood."}+}',
    ]


def test_rows_of_an_input_that_changed_are_found_again(ftprep: Call, run: Run) -> None:
    """One is mended, one is left out, one comes at the end."""
    run("a", "sentiment", "split=null", "write=openai_chat")
    data = Path("sentiment/data/tweets.csv")
    edit(data, "nobody cared", "nobody noticed")
    edit(data, "The store opens at nine on Sundays.,neutral\n", "")
    data.write_text(f"{data.read_text(encoding='utf-8')}What a day,neutral\n", encoding="utf-8", newline="\n")
    run("b", "sentiment", "split=null", "write=openai_chat")
    assert ftprep("diff", "a", "b") == (0, ROWS, "")


ERRORS = [
    pytest.param("no", "no: no such folder; name the folder that 'ftprep run' wrote", id="nothing"),
    pytest.param(
        "pod.yaml", "pod.yaml: is a file, not the folder of a run; name the folder that 'ftprep run' wrote", id="a file"
    ),
    pytest.param(
        ".", ".: is not a run folder (it has no manifest.json); name the folder that 'ftprep run' wrote", id="a folder"
    ),
    pytest.param(
        "a/openai_chat",
        "a/openai_chat: is not a run folder (it has no manifest.json); name the whole run: a",
        id="the folder of an output",
    ),
    pytest.param(
        "a/",
        "a: both are the same run folder; name two; a new run replaces the last one, unless it gets a folder of its "
        "own with --out",
        id="the same folder",
    ),
]


@pytest.mark.parametrize(("other", "line"), ERRORS)
def test_what_is_no_other_run_is_said_in_a_line(ftprep: Call, run: Run, other: str, line: str) -> None:
    run("a")
    assert ftprep("diff", "a", other) == (2, "", f"{line}\n")


MANIFESTS = [
    pytest.param("{", "is no JSON (Input data was truncated); make it again with 'ftprep run'", id="half a document"),
    pytest.param("[]", "is not the manifest of a run; name a folder that 'ftprep run' wrote", id="a list"),
    pytest.param(
        '{"name": "x"}', "is not the manifest of a run; name a folder that 'ftprep run' wrote", id="of something else"
    ),
    pytest.param(
        '{"ftprep": "9.0", "format": 2}',
        "is of a newer ftprep (9.0); update ftprep, or make it again with 'ftprep run'",
        id="of a newer ftprep",
    ),
    pytest.param(
        '{"ftprep": "0.1.0", "format": 1}',
        "is not as a run writes it (Object missing required field `outputs`); make it again with 'ftprep run'",
        id="not whole",
    ),
]


@pytest.mark.parametrize(("text", "line"), MANIFESTS)
def test_a_manifest_that_is_none_is_said_in_a_line(
    ftprep: Call, run: Run, tmp_path: Path, text: str, line: str
) -> None:
    run("a")
    shutil.copytree("a", "b")
    put(tmp_path / "b", "manifest.json", text)
    assert ftprep("diff", "a", "b") == (2, "", f"b/manifest.json: {line}\n")


def test_a_data_file_that_is_missing_is_said_in_a_line(ftprep: Call, run: Run) -> None:
    run("a")
    shutil.copytree("a", "b")
    Path("b/openai_chat/train.jsonl").unlink()
    line = "cannot be read (no such file or directory); make it again with 'ftprep run'"
    assert ftprep("diff", "a", "b") == (2, "", f"b/openai_chat/train.jsonl: {line}\n")


TOUCHED = """\
A  a
B  b

openai_chat: 23 rows: 1 changed, 22 the same
  1 changed: 1 from the same rows of the input
    A train.jsonl:2 → B train.jsonl:2 (sentiment/data/tweets.csv:3)
      messages[2].content: [-negative-]{+\\x1b[31mred+}

openai_completion: 23 rows, the same
"""


def test_a_data_file_that_somebody_changed_is_compared_as_it_is(ftprep: Call, run: Run) -> None:
    """It is said, and what stands in it reaches no terminal raw."""
    run("a")
    shutil.copytree("a", "b")
    path = Path("b/openai_chat/train.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace('"negative"', r'"\u001b[31mred"')
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    warning = (
        "warning: b/openai_chat/train.jsonl: the file was changed since the run; it is compared as it is; make it "
        "again with 'ftprep run'\n"
    )
    assert ftprep("diff", "a", "b") == (0, TOUCHED, warning)
    shutil.copytree("b", "c")
    told = ftprep("diff", "b", "c")
    assert told.out == "the runs are equal: 5 files with the same bytes; only the time differs\n"
    assert told.err == warning + warning.replace("b/", "c/")


def test_a_run_whose_plugin_is_gone_is_compared_by_source(ftprep: Call, run: Run) -> None:
    run("a")
    edit(Path("sentiment/data/tweets.csv"), 'finally.",positive', 'finally.",negative')
    run("b")
    for name in ("openai_chat", "openai_completion"):
        path = Path("b", name, "contract.json")
        path.write_text(path.read_text(encoding="utf-8").replace(f"openai/{name}", f"gone/{name}"), encoding="utf-8")
    told = ftprep("diff", "a", "b")
    why = "prompts cannot be told from answers (unknown writer 'gone/{}'), so rows are known by their source alone"
    assert told.err.splitlines() == [
        f"advice: b/{name}: {why.format(name)}; install what the run was made with"
        for name in ("openai_chat", "openai_completion")
    ]
    assert "  1 changed: 1 from the same rows of an input that changed\n" in told.out


def test_the_document_has_all_of_it(ftprep: Call, run: Run) -> None:
    run("a")
    run("b", "sentiment", "seed=1", "split.validation=10%")
    told = ftprep("diff", "a", "b", "--json", "--examples", "1", "--exit-code")
    found = told.document["result"]
    assert (told.code, found["equal"], found["a"], found["b"], found["ok"]) == (1, False, "a", "b", [True, True])
    assert found["about"] == [{"path": "seed", "before": 0, "after": 1}]
    assert found["recipe"] == [{"path": "split.validation", "before": "20%", "after": "10%"}]
    chat = found["outputs"][0]
    assert (chat["name"], chat["lines"], chat["moved"], chat["same"]) == ("openai_chat", [23, 23], 6, 17)
    assert chat["rows"] == {
        "moved": [
            {
                "a": {"file": "a/openai_chat/validation.jsonl", "line": 1, "source": "sentiment/data/tweets.csv:7"},
                "b": {"file": "b/openai_chat/train.jsonl", "line": 6, "source": "sentiment/data/tweets.csv:7"},
                "rule": None,
                "wordings": [],
            }
        ]
    }
    assert json.dumps(found)
