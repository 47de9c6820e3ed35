"""Rows without a defect, and the defects that are put into them, each with the codes that tell it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

_WORDS = (
    "amber basin cedar delta ember fjord grove heron inlet jetty kayak ledge maple night ocean pearl quail ridge slope "
    "tulip umber vivid water yield acorn birch cliff dunes eagle field gorge hazel ivory juniper knoll larch marsh "
    "orchid plain river stone thorn valley willow"
)
WORDS = _WORDS.split()
Row = dict[str, Any]
Defect = Callable[[Row, "Words"], None]


class Words:
    """Sentences of eight words that have next to nothing in common."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def sentence(self, mark: str = ".") -> str:
        return " ".join(self.random.choices(WORDS, k=8)).capitalize() + mark


# ---- clean rows ------------------------------------------------------------------------------------------------------


def chat(words: Words) -> Row:
    talk = [("system", "Be brief."), ("user", words.sentence("?")), ("assistant", words.sentence())]
    if words.random.random() < 0.5:
        talk += [("user", words.sentence("?")), ("assistant", words.sentence())]
    return {"messages": [{"role": role, "content": text} for role, text in talk]}


def called(words: Words) -> Row:
    city = words.random.choice(WORDS)
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "weather", "arguments": json.dumps({"city": city})},
    }
    properties = {"city": {"type": "string"}}
    parameters = {"type": "object", "properties": properties, "required": ["city"], "additionalProperties": False}
    return {
        "messages": [
            {"role": "user", "content": words.sentence("?")},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": words.sentence()},
            {"role": "assistant", "content": words.sentence()},
        ],
        "tools": [{"type": "function", "function": {"name": "weather", "parameters": parameters}}],
    }


def share_gpt(words: Words) -> Row:
    return {
        "conversations": [{"from": "human", "value": words.sentence("?")}, {"from": "gpt", "value": words.sentence()}]
    }


def pair(words: Words) -> Row:
    return {"prompt": f"{words.sentence('?')}\n\n###\n\n", "completion": f" {words.sentence()} END"}


def preference(words: Words) -> Row:
    return {
        "input": {"messages": [{"role": "user", "content": words.sentence("?")}]},
        "preferred_output": [{"role": "assistant", "content": words.sentence()}],
        "non_preferred_output": [{"role": "assistant", "content": words.sentence()}],
    }


# ---- defects ---------------------------------------------------------------------------------------------------------


def texts(value: Any) -> Iterator[tuple[Row, str]]:
    """Where the texts of a row stand: the object, and its key."""
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(one, str) and key in ("content", "value", "completion"):
            yield value, key
        elif isinstance(one, (dict, list)) and key != "tools":
            yield from texts(one)


def adds(text: str) -> Defect:
    """A text inside the last one of a row."""

    def defect(row: Row, words: Words) -> None:
        holder, key = list(texts(row))[-1]
        first, second, rest = holder[key].split(" ", 2)
        holder[key] = f"{first} {second} {text} {rest}"

    return defect


def capitals(row: Row, words: Words) -> None:
    """Only the case of a text is another."""
    holder, key = list(texts(row))[-1]
    holder[key] = holder[key].upper()


def put(place: str, value: Any) -> Defect:
    """Another value at a place such as `messages.1.role`."""

    def defect(row: Row, words: Words) -> None:
        *path, last = [int(key) if key.lstrip("-").isdigit() else key for key in place.split(".")]
        holder: Any = row
        for key in path:
            holder = holder[key]
        holder[last] = value

    return defect


def without(*places: str) -> Defect:
    """Without what stands at these places."""

    def defect(row: Row, words: Words) -> None:
        for place in places:
            *path, last = [int(key) if key.isdigit() else key for key in place.split(".")]
            holder: Any = row
            for key in path:
                holder = holder[key]
            del holder[last]

    return defect


