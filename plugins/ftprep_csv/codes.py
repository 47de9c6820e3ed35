"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT210", "The delimiter was found by looking or in the sep= line, or none was found and each row is one cell.",
         "If it is wrong, say which with 'delimiter'.", "advice",
         fails="prompt;completion\nHi;Hello.\n",
         passes='{"prompt": "Hi", "completion": "Hello."}\n',
         asks="write: openai_completion"),
    Code("FT211", "A row spans many lines that look like rows: a quote may have been left open.",
         "Close the quote in the first of the lines.", "warning",
         fails='prompt,completion\nHi,"Hello.\nBye,See you.\nWho?,Me.\nWhy?,So.\nWhere?,Here."\n',
         passes="prompt,completion\nHi,Hello.\nBye,See you.\nWho?,Me.\nWhy?,So.\nWhere?,Here.\n"),
    Code("FT212", "Cells are quoted otherwise than with double quotes, doubled inside; how was found by looking.",
         "If it is wrong, say how with 'quote' and 'escape'.", "advice",
         fails="prompt,completion\n'Hi, you','Hello, I'\n'Bye','So long'\n",
         passes='prompt,completion\n"Hi, you","Hello, I"\nBye,So long\n'),
    Code("FT213", "The first row looks like the rows below it, so it was not taken for the names of the columns.",
         "Name the columns in a first row, or with 'columns'; a true header is kept with 'header: true'.", "warning",
         fails="The battery is dead again.,bad\nI like it a lot so far.,good\nIt broke on day one.,bad\n"
         "The best one I ever had.,good\n",
         passes="text,label\nThe battery is dead again.,bad\nI like it a lot so far.,good\nIt broke on day one.,bad\n"
         "The best one I ever had.,good\n"),
    Code("FT214", "Columns have no name, or the same one; they were numbered.",
         "Give each a name of its own.", "warning",
         fails="prompt,completion,completion\nHi,Hello,1\n", passes="prompt,completion,n\nHi,Hello,1\n"),
)  # fmt: skip
