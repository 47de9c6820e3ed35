"""How the kit tries each thing that comes with ftprep: options as a recipe has them, and samples it can work on."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas

from ftprep import Example, Question, Row, StepRun, answer_key
from ftprep.testing import sample_run


class Way(NamedTuple):
    """One way to try a step."""

    options: dict[str, Any]
    rows: Sequence[Row] = ()
    """Fields of examples it works on; for a gather, a table."""
    table: Sequence[Row] = ()
    """The side table it reads."""

    def run(self) -> StepRun:
        """A run whose side table is this one."""
        run = sample_run()
        return StepRun(
            model=run.model, writer=run.writer, count=run.count, pieces=run.pieces, speakers=run.speakers,
            rows=lambda path: iter([dict(row) for row in self.table]), split_of=lambda example: "train",
            facts={"separator": "###", "stop": ["\n"]},
        )  # fmt: skip

    def examples(self) -> list[Example]:
        """The rows as examples."""
        return [Example(fields=dict(row)) for row in self.rows]


TALKS = [
    {"talk": talk, "speaker": speaker, "text": text, "Human": text, "AI": f"{text}?"}
    for talk, speaker, text in [
        ("a", "Ann", "Hi"),
        ("a", "Bot", "Hello"),
        ("b", "Ann", "So"),
        ("b", "Bot", ""),
        ("c", "Ann", "?"),
    ]
]
SPANS = [{"text": "Ann went to Bern.", "spans": [{"text": "Ann", "type": "person"}, {"start": 12, "end": 16}]}]
LISTS: list[Row] = [
    {"turns": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
    {"turns": '[{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]'},
    {"turns": "no list"},
    {"turns": None},
    {"turns": []},
]
LOG: list[Row] = [
    {"talk": talk, "time": time, "speaker": who, "text": text, "id": str(n), "reply_to": to, "kind": kind}
    for n, (talk, time, who, text, to, kind) in enumerate(
        [
            ("a", "2026-05-01T09:00:00", "Ann Lee", "Hi @Bo", "", "message"),
            ("a", "2026-05-01T09:01:00", "Bo", "Hello Ann", "0", "message"),
            ("a", "2026-05-01T09:02:00", "", "Cy joined", "", "system"),
            ("a", "2026-05-01T12:00:00", "Bo", "<image>", "1", "media"),
            ("b", "", "Ann Lee", "?", "", "message"),
            ("b", "2026-05-02T00:30:00Z", "Bo", "", "", "deleted"),
        ]
    )
]
PRICES: list[Row] = [
    {"price": "12,5"},
    {"price": 30},
    {"price": ""},
    {"price": None},
    {"price": "dear"},
]
LABELS: list[Row] = [{"label": "refund"}, {"label": "billing"}, {"label": "other"}, {"label": None}, {"label": 1}]
TEXTS: list[Row] = [{"text": "One. Two! Three?\n\nFour " * 20}, {"text": ""}, {"text": None}, {"text": ["a", {"b": 1}]}]
CONTEXTS = [{"title": title, "context": f"about {title} {n}"} for title in "abc" for n in range(3)]
ITEMS: list[Row] = [{"items": [{"a": 1}, "b"]}, {"items": "[1, 2]"}, {"items": []}, {"items": 7}]
IDS: list[Row] = [{"id": "1"}, {"id": 2.0}, {"id": None}, {"id": "x"}]
TABLE = [{"id": "1", "colour": "red"}, {"id": "2", "colour": "blue"}]
ANSWERS = [
    {
        "key": answer_key(Question(model="m", arguments={"messages": [{"role": "user", "content": text}]})),
        "answer": answer,
    }
    for text, answer in [("About refund.", " A refund.\n"), ("About billing.", "")]
]

STEPS: dict[str, list[Way]] = {
    "anonymise": [Way({}), Way({"names": ["Dr. Ann Lee"], "parts": "all", "style": "tag", "seed": "s"}, LOG)],
    "balance": [Way({"column": "label", "most": 2}, LABELS), Way({"most": 1})],
    "bins": [Way({"column": "price", "edges": [20, 100], "names": ["low", "mid", "high"], "decimal": ","}, PRICES)],
    "chat": [Way({"user": "{q}", "assistant": "{a}"}, [{"q": "Why?", "a": "Because."}, {"q": "", "a": None}])],
    "chunk": [
        Way({"column": "text", "characters": 20}, TEXTS),
        Way({"column": "text", "tokens": 5, "at": "word"}, TEXTS),
    ],
    "conversations": [
        Way({"user": "Human", "assistant": "AI"}, [*TALKS, {**TALKS[0], "Human": "###", "AI": "###"}, TALKS[1]]),
        Way({"by": "talk", "speaker": "speaker", "text": "text", "assistant": "Bot"}, TALKS),
        Way({"by": "talk", "speaker": "speaker", "text": "text", "assistant": "Bot", "scattered": True}, TALKS),
    ],
    "cut": [Way({"tokens": 5}), Way({"tokens": 8, "column": "text", "within": "Say: {text}", "keep": "middle"}, TEXTS)],
    "drop_system_lines": [Way({}, LOG), Way({"kinds": ["media"]}, LOG)],
    "drop_long": [Way({}), Way({"characters": 5})],
    "drop_if": [Way({"column": "label", "equals": "other"}, LABELS), Way({"of": "answer", "contains": "cat"})],
    "entities": [
        Way({"text": "text", "spans": "spans"}, SPANS),
        Way({"text": "text", "spans": "spans", "format": "json"}, SPANS),
    ],
    "explode": [Way({"path": "items[]"}, ITEMS)],
    "generate": [Way({"into": "said", "prompt": "About {label}.", "model": "m"}, LABELS, ANSWERS)],
    "join": [Way({"table": "t.csv", "on": "id", "on_missing": "keep"}, IDS, TABLE)],
    "keep_if": [Way({"column": "price", "min": 20}, PRICES), Way({"of": "messages", "min_chars": 5})],
    "labels": [Way({"column": "label", "codes": {"refund": 1, "billing": 2}, "normalise": True}, LABELS)],
    "language": [Way({"languages": "en"}), Way({"languages": ["de", "fr"], "column": "text", "characters": 3}, TEXTS)],
    "limit": [Way({"n": 2}), Way({"n": 1, "per": "label", "pick": "hash"}, LABELS)],
    "lower_case": [Way({"of": "prompt"}), Way({"of": "completion", "ending": "."})],
    "map_values": [Way({"column": "label", "values": {"refund": "money", "1": "one"}}, LABELS)],
    "mentions": [Way({}), Way({"to": "nothing", "people": {"Bo": "Robert"}}, LOG)],
    "messages": [Way({"column": "turns"}, LISTS)],
    "negatives": [Way({"table": "t.csv", "column": "context", "group": "title"}, CONTEXTS, CONTEXTS)],
    "prompt": [Way({"prompt": "{q}", "completion": "{a}"}, [{"q": "Why?", "a": "Because."}, {"q": "", "a": None}])],
    "relabel": [Way({"values": {"Bern.": "Bern", "cat": "dog"}})],
    "rename": [Way({"text": "message"}, TEXTS)],
    "repair": [Way({}), Way({"columns": "text"}, [{"text": ["FÃ¼r", {"a": "dÃ©jÃ\xa0"}]}, {"text": None}, *TEXTS])],
    "replace": [Way({"find": "cat", "with": "dog"}), Way({"pattern": r"\s+", "with": " ", "columns": ["text"]}, TEXTS)],
    "roles": [Way({"assistant": "Ann"}), Way({"assistant": "answers", "named": True})],
    "select": [Way({"columns": ["text"]}, TEXTS)],
    "sentences": [Way({"columns": {"label": "It is {label}.", "n": "There are {n}."}}, LABELS)],
    "separator": [Way({})],
    "split_talks": [
        Way({}, LOG), Way({"gap": "5m"}, LOG), Way({"by": "day", "zone": "UTC"}, LOG), Way({"by": "thread"}, LOG),
        Way({"by": "talk"}, LOG), Way({"by": "talk", "scattered": True}, LOG), Way({"by": "talk", "gap": "1h"}, LOG),
    ],
    "stop": [Way({"text": " END"}), Way({"turn": "user"})],
    "strip_prefix": [Way({"of": "completion", "text": "A"}), Way({"of": "prompt", "text": " "})],
    "system": [Way({"text": "Be brief."}), Way({"text": "About {label}", "when_present": "replace"}, LABELS)],
}  # fmt: skip
"""Transformers and checks that need options, or of which other options are worth a try."""

CHECKS: dict[str, list[Way]] = {
    "completions": [Way({}), Way({"characters": 10})],
    "duplicates": [Way({}), Way({"normalise": False})],
    "leakage": [Way({}), Way({"near": 0.8})],
    "mojibake": [Way({}), Way({"on_fail": "drop"})],
    "personal": [Way({}), Way({"kinds": ["ip"], "extra": {"cat": "c[aeiou]t"}}), Way({"on_fail": "drop"})],
    "separator": [Way({"text": "###"})],
    "special_tokens": [Way({}), Way({"more": ["###"], "on_fail": "warning"}), Way({"on_fail": "drop"})],
}

UPLOADERS: dict[str, list[Way]] = {
    "azure": [Way({"endpoint": "https://name.example.org"})],
    "store": [
        Way({"url": "shelf"}),
        Way({"url": "memory://kit/files"}),
        Way({"url": "s3://bucket/files", "storage_options": {"key_env": "KIT_KEY", "secret_env": "KIT_SECRET"}}),
    ],
}
"""Uploaders that need options; nothing is sent."""

STAND_INS: dict[str, tuple[str, str]] = {
    "azure": ("endpoint", "AZURE_OPENAI_API_KEY"),
    "openai": ("base_url", "OPENAI_API_KEY"),
}
"""Uploaders with a stand-in: the option that leads there, and the variable of the key."""


def _excel() -> bytes:
    file = io.BytesIO()
    pandas.DataFrame({"q": ["a", "b"], "n": [1, 2]}).to_excel(file, index=False)
    return file.getvalue()


def _parquet() -> bytes:
    file = io.BytesIO()
    pandas.DataFrame({"q": ["a", "b"], "n": [1, 2]}).to_parquet(file)
    return file.getvalue()


def _packed(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


class File(NamedTuple):
    """A file that a reader reads."""

    name: str
    content: bytes
    endless: tuple[bytes, bytes] | None = None
    options: dict[str, Any] = {}


_JSON = json.dumps([{"q": "a", "n": [1, None]}, {"q": "b", "n": {}}]).encode()
_SCENE = b"SCENE II\n\nHAMLET: To be.\n\nOPHELIA\nMy lord?\nSo.\n\n"
_CONLL = b"Ann B-PER\nwent O\n\nBern B-LOC\n. O\n\n"
_TICKET = json.dumps({
    "id": 7, "subject": "Lost", "requester_id": 1, "requester": {"id": 1, "name": "Ann"},
    "comments": [{"id": 8, "author_id": 1, "body": "Where is it?", "public": True},
                 {"id": 9, "author_id": 2, "body": "Ask the shop.", "public": False}],
}).encode() + b"\n"  # fmt: skip
_INTERCOM = json.dumps({
    "id": "7", "source": {"id": "1", "body": "<p>Hi</p>", "author": {"type": "user", "id": "a", "name": "Ann"}},
    "conversation_parts": {"conversation_parts": [{"id": "2", "part_type": "note", "body": "Late."}]},
}).encode() + b"\n"  # fmt: skip
_COMMENTS = b"id,ticket_id,user_id,body\n1,7,8,Hi\n"
_TELEGRAM = json.dumps({"id": 2, "type": "message", "date_unixtime": "1544006350", "text": "Hi"}).encode()
_DISCORD = b"""{"id": "2", "type": "Default", "timestamp": "2023-01-06T16:11:26.414+00:00", "content": "Hi",
"author": {"id": "3", "name": "Ann", "discriminator": "0000", "isBot": false}}"""
_DISCORD_HEAD = b'{"guild": {"name": "G"}, "channel": {"name": "c", "categoryId": "1"}, "messages": ['
_DISCORD_TABLE = b"AuthorID,Author,Date,Content,Attachments,Reactions\r\n"
_META = b"""{"participants": [{"name": "Ann"}], "messages": [{"sender_name": "Ann", "timestamp_ms": 1579294140000,
"content": "Gr\\u00c3\\u00bc\\u00c3\\u009fe"}], "title": "Ann"}"""
_SIGNAL = b"""{"date": "2024-05-01T18:03:22", "sender": "Ann", "body": "Hi", "quote": "", "sticker": null, """ + (
    b'"reactions": [], "attachments": []}\n'
)
_SIGNAL_TEXT = b"[2024-05-01 18:03:22] Ann: Hi\nthere\n"
_MAIL = b"From a@x Wed Sep 22 05:05:28 2004\nFrom: Ann <a@x>\nMessage-ID: <1@x>\nSubject: Lunch\n\nFood?\n> no\n\n"
_SAID = b'{"type": "message", "user": "U1", "text": "Hi", "ts": "1714550400.000100"}'
_CHAT = b"25/06/20, 10:01 - Ann: Hi\n25/06/20, 10:02 - Bob: Two\nlines\n26/06/20, 11:00 - Ann left\n"
_LOG = b"[09:15] <Ann> Hi\n=== Ann is now known as Eve\n[09:16] <Eve> \xfc\nno line\n"
_GPT = json.dumps({
    "title": "Cats", "id": "c1", "current_node": "b", "mapping": {
        "a": {"message": {"id": "a", "author": {"role": "user"}, "content": {"parts": ["Why?"]}}, "children": ["b"]},
        "b": {"message": {"id": "b", "author": {"role": "assistant"}, "content": {"parts": ["So."]}}, "parent": "a"},
        "c": {"message": {"id": "c", "author": {"role": "assistant"}, "content": {"parts": ["No."]}}, "parent": "a"},
    },
}).encode()  # fmt: skip
_CLAUDE = json.dumps({
    "uuid": "c1", "name": "Cats", "chat_messages": [
        {"uuid": "a", "sender": "human", "text": "Why?", "created_at": "2026-05-01T09:00:00.1Z"},
        {"uuid": "b", "sender": "assistant", "content": [{"type": "text", "text": "So."}]},
    ],
}).encode()  # fmt: skip
_CUES = b"1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>\nthere.\n\n"
_TOPIC = json.dumps({
    "post_stream": {"posts": [{"id": 8, "post_number": 1, "topic_id": 7, "username": "ann", "cooked": "<p>Hi</p>"}]},
    "title": "Cats", "id": 7,
}).encode()  # fmt: skip
_ARCHIVE = b"topic_title,post_raw,url,created_at\nCats,Hi,https://f.example/t/cats/7/2,2026-05-01 09:00:00 UTC\n"
FILES: dict[str, list[File]] = {
    "chatgpt": [File("conversations.json", b"[" + _GPT + b"]", (b"[", _GPT + b", ")), File("talk.json", _GPT)],
    "claude": [File("conversations.json", b"[" + _CLAUDE + b"]", (b"[", _CLAUDE + b", ")), File("talk.json", _CLAUDE)],
    "discourse": [
        File("7.json", _TOPIC),
        File("topics.json", b"[" + _TOPIC + b"]", (b"[", _TOPIC + b", ")),
        File("user_archive.csv", _ARCHIVE, (_ARCHIVE, b'Cats,"A\nB",,\n')),
    ],
    "subtitles": [File("a.srt", _CUES, (b"", _CUES)), File("a.vtt", b"WEBVTT\n\n" + _CUES, (b"WEBVTT\n\n", _CUES))],
    "conll": [File("ner.conll", _CONLL, (b"", _CONLL))],
    "csv": [
        File("a.csv", b"q;n\r\na;1\r\n\"b;\n\";2\r\n", (b"q;n\n", b"a;1\n")),
        File("a.tsv", b"q\tn\na\t1\nb\n", (b"q\tn\n", b"a\t1\n")),
        File("a.csv.zip", _packed("a.csv", b"q,n\na,1\n")),
    ],
    "discord": [
        File("general [1].json", _DISCORD_HEAD + _DISCORD + b"]}", (_DISCORD_HEAD, _DISCORD + b", ")),
        File("G - c [1].csv", _DISCORD_TABLE + b'1,Ann,,"Hi",,\r\n', (_DISCORD_TABLE, b'1,Ann,,"a\nb",,\n')),
    ],
    "excel": [File("a.xlsx", _excel())],
    "folder": [File("post.txt", b"One post.\n")],
    "instagram": [File("message_1.json", _META)],
    "intercom": [File("talks.jsonl", _INTERCOM, (b"", _INTERCOM)), File("talk.json", b"[" + _INTERCOM + b"]")],
    "irc": [File("#c-2009-10-01.log", _LOG, (b"", _LOG))],
    "json": [File("a.json", _JSON, (b"[", b'{"q": "a"}, '))],
    "jsonl": [File("a.jsonl", b'{"q": "a"}\n{"q": 1}\nno json\n', (b"", b'{"q": "a"}\n'))],
    "lines": [File("a.txt", b"One.\r\n\nTwo.\n", (b"", b"One.\n"))],
    "messenger": [File("message_1.json", _META)],
    "pandas": [File("a.parquet", _parquet())],
    "signal": [
        File("data.json", _SIGNAL, (b"", _SIGNAL)),
        File("chat.md", _SIGNAL_TEXT, (b"", _SIGNAL_TEXT)),
    ],
    "telegram": [
        File("result.json", b'{"messages": [' + _TELEGRAM + b"]}", (b'{"messages": [', _TELEGRAM + b", ")),
    ],
    "whatsapp": [File("WhatsApp Chat with Ann.txt", _CHAT, (b"", _CHAT))],
    "zendesk": [
        File("tickets.json", _TICKET, (b"", _TICKET)),
        File("tickets.json", b'{"tickets": [' + _TICKET + b"]}"),
        File("tickets.json", b"[" + _TICKET + b"]", (b"[", _TICKET.rstrip() + b", ")),
        File("comments.csv", _COMMENTS, (_COMMENTS, b'2,7,9,"A\nB"\n')),
    ],
    "mbox": [File("in.mbox", _MAIL)],  # its threads are known when all headers were read
    "script": [File("play.txt", _SCENE, (b"", _SCENE))],
    "slack": [File("2024-05-01.json", b"[" + _SAID + b"]", (b"[", _SAID + b","))],
}  # fmt: skip
