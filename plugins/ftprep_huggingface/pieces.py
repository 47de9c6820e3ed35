"""The bytes that each token stands for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise


@cache
def byte_of() -> dict[str, int]:
    """The byte that each character of a byte-level token stands for. Source: `bytes_to_unicode` of GPT-2's encoder:
    printable bytes are themselves, the others the characters from 256 on, in order."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in set(printable)]
    return {chr(byte): byte for byte in printable} | {chr(256 + n): byte for n, byte in enumerate(others)}


def pieces_of(text: str, tokens: Sequence[str], offsets: Sequence[tuple[int, int]]) -> list[bytes]:
    """The bytes of each token, which together are the text; `offsets` are in characters of it.

    Byte-level tokens say their bytes themselves. Others are cut out of the text where their offsets say: what lies
    between two tokens belongs to the second, and tokens that share characters share their bytes.
    """
    whole = text.encode("utf-8", "replace")
    table = byte_of()
    try:
        said = [bytes(map(table.__getitem__, token)) for token in tokens]
    except KeyError:
        said = []
    return said if b"".join(said) == whole else _cut(text, offsets)


def _cut(text: str, offsets: Sequence[tuple[int, int]]) -> list[bytes]:
    pieces: list[bytes] = []
    done = 0
    for first, last, end in _groups(offsets, len(text)):
        start = max(done, min(offsets[first][0], end))
        shared = text[start:end].encode("utf-8", "replace")
        count = last - first
        cuts = [len(shared) * n // count for n in range(count + 1)]
        parts = [shared[a:b] for a, b in pairwise(cuts)]
        pieces += [text[done:start].encode("utf-8", "replace") + parts[0], *parts[1:]]
        done = end
    if pieces:
        pieces[-1] += text[done:].encode("utf-8", "replace")
    return pieces


def _groups(offsets: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int, int]]:
    """Runs of tokens that share characters: the first, the one after the last, and where their characters end."""
    groups: list[tuple[int, int, int]] = []
    done = -1
    for n, (_, end) in enumerate(offsets):
        if groups and end <= done:  # it stands for characters of the token before it
            first, _, known = groups[-1]
            groups[-1] = (first, n + 1, known)
        else:
            done = min(max(end, 0), length)
            groups.append((n, n + 1, done))
    return groups
