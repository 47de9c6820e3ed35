"""The check `personal`: what `redact` would take out is told, by kind and place, and never shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Drop, Example, Finding, Image, Message, StepRun, Text, ToolCall, api
from ftprep_redact.personal import Personal
from ftprep_redact.redact import Redact

KEY = "sk-" + "a1B2" * 6
FOUND = {
    "key": f"use {KEY} now",
    "email": "ann@example.org",
    "iban": "DE89 3704 0044 0532 0130 00",
    "card": "4111 1111 1111 1111",
    "phone": "+49 151 23456789",
    "ip": "at 192.0.2.7",
}
HINT = "put pseudonyms in its place with 'redact', or drop such examples with personal: {on_fail: drop}"
TOLD = {
    "key": "error FT341 the text has a secret (the key or token of a service); withdraw it where it was issued, and "
    "take it out with 'redact'",
    "email": f"warning FT342 the text has an e-mail address; {HINT}",
    "iban": f"warning FT342 the text has an account number (IBAN); {HINT}",
    "card": f"warning FT342 the text has the number of a payment card; {HINT}",
    "phone": f"warning FT342 the text has a phone number; {HINT}",
    "ip": "warning FT342 the text has an internet address; put pseudonyms in its place with 'redact: {kinds: [ip]}', "
    "or drop such examples with personal: {on_fail: drop}",
}
ALL = list(FOUND)


def make(**options: Any) -> Personal:
    return Personal.model_validate_json(json.dumps(options), strict=True)


def said(text: str) -> Example:
    return Example(messages=(Message("user", text), Message("assistant", "Yes.")))


def told(look: Any) -> list[str]:
    found = look if isinstance(look, list) else [look]
    return [f"{f.level} {f.code} {f.message}; {f.hint}" for f in found if isinstance(f, Finding)]


def refused(**options: Any) -> str:
    with pytest.raises(ValidationError) as error:
        make(**options)
    (problem,) = error.value.errors()
    return str(problem["msg"])


@pytest.mark.parametrize("kind", ALL)
def test_each_kind_is_told_without_its_value(kind: str) -> None:
    look = make(kinds=ALL).look(said(FOUND[kind]))
    assert look[0] == kind
    assert told(look) == [TOLD[kind]]


@pytest.mark.parametrize("text", ["on 2024-05-06", "order 12345678", "version 1.2.3", "mail me", "[EMAIL_1]", ""])
def test_text_without_personal_data_is_not_told(text: str) -> None:
    assert make().look(said(text)) is None


def test_a_pattern_of_ones_own_is_told_by_its_name() -> None:
    look = make(extra={"customer": r"K-\d{6}"}).look(said("K-123456 and K-654321"))
    assert look[:2] == ["customer", "customer"]
    assert told(look) == [
        "warning FT343 the text has what the pattern 'customer' describes; put pseudonyms in its place with 'redact' "
        "(with 'customer' under its 'extra'), or drop such examples with personal: {on_fail: drop}"
    ]


def test_a_pattern_that_takes_too_long_is_told() -> None:
    slow = {"extra": {"slow": "(a|aa)+[bc]"}, "kinds": [], "seconds": 0.05}
    example = said("a" * 60)
    assert told(make(**slow).look(example)) == [
        "warning FT344 a pattern takes more than 0.05 s on the text, which was not looked through; write a pattern "
        "that repeats less, or give it more 'seconds'"
    ]
    assert make(**slow, on_fail="drop").look(example) == Drop("pattern takes too long", "more than 0.05 s on one text")


def test_such_examples_can_be_dropped_or_be_of_one_level() -> None:
    both = said(f"{FOUND['email']} {KEY} bob@example.org")
    assert make(on_fail="drop").look(both) == Drop("secret in the text", "email: 2, key: 1")
    assert make(on_fail="drop").look(said("ann@example.org")) == Drop("personal data in the text", "email: 1")
    for level in ("warning", "error"):
        assert {f.level for f in make(on_fail=level).look(both) if isinstance(f, Finding)} == {level}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"kinds": []}, "nothing to look for; name kinds, or patterns of your own under extra"),
        ({"extra": {"email": "x"}}, "extra has 'email', which is a kind already; give it another name"),
        ({"extra": {"a": "("}}, "the pattern of 'a' cannot be read: missing ) at position 1"),
    ],
    ids=["nothing", "taken", "broken"],
)
def test_what_cannot_be_looked_for_is_refused(options: dict[str, Any], why: str) -> None:
    assert refused(**options) == f"Value error, {why}"


@pytest.mark.files
def test_a_run_counts_by_kind_gives_places_and_no_values(tmp_path: Path) -> None:
    source = {
        "version": 1, "name": "personal", "transform": [{"chat": {"user": "{q}", "assistant": "yes"}}],
        "check": ["personal"], "write": ["openai_chat"],
    }  # fmt: skip
    rows = [FOUND["email"], "nothing", f"{FOUND['email']} {FOUND['email']}", FOUND["key"]]
    made = api.run(source, data=[{"q": text} for text in rows], out=tmp_path / "out")
    found = [(f["level"], f["code"], f["count"], f["places"]) for f in made.manifest["findings"]]
    assert found == [("warning", "FT342", 2, ["data:1", "data:3"]), ("error", "FT341", 1, ["data:4"])]
    assert made.manifest["figures"]["openai_chat"]["personal"] == {
        "email": 3,
        "key": 1,
        "looked_for": ["key", "email", "iban", "card", "phone"],
    }
    assert not made.ok
    assert not [text for text in (FOUND["email"], KEY) if text in json.dumps(made.manifest)]


@given(st.lists(st.sampled_from([*FOUND.values(), "and", "\n", '{"a": "x"}']), max_size=6).map(" ".join))
def test_after_redact_nothing_is_found(text: str) -> None:
    made = Redact.model_validate_json(json.dumps({"kinds": ALL}), strict=True).apply(said(text))
    assert isinstance(made, Example)
    assert make(kinds=ALL).start(StepRun())(made) is None


PIECES = [
    *FOUND.values(),
    "@",
    "a@b.de",
    "0",
    "1",
    "49",
    "DE",
    "89",
    "+",
    "-",
    " ",
    "\u00a0",
    "\u202f",
    ".",
    "(",
    ")",
    "/",
    "sk-",
    "ghp_",
    "eyJ",
    "eyJhbGciOiJI.",
    "xoxb-1",
    "[",
    "]",
    "{",
    "}",
    '"',
    "\\",
    "\\u0040",
    "[EMAIL_1]",
    "\0",
    "\ud800",
    "Tel. ",
    "é",
    "word",
    "\n",
    '{"to": "ann\\u0040example.org"}',
    '{"n": 4111111111111111}',
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | st.text(max_size=30)
MESSAGES = st.builds(
    Message,
    st.sampled_from(["user", "assistant"]),
    TEXTS | TEXTS.map(lambda text: (Text(text), Image("https://example.org/x.png"))),
    name=st.none() | TEXTS,
    reasoning=st.none() | TEXTS,
    tool_calls=st.just(()) | TEXTS.map(lambda text: (ToolCall("call_1", "find", text),)),
)
PLAIN = st.builds(Message, st.sampled_from(["user", "assistant"]), TEXTS)
SEVERAL = st.lists(
    st.builds(
        lambda said, other: Example(messages=tuple(said), rejected=tuple(other)), *[st.lists(MESSAGES | PLAIN)] * 2
    )
    | st.builds(lambda said: Example(messages=tuple(said)), st.lists(PLAIN, max_size=3)),
    max_size=5,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    SEVERAL, st.sampled_from([{}, {"kinds": ALL}, {"kinds": ["card"]}, {"extra": {"own": "w.rd"}}, {"on_fail": "drop"}])
)
def test_many_examples_at_once_are_told_as_one_by_one(examples: list[Example], options: dict[str, Any]) -> None:
    check = make(**options)
    assert check.start(StepRun()).look_all(examples) == [check.look(example) for example in examples]  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ALL)
def test_nothing_is_overlooked_among_many_examples(kind: str) -> None:
    examples = [said("Nothing here."), said(f"naïve – {FOUND[kind]}"), said(FOUND[kind]), said("1 2 3")]
    looks = make(kinds=[kind]).start(StepRun()).look_all(examples)  # type: ignore[attr-defined]
    assert [told(look) for look in looks] == [[], [TOLD[kind]], [TOLD[kind]], []]
