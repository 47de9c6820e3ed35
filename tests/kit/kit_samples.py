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
    "limit": [Way({"n": 2}), Way({"n": 1, "per": "label", "pick": "hash"}, LABELS)],
    "lower_case": [Way({"of": "prompt"}), Way({"of": "completion", "ending": "."})],
    "map_values": [Way({"column": "label", "values": {"refund": "money", "1": "one"}}, LABELS)],
    "messages": [Way({"column": "turns"}, LISTS)],
    "negatives": [Way({"table": "t.csv", "column": "context", "group": "title"}, CONTEXTS, CONTEXTS)],
    "prompt": [Way({"prompt": "{q}", "completion": "{a}"}, [{"q": "Why?", "a": "Because."}, {"q": "", "a": None}])],
    "relabel": [Way({"values": {"Bern.": "Bern", "cat": "dog"}})],
    "rename": [Way({"text": "message"}, TEXTS)],
    "repair": [Way({}), Way({"columns": "text"}, [{"text": ["FÃ¼r", {"a": "dÃ©jÃ\xa0"}]}, {"text": None}, *TEXTS])],
    "replace": [Way({"find": "cat", "with": "dog"}), Way({"pattern": r"\s+", "with": " ", "columns": ["text"]}, TEXTS)],
    "select": [Way({"columns": ["text"]}, TEXTS)],
    "sentences": [Way({"columns": {"label": "It is {label}.", "n": "There are {n}."}}, LABELS)],
    "separator": [Way({})],
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
FILES: dict[str, list[File]] = {
    "conll": [File("ner.conll", _CONLL, (b"", _CONLL))],
    "csv": [
        File("a.csv", b"q;n\r\na;1\r\n\"b;\n\";2\r\n", (b"q;n\n", b"a;1\n")),
        File("a.tsv", b"q\tn\na\t1\nb\n", (b"q\tn\n", b"a\t1\n")),
        File("a.csv.zip", _packed("a.csv", b"q,n\na,1\n")),
    ],
    "excel": [File("a.xlsx", _excel())],
    "folder": [File("post.txt", b"One post.\n")],
    "json": [File("a.json", _JSON, (b"[", b'{"q": "a"}, '))],
    "jsonl": [File("a.jsonl", b'{"q": "a"}\n{"q": 1}\nno json\n', (b"", b'{"q": "a"}\n'))],
    "lines": [File("a.txt", b"One.\r\n\nTwo.\n", (b"", b"One.\n"))],
    "pandas": [File("a.parquet", _parquet())],
    "script": [File("play.txt", _SCENE, (b"", _SCENE))],
}  # fmt: skip
