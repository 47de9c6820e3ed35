"""A large file goes in parts, and never as a whole through memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ftprep_openai.standin import StandIn

pytestmark = [pytest.mark.files, pytest.mark.slow]

SIZE = 600_000_000
MOST = 200
"""MiB that the program may take."""
PROGRAM = """
import re, sys
from pathlib import Path
from ftprep import Session, Upload
from ftprep.registry import Registry
from ftprep.remote.ledger import Service
from ftprep.remote.link import linked

path = Path(sys.argv[1])
session = Session(environ={"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": sys.argv[2]})
with linked(Service("openai"), Registry.installed(), session) as link:
    size = path.stat().st_size
    file = Upload(path=path, name="talks-train-0123456789abcdef.jsonl", bytes=size, sha256="", split="train")
    sent = link.put(file).bytes
    print(sent, *re.findall(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_600_mb_go_in_parts_under_200_mib(tmp_path: Path) -> None:
    path = tmp_path / "talks.jsonl"
    row = json.dumps(
        {"messages": [{"role": "user", "content": "Hi? " * 230}, {"role": "assistant", "content": "Yes."}]}
    )
    block = f"{row}\n".encode() * 1000
    with path.open("wb") as stream:
        for _ in range(SIZE // len(block) + 1):
            stream.write(block)
    with StandIn() as server:
        command = [sys.executable, "-c", PROGRAM, path.as_posix(), server.address]
        done = subprocess.run(command, capture_output=True, check=True, timeout=300)
        size, peak = map(int, done.stdout.split())
        assert size == path.stat().st_size > SIZE
        assert peak / 1024 < MOST
        assert list(server.uploads.values()) == ["completed"]
        assert server.writes.count("POST /v1/files") == 0
    path.unlink()
