"""Every figure of a run, counted again from the files that it wrote: by other code, line by line, for people to trust.

Nothing here is shared with the program but the encoding's tables, which tiktoken itself reads.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from ftprep import api
from ftprep_tiktoken.encodings import build
from ftprep_tiktoken.tables import Tables

pytestmark = pytest.mark.files
RECIPES = Path(__file__).parents[1] / "recipes"
SPLITS = ("train", "validation", "test")
PER_MESSAGE, PER_REPLY = 3, 3
"""Tokens around messages (OpenAI's cookbook, "How to count tokens with tiktoken")."""
PRICE = {"input": 0.8, "output": 3.2, "training": 5.0}
WORDS = ["river", "lamp", "stone", "green", "seven", "paper", "cloud", "honest", "market", "quick", "window", "early"]


def offline(url: str, sha256: str) -> bytes:
    raise ConnectionError(f"no network for {url}")


@pytest.fixture(scope="module")
def count():
    """Tokens of a text."""
    encoding = build("o200k_base", Tables({}, fetch=offline))
    return lambda text: len(encoding.encode_ordinary(text))


class Lines:
    """The rows of one output, by split, as they stand in its files."""

    def __init__(self, run: api.Run, output: str):
        self.chat = output != "openai_completion"
        self.paths = {split: run.folder / output / f"{split}.jsonl" for split in SPLITS}
        self.paths = {split: path for split, path in self.paths.items() if path.exists()}
        self.by_split = {split: [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
                         for split, path in self.paths.items()}  # fmt: skip
        self.rows = [row for rows in self.by_split.values() for row in rows]

    def messages(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        if self.chat:
            return row["messages"]
        return [{"role": "user", "content": row["prompt"]}, {"role": "assistant", "content": row["completion"]}]


def nearest(values: list[int], percent: int) -> int:
    """The value at the nearest rank: the percent-th part of the values, rounded up, are not above it."""
    return sorted(values)[-(-percent * len(values) // 100) - 1]


def spread(values: list[int]) -> dict[str, int]:
    return {"p50": nearest(values, 50), "p95": nearest(values, 95), "max": max(values)}


def fills(bins: list[list[int]], values: list[int]) -> None:
    """Each value is in its bin, and no bin has others."""
    assert len(bins) <= 60
    assert [n for *_, n in bins] == [sum(start <= value < end for value in values) for start, end, _ in bins]
    assert sum(n for *_, n in bins) == len(values)


def tokens_of(lines: Lines, row: dict[str, Any], count: Any) -> int:
    if not lines.chat:
        return count(row["prompt"] + row["completion"])
    total = PER_REPLY
    for message in row["messages"]:
        total += PER_MESSAGE + count(message["role"]) + count(message.get("content") or "")
    return total


def trained_of(lines: Lines, row: dict[str, Any], count: Any) -> int:
    said = [m for m in lines.messages(row) if m["role"] == "assistant" and m.get("weight") != 0]
    return sum(count(message.get("content") or "") for message in said)


def look_at_makeup(made: dict[str, Any], lines: Lines) -> None:
    talks = [lines.messages(row) for row in lines.rows]
    numbers = [len(talk) for talk in talks]
    said = [message for talk in talks for message in talk]
    characters = [sum(len(m.get("content") or "") for m in talk) for talk in talks]
    bins = made["messages"].pop("bins")
    fills(bins, numbers)
    assert made == {
        "examples": len(talks),
        "messages": {"total": sum(numbers), **spread(numbers)},
        "roles": dict(Counter(message["role"] for message in said)),
        "trained_messages": sum(m["role"] == "assistant" and m.get("weight") != 0 for m in said),
        "with_system": sum(any(m["role"] in ("system", "developer") for m in talk) for talk in talks),
        "with_tools": sum("tools" in row for row in lines.rows),
        "with_images": 0,
        "with_rejected": 0,
        "characters": {"total": sum(characters), **spread(characters)},
    }


def look_at_tokens(made: dict[str, Any], lines: Lines, count: Any, limit: int = 65536) -> None:
    by_split = {split: [tokens_of(lines, row, count) for row in rows] for split, rows in lines.by_split.items()}
    every = [n for counts in by_split.values() for n in counts]
    fills(made.pop("histogram"), every)
    made.pop("approximate_tool_tokens", None)
    assert made == {
        "examples": len(every), "total": sum(every), "min": min(every), **spread(every),
        "mean": round(sum(every) / len(every), 2), "over": sum(n > limit for n in every), "limit": limit,
        "splits": {split: {"examples": len(counts), "tokens": sum(counts), **spread(counts)}
                   for split, counts in by_split.items()},
    }  # fmt: skip


def look_at_cost(made: dict[str, Any], lines: Lines, count: Any) -> None:
    tokens = {split: [tokens_of(lines, row, count) for row in rows] for split, rows in lines.by_split.items()}
    trained = {split: [trained_of(lines, row, count) for row in rows] for split, rows in lines.by_split.items()}
    every, taught = ([n for counts in of.values() for n in counts] for of in (tokens, trained))
    examples = len(tokens["train"])
    epochs = 3 if 3 * examples >= 100 else min(25, 100 // examples)
    answers = [count(talk[-1]["content"]) for talk in map(lines.messages, lines.rows)]
    prompts = [n - answer - PER_MESSAGE - count("assistant") for n, answer in zip(every, answers, strict=True)]
    numbers = [len(lines.messages(row)) for row in lines.rows]
    fills(made.pop("histogram"), every)
    asked, answered = (round(sum(of) * 1000 / len(every)) for of in (prompts, answers))
    requests = made.pop("requests")
    assert [(row["prompt_tokens"], row["answer_tokens"]) for row in requests] == [(asked, answered)] * 2
    usd = sum(prompts) * 1000 / len(every) * PRICE["input"] + sum(answers) * 1000 / len(every) * PRICE["output"]
    assert [row["usd"] for row in requests] == ["not known", round(usd / 1e6, 4)]
    spreads = {"tokens": every, "trained tokens": taught, "tokens before the answer": prompts, "messages": numbers}
    assert made.pop("distribution") == [
        {"per_example": name, "min": min(of), "p5": nearest(of, 5), **spread(of), "mean": round(sum(of) / len(of), 2)}
        for name, of in spreads.items()
    ]
    assert made == {
        "examples": len(every), "messages": sum(numbers), "tokens": sum(every), "trained": sum(taught),
        "limit": 65536, "over": 0, "cut": 0, "per_epoch": sum(tokens["train"]), "epochs": epochs,
        "billed": epochs * sum(tokens["train"]),
        "usd": round(epochs * sum(tokens["train"]) * PRICE["training"] / 1e6, 4),
        "bytes": sum(path.stat().st_size for path in lines.paths.values()), "file_limit": 512_000_000,
        "splits": {
            split: {"examples": len(of), "tokens": sum(of), **spread(of), "trained": sum(trained[split]), "cut": 0,
                    "per_epoch": sum(of)}
            for split, of in tokens.items()
        },
    }  # fmt: skip


def look_at_labels(made: dict[str, Any], lines: Lines, ending: str = "") -> None:
    """Of `labels` and of `classes`."""
    labels = {split: Counter(lines.messages(row)[-1]["content"].removesuffix(ending).strip() for row in rows)
              for split, rows in lines.by_split.items()}  # fmt: skip
    every = sum(labels.values(), Counter())
    inputs = defaultdict(set)
    for row in lines.rows:
        *before, last = lines.messages(row)
        inputs[json.dumps(before)].add(last["content"].strip())
    assert made["classes"] == len(every)
    assert {row["label"]: row["examples"] for row in made["table"]} == every
    assert made["splits"] == {split: {label: of[label] for label in every} for split, of in labels.items()}
    assert made["contradictions"] == sum(len(of) > 1 for of in inputs.values())
    if "baseline" in made:
        n = max(every.values())
        assert (made["examples"], made["baseline"]) == (every.total(), round(n / every.total(), 4))
        assert every[made["most_frequent"]] == n
        shares = {row["label"]: f"{row['examples'] / every.total():.1%}" for row in made["table"]}
        assert {row["label"]: row["share"] for row in made["table"]} == shares


def normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def look_at_duplicates(made: dict[str, Any], lines: Lines) -> None:
    exact = Counter(json.dumps([(m["role"], m["content"]) for m in row["messages"]]) for row in lines.rows)
    near = Counter(json.dumps([(m["role"], normal(m["content"])) for m in row["messages"]]) for row in lines.rows)
    repeats = len(lines.rows) - len(exact)
    assert (made["exact"], made["normalised"]) == (repeats, len(lines.rows) - len(near) - repeats)
    groups = sorted(n for n in near.values() if n > 1)
    assert len(made["groups"]) == min(20, len(groups))
    if len(groups) <= 20:
        assert sorted(map(len, made["groups"])) == [min(n, 20) for n in groups]


def look_at_leakage(made: dict[str, Any], lines: Lines) -> None:
    seen: set[str] = set()
    leaks = 0
    for rows in lines.by_split.values():  # train, validation, test
        asked = ["\n".join(m["content"] for m in row["messages"][:-1] if m["role"] not in ("system", "developer"))
                 for row in rows]  # fmt: skip
        leaks += sum(normal(text) in seen for text in asked)
        seen.update(map(normal, asked))
    assert made["inputs"] == leaks
    assert len(made["pairs"]) == min(20, leaks)


def look_at_personal(made: dict[str, Any], lines: Lines) -> None:
    text = json.dumps(lines.rows)
    found = {
        "email": len(re.findall(r"(?i)[a-z0-9]+@example\.org", text)),
        "iban": text.count("DE89 3704 0044 0532 0130 00"),
    }
    assert {kind: made.get(kind, 0) for kind in ("email", "iban", "key", "card", "phone")} == {
        **found, "key": 0, "card": 0, "phone": 0,
    }  # fmt: skip


def generated(seed: int, examples: int) -> list[dict[str, Any]]:
    """Rows with labels, repeats, near repeats, contradictions, leaks and personal data, in three splits."""
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for n in range(examples):
        text = f"{' '.join(chance.choices(WORDS, k=chance.randrange(3, 40)))} {n}"
        kind = chance.random()
        label = chance.choice(["billing", "billing", "billing", "delivery", "other things"])
        if rows and kind < 0.3:
            earlier = chance.choice(rows)
            text, label = earlier["text"], earlier["label"] if kind < 0.2 else label
            text = f" {text.upper()} " if kind < 0.1 else text
        elif kind < 0.4:
            text += f" mail user{n}@example.org" + (" or DE89 3704 0044 0532 0130 00" if kind < 0.33 else "")
        rows.append({"text": text, "label": label, "split": chance.choices(SPLITS, [6, 3, 1])[0]})
    return rows


@pytest.mark.parametrize(
    "split",
    [{"from": "split"}, {"validation": "20%", "test": 9}, {"validation": 5, "shuffle": True}],
    ids=["given", "drawn", "shuffled"],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_all_figures_of_labelled_texts(tmp_path: Path, count: Any, split: dict[str, Any], seed: int) -> None:
    source = {
        "version": 1, "name": "r", "model": "gpt-4.1-mini", "seed": seed, "split": split,
        "read": "rows",
        "transform": [{"chat": {"system": "Say which.", "user": "{text}", "assistant": "{label}"}}],
        "check": ["tokens", {"cost": {"today": "2026-06-01"}}, {"labels": {"min_each": 1}}, "classes", "duplicates",
                  "leakage", "personal", "turns", "mojibake", "special_tokens"],
        "write": ["openai_chat"],
    }  # fmt: skip
    run = api.run(source, data=generated(seed, 240), out=tmp_path / "out", part_rows=37)
    lines = Lines(run, "openai_chat")
    figures = run.manifest["figures"]["openai_chat"]
    look_at_makeup(run.manifest["makeup"]["openai_chat"], lines)
    look_at_tokens(figures["tokens"], lines, count)
    look_at_cost(figures["cost"], lines, count)
    look_at_labels(figures["labels"], lines)
    look_at_labels(figures["classes"], lines)
    look_at_duplicates(figures["duplicates"], lines)
    look_at_leakage(figures["leakage"], lines)
    look_at_personal(figures["personal"], lines)
    assert list(figures["turns"]) == list(figures["special_tokens"]) == ["looked_for"]
    assert figures["mojibake"] == {"wrong": {}, "lost": 0}
    assert figures["labels"]["contradictions"] > 0
    assert figures["duplicates"]["normalised"] > 0
    assert figures["leakage"]["inputs"] > 0


@pytest.mark.parametrize(
    "name", ["sentiment", "sports_topic", "support_chatbot", "tool_calling", "email_triage", "helpdesk"]
)
def test_all_figures_of_bundled_recipes(tmp_path: Path, count: Any, name: str) -> None:
    shutil.copytree(RECIPES / name, tmp_path / name)
    run = api.run(tmp_path / name / "recipe.yaml", out=tmp_path / "out")
    for output, made in run.manifest["makeup"].items():
        lines = Lines(run, output)
        figures = run.manifest["figures"].get(output, {})
        if lines.chat:
            look_at_makeup(made, lines)
        else:
            assert made["examples"] == len(lines.rows)
            texts = [len(row["prompt"] + row["completion"]) for row in lines.rows]
            assert made["characters"] == {"total": sum(texts), **spread(texts)}
        if "tokens" in figures:
            look_at_tokens(figures["tokens"], lines, count, limit=figures["tokens"]["limit"])
        if "labels" in figures:
            look_at_labels(figures["labels"], lines)
        if "leakage" in figures and lines.chat:
            look_at_leakage(figures["leakage"], lines)
        assert run.manifest["counts"]["examples"][output] == {s: len(rows) for s, rows in lines.by_split.items()}


def test_real_chats_with_weights_and_many_turns(tmp_path: Path, count: Any) -> None:
    chance = random.Random(3)
    rows = []
    for n in range(120):
        talk = [{"role": "system", "content": "Be short."}] if n % 3 else []
        for turn in range(chance.randrange(1, 5)):
            talk.append({"role": "user", "content": " ".join(chance.choices(WORDS, k=5 + turn))})
            talk.append(
                {"role": "assistant", "content": " ".join(chance.choices(WORDS, k=3)), "weight": chance.choice([0, 1])}
            )
        talk[-1]["weight"] = 1
        rows.append({"messages": talk})
    source = {
        "version": 1, "name": "r", "model": "gpt-4.1-mini", "read": "rows",
        "transform": [{"messages": {"column": "messages"}}], "split": {"validation": "25%"},
        "check": ["cost", "turns"], "write": ["openai_chat"],
    }  # fmt: skip
    run = api.run(source, data=rows, out=tmp_path / "out")
    lines = Lines(run, "openai_chat")
    look_at_makeup(run.manifest["makeup"]["openai_chat"], lines)
    cost = run.manifest["figures"]["openai_chat"]["cost"]
    trained = {split: sum(trained_of(lines, row, count) for row in of) for split, of in lines.by_split.items()}
    assert {split: of["trained"] for split, of in cost["splits"].items()} == trained
    assert cost["trained"] == sum(trained.values())
    assert cost["billed"] == cost["epochs"] * sum(tokens_of(lines, row, count) for row in lines.by_split["train"])
