"""HTTP/1.1 with connections that are kept: reads requests, sends answers, and breaks where a fault says so."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .answers import Answer, Json, Refused
from .body import Body
from .desk import Asked, Desk
from .faults import Fault
from .multipart import Form, boundary_of, read_form
from .struck import instead

LARGEST_JSON = 64 << 20
"""Bytes of a body that is kept in memory."""
_PIECE = 1 << 18  # bytes written at once


class _Reset(Exception):
    """The connection is to be reset now."""


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1, and ends without waiting for its clients."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    desk: Desk

    def __init__(self, port: int) -> None:
        """Port 0 takes a free one. Raises OSError where it is taken."""
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def server_bind(self) -> None:
        """Binds, without asking what this machine is called: that may ask a name server."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Keeps the connection, so that it can be ended."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Ends a connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Ends all connections."""
        super().server_close()
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: Server
    fault: Fault | None = None

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing: the desk has a log."""

    def version_string(self) -> str:
        """The Server header."""
        return "stand-in"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The virtual time, for the Date header."""
        skew = self.fault.seconds if self.fault and self.fault.do == "clock_skew" else 0
        return formatdate(self.server.desk.world.now + skew, usegmt=True)

    def handle(self) -> None:
        """Requests until the connection ends. That a client goes away is usual."""
        with suppress(OSError, ValueError):  # ValueError: a file object that was closed
            super().handle()

    def finish(self) -> None:
        """Lets go of the connection, whatever has become of it."""
        for file in (self.wfile, self.rfile):
            with suppress(OSError, ValueError):
                file.close()

    def answer_one(self) -> None:
        """One request, with the fault that strikes it."""
        path, _, query = urlsplit(self.path)[2:5]
        query = urlsplit(self.path).query
        desk = self.server.desk
        self.fault = desk.strike(self.command, path)
        body = Body(self.rfile, self.headers)
        try:
            answer = self._answer(path, query, body)
            for _ in body.pieces():  # what was not read, or the next request could not be
                pass
            if self._struck_by("reset_after"):
                raise _Reset
            self._send(answer)
        except _Reset:
            self._reset()

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_OPTIONS = answer_one  # noqa: N815

    def _struck_by(self, kind: str) -> bool:
        return self.fault is not None and self.fault.do == kind

    def _answer(self, path: str, query: str, body: Body) -> Answer:
        desk, fault = self.server.desk, self.fault
        if fault and (self._struck_by("reset_before") or self._struck_by("reset_in_body")):
            desk.note(self.command, path, 0)
            if fault.do == "reset_in_body":
                next(body.pieces(), b"")
            raise _Reset
        if fault and (answer := instead(fault)):
            desk.note(self.command, path, answer.status)
            return answer
        if fault and fault.do == "delay_before":
            desk.closing.wait(fault.seconds)
        try:
            content, form = self._read(body)
        except Refused as refused:
            desk.note(self.command, path, refused.status)
            return refused.answer()
        names = {name.lower(): text for name, text in self.headers.items()}
        answer = desk.answer(Asked(self.command, path, dict(parse_qsl(query, True)), names, content, form), fault)
        for spooled in form.files.values():
            spooled.path.unlink(missing_ok=True)  # it is elsewhere now, where it was taken
        if fault and fault.do == "delay":
            desk.closing.wait(fault.seconds)
        return answer

    def _read(self, body: Body) -> tuple[Json, Form]:
        desk = self.server.desk
        if boundary := boundary_of(self.headers.get("Content-Type", "")):
            return {}, read_form(body.pieces(), boundary, desk.world.folder, desk.spool_name())
        text = body.whole(LARGEST_JSON)
        if not text.strip():
            return {}, Form()
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise Refused(400, "We could not parse the JSON body of your request.")
        return parsed, Form()

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        for name, text in answer.headers.items():
            self.send_header(name, text)
        if answer.stream is not None:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._send_pieces(b"%x\r\n%b\r\n" % (len(event), event) for event in answer.stream)
            self.wfile.write(b"0\r\n\r\n")
        else:
            content = answer.content if isinstance(answer.content, Path) else answer.body()
            size = content.stat().st_size if isinstance(content, Path) else len(content)
            self.send_header("Content-Length", str(size))
            self.end_headers()
            self._send_pieces(_pieces(content, size))
        self.wfile.flush()

    def _send_pieces(self, pieces: Iterator[bytes]) -> None:
        for number, piece in enumerate(pieces):
            if self._struck_by("reset_in_answer") and number:
                raise _Reset
            self.wfile.write(piece)
            self.wfile.flush()

    def _reset(self) -> None:
        """Ends the connection with RST, which SO_LINGER without time does."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
            )
            socket.close(self.connection.detach())


def _pieces(content: bytes | Path, size: int) -> Iterator[bytes]:
    """At least two pieces of what is longer than a byte: a fault may come between them."""
    if isinstance(content, bytes):
        yield from filter(None, (content[: size // 2], content[size // 2 :]))
        return
    with content.open("rb") as file:
        while piece := file.read(max(1, min(_PIECE, size // 2))):
            yield piece
