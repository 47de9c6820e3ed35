"""`whatsapp`: the layouts of its exports in many languages, what is no message, and files that are none of it."""

from __future__ import annotations

import re
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Drop, Finding, Input, Rows, api
from ftprep.archive import within
from ftprep_irc.reader import Irc
from ftprep_whatsapp.reader import Whatsapp
from ftprep_whatsapp.talk import talk_of

pytestmark = pytest.mark.files
REAL = Path(__file__).parents[3] / "shared" / "data" / "chat_whatsapp"
NOTICE = "Messages and calls are end-to-end encrypted. No one outside of this chat can read them."


def items(source: Input, **options: Any) -> tuple[list[tuple[int, Any]], list[Drop], list[Finding]]:
    """Rows with their numbers, drops and findings."""
    rows: list[tuple[int, Any]] = []
    drops: list[Drop] = []
    findings: list[Finding] = []
    for item in Whatsapp(path="x", **options).read(source):
        if isinstance(item, Rows):
            rows += zip(item.numbers, item.rows, strict=True)
        elif isinstance(item, Drop):
            drops.append(item)
        elif isinstance(item, Finding):
            findings.append(item)
    return rows, drops, findings


def read(folder: Path, content: str, name: str = "chat.txt", **options: Any) -> Any:
    path = folder / name
    path.write_bytes(content.encode())
    return items(Input(path, name), **options)


def told(rows: list[tuple[int, Any]]) -> list[tuple[Any, ...]]:
    return [(number, row["time"], row["speaker"], row["text"], row["kind"]) for number, row in rows]


LAYOUTS = [
    pytest.param("\u200e[25/06/20, 15:04:05] {}", "\u200e[26/06/20, 09:07:08] {}", "T15:04:05", "T09:07:08",
                 id="iOS brackets with U+200E and seconds"),
    pytest.param("[6/25/20, 3:04:05\u202fPM] {}", "[6/26/20, 9:07:08\u202fAM] {}", "T15:04:05", "T09:07:08",
                 id="U+202F before PM"),
    pytest.param("25/6/20, 3:04 p. m. - {}", "26/6/20, 9:07 a. m. - {}", "T15:04:00", "T09:07:00", id="a. m."),
    pytest.param("25/6/20 3:04 p.\u00a0m. - {}", "26/6/20 9:07 a.\u00a0m. - {}", "T15:04:00", "T09:07:00",
                 id="a. m. with U+00A0 and no comma"),
    pytest.param("25.06.20, 15:04 - {}", "26.06.20, 09:07 - {}", "T15:04:00", "T09:07:00", id="dd.mm.yy"),
    pytest.param("[25.06.20, 15:04:05] {}", "[26.06.20, 09:07:08] {}", "T15:04:05", "T09:07:08", id="iOS dd.mm.yy"),
    pytest.param("2020-06-25 15:04 - {}", "2020-06-26 09:07 - {}", "T15:04:00", "T09:07:00", id="yyyy-mm-dd"),
    pytest.param("[2020-06-25, 3:04:05 PM] {}", "[2020-06-26, 9:07:08 AM] {}", "T15:04:05", "T09:07:08",
                 id="iOS yyyy-mm-dd with PM"),
    pytest.param("2020/6/25 下午3:04 - {}", "2020/6/26 上午9:07 - {}", "T15:04:00", "T09:07:00", id="y/m/d with 上午"),
    pytest.param("[2020/6/25 下午3:04:05] {}", "[2020/6/26 上午9:07:08] {}", "T15:04:05", "T09:07:08",
                 id="iOS y/m/d with 上午"),
    pytest.param("[2020. 6. 25. 오후 3:04:05] {}", "[2020. 6. 26. 오전 9:07:08] {}", "T15:04:05", "T09:07:08",
                 id="iOS Korean 오후"),
    pytest.param("20. 6. 25. 오후 3:04 - {}", "20. 6. 26. 오전 9:07 - {}", "T15:04:00", "T09:07:00", id="Korean 오후"),
    pytest.param("٢٥\u200f/٦\u200f/٢٠٢٠, ٣:٠٤ م - {}", "٢٦\u200f/٦\u200f/٢٠٢٠, ٩:٠٧ ص - {}", "T15:04:00", "T09:07:00",
                 id="Arabic digits"),
    pytest.param("25/06/2020, 3:04 PM - {}", "26/06/2020, 9:07 AM - {}", "T15:04:00", "T09:07:00",
                 id="Android dash 12 h"),
    pytest.param("25/06/2020, 15:04 - {}", "26/06/2020, 09:07 - {}", "T15:04:00", "T09:07:00", id="Android dash 24 h"),
    pytest.param("[25/06/20, 15:04] {}", "[26/06/20, 09:07] {}", "T15:04:00", "T09:07:00", id="[dd/mm/yy, …]"),
    pytest.param("6/25/20, 15:04 - {}", "6/26/20, 09:07 - {}", "T15:04:00", "T09:07:00", id="US m/d/yy"),
    pytest.param("25/6/20, 3:04 pm - {}", "26/6/20, 9:07 am - {}", "T15:04:00", "T09:07:00", id="Indian d/m/yy am"),
    pytest.param("25-06-20 15:04 - {}", "26-06-20 09:07 - {}", "T15:04:00", "T09:07:00", id="Dutch dashes"),
    pytest.param("25/06/2020 à 15:04 - {}", "26/06/2020 à 09:07 - {}", "T15:04:00", "T09:07:00", id="French à"),
    pytest.param("25.6.2020 klo 15.04 - {}", "26.6.2020 klo 9.07 - {}", "T15:04:00", "T09:07:00", id="Finnish dots"),
    pytest.param("25/6/2563 15:04 - {}", "26/6/2563 09:07 - {}", "T15:04:00", "T09:07:00", id="Buddhist years"),
]  # fmt: skip


