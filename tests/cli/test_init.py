"""`ftprep init FILE`: a recipe for a file, and what it goes by."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ftprep import init
from ftprep.cli.init import Asker
from ftprep.doctor import look_at
from ftprep.doctor.guess import ways
from ftprep.registry import Registry

from .conftest import Call, put

pytestmark = pytest.mark.files

MOODS = "text,mood\n" + "".join(
    f"I like the number {n} a lot,good\nI hate to see the number {n},bad\n" for n in range(10)
)
TOLD = """\
file: moods.csv, read as csv
encoding: utf-8
delimiter: ,
header: yes
  because ',' cuts its lines most evenly
columns: text (text), mood (label)
task: classifier: 'text' holds texts and 'mood' 2 short values in 20 rows
examples: 20 of 2 classes

== openai_chat: the first 2 examples
   {"messages": [{"role": "system", "content": "Say the mood of the text: good or bad."}, {"role": "user", "content": \
"I like the number 0 a lot"}, {"role": "assistant", "content": "good"}]}
   {"messages": [{"role": "system", "content": "Say the mood of the text: good or bad."}, {"role": "user", "content": \
"I hate to see the number 0"}, {"role": "assistant", "content": "bad"}]}

== openai_completion: the first 2 examples
   {"prompt": "I like the number 0 a lot\\n\\n###\\n\\n", "completion": " good"}
   {"prompt": "I hate to see the number 0\\n\\n###\\n\\n", "completion": " bad"}

recipe.yaml: run it with: ftprep run recipe.yaml
"""
RECIPE = r"""# Made by 'ftprep init' of moods.csv: 'text' holds texts and 'mood' 2 short values in 20 rows.
version: 1
name: moods
use_case: classifier
# model: gpt-4o-mini             # the model to be tuned; then add 'tokens' under 'check'

# ',' cuts its lines most evenly
read:
  csv: {path: moods.csv, delimiter: ","} # text, mood

transform:
  - chat: {user: "{text}", assistant: "{mood}"}
  - dedupe                       # equal examples are one

check:
  - classes                      # how often each class occurs
  - leakage                      # the same text in two splits
  - personal                     # addresses, numbers and secrets in the texts

split: {validation: 20%, stratify: mood} # each class in the same share

write:
  - openai_chat: {system: "Say the mood of the text: good or bad."}
  - openai_completion:           # the ends occur nowhere in the data
      steps:
        - prompt: {prompt: "{prompt}", completion: "{answer}"}
        - separator: "\n\n###\n\n"
