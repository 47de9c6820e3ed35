"""Sending, never twice: what got no answer is looked for before it is sent again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from ..errors import Problem, RemoteError
from ..output.disk import DISK
from ..output.lock import Lock
from ..steps import RemoteFile, RemoteJob, Split, Upload
from .ledger import FileEntry, Ledger
from .link import Link, there
from .once import found_late, sent_once
from .plan import UploadPlan
from .starting import Starter
from .training import TrainingFile


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an upload."""

    files: dict[Split, RemoteFile]
    new: tuple[Split, ...]
    """The splits whose files were sent now; the others were there already."""
    job: RemoteJob | None = None
    started: bool = False
    """The job was started now, not earlier."""

    def _repr_html_(self) -> str:
        from .notebook import sent_html

        return sent_html(self)


def send(plan: UploadPlan, link: Link, ledger: Ledger, *, again: bool = False) -> Sent:
    """Sends what is not there yet and starts the job, unless there is one of just this kind. Raises RemoteError; what
    was done until then is in the ledger, and is not done again."""
    with _alone(ledger, plan):
        if plan.trains and plan.model is not None:
            _refuse(link.about_model(plan.model))
        files: dict[Split, RemoteFile] = {}
        new: list[Split] = []
        for file in plan.training.files:
            files[file.split], sent = _file(file, plan.training.name, link, ledger)
            new += [file.split] if sent else []
        if not plan.trains:
            return Sent(files=files, new=tuple(new))
        try:
            job, started = Starter(plan, link, ledger, files).job(again=again)
        except RemoteError as error:
            left = _left([files[split].id for split in new])
            raise RemoteError(*error.problems, *left, kind=error.kind, wait=error.wait) from error
        return Sent(files=files, new=tuple(new), job=job, started=started)


def _left(ids: Sequence[str]) -> tuple[Problem, ...]:
    """What stays with the service where no job was started."""
    if not ids:
        return ()
    text = f"no job was started; the service keeps {' and '.join(ids)}"
    hint = f"delete it with 'ftprep remote delete {ids[0]}', or give the same command again later"
    return (Problem(code="FT617", message=text, hint=hint, level="advice"),)


def _refuse(problems: Sequence[Problem]) -> None:
    if any(problem.level == "error" for problem in problems):
        raise RemoteError(*problems)


@contextmanager
def _alone(ledger: Ledger, plan: UploadPlan) -> Iterator[None]:
    """Two programs that send the same at once would each see that it is not there."""
    name = plan.training.file("train") or plan.training.files[0]
    lock = Lock(ledger.path.with_name(f"upload-{(name.sha256 or name.id or 'file')[:32]}.lock"), DISK)
    try:
        lock.take()
    except BlockingIOError as error:
        hint = "wait until it is done; then this one finds what is there"
        raise RemoteError("another 'ftprep upload' is sending these files", hint=hint) from error
    try:
        yield
    finally:
        lock.give()


def _file(file: TrainingFile, name: str, link: Link, ledger: Ledger) -> tuple[RemoteFile, bool]:
    """The file as the service has it, and whether it was sent now."""
    if file.id is not None:
        return link.file(file.id), False
    upload = file.upload(name)
    entry = ledger.file(link.account, file.sha256)
    known = entry.id if entry is not None else None
    if known is not None and (found := there(lambda: link.file(known))) is not None:
        return found, False
    if (found := _search(link, upload)) is not None:
        _keep_file(upload, found, link, ledger)
        return found, False
    _keep_file(upload, None, link, ledger)
    found = sent_once(lambda: link.put(upload), lambda: found_late(link, lambda: _search(link, upload)), link)
    _keep_file(upload, found, link, ledger)
    if found.error:
        raise RemoteError(
            f"the service cannot use the file {found.id}: {found.error}", hint="mend it, and upload again"
        )
    return found, True


def _search(link: Link, upload: Upload) -> RemoteFile | None:
    """A file of this name, which has the hash, and size: one that was sent before, perhaps from elsewhere."""
    if not link.can("files"):
        return None
    same = (file for file in link.files() if file.name == upload.name and file.bytes in (None, upload.bytes))
    return next((file for file in same if not file.error), None)


def _keep_file(upload: Upload, found: RemoteFile | None, link: Link, ledger: Ledger) -> None:
    entry = FileEntry(
        account=link.account, sha256=upload.sha256, bytes=upload.bytes, name=upload.name,
        id=found.id if found is not None else None, state="there" if found is not None else "sending",
        service=link.service, at=link.session.now(),
    )  # fmt: skip
    ledger.keep_file(entry)
