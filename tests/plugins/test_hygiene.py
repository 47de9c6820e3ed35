"""The plugin `hygiene`: special tokens, text that was decoded wrongly and its repair, duplicates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Check, Drop, Example, Finding, Message, StepRun, Text, ToolCall, api
from ftprep_hygiene.duplicates import Duplicates
from ftprep_hygiene.mojibake import Mojibake
from ftprep_hygiene.repair import Repair
from ftprep_hygiene.special import DEFAULT, SpecialTokens
from ftprep_hygiene.texts import texts
from ftprep_hygiene.wrongly import pairs, repaired


def said(question: str, answer: str = "Yes.", **more: Any) -> Example:
    return Example(messages=(Message("user", question), Message("assistant", answer)), **more)


def everywhere(text: str) -> Example:
    """An example with the text in each place that a model reads."""
    call = ToolCall("call_1", "find", json.dumps({"q": text}, ensure_ascii=False))
    tool = {"type": "function", "function": {"name": "find", "description": text, "parameters": {}}}
    asked = Message("user", (Text(text), Text("?")), name=text)
    answer = Message("assistant", text, reasoning=text, tool_calls=(call,))
    return Example(messages=(asked, answer), rejected=(Message("assistant", text),), tools=(tool,))


def told(look: Any) -> list[str]:
    return [f"{f.level} {f.code} {f.message}; {f.hint}" for f in look or () if isinstance(f, Finding)]


def run(folder: Path, check: Any, *pairs: tuple[str, str], transform: tuple[Any, ...] = ()) -> api.Run:
    chat = {"chat": {"user": "{q}", "assistant": "{a}"}}
    source = {
        "version": 1, "name": "hygiene", "transform": [chat, *transform], "check": [check], "write": ["openai_chat"],
    }  # fmt: skip
    return api.run(source, data=[{"q": q, "a": a} for q, a in pairs], out=folder / "out")


def reported(made: api.Run) -> list[str]:
    return [
        f"{f['level']} {f['code']} {f['message']}; {f['hint']} [{f['count']}: {', '.join(f['places'])}]"
        for f in made.manifest["findings"]
    ]


# special_tokens

TOKEN_HINT = "take it out with 'replace', or drop such examples with special_tokens: {on_fail: drop}"


@pytest.mark.parametrize("token", DEFAULT)
def test_a_special_token_is_found_and_told(token: str) -> None:
    look = SpecialTokens().look(said(f"What does {token} mean?"))
    assert look[0] == token
    assert told(look) == [f"error FT370 the text has the special token {token}; {TOKEN_HINT}"]


@pytest.mark.parametrize("text", ["<|", "<|end of text|>", "<s>old</s> <end>", "[INSTALL]", "a <b> c", "", "<|x|>"])
def test_text_that_only_looks_like_a_special_token_is_not_told(text: str) -> None:
    assert SpecialTokens().look(said(text)) is None


def test_a_special_token_is_found_wherever_a_model_reads_and_told_once_an_example() -> None:
    example = everywhere("<|fim_suffix|>")
    assert len(texts(example)) == 11
    assert SpecialTokens().look(example)[:-1] == ["<|fim_suffix|>"]


def test_two_texts_that_meet_make_no_special_token() -> None:
    assert SpecialTokens().look(said("<|endof", "text|>")) is None


def test_tokens_of_ones_own_come_beside_the_usual_ones_or_in_their_place() -> None:
    example = said("<turn> <|endoftext|>")
    assert SpecialTokens(more=["<turn>"]).look(example)[:2] == ["<turn>", "<|endoftext|>"]
    assert SpecialTokens(only=["<turn>"]).look(example)[:-1] == ["<turn>"]


def test_more_and_only_together_are_refused() -> None:
    with pytest.raises(ValidationError) as error:
        SpecialTokens(more=["<a>"], only=["<b>"])
    (problem,) = error.value.errors()
    assert problem["msg"] == "Value error, 'only' says all that is looked for, so 'more' adds nothing; give one of them"


@pytest.mark.files
def test_a_run_tells_each_special_token_with_its_places(tmp_path: Path) -> None:
    rows = [("<|im_start|> <|im_end|>", "a"), ("clean", "b"), ("<|im_end|><|im_end|>", "c")]
    made = run(tmp_path, "special_tokens", *rows)
    assert reported(made) == [
        f"error FT370 the text has the special token <|im_start|>; {TOKEN_HINT} [1: data:1]",
        f"error FT370 the text has the special token <|im_end|>; {TOKEN_HINT} [2: data:1, data:3]",
    ]
    figures = made.manifest["figures"]["openai_chat"]["special_tokens"]
    assert figures == {"<|im_end|>": 2, "<|im_start|>": 1, "looked_for": list(DEFAULT)}
    assert not made.ok


@pytest.mark.files
def test_a_lone_list_names_more_tokens(tmp_path: Path) -> None:
    made = run(tmp_path, {"special_tokens": ["<turn>"]}, ("a <turn> b", "c"))
    figures = made.manifest["figures"]["openai_chat"]["special_tokens"]
    assert figures == {"<turn>": 1, "looked_for": [*DEFAULT, "<turn>"]}


def test_an_example_with_special_tokens_can_be_dropped_or_only_warned_of() -> None:
    example = said("<|endoftext|>[INST]")
    assert SpecialTokens(on_fail="drop").look(example) == Drop("special token in the text", "<|endoftext|>, [INST]")
    assert {f.level for f in SpecialTokens(on_fail="warning").look(example)[2:]} == {"warning"}


# mojibake and repair

GOOD = [
    "Spaß“", "allé…»", "déjà\xa0»", "«\xa0à\xa0»", "„MENÜ“", "5\xa0×\xa03", "×½", "hâlâ…”", "IRMÃ”", "MANHÃ»", "NÃO",
    "HYVÄ…", "PÅ–AV", "está—¿Qué", "mamá…¡No!", "Å…men", "ß»", "É…", "CAFÈ™", "„Bö…“", "été—«", "À…", "Ã", "Â", "Ä",
    "Straße™", "é°", "20\xa0°C", "½×½", "Œuvre", "œuvre", "😀", "👩‍🔬", "日本語", "中文，", "한국어", "Привет",
    "Ελλάδα", "שלום", "café®", "señor–señora", "Île…»", "Äö", "À–É", "naïve", "ไทย", "Łódź", "środa", "și", "Ä…Ä…",
    "C’était", "größer", "„Ã“", "“Ã”", "«\xa0Â\xa0»", "«Â»", "PÅ”º",
]  # fmt: skip
"""Good text, some of it with letters and marks that would be valid UTF-8 if they were read back."""
WRITTEN = {
    "für": "fÃ¼r", "Übung": "Ãœbung", "FÜR": "FÃœR", "Größe": "GrÃ¶ÃŸe", "it’s": "itâ€™s",
    "“quoted”": "â€œquotedâ€\x9d",
    "déjà": "dÃ©jÃ\xa0", "Œuvre": "Å’uvre", "5 €": "5 â‚¬", "Acme™": "Acmeâ„¢", "20 °C": "20 Â°C", "¿Qué?": "Â¿QuÃ©?",
    "żółć": "Å¼Ã³Å‚Ä‡", "się": "siÄ™", "środa": "Å›roda", "orașe": "oraÈ™e", "Привет": "ÐŸÑ€Ð¸Ð²ÐµÑ‚", "日本": "æ—¥æœ¬",
    "Ελλάδα": "Î•Î»Î»Î¬Î´Î±", "שלום": "×©×œ×•×\x9d", "😀": "ðŸ˜€", "\ufeffid": "ï»¿id", "Grüße, Ann": "GrÃ¼ÃŸe, Ann",
    "…": "â€¦",
}  # fmt: skip


@pytest.mark.parametrize(("meant", "written"), WRITTEN.items(), ids=list(WRITTEN))
def test_text_that_was_decoded_wrongly_is_repaired(meant: str, written: str) -> None:
    assert repaired(written) == meant
    assert list(pairs(written))


@pytest.mark.parametrize("text", GOOD)
def test_good_text_stays_the_very_same_object(text: str) -> None:
    assert repaired(text) is text
    assert not list(pairs(text))


def test_only_the_wrong_part_of_a_text_is_repaired() -> None:
    assert repaired("Grüße fÃ¼r „Spaß“ – 日本 sÄ…") == "Grüße für „Spaß“ – 日本 są"


def test_one_letter_of_another_script_is_repaired_where_more_of_it_went_wrong() -> None:
    assert repaired("Ð¸") == "Ð¸"
    assert repaired("Ð¸ Ð¢Ñ‹") == "и Ты"


def test_what_was_lost_is_no_repair() -> None:
    assert repaired("cafï¿½ caf\ufffd") == "cafï¿½ caf\ufffd"


def wrongly(text: str) -> str:
    """UTF-8 read as a browser reads Windows-1252."""
    return "".join(bytes([b]).decode("cp1252") if b not in b"\x81\x8d\x8f\x90\x9d" else chr(b) for b in text.encode())


SENTENCES = st.lists(st.sampled_from(GOOD), min_size=1, max_size=8).map(" ".join)


@given(SENTENCES)
def test_good_text_of_many_languages_is_never_taken_for_wrong(text: str) -> None:
    assert repaired(text) is text


@given(st.text(st.characters(codec="utf-8", categories=("Lu", "Ll", "Lo", "Nd", "Zs", "So"))))
def test_a_repaired_text_has_nothing_left_to_repair(text: str) -> None:
    for form in (text, wrongly(text)):
        made = repaired(form)
        assert repaired(made) is made
        assert not list(pairs(made))


@given(st.lists(st.sampled_from(list(WRITTEN)), min_size=1, max_size=8).map(" ".join), st.integers(1, 3))
def test_text_that_went_wrong_several_times_is_brought_back(text: str, times: int) -> None:
    written = text
    for _ in range(times):
        written = wrongly(written)
    assert repaired(written) == text


WRONG = (
    "warning FT371 the text was decoded wrongly (its UTF-8 was read as Windows-1252, so that ü became Ã¼); repair it "
    "with the transformer 'repair', or name the encoding of the file where it is read"
)
LOST = (
    "warning FT372 the text has replacement characters (U+FFFD): something was lost when it was decoded; read the "
    "original again with its encoding, or drop such examples with mojibake: {on_fail: drop}"
)


@pytest.mark.files
def test_a_run_tells_what_was_decoded_wrongly_and_what_was_lost(tmp_path: Path) -> None:
    rows = [("fÃ¼r dÃ¼", "gut"), ("für", "caf\ufffd"), ("Ã¼ber", "cafï¿½"), ("Spaß“", "日本")]
    made = run(tmp_path, "mojibake", *rows)
    assert reported(made) == [f"{WRONG} [2: data:1, data:3]", f"{LOST} [2: data:2, data:3]"]
    assert made.manifest["figures"]["openai_chat"]["mojibake"] == {"wrong": {"Ã¼: ü": 3}, "lost": 2}


@pytest.mark.files
def test_after_repair_the_run_has_nothing_to_tell_and_counts_what_it_did(tmp_path: Path) -> None:
    made = run(tmp_path, "mojibake", ("fÃ¼r", "gut"), ("für", "gut"), transform=("repair",))
    assert reported(made) == []
    assert '"für"' in (made.folder / "openai_chat" / "train.jsonl").read_text(encoding="utf-8")
    (step,) = [step for step in made.manifest["counts"]["steps"] if step["step"] == "repair"]
    assert step["notes"] == {"repaired": 1}


def test_examples_decoded_wrongly_can_be_dropped_or_be_errors() -> None:
    assert Mojibake(on_fail="drop").look(said("fÃ¼r")) == Drop("text decoded wrongly", "Ã¼: ü")
    assert Mojibake(on_fail="drop").look(said("\ufffd")) == Drop("text decoded wrongly", "U+FFFD")
    assert [f.level for f in Mojibake(on_fail="error").look(said("fÃ¼r")) if isinstance(f, Finding)] == ["error"]


def test_repair_goes_wherever_the_check_looks() -> None:
    example = everywhere("fÃ¼r")
    assert len([one for one in Mojibake().look(example) if one == "Ã¼: ü"]) == 7
    made = Repair().apply(example)
    assert made == everywhere("für")
    assert Mojibake().look(made) is None


def test_repair_leaves_a_good_example_the_very_same_object() -> None:
    for example in (everywhere("für"), Example(fields={"q": "für"}), Example()):
        assert Repair().apply(example) is example


def test_repair_without_messages_goes_over_columns_or_those_that_are_named() -> None:
    example = Example(fields={"q": "fÃ¼r", "n": 1, "more": ["Ã¼", {"Ã¼": "Ã¶"}]})
    assert Repair().apply(example).fields == {"q": "für", "n": 1, "more": ["ü", {"Ã¼": "ö"}]}
    named = Repair.model_validate({"columns": ["q", "not there"]})
    assert named.apply(example).fields == {**example.fields, "q": "für"}


def test_a_request_is_repaired_as_the_training_data_were() -> None:
    asked = Repair().request(said("fÃ¼r", ""), StepRun())
    assert asked.messages[0].content == "für"


# duplicates

SAME = "warning FT373 the example has the same content as an earlier one; remove it with 'dedupe'"
ALIKE = (
    "warning FT374 the example differs from an earlier one only in case, white space or variants of characters; "
    "remove it with 'dedupe: {normalise: true}'"
)


@pytest.mark.files
def test_a_run_tells_exact_and_normalised_duplicates_with_their_places(tmp_path: Path) -> None:
    rows = [
        ("Why?", "So."),
        ("Where?", "There."),
        ("why? ", "So."),
        ("Why?", "So."),
        ("Where?", "There."),
        ("Ｗhy?", "So."),
    ]
    made = run(tmp_path, "duplicates", *rows)
    assert reported(made) == [f"{ALIKE} [2: data:3, data:6]", f"{SAME} [2: data:4, data:5]"]
    assert made.manifest["figures"]["openai_chat"]["duplicates"] == {
        "exact": 2,
        "normalised": 2,
        "groups": [["data:1", "data:3", "data:4", "data:6"], ["data:2", "data:5"]],
    }
    assert made.ok


@pytest.mark.files
def test_without_normalise_only_equal_examples_are_duplicates(tmp_path: Path) -> None:
    rows = [("Why?", "So."), ("why?", "So."), ("Why?", "So.")]
    made = run(tmp_path, {"duplicates": {"normalise": False, "level": "error"}}, *rows)
    assert reported(made) == [f"{SAME} [1: data:3]".replace("warning", "error")]
    assert not made.ok


@pytest.mark.files
def test_the_same_question_with_another_answer_is_no_duplicate(tmp_path: Path) -> None:
    assert reported(run(tmp_path, "duplicates", ("Why?", "So."), ("Why?", "Because."))) == []


def test_what_is_not_trained_makes_no_difference_and_what_is_makes_one() -> None:
    check, example = Duplicates(), everywhere("a")
    first, last = example.messages
    other = example.with_(messages=(first.with_(name="Eve"), last.with_(weight=1)), source=None, extra={"n": 1})
    assert (check.key(other), check.look(other)) == (check.key(example), check.look(example))
    changes: list[dict[str, Any]] = [
        {"tools": ()}, {"rejected": ()}, {"messages": (first,)}, {"messages": (first, last.with_(reasoning="b"))},
        {"messages": (first, last.with_(tool_calls=()))},
    ]  # fmt: skip
    assert len({check.key(example.with_(**change)) for change in changes} | {check.key(example)}) == 6


def test_half_characters_and_large_numbers_have_a_key() -> None:
    odd = said("half \ud800").with_(tools=({"n": 2**70},))
    assert isinstance(Duplicates().key(odd), bytes)
    assert isinstance(Duplicates().look(odd), int)


@pytest.mark.parametrize("check", [SpecialTokens(), Mojibake()], ids=lambda check: check.name)
def test_a_check_of_texts_says_nothing_of_a_clean_example(check: Check) -> None:
    assert check.look(everywhere("Grüße, „Spaß“")) is None


PIECES = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|",
    "|>",
    "[INST]",
    "[/",
    "Ã¼",
    "Ã",
    "â€™",
    "ü",
    "\ufffd",
    "ï¿½",
    "a",
    "A",
    "  ",
    " ",
    "\n",
    "\u00a0",
    "ﬁ",
    "\0",
    "\ud800",
    "word",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(max_size=20)
PLAIN = st.builds(
    lambda *said: Example(messages=(Message("user", said[0]), Message("assistant", said[1]))), TEXTS, TEXTS
)
SEVERAL = st.lists(PLAIN | TEXTS.map(everywhere) | st.just(Example()), max_size=6)


@pytest.mark.parametrize("on_fail", ["warning", "drop"])
@pytest.mark.parametrize("kind", [SpecialTokens, Mojibake])
@given(examples=SEVERAL)
def test_many_examples_at_once_are_told_as_one_by_one(kind: Any, on_fail: str, examples: list[Example]) -> None:
    check = kind(on_fail=on_fail)
    look = check.start(StepRun())
    many = getattr(look, "look_all", None) or check.look_all
    assert many(examples) == [check.look(example) for example in examples]


@pytest.mark.parametrize("normalise", [True, False])
@given(examples=SEVERAL)
def test_many_examples_at_once_have_the_keys_they_have_alone(normalise: bool, examples: list[Example]) -> None:
    check = Duplicates(normalise=normalise)
    assert check.key_all(examples) == [check.key(example) for example in examples]
    assert check.look_all(examples) == [check.look(example) for example in examples]


@given(TEXTS, TEXTS)
def test_texts_meet_whose_words_are_the_same_in_lower_case(one: str, other: str) -> None:
    keys = [Duplicates().key(said(text)) for text in (one, other)]
    plain = one.isascii() and other.isascii()
    assert not plain or (keys[0] == keys[1]) == (one.lower().split() == other.lower().split())
