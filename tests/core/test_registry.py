"""The registry: what is found, what is refused, and every message it gives, word for word."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import ftprep
from ftprep import hookspecs
from ftprep.offers import HOOKS, SECTIONS
from ftprep.registry import Registered, Registry

pytestmark = pytest.mark.files

GOOD = """
import ftprep

FTPREP_API = 1

class Upper(ftprep.Map):
    "Puts every text into capitals."
    name = "upper"

@ftprep.hookimpl
def ftprep_transformers():
    return [Upper]
"""


class Upper(ftprep.Map):
    """Puts every text into capitals."""

    name = "upper"


class Lower(ftprep.Map):
    """Takes the capitals away."""

    name = "lower"


class Length(ftprep.Check):
    """Looks at the length of texts."""

    name = "length"


class Nameless(ftprep.Map):
    """Does nothing."""


class Silent(ftprep.Map):
    name = "silent"


class LoneCode(ftprep.Map):
    """Forgot a comma."""

    name = "lone_code"
    problem_codes = ftprep.Code("LONE1", "Something is odd.", "Look at it.")


class BadName(ftprep.Map):
    """Has a name that no recipe can write."""

    name = "Bad-Name"


class Local:
    """Distributions that lie in a temporary folder on the import path."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.modules: list[str] = []

    def install(self, dist: str, version: str, plugin: str, module: str, code: str | None, requires: str = "") -> None:
        info = self.folder / f"{dist.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {dist}\nVersion: {version}\n"
        metadata += f"Requires-Dist: {requires}\n" if requires else ""
        (info / "METADATA").write_text(metadata, encoding="utf-8", newline="\n")
        points = f"[ftprep]\n{plugin} = {module}\n"
        (info / "entry_points.txt").write_text(points, encoding="utf-8", newline="\n")
        if code is not None:
            (self.folder / f"{module}.py").write_text(code, encoding="utf-8", newline="\n")
        self.modules.append(module)

    @property
    def entry_points(self) -> list[EntryPoint]:
        importlib.invalidate_caches()
        return [point for dist in Distribution.discover(path=[str(self.folder)]) for point in dist.entry_points]

    def registry(self, block: str = "", files: Sequence[Path] = ()) -> Registry:
        return Registry.installed(entry_points=self.entry_points, block=block, files=files)

    def problems(self) -> list[str]:
        return list(map(str, self.registry().problems))


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Local]:
    made = Local(tmp_path / "site")
    made.folder.mkdir()
    sys.path.insert(0, str(made.folder))
    yield made
    sys.path.remove(str(made.folder))
    for module in made.modules:
        sys.modules.pop(module, None)


def plugin(**hooks: Callable[[], Any]) -> SimpleNamespace:
    return SimpleNamespace(**{name: ftprep.hookimpl(function) for name, function in hooks.items()})


def offering(*classes: Any, hook: str = "ftprep_transformers") -> SimpleNamespace:
    return plugin(**{hook: lambda: list(classes)})


def registry(**plugins: object) -> Registry:
    made = Registry()
    for name, module in plugins.items():
        made.add(module, plugin=name, dist=f"dist-{name}", version="1.0")
    return made


def test_every_hook_of_the_contract_has_a_kind_and_every_kind_a_section() -> None:
    assert set(HOOKS) == {name for name in vars(hookspecs) if name.startswith("ftprep_")}
    assert {kind for kind, _ in HOOKS.values()} == set(SECTIONS)


def test_an_installed_plugin_is_known_with_its_distribution(local: Local) -> None:
    local.install("ftprep-shout", "1.2", "shout", "reg_good", GOOD)
    found = local.registry()
    upper = sys.modules["reg_good"].Upper
    assert found.all() == [Registered("transformer", "upper", upper, "shout", "ftprep-shout", "1.2")]
    assert found.get("transformer", "upper") is found.get("transformer", "shout/upper")
    assert found.problems == []


