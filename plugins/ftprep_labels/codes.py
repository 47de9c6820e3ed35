"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT350", "Labels are more than one token, so the first token of an answer does not tell the class.",
         "Give them codes of one token, or shorter names.", "warning",
         fails="prompt,completion\nWhere is my parcel?,delivery problems\nI want to pay.,billing\n",
         passes="prompt,completion\nWhere is my parcel?,delivery\nI want to pay.,billing\n",
         asks="check: [{labels: {min_each: 1}}]\nmodel: babbage-002\nwrite: openai_completion"),
    Code("FT351", "Labels begin with the same token.",
         "Give them codes: the first token has to tell them apart.", "warning",
         fails="prompt,completion\nMy parcel is late.,delivery late\nMy parcel is broken.,delivery broken\n",
         passes="prompt,completion\nMy parcel is late.,late\nMy parcel is broken.,broken\n",
         asks="check: [{labels: {min_each: 1}}]\nmodel: babbage-002\nwrite: openai_completion"),
    Code("FT352", "Labels differ only in case or white space; the model would learn both.",
         "Write them in one way, e.g. with map_values.", "warning",
         fails="prompt,completion\nI want to pay.,billing\nI paid twice.,Billing\nWhere is it?,delivery\n",
         passes="prompt,completion\nI want to pay.,billing\nI paid twice.,billing\nWhere is it?,delivery\n",
         asks="check: [{labels: {min_each: 1}}]\nmodel: babbage-002\nwrite: openai_completion"),
    Code("FT353", "A class has few examples.", "Collect more, or set another 'min_each'.", "advice",
         fails="prompt,completion\nI want to pay.,billing\nI paid twice.,billing\nWhere is it?,delivery\n",
         passes="prompt,completion\nI want to pay.,billing\nI paid twice.,billing\nWhere is it?,delivery\n"
                "It is late.,delivery\n",
         asks="check: [{labels: {min_each: 2}}]\nmodel: babbage-002\nwrite: openai_completion"),
    Code("FT354", "All examples have one label, so there is nothing to tell apart.",
         "Add examples of another class.", "warning",
         fails="prompt,completion\nI want to pay.,billing\nI paid twice.,billing\n",
         passes="prompt,completion\nI want to pay.,billing\nWhere is it?,delivery\n",
         asks="check: [{labels: {min_each: 1}}]\nmodel: babbage-002\nwrite: openai_completion"),
    Code("FT355", "The same text has different labels.", "Keep one of them.", "warning",
         fails="prompt,completion\nI want to pay.,billing\nI want to pay.,delivery\n",
         passes="prompt,completion\nI want to pay.,billing\nWhere is it?,delivery\n",
         asks="check: [{labels: {min_each: 1}}]\nmodel: babbage-002\nwrite: openai_completion"),
    Code("FT356", "There are so many different answers that they are no labels.",
         "Leave the check 'labels' out.", "warning",
         fails="prompt,completion\nHi,Hello.\nBye,See you.\nWho?,Me.\n",
         passes="prompt,completion\nI want to pay.,billing\nI paid twice.,billing\nWhere is it?,delivery\n",
         asks="check: [{labels: {most: 2}}]\nmodel: babbage-002\nwrite: openai_completion"),
    Code("FT357", "The most frequent label is right in this share of the examples, whatever is asked: a model is worth "
         "something only where it is better.",
         "Compare what the tuned model reaches with it.", "advice",
         fails="prompt,completion\nI want to pay.,billing\nI paid twice.,billing\nNo bill came.,billing\n"
               "Where is it?,delivery\nIt is late.,delivery\nIt is broken.,delivery\nA refund?,billing\n",
         passes="prompt,completion\nI want to pay.,Here you can.\nI paid twice.,You get it back.\n",
         asks="check: [classes]"),
)  # fmt: skip
