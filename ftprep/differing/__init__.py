"""What differs between two runs: rows, figures, findings, the recipe and what it was run with."""

from __future__ import annotations

from .compare import diff
from .difference import Difference

__all__ = ["Difference", "diff"]
