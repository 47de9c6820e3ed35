"""`ftprep check` against the old tool, in one run: openai 0.28.1, `tools fine_tunes.prepare_data -q`.

python bench_check.py OPENAI [ROWS] [--pairs 3] [--model gpt-4.1-mini] [--command "check {} --fix --yes"] [--only csv]

OPENAI is the executable of an environment with `openai==0.28.1` and `pandas<3`. Makes the same prompt-completion pairs
(200,000) as CSV and as JSON Lines, then runs the old tool and ftprep in turn, as whole processes: without counting, and
with exact counts (the old tool counts nothing). Prints for each file and way the ratio of their times pair by pair, of
the time of the processor, and of the peaks of memory; and how much ftprep's peak grows from half of the rows to all.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

WORDS = 20_000
"""Different words, some much more frequent than others, as in a language."""
DUPLICATES = 0.02


class Cost(NamedTuple):
    """What a whole process took."""

    seconds: float
    cpu: float
    peak: float
    """MiB of the largest process of it."""


def main() -> None:
    """Prints the figures."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for ending in [asked.only] if asked.only else ["csv", "jsonl"]:
            whole, half = folder / f"pairs.{ending}", folder / f"half.{ending}"
            write(whole, asked.rows)
            write(half, asked.rows // 2)
            for model in (None, asked.model):
                told = f"{ending}, {'exact counts' if model else 'no counts'}"
                peak = compare(told, asked, whole, model)
                small = measured(ours(asked, half, model), folder).peak
                grown = (peak - small) * 2**20 / (asked.rows - asked.rows // 2)
                print(f"{told}: peak with half of the rows {small:.0f} MiB, {grown:.0f} bytes a row more", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("openai", type=Path)
    parser.add_argument("rows", type=int, nargs="?", default=200_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--model", default="gpt-4.1-mini")
    parser.add_argument("--command", default="check {} --fix --yes")
    parser.add_argument("--only", choices=["csv", "jsonl"])
    return parser.parse_args()


def compare(told: str, asked: argparse.Namespace, file: Path, model: str | None) -> float:
    """Prints one line for each pair, and the medians; returns ftprep's highest peak in MiB."""
    old = [str(asked.openai.resolve()), "tools", "fine_tunes.prepare_data", "-f", file.name, "-q"]
    pairs = [(measured(old, file.parent), measured(ours(asked, file, model), file.parent)) for _ in range(asked.pairs)]
    for was, is_ in pairs:
        ratio, cpu, memory = was.seconds / is_.seconds, was.cpu / is_.cpu, was.peak / is_.peak
        times = f"{was.seconds:.2f} s against {is_.seconds:.2f} s = {ratio:.1f} times"
        print(f"{told}: {times} (processor {cpu:.1f}), {was.peak:.0f} MiB against {is_.peak:.0f} = {memory:.1f} times")
    ratios = [[a / b for a, b in zip(was, is_, strict=True)] for was, is_ in pairs]
    faster, cpu, smaller = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"{told}: median {faster:.1f} times faster (processor {cpu:.1f}), {smaller:.1f} times smaller")
    return max(is_.peak for _, is_ in pairs)


def ours(asked: argparse.Namespace, file: Path, model: str | None) -> list[str]:
    """ftprep's command for a file."""
    counting = ["--model", model] if model else []
    return [sys.executable, "-m", "ftprep", *shlex.split(asked.command.format(file.name)), *counting]


def measured(command: list[str], folder: Path) -> Cost:
    """Runs a command; the files that it writes are removed."""
    before = set(folder.iterdir())
    began = time.perf_counter()
    log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    log.seek(0)
    assert process.returncode in (0, 1), (command, log.read()[-1000:])  # 1: it found something
    log.close()
    for made in set(folder.iterdir()) - before:
        made.unlink()
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def write(file: Path, rows: int) -> None:
    """Pairs of about 60 and 15 words in a file of one kind or the other."""
    with file.open("w", encoding="utf-8", newline="") as out:
        if file.suffix == ".csv":
            table = csv.writer(out)
            table.writerow(["prompt", "completion"])
            table.writerows(pairs_of(rows))
        else:
            for prompt, completion in pairs_of(rows):
                out.write(json.dumps({"prompt": prompt, "completion": completion}, ensure_ascii=False) + "\n")


def pairs_of(rows: int) -> Iterator[tuple[str, str]]:
    """The same pairs every time; one in fifty is that before it."""
    chance = random.Random(3)
    letters, ends = "etaoinshrdlucmfwypvbgkjqxz", ["", "", "", "", "", "", ",", ".", "s.", ":", "(2)"]
    words = ["".join(chance.choices(letters, range(26, 0, -1), k=chance.randint(2, 10))) for _ in range(WORDS)]
    words = [chance.choice((word, word, word, word.capitalize())) + chance.choice(ends) for word in words]
    stream = chance.choices(words, [1 / rank for rank in range(1, WORDS + 1)], k=500_000)
    last = None
    for _ in range(rows):
        if last is None or chance.random() >= DUPLICATES:
            last = (_text(stream, chance, 60, 15, 8), _text(stream, chance, 15, 5, 3))
        yield last


def _text(stream: list[str], chance: random.Random, mean: int, spread: int, least: int) -> str:
    at = chance.randrange(len(stream) - 200)
    return " ".join(stream[at : at + max(least, int(chance.gauss(mean, spread)))])


if __name__ == "__main__":
    main()
