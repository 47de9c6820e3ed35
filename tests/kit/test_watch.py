"""What the kit sees of a step's doings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ftprep.testing.watch import watching

pytestmark = pytest.mark.files


def test_a_file_that_is_opened_by_number_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "left.txt"
    with watching() as seen, os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT), "wb") as file:
        file.write(b"x")
    assert seen.files == [str(path)]


def test_bytecode_of_a_first_import_is_nobodys_doing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imported_for_the_first_time.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    with watching() as seen:
        import imported_for_the_first_time  # type: ignore[import-not-found]  # noqa: F401
    assert seen.files == []
