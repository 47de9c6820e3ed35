"""The answers of faults that keep a request from being carried out."""

from __future__ import annotations

from .answers import Answer, Refused
from .faults import Fault
from .keys import refusal
from .models import missing_role, not_found

_WIND_DOWN = (
    "OpenAI is winding down the fine-tuning platform and your organization is no longer able to create new fine-tuning "
    "training jobs. Existing fine-tuned models remain available until their base models are deprecated."
)  # the first sentence was seen on the wire (2026); the second says what the documentation adds


def instead(fault: Fault) -> Answer | None:
    """The answer that a fault gives, where the request is not carried out."""
    if fault.do == "status":
        return _status(fault)
    if fault.do == "html":
        page = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1>"
        return Answer(content=page + b"\r\n</body>\r\n</html>\r\n", status=502, media_type="text/html")
    refused = _refusal(fault)
    return refused.answer() if refused else None


def _status(fault: Fault) -> Answer:
    headers = dict(fault.headers)
    if isinstance(fault.body, str):
        return Answer(content=fault.body.encode(), status=fault.status, media_type="text/plain", headers=headers)
    if fault.body is not None:
        return Answer(dict(fault.body), status=fault.status, headers=headers)
    message = f"The stand-in was asked to answer with status {fault.status}."
    return Refused(fault.status, message, headers=headers).answer()


def _refusal(fault: Fault) -> Refused | None:
    headers = dict(fault.headers)
    if fault.do == "rate_limit":
        message = "Rate limit reached for requests. Please try again in 1s."
        return Refused(
            429, message, code="rate_limit_exceeded", kind="requests", headers=headers or {"Retry-After": "1"}
        )
    if fault.do == "quota":
        message = (
            "You exceeded your current quota, please check your plan and billing details. For more information on this "
            "error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
        )
        return Refused(429, message, code="insufficient_quota", kind="insufficient_quota", headers=headers)
    return _later(fault, headers)


def _later(fault: Fault, headers: dict[str, str]) -> Refused | None:
    found = {
        "server_error": lambda: Refused(
            500, "The server had an error while processing your request. Sorry about that!", kind="server_error"
        ),
        "unavailable": lambda: Refused(
            503, "The engine is currently overloaded, please try again later.", kind="service_unavailable"
        ),
        "bad_key": lambda: refusal(None, "sk-0000000000000000"),
        "expired_key": lambda: refusal("expired", "sk-0000000000000000"),
        "wrong_project": lambda: refusal("wrong-project", ""),
        "not_owner": lambda: missing_role("api.delete"),
        "training_not_available": lambda: Refused(403, _WIND_DOWN, code="training_not_available"),
        "model_loading": lambda: not_found("ft"),
    }.get(fault.do)
    refused = found() if found else None
    if refused:
        refused.headers.update(headers)
    return refused
