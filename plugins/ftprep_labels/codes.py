"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT350", "Labels are more than one token, so the first token of an answer does not tell the class.",
         "Give them codes of one token, or shorter names.", "warning"),
    Code("FT351", "Labels begin with the same token.",
         "Give them codes: the first token has to tell them apart.", "warning"),
    Code("FT352", "Labels differ only in case or white space; the model would learn both.",
         "Write them in one way, e.g. with map_values.", "warning"),
    Code("FT353", "A class has few examples.", "Collect more, or set another 'min_each'.", "advice"),
    Code("FT354", "All examples have one label, so there is nothing to tell apart.",
         "Add examples of another class.", "warning"),
    Code("FT355", "The same text has different labels.", "Keep one of them.", "warning"),
    Code("FT356", "There are so many different answers that they are no labels.",
         "Leave the check 'labels' out.", "warning"),
)  # fmt: skip
