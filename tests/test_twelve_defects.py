"""The twelve defects of openai 0.28.1 `fine_tunes.prepare_data`, each with the input that showed it: none of them here.

What that tool did is said at each test; it was run on these inputs, or read in its source.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import ftprep
from ftprep import Finding
from ftprep.registry import Registry

pytestmark = pytest.mark.files

REGISTRY = Registry.installed(block="")
Pairs = Sequence[tuple[str, Any]]


def lines(pairs: Pairs) -> str:
    return "".join(json.dumps({"prompt": prompt, "completion": completion}) + "\n" for prompt, completion in pairs)


def csv(pairs: Pairs, mark: str = ",") -> str:
    return "".join(f"{mark.join(row)}\n" for row in [("prompt", "completion"), *pairs])


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def look(path: Path) -> list[Finding]:
    return ftprep.check(path, registry=REGISTRY)


def rows(found: Sequence[Finding], code: str) -> list[int]:
    return sorted(one.source.first for one in found if one.code == code and one.source is not None)


def mended(path: Path, *accept: str) -> list[tuple[str, str]]:
    """Prompts and completions after fixing what these codes tell; all fixes, where none is given."""
    fixed = ftprep.fix(path, accept=accept or "all", registry=REGISTRY)
    return [(row["prompt"], row["completion"]) for row in fixed.rows.to_dict("records")]


def test_1_the_long_example_is_removed_and_no_other_after_duplicates_and_empty_rows_were(tmp_path: Path) -> None:
    """It took positions for labels: an innocent row was deleted and a long one kept, or it ended in a KeyError."""
    long = ("Why? " * 2560 + "->", " So\n")
    pairs = [("One ->", " 1\n"), ("One ->", " 1\n"), ("None ->", ""), ("Two ->", " 2\n"), long, ("Six ->", " 6\n")]
    path = put(tmp_path, "data.jsonl", lines(pairs))
    found = look(path)
    assert {code: rows(found, code) for code in ("FT373", "FT481", "FT482")} == {
        "FT373": [2],
        "FT481": [3],
        "FT482": [5],
    }
    assert mended(path, "FT373", "FT481", "FT482") == [("One ->", " 1\n"), ("Two ->", " 2\n"), ("Six ->", " 6\n")]


def test_2_a_class_may_be_called_none_or_na(tmp_path: Path) -> None:
    """pandas read these completions as missing, and the rows were dropped."""
    names = ["None", "NA", "null", "n/a", "nan", "NULL"]
    path = put(tmp_path, "data.csv", csv([(f"Text {n} ->", name) for n, name in enumerate(names)]))
    assert rows(look(path), "FT481") == []
    assert mended(path, "FT495") == [(f"Text {n} ->", f" {name}") for n, name in enumerate(names)]


def test_3_null_is_no_answer(tmp_path: Path) -> None:
    """It became the text ` None`, which was trained."""
    path = put(tmp_path, "data.jsonl", lines([("Who? ->", None), ("Where? ->", " In Bern\n"), ("Why? ->", " So\n")]))
    assert rows(look(path), "FT481") == [1]
    assert mended(path, "FT481") == [("Where? ->", " In Bern\n"), ("Why? ->", " So\n")]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_4_other_encodings_and_delimiters_are_read(tmp_path: Path, encoding: str, mark: str) -> None:
    """They were refused as "not in valid CSV format"."""
    pairs = [("Wo liegt Köln? ->", "Am Rhein, wie Düsseldorf"), ("Wann? ->", "Später"), ("Wer? ->", "Jörg")]
    text = csv([(prompt, f'"{completion}"') for prompt, completion in pairs], mark)
    assert mended(put(tmp_path, "data.csv", text, encoding), "none") == pairs


def test_5_each_class_stands_in_each_split_and_is_counted_where_it_is_trained(tmp_path: Path) -> None:
    """The split was not stratified: a rare class was in one of the files only, and the class count was of both."""
    classes = ["rare"] * 2 + ["ham"] * 49 + ["spam"] * 49
    data = [{"prompt": f"Text {n} ->", "completion": f" {name}"} for n, name in enumerate(classes)]
    pair = {"prompt": {"prompt": "{prompt}", "completion": "{completion}", "space": False}}
    split = {"validation": "20%", "stratify": "completion"}
    recipe = {
        "version": 1, "name": "split", "transform": [pair], "split": split, "check": ["completions"],
        "write": ["openai_completion"],
    }  # fmt: skip
    made = ftprep.run(recipe, data=data, out=tmp_path / "out")
    for part in ("train", "validation"):
        assert set(made.to_pandas(part).completion) == {" rare", " ham", " spam"}
    assert made.figures["openai_completion"]["completions"]["classes"] == 3


def test_6_names_of_classes_that_differ_in_case_or_space_are_told(tmp_path: Path) -> None:
    """`spam`, `Spam` and `spam ` were three classes."""
    names = [" spam", " Spam", " spam "] * 4 + [" ham"] * 12
    path = put(tmp_path, "data.jsonl", lines([(f"Text {n} ->", name) for n, name in enumerate(names)]))
    (finding,) = [one for one in look(path) if one.code == "FT352"]
    assert finding.message == ("labels that differ only in case or white space: ' Spam' (4), ' spam' (4), ' spam ' (4)")


@pytest.mark.parametrize("ending", [" is?", "?", " text"])
def test_7_how_prompts_happen_to_end_is_not_taken_for_a_separator(tmp_path: Path, ending: str) -> None:
    """It was printed as the indicator string, with which prompts should end at inference."""
    pairs = [
        (f"{start}{ending}", f" The answer to {start.lower()}\n") for start in ("Tell me who it", "Some", "So what")
    ]
    path = put(tmp_path, "data.jsonl", lines(pairs))
    (finding,) = [one for one in look(path) if one.code == "FT487"]
    assert finding.message == (f"the prompts have no separator: {ending!r}, with which all end, may stand anywhere")
    assert mended(path, "FT487") == [(f"{prompt} ->", completion) for prompt, completion in pairs]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((" Label", " Label A", " Label B"), (" Label", " Label A", " Label B")),
        ((" Label:", " Label: A", " Label: B"), (" Label:", " Label: A", " Label: B")),
        ((" Label C", " Label A", " Label B"), (" C", " A", " B")),
    ],
    ids=["one is the prefix", "one is the prefix with a colon", "none is"],
)
def test_8_no_completion_becomes_empty_without_what_all_begin_with(
    tmp_path: Path, before: Sequence[str], after: Sequence[str]
) -> None:
    r"""`Label`, `Label A` and `Label B` became `" \n"`, `" A\n"` and `" B\n"`."""
    prompts = ("Who? ->", "Where? ->", "Why? ->")
    path = put(tmp_path, "data.jsonl", lines(list(zip(prompts, before, strict=True))))
    assert mended(path, "FT491") == list(zip(prompts, after, strict=True))


def test_9_rows_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    """The same prompt with yes and with no passed without a word."""
    pairs = [("Is it so? ->", " yes"), ("Is it so? ->", " no"), *((f"Is {n} odd? ->", " no") for n in range(8))]
    path = put(tmp_path, "data.jsonl", lines(pairs))
    found = [one for one in look(path) if one.code == "FT355"]
    assert {one.message for one in found} == {"the same text has different labels: no, yes"}
    assert rows(found, "FT355") == [1, 2]


def test_10_what_training_takes_goes_by_the_length_of_the_texts(tmp_path: Path) -> None:
    """The estimate was of minutes, and the same for texts twenty times as long. Here tokens are counted, and no
    minutes are promised, which nobody outside can know."""
    tokens = []
    for times in (1, 20):
        pairs = [(f"{f'word {n} ' * times}->", f" It is {n}\n") for n in range(10)]
        path = put(tmp_path, f"{times}.jsonl", lines(pairs))
        figures = ftprep.check(path, model="babbage-002", registry=REGISTRY).figures["openai_completion"]
        assert "minutes" not in json.dumps(figures)
        tokens.append(next(found["tokens"] for found in figures.values() if "tokens" in found))
    assert tokens[1] > 5 * tokens[0]


def test_11_one_line_is_enough_a_bad_one_is_named_and_chats_are_known(tmp_path: Path) -> None:
    """One line was taken for JSON and refused, a bad line refused the file without a place, and of a chat file it said
    that the prompt column is missing."""
    one = put(tmp_path, "one.jsonl", lines([("Who? ->", " Me\n")]))
    assert mended(one, "none") == [("Who? ->", " Me\n")]
    bad = put(
        tmp_path, "bad.jsonl", lines([("Who? ->", " Me\n")]) + '{"prompt": oops\n' + lines([("Why? ->", " So\n")])
    )
    (finding,) = [found for found in look(bad) if found.level == "error"]
    assert rows([finding], finding.code) == [2]
    assert "not JSON (column 12: expecting value)" in finding.message
    assert mended(bad, "none") == [("Who? ->", " Me\n"), ("Why? ->", " So\n")]
    messages = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Me."}]
    chat = put(tmp_path, "chat.jsonl", json.dumps({"messages": messages}) + "\n")
    report = ftprep.check(chat, registry=REGISTRY)
    assert (report.kind, report.usable, report.errors) == ("chat", 1, [])


@pytest.mark.parametrize("names", [("question", "label"), ("Prompt", "COMPLETION"), ("input", "output")])
def test_12_columns_of_other_names_are_taken(tmp_path: Path, names: tuple[str, str]) -> None:
    """Columns had to be called prompt and completion."""
    body = "".join(f"Is number {n} odd?,{'yes' if n % 2 else 'no'}\n" for n in range(12))
    report = ftprep.check(put(tmp_path, "data.csv", f"{','.join(names)}\n{body}"), registry=REGISTRY)
    ((_, options),) = report.recipe["transform"][-1].items()
    told = {name for text in options.values() if isinstance(text, str) for name in names if f"{{{name}}}" in text}
    assert (told, report.rows, report.usable) == (set(names), 12, 12)
