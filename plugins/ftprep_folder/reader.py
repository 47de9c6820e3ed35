"""The reader `folder`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ftprep import DataError, Drop, Input, Reader, Rows


class Folder(Reader):
    """Texts in files, one folder for each class: `folder: data/posts` reads `data/posts/baseball/1.txt` and so on.

    Columns: `text`, `label` (the name of the file's folder), `file`. Each file is one row, number 1; an empty file, or
    one that is no text, is a drop.
    """

    name: ClassVar[str] = "folder"
    inside: ClassVar[str | None] = "*/*"

    encoding: str | None = None
    """The files' encoding; without, UTF-8 or what their byte-order marks say."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """The one row of a file."""
        label, file = source.path.resolve().parent.name, source.path.name
        try:
            with source.text(self.encoding) as stream:
                text = stream.read()
        except DataError as error:
            if not isinstance(error.__cause__, UnicodeError) and "UTF-8" not in str(error):
                raise
            yield Drop("not a text", str(error), source=source.place(1), content={"label": label, "file": file})
            return
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
        if text:
            yield Rows([{"text": text, "label": label, "file": file}], [1])
        else:
            yield Drop("an empty file", source=source.place(1), content={"label": label, "file": file})
