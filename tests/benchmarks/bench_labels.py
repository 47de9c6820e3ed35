"""What the label check and a stratified split cost: whole runs of 200,000 labelled rows, in pairs, as a ratio.

python tests/benchmarks/bench_labels.py [--rows 200000] [--pairs 3]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import ftprep

LABELS = ["positive", "negative", "neutral", "mixed"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        table = Path(name, "rows.csv")
        table.write_bytes(made(options.rows))
        plain: dict[str, Any] = {
            "version": 1, "name": "bench", "model": "gpt-4.1-mini", "read": str(table),
            "transform": [{"chat": {"user": "{text}", "assistant": "{label}"}}], "split": {"validation": "10%"},
            "write": ["openai_chat"],
        }  # fmt: skip
        full = {**plain, "check": ["labels"], "split": {"validation": "10%", "stratify": "label"}}
        ratios = []
        for _ in range(options.pairs):
            without, both = timed(plain, Path(name)), timed(full, Path(name))
            ratios.append(both / without)
            print(f"without {without:.2f} s, with {both:.2f} s, ratio {both / without:.2f}")
        print(f"median ratio {statistics.median(ratios):.2f}")


def made(rows: int) -> bytes:
    chance = random.Random(1)
    words = ["tea", "late", "good", "bad", "parcel", "again", "never", "love", "wait", "blue"]
    lines = [f"{n} {' '.join(chance.choices(words, k=12))},{chance.choice(LABELS)}" for n in range(rows)]
    return "\n".join(["text,label", *lines, ""]).encode()


def timed(recipe: dict[str, Any], folder: Path) -> float:
    start = time.perf_counter()
    ftprep.run(recipe, out=folder / "out")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
