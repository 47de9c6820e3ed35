"""Whether examples should be held out, and how: of classes, a fifth of each is.

OpenAI's `prepare_data` (openai 0.28.1, `validators.py`) held out a fifth of data for classification, at most 1,000
examples; it did not see to it that each class is in both files. A count would be taken of each class (`ftprep.split`),
so the share that makes about 1,000 is given instead.
"""

from __future__ import annotations

from typing import Any

from .data import Data

_FEWEST = 10
_MOST = 1000


def split_for(data: Data, used: int) -> dict[str, Any] | None:
    """The split for data of `used` usable rows; None: it has no classes, or too few rows."""
    label = data.proposal.columns.get("label") if data.proposal is not None else None
    if label is None or used < _FEWEST:
        return None
    return {"validation": f"{min(20, 100 * _MOST / used):.3g}%", "stratify": label}
