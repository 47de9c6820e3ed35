"""From one training format into another: rows are decoded by the writer of their format, and written by another one."""

from __future__ import annotations

from .job import Converted, convert

__all__ = ["Converted", "convert"]
