"""A connection to a place where files are put."""

from __future__ import annotations

from collections.abc import Sequence

from ftprep import DataError, Remote, RemoteError, RemoteFile, Session, Upload

from .faults import told
from .place import Place


class StoreRemote(Remote):
    """Files under their names; a file's id is its path or URL. No jobs: somebody else trains."""

    def __init__(self, place: Place, session: Session, account: str, lines: Sequence[str], secrets: Sequence[str]):
        self._place, self._session, self._lines, self._secrets = place, session, lines, secrets
        self.account = account
        self.address = place.base

    def about(self) -> Sequence[str]:
        """Where it is reached, where that is named."""
        return self._lines

    def put(self, file: Upload) -> RemoteFile:
        """Sends a file, unless it is there: its name has the hash, so that the same name and size are the same file."""
        if not file.path.is_file():
            raise DataError("no such file", hint="write it first", file=file.path.as_posix())
        with told(self.address, f"cannot take '{file.name}'", self._secrets):
            there = self._place.find(file.name)
            if there is None or there.bytes != file.bytes:
                self._place.write(file.path, file.name, self._session.sent)
                there = self._place.find(file.name)
        if there is None or there.bytes != file.bytes:
            raise self._not_whole(file, there)
        return there

    def file(self, id_: str) -> RemoteFile:
        """A file that is there."""
        return self._there(id_)

    def files(self) -> list[RemoteFile]:
        """All files of the folder, also those that others put there; not those in folders below."""
        with told(self.address, "cannot be listed", self._secrets):
            return sorted(self._place.all(), key=lambda file: (-(file.created or 0), file.name))

    def fetch(self, id_: str) -> bytes:
        """The content of a file."""
        name = self._there(id_).name
        with told(self.address, f"cannot give '{name}' back", self._secrets):
            return self._place.read(name)

    def delete_file(self, id_: str) -> None:
        """Removes a file."""
        name = self._there(id_).name
        with told(self.address, f"cannot delete '{name}'", self._secrets):
            self._place.delete(name)

    def close(self) -> None:
        """Lets connections go."""
        self._place.close()

    def _there(self, id_: str) -> RemoteFile:
        """The file, which lies in this folder and in none below. Raises RemoteError of the kind `missing`."""
        name = id_.removeprefix(f"{self.address}/")
        inside = name != id_ and "/" not in name and name[:1] not in ("", ".")
        with told(self.address, f"cannot tell of '{name}'", self._secrets):
            found = self._place.find(name) if inside else None
        if found is None:
            raise RemoteError(
                f"there is no file '{id_}'", hint="look at what is there", file=self.address, kind="missing"
            )
        return found

    def _not_whole(self, file: Upload, there: RemoteFile | None) -> RemoteError:
        """What arrived is taken away again."""
        if there is not None:
            with told(self.address, f"cannot delete '{file.name}'", self._secrets):
                self._place.delete(file.name)
        has = "nothing" if there is None else f"{there.bytes} bytes"
        text = f"has {has} of '{file.name}', which is {file.bytes} bytes long"
        return RemoteError(text, hint="try again; the file must not change meanwhile", file=self.address, kind="lost")