def test_what_there_is_comes_by_kind_and_name_whatever_order_it_was_added_in() -> None:
    checks, maps = offering(Length, hook="ftprep_checks"), offering(Upper, Lower)
    there = registry(b=maps, a=checks)
    assert [(item.kind, item.name) for item in there.all()] == [
        ("check", "length"), ("transformer", "lower"), ("transformer", "upper"),
    ]  # fmt: skip
    assert there.all() == registry(a=checks, b=maps).all()
    assert there.names("transformer") == ["lower", "upper"]
    assert there.all("reader") == []


def test_facts_of_models_are_listed_and_found_by_names_with_slashes() -> None:
    facts = ftprep.ModelFacts(name="maker/model-1.5")
    there = registry(maker=offering(facts, hook="ftprep_models"))
    assert there.models() == [facts]
    assert there.get("model", "maker/model-1.5").cls is facts
    assert there.get("model", "maker/maker/model-1.5").cls is facts


def test_two_plugins_may_claim_a_name_but_only_plugin_and_name_say_which() -> None:
    there = registry(loud=offering(Upper), shout=offering(Upper))
    with pytest.raises(ftprep.RecipeError) as caught:
        there.get("transformer", "upper")
    assert str(caught.value) == (
        "transformer 'upper' is claimed by plugin 'loud' (dist-loud 1.0) and plugin 'shout' (dist-shout 1.0); "
        "write 'loud/upper' or 'shout/upper'"
    )
    assert there.get("transformer", "loud/upper").plugin == "loud"
    assert there.get("transformer", "shout/upper").plugin == "shout"
    assert there.names("transformer") == ["loud/upper", "shout/upper"]


@pytest.mark.parametrize(
    ("kind", "name", "line"),
    [
        pytest.param("transformer", "uper", "unknown transformer 'uper'; did you mean 'upper'?", id="near"),
        pytest.param("transformer", "xyz", "unknown transformer 'xyz'; known: lower, upper", id="far"),
        pytest.param("reader", "xyz", "unknown reader 'xyz'; known: none", id="empty kind"),
        pytest.param(
            "transformer", "length",
            "unknown transformer 'length'; 'length' is a check; put it under check:", id="another kind",
        ),
        pytest.param(
            "transformer", "case/uper",
            "plugin 'case' (dist-case 1.0) has no transformer 'uper'; did you mean 'case/upper'?", id="qualified",
        ),
        pytest.param(
            "check", "case/upper",
            "plugin 'case' (dist-case 1.0) has no check 'upper'; 'upper' is a transformer; put it under transform:",
            id="qualified, another kind",
        ),
    ],
)  # fmt: skip
def test_an_unknown_name_is_an_error_of_the_recipe_that_says_what_is_near(kind: str, name: str, line: str) -> None:
    there = registry(case=offering(Upper, Lower), sizes=offering(Length, hook="ftprep_checks"))
    with pytest.raises(ftprep.RecipeError) as caught:
        there.get(kind, name)
    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("code", "why"),
    [
        pytest.param(
            "def (", "SyntaxError: invalid syntax (reg_bad.py, line 1); update or uninstall ftprep-bad", id="syntax"
        ),
        pytest.param("raise SystemExit(3)", "SystemExit: 3; update or uninstall ftprep-bad", id="exit"),
        pytest.param("raise ValueError", "ValueError; update or uninstall ftprep-bad", id="no text"),
        pytest.param(
            "raise ValueError('one\\n  two')", "ValueError: one two; update or uninstall ftprep-bad", id="two lines"
        ),
        pytest.param(
            "import no_such_thing.inner",
            "ModuleNotFoundError: No module named 'no_such_thing'; install the package that has the module "
            "'no_such_thing' (often: pip install no_such_thing)",
            id="missing",
        ),
        pytest.param(
            "import needed_thing",
            "ModuleNotFoundError: No module named 'needed_thing'; pip install Needed.Thing",
            id="missing, declared",
        ),
        pytest.param(
            "import ftprep.gone",
            "ModuleNotFoundError: No module named 'ftprep.gone'; it is made for another version of ftprep: update "
            "ftprep or ftprep-bad",
            id="another ftprep",
        ),
        pytest.param(None, "ModuleNotFoundError: No module named 'reg_bad'; update or uninstall ftprep-bad", id="gone"),
        pytest.param(
            "import ftprep",
            "it does not say which FTPREP_API it is made for, and this ftprep has 1; "
            "put 'FTPREP_API = 1' into its module",
            id="no api",
        ),
        pytest.param(
            "FTPREP_API = 2",
            "it is made for FTPREP_API 2, and this ftprep has 1; update ftprep, or uninstall ftprep-bad",
            id="newer api",
        ),
        pytest.param(
            "FTPREP_API = 0",
            "it is made for FTPREP_API 0, and this ftprep has 1; update or uninstall ftprep-bad",
            id="older api",
        ),
        pytest.param(
            "FTPREP_API = '1'",
            "it is made for FTPREP_API '1', and this ftprep has 1; update or uninstall ftprep-bad",
            id="api as text",
        ),
        pytest.param(
            GOOD.replace("transformers", "transformer"),
            "there is no hook 'ftprep_transformer'; did you mean 'ftprep_transformers'?",
            id="misspelt hook",
        ),
        pytest.param(
            GOOD.replace("@ftprep.hookimpl\ndef ftprep_transformers", "def ftprep_transformer"),
            "there is no hook 'ftprep_transformer'; did you mean 'ftprep_transformers'?",
            id="misspelt and unmarked",
        ),
        pytest.param(
            GOOD.replace("@ftprep.hookimpl", ""),
            "'ftprep_transformers' is not marked as a hook; put @ftprep.hookimpl above it",
            id="unmarked",
        ),
        pytest.param(
            GOOD.replace("transformers()", "transformers(config)"),
            "hookimpl definition: ftprep_transformers(config), Argument(s) {'config'} are declared in the hookimpl but "
            "can not be found in the hookspec; hooks take no arguments",
            id="argument",
        ),
        pytest.param(
            GOOD.replace("return [Upper]", "raise SystemExit('no')"),
            "ftprep_transformers raised SystemExit: no; update or uninstall ftprep-bad",
            id="hook raises",
        ),
    ],
)
def test_a_broken_plugin_is_skipped_with_one_line_and_the_others_work(local: Local, code: str | None, why: str) -> None:
    local.install("ftprep-bad", "9.9", "bad", "reg_bad", code, requires="Needed.Thing (>=2)")
    local.install("ftprep-shout", "1.2", "shout", "reg_good", GOOD)
    there = local.registry()
    assert list(map(str, there.problems)) == [f"plugin 'bad' (ftprep-bad 9.9) cannot be used: {why}"]
    assert {(problem.level, problem.plugin) for problem in there.problems} == {("warning", "bad")}
    assert [item.plugin for item in there.all()] == ["shout"]


