"""Sending a file: in one request, or in parts where it is large."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import Any

import msgspec

from ftprep import Problem, RemoteError, RemoteFile, Session, Upload

from .link import Link, quietly
from .reading import file_of
from .sections import Section

_MIME = "text/jsonl"
"""What a training file is, in the words of the Uploads API."""

_PATIENCE = 10.0
"""Seconds that cancelling may take: somebody may be waiting for the program to end."""


class Sending(msgspec.Struct, frozen=True):
    """How files are sent."""

    link: Link
    session: Session
    part: int
    """Bytes of a part."""
    above: int
    """Bytes above which a file is sent in parts."""
    days: int | None
    """After which the service deletes it."""

    def put(self, file: Upload) -> RemoteFile:
        """Sends it, and compares what arrived with what there is."""
        try:
            with file.path.open("rb") as opened:
                made = self._in_parts(file, opened) if file.bytes > self.above else None
                sent = made or self._whole(file, opened)
        except OSError as error:
            raise _unreadable(file, error) from None
        if sent.bytes is not None and sent.bytes != file.bytes:
            raise self._cut(file, sent)
        return sent

    def _whole(self, file: Upload, opened: io.BufferedReader) -> RemoteFile:
        body = Section(opened, 0, file.bytes, self.session.sent)
        files = self.link.client.files.with_raw_response
        given = {"file": (file.name, body, _MIME), "purpose": "fine-tune", **self._expiry()}
        return file_of(self.link.made(files.create, **given))

    def _in_parts(self, file: Upload, opened: io.BufferedReader) -> RemoteFile | None:
        """None where the service takes no parts."""
        uploads = self.link.client.uploads.with_raw_response
        given = {
            "bytes": file.bytes,
            "filename": file.name,
            "mime_type": _MIME,
            "purpose": "fine-tune",
            **self._expiry(),
        }
        try:
            id_ = self.session.patiently(lambda: self.link.made(uploads.create, **given))["id"]
        except RemoteError as error:
            if error.kind == "missing":
                return None
            raise
        try:
            return self._parts(id_, file, opened)
        except BaseException:  # Ctrl-C too: what has begun would be kept, and counted, for an hour
            quietly(lambda: self.link.ask(uploads.cancel, id_, timeout=_PATIENCE))
            raise

    def _parts(self, id_: str, file: Upload, opened: io.BufferedReader) -> RemoteFile:
        parts = [self._part(id_, opened, at, file) for at in range(0, file.bytes, self.part)]
        opened.seek(0)
        md5 = hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        uploads = self.link.client.uploads.with_raw_response
        whole = self.link.ask(uploads.complete, id_, part_ids=parts, md5=md5)
        inner = whole.get("file")
        return file_of(inner if isinstance(inner, Mapping) else {**whole, "id": ""})

    def _part(self, id_: str, opened: io.BufferedReader, at: int, file: Upload) -> str:
        """Its id. A part may be sent twice: only those count that are named in the end."""
        body = Section(opened, at, min(self.part, file.bytes - at), self.session.sent)
        parts = self.link.client.uploads.parts.with_raw_response
        made = self.session.patiently(
            lambda: self.link.made(parts.create, id_, data=("part", body, "application/octet-stream"))
        )
        return str(made["id"])

    def _expiry(self) -> dict[str, Any]:
        if self.days is None:
            return {}
        return {"expires_after": {"anchor": "created_at", "seconds": self.days * 24 * 60 * 60}}

    def _cut(self, file: Upload, sent: RemoteFile) -> RemoteError:
        """The refusal for a file that arrived otherwise than it left; it is taken away again."""
        files = self.link.client.files.with_raw_response
        quietly(lambda: self.link.ask(files.delete, sent.id))
        message = (
            f"{file.path.as_posix()}: {file.bytes:,} bytes were sent and {sent.bytes:,} arrived at {self.link.who.host}"
        )
        return RemoteError(Problem(code="FT605", message=message, hint="send it again"), kind="refused")


def _unreadable(file: Upload, error: OSError) -> RemoteError:
    message = f"{file.path.as_posix()} cannot be read: {error.strerror or type(error).__name__}"
    return RemoteError(Problem(code="FT607", message=message, hint="check the path"))