@pytest.mark.parametrize("end", [pytest.param("\n", id="LF"), pytest.param("\r\n", id="CRLF")])
@pytest.mark.parametrize(("first", "second", "afternoon", "morning"), LAYOUTS)
def test_a_layout_is_read_with_a_notice_and_a_message_of_several_lines(
    tmp_path: Path, first: str, second: str, afternoon: str, morning: str, end: str
) -> None:
    lines = [first.format(NOTICE), first.format("Ann: One\n\ntwo: three"), second.format("Bob M.: So?")]
    rows, drops, findings = read(tmp_path, "\ufeff" + "\n".join([*lines, ""]).replace("\n", end))
    assert (drops, findings) == ([], [])
    assert told(rows) == [
        (1, f"2020-06-25{afternoon}", "", NOTICE, "system"),
        (2, f"2020-06-25{afternoon}", "Ann", "One\n\ntwo: three", "message"),
        (5, f"2020-06-26{morning}", "Bob M.", "So?", "message"),
    ]


BODIES = [
    ("\u200eimage omitted", "media", "<image>"),
    ("image omitted", "media", "<image>"),
    ("\u200eBild weggelassen", "media", "<image>"),
    ("\u200eaudio omitido", "media", "<audio>"),
    ("\u200evidéo absente", "media", "<video>"),
    ("\u200efigurinha omitida", "media", "<sticker>"),
    ("Look! \u200eimmagine omessa", "message", "Look!"),
    ("Report.pdf • \u200e12 pages \u200edocument omitted", "media", "<file: Report.pdf>"),
    ("<Media omitted>", "media", "<media>"),
    ("<Medien ausgeschlossen>", "media", "<media>"),
    ("<Multimedia omitido>", "media", "<media>"),
    ("<Médias omis>", "media", "<media>"),
    ("<Mídia oculta>", "media", "<media>"),
    ("\u200eIMG-20200625-WA0001.jpg (file attached)", "media", "<image>"),
    ("PTT-1.opus (Datei angehängt)", "media", "<audio>"),
    ("STK-1.webp (archivo adjunto)", "media", "<sticker>"),
    ("Ann Lee.vcf (fichier joint)", "media", "<file: Ann Lee.vcf>"),
    ("VID-1.mp4 (file attached)\nOur dog\nand me", "message", "Our dog\nand me"),
    ("\u200e<attached: 00000012-PHOTO-2020-06-25.jpg>", "media", "<image>"),
    ("Here \u200e<Anhang: 13-plan.pdf>", "message", "Here"),
    ("This message was deleted", "deleted", ""),
    ("\u200eYou deleted this message.", "deleted", ""),
    ("Du hast diese Nachricht gelöscht.", "deleted", ""),
    ("Se eliminó este mensaje.", "deleted", ""),
    ("Vous avez supprimé ce message", "deleted", ""),
    ("Mensagem apagada", "deleted", ""),
    ("삭제된 메시지입니다.", "deleted", ""),
    ("Hi \u200e<This message was edited>", "message", "Hi"),
    ("\u200ePOLL:\nTea?\n\u200eOPTION: Yes (1 vote)", "message", "POLL:\nTea?\nOPTION: Yes (1 vote)"),
    ("\u200eLocation: https://maps.example.org/?q=1", "message", "Location: https://maps.example.org/?q=1"),
    ("Nice (really)", "message", "Nice (really)"),
    ("<b>", "message", "<b>"),
    ("notes.txt (see below)", "message", "notes.txt (see below)"),
    ("this message was long", "message", "this message was long"),
]