@pytest.mark.parametrize(
    ("module", "lines"),
    [
        pytest.param(
            plugin(ftprep_checks=lambda: None), ["ftprep_checks returned None, not a list; return a list"], id="none"
        ),
        pytest.param(
            plugin(ftprep_checks=lambda: Length),
            ["ftprep_checks returned class Length, not a list; return a list"],
            id="no list",
        ),
        pytest.param(
            offering(Upper, hook="ftprep_checks"),
            ["ftprep_checks returned class Upper, which is no subclass of Check; return it from ftprep_transformers"],
            id="wrong hook",
        ),
        pytest.param(
            offering(Upper(), 7),
            [
                "ftprep_transformers returned an object of class Upper, which is no subclass of Gather or Map or "
                "Select; return the classes themselves",
                "ftprep_transformers returned an object of class int, which is no subclass of Gather or Map or "
                "Select; return the classes themselves",
            ],
            id="objects",
        ),
        pytest.param(
            offering(Nameless, Silent, BadName, LoneCode),
            [
                "class Nameless has no name; give it one: name = 'nameless'",
                "class Silent has no docstring; say in its first line what it is for",
                "class BadName has the name 'Bad-Name'; names are snake_case: a-z, 0-9 and _",
                "class LoneCode has problem_codes that are no tuple of Code; write (Code(…), …), with a comma",
            ],
            id="all at once",
        ),
        pytest.param(
            offering(Upper, Upper),
            ["it offers the transformer 'upper' twice; give one of them another name"],
            id="twice",
        ),
        pytest.param(
            offering("model-1", ftprep.ModelFacts(name=""), hook="ftprep_models"),
            [
                "ftprep_models returned an object of class str, which is no ModelFacts; "
                "return ModelFacts(name=...) objects",
                "ftprep_models returned ModelFacts without a name; give the name that recipes use",
            ],
            id="models",
        ),
    ],
)
def test_what_a_hook_returns_is_checked_and_all_of_it_said(module: object, lines: list[str]) -> None:
    there = Registry()
    with pytest.raises(ftprep.PluginError) as caught:
        there.add(module, plugin="bad", dist="ftprep-bad", version="9.9")
    assert str(caught.value).splitlines() == [f"plugin 'bad' (ftprep-bad 9.9) cannot be used: {line}" for line in lines]
    assert there.all() == []


