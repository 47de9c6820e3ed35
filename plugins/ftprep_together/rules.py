"""`together_rules`: what Together would refuse, by the dated rules of `rules.json`."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from ftprep import RowRules

from .codes import CODES


class TogetherRules(RowRules):
    """Looks at rows of Together's training files as they were read (chat, preference, prompt/completion, text), and
    reports what its client refused: roles that do not alternate, other keys beside those of a kind, and so on.
    """

    name: ClassVar[str] = "together_rules"
    rules_of: ClassVar[str | None] = "together"
    problem_codes = (*RowRules.problem_codes, *CODES)
    pack: ClassVar[Path] = Path(__file__).with_name("rules.json")
    order_code: ClassVar[str] = "FT396"
