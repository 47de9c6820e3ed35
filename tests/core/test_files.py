"""Opening files: what is read, what is hashed, and each complaint word for word."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import os
import re
import threading
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ftprep import DataError, Input
from ftprep.encoding import CHUNK, suggestion
from ftprep.files import BUFFER, unreadable
from ftprep.unpack import Bounds, needed

pytestmark = pytest.mark.files

TABLE = "Human;AI\nHello;I'm an AI\n"


def packed_zip(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def written(folder: Path, content: bytes, name: str = "data.csv") -> Input:
    path = folder / name
    path.write_bytes(content)
    return Input(path, name)


def bytes_of(source: Input) -> bytes:
    with source.open() as stream:
        return stream.read()


def text_of(source: Input, encoding: str | None = None) -> str:
    with source.text(encoding) as text:
        return text.read()


def complaint(source: Input, encoding: str | None = None) -> str:
    with pytest.raises(DataError) as caught:
        text_of(source, encoding)
    message = str(caught.value)
    assert "\n" not in message
    return message


PACKINGS = {
    "plain": (lambda data: data, "data.csv"),
    "gz": (gzip.compress, "data.csv.gz"),
    "gz_of_two_parts": (lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:]), "data.csv.gz"),
    "gz_by_content": (gzip.compress, "data.csv"),
    "zst": (zstandard.compress, "data.csv.zst"),
    "zst_of_two_frames": (lambda data: zstandard.compress(data[:7]) + zstandard.compress(data[7:]), "data.csv.zst"),
    "zip": (lambda data: packed_zip(**{"a/data.csv": data}), "data.csv.zip"),
    "zip_from_macos": (
        lambda data: packed_zip(**{"a/": b"", "a/data.csv": data, "__MACOSX/a/._data.csv": b"x", "a/.DS_Store": b"x"}),
        "data.zip",
    ),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_packed_files_give_their_content_and_the_hash_of_their_raw_bytes(tmp_path: Path, packing: str):
    pack, name = PACKINGS[packing]
    content = os.urandom(3 * BUFFER) + b"row\n" * 100_000
    raw = pack(content)
    source = written(tmp_path, raw, name)
    assert source.head(10) == content[:10]
    assert bytes_of(source) == content
    assert bytes_of(source) == content, "read a second time"
    assert source.sha256() == hashlib.sha256(raw).hexdigest()


@given(
    moves=st.lists(
        st.tuples(st.integers(0, 3 * BUFFER), st.integers(0, 2 * BUFFER), st.integers(0, 2)), min_size=0, max_size=6
    )
)
def test_the_hash_is_that_of_the_file_however_it_was_read(tmp_path_factory, moves: list[tuple[int, int, int]]):
    path = tmp_path_factory.mktemp("moves") / "data.bin"
    content = bytes(range(256)) * (3 * BUFFER // 256)
    path.write_bytes(content)
    source = Input(path)
    with source.local() as raw:
        for offset, size, whence in moves:
            at = raw.seek(-offset if whence == os.SEEK_END else 0 if whence == os.SEEK_CUR else offset, whence)
            assert raw.read(size) == content[at : at + size]
    assert source.sha256() == hashlib.sha256(content).hexdigest()


def test_a_file_that_was_not_read_has_a_hash_too(tmp_path: Path):
    assert written(tmp_path, b"abc").sha256() == hashlib.sha256(b"abc").hexdigest()


def test_a_file_that_changed_while_it_was_read_is_refused(tmp_path: Path):
    source = written(tmp_path, b"abc")
    source.head()
    source.path.write_bytes(b"abcd")
    with pytest.raises(DataError) as caught:
        source.sha256()
    assert str(caught.value) == "data.csv: changed while it was read; run again when nothing writes to it"


def test_local_gives_the_raw_bytes_of_an_archive(tmp_path: Path):
    raw = packed_zip(a=b"1", b=b"2")
    source = written(tmp_path, raw, "book.xlsx")
    with source.local() as stream, zipfile.ZipFile(stream) as archive:
        assert archive.namelist() == ["a", "b"]
    assert source.sha256() == hashlib.sha256(raw).hexdigest()


def test_the_head_of_a_zip_of_several_files_is_its_own(tmp_path: Path):
    raw = packed_zip(a=b"1", b=b"2")
    assert written(tmp_path, raw, "book.xlsx").head(4) == b"PK\x03\x04"
    assert written(tmp_path, raw[:40], "cut.xlsx").head(4) == b"PK\x03\x04"


def test_standard_input_is_kept_so_that_it_can_be_looked_at_first():
    source = Input(Path("-"), stdin=io.BytesIO(gzip.compress(TABLE.encode())))
    assert source.name == "<stdin>"
    assert source.head(5) == b"Human"
    with source.text() as first, source.text() as second:
        assert (first.readline(), second.read(), first.read()) == ("Human;AI\n", TABLE, "Hello;I'm an AI\n")
    assert str(source.place(2)) == "<stdin>:2"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_kept_too(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    source = Input(tmp_path / "pipe", "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[TABLE.encode()])
    writer.start()
    assert source.head(5) == b"Human"
    assert bytes_of(source) == TABLE.encode()
    writer.join()


NOT_THERE = {
    "missing": ("data/suport.csv", "data/suport.csv: no such file; did you mean 'data/support.csv'?"),
    "missing_and_nothing_near": ("data/zzz", "data/zzz: no such file; check the path"),
    "missing_folder": ("dta/support.csv", "dta/support.csv: no such file; the folder 'dta' does not exist either"),
    "folder": ("data", "data: a folder, not a file; name a file in it, or all of them: 'data/*'"),
    "nul": ("data/a\0b", "data/a\0b: cannot be read: embedded null byte; check the path"),
}


@pytest.mark.parametrize("case", NOT_THERE)
def test_what_cannot_be_opened_is_one_clear_line(tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch):
    name, message = NOT_THERE[case]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "support.csv").touch()
    monkeypatch.chdir(tmp_path)
    for use in (Input.open, Input.text, Input.local, Input.head, Input.sha256):
        with pytest.raises(DataError) as caught:
            use(Input(Path(name)))
        assert str(caught.value) == message


@pytest.mark.parametrize(
    ("error", "message"),
    [
        pytest.param(
            PermissionError(13, "Permission denied"),
            "a.csv: no permission to read it; change its permissions, or copy it",
            id="permission",
        ),
        pytest.param(
            OSError(36, "File name too long"),
            "a.csv: cannot be read: file name too long; check the path",
            id="other",
        ),
    ],
)
def test_what_the_system_refuses_is_said(error: OSError, message: str):
    assert str(unreadable(Path("a.csv"), "a.csv", error)) == message


def broken_zip() -> bytes:
    raw = bytearray(packed_zip(a=b"row\n" * 1000))
    raw[33] ^= 0xFF
    return bytes(raw)


def locked_zip() -> bytes:
    raw = bytearray(packed_zip(a=b"row\n"))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


ARCHIVES = {
    "gz_cut_off": (
        "a.gz",
        gzip.compress(os.urandom(9999))[:500],
        r"a\.gz: a broken gzip archive \(Compressed file .*\)",
    ),
    "gz_damaged": ("a.gz", gzip.compress(b"row\n")[:-8] + b"12345678", r"a\.gz: a broken gzip archive \(CRC .*\)"),
    "gz_with_rubbish_after": ("a.gz", gzip.compress(b"row\n") + b"rubbish", r"a\.gz: a broken gzip archive \(Not .*\)"),
    "zst_cut_off": (
        "a.zst",
        zstandard.compress(os.urandom(9999))[:500],
        r"a\.zst: a broken zst .*\(it ends in the middle\)",
    ),
    "zst_damaged": ("a.zst", zstandard.compress(b"row\n")[:4] + b"\xff" * 9, r"a\.zst: a broken zst archive \(.*\)"),
    "zip_cut_off": ("a.zip", packed_zip(a=b"1")[:40], r"a\.zip: a broken zip archive \(File is not a zip file\)"),
    "zip_damaged": ("a.zip", broken_zip(), r"a\.zip: a broken zip archive \(.*\)"),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_a_broken_archive_is_one_clear_line(tmp_path: Path, case: str):
    name, raw, pattern = ARCHIVES[case]
    message = complaint(written(tmp_path, raw, name))
    assert re.fullmatch(pattern + "; fetch or pack it again", message), message


REFUSED = {
    "zip_of_several": (
        "a.zip",
        packed_zip(**{f"{i}\x1b.csv": b"1" for i in range(7)}),
        r"a.zip: a zip of 7 files (0\x1b.csv, 1\x1b.csv, 2\x1b.csv, 3\x1b.csv, 4\x1b.csv, …); "
        "unpack it and name the file you mean",
    ),
    "zip_of_none": ("a.zip", packed_zip(), "a.zip: a zip with no file in it; unpack it and name the file you mean"),
    "zip_with_password": (
        "a.zip",
        locked_zip(),
        "a.zip: cannot be unpacked: File 'a' is encrypted, password required for extraction; unpack it yourself",
    ),
    "gz_by_name_only": ("a.gz", b"a,b\n", "a.gz: not a .gz archive; fetch it again, or rename it without .gz"),
    "empty_zst": ("a.zst", b"", "a.zst: empty, not a .zst archive; fetch it again, or rename it without .zst"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_archive_that_is_not_one_file_is_refused(tmp_path: Path, case: str):
    name, raw, message = REFUSED[case]
    assert complaint(written(tmp_path, raw, name)) == message


@pytest.mark.parametrize("packing", ["gz", "zst", "zip"])
@pytest.mark.parametrize(
    ("bounds", "limit"),
    [
        pytest.param(Bounds(most=1000), "1,000", id="absolute"),
        pytest.param(Bounds(ratio=0, free=2000), "2,000", id="ratio"),
    ],
)
def test_an_archive_may_not_unpack_to_more_than_the_bounds(tmp_path: Path, packing: str, bounds: Bounds, limit: str):
    pack, name = PACKINGS[packing]
    written(tmp_path, pack(b"#" * 2001), name)
    message = f"{name}: unpacks to more than {limit} bytes; if that is right, unpack it yourself and read what is in it"
    assert complaint(Input(tmp_path / name, name, bounds=bounds)) == message


def test_what_is_within_the_bounds_is_read(tmp_path: Path):
    written(tmp_path, gzip.compress(b"#" * 2000))
    assert len(bytes_of(Input(tmp_path / "data.csv", bounds=Bounds(most=2000)))) == 2000


def test_a_package_that_is_not_here_is_answered_with_the_line_that_installs_it():
    with pytest.raises(DataError) as caught:
        needed("no_such_package_anywhere", "zstd", "a.zst")
    message = "a.zst: needs the package 'no_such_package_anywhere' to be read; pip install 'ftprep[zstd]'"
    assert str(caught.value) == message


MARKED = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@pytest.mark.parametrize("encoding", MARKED)
def test_a_byte_order_mark_says_the_encoding_and_is_no_text(tmp_path: Path, encoding: str):
    text = "id;name\r\n1;中国人\r2;😀\n" * 20_000
    source = written(tmp_path, MARKED[encoding] + text.encode(encoding))
    assert text_of(source) == text
    assert text_of(source, encoding) == text
    assert text_of(source, encoding.rsplit("-", 1)[0] if "utf-8" not in encoding else "utf-8-sig") == text


@given(text=st.text(st.characters(exclude_characters="\0\ufeff", codec="utf-8")), pad=st.integers(CHUNK - 5, CHUNK + 1))
def test_utf_8_is_read_as_it_is_wherever_chunks_end(tmp_path_factory, text: str, pad: int):
    text = "x" * pad + text
    source = written(tmp_path_factory.mktemp("text"), text.encode())
    assert text_of(source) == text


@pytest.mark.parametrize(
    "encoding", ["cp1252", "utf-16-le", "utf-16-be", "shift_jis", "gb18030", "iso2022_jp", "utf-7"]
)
def test_the_encoding_given_is_used_across_chunks(tmp_path: Path, encoding: str):
    text = ("naïve café – €\n" if encoding == "cp1252" else "こんにちは;世界\n") * 9001
    assert text_of(written(tmp_path, text.encode(encoding)), encoding) == text


def test_lines_keep_their_ends_and_break_at_nothing_else(tmp_path: Path):
    text = "a\r\nb\rc\nd\u2028e\x85f\x0bg"
    with written(tmp_path, text.encode()).text() as lines:
        assert list(lines) == ["a\r\n", "b\r", "c\n", "d\u2028e\x85f\x0bg"]


UNDECODABLE = {
    "cp1252": (
        "id,name\r\n1,ok\r\n2,©\r\n".encode("cp1252"),
        None,
        "data.csv:3: byte 0xa9 is not utf-8; it may be cp1252: '2,©'; if that reads right, say 'encoding: cp1252'",
    ),
    "cp1252_after_old_mac_line_ends": (
        "a\rb\rÇa va très bien\r– où êtes-vous?\rdéjà\rü\r".encode("cp1252"),
        None,
        "data.csv:3: byte 0xc7 is not utf-8; it may be cp1252: 'Ça va très bien', '– où êtes-vous?', 'déjà'; "
        "if that reads right, say 'encoding: cp1252'",
    ),
    "cp1251": (
        "Human;AI\nПривет;мир\nКак дела?;хорошо\n".encode("cp1251"),
        None,
        "data.csv:2: byte 0xcf is not utf-8; it may be cp1251: 'Привет;мир', 'Как дела?;хорошо'; "
        "if that reads right, say 'encoding: cp1251'",
    ),
    "cp932": (
        "Human;AI\nこんにちは;世界\n".encode("cp932"),
        None,
        "data.csv:2: byte 0x82 is not utf-8; it may be cp932: 'こんにちは;世界'; "
        "if that reads right, say 'encoding: cp932'",
    ),
    "cut_off": (
        "id,name\n1,é".encode()[:-1],
        None,
        "data.csv:2: byte 0xc3 is not utf-8; it may be cp1252: '1,Ã'; if that reads right, say 'encoding: cp1252'",
    ),
    "given_wrongly": (
        "id,name\n1,é\n".encode(),
        "ascii",
        "data.csv:2: byte 0xc3 is not ascii; it may be utf-8: '1,é'; if that reads right, say 'encoding: utf-8'",
    ),
    "no_byte_in_cp1252": (
        b"a\n\x81\n",
        "cp1252",
        "data.csv:2: byte 0x81 is not cp1252; say what it is, such as 'encoding: cp1252'",
    ),
    "late": (
        b"row\n" * 50_000 + b"caf\xe9\n",
        None,
        "data.csv:50001: byte 0xe9 is not utf-8; it may be cp1252: 'café'; if that reads right, say 'encoding: cp1252'",
    ),
    "across_chunks": (
        b"x" * (CHUNK - 2) + b"\n\xe2(\n",
        None,
        "data.csv:2: byte 0xe2 is not utf-8; it may be cp1252: 'â('; if that reads right, say 'encoding: cp1252'",
    ),
    "utf_16_without_mark": (
        TABLE.encode("utf-16-le"),
        None,
        "data.csv:1: no byte-order mark; it may be utf-16-le: 'Human;AI', \"Hello;I'm\", 'an'; "
        "if that reads right, say 'encoding: utf-16-le'",
    ),
    "utf_16_be_without_mark": (
        "ü;ö\nä;ß\n".encode("utf-16-be"),
        None,
        "data.csv:1: no byte-order mark; it may be utf-16-be: 'ü;ö', 'ä;ß'; "
        "if that reads right, say 'encoding: utf-16-be'",
    ),
    "utf_32_without_mark": (
        "ü;ö\n".encode("utf-32-le"),
        None,
        "data.csv:1: no byte-order mark; it may be utf-32-le: 'ü;ö'; if that reads right, say 'encoding: utf-32-le'",
    ),
    "nul": (
        b"id,name\n1,a\0b\n",
        None,
        "data.csv:2: a NUL byte: damaged, or no text; remove it, or say 'encoding: utf-8' to keep it",
    ),
    "utf_16_given_without_mark": (
        TABLE.encode("utf-16-le"),
        "utf-16",
        "data.csv: no byte-order mark says which utf-16 it is; say 'encoding: utf-16-le' or 'encoding: utf-16-be'",
    ),
    "mark_of_another": (
        codecs.BOM_UTF8 + b"a\n",
        "cp1252",
        "data.csv: its byte-order mark says utf-8, not cp1252; leave 'encoding: cp1252' out",
    ),
    "misspelt": (b"a\n", "utf-88", "data.csv: unknown encoding 'utf-88'; did you mean 'utf-8'?"),
    "no_encoding": (b"a\n", "zzz", "data.csv: unknown encoding 'zzz'; for example utf-8, cp1252, utf-16-le"),
    "no_text_encoding": (b"a\n", "hex", "data.csv: unknown encoding 'hex'; for example utf-8, cp1252, utf-16-le"),
    "nul_in_the_name": (b"a\n", "a\0", "data.csv: unknown encoding 'a\0'; for example utf-8, cp1252, utf-16-le"),
}


@pytest.mark.parametrize("case", UNDECODABLE)
def test_what_cannot_be_decoded_is_one_line_with_a_suggestion(tmp_path: Path, case: str):
    content, encoding, message = UNDECODABLE[case]
    assert complaint(written(tmp_path, content), encoding) == message


def test_a_nul_is_kept_where_the_encoding_is_given(tmp_path: Path):
    assert text_of(written(tmp_path, b"a\0b"), "utf-8") == "a\0b"


def test_lines_before_an_undecodable_one_can_be_read_first(tmp_path: Path):
    source = written(tmp_path, b"row\n" * CHUNK + b"\xff\n")
    with source.text() as text, pytest.raises(DataError, match=f"^data.csv:{CHUNK + 1}: byte 0xff"):
        assert [next(text) for _ in range(3)] == ["row\n"] * 3
        list(text)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("Hello;Schöne Grüße\nnaïve café\n", "cp1252", id="cp1252"),
        pytest.param("I’m sorry, Dave – I’m afraid I can’t\n", "cp1252", id="cp1252_quotes"),
        pytest.param("Dobrý den;příliš žluťoučký kůň\n", "cp1250", id="cp1250"),
        pytest.param("Привет;мир\nКак дела?;хорошо\n", "cp1251", id="cp1251"),
        pytest.param("你好;世界\n今天天气怎么样;很好\n", "gb18030", id="gb18030"),
        pytest.param("안녕하세요;세계\n", "cp949", id="cp949"),
    ],
)
def test_a_short_text_is_enough_for_a_suggestion(text: str, encoding: str):
    assert suggestion(text.encode(encoding)) == encoding
