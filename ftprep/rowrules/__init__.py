"""Rule packs: what a service takes as training files, as data; and the step that looks at rows by them."""

from __future__ import annotations

from .codes import ROW_CODES
from .pack import Pack as RulePack
from .step import RowRules

__all__ = ["ROW_CODES", "RowRules", "RulePack"]
