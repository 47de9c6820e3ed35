"""Text whose UTF-8 was read as Windows-1252 or Latin-1: found by reading its bytes again, and repaired.

The test is the way back: a run of characters that become valid UTF-8 when they are turned into the bytes they were read
from. Valid is not enough, as good text passes it now and then (German `Spaß“` would become Nko, French `allé…»` a
Chinese character), so a run is taken only where the characters as they stand cannot be what somebody wrote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_HIGH = {
    bytes([byte]).decode("cp1252"): byte for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_BYTES = {ord(char): chr(byte) for char, byte in _HIGH.items()}
"""Windows-1252 has letters and marks for 27 of the bytes that are controls in Latin-1; the other five stay controls, as
browsers read them. Source: WHATWG, Encoding Standard, index windows-1252."""
_NEXT = f"[\x80-\xbf{''.join(_HIGH)}]"
_ONE = f"[\xc2-\xdf]{_NEXT}|[\xe0-\xef]{_NEXT}{{2}}|[\xf0-\xf4]{_NEXT}{{3}}"
"""One character of UTF-8, as it was read: its first byte, and those that follow it."""
_SUSPECT = re.compile(f"[\xc2-\xf4]{_NEXT}")
_RUN = re.compile(f"(?:{_ONE})+")
_CHARACTER = re.compile(_ONE)
_MARKS = "”’»›™…–—•®°ªº²³¹\xa0“‘«‹„‚¿¡"
"""What may stand behind a letter in good text, of one language or the other."""
_BREAKS = "…–—"
_OPEN = "“‘«‹„‚\xa0"
"""What stands before a letter that is spoken of: `« Â »`."""
_LOST = "ï¿½"
"""U+FFFD, read wrongly itself: nothing to repair."""
_SURE = re.compile("[ÂÃ].|[ÄÅÈ].|â..|ï»¿|ð[Ÿ\x9f]..", re.DOTALL)
"""Characters that are taken alone: Western and Central European letters and marks, punctuation and symbols, the
byte-order mark, emoji. Of other scripts there have to be two in a row."""


def repaired(text: str) -> str:
    """The text as it was meant; the very same object where nothing was decoded wrongly. Text that went wrong more than
    once is repaired as often."""
    while not text.isascii() and _SUSPECT.search(text):
        made = _once(text)
        if made == text:
            return text
        text = made
    return text


def suspect(text: str) -> bool:
    """Whether a closer look is worth it: few texts have what wrong characters begin with."""
    return _SUSPECT.search(text) is not None


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """Each character as it stands, and as it was meant."""
    if text.isascii() or not _SUSPECT.search(text):
        return
    for run in _wrong_runs(text):
        yield from ((one[0], _meant(one[0])) for one in _CHARACTER.finditer(run[0]))


def _once(text: str) -> str:
    made: list[str] = []
    end = 0
    for run in _wrong_runs(text):
        made += (text[end : run.start()], _meant(run[0]))
        end = run.end()
    return "".join([*made, text[end:]])


def _wrong_runs(text: str) -> list[re.Match[str]]:
    """The runs that were decoded wrongly. Where one is long enough to be sure, others of its script are, too."""
    runs = [run for run in _RUN.finditer(text) if _reads(run[0])]
    spoilt = {script for run in runs if _long(run[0]) for script in _scripts(run[0])}
    return [run for run in runs if _long(run[0]) or _stands_out(run) or _of(run[0], spoilt)]


def _meant(run: str) -> str:
    return run.translate(_BYTES).encode("latin-1").decode("utf-8")


def _reads(run: str) -> bool:
    """Whether it is valid UTF-8, of characters that there are. Controls are what another wrong reading left, in text
    that went wrong twice."""
    try:
        meant = _meant(run)
    except UnicodeDecodeError:
        return False
    unknown = ("Cn", "Co") if len(meant) > 1 else ("Cn", "Co", "Cc")
    return _LOST not in run and all(unicodedata.category(char) not in unknown for char in meant)


def _long(run: str) -> bool:
    """Two characters of UTF-8 or more, that are not letters with marks behind them (the stammer `Ä…Ä…`)."""
    found = _CHARACTER.findall(run)
    return len(found) > 1 and any(one[0] in "ÂÃ" or not set(one[1:]) <= set(_MARKS) for one in found)


def _scripts(run: str) -> Iterator[str]:
    return (char[0] for char in _CHARACTER.findall(run) if not set(char[1:]) <= set(_MARKS))


def _of(run: str, spoilt: set[str]) -> bool:
    return bool(spoilt) and set(_scripts(run)) <= spoilt and any(_scripts(run))


def _stands_out(run: re.Match[str]) -> bool:
    """Whether one character alone cannot be what somebody wrote."""
    first, rest = run[0][0], run[0][1:]
    if not _SURE.fullmatch(run[0]):
        return False
    if not set(rest) <= set(_MARKS):
        return True
    before, after = run.string[run.start() - 1 : run.start()], run.string[run.end() : run.end() + 1]
    if len(rest) > 1:
        return not before.isalpha()
    inside = after.isalpha() and after not in _MARKS and rest not in _BREAKS
    if first in "ÂÃ":
        return inside or not (before.isupper() or (before and before in _OPEN))
    return inside or before.islower()
