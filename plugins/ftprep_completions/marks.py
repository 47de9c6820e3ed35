r"""What separators and stop sequences look like, and which are proposed where there are none.

An ending that all prompts share is often an accident: `?`, ` is?`, ` text`. Taken for the separator, it would stand in
the middle of other texts, and at inference nobody would write it. A mark is a line of its own, a line break, or signs
that end no sentence.
"""

from __future__ import annotations

import re

SEPARATORS = (
    " ->", "\n\n###\n\n", "\n\n===\n\n", "\n\n---\n\n", "\n\n===>\n\n", "\n\n--->\n\n", "\n\n### =>\n\n",
)  # fmt: skip
"""What is proposed as separator, the first first; ` ->` only where no prompt has a line break. Source: the candidates
of openai 0.28.1 `fine_tunes.prepare_data`, as are the STOPS."""
STOPS = ("\n", ".", " END", "***", "+++", "&&&", "$$$", "@@@", "%%%", " [END]")
"""What is proposed as stop sequence, the first first."""

_SIGNS = r"[^\w\s]*(?:[>|→⇒]|([\#=~*&@$%/+-])\1\1+|\#\#|==|--|\*\*|~~)"
_STOP = rf"""
    \s*(?:{_SIGNS})\s*$          # signs: ->, ###, |
  | \s*\[[^\s\[\]]+\]\s*$        # a word in brackets: [END]
  | \s*<[^\s<>]+>\s*$            # a tag: </s>
  | \s+(?:END|STOP|SEP)\s*$
  | [^\S\n]*\n\s*$               # a line break
"""
_LAST_LINE = r"""
    \s*\n(?=\S)[^\n]*\s*$        # a last line of its own: Answer:
  | \s*[^\s:]*:\s*$              # a word with a colon: A:
"""
_SEPARATOR_MARK = re.compile(f"{_LAST_LINE} | {_STOP}", re.VERBOSE)
_STOP_MARK = re.compile(_STOP, re.VERBOSE)
_PUNCTUATION = re.compile(r"[^\w\s]+\s*$")
_LONGEST = 1000
"""Characters of an ending that are looked at."""


def separator_in(ending: str) -> str:
    """The part of a common ending of prompts that marks their end; empty: such texts only happen to end so."""
    found = _SEPARATOR_MARK.search(ending[-_LONGEST:])
    return found[0] if found is not None else ""


def stop_in(ending: str) -> str:
    """The part of a common ending of completions at which inference can stop; empty: there is none."""
    found = _STOP_MARK.search(ending[-_LONGEST:])
    return found[0] if found is not None else ""


def punctuation_in(ending: str) -> str:
    """The punctuation at the end of a common ending: a stop sequence, too, where it occurs nowhere else."""
    found = _PUNCTUATION.search(ending[-_LONGEST:])
    return found[0] if found is not None else ""


def whole_words(prefix: str) -> str:
    """A common beginning without the beginning of a word at its end: of `positive` and `possible` it is nothing."""
    return re.sub(r"\w+$", "", prefix)
