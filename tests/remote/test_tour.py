"""The whole tour as a user makes it: with each kind of service, and once with each command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from ftprep.cli import main
from ftprep_openai.standin import StandIn

pytestmark = [pytest.mark.files, pytest.mark.slow]

KEY = "sk-test-canary-5f0c2b7e91"
"""Stands for a secret: it must not be found anywhere."""
RECIPE = """\
version: 1
name: moods
model: gpt-4.1-mini
read: moods.csv
transform:
  - chat: {user: "{text}", assistant: "{mood}"}
check: labels
split: {validation: 6, stratify: mood}
write: openai_chat
"""
WORDS = {"good": ["lovely", "fine", "great", "sweet"], "bad": ["awful", "dull", "poor", "sour"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run."""
    made = tmp_path_factory.mktemp("tour")
    rows = [f"The {noun} was {word}.,{mood}" for mood, words in WORDS.items() for word in words for noun in NOUNS]
    (made / "moods.csv").write_text("\n".join(["text,mood", *rows, ""]), encoding="utf-8", newline="\n")
    (made / "moods.yaml").write_text(RECIPE, encoding="utf-8", newline="\n")
    command = [sys.executable, "-m", "ftprep", "run", "moods.yaml"]
    subprocess.run(command, cwd=made, check=True, capture_output=True)
    return made


NOUNS = ("meal", "film", "song", "room")


@contextmanager
def served(profile: str, *, wire: bool) -> Iterator[str]:
    """A stand-in in a process of its own; its address."""
    command = [sys.executable, "-m", "ftprep.testing.server", "openai", "--port", "0", "--profile", profile]
    process = subprocess.Popen([*command, *(["--wire"] if wire else [])], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
    finally:
        process.terminate()
        process.communicate(timeout=30)


class User:
    """Types commands, and keeps all that is said."""

    def __init__(self, folder: Path, profile: str, address: str, state: Path):
        self.folder = folder
        self.said: list[str] = []
        azure = profile == "azure"
        names = {"AZURE_OPENAI_API_KEY": KEY} if azure else {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": address}
        self.via = ["--via", "azure", "--option", f"endpoint={address}"] if azure else []
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
        self.environ = {**proxies, **names, "FTPREP_STATE_DIR": state.as_posix()}

    def __call__(self, *arguments: str) -> str:
        code, out, err = self.types(arguments)
        self.said += [out, err]
        assert code == 0, (arguments, out, err)
        return out.strip()

    def types(self, arguments: Sequence[str]) -> tuple[object, str, str]:
        """A command in a process of its own: its exit code, and what it says."""
        command, environ = [sys.executable, "-m", "ftprep", *arguments], {**os.environ, **self.environ}
        done = subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, check=False, timeout=120)
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


class Here(User):
    """Types them in this process."""

    def __init__(self, folder: Path, profile: str, address: str, state: Path, heard: pytest.CaptureFixture[str]):
        super().__init__(folder, profile, address, state)
        self.heard = heard

    def types(self, arguments: Sequence[str]) -> tuple[object, str, str]:
        with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as left:
            patch.chdir(self.folder)
            for name, value in self.environ.items():
                patch.setenv(name, value)
            main(arguments)
        return left.value.code, *self.heard.readouterr()


def tour(user: User, profile: str, folder: Path, tmp_path: Path) -> None:
    job = user("upload", "out/moods", "--yes", *user.via)
    model = user("jobs", "follow", job, "--every", "0")
    told = user("jobs", "results", job, "--out", (tmp_path / "results").as_posix())
    assert "the best epoch is" in told
    names = ["--option", f"deployment={json.dumps({model: job})}"] if profile == "azure" else []
    compared = json.loads(user("compare", "gpt-4.1-mini", model, "out/moods", "--json", *user.via, *names))
    base, tuned = compared["result"]["judged"]
    assert tuned["right"] > base["right"]
    sent = json.loads(user("remote", "list", "--json"))
    files = [thing["id"] for thing in sent["result"] if thing["kind"] == "file"]
    assert len(files) == 2
    user("remote", "delete", model, "--confirm", model)
    user("remote", "delete", files[0], "--yes")
    written = [path for root in (folder, tmp_path) for path in root.rglob("*") if path.is_file()]
    assert folder / "out" / "moods.results" in {path.parent for path in written}
    assert not [path for path in written if KEY.encode() in path.read_bytes()]
    assert not [text for text in user.said if KEY in text]


def test_from_files_to_a_model_and_back_with_a_process_for_each_command(folder: Path, tmp_path: Path) -> None:
    with served("openai", wire=True) as address:
        tour(User(folder, "openai", address, tmp_path / "state"), "openai", folder, tmp_path)


@pytest.mark.parametrize("wire", [False, True], ids=["by the description", "as on the wire"])
@pytest.mark.parametrize("profile", ["openai", "azure", "compat-minimal"])
def test_from_files_to_a_model_and_back(
    profile: str, wire: bool, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with StandIn(profile=profile, wire=wire) as server:
        tour(Here(folder, profile, server.address, tmp_path / "state", capsys), profile, folder, tmp_path)
