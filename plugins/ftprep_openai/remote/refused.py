"""What went wrong with a request, as one line: who, what was said, and what to do about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import msgspec
import openai

from ftprep import Problem, RemoteError

from .address import is_openai

_LONGEST = 300
"""Characters of what a service said that are shown."""
_SECRETS = (
    (re.compile(r"\bsk-[\w*…-]+(\.[\w*…-]+)*"), "sk-…"),
    (re.compile(r"\b(Bearer|api-key:?)\s+[^\s'\",;)\]]+", re.IGNORECASE), r"\1 …"),
    (re.compile(r"[\w-]*\*{3,}[\w-]*"), "…"),  # a key that the service itself has masked shows its ends
    (re.compile(r"://[^/@\s]+@"), "://…@"),
)
MARKUP = re.compile(r"\s*<(!doctype|html|\?xml)", re.IGNORECASE)
"""How a page begins that is none of a service's answers, but of something between."""
_KIND_HINTS = {
    "FT602": "ask an owner of the organisation for the permission, or use another key",
    "FT603": "add credit or raise the limit in its billing settings; waiting does not help",
    "FT606": "check the name, and that the key belongs to the right project",
    "FT607": "correct what it says",
    "FT608": "the files still train elsewhere: 'ftprep convert' writes them for other services and local trainers",
}
_CLOSING = (
    "OpenAI takes no new jobs from anybody after 2027-01-06, and since 2026 fewer and fewer accounts may start one"
)
"""Source: OpenAI's deprecations page, read in 2026-11."""
_BILLING = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "quota_exceeded")
_ENDED = ("training_not_available", "fine_tuning_not_available")


class Who(msgspec.Struct, frozen=True):
    """Whom a connection speaks to, as its errors need to know it."""

    host: str
    key_from: str
    """The variable that holds the key."""
    secret: str
    """The key: to be taken out of whatever is shown."""
    now: Callable[[], float]

    def __repr__(self) -> str:
        return f"Who({self.host})"

    def clean(self, text: str) -> str:
        """What a service said, on one line of bounded length, without keys and control characters."""
        text = text.replace(self.secret, "…")
        for pattern, instead in _SECRETS:
            text = pattern.sub(instead, text)
        text = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in text)
        text = " ".join(text.split())
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


class Declined(RemoteError):
    """What was answered with a status that is none of success."""

    status: int = 0
    word: str = ""
    """The service's own word for it: `model_not_found`."""


def refusal(error: openai.APIError, who: Who) -> RemoteError:
    """The RemoteError for what the client raised."""
    if not isinstance(error, openai.APIStatusError):
        return _unanswered(error, who)
    made = _answered(error, who, error.status_code, error.code or "")
    declined = Declined(*made.problems, kind=made.kind, wait=made.wait)
    declined.status, declined.word = error.status_code, error.code or ""
    return declined


def _answered(error: openai.APIStatusError, who: Who, status: int, word: str) -> RemoteError:
    said, host = _said(error, who), who.host
    if status < 400:
        where = who.clean(error.response.headers.get("location", "elsewhere"))
        message = f"{host} sends requests on to {where}, where the key is not taken ({status})"
        return refused("FT607", message, "correct the address")
    if status in (408, 425) or status >= 500:
        return lost(who, f"failed{said}", wait=_wait(error, who.now))
    if status == 402 or word in _BILLING:
        return refused("FT603", f"{host} has no credit or budget left for this account{said}")
    if word in _ENDED:
        hint = f"{_CLOSING}; {_KIND_HINTS['FT608']}" if is_openai(f"https://{host}") else ""
        return refused("FT608", f"{host} takes no new training from this account{said}", hint)
    if status == 429:
        return busy(who, said, wait=_wait(error, who.now))
    if status == 401:
        hint = f"set {who.key_from} to a key that is valid there"
        return refused("FT601", f"{host} refused the key in {who.key_from}{said}", hint)
    if status == 403:
        return refused("FT602", f"{host} does not allow this{said}")
    if status == 404:
        return RemoteError(_problem("FT606", f"{host} has no such thing{said}"), kind="missing")
    return refused("FT607", f"{host} refused the request{said}")


