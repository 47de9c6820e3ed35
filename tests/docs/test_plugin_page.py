"""The page on plugins shows one of each kind, and none is long."""

from __future__ import annotations

from pathlib import Path

import pytest
from play import Block, blocks

from ftprep.offers import HOOKS
from ftprep.registry import Registry
from ftprep.steps import Check, Gather, Map, ModelFacts, Reader, Select, Tokenizer, Uploader, Writer

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"
PLUGINS = [block for block in blocks(PAGE.read_text(encoding="utf-8")) if "hookimpl" in block.text]

pytestmark = pytest.mark.files


@pytest.mark.parametrize("block", PLUGINS, ids=lambda block: block.marks["file"])
def test_a_plugin_of_the_page_has_at_most_forty_lines(block: Block) -> None:
    assert len(block.text.splitlines()) <= 40


def test_the_page_has_a_plugin_of_each_kind(tmp_path: Path) -> None:
    files = []
    for block in PLUGINS:
        files.append(tmp_path / block.marks["file"])
        files[-1].write_text(block.text, encoding="utf-8", newline="\n")
    offered = Registry.installed(block="ALL", files=files).all()
    assert {item.kind for item in offered} == {kind for kind, _ in HOOKS.values()}
    bases = (Reader, Gather, Map, Select, Check, Writer, Uploader, Tokenizer)
    classes = [item.cls for item in offered if not isinstance(item.cls, ModelFacts)]
    assert {base for base in bases for cls in classes if issubclass(cls, base)} == set(bases)
