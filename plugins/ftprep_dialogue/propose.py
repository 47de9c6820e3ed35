"""How data of a kind that is widely known would be made into messages, by the names and the content of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ftprep import Proposal, Row

from .calls import listed

_LISTS = ("messages", "conversations")
_ASKED = ("prompt", "question", "instruction", "input", "query", "user", "human")
_ANSWERED = ("completion", "answer", "output", "response", "reply", "target", "assistant", "ai", "bot")
_SPEAKER = ("role", "speaker", "author", "from", "sender")
_TEXT = ("content", "text", "value", "message", "body")
_TALK = (
    "conversation",
    "conversation_id",
    "talk",
    "talk_id",
    "thread",
    "thread_id",
    "dialogue_id",
    "ticket_id",
    "chat_id",
)


def of_lists(rows: Sequence[Row]) -> Proposal | None:
    """A column of lists of messages, with `tools`, `chosen` and `rejected` beside it."""
    shares = {column: _messages_share([row.get(column) for row in rows]) for column in rows[0]}
    column = next((name for name in _LISTS if shares.get(name)), max(shares, key=lambda name: shares[name]))
    if shares[column] <= (0 if column in _LISTS else 0.5):
        return None
    beside: Sequence[str] = ("tools", "chosen", "rejected")
    more = {name: name for name in beside if name in rows[0] and name != column}
    kind = "preference" if "rejected" in more else "chat"
    return Proposal(kind=kind, options={"column": column, **more}, sure=0.9, why=f"'{column}' holds lists of messages")


def of_pairs(rows: Sequence[Row]) -> Proposal | None:
    """A column that asks and one that answers; with `chosen` and `rejected`, preference data."""
    names = _by_name(rows[0])
    if "chosen" in names and "rejected" in names and (asked := _first(names, _ASKED)):
        options = {
            "user": f"{{{asked}}}",
            "assistant": f"{{{names['chosen']}}}",
            "rejected": f"{{{names['rejected']}}}",
        }
        return Proposal(kind="preference", options=options, sure=0.8, why="there are 'chosen' and 'rejected' answers")
    asked, answered = _first(names, _ASKED), _first(names, _ANSWERED)
    if not (asked and answered) or "completion" in names:
        return None
    user, why = f"{{{asked}}}", f"'{asked}' asks and '{answered}' answers"
    if asked == names.get("instruction") and "input" in names:
        user += f"\n\n{{{names['input']}}}"
    system = {"system": f"{{{names['system']}}}"} if "system" in names else {}
    return Proposal(kind="chat", options={"user": user, "assistant": f"{{{answered}}}", **system}, sure=0.7, why=why)


def of_completions(rows: Sequence[Row]) -> Proposal | None:
    """The columns `prompt` and `completion`."""
    names = _by_name(rows[0])
    if "prompt" not in names or "completion" not in names:
        return None
    options = {"prompt": f"{{{names['prompt']}}}", "completion": f"{{{names['completion']}}}", "space": False}
    return Proposal(kind="prompt/completion", options=options, sure=0.9, why="there are a prompt and a completion")


def of_talks(rows: Sequence[Row]) -> Proposal | None:
    """A row a message: columns for the conversation, the speaker and the text."""
    names = _by_name(rows[0])
    by, speaker, text = _first(names, _TALK), _first(names, _SPEAKER), _first(names, _TEXT)
    if not (by and speaker and text):
        return None
    options = {"by": by, "speaker": speaker, "text": text}
    return Proposal(kind="messages", options=options, sure=0.8, why=f"'{by}' names conversations, '{speaker}' speakers")


def _by_name(row: Row) -> dict[str, str]:
    """Small letters -> the column."""
    return {column.strip().lower(): column for column in reversed(row)}


def _first(names: Mapping[str, str], wanted: Iterable[str]) -> str | None:
    return next((names[name] for name in wanted if name in names), None)


def _messages_share(cells: Sequence[Any]) -> float:
    """The share of cells that are lists of objects with a speaker, or JSON texts of such."""
    return sum(map(_is_messages, cells)) / len(cells)


def _is_messages(cell: Any) -> bool:
    if isinstance(cell, str) and not cell.lstrip().startswith("["):
        return False
    try:
        items = listed(cell)
    except ValueError:
        return False
    return bool(items) and all(isinstance(item, Mapping) and any(key in item for key in _SPEAKER) for item in items)
