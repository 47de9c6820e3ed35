"""Faults that change an answer which the service would have given."""

from __future__ import annotations

from typing import Any

from .answers import Answer, walk
from .faults import Fault

_TIMES = ("created", "created_at", "finished_at", "estimated_finish", "expires_at")


def spoiled(fault: Fault, answer: Answer) -> Answer:
    """The answer after the fault. Some faults are about lists only, and leave others as they are."""
    if fault.do == "invalid_json":
        return Answer(content=answer.body()[:-1] + b",", headers=answer.headers, made=answer.made)
    if fault.do == "truncate_content" and answer.content is not None:
        body = answer.body()
        return Answer(content=body[: len(body) // 2], media_type=answer.media_type)
    if fault.do == "clock_skew" and answer.payload is not None:
        answer.payload = walk(answer.payload, lambda name, value: _later(name, value, int(fault.seconds)))
    if answer.payload is not None and isinstance(answer.payload.get("data"), list):
        _spoil_list(fault.do, answer.payload)
    return answer


def _later(name: str, value: Any, seconds: int) -> Any:
    return value + seconds if name in _TIMES and isinstance(value, int) else value


def _spoil_list(what: str, payload: dict[str, Any]) -> None:
    data = payload["data"]
    if what == "duplicate_items":
        payload["data"] = [item for item in data for _ in range(2)]
    elif what == "shuffle_items":
        payload["data"] = data[1::2] + data[::2]
    elif what == "no_has_more":
        payload.pop("has_more", None)
    elif what == "more_for_ever":
        payload["has_more"] = True
    elif what == "empty_page":
        payload |= {"data": [], "has_more": True}