def test_a_plugin_that_was_refused_can_be_added_once_it_is_right() -> None:
    there = Registry()
    with pytest.raises(ftprep.PluginError):
        there.add(offering(Nameless), plugin="case")
    there.add(offering(Upper), plugin="case")
    assert there.names("transformer") == ["upper"]


def test_one_name_for_two_plugins_is_refused_and_so_is_one_module_under_two_names() -> None:
    there, module = Registry(), offering(Upper)
    there.add(module, plugin="case", dist="ftprep-case", version="1.0")
    with pytest.raises(ftprep.PluginError) as caught:
        there.add(offering(Lower), plugin="case")
    line = "plugin 'case' cannot be used: there is plugin 'case' (ftprep-case 1.0) already; give it another name"
    assert str(caught.value) == line
    with pytest.raises(ftprep.PluginError) as caught:
        there.add(module, plugin="again", dist="ftprep-again", version="1.0")
    assert str(caught.value) == (
        "plugin 'again' (ftprep-again 1.0) cannot be used: its module is another plugin already; "
        "update or uninstall ftprep-again"
    )
    assert there.names("transformer") == ["upper"]


def test_two_packages_with_one_name_for_a_plugin_are_both_skipped_whatever_was_installed_first(local: Local) -> None:
    local.install("shout-b", "2.0", "shout", "reg_b", GOOD)
    local.install("shout-a", "1.0", "shout", "reg_a", GOOD)
    assert local.problems() == [
        "plugin 'shout' cannot be used: two packages have this name for a plugin, shout-a 1.0 and shout-b 2.0; "
        "uninstall one of them"
    ]
    assert "reg_a" not in sys.modules


def test_damaged_metadata_hides_neither_the_plugin_nor_the_others(local: Local) -> None:
    local.install("ftprep-shout", "1.2", "shout", "reg_good", GOOD)
    (local.folder / "ftprep_shout-1.2.dist-info" / "METADATA").unlink()
    there = local.registry()
    assert [(item.name, item.dist) for item in there.all()] == [("upper", "")]


def test_a_plugin_that_is_broken_is_an_error_only_where_the_recipe_needs_it(local: Local) -> None:
    local.install("ftprep-bad", "9.9", "bad", "reg_bad", "raise ValueError('no')")
    local.install("ftprep-shout", "1.2", "shout", "reg_good", GOOD)
    there = local.registry()
    for name in ("bad", "bad/upper"):
        with pytest.raises(ftprep.PluginError) as broken:
            there.get("transformer", name)
        assert str(broken.value) == (
            f"transformer '{name}' cannot be had: plugin 'bad' (ftprep-bad 9.9) cannot be used: ValueError: no; "
            "update or uninstall ftprep-bad"
        )
        assert (broken.value.exit_code, broken.value.problems[0].level) == (4, "error")
    with pytest.raises(ftprep.RecipeError) as unknown:
        there.get("transformer", "uper")
    assert str(unknown.value) == (
        "unknown transformer 'uper'; did you mean 'upper'? (plugins not loaded: cannot be used: bad)"
    )


