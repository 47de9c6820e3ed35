"""Asking a model, and reading what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ftprep import Answer, Question, RemoteError

from .link import Link
from .reading import is_tuned
from .refused import Declined, lost

_LOADING = "a tuned model can take some minutes until it answers; try again later"


def ask(link: Link, question: Question) -> Answer:
    """What it answers. Arguments that the client does not know are sent as they are."""
    rest = {name: value for name, value in question.arguments.items() if name != "model"}
    if question.shape == "chat":
        call, needed = link.client.chat.completions.with_raw_response.create, "messages"
    else:
        call, needed = link.client.completions.with_raw_response.create, "prompt"  # type: ignore[assignment]
    given = {needed: rest.pop(needed, "")}
    try:
        wire = link.ask(call, model=question.model, **given, extra_body=rest or None)
    except RemoteError as error:
        raise _perhaps_loading(error, question.model) from None
    choices = wire.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise lost(link.who, "sent an answer without a choice")
    return _answer(choices[0], wire)


def _answer(choice: Mapping[str, Any], wire: Mapping[str, Any]) -> Answer:
    message = choice.get("message")
    message = message if isinstance(message, dict) else {"content": choice.get("text")}
    logprobs, usage = choice.get("logprobs"), wire.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
    return Answer(
        text=str(message.get("content") or message.get("refusal") or ""),
        tool_calls=tuple(call for call in message.get("tool_calls") or () if isinstance(call, dict)),
        logprobs=_first_token(logprobs) if isinstance(logprobs, dict) else {},
        finish=str(choice.get("finish_reason") or ""),
        tokens=counts if all(isinstance(count, int) for count in counts) else None,  # type: ignore[arg-type]
    )


def _first_token(logprobs: Mapping[str, Any]) -> dict[str, float]:
    """Of a chat, a list of objects; of a completion, an object for each token."""
    content, top = logprobs.get("content"), logprobs.get("top_logprobs")
    if isinstance(content, list) and content and isinstance(content[0], dict):
        several = [*(content[0].get("top_logprobs") or ()), content[0]]
        pairs = [(one.get("token"), one.get("logprob")) for one in several if isinstance(one, dict)]
    elif isinstance(top, list) and top and isinstance(top[0], dict):
        pairs = list(top[0].items())
    else:
        pairs = []
    return {str(token): float(value) for token, value in pairs if isinstance(value, (int, float))}


def _perhaps_loading(error: RemoteError, model: str) -> RemoteError:
    """A tuned model that is not found, or not ready, is loading: for some minutes after its training, and when nobody
    has asked it for a while."""
    if not isinstance(error, Declined):
        return error
    unready = error.word == "model_not_found" and is_tuned(model)
    if not unready and error.status != 503:
        return error
    problem = msgspec.structs.replace(error.problems[0], code="FT604")
    if is_tuned(model):
        problem = msgspec.structs.replace(problem, hint=_LOADING)
    return RemoteError(problem, kind="busy", wait=error.wait)
