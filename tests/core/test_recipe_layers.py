"""What is laid over a recipe: `extends` and `${env:}`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftprep.recipe import load
from recipes import TOP, refused, write

pytestmark = pytest.mark.files


class TestExtends:
    BASE = (
        "version: 1\nread: data/a.csv\nsplit: {validation: 10%, test: 5%}\nwrite:\n  openai_chat: {system: a, n: 1}\n"
    )

    def test_mappings_merge_lists_and_scalars_replace_null_removes(self, tmp_path: Path):
        write(tmp_path, self.BASE + "transform: [a, b]\nmodel: m\n", "base/b.yaml")
        child = "extends: base/b.yaml\ntransform: [c]\nmodel: ~\nsplit: {test: ~, stratify: x}\n"
        child += "write: {openai_chat: {n: 2}}\n"
        recipe = load(write(tmp_path, child))
        assert recipe.data == {
            "version": 1,
            "read": "data/a.csv",
            "split": {"validation": "10%", "stratify": "x"},
            "write": {"openai_chat": {"system": "a", "n": 2}},
            "transform": ["c"],
        }
        assert recipe.name == "r"

    def test_places_and_folders_stay_those_of_the_file_a_value_stands_in(self, tmp_path: Path):
        write(tmp_path, self.BASE, "base/b.yaml")
        recipe = load(write(tmp_path, "extends: base/b.yaml\nwrite:\n  openai_chat: {n: x}\n", "r.yaml"))
        assert (
            recipe.problem(("write", "openai_chat", "system"), "m").place == f"{tmp_path.as_posix()}/base/b.yaml:5:25"
        )
        assert recipe.problem(("write", "openai_chat", "n"), "m").place == f"{tmp_path.as_posix()}/r.yaml:3:20"
        assert recipe.folder(("read",)) == tmp_path / "base"
        assert recipe.folder(("write", "openai_chat", "n")) == tmp_path

    def test_several_are_laid_on_each_other_in_order(self, tmp_path: Path):
        write(tmp_path, self.BASE, "a.yaml")
        write(tmp_path, "extends: [a.yaml]\nsplit: {validation: 20%}\nseed: 1\n", "b.yaml")
        write(tmp_path, "seed: 2\n", "c.yaml")
        recipe = load(write(tmp_path, "extends: [b.yaml, a.yaml, c.yaml]\n"))
        assert (recipe.split, recipe.seed) == ({"validation": "10%", "test": "5%"}, 2)

    def test_a_variable_may_choose_the_base(self, tmp_path: Path):
        write(tmp_path, self.BASE, "a.yaml")
        assert load(write(tmp_path, "extends: ${env:BASE}.yaml\n"), env={"BASE": "a"}).split is not None

    @pytest.mark.parametrize(
        ("text", "others", "expected"),
        [
            ("extends: r.yaml", {},
             ["r.yaml:1:10: 'r.yaml' extends this recipe, which extends it; remove one 'extends'"]),
            (
                "extends: b.yaml",
                {"b.yaml": "version: 1\nextends: [./r.yaml]\n"},
                ["b.yaml:2:11: './r.yaml' extends this recipe, which extends it; remove one 'extends'"],
            ),
            ("extends: bse.yaml", {"base.yaml": "{}"},
             ["r.yaml:1:10: 'bse.yaml': no such file; did you mean 'base.yaml'?"]),
            (
                "extends: no/b.yaml",
                {},
                ["r.yaml:1:10: 'no/b.yaml': no such file; there is no folder 'no' either"],
            ),
            ("extends: 5", {}, ["r.yaml:1:10: 'extends' takes a path (got 5); write extends: base.yaml"]),
            ("extends: [~, {}]", {}, [
                "r.yaml:1:11: 'extends' takes a path (got nothing); write extends: base.yaml",
                "r.yaml:1:14: 'extends' takes a path (got a mapping); write extends: base.yaml",
            ]),
            ("extends: l.yaml", {"l.yaml": "- a"},
             ["r.yaml:1:10: 'l.yaml' is no recipe, but a list; name a recipe file"]),
            (
                "name: a/b\nextends: s.yaml",
                {"s.yaml": "x: [1"},
                [
                    "r.yaml:1:7: the name 'a/b' is no plain folder name; use letters, digits, '_', '-', '.' and "
                    "spaces; begin and end with a letter or digit; at most 100 bytes",
                    "s.yaml:1:4: '[' is never closed; add ']'",
                ],
            ),
            (
                "extends: w.yaml\nwrite: {b: 1}",
                {"w.yaml": "write: {a: 1}\nnonsence: 1\nseed: -1\n"},
                [
                    "r.yaml:2:9: an item has one name, but here are 2: 'a', 'b'; 'extends' merges mappings: write "
                    "'a: null' to remove what the other recipe has",
                    "w.yaml:2:1: unknown key 'nonsence'; known: check, description, extends, model, name, read, "
                    "report, seed, split, transform, upload, use_case, version, write",
                    "w.yaml:3:7: 'seed' is a whole number from 0 (got -1); write seed: 0",
                ],
            ),
        ],
        ids=["itself", "each-other", "misspelt", "no-folder", "a-number", "nothing", "a-list", "broken", "two-writers"],
    )  # fmt: skip
    def test_mistakes_name_the_file_they_stand_in(self, text: str, others: dict, expected: list[str], tmp_path: Path):
        for name, content in others.items():
            write(tmp_path, content, name)
        found = refused(
            tmp_path, write(tmp_path, text + "\nversion: 1\nread: a\n" + ("" if "write" in text else "write: w\n"))
        )
        assert found == expected

    def test_a_long_row_of_files_is_refused(self, tmp_path: Path):
        for n in range(12):
            write(tmp_path, TOP + f"extends: r{n + 1}.yaml\n", f"r{n}.yaml")
        assert refused(tmp_path, tmp_path / "r0.yaml") == [
            "r9.yaml:4:10: more than 10 recipes extend each other; extend a recipe closer to the base"
        ]


class TestEnvironment:
    ENV = {"NAME": "env", "N": "7", "EMPTY": "", "WORDS": "a: b # {c}", "YES": "true", "NUL": "null"}

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("${env:NAME}", "env"),
            ("a ${env:NAME} ${env:NAME}", "a env env"),
            ("${env:N}", 7),
            ('"${env:N}"', "7"),
            ("${env:YES}", True),
            ("${env:NUL}", "null"),
            ("${env:EMPTY}", ""),
            ("${env:WORDS}", "a: b # {c}"),
            ("${env:NO:-x y}", "x y"),
            ("${env:EMPTY:-x}", "x"),
            ("${env:NO:-}", ""),
            ("${env:NO:-3}", 3),
            ("$${env:NAME} $${x}", "${env:NAME} ${x}"),
            ("${x} $NAME ${", "${x} $NAME ${"),
            ("{a: [ '${env:NAME}' ]}", {"a": ["env"]}),
        ],
    )
    def test_values_are_filled(self, text: str, value: object, tmp_path: Path):
        recipe = load(write(tmp_path, TOP + f"report: {text}\n"), env=self.ENV)
        assert recipe.report == value
        assert type(recipe.report) is type(value)

    def test_the_manifest_keeps_what_was_written(self, tmp_path: Path):
        recipe = load(write(tmp_path, TOP.replace("a.csv", "${env:NAME}/$${a}.csv")), env=self.ENV)
        assert recipe.read[0].value == {"path": "env/${a}.csv"}
        assert recipe.data["read"] == "${env:NAME}/$${a}.csv"

    def test_free_keys_are_left_alone(self, tmp_path: Path):
        assert load(write(tmp_path, TOP + "x-a: ${env:NOTHING}\n"), env={}).data["x-a"] == "${env:NOTHING}"
