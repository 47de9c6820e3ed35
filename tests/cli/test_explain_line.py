"""`ftprep explain RUN_DIR FILE:LINE`: where a written line comes from, and all that may stand against telling it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Call, put

pytestmark = pytest.mark.files

ROWS = """\
id,question,answer
1,How long is the pass valid?,A year.
2,,Nobody asked.
3,Where do I board?,At the front.
4,Where do I board?,At the front.
"""
RECIPE = """\
version: 1
name: bus
read: rows.csv
transform:
  - clean
  - chat: {user: "{question}", assistant: "{answer}"}
  - dedupe
split: {validation: 1}
write:
  - openai_chat: {system: Be brief.}
"""
SHOWN = """\
openai_chat/train.jsonl:1 comes from rows.csv:2
train: drawn by its group (its content), seed 0

the source (* stands in the line)
rows.csv:2
    id: "1"
  * question: "How long is the pass valid?"
  * answer: "A year."

unchanged: clean

chat
  + user: "How long is the pass valid?"
  + assistant: "A year."

unchanged: dedupe

openai_chat/train.jsonl:1
  {"messages": [{"role": "system", "content": "Be brief."}, \
{"role": "user", "content": "How long is the pass valid?"}, {"role": "assistant", "content": "A year."}]}

Replayed from its source, it is the line that was written.
"""
DROPPED = """\
dropped.jsonl:1 comes from rows.csv:5
dropped by 'dedupe': duplicate

rows.csv:5
    id: "4"
    question: "Where do I board?"
    answer: "At the front."

unchanged: clean

chat
  + user: "Where do I board?"
  + assistant: "At the front."

