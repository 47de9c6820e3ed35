"""Tables as text: CSV, TSV and their relatives."""

from __future__ import annotations

import ftprep

from .reader import Csv

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """The reader `csv`."""
    return [Csv]
