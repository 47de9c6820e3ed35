"""Conversations in two speaker columns, with separator rows between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ftprep import Drop, Example, Finding, Gather, Message, Outcome, Row

from .fields import cell_text, shared_fields


class Pairs(Gather):
    """A row holds what the user said, and what the assistant answered.

    A row is a separator row where every cell that is not empty holds the separator, be it padded. It ends the
    conversation before it, and belongs to it, as further separator rows do.
    """

    name = "conversations"

    user: str
    """The user's column."""
    assistant: str
    """The assistant's column."""
    separator: str = "###"
    """What a separator row holds, without white space around it."""

    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return (self.user, self.assistant)

    def same(self, previous: Row, row: Row) -> bool:
        """Whether no separator stands between the rows."""
        cell = previous.get(self.user)
        # The usual row is answered here: text in the first cell, no separator in it.
        if cell.__class__ is str and cell and self.separator not in cell and not cell.isspace():
            return True
        return not self._separates(previous) or self._separates(row)

    def make(self, rows: Sequence[Row]) -> Outcome:
        """The messages of all rows, and a finding for each separator that does not stand as it should."""
        user, assistant, separator = self.user, self.assistant, self.separator
        messages: list[Message] = []
        spoken: list[Row] = []
        findings: list[Finding] = []
        for number, row in enumerate(rows):
            left, right = row.get(user), row.get(assistant)
            if left.__class__ is not str or left.isspace():
                left = cell_text(left)
            if right.__class__ is not str or right.isspace():
                right = cell_text(right)
            if separator in left or separator in right:
                findings += self._found(number, left, right, row)
                if self._separates(row):
                    continue
            spoken.append(row)
            if left:
                messages.append(Message("user", left, user))
            if right:
                messages.append(Message("assistant", right, assistant))
        if not messages:
            return [Drop("no messages"), *findings]
        example = Example(shared_fields(spoken, {user, assistant}), tuple(messages))
        return [example, *findings] if findings else example

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """The columns' names."""
        return {"user": self.user, "assistant": self.assistant}

    def _separates(self, row: Row) -> bool:
        cells = {cell_text(row.get(self.user)).strip(), cell_text(row.get(self.assistant)).strip()} - {""}
        return cells == {self.separator}

    def _found(self, number: int, left: str, right: str, row: Row) -> list[Finding]:
        """What is odd about a row in which the separator occurs."""
        mark = self.separator
        if self._separates(row):
            return self._odd_separator(number, left, right)
        found = []
        for column, cell in ((self.user, left), (self.assistant, right)):
            if cell.strip() == mark:
                message = f"the separator '{mark}' stands in column '{column}' alone, beside text"
                hint = "kept as a message; if a conversation ends here, put it in a row of its own"
                found.append(Finding("FT312", message, hint, row=number))
            elif mark in cell:
                message = f"the separator '{mark}' occurs inside a message in column '{column}'"
                hint = "kept as text; if a conversation ends here, put it in a row of its own"
                found.append(Finding("FT313", message, hint, row=number))
        return found

    def _odd_separator(self, number: int, left: str, right: str) -> list[Finding]:
        if not left or not right:
            message = f"the separator '{self.separator}' stands in one cell only"
            code = "FT311"
        elif left != self.separator or right != self.separator:
            message = f"the separator '{self.separator}' has white space around it"
            code = "FT310"
        else:
            return []
        return [Finding(code, message, "taken as the end of the conversation", "advice", row=number)]
