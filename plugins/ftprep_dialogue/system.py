"""`system`: a system message at the beginning."""

from __future__ import annotations

from typing import Literal

from ftprep import Example, Map, Message, Template

from .copies import with_messages
from .room import leading


class System(Map):
    """Puts a system message first. Where its text comes out empty, nothing changes."""

    name = "system"
    needs_messages = True

    text: Template
    """The message's text."""
    when_present: Literal["keep", "replace"] = "keep"
    """What becomes of system (or developer) messages that a conversation begins with: they stay and nothing is added,
    or this one takes their place."""

    def apply(self, example: Example) -> Example:
        """The example with its system message."""
        messages = example.messages
        present = leading(messages)
        if present and self.when_present == "keep":
            return example
        text = self.text.render(example)
        return with_messages(example, (Message("system", text), *messages[present:])) if text else example
