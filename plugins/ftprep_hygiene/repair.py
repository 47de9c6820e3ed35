"""The transformer `repair`: text that was decoded wrongly becomes what it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from pydantic import Field

from ftprep import Column, Example, Map, StepRun

from .texts import changed, with_texts
from .wrongly import repaired


class Repair(Map):
    """Repairs text that was decoded wrongly, of messages where there are any, otherwise of all columns.

    `Ã¼` becomes `ü`, `â€™` becomes `’`, `ðŸ˜€` its emoji: what the check `mojibake` finds, and nothing else. What was
    lost (U+FFFD) stays so. It counts the examples that it `repaired`.
    """

    name: ClassVar[str] = "repair"
    shorthand: ClassVar[str | None] = "columns"

    column_names: Column | Annotated[list[Column], Field(min_length=1)] | None = Field(None, alias="columns")
    """Only these columns, whether there are messages or not; a row that has not got one of them is left so."""

    def start(self, run: StepRun) -> Callable[[Example], Example]:
        """What repairs, and counts."""

        def apply(example: Example) -> Example:
            made = self.apply(example)
            if made is not example:
                run.tally("repaired")
            return made

        return apply

    def apply(self, example: Example) -> Example:
        """One example, repaired; the very same object where nothing was wrong."""
        if self.column_names is None and example.messages:
            return with_texts(example, repaired)
        asked = [self.column_names] if isinstance(self.column_names, str) else self.column_names
        names = [name for name in (example.fields if asked is None else asked) if name in example.fields]
        made = {name: changed(example.fields[name], repaired) for name in names}
        same = all(made[name] == example.fields[name] for name in names)
        return example if same else example.with_(fields={**example.fields, **made})
