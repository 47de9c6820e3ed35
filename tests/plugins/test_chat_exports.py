"""The exports of messengers are told apart by their content; and folders and zips of them are read whole."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from ftprep import Reader, api
from ftprep_discord.reader import Discord
from ftprep_meta.reader import Instagram, Messenger
from ftprep_signal.reader import Signal
from ftprep_telegram.reader import Telegram

pytestmark = pytest.mark.files
READERS: list[type[Reader]] = [Discord, Instagram, Messenger, Signal, Telegram]
META = (
    b'{"participants": [{"name": "A"}], "messages": '
    b'[{"sender_name": "A", "timestamp_ms": 1579294140000, "content": "x"%s}]}'
)
TRAINING = {
    "chat": b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    "ShareGPT": b'[{"conversations": [{"from": "human", "value": "Hi"}]}]',
    "alpaca": b'[{"instruction": "Say", "input": "", "output": "So"}]',
    "rows": b'{"data": [{"date": "2024-01-01", "sender": "Ann", "body": "Hi"}]}',
    "a table": b"Author,Date,Content\nAnn,2024,Hi\n",
    "a bracket": b"[2024-05-01] Ann: Hi\n",
    "text": b"Ann: Hi\nBob: Hello\n",
    "nothing": b"",
    "no text": bytes(range(256)),
}


@pytest.mark.parametrize(
    ("head", "name", "reader"),
    [
        pytest.param(META % b', "type": "Generic"', "facebook/inbox/a/message_1.json", Messenger, id="messenger"),
        pytest.param(META % b"", "instagram-ann/inbox/a/message_1.json", Instagram, id="instagram by its name"),
        pytest.param(
            META % b', "share": {"link": "https://www.instagram.com/p/1"}', "message_1.json", Instagram,
            id="instagram by a link"),
    ],
)  # fmt: skip
def test_messenger_and_instagram_are_told_apart_by_names_and_links(
    head: bytes, name: str, reader: type[Reader]
) -> None:
    assert max(READERS, key=lambda one: one.recognise(head, name)) is reader


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
@pytest.mark.parametrize("what", TRAINING)
def test_training_data_and_tables_are_no_exports(what: str, reader: type[Reader]) -> None:
    assert reader.recognise(TRAINING[what], "result.json") == 0.0


@pytest.mark.parametrize(
    ("path", "reader"),
    [
        ("chat_telegram/test_single_export.json", Telegram), ("chat_telegram/test_batch_export.json", Telegram),
        ("chat_discord/general.json", Discord), ("chat_discord/chill_talk.json", Discord),
        ("chat_instagram/test_export.json", Instagram), ("chat_signal/test_export.txt", Signal),
    ],
    ids=str,
)  # fmt: skip
def test_real_exports_are_known_and_are_nobody_elses(shared_data: Path, path: str, reader: type[Reader]) -> None:
    head = (shared_data / path).read_bytes()
    found = {one: one.recognise(head, path) for one in READERS}
    assert max(found, key=lambda one: found[one]) is reader
    assert found[reader] >= 0.95
    also = {Messenger} if reader is Instagram else set()
    assert {one for one, sure in found.items() if sure and one is not reader} == also


def _recipe(folder: Path, reader: str, path: str) -> Path:
    file = folder / "recipe.yaml"
    file.write_text(
        f"version: 1\nread:\n  {reader}: {path}\n"
        "transform:\n  - prompt: {prompt: '{speaker}', completion: '{text}'}\n"
        "write:\n  - openai_completion\n",
        encoding="utf-8",
    )
    return file


@pytest.mark.parametrize("packed", [pytest.param(False, id="folder"), pytest.param(True, id="zip")])
@pytest.mark.parametrize(
    ("reader", "files"),
    [
        pytest.param(
            "messenger",
            {f"inbox/{who}/message_{n}.json": META % b"" for who in "ab" for n in (1, 2)} | {"x/o.json": b"{}"},
            id="messenger"),
        pytest.param(
            "telegram", {"ChatExport/result.json": b'{"messages": [{"type": "message", "from": "A", "text": "x"}]}'},
            id="telegram"),
        pytest.param(
            "discord", {"c [1].csv": b"AuthorID,Author,Date,Content,Attachments,Reactions\n1,A,,x,,\n", "a": b""},
            id="discord"),
        pytest.param(
            "signal", {"A/data.json": json.dumps({"date": "", "sender": "A", "body": "x"}).encode(), "A/chat.md": b""},
            id="signal"),
    ],
)  # fmt: skip
def test_a_folder_or_zip_of_exports_is_read_whole(
    tmp_path: Path, reader: str, files: dict[str, bytes], packed: bool
) -> None:
    if packed:
        with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    else:
        for name, content in files.items():
            (tmp_path / "export" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "export" / name).write_bytes(content)
    recipe = _recipe(tmp_path, reader, "export.zip" if packed else "export")
    examples = list(api.stream(recipe))
    assert len(examples) == (4 if reader == "messenger" else 1)
