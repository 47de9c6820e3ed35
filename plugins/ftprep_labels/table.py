"""Labels as tokens: what the model reads of each, in the form in which it is written, and in the other."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ftprep import StepRun


class Label(msgspec.Struct, frozen=True):
    """One class. `written` is the answer as its format writes it, without the stop sequence."""

    written: str
    count: int
    tokens: tuple[bytes, ...]
    other: tuple[bytes, ...]
    """With a leading space where it is written without, and the other way round."""

    @property
    def name(self) -> str:
        """Without the white space of the format."""
        return self.written.strip()

    @property
    def spaced(self) -> bool:
        """It is written with a leading space."""
        return self.written.startswith(" ")

    def row(self) -> dict[str, Any]:
        """Its line in the table."""
        here, there = list(map(shown, self.tokens)), list(map(shown, self.other))
        forms = {"with_space": here, "without_space": there} if self.spaced else {
            "with_space": there, "without_space": here,
        }  # fmt: skip
        verdict = "one token" if len(self.tokens) == 1 else f"{len(self.tokens)} tokens"
        return {"label": self.name, "written": self.written, "examples": self.count, **forms, "verdict": verdict}


def labels_of(counts: Mapping[str, int], run: StepRun) -> list[Label]:
    """The labels, the most frequent first; without a model they have no tokens."""
    written = sorted(counts, key=lambda label: (-counts[label], label))
    if run.model is None:
        return [Label(label, counts[label], (), ()) for label in written]
    other = [label[1:] if label.startswith(" ") else f" {label}" for label in written]
    pieces = run.pieces([*written, *other])
    here, there = pieces[: len(written)], pieces[len(written) :]
    return [Label(w, counts[w], tuple(a), tuple(b)) for w, a, b in zip(written, here, there, strict=True)]


def shown(token: bytes) -> str:
    """A token for people; one that is a part of a character as its bytes."""
    try:
        return token.decode()
    except UnicodeDecodeError:
        return "".join(f"<{byte:02x}>" for byte in token)


def proposal(names: Sequence[str], run: StepRun) -> dict[str, str]:
    """Codes that are one token, bare and after a space, all different: letters, then pairs of them."""
    codes = _one_token(_candidates(), run, len(names))
    return dict(zip(names, codes, strict=False)) if len(codes) >= len(names) else {}


def _candidates() -> Iterator[str]:
    yield from string.ascii_uppercase
    yield from map("".join, itertools.product(string.ascii_uppercase, repeat=2))


def _one_token(candidates: Iterable[str], run: StepRun, most: int) -> list[str]:
    found: list[str] = []
    every = list(candidates)
    for code, bare, spaced in zip(every, run.pieces(every), run.pieces([f" {c}" for c in every]), strict=True):
        if len(bare) == len(spaced) == 1 and len(found) < most:
            found.append(code)
    return found
