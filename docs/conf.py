"""The site of the docs: plain Markdown, which also reads well as it is. `sphinx-build -W docs site` builds it."""

from __future__ import annotations

import re
from typing import Any

import ftprep

project = "ftprep"
release = ftprep.__version__
extensions = ["myst_parser"]
html_theme = "furo"
html_title = f"ftprep {release}"
html_show_sourcelink = False
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]  # blocks show data with parts left out

_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


def prepare(app: Any, name: str, source: list[str]) -> None:
    """What a site needs and plain pages do not: the order of the pages, as the index links to them; and no links to
    files outside this folder, whose text stays."""
    if name == "index":
        pages = [target for _, target in _LINK.findall(source[0]) if target.endswith(".md") and "../" not in target]
        source[0] += "\n".join(["", "```{toctree}", ":hidden:", "", *dict.fromkeys(pages), "```", ""])
    up = "../" * (name.count("/") + 1)
    source[0] = _LINK.sub(lambda link: link[1] if link[2].startswith(up) else link[0], source[0])


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", prepare)
