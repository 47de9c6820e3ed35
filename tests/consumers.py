"""Asks those who read training files whether they take ours: `python tests/consumers.py` tells of all that are there.

Each is asked in a process of its own, without a network. Beside `datasets` they are too large for the tests' own
environment (TRL wants transformers, axolotl torch), so they are run by hand in an environment that has them.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CONSUMERS = ("datasets", "trl", "together", "axolotl")
EXPECTED: dict[str, dict[str, Any]] = {
    "datasets": {
        "a folder by its card": "5 rows as they were",
        "axolotl": "5 rows as they were",
        "together_chat": "5 rows as they were",
        "together_completion": "3 rows as they were",
        "together_preference": "2 rows as they were",
        "trl_completion": "3 rows as they were",
        "trl_messages": "5 rows as they were",
        "trl_preference": "2 rows as they were",
        "trl_prompt_completion": "5 rows as they were",
    },
    "trl": {
        "trl_completion": ["completion", "prompt"],
        "trl_messages": ["text"],
        "trl_preference": ["chosen", "prompt", "rejected"],
        "trl_prompt_completion": ["completion", "prompt"],
    },
    "together": {
        "together_chat": "Checks passed",
        "together_completion": "Checks passed",
        "together_preference": "Checks passed",
    },
    "axolotl": {
        "config": ["chat_template", "train"],
        "trained": [
            "A shop.",
            "Yes.",
            '<tool_call>\n{"name": "clock", "arguments": {"zone": "Europe/Zurich"}}\n</tool_call>|Noon.',
            '<tool_call>\n{"name": "sum", "arguments": {"of": [1, 2.5]}}\n</tool_call>',
            "Once upon a time.",
        ],
    },
}


def installed(consumer: str) -> bool:
    """Whether it is there."""
    return importlib.util.find_spec(consumer) is not None


def ask(consumer: str, folder: Path, scratch: Path) -> dict[str, Any]:
    """What it makes of the files in a folder."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(scratch), "AXOLOTL_DO_NOT_TRACK": "1", "PYTHONUTF8": "1"}
    call = [sys.executable, __file__, consumer, str(folder)]
    done = subprocess.run(call, env={**os.environ, **offline}, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _files(folder: Path, start: str = "") -> Iterator[Path]:
    return iter(sorted(folder.glob(f"{start}*.jsonl")))


def _rows(file: Path) -> list[Any]:
    """As `datasets` reads them, without what it fills in for keys that a row has not got."""
    import datasets

    loaded = datasets.load_dataset("json", data_files=str(file), split="train", keep_in_memory=True)
    return [_without_nulls(row) for row in loaded]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _written(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def of_datasets(folder: Path) -> dict[str, Any]:
    """Every file comes back as it was written; by its card also where the first rows say little of the columns."""
    found: dict[str, Any] = {"a folder by its card": _by_card(folder)}
    for file in _files(folder):
        rows, before = _rows(file), _written(file)
        found[file.stem] = f"{len(rows)} rows as they were" if rows == before else rows
    return found


def _by_card(folder: Path) -> Any:
    import datasets

    with tempfile.TemporaryDirectory() as name:
        before = sorted(_written(folder / "trl_messages.jsonl"), key=lambda row: "tools" in row)
        text = "".join(json.dumps(row) + "\n" for row in before)
        (Path(name) / "train.jsonl").write_text(text, encoding="utf-8", newline="\n")
        (Path(name) / "README.md").write_bytes((folder / "trl_messages.md").read_bytes())
        loaded = datasets.load_dataset(name, split="train", chunksize=100, keep_in_memory=True)
        rows = [_without_nulls(row) for row in loaded]
    return f"{len(rows)} rows as they were" if rows == before else rows


def _tokenizer() -> Any:
    """A tokenizer of bytes with a chat template that knows tools and reasoning."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    model = models.BPE(vocab={token: n for n, token in enumerate(alphabet)}, merges=[])
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>")
    made.add_special_tokens({"additional_special_tokens": ["<|im_start|>"]})
    return made


def of_trl(folder: Path) -> dict[str, Any]:
    """Its data utilities take every row, and a chat template says all that the row says."""
    import trl
    from trl.data_utils import is_conversational, maybe_apply_chat_template, maybe_extract_prompt

    tokenizer = _tokenizer()
    templates = Path(trl.__file__).parent / "chat_templates"
    tokenizer.chat_template = (templates / "qwen3.jinja").read_text(encoding="utf-8")
    found: dict[str, Any] = {}
    for file in _files(folder, "trl_"):
        for row in _rows(file):
            assert is_conversational(row) is (file.stem != "trl_completion"), row
            assert maybe_extract_prompt(row) == row
            tools = row.pop("tools", None)
            told = maybe_apply_chat_template(row, tokenizer, tools=tools)
            whole = "".join(told.values())
            assert all(text in whole for text in _texts(row)), (row, whole)
            found[file.stem] = sorted(told)
    return found


def _texts(row: Any) -> list[str]:
    if isinstance(row, str):
        return [row.strip()]
    if isinstance(row, list):
        return [text for one in row for text in _texts(one)]
    if "role" in row:
        calls = [call["function"]["name"] for call in row.get("tool_calls", ())]
        return [row.get("content", ""), row.get("reasoning_content", ""), *calls]
    return [text for one in row.values() for text in _texts(one)]


def of_together(folder: Path) -> dict[str, Any]:
    """The check that its client makes before an upload."""
    from together.lib.utils.files import check_file

    return {file.stem: check_file(file)["message"] for file in _files(folder, "together_")}


def of_axolotl(folder: Path) -> dict[str, Any]:
    """The config is valid, and what is trained of each row is what the row says."""
    import yaml
    from axolotl.prompt_strategies.chat_template import StrategyLoader
    from axolotl.utils.chat_templates import get_chat_template
    from axolotl.utils.dict import DictDefault
    from axolotl.utils.schemas.config import AxolotlInputConfig

    config = yaml.safe_load((folder / "axolotl.yaml").read_text(encoding="utf-8"))
    (data,) = AxolotlInputConfig(**config).datasets
    tokenizer = _tokenizer()
    tokenizer.chat_template = get_chat_template("qwen_25", tokenizer=tokenizer)
    cfg = DictDefault({"sequence_len": 4096, "train_on_inputs": False, "chat_template": config["chat_template"]})
    strategy = StrategyLoader()(tokenizer, cfg, data.model_dump(exclude_none=True))
    trained = [_trained(strategy.tokenize_prompt(row)["labels"], tokenizer) for row in _rows(folder / "axolotl.jsonl")]
    return {"config": [data.type, data.message_field_training], "trained": trained}


def _trained(labels: list[int], tokenizer: Any) -> str:
    runs: list[list[int]] = [[]]
    for label in labels:
        if label != -100:
            runs[-1].append(label)
        elif runs[-1]:
            runs.append([])
    return "|".join(tokenizer.decode(run).removesuffix("<|im_end|>").strip() for run in runs if run)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write("\n" + json.dumps(globals()[f"of_{sys.argv[1]}"](Path(sys.argv[2]))) + "\n")
    else:
        for name in CONSUMERS:
            if installed(name):
                with tempfile.TemporaryDirectory() as empty:
                    told = ask(name, Path(__file__).parent / "golden" / "targets", Path(empty))
                agreed = "takes the files" if told == EXPECTED[name] else f"does not: {told}"
                sys.stdout.write(f"{name} {importlib.metadata.version(name)} {agreed}\n")
