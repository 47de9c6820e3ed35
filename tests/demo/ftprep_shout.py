"""A plugin for ftprep: the assistant shouts."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


class Shout(ftprep.Map):
    """Puts what the assistant says into capitals."""

    name = "shout"
    needs_messages = True

    mark: str = ""
    """Text added at the end of each answer, such as `!`; empty: none."""

    def apply(self, example: ftprep.Example) -> ftprep.Example:
        """The example with every answer in capitals."""
        return example.with_(messages=tuple(map(self._shout, example.messages)))

    def _shout(self, message: ftprep.Message) -> ftprep.Message:
        if message.role != "assistant" or not isinstance(message.content, str):
            return message
        return message.with_(content=message.content.upper() + self.mark)


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """What this plugin offers."""
    return [Shout]
