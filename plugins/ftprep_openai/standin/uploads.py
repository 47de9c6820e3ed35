"""`/uploads`: a file that arrives in parts."""

from __future__ import annotations

import hashlib
from pathlib import Path

from . import fields, files
from .answers import Answer, Json, Refused, absent
from .requests import Request
from .world import Upload, World

LARGEST = 8 * 1024**3
"""Bytes of an upload (documented: 8 GB)."""
LARGEST_PART = 64 * 1024**2
"""Bytes of a part (documented: 64 MB)."""
HOUR = 3600
"""Seconds that an upload may take."""

_CREATE = fields.an_object(
    {
        "bytes": fields.integer(1, LARGEST), "filename": fields.text(1), "mime_type": fields.text(1),
        "purpose": fields.one_of("assistants", "batch", "fine-tune", "vision"), "expires_after": fields.anything,
    },
    ["bytes", "filename", "mime_type", "purpose"],
)  # fmt: skip
_COMPLETE = fields.an_object({"part_ids": fields.array(fields.text()), "md5": fields.text()}, ["part_ids"])


def create(world: World, request: Request) -> Answer:
    """POST /uploads."""
    asked = request.json
    _CREATE("", asked)
    upload = Upload(
        id=world.id("upload_"), bytes=asked["bytes"], filename=asked["filename"], mime_type=asked["mime_type"],
        purpose=asked["purpose"], created_at=world.now, expires_at=world.now + HOUR,
        keep=files.keep_of(asked.get("expires_after")),
    )  # fmt: skip
    world.uploads[upload.id] = upload
    return Answer(show(world, upload), made=upload.id)


def show(world: World, upload: Upload) -> Json:
    """The object as it is sent."""
    shown = {
        "id": upload.id, "object": "upload", "bytes": upload.bytes, "created_at": upload.created_at,
        "expires_at": upload.expires_at, "filename": upload.filename, "purpose": upload.purpose,
        "status": upload.status,
    }  # fmt: skip
    return shown | ({"file": files.show(world, upload.file)} if upload.file else {})


def _pending(world: World, id_: str) -> Upload:
    upload = world.uploads.get(id_)
    if upload is None:
        raise absent("Upload object", id_, "upload_id")
    if upload.status == "pending" and world.now >= upload.expires_at:
        upload.status = "expired"
        _drop_parts(upload)
    if upload.status != "pending":
        raise Refused(400, f"Upload {id_} is {upload.status}; it must be pending.", code="invalid_upload_status")
    return upload


def _drop_parts(upload: Upload) -> None:
    for path in upload.parts.values():
        path.unlink(missing_ok=True)
    upload.parts.clear()


def add_part(world: World, request: Request) -> Answer:
    """POST /uploads/{id}/parts, a form."""
    upload = _pending(world, request.parts[0])
    sent = request.form.files.get("data")
    if sent is None:
        raise fields.missing("data")
    if sent.bytes > LARGEST_PART:
        message = f"Part is too large. The maximum size is {LARGEST_PART} bytes, and this part has {sent.bytes}."
        raise Refused(413, message, code="part_too_large", param="data")
    id_ = world.id("part_")
    upload.parts[id_] = sent.path.rename(world.folder / id_)
    shown = {"id": id_, "object": "upload.part", "created_at": world.now, "upload_id": upload.id}
    return Answer(shown, made=id_)


def complete(world: World, request: Request) -> Answer:
    """POST /uploads/{id}/complete: joins the parts in the order that is asked for."""
    upload = _pending(world, request.parts[0])
    _COMPLETE("", request.json)
    ids = request.json["part_ids"]
    for id_ in ids:
        if id_ not in upload.parts:
            raise absent("Part object", id_, "part_ids")
    size = sum(upload.parts[id_].stat().st_size for id_ in ids)
    if size != upload.bytes:
        message = f"The parts have {size} bytes, and the upload was created with {upload.bytes}."
        raise Refused(400, message, code="invalid_upload_size", param="part_ids")
    joined = world.folder / f"{upload.id}-joined"
    digest = _join([upload.parts[id_] for id_ in ids], joined)
    if (md5 := request.json.get("md5")) and md5 != digest:
        raise Refused(400, f"The checksum is {digest}, and not {md5}.", code="invalid_checksum", param="md5")
    upload.file = files.add(world, joined, upload.filename, upload.purpose, upload.keep)
    upload.status = "completed"
    _drop_parts(upload)
    return Answer(show(world, upload), made=upload.file.id)


def _join(paths: list[Path], target: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with target.open("wb") as out:
        for path in paths:
            with path.open("rb") as part:
                while piece := part.read(1 << 20):
                    out.write(piece)
                    digest.update(piece)
    return digest.hexdigest()


def cancel(world: World, request: Request) -> Answer:
    """POST /uploads/{id}/cancel."""
    upload = _pending(world, request.parts[0])
    upload.status = "cancelled"
    _drop_parts(upload)
    return Answer(show(world, upload), made=upload.id)
