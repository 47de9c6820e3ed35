"""The transformer `clean`: invisible differences and dirt are taken out of text, and no word of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ftprep import Column, Example, Map, StepRun, Text

from .inside import Change, changed

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]")
_RUN = re.compile("[^\\S\n\u2028\u2029]+")


class Clean(Map):
    """Cleans the text of messages, where there are any, otherwise of all columns (texts in lists and objects included).

    It is safe on any text: words, line breaks, indentation, emoji and their joiners stay.
    """

    name: ClassVar[str] = "clean"
    shorthand: ClassVar[str | None] = "columns"

    column_names: Column | Annotated[list[Column], Field(min_length=1)] | None = Field(None, alias="columns")
    """Only these columns, whether there are messages or not; a row that has not got one of them is left so."""
    white_space: Literal["trim", "collapse", "keep"] = "trim"
    """`trim` removes it at both ends of a text and at the ends of its lines; `collapse` also makes a single space of
    all other spaces and tabs that follow each other, which spoils code and tables; `keep` leaves it."""
    control: bool = True
    """Control characters and byte-order marks go; line ends of all kinds (CR LF, CR, form feed, U+0085) become \\n."""
    unicode: Literal["NFC", "NFKC", "keep"] = "NFC"
    """The normal form: `NFC` writes é in one way and changes nothing that is seen; `NFKC` also replaces variants (`ﬁ`,
    `²`, full-width letters); `keep` leaves it."""

    def start(self, run: StepRun) -> Callable[[Example], Example]:
        """Cleans an example; how many were changed is counted."""
        change = self.change()

        def apply(example: Example) -> Example:
            made = self._cleaned(example, change)
            if made is not example:
                run.tally("changed")
            return made

        return apply

    def apply(self, example: Example) -> Example:
        """One example, cleaned; the very same object where nothing was to be done."""
        return self._cleaned(example, self.change())

    def change(self) -> Change:
        """The function that cleans a text."""
        control, form, trim, collapse = (
            self.control,
            None if self.unicode == "keep" else self.unicode,
            self.white_space != "keep",
            self.white_space == "collapse",
        )

        def change(text: str) -> str:
            if control and not text.isprintable() and not text.replace("\n", "").isprintable():  # most texts end here
                text = _CONTROL.sub("", _LINE_END.sub("\n", text))
            if form is not None and not text.isascii():
                text = unicodedata.normalize(form, text)
            if collapse:
                text = _RUN.sub(" ", text)
            if trim:
                text = "\n".join(map(str.rstrip, text.split("\n"))).strip() if "\n" in text else text.strip()
            return text

        return change

    def _cleaned(self, example: Example, change: Change) -> Example:
        if self.column_names is None and example.messages:
            same = all(change(text) == text for text in _texts(example))
            return example if same else example.map_text(change)
        return changed(example, change, self.column_names)


def _texts(example: Example) -> Iterator[str]:
    for message in (*example.messages, *example.rejected):
        if isinstance(message.content, str):
            yield message.content
        else:
            yield from (part.text for part in message.content if isinstance(part, Text))
