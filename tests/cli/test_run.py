"""`ftprep run` on the terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ftprep import api
from ftprep.cli.charts import ASCII
from ftprep.cli.run import summary
from ftprep.cli.showing import Style
from ftprep.output import Staging
from ftprep.registry import Registry

from .conftest import RECIPE, TALKS, Call, put

pytestmark = pytest.mark.files

SUMMARY = """\
4 rows read, 4 used, 0 dropped

  step           in  out
  read            4    4
  conversations   4    2
  window          2    3
  openai_chat     3    3

out/pod/openai_chat/train.jsonl  3  examples
report: out/pod/report.html
"""

TWO_OUTPUTS = """\
version: 1
name: two
read:
  csv: {path: talks.csv, delimiter: ";"}
transform:
  - conversations
  - window: 2
  - drop_if: {of: answer, equals: Hey}
write:
  - openai_chat
  - openai_completion:
      as: plain
      steps: [dialogue]
"""
OF_BOTH = """\
4 rows read, 3 used, 1 dropped

  step                       in  out
  read                        4    4
  conversations               4    2
  window                      2    3
  drop_if                     3    2  dropped: 1 the answer is 'Hey'
  openai_chat                 2    2
  plain / dialogue            2    2
  plain / openai_completion   2    2

out/two/openai_chat/train.jsonl  2  examples
out/two/plain/train.jsonl        2  examples
out/two/dropped.jsonl names every drop, with its place and reason
report: out/two/report.html
"""


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_run_says_what_went_where(ftprep: Call, tmp_path: Path) -> None:
    assert ftprep("run", "pod.yaml") == (0, SUMMARY, "")
    lines = (tmp_path / "out/pod/openai_chat/train.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["messages"][-1]["content"] for line in lines] == ["I'm an AI", "No", "Hey"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["pod"]


def test_a_run_again_replaces_the_result(ftprep: Call) -> None:
    assert ftprep("run", "pod.yaml") == ftprep("run", "pod.yaml")


def test_the_document_has_folder_counts_and_files(ftprep: Call) -> None:
    result = ftprep("run", "pod.yaml", "--json").document["result"]
    assert list(result) == ["folder", "counts", "figures", "files"]
    assert (result["folder"], result["figures"]) == ("out/pod", {})
    assert result["files"] == {"openai_chat": {"train": "out/pod/openai_chat/train.jsonl"}}
    counts = result["counts"]
    assert (counts["read"], counts["used"], counts["dropped"]) == (4, 4, 0)
    assert counts["examples"] == {"openai_chat": {"train": 3}}
    assert [step["step"] for step in counts["steps"]] == ["read", "conversations", "window", "openai_chat"]


def test_limit_takes_the_first_conversations_into_a_folder_of_its_own(ftprep: Call, tmp_path: Path) -> None:
    told = ftprep("run", "pod.yaml", "--limit", "1")
    assert told.out.splitlines()[0] == "3 rows read (only the first 1, for --limit), 3 used, 0 dropped"
    assert told.out.splitlines()[-2] == "out/pod.limit/openai_chat/train.jsonl  2  examples"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["pod.limit"]


def test_out_names_the_run_folder(ftprep: Call, tmp_path: Path) -> None:
    assert ftprep("run", "pod.yaml", "--out", "a/b", "--limit", "1").code == 0
    assert (tmp_path / "a" / "b" / "manifest.json").is_file()
    assert not (tmp_path / "out").exists()


def test_set_changes_a_value(ftprep: Call) -> None:
    told = ftprep("run", "pod.yaml", "--set", "name=other", "--set", "transform.window.context=0")
    assert told.out.splitlines()[-2] == "out/other/openai_chat/train.jsonl  3  examples"


def test_a_folder_with_a_recipe_is_a_recipe(ftprep: Call, tmp_path: Path) -> None:
    (tmp_path / "talk").mkdir()
    put(tmp_path / "talk", "recipe.yaml", RECIPE.replace("name: pod\n", ""))
    put(tmp_path / "talk", "talks.csv", TALKS)
    assert ftprep("run", "talk").out.splitlines()[-2] == "out/talk/openai_chat/train.jsonl  3  examples"


def test_drops_and_outputs_are_told_apart(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("run", recipe(TWO_OUTPUTS))
    assert told == (0, OF_BOTH, "")


def test_what_was_found_in_the_data_is_said_with_its_row(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("run", recipe(RECIPE.replace('{path: talks.csv, delimiter: ";"}', "talks.csv")))
    assert told.err == "advice: talks.csv:1: delimiter ';' found; if that is wrong, say which with 'delimiter:'\n"
    (problem,) = ftprep("run", "recipe.yaml", "--json").document["problems"]
    assert (problem["file"], problem["line"], problem["code"], problem["level"]) == ("talks.csv", 1, "FT210", "advice")


def test_warnings_about_the_recipe_are_said_too(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("run", recipe(RECIPE + "description: 'a\\n'\n"))
    assert told.err.startswith("warning: recipe.yaml:9:14: '\\n' stays two characters here")


ERRING = "def apply(self, example):\n    return [example, ftprep.Finding('FT399', 'odd', 'mend it', 'error')]\n"
ERRING += "\ndef request(self, example, run):\n    return example"
ERRING_RECIPE = RECIPE.replace("  - window: {context: 2}\n", "  - odd\n")


def test_findings_at_error_level_are_published_and_marked(
    ftprep: Call, recipe: Callable[[str], str], plugin: Callable[[str], str], tmp_path: Path
) -> None:
    told = ftprep("run", recipe(ERRING_RECIPE), "--plugin", plugin(ERRING))
    assert (told.code, told.err) == (1, "talks.csv:2-4: odd (2 times; also row 5); mend it\n")
    assert told.out.splitlines()[-1] == "the result is marked as not ok: see the errors above"
    assert json.loads((tmp_path / "out/pod/manifest.json").read_bytes())["ok"] is False


def test_with_strict_they_publish_nothing(
    ftprep: Call, recipe: Callable[[str], str], plugin: Callable[[str], str], tmp_path: Path
) -> None:
    told = ftprep("run", recipe(ERRING_RECIPE), "--strict", "--plugin", plugin(ERRING))
    assert told == (1, "", "talks.csv:2-4: odd (2 times; also row 5); mend it\n")
    assert not (tmp_path / "out").exists()


def test_a_local_plugin_is_used_in_a_recipe(
    ftprep: Call, recipe: Callable[[str], str], plugin: Callable[[str], str], tmp_path: Path
) -> None:
    body = (
        'by: int = 2\n"""How often."""\n\ndef apply(self, example):\n    return example.map_text(lambda t: t * self.by)'
    )
    told = ftprep("run", recipe(ERRING_RECIPE.replace("odd", "odd: 3")), "--plugin", plugin(body))
    assert told.code == 0
    line = (tmp_path / "out/pod/openai_chat/train.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(line)["messages"][-1]["content"] == "HeyHeyHey"


PLUGIN_FILES = {
    "missing": ("none.py", None, 2, "--plugin none.py: no such Python file; give the path of a .py file\n"),
    "no Python": ("pod.yaml", None, 2, "--plugin pod.yaml: no such Python file; give the path of a .py file\n"),
    "broken": (
        "bad.py",
        "import no_such_thing",
        4,
        "plugin 'bad' (bad.py) cannot be used: ModuleNotFoundError: No module named 'no_such_thing'; install the "
        "package that has the module 'no_such_thing' (often: pip install no_such_thing)\n",
    ),
}


@pytest.mark.parametrize(("name", "text", "code", "err"), PLUGIN_FILES.values(), ids=PLUGIN_FILES)
def test_a_plugin_file_that_cannot_be_loaded_is_one_line(
    ftprep: Call, tmp_path: Path, name: str, text: str | None, code: int, err: str
) -> None:
    if text is not None:
        put(tmp_path, name, text)
    assert ftprep("run", "pod.yaml", "--plugin", name) == (code, "", err)


def test_two_runs_at_once_on_one_target_are_one_line(ftprep: Call, tmp_path: Path) -> None:
    with Staging(tmp_path / "out" / "pod"):
        told = ftprep("run", "pod.yaml")
    line = "out/pod: another run is writing this folder; wait until it ends, or choose another with --out\n"
    assert told == (2, "", line)


TARGETS = {
    "a foreign folder": (
        "mine",
        "mine: is not a run folder (it has no manifest.json of ftprep) and holds 'letter.txt'; choose another folder "
        "with --out, or empty this one\n",
    ),
    "a file": ("pod.yaml", "pod.yaml: is a file, not a folder; choose another folder with --out\n"),
    "here": (".", ".: is the folder you stand in, or above it; choose another folder with --out\n"),
    "below a file": (
        "pod.yaml/x/y",
        "pod.yaml/x/y: cannot be written (not a directory); choose another folder with --out\n",
    ),
}


@pytest.mark.parametrize(("out", "err"), TARGETS.values(), ids=TARGETS)
def test_a_target_that_cannot_be_used_is_one_line(ftprep: Call, tmp_path: Path, out: str, err: str) -> None:
    (tmp_path / "mine").mkdir()
    put(tmp_path / "mine", "letter.txt", "dear")
    before = files(tmp_path)
    assert ftprep("run", "pod.yaml", "--out", out) == (2, "", err)
    assert files(tmp_path) == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_target_that_is_read_only_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    (tmp_path / "fixed").mkdir(mode=0o500)
    line = "fixed/x: cannot be written (permission denied); choose another folder with --out\n"
    assert ftprep("run", "pod.yaml", "--out", "fixed/x") == (2, "", line)


def test_the_tables_of_quirks_give_balance_or_one_line(ftprep: Call, shared_data: Path, tmp_path: Path) -> None:
    put(
        tmp_path,
        "rows.yaml",
        "version: 1\nread: x\ntransform: {chat: {user: a row, assistant: its answer}}\nwrite: openai_chat\n",
    )
    for path in sorted((shared_data / "csv_quirks").glob("*.csv*")):
        told = ftprep("run", "rows.yaml", "--set", f"read='{path.as_posix()}'", "--json")
        levels = [problem["level"] for problem in told.document["problems"]]
        assert (told.code in (1, 2)) == (levels.count("error") == 1), path.name


LABELS = """version: 1
name: moods
model: gpt-4.1-mini
read: {csv: {path: moods.csv, delimiter: ","}}
transform: [{chat: {user: "{text}", assistant: "{mood}"}}]
check: [{labels: {min_each: 0, one_token: false}}, tokens]
split: {validation: 1}
write: [openai_chat, {openai_chat: {as: again}}]
"""
OF_LABELS = """\
4 rows read, 4 used, 0 dropped

  step                  in  out
  read                   4    4
  chat                   4    4
  openai_chat / labels   4    4
  openai_chat / tokens   4    4
  openai_chat            4    4
  again / labels         4    4
  again / tokens         4    4
  again / openai_chat    4    4

