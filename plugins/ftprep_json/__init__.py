"""Readers for JSON: `jsonl` (an object a line) and `json` (an array of objects, at the top or somewhere inside)."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`json` and `jsonl`."""
    from .document import Json
    from .jsonl import Jsonl

    return [Json, Jsonl]
