"""What goes wrong on purpose: a fault waits for requests that it matches, strikes so many times, and is gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

KINDS = {
    "status": "`status` with `headers` and `body` (an object, or a text) instead of an answer; nothing is done",
    "rate_limit": "429 rate_limit_exceeded, with the `headers`, else `Retry-After: 1`",
    "quota": "429 insufficient_quota",
    "server_error": "500",
    "unavailable": "503",
    "html": "502 with a page of HTML",
    "bad_key": "401 invalid_api_key",
    "expired_key": "401 expired_api_key",
    "wrong_project": "403 mismatched_project",
    "not_owner": "403 insufficient_permissions",
    "training_not_available": "403: the account can start no jobs any more",
    "model_loading": "404 model_not_found",
    "reset_before": "the connection is reset when the headers have been read",
    "reset_in_body": "the connection is reset in the middle of the request's body",
    "reset_after": "the request is carried out, and the connection reset without an answer",
    "reset_in_answer": "the request is carried out, and the connection reset in the middle of the answer's body",
    "delay": "the request is carried out, and answered after `seconds`",
    "delay_before": "nothing happens for `seconds`, then the request is carried out and answered",
    "invalid_json": "the request is carried out, and the answer is no JSON",
    "truncate_content": "only the first half of the content of a file is sent, as if that were all",
    "duplicate_items": "each item of a list comes twice",
    "shuffle_items": "the items of a list are out of order",
    "no_has_more": "a list does not say whether there is more",
    "more_for_ever": "a list says that there is more, and `after` is ignored",
    "empty_page": "a list has no items, and says that there is more",
    "clock_skew": "all times of the answer, its Date too, are off by `seconds`",
}
"""Name -> what happens."""


@dataclass(frozen=True)
class Fault:
    """One fault. As JSON it is an object with the same members; `match` and `do` must be there."""

    match: str
    """Regular expression, searched in the method and the path as OpenAI has it: `POST /v1/fine_tuning/jobs$`."""
    do: str
    """One of KINDS."""
    times: int | None = 1
    """How many requests it strikes; None (null): all."""
    after_skip: int = 0
    """How many matching requests it lets pass first. Those that an earlier fault strikes do not count."""
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    """For `status`: an object, or a text; None: an error object of OpenAI's."""
    seconds: float = 1.0

    def __post_init__(self) -> None:
        """Raises ValueError: an unknown kind, a pattern that is no regular expression, a value that cannot be."""
        if self.do not in KINDS:
            raise ValueError(f"no fault '{self.do}'; known: {', '.join(KINDS)}")
        if wrong := next(self._wrong(), None):
            raise ValueError(wrong)
        try:
            re.compile(self.match)
        except re.error as error:
            raise ValueError(f"'{self.match}' is no regular expression: {error}") from None

    def _wrong(self) -> Iterator[str]:
        if self.times is not None and not _whole(self.times):
            yield "'times' must be a whole number, or null"
        if not _whole(self.after_skip):
            yield "'after_skip' must be a whole number"
        if isinstance(self.seconds, bool) or not isinstance(self.seconds, (int, float)):
            yield "'seconds' must be a number"
        if not _whole(self.status) or not 200 <= self.status <= 599:
            yield "'status' must be from 200 to 599"
        if not isinstance(self.headers, Mapping) or not all(isinstance(text, str) for text in self.headers.values()):
            yield "'headers' must be an object of texts"
        if self.body is not None and not isinstance(self.body, (str, Mapping)):
            yield "'body' must be an object, a text, or null"

    @classmethod
    def of(cls, given: Fault | Mapping[str, Any]) -> Fault:
        """From JSON. Raises ValueError, saying which member is wrong."""
        if isinstance(given, Fault):
            return given
        known = [member.name for member in fields(cls)]
        if not isinstance(given, Mapping):
            raise ValueError(f"a fault is an object with the members {', '.join(known)}")
        for name in ("match", "do"):
            if not isinstance(given.get(name), str):
                raise ValueError(f"a fault needs the member '{name}', a text")
        if unknown := sorted(set(given) - set(known)):
            raise ValueError(f"a fault has no member '{unknown[0]}'; known: {', '.join(known)}")
        return cls(**given)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


class Faults:
    """The faults that are left. The first that matches a request strikes."""

    def __init__(self, faults: Iterable[Fault | Mapping[str, Any]] = ()) -> None:
        self._left: list[list[Any]] = []
        for number, given in enumerate(faults, 1):
            try:
                self.add(given)
            except ValueError as error:
                raise ValueError(f"fault {number}: {error}") from None

    def add(self, given: Fault | Mapping[str, Any]) -> None:
        """One more, after the others."""
        fault = Fault.of(given)
        self._left.append([fault, fault.after_skip, fault.times])

    def strike(self, method: str, paths: Iterable[str]) -> Fault | None:
        """The fault that strikes this request, by its path here or at OpenAI."""
        names = [f"{method} {path}" for path in paths]
        for entry in self._left:
            fault, skip, times = entry
            if times == 0 or not any(re.search(fault.match, name) for name in names):
                continue
            if skip:
                entry[1] -= 1
                continue
            if times is not None:
                entry[2] -= 1
            found: Fault = fault
            return found
        return None
