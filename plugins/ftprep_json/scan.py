"""Walking through a JSON document of any size in bounded memory: only brackets, strings, commas and keys are looked at.

A parser for streams (ijson) gives neither the text nor the place of a value, keeps the last of two equal keys, replaces
half surrogates, and stops for good at the first NaN. So the document is only cut into the texts of its elements here;
each is then decoded strictly, and one bad element loses one row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NoReturn

from ftprep import DataError

from .chunks import LONGEST

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_FLAT = rb'[\[{](?:[^"\[\]{}]++|' + _STRING + rb")*+[\]}]"
_TOKEN = re.compile(_STRING + rb"|" + _FLAT + rb'|[\[\]{}"]', re.DOTALL)  # a lone quote: its string goes on
_SCALAR = re.compile(rb'[^\s,:\[\]{}"]*+')
_OPENING = re.compile(rb"[\[{][ \t\r\n]*+")
_SPACE = re.compile(rb"[ \t\r\n]*+")


class Document:
    """A place in a document that moves on; what lies behind it is forgotten."""

    def __init__(self, pieces: Iterator[bytes], name: str, *, mend: bool = False):
        """`name` is what messages call the file; with `mend`, a comma before the end of a container does no harm."""
        self._mend = mend
        self.commas = 0
        """The line of the first such comma; 0: there was none."""
        self._pieces = pieces
        self._name = name
        self._data = b""
        self._at = 0
        self._line = 1
        self._counted = 0

    def peek(self) -> bytes:
        """The next byte that is not white space, and the place is there; empty at the end."""
        while True:
            if (found := self._data[self._at : self._at + 1]) and found not in b" \t\r\n":
                return found
            space = _SPACE.match(self._data, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._data):
                return self._data[self._at : self._at + 1]
            if not self._more():
                return b""

    def inside(self) -> bytes:
        """The first byte inside the container that begins here; the place stays."""
        while True:
            opening = _OPENING.match(self._data, self._at)
            end = opening.end() if opening else self._at
            if end < len(self._data) or not self._more():
                return self._data[end : end + 1]

    def line(self) -> int:
        """The line of the place, from 1."""
        self._line += self._data.count(b"\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def children(self) -> Iterator[str]:
        """Goes through the array or object that begins here: gives each key (arrays: an empty text).

        The place is then before its value, which has to be passed (`take`, `skip`, its `children`) before the next.
        """
        opener = self.peek()
        closer = b"]" if opener == b"[" else b"}"
        self._at += 1
        found = self.peek()
        while found != closer:
            if not found:
                self.fail("the file ends in the middle", "is the file whole?")
            yield self._key() if opener == b"{" else ""
            if (found := self.peek()) != closer:
                self._expect(b",")
                if (found := self.peek()) == closer:
                    if not self._mend:
                        self.fail(f"a comma before '{closer.decode()}'")
                    self.commas = self.commas or self.line()
        self._at += 1

    def values(self) -> Iterator[None]:
        """Goes through values that stand one after the other, with commas between them or none; the place is before
        each, which has to be passed before the next."""
        while found := self.peek():
            if found == b"," and self._mend:
                self.commas = self.commas or self.line()
                self._at += 1
            elif found not in b"{[":
                self.fail(f"an object is missing before '{found.decode('latin-1')}'")
            else:
                yield

    def take(self) -> bytes:
        """The text of the value that begins here."""
        start = self._at
        if self._data[start] not in b'[{"':
            return self._scalar()
        if (flat := _TOKEN.match(self._data, start)) and flat.end() - start > 1:
            self._at = flat.end()
            return flat[0]
        return b"".join(self._pass(keep=True))

    def skip(self) -> None:
        """Passes the value that begins here, however large."""
        if self.peek() in (b"[", b"{", b'"'):
            for _ in self._pass(keep=False):
                pass
        else:
            self._scalar()

    def end(self) -> None:
        """Raises DataError where something follows."""
        if self.peek():
            self.fail("there is text after the end of the document", "a JSON file holds one array or object")

    def fail(self, message: str, hint: str = "check the file with a JSON editor", line: int | None = None) -> NoReturn:
        """Raises DataError with the line (default: of the place)."""
        raise DataError(message, hint=hint, file=self._name, line=line or self.line())

    def _pass(self, keep: bool) -> Iterator[bytes]:
        """Passes a container or text, giving its text in pieces. `keep`: someone collects them, so there is a bound."""
        begun, depth, size = self.line(), 0, 0
        while True:
            start = self._at
            for token in _TOKEN.finditer(self._data, self._at):
                text = token[0]
                if text == b'"':
                    self._at = token.start()
                    break
                self._at = token.end()
                if len(text) == 1:
                    depth += 1 if text in b"[{" else -1
                if depth <= 0:
                    yield self._data[start : self._at]
                    return
            else:
                self._at = len(self._data)
            yield self._data[start : self._at]
            size += self._at - start
            if keep and size + len(self._data) - self._at > LONGEST:
                self.fail(f"a value is longer than {LONGEST >> 20} MiB", "is a quote missing?", begun)
            if not self._more():
                self.fail("the value that begins here is never closed", "is the file whole?", begun)

    def _scalar(self) -> bytes:
        text = b""
        while True:
            match = _SCALAR.match(self._data, self._at)
            text += match[0] if match else b""
            self._at = match.end() if match else self._at
            if self._at < len(self._data) or not self._more():
                break
        if not text:
            self.fail(f"a value is missing before '{self._data[self._at : self._at + 1].decode('latin-1')}'")
        return text

    def _key(self) -> str:
        if self.peek() != b'"':
            self.fail('a key in double quotes is missing (as in {"key": …})')
        raw = self.take()
        try:
            key: str = json.loads(raw)
        except ValueError:
            self.fail(f"this key is no JSON text: {raw[:50].decode('utf-8', 'backslashreplace')}")
        self._expect(b":")
        if not self.peek():
            self.fail("the file ends in the middle", "is the file whole?")
        return key

    def _expect(self, wanted: bytes) -> None:
        found = self.peek()
        if not found:
            self.fail("the file ends in the middle", "is the file whole?")
        if found != wanted:
            self.fail(f"'{wanted.decode()}' is missing before '{found.decode('latin-1')}'")
        self._at += 1

    def _more(self) -> bool:
        """Forgets what lies behind and reads on; an unfinished string makes the pieces double, to stay linear."""
        self.line()
        rest = self._data[self._at :]
        pieces = [rest]
        read = 0
        for piece in self._pieces:
            pieces.append(piece)
            read += len(piece)
            if read >= len(rest):
                break
        self._data, self._at, self._counted = b"".join(pieces), 0, 0
        return read > 0
