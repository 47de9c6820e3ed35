"""What readers can say of a file before they read it, whatever its format: of its text, and of the columns in it."""

from __future__ import annotations

from .columns import survey_columns
from .header import survey_header
from .text import survey_text

__all__ = ["survey_columns", "survey_header", "survey_text"]