"""


def test_a_recipe_is_written_and_everything_is_told(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "moods.csv", MOODS)
    told = ftprep("init", "moods.csv")
    assert (told.code, told.err, told.out) == (0, "", TOLD)
    assert (tmp_path / "recipe.yaml").read_text(encoding="utf-8") == RECIPE
    assert ftprep("check", "recipe.yaml").out == "recipe.yaml: nothing wrong\n"
    assert ftprep("run", "recipe.yaml").code == 0


def drafted(ftprep: Call, folder: Path, name: str, text: str, *options: str) -> str:
    """The recipe for a file; it can be run."""
    put(folder, name, text)
    told = ftprep("init", name, *options)
    assert (told.code, told.err) == (0, "")
    assert ftprep("check", "recipe.yaml").out == "recipe.yaml: nothing wrong\n"
    assert ftprep("run", "recipe.yaml").code == 0
    return (folder / "recipe.yaml").read_text(encoding="utf-8").partition("\ntransform:")[2]


def lines(*rows: Any) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def test_a_separator_and_a_stop_that_occur_in_the_data_are_not_taken(ftprep: Call, tmp_path: Path) -> None:
    rows = [{"question": f"Is ### or --- number {n}?", "answer": f"The END of {n}"} for n in range(5)]
    recipe = drafted(ftprep, tmp_path, "qa.jsonl", lines(*rows))
    assert recipe.partition("write:")[2] == (
        "\n  - openai_chat\n"
        "  - openai_completion:           # the ends occur nowhere in the data\n"
        "      steps:\n"
        '        - prompt: {prompt: "{prompt}", completion: "{answer}"}\n'
        '        - separator: "\\n\\n***\\n\\n"\n'
        '        - stop: " <END>"\n'
    )


def test_ends_that_the_data_has_already_are_kept(ftprep: Call, tmp_path: Path) -> None:
    rows = [{"prompt": f"What is {n} and {n} ->", "completion": f" It is {2 * n} STOP"} for n in range(5)]
    recipe = drafted(ftprep, tmp_path, "old.jsonl", lines(*rows))
    assert recipe == (
        '\n  - prompt: {prompt: "{prompt}", completion: "{completion}", space: true}\n'
        "  - dedupe                       # equal examples are one\n"
        '  - stop: {text: " STOP", add: false} # all completions end so already\n'
        "\ncheck:\n  - personal                     # addresses, numbers and secrets in the texts\n"
        "\nsplit: {validation: 20%}\n"
        "\nwrite:\n  - openai_completion\n"
    )


def test_labels_of_several_tokens_get_a_codebook(ftprep: Call, tmp_path: Path) -> None:
    rows = [{"text": f"Some words on a sport, part {n}", "label": ("baseball", "hockey")[n % 2]} for n in range(10)]
    recipe = drafted(ftprep, tmp_path, "sports.jsonl", lines(*rows), "--model", "gpt-4.1-mini")
    assert recipe == (
        "\n  - labels: {column: label, codes: {baseball: A, hockey: B}} # 'baseball' is more than one token\n"
        '  - chat: {user: "{text}", assistant: "{label}"}\n'
        "  - dedupe                       # equal examples are one\n"
        "\ncheck:\n  - tokens\n  - labels: {min_each: 1}\n"
        "  - leakage                      # the same text in two splits\n"
        "  - personal                     # addresses, numbers and secrets in the texts\n"
        "\nsplit: {validation: 20%, stratify: label} # each class in the same share\n"
        "\nwrite:\n  - openai_chat: {system: Answer with the code of the label of the text.}\n"
    )


def test_above_a_few_dozen_classes_the_codes_are_numbers(ftprep: Call, tmp_path: Path) -> None:
    rows = [{"text": f"Some words on a thing, part {n}", "label": f"kind of {n % 40:02}"} for n in range(200)]
    recipe = drafted(ftprep, tmp_path, "kinds.jsonl", lines(*rows))
    assert recipe.startswith("\n  - labels:                      # 40 classes: numbers are short answers\n")
    assert '        kind of 00: "1"\n        kind of 01: "2"\n' in recipe


def test_a_message_a_row_becomes_windows_of_whole_conversations(ftprep: Call, tmp_path: Path) -> None:
    rows = [f"{talk},{who},Text {n} of {talk}" for talk in range(6) for n, who in enumerate(("Ann", "Agent") * 2)]
    recipe = drafted(ftprep, tmp_path, "talks.csv", "\n".join(["ticket_id,author,body", *rows]) + "\n")
    assert recipe == (
        "\n  - conversations: {by: ticket_id, speaker: author, text: body, assistant: Agent} "
        "# others who speak are users: Ann\n"
        "  - window: {context: 10}        # an example for each answer, with the messages before it\n"
        "  - dedupe                       # equal examples are one\n"
        "\ncheck:\n  - personal                     # addresses, numbers and secrets in the texts\n"
        "\nsplit: {validation: 20%}         # whole conversations\n"
        "\nwrite:\n  - openai_chat\n"
    )


def test_preferences_get_the_writer_that_has_two_answers(ftprep: Call, tmp_path: Path) -> None:
    rows = [{"prompt": f"Who is {n}?", "chosen": f"Me {n}", "rejected": f"You {n}"} for n in range(5)]
    assert "- openai_preference\n" in drafted(ftprep, tmp_path, "pairs.jsonl", lines(*rows))


def test_columns_that_are_named_are_taken(ftprep: Call, tmp_path: Path) -> None:
    rows = [
        {"a": f"One or two words {n}", "b": f"and here is a rather long name of a class {n % 2}"} for n in range(20)
    ]
    options = ("--task", "classifier", "--text", "a", "--label", "b")
    assert '- chat: {user: "{a}", assistant: "{b}"}\n' in drafted(ftprep, tmp_path, "t.jsonl", lines(*rows), *options)


def test_the_recipe_names_the_file_as_seen_from_its_own_folder(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "moods.csv", MOODS)
    (tmp_path / "recipes").mkdir()
    assert ftprep("init", "moods.csv", "--out", "recipes/moods.yaml").code == 0
    assert "path: ../moods.csv" in (tmp_path / "recipes" / "moods.yaml").read_text(encoding="utf-8")
    assert ftprep("run", "recipes/moods.yaml").code == 0


OPEN = "text,one,two\n" + "".join(f"Some words to be read {n},{'ab'[n % 2]},{'xyz'[n % 3]}\n" for n in range(30))


def test_what_is_open_is_said_where_nobody_can_be_asked(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "open.csv", OPEN)
    told = ftprep("init", "open.csv")
    assert (told.code, told.err) == (
        0,
        "advice: open.csv: which column is the label? taken as 'one'; it could be two; say it with --label\n",
    )


def test_what_is_open_is_asked_on_a_terminal(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "open.csv", OPEN)
    registry = Registry.installed()
    data = look_at(Path("open.csv"), registry)
    asker = Asker(may_ask=True, label=None)
    with CliRunner().isolation(input="two\n") as streams:
        way = asker.choose(data, ways(data, registry))
        said = streams[1].getvalue().decode()
    assert (dict(way.proposal.columns), asker.said) == ({"text": "text", "label": "two"}, [])
    assert said == "open.csv: which column is the label? (one, two) [one]: two\n"


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "no such file": (("none.csv",), "none.csv: no such file; did you mean 'numbers.csv'?"),
    "no such column": (
        ("moods.csv", "--label", "moods"),
        "moods.csv: there is no column 'moods'; did you mean 'mood'?",
    ),
    "one column for both": (
        ("moods.csv", "--text", "mood", "--label", "mood"),
        "--text and --label both name 'mood'; name two columns",
    ),
    "no such task": (
        ("moods.csv", "--task", "poetry"),
        "moods.csv: the columns text, mood do not look like data for 'poetry'; it could be for classifier, generation; "
        "or say which columns: --text COLUMN --label COLUMN",
    ),
    "no such model": (("moods.csv", "--model", "gpt-4.1-minni"), "--model: 'gpt-4.1-minni' is not known; did you mean "
                      "'gpt-4.1-mini'?"),
    "nothing to be made of it": (
        ("numbers.csv",),
        "numbers.csv: no installed step knows what to make of the columns x, y; say what they are: --text COLUMN "
        "--label COLUMN",
    ),
    "no folder": (
        ("moods.csv", "--out", "no/recipe.yaml"),
        "no/recipe.yaml: cannot be written (no such file or directory); choose another place with --out",
    ),
    "a recipe that is there": (
        ("moods.csv", "--out", "pod.yaml"),
        "pod.yaml: is there already; choose another name with --out",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "line"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_line(ftprep: Call, tmp_path: Path, arguments: tuple[str, ...], line: str) -> None:
    put(tmp_path, "moods.csv", MOODS)
    put(tmp_path, "numbers.csv", "x,y\n1,2\n3,4\n")
    before = (tmp_path / "pod.yaml").read_bytes()
    told = ftprep("init", *arguments)
    assert (told.code, told.out, told.err) == (2, "", f"{line}\n")
    assert not (tmp_path / "recipe.yaml").exists()
    assert (tmp_path / "pod.yaml").read_bytes() == before


def test_rows_of_which_none_can_be_used_are_told(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "odd.jsonl", lines({"messages": [{"role": "nobody", "content": "Hello"}]}))
    told = ftprep("init", "odd.jsonl")
    line = "odd.jsonl: no row can be used by 'messages'; 'ftprep check odd.jsonl' says what is wrong with its rows\n"
    assert (told.code, told.err) == (2, line)


def test_in_json_there_is_all_of_it(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "moods.csv", MOODS)
    result = ftprep("init", "moods.csv", "--json").document["result"]
    assert result.pop("text") == RECIPE
    assert {name: len(examples) for name, examples in result.pop("examples").items()} == {
        "openai_chat": 2,
        "openai_completion": 2,
    }
    assert result == {
        "recipe": "recipe.yaml",
        "file": "moods.csv",
        "reader": "csv",
        "options": {"delimiter": ","},
        "task": "classifier",
        "columns": {"text": "text", "label": "mood"},
    }


def test_from_python_it_is_a_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "moods.csv", MOODS)
    begun = init("moods.csv", "classifier")
    assert (begun.recipe, begun.text) == (Path("recipe.yaml"), RECIPE)
    assert begun.columns == {"text": "text", "label": "mood"}


ANSWERS: dict[str, Callable[[int], dict[str, Any]]] = {
    "classifier": lambda n: {"Satz": f"Das ist ein Satz {n}", "Stimmung": "ab"[n % 2]},
    "generation": lambda n: {"name": f"Thing {n}", "price": n, "description": f"A thing of the number {n}, very good"},
    "qa": lambda n: {"context": f"The sky is blue {n}", "question": f"How is the sky {n}?", "answer": f"blue {n}"},
    "chatbot": lambda n: {"Frage": f"Wie geht es {n}?", "Antwort": f"Danke, mir geht es gut {n}"},
    "tools": lambda n: {"messages": [{"role": "user", "content": f"{n}"}, {"role": "assistant", "content": "Hi"}],
                        "tools": []},
    "extraction": lambda n: {"text": f"Ann is {n}", "spans": [{"start": 0, "end": 3, "type": "person"}]},
}  # fmt: skip


@pytest.mark.parametrize("task", ANSWERS)
def test_the_task_is_found_by_names_and_content(ftprep: Call, tmp_path: Path, task: str) -> None:
    rows = [ANSWERS[task](n) for n in range(20)]
    put(tmp_path, "data.jsonl", lines(*rows))
    assert ftprep("init", "data.jsonl", "--json").document["result"]["task"] == task
    assert ftprep("run", "recipe.yaml").code == 0
