"""From recipe to plan: every mistake is found before a row is read, and said with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit_runs import REGISTRY, fails

from ftprep import RecipeError
from ftprep.api import make_plan
from ftprep.errors import DataError

pytestmark = pytest.mark.files
ROW = '{"talk": "t", "text": "x", "q": "a", "a": "b"}\n'


def write(folder: Path, text: str, *names: str) -> Path:
    for name in names or ("data.kit",):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(ROW, encoding="utf-8", newline="\n")
    path = folder / "r.yaml"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def plan(folder, text, *names, **options):
    return make_plan(write(folder, text, *names), registry=REGISTRY, **options)


def said(folder, text, *names, **options):
    """The problems, a line each, without the folder's path."""
    return fails(RecipeError, plan, folder, text, *names, **options).replace(f"{folder.as_posix()}/", "").splitlines()


TOP = "version: 1\nread: data.kit\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "transform:\n  - ask: {promt: '{q}'}\nwrite: kit_chat",
            ["r.yaml:4:11: transformer 'ask' has no option 'promt'; did you mean 'prompt'?"],
            id="unknown_option",
        ),
        pytest.param(
            "transform:\n  - ask\n  - times: {n: many}\nwrite: kit_chat",
            ["r.yaml:5:16: transformer 'times': 'n' is a whole number (got 'many'); see 'ftprep plugins info times'"],
            id="wrong_type",
        ),
        pytest.param(
            "transform:\n  - ask\n  - times: {n: true}\nwrite: kit_chat",
            ["r.yaml:5:16: transformer 'times': 'n' is a whole number (got True); see 'ftprep plugins info times'"],
            id="true_is_not_one",
        ),
        pytest.param(
            "transform:\n  - ask: 'a {'\nwrite: kit_chat",
            ["r.yaml:4:10: transformer 'ask': 'prompt': a lone '{' at character 3; write '{{' for a brace"],
            id="bad_template",
        ),
        pytest.param(
            "transform: ask\nwrite:\n  kit_text:\n    steps: [end]",
            ["r.yaml:6:13: transformer 'end' needs the option 'text'; add 'text: …'"],
            id="missing_option_in_steps",
        ),
        pytest.param(
            "transform:\n  - ask\n  - paris\nwrite: kit_chat",
            ["r.yaml:5:5: unknown transformer 'paris'; did you mean 'pairs'?"],
            id="unknown_step",
        ),
        pytest.param(
            "transform:\n  - ask\n  - lengths\nwrite: kit_chat",
            ["r.yaml:5:5: unknown transformer 'lengths'; 'lengths' is a check; put it under check:"],
            id="a_check_among_transformers",
        ),
        pytest.param(
            "transform: ask\nwrite:\n  - kit_chat\n  - kit_chat: {system: x}",
            [
                "r.yaml:6:5: two writers write into the folder 'kit_chat'; "
                "give one of them another folder with 'as: NAME'"
            ],
            id="one_folder_twice",
        ),
        pytest.param(
            "transform: ask\nwrite:\n  kit_chat: {as: ../x}",
            [
                "r.yaml:5:18: 'as' is no folder name: '../x'; use letters, digits, '_', '-', '.' and spaces; "
                "begin and end with a letter or digit; at most 100 bytes"
            ],
            id="a_folder_outside",
        ),
        pytest.param(
            "transform:\n  - ask\n  - end: x\nwrite: [kit_chat, kit_text]",
            [
                "r.yaml:5:5: 'end' shapes text for completions, and 'kit_chat' writes chats; "
                "put 'end' in the steps: of a completion writer"
            ],
            id="completion_step_before_a_chat_writer",
        ),
        pytest.param(
            "transform:\n  - pairs\n  - ask\nwrite: kit_chat",
            ["r.yaml:4:5: 'pairs' works on messages, and there are none yet; put one of ask, talks before it"],
            id="no_messages_yet",
        ),
        pytest.param(
            "write: kit_chat",
            ["r.yaml:3:8: 'kit_chat' writes messages, and no step makes them; put one of ask, talks under transform:"],
            id="no_messages_at_all",
        ),
        pytest.param(
            "transform:\n  - talks\n  - talks: {by: q}\nwrite: kit_chat",
            ["r.yaml:5:5: 'talks' comes after 'talks', and rows can be gathered only once; leave one of them out"],
            id="two_gathers",
        ),
        pytest.param(
            "transform:\n  - few: q\n  - talks\nwrite: kit_chat",
            ["r.yaml:4:5: 'few' stands before 'talks', where rows are still single rows; put it after 'talks'"],
            id="select_before_a_gather",
        ),
        pytest.param(
            "transform:\n  - ask\nwrite:\n  kit_chat:\n    steps:\n      - talks\n      - few: q",
            [
                "r.yaml:8:9: 'talks' cannot stand in a writer's steps; put it under transform:",
                "r.yaml:9:9: 'few' cannot stand in a writer's steps; put it under transform:",
            ],
            id="gather_and_select_in_a_writers_steps",
        ),
        pytest.param(
            "model: small\ntransform: ask\nwrite: kit_chat",
            [
                "r.yaml:3:8: model 'small' cannot be tuned with what 'kit_chat' writes; "
                "write kit_text, or name another model"
            ],
            id="a_model_that_needs_another_format",
        ),
        pytest.param(
            "transform: ask\nwrite: kit_chat\nsplit: {validation: 110%, by_: q}",
            [
                "r.yaml:5:21: split: 'validation': 110% is no share between 0% and 100%; "
                "write 10% or 0.1 for a share of the groups, 50 for a count of them, or leave the split out",
                "r.yaml:5:27: split has no option 'by_'; did you mean 'by'?",
            ],
            id="split",
        ),
    ],
)
def test_a_mistake_is_said_with_its_place_and_what_to_do(tmp_path, text, says):
    assert said(tmp_path, TOP + text) == says


