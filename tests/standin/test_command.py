"""`ftprep testing-server` and `python -m ftprep.testing.server`: the address, the options, the end, and mistakes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import openai
import pytest

import ftprep
from ftprep.cli import main
from ftprep.errors import FtprepError
from ftprep.registry import Registry
from ftprep.testing.server import serving, uploader
from ftprep_openai.standin import StandIn

from .conftest import Client

pytestmark = pytest.mark.files

Call = Callable[..., tuple[object, str, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def called(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["testing-server", *arguments])
        return (left.value.code, *capsys.readouterr())

    return called


@contextmanager
def served(*arguments: str, module: str = "ftprep.testing.server") -> Iterator[subprocess.Popen[str]]:
    """A server in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


ENDS = [
    pytest.param("SIGTERM", "ftprep.testing.server", (), id="SIGTERM"),
    pytest.param("SIGINT", "ftprep", ("testing-server",), id="SIGINT"),
]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(("name", "module", "arguments"), ENDS)
def test_it_prints_its_address_serves_and_ends(
    name: str, module: str, arguments: tuple[str, ...], client: Client, tmp_path: Path
) -> None:
    faults = tmp_path / "faults.json"
    faults.write_bytes(json.dumps([{"match": "GET /v1/models$", "do": "unavailable"}]).encode())
    options = ["--port", "0", "--profile", "compat-minimal", "--wire", "--faults", str(faults)]
    with served(*arguments, *options, module=module) as process:
        address = first_line(process)
        assert address.startswith("http://127.0.0.1:") and address.endswith("/v1")
        asking = client(SimpleNamespace(address=address), strict=False, held=False)
        with pytest.raises(openai.InternalServerError):
            asking.models.list()
        sent = asking.files.create(file=("a.txt", b"x"), purpose="user_data")
        assert sent.to_dict()["status_details"] is None
        process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_with_json_the_address_is_in_a_document(tmp_path: Path) -> None:
    with served("testing-server", "azure", "--json", module="ftprep") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(9)]
        document = json.loads("".join(lines))
        assert list(document["result"]) == ["address"]
        assert document["result"]["address"].startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


PROFILES = "did you mean 'azure'?"
MISTAKES = [
    pytest.param(["--profile", "azur"], f"no stand-in has the profile 'azur'; {PROFILES}", id="profile"),
    pytest.param(["openia"], "unknown uploader 'openia'; did you mean 'openai'?", id="uploader"),
    pytest.param(["azure", "--profile", "openai"], "no stand-in has the profile 'openai'; known: azure", id="other"),
    pytest.param(["--faults", "no.json"], "no.json: no such file or directory; check the path", id="no file"),
    pytest.param(["--faults", "text.json"], "text.json: no JSON (Expecting value: line 1 column 1 (char 0)); correct "
                 "it", id="no JSON"),
    pytest.param(["--faults", "object.json"], "object.json: faults are a JSON list of objects; put them into [ ]",
                 id="no list"),
    pytest.param(["--faults", "second.json"], "second.json: fault 2: a fault needs the member 'do', a text; correct it",
                 id="a wrong fault"),
    pytest.param(["--port", "65536"], "ftprep testing-server: --port: 65536 is not in the range 0<=x<=65535; see "
                 "'ftprep testing-server --help'", id="no port"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), MISTAKES)
def test_a_mistake_is_one_line(arguments: list[str], message: str, call: Call, tmp_path: Path) -> None:
    (tmp_path / "text.json").write_bytes(b"text")
    (tmp_path / "object.json").write_bytes(b"{}")
    (tmp_path / "second.json").write_bytes(b'[{"match": "x", "do": "html"}, {"match": "x"}]')
    assert call(*arguments) == (2, "", f"{message}\n")


def test_a_port_that_is_taken_is_said_so(call: Call) -> None:
    with StandIn() as server:
        message = f"port {server.port} cannot be used: address already in use; take another, or 0 for a free one\n"
        assert call("--port", str(server.port)) == (2, "", message)


class Plain(ftprep.Uploader):
    """Has no stand-in."""

    name: ClassVar[str] = "plain"


class Small(ftprep.Uploader):
    """Has one that can be one thing."""

    name: ClassVar[str] = "small"
    stand_in_profiles: ClassVar[tuple[str, ...]] = ("small",)

    @classmethod
    def stand_in(
        cls, *, port: int = 0, profile: str | None = None, wire: bool = False, faults: Any = ()
    ) -> AbstractContextManager[Any]:
        return ended(f"{cls.name} {port} {profile} {wire} {list(faults)}")


class Wide(Small):
    """Has one that can be several things."""

    name: ClassVar[str] = "wide"
    stand_in_profiles: ClassVar[tuple[str, ...]] = ("large", "small")


@contextmanager
def ended(address: str) -> Iterator[Any]:
    yield SimpleNamespace(address=address)


def registry(*classes: type[ftprep.Uploader]) -> Registry:
    class Plugin:
        @staticmethod
        @ftprep.hookimpl
        def ftprep_uploaders() -> list[type[ftprep.Uploader]]:
            return list(classes)

    made = Registry()
    made.add(Plugin(), plugin="mine")
    return made


def test_without_a_name_the_one_that_can_be_most_is_taken() -> None:
    made = registry(Plain, Small, Wide)
    assert (uploader(made), uploader(made, profile="small"), uploader(made, "small")) == (Wide, Wide, Small)
    with serving(made, "small", port=7, profile="small", wire=True) as server:
        assert server.address == "small 7 small True []"


def test_where_there_is_none_it_is_said() -> None:
    with pytest.raises(FtprepError) as error:
        uploader(registry(Plain))
    assert str(error.value) == "no installed uploader has a stand-in; install a plugin that brings one"
    with pytest.raises(FtprepError) as error:
        uploader(registry(Plain, Small), "plain")
    assert str(error.value) == "uploader 'plain' has no stand-in; those that have: small"
