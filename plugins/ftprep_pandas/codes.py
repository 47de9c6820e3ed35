"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT240", "The workbook has several sheets, and only the first was read.",
         "Choose with 'sheet': a name, or a number.", "advice",
         example="An OpenDocument spreadsheet with two sheets of questions and answers."),
    Code("FT241", "Cells hold error values such as #N/A, which were read as empty.",
         "Correct the formulas.", "warning",
         example="An OpenDocument spreadsheet with #N/A in a cell."),
    Code("FT242", "The library that reads the file had something to say.", "Look at the values.", "warning",
         example="A Stata file in which two values of a column have the same label."),
)  # fmt: skip
