"""A look at a whole text file before it is read: its encoding, and its lines as such. One pass, a piece at a time."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from ..encoding import CHUNK, codec_of, first_wrong, fits, snippets, suggestion, wide
from ..errors import DataError
from ..example import Finding
from ..files import Input
from ..steps import Survey

LONG = 10 << 20
"""Bytes of a line that is likely no line of training data (10 MiB): no model has room for it."""
_PIECE = 1 << 20


class _Look:
    """What is known of the bytes that passed; `line` is the one they end in."""

    def __init__(self, *, breaks_in_quotes: bool) -> None:
        self._quotable, self._quoted = breaks_in_quotes, False
        self.line, self.returns, self.pairs, self.feeds = 1, 0, 0, 0
        self.high = False  # there were characters beyond ASCII
        self.nul = self.long = 0  # the lines they stand in; 0: there is none
        self._begun = 0  # bytes of the line that has not ended
        self._last = b""

    def saw(self, piece: bytes) -> None:
        """The next bytes."""
        if not self.nul and (at := piece.find(b"\0")) >= 0:
            self.nul = self.line + piece.count(b"\n", 0, at)
        if b"\r" in piece or self._last == b"\r":
            self.returns += piece.count(b"\r")
            self.pairs += piece.count(b"\r\n") + (self._last == b"\r" and piece.startswith(b"\n"))
        self._quoted = self._quoted or (self._quotable and b'"' in piece)
        feeds = piece.count(b"\n")
        self._measure(piece, piece.find(b"\n") if feeds else -1)
        self.feeds += feeds
        self.line += feeds
        self._last = piece[-1:]

    def _measure(self, piece: bytes, first: int) -> None:
        self._begun += first if first >= 0 else len(piece)
        if self._begun > LONG and not self.long:
            self.long = self.line
        if first >= 0:
            self._begun = len(piece) - piece.rfind(b"\n") - 1

    @property
    def mixed(self) -> bool:
        """Lines end in different ways, and not only inside quotes."""
        kinds = (self.pairs, self.returns - self.pairs, self.feeds - self.pairs)
        return not self._quoted and sum(count > 0 for count in kinds) > 1


class _Codec(NamedTuple):
    """The encoding of a file; `given` is what its reader has to be told, None: nothing."""

    name: str
    marked: bool
    given: str | None
    why: str
    line: int = 1
    mixed: bool = False
    """Some lines are UTF-8 all the same."""


def survey_text(source: Input, *, breaks_in_quotes: bool = False, drops_lines: bool = False) -> Survey:
    """What any text file may have: options `encoding`, and findings about the encoding and the lines.

    `breaks_in_quotes`: quoted text may have line breaks of its own, which may differ from those of the lines.
    `drops_lines`: the reader drops a line that is not UTF-8, or has a NUL, by itself: no encoding is needed for it.
    Raises DataError for bytes that are in no known encoding, and for a file that changes meanwhile.
    """
    codec = _codec(source, source.head(4 * CHUNK))
    look = _Look(breaks_in_quotes=breaks_in_quotes)
    wrong = _stream(source, look, utf8=codec.name == "utf-8")
    if wrong:
        found = _not_utf8(source, look.high)
        codec = codec if found.mixed and drops_lines else found
    nul = look.nul and not drops_lines  # the policy takes none, a given encoding does
    if codec.given is None and nul and codec.name == "utf-8":
        codec = codec._replace(given="utf-8")
    source.sha256()  # refuses a file that changed
    options = {"encoding": codec.given} if codec.given is not None else {}
    why = (codec.why,) if codec.why else ()
    findings = (
        *_said_of_codec(codec, source),
        *(_said_of_lines(look, source) if codec.name == "utf-8" or wrong else ()),
    )
    return Survey(options=options, why=why, findings=findings)


def _codec(source: Input, head: bytes) -> _Codec:
    """By a byte-order mark, or by where the zeros of a wide encoding stand."""
    name, mark = codec_of(source.name, None, head[:4])
    if not mark and (found := wide(head[: len(head) // 4 * 4]) if b"\0" in head else None):
        return _Codec(found, False, found, f"the zero bytes are where {found} has them")
    return _Codec(name, bool(mark), None, "")


def _stream(source: Input, look: _Look, *, utf8: bool) -> bool:
    """Whether there are bytes that are not UTF-8, where it should be."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    pending, wrong = False, False
    with source.open() as stream:
        while piece := stream.read(_PIECE):
            look.saw(piece)
            if not utf8 or wrong or (not pending and piece.isascii()):
                continue
            try:
                look.high = not decoder.decode(piece).isascii() or look.high
            except UnicodeDecodeError as error:
                wrong = True
                look.high = look.high or not error.object[: error.start].isascii()
            pending = bool(decoder.getstate()[0])
    return wrong or (utf8 and pending)


def _not_utf8(source: Input, high: bool) -> _Codec:
    """What a file that is not UTF-8 is likely in; `high`: it began as UTF-8 that goes beyond ASCII.

    Raises DataError where that cannot be told.
    """
    with source.open() as stream:
        line, bad, sample = first_wrong(stream, "utf-8", nul=False)
    guess = suggestion(sample)
    if guess is None:
        hint = "save the file as UTF-8"
        message = f"byte 0x{bad.hex()} is not UTF-8, and what it is cannot be told"
        raise DataError(message, hint=hint, file=source.name, line=line)
    shown = ", ".join(map(repr, snippets(sample, guess)))
    why = f"byte 0x{bad.hex()} in line {line} is not UTF-8; as {guess} it reads {shown}"
    mixed = high or any(not text.isascii() and fits(text, "utf-8") for text in sample.splitlines()[:-1])
    return _Codec(guess, False, guess, why, line, mixed)


def _said_of_codec(codec: _Codec, source: Input) -> tuple[Finding, ...]:
    place = source.place(codec.line)
    if codec.name != "utf-8":
        said = "by its byte-order mark" if codec.marked else "by its bytes"
        text = f"the file is not UTF-8, but {codec.name} {said}"
        hint = "if what was read is right, save it as UTF-8; services take nothing else"
        if codec.mixed:
            text = f"some lines are UTF-8 and others are not; all are read as {codec.name}"
            hint = "mend or convert them one by one, or letters beyond ASCII are read wrongly in some"
        return (Finding("FT201", text, hint, source=place),)
    if codec.marked:
        hint = "save it without one ('UTF-8', not 'UTF-8 with BOM'); it is left out here"
        return (Finding("FT202", "the file begins with a byte-order mark", hint, "advice", source=place),)
    return ()


def _said_of_lines(look: _Look, source: Input) -> list[Finding]:
    found = []
    if look.nul:
        hint = "remove it; the file is damaged, or was padded"
        found.append(Finding("FT203", "a NUL byte", hint, source=source.place(look.nul)))
    if look.mixed:
        hint = "save it with one kind of line end"
        text = "lines end in different ways (LF, CRLF or CR)"
        found.append(Finding("FT204", text, hint, "advice", source=source.place(1)))
    if look.long:
        text = f"a line is longer than {LONG >> 20} MiB"
        hint = "is a quote, bracket or line end missing?"
        found.append(Finding("FT205", text, hint, source=source.place(look.long)))
    return found
