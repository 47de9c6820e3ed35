"""The transformer `replace`: one text for another, found literally or by a regular expression with a time limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from ftprep import Column, Drop, Example, Map, MissingColumn, Outcome, StepRun

from .inside import changed

Change = Callable[[str], tuple[str, int]]


class Replace(Map):
    """Replaces a text, wherever it stands, in messages where there are any, otherwise in all columns.

    Give `find`, a literal text, or `pattern`, a regular expression (of the library `regex`). How many were replaced is
    counted in the run's notes. A text on which a pattern takes longer than `seconds` is a drop.
    """

    name: ClassVar[str] = "replace"

    find: str | None = Field(default=None, min_length=1)
    """The text to look for, as it stands."""
    pattern: str | None = Field(default=None, min_length=1)
    """A regular expression, instead of `find`."""
    by: str = Field(default="", alias="with")
    r"""What takes its place; nothing, if left out. With `pattern` it may have `\1` and `\g<name>`."""
    column_names: Column | Annotated[list[Column], Field(min_length=1)] | None = Field(default=None, alias="columns")
    """Only these columns, whether there are messages or not. A row that has not got one of them is a drop."""
    ignore_case: bool = False
    """Upper and lower case are the same."""
    seconds: float = Field(default=1.0, gt=0, le=60)
    """With `pattern`: how long one text may take."""

    @model_validator(mode="after")
    def _can_be_done(self) -> Replace:
        import regex

        if (self.find is None) == (self.pattern is None):
            raise ValueError("give either find, a text as it stands, or pattern, a regular expression")
        try:
            compiled = regex.compile(self.pattern or "")
        except regex.error as error:
            raise ValueError(f"the pattern cannot be read: {error}; to look for plain text use find") from None
        if self.pattern is not None:
            _check_template(compiled, self.by)
        return self

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What replaces, and counts."""
        change, columns = self._change(), self._listed()

        def apply(example: Example) -> Outcome:
            times = 0
            for name in columns:
                if name not in example.fields:
                    raise MissingColumn(name)

            def one(text: str) -> str:
                nonlocal times
                made, n = change(text)
                times += n
                return made

            try:
                made = changed(example, one, self.column_names)
            except TimeoutError:
                return Drop("pattern takes too long", f"more than {self.seconds:g} s on one text")
            if times:
                run.tally("replaced", times)
            return made

        return apply

    def apply(self, example: Example) -> Outcome:
        """One example with its text replaced, or a Drop where the pattern took too long. Raises MissingColumn."""
        return self.start(StepRun())(example)

    def request(self, example: Example, run: StepRun) -> Example:
        """As in training, in the columns that are given: that of the answer is not."""
        there = [name for name in self._listed() if name in example.fields]
        if self.column_names is None or there:
            return Map.request(self.model_copy(update={"column_names": there or None}), example, run)
        return example

    def _listed(self) -> Sequence[Column]:
        names = self.column_names
        return [names] if isinstance(names, Column) else names or ()

    def _change(self) -> Change:
        by, find = self.by, self.find
        if find is not None and not self.ignore_case:
            return lambda text: (text.replace(find, by), text.count(find))
        import regex

        source = self.pattern if find is None else regex.escape(find)
        compiled = regex.compile(source or "", regex.IGNORECASE if self.ignore_case else 0)
        seconds, template = self.seconds, by if find is None else by.replace("\\", r"\\")

        def change(text: str) -> tuple[str, int]:
            made: tuple[str, int] = compiled.subn(template, text, timeout=seconds)
            return made

        return change


def _check_template(compiled: Any, template: str) -> None:
    """Raises ValueError for a replacement that names a group which the pattern has not got."""
    import regex

    try:
        regex.compile(f"{compiled.pattern}\n|").sub(template, "", count=1)  # matches; \n ends a comment of (?x)
    except (regex.error, IndexError) as error:
        raise ValueError(f"'with' does not fit the pattern: {error}; write \\\\ for a backslash") from None
