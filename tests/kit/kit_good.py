"""A step of each kind that keeps every rule of the contract; what the broken ones are made from."""

from __future__ import annotations

import ftprep
from ftprep import (
    Code,
    DataError,
    Drop,
    Example,
    Finding,
    Lossy,
    Message,
    MissingColumn,
    ModelFacts,
    RemoteError,
    RemoteFile,
    Rows,
    Session,
    Verdict,
)


class GoodMap(ftprep.Map):
    """Ends what users say with a mark; what has no messages is dropped."""

    name = "good_map"

    mark: str = "!"
    """The mark."""

    def apply(self, example):
        if not example.messages:
            return Drop("no messages")
        said = [m.with_(content=m.text + self.mark) if m.role == "user" else m for m in example.messages]
        return example.with_(messages=tuple(said))


class GoodSelect(ftprep.Select):
    """The first example of each label."""

    name = "good_select"

    column: str = "label"
    """The column."""

    def key(self, example):
        if self.column not in example.fields:
            raise MissingColumn(self.column)
        return str(example.fields[self.column])


class GoodCheck(ftprep.Check):
    """Counts messages."""

    name = "good_check"
    problem_codes = (Code("GOOD1", "There is a talk of many messages.", "Cut it.", "advice"),)

    most: int = 3
    """Messages that are not many."""

    def look(self, example):
        return len(example.messages)

    def judge(self, state, run):
        many = sum(n for length, n in state.items() if length > self.most)
        findings = [Finding("GOOD1", f"{many} talks are long", "cut them", "advice")] if many else []
        return Verdict(findings, {"lengths": {str(length): n for length, n in sorted(state.items())}})


class GoodGather(ftprep.Gather):
    """Rows of one talk are one example."""

    name = "good_gather"

    by: str = "talk"
    """The column."""

    def key(self, row):
        if self.by not in row:
            raise MissingColumn(self.by)
        return str(row[self.by])

    def make(self, rows):
        texts = [str(row.get("text") or "") for row in rows]
        lost = [Drop("no text", row=n) for n, text in enumerate(texts) if not text]
        said = tuple(Message("user", text) for text in texts if text)
        return [Example(messages=said), *lost] if said else Drop("no text")


class GoodReader(ftprep.Reader):
    """One row a line; an empty line is a bad row."""

    name = "good_reader"
    suffixes = (".lines",)

    def read(self, source):
        with source.text() as lines:
            for number, line in enumerate(lines, 1):
                if text := line.strip():
                    yield Rows([{"text": text}], [number])
                else:
                    yield Drop("empty line", source=source.place(number), content=line)


class GoodWriter(ftprep.Writer):
    """A list of roles and texts."""

    name = "good_writer"
    shape = "chat"
    carries = frozenset({"system"})

    def encode(self, example):
        if not example.messages:
            return Drop("no messages")
        row = {"said": [[message.role, message.text] for message in example.messages]}
        plain = tuple(Message(message.role, message.text) for message in example.messages)
        more = plain != example.messages or example.tools or example.rejected or example.extra
        return Lossy(row, ("details",)) if more else row

    @classmethod
    def matches(cls, row):
        return isinstance(row, dict) and isinstance(row.get("said"), list)

    @classmethod
    def decode(cls, row):
        if not cls.matches(row):
            raise ValueError("'said' has to be a list")
        return Example(messages=tuple(Message(role, text) for role, text in row["said"]))

    def texts(self, example, facts):
        return [message.text for message in example.messages], 0

    def request(self, example):
        return {"said": [[message.role, message.text] for message in example.messages[:-1]]}

    def prompt_of(self, row):
        return {"said": row["said"][:-1]}


class GoodRemote(ftprep.Remote):
    """Keeps files in memory."""

    def __init__(self):
        self.account, self.address = "good", "memory"
        self._kept = {}

    def put(self, file):
        try:
            self._kept[file.name] = file.path.read_bytes()
        except FileNotFoundError:
            raise DataError("no such file", hint="write it first", file=file.path.name) from None
        return self.file(file.name)

    def file(self, id_):
        return RemoteFile(id=id_, name=id_, bytes=len(self.fetch(id_)))

    def files(self):
        return map(self.file, self._kept)

    def fetch(self, id_):
        if id_ not in self._kept:
            raise RemoteError(f"there is no '{id_}'", hint="look at the list", kind="missing")
        return self._kept[id_]

    def delete_file(self, id_):
        self.fetch(id_)
        del self._kept[id_]


class GoodUploader(ftprep.Uploader):
    """Sends files nowhere."""

    name = "good_uploader"

    api_key_env: str = "GOOD_API_KEY"
    """The variable that holds the key."""

    def connect(self, session):
        if not session.environ.get(self.api_key_env):
            raise RemoteError(f"the variable {self.api_key_env} is not set", hint="set it to your key")
        return self.remote()

    def remote(self):
        return GoodRemote()


class GoodTokenizer(ftprep.Tokenizer):
    """Letters are tokens."""

    name = "good_tokenizer"

    @classmethod
    def encodings(cls):
        return ("letters",)

    @classmethod
    def load(cls, encoding):
        if encoding not in ("letters",):
            raise DataError(f"unknown encoding '{encoding}'", hint="take letters")
        return lambda texts: [len(text) for text in texts]

    @classmethod
    def load_pieces(cls, encoding):
        return lambda texts: [[letter.encode() for letter in text] for text in texts]


GOOD_MODEL = ModelFacts(name="good", tokenizer="letters", context=10, source="Made up.")
ROWS = [{"talk": talk, "text": text} for talk, text in [("a", "Hi"), ("a", "Ho"), ("b", "So"), ("b", ""), ("c", "Ha")]]
SESSION = Session(environ={"GOOD_API_KEY": "shh-4711-not-for-you"})
LINES = b"one\ntwo\n\nthree\n"
