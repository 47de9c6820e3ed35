"""`store`: training files go into a folder or an object store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator

from ftprep import Remote, RemoteError, Session, Uploader

from .faults import told
from .objects import Objects
from .place import Folder, Place
from .remote import StoreRemote
from .s3 import USUAL

_SECRET = re.compile(r"(key|secret|token|password|passphrase|credentials?|connection_string)$", re.IGNORECASE)
"""How the names of options end that hold secrets, at S3, GCS, Azure, SFTP and others."""
_WHERE = ("endpoint_url", "host", "account_name", "project")
"""Options that say which store it is: two of one URL are not the same place."""


class Store(Uploader):
    """Puts training files into a folder, or into an object store that fsspec knows; who trains takes them from there.
    A file arrives whole or not at all, and one that is there is not sent again. Other places than folders need
    `pip install 'ftprep[store]'`, which brings S3; others need the package that fsspec has for them.
    """

    name = "store"

    url: str
    """A path, `file:///…`, `s3://bucket/folder`, or another URL of fsspec with a folder. A relative path begins where
    you stand. Never a secret in it."""
    storage_options: dict[str, Any] = {}
    """Options of fsspec's file system: `endpoint_url`, `client_kwargs: {region_name: …}`, `profile`. `NAME_env` names
    the variable that holds the value of NAME, and secrets can only be given so: `key_env`, `secret_env`. For S3 without
    a key, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN are taken; AWS's own files are read only for
    a `profile`."""

    @field_validator("url")
    @classmethod
    def _without_secret(cls, url: str) -> str:
        if "://" not in url:
            if not url.strip():
                raise ValueError("give a path, or a URL such as s3://bucket/folder")
            return url
        parts = urlsplit(url)
        if "@" in parts.netloc and ":" in parts.netloc.rpartition("@")[0]:
            raise ValueError("a URL with a password in it; name its variable under storage_options: password_env")
        if not (parts.netloc + parts.path).strip("/"):
            raise ValueError("a URL without a bucket or a folder; put its name behind")
        return url

    @field_validator("storage_options")
    @classmethod
    def _names_secrets(cls, options: dict[str, Any]) -> dict[str, Any]:
        for name, value in _walk(options):
            if isinstance(value, str) and _SECRET.search(name):
                raise ValueError(f"'{name}' would hold a secret itself; name its variable: {name}_env")
        return options

    @model_validator(mode="after")
    def _for_urls(self) -> Store:
        if self.storage_options and self._folder() is not None:
            raise ValueError("storage_options are for URLs; a folder takes none")
        return self

    @classmethod
    def variables(cls) -> Sequence[str]:
        """The usual ones of S3."""
        return USUAL

    def connect(self, session: Session) -> Remote:
        """Raises RemoteError where a variable is not set, or a package is missing."""
        environ, folder = session.environ, self._folder()
        variables = [*USUAL, *(value for name, value in _walk(self.storage_options) if name.endswith("_env"))]
        secrets = [environ[name] for name in variables if environ.get(name)]
        with told(self.url, "cannot be reached", secrets):
            options = _filled(self.storage_options, environ, self.url)
            place: Place = Folder(folder) if folder is not None else Objects(self.url, options, environ)
        lines = [f"{name}: {self.storage_options[name]}" for name in _WHERE if name in self.storage_options]
        return StoreRemote(place, session, " ".join([place.base, *lines]), lines, secrets)

    def _folder(self) -> Path | None:
        if self.url.startswith("file:"):
            from urllib.request import url2pathname

            return Path(url2pathname(urlsplit(self.url).path))
        return None if "://" in self.url else Path(self.url)


def _walk(options: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """All names and values, however deep."""
    for name, value in options.items():
        yield name, value
        if isinstance(value, dict):
            yield from _walk(value)


def _filled(options: Mapping[str, Any], environ: Mapping[str, str], url: str) -> dict[str, Any]:
    """The options with what the variables hold. Raises RemoteError."""
    made: dict[str, Any] = {}
    for name, value in options.items():
        if isinstance(value, dict):
            made[name] = _filled(value, environ, url)
        elif not name.endswith("_env"):
            made[name] = value
        elif not environ.get(value):
            hint = "set it, or name another one in 'storage_options'"
            raise RemoteError(f"the variable {value} is not set", hint=hint, file=url)
        else:
            made[name.removesuffix("_env")] = environ[value]
    return made
