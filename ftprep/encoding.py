"""The encoding policy: the one given, else a byte-order mark, else strict UTF-8; what is guessed is only suggested."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable
from typing import BinaryIO, TextIO

from .errors import DataError, nearest

CHUNK = 1 << 16
"""Bytes decoded at a time."""
LONGEST_LINE = 1 << 28
"""Bytes a line may have; what has longer ones is no text, and would be in memory at once."""

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_USUAL = [f"cp125{digit}" for digit in "20134567"] + ["cp932", "cp949", "gb18030", "big5", "euc_jp", "mac_roman"]
"""What a suggestion is chosen from: encodings in which files are still written."""
_TELLING = 4
"""Bytes beyond ASCII that a detector needs to say anything."""
_NEAR = 0.1
"""Difference of the detector's mess (0 to 1) that means nothing; the wrong alphabet differs by more."""


def text_of(name: str, encoding: str | None, opened: Callable[[], io.BufferedReader]) -> TextIO:
    """The text of a file, newlines untouched; `opened` opens its bytes, again where a complaint needs its line.

    Raises DataError: here for an unknown encoding, while reading for bytes that are not in it.
    """
    if encoding is not None:
        _look_up(name, encoding)
    decoded = _Decoded(name, encoding, opened)
    return io.TextIOWrapper(decoded, encoding="utf-8", errors="surrogatepass", newline="")


class _Decoded(io.BufferedIOBase):
    """The bytes of a file as UTF-8: checked, or recoded. Checking whole chunks here leaves lines to C code."""

    def __init__(self, name: str, encoding: str | None, opened: Callable[[], io.BufferedReader]):
        """The encoding has been looked up; None follows the policy."""
        self._name, self._given, self._opened = name, encoding, opened
        self._bytes = opened()
        self._codec = ""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._pending = False
        self._line = 0

    @property
    def name(self) -> str:
        return self._name

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._bytes.close()
        super().close()

    def read1(self, size: int = -1, /) -> bytes:
        """The next bytes: none only at the end of the file; `size` is not heeded."""
        while not self.closed:
            chunk = self._bytes.read(CHUNK)
            if made := self._recode(chunk):
                self._measure(made)
                return made
            if not chunk:
                break
        return b""

    def read(self, size: int | None = -1, /) -> bytes:
        """All that is left, or the next bytes where a size is given."""
        return b"".join(iter(self.read1, b"")) if size is None or size < 0 else self.read1(size)

    def _recode(self, chunk: bytes) -> bytes:
        if self._decoder is None:
            self._codec, mark = codec_of(self._name, self._given, chunk[:4])
            self._decoder = codecs.getincrementaldecoder(self._codec)()
            chunk = chunk[mark:]
        if self._given is None and b"\0" in chunk and self._codec == "utf-8":
            raise self._complaint()
        if self._codec == "utf-8" and not self._pending and chunk.isascii():
            return chunk
        try:
            text = self._decoder.decode(chunk, not chunk)
        except UnicodeError as error:
            raise self._complaint() from error
        if self._codec == "utf-8":
            self._pending = bool(self._decoder.getstate()[0])
            return chunk
        return text.encode("utf-8", "surrogatepass")

    def _measure(self, made: bytes) -> None:
        self._line = 0 if b"\n" in made or b"\r" in made else self._line + len(made)
        if self._line > LONGEST_LINE:
            raise DataError(f"a line longer than {LONGEST_LINE >> 20} MiB", hint="is it text?", file=self._name)

    def _complaint(self) -> DataError:
        with self._opened() as stream:
            return _complaint(self._name, self._given, self._codec, stream)


def codec_of(name: str, given: str | None, head: bytes) -> tuple[str, int]:
    """The codec for a file that starts with `head`, and the length of its byte-order mark (0: none).

    Raises DataError where the mark, or the lack of one, says that the encoding given is wrong.
    """
    mark, marked = next(((mark, codec) for mark, codec in _MARKS if head.startswith(mark)), (b"", "utf-8"))
    if given is None:
        return marked, len(mark)
    codec = codecs.lookup(given).name.removesuffix("-sig")
    if mark and not marked.startswith(codec):  # utf-16 takes either byte order
        hint = f"leave 'encoding: {given}' out"
        raise DataError(f"its byte-order mark says {marked}, not {given}", hint=hint, file=name)
    if head and not mark and codec in ("utf-16", "utf-32"):
        hint = f"say 'encoding: {codec}-le' or 'encoding: {codec}-be'"
        raise DataError(f"no byte-order mark says which {codec} it is", hint=hint, file=name)
    return (marked if mark else codec), len(mark)


