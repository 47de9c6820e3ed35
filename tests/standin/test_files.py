"""Files at the stand-in: sent, listed, looked at, read back, deleted; and uploads in parts."""

from __future__ import annotations

import hashlib
import io

import openai
import pytest

from ftprep_openai.standin import StandIn

from .conftest import Client
from .rows import chat, jsonl, put

pytestmark = pytest.mark.files


def test_a_file_is_kept_byte_for_byte(openai_client: openai.OpenAI, server: StandIn) -> None:
    content = jsonl(chat()) + '{"messages": [], "ä": "\u2028"}\r\n'.encode()
    sent = openai_client.files.create(file=("räw.jsonl", io.BytesIO(content)), purpose="user_data")
    assert (sent.bytes, sent.filename, sent.purpose, sent.status) == (
        len(content),
        "räw.jsonl",
        "user_data",
        "processed",
    )
    assert openai_client.files.content(sent.id).read() == content == server.content(sent.id)
    assert openai_client.files.retrieve(sent.id) == sent
    assert server.files == [sent.to_dict()]


def test_ids_and_times_are_the_same_each_time(client: Client) -> None:
    found = []
    for _ in range(2):
        with StandIn() as server:
            found.append(client(server).files.create(file=("a.jsonl", jsonl(chat())), purpose="fine-tune"))
    assert found[0] == found[1]
    assert (found[0].id, found[0].created_at) == ("file-GU46CtQQr7BQamMLammuuSOO", 1767600001)


def test_a_list_of_files_has_pages_and_a_purpose(openai_client: openai.OpenAI) -> None:
    ids = [put(openai_client, chat(start=i), f"{i}.jsonl") for i in range(5)]
    other = openai_client.files.create(file=("x.txt", b"hello"), purpose="user_data").id
    first = openai_client.files.list(limit=2)
    assert ([file.id for file in first.data], first.has_more) == ([other, ids[4]], True)
    assert [file.id for file in openai_client.files.list(limit=2)] == [other, *reversed(ids)]
    assert [file.id for file in openai_client.files.list(purpose="fine-tune", order="asc")] == ids
    assert openai_client.files.list(purpose="batch").data == []


def test_an_expired_file_is_gone(openai_client: openai.OpenAI, server: StandIn) -> None:
    keep = {"anchor": "created_at", "seconds": 3600}
    sent = openai_client.files.create(file=("a.txt", b"x"), purpose="user_data", expires_after=keep)  # type: ignore[arg-type]
    assert sent.expires_at == sent.created_at + 3600
    server.advance(3600)
    assert openai_client.files.list().data == []
    with pytest.raises(openai.NotFoundError) as error:
        openai_client.files.retrieve(sent.id)
    assert error.value.body == {
        "message": f"No such File object: {sent.id}", "type": "invalid_request_error", "param": "id", "code": None,
    }  # fmt: skip


def test_a_deleted_file_is_gone(openai_client: openai.OpenAI, server: StandIn) -> None:
    id_ = put(openai_client, chat())
    assert openai_client.files.delete(id_).deleted
    assert server.files == []
    with pytest.raises(openai.NotFoundError, match=f"No such File object: {id_}"):
        openai_client.files.delete(id_)
    assert server.writes == ["POST /v1/files", f"DELETE /v1/files/{id_}", f"DELETE /v1/files/{id_}"]


HINT = "Expected file to have JSONL format, where every line is a JSON dictionary. Line {} is not a dictionary (HINT: "
NOT_JSONL = [
    pytest.param(
        b"\xef\xbb\xbf" + jsonl(chat()), HINT.format(1) + 'line starts with: "\ufeff{"message...").', id="BOM"
    ),
    pytest.param(b'{\n "messages": []\n}\n', HINT.format(1) + 'line starts with: "{...").', id="pretty-printed"),
    pytest.param(jsonl(chat(2)) + b"[1]\n", HINT.format(3) + 'line starts with: "[1]...").', id="a list"),
    pytest.param(b"\n\nprompt,completion\n", HINT.format(3) + 'line starts with: "prompt,com...").', id="CSV"),
    pytest.param("{}".encode("utf-16-le"), HINT.format(1) + 'line starts with: "{\x00}\x00...").', id="UTF-16"),
]