def more(*roles: str) -> Defect:
    """More messages."""
    return lambda row, words: row["messages"].extend({"role": role, "content": words.sentence()} for role in roles)


def ending(key: str, old: str, new: str) -> Defect:
    """A text that ends otherwise."""
    return lambda row, words: row.update({key: row[key].replace(old, new)})


def untrained(row: Row, words: Words) -> None:
    for message in row["messages"]:
        if message["role"] == "assistant":
            message["weight"] = 0


TEXTS: dict[str, tuple[Defect, str]] = {
    "a special token": (adds("<|endoftext|>"), "FT370"),
    "mojibake": (adds("Caf\u00c3\u00a9"), "FT371"),
    "lost characters": (adds("Caf\ufffd"), "FT372"),
    "a secret": (adds("AKIAQ3EGRZ4WTVX7MPLK"), "FT341"),
    "an address": (adds("anna.berg@gmail.com"), "FT342"),
}
"""Defects of every kind of file: what it is, how it is made, and the codes that tell it."""
CHAT: dict[str, tuple[Defect, str]] = {
    "no known kind": (without("messages"), "FT320"),
    "no messages": (put("messages", []), "FT321"),
    "messages that are null": (put("messages", None), "FT321"),
    "an unknown role": (put("messages.1.role", "person"), "FT322"),
    "no role": (without("messages.1.role"), "FT322"),
    "no content": (without("messages.2.content"), "FT323"),
    "an unknown key": (put("messages.2.contnt", "x"), "FT325"),
    "a weight": (put("messages.2.weight", 7), "FT328"),
    "a user's end": (more("user"), "FT360"),
    "two answers": (more("assistant"), "FT361"),
    "an empty last answer": (put("messages.-1.content", " "), "FT362"),
    "nothing trained": (untrained, "FT368"),
    "a late system message": (more("user", "system", "assistant"), "FT369"),
}
CALL = "messages.1.tool_calls.0.function"
TOOLS: dict[str, tuple[Defect, str]] = {
    "a tool that is not defined": (put(f"{CALL}.name", "forecast"), "FT365"),
    "another argument": (put(f"{CALL}.arguments", '{"town": "Bonn"}'), "FT366 FT366"),
    "an argument of another type": (put(f"{CALL}.arguments", '{"city": 5}'), "FT366"),
    "broken arguments": (put(f"{CALL}.arguments", '{"city": '), "FT366"),
    "a call without its result": (without("messages.2"), "FT364"),
    "a result without its call": (without("messages.1"), "FT363"),
}
SHARE_GPT: dict[str, tuple[Defect, str]] = {
    "an empty answer": (put("conversations.1.value", ""), "FT362"),
    "a user's end": (without("conversations.1"), "FT360"),
    "an unknown speaker": (put("conversations.0.from", "martian"), "FT390"),
    "no list": (put("conversations", "Hello"), "FT390"),
}
PAIRS: dict[str, tuple[Defect, str]] = {
    "no completion": (put("completion", ""), "FT481"),
    "a long one": (put("completion", f" {'Many herons live here. ' * 500}END"), "FT482"),
    "no separator": (ending("prompt", "?\n\n###\n\n", "?"), "FT487*"),
    "no end": (ending("completion", " END", ""), "FT492*"),
    "no space": (lambda row, words: row.update(completion=row["completion"].lstrip()), "FT495*"),
}
"""A star: told once of the whole file."""
INSIDE: dict[str, tuple[Defect, str]] = {
    "a separator inside": (ending("prompt", "?", "?\n\n###\n\n?"), "FT489*"),
    "an end inside": (adds("END"), "FT494*"),
}
"""What is told where all rows end as they should."""
PREFERENCES: dict[str, tuple[Defect, str]] = {
    "no input": (without("input"), "FT320"),
    "no second answer": (put("non_preferred_output", []), "FT393"),
    "an unknown role": (put("input.messages.0.role", "person"), "FT322"),
}
