"""Object stores and remote folders, by fsspec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from ftprep import RemoteError, RemoteFile

from .place import Sent, part_of

_S3 = ("s3", "s3a")
_WHOLE = {*_S3, "gs", "gcs", "abfs", "abfss", "az", "oci", "oss"}
"""Stores in which a file is there whole or not at all, and folders need not be made."""
_TIMES = ("LastModified", "last_modified", "mtime", "modified", "updated", "created")
"""What stores call the time at which a file was written."""
_INSTALL = "pip install 'ftprep[store]'"


class Objects:
    """A folder that fsspec reaches."""

    def __init__(self, url: str, options: Mapping[str, Any], environ: Mapping[str, str]):
        """Raises RemoteError where a package or a variable is missing, or nothing knows the URL."""
        self.base = url.rstrip("/")
        protocol = self.base.partition("://")[0]
        fsspec = _fsspec(protocol, url)
        self._sending: Callable[[int], Mapping[str, Any]] = lambda size: {}
        if protocol in _S3:
            from . import s3

            options, self._sending = s3.prepared(options, environ, url), s3.sending
        self._fs, path = fsspec.core.url_to_fs(self.base, **options, skip_instance_cache=True)
        self._path, self._whole = path.rstrip("/"), protocol in _WHOLE

    def write(self, path: Path, name: str, sent: Sent) -> None:
        """Under another name first, where a store shows a file before it is whole."""
        if self._whole:
            self._send(path, self._full(name), sent)
            return
        self._fs.makedirs(self._path, exist_ok=True)
        part = self._full(part_of(name))
        try:
            self._send(path, part, sent)
            self._fs.mv(part, self._full(name))
        except BaseException:
            with suppress(Exception):
                self._fs.rm_file(part)
            raise

    def find(self, name: str) -> RemoteFile | None:
        """A file; folders are none."""
        self._fs.invalidate_cache()
        try:
            info = self._fs.info(self._full(name))
        except FileNotFoundError:
            return None
        return self._file(info) if info["type"] == "file" else None

    def all(self) -> list[RemoteFile]:
        """Its files, but for hidden ones."""
        self._fs.invalidate_cache()
        try:
            found = self._fs.ls(self._path, detail=True)
        except FileNotFoundError:
            return []
        files = [self._file(info) for info in found if info["type"] == "file"]
        return [file for file in files if file.name and file.name[0] != "."]

    def read(self, name: str) -> bytes:
        """The content of a file."""
        content: bytes = self._fs.cat_file(self._full(name))
        return content

    def delete(self, name: str) -> None:
        """Removes a file."""
        self._fs.rm_file(self._full(name))

    def close(self) -> None:
        """S3 keeps connections; other stores let them go by themselves."""
        if (creator := getattr(self._fs, "_s3creator", None)) is not None:
            self._fs.close_session(self._fs.loop, creator)

    def _full(self, name: str) -> str:
        return f"{self._path}/{name}"

    def _send(self, path: Path, target: str, sent: Sent) -> None:
        from fsspec.callbacks import Callback

        class Progress(Callback):  # type: ignore[misc]
            """Tells of bytes that were sent."""

            def relative_update(self, inc: int = 1) -> None:
                sent(inc)

        self._fs.put_file(str(path), target, callback=Progress(), **self._sending(path.stat().st_size))

    def _file(self, info: Mapping[str, Any]) -> RemoteFile:
        name = str(info["name"]).rpartition("/")[2]
        when = next((info[key] for key in _TIMES if info.get(key)), None)
        if isinstance(when, datetime):
            when = when.timestamp()
        created = float(when) if isinstance(when, (int, float)) else None
        return RemoteFile(id=f"{self.base}/{name}", name=name, bytes=info["size"], created=created)


def _fsspec(protocol: str, url: str) -> Any:
    """The package, which knows the protocol and can be used for it."""
    try:
        import fsspec
    except ImportError as error:
        raise RemoteError("needs the package 'fsspec'", hint=_INSTALL, file=url) from error
    try:
        fsspec.get_filesystem_class(protocol)
    except ImportError as error:
        words = " ".join(str(error).split())
        hint = _INSTALL if protocol in _S3 else words[:1].lower() + words[1:]
        raise RemoteError(f"needs a package that reaches '{protocol}'", hint=hint, file=url) from error
    except ValueError as error:
        hint = "take s3://bucket/folder, a path, or another URL that fsspec knows"
        raise RemoteError(f"nothing here knows '{protocol}://'", hint=hint, file=url) from error
    return fsspec
