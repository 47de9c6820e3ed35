"""What S3 needs beside fsspec's options, so that nothing but the recipe and the session decides where a file goes."""

from __future__ import annotations

import inspect
import ipaddress
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ftprep import RecipeError, RemoteError, did_you_mean

_PART = 8 << 20
"""Bytes of a part of a large file; four are on their way at once."""
_PARTS = 10_000
"""As many as S3 takes of a file."""
USUAL = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""The variables of the key, the secret and the token; only temporary keys have a token."""
_NONE = (None, None, None, None)
_NOWHERE = {"profile": _NONE, "region": _NONE, "config_file": (None, None, os.devnull, None)}


def sending(size: int) -> dict[str, int]:
    """How s3fs sends a file of this size."""
    return {"chunksize": max(_PART, -(-size // _PARTS)), "max_concurrency": 4}


def prepared(options: Mapping[str, Any], environ: Mapping[str, str], url: str) -> dict[str, Any]:
    """The options of s3fs. Where a profile is named, AWS's own files say the rest; without one they are not read.

    Raises RemoteError where no key is known, RecipeError for an option that s3fs has not.
    """
    _refuse_unknown(options)
    if "profile" in options:
        return dict(options)
    from aiobotocore.session import AioSession

    given = {"endpoint_url": None, **_keys(options, environ, url), **options}
    config: dict[str, Any] = {"ignore_configured_endpoint_urls": True, "retries": {"total_max_attempts": 1}}
    if _here(given["endpoint_url"]):
        config["proxies"] = {}
    nowhere = {**_NOWHERE, "credentials_file": _NOWHERE["config_file"]}
    session = AioSession(session_vars=nowhere)
    return {**given, "config_kwargs": {**config, **(options.get("config_kwargs") or {})}, "session": session}


def _refuse_unknown(options: Mapping[str, Any]) -> None:
    """s3fs itself takes every name: a misspelt endpoint would lead to AWS."""
    from s3fs import S3FileSystem

    known = [*inspect.signature(S3FileSystem.__init__).parameters, "profile"]
    for name in options:
        if name not in known:
            raise RecipeError(f"storage_options: S3 has no option '{name}'", hint=did_you_mean(name, known))


def _keys(options: Mapping[str, Any], environ: Mapping[str, str], url: str) -> dict[str, str | None]:
    """The usual variables, where the options name none."""
    if options.get("anon") or "key" in options or "username" in options:
        return {"token": None}
    for variable in USUAL[:2]:
        if not environ.get(variable):
            hint = "set it, or name others with key_env and secret_env in 'storage_options'"
            raise RemoteError(f"the variable {variable} is not set", hint=hint, file=url)
    return dict(zip(("key", "secret", "token"), (environ.get(name) or None for name in USUAL), strict=True))


def _here(endpoint: str | None) -> bool:
    """Whether it is on this machine: no proxy leads there."""
    host = urlsplit(endpoint or "").hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
