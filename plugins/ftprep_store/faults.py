"""What a store raises, as one line that says what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from ftprep import FtprepError, RemoteError

Kind = Literal["refused", "missing", "busy", "lost"]
_UNANSWERED = {"EndpointConnectionError", "ConnectTimeoutError", "HTTPClientError", "ClientConnectionError"}
"""Classes of botocore and aiohttp for a server that does not answer; neither has Python's own as a base."""
_LONGEST = 200
"""Characters of a store's own words."""


@contextmanager
def told(where: str, what: str, secrets: Sequence[str] = ()) -> Iterator[None]:
    """Makes a RemoteError of what a store raises: its place is `where`, and it could not do `what`."""
    try:
        yield
    except FtprepError:
        raise
    except Exception as error:
        kind = _kind(error)
        text = f"{what} ({_words(error, secrets)})"
        raise RemoteError(text, hint=_hint(error, kind), file=where, kind=kind) from error


def _kind(error: Exception) -> Kind:
    """Whether it helps to ask again."""
    if isinstance(error, (TimeoutError, ConnectionError)) or _UNANSWERED & {
        cls.__name__ for cls in type(error).__mro__
    }:
        return "lost"
    number = getattr(error, "errno", None)
    if number == errno.EBUSY:
        return "busy"
    return "lost" if number in (errno.EIO, getattr(errno, "EREMOTEIO", errno.EIO)) else "refused"


def _hint(error: Exception, kind: Kind) -> str:
    if kind in ("busy", "lost"):
        return "try again; what is there already is not sent twice"
    if isinstance(error, FileNotFoundError):
        return "check 'url': its bucket, or the folder it lies in, has to be there"
    if isinstance(error, PermissionError):
        return "check the rights there, and the variables that hold the key"
    return "check 'url' and 'storage_options'"


def _words(error: Exception, secrets: Sequence[str]) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    text = " ".join(str(text).split()).rstrip(".")[:_LONGEST]
    for secret in secrets:
        text = text.replace(secret, "…")
    return text[:1].lower() + text[1:]