Replayed from its source, it is dropped as it was.
"""


@pytest.fixture
def run(tmp_path: Path, ftprep: Call) -> Call:
    """Calls `ftprep explain out/bus …`, where the run stands."""
    put(tmp_path, "rows.csv", ROWS)
    put(tmp_path, "bus.yaml", RECIPE)
    assert ftprep("run", "bus.yaml").code == 0
    return lambda *arguments: ftprep("explain", "out/bus", *arguments)


def test_a_line_is_told_with_its_row_its_steps_and_itself(run: Call) -> None:
    told = run("train.jsonl:1")
    assert (told.code, told.out, told.err) == (0, SHOWN, "")


@pytest.mark.parametrize(
    "place",
    ["openai_chat/train.jsonl:1", "./out/bus/openai_chat/train.jsonl:1", "out/bus/openai_chat/train.jsonl:1,1"],
)
def test_a_line_may_be_named_in_several_ways(place: str, run: Call) -> None:
    assert run(place).out == SHOWN


def test_the_path_of_a_line_says_which_run_it_is_of(run: Call, ftprep: Call) -> None:
    assert ftprep("explain", "out/bus/openai_chat/train.jsonl:1").out == SHOWN
    assert ftprep("explain", "out/bus/openai_chat", "train.jsonl:1").out == SHOWN


def test_a_drop_is_told_with_the_step_that_made_it(run: Call) -> None:
    told = run("dropped.jsonl:1")
    assert (told.code, told.out, told.err) == (0, DROPPED, "")


def test_a_row_is_told_with_all_that_it_became(run: Call) -> None:
    told = run("rows.csv:5,4")
    assert (told.code, told.err) == (0, "")
    assert told.out == (
        'rows.csv:5\n    id: "4"\n    question: "Where do I board?"\n    answer: "At the front."\n\n'
        "dropped: dropped.jsonl:1, by 'dedupe': duplicate\n\n"
        'rows.csv:4\n    id: "3"\n    question: "Where do I board?"\n    answer: "At the front."\n\n'
        "became: openai_chat/validation.jsonl:1\n"
    )


def test_a_row_that_a_limited_run_did_not_read_says_so(run: Call, ftprep: Call) -> None:
    assert ftprep("run", "bus.yaml", "--limit", "3", "--set", "split=null").code == 0
    told = ftprep("explain", "out/bus.limit", "rows.csv:5")
    assert told.out.endswith("\nIt became no line, and stands in no drop: the run did not come so far (--limit).\n")


def test_json_has_everything(run: Call) -> None:
    (told,) = run("train.jsonl:1", "--json").document["result"]
    assert {key: told[key] for key in ("asked", "kind", "source", "split", "same", "problems")} == {
        "asked": "openai_chat/train.jsonl:1", "kind": "line", "source": "rows.csv:2", "split": "train", "same": True,
        "problems": [],
    }  # fmt: skip
    assert told["rows"][0]["used"] == ["question", "answer"]
    assert [(step["step"], step["changed"]) for step in told["steps"]] == [
        ("read", True), ("clean", False), ("chat", True), ("dedupe", False),
    ]  # fmt: skip
    assert told["written"]["messages"][2] == {"role": "assistant", "content": "A year."}


AGAIN = "make the run again with 'ftprep run'"
TRAIN = "out/bus/openai_chat/train.jsonl"
KNOWN = "name a line, such as train.jsonl:17 or dropped.jsonl:3, or a row of an input in the same way"
FOLDER = "name the folder that 'ftprep run' wrote"
MISTAKES: dict[str, tuple[list[str], str]] = {
    "no line": (["out/bus", "train.jsonl"], f"train.jsonl: names no line; {KNOWN}"),
    "a word for a line": (["out/bus", "train.jsonl:last"], f"train.jsonl:last: names no line; {KNOWN}"),
    "line 0": (["out/bus", "train.jsonl:0"], f"{TRAIN}: there is no line 0: it has 2 lines; name one from 1 to 2"),
    "beyond the end": (["out/bus", "train.jsonl:3"],
                       f"{TRAIN}: there is no line 3: it has 2 lines; name one from 1 to 2"),
    "backwards": (["out/bus", "train.jsonl:3-1"],
                  "train.jsonl:3-1: '3-1' ends before it begins; name a few lines, such as 17,20"),
    "too many": (["out/bus", "train.jsonl:1-999"],
                 "train.jsonl:1-999: '1-999' is more than 100 lines; name a few lines, such as 17,20"),
    "no such file": (["out/bus", "tran.jsonl:1"],
                     "tran.jsonl: is no file that out/bus wrote or read; did you mean 'train.jsonl'?"),
    "nothing like it": (["out/bus", "zzz:1"], "zzz: is no file that out/bus wrote or read; there are: "
                        "openai_chat/train.jsonl, openai_chat/validation.jsonl, dropped.jsonl, rows.csv"),
    "a header": (["out/bus", "rows.csv:1"], "rows.csv:1: holds no row of data: a header, an empty row, or beyond the "
                 "end; rows are counted as an editor or a spreadsheet shows them"),
    "no such run": (["out/car", "train.jsonl:1"], f"out/car: no such folder; {FOLDER}"),
    "no run": (["out", "train.jsonl:1"], f"out: is not a run folder (it has no manifest.json of ftprep); {FOLDER}"),
    "a recipe": (["bus.yaml", "train.jsonl:1"],
                 f"bus.yaml: is not a run folder (it has no manifest.json of ftprep); {FOLDER}"),
    "a run alone": (["out/bus"], "out/bus: this is a run folder, and no line is named; name a line of it: ftprep "
                    "explain out/bus openai_chat/train.jsonl:1"),
    "another run": (["out/bus", "out/pod/openai_chat/train.jsonl:1"],
                    "out/pod/openai_chat/train.jsonl: is of another run than out/bus; name that one: out/pod"),
    "set": (["out/bus", "train.jsonl:1", "--set", "seed=1"],
            "out/bus: --set is for recipes; a run has its own; leave it out"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line(arguments: list[str], said: str, run: Call, ftprep: Call) -> None:
    if "pod" in arguments[-1]:
        assert ftprep("run", "pod.yaml").code == 0
    told = ftprep("explain", *arguments)
    assert (told.code, told.out, told.err) == (2, "", f"{said}\n")


def test_a_file_that_is_one_of_several_has_to_be_named_in_full(run: Call, ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "bus.yaml", RECIPE + "  - openai_completion\n")
    assert ftprep("run", "bus.yaml").code == 0
    told = run("train.jsonl:1")
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "train.jsonl: out/bus has several of them; name one: openai_chat/train.jsonl:1, "
        "openai_completion/train.jsonl:1\n"
    )


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9])


def without(path: Path) -> None:
    path.unlink()


def none(path: Path) -> None:
    path.write_bytes(b"{}")


def nonsense(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


BIN, UNITS, MANIFEST = ("out/bus/lineage/openai_chat.train.bin", "out/bus/lineage/units.json", "out/bus/manifest.json")
GONE = "put it back where it was, or make the run again with 'ftprep run'"
MISSING = f"cannot be read (no such file or directory); {AGAIN}"
BROKEN = f"{MANIFEST}: this manifest is broken"
LINEAGE = f"{BIN}: the lineage of this file"
DAMAGES: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "a manifest of others": (MANIFEST, none, f"{BROKEN}: object missing required field `ftprep`; {AGAIN}"),
    "a manifest that is cut": (MANIFEST, cut, f"{BROKEN}: input data was truncated; {AGAIN}"),
    "no lineage": (BIN, without, f"{LINEAGE} {MISSING}"),
    "a lineage that is cut": (BIN, cut, f"{LINEAGE} is cut: it has nothing about line 1; {AGAIN}"),
    "a lineage that is none": (BIN, nonsense, f"{LINEAGE} is broken: what it has about line 1 is no place; {AGAIN}"),
    "no units": (UNITS, without, f"{UNITS}: the lineage of this run {MISSING}"),
    "units that are none": (UNITS, none, f"{UNITS}: this is no lineage of ftprep; {AGAIN}"),
    "no input": ("rows.csv", without,
                 f"out/bus: an input of this run is gone: rows.csv: no such file in this folder; {GONE}"),
    "no file": (TRAIN, without, f"{TRAIN}: {MISSING}"),
    "a file that is cut": (TRAIN, lambda path: path.write_bytes(b""),
                           f"{TRAIN}: there is no line 1: the file was cut since the run; {AGAIN}"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "damage", "said"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_damaged_or_gone_is_named(
    name: str, damage: Callable[[Path], None], said: str, run: Call, tmp_path: Path
) -> None:
    damage(tmp_path / name)
    told = run("openai_chat/train.jsonl:1")
    assert (told.code, told.out, told.err) == (2, "", f"{said}\n")


OTHER = f"{TRAIN}:1: what stands here is not what its source becomes now"
CHANGED = f"warning: rows.csv: this input was changed since the run, so its rows may be others; {AGAIN}\n"


def test_an_input_that_was_changed_elsewhere_is_warned_about(run: Call, tmp_path: Path) -> None:
    put(tmp_path, "rows.csv", f"{ROWS}5,One more?,Yes.\n")
    told = run("train.jsonl:1")
    assert (told.code, told.out, told.err) == (0, SHOWN, CHANGED)


def test_a_line_that_its_source_no_longer_becomes_is_an_error(run: Call, tmp_path: Path) -> None:
    put(tmp_path, "rows.csv", ROWS.replace("A year.", "A month."))
    told = run("train.jsonl:1")
    assert (told.code, told.err) == (
        1,
        CHANGED
        + f"{TRAIN}:1: what stands here is not what its source becomes now: what the run read was changed since; "
        f"{AGAIN}\n",
    )
    assert "A month." in told.out and "Replayed" not in told.out


def test_a_line_that_somebody_edited_is_an_error(run: Call, tmp_path: Path) -> None:
    path = tmp_path / "out/bus/openai_chat/train.jsonl"
    path.write_bytes(path.read_bytes().replace(b"A year.", b"A week."))
    told = run("train.jsonl:1")
    assert (told.code, told.err) == (
        1,
        f"{OTHER}: the file was changed since the run; {AGAIN}\n",
    )


def test_a_plugin_that_works_otherwise_now_is_named_with_both_versions(run: Call, tmp_path: Path) -> None:
    path = tmp_path / "out/bus/manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["versions"]["plugins"]["openai"] = "ftprep 0.0.9"
    manifest["recipe"]["write"] = [{"openai_chat": {"system": "Be long."}}]
    path.write_bytes(json.dumps(manifest).encode())
    told = run("train.jsonl:1")
    assert (told.code, told.err) == (
        1,
        f"{OTHER}: the plugin 'openai' was ftprep 0.0.9 and is ftprep 0.1.0; {AGAIN}\n",
    )


def test_a_plugin_that_is_missing_is_named(ftprep: Call, plugin: Callable[[str], str], tmp_path: Path) -> None:
    file = plugin("def apply(self, example):\n    return example")
    put(tmp_path, "rows.csv", ROWS)
    put(tmp_path, "bus.yaml", RECIPE.replace("- clean", "- odd"))
    assert ftprep("run", "bus.yaml", "--plugin", file).code == 0
    told = ftprep("explain", "out/bus", "train.jsonl:1")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("out/bus/manifest.json: unknown transformer 'odd'; ")
    assert ftprep("explain", "out/bus", "train.jsonl:1", "--plugin", file).code == 0


def test_standard_input_cannot_be_read_again(run: Call, tmp_path: Path) -> None:
    path = tmp_path / "out/bus/manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["inputs"][0]["file"] = "stdin"
    path.write_bytes(json.dumps(manifest).encode())
    told = run("train.jsonl:1")
    assert (told.code, told.out, told.err) == (
        2,
        "",
        "out/bus: the data of this run came from standard input, so its way cannot be replayed; write the data to a "
        "file, and run a recipe that reads it\n",
    )


def test_a_run_folder_that_was_moved_with_its_project_is_found_again(run: Call, ftprep: Call, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for name in ("out", "rows.csv"):
        shutil.move(tmp_path / name, tmp_path / "elsewhere" / name)
    assert ftprep("explain", "elsewhere/out/bus", "train.jsonl:1").out == SHOWN


def test_long_texts_and_many_rows_are_cut(ftprep: Call, tmp_path: Path) -> None:
    turns = [f"Question {n} {'x' * 400},Answer {n}" for n in range(25)]
    put(tmp_path, "talks.csv", "\n".join(["Human,AI", *turns, ""]))
    put(
        tmp_path, "pod.yaml", "version: 1\nname: pod\nread: talks.csv\ntransform: [conversations]\nwrite: openai_chat\n"
    )
    assert ftprep("run", "pod.yaml").code == 0
    told = ftprep("explain", "out/pod", "train.jsonl:1")
    assert told.code == 0
    assert "\nand 5 more rows\n" in told.out
    assert max(map(len, told.out.splitlines())) < 500
