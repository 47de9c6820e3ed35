"""The tokenizer `tiktoken`: the tokens of many texts by one call to the encoder, exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from ftprep import DataError, Tokenizer, did_you_mean

from .encodings import NAMES, build, where
from .tables import Tables

if TYPE_CHECKING:
    from tiktoken import Encoding

MARKER = "<|endoftext|>"
_MOST = 1 << 20
"""Characters that are joined at once: enough to be quick, little memory."""


class Tiktoken(Tokenizer):
    """Counts as OpenAI's tiktoken does. Tables come from the user's TIKTOKEN_CACHE_DIR, installed packages that carry
    them, or tiktoken's own download, in this order; each is checked by its sha256.
    """

    name: ClassVar[str] = "tiktoken"

    @classmethod
    def encodings(cls) -> tuple[str, ...]:
        """The encodings of the installed tiktoken that models are known to use."""
        return NAMES

    @classmethod
    def load(cls, encoding: str) -> Callable[[Sequence[str]], list[int]]:
        """A function that gives the exact token count of each text; special tokens in a text count as the plain text
        they are. Raises DataError where the tables are neither here nor to be fetched.
        """
        return JoinedCounts(_encoding(encoding))

    @classmethod
    def load_pieces(cls, encoding: str) -> Callable[[Sequence[str]], list[list[bytes]]]:
        """A function that gives the tokens of each text as bytes. Raises DataError as `load` does."""
        made = _encoding(encoding)
        return lambda texts: [made.decode_tokens_bytes(made.encode_ordinary(text)) for text in texts]

    @classmethod
    def available(cls, encoding: str) -> str:
        """Which of the places has its table. Raises DataError where what is there is damaged."""
        return where(encoding, Tables())


@cache
def _encoding(name: str) -> Encoding:
    """Built once a process: counting and showing tokens share it."""
    if name not in NAMES:
        raise DataError(f"tiktoken has no encoding '{name}'", hint=did_you_mean(name, NAMES))
    return build(name, Tables())


class JoinedCounts:
    """Joins texts by a special token, encodes once, and counts between the marks.

    Special tokens are cut out before anything else looks at the text, so every text is encoded as if alone.
    """

    def __init__(self, encoding: Encoding):
        self._encoding = encoding

    def __call__(self, texts: Sequence[str]) -> list[int]:
        counts: list[int] = []
        for some in _blocks(texts):
            counts += self._block(some)
        return counts

    def _block(self, texts: Sequence[str]) -> list[int]:
        joined = MARKER.join([*texts, ""])
        if joined.count(MARKER) == len(texts):
            try:
                return self._joined(joined)
            except UnicodeEncodeError:
                pass  # a lone surrogate: tiktoken's own way, text by text, knows what it counts
        return [len(self._encoding.encode_ordinary(text)) for text in texts]

    def _joined(self, joined: str) -> list[int]:
        import numpy as np

        tokens = self._encoding.encode_to_numpy(joined, allowed_special={MARKER}, disallowed_special=())
        ends = np.flatnonzero(tokens == self._encoding.eot_token)
        counts: list[int] = (np.diff(ends, prepend=-1) - 1).tolist()
        return counts


def _blocks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = size = 0
    for end, text in enumerate(texts, 1):
        size += len(text)
        if size >= _MOST:
            yield texts[start:end]
            start, size = end, 0
    if start < len(texts):
        yield texts[start:]
