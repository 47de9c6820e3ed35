"""`ftprep explain`: a recipe in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import RECIPE, Call, put

pytestmark = pytest.mark.files

LONG = """\
version: 1
name: pod
description: Answers of a ship's computer.
model: gpt-4.1-mini
read:
  csv: {path: talks.csv, delimiter: ";"}
transform:
  - conversations: {user: Human, assistant: AI}
  - window: {context: 2}
  - dedupe
check: [tokens]
split: {validation: 10%, shuffle: true}
write:
  - openai_chat: {system: You are HAL.}
  - openai_completion:
      as: plain
      steps: [dialogue, {stop: "\\nHuman: "}]
"""
IN_WORDS = """\
pod: Answers of a ship's computer.

read
  csv  talks.csv
       delimiter: ";"

transform
  conversations  user: Human, assistant: AI
                 Table rows become conversations, in one of three ways.
  window         context: 2
                 Cuts a conversation into examples that end in an answer, so that each answer is trained exactly once.
  dedupe         Of examples with the same content only the first stays; the others are drops.

check
  tokens  Counts the tokens of every example as its writer writes it, and compares them with what the model takes.

split
  validation: 10%, shuffle: true; groups (such as conversations) stay whole

write
  out/pod/openai_chat
    openai_chat  system: You are HAL.
                 `{"messages": [...]}`, with `tools` and `parallel_tool_calls` where an example has them.
  out/pod/plain
    dialogue           Writes the messages before the answer as turns, then the beginning of the answer's turn: \
`Human: …\\nAI:`.
    stop               text: "\\nHuman: "
                       Ends each completion with the text at which inference stops; the model learns to write it when \
it is done.
    openai_completion  `{"prompt": ..., "completion": ...}`, from a user message and the answer to it.

model
  gpt-4.1-mini: tokens are counted as o200k_base, at most 65,536 an example

Nothing is sent anywhere.
"""


def test_a_recipe_is_told_in_words(ftprep: Call, recipe: Callable[[str], str]) -> None:
    assert ftprep("explain", recipe(LONG)) == (0, IN_WORDS, "")


def test_a_value_that_was_set_or_comes_from_elsewhere_says_so(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "small.yaml", "extends: pod.yaml\nname: small\nwrite:\n  - openai_chat: {system: Be brief.}\n")
    told = ftprep("explain", "small.yaml", "--set", "transform.window.context=1")
    lines = [line.strip() for line in told.out.splitlines()]
    assert 'delimiter: ";" (pod.yaml:4:37)' in lines
    assert "window         context: 1 (--set #1)" in lines
    assert "openai_chat  system: Be brief." in lines
    assert "out/small/openai_chat" in lines


def test_the_document_has_every_option_with_its_origin(ftprep: Call) -> None:
    result = (
        ftprep("explain", "pod.yaml").document if False else ftprep("explain", "pod.yaml", "--json").document["result"]
    )
    assert list(result) == [
        "name", "description", "recipe", "read", "transform", "check", "split", "write", "model", "folder",
    ]  # fmt: skip
    window = result["transform"][1]
    assert (window["name"], window["plugin"], window["given"]) == ("window", "dialogue", ["context"])
    assert window["options"]["context"] == {"value": 2, "from": "pod.yaml:7:23"}
    assert window["options"]["one_per"] == {"value": "answer", "from": "default"}
    assert result["read"][0]["files"] == ["talks.csv"]
    assert result["write"][0]["folder"] == result["folder"] + "/openai_chat" == "out/pod/openai_chat"


def test_nothing_is_read_or_written(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "talks.csv", "")
    before = sorted(tmp_path.rglob("*"))
    assert ftprep("explain", "pod.yaml").code == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_recipe_without_a_description_is_told_too(ftprep: Call, recipe: Callable[[str], str]) -> None:
    assert ftprep("explain", recipe(RECIPE)).out.startswith("pod: a recipe\n\nread\n  csv  talks.csv\n")
