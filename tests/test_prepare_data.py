"""The 15 validators of openai 0.28.1 `fine_tunes.prepare_data`, each with a file that it had something to say about:
what is found here, and that mending writes the rows that it wrote.

It was run with `-q` on each of these files; the rows are those it wrote. Where they are others on purpose, a test of
its own says so.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas
import pytest

import ftprep
from ftprep import Finding
from ftprep.doctor.found import Fixed, Found
from ftprep.registry import Registry

pytestmark = pytest.mark.files

REGISTRY = Registry.installed(block="")
OURS = ("FT2", "FT325", "FT373", "FT48", "FT49")
"""Codes of what the old tool looked at: the file, its columns, duplicates, prompts and completions."""
Pair = tuple[str, str]
Pairs = Sequence[Pair]

ASKED = ("Tell me of rivers", "Explain the lamp", "What do bees do", "Why is paper white", "How do stones form",
         "Where do winds begin")  # fmt: skip
ANSWERED = ("They run to the sea", "It gives light", "They gather nectar", "It was bleached", "Heat and time",
            "Over warm ground")  # fmt: skip
BARE = list(zip(ASKED, ANSWERED, strict=True))
GOOD = [(f"{prompt} ->", f" {completion}\n") for prompt, completion in BARE]


def made(prompt: str = "{} ->", completion: str = " {}\n") -> list[Pair]:
    """The pairs with something around them."""
    return [(prompt.format(one), completion.format(other)) for one, other in BARE]


def jsonl(pairs: Pairs) -> bytes:
    return "".join(json.dumps({"prompt": prompt, "completion": it}) + "\n" for prompt, it in pairs).encode()


def table(pairs: Pairs, mark: str = ",", head: Pair = ("prompt", "completion"), encoding: str = "utf-8") -> bytes:
    lines = [mark.join(head), *(mark.join(f'"{cell}"' for cell in pair) for pair in pairs)]
    return "".join(f"{line}\n" for line in lines).encode(encoding)


def look(path: Path) -> Found:
    return ftprep.check(path, registry=REGISTRY)


def mended(path: Path, model: str | None = None) -> list[Pair]:
    fixed = ftprep.fix(path, model=model, registry=REGISTRY)
    return pairs_of(fixed)


def pairs_of(fixed: Fixed) -> list[Pair]:
    return [(row["prompt"], row["completion"]) for frame in fixed.frames.values() for row in frame.to_dict("records")]


def put(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def codes(found: Sequence[Finding]) -> set[str]:
    return {one.code for one in found if one.code.startswith(OURS)}


def texts(found: Found, code: str) -> set[str]:
    return {one.message for one in found if one.code == code}


def rows(found: Sequence[Finding], code: str) -> list[int]:
    return sorted(one.source.first for one in found if one.code == code and one.source is not None)


# The same rows


class Case(NamedTuple):
    """A file, what is found in it, and the rows that both write."""

    name: str
    content: bytes
    codes: set[str]
    rows: list[Pair]


ALL_THREE = {"FT487", "FT492", "FT495"}
SAME: dict[str, Case] = {
    "2, 3 necessary_column: `prompt` should be lowercase": Case(
        "a.csv", table(BARE, head=("Prompt", "COMPLETION")), ALL_THREE, GOOD
    ),
    "4 additional_column: id, note": Case(
        "a.csv",
        b"prompt,completion,id,note\n" + b"".join(f"{a},{b},{n},x\n".encode() for n, (a, b) in enumerate(BARE)),
        {"FT325", *ALL_THREE},
        GOOD,
    ),
    "5 non_empty_field: rows [3]": Case("a.jsonl", jsonl([*GOOD[:3], ("No ->", ""), *GOOD[3:]]), {"FT481"}, GOOD),
    "7 duplicated_rows: rows [6, 7]": Case("a.jsonl", jsonl([*GOOD, GOOD[1], GOOD[1]]), {"FT373"}, GOOD),
    "8 long_examples: rows [6]": Case("a.jsonl", jsonl([*GOOD, ("Why so " * 1500 + "->", " So\n")]), {"FT482"}, GOOD),
    "9 lower_case(prompt)": Case(
        "a.jsonl", jsonl([(a.upper(), b) for a, b in GOOD]), {"FT483"}, [(a.lower(), b) for a, b in GOOD]
    ),
    "9 lower_case(prompt): half the letters": Case(
        "a.jsonl",
        jsonl([("ABC def ->", " Abc\n"), ("GHI jkl ->", " Def\n")]),
        {"FT483"},
        [("abc def ->", " Abc\n"), ("ghi jkl ->", " Def\n")],
    ),
    "10 lower_case(completion)": Case(
        "a.jsonl", jsonl([(a, b.upper()) for a, b in GOOD]), {"FT484"}, [(a, b.lower()) for a, b in GOOD]
    ),
    "11 common_prompt_suffix: add ` ->`": Case("a.jsonl", jsonl(made("{}")), {"FT487"}, GOOD),
    "11 common_prompt_suffix: no arrow beside line breaks": Case(
        "a.jsonl",
        jsonl([(a.replace(" ", "\n", 1), b) for a, b in made("{}")]),
        {"FT487"},
        [(f"{a.replace(' ', chr(10), 1)}\n\n###\n\n", b) for a, b in made("{}")],
    ),
    "11 common_prompt_suffix: no arrow where there are arrows": Case(
        "a.jsonl",
        jsonl([(a.replace(" ", " -> ", 1), b) for a, b in made("{}")]),
        {"FT487"},
        [(f"{a.replace(' ', ' -> ', 1)}\n\n###\n\n", b) for a, b in made("{}")],
    ),
    "11 common_prompt_suffix: one prompt is empty": Case(
        "a.jsonl", jsonl([("", "Free"), *BARE]), ALL_THREE, [(" ->", " Free\n"), *GOOD]
    ),
    "12 common_prompt_prefix: 12 characters and more": Case(
        "a.jsonl", jsonl(made("Answer the question: {} ->")), {"FT490"}, GOOD
    ),
    "13 common_completion_prefix: the space is kept": Case(
        "a.jsonl", jsonl(made(completion=" Answer: {}\n")), {"FT491"}, GOOD
    ),
    "13 common_completion_prefix: and made": Case(
        "a.jsonl", jsonl(made(completion="Answer: {}\n")), {"FT491", "FT495"}, GOOD
    ),
    "14 common_completion_suffix: add a line break": Case("a.jsonl", jsonl(made(completion=" {}")), {"FT492"}, GOOD),
    "14 common_completion_suffix: a point beside line breaks": Case(
        "a.jsonl",
        jsonl([(a, b.replace(" ", "\n", 1)) for a, b in made(completion="{}")]),
        {"FT492", "FT495"},
        [(a, f" {b.replace(' ', chr(10), 1)}.") for a, b in made(completion="{}")],
    ),
    "15 completions_space_start: none": Case("a.jsonl", jsonl(made(completion="{}\n")), {"FT495"}, GOOD),
    "15 completions_space_start: some": Case(
        "a.jsonl", jsonl([*GOOD[:3], *made("{} ->", "{}\n")[3:]]), {"FT495"}, GOOD
    ),
    "open-ended: neither separator nor ending": Case(
        "a.jsonl", jsonl([("", b) for _, b in BARE]), {"FT495"}, [("", f" {b}") for _, b in BARE]
    ),
    "a CSV": Case("a.csv", table(BARE), ALL_THREE, GOOD),
    "a CSV with quotes, commas and line breaks": Case(
        "a.csv",
        b'prompt,completion\n"He said ""go"", then","left, at ""ten"""\n"Two\nlines",So\n"a;b","c;d"\n',
        ALL_THREE,
        [
            ('He said "go", then\n\n###\n\n', ' left, at "ten"\n'),
            ("Two\nlines\n\n###\n\n", " So\n"),
            ("a;b\n\n###\n\n", " c;d\n"),
        ],
    ),
    "a TSV": Case("a.tsv", table(BARE, "\t"), ALL_THREE, GOOD),
    "lines in a .json": Case("a.json", jsonl(GOOD), {"FT220"}, GOOD),
    "an array in a .jsonl": Case(
        "a.jsonl", json.dumps([{"prompt": a, "completion": b} for a, b in GOOD]).encode(), {"FT221"}, GOOD
    ),
}


