"""`/files`: they lie in a folder, byte for byte, and training files are looked at when they arrive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import fields
from .answers import Answer, Json, Refused, absent
from .examine import examine
from .requests import Request, page
from .world import StoredFile, World

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
LARGEST = 512 * 1000 * 1000
"""Bytes of a file that is sent in one piece (documented: 512 MB)."""
_KEEP = fields.an_object(
    {"anchor": fields.one_of("created_at"), "seconds": fields.integer(3600, 2592000)}, ["anchor", "seconds"]
)


def create(world: World, request: Request) -> Answer:
    """POST /files, a form."""
    sent, form = request.form.files.get("file"), request.form.fields
    if sent is None:
        raise fields.missing("file")
    if "purpose" not in form:
        raise fields.missing("purpose")
    fields.one_of(*PURPOSES)("purpose", form["purpose"])
    if sent.bytes > LARGEST:
        message = f"File is too large. The maximum size is {LARGEST} bytes, and this file has {sent.bytes}."
        raise Refused(413, message, code="file_too_large", param="file")
    keep = keep_of({k[14:-1]: v for k, v in form.items() if k.startswith("expires_after[")})
    made = add(world, sent.path, sent.filename, form["purpose"], keep)
    return Answer(show(world, made), made=made.id)


def keep_of(given: Json | None) -> int | None:
    """Seconds until a file expires, from `expires_after`. In a form, numbers are texts. Raises Refused."""
    if not given:
        return None
    seconds: Any = given.get("seconds")
    if isinstance(seconds, str) and seconds.lstrip("-").isdigit():
        given = {**given, "seconds": int(seconds)}
    _KEEP("expires_after", given)
    return int(given["seconds"])


def add(world: World, path: Path, filename: str, purpose: str, keep: int | None = None) -> StoredFile:
    """Takes a file that lies in the world's folder. Raises Refused: for training, and not JSON Lines."""
    try:
        examined = examine(path) if purpose == "fine-tune" else None
    except Refused:
        path.unlink()
        raise
    id_, size = world.id("file-"), path.stat().st_size
    stored = StoredFile(
        id=id_, path=path.rename(world.folder / id_), bytes=size, filename=filename, purpose=purpose,
        created_at=world.now, expires_at=None if keep is None else world.now + keep, examined=examined,
    )  # fmt: skip
    world.files[id_] = stored
    return stored


def show(world: World, file: StoredFile) -> Json:
    """The object as it is sent."""
    shown: Json = {
        "id": file.id, "object": "file", "bytes": file.bytes, "created_at": file.created_at,
        "filename": file.filename, "purpose": file.purpose, "status": "processed",
    }  # fmt: skip
    if world.wired("null-file-fields"):
        shown |= {"expires_at": None, "status_details": None}
    if file.expires_at is not None:
        shown["expires_at"] = file.expires_at
    return shown


def find(world: World, id_: str, param: str = "id") -> StoredFile:
    """A file that is there and has not expired. Raises Refused."""
    file = world.files.get(id_)
    if file is None or (file.expires_at is not None and file.expires_at <= world.now):
        raise absent("File object", id_, param)
    return file


def retrieve(world: World, request: Request) -> Answer:
    """GET /files/{id}."""
    return Answer(show(world, find(world, request.parts[0])))


def list_(world: World, request: Request) -> Answer:
    """GET /files, the newest first, of one purpose or all."""
    purpose = request.query.get("purpose")
    files = [file for file in reversed(world.files.values()) if purpose in (None, file.purpose)]
    alive = [file for file in files if file.expires_at is None or file.expires_at > world.now]
    answer = page(request, alive, lambda file: show(world, file), default=10_000, most=10_000)
    assert answer.payload is not None
    data = answer.payload["data"]
    answer.payload |= {"first_id": data[0]["id"] if data else "", "last_id": data[-1]["id"] if data else ""}
    return answer


def delete(world: World, request: Request) -> Answer:
    """DELETE /files/{id}. Jobs that were made with it have read it."""
    file = find(world, request.parts[0])
    del world.files[file.id]
    if not any(file.id in (job.training_file, job.validation_file) for job in world.jobs.values()):
        file.path.unlink(missing_ok=True)
    return Answer({"id": file.id, "object": "file", "deleted": True}, made=file.id)


def content(world: World, request: Request) -> Answer:
    """GET /files/{id}/content."""
    file = find(world, request.parts[0])
    kind = "application/octet-stream" if world.wired("octet-stream-content") else "text/plain; charset=utf-8"
    return Answer(content=file.path, media_type=kind)
