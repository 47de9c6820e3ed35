"""The data doctor: what a file is, and everything that is wrong with it, found by the steps that are installed."""

from .begin import init
from .data import Data, look_at, look_at_rows
from .examine import examine, examine_data
from .found import Fixed, Found
from .functions import check, fix
from .how import How
from .mend import Mended, accepting, mend
from .report import Group, Report

__all__ = [
    "Data", "Fixed", "Found", "Group", "How", "Mended", "Report", "accepting", "check", "examine", "examine_data",
    "fix", "init", "look_at", "look_at_rows", "mend",
]  # fmt: skip