@pytest.mark.parametrize(("body", "kind", "text"), BODIES, ids=lambda value: ascii(value)[1:40])
def test_what_was_attached_or_deleted_is_known_by_its_words(tmp_path: Path, body: str, kind: str, text: str) -> None:
    rows, drops, _ = read(tmp_path, f"[25/06/20, 15:04:05] Ann: Hi\n[25/06/20, 15:05:00] Ann: {body}")
    assert (told(rows)[1], drops) == ((2, "2020-06-25T15:05:00", "Ann", text, kind), [])


NOTICES = [
    "Ann added Bob",
    'Ann changed the subject from "A: b" to "C: d"',
    "Ann changed the group description\nRules: none",
    "Your security code with Ann changed. Tap to learn more.",
    "You're now an admin",
    "Holiday: \u200eAnn created this group",
    "Ann: \u200eMissed voice call",
    "Ann: Missed video call",
    "Holiday: Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt. Niemand kann sie lesen.",
]


@pytest.mark.parametrize("body", NOTICES)
def test_a_notice_has_no_speaker(tmp_path: Path, body: str) -> None:
    rows, _, _ = read(tmp_path, f"25/06/20, 15:04 - Ann: Hi\n25/06/20, 15:05 - {body}\n")
    text = body.partition("\u200e")[2] or body.removeprefix("Ann: Missed").removeprefix("Holiday: ")
    text = f"Missed{text}" if text.startswith(" video") else text
    assert told(rows)[1] == (2, "2020-06-25T15:05:00", "", text, "system")


def test_numbers_keep_no_marks_and_names_that_spoke_need_no_space_after_the_colon(tmp_path: Path) -> None:
    rows, _, _ = read(
        tmp_path, "25/06/20, 15:04 - \u202a+49 170 1\u202c: Hi\n25/06/20, 15:05 - \u202a+49 170 1\u202c:.\n"
    )
    assert [(row["speaker"], row["text"]) for _, row in rows] == [("+49 170 1", "Hi"), ("+49 170 1", ".")]


def test_attachments_may_be_dropped(tmp_path: Path) -> None:
    rows, drops, _ = read(tmp_path, "25/06/20, 15:04 - Ann: Hi\n25/06/20, 15:05 - Ann: <Media omitted>\n", media="drop")
    assert len(rows) == 1
    assert [(drop.reason, str(drop.source), drop.content) for drop in drops] == [
        ("only an attachment", "chat.txt:2", "25/06/20, 15:05  Ann: <Media omitted>")
    ]


ORDERS = [
    pytest.param(["05/06/20", "06/06/20"], "2020-06-05", "2020-05-06", "mdy", id="days follow one another"),
    pytest.param(["06/05/20", "06/06/20"], "2020-06-05", "2020-05-06", "dmy", id="month first"),
    pytest.param(["11/06/20", "02/07/20", "03/07/20"], "2020-06-11", "2020-11-06", "mdy", id="time would go back"),
]


