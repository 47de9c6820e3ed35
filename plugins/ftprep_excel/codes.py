"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT230", "The workbook has several sheets, and only the first was read.",
         "Choose with 'sheet': a name, a number, or all.", "advice",
         example="A workbook with two sheets of questions and answers."),
    Code("FT231", "Hidden sheets, rows or columns were read too.",
         "Delete them in the workbook if they are not wanted.", "advice",
         example="A workbook in which row 3 is hidden."),
    Code("FT232", "Merged cells: only the top left one has the value, the others are empty.",
         "Unmerge them and fill the empty cells.", "warning",
         example="A workbook in which the cells A2 and A3 are merged, so that row 3 has no question."),
    Code("FT233", "Cells are formatted as dates and hold numbers that are none; the numbers were read.",
         "Correct the values, or the format.", "warning",
         example="A workbook with the number 1706745600000 in a cell that is formatted as a date."),
    Code("FT234", "A sheet has other columns than the first one, so not all rows have the same columns.",
         "Read sheets of different tables one by one, or give them the same columns.", "warning",
         example="A workbook of two sheets, the second of which has a column more, read with `sheet: all`.",
         asks="read: {excel: {sheet: all}}"),
    Code("FT235", "A sheet among several has no rows.", "Fill it, if it is not meant to be empty.", "advice",
         example="A workbook of two sheets, the second of which is empty, read with `sheet: all`.",
         asks="read: {excel: {sheet: all}}"),
    Code("FT236", "Cells hold error values such as #N/A or #REF!, which were read as text.",
         "Correct the formulas, or empty the cells.", "warning",
         example="A workbook with #N/A in the cell B4."),
    Code("FT237", "The first row looks like the rows below it, so it was not taken for the names of the columns.",
         "Name the columns in a first row, or with 'columns'; a true header is kept with 'header: true'.", "warning",
         example="A workbook of reviews and stars (1 to 5) without a row of names above them."),
    Code("FT238", "Columns have no name, or the same one; they were numbered.",
         "Give each a name of its own.", "warning",
         example="A workbook with two columns that are called 'answer'."),
    Code("FT239", "Rows above the table were left out: a title, or notes.",
         "Say which row has the names with 'header_row', if it is another.", "advice",
         example="A workbook with a title in A1, and the names of three columns in row 3."),
)  # fmt: skip
