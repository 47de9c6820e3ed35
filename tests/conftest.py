"""Fixtures all tests share, and the guard that keeps every test on this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_connect, _getaddrinfo = socket.socket.connect, socket.getaddrinfo


def _guarded(self: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if host is not None and not _is_loopback(str(host)):
        raise RuntimeError(f"a test tried to reach {host}; tests contact nothing but 127.0.0.1")
    _connect(self, address)  # type: ignore[arg-type]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _looked_up(host: str | bytes | None, *args: object, **kwargs: object) -> object:
    """Names of other machines are not known here: to ask for them would be contact, and takes seconds."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and not _is_loopback(name):
        raise socket.gaierror(socket.EAI_NONAME, f"a test tried to look up {name}")
    return _getaddrinfo(host, *args, **kwargs)  # type: ignore[arg-type]


socket.socket.connect = _guarded  # type: ignore[method-assign,assignment]
socket.getaddrinfo = _looked_up  # type: ignore[assignment]
for _name in [name for name in os.environ if name.endswith("_API_KEY")]:
    del os.environ[_name]


@pytest.fixture
def shared_data() -> Path:
    """Real data that lies beside the project; tests that want it skip where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data (../shared/data) is not beside this checkout")
    return folder
