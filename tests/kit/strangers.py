"""Distributions of strangers, made by hand in a folder, and the command line that finds them there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

PLUGIN = """\
import ftprep

FTPREP_API = 1


class Shout(ftprep.Map):
    \"\"\"Puts what the assistant says into capitals.\"\"\"

    name = "shout"

    mark: str = ""
    \"\"\"Text added at the end of each answer.\"\"\"

    def apply(self, example):
        return example.map_text(str.upper)


@ftprep.hookimpl
def ftprep_transformers():
    return [Shout]
"""
RECIPE = """\
version: 1
name: loud
read: {csv: {path: talks.csv, delimiter: ','}}
transform: [conversations, shout]
write: openai_chat
"""


def doing(body: str) -> str:
    """The plugin, with another body of `apply`."""
    return PLUGIN.replace("return example.map_text(str.upper)", body.replace("\n", "\n        "))


def distribution(folder: Path, name: str, version: str, points: dict[str, str], **modules: str) -> None:
    """A distribution with these entry points and modules."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = "\n".join(f"{plugin} = {module}" for plugin, module in points.items())
    _put(info / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    _put(info / "entry_points.txt", f"[ftprep]\n{lines}\n")
    for module, code in modules.items():
        _put(folder / f"{module}.py", code)


def stranger(folder: Path, code: str) -> Path:
    """The distribution ftprep-shout 1.2, with the plugin `shout` of this code; and data and a recipe that uses it."""
    distribution(folder / "site", "ftprep-shout", "1.2", {"shout": "ftprep_shout"}, ftprep_shout=code)
    _put(folder / "talks.csv", "Human,AI\nHello,Hi\n###,###\nBye,See you\n")
    _put(folder / "loud.yaml", RECIPE)
    return folder


def start(folder: Path, *arguments: str, site: str = "site") -> subprocess.Popen[bytes]:
    """The command line, in a session of its own, where `folder` lies."""
    env = {**os.environ, "PYTHONPATH": str(folder / site), "FTPREP_BLOCK_PLUGINS": "", "PYTHONDONTWRITEBYTECODE": "1"}
    line = [sys.executable, "-m", "ftprep", *arguments]
    pipe, own = subprocess.PIPE, os.name != "nt"
    heeds = (lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) if own else None  # where the tests run unheeding
    return subprocess.Popen(
        line,
        env=env,
        cwd=folder,
        start_new_session=own,
        preexec_fn=heeds,
        stdout=pipe,
        stderr=pipe,
        stdin=subprocess.DEVNULL,
    )


def ended(process: subprocess.Popen[bytes], timeout: float) -> tuple[bytes, bytes]:
    """What it said until its end; with all its processes it is killed where that does not come."""
    try:
        return process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        if os.name != "nt":
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.communicate()
        raise


def told(folder: Path, *arguments: str, site: str = "site") -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    process = start(folder, *arguments, site=site)
    out, err = ended(process, 60)
    return process.returncode, out.decode().replace("\r\n", "\n"), err.decode().replace("\r\n", "\n")


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
