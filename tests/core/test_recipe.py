"""YAML to Recipe: values, items, places and names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftprep.errors import RecipeError
from ftprep.recipe import Item, Recipe, load
from ftprep.recipe.name import default_name
from recipes import FULL, TOP, said, write

pytestmark = pytest.mark.files


def test_the_sections_become_items_with_their_paths(tmp_path: Path):
    recipe = load(write(tmp_path, FULL))
    assert (recipe.file, recipe.name, recipe.version, recipe.seed) == (tmp_path / "r.yaml", "x", 1, 0)
    assert recipe.read == [Item("csv", {"path": "a.csv"}, ("read", "csv"))]
    assert recipe.transform == [
        Item("conversations", {"user": "Human"}, ("transform", 0, "conversations")),
        Item("window", 5, ("transform", 1, "window")),
        Item("dedupe", None, ("transform", 2, "dedupe")),
        Item("stop", "a", ("transform", 3, "stop")),
        Item("stop", "b", ("transform", 4, "stop")),
    ]
    assert recipe.write[0] == Item("openai_chat", None, ("write", 0, "openai_chat"))
    assert (recipe.check, recipe.upload, recipe.report, recipe.model) == ([], [], None, None)
    assert recipe.split == {"validation": "10%"}
    assert recipe.warnings == []


def test_a_nested_list_of_items_follows_the_same_rules(tmp_path: Path):
    recipe = load(write(tmp_path, FULL))
    completion = recipe.write[1]
    way = (*completion.path, "steps")
    assert recipe.items(completion.value["steps"], way) == [
        Item("dialogue", None, (*way, 0, "dialogue")),
        Item("stop", "c", (*way, 1, "stop")),
    ]
    assert recipe.items(None, way) == []
    with pytest.raises(RecipeError) as error:
        recipe.items([5, {}], way)
    assert said(error, tmp_path) == [
        "r.yaml:13:15: an item is a name, or 'name: options' (got 5); write a name, or 'name: options'",
        "r.yaml:13:25: an item is a name, or 'name: options' (got an empty mapping); write a name, or 'name: options'",
    ]


@pytest.mark.parametrize(
    ("section", "items"),
    [
        ("data/a.csv", [Item("", {"path": "data/a.csv"}, ("read",))]),
        ("csv", [Item("", {"path": "csv"}, ("read",))]),
        ("[a.csv, '*.xlsx']", [Item("", {"path": "a.csv"}, ("read", 0)), Item("", {"path": "*.xlsx"}, ("read", 1))]),
        ("{csv: a.csv}", [Item("csv", "a.csv", ("read", "csv"))]),
        ("{my-plugin/csv: a.csv}", [Item("my-plugin/csv", "a.csv", ("read", "my-plugin/csv"))]),
        (
            "[{csv: [a.csv, b.csv]}, {excel: {path: b.xlsx}}, c.json]",
            [
                Item("csv", ["a.csv", "b.csv"], ("read", 0, "csv")),
                Item("excel", {"path": "b.xlsx"}, ("read", 1, "excel")),
                Item("", {"path": "c.json"}, ("read", 2)),
            ],
        ),
    ],
    ids=["path", "a-bare-word-is-a-path", "paths", "reader", "qualified", "mixed"],
)
def test_read_takes_paths_and_readers(section: str, items: list[Item], tmp_path: Path):
    assert load(write(tmp_path, f"version: 1\nread: {section}\nwrite: w\n")).read == items


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("false", False), ("True", "True"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("y", "y"),
        ("null", None), ("~", None), ("", None), ("Null", "Null"), ("0", 0), ("-12", -12), ("010", "010"),
        ("0x1F", "0x1F"), ("0o17", "0o17"), ("1_000", "1_000"), ("12:30", "12:30"), ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"), ("=", "="), ("1e3", 1000.0), ("1.5", 1.5), (".5", 0.5), ("-0.25e-2", -0.0025),
        ("1.", "1."), ("+1", "+1"), ("-0", "-0"), ("01.5", "01.5"), ("1e999", "1e999"), (".inf", ".inf"),
        (".nan", ".nan"), ("123456789012345678", 123456789012345678), ("1234567890123456789", "1234567890123456789"),
        ("10%", "10%"), ("a:b", "a:b"), ("https://x.org/#a", "https://x.org/#a"), ("'5'", "5"), ('"true"', "true"),
        ("!!str 5", "5"), (r'"\ud83d\ude00"', "😀"), ('"###"', "###"), ("|\n  a\n  b", "a\nb\n"),
        ("[no, 010]", ["no", "010"]),
        ("{no: 1, 010: 2, 12:30: 3, true: 4}", {"no": 1, "010": 2, "12:30": 3, "true": 4}),
    ],
)  # fmt: skip
def test_only_the_strict_scalars_of_yaml_are_no_text(text: str, value: object, tmp_path: Path):
    recipe = load(write(tmp_path, TOP + f"report: {text}\n"))
    assert recipe.report == value
    assert type(recipe.report) is type(value)


@pytest.mark.parametrize("text", ["transform:", "transform: # none yet", "transform: []", "transform: ~"])
def test_a_section_may_be_empty(text: str, tmp_path: Path):
    assert load(write(tmp_path, TOP + text)).transform == []


@pytest.mark.parametrize(
    "text",
    [
        "x-a: # a remark\nname: x # another\n",
        "x-a: 'data\\new.csv'\nx-b: C:\\temp\\new folder\nx-c: {path: '\\new'}\nx-d: \\\\server\\name\nx-e: ..\\n\n",
        'x-a: "\\n\\\\n"\n',
        "x-a: R&D is 100% * 5 @home !\n",
        "x-a: |\n  - a\\n\n",
        "x-a: {b: , c: ~}\nx-b: {}\n",
    ],
    ids=["remarks", "windows-paths", "double-quotes", "signs-inside", "block-text", "empty-values"],
)
def test_what_is_meant_gives_no_warning(text: str, tmp_path: Path):
    assert load(write(tmp_path, TOP + text)).warnings == []


def test_merge_keys_work_and_are_no_duplicates(tmp_path: Path):
    text = "x-a: &a {b: 1, c: 2}\nx-d: &d {c: 3, e: 4}\nreport:\n  b: 5\n  <<: [*a, *d]\nsplit: *a\n"
    recipe = load(write(tmp_path, TOP + text))
    assert recipe.report == {"b": 5, "c": 2, "e": 4}
    assert recipe.split == {"b": 1, "c": 2}


def test_warnings_come_with_the_recipe(tmp_path: Path):
    recipe = load(write(tmp_path, TOP + "report: '\\n'\ndescription: END ###\n"))
    assert [(p.level, str(p).replace(f"{tmp_path.as_posix()}/", "")) for p in recipe.warnings] == [
        (
            "warning",
            r"r.yaml:4:9: '\n' stays two characters here; "
            r"""write "\n" in double quotes; "\\n" if the backslash is meant""",
        ),
        (
            "warning",
            "r.yaml:5:17: the text ends before '###', for an unquoted # begins a comment; quote the text if the # "
            "belongs to it; a remark has a space after its #",
        ),
    ]


@pytest.mark.parametrize(
    ("path", "key", "place"),
    [
        (("transform", 0, "conversations", "user"), False, "r.yaml:5:27"),
        (("transform", 0, "conversations", "user"), True, "r.yaml:5:21"),
        (("transform", 0, "conversations", "missing"), False, "r.yaml:5:5"),
        (("transform", 1, "window", "context"), False, "r.yaml:6:13"),
        (("transform", 1, "window"), True, "r.yaml:6:5"),
        (("transform", 2, "dedupe", "on"), False, "r.yaml:7:5"),
        (("write", 0, "openai_chat", "system"), False, "r.yaml:11:5"),
        (("write", 1, "openai_completion", "steps", 1, "stop", "text"), False, "r.yaml:13:31"),
        (("transform", 9), False, "r.yaml:4:1"),
        (("nothing",), False, "r.yaml:1:1"),
        ((), False, "r.yaml:1:1"),
    ],
    ids=lambda value: str(value) if not isinstance(value, tuple) else ".".join(map(str, value)) or "root",
)
def test_a_problem_begins_with_the_deepest_place_there_is(path: tuple, key: bool, place: str, tmp_path: Path):
    problem = load(write(tmp_path, FULL)).problem(path, "message", "hint", key=key, code="FT120", plugin="p")
    assert str(problem).replace(f"{tmp_path.as_posix()}/", "") == f"{place}: message; hint"
    assert (problem.code, problem.level, problem.plugin) == ("FT120", "error", "p")


def test_a_problem_names_its_path(tmp_path: Path):
    recipe = load(write(tmp_path, FULL))
    assert recipe.problem(("transform", 1, "window", "context"), "").path == "transform[1].window.context"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("support.yaml", "support"),
        ("sentiment/recipe.yaml", "sentiment"),
        ("sentiment/recipe.yml", "sentiment"),
        ("a b (1).yaml", "a_b_1"),
        ("v1.2.yaml", "v1.2"),
        ("(((.yaml", "recipe"),
        ("con.yaml", "recipe"),
    ],
)
def test_the_name_comes_from_the_file(file: str, name: str, tmp_path: Path):
    assert load(write(tmp_path, TOP, file)).name == name


def test_letters_of_all_languages_make_a_name():
    assert default_name(Path("größe.yaml")) == "größe"


@pytest.mark.parametrize("name", ["a", "A b-c_d.e", "2024", "größe", "console", "x" * 100])
def test_a_plain_folder_name_is_taken(name: str):
    assert load({"version": 1, "read": "a", "write": "w", "name": name}).name == name


_scalars = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_json = st.recursive(
    _scalars | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts.filter(bool), inner, max_size=4),
    max_leaves=12,
)


@given(value=_json)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_json_is_a_recipe_and_means_the_same(value: object, tmp_path: Path):
    text = json.dumps({"version": 1, "read": "a", "write": "w", "x-a": value})
    assert load(write(tmp_path, text)).data["x-a"] == value


@given(text=st.text(st.sampled_from("{}[]:#,*&!|>'\"%@`-? \n\tab1é\u2028"), max_size=40))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_recipe_or_refused_in_single_lines(text: str, tmp_path: Path):
    try:
        load(write(tmp_path, TOP + "x-a: " + text), env={})
    except RecipeError as error:
        for problem in error.problems:
            assert problem.hint
            assert len(str(problem).splitlines()) == 1


def test_a_recipe_can_be_compared(tmp_path: Path):
    file = write(tmp_path, FULL)
    assert isinstance(load(file), Recipe)
    assert load(file) == load(file)
