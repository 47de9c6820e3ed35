"""One HTML page that holds all it shows: no scripts, no requests, light and dark, for screens and paper."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from .words import plain, prose, safe

if TYPE_CHECKING:
    from jinja2 import Template


def page(title: str, sections: Sequence[tuple[str, str]], *, lead: str = "") -> str:
    """The page, with a section for each heading and body. Texts are escaped and become paragraphs; what is already
    markup (`markupsafe.Markup`, as `parts` and `svg` make it) is taken as it is.

    Its content policy lets nothing run and nothing be loaded. Source of the policy: CSP Level 3, W3C.
    """
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    named = [
        {"id": f"part-{n}", "heading": _heading(heading), "body": prose(body)}
        for n, (heading, body) in enumerate(sections, 1)
    ]
    return _template().render(
        title=plain(title),
        heading=_heading(title),
        lead=prose(lead) if lead else "",
        sections=named,
        style=Markup(style),
        hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def _heading(text: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(safe(text))


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    return made.from_string(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
