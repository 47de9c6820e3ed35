"""Chromium, where it is installed: the variable FTPREP_CHROMIUM names it, or it is found as `chromium`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from looking import Chromium
from shown import PAGES


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    pytest.importorskip("playwright", reason="playwright is not installed (pip install 'ftprep[browser]')")
    path = os.environ.get("FTPREP_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed, or FTPREP_CHROMIUM does not name it")
    browser = Chromium(path)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A page by its name, made once."""
    pages: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in pages:
            pages[name] = PAGES[name](tmp_path_factory.mktemp("page"))
        return pages[name]

    return make
