"""`POST /completions`, whole or streamed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from . import fields
from .answers import Answer, Json
from .chat import SAMPLING, chosen, event, stops
from .models_asked import model_of, refuse_wrong_way, replies_of, usage
from .requests import Request
from .speaking import Spoken, speak, tokens_of
from .world import World

_DEFAULT = 16
"""Tokens of an answer, where nothing else is asked for (documented)."""


def _prompt(path: str, value: Any) -> None:
    if not isinstance(value, str):
        fields.array()(path, value)


_COMPLETION = fields.an_object(
    SAMPLING
    | {
        "prompt": fields.nullable(_prompt), "max_tokens": fields.nullable(fields.integer(0)),
        "logprobs": fields.nullable(fields.integer(0, 5)), "echo": fields.nullable(fields.flag),
        "best_of": fields.nullable(fields.integer(1, 20)),
    },
    ["model", "prompt"],
    closed=False,
)  # fmt: skip


def create(world: World, request: Request) -> Answer:
    """POST /completions."""
    asked = request.json | ({"model": request.deployment} if request.deployment else {})
    _COMPLETION("", asked)
    name = model_of(world, request)
    refuse_wrong_way(world, name, chat=False)
    prompts = _prompts(asked["prompt"])
    said = [(prompt, one) for prompt in prompts for one in _answers(world, name, prompt, asked)]
    head = {"id": world.id("cmpl-"), "object": "text_completion", "created": world.now, "model": name}
    counted = usage(sum(len(tokens_of(p)) for p in prompts), sum(len(one.tokens) for _, one in said))
    choices = [_choice(index, prompt, one, asked) for index, (prompt, one) in enumerate(said)]
    if asked.get("stream"):
        return Answer(stream=_stream(head, choices), media_type="text/event-stream")
    return Answer({**head, "choices": choices, "usage": counted})


def _prompts(given: Any) -> list[str]:
    if isinstance(given, str) or given is None:
        return [given or ""]
    if all(isinstance(item, str) for item in given):
        return list(given)
    many = given if isinstance(given[0], list) else [given]  # token ids, which only the service can read
    return [" ".join(map(str, ids)) for ids in many]


def _answers(world: World, name: str, prompt: str, asked: Json) -> Iterator[Spoken]:
    replies = replies_of(world, name, prompt)
    most = _DEFAULT if asked.get("max_tokens") is None else asked["max_tokens"]
    for reply in chosen(replies, asked, f"{name}{prompt}"):
        yield speak(replies, reply, most=most, stop=stops(asked), top=asked.get("logprobs") or 0)


def _choice(index: int, prompt: str, spoken: Spoken, asked: Json) -> Json:
    start = prompt if asked.get("echo") else ""
    logprobs = None if asked.get("logprobs") is None else _scored(spoken, len(prompt))
    return {"index": index, "text": start + spoken.text, "logprobs": logprobs, "finish_reason": spoken.finish}


def _scored(spoken: Spoken, start: int) -> Json:
    texts = [token.text for token in spoken.tokens]
    return {
        "tokens": texts,
        "token_logprobs": [token.logprob for token in spoken.tokens],
        "top_logprobs": [dict(token.others) for token in spoken.tokens],
        "text_offset": list(accumulate(map(len, texts), initial=start))[: len(texts)],
    }


def _stream(head: Json, choices: list[Json]) -> Iterator[bytes]:
    for choice in choices:
        for piece in tokens_of(choice["text"]):
            yield event({**head, "choices": [{**choice, "text": piece, "logprobs": None, "finish_reason": None}]})
        yield event({**head, "choices": [{**choice, "text": "", "logprobs": None}]})
    yield b"data: [DONE]\n\n"