@pytest.mark.parametrize("block", ["bad, shout", "ALL"], ids=["names", "all"])
def test_a_blocked_plugin_is_not_even_imported(local: Local, block: str) -> None:
    local.install("ftprep-bad", "9.9", "bad", "reg_bad", "raise KeyboardInterrupt")
    local.install("ftprep-shout", "1.2", "shout", "reg_good", GOOD)
    there = local.registry(block=block)
    assert (there.all(), there.problems) == ([], [])
    assert not {"reg_bad", "reg_good"} & set(sys.modules)
    with pytest.raises(ftprep.RecipeError) as caught:
        there.get("transformer", "shout/upper")
    assert str(caught.value) == (
        "transformer 'shout/upper' cannot be had: plugin 'shout' is blocked by FTPREP_BLOCK_PLUGINS; "
        "take 'shout' out of it"
    )
    with pytest.raises(ftprep.RecipeError) as caught:
        there.get("transformer", "upper")
    assert str(caught.value) == (
        "unknown transformer 'upper'; known: none (plugins not loaded: blocked by FTPREP_BLOCK_PLUGINS: bad, shout)"
    )


def test_the_list_of_blocked_plugins_comes_from_the_environment(local: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPREP_BLOCK_PLUGINS", "shout")
    local.install("ftprep-shout", "1.2", "shout", "reg_good", GOOD)
    assert Registry.installed(entry_points=local.entry_points).all() == []


def test_interrupting_the_import_of_a_plugin_interrupts_the_program(local: Local) -> None:
    local.install("ftprep-bad", "9.9", "bad", "reg_bad", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        local.registry()


def test_what_a_plugin_prints_does_not_reach_stdout(local: Local, capsys: pytest.CaptureFixture[str]) -> None:
    code = "print('import')\n" + GOOD.replace("return", "print('hook')\n    return")
    local.install("ftprep-shout", "1.2", "shout", "reg_good", code)
    assert local.registry().names("transformer") == ["upper"]
    assert capsys.readouterr() == ("", "import\nhook\n")


def test_an_object_in_a_module_can_be_the_plugin(local: Local) -> None:
    code = GOOD.replace("@ftprep.hookimpl", "class Plugin:\n  @ftprep.hookimpl")
    code = code.replace("def ftprep_transformers():\n    return", "  def ftprep_transformers(self): return")
    local.install("ftprep-shout", "1.2", "shout", "reg_good:plugin", None)
    (local.folder / "reg_good.py").write_text(code + "\nplugin = Plugin()\n", encoding="utf-8", newline="\n")
    local.modules.append("reg_good")
    there = local.registry()
    assert (there.names("transformer"), there.problems) == (["upper"], [])


def test_a_local_file_is_a_plugin_only_where_it_is_named(local: Local, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(GOOD, encoding="utf-8", newline="\n")
    assert local.registry().all() == []
    found = local.registry(block="ALL", files=[path]).get("transformer", "mine/upper")
    assert (found.dist, found.version, found.cls.__module__) == (path.as_posix(), "", "ftprep_local_mine")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        pytest.param(
            "import no_such_thing",
            "ModuleNotFoundError: No module named 'no_such_thing'; install the "
            "package that has the module 'no_such_thing' (often: pip install no_such_thing)",
            id="missing",
        ),
        pytest.param("1 / 0", "ZeroDivisionError: division by zero; correct {path}", id="raises"),
        pytest.param(
            "x = 1",
            "it does not say which FTPREP_API it is made for, and this ftprep has 1; "
            "put 'FTPREP_API = 1' into its module",
            id="no api",
        ),
    ],
)
def test_a_local_file_that_is_broken_stops_the_program(local: Local, tmp_path: Path, code: str, why: str) -> None:
    path = tmp_path / "broken.py"
    path.write_text(code, encoding="utf-8", newline="\n")
    with pytest.raises(ftprep.PluginError) as caught:
        local.registry(files=[path])
    where = path.as_posix()
    assert str(caught.value) == f"plugin 'broken' ({where}) cannot be used: {why.format(path=where)}"
    assert "ftprep_local_broken" not in sys.modules


@pytest.mark.parametrize("name", ["gone.py", "folder.py", "mine.txt"])
def test_a_local_plugin_has_to_be_a_python_file(local: Local, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "mine.txt").touch()
    path = tmp_path / name
    with pytest.raises(ftprep.RecipeError) as caught:
        local.registry(files=[path])
    line = f"--plugin {path.as_posix()}: no such Python file; give the path of a .py file"
    assert str(caught.value) == line
