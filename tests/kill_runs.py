"""Runs a recipe over and over and kills it at random moments; used by test_publishing.

python kill_runs.py FOLDER TIMES SEED: exits 0 if, each time, the earlier run folder or the new one was there whole,
and the next command left nothing else behind.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import msgspec

from ftprep import api
from ftprep.output import recover

ROWS = [{"Human": f"Question {n}", "AI": f"Answer {n}"} for n in range(1500)]
RECIPE = {
    "version": 1,
    "name": "killed",
    "transform": [{"conversations": {"user": "Human", "assistant": "AI"}}, {"window": {"context": 2}}],
    "split": {"validation": "10%"},
    "write": ["openai_chat"],
}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the manifest and the page, whose time differs."""
    timed = ("manifest.json", "report.html")
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in timed)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def start(target: Path, seed: int) -> int:
    """A run in a process of its own."""
    child = os.fork()
    if child == 0:
        try:
            rows = [*ROWS, *({"Human": "###", "AI": "###"}, {"Human": "seed", "AI": str(seed)})]
            api.run(RECIPE | {"seed": seed}, data=rows, out=target)
            os._exit(0)
        except BaseException as error:
            sys.stderr.write(f"{error}\n")
            os._exit(1)
    return child


def finished(target: Path, seed: int) -> dict[str, bytes]:
    """What a run that nobody kills leaves."""
    assert os.waitpid(start(target, seed), 0)[1] == 0
    return contents(target)


def main(folder: Path, times: int, seed: int) -> None:
    """The whole test; an assertion says what was found."""
    random_ = random.Random(seed)
    target = folder / "run"
    whole = {n: finished(folder / f"whole{n}", n) for n in (0, 1)}
    began = time.monotonic()
    finished(target, 0)
    length = time.monotonic() - began
    for _ in range(times):
        child = start(target, 1)
        time.sleep(random_.random() * length * 1.1)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        recover(target)
        manifest = msgspec.json.decode((target / "manifest.json").read_bytes())
        assert contents(target) == whole[manifest["seed"]], "half a run folder"
        left = sorted(path.name for path in folder.iterdir())
        assert left == ["run", "whole0", "whole1"], f"left behind: {left}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
