"""The main job against the practical limit, in one run.

python bench_pipeline.py STRAWMAN.py [CONVERSATIONS] [--count ENCODING]

Makes the data (200,000 conversations of five messages), then runs the straw man and ftprep in turn, five times, as
whole processes, and prints the ratio of their times pair by pair, and ftprep's peak memory. With `--count` both count
tokens exactly.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
RECIPE = """\
version: 1
name: bench
{model}read: {{jsonl: talks.jsonl}}
transform:
  - conversations: {{by: conversation, speaker: role, text: text, assistant: assistant}}
  - window: {{context: 3}}
  - dedupe
{check}write: [openai_chat]
"""


def timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall seconds and peak MiB of a whole process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("strawman", type=Path)
    parser.add_argument("conversations", type=int, nargs="?", default=200_000)
    parser.add_argument("--count", metavar="ENCODING")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "talks.jsonl"
        maker = [sys.executable, str(HERE / "make_conversations.py"), str(asked.conversations), "5", str(data)]
        subprocess.run(maker, check=True)
        model = f"model: {{name: bench, tokenizer: {asked.count}, context: 100000}}\n" if asked.count else ""
        recipe = RECIPE.format(model=model, check="check: [tokens]\n" if asked.count else "")
        (folder / "recipe.yaml").write_text(recipe, encoding="utf-8", newline="\n")
        straw = [sys.executable, str(asked.strawman.resolve()), "batch", "talks.jsonl", "straw.jsonl", "--dedup"]
        straw += ["--count", asked.count, "--mode", "loop"] if asked.count else []
        ours = [sys.executable, "-m", "ftprep", "run", "recipe.yaml"]
        ratios, peaks = [], []
        for _ in range(asked.runs):
            (limit, _), (seconds, peak) = timed(straw, folder), timed(ours, folder)
            ratios.append(seconds / limit)
            peaks.append(peak)
            print(f"straw man {limit:.2f} s, ftprep {seconds:.2f} s, ratio {ratios[-1]:.2f}, peak {peak:.0f} MiB")
        print(f"median ratio {statistics.median(ratios):.2f}, peak {max(peaks):.0f} MiB")


if __name__ == "__main__":
    main()
