"""The conformance kit for plugin authors: each function tries a step on samples, and raises `Broken` where it breaks a
rule of the contract, with the rule's text and the place. No test framework is needed.

    from ftprep.testing import check_map

    def test_it_keeps_the_contract():
        check_map(Shout(mark="!"))
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from ..example import Example, Row
from ..steps import Check, Gather, Map, ModelFacts, Reader, Select, Session, Step, StepRun, Tokenizer, Uploader, Writer
from . import shows  # noqa: F401
from .checks import CheckCase
from .ends import ModelCase, TokenizerCase
from .gathers import GatherCase
from .options import OptionsCase
from .plugin import PluginCase, examine
from .readers import ReaderCase
from .recipes import run_recipe
from .rules import RULES, Broken, Rule, judge
from .samples import EXAMPLES, Plain, sample_run
from .trying import StepCase
from .uploaders import UploaderCase
from .writers import WriterCase

__all__ = [
    "EXAMPLES", "RULES", "Broken", "Plain", "Rule", "check_check", "check_gather", "check_map", "check_model",
    "check_options", "check_plugin", "check_reader", "check_select", "check_tokenizer", "check_uploader",
    "check_writer", "run_recipe", "sample_run",
]  # fmt: skip


def check_options(step: Step | type[Step]) -> None:
    """The options of a step, or of a class of steps: named, documented, closed, and plain JSON. Raises Broken."""
    cls, made = (step, None) if isinstance(step, type) else (type(step), step)
    judge("options", cls.__name__, OptionsCase(cls, made))


def check_map(step: Map, examples: Sequence[Example] = (), run: StepRun | None = None) -> None:
    """A Map, tried on `examples` (those it is made for) and on EXAMPLES. Raises Broken."""
    _step("map", step, StepCase(step, [*examples, *EXAMPLES], run or sample_run()))


def check_select(step: Select, examples: Sequence[Example] = (), run: StepRun | None = None) -> None:
    """A Select, tried on `examples` and on EXAMPLES. Raises Broken."""
    _step("select", step, StepCase(step, [*examples, *EXAMPLES], run or sample_run()))


def check_check(step: Check, examples: Sequence[Example] = (), run: StepRun | None = None) -> None:
    """A Check, tried on `examples` and on EXAMPLES. `run.writer` is the format it looks at. Raises Broken."""
    _step("check", step, CheckCase(step, [*examples, *EXAMPLES], run or sample_run()))


def check_writer(step: Writer, examples: Sequence[Example] = (), run: StepRun | None = None) -> None:
    """A Writer, tried on `examples` and on EXAMPLES. Raises Broken."""
    _step("writer", step, WriterCase(step, [*examples, *EXAMPLES], run or sample_run(step)))


def check_gather(step: Gather, rows: Sequence[Row], run: StepRun | None = None) -> None:
    """A Gather, tried on `rows` of a table, at least two roots of them. Raises Broken."""
    _step("gather", step, GatherCase(step, rows, run or sample_run()))


def check_reader(step: Reader, sample: bytes, name: str, endless: tuple[bytes, bytes] | None = None) -> None:
    """A Reader, tried on a file of this name and content, and on files that no reader is glad of.

    `endless` is how a file of the format begins, and a piece that may come again and again; with it, laziness is tried
    too. Leave it out for a format that must be read as a whole. Raises Broken.
    """
    _step("reader", step, ReaderCase(step, sample, name, endless))


def check_uploader(step: Uploader, session: Session | None = None) -> None:
    """An Uploader: its connection, and a file that is not there; nothing is sent, and the variables that its options
    name (`…_env`) hold a made-up secret.

    With a session, whose environment has what the uploader needs, a small file is sent, looked for, and deleted: for
    an uploader that works on this machine, or whose options lead to a stand-in. Raises Broken.
    """
    with closing(UploaderCase(step, session)) as case:
        _step("uploader", step, case)


def check_tokenizer(cls: type[Tokenizer], *files: str) -> None:
    """A Tokenizer: each encoding whose tables are on this machine, and each of these files of vocabularies. Raises
    Broken."""
    check_options(cls)
    judge("tokenizer", cls.__name__, TokenizerCase(cls, files))


def check_model(facts: ModelFacts) -> None:
    """Facts about a model. Raises Broken."""
    judge("model", f"model {facts.name}", ModelCase(facts))


def check_plugin(name: str) -> None:
    """An installed plugin, by its entry point: it loads, quickly and quietly, and each thing it offers keeps the rules
    that can be looked at without samples of its own. Raises Broken."""
    from ..registry import Registry

    for looked in examine(PluginCase(name, Registry.installed(block=""))):
        if looked.broken is not None:
            raise looked.broken


def _step(kind: str, step: Step, case: object) -> None:
    check_options(step)
    judge(kind, type(step).__name__, case)
