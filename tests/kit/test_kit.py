"""The kit itself: good steps pass, and for each rule there is a plugin that breaks only it."""

from __future__ import annotations

from pathlib import Path

import kit_good as good
import pytest
from kit_broken import BROKEN
from kit_good import LINES, ROWS

from ftprep import testing
from ftprep.registry import Registry
from ftprep.testing import RULES, Broken
from ftprep.testing.plugin import PluginCase
from ftprep.testing.rules import judge

pytestmark = pytest.mark.files

PLUGIN = """\
import ftprep

FTPREP_API = 1


class Quiet(ftprep.Map):
    \"\"\"Does nothing.\"\"\"

    name = "quiet"
    problem_codes = (ftprep.Code("QUIET1", "It is quiet.", "Speak."),)

    def apply(self, example):
        return example


@ftprep.hookimpl
def ftprep_transformers():
    return [Quiet]
"""
FILES = {
    "loads": PLUGIN.replace("[Quiet]", "[]"),
    "imports-lightly": "import pandas\n" + PLUGIN,
    "imports-quietly": "print('here I am')\n" + PLUGIN,
    "own-codes": PLUGIN.replace("QUIET1", "FT999"),
}
"""Rules of whole plugins, with a file that breaks each."""


def judged(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
    registry = Registry.installed(block="ALL", files=[path])
    judge("plugin", "plugin 'quiet'", PluginCase("quiet", registry, path))


def test_good_steps_keep_every_rule() -> None:
    testing.check_map(good.GoodMap())
    testing.check_select(good.GoodSelect())
    testing.check_check(good.GoodCheck())
    testing.check_gather(good.GoodGather(), ROWS)
    testing.check_reader(good.GoodReader(path="a.lines"), LINES, "a.lines", (b"", b"line\n"))
    testing.check_writer(good.GoodWriter())
    testing.check_uploader(good.GoodUploader())
    testing.check_uploader(good.GoodUploader(), good.SESSION)
    testing.check_tokenizer(good.GoodTokenizer)
    testing.check_model(good.GOOD_MODEL)


def test_a_good_plugin_keeps_every_rule(tmp_path: Path) -> None:
    judged(tmp_path / "quiet.py", PLUGIN)


@pytest.mark.parametrize("rule", list(RULES))
def test_each_rule_is_broken_by_a_plugin_that_breaks_only_it(rule: str, tmp_path: Path) -> None:
    with pytest.raises(Broken) as broken:
        if rule in FILES:
            judged(tmp_path / "quiet.py", FILES[rule])
        else:
            BROKEN[rule]()
    assert broken.value.rules == (rule,)
    assert f"- {rule}: {RULES[rule].text}\n" in str(broken.value)


def test_a_failure_says_what_must_be_and_where_it_is_not() -> None:
    with pytest.raises(Broken) as broken:
        BROKEN["limits"]()
    assert str(broken.value) == (
        "model m breaks a rule of the plugin contract\n"
        "- limits: Limits are numbers from 1, and costs of messages from 0.\n"
        "    m: context is 0"
    )


def test_several_broken_rules_are_shown_at_once() -> None:
    with pytest.raises(Broken) as broken:
        testing.check_model(good.GOOD_MODEL.__class__(name="m", context=0))
    assert str(broken.value) == (
        "model m breaks 2 rules of the plugin contract\n"
        "- has-source: Facts say where they were read, and when.\n"
        "    m has no source\n"
        "- limits: Limits are numbers from 1, and costs of messages from 0.\n"
        "    m: context is 0"
    )
