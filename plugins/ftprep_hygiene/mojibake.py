"""The check `mojibake`: text that was decoded wrongly, or has lost characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from ftprep import Check, Drop, Example, Finding, Fix, Note, Shown, StepRun, Table, Topic, Verdict

from .codes import MOJIBAKE
from .many import looked, texts_of
from .texts import texts
from .wrongly import pairs, suspect

_SHOWN = 20
_LOST = ("\ufffd", "ï¿½")
_WRONG = "the text was decoded wrongly (its UTF-8 was read as Windows-1252, so that ü became Ã¼)"
_GONE = "the text has replacement characters (U+FFFD): something was lost when it was decoded"
_REPAIR = Fix(change="Repair the texts that were decoded wrongly", transform=({"repair": {}},), order=30)


class Mojibake(Check):
    """Finds text that was decoded wrongly once, such as `Ã¼` for `ü` and `â€™` for `’`, and U+FFFD where text was lost.

    It takes characters for wrong where the way back through Windows-1252 or Latin-1 gives UTF-8 and nobody would have
    written them so; in doubt (`Spaß“`, `allé…»`, one letter of a script such as Greek) it says nothing. Figures: the
    20 most frequent of `wrong`, as `Ã¼: ü`, with how often, and `lost`, the number of examples with U+FFFD.
    """

    name: ClassVar[str] = "mojibake"
    problem_codes = MOJIBAKE
    topic: ClassVar[Topic] = "text"

    on_fail: Literal["warning", "error", "drop"] = "warning"
    """What such an example leads to: a finding with their number, one that marks the result as not ok, or the example
    is dropped. The transformer `repair` repairs what can be."""

    def look(self, example: Example) -> Any:
        """What is wrong in one example, as `Ã¼: ü`, with a Finding for each kind; or a Drop."""
        whole = "\0".join(texts(example))
        if whole.isascii():
            return None
        wrong = [f"{stands}: {meant}" for stands, meant in pairs(whole)]
        lost = any(mark in whole for mark in _LOST)
        if not wrong and not lost:
            return None
        if self.on_fail == "drop":
            return Drop("text decoded wrongly", ", ".join(dict.fromkeys(wrong[:5])) or "U+FFFD")
        return [*wrong, *self._findings(bool(wrong), lost)]

    def look_all(self, examples: Sequence[Example]) -> list[Any]:
        """The same for many; most texts are ASCII, or have no character that starts wrong ones."""
        found, ends = texts_of(examples)
        doubtful = (at for at, text in enumerate(found) if not text.isascii() and (suspect(text) or _LOST[0] in text))
        return looked(examples, ends, doubtful, self.look)

    def judge(self, state: Counter[str], run: StepRun) -> Verdict:
        """What was wrong, the most frequent first."""
        lost = state.get("lost", 0)
        wrong = sorted(((n, what) for what, n in state.items() if what != "lost"), key=lambda one: (-one[0], one[1]))
        return Verdict(figures={"wrong": {what: n for n, what in wrong[:_SHOWN]}, "lost": lost})

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """What stands in place of what, and how much is lost."""
        wrong, lost = figures.get("wrong") or {}, figures.get("lost", 0)
        shown: list[Shown] = []
        if lost:
            have = "1 example has" if lost == 1 else f"{lost:,} examples have"
            shown.append(Note(f"{have} replacement characters (U+FFFD) in place of what was lost.", "bad"))
        if wrong:
            rows = [[*what.split(": ", 1), n] for what, n in wrong.items()]
            head, caption = ["it says", "it should say", "times"], "Characters that were decoded wrongly"
            shown.append(Table(head=head, rows=rows, caption=caption))
        return shown or [Note("No text was decoded wrongly.", "good")]

    def _findings(self, wrong: bool, lost: bool) -> list[Any]:
        level: Literal["error", "warning"] = "error" if self.on_fail == "error" else "warning"
        found: list[Any] = []
        if wrong:
            hint = "repair it with the transformer 'repair', or name the encoding of the file where it is read"
            found.append(Finding("FT371", _WRONG, hint, level, fix=_REPAIR))
        if lost:
            hint = "read the original again with its encoding, or drop such examples with mojibake: {on_fail: drop}"
            found += ("lost", Finding("FT372", _GONE, hint, level))
        return found