@pytest.mark.parametrize(("content", "message"), NOT_JSONL)
def test_what_is_no_jsonl_is_refused_for_training(
    content: bytes, message: str, openai_client: openai.OpenAI, server: StandIn
) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        openai_client.files.create(file=("a.jsonl", content), purpose="fine-tune")
    assert error.value.body == {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    assert server.files == []


WRONG_FORMS = [
    pytest.param({"file": b"x", "purpose": "evil"}, "Invalid value: 'evil'. Supported values are: 'assistants', "
                 "'batch', 'fine-tune', 'vision', 'user_data', and 'evals'.", id="purpose"),
    pytest.param({"file": b"x", "purpose": "user_data", "expires_after": {"anchor": "created_at", "seconds": 60}},
                 "Invalid 'expires_after.seconds': integer below minimum value. Expected a value >= 3600, but got 60 "
                 "instead.", id="expires too soon"),
    pytest.param({"file": b"x", "purpose": "user_data", "expires_after": {"anchor": "now", "seconds": 3600}},
                 "Invalid value: 'now'. Supported values are: 'created_at'.", id="anchor"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "message"), WRONG_FORMS)
def test_a_wrong_form_is_refused(asked: dict, message: str, openai_client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        openai_client.files.create(**asked)
    assert error.value.body["message"] == message  # type: ignore[index]


def begun(openai_client: openai.OpenAI, content: bytes) -> str:
    return openai_client.uploads.create(
        bytes=len(content), filename="big.jsonl", mime_type="application/jsonl", purpose="fine-tune"
    ).id


def test_an_upload_in_parts_makes_a_file(openai_client: openai.OpenAI, server: StandIn) -> None:
    content = jsonl(chat(100))
    id_, half = begun(openai_client, content), len(content) // 2
    last = openai_client.uploads.parts.create(id_, data=io.BytesIO(content[half:]))
    first = openai_client.uploads.parts.create(id_, data=io.BytesIO(content[:half]))
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    done = openai_client.uploads.complete(id_, part_ids=[first.id, last.id], md5=md5)
    assert done.file is not None
    assert (done.status, done.file.filename, done.file.bytes) == ("completed", "big.jsonl", len(content))
    assert server.content(done.file.id) == content


def test_the_clients_own_upload_in_parts_works(openai_client: openai.OpenAI, server: StandIn) -> None:
    content = jsonl(chat(100))
    done = openai_client.uploads.upload_file_chunked(
        file=content, filename="a.jsonl", bytes=len(content), mime_type="application/jsonl", purpose="fine-tune",
        part_size=1000,
    )  # fmt: skip
    assert done.file is not None and server.content(done.file.id) == content


def test_an_upload_with_other_bytes_than_were_said_stays_pending(openai_client: openai.OpenAI, server: StandIn) -> None:
    content = jsonl(chat())
    id_ = begun(openai_client, content)
    part = openai_client.uploads.parts.create(id_, data=content[:-1]).id
    with pytest.raises(openai.BadRequestError) as error:
        openai_client.uploads.complete(id_, part_ids=[part])
    size = len(content)
    assert error.value.body["message"] == f"The parts have {size - 1} bytes, and the upload was created with {size}."  # type: ignore[index]
    part = openai_client.uploads.parts.create(id_, data=content).id
    with pytest.raises(openai.BadRequestError, match=r"The checksum is [0-9a-f]{32}, and not 00\."):
        openai_client.uploads.complete(id_, part_ids=[part], md5="00")
    assert (server.uploads, server.files) == ({id_: "pending"}, [])


def test_a_cancelled_or_expired_upload_takes_no_parts(openai_client: openai.OpenAI, server: StandIn) -> None:
    cancelled, expired = begun(openai_client, b"{}"), begun(openai_client, b"{}")
    assert openai_client.uploads.cancel(cancelled).status == "cancelled"
    server.advance(3600)
    for id_, status in ((cancelled, "cancelled"), (expired, "expired")):
        with pytest.raises(openai.BadRequestError, match=f"Upload {id_} is {status}; it must be pending."):
            openai_client.uploads.parts.create(id_, data=b"{}")
    assert server.uploads == {cancelled: "cancelled", expired: "expired"}


def test_what_is_uploaded_in_parts_is_looked_at_too(openai_client: openai.OpenAI, server: StandIn) -> None:
    id_ = begun(openai_client, b"[]")
    part = openai_client.uploads.parts.create(id_, data=b"[]").id
    with pytest.raises(openai.BadRequestError, match="Line 1 is not a dictionary"):
        openai_client.uploads.complete(id_, part_ids=[part])
    with pytest.raises(openai.NotFoundError, match="No such Part object: part_no"):
        openai_client.uploads.complete(id_, part_ids=["part_no"])
    assert server.uploads == {id_: "pending"}
