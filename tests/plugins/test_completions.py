"""The plugin `completions`: what is found in prompts and completions, and that what it proposes mends it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import ftprep
from ftprep import Drop, Example, Finding, Message, StepRun, Text, Verdict
from ftprep.codes import Code
from ftprep.registry import Registry
from ftprep_completions import marks
from ftprep_completions.check import Completions
from ftprep_completions.codes import CODES
from ftprep_completions.mending import DropLong, LeadingSpace, LowerCase, StripPrefix
from ftprep_completions.seen import Classes, Side, cases

REGISTRY = Registry.installed(block="")
law = settings(deadline=None, derandomize=True)
GOOD = [("Who wrote Faust? ->", " Goethe, in 1808\n"), ("Where is Bern? ->", " In the middle of Switzerland\n")]
Pairs = Sequence[tuple[str, str]]


def pair(prompt: str, completion: str) -> Example:
    return Example(messages=(Message("user", prompt), Message("assistant", completion)))


def judged(pairs: Pairs, run: StepRun | None = None, **options: Any) -> Verdict:
    check = Completions(**options)
    run = run or StepRun()
    values = [one for p in pairs for one in _values(check.start(run)(pair(*p)))]
    state = check.state()
    check.add(state, values)
    return check.judge(state, run)


def _values(look: Any) -> list[Any]:
    items = look if isinstance(look, list) else [look]
    return [item for item in items if item is not None and not isinstance(item, Finding)]


def told(pairs: Pairs, **options: Any) -> list[str]:
    return [line(finding) for finding in judged(pairs, **options).findings]


def line(finding: Finding) -> str:
    return f"{finding.level} {finding.code} {finding.message}; {finding.hint}"


def fixes(pairs: Pairs) -> dict[str, tuple[Any, ...]]:
    findings = judged(pairs).findings
    return {f.code: (f.fix.change, *f.fix.transform, f.fix.order) for f in findings if f.fix is not None}


# Each code, in a file


@pytest.mark.files
@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_code_is_found_in_its_failing_file_and_not_in_the_passing_one(code: Code, tmp_path: Path) -> None:
    for which in ("fails", "passes"):
        path = tmp_path / f"{which}.jsonl"
        path.write_text(getattr(code, which), encoding="utf-8", newline="")
        asked = yaml.safe_load(code.asks or "{check: [completions], write: openai_completion}")
        prompt = {"prompt": {"prompt": "{prompt}", "completion": "{completion}", "space": False}}
        recipe = {"version": 1, "name": "case", "read": str(path), "transform": [prompt], **asked}
        there = {one.code for one in ftprep.run(recipe, out=tmp_path / f"{which}.out").findings}
        assert (code.code in there) == (which == "fails")


# What is said

SAID: dict[str, tuple[Pairs, list[str]]] = {
    "nothing": (GOOD, []),
    "capitals": (
        [("WHO? ->", " GOETHE\n"), ("WHERE? ->", " IN BERN\n")],
        [
            "advice FT483 more than a third of the letters of the prompts are capitals; models read them in more and "
            "rarer tokens; write them in lower case: lower_case: {of: prompt}",
            "advice FT484 more than a third of the letters of the completions are capitals; models read them in more "
            "and rarer tokens; write them in lower case: lower_case: {of: completion}",
        ],
    ),
    "codes": ([("who? ->", " A"), *((f"number {n}? ->", " BC") for n in range(9))], []),
    "same prompts": (
        [("Write ->", " Roses\n"), ("Write ->", " Violets\n")],
        [
            "error FT485 all prompts are the same; write into each what its completion answers; for free writing "
            "leave all prompts empty"
        ],
    ),
    "same completions": (
        [("Who? ->", " No\n"), ("Where? ->", " No\n")],
        [
            "error FT486 all completions are the same; add examples of other completions; of these the model learns "
            "to say this one, whatever it is asked"
        ],
    ),
    "no separator": (
        [("Write of roses", " Red\n"), ("Write of violets!", " Blue\n")],
        ["warning FT487 the prompts have no separator; end each with ' ->': separator: {text: …}"],
    ),
    "an accident for a separator": (
        [("Who is it?", " I am\n"), ("What is it?", " It was\n")],
        [
            "warning FT487 the prompts have no separator: ' is it?', with which all end, may stand anywhere; end each "
            "with ' ->': separator: {text: …}"
        ],
    ),
    "a separator that some lack": (
        [("who ->", " me\n"), ("what ->", " that\n"), ("why", " therefore\n")],
        [
            "warning FT487 1 of 3 prompts do not end with ' ->', as the others do; end each with ' ->': separator: "
            "{text: …}"
        ],
    ),
    "a long separator": (
        [("Faust\nThe answer to this:", " Goethe\n"), ("Bern\nThe answer to this:", " Schiller\n")],
        [
            "advice FT488 the separator '\\nThe answer to this:' of the prompts is long; take a shorter one",
        ],
    ),
    "a separator inside": (
        [("a -> b -> c ->", " Goethe\n"), ("Who? ->", " Schiller\n")],
        [
            "warning FT489 the separator ' ->' of the prompts also stands 2 times before the end; replace it there, or "
            "take another separator"
        ],
    ),
    "a prompt prefix": (
        [("Answer my question: who? ->", " I\n"), ("Answer my question: why? ->", " So that\n")],
        [
            "advice FT490 all prompts begin with 'Answer my question: '; it costs tokens and says nothing: "
            "strip_prefix: {of: prompt}"
        ],
    ),
    "a completion prefix": (
        [("Who? ->", " Answer: me\n"), ("Why? ->", " Answer: therefore\n")],
        [
            "advice FT491 all completions begin with ' Answer: '; it costs tokens and says nothing: strip_prefix: "
            "{of: completion}"
        ],
    ),
    "a completion that is only the prefix": (
        [("Who? ->", " answer:\n"), ("Why? ->", " answer: therefore\n")],
        [
            "advice FT491 all completions begin with ' answer:'; leave it out; one completion would be empty without "
            "it, so write that one anew"
        ],
    ),
    "no ending": (
        [("Who? ->", " me"), ("Why? ->", " therefore, and\nnot only")],
        ["warning FT492 the completions have no ending to stop at; end each with '.': stop: {text: …}"],
    ),
    "an ending that some lack": (
        [("Who? ->", " me END"), ("Why? ->", " therefore END"), ("Where? ->", " here")],
        [
            "warning FT492 1 of 3 completions do not end with ' END', as the others do; end each with ' END': stop: "
            "{text: …}"
        ],
    ),
    "a long ending": (
        [("Who? ->", " me ==========="), ("Why? ->", " therefore ===========")],
        ["advice FT493 the ending ' ===========' of the completions is long; take a shorter one"],
    ),
    "an ending inside": (
        [("Who? ->", " me\nyou\n"), ("Why? ->", " therefore\n")],
        [
            "warning FT494 the ending '\\n' of the completions also stands once before the end; replace it there, or "
            "take another ending"
        ],
    ),
    "no space": (
        [("Who? ->", "me\n"), ("Why? ->", "therefore\n")],
        [
            "warning FT495 the completions do not begin with a space; begin each with one, as the tokens of most "
            "models do: leading_space"
        ],
    ),
    "a space at times": (
        [("Who? ->", "me\n"), ("Why? ->", " therefore\n")],
        [
            "warning FT495 1 of 2 completions do not begin with a space; begin each with one, as the tokens of most "
            "models do: leading_space"
        ],
    ),
}


@pytest.mark.parametrize(("pairs", "lines"), SAID.values(), ids=SAID)
def test_what_is_said(pairs: Pairs, lines: list[str]) -> None:
    assert told(pairs) == lines


def test_an_empty_completion_is_told_at_its_row_with_the_fix_that_is_needed() -> None:
    for completion in ("", " \n"):
        (finding,) = Completions().look(pair("Who?", completion))
        assert line(finding) == "error FT481 the completion is empty; write it, or drop the row"
        assert finding.fix.needed
        assert finding.fix.transform == ({"drop_if": {"of": "answer", "empty": True}},)


def test_a_long_example_is_told_at_its_row() -> None:
    at_most = pair("x" * 9_997, " me")
    assert Completions().look(at_most) == ("x" * 9_997, " me")
    _, finding = Completions().look(pair("x" * 9_998, " me"))
    assert line(finding) == (
        "warning FT482 prompt and completion have more than 10,000 characters together; what is beyond the model's "
        "limit is cut off; shorten or drop it"
    )
    assert (finding.fix.change, finding.fix.transform) == (
        "Remove the rows of more than 10,000 characters",
        ({"drop_long": {"characters": 10_000}},),
    )


def test_fixes_are_recipe_items_with_their_place() -> None:
    pairs = [("ANSWER THIS NOW: WHO IS IT", "ANSWER: ME"), ("ANSWER THIS NOW: WHY", "ANSWER: THEREFORE")]
    assert fixes(pairs) == {
        "FT483": ("Write the prompts in lower case", {"lower_case": {"of": "prompt"}}, 50),
        "FT487": ("End each prompt with ' ->'", {"separator": {"text": " ->"}}, 90),
        "FT490": (
            "Take 'ANSWER THIS NOW: ' away from the beginning of each prompt",
            {"strip_prefix": {"of": "prompt", "text": "ANSWER THIS NOW: "}},
            40,
        ),
        "FT484": ("Write the completions in lower case", {"lower_case": {"of": "completion"}}, 50),
        "FT491": (
            "Take 'ANSWER: ' away from the beginning of each completion",
            {"strip_prefix": {"of": "completion", "text": "ANSWER: "}},
            40,
        ),
        "FT492": ("End each completion with '\\n'", {"stop": {"text": "\n"}}, 90),
        "FT495": ("Begin each completion with one space", {"leading_space": {}}, 60),
    }


def test_an_ending_with_capitals_is_kept_when_a_text_becomes_lower_case() -> None:
    pairs = [("WHO? ->", " ME END"), ("WHY? ->", " THEREFORE END")]
    assert fixes(pairs)["FT484"][1] == {"lower_case": {"of": "completion", "ending": " END"}}


def test_where_every_separator_occurs_none_is_proposed() -> None:
    pairs = [("".join(f"a{mark}b" for mark in marks.SEPARATORS), " me\n"), ("Why", " therefore\n")]
    assert told(pairs) == [
        "warning FT487 the prompts have no separator; end each with a text that occurs in none of them: separator: "
        "{text: …}"
    ]


def test_where_every_ending_occurs_none_is_proposed() -> None:
    pairs = [("Who? ->", " " + "".join(f"a{mark}b" for mark in marks.STOPS)), ("Why? ->", " therefore")]
    assert told(pairs) == [
        "warning FT492 the completions have no ending to stop at; end each with a text that occurs in none of them: "
        "stop: {text: …}"
    ]


def test_with_line_breaks_in_prompts_the_separator_has_them_too() -> None:
    assert fixes([("Who\nis it", " me\n"), ("Why", " therefore\n")])["FT487"][1] == {
        "separator": {"text": "\n\n###\n\n"}
    }


# Tasks and figures


def test_the_task_is_told_from_prompts_and_completions() -> None:
    labels = [(f"Text {n} ->", f" {'ham' if n % 3 else 'spam'}") for n in range(9)]
    assert judged(labels).figures == {
        "examples": 9,
        "task": "classification",
        "classes": 2,
        "positive_class": "ham",
        "flags": '--compute_classification_metrics --classification_positive_class " ham"',
        "separator": " ->",
    }
    assert judged([("", " Roses"), ("", " Violets")]) == Verdict([], {"examples": 2, "task": "open-ended generation"})
    assert judged(GOOD).figures == {
        "examples": 2,
        "task": "conditional generation",
        "separator": " ->",
        "stop": "\n",
    }
    assert "positive_class" not in judged([*labels, ("So ->", " other")]).figures


def test_inference_is_told_where_to_stop() -> None:
    assert judged(GOOD).contract == {"stop": ["\n"]}
    assert judged(GOOD, StepRun(facts={"stop": ["\n"]})).contract == {}


def test_what_the_recipe_says_of_endings_holds() -> None:
    run = StepRun(facts={"separator": "?", "stop": ["Human:"]})
    verdict = judged([("Who?", " me"), ("Why?", " therefore")], run)
    assert (verdict.findings, verdict.figures["separator"]) == ([], "?")


def test_chat_formats_are_left_alone_and_so_is_what_has_no_answer() -> None:
    (chat,) = [item.cls for item in REGISTRY.all("writer") if item.name == "openai_chat"]
    assert judged([("", "")], StepRun(writer=chat())) == Verdict()
    assert Completions().look(Example(messages=(Message("user", "Who?"),))) is None


@pytest.mark.parametrize(
    ("ending", "mark"),
    {
        "": "", "?": "", " is?": "", " text": "", "ing.": "", "!": "", " C#": "", "50%": "", '"': "",
        "? ->": " ->", "\n\n###\n\n": "\n\n###\n\n", "a\nAnswer:": "\nAnswer:", "s A:": " A:", "\n": "\n",
        "a \n": " \n", " is it\nIs it spam?": "\nIs it spam?", " =>": " =>", " [SEP]": " [SEP]", "so END": " END",
        "a|": "|", "ab: ": "ab: ", "###": "###", " </s>": " </s>", "\n\n---\n\n": "\n\n---\n\n", "…\n\n": "\n\n",
    }.items(),
)  # fmt: skip
def test_a_separator_is_told_from_an_accidental_ending(ending: str, mark: str) -> None:
    assert marks.separator_in(ending) == mark


@pytest.mark.parametrize(
    ("ending", "mark"),
    {
        "": "",
        "\nTrue": "",
        "s A:": "",
        "\n": "\n",
        "y\n": "\n",
        " END": " END",
        "***": "***",
        " [END]": " [END]",
    }.items(),
)
def test_a_stop_sequence_is_told_from_an_accidental_ending(ending: str, mark: str) -> None:
    assert marks.stop_in(ending) == mark


@pytest.mark.parametrize("mark", [*marks.SEPARATORS])
def test_each_separator_that_is_proposed_is_taken_for_one(mark: str) -> None:
    assert marks.separator_in(f"a?{mark}") == mark


# Transformers

STEPS: dict[str, tuple[Any, tuple[str, str], tuple[str, str]]] = {
    "lower prompt": (LowerCase(of="prompt"), ("WHO ->", " ME"), ("who ->", " ME")),
    "lower completion": (LowerCase(of="completion", ending=" END"), ("WHO", " ME END"), ("WHO", " me END")),
    "lower without ending": (LowerCase(of="completion", ending=" END"), ("WHO", " ME"), ("WHO", " me")),
    "prompt prefix": (StripPrefix(of="prompt", text="Say: "), ("Say: so", " Say: so"), ("so", " Say: so")),
    "completion prefix": (StripPrefix(of="completion", text=" Say: "), ("Say: so", " Say: so"), ("Say: so", " so")),
    "prefix without space": (StripPrefix(of="completion", text="Say: "), ("q", "Say: so"), ("q", "so")),
    "no such prefix": (StripPrefix(of="completion", text=" Say: "), ("q", "so"), ("q", "so")),
    "only the prefix": (StripPrefix(of="completion", text="Say: "), ("q", "Say: "), ("q", "Say: ")),
    "prefix and ending": (StripPrefix(of="completion", text="Say", ending=" END"), ("q", "Say END"), ("q", "Say END")),
    "space": (LeadingSpace(), ("q", "so"), ("q", " so")),
    "a space that is there": (LeadingSpace(), ("q", " so"), ("q", " so")),
    "more than a space": (LeadingSpace(), ("q", "\n  so"), ("q", " so")),
    "space before nothing": (LeadingSpace(), ("q", ""), ("q", "")),
    "not too long": (DropLong(characters=3), ("q", "so"), ("q", "so")),
}


@pytest.mark.parametrize(("step", "before", "after"), STEPS.values(), ids=STEPS)
def test_transformers_change_their_part_alone(step: Any, before: tuple[str, str], after: tuple[str, str]) -> None:
    assert step.apply(pair(*before)) == pair(*after)


def test_transformers_leave_what_they_have_nothing_to_do_with() -> None:
    asked = Example(messages=(Message("user", "Say: SO"),))
    alone = Example(messages=(Message("assistant", "Say: SO"),))
    assert LeadingSpace().apply(asked) is asked
    assert LowerCase(of="completion").apply(asked) is asked
    assert StripPrefix(of="prompt", text="Say: ").apply(alone) is alone
    assert StripPrefix(of="prompt", text="Say: ").apply(asked).messages[0].text == "SO"


def test_transformers_change_the_text_of_parts() -> None:
    parts = Example(messages=(Message("user", (Text("WHO"), Text("?"))), Message("assistant", "I")))
    assert LowerCase(of="prompt").apply(parts).messages[0].content == (Text("who"), Text("?"))


def test_what_is_too_long_is_dropped_in_training_only() -> None:
    example = pair("Who?", " I")
    assert DropLong(characters=5).apply(example) == Drop("longer than 5 characters", "6 characters")
    assert DropLong(characters=5).request(example, StepRun()) is example


# Laws

WORDS = st.sampled_from(
    [
        "who",
        "is",
        "it",
        "?",
        "\n",
        " ",
        "->",
        "###",
        "\n\n###\n\n",
        "\n\n",
        "===",
        "END",
        ".",
        "***",
        "Ü",
        "a:",
        "\0",
        "+",
    ]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map("".join)
PAIRS = st.lists(st.tuples(TEXTS, TEXTS.filter(str.strip)), min_size=2, max_size=8)


@settings(law)
@given(PAIRS, st.randoms(use_true_random=False))
def test_neither_order_nor_parts_change_the_verdict(pairs: Pairs, chance: random.Random) -> None:
    check = Completions()
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    at = chance.randrange(len(pairs) + 1)
    states = []
    for part in (shuffled[:at], shuffled[at:]):
        state = check.state()
        for one in part:
            check.add(state, [one])
        states.append(state)
    check.merge(*states)
    assert check.judge(states[0], StepRun()) == judged(pairs)


def _options(pairs: Pairs, code: str) -> dict[str, Any]:
    ((_, options),) = fixes(pairs)[code][1].items()
    return options


@settings(law)
@given(PAIRS)
def test_the_separator_and_ending_proposed_stand_inside_no_text(pairs: Pairs) -> None:
    offered = fixes(pairs)
    for code, side in (("FT487", 0), ("FT492", 1)):
        if code in offered:
            mark = _options(pairs, code)["text"]
            assert all(one[side].count(mark) == one[side].endswith(mark) for one in pairs)


@settings(law, max_examples=20)
@given(PAIRS)
def test_what_is_mended_is_not_found_again(pairs: Pairs) -> None:
    fixed = ftprep.fix(
        [{"prompt": prompt, "completion": completion} for prompt, completion in pairs], registry=REGISTRY
    )
    mended = {group.code for group in fixed.findings.groups if group.fix is not None}
    assert not mended & {code.code for code in CODES}


@settings(law, max_examples=30)
@given(PAIRS, st.sampled_from(["FT483", "FT484", "FT487", "FT490", "FT491", "FT492", "FT495"]))
def test_each_fix_by_itself_mends_its_finding(pairs: Pairs, code: str) -> None:
    rows = [{"prompt": prompt, "completion": completion} for prompt, completion in pairs]
    fixed = ftprep.fix(rows, accept=[code], registry=REGISTRY)
    assert code not in {group.code for group in fixed.findings.groups if group.fix is not None}


@settings(law)
@given(TEXTS, TEXTS)
def test_a_prefix_is_never_taken_where_nothing_would_be_left(prefix: str, rest: str) -> None:
    made = StripPrefix(of="completion", text=prefix).apply(pair("q", prefix + rest)).messages[1].text
    assert made.strip() or not (prefix + rest).strip()


@settings(law)
@given(st.text(max_size=50))
def test_capitals_are_those_that_lower_case_changes(text: str) -> None:
    upper = sum(c.isupper() and c.lower() != c for c in text)
    assert cases(text) == (upper, sum(map(str.islower, text)))


@settings(law)
@given(st.lists(st.text("ab\n", max_size=6), min_size=1, max_size=5))
def test_what_all_texts_share_is_what_each_begins_and_ends_with(texts: list[str]) -> None:
    side = Side(())
    for text in texts:
        side.add([text])
    shared: Callable[[int], bool] = lambda n: len({text[:n] for text in texts}) == 1  # noqa: E731
    assert side.prefix == texts[0][: max(n for n in range(len(min(texts, key=len)) + 1) if shared(n))]
    assert all(text.endswith(side.suffix) for text in texts)


def test_classes_are_counted_as_long_as_they_can_be_classes() -> None:
    few, many = Classes(), Classes()
    few.add(["a", " a", "b", "x" * 300], 300)
    many.add([str(n) for n in range(5001)], 4)
    assert (len(few), few.largest, few.among(10), few.among(9)) == (3, "a", True, False)
    few.merge(many)
    assert (len(few), few.largest, few.among(10**6)) == (0, "", False)
