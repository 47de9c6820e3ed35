"""Makes bench data: python make_conversations.py CONVERSATIONS TURNS OUT.jsonl

One message a line (conversation, turn, role, text of 50 to 200 bytes); one conversation in a hundred repeats the one
before it. The same arguments give the same bytes.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

WORDS = (
    "account address again agree answer arrive balance before better bill box call cancel card change check close code "
    "cost customer day delivery details email exchange find first free gift great help hour invoice item kettle know "
    "label lamp late letter list look mail minute money month morning name need night number office open order package "
    "paid parcel phone please post price problem question receipt refund reply return right send service shop size "
    "sorry stock store street sure thank time today tomorrow track try understand voucher wait week work year"
).split()


def sentence(random_: random.Random) -> str:
    """A sentence of 50 to 200 bytes."""
    words = random_.choices(WORDS, k=random_.randrange(9, 30))
    return " ".join(words).capitalize()[:199] + random_.choice(".?!")


def main(conversations: int, turns: int, out: Path) -> None:
    """Writes the file."""
    random_ = random.Random(5)
    last: list[str] = []
    with out.open("w", encoding="utf-8", newline="\n") as file:
        for number in range(conversations):
            if not last or random_.random() >= 0.01:
                last = [sentence(random_) for _ in range(turns)]
            for turn, text in enumerate(last):
                role = ("user", "assistant")[turn % 2]
                line = {"conversation": f"c{number}", "turn": turn, "role": role, "text": text}
                file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
