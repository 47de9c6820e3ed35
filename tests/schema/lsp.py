"""A small client of a language server: JSON-RPC over stdin and stdout, one request at a time, each with a time-out."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

SECONDS = 60.0
"""How long an answer may take: starting Node on a busy machine is slow."""


class Server:
    """A running language server. `with Server(command, folder, settings) as server: …`

    What it asks of its client is answered: `settings` for its configuration, nothing for the rest. Raises TimeoutError
    where it does not answer in time, and RuntimeError for an error it answers, or where it has ended.
    """

    def __init__(self, command: Sequence[str], folder: Path, settings: Mapping[str, Any], seconds: float = SECONDS):
        self._settings, self._seconds = settings, seconds
        self._folder = folder.as_uri()
        self._log = (folder / "server.log").open("wb")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, cwd=folder
        )
        self._said: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._asked = 0
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Server:
        item = {"documentationFormat": ["markdown"], "snippetSupport": True}
        abilities = {
            "workspace": {"configuration": True},
            "textDocument": {
                "hover": {"contentFormat": ["markdown"]},
                "completion": {"completionItem": item},
                "publishDiagnostics": {"relatedInformation": True},
            },
        }
        folders = [{"uri": self._folder, "name": "recipes"}]
        try:
            self.request(
                "initialize",
                {
                    "processId": os.getpid(),
                    "rootUri": self._folder,
                    "capabilities": abilities,
                    "workspaceFolders": folders,
                },
            )
            self.notify("initialized", {})
            self.notify("workspace/didChangeConfiguration", {"settings": self._settings})
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._process.poll() is None and error is None:
                self.request("shutdown", None)
                self.notify("exit", None)
                self._process.wait(self._seconds)
        finally:
            self._end()

    def _end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(self._seconds)
        for pipe in (self._process.stdin, self._process.stdout, self._log):
            if pipe is not None:
                pipe.close()

    def open(self, uri: str, text: str) -> list[dict[str, Any]]:
        """Shows it a document; returns its diagnostics."""
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._diagnostics.pop(uri, None)
        self.notify("textDocument/didOpen", {"textDocument": document})
        while uri not in self._diagnostics:
            self._take()
        return self._diagnostics[uri]

    def close(self, uri: str) -> None:
        """Takes a document away again; waits until its diagnostics are gone too."""
        self._diagnostics.pop(uri, None)
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        while uri not in self._diagnostics:
            self._take()

    def at(self, method: str, uri: str, line: int, character: int) -> Any:
        """What it says of a place in a document, counted from 0: `textDocument/hover`, `textDocument/completion`."""
        return self.request(method, {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}})

    def request(self, method: str, params: Any) -> Any:
        """The result of one request."""
        self._asked += 1
        number = self._asked
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._take()
            if message.get("id") == number and "method" not in message:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message.get("result")

    def notify(self, method: str, params: Any) -> None:
        """Tells it something that has no answer."""
        self._send({"method": method, "params": params})

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        pipe = self._process.stdin
        assert pipe is not None
        try:
            pipe.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            pipe.flush()
        except OSError as error:
            raise RuntimeError(f"the server has ended; see {self._log.name}") from error

    def _take(self) -> dict[str, Any]:
        """The next message; what the server asks is answered, diagnostics are kept."""
        try:
            message = self._said.get(timeout=self._seconds)
        except queue.Empty:
            raise TimeoutError(f"no answer within {self._seconds:g} seconds") from None
        if message is None:
            raise RuntimeError(f"the server has ended; see {self._log.name}")
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": self._answer(message)})
        return message

    def _answer(self, message: Mapping[str, Any]) -> Any:
        if message["method"] == "workspace/configuration":
            return [self._settings.get(item["section"], {}) for item in message["params"]["items"]]
        return None

    def _listen(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        try:
            while (message := _read(pipe)) is not None:
                self._said.put(message)
        except (OSError, ValueError):  # closed while it was read
            pass
        self._said.put(None)


def _read(pipe: IO[bytes]) -> dict[str, Any] | None:
    length = 0
    while (line := pipe.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    message: dict[str, Any] | None = json.loads(pipe.read(length)) if length else None
    return message
