"""Large files go through the stand-in without being held in memory."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from ftprep_openai.standin import StandIn

pytestmark = pytest.mark.files

MB = 1 << 20
_SERVE = """
import pathlib, sys
from ftprep_openai.standin import StandIn
with StandIn() as server:
    print(server.port, flush=True)
    sys.stdin.readline()
    status = pathlib.Path("/proc/self/status").read_text()
    print(status.partition("VmHWM:")[2].split()[0], flush=True)
"""


def send(port: int, path: str, pieces: Iterator[bytes], kind: str) -> Any:
    """Sends a body in chunks, and returns what is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": "Bearer sk-test", "Content-Type": kind, "Transfer-Encoding": "chunked"}
    connection.request("POST", path, pieces, headers, encode_chunked=True)
    with connection.getresponse() as answer:
        told = json.loads(answer.read())
    connection.close()
    return told


def form(name: str, content: Iterator[bytes], **fields: str) -> Iterator[bytes]:
    for key, value in fields.items():
        yield f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
    yield f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="f.jsonl"\r\n\r\n'.encode()
    yield from content
    yield b"\r\n--b--\r\n"


def rows(count: int) -> Iterator[bytes]:
    text = json.dumps({"prompt": "x" * 32000, "completion": "y" * 500}).encode() + b"\n"
    return (text for _ in range(count))


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
def test_a_file_of_many_megabytes_takes_little_memory() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdin is not None and process.stdout is not None
    with process:
        port = int(process.stdout.readline())
        multipart = "multipart/form-data; boundary=b"
        whole = send(port, "/v1/files", form("file", rows(1000), purpose="fine-tune"), multipart)
        upload = {"bytes": 2 * whole["bytes"], "filename": "a.jsonl", "mime_type": "application/jsonl"}
        begun = json.dumps({**upload, "purpose": "fine-tune"}).encode()
        id_ = send(port, "/v1/uploads", iter([begun]), "application/json")["id"]
        parts = [send(port, f"/v1/uploads/{id_}/parts", form("data", rows(1000)), multipart)["id"] for _ in range(2)]
        asked = json.dumps({"part_ids": parts}).encode()
        done = send(port, f"/v1/uploads/{id_}/complete", iter([asked]), "application/json")
        assert (done["status"], done["file"]["bytes"]) == ("completed", 2 * whole["bytes"])
        assert whole["bytes"] > 30 * MB
        process.stdin.write("\n")
        process.stdin.flush()
        assert int(process.stdout.readline()) < 50 * 1024, "the server took more than 50 MiB"


def test_a_boundary_that_comes_in_pieces_is_found(server: StandIn) -> None:
    content = b"\r\n--\r\n--\n\r\n-" * 3
    whole = b"".join(form("file", iter([content]), purpose="user_data"))
    for size in (1, 2, 3, 7, 64):
        pieces = (whole[at : at + size] for at in range(0, len(whole), size))
        sent = send(server.port, "/v1/files", pieces, 'multipart/form-data; boundary="b"')
        assert server.content(sent["id"]) == content


BROKEN = [
    pytest.param(b"--b\r\n", "The form ends before its last boundary.", id="cut off"),
    pytest.param(b"nothing", "The form ends before its last boundary.", id="no form"),
    pytest.param(b"--b--\r\n", "Missing required parameter: 'file'.", id="empty"),
]


@pytest.mark.parametrize(("body", "message"), BROKEN)
def test_a_broken_form_is_refused(body: bytes, message: str, server: StandIn) -> None:
    told = send(server.port, "/v1/files", iter([body]), "multipart/form-data; boundary=b")
    assert told["error"]["message"] == message
