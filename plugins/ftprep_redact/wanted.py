"""What is looked for: kinds that are known, and patterns of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .kinds import FINDERS, Finder, Found, Kind
from .pseudonyms import Cutter


def refuse_impossible(kinds: Sequence[Kind], extra: Mapping[str, str]) -> None:
    """Raises ValueError where nothing is looked for, a name is taken, or a pattern cannot be read."""
    import regex

    if not kinds and not extra:
        raise ValueError("nothing to look for; name kinds, or patterns of your own under extra")
    for kind, pattern in extra.items():
        if kind in FINDERS:
            raise ValueError(f"extra has '{kind}', which is a kind already; give it another name")
        try:
            regex.compile(pattern)
        except regex.error as error:
            raise ValueError(f"the pattern of '{kind}' cannot be read: {error}") from None


def cutter(kinds: Sequence[Kind], extra: Mapping[str, str], seconds: float) -> Cutter:
    """What cuts texts at all of them; `extra` first. It raises TimeoutError where a pattern takes longer."""
    own = {kind: _finder(pattern, seconds) for kind, pattern in extra.items()}
    return Cutter({**own, **{kind: finder for kind, finder in FINDERS.items() if kind in kinds}})


def _finder(pattern: str, seconds: float) -> Finder:
    import regex

    compiled = regex.compile(pattern)

    def find(text: str) -> Iterator[Found]:
        for match in compiled.finditer(text, timeout=seconds):
            if match[0]:
                yield *match.span(), match[0]

    return find
