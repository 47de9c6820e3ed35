"""Where a recipe comes from: files of all kinds, folders, and Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftprep.errors import RecipeError
from ftprep.recipe import Item, load
from ftprep.recipe.text import read_text
from recipes import FULL, TOP, refused, write

pytestmark = pytest.mark.files


class TestFiles:
    def test_a_folder_means_its_recipe(self, tmp_path: Path):
        write(tmp_path, TOP, "bot/recipe.yaml")
        assert load(str(tmp_path / "bot")).file == tmp_path / "bot" / "recipe.yaml"

    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            (FULL.encode("utf-16"), "r.yaml: this file is UTF-16; save it as UTF-8"),
            (FULL.encode("utf-32"), "r.yaml: this file is UTF-32; save it as UTF-8"),
            (FULL.encode("utf-16-le"), "r.yaml:1:2: a NUL character, which no text has; save the file as UTF-8 text"),
            (FULL.encode("utf-16-be"), "r.yaml:1:1: a NUL character, which no text has; save the file as UTF-8 text"),
            (b"version: 1\nname: a\0", "r.yaml:2:8: a NUL character, which no text has; remove it"),
            (
                b"version: 1\r\nname: a\x07",
                'r.yaml:2:8: the control character U+0007; remove it, or write "\\x07" in double quotes',
            ),
            (
                b"a: \xef\xbf\xbf",
                'r.yaml:1:4: the control character U+FFFF; remove it, or write "\\uffff" in double quotes',
            ),
            (b"\xef\xbb\xbfa: caf\xe9",
             "r.yaml:1:7: this is not UTF-8 (byte 0xe9, 'é' in Windows-1252); save the file as UTF-8"),
            (b"a:\n  \x81", "r.yaml:2:3: this is not UTF-8 (byte 0x81); save the file as UTF-8"),
            (b"#" * (1 << 21), "r.yaml: larger than 1 MiB, so it is no recipe; name a recipe, not a data file"),
        ],
        ids=["utf-16", "utf-32", "utf-16-le", "utf-16-be", "nul", "control", "odd", "cp1252", "bytes", "large"],
    )  # fmt: skip
    def test_bytes_that_are_no_recipe_are_named(self, raw: bytes, expected: str, tmp_path: Path):
        (tmp_path / "r.yaml").write_bytes(raw)
        assert refused(tmp_path, tmp_path / "r.yaml") == [expected]

    @pytest.mark.parametrize(
        "raw", [b"\xef\xbb\xbf" + FULL.encode(), FULL.replace("\n", "\r\n").encode()], ids=["bom", "crlf"]
    )
    def test_bytes_of_windows_editors_are_taken(self, raw: bytes, tmp_path: Path):
        (tmp_path / "r.yaml").write_bytes(raw)
        assert load(tmp_path / "r.yaml").data == load(write(tmp_path, FULL, "plain.yaml")).data

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("R.yml", "R.yml: no such file; did you mean 'r.yaml'?"),
            ("elsewhere", "elsewhere: no such file; there are: bot, r.yaml"),
            ("none/r.yaml", "none/r.yaml: no such file; there is no folder 'none' either"),
            ("empty/r.yaml", "empty/r.yaml: no such file; its folder holds no recipe"),
            ("empty", "empty: a folder without a recipe.yaml; name a recipe file"),
            ("other", "other: a folder without a recipe.yaml; there are: chat.yaml"),
        ],
    )
    def test_a_file_that_is_not_there_is_answered_with_what_is(self, name: str, expected: str, tmp_path: Path):
        for file in ("r.yaml", "bot/recipe.yaml", "empty/data.csv", "other/chat.yaml"):
            write(tmp_path, FULL, file)
        assert refused(tmp_path, tmp_path / name) == [expected]

    def test_a_link_to_nothing_is_named(self, tmp_path: Path):
        try:
            (tmp_path / "r.yaml").symlink_to(tmp_path / "r.yaml")
        except OSError:
            pytest.skip("links cannot be made here")
        assert refused(tmp_path, tmp_path / "r.yaml") == ["r.yaml: a link that leads nowhere; repair the link"]

    def test_a_path_no_system_takes_is_named(self, tmp_path: Path):
        name = "x" * 300
        assert refused(tmp_path, tmp_path / name)[0].startswith(f"{name}: ")

    def test_a_file_that_cannot_be_opened_is_named(self, tmp_path: Path):
        with pytest.raises(RecipeError) as error:
            read_text(tmp_path / "gone.yaml", "gone.yaml")
        assert str(error.value) == "gone.yaml: cannot be read: No such file or directory; check its permissions"

    def test_a_path_with_nul_is_named(self, tmp_path: Path):
        assert refused(tmp_path, "a\0b") == ["'a\\x00b': a path with a NUL character; remove it"]


class TestPython:
    def test_texts_are_taken_as_they_are(self):
        source = {
            "version": 1,
            "read": Path("d/a.csv"),
            "write": ["w"],
            "report": {"a": ("no", "5", 5, True, 1.5, None), 1: "x"},
        }
        recipe = load(source)
        assert recipe.report == {"a": ["no", "5", 5, True, 1.5, None], "1": "x"}
        assert recipe.read == [Item("", {"path": "d/a.csv"}, ("read",))]
        assert (recipe.file, recipe.name, recipe.folder(("read",))) == (None, "recipe", Path.cwd())

    def test_problems_have_paths_for_places(self, tmp_path: Path):
        source = {
            "version": 1,
            "transform": [{"a": 1, "b": 2}, {"q": {"x": {1}}}, float("nan"), {"w": 2**70}, {"s": "\ud800"}, {True: 1}],
            "seed": "no",
            "sed": 1,
        }
        types = "use text, finite numbers (integers of 64 bits), true, false, None, lists and mappings"
        assert refused(tmp_path, source) == [
            f"recipe: transform[1].q.x: a value of type set cannot stand here; {types}",
            f"recipe: transform[2]: a value of type float cannot stand here; {types}",
            f"recipe: transform[3].w: a value of type int cannot stand here; {types}",
            "recipe: transform[4].s: a text with half a character (a lone surrogate); repair the text",
            "recipe: transform[5]: the key True is no text; keys of a recipe are texts",
            "recipe: sed: unknown key 'sed'; did you mean 'seed'?",
            "recipe: 'read' is missing; add 'read: PATH'",
            "recipe: 'write' is missing; add 'write: WRITER'",
            "recipe: transform[0].b: an item has one name, but here are 2: 'a', 'b'; put '- ' before each name",
            "recipe: seed: 'seed' is a whole number from 0 (got 'no'); write seed: 0",
        ]

    def test_a_mapping_without_end_is_refused(self, tmp_path: Path):
        endless: list = []
        endless.append(endless)
        assert refused(tmp_path, {"x-a": endless}) == [
            "recipe: nested more than 32 levels deep, or more than 10,000 values; a recipe holds options, not data; "
            "give data by data="
        ]

    def test_it_can_extend_a_file_and_be_set(self, tmp_path: Path):
        base = write(tmp_path, FULL)
        recipe = load({"extends": base.as_posix(), "seed": 3}, sets=["split.validation=5%"])
        assert (recipe.seed, recipe.split, recipe.folder(("read", "csv", "path"))) == (
            3,
            {"validation": "5%"},
            tmp_path,
        )
