"""Bytes of mails to text: as they say, else UTF-8, else what they look like; each wrong word is told once."""

from __future__ import annotations

import codecs
from email.header import decode_header
from email.message import Message


class Charsets:
    """Decodes what is in the mails of a file."""

    def __init__(self) -> None:
        self.guessed: dict[tuple[str, str], None] = {}
        """What was declared, and what it was read as, for each way in which that was not the same."""

    def text(self, raw: bytes, declared: str | None) -> str:
        """The text of these bytes."""
        said = known(declared)
        for name in filter(None, (said, "utf-8" if said is None else None)):
            try:
                return raw.decode(name)
            except UnicodeError:
                pass
        if raw.isascii():
            return raw.decode("ascii")
        found = _likely(raw)
        self.guessed.setdefault(((declared or "none").lower(), found))
        return raw.decode(found, "replace")

    def header(self, mail: Message, name: str) -> str:
        """A header's text on one line: encoded words decoded, bare bytes too. Empty where there is none."""
        value = next((value for key, value in mail.raw_items() if key.lower() == name), "")
        return self.words(str(value))

    def words(self, value: str) -> str:
        """The text of a header's value (RFC 2047)."""
        try:
            pieces = decode_header(value)
        except ValueError:  # base64 that is none
            pieces = [(value, None)]
        made = [
            piece if isinstance(piece, str) and piece.isascii() else self.text(_bytes(piece), charset)
            for piece, charset in pieces
        ]
        return " ".join("".join(made).split())


def known(declared: str | None) -> str | None:
    """The codec of a name; None for one that nobody knows, and for names that say nothing."""
    try:
        found = codecs.lookup((declared or "").strip("\"' ")).name
        "".encode(found)
    except (LookupError, ValueError):
        return None
    return None if found in ("ascii", "unknown-8bit") else "cp1252" if found == "iso8859-1" else found


def _bytes(piece: str | bytes) -> bytes:
    return piece.encode("utf-8", "surrogateescape") if isinstance(piece, str) else piece


def _likely(raw: bytes) -> str:
    """The encoding that bytes are most likely in: cp1252 unless they say a lot for another one."""
    if all(byte < 128 or byte in _LATIN for byte in raw[:65536]):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:65536], cp_exclusion=["utf_8"]).best()
    return best.encoding if best is not None else "cp1252"


_LATIN = frozenset("äöüßÄÖÜéèêëàâáíìîïóòôúùûñÑçÇåÅæøØ€–—‘’“”•…«»¿¡£§°´ ".encode("cp1252"))
"""Letters and signs of western languages."""
