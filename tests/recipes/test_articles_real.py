"""`company_voice` on articles of an encyclopedia, one a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftprep import api

RECIPE = Path(__file__).parent.parent.parent / "recipes" / "company_voice" / "recipe.yaml"

pytestmark = pytest.mark.files


def test_a_text_file_with_an_article_a_line_teaches_its_voice(shared_data: Path, tmp_path: Path):
    """Its README counts 15 lines: 14 articles, and what follows the last line end."""
    file = shared_data / "articles_wiki" / "wiki_demo_sample.txt"
    read = {"csv": {"path": str(file), "header": False, "columns": ["text"], "delimiter": "\t", "quote": ""}}
    run = api.run(RECIPE, set={"read": read}, out=tmp_path / "out")
    articles = [line for line in file.read_text(encoding="utf-8").split("\n") if line]
    assert run.counts["read"] == run.counts["used"] == len(articles) == 14
    assert run.counts["dropped"] == 0
    written = [
        json.loads(line)
        for path in run.files["openai_completion"].values()
        for line in path.read_bytes().split(b"\n")
        if line
    ]
    assert {row["prompt"] for row in written} == {""}
    assert sorted(row["completion"] for row in written) == sorted(f" {text.lstrip()}" for text in articles)
