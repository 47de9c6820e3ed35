"""Where personal data and secrets stand in a text: one finder for each kind, made for few false alarms."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Literal

from .checksums import IBAN_LENGTHS, luhn, mod97

Kind = Literal["key", "email", "iban", "card", "ip", "phone"]
Found = tuple[int, int, str]
"""Where it begins and ends, and what names the same thing however it is written."""
Finder = Callable[[str], Iterator[Found]]
_SOME, _MANY = re.compile("[0-9]"), re.compile("(?:[^0-9]*[0-9]){7}")
"""Most texts have no digit, or few, and need no closer look."""

_KEY_MARKS = (
    "PRIVATE KEY", "sk-", "gh", "AKIA", "ASIA", "xox", "AIza", "glpat-", "k_live_", "k_test_", "hf_", "npm_", "eyJ",
)  # fmt: skip
_KEY = re.compile(
    r"-----BEGIN (?P<what>[A-Z ]{0,30})PRIVATE KEY(?: BLOCK)?-----.*?"
    r"(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\Z)"
    r"|(?<![A-Za-z0-9])(?:"
    r"sk-[A-Za-z0-9_-]{20,}|gh[opsur]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{35}|glpat-[A-Za-z0-9_-]{20,}"
    r"|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{36,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
    r")(?![A-Za-z0-9])",
    re.DOTALL,
)


def keys(text: str) -> Iterator[Found]:
    """Keys and tokens of services by the marks they begin with, JSON web tokens, private keys in PEM blocks."""
    if any(mark in text for mark in _KEY_MARKS):
        for match in _KEY.finditer(text):
            yield *match.span(), match[0]


_DOMAIN = re.compile(r"@(?:[\w-]+\.)+(?:xn--[\w-]+|[^\W\d_]{2,})")
_LOCAL = (re.compile(r"[\w%+-][\w.%+'-]*\Z"), re.compile(r"[\w.%+'!#$&*/=?^`{|}~-]+\Z"))
"""What people have before the `@`; and all that may stand there, which would take in the `to=` of `to=ann@x.org`."""


def emails(text: str) -> Iterator[Found]:
    """E-mail addresses. What comes before the `@` has at most 64 characters (RFC 5321, 4.5.3.1.1)."""
    if "@" not in text:
        return
    end = 0
    for match in _DOMAIN.finditer(text):
        before = text[max(end, match.start() - 64) : match.start()]
        local = _LOCAL[0].search(before) or _LOCAL[1].search(before)
        if local is not None:
            end = match.end()
            begin = match.start() - len(local[0])
            yield begin, end, text[begin:end].casefold()


_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?=[ \u00a0-]?[A-Za-z0-9])")


def ibans(text: str) -> Iterator[Found]:
    """International bank account numbers of the country's length whose check digits are right."""
    if not _SOME.search(text):
        return
    end = 0
    for match in _IBAN.finditer(text):
        if match.start() < end:
            continue
        length = IBAN_LENGTHS.get(match[0][:2].upper())
        whole = _iban_of(length).match(text, match.start()) if length is not None else None
        if whole is not None and mod97(iban := re.sub("[^A-Z0-9]", "", whole[0].upper())):
            end = whole.end()
            yield whole.start(), end, iban


@lru_cache
def _iban_of(length: int) -> re.Pattern[str]:
    return re.compile(rf"[A-Za-z]{{2}}[0-9]{{2}}(?:[ \u00a0-]?[A-Za-z0-9]){{{length - 4}}}(?![A-Za-z0-9])")


_DIGITS = re.compile(r"(?<![\w.,])[0-9](?:[ \u00a0\u202f-]?[0-9]){12,}(?!\w)")
_ISSUED = re.compile("4|5[0-8]|2[2-7]|3[0-9]|6")
_USUAL = (16, 15, 14, 13, 19, 18, 17)
"""Digits of a card, the usual number first. Source: ISO/IEC 7812-1 and the ranges that the card schemes publish."""


def cards(text: str) -> Iterator[Found]:
    """Payment cards: 13 to 19 digits, perhaps in groups, of a range that is issued and with a right check digit."""
    for match in _DIGITS.finditer(text) if _MANY.match(text) else ():
        groups = [group.span() for group in re.finditer("[0-9]+", match[0])]
        at = 0
        while at < len(groups):
            found = _card(match[0], groups, at)
            if found is not None:
                last, digits = found
                yield match.start() + groups[at][0], match.start() + groups[last][1], digits
                at = last
            at += 1


def _card(text: str, groups: list[tuple[int, int]], first: int) -> tuple[int, str] | None:
    """The last group of the card that begins with this one, and its digits."""
    digits, ends = "", {}
    for at in range(first, len(groups)):
        digits += text[slice(*groups[at])]
        if len(digits) > _USUAL[4]:
            break
        ends[len(digits)] = at
    if _ISSUED.match(digits):
        for length in _USUAL:
            if length in ends and luhn(digits[:length]):
                return ends[length], digits[:length]
    return None


