"""`ftprep prompt`: what inference must send."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import RECIPE, Call, put

pytestmark = pytest.mark.files

TWO = RECIPE.replace(
    "write: openai_chat\n",
    "write:\n  - openai_chat: {system: You are HAL.}\n"
    '  - openai_completion: {steps: [dialogue, {stop: "\\nHuman: "}]}\n',
)
FIELDS = """\
version: 1
name: labels
read: labels.csv
transform: {prompt: {prompt: "{text} ->", completion: "{label}"}}
write: openai_completion
"""


@pytest.fixture
def two(ftprep: Call, recipe: Callable[[str], str]) -> str:
    """A run with two outputs."""
    assert ftprep("run", recipe(TWO)).code == 0
    return "out/pod"


@pytest.fixture
def labels(ftprep: Call, recipe: Callable[[str], str], tmp_path: Path) -> str:
    """A run whose prompt is made of a column."""
    put(tmp_path, "labels.csv", "text,label\nfine,good\n")
    assert ftprep("run", recipe(FIELDS)).code == 0
    return "out/labels"


def test_the_only_output_need_not_be_named(ftprep: Call) -> None:
    ftprep("run", "pod.yaml")
    told = ftprep("prompt", "out/pod", "-m", "user=Hello")
    assert (told.code, told.err) == (0, "")
    assert told.out == '{\n  "messages": [\n    {\n      "role": "user",\n      "content": "Hello"\n    }\n  ]\n}\n'


def test_messages_become_the_prompt_as_in_training(ftprep: Call, two: str) -> None:
    said = ["-m", "user=Hello", "-m", "assistant=I'm an AI", "-m", "user=Open = please"]
    told = ftprep("prompt", two, "--output", "openai_completion", *said)
    assert json.loads(told.out) == {"prompt": "AI: I'm an AI\nHuman: Open = please\nAI:", "stop": ["\nHuman: "]}


def test_an_output_can_be_named_by_its_folder(ftprep: Call, two: str) -> None:
    told = ftprep("prompt", f"{two}/openai_chat", "-m", "user=Hello", "--json")
    assert told.document["result"] == {
        "messages": [{"role": "system", "content": "You are HAL."}, {"role": "user", "content": "Hello"}]
    }


def test_fields_become_the_prompt_as_in_training(ftprep: Call, labels: str) -> None:
    assert json.loads(ftprep("prompt", labels, "-f", "text=so so").out) == {"prompt": "so so ->"}
    assert (
        json.loads(ftprep("prompt", labels, "-f", "text=", "-f", "messages=x", "-f", "self=y").out)["prompt"] == " ->"
    )


def test_a_conversation_that_has_not_begun_is_answered_with_advice(ftprep: Call, two: str) -> None:
    told = ftprep("prompt", f"{two}/openai_completion")
    assert (told.code, told.err) == (
        0,
        "advice: no message is given, so the user's is empty here; give the conversation so far with -m user=TEXT\n",
    )


WRONG = {
    "no folder": (["none"], "none: no such folder; name the folder that 'ftprep run' wrote"),
    "no run folder": (["."], ".: not a run folder; name the folder that 'ftprep run' wrote"),
    "several outputs": (
        ["out/pod"],
        "out/pod: has several outputs; choose one with --output: openai_chat, openai_completion",
    ),
    "a misspelt output": (
        ["out/pod", "--output", "openai_cht"],
        "out/pod: has no output 'openai_cht'; did you mean 'openai_chat'?",
    ),
    "a message without a role": (
        ["out/pod", "-m", "Hello"],
        "ftprep prompt: -m: 'Hello' is not of the form ROLE=TEXT; see 'ftprep prompt --help'",
    ),
    "a misspelt role": (["out/pod", "-m", "usr=Hello"], "ftprep prompt: -m: 'usr' is no role; did you mean 'user'?"),
    "a field without a value": (
        ["out/pod", "-f", "text"],
        "ftprep prompt: -f: 'text' is not of the form NAME=VALUE; see 'ftprep prompt --help'",
    ),
    "an answer at the end": (
        ["out/pod", "-m", "assistant=Hi"],
        "ftprep prompt: -m: the last message is the assistant's; end with the one that is to be answered",
    ),
}


@pytest.mark.parametrize(("arguments", "line"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked_is_one_line(ftprep: Call, two: str, arguments: list[str], line: str) -> None:
    assert ftprep("prompt", *arguments) == (2, "", f"{line}\n")


def test_a_field_that_is_missing_is_named(ftprep: Call, labels: str) -> None:
    line = "'prompt' needs the field 'text'; give it as text=…\n"
    assert ftprep("prompt", labels, "-f", "txt=x") == (2, "", line)


def test_a_contract_that_was_cut_off_is_one_line(ftprep: Call, labels: str, tmp_path: Path) -> None:
    path = tmp_path / labels / "openai_completion" / "contract.json"
    path.write_bytes(path.read_bytes()[:100])
    told = ftprep("prompt", labels, "-f", "text=x")
    assert told.code == 2
    assert told.err.startswith("out/labels/openai_completion/contract.json: this is no contract: ")
    assert told.err.endswith("; make it again with 'ftprep run'\n")


def test_a_run_that_was_killed_while_it_published_is_put_in_order_first(
    ftprep: Call, labels: str, tmp_path: Path
) -> None:
    (tmp_path / labels).rename(tmp_path / "out" / ".labels.ftprep-old")
    (tmp_path / "out" / ".labels.ftprep-lock").touch()
    shutil.copytree(tmp_path / "out" / ".labels.ftprep-old", tmp_path / "out" / ".labels.ftprep-new")
    assert json.loads(ftprep("prompt", labels, "-f", "text=x").out) == {"prompt": "x ->"}
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["labels"]


def test_the_folder_of_an_output_is_put_in_order_too(ftprep: Call, labels: str, tmp_path: Path) -> None:
    (tmp_path / labels).rename(tmp_path / "out" / ".labels.ftprep-old")
    assert ftprep("prompt", f"{labels}/openai_completion", "-f", "text=x").code == 0