@pytest.mark.parametrize(("dates", "taken", "other", "order"), ORDERS)
def test_an_order_that_is_not_certain_is_told_with_both_readings(
    tmp_path: Path, dates: list[str], taken: str, other: str, order: str
) -> None:
    text = "".join(f"{date}, 10:0{n} - Ann: Hi\n" for n, date in enumerate(dates))
    rows, _, findings = read(tmp_path, text)
    mine = "dmy" if order == "mdy" else "mdy"
    assert rows[0][1]["time"] == f"{taken}T10:00:00"
    message = f"no day is above 12, so '{dates[0]}' may be {taken} ({mine}) or {other} ({order}); "
    assert [(str(found.source), found.code, found.level, found.message, found.hint) for found in findings] == [
        ("chat.txt:1", "FT250", "warning", f"{message}{mine} keeps the messages in order",
         f"if that is wrong, say 'date_order: {order}'")
    ]  # fmt: skip
    assert Whatsapp.survey(Input(tmp_path / "chat.txt", "chat.txt")).options == {"date_order": mine}
    rows, _, findings = read(tmp_path, text, date_order=order)
    assert (rows[0][1]["time"], findings) == (f"{other}T10:00:00", [])


def test_dates_that_there_are_not_in_the_order_given_are_drops(tmp_path: Path) -> None:
    rows, drops, _ = read(tmp_path, "25/06/20, 15:04 - Ann: Hi\n05/06/20, 25:04 - Ann: a\nb\n", date_order="mdy")
    assert rows == []
    assert [(drop.reason, str(drop.source)) for drop in drops] == [
        ("no such date in this order", "chat.txt:1"), ("no such time", "chat.txt:2-3"),
    ]  # fmt: skip


def test_lines_before_the_first_message_and_endless_messages_are_drops(tmp_path: Path) -> None:
    long = "x" * 100_000_000
    rows, drops, _ = read(tmp_path, f"Hello\n25/06/20, 15:04 - Ann: {long}\n26/06/20, 15:04 - Ann: Hi\n")
    assert told(rows) == [(3, "2020-06-26T15:04:00", "Ann", "Hi", "message")]
    assert [(drop.reason, str(drop.source), len(str(drop.content))) for drop in drops] == [
        ("before the first message", "chat.txt:1", 5), ("a message of more than 4 MiB", "chat.txt:2", 201),
    ]  # fmt: skip


def test_messages_that_pieces_of_the_file_cut_are_whole(tmp_path: Path) -> None:
    text = "".join(f"25/06/20, 15:04 - Ann: {n}\nline {n * 7}\n" for n in range(20_000))
    rows, drops, _ = read(tmp_path, text)
    assert [(number, row["text"]) for number, row in rows] == [(2 * n + 1, f"{n}\nline {n * 7}") for n in range(20_000)]
    assert drops == []


@pytest.mark.parametrize(
    "content", ["", "Hello\n", "\n\n", "a,b\n1,2\n", "[09:15] <Ann> Hi\n", "15:04 - Ann: Hi\n"], ids=repr
)
def test_a_file_that_is_no_chat_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, content)
    hint = "name the .txt file, or the .zip, that 'Export chat' made"
    assert str(caught.value) == f"chat.txt: no message of a WhatsApp chat in it; {hint}"
    assert Whatsapp.recognise(content.encode(), "chat.txt") == 0


