"""What `ftprep check` finds in real files: the codes, and the rows of each, as they were looked at by hand.

After a change that is meant: `python tests/test_real_findings.py` writes the golden file again; read the difference.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

import ftprep

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
GOLDEN = Path(__file__).parent / "golden" / "findings.json"
EXPECTED: dict[str, dict[str, Any]] = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.is_file() else {}
FOLDERS = ("ft_*", "dpo_*", "tools_*", "classify_*")

pytestmark = pytest.mark.files


def found_in(path: Path) -> dict[str, Any]:
    """Kind, counts, and code -> rows, as `1-3, 7`; of a file that cannot be read, the line."""
    try:
        found = ftprep.check(path)
    except ftprep.FtprepError as error:
        return {"refused": str(error).replace(path.as_posix(), path.name)}
    rows = defaultdict(set)
    for finding in found:
        rows[finding.code].add(finding.source.first if finding.source is not None else 0)
    spans = {code: _spans(sorted(rows[code] - {0})) for code in sorted(rows)}
    return {"kind": found.kind, "rows": found.rows, "usable": found.usable, "found": spans}


def _spans(rows: list[int]) -> str:
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_findings_in_real_files_are_those_that_were_looked_at(name: str) -> None:
    if not (DATA / name).is_file():
        pytest.skip("the real data (../shared/data) is not beside this checkout")
    assert found_in(DATA / name) == EXPECTED[name]


def test_every_real_training_file_has_been_looked_at() -> None:
    if not DATA.is_dir():
        pytest.skip("the real data (../shared/data) is not beside this checkout")
    assert sorted(EXPECTED) == _names()


def _names() -> list[str]:
    files = (path for folder in FOLDERS for path in DATA.glob(f"{folder}/*") if path.suffix != ".md")
    return sorted(path.relative_to(DATA).as_posix() for path in files)


if __name__ == "__main__":
    text = json.dumps({name: found_in(DATA / name) for name in _names()}, indent=1, ensure_ascii=False)
    GOLDEN.write_text(text + "\n", encoding="utf-8", newline="\n")