@pytest.mark.parametrize("case", SAME.values(), ids=SAME)
def test_what_a_validator_told_is_found_and_mended_to_the_same_rows(tmp_path: Path, case: Case) -> None:
    path = put(tmp_path, case.name, case.content)
    assert codes(look(path)) == case.codes
    assert mended(path) == case.rows


@pytest.mark.parametrize("sheets", [1, 2], ids=["one sheet", "the first of two sheets"])
def test_a_workbook_is_mended_to_the_same_rows(tmp_path: Path, sheets: int) -> None:
    """It said of the second that only the first sheet is read."""
    path = tmp_path / "a.xlsx"
    with pandas.ExcelWriter(path) as book:
        pandas.DataFrame(BARE, columns=["prompt", "completion"]).to_excel(book, sheet_name="A", index=False)
        if sheets > 1:
            pandas.DataFrame([[1]], columns=["x"]).to_excel(book, sheet_name="B", index=False)
    found = look(path)
    assert codes(found) == ALL_THREE | ({"FT230"} if sheets > 1 else set())
    assert mended(path) == GOOD


TEXTS = {
    "lines": "\n".join(ANSWERED),
    "lines, the last one ended": "\n".join(ANSWERED) + "\n",  # "7 pairs", of which it removed an empty one
    "lines of Windows": "\r\n".join(ANSWERED) + "\r\n",
    "blank lines between": "\n\n".join(ANSWERED),  # "11 pairs", of which it removed 5 empty ones
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_each_line_of_a_text_is_a_completion_without_a_prompt(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, "a.txt", text.encode())
    found = ftprep.check(path, model="babbage-002", registry=REGISTRY)
    assert (found.kind, found.rows, codes(found)) == ("text", 6, {"FT495"})
    assert found.figures["openai_completion"]["completions"]["task"] == "open-ended generation"
    assert mended(path, "babbage-002") == [("", f" {line}") for line in ANSWERED]


def test_without_a_completion_model_a_line_of_a_text_is_what_a_chat_model_says_unasked(tmp_path: Path) -> None:
    """The old tool knew no chats; those are what most models are tuned with today."""
    path = put(tmp_path, "a.txt", "\n".join(ANSWERED).encode())
    messages = ftprep.fix(path, registry=REGISTRY).rows["messages"]
    empty = {"role": "user", "content": ""}
    assert list(messages) == [[empty, {"role": "assistant", "content": line}] for line in ANSWERED]


def test_init_writes_a_recipe_for_plain_text_too(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", "\n".join(ANSWERED).encode())
    begun = ftprep.init(path, out=tmp_path / "recipe.yaml", registry=REGISTRY)
    assert (begun.examples["openai_completion"][0]["completion"]) == " They run to the sea END"
    assert ftprep.run(tmp_path / "recipe.yaml", out=tmp_path / "out").counts["used"] == 6


# What it told and did not change


TOLD: dict[str, tuple[list[Pair], dict[str, str]]] = {
    "11 a long separator": (
        made("{}\n\nThe answer is:\n"),
        {"FT488": "the separator '\\n\\nThe answer is:\\n' of the prompts is long"},
    ),
    "11 a separator inside": (
        [(a.replace(" ", " -> ", 1), b) for a, b in GOOD],
        {"FT489": "the separator ' ->' of the prompts also stands 6 times before the end"},
    ),
    "12 a short prefix": (made("Q: {} ->"), {}),
    "14 a long ending": (
        made(completion=" {} ************"),
        {"FT493": "the ending ' ************' of the completions is long"},
    ),
    "14 an ending inside": (
        [(a, f" {b.strip().replace(' ', chr(10), 1)}\n") for a, b in GOOD],
        {"FT494": "the ending '\\n' of the completions also stands 6 times before the end"},
    ),
    "nothing": (GOOD, {}),
}


@pytest.mark.parametrize(("pairs", "told"), TOLD.values(), ids=TOLD)
def test_what_was_told_without_a_change_is_told_and_the_rows_stay(
    tmp_path: Path, pairs: list[Pair], told: dict[str, str]
) -> None:
    path = put(tmp_path, "a.jsonl", jsonl(pairs))
    found = look(path)
    assert codes(found) == set(told)
    for code, text in told.items():
        assert {one.partition("; ")[0] for one in texts(found, code)} == {text}
    assert mended(path) == pairs


def test_1_num_examples_few_examples_are_told_under_10_and_under_a_few_hundred(tmp_path: Path) -> None:
    few = look(put(tmp_path, "few.jsonl", jsonl(GOOD)))
    assert texts(few, "FT338") == {"there are fewer than 10 examples (6); OpenAI takes 10 or more"}
    more = look(put(tmp_path, "more.jsonl", jsonl([(f"{n} {a}", f" {n}{b}") for n in range(16) for a, b in GOOD])))
    advised = "there are 96 examples; for texts that are written after an input about 500 were advised"
    assert texts(more, "FT346") == {advised}


def test_6_format_inferrer_a_task_is_told_and_of_classes_some_are_held_out(tmp_path: Path) -> None:
    """It held out rows of any class: here 2 ` spam` and 1 ` ham` of 6 and 6."""
    pairs = [(f"Text {n} ->", (" ham", " spam")[n % 2]) for n in range(12)]
    path = put(tmp_path, "a.jsonl", jsonl(pairs))
    figures = look(path).figures["openai_completion"]["completions"]
    assert figures == {
        "examples": 12,
        "task": "classification",
        "classes": 2,
        "positive_class": "ham",  # of classes with as many examples the first by its letters
        "flags": '--compute_classification_metrics --classification_positive_class " ham"',
        "separator": " ->",
    }
    fixed = ftprep.fix(path, registry=REGISTRY)
    assert sorted(pairs_of(fixed)) == sorted(pairs)
    assert [dict(frame.completion.value_counts()) for frame in fixed.frames.values()] == [
        {" ham": 5, " spam": 5},
        {" ham": 1, " spam": 1},
    ]


# What it refused, or stopped at


REFUSED: dict[str, tuple[str, bytes, list[Pair]]] = {
    "semicolons: `prompt` column is missing": ("a.csv", table(BARE, ";"), GOOD),
    "latin-1: not in valid CSV format": (
        "a.csv", table([("Größe", "Länge"), *BARE], encoding="latin-1"), [("Größe ->", " Länge\n"), *GOOD],
    ),
    "one line: not in valid JSONL format": ("a.jsonl", jsonl(GOOD[:1]), GOOD[:1]),
    "a bad line: not in valid JSONL format": ("a.jsonl", jsonl(GOOD[:2]) + b"{oops\n" + jsonl(GOOD[2:]), GOOD),
    "no ending: missing a file extension": ("noending", jsonl(GOOD), GOOD),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "pairs"), REFUSED.values(), ids=REFUSED)
def test_what_was_refused_is_read_and_mended(tmp_path: Path, name: str, content: bytes, pairs: list[Pair]) -> None:
    assert mended(put(tmp_path, name, content)) == pairs


def test_the_columns_of_a_completion_model_may_be_called_otherwise(tmp_path: Path) -> None:
    """`completion` column/key is missing, it said."""
    path = put(tmp_path, "a.csv", table(BARE, head=("question", "reply")))
    assert mended(path, "babbage-002") == GOOD


@pytest.mark.parametrize(
    ("pairs", "code", "text"),
    [
        ([("Write ->", b) for _, b in GOOD], "FT485", "all prompts are the same"),
        ([(a, " No idea\n") for a, _ in GOOD[:2]], "FT486", "all completions are the same"),
    ],
    ids=["11 all prompts are identical", "14 all completions are identical"],
)
def test_where_it_gave_up_an_error_is_told_beside_everything_else(
    tmp_path: Path, pairs: list[Pair], code: str, text: str
) -> None:
    path = put(tmp_path, "a.jsonl", jsonl([*pairs, pairs[0]]))
    found = look(path)
    assert (texts(found, code), codes(found)) == ({text}, {code, "FT373"})
    assert mended(path) == pairs


# Other rows, on purpose


def test_8_the_long_row_is_removed_and_no_other_where_a_duplicate_stands_before_it(tmp_path: Path) -> None:
    """It kept the long row, and deleted `Why is paper white` in its place."""
    long = ("Why so " * 1500 + "->", " So\n")
    path = put(tmp_path, "a.jsonl", jsonl([GOOD[0], *GOOD[:4], long, *GOOD[4:]]))
    assert {code: rows(look(path), code) for code in ("FT373", "FT482")} == {"FT373": [2], "FT482": [6]}
    assert mended(path) == GOOD


def test_5_a_blank_completion_is_an_empty_one(tmp_path: Path) -> None:
    r"""It kept it, and since it lacked the ending of the others, all got a second one: ` They run to the sea\n.`."""
    path = put(tmp_path, "a.jsonl", jsonl([*GOOD[:3], ("Blank ->", "  "), *GOOD[3:]]))
    assert rows(look(path), "FT481") == [4]
    assert mended(path) == GOOD


def test_5_a_row_without_a_completion_is_an_error(tmp_path: Path) -> None:
    """It trained the word ` nan` there."""
    path = put(tmp_path, "a.jsonl", jsonl(GOOD[:2]) + b'{"prompt": "So ->"}\n' + jsonl(GOOD[2:]))
    assert [one.source.first for one in look(path).errors if one.source is not None] == [3]
    assert mended(path) == GOOD


def test_10_letters_that_stand_for_classes_are_no_shouting(tmp_path: Path) -> None:
    """It wrote ` a`, ` b` and ` c`."""
    pairs = [(f"{n} {a}", f" {'ABC'[n % 3]}") for n in range(2) for a, _ in GOOD]
    pairs = [(a, f" {'ABC'[n % 3]}") for n, (a, _) in enumerate(pairs)]
    path = put(tmp_path, "a.jsonl", jsonl(pairs))
    assert codes(look(path)) == set()
    assert sorted(mended(path)) == sorted(pairs)


def test_13_the_beginning_of_a_word_is_no_prefix(tmp_path: Path) -> None:
    """It wrote ` al`, ` ational`, ` et`."""
    words = ("internal", "international", "internet", "interned", "intern it", "internist")
    pairs = [(a, f" {word}\n") for (a, _), word in zip(GOOD, words, strict=True)]
    path = put(tmp_path, "a.jsonl", jsonl(pairs))
    assert (codes(look(path)), mended(path)) == (set(), pairs)


def test_15_one_space_takes_the_place_of_other_white_space(tmp_path: Path) -> None:
    r"""It wrote ` \tThey run to the sea`."""
    path = put(tmp_path, "a.jsonl", jsonl(made(completion="\t{}\n")))
    assert (codes(look(path)), mended(path)) == ({"FT495"}, GOOD)


def test_numbers_as_completions_are_written_as_texts_and_told(tmp_path: Path) -> None:
    """It wrote the same rows without a word."""
    lines = "".join(json.dumps({"prompt": a, "completion": n}) + "\n" for n, (a, _) in enumerate(GOOD))
    path = put(tmp_path, "a.jsonl", lines.encode())
    assert rows(look(path), "FT392") == [1, 2, 3, 4, 5, 6]
    assert mended(path) == [(a, f" {n}\n") for n, (a, _) in enumerate(GOOD)]


def test_11_only_the_sign_is_the_separator_not_what_the_prompts_have_before_it(tmp_path: Path) -> None:
    """It told to end prompts with `? ->` at inference."""
    path = put(tmp_path, "a.jsonl", jsonl(made("{}? ->")))
    assert look(path).figures["openai_completion"]["completions"]["separator"] == " ->"


def test_a_json_array_is_written_as_lines(tmp_path: Path) -> None:
    """It found nothing to do, and said that the array can be used for training."""
    content = json.dumps([{"prompt": a, "completion": b} for a, b in GOOD]).encode()
    assert mended(put(tmp_path, "a.json", content)) == GOOD


@pytest.mark.parametrize("write", [table, jsonl], ids=["CSV", "JSONL"])
def test_the_file_itself_is_never_changed(tmp_path: Path, write: Callable[[Pairs], bytes]) -> None:
    path = put(tmp_path, "a.csv" if write is table else "a.jsonl", write(BARE))
    kept = shutil.copy(path, tmp_path / "kept")
    mended(path)
    assert path.read_bytes() == Path(kept).read_bytes()
