"""`anonymise`: no name of a speaker is left in any text, and a person has one pseudonym everywhere."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Example, Message, MissingColumn, StepRun, ToolCall
from ftprep_talks.anonymise import Anonymise
from ftprep_talks.names import first_name, parts_of, plain_name
from ftprep_talks.people import pseudonym

LETTERS = {
    "latin": "abzßéøñ'-", "turkish": "aıiİIğş", "greek": "αβσςΣώ", "cyrillic": "абйЁщ", "han": "李明王芳",
    "hangul": "김민수", "kana": "さトウエ", "thai": "สมชาย", "arabic": "محمدعلي",
}  # fmt: skip
UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def said(*pairs: tuple[str, str], **more: object) -> Example:
    return Example(messages=tuple(Message("user", text, name) for name, text in pairs), **more)  # type: ignore[arg-type]


def texts(step: Anonymise, *pairs: tuple[str, str]) -> list[str]:
    return [message.text for message in step.apply(said(*pairs)).messages]


def one(text: str, name: str, **options: object) -> str:
    """The text, with the pseudonym of the name written as `*`."""
    (made,) = texts(Anonymise.model_validate(options), (name, text))
    return made.replace(pseudonym(name, "", "name"), "*")


PLACES = {
    "a first name": ("Hi Ann!", "Ann Lee", "Hi *!"),
    "a full name": ("Ann  Lee here", "Ann Lee", "* here"),
    "capitals": ("ANN and ann", "Ann Lee", "* and *"),
    "a possessive": ("Ann's dog, Ann’s cat", "Ann Lee", "*'s dog, *’s cat"),
    "a genitive": ("Toms Hund", "Tom Ott", "*s Hund"),
    "a name that ends in s": ("James, ask Jame", "James Ott", "*, ask Jame"),
    "inside a word it is none": ("Anna, annual, Joann", "Ann Lee", "Anna, annual, Joann"),
    "digits and marks are no letters": ("ann99 _ann_ @ann ann-lee", "Ann Lee", "*99 _*_ @* *-lee"),
    "sharp s in capitals": ("STRAUSS, strauß", "Strauß", "*, *"),
    "without accents": ("Jose, JOSÉ, jose\u0301", "José Ruiz", "*, *, *"),
    "dotted and dotless": ("İLKER ilker i̇lker", "İlker Öz", "* * *"),
    "an ending that is stuck to it": ("민수가 왔어", "민수", "*가 왔어"),
    "no spaces around it": ("昨日李明さんと", "李明", "昨日*さんと"),
    "Latin letters beside others": ("Annさんは", "Ann Lee", "*さんは"),
    "family name first": ("Ann!", "Lee, Ann", "*!"),
    "a title is no name": ("the dr. and Ann", "Dr. Ann Lee", "the dr. and *"),
    "marks that cannot be seen": ("Ann", "\u200e~\u202fAnn Lee", "*"),
    "a heart behind it": ("Ann, Ann 🌸", "Ann 🌸", "*, *"),
    "a number": ("call +49 170 1234567 or +49 170 12345678", "+49 170 1234567", "call * or +49 170 12345678"),
    "an apostrophe of another kind": ("O’Neil", "O'Neil", "*"),
}


@pytest.mark.parametrize("case", PLACES.values(), ids=PLACES)
def test_a_name_goes_where_it_stands(case: tuple[str, str, str]) -> None:
    text, name, expected = case
    assert one(text, name) == expected


def test_family_names_go_when_all_parts_are_asked_for() -> None:
    assert one("Mr. Lee and Ann van Lee", "Ann van Lee") == "Mr. Lee and *"
    assert one("Mr. Lee and Ann van Lee", "Ann van Lee", parts="all") == "Mr. * and *"


def test_names_that_are_kept_stay() -> None:
    step = Anonymise(keep=["Ann Lee", "will"])
    made = step.apply(said(("Ann Lee", "Ann will ask Bo"), ("Will Orr", "x"), ("Bo", "y")))
    bo, will = (pseudonym(name, "", "name") for name in ("Bo", "Will Orr"))
    assert [(message.name, message.text) for message in made.messages] == [
        ("Ann Lee", f"{'Ann'} will ask {bo}"), (will, "x"), (bo, "y"),
    ]  # fmt: skip


def test_who_is_mentioned_is_known_by_the_recipe() -> None:
    step = Anonymise(names=["Cy Doe"])
    cy = pseudonym("Cy Doe", "", "name")
    assert texts(step, ("Bo", "CY's here")) == [f"{cy}'s here"]
    assert step.request(said(("", "hello cy")), StepRun()).messages[0].text == f"hello {cy}"


def test_a_first_name_that_two_share_is_a_person_of_its_own() -> None:
    talk = (("Ann Lee", "Ann, Ann Ott"), ("Ann Ott", "x"))
    ann, ott = pseudonym("ann", "", "name"), pseudonym("Ann Ott", "", "name")
    assert texts(Anonymise(), *talk) == [f"{ann}, {ott}", "x"]


def test_a_pseudonym_depends_on_the_name_and_the_seed_alone() -> None:
    assert pseudonym("Ann Lee", "", "name") == pseudonym("\u200eANN  lee", "", "name") == "Nojonaba"
    assert pseudonym("Ann Lee", "s", "name") != "Nojonaba"
    assert pseudonym("Ann Lee", "", "tag").startswith("[PERSON_")
    assert Anonymise(seed="s").apply(said(("Ann Lee", "x"))) == Anonymise(seed="s").apply(said(("Ann Lee", "x")))


def test_names_are_counted_and_those_that_are_words_are_told() -> None:
    run = StepRun()
    Anonymise().start(run)(said(("Will Orr", "Will you? I will, Bo"), ("Bo", "x")))
    assert run.tallies == {"names in texts": 3, "'will', which is a common word, too": 2}


def test_before_there_are_conversations_it_works_on_rows() -> None:
    ann, cy = (pseudonym(name, "", "name") for name in ("Ann Lee", "Cy"))
    row = Example({"talk": "Chat with Ann", "speaker": "Ann Lee", "text": "I, Ann, ask Cy", "n": 1})
    assert Anonymise(names=["Cy"]).apply(row).fields == {
        "talk": "Chat with Ann", "speaker": ann, "text": f"I, {ann}, ask {cy}", "n": 1,
    }  # fmt: skip
    columns = Anonymise.model_validate({"columns": ["talk"]})
    assert columns.apply(row).fields["talk"] == f"Chat with {ann}"
    with pytest.raises(MissingColumn):
        columns.apply(Example({"text": "x"}))


def test_everybody_who_spoke_is_known_though_the_names_are_gone() -> None:
    ann, bo = (pseudonym(name, "", "name") for name in ("Ann Lee", "Bo"))
    talk = Example({"speakers": ["Ann Lee", "Bo"]}, (Message("user", "Ann: hi\nBo: hi"),))
    made = Anonymise().apply(talk)
    assert (made.messages[0].text, made.fields) == (f"{ann}: hi\n{bo}: hi", {"speakers": [ann, bo]})


def test_reasoning_calls_and_rejected_answers_are_covered_and_json_stays_json() -> None:
    call = ToolCall("1", "mail", '{"to":"Jos\\u00e9","cc":["jose"]}')
    talk = Example(
        messages=(Message("user", "x", "José"), Message("assistant", "", reasoning="José asks", tool_calls=(call,))),
        rejected=(Message("assistant", "Hi José"),),
    )
    made = Anonymise().apply(talk)
    name = pseudonym("José", "", "name")
    assert made.messages[1].reasoning == f"{name} asks"
    assert made.messages[1].tool_calls[0].arguments == f'{{"to":"{name}","cc":["{name}"]}}'
    assert made.rejected[0].text == f"Hi {name}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"names": [" "]}, "a name is empty; leave it away"),
        ({"seed": "x" * 65}, "seed has more than 64 bytes; give a shorter one"),
    ],
    ids=["an empty name", "a long seed"],
)
def test_what_cannot_be_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Anonymise.model_validate(options)
    assert [error["msg"] for error in raised.value.errors()] == [f"Value error, {message}"]


def test_first_names_and_parts_are_words_of_letters() -> None:
    assert [first_name(name) for name in ("Ann Lee", "Dr. Ann", "J. Ott", "+49 170", "🌸", "李明", "Lee, Ann")] == [
        "Ann", "Ann", "Ott", None, None, "李明", "Ann",
    ]  # fmt: skip
    assert parts_of("Prof. Ann-Kathrin von O'Neil") == ["Ann-Kathrin", "O'Neil"]


NAMES = st.sampled_from(sorted(LETTERS)).flatmap(
    lambda script: st.lists(st.text(LETTERS[script], min_size=2, max_size=5), min_size=1, max_size=3).map(" ".join)
)
CASES = [str, str.upper, str.lower, str.title, str.casefold, str.swapcase, lambda s: unicodedata.normalize("NFD", s)]
BETWEEN = st.sampled_from([" ", ", ", "'s ", "!", "\n", " – ", "@", "_", "7", " (", "さん", "가"])


@st.composite
def talks(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, str]]]:
    """Speakers, and messages in which their names stand in any case between all sorts of things."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4))
    called = [*names, *(first for name in names if (first := first_name(name)))]
    messages = []
    for name in names:
        pieces = draw(st.lists(st.tuples(st.sampled_from(called), st.sampled_from(CASES), BETWEEN), max_size=6))
        messages.append((name, "".join(f"{case(word)}{between}" for word, case, between in pieces)))
    return names, messages


@given(talks())
def test_no_full_or_first_name_of_a_speaker_remains_in_any_case(
    talk: tuple[list[str], list[tuple[str, str]]],
) -> None:
    names, messages = talk
    assume(all(any(map(str.isalpha, name)) for name in names))
    made = Anonymise().apply(said(*messages))
    wanted = {plain_name(form) for name in names for form in (name, first_name(name)) if form}
    for message in made.messages:
        assert plain_name(message.name or "") not in wanted
        for form in wanted:
            assert not stands(form, plain_name(message.text)), (form, message.text)


def stands(form: str, text: str) -> bool:
    """Whether a name is in a text as a word of its own; in scripts without spaces, at all. An apostrophe, a hyphen or
    another script ends a word."""
    for match in re.finditer(re.escape(form), text):
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        left = UNSPACED.match(form[0]) or not form[0].isalpha() or not _letter(before)
        right = UNSPACED.match(form[-1]) or not form[-1].isalpha() or not _letter(after)
        if left and right:
            return True
    return False


def _letter(char: str) -> bool:
    return bool(char) and unicodedata.category(char)[0] in "LM" and not UNSPACED.match(char)
