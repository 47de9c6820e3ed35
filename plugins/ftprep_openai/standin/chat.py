"""`POST /chat/completions`, whole or streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from . import fields
from .answers import Answer, Json, Refused, encoded
from .learned import conversation
from .models_asked import model_of, refuse_wrong_way, replies_of, usage
from .requests import Request
from .speaking import Spoken, Token, choose, speak, tokens_of
from .world import World

STOP = fields.nullable(lambda path, value: _stop(path, value))


def _stop(path: str, value: Any) -> None:
    if not isinstance(value, str):
        fields.array(fields.text(), most=4)(path, value)


SAMPLING = {
    "model": fields.text(1), "n": fields.nullable(fields.integer(1, 128)), "stop": STOP,
    "temperature": fields.nullable(fields.decimal(0, 2)), "top_p": fields.nullable(fields.decimal(0, 1)),
    "max_tokens": fields.nullable(fields.integer(1)), "seed": fields.nullable(fields.integer(-(2**63))),
    "stream": fields.nullable(fields.flag), "presence_penalty": fields.nullable(fields.decimal(-2, 2)),
    "frequency_penalty": fields.nullable(fields.decimal(-2, 2)),
}  # fmt: skip
_MESSAGE = fields.an_object(
    {"role": fields.one_of("system", "developer", "user", "assistant", "tool", "function")}, ["role"], closed=False
)
_CHAT = fields.an_object(
    SAMPLING
    | {
        "messages": fields.array(_MESSAGE, 1), "max_completion_tokens": fields.nullable(fields.integer(1)),
        "logprobs": fields.nullable(fields.flag), "top_logprobs": fields.nullable(fields.integer(0, 20)),
    },
    ["model", "messages"],
    closed=False,
)  # fmt: skip


def create(world: World, request: Request) -> Answer:
    """POST /chat/completions."""
    asked = request.json | ({"model": request.deployment} if request.deployment else {})
    _CHAT("", asked)
    if asked.get("top_logprobs") is not None and not asked.get("logprobs"):
        message = "Invalid 'top_logprobs': 'logprobs' must be true where it is given."
        raise Refused(400, message, code="invalid_value", param="top_logprobs")
    name = model_of(world, request)
    refuse_wrong_way(world, name, chat=True)
    prompt = conversation(asked["messages"])
    replies = replies_of(world, name, prompt)
    spoken = [speak(replies, reply, most=_most(asked), stop=stops(asked), top=asked.get("top_logprobs") or 0)
              for reply in chosen(replies, asked, f"{name}{prompt}")]  # fmt: skip
    head = {"id": world.id("chatcmpl-"), "created": world.now, "model": name}
    counted = usage(len(tokens_of(prompt)), sum(_length(one) for one in spoken))
    if asked.get("stream"):
        return Answer(stream=_stream(head, spoken, asked, counted), media_type="text/event-stream")
    choices = [_choice(index, one, bool(asked.get("logprobs"))) for index, one in enumerate(spoken)]
    return Answer({**head, "object": "chat.completion", "choices": choices, "usage": counted})


def chosen(replies: Any, asked: Json, seed: str) -> list[Any]:
    """As many replies as `n` asks for."""
    warmth = 1.0 if asked.get("temperature") is None else float(asked["temperature"])
    return [choose(replies, i, warmth, f"{seed}{asked.get('seed')}") for i in range(asked.get("n") or 1)]


def stops(asked: Json) -> list[str]:
    """The stop sequences."""
    stop = asked.get("stop") or []
    return [stop] if isinstance(stop, str) else stop


def _most(asked: Json) -> int | None:
    most: int | None = asked.get("max_completion_tokens") or asked.get("max_tokens")
    return most


def _length(spoken: Spoken) -> int:
    return len(spoken.tokens) + len(tokens_of(spoken.reply.calls))


def _choice(index: int, spoken: Spoken, scored: bool) -> Json:
    message: Json = {"role": "assistant", "content": spoken.text, "refusal": None, "annotations": []}
    if spoken.reply.calls:
        message |= {"content": spoken.text or None, "tool_calls": json.loads(spoken.reply.calls)}
    logprobs = {"content": [_scored(token) for token in spoken.tokens], "refusal": None} if scored else None
    return {"index": index, "message": message, "logprobs": logprobs, "finish_reason": spoken.finish}


def _scored(token: Token) -> Json:
    return {**_one(token.text, token.logprob), "top_logprobs": [_one(*other) for other in token.others]}


def _one(text: str, logprob: float) -> Json:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode("utf-8", "surrogatepass"))}


def event(payload: Json) -> bytes:
    """A server-sent event."""
    return b"data: " + encoded(payload) + b"\n\n"


def _stream(head: Json, spoken: list[Spoken], asked: Json, counted: Json) -> Iterator[bytes]:
    full = bool((asked.get("stream_options") or {}).get("include_usage"))
    extra: Json = {"usage": None} if full else {}

    def chunk(choices: list[Json], **more: Any) -> bytes:
        return event({**head, "object": "chat.completion.chunk", "choices": choices, **extra, **more})

    for index, one in enumerate(spoken):
        for delta, logprobs in _deltas(one, bool(asked.get("logprobs"))):
            yield chunk([{"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": None}])
        yield chunk([{"index": index, "delta": {}, "logprobs": None, "finish_reason": one.finish}])
    if full:
        yield chunk([], usage=counted)
    yield b"data: [DONE]\n\n"


def _deltas(spoken: Spoken, scored: bool) -> Iterator[tuple[Json, Json | None]]:
    yield {"role": "assistant", "content": "", "refusal": None}, None
    for token in spoken.tokens:
        yield {"content": token.text}, {"content": [_scored(token)], "refusal": None} if scored else None
    for number, call in enumerate(json.loads(spoken.reply.calls) if spoken.reply.calls else []):
        yield {"tool_calls": [{"index": number, **call}]}, None