out/moods/openai_chat/train.jsonl       3  examples
out/moods/openai_chat/validation.jsonl  1  examples
out/moods/again/train.jsonl             3  examples
out/moods/again/validation.jsonl        1  examples
tokens (openai_chat, again)
  Tokens per example
   2 │        ████
     │▄▄▄▄    ████    ▄▄▄▄
     │████    ████    ████
     └────────┬───────┬───
      12      p50 14  p95 16  limit 65,536 →
  No example is over the limit of 65,536 tokens.
  Tokens by split
    split       examples  tokens  median  p95  longest
    train              3      42      14   16       16
    validation         1      14      14   14       14
  tokens in all 56, mean 14, shortest 12, median 14, p95 16, longest 16
labels (openai_chat, again)
  Examples of each label: █ train  ▓ validation
    positive  █████████████████████▓▓▓▓▓▓▓▓▓▓▓  2  1
    baseball  ███████████                       1  0
  Not in validation: baseball.
  Labels
    label     examples  tokens after a space  tokens without a space  as it is written
    positive         3  ' positive'           positive                one token
    baseball         1  ' baseball'           base | ball             2 tokens
  1 label is more than one token.
  No input has two different labels.
report: out/moods/report.html
"""
NARROW = """\
4 rows read, 4 used, 0 dropped

  step                  in  out
  read                   4    4
  chat                   4    4
  openai_chat / labels   4    4
  openai_chat / tokens   4    4
  openai_chat            4    4
  again / labels         4    4
  again / tokens         4    4
  again / openai_chat    4    4

