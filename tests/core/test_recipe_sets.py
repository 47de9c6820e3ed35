"""What `--set` lays over a recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftprep.recipe import Item, load
from recipes import FULL, TOP, refused, write

pytestmark = pytest.mark.files


SET = [
    ("seed=7", "seed", 7),
    ("name=y", "name", "y"),
    ("name=${env:X}", "name", "${env:X}"),
    ("model.name=q", "model", {"name": "q"}),
    ("split.test=50", "split", {"validation": "10%", "test": 50}),
    ("x-a=1", "x-a", 1),
    ("upload=openai", "upload", "openai"),
    ("check=[tokens, {labels: {n: 1}}]", "check", ["tokens", {"labels": {"n": 1}}]),
    ("read=b.csv", "read", "b.csv"),
    ("read.csv=b.csv", "read", {"csv": "b.csv"}),
    ("read.csv.delimiter=;", "read", {"csv": {"path": "a.csv", "delimiter": ";"}}),
    ("transform.conversations.separator=###", "transform.0", {"conversations": {"user": "Human", "separator": "###"}}),
    ("transform.conversations.user=You are: nice", "transform.0", {"conversations": {"user": "You are: nice"}}),
    ('transform.conversations.user=" a\\n"', "transform.0", {"conversations": {"user": " a\n"}}),
    ("transform.conversations.a.b=no", "transform.0", {"conversations": {"user": "Human", "a": {"b": "no"}}}),
    ("transform.window=3", "transform.1", {"window": 3}),
    ("transform.window={context: 3}", "transform.1", {"window": {"context": 3}}),
    ("transform[1].window=", "transform.1", {"window": None}),
    ("transform[1]=clean", "transform.1", "clean"),
    ("transform.dedupe=text", "transform.2", {"dedupe": "text"}),
    ("transform.dedupe.on=[a, b]", "transform.2", {"dedupe": {"on": ["a", "b"]}}),
    ("transform[2].dedupe.on=a", "transform.2", {"dedupe": {"on": "a"}}),
    ("transform[4].stop=c", "transform.4", {"stop": "c"}),
    ("write.openai_chat.system=Be nice", "write.0", {"openai_chat": {"system": "Be nice"}}),
    ("write.openai_completion.steps.dialogue.names=true", "write.1",
     {"openai_completion": {"steps": [{"dialogue": {"names": True}}, {"stop": "c"}]}}),
    ("write.openai_completion.steps[1]=stop", "write.1", {"openai_completion": {"steps": ["dialogue", "stop"]}}),
]  # fmt: skip


class TestSet:
    @pytest.mark.parametrize(("text", "where", "value"), SET, ids=[case[0] for case in SET])
    def test_a_value_is_set(self, text: str, where: str, value: object, tmp_path: Path):
        found = load(write(tmp_path, FULL), sets=[text], env={"X": "x"}).data
        for part in where.split("."):
            found = found[int(part) if part.isdigit() else part]
        assert found == value

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("seed", "'seed' sets nothing; write --set path=value"),
            ("a..b=1", "'a..b' is no path; write keys with dots, items as [0]: transform[0].window.context"),
            ("sed=1", "unknown key 'sed'; did you mean 'seed'?"),
            ("extends=a.yaml", "'extends' cannot be set; write it in the recipe"),
            ("seed=x", "'seed' is a whole number from 0 (got 'x'); write seed: 0"),
            ("transform.dedup=1", "'transform' has no item 'dedup'; did you mean 'dedupe'?"),
            ("transform.stop=c", "'transform' has 2 items 'stop'; write transform[3] or transform[4]"),
            ("transform[9]=x", "there is no 'transform[9]'; 'transform' has 5 items, [0] to [4]"),
            ("transform[0].window=1", "'transform[0]' has no item 'window'; there are: conversations"),
            (
                "transform.window.context=3",
                "'transform[1].window' is 5 and has no key 'context'; give it a new value: --set "
                "'transform[1].window=...'; or write its options out in the recipe",
            ),
            ("read.excel=b", "'read' has no item 'excel'; there are: csv"),
            ("read[0]=b", "'read' is no list (it is a mapping); leave out the [n]"),
            ("check.tokens.on_fail=drop", "'check' has no item 'tokens'; there are: none"),
            ("write.openai_completion.steps.x=1",
             "'write[1].openai_completion.steps' has no item 'x'; there are: dialogue, stop"),
            ("name={text}", "'{text}' is read as a mapping without values; quote a template: \"{text}\""),
            ("name='it", "the quote ' that begins here is never closed; close it on the line where it ends"),
            ("report={b: 1, b: 2}", "duplicate key 'b'; keep one of them"),
            ("transform[1]=3", "an item is a name, or 'name: options' (got 3); write a name, or 'name: options'"),
            ("name=${env:NO}",
             "the environment variable 'NO' is not set; set it, or give a default: ${env:NO:-default}"),
        ],
    )  # fmt: skip
    def test_a_mistake_names_the_option_of_the_command_line(self, text: str, expected: str, tmp_path: Path):
        assert refused(tmp_path, write(tmp_path, FULL), sets=[text], env={}) == [f"--set #1: {expected}"]

    def test_a_key_of_a_plain_list_is_refused(self, tmp_path: Path):
        file = write(tmp_path, TOP + "report: {a: [1, 2]}\n")
        assert refused(tmp_path, file, sets=["report.a=[]", "report.a.b=1", "report.a[0]=1"]) == [
            "--set #2: 'report.a' is a list and has no key 'b'; write [n] for an item of it",
            "--set #3: there is no 'report.a[0]'; 'report.a' has no items",
        ]

    def test_a_bare_section_takes_options(self, tmp_path: Path):
        recipe = load(write(tmp_path, TOP), sets=["write.w.n=1"])
        assert recipe.write == [Item("w", {"n": 1}, ("write", 0, "w"))]

    def test_later_ones_build_on_earlier_ones(self, tmp_path: Path):
        recipe = load(write(tmp_path, FULL), sets=["transform=[clean]", "transform.clean.form=NFC"])
        assert recipe.transform == [Item("clean", {"form": "NFC"}, ("transform", 0, "clean"))]
        assert str(recipe.problem(("transform", 0, "clean", "form"), "m")) == "--set #2: m"

    def test_paths_that_are_set_are_relative_to_where_you_stand(self, tmp_path: Path):
        recipe = load(write(tmp_path, FULL), sets=["read.csv.path=b.csv", "read.csv.delimiter=;"])
        assert recipe.folder(("read", "csv", "path")) == Path.cwd()
        assert load(write(tmp_path, FULL), sets=["read.csv.delimiter=;"]).folder(("read", "csv", "path")) == tmp_path

    def test_two_characters_that_were_to_be_a_newline_are_said(self, tmp_path: Path):
        recipe = load(write(tmp_path, FULL), sets=["transform[3].stop=\\n"])
        assert [str(p) for p in recipe.warnings] == [
            r"""--set #1: '\n' stays two characters here; write '"\n"', double quotes within single ones"""
        ]
