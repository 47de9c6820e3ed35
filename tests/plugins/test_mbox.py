"""`mbox`: mails, their threads, their texts; what others wrote removed; hostile boxes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Drop, Finding, Input, Rows
from ftprep_mbox.box import LARGEST
from ftprep_mbox.quotes import own_words
from ftprep_mbox.reader import Mbox

pytestmark = pytest.mark.files
REAL = Path(__file__).parents[3] / "shared/data/mail_mbox"
FROM = "From ann@example.org Wed Sep 22 05:05:28 2004\n"
COLUMNS = ["talk", "time", "speaker", "text", "id", "reply_to", "kind", "subject", "address"]


def mail(body: str | bytes = "Hi\n", first: str = FROM, **headers: str) -> bytes:
    """A mail from Ann; a header `content_type` is `Content-Type`."""
    usual = {"from": "Ann <ann@example.org>", "date": "Wed, 22 Sep 2004 02:03:40 -0700", "subject": "Lunch"}
    lines = [f"{name.replace('_', '-').title()}: {value}\n" for name, value in {**usual, **headers}.items()]
    raw = body if isinstance(body, bytes) else body.encode()
    return (first + "".join(lines) + "\n").encode("utf-8", "surrogateescape") + raw + b"\n"


def everything(source: Input, **options: Any) -> tuple[list[tuple[int, dict[str, Any]]], list[Drop], list[Finding]]:
    rows: list[tuple[int, dict[str, Any]]] = []
    drops: list[Drop] = []
    findings: list[Finding] = []
    for item in Mbox(path="x", **options).read(source):
        if isinstance(item, Rows):
            rows += zip(item.numbers, item.rows, strict=True)
        elif isinstance(item, Drop):
            drops.append(item)
        else:
            assert isinstance(item, Finding)
            findings.append(item)
    return rows, drops, findings


def box(folder: Path, *parts: bytes) -> Input:
    path = folder / "in.mbox"
    path.write_bytes(b"".join(parts))
    return Input(path, "in.mbox")


def only(folder: Path, raw: bytes, **options: Any) -> dict[str, Any]:
    ((_, row),), drops, _ = everything(box(folder, raw), **options)
    assert drops == []
    return row


def test_a_mail_becomes_a_row(tmp_path: Path):
    first = mail("Hi Bob,\n\nfood?\n", message_id="<1@x>")
    second = mail(
        "> food?\nYes.\n", message_id="<2@x>", in_reply_to="<1@x>", references="<0@x>\n <1@x>",
        **{"from": "=?utf-8?Q?Bj=C3=B6rn?= <bob@example.org>", "subject": "Re: =?iso-8859-1?Q?M=FCsli?="},
    )  # fmt: skip
    rows, drops, findings = everything(box(tmp_path, first, second))
    assert (drops, findings) == ([], [])
    assert [list(row) for _, row in rows] == [COLUMNS] * 2
    assert [(number, *row.values()) for number, row in rows] == [
        (1, "1@x", "2004-09-22T02:03:40-07:00", "Ann", "Hi Bob,\n\nfood?", "1@x", "", "message", "Lunch",
         "ann@example.org"),
        (11, "1@x", "2004-09-22T02:03:40-07:00", "Björn", "Yes.", "2@x", "1@x", "message", "Re: Müsli",
         "bob@example.org"),
    ]  # fmt: skip


def test_a_thread_is_put_together_whatever_the_order_of_its_mails(tmp_path: Path):
    parts = [
        mail(message_id="<3@x>", references="<1@x> <2@x>"),
        mail(message_id="<9@x>"),
        mail(message_id="<2@x>", in_reply_to="Ann's mail <1@x>"),
        mail(message_id="<1@x>"),
        mail(references="<9@x>"),
        mail(),
    ]
    rows, _, _ = everything(box(tmp_path, *parts))
    assert [row["talk"] for _, row in rows] == ["3@x", "9@x", "3@x", "3@x", "9@x", "mail 6"]
    assert [row["reply_to"] for _, row in rows] == ["2@x", "", "1@x", "", "9@x", ""]


def test_lines_that_begin_with_from_are_text_and_their_quotes_are_undone(tmp_path: Path):
    text = "a\n\nFrom here on it is 10:30 in 2024\n>From him\n>>From her\n> From us\n"
    rows, _, _ = everything(box(tmp_path, mail(text), mail("b")), keep_quotes=True)
    assert [row["text"] for _, row in rows] == [
        "a\n\nFrom here on it is 10:30 in 2024\nFrom him\n>From her\n> From us", "b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("From - Wed Sep 22 05:05:28 2004\n", id="a_dash"),
        pytest.param("From 170@xxx Wed Sep 22 05:05:28 +0000 2004\n", id="a_zone"),
        pytest.param("From a at example.org  Wed Sep  2 05:05:28 2004\n", id="no_at_sign"),
        pytest.param("From a@x Wed Sep 22 05:05 MET DST 2004\r\n".replace(" DST", ""), id="a_named_zone"),
        pytest.param("From a@x Wed, 22 Sep 2004 05:05:28 +0200\n", id="as_in_a_header"),
    ],
)
def test_the_line_before_a_mail_has_several_forms(tmp_path: Path, line: str):
    rows, _, _ = everything(box(tmp_path, mail("a", line), mail("b", line)))
    assert [row["text"] for _, row in rows] == ["a", "b"]
    assert Mbox.recognise(mail("a", line), "x") == 0.95


@pytest.mark.parametrize(
    ("date", "time"),
    [
        pytest.param("Wed, 22 Sep 2004 09:03:40 +0000", "2004-09-22T09:03:40Z", id="utc"),
        pytest.param("Wed, 22 Sep 2004 09:03:40 -0000", "2004-09-22T09:03:40Z", id="utc_elsewhere"),
        pytest.param("22 Sep 04 09:03 EST", "2004-09-22T09:03:00-05:00", id="old"),
        pytest.param("Wed, 22 Sep 2004 09:03:40", "2004-09-22T09:03:40", id="no_zone"),
        pytest.param("soon", "2004-09-22T05:05:28", id="none_so_that_of_the_line_before"),
        pytest.param("Wed, 99 Sep 2004 09:03:40", "2004-09-22T05:05:28", id="no_such_day"),
    ],
)
def test_the_time_is_the_senders(tmp_path: Path, date: str, time: str):
    assert only(tmp_path, mail(date=date))["time"] == time


@pytest.mark.parametrize(
    ("sender", "speaker", "address"),
    [
        pytest.param('"Wood, Ann" <a@x.org>', "Wood, Ann", "a@x.org", id="quoted"),
        pytest.param("a@x.org (Ann W.)", "Ann W.", "a@x.org", id="comment"),
        pytest.param("a at x.org (Ann W.)", "Ann W.", "a@x.org", id="an_archive"),
        pytest.param("a@x.org", "a@x.org", "a@x.org", id="address"),
        pytest.param("", "", "", id="nobody"),
        pytest.param("=?nonsense?Q?Bj=C3=B6rn?= <a@x.org>", "Björn", "a@x.org", id="unknown_encoding"),
    ],
)
def test_the_speaker_is_whoever_wrote_it(tmp_path: Path, sender: str, speaker: str, address: str):
    row = only(tmp_path, mail(**{"from": sender}))
    assert (row["speaker"], row["address"]) == (speaker, address)


def parts(*pieces: tuple[str, str], kind: str = "mixed") -> dict[str, str]:
    """The headers and body of a mail of several parts."""
    body = "".join(f"--=b\nContent-Type: {head}\n\n{text}\n" for head, text in pieces)
    return {"content_type": f'multipart/{kind}; boundary="=b"', "body": f"{body}--=b--\n"}


HTML = "<p>Hello <b>Bob</b>,<br>food?</p>"
BODIES: dict[str, tuple[dict[str, str], str]] = {
    "html": ({"content_type": "text/html", "body": HTML}, "Hello Bob,\nfood?"),
    "both": (parts(("text/plain", "plain"), ("text/html", HTML), kind="alternative"), "plain"),
    "plain_is_empty": (parts(("text/plain", " "), ("text/html", HTML), kind="alternative"), "Hello Bob,\nfood?"),
    "two_texts": (parts(("text/plain", "one"), ("image/png", "x"), ("text/plain", "two")), "one\n\ntwo"),
    "html_quote": (
        {"content_type": "text/html", "body": "Yes.<div>On 1 May 2024 Ann wrote:<blockquote>a<blockquote>b</blockquote>"
         "</blockquote></div>No."},
        "Yes.\nNo.",
    ),
    "quoted_printable": (
        {"content_type": "text/plain; charset=utf-8", "content_transfer_encoding": "quoted-printable",
         "body": "caf=C3=A9 =\nnow"},
        "café now",
    ),
    "base64": ({"content_transfer_encoding": "base64", "body": "SGk="}, "Hi"),
    "flowed": (
        {"content_type": "text/plain; format=flowed", "body": "One \nline.\n> quoted \n> too\n  stuffed\n-- \nAnn"},
        "One line.\n stuffed",
    ),
    "no_such_type": ({"content_type": "nonsense", "body": "Hi"}, "Hi"),
}  # fmt: skip


@pytest.mark.parametrize("case", BODIES)
def test_the_text_is_the_plain_one_or_that_of_the_html(tmp_path: Path, case: str):
    headers, text = BODIES[case]
    assert only(tmp_path, mail(**headers))["text"] == text


def test_a_mail_with_only_attachments_is_media(tmp_path: Path):
    headers = parts(
        ("image/png", "x"),
        ('application/pdf; name="=?utf-8?Q?Pl=C3=A4ne.pdf?="', "x"),
        ('text/plain\nContent-Disposition: attachment; filename="a.txt"', "x"),
        ("message/rfc822", "Subject: inner\n\ntext"),
    )
    row = only(tmp_path, mail(**headers))
    assert (row["kind"], row["text"]) == ("media", "<image>\n<file: Pläne.pdf>\n<file: a.txt>\n<file: message/rfc822>")
    _, drops, _ = everything(box(tmp_path, mail(**headers)), media="drop")
    assert [(drop.reason, str(drop.source)) for drop in drops] == [("only media", "in.mbox:1")]


def test_what_is_left_empty_is_a_drop(tmp_path: Path):
    rows, drops, _ = everything(box(tmp_path, mail("\n"), mail("> a\n"), mail("b")))
    assert [row["text"] for _, row in rows] == ["b"]
    assert [(drop.reason, str(drop.source)) for drop in drops] == [
        ("an empty mail", "in.mbox:1"), ("only quoted", "in.mbox:8"),
    ]  # fmt: skip
    assert drops[0].content == {
        "from": "Ann <ann@example.org>", "date": "Wed, 22 Sep 2004 02:03:40 -0700", "subject": "Lunch",
        "message-id": "",
    }  # fmt: skip


def test_an_automatic_answer_is_of_the_system(tmp_path: Path):
    assert only(tmp_path, mail("I am away.", auto_submitted="auto-replied; x"))["kind"] == "system"
    assert only(tmp_path, mail("Here.", auto_submitted="no"))["kind"] == "message"


QUOTED = {
    "lines": ("Yes.\n> food?\n>> hm\nNo.", "Yes.\nNo."),
    "attribution": ("Yes.\n\nOn Mon, 3 May 2024, Ann\n<a@x.org> wrote:\n> food?", "Yes."),
    "attribution_in_the_middle": ("Am 3.5.2024 schrieb Ann:\n> food?\n\nJa.", "Ja."),
    "attribution_without_a_quote": ("Yes.\n\nEl 3 de mayo de 2024, Ann escribió:\n", "Yes."),
    "a_sentence_that_ends_so": ("As Ann said:\n\neat.", "As Ann said:\n\neat."),
    "original_message": ("Yes.\n\n-----Original Message-----\nFrom: Ann\n\nfood?", "Yes."),
    "german_original": ("Ja.\n\n-----Ursprüngliche Nachricht-----\nVon: Ann\n\nEssen?", "Ja."),
    "headers": ("Yes.\n\nFrom: Ann <a@x.org>\nSent: Monday\nTo: Bob\nSubject: x\n\nfood?", "Yes."),
    "ruled_headers": ("Yes.\n________________________________\nFrom: Ann\nSent: Monday\n\nfood?", "Yes."),
    "from_in_a_list": ("From: Ann to Bob\nthat is all", "From: Ann to Bob\nthat is all"),
}
SIGNED = {
    "dashes": ("Yes.\n-- \nAnn\nBoss", "Yes."),
    "dashes_without_a_space": ("Yes.\n--\nAnn", "Yes."),
    "a_rule_far_up": ("Yes.\n--\n" + "more\n" * 20 + "end", "Yes.\n--\n" + "more\n" * 20 + "end"),
    "mailing_list": ("Yes.\n_______________________________________________\ndev mailing list\ndev@x", "Yes."),
    "telephone": ("Yes.\n\nSent from my iPhone\n", "Yes."),
    "thanks": ("Yes.\n\nBest,\nAnn", "Yes.\n\nBest,\nAnn"),
}


@pytest.mark.parametrize("case", QUOTED)
def test_what_is_quoted_is_removed_or_kept(case: str):
    text, left = QUOTED[case]
    assert own_words(text, quotes=False, signature=False) == left
    assert own_words(text, quotes=True, signature=False) == text.strip("\n")


@pytest.mark.parametrize("case", SIGNED)
def test_a_signature_is_removed_or_kept(case: str):
    text, left = SIGNED[case]
    assert own_words(text, quotes=False, signature=False) == left
    assert own_words(text, quotes=False, signature=True) == "\n".join(map(str.rstrip, text.strip("\n").split("\n")))


def test_a_wrong_encoding_is_found_and_told_once(tmp_path: Path):
    raw = mail("Füße für Björn".encode("cp1252"), content_type="text/plain; charset=utf-8")
    rows, _, findings = everything(box(tmp_path, raw, raw))
    assert [row["text"] for _, row in rows] == ["Füße für Björn"] * 2
    assert [(found.code, found.level, found.message, found.hint, str(found.source)) for found in findings] == [
        ("FT276", "advice", "mails that say 'utf-8' for their encoding are read as cp1252",
         "see whether this one reads right", "in.mbox:1"),
    ]  # fmt: skip


@pytest.mark.parametrize("declared", ["utf-8", "us-ascii", "iso-8859-1", "no-such-thing", '"utf-8', ""])
def test_utf_8_is_read_whatever_is_declared_unless_it_can_be_that(tmp_path: Path, declared: str):
    row = only(tmp_path, mail("déjà", content_type=f"text/plain; charset={declared}"))
    assert row["text"] == ("dÃ©jÃ\xa0".strip() if declared == "iso-8859-1" else "déjà")


def test_bytes_that_are_long_russian_are_not_read_as_western(tmp_path: Path):
    text = "Добрый день! Подскажите, пожалуйста, когда будет обед и где мы встречаемся сегодня вечером?"
    row = only(tmp_path, mail(text.encode("koi8-r"), content_type="text/plain; charset=us-ascii"))
    assert row["text"] == text


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "in.mbox: there is nothing in it; export the mails as mbox again"),
    "text": (
        b"From the start it was late.\n",
        "in.mbox: no mailbox: its first line is not 'From ADDRESS DATE'; export the mails as mbox again",
    ),
    "one_long_line": (
        b"From " + b"a 1:00 " * 20_000_000,
        "in.mbox: no mailbox: its first line is not 'From ADDRESS DATE'; export the mails as mbox again",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_that_is_no_mailbox_is_refused(tmp_path: Path, case: str):
    raw, message = HOSTILE[case]
    with pytest.raises(DataError) as caught:
        everything(box(tmp_path, raw))
    assert str(caught.value) == message


def test_a_mail_that_is_too_large_is_a_drop_and_the_next_one_is_read(tmp_path: Path):
    rows, drops, _ = everything(box(tmp_path, mail("a"), mail(b"x" * LARGEST), mail("b")))
    assert [row["text"] for _, row in rows] == ["a", "b"]
    assert [(drop.reason, str(drop.source)) for drop in drops] == [("larger than a mail may be", "in.mbox:7")]


def test_parts_in_parts_without_an_end_do_no_harm(tmp_path: Path):
    deep = "".join(f'--{n}\nContent-Type: multipart/mixed; boundary="{n + 1}"\n\n' for n in range(3000))
    rows, drops, _ = everything(box(tmp_path, mail(deep, content_type='multipart/mixed; boundary="0"'), mail("b")))
    assert len(rows) + len(drops) == 2
    assert rows[-1][1]["text"] == "b"


def test_a_mail_that_is_cut_off_gives_what_is_there(tmp_path: Path):
    raw = mail(**parts(("text/plain", "one"), ("text/plain", "two")))
    assert only(tmp_path, raw[: raw.index(b"two")])["text"] == "one"
    assert everything(box(tmp_path, FROM.encode()))[1][0].reason == "an empty mail"


def test_recognise_is_sure_of_mailboxes_only():
    assert Mbox.recognise(mail(), "x") == 0.95
    for head in (b"", b"From: Ann\n", b"From me to you\nx: y\n", b"[1, 2]", b"[12:00] <Ann> From x"):
        assert Mbox.recognise(head, "x") == 0


COUNTS = {
    "mbox_complex.mbox": 2, "mbox_iso8859_encoding.mbox": 1, "mbox_multipart.mbox": 2, "mbox_no_fields.mbox": 6,
    "mbox_single.mbox": 1, "mbox_unixfrom_encoding.mbox": 1, "mbox_unknown_encoding.mbox": 1,
}  # fmt: skip
"""`grep -ac '^From .*[0-9]:[0-9][0-9]' FILE` for each; the README of the data says the same where it is sure."""


@pytest.mark.skipif(not REAL.is_dir(), reason="the real mailboxes are not here")
@pytest.mark.parametrize("name", COUNTS)
def test_a_real_mailbox_is_read_whole(name: str):
    rows, drops, _ = everything(Input(REAL / name, name))
    assert (len(rows), drops) == (COUNTS[name], [])
    assert all(row["text"] and row["speaker"] and row["time"] for _, row in rows)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real mailboxes are not here")
def test_real_mails_say_what_their_senders_wrote():
    rows, _, _ = everything(Input(REAL / "mbox_complex.mbox", "c"))
    assert rows[0][1]["text"] == "No matter what is really to blame, it ultimately [...]\n\n[...]\n\nRgds,\nEugenia"
    assert (rows[1][1]["speaker"], rows[1][1]["time"]) == ("Danilo Šegan", "2008-03-17T10:35:05+01:00")
    rows, _, _ = everything(Input(REAL / "mbox_no_fields.mbox", "n"))
    assert Counter(row["talk"] for _, row in rows) == {
        "4CF64D10.9020206@domain.com": 4, "mail 4": 1, "0000be042b7b@domain.com": 1,
    }  # fmt: skip
