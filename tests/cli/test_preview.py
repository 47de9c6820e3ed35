"""`ftprep preview`: what becomes of the first rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import RECIPE, Call, put

pytestmark = pytest.mark.files

FIRST = """\
== read: 3 rows
   talks.csv:2
      Human: "Hello"
      AI: "I'm an AI"
   talks.csv:3
      Human: "Open the pod bay doors please"
      AI: "No"
   talks.csv:4
      Human: "###"
      AI: "###"

== conversations: 1 example
   talks.csv:2-4
      user Human: "Hello"
      assistant AI: "I'm an AI"
      user Human: "Open the pod bay doors please"
      assistant AI: "No"

== window: 2 examples
   talks.csv:2-4
      user Human: "Hello"
      assistant AI: "I'm an AI"
   talks.csv:2-4
      assistant AI (weight 0): "I'm an AI"
      user Human: "Open the pod bay doors please"
      assistant AI: "No"

== openai_chat: 2 lines
   {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "I'm an AI"}]}
   {"messages": [{"role": "assistant", "content": "I'm an AI", "weight": 0}, {"role": "user", "content": "Open the \
pod bay doors please"}, {"role": "assistant", "content": "No"}]}
"""

LABELS = """\
version: 1
read:
  csv: {path: labels.csv, delimiter: ","}
transform:
  - clean
  - drop_if: {column: label, empty: true}
  - map_values: {column: label, values: {"1": good, "0": bad}}
  - chat: {user: "{text}", assistant: "{label}"}
write: openai_chat
"""
OF_LABELS = """\
== read: 3 rows
   labels.csv:2
      text: " Fine\\n\\u001b[0m "
      label: "1"
   labels.csv:4
      text: "Hm"
      label: ""
   labels.csv:6
      text: "Bad"
      label: "0"
   dropped labels.csv:5: too many cells (3 cells instead of 2)

== clean: 3 rows
   labels.csv:2
      text: "Fine\\n[0m"
      label: "1"
   labels.csv:4
      text: "Hm"
      label: ""
   labels.csv:6
      text: "Bad"
      label: "0"

== drop_if: 2 rows
   labels.csv:2
      text: "Fine\\n[0m"
      label: "1"
   labels.csv:6
      text: "Bad"
      label: "0"
   dropped labels.csv:4: column 'label' is empty (it is '')

== map_values: 2 rows
   labels.csv:2
      text: "Fine\\n[0m"
      label: "good"
   labels.csv:6
      text: "Bad"
      label: "bad"

== chat: 2 examples
   labels.csv:2
      user: "Fine\\n[0m"
      assistant: "good"
   labels.csv:6
      user: "Bad"
      assistant: "bad"

== openai_chat: 2 lines
   {"messages": [{"role": "user", "content": "Fine\\n[0m"}, {"role": "assistant", "content": "good"}]}
   {"messages": [{"role": "user", "content": "Bad"}, {"role": "assistant", "content": "bad"}]}
"""


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def test_the_first_conversation_is_shown_after_each_step(ftprep: Call, tmp_path: Path) -> None:
    before = files(tmp_path)
    assert ftprep("preview", "pod.yaml", "-n", "1") == (0, FIRST, "")
    assert files(tmp_path) == before


def test_rows_are_shown_with_what_was_dropped(ftprep: Call, recipe: Callable[[str], str], tmp_path: Path) -> None:
    table = 'text,label\n" Fine\n\x1b[0m ",1\nHm,\na,b,c\nBad,0\nSo,1\n'
    put(tmp_path, "labels.csv", table)
    told = ftprep("preview", recipe(LABELS))
    assert told.err == ""
    assert told.out == OF_LABELS


def test_steps_before_the_gather_have_their_own_stage(ftprep: Call, recipe: Callable[[str], str]) -> None:
    text = RECIPE.replace("  - conversations\n", "  - drop_if: {column: AI, equals: 'No'}\n  - conversations\n")
    told = ftprep("preview", recipe(text), "-n", "1", "--json")
    stages = {stage["step"]: stage for stage in told.document["result"]}
    assert list(stages) == ["read", "drop_if", "conversations", "window", "openai_chat"]
    assert [row["fields"]["AI"] for row in stages["read"]["examples"]] == ["I'm an AI", "No", "###"]
    assert [row["fields"]["AI"] for row in stages["drop_if"]["examples"]] == ["I'm an AI", "###"]
    assert stages["drop_if"]["dropped"] == [
        {"source": "talks.csv:3", "reason": "column 'AI' is 'No'", "detail": "it is 'No'"}
    ]
    assert [stage["makes"] for stage in stages.values()] == ["rows", "rows", "examples", "examples", "lines"]


def test_what_a_step_leaves_as_it_is_is_not_shown_again(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("preview", recipe(RECIPE.replace("  - window: {context: 2}\n", "  - dedupe\n")))
    assert "\n== dedupe: 2 examples, unchanged\n\n== openai_chat: 2 lines\n" in told.out


def test_outputs_are_told_apart(ftprep: Call, recipe: Callable[[str], str]) -> None:
    outputs = "write:\n  - openai_completion: {steps: [dialogue]}\n  - openai_chat: {steps: [clean], as: chat}\n"
    told = ftprep("preview", recipe(RECIPE.replace("write: openai_chat\n", outputs)))
    assert [line for line in told.out.splitlines() if line.startswith("==")] == [
        "== read: 4 rows",
        "== conversations: 2 examples",
        "== window: 3 examples",
        "== openai_completion / dialogue: 3 examples",
        "== openai_completion: 3 lines",
        "== chat / clean: 3 examples, unchanged",
        "== chat / openai_chat: 3 lines",
    ]


def test_long_texts_are_cut_and_whole_in_the_document(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "talks.csv", f"Human;AI\n{'a' * 1000};b\n")
    assert f'      Human: "{"a" * 399}… (1,002 characters)\n' in ftprep("preview", "pod.yaml").out
    stages = ftprep("preview", "pod.yaml", "--json").document["result"]
    assert stages[0]["examples"][0]["fields"]["Human"] == "a" * 1000


def test_many_drops_are_not_all_shown(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "talks.csv", "Human;AI\n" + "a\n" * 25)
    told = ftprep("preview", "pod.yaml")
    assert told.out.count("   dropped talks.csv:") == 10
    assert "   and 15 more dropped\n" in told.out


def test_what_was_found_in_the_rows_is_said(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("preview", recipe(RECIPE.replace(', delimiter: ";"', "")))
    assert told.err == "advice: talks.csv:1: delimiter ';' found; if that is wrong, say which with 'delimiter:'\n"


def test_a_table_that_cannot_be_read_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "talks.csv", "")
    assert ftprep("preview", "pod.yaml") == (2, "", "talks.csv: is empty; a table has at least a header\n")
