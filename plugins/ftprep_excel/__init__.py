"""Excel workbooks (`.xlsx`, `.xlsm`), read row by row through openpyxl.

Every cell becomes the text that Excel shows or would save as CSV, so that one table gives the same rows from CSV, TSV
and XLSX: whole numbers `1`, dates `2024-01-31`, booleans `TRUE`, error values `#N/A`, empty cells the empty text.
"""

from __future__ import annotations

import ftprep

from .reader import Excel

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """The reader `excel`."""
    return [Excel]
