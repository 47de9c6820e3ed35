"""What only pandas reads (Parquet, Feather, ODS, Stata, XLS), and data frames handed in from Python.

Values keep their types as JSON has them: missing values are null, `1.0` is `1`, dates are ISO text. Text is never
interpreted: `NA` and `007` stay what they are.
"""

from __future__ import annotations

import ftprep

from .reader import Pandas

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """The reader `pandas`."""
    return [Pandas]
