"""What a plugin makes of a rule pack: a transformer that looks at rows as they were read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from ..codes import Code
from ..errors import RecipeError, did_you_mean
from ..example import Example, Finding, Outcome, Row
from ..steps import Map, Proposal, StepRun
from .codes import ROW_CODES
from .faults import Fault
from .pack import Pack, read_pack
from .rows import Look, kind_of_row


class RowRules(Map):
    """Looks at rows as they were read, and reports what a service would refuse. A plugin's own class names the rules:

        class AcmeRules(RowRules):
            name = "acme_rules"
            rules_of = "acme"
            pack = Path(__file__).with_name("rules.json")

    What breaks the pack's `order` (who speaks when) has a code of the plugin's own: `order_code` names it, and
    `problem_codes` says what it means.
    """

    problem_codes: ClassVar[tuple[Code, ...]] = ROW_CODES

    pack: ClassVar[Path]
    """The file of rules: JSON, as `ftprep.RulePack` describes it."""
    order_code: ClassVar[str] = ""
    """The plugin's code for who speaks when, where the pack has an `order`."""

    kind: str | None = None
    """The kind of data that the file is to be, e.g. `chat`: rows of another kind are reported. Without it a row may be
    of any kind that the service takes."""

    @classmethod
    def rules(cls) -> Pack:
        """The rules, read once."""
        return read_pack(cls.pack)

    @classmethod
    def propose(cls, rows: Sequence[Row]) -> Proposal | None:
        """By the share of rows that have the keys of one of the kinds."""
        return next(iter(cls.proposals(rows)), None)

    @classmethod
    def proposals(cls, rows: Sequence[Row]) -> Sequence[Proposal]:
        """One for each kind that rows are of, the most frequent first."""
        pack = cls.rules()
        kinds = Counter(kind for row in rows if (kind := _whole_kind(row, pack)) is not None)
        sure = pack.sure * sum(kinds.values()) / len(rows)
        return tuple(
            Proposal(kind=kind, options={}, sure=sure, why=f"rows have {' and '.join(pack.kinds[kind].needs)}")
            for kind, _ in kinds.most_common()
        )

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What looks at an example, and remembers the shapes of rows that are right. Raises RecipeError for a kind that
        the service does not take."""
        return _Told(self._look())

    def apply(self, example: Example) -> Outcome:
        """The example as it is; with it a Finding for each thing that is wrong with its row."""
        return _Told(self._look())(example)

    def request(self, example: Example, run: StepRun) -> Example:
        """The example: inference has no training rows."""
        return example

    def _look(self) -> Look:
        pack = self.rules()
        if self.kind is not None and self.kind not in pack.kinds:
            text = f"'{self.name}': {pack.service} has no kind '{self.kind}'"
            raise RecipeError(text, hint=did_you_mean(self.kind, list(pack.kinds)))
        return Look(pack, self.order_code, self.kind)


def _whole_kind(row: Row, pack: Pack) -> str | None:
    """The kind of a row that has all of its keys, no other that would be refused, and its messages as a list."""
    name = kind_of_row(row, pack)
    kind = pack.kinds[name] if name is not None else None
    if kind is None or not all(key in row for key in kind.needs):
        return None
    if kind.others == "error" and any(key not in kind.needs and key not in kind.may for key in row):
        return None
    of_lists = kind.messages is not None and kind.inside is None
    return name if not of_lists or isinstance(row[kind.messages or ""], list) else None


class _Told:
    """What the engine calls per example, or per batch."""

    def __init__(self, look: Look):
        self._look = look

    def __call__(self, example: Example) -> Outcome:
        found = self._look.found(example.fields)
        return [example, *map(_finding, found)] if found else example

    def apply_all(self, examples: Sequence[Example]) -> list[Outcome]:
        """The same for a batch."""
        return list(map(self, examples))


def _finding(fault: Fault) -> Finding:
    return Finding(fault.code, fault.text, fault.hint, fault.level)
