"""The files of trainers beside OpenAI, whole, as a run writes them; and that those who read them do so.

After a change that is meant: `python tests/test_targets.py` writes the golden files again; read the difference. The
consumers' own code is asked where it is installed: `python tests/consumers.py` tells which, of which version.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import consumers
import pytest
import yaml

from ftprep import api

GOLDEN = Path(__file__).parent / "golden" / "targets"

CLOCK = {
    "type": "function",
    "function": {
        "name": "clock",
        "description": "Tells the time.",
        "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}, "required": ["zone"]},
    },
}
SUM = {
    "type": "function",
    "function": {"name": "sum", "parameters": {"type": "object", "properties": {"of": {"type": "array"}}}},
}


def said(role: str, content: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def called(name: str, arguments: str, number: int) -> dict[str, Any]:
    call = {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"role": "assistant", "tool_calls": [call]}


TALKS: list[dict[str, Any]] = [
    {"messages": [said("user", "Who are you?"), said("assistant", "A shop.")]},
    {
        "messages": [
            said("developer", "Be brief."),
            said("user", "Grüße! \N{PERSONAL COMPUTER}", name="Ann"),
            said("assistant", "Hm?", weight=0),
            said("user", 'Say "yes"\n\tor \\no'),
            said("assistant", "Yes."),
        ]
    },
    {
        "messages": [
            said("user", "What time is it in Bern?"),
            called("clock", '{"zone":"Europe/Zurich"}', 1),
            said("tool", "12:00", tool_call_id="call_1"),
            said("assistant", "Noon.", reasoning="12:00 is noon."),
        ],
        "tools": [CLOCK],
        "parallel_tool_calls": False,
    },
    {
        "messages": [
            said("system", "Calculate."),
            said("user", "1 and 2.5?"),
            called("sum", '{"of": [1, 2.5]}', 2),
        ],
        "tools": [SUM, CLOCK],
    },
    {"messages": [said("assistant", "Once upon a time.")]},
    {"messages": [said("user", "Bye"), said("assistant", "Bye!", weight=0)]},
]
PAIRS = [
    {"messages": [said("user", "Capital of Peru?")], "good": "Lima.", "bad": "Cusco, perhaps?"},
    {
        "messages": [
            said("system", "Be sure."),
            said("user", "2 + 2?"),
            said("assistant", "What?"),
            said("user", "2+2!"),
        ],
        "good": "4",
        "bad": "5",
    },
    {"messages": [said("user", "Same?")], "good": "Yes.", "bad": "Yes."},
]
_TALK = {"messages": {"column": "messages", "tools": "tools", "extra": ["parallel_tool_calls"]}}
_PAIR = {"messages": {"column": "messages", "chosen": "good", "rejected": "bad"}}
WRITERS: dict[str, tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]] = {
    "trl_messages": (TALKS, _TALK, {"trl": "messages"}),
    "trl_prompt_completion": (TALKS, _TALK, {"trl": "prompt_completion"}),
    "trl_preference": (PAIRS, _PAIR, {"trl": "preference"}),
    "trl_completion": (TALKS, _TALK, {"trl_completion": {"steps": ["dialogue"]}}),
    "axolotl": (TALKS, _TALK, {"axolotl": {"base_model": "Qwen/Qwen3-0.6B"}}),
    "together_chat": (TALKS, _TALK, {"together": "chat"}),
    "together_preference": (PAIRS, _PAIR, {"together": "preference"}),
    "together_completion": (TALKS, _TALK, {"together_completion": {"steps": ["dialogue"]}}),
}
LOST = {
    "trl_messages": {"developer role", "weight 0", "parallel_tool_calls"},
    "trl_prompt_completion": {"developer role", "weight of earlier answers", "parallel_tool_calls"},
    "trl_preference": set(),
    "trl_completion": set(),
    "axolotl": {"developer role", "parallel_tool_calls"},
    "together_chat": {"developer role", "name", "parallel_tool_calls"},
    "together_preference": set(),
    "together_completion": set(),
}


def run(name: str, folder: Path, **more: Any) -> api.Run:
    rows, step, item = WRITERS[name]
    folder.mkdir(exist_ok=True)
    lines = [json.dumps(row) + "\n" for row in rows]
    (folder / "rows.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")
    read = str(folder / "rows.jsonl")
    return api.run(
        {"version": 1, "name": "t", "read": read, "transform": [step], "write": [item], **more}, out=folder / "out"
    )


def written(name: str, folder: Path) -> Path:
    ((_, files),) = run(name, folder).files.items()
    return files["train"]


@pytest.mark.files
@pytest.mark.parametrize("name", WRITERS)
def test_a_target_is_written_as_it_was(name: str, tmp_path: Path) -> None:
    assert written(name, tmp_path).read_bytes() == (GOLDEN / f"{name}.jsonl").read_bytes()


@pytest.mark.files
@pytest.mark.parametrize("name", WRITERS)
def test_a_run_tells_what_a_target_loses(name: str, tmp_path: Path) -> None:
    notes = [note for step in run(name, tmp_path).counts["steps"] for note in step.get("notes", {})]
    assert {note.removeprefix("lost: ") for note in notes if note.startswith("lost: ")} == LOST[name]


@pytest.mark.files
def test_axolotls_config_uses_the_files_that_there_are(tmp_path: Path) -> None:
    config = written("axolotl", tmp_path).with_name("axolotl.yaml")
    assert config.read_bytes() == (GOLDEN / "axolotl.yaml").read_bytes()
    both = run("axolotl", tmp_path / "split", split={"validation": 2}).files["axolotl"]
    text = both["validation"].with_name("axolotl.yaml").read_text(encoding="utf-8")
    (train,), (test,) = (yaml.safe_load(text)[key] for key in ("datasets", "test_datasets"))
    assert (train["path"], test["path"]) == ("train.jsonl", "validation.jsonl")
    assert {**train, "path": ""} == {**test, "path": ""}


@pytest.mark.files
def test_trls_card_says_what_is_in_the_columns(tmp_path: Path) -> None:
    card = written("trl_messages", tmp_path).with_name("README.md")
    assert card.read_bytes() == (GOLDEN / "trl_messages.md").read_bytes()


@pytest.mark.files
@pytest.mark.slow
@pytest.mark.parametrize("consumer", consumers.CONSUMERS)
def test_a_consumer_takes_the_files_that_are_for_it(consumer: str, tmp_path: Path) -> None:
    if not consumers.installed(consumer):
        pytest.skip(f"{consumer} is not installed")
    assert consumers.ask(consumer, GOLDEN, tmp_path) == consumers.EXPECTED[consumer]


if __name__ == "__main__":
    for one in WRITERS:
        with tempfile.TemporaryDirectory() as made:
            file = written(one, Path(made))
            (GOLDEN / f"{one}.jsonl").write_bytes(file.read_bytes())
            for name, beside in {"axolotl.yaml": "axolotl", "trl_messages.md": "trl_messages"}.items():
                if one == beside:
                    side = file.with_name("README.md" if name.endswith(".md") else name)
                    (GOLDEN / name).write_bytes(side.read_bytes())
