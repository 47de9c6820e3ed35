"""What reading a chat costs: the rows of an export against a bare loop of one regular expression, in pairs, as a ratio.

python tests/benchmarks/bench_whatsapp.py [--mb 50] [--pairs 3] [--memory]

Seconds are those of the processor, so that other programs weigh little. With --memory it reads once and says the most
memory it took (run it alone: --mb 1000 --memory).
"""

from __future__ import annotations

import argparse
import datetime
import random
import re
import resource
import statistics
import tempfile
import time
from pathlib import Path

from ftprep import Input, Rows
from ftprep_whatsapp.reader import Whatsapp

BARE = re.compile(r"(\d+/\d+/\d+), (\d+:\d+) - ([^:\n]+): (.*)")
WORDS = ["tea", "late", "good", "Straße", "parcel", "again", "never", "love", "wait", "😀"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=50)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "WhatsApp Chat with Ann.txt")
        write(path, options.mb * 1_000_000)
        if options.memory:
            seconds = timed_reader(path)
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
            print(f"{options.mb / seconds:.0f} MB/s, at most {most} MiB")
            return
        ratios = []
        for _ in range(options.pairs):
            bare, reader = timed_bare(path), timed_reader(path)
            ratios.append(reader / bare)
            print(f"bare {options.mb / bare:.0f} MB/s, reader {options.mb / reader:.0f} MB/s, ratio {ratios[-1]:.2f}")
        print(f"median ratio {statistics.median(ratios):.2f}")


def write(path: Path, size: int) -> None:
    """An export of so many bytes: five minutes between messages, every twelfth of two lines, some media and notices."""
    chance, written, now = random.Random(1), 0, datetime.datetime(2015, 1, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        while written < size:
            lines = []
            for number in range(10_000):
                now += datetime.timedelta(seconds=chance.randrange(600))
                text = " ".join(chance.choices(WORDS, k=chance.randrange(1, 22)))
                text = "<Media omitted>" if number % 50 == 0 else f"{text}\nand more" if number % 12 == 0 else text
                who = "Ann left" if number % 200 == 1 else f"{chance.choice(['Ann', 'Bob', 'Eva Maier'])}: {text}"
                lines.append(f"{now:%d/%m/%y, %H:%M} - {who}\n")
            written += file.write("".join(lines))


def timed_bare(path: Path) -> float:
    start = time.process_time()
    with path.open(encoding="utf-8") as file:
        for line in file:
            if found := BARE.match(line):
                found.groups()
    return time.process_time() - start


def timed_reader(path: Path) -> float:
    start = time.process_time()
    for item in Whatsapp(path=str(path)).read(Input(path)):
        if isinstance(item, Rows):
            len(item.rows)
    return time.process_time() - start


if __name__ == "__main__":
    main()
