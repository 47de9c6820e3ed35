"""A file that is really sent by an uploader, and what becomes of it."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from ..steps import Remote, RemoteFile, Upload
from .trying import Tried, attempt

UNKNOWN = "no-such-0d1f7c9e"
"""The id of nothing."""
_ROW = b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n'


class Life:
    """What became of a file that was sent: a call each, None where the connection does not offer it."""

    def __init__(self, remote: Remote, file: Upload):
        self._remote = remote
        self.content = file.path.read_bytes()
        self.put, self.again = (attempt(remote.put, file) for _ in range(2))
        made = (tried.value for tried in (self.put, self.again) if isinstance(tried.value, RemoteFile))
        self.ids = list(dict.fromkeys(one.id for one in made))
        self.files = self._ask("files")
        self.told = {id_: self._ask("file", id_) for id_ in self.ids}
        self.fetched = {id_: self._ask("fetch", id_) for id_ in self.ids}
        self.unknown = {what: self._ask(what, UNKNOWN) for what in ("file", "fetch", "job")}
        self.deleted = {id_: self._ask("delete_file", id_) for id_ in self.ids}
        self.left = self._ask("files")

    def _ask(self, what: str, *arguments: str) -> Tried | None:
        if not type(self._remote).can(what):
            return None
        call = getattr(self._remote, what)
        return attempt(lambda: list(call()) if what == "files" else call(*arguments))


def lived(remote: Remote) -> Life:
    """What became of a small training file."""
    content = _ROW * 10
    sha256 = hashlib.sha256(content).hexdigest()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "train.jsonl")
        path.write_bytes(content)
        name = f"kit.train.{sha256[:12]}.jsonl"
        return Life(remote, Upload(path=path, name=name, bytes=len(content), sha256=sha256, split="train"))
