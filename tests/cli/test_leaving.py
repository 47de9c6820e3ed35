"""Exit codes and where things are said, whatever a command ends in."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from ftprep.cli.frame import replying
from ftprep.cli.leaving import failed
from ftprep.cli.saying import Reply

from .conftest import Call, put

pytestmark = pytest.mark.files

ODD_RECIPE = """\
version: 1
name: odd
read:
  csv: {path: talks.csv, delimiter: ";"}
transform: [conversations, odd]
write: openai_chat
"""


def test_a_run_that_finds_nothing_wrong_leaves_with_0(ftprep: Call) -> None:
    told = ftprep("run", "pod.yaml", "--json")
    assert (told.code, told.document["problems"]) == (0, [])


def test_findings_at_error_level_leave_with_1(ftprep: Call) -> None:
    told = ftprep("run", "pod.yaml", "--set", "transform[1]={keep_if: {of: answer, contains: zebra}}")
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith("no example is left of 4 rows: 2 by 'keep_if' (")


def test_a_remote_that_refuses_leaves_with_3(ftprep: Call, plugin: Callable[[str], str], tmp_path: Path) -> None:
    file = plugin('def apply(self, example):\n    raise ftprep.RemoteError("the server says no", hint="ask again")')
    put(tmp_path, "odd.yaml", ODD_RECIPE)
    assert ftprep("run", "odd.yaml", "--plugin", file) == (3, "", "the server says no; ask again\n")
    assert not (tmp_path / "out").exists()


BROKEN = {
    "returns nothing": (
        "def apply(self, example):\n    return None",
        "transformer 'odd' (plugin 'odd_plugin' of odd_plugin.py) returned None for talks.csv:2-4; a Drop with a "
        "reason was expected; please report this to its maintainer, or leave the step out",
    ),
    "raises": (
        "def apply(self, example):\n    return 1 / 0",
        "transformer 'odd' (plugin 'odd_plugin' of odd_plugin.py) failed on talks.csv:2-4: ZeroDivisionError: division "
        "by zero; please report this to its maintainer, or leave the step out",
    ),
    "ends the program": (
        "def apply(self, example):\n    raise SystemExit(0)",
        "transformer 'odd' (plugin 'odd_plugin' of odd_plugin.py) failed on talks.csv:2-4: SystemExit: 0; please "
        "report this to its maintainer, or leave the step out",
    ),
}


@pytest.mark.parametrize(("body", "line"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_one_line(
    ftprep: Call, plugin: Callable[[str], str], tmp_path: Path, body: str, line: str
) -> None:
    put(tmp_path, "odd.yaml", ODD_RECIPE)
    told = ftprep("run", "odd.yaml", "--plugin", plugin(body))
    assert told == (4, "", f"{line}\n")
    assert not (tmp_path / "out").exists()


UNFORESEEN = {
    "a bug": (
        ZeroDivisionError("division\nby zero"),
        4,
        "internal error: ZeroDivisionError: division by zero; set FTPREP_TRACEBACK=1 to see where, and report it",
    ),
    "a bug without words": (
        RecursionError(),
        4,
        "internal error: RecursionError; set FTPREP_TRACEBACK=1 to see where, and report it",
    ),
    "a path": (FileNotFoundError(2, "No such file", "a.txt"), 2, "a.txt: no such file; check the path"),
    "a disk": (OSError(28, "No space left"), 2, "no space left; make room, or check the disk"),
}


@pytest.mark.parametrize(("error", "code", "line"), UNFORESEEN.values(), ids=UNFORESEEN)
def test_what_nobody_foresaw_is_one_line_too(error: Exception, code: int, line: str) -> None:
    reply = failed(error)
    assert (reply.exit_code, [str(problem) for problem in reply.problems]) == (code, [line])


@pytest.mark.parametrize(
    "error", [click.exceptions.Exit(0), click.Abort(), EOFError("e"), BrokenPipeError("b")], ids=repr
)
def test_no_plugin_can_end_a_command_in_silence(error: Exception) -> None:
    def body() -> Reply:
        raise error

    with pytest.raises(RuntimeError, match=type(error).__name__):
        replying(name="x")(body).invoke(click.Context(click.Command("x")))


def test_the_traceback_is_shown_to_who_asks(
    ftprep: Call, plugin: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTPREP_TRACEBACK", "1")
    put(tmp_path, "odd.yaml", ODD_RECIPE)
    told = ftprep("run", "odd.yaml", "--plugin", plugin("def apply(self, example):\n    return 1 / 0"))
    assert told.code == 4
    assert told.err.startswith("Traceback (most recent call last):\n")
    assert told.err.splitlines()[-1].endswith("please report this to its maintainer, or leave the step out")


def test_what_a_plugin_prints_while_it_is_loaded_does_not_spoil_the_document(
    ftprep: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "loud.py", 'print("hello")\nFTPREP_API = 1\n')
    told = ftprep("plugins", "list", "--json", "--plugin", "loud.py")
    assert (told.code, told.err) == (0, "hello\n")
    assert json.loads(told.out)["ok"]


def start(arguments: list[str], folder: Path, **env: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "ftprep", *arguments],
        cwd=folder,
        env={**os.environ, **env},
        preexec_fn=None if os.name == "nt" else lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send on Windows")
def test_ctrl_c_is_one_line_and_130_and_leaves_nothing(ftprep: Call, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless.csv")
    process = start(["run", "pod.yaml", "--set", "read=endless.csv"], tmp_path)
    with (tmp_path / "endless.csv").open("wb") as pipe:  # it opens when the run begins to read
        pipe.write(b"Human,AI\nHello,Hi\n")
        pipe.flush()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"interrupted; nothing half-done is left\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["endless.csv", "pod.yaml", "talks.csv"]


@pytest.mark.skipif(os.name == "nt", reason="pipes break in another way on Windows")
@pytest.mark.parametrize("arguments", [["schema"], ["--help"], ["plugins", "info", "window", "--json"]])
def test_who_stops_reading_is_left_alone(ftprep: Call, tmp_path: Path, arguments: list[str]) -> None:
    process = start(arguments, tmp_path)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=30), err) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_under_stdout_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "ftprep", "recipes", "list"]
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False)
    line = b"the output cannot be written (no space left on device); make room, or write elsewhere"
    assert (done.returncode, done.stderr.rstrip()) == (2, line)


LOCALES: dict[str, dict[str, str]] = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
}


@pytest.mark.parametrize("env", LOCALES.values(), ids=LOCALES)
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["text", "json"])
def test_no_text_is_too_much_for_a_terminal(ftprep: Call, tmp_path: Path, env: dict[str, Any], more: list[str]) -> None:
    put(tmp_path, "talks.csv", "Human;AI\n日本 ☃;Grüße \U0001f600\x1b[31m\n")
    out, err = start(["preview", "pod.yaml", *more], tmp_path, **env).communicate(timeout=30)
    assert err == b""
    assert not re.search(rb"[^\x20-\x7e\r\n]", out)
    assert (b"\\u65e5\\u672c" in out) and (b"\\u001b[31m" in out)


def test_control_characters_of_a_name_do_not_reach_the_terminal(ftprep: Call) -> None:
    told = ftprep("check", "a\x1b[31m\nb.yaml")
    assert told.err == "a\\x1b[31m\\nb.yaml: no such file; there are: pod.yaml\n"
