"""Zips of many files, read in place: which files, what they are called, their hashes, and what is refused."""

from __future__ import annotations

import fnmatch
import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from ftprep import DataError, Input, api
from ftprep.archive import matcher, within
from ftprep.unpack import BOUNDS, Bounds

pytestmark = pytest.mark.files
PATTERN = "**/*.json"


def packed(files: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


def export(folder: Path, *files: tuple[str, bytes], raw: bytes | None = None) -> Input:
    path = folder / "export.zip"
    path.write_bytes(packed(files) if raw is None else raw)
    return Input(path, "export.zip")


def content(source: Input) -> bytes:
    with source.open() as stream:
        return stream.read()


def refused(source: Input, bounds: Bounds = BOUNDS) -> str:
    """The complaint, about the zip or about one of the files in it."""
    with pytest.raises(DataError) as caught:
        for file in within(source, PATTERN, bounds):
            content(file)
    return str(caught.value)


def locked(raw: bytes) -> bytes:
    changed = bytearray(raw)
    changed[6] |= 1
    changed[changed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


TWO = (("b/2.json", b"two"), ("a/10.json", b"ten"), ("a/1.json", b"one"), ("a/x.txt", b"no"), ("users.json", b"[]"))


def test_the_files_of_a_zip_are_those_of_the_folder_it_was_made_of_in_the_same_order(tmp_path: Path):
    for name, text in TWO:
        (tmp_path / "folder" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / name).write_bytes(text)
    there = sorted((tmp_path / "folder").glob("**/*.json"))
    found = within(export(tmp_path, *TWO, ("__MACOSX/a/._1.json", b"x"), (".hidden/3.json", b"x")), PATTERN)
    assert [file.name for file in found] == [
        "export.zip/a/1.json", "export.zip/a/10.json", "export.zip/b/2.json", "export.zip/users.json",
    ]  # fmt: skip
    assert [file.name.split("/", 1)[1] for file in found] == [
        path.relative_to(tmp_path / "folder").as_posix() for path in there
    ]
    assert [content(file) for file in found] == [path.read_bytes() for path in there]
    assert [file.sha256() for file in found] == [Input(path).sha256() for path in there]
    assert str(found[0].place(3)) == "export.zip/a/1.json:3"


def test_a_file_of_a_zip_is_hashed_while_it_is_read_looked_at_and_jumped_about_in(tmp_path: Path):
    data = bytes(range(256)) * 4000
    (file,) = within(export(tmp_path, ("a.json", data), ("b.txt", b"")), PATTERN)
    assert file.head(10) == data[:10]
    with file.local() as raw:
        raw.seek(-5, io.SEEK_END)
        assert raw.read() == data[-5:]
        raw.seek(7)
        assert raw.read(4) == data[7:11]
    assert file.sha256() == hashlib.sha256(data).hexdigest()


def test_a_file_beside_another_is_found_in_a_folder_and_in_a_zip(tmp_path: Path):
    (found, *_) = within(export(tmp_path, *TWO), PATTERN)
    other = found.beside("../users.json")
    assert other is not None and (other.name, content(other)) == ("export.zip/users.json", b"[]")
    assert found.beside("users.json") is None
    assert found.beside("../../users.json") is None
    (tmp_path / "a").mkdir()
    (tmp_path / "a/1.json").write_bytes(b"one")
    (tmp_path / "users.json").write_bytes(b"[1]")
    other = Input(tmp_path / "a/1.json", "x/a/1.json").beside("../users.json")
    assert other is not None and (other.name, content(other)) == ("x/users.json", b"[1]")
    assert Input(tmp_path / "a/1.json").beside("none.json") is None


def test_other_files_and_zips_of_one_file_are_read_as_before(tmp_path: Path):
    plain = tmp_path / "a.txt"
    plain.write_bytes(b"text")
    source = Input(plain)
    assert within(source, PATTERN) == [source]
    single = export(tmp_path, ("notes.txt", b"text"))
    assert within(single, PATTERN) == [single]
    assert content(single) == b"text"


def test_what_a_recipe_reads_from_a_zip_is_called_by_its_path_in_it_and_stands_in_the_manifest(tmp_path: Path):
    export(tmp_path, ("good/1.txt", b"one"), ("bad/2.txt", b"two"), ("bad/3.txt", b""), ("top.txt", b"x"))
    run = api.run(
        {
            "version": 1, "name": "f", "read": {"folder": str(tmp_path / "export.zip")},
            "transform": [{"chat": {"user": "{text}", "assistant": "{label}"}}], "write": ["openai_chat"],
        },
        out=tmp_path / "out",
    )  # fmt: skip
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    named = f"{(tmp_path / 'export.zip').as_posix()}/"
    assert [(item["file"].removeprefix(named), item["sha256"]) for item in manifest["inputs"]] == [
        ("bad/2.txt", hashlib.sha256(b"two").hexdigest()),
        ("bad/3.txt", hashlib.sha256(b"").hexdigest()),
        ("good/1.txt", hashlib.sha256(b"one").hexdigest()),
    ]
    assert run.counts["used"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.zip", "out"]


BOMB = packed([("a.json", b"0" * 3_000_000), ("b.json", b"")])
HINT = "unpack it yourself and read the folder"
REFUSED = {
    "bomb": (BOMB, Bounds(free=0), f"export.zip: unpacks to more than {200 * len(BOMB):,} bytes; if that is right, "),
    "too_many_bytes": (
        packed([(f"{i}.json", b"0" * 60) for i in range(20)]),
        Bounds(most=1000),
        "export.zip: unpacks to more than 1,000 bytes; if that is right, ",
    ),
    "10001_files": (
        packed([(f"{i}.json", b"") for i in range(10_001)], zipfile.ZIP_STORED),
        Bounds(files=10_000),
        "export.zip: a zip of 10,001 files, more than 10,000; if that is right, ",
    ),
    "nested": (
        packed([("a.json", packed([("b.json", b"")])), ("c", b"")]),
        Bounds(),
        "export.zip/a.json: an archive in an archive; ",
    ),
    "nested_gz": (
        packed([("a.json", gzip.compress(b"1")), ("c", b"")]),
        Bounds(),
        "export.zip/a.json: an archive in an archive; ",
    ),
    "bzip2": (
        packed([("a.json", b"1"), ("c", b"")], zipfile.ZIP_BZIP2),
        Bounds(),
        "export.zip/a.json: packed by a method other than deflate; ",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_zip_is_refused_before_it_is_unpacked(tmp_path: Path, case: str):
    raw, bounds, message = REFUSED[case]
    assert refused(export(tmp_path, raw=raw), bounds) == message + HINT


LEADS_OUT = "which leads out of it; do not trust it; fetch the export again"
WRONG = {
    "up": (packed([("../../etc/passwd", b"")]), f"export.zip: a file in it is called '../../etc/passwd', {LEADS_OUT}"),
    "root": (packed([("/etc/a.json", b"")]), f"export.zip: a file in it is called '/etc/a.json', {LEADS_OUT}"),
    "backslashes": (
        packed([("a\\..\\..\\b.json", b"")]),
        f"export.zip: a file in it is called 'a/../../b.json', {LEADS_OUT}",
    ),
    "control_characters": (
        packed([("../\x1b[31m.json", b"")]),
        f"export.zip: a file in it is called '../\\x1b[31m.json', {LEADS_OUT}",
    ),
    "encrypted": (
        locked(packed([("a.json", b"1"), ("b.txt", b"")])),
        "export.zip/a.json: encrypted; unpack it with its password and read the folder",
    ),
    "cut_off": (
        packed([("a.json", b"1")])[:40],
        "export.zip: a broken zip archive (File is not a zip file); fetch or pack it again",
    ),
    "none_matches": (
        packed([("a.txt", b"1"), ("b.txt", b"1")]),
        "export.zip: no file in it matches '**/*.json'; check that it is the right export",
    ),
    "twice": (
        packed([("a\\b.json", b"1"), ("a/b.json", b"2")]),
        "export.zip: two files in it are called 'a/b.json'; pack it again",
    ),
    "empty": (packed([]), "export.zip: no file in it matches '**/*.json'; check that it is the right export"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_zip_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path, case: str):
    raw, message = WRONG[case]
    assert refused(export(tmp_path, raw=raw)) == message
    assert [path.name for path in tmp_path.rglob("*")] == ["export.zip"]


def test_a_file_that_is_damaged_is_named(tmp_path: Path):
    raw = bytearray(packed([("a.json", b"1" * 5000), ("b.json", b"2")]))
    raw[40] ^= 0xFF
    assert refused(export(tmp_path, raw=bytes(raw))).startswith("export.zip/a.json: a broken zip archive (")


def test_a_zip_that_changes_is_seen(tmp_path: Path):
    (file,) = within(export(tmp_path, ("a.json", b"1"), ("b", b"")), PATTERN)
    content(file)
    with (tmp_path / "export.zip").open("ab") as more:
        more.write(b"x")
    content(file)
    with pytest.raises(DataError) as caught:
        file.sha256()
    assert str(caught.value) == ("export.zip/a.json: changed while it was read; run again when nothing writes to it")


NAMES = ["a", "ab", "a.json", "b-1.json", "[x].json", "a!", "^", "x\\y", "é", "-", "]"]


@pytest.mark.parametrize(
    "pattern", ["*", "a*", "?", "*.json", "b-[0-9].json", "[!a]*", "[[]x].json", "x\\y", "[^]", "["]
)
def test_one_part_of_a_pattern_is_what_fnmatch_makes_of_it(pattern: str):
    assert [n for n in NAMES if matcher(pattern).fullmatch(n)] == [n for n in NAMES if fnmatch.fnmatchcase(n, pattern)]


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        pytest.param("*/*", ["a/b"], id="one_folder"),
        pytest.param("**/b", ["b", "a/b", "a/c/b"], id="any_folders"),
        pytest.param("a/**/b", ["a/b", "a/c/b"], id="in_the_middle"),
    ],
)
def test_a_star_crosses_no_slash_and_two_stars_do(pattern: str, matching: list[str]):
    assert [name for name in ["b", "a/b", "a/c/b", ".a/b"] if matcher(pattern).fullmatch(name)] == matching
