"""What the codes of this plugin's problems mean."""

from __future__ import annotations

import json

from ftprep import Code


def _rows(*pairs: tuple[str, str]) -> str:
    return "".join(json.dumps({"prompt": prompt, "completion": completion}) + "\n" for prompt, completion in pairs)


def _asks(option: str) -> str:
    return f"{{check: [{{completions: {{{option}}}}}], write: openai_completion}}"


_GOOD = (("Who wrote Faust? ->", " Goethe, in 1808\n"), ("Where is Bern? ->", " In the middle of Switzerland\n"))
_FINE = _rows(*_GOOD)

CODES = (
    Code("FT481", "A completion is empty: there is nothing to be learned from it.",
         "Write the completion, or drop the row.",
         "error", _rows(*_GOOD, ("What is in the box? ->", " ")), _FINE),
    Code("FT482", "An example is very long: more than 10,000 characters are most often beyond what is trained on, and "
         "the rest is cut off without a word.",
         "Shorten it, or drop it.",
         "warning", _rows(*_GOOD, (f"{'Why? ' * 20} ->", " So\n")), _FINE,
         _asks("characters: 80")),
    Code("FT483", "Most letters of the prompts are capitals, which models read in more and rarer tokens.",
         "Write them in lower case.",
         "advice", _rows(("WHO WROTE FAUST? ->", " Goethe\n"), ("WHERE IS BERN? ->", " There\n")), _FINE),
    Code("FT484", "Most letters of the completions are capitals, which models read in more and rarer tokens.",
         "Write them in lower case.",
         "advice", _rows(("Who? ->", " GOETHE, IN 1808\n"), ("Where? ->", " IN SWITZERLAND\n")), _FINE),
    Code("FT485", "All prompts are the same, so they tell the model nothing of what is wanted.",
         "Write into each prompt what its completion answers; for free writing leave all prompts empty.",
         "error", _rows(("Write a poem ->", " Roses\n"), ("Write a poem ->", " Violets\n")), _FINE),
    Code("FT486", "All completions are the same: the model learns to say this, whatever it is asked.",
         "Add examples of other completions.",
         "error", _rows(("Who? ->", " No idea\n"), ("Where? ->", " No idea\n")), _FINE),
    Code("FT487", "The prompts do not end with a separator, so the model cannot tell where a prompt ends, and may go "
         "on with it instead of answering. A `?` is none: it may stand anywhere.",
         "End each prompt with a text that occurs nowhere else, in training as at inference.",
         "warning", _rows(("Who wrote Faust?", " Goethe\n"), ("Where is Bern?", " There\n")), _FINE),
    Code("FT488", "The separator is long, and each of its tokens is paid for with every prompt.",
         "Take a shorter one.",
         "advice", _rows(("Faust\nThe answer to this is:", " Goethe\n"), ("Bern\nThe answer to this is:", " There\n")),
         _FINE),
    Code("FT489", "The separator of the prompts also stands inside some of them, so it does not tell where they end.",
         "Replace it there, or take another separator.",
         "warning", _rows(("a -> b, what is b? ->", " It\n"), ("Who? ->", " Goethe\n")), _FINE),
    Code("FT490", "All prompts begin with the same words: they tell the model nothing, and are paid for each time.",
         "Leave them out, in training as at inference.",
         "advice", _rows(("Answer my question: Who? ->", " I\n"), ("Answer my question: Where? ->", " Here\n")), _FINE),
    Code("FT491", "All completions begin with the same words: they are paid for each time, and delay the answer.",
         "Leave them out, and add them to what the model says.",
         "advice", _rows(("Who? ->", " The answer: Goethe\n"), ("Where? ->", " The answer: Bern\n")), _FINE),
    Code("FT492", "The completions have no common ending, so the model does not learn when it is done, and inference "
         "has nothing to stop at.",
         "End each completion with a text that occurs in none of them, and give it as stop sequence.",
         "warning", _rows(("Who? ->", " Goethe"), ("Where? ->", " In Bern")), _FINE),
    Code("FT493", "The ending of the completions is long, and each of its tokens is paid for with every answer.",
         "Take a shorter one.",
         "advice", _rows(("Who? ->", " Goethe ***************"), ("Where? ->", " In Bern ***************")), _FINE),
    Code("FT494", "The ending of the completions also stands inside some of them: inference would stop there, and cut "
         "the answer off.",
         "Replace it there, or take another ending.",
         "warning", _rows(("Who? ->", " Goethe\nand Schiller\n"), ("Where? ->", " In Bern\n")), _FINE),
    Code("FT495", "Completions do not begin with a space, as the tokens of most models do; without it the model reads "
         "and writes rarer, shorter tokens.",
         "Begin each completion with one space.",
         "warning", _rows(("Who? ->", "Goethe\n"), ("Where? ->", "In Bern\n")), _FINE),
)  # fmt: skip
