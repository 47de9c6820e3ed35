"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT380", "The input of a held-out example also stands in train or in the other held-out split, as it is or "
         "nearly: what is measured on it is too good.",
         "Split by the group that they share, or drop them with 'dedupe'.", "warning",
         fails="prompt,completion,split\nWhat is 1 + 1?,2,train\nWhat is 1 + 1?,Two.,test\n",
         passes="prompt,completion,split\nWhat is 1 + 1?,2,train\nWhat is 2 + 2?,4,test\n",
         asks="split: {from: split}\ncheck: [leakage]\nwrite: openai_completion"),
)  # fmt: skip
