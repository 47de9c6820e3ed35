"""The data doctor: what a file is, and everything that is wrong with it, found by the steps that are installed."""

from .data import Data, look_at
from .examine import Report, examine

__all__ = ["Data", "Report", "examine", "look_at"]
