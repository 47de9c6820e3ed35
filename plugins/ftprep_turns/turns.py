"""The check `turns`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

from ftprep import Check, Drop, Example, Finding, Message, Note, Shown, StepRun, Table, Topic, Verdict, Writer

from .codes import CODES
from .faults import Found
from .rules import ANSWERED, Ending, Rules, found_in

_Code = Literal[
    "FT360", "FT361", "FT362", "FT363", "FT364", "FT365", "FT366", "FT367", "FT368", "FT369", "FT379"
]  # fmt: skip
_LEVELS = {code.code: code.level for code in CODES}


class Turns(Check):
    """Looks at the structure of conversations: who speaks when, whether answers are there and trained, and whether tool
    calls have their definition, their arguments and their result.

    What OpenAI refuses is an error, the rest a warning; each example is told once for each kind of fault. Arguments are
    compared with `type`, `properties`, `required`, `enum`, `items` and `additionalProperties` of the tool's schema; its
    other keywords are passed over, and an argument that is not listed needs `additionalProperties: true`. Figures: for
    each code the number of examples that were written with it, and the codes that are `looked_for`. Prompts and
    completions are no conversations: of them the check `completions` tells.
    """

    name: ClassVar[str] = "turns"
    problem_codes = CODES
    topic: ClassVar[Topic] = "turns"

    on_fail: Literal["warning", "error", "drop"] | None = None
    """What a fault leads to: the example is dropped, or reported at this level. Default: the level of its code."""
    ignore: list[
        Literal["FT360", "FT361", "FT362", "FT363", "FT364", "FT365", "FT366", "FT367", "FT368", "FT369", "FT379"]
    ] = []
    """Codes that are no fault here, e.g. FT361 for group chats."""

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """What looks at an example, and remembers shapes of conversations that are right; nothing for formats of
        pairs."""
        if run.writer is not None and run.writer.shape == "completion":
            return _nothing
        return _Look(self, ending_of(run.writer))

    def look(self, example: Example) -> Any:
        """None where nothing is wrong; the codes with a finding for each fault; or a Drop for the first."""
        return self.told(found_in(example))

    def judge(self, state: Mapping[str, int], run: StepRun) -> Verdict:
        """The figures; what is wrong has been told."""
        if run.writer is not None and run.writer.shape == "completion":
            return Verdict()
        looked_for = [code.code for code in CODES if code.code not in self.ignore]
        return Verdict(figures={**dict(sorted(state.items())), "looked_for": looked_for})

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """What is wrong with how many conversations."""
        if not figures:
            return []
        meanings = {code.code: code.meaning for code in CODES}
        rows = [[meanings.get(code, code), n, code] for code, n in figures.items() if code != "looked_for"]
        if rows:
            return [Table(head=["what", "examples", "code"], rows=rows, caption="Faults of conversations")]
        return [Note("Every conversation is in order: who speaks when, the answers, and the calls of tools.", "good")]

    def told(self, found: Sequence[Found]) -> Any:
        """What is told of the faults of an example."""
        if not found:
            return None
        kept = [(fault, where) for fault, where in found if fault.code not in self.ignore]
        if not kept:
            return None
        if self.on_fail == "drop":
            fault, where = kept[0]
            return Drop(fault.text, where)
        told = dict.fromkeys(fault for fault, _ in kept)
        findings = [
            Finding(fault.code, fault.text, fault.hint, self.on_fail or fault.level or _LEVELS[fault.code])
            for fault in told
        ]
        return [*dict.fromkeys(fault.code for fault in told), *findings]


_SILENT = Example(messages=(Message("user", "Hi"), Message("assistant")), rejected=(Message("assistant", "No."),))


def ending_of(writer: Writer | None) -> Ending:
    """How the rows of a writer end; what it does with an empty answer shows when it gets one."""
    if writer is None:
        return ANSWERED
    return Ending(writer.ends_in_answer, isinstance(writer.start(StepRun())(_SILENT), Drop))


def _nothing(example: Example) -> Any:
    return None


class _Look:
    """What looks, and remembers shapes of conversations that are right."""

    def __init__(self, check: Turns, ending: Ending):
        self._told = check.told
        self._rules = Rules(ending)

    def __call__(self, example: Example) -> Any:
        return self._told(self._rules.found(example))

    def look_all(self, examples: Sequence[Example]) -> list[Any]:
        """The same for many."""
        if self._rules.all_right(examples):
            return [None] * len(examples)
        return list(map(self, examples))