_ADDRESS = re.compile(r"(?<![\w:.])[0-9A-Fa-f:][0-9A-Fa-f:.]{1,44}(?<![.])(?![\w:]|\.\d)")


def addresses(text: str) -> Iterator[Found]:
    """Addresses of the Internet Protocol, versions 4 and 6."""
    for match in _ADDRESS.finditer(text):
        try:
            address = ipaddress.ip_address(match[0])
        except ValueError:
            continue
        if address.version == 4 or re.search("[0-9]", match[0]):  # a::b is code
            yield *match.span(), str(address)


_GAP = "[ \u00a0\u202f./()\u2010-\u2013-]"
_BEFORE, _AFTER = r"(?<![\w.,/+-])(?<![0-9] )", r"(?!\w|[.,/-]\d)"
_PHONES = (
    ("+", re.compile(rf"(?<![\w+])\+[1-9](?:{_GAP}{{0,3}}[0-9]){{7,14}}(?![0-9])")),
    ("00", re.compile(rf"{_BEFORE}00[1-9][0-9]{{0,2}}{_GAP}{{1,3}}[0-9](?:{_GAP}{{0,3}}[0-9]){{5,11}}(?![0-9])")),
    ("a word", re.compile(
        r"(?i:(?<![^\W_])(?:tel|telephone|telefon|phone|mobile|mob|cell|cellphone|handy|fax|whatsapp))"
        r"(?: ?(?:number|no|nr))?(?: is)?[ :.#=]{1,3}"
        rf"(?P<number>\(?[0-9](?:{_GAP}{{0,2}}[0-9]){{6,14}})(?![0-9])"
    )),
    ("", re.compile(
        rf"{_BEFORE}(?:1[-. ])?(?:\([2-9][0-9]{{2}}\) ?[0-9]{{3}}[-. ][0-9]{{4}}"
        r"|[0-9]{3}(?P<mark>[-.])[0-9]{3}(?P=mark)[0-9]{4}|[2-9][0-9]{2} [2-9][0-9]{2} [0-9]{4})"
        rf"{_AFTER}"
    )),
    ("0", re.compile(r"(?<![\w.,/+-])0[1-9][0-9]{9}(?!\w)")),
    ("0", re.compile(rf"{_BEFORE}0[1-9](?P<mark>[ .-])[0-9]{{2}}(?:(?P=mark)[0-9]{{2}}){{3}}{_AFTER}")),
    ("0", re.compile(
        rf"{_BEFORE}(?:\(0[1-9][0-9]{{1,4}}\)|0[1-9][0-9]{{1,4}}(?={_GAP})){_GAP}{{0,3}}"
        rf"(?=(?:{_GAP}?[0-9]){{5}})[0-9]{{2,9}}(?:{_GAP}[0-9]{{1,8}}){{0,3}}{_AFTER}"
    )),
)  # fmt: skip
"""What such a number has to have, and its pattern: international with + and with 00; after a word such as `Tel.:`;
North American; eleven digits with a zero; French; national with a zero."""
_WORDS = ("tel", "phone", "mob", "cell", "handy", "fax", "what")
"""What the words before a number have in them, in lower case."""
_NUMBER = re.compile(rf"[0-9](?:{_GAP}{{0,4}}[0-9]){{6}}")
"""Part of every phone number, whatever its form."""
_DATE = re.compile(r"[0-9]{4}([-./ ])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])|[0-9]{1,2}([-./ ])[0-9]{1,2}\2[0-9]{4}(?![0-9])")
_LONGEST = 15
"""Digits of a phone number. Source: ITU-T E.164, 6.1."""


def phones(text: str) -> Iterator[Found]:
    """Phone numbers in forms that dates, prices, and numbers of orders do not have."""
    spans: list[tuple[int, int]] = []
    for needed, pattern in _PHONES if _NUMBER.search(text) else ():
        there = any(map(text.lower().__contains__, _WORDS)) if needed == "a word" else needed in text
        for match in pattern.finditer(text) if there else ():
            begin, end = match.span("number" if "number" in pattern.groupindex else 0)
            apart = all(end <= other[0] or other[1] <= begin for other in spans)
            if apart and not _DATE.match(text, begin) and len(re.sub("[^0-9]", "", text[begin:end])) <= _LONGEST:
                spans.append((begin, end))
    for begin, end in sorted(spans):
        digits = re.sub("[^0-9+]", "", text[begin:end].replace("(0)", ""))
        yield begin, end, f"+{digits[2:]}" if digits.startswith("00") else digits


FINDERS: dict[Kind, Finder] = {
    "key": keys, "email": emails, "iban": ibans, "card": cards, "ip": addresses, "phone": phones,
}  # fmt: skip
"""In the order of their claims: what one has found, the later ones do not look at."""