def test_all_mistakes_are_said_at_once_in_the_order_of_the_recipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "version: 1\nread: dta.kit\nmodle: x\ntransform:\n  - ask: {promt: x}\n  - tims\n"
    text += "write: kit_cat\ncheck: lengthy\n"
    assert said(tmp_path, text) == [
        "r.yaml:2:7: dta.kit: no such file in this folder; did you mean 'data.kit'?",
        "r.yaml:3:1: unknown key 'modle'; did you mean 'model'?",
        "r.yaml:5:11: transformer 'ask' has no option 'promt'; did you mean 'prompt'?",
        "r.yaml:6:5: unknown transformer 'tims'; did you mean 'times'?",
        "r.yaml:7:8: unknown writer 'kit_cat'; did you mean 'kit_chat'?",
        "r.yaml:8:8: unknown check 'lengthy'; did you mean 'lengths'?",
    ]


REST = "\ntransform: ask\nwrite: kit_chat\n"


@pytest.mark.parametrize(
    ("read", "says"),
    [
        pytest.param(
            "dat.kit", "r.yaml:2:7: dat.kit: no such file in this folder; did you mean 'data.kit'?", id="near"
        ),
        pytest.param(
            "x/y.kit",
            "r.yaml:2:7: x/y.kit: no such file in this folder; check the path; it is relative to the recipe",
            id="far",
        ),
        pytest.param(
            "[data.kit, none.kit]",
            "r.yaml:2:18: none.kit: no such file in this folder; check the path; it is relative to the recipe",
            id="second_of_a_list",
        ),
        pytest.param("'*.kti'", "r.yaml:2:7: *.kti: no file matches in this folder; check the pattern", id="glob"),
        pytest.param(
            "sub", "r.yaml:2:7: sub: a folder, not a file; name a file in it, or all of them: 'sub/*'", id="folder"
        ),
        pytest.param(
            "sub/data.bin",
            "r.yaml:2:7: no reader knows what sub/data.bin is; "
            "name the reader (read: {READER: sub/data.bin}); known endings: .kit",
            id="unknown_kind",
        ),
        pytest.param(
            "{kit: {path: data.kit, blok: 3}}",
            "r.yaml:2:30: reader 'kit' has no option 'blok'; did you mean 'block'?",
            id="readers_option",
        ),
        pytest.param(
            "'**/*.kit'",
            "r.yaml:2:7: **/*.kit: the pattern catches this recipe's own output (old.kit); "
            "narrow the pattern, or write elsewhere with --out",
            id="its_own_output",
        ),
    ],
)
def test_an_input_that_cannot_be_had_is_said_with_its_place(tmp_path, monkeypatch, read, says):
    monkeypatch.chdir(tmp_path)
    names = ("data.kit", "sub/data.bin", "out/r/old.kit")
    found = said(tmp_path, f"version: 1\nread: {read}{REST}", *names, out=tmp_path / "out" / "r")
    assert found == [says]


def test_an_exact_path_wins_over_a_glob(tmp_path):
    made, _ = plan(tmp_path, f"version: 1\nread: 'data[1].kit'{REST}", "data[1].kit", "data1.kit")
    assert [input_.path.name for input_ in made.sources[0].inputs] == ["data[1].kit"]


def test_a_glob_takes_its_files_in_order_and_each_has_its_reader(tmp_path):
    made, _ = plan(tmp_path, f"version: 1\nread: ['b*.kit', data.kit]{REST}", "b2.kit", "b1.kit", "data.kit")
    found = [input_.path.name for source in made.sources for input_ in source.inputs]
    assert found == ["b1.kit", "b2.kit", "data.kit"]


def test_paths_are_relative_to_the_recipe(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    made, _ = plan(tmp_path, f"version: 1\nread: data.kit{REST}")
    assert made.sources[0].inputs[0].path == Path(tmp_path, "data.kit")


def test_long_texts_stand_in_files(tmp_path):
    (tmp_path / "p.md").write_text("\ufeffAsk: {q}\n\n", encoding="utf-8", newline="\n")
    text = TOP + "transform:\n  - ask: {prompt: {file: p.md}, answer: '{a}'}\nwrite: kit_chat\n"
    made, _ = plan(tmp_path, text)
    assert made.steps[0].options == {"prompt": "Ask: {q}", "answer": "{a}"}
    assert said(tmp_path, text.replace("p.md", "none.md")) == [
        "r.yaml:4:19: cannot read none.md: No such file or directory; "
        "the path is relative to the recipe, the text UTF-8"
    ]


def test_the_columns_that_are_carried_are_those_that_are_read(tmp_path):
    text = (
        "transform:\n  - skip: talk\n  - talks\n  - skip: text\ncheck: lengths\n"
        "write:\n  kit_chat: {system: 'You know {facts.x} {{no}}', steps: [{skip: a}]}\n"
        "split: {test: 1, by: customer}\n"
    )
    made, _ = plan(tmp_path, TOP + text)
    assert made.fields_read() == {"text", "facts", "a", "customer", "prompt", "answer", "dialogue"}
    assert [planned.label for planned in made.before] == ["skip"]
    assert made.gather.label == "talks"


def test_data_of_a_wrong_kind_is_refused_before_the_work(tmp_path):
    says = "data: 'int' object is not iterable; hand in mappings (column -> value) or Examples"
    assert fails(DataError, plan, tmp_path, TOP + "transform: ask\nwrite: kit_chat", data=5) == says
