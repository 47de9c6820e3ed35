"""The name of a chat, by the name of its export."""

from __future__ import annotations

import re
from pathlib import PurePath

_NAMED = re.compile(
    r".*whatsapp\S*(?:\s+chat)?\s*(?:\b(?:with|mit|con|com|avec|met|med|dengan|z|с|cu|amb)\b|-|–|:)\s*(.+)",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\s*\(\d+\)$")
_INNER = "_chat"
_PACKED = (".txt", ".zip", ".gz", ".zst")


def talk_of(path: PurePath) -> str:
    """`Ann` for `WhatsApp Chat with Ann.txt`, or for `_chat.txt` in `WhatsApp Chat - Ann.zip`; else ""."""
    name = _bare(path.name)
    found = _NAMED.fullmatch(_bare(path.parent.name) if name == _INNER else name)
    return found[1].strip() if found is not None else ""


def _bare(name: str) -> str:
    while name.lower().endswith(_PACKED):
        name = name.rpartition(".")[0]
    return _AGAIN.sub("", name.replace("_", " ").strip() if name != _INNER else name)
