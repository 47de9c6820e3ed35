"""`mistral_rules`: what mistral-finetune would refuse, by the dated rules of `rules.json`."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from ftprep import RowRules

from .codes import CODES


class MistralRules(RowRules):
    """Looks at rows of Mistral's training files as they were read (`messages` or `interactions`, or text), and reports
    what mistral-finetune refuses: the order of roles, the ids of calls, tools without description, and so on.
    """

    name: ClassVar[str] = "mistral_rules"
    rules_of: ClassVar[str | None] = "mistral"
    problem_codes = (*RowRules.problem_codes, *CODES)
    pack: ClassVar[Path] = Path(__file__).with_name("rules.json")
    order_code: ClassVar[str] = "FT397"
