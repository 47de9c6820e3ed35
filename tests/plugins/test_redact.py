"""The transformer `redact`: what goes, what stays, and the laws of its pseudonyms."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Drop, Example, Message, MissingColumn, RecipeError, StepRun, Text, ToolCall
from ftprep_redact.checksums import IBAN_LENGTHS, luhn, mod97
from ftprep_redact.redact import Redact

ALL = ["key", "email", "iban", "card", "phone", "ip"]


def make(**options: Any) -> Redact:
    return Redact.model_validate_json(json.dumps(options), strict=True)


def redacted(text: str, **options: Any) -> str:
    made = make(**options).apply(Example(messages=(Message("user", text),)))
    assert isinstance(made, Example)
    return made.messages[0].text


def refused(**options: Any) -> str:
    with pytest.raises(ValidationError) as error:
        make(**options)
    (problem,) = error.value.errors()
    return str(problem["msg"])


GONE = {
    "e-mail": ("Write to ann.lee+shop@mail.example.co.uk.", "Write to [EMAIL_1]."),
    "e-mail in quotes": ("to='o'brien@example.org'", "to='[EMAIL_1]'"),
    "e-mail after an equals sign": ("?to=ann@example.org&cc=", "?to=[EMAIL_1]&cc="),
    "e-mail with letters of other scripts": ("jürgen@müller.de, 田中@例え.jp", "[EMAIL_1], [EMAIL_2]"),
    "e-mails of one person": ("Ann@Example.org ann@example.org", "[EMAIL_1] [EMAIL_1]"),
    "e-mail with an odd end": ("a!@example.org", "[EMAIL_1]"),
    "phone, international": ("call +49 (0)30 123 456-78 now", "call [PHONE_1] now"),
    "phone, compact": ("+14155550132.", "[PHONE_1]."),
    "phone, 00": ("0049 151 23456789", "[PHONE_1]"),
    "one phone in two forms": ("+49 151 23456789, 0049-151-23456789", "[PHONE_1], [PHONE_1]"),
    "phone, North America": ("(555) 123-4567 or 555-123-4567, 415 555 0132", "[PHONE_1] or [PHONE_1], [PHONE_2]"),
    "phone, France": ("au 01 42 68 53 00.", "au [PHONE_1]."),
    "phone, United Kingdom": ("on 020 7946 0958, 07911 123456", "on [PHONE_1], [PHONE_2]"),
    "phone, eleven digits": ("Text STOP to 08712460324!", "Text STOP to [PHONE_1]!"),
    "phone, Germany": ("030 1234567, 0151/23456789, (089) 123456-0", "[PHONE_1], [PHONE_2], [PHONE_3]"),
    "phone after its word": ("Tel.: 2345678, phone no. 9876543210", "Tel.: [PHONE_1], phone no. [PHONE_2]"),
    "card": ("4111 1111 1111 1111 exp 09/27", "[CARD_1] exp 09/27"),
    "card and its code": ("5555-5555-5555-4444 123", "[CARD_1] 123"),
    "card without groups": ("378282246310005", "[CARD_1]"),
    "account": ("IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFF", "IBAN [IBAN_1] BIC COBADEFF"),
    "one account in two forms": ("gb82WEST12345698765432 GB82 WEST 1234 5698 7654 32", "[IBAN_1] [IBAN_1]"),
    "key of a model service": ("export KEY=sk-proj-abcdefghij0123456789ABCD", "export KEY=[KEY_1]"),
    "key of a code host": ("ghp_" + "a1B2" * 9, "[KEY_1]"),
    "key of a cloud": ("AKIAIOSFODNN7EXAMPLE", "[KEY_1]"),
    "key of a chat": ("xoxb-123456789012-abcdefGHIJ", "[KEY_1]"),
    "web token": ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "Bearer [KEY_1]"),
    "private key": ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb", "a\n[KEY_1]\nb"),
    "private key without its end": ("-----BEGIN PRIVATE KEY-----\nMIIE", "[KEY_1]"),
    "address, version 4": ("from 203.0.113.7.", "from [IP_1]."),
    "address, version 6": ("from 2001:db8::8a2e:370:7334!", "from [IP_1]!"),
}


@pytest.mark.parametrize(("text", "expected"), GONE.values(), ids=GONE)
def test_personal_data_and_secrets_go(text: str, expected: str):
    assert redacted(text, kinds=ALL) == expected


STAYS = {
    "date": "on 2024-01-05 10:30, 05.11.2023, 01/02/2024 10 00, 20240105",
    "date after a word for phones": "phone 2024-01-05 10:30",
    "price": "1,234,567.89 EUR, $ 1.234.567,89, 0.123456789",
    "order number": "order 10023456789, 302-1234567-8901234, PO-0123-456789, 0012345678",
    "bar code": "EAN 4006381333931, 0049000006346",
    "book number": "ISBN 0306406152, 978-3-16-148410-0, ISSN 0317-8471",
    "card with a wrong digit": "4111 1111 1111 1112",
    "number with a right digit of no card": "9111 1111 1111 1119",
    "account with a wrong digit": "DE88 3704 0044 0532 0130 00",
    "handle and version": "@ann, ann@home, a @ b.org, pkg@1.2.3, python 3.11.4.2023",
    "time and namespace": "12:30:45, std::vector, a::b",
    "words with the marks of keys": "ask-me-anything-about-everything sk-short task_xoxo high",
    "year ranges": "1999-2004, 2019 2020 2021 2022",
    "text": "Nothing of this kind [1], [x] and [EMAIL]",
}


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS)
def test_other_numbers_and_words_stay(text: str):
    assert redacted(text, kinds=ALL) == text


def test_addresses_go_only_where_asked_and_a_kind_left_out_stays():
    text = "203.0.113.7 ann@example.org +14155550132"
    assert redacted(text) == "203.0.113.7 [EMAIL_1] [PHONE_1]"
    assert redacted(text, kinds=["ip"]) == "[IP_1] ann@example.org +14155550132"


def test_one_value_has_one_pseudonym_through_the_whole_conversation():
    example = Example(
        messages=(
            Message("system", "You help b@x.org."),
            Message("user", (Text("I am a@x.org"),), name="+14155550132"),
            Message("assistant", "", tool_calls=(ToolCall("1", "look", '{"mail": "a@x.org", "n": 4111111111111111}'),)),
            Message("tool", '{"note": "line\\nB@x.org", "x": 1}', tool_call_id="1"),
            Message("assistant", "Sent to b@x.org", reasoning="a@x.org asked", weight=1),
        ),
        rejected=(Message("assistant", "c@x.org, b@x.org"),),
    )
    made = make().apply(example)
    assert isinstance(made, Example)
    assert made == Example(
        messages=(
            Message("system", "You help [EMAIL_1]."),
            Message("user", (Text("I am [EMAIL_2]"),), name="[PHONE_1]"),
            Message("assistant", "", tool_calls=(ToolCall("1", "look", '{"mail": "[EMAIL_2]", "n": "[CARD_1]"}'),)),
            Message("tool", '{"note": "line\\n[EMAIL_1]", "x": 1}', tool_call_id="1"),
            Message("assistant", "Sent to [EMAIL_1]", reasoning="[EMAIL_2] asked", weight=1),
        ),
        rejected=(Message("assistant", "[EMAIL_3], [EMAIL_1]"),),
    )
    assert make().apply(made) == made


def test_an_example_with_nothing_to_redact_is_the_same_object():
    example = Example(messages=(Message("user", "Hi", name="Ann"), Message("assistant", "Hey")))
    assert make().apply(example) is example


def test_kinds_of_your_own_come_first_and_are_counted_with_the_others():
    run = StepRun()
    step = make(extra={"customer": r"\bK-\d{7}\b"})
    made = step.start(run)(Example(messages=(Message("user", "K-0301234, K-0301234567, a@x.org, a@x.org"),)))
    assert isinstance(made, Example)
    assert made.messages[0].text == "K-0301234, K-0301234567, [EMAIL_1], [EMAIL_1]".replace(
        "K-0301234,", "[CUSTOMER_1],"
    )
    assert run.tallies == {"customer": 1, "email": 2}


def test_a_pattern_that_takes_too_long_drops_the_example():
    step = make(extra={"slow": r"(a|aa)+[bc]"}, seconds=0.05)
    made = step.apply(Example(messages=(Message("user", "a" * 60),)))
    assert made == Drop("pattern takes too long", "more than 0.05 s on one text")


def test_columns_are_redacted_in_the_order_they_are_named_in():
    step = make(columns=["question", "answer"])
    given = {"answer": "a@x.org wrote", "question": ["b@x.org", {"k": "a@x.org"}], "id": "c@x.org"}
    made = step.apply(Example(fields=given))
    assert isinstance(made, Example)
    assert made.fields == {"answer": "[EMAIL_2] wrote", "question": ["[EMAIL_1]", {"k": "[EMAIL_2]"}], "id": "c@x.org"}
    with pytest.raises(MissingColumn, match="question"):
        step.apply(Example(fields={"answer": "x"}))


def test_a_request_gives_the_prompt_of_training_without_the_answer():
    step, run = make(columns=["question", "answer"]), StepRun()
    assert step.request(Example(fields={"question": "b@x.org"}), run).fields == {"question": "[EMAIL_1]"}
    assert step.request(Example(fields={"other": "b@x.org"}), run).fields == {"other": "b@x.org"}
    asked = Example(messages=(Message("user", "b@x.org and a@x.org"), Message("assistant")))
    assert make().request(asked, run).messages[0].text == "[EMAIL_1] and [EMAIL_2]"
    slow = make(extra={"slow": r"(a|aa)+[bc]"}, seconds=0.05)
    with pytest.raises(RecipeError, match="pattern takes too long"):
        slow.request(Example(messages=(Message("user", "a" * 60),)), run)


def test_messages_are_needed_unless_columns_are_named():
    assert make().needs_messages
    assert not make(columns="text").needs_messages


REFUSED = {
    "nothing": ({"kinds": []}, "Value error, nothing to look for; name kinds, or patterns of your own under extra"),
    "a bad pattern": (
        {"extra": {"id": "(a"}},
        "Value error, the pattern of 'id' cannot be read: missing ) at position 2",
    ),
    "a name that is taken": (
        {"extra": {"email": "a"}},
        "Value error, extra has 'email', which is a kind already; give it another name",
    ),
    "a name that cannot stand in brackets": (
        {"extra": {"My id": "a"}},
        "String should match pattern '^[a-z][a-z0-9_]*$'",
    ),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_refused_before_a_row_is_read(options: dict[str, Any], message: str):
    assert refused(**options) == message


# laws

PARTS = (
    "a@b.org",
    "A@b.org",
    "+4915123456789",
    "4111 1111 1111 1111",
    "[EMAIL_2]",
    "[EMAIL_",
    "_1]",
    "@",
    "0301",
    "\n",
)
TEXTS = st.lists(st.sampled_from(PARTS) | st.text(max_size=6), max_size=12).map("".join)
EMAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}")


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_to_redact_twice_is_to_redact_once(texts: list[str]):
    step = make(kinds=ALL, extra={"own": r"\d+"})
    once = step.apply(Example(messages=tuple(Message("user", text) for text in texts)))
    assert isinstance(once, Example)
    assert step.apply(once) == once


@given(st.lists(TEXTS, min_size=2, max_size=4), st.integers(1, 3))
def test_what_comes_later_changes_nothing_before_it(texts: list[str], cut: int):
    step = make(kinds=ALL)
    whole = step.apply(Example(messages=tuple(Message("user", text) for text in texts)))
    part = step.apply(Example(messages=tuple(Message("user", text) for text in texts[:cut])))
    assert isinstance(whole, Example)
    assert isinstance(part, Example)
    assert whole.messages[:cut] == part.messages


@given(st.emails(), TEXTS, TEXTS)
def test_no_email_survives(email: str, before: str, after: str):
    assert email not in redacted(f"{before} {email} {after}")
    assert not EMAIL.search(redacted(f"{before} {email} {after}"))


@given(st.text("0123456789", min_size=14, max_size=14))
def test_a_card_goes_in_groups_or_as_one_and_with_a_wrong_digit_it_stays(digits: str):
    right = next(f"4{digits}{last}" for last in "0123456789" if luhn(f"4{digits}{last}"))
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    groups = " ".join(re.findall("....", right))
    assert redacted(f"{right} and {groups}", kinds=["card"]) == "[CARD_1] and [CARD_1]"
    assert redacted(wrong, kinds=["card"]) == wrong


@given(st.sampled_from(sorted(IBAN_LENGTHS)), st.data())
def test_an_account_goes_and_with_a_wrong_check_digit_it_stays(country: str, data: st.DataObject):
    size = IBAN_LENGTHS[country] - 4
    rest = data.draw(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=size, max_size=size))
    check = next(f"{n:02}" for n in range(2, 99) if mod97(f"{country}{n:02}{rest}"))
    iban = f"{country}{check}{rest}"
    assert redacted(" ".join(re.findall(".{1,4}", iban)) + "; rest", kinds=["iban"]) == "[IBAN_1]; rest"
    wrong = f"{country}{(int(check) + 1) % 100:02}{rest}"
    assert redacted(wrong, kinds=["iban"]) == wrong


HOSTILE = {
    "at signs": "@a." * 30_000,
    "one long word": "a" * 100_000 + "@",
    "digits": "1 " * 50_000,
    "zeros": "0123 " * 20_000,
    "open keys": "-----BEGIN PRIVATE KEY-----" * 3_000,
    "colons": "1:" * 40_000,
    "apostrophes": "'a" * 40_000 + "@b.org",
    "countries": "DE89 " * 20_000,
    "many e-mails": "a@b.org " * 5_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_takes_no_long_time(text: str):
    import time

    begun = time.perf_counter()
    redacted(text, kinds=ALL)
    assert time.perf_counter() - begun < 5


@pytest.mark.files
def test_numbers_to_call_go_from_real_messages_and_few_texts_change_otherwise(shared_data: Path):
    """Spam asks for calls: nearly every message with eleven digits and a zero is one."""
    text = (shared_data / "classify_sms_spam" / "sms.tsv").read_text(encoding="utf-8")
    lines = text.split("\n")
    spam = [line for line in lines if line.startswith("spam")]
    ham = [line for line in lines if line.startswith("ham")]
    changed = [sum(redacted(line) != line for line in some) / len(some) for some in (spam, ham)]
    assert changed[0] > 0.3
    assert changed[1] < 0.005
    assert not any(re.search(r"(?<![\w.,/+-])0[1-9]\d{9}(?!\w)", redacted(line)) for line in lines)