out/moods/openai_chat/train.jsonl       3  examples
out/moods/openai_chat/validation.jsonl  1  examples
out/moods/again/train.jsonl             3  examples
out/moods/again/validation.jsonl        1  examples
tokens (openai_chat, again)
  Tokens per example
   2 |        ####
     |....    ####    ....
     |####    ####    ####
     +--------+-------+---
      12      p50 14  p95 16  limit 65,536 >
  No example is over the limit of 65,536
    tokens.
  Tokens by split
    split   examp~  tokens  median  p95  longe~
    train        3      42      14   16      16
    valid~       1      14      14   14      14
  tokens in all 56, mean 14, shortest 12,
    median 14, p95 16, longest 16
labels (openai_chat, again)
  Examples of each label: # train  =
    validation
    positive  ################========  2  1
    baseball  ########                  1  0
  Not in validation: baseball.
  Labels
    label   examp~  token~  tokens~  as it ~
    posit~       3  ' pos~  positi~  one to~
    baseb~       1  ' bas~  base |~  2 toke~
  1 label is more than one token.
  No input has two different labels.
report: out/moods/report.html
"""


def labels(folder: Path) -> None:
    put(folder, "recipe.yaml", LABELS)
    put(folder, "moods.csv", "text,mood\nLovely!,positive\nAgain!,positive\nCold soup.,baseball\n,positive\n")


def test_what_was_counted_is_shown_once_for_all_outputs(ftprep: Call, tmp_path: Path) -> None:
    labels(tmp_path)
    assert ftprep("run", "recipe.yaml") == (0, OF_LABELS, "")


def test_on_a_narrow_terminal_without_blocks_lines_are_broken(ftprep: Call, tmp_path: Path) -> None:
    labels(tmp_path)
    registry = Registry.installed()
    done = api.run("recipe.yaml", registry=registry)
    lines = list(summary(done, registry, style=Style(marks=ASCII, width=44)))
    assert "\n".join([*lines, ""]) == NARROW
    "\n".join(lines).encode("cp1252")


DROPS = {
    "beside it": (
        64,
        "  drop_if                     3    2  dropped: 1 the answer is\n"
        "                                        'Hey'\n"
        "  openai_chat                 2    2\n",
    ),
    "below it": (50, "  drop_if                     3    2\n      dropped: 1 the answer is 'Hey'\n"),
}


@pytest.mark.parametrize(("width", "lines"), DROPS.values(), ids=DROPS)
def test_what_a_step_dropped_keeps_to_the_width(
    ftprep: Call, recipe: Callable[[str], str], width: int, lines: str
) -> None:
    done = api.run(recipe(TWO_OUTPUTS))
    assert lines in "\n".join(summary(done, Registry.installed(), style=Style(marks=ASCII, width=width)))


def test_where_there_is_no_report_none_is_named(ftprep: Call) -> None:
    told = ftprep("run", "pod.yaml", "--set", "report=false")
    assert told.out.splitlines()[-1] == "out/pod/openai_chat/train.jsonl  3  examples"
