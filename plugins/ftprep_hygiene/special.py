"""The check `special_tokens`: marks of a model's own, written out in a text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ftprep import Check, Drop, Example, Finding, Fix, Note, Shown, StepRun, Table, Topic, Verdict

from .codes import SPECIAL
from .many import looked, texts_of
from .texts import texts

DEFAULT = (
    "<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|endofprompt|>",
    "<|startoftext|>", "<|return|>", "<|constrain|>", "<|channel|>", "<|start|>", "<|end|>", "<|message|>", "<|call|>",
    "<|im_start|>", "<|im_sep|>", "<|im_end|>",
    "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>",
    "<|python_tag|>", "<|finetune_right_pad_id|>",
    "<start_of_turn>", "<end_of_turn>",
    "[INST]", "[/INST]",
)  # fmt: skip
"""Sources, by line: tiktoken, `tiktoken_ext/openai_public.py`, p50k_edit, cl100k_base and o200k_base; the same,
o200k_harmony without the reserved ones; OpenAI's ChatML, with Azure's separator; Meta, Llama 3 prompt formats; Google,
Gemma formatting; Mistral, instruction format. `<s>` and `</s>` are not among them: they are HTML, too."""

_LEAVE_OUT = Fix(
    change="Leave out the examples whose text has a special token",
    check=({"special_tokens": {"on_fail": "drop"}},),
    order=10,
)


class SpecialTokens(Check):
    """Looks for special tokens in the text, such as `<|endoftext|>`: the marks that models put around texts themselves.

    A service refuses the file, at times after hours, or reads them as what they stand for. It looks for
    `<|endoftext|>`, `<|endofprompt|>`, `<|fim_…|>` and those of Harmony (OpenAI), `<|im_…|>` (ChatML), the header and
    end marks of Llama 3, `<start_of_turn>`, `<end_of_turn>` (Gemma), `[INST]` and `[/INST]` (Mistral), wherever a model
    reads: messages, names, reasoning, tools and their calls, rejected answers. Figures: token -> examples that have
    it, and the list of all that are `looked_for`.
    """

    name: ClassVar[str] = "special_tokens"
    problem_codes = SPECIAL
    topic: ClassVar[Topic] = "text"

    more: list[Annotated[str, Field(min_length=1)]] = []
    """Tokens to look for beside these, such as those of your own model."""
    only: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)] | None = None
    """Look for these and no others."""
    on_fail: Literal["warning", "error", "drop"] = "error"
    """What such an example leads to: a finding with their number, one that marks the result as not ok, or the example
    is dropped."""

    @model_validator(mode="after")
    def _one_of_them(self) -> SpecialTokens:
        if self.more and self.only is not None:
            raise ValueError("'only' says all that is looked for, so 'more' adds nothing; give one of them")
        return self

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """What looks for all tokens at once."""
        return _Look(self)

    def look(self, example: Example) -> Any:
        """The tokens of one example, with a Finding for each; or a Drop."""
        return self.start(StepRun())(example)

    def judge(self, state: Counter[str], run: StepRun) -> Verdict:
        """How many examples have which."""
        return Verdict(figures={**dict(sorted(state.items())), "looked_for": self.tokens()})

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """Which there are."""
        found = [[token, n] for token, n in figures.items() if token != "looked_for"]
        if not found:
            return [Note("No text has a special token of a model written out in it.", "good")]
        return [Table(head=["special token", "examples that have it"], rows=found)]

    def tokens(self) -> list[str]:
        """What it looks for."""
        return list(self.only) if self.only is not None else [*DEFAULT, *self.more]

    def said(self, found: list[str]) -> Any:
        """What is told of an example."""
        if not found:
            return None
        if self.on_fail == "drop":
            return Drop("special token in the text", ", ".join(found))
        hint = "take it out with 'replace', or drop such examples with special_tokens: {on_fail: drop}"
        said = [f"the text has the special token {token}" for token in found]
        return [*found, *(Finding("FT370", text, hint, self.on_fail, fix=_LEAVE_OUT) for text in said)]


class _Look:
    """What looks for all tokens at once."""

    def __init__(self, check: SpecialTokens):
        self._said = check.said
        tokens = check.tokens()
        self._marks = {token[:2] for token in tokens}
        self._first = {token[0] for token in tokens}
        self._pattern = re.compile("|".join(map(re.escape, sorted(tokens, key=len, reverse=True))))

    def __call__(self, example: Example) -> Any:
        whole = "\0".join(texts(example))
        if not any(mark in whole for mark in self._marks):  # nearly all texts end here
            return None
        return self._said(list(dict.fromkeys(self._pattern.findall(whole))))

    def look_all(self, examples: Sequence[Example]) -> list[Any]:
        """The same for many, whose texts are looked through as one."""
        found, ends = texts_of(examples)
        whole = "\0".join(found)
        places = list(self._places(whole))
        if not places:
            return [None] * len(examples)
        texts_end = list(accumulate(len(text) + 1 for text in found))
        return looked(examples, ends, {bisect_right(texts_end, place) for place in places}, self)

    def _places(self, whole: str) -> Iterator[int]:
        """Where tokens begin. Their first characters are looked for, which is many times faster than a pattern."""
        for mark in self._first:
            at = whole.find(mark)
            while at >= 0:
                if self._pattern.match(whole, at):
                    yield at
                at = whole.find(mark, at + 1)
