"""Conversations: from table rows to messages, to windows around each answer, to text for prompt/completion data."""

from __future__ import annotations

import ftprep

from .chat import Chat, Prompt
from .check import SeparatorCheck
from .conversations import Conversations
from .dialogue import Dialogue
from .endings import Separator, Stop
from .messages import Messages
from .system import System
from .window import Window

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Gather] | type[ftprep.Map] | type[ftprep.Select]]:
    return [Conversations, Messages, Window, Chat, Prompt, Dialogue, System, Separator, Stop]


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    return [SeparatorCheck]
