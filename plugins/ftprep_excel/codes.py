"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT230", "The workbook has several sheets, and only the first was read.",
         "Choose with 'sheet': a name, a number, or all.", "advice"),
    Code("FT231", "Hidden sheets, rows or columns were read too.",
         "Delete them in the workbook if they are not wanted.", "advice"),
    Code("FT232", "Merged cells: only the top left one has the value, the others are empty.",
         "Unmerge them and fill the empty cells.", "warning"),
    Code("FT233", "Cells are formatted as dates and hold numbers that are none; the numbers were read.",
         "Correct the values, or the format.", "warning"),
    Code("FT234", "A sheet has other columns than the first one, so not all rows have the same columns.",
         "Read sheets of different tables one by one, or give them the same columns.", "warning"),
    Code("FT235", "A sheet among several has no rows.", "Fill it, if it is not meant to be empty.", "advice"),
)  # fmt: skip