def test_an_export_with_media_is_read_in_its_zip(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Ann Lee.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_chat.txt", "[25/06/20, 15:04:05] Ann: Hi\n")
        archive.writestr("00000012-notes.txt", "No chat.")
        archive.writestr("00000013-PHOTO.jpg", b"\xff\xd8")
    found = [items(member) for member in within(Input(path, "export.zip"), Whatsapp.inside or "")]
    assert [(drop.reason, str(drop.source)) for _, drops, _ in found for drop in drops] == [
        ("an attachment, no chat", "export.zip/00000012-notes.txt:1")
    ]
    assert [row for rows, _, _ in found for _, row in rows] == [
        {"talk": "Ann Lee", "time": "2020-06-25T15:04:05", "speaker": "Ann", "text": "Hi", "id": "", "reply_to": "",
         "kind": "message"}
    ]  # fmt: skip


NAMES = {
    "WhatsApp Chat with Ann Lee.txt": "Ann Lee",
    "WhatsApp Chat - Ann.zip/_chat.txt": "Ann",
    "WhatsApp-Chat mit Familie Müller (2).txt": "Familie Müller",
    "Chat de WhatsApp con Ana.txt": "Ana",
    "Discussion WhatsApp avec Zoé.zip": "Zoé",
    "Conversa do WhatsApp com João.txt": "João",
    "WhatsApp Chat with Tea with Ann.txt.gz": "Tea with Ann",
    "WhatsApp_Chat_with_Ann.txt": "Ann",
    "chat.txt": "",
    "x/_chat.txt": "",
}


@pytest.mark.parametrize("path", NAMES)
def test_the_chat_is_named_by_its_file(path: str) -> None:
    assert talk_of(Path(path)) == NAMES[path]


def test_a_large_chat_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    with path.open("w", encoding="utf-8", newline="") as file:
        for day in range(13, 28):
            file.write(f"{day}/06/20, 15:04 - Ann: How are you today?\n" * 20_000)
    tracemalloc.start()
    count = sum(len(item.rows) for item in Whatsapp(path="x").read(Input(path)) if isinstance(item, Rows))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 300_000
    assert most < 12 << 20


def test_a_recipe_finds_the_reader_by_the_content(tmp_path: Path) -> None:
    path = tmp_path / "some.txt"
    path.write_text("25/06/20, 15:04 - Ann: Hi\n25/06/20, 15:05 - Bob: Hello\n" * 2, encoding="utf-8", newline="")
    assert Whatsapp.recognise(path.read_bytes(), "some.txt") == 0.95
    assert Irc.recognise(path.read_bytes(), "some.txt") == 0
    recipe = {
        "version": 1, "name": "n", "read": str(path), "write": ["openai_chat"],
        "transform": [{"chat": {"user": "{speaker} {time}", "assistant": "{text}"}}],
    }  # fmt: skip
    run = api.run(recipe, out=tmp_path / "out")
    assert run.counts["read"] == 4


HEADER = re.compile(r"^\[?(?:\d+[./-]){2}\d+,? \d\d:\d\d", re.MULTILINE)
"""How a message begins in all the real files; counted apart from the reader's own patterns."""


@pytest.mark.skipif(not REAL.exists(), reason="the real files are not here")
@pytest.mark.parametrize("name", sorted(path.name for path in REAL.glob("*.txt")) if REAL.exists() else [])
def test_real_chats_have_as_many_messages_as_lines_that_begin_with_a_date(name: str) -> None:
    """Counted: the lines that begin with a date and a time, and the lines there are."""
    path = REAL / name
    text = path.read_text(encoding="utf-8")
    rows, drops, findings = items(Input(path, name))
    assert (len(rows), drops, findings) == (len(HEADER.findall(text)), [], [])
    assert [number for number, _ in rows] == [
        number for number, line in enumerate(text.splitlines(), 1) if HEADER.match(line)
    ]
    times = [row["time"] for _, row in rows]
    assert times == sorted(times)


REAL_FACTS = {
    "lorem-2000.txt": (2000, 0, "2019-04-16T02:09:00"),
    "pokemon.txt": (20, 2, "2016-04-15T15:04:00"),
    "chatminer_test_mmddyyyy_12hrs.txt": (9, 2, "2019-01-01T11:25:00"),
}


@pytest.mark.skipif(not REAL.exists(), reason="the real files are not here")
@pytest.mark.parametrize("name", REAL_FACTS)
def test_real_chats_have_the_messages_that_their_description_tells(name: str) -> None:
    rows, _, _ = items(Input(REAL / name, name))
    notices = [row for _, row in rows if row["kind"] == "system"]
    assert (len(rows), len(notices), rows[0][1]["time"]) == REAL_FACTS[name]
