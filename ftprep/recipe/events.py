"""The events of YAML text, from the pure Python half of PyYAML: reader, scanner and parser.

The C loader crashes on deep nesting and gives poorer messages; PyYAML's resolver and constructors follow YAML 1.1 (`no`
is false, `010` is 8), so they are not used at all.
"""

from __future__ import annotations

from typing import Any

from yaml import events
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner


class Events(Reader, Scanner, Parser):
    """Start and end of every scalar, list and mapping, in their order. Raises MarkedYAMLError where that is no YAML."""

    def __init__(self, text: str):
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def take(self) -> Any:
        """The next event; it is done with."""
        return self.get_event()  # type: ignore[no-untyped-call]

    def ahead(self) -> Any:
        """The next event; it comes again."""
        return self.peek_event()  # type: ignore[no-untyped-call]

    def comes(self, kind: type[events.Event]) -> bool:
        """Whether the next event is of this kind."""
        return isinstance(self.ahead(), kind)
