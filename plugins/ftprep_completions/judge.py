"""What is to be said of prompts and completions once all were seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftprep import Finding, Fix

from . import marks
from .seen import Classes, Side, cases

PROMPT_PREFIX, COMPLETION_PREFIX, LONG_MARK = 12, 4, 10
"""Characters that prompts, completions may begin with in common, and that a separator may have (openai 0.28.1)."""
_CODE = 3
"""Characters of a text, its space included, that may be a code."""
DROPS, PREFIX, CASE, SPACE, ENDING = 10, 40, 50, 60, 90
"""Where the fixes stand: a prefix is looked for as it was written, and endings come last."""


class Judge:
    """All that was seen, and what was made of it."""

    def __init__(self, prompts: Side, completions: Side, classes: Classes, facts: Mapping[str, Any]):
        self.prompts, self.completions, self.classes = prompts, completions, classes
        self.open_ended = prompts.longest == 0
        self.classifies = not self.open_ended and classes.among(prompts.n)
        self.known_stops = [stop for stop in facts.get("stop") or () if stop]
        self.separator = self._separator(facts.get("separator") or "")
        self.stop = self._stop()

    @property
    def task(self) -> str:
        """What the data is for, as far as it can be told."""
        if self.open_ended:
            return "open-ended generation"
        return "classification" if self.classifies else "conditional generation"

    def figures(self) -> dict[str, Any]:
        """What inference and the training job have to be told."""
        made: dict[str, Any] = {"examples": self.prompts.n, "task": self.task}
        if self.classifies:
            made["classes"] = len(self.classes)
            made |= {"positive_class": self.classes.largest} if len(self.classes) == 2 else {}
            made |= {"flags": self._flags()} if len(self.classes) > 1 else {}
        made |= {"separator": self.separator} if self.separator else {}
        return made | ({"stop": self.stop} if self.stop else {})

    def findings(self) -> Iterator[Finding]:
        """All there is to say, in the order in which it would be mended."""
        if self.prompts.n < 2:
            return
        yield from self._sameness()
        if not self.open_ended and not self.prompts.same:
            yield from self._prompts()
        if not self.completions.same:
            yield from self._completions()

    def _flags(self) -> str:
        """How openai 0.28.1 told `fine_tunes.create` of the classes, the positive one as it is written in the rows."""
        classes = f"--classification_n_classes {len(self.classes)}"
        if len(self.classes) == 2:
            space = " " if self.completions.spaced == self.completions.n else ""
            ending = self.stop[len(self.stop.rstrip()) :]
            classes = f'--classification_positive_class "{space}{self.classes.largest}{ending}"'
        return f"--compute_classification_metrics {classes}"

    def _sameness(self) -> Iterator[Finding]:
        if not self.open_ended and self.prompts.same:
            hint = "write into each what its completion answers; for free writing leave all prompts empty"
            yield Finding("FT485", "all prompts are the same", hint, "error")
        if self.completions.same:
            hint = "add examples of other completions; of these the model learns to say this one, whatever it is asked"
            yield Finding("FT486", "all completions are the same", hint, "error")

    def _prompts(self) -> Iterator[Finding]:
        side, prefix = self.prompts, marks.whole_words(self.prompts.prefix)
        prefix = prefix if len(prefix) > PROMPT_PREFIX else ""
        if _capitals(side, prefix + self.separator):
            yield _lower("FT483", "prompt", self.separator)
        yield from self._ends_of_prompts()
        if prefix:
            able = side.shortest > len(prefix) + len(self.separator.rstrip())
            yield _prefix("FT490", "prompt", prefix, self.separator, able)

    def _completions(self) -> Iterator[Finding]:
        side, prefix = self.completions, marks.whole_words(self.completions.prefix)
        prefix = prefix if len(prefix) > COMPLETION_PREFIX else ""
        if _capitals(side, prefix + self.stop):
            yield _lower("FT484", "completion", self.stop)
        if prefix:
            able = side.shortest > len(prefix) + len(self.stop.rstrip())
            yield _prefix("FT491", "completion", prefix, self.stop, able)
        if self.task == "conditional generation" and not self.known_stops:
            yield from self._ends_of_completions()
        if side.spaced < side.n:
            which = "the completions do" if not side.spaced else f"{side.n - side.spaced} of {side.n} completions do"
            fix = Fix(change="Begin each completion with one space", transform=({"leading_space": {}},), order=SPACE)
            hint = "begin each with one, as the tokens of most models do: leading_space"
            yield Finding("FT495", f"{which} not begin with a space", hint, fix=fix)

    def _ends_of_prompts(self) -> Iterator[Finding]:
        if self.separator:
            yield from _about("FT488", "FT489", "separator", "prompts", self.separator, self.prompts)
            return
        found = _proposed(self.prompts, [one for one in marks.SEPARATORS if one != " ->" or not self.prompts.lines])
        text = _none(self.prompts, found, "prompts", "separator")
        if not found:
            yield Finding("FT487", text, "end each with a text that occurs in none of them: separator: {text: …}")
            return
        fix = Fix(change=f"End each prompt with {found!r}", transform=({"separator": {"text": found}},), order=ENDING)
        yield Finding("FT487", text, f"end each with {found!r}: separator: {{text: …}}", fix=fix)

    def _ends_of_completions(self) -> Iterator[Finding]:
        if self.stop:
            yield from _about("FT493", "FT494", "ending", "completions", self.stop, self.completions)
            return
        found = _proposed(self.completions, marks.STOPS)
        text = _none(self.completions, found, "completions", "ending to stop at")
        if not found:
            yield Finding("FT492", text, "end each with a text that occurs in none of them: stop: {text: …}")
            return
        fix = Fix(change=f"End each completion with {found!r}", transform=({"stop": {"text": found}},), order=ENDING)
        yield Finding("FT492", text, f"end each with {found!r}: stop: {{text: …}}", fix=fix)

    def _separator(self, known: str) -> str:
        """What marks the end of all prompts."""
        if self.open_ended or self.prompts.n < 2:
            return ""
        ending = self.prompts.suffix
        return known if known and ending.endswith(known) else marks.separator_in(ending)

    def _stop(self) -> str:
        """What marks the end of all completions."""
        ending = self.completions.suffix
        if self.completions.n < 2:
            return ""
        if known := next((stop for stop in self.known_stops if ending.endswith(stop)), ""):
            return known
        if found := marks.stop_in(ending):
            return found
        points = marks.punctuation_in(ending)
        return points if points and not self.completions.inside(points) else ""


def _capitals(side: Side, shared: str) -> bool:
    """Whether more than a third of the letters are capitals; what all texts share does not count, nor do short codes,
    such as classes have."""
    if side.longest - len(shared) <= _CODE:
        return False
    upper, lower = cases(shared)
    return (side.upper - side.n * upper) * 2 > side.lower - side.n * lower


def _lower(code: str, of: str, ending: str) -> Finding:
    options = {"of": of, **({"ending": ending} if cases(ending)[0] else {})}
    fix = Fix(change=f"Write the {of}s in lower case", transform=({"lower_case": options},), order=CASE)
    text = f"more than a third of the letters of the {of}s are capitals"
    hint = f"models read them in more and rarer tokens; write them in lower case: lower_case: {{of: {of}}}"
    return Finding(code, text, hint, "advice", fix=fix)


def _prefix(code: str, of: str, prefix: str, ending: str, able: bool) -> Finding:
    text = f"all {of}s begin with {_short(prefix)}"
    if not able:
        return Finding(
            code, text, f"leave it out; one {of} would be empty without it, so write that one anew", "advice"
        )
    options = {"of": of, "text": prefix, **({"ending": ending} if ending else {})}
    change = f"Take {_short(prefix)} away from the beginning of each {of}"
    fix = Fix(change=change, transform=({"strip_prefix": options},), order=PREFIX)
    return Finding(code, text, f"it costs tokens and says nothing: strip_prefix: {{of: {of}}}", "advice", fix=fix)


def _about(long: str, again: str, what: str, texts: str, mark: str, side: Side) -> Iterator[Finding]:
    """What is to be said of a separator or ending that there is."""
    if len(mark) > LONG_MARK:
        yield Finding(long, f"the {what} {_short(mark)} of the {texts} is long", "take a shorter one", "advice")
    if n := side.inside(mark):
        times = "once" if n == 1 else f"{n} times"
        text = f"the {what} {_short(mark)} of the {texts} also stands {times} before the end"
        yield Finding(again, text, f"replace it there, or take another {what}")


def _proposed(side: Side, candidates: Any) -> str:
    """The ending that most have already, else the first that occurs in none; empty: each occurs somewhere."""
    fit = [candidate for candidate in candidates if candidate not in side.holds]
    most = max(fit, key=lambda candidate: side.ends[candidate], default="")
    if most and side.ends[most] * 2 > side.n:
        return most
    return next((candidate for candidate in fit if not side.ends[candidate]), "")


def _none(side: Side, found: str, texts: str, what: str) -> str:
    """That they have no such ending, and which they have instead."""
    if found and (there := side.ends[found]):
        return f"{side.n - there} of {side.n} {texts} do not end with {found!r}, as the others do"
    accident = f": {_short(side.suffix)}, with which all end, may stand anywhere" if side.suffix.strip() else ""
    return f"the {texts} have no {what}{accident}"


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:59]}…")