def lost(who: Who, what: str, *, wait: float | None = None) -> RemoteError:
    """For an answer that did not come, or cannot be read."""
    problem = Problem(code="FT605", message=f"{who.host} {what}", hint=_when(wait))
    return RemoteError(problem, kind="lost", wait=wait)


def busy(who: Who, said: str, *, wait: float | None = None) -> RemoteError:
    """For a service that did nothing, and wants to be asked again."""
    problem = Problem(code="FT604", message=f"{who.host} takes no more requests at the moment{said}", hint=_when(wait))
    return RemoteError(problem, kind="busy", wait=wait)


def _when(wait: float | None) -> str:
    return "try again later" if wait is None else f"try again in {wait:.0f} s"


def owner_needed(error: RemoteError) -> RemoteError:
    """The same refusal, where what is missing is known."""
    if error.problems[0].code != "FT602":
        return error
    hint = "only somebody with the role Owner in the organisation can delete its models: use an owner's key"
    return RemoteError(msgspec.structs.replace(error.problems[0], hint=hint), kind=error.kind)


def no_key(host: str, name: str) -> RemoteError:
    """For a variable that is not set."""
    return refused("FT601", f"there is no key for {host}: {name} is not set", "set it to a key that is valid there")


def refused(code: str, message: str, hint: str = "") -> RemoteError:
    """A refusal: asking again does not help."""
    return RemoteError(_problem(code, message, hint), kind="refused")


def _problem(code: str, message: str, hint: str = "") -> Problem:
    return Problem(code=code, message=message, hint=hint or _KIND_HINTS[code])


def _unanswered(error: openai.APIError, who: Who) -> RemoteError:
    """For no answer at all. Where there was no connection, nothing was done."""
    cause, words = (
        error.__cause__,
        re.sub(r"^\[Errno -?\d+\] ", "", who.clean(str(error.__cause__)))[:100] or "no answer",
    )
    if "CERTIFICATE_VERIFY_FAILED" in words:
        hint = "check the address; 'trust_env: true' takes the certificates that SSL_CERT_FILE names"
        return refused("FT605", f"{who.host} cannot show that it is what it says ({words})", hint)
    if isinstance(cause, (httpx2.ConnectError, httpx2.ConnectTimeout)):
        problem = Problem(code="FT605", message=f"{who.host} could not be reached ({words})", hint=_when(None))
        return RemoteError(problem, kind="busy")
    timed_out = isinstance(error, openai.APITimeoutError)
    return lost(who, "did not answer in time" if timed_out else "broke the connection off")


def _said(error: openai.APIStatusError, who: Who) -> str:
    """` (429 rate_limit_exceeded): its message`."""
    code = who.clean(error.code or "")
    status = f" ({error.status_code}{f' {code}' if code else ''})"
    inner = error.body.get("error", error.body) if isinstance(error.body, Mapping) else error.body
    message = inner.get("message") if isinstance(inner, Mapping) else inner
    if isinstance(message, str) and MARKUP.match(message):
        return f"{status} with a web page"
    if not isinstance(message, str) or not message.strip():
        return status
    return f"{status}: {who.clean(message).rstrip('.;')}"


def _wait(error: openai.APIStatusError, now: Callable[[], float]) -> float | None:
    """Seconds of Retry-After. A date is taken by the service's own clock, where it tells the time."""
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        if re.fullmatch(r"\d+(\.\d+)?", text := headers.get(name, "").strip()):
            return float(text) / unit
    until = _instant(headers.get("retry-after"))
    since = _instant(headers.get("date"))
    return None if until is None else max(0.0, until - (now() if since is None else since))


def _instant(text: Any) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None
