"""How data of a kind that is widely known would be made into messages, by the names and the content of its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ftprep import Proposal, Row, as_text

from .calls import listed
from .columns import cells_of, words_of
from .guesses import by_content

LIKELY = 0.3
"""What is less sure is no proposal, unless a task is named."""
_LISTS = ("messages", "conversations")
_ASKED = (
    "prompt", "question", "instruction", "input", "query", "user", "human", "customer",
    "frage", "pregunta", "domanda", "pergunta", "вопрос", "问题", "質問",
)  # fmt: skip
_ANSWERED = (
    "completion", "answer", "output", "response", "reply", "target", "assistant", "ai", "bot", "agent",
    "antwort", "respuesta", "réponse", "risposta", "resposta", "ответ", "答案", "回答",
)  # fmt: skip
_CONTEXT = ("context", "passage", "paragraph", "document", "article", "kontext", "contexto", "contexte", "contesto")
_SPEAKER = ("role", "speaker", "author", "from", "sender")
_TEXT = ("content", "text", "value", "message", "body", "utterance")
_TALK = (
    "conversation", "conversation_id", "conversationid", "convo_id", "talk", "talk_id", "thread", "thread_id",
    "dialogue_id", "dialog_id", "ticket_id", "chat_id", "session_id",
)  # fmt: skip
_ANSWERERS = words_of("assistant agent bot ai gpt model chatbot support operator chatgpt berater agente")


def of_lists(rows: Sequence[Row]) -> Proposal | None:
    """A column of lists of messages, with `tools`, `chosen` and `rejected` beside it."""
    pair = {"chosen", "rejected"} <= rows[0].keys()  # single answers, which are no conversation
    asked = [column for column in rows[0] if not pair or column not in ("chosen", "rejected")] or list(rows[0])
    shares = {column: _messages_share([row.get(column) for row in rows]) for column in asked}
    column = next((name for name in _LISTS if shares.get(name)), max(shares, key=lambda name: shares[name]))
    if shares[column] <= (0 if column in _LISTS else 0.5):
        return None
    roles = _roles([row.get(column) for row in rows])
    beside: Sequence[str] = ("tools", "chosen", "rejected")
    more = {name: name for name in beside if name in rows[0] and name != column}
    kind = "preference" if "rejected" in more else "chat"
    return Proposal(
        kind=kind,
        options={"column": column, **more, **({"roles": roles} if roles else {})},
        sure=0.9,
        why=f"'{column}' holds lists of messages",
        task="preference" if "rejected" in more else "tools" if "tools" in more else "chatbot",
        columns={"messages": column, **more},
    )


def _roles(cells: Sequence[Any]) -> dict[str, str]:
    """Dialogues of a user and a system, as research has them: there the system is who answers. And a third party's
    remarks, such as a log of actions, beside an agent and a customer."""
    said = {as_text(item.get(key)) for cell in cells for item in _items(cell) for key in _SPEAKER if key in item}
    if said == {"USER", "SYSTEM"}:
        return {"SYSTEM": "assistant"}
    return {"action": "drop"} if said == {"agent", "customer", "action"} else {}


def of_columns(rows: Sequence[Row]) -> Iterator[Proposal]:
    """All that the step `chat` could make of a table."""
    pair = of_pairs(rows)
    if pair is not None:
        yield pair
    if (old := of_completions(rows)) is not None:  # for models that are tuned with chats alone
        options = {"user": old.options["prompt"], "assistant": old.options["completion"]}
        yield Proposal(kind="chat", options=options, sure=0.6, why=old.why, task=old.task, columns=old.columns)
    yield from by_content(rows)


def of_pairs_as_prompts(rows: Sequence[Row]) -> Iterator[Proposal]:
    """What `chat` could make of a table, as prompts and completions: less sure, so that chats come first."""
    for chat in of_columns(rows):
        if chat.options.keys() == {"user", "assistant"}:
            options = {"prompt": chat.options["user"], "completion": chat.options["assistant"], "space": False}
            yield msgspec.structs.replace(chat, options=options, sure=chat.sure / 2 + 0.1)


def of_pairs(rows: Sequence[Row]) -> Proposal | None:
    """A column that asks and one that answers; with `chosen` and `rejected`, preference data."""
    names = _by_name(rows[0])
    if "chosen" in names and "rejected" in names and (asked := _first(names, _ASKED)):
        return _preference(names, asked)
    asked, answered = _first(names, _ASKED), _first(names, _ANSWERED)
    if not (asked and answered) or "completion" in names:
        return None
    user: str | list[str] = f"{{{asked}}}"
    why = f"'{asked}' asks and '{answered}' answers"
    context = _first(names, _CONTEXT)
    columns = {"text": asked, "answer": answered}
    if asked == names.get("instruction") and "input" in names:
        user = [f"{{{asked}}}", f"{{{names['input']}}}"]  # which most rows leave empty
        columns = {**columns, "input": names["input"]}
    elif context is not None:
        user, why = f"{{{context}}}\n\nQuestion: {user}\nAnswer:", f"{why} from '{context}'"
        columns = {**columns, "context": context}
    options = {"user": user, "assistant": f"{{{answered}}}"}
    if "system" in names:
        options["system"] = f"{{{names['system']}}}"
    task = "qa" if context is not None else "chatbot"
    return Proposal(kind="chat", options=options, sure=0.7, why=why, task=task, columns=columns)


def _preference(names: Mapping[str, str], asked: str) -> Proposal:
    options = {"user": f"{{{asked}}}", "assistant": f"{{{names['chosen']}}}", "rejected": f"{{{names['rejected']}}}"}
    return Proposal(
        kind="preference",
        options=options,
        sure=0.8,
        why="there are 'chosen' and 'rejected' answers",
        task="preference",
        columns={"text": asked, "chosen": names["chosen"], "rejected": names["rejected"]},
    )


def of_completions(rows: Sequence[Row]) -> Proposal | None:
    """The columns `prompt` and `completion`."""
    names = _by_name(rows[0])
    if "prompt" not in names or "completion" not in names:
        return None
    prompt, completion = names["prompt"], names["completion"]
    options = {"prompt": f"{{{prompt}}}", "completion": f"{{{completion}}}", "space": False}
    classes = cells_of(rows)[completion].is_class
    return Proposal(
        kind="prompt/completion",
        options=options,
        sure=0.9,
        why="there are a prompt and a completion",
        task="classifier" if classes else "completion",
        columns={"text": prompt, "label" if classes else "answer": completion},
    )


def of_talks(rows: Sequence[Row]) -> Proposal | None:
    """A row a message: columns for the conversation, the speaker and the text."""
    names = _by_name(rows[0])
    by, speaker, text = _first(names, _TALK), _first(names, _SPEAKER), _first(names, _TEXT)
    if not (by and speaker and text):
        return None
    options: dict[str, Any] = {"by": by, "speaker": speaker, "text": text}
    why = f"'{by}' names conversations, '{speaker}' speakers"
    answering, most = _who_answers(rows, speaker)
    if answering != ["assistant"]:
        options["assistant"] = answering[0] if len(answering) == 1 else answering
        why += f"; '{answering[0]}' speaks most" if most else ""
    if _scattered([as_text(row.get(by)).strip() for row in rows]):
        options["scattered"] = True
    columns = {"talk": by, "speaker": speaker, "text": text}
    return Proposal(kind="messages", options=options, sure=0.8, why=why, task="chatbot", columns=columns)


def _who_answers(rows: Sequence[Row], speaker: str) -> tuple[list[str], bool]:
    """The speakers that are called like one who answers; else the one who speaks most, and that it is so."""
    said = Counter(name for name in (as_text(row.get(speaker)).strip() for row in rows) if name)
    known = [name for name in said if name.lower() in _ANSWERERS]
    if known or not said:
        return known or ["assistant"], False
    return [max(said, key=lambda name: said[name])], True


def _scattered(ids: Sequence[str]) -> bool:
    """Whether rows of one conversation stand apart."""
    starts = [id_ for before, id_ in zip([None, *ids], ids, strict=False) if id_ != before]
    return len(starts) != len(set(starts))


def _by_name(row: Row) -> dict[str, str]:
    """Small letters -> the column."""
    return {column.strip().lower(): column for column in reversed(row)}


def _first(names: Mapping[str, str], wanted: Iterable[str]) -> str | None:
    return next((names[name] for name in wanted if name in names), None)


def _messages_share(cells: Sequence[Any]) -> float:
    """The share of cells that are lists of objects with a speaker, or JSON texts of such."""
    return sum(map(_is_messages, cells)) / len(cells)


def _is_messages(cell: Any) -> bool:
    items = _items(cell)
    return bool(items) and all(any(key in item for key in _SPEAKER) for item in items)


def _items(cell: Any) -> Sequence[Mapping[str, Any]]:
    """The objects of a list, or of the JSON text of one; none for anything else."""
    if isinstance(cell, str) and not cell.lstrip().startswith("["):
        return ()
    try:
        items = listed(cell)
    except ValueError:
        return ()
    return items if all(isinstance(item, Mapping) for item in items) else ()