def _look_up(name: str, encoding: str) -> None:
    try:
        codecs.getincrementaldecoder(encoding)
        "".encode(encoding)  # refuses codecs that do not make text (hex, zip)
    except (LookupError, ValueError):
        near = nearest(encoding, [*_USUAL, "utf-8", "utf-16-le", "utf-16-be", "ascii", "latin-1"])
        hint = f"did you mean '{near}'?" if near else "for example utf-8, cp1252, utf-16-le"
        raise DataError(f"unknown encoding '{encoding}'", hint=hint, file=name) from None


def _complaint(name: str, given: str | None, codec: str, stream: io.BufferedReader) -> DataError:
    """Reads again up to what cannot be decoded, to say its line, what it may be, and what to do."""
    line, bad, sample = first_wrong(stream, codec, nul=given is None)
    nul = bad == b"\0"
    guess = wide(sample) if nul else suggestion(sample, codec)
    message = "a NUL byte: damaged, or no text" if nul else f"byte 0x{bad.hex()} is not {given or codec}"
    hint = "remove it, or say 'encoding: utf-8' to keep it" if nul else "say what it is, such as 'encoding: cp1252'"
    if guess is not None:
        shown = ", ".join(map(repr, snippets(sample, guess)))
        message = f"{'no byte-order mark' if nul else message}; it may be {guess}: {shown}"
        hint = f"if that reads right, say 'encoding: {guess}'"
    return DataError(message, hint=hint, file=name, line=line)


def first_wrong(stream: BinaryIO, codec: str, *, nul: bool) -> tuple[int, bytes, bytes]:
    """The line of the first byte that cannot be decoded (with `nul`: or is 0), that byte, and what stands around it."""
    decoder = codecs.getincrementaldecoder(codec)()
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    line, ended, chunk = 1, False, b""
    while not ended:
        before, chunk = chunk, stream.read(CHUNK)
        ended = not chunk
        if nul and codec == "utf-8" and (at := chunk.find(b"\0")) >= 0:
            line += newlines.decode(chunk[:at].decode(codec, "ignore"), True).count("\n")
            return line, b"\0", chunk
        try:
            line += newlines.decode(decoder.decode(chunk, ended)).count("\n")
        except UnicodeDecodeError as error:
            good, bad = error.object[: error.start], error.object[error.start :]
            line += newlines.decode(good.decode(codec, "ignore"), True).count("\n")
            pending = len(error.object) - len(chunk)
            good = before[: len(before) - pending] + good
            around = good[max(good.rfind(b"\n") + 1, len(good) - 4096) :]  # from the start of the line
            return line, bad[:1], around + bad + stream.read(CHUNK)
    return line, b"", b""


def wide(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 whose mark is missing: where its zeros stand says which."""
    zeros = [sample[at::4].count(0) for at in range(4)]
    quarter = len(sample) // 4
    if min(zeros[2:]) > 0.9 * quarter or min(zeros[:2]) > 0.9 * quarter:
        return "utf-32-le" if zeros[3] > zeros[0] else "utf-32-be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if min(even, odd) or max(even, odd) < max(2, quarter // 25):
        return None
    return "utf-16-le" if odd else "utf-16-be"


def suggestion(sample: bytes, failed: str = "utf-8") -> str | None:
    """The encoding that bytes which could not be decoded as `failed` are most likely in; None where nothing fits.

    Of about equally likely ones cp1252, the most written: on short texts the detector prefers rarer ones.
    """
    telling = b"\n".join(line for line in sample.splitlines() if not line.isascii())[: 1 << 15]
    if failed != "utf-8" and fits(telling, "utf-8"):
        return "utf-8"
    usual = "cp1252" if failed != "cp1252" and fits(telling, "cp1252") else None
    return usual if sum(byte > 127 for byte in telling) < _TELLING else _likely(telling) or usual


def fits(sample: bytes, encoding: str) -> bool:
    """Whether bytes, which may be cut off, are in an encoding."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _likely(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    found = list(from_bytes(sample, cp_isolation=_USUAL))
    likely = [match for match in found if match.chaos <= found[0].chaos + _NEAR]
    if any("cp1252" in match.could_be_from_charset for match in likely):
        return "cp1252"
    return codecs.lookup(likely[0].encoding).name if likely else None


def snippets(sample: bytes, encoding: str) -> list[str]:
    """Up to three pieces of text around characters beyond ASCII, for a person to judge an encoding by."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    near = re.findall(r"[^\r\n]{0,15}[^\x00-\x7f\r\n][^\r\n]{0,15}", text)
    return list(dict.fromkeys(near or [line[:31] for line in text.split() if line]))[:3]
