"""Transformers of the kit: small, and of every shape."""

from __future__ import annotations

import ftprep
from ftprep import Column, Drop, Example, Message, MissingColumn, Template


class Talks(ftprep.Gather):
    """Rows of one talk are its messages: user and assistant in turn. An empty text is a drop, as is a last question."""

    name = "talks"

    by: Column = Column("talk")
    """Column of the talk's name."""
    text: Column = Column("text")
    """Column of the message."""
    scattered_rows: bool = False
    """Rows may stand anywhere."""
    most: int = 1000
    """Rows a talk may have."""

    def key(self, row):
        if self.by not in row:
            raise MissingColumn(self.by)
        return row[self.by]

    def scattered(self):
        return self.scattered_rows

    def most_rows(self):
        return self.most

    def make(self, rows):
        said = [i for i, row in enumerate(rows) if row[self.text]]
        lost = [Drop("empty", row=i) for i, row in enumerate(rows) if not row[self.text]]
        if len(said) % 2:
            lost.append(Drop("no answer", "the last row", row=said.pop()))
        roles = ("user", "assistant")
        messages = tuple(Message(roles[n % 2], rows[i][self.text]) for n, i in enumerate(said))
        return [Example(messages=messages, group=str(rows[0][self.by])), *lost] if messages else lost


class Ask(ftprep.Map):
    """Fields become a question and an answer."""

    name = "ask"
    makes_messages = True

    prompt: Template = Template("{q}")
    """The question."""
    answer: Template = Template("{a}")
    """The answer."""

    def apply(self, example):
        messages = (Message("user", self.prompt.render(example)), Message("assistant", self.answer.render(example)))
        return example.with_(messages=messages)

    def request(self, example, run):
        return example.with_(messages=(Message("user", self.prompt.render(example)), Message("assistant")))


class Pairs(ftprep.Map):
    """One example for each answer, with all that was said before it; an answer that says `no` is dropped."""

    name = "pairs"
    needs_messages = True
    many = True

    def apply(self, example):
        answers = [(n, m.text) for n, m in enumerate(example.messages, 1) if m.role == "assistant"]
        return [Drop("no") if t == "no" else example.with_(messages=example.messages[:n]) for n, t in answers]

    def request(self, example, run):
        return example


class Loud(ftprep.Map):
    """Adds a text to what users say."""

    name = "loud"
    needs_messages = True

    add: str = "!"
    """The text."""

    def apply(self, example):
        said = [m.with_(content=m.content + self.add) if m.role == "user" else m for m in example.messages]
        return example.with_(messages=tuple(said))


class Skip(ftprep.Map):
    """Drops rows whose column holds one of some values."""

    name = "skip"

    column: Column = Column("q")
    """The column."""
    values: list[str] = []
    """The values."""

    def apply(self, example):
        if self.column not in example.fields:
            raise MissingColumn(self.column)
        return Drop("skipped", self.column) if example.fields[self.column] in self.values else example

    def request(self, example, run):
        return example


class Times(ftprep.Map):
    """So many of each example, told apart by the answer."""

    name = "times"
    needs_messages = True
    many = True

    n: int = 2
    """How many; 0 drops it."""

    def start(self, run):
        run.tally("started")
        return self.apply

    def apply(self, example):
        *before, last = example.messages
        copies = [example.with_(messages=(*before, last.with_(content=f"{last.text}~{i}"))) for i in range(self.n)]
        return copies or Drop("none wanted")

    def request(self, example, run):
        return example


class Few(ftprep.Select):
    """At most so many examples of each key: what the user says first, or a column."""

    name = "few"

    column: Column | None = None
    """The column; default: the first message. An empty key is kept in any case."""
    n: int = 1
    """How many."""
    lot: bool = False
    """Those of smallest hash."""

    def key(self, example):
        if self.column is None:
            return example.messages[0].text
        if self.column not in example.fields:
            raise MissingColumn(self.column)
        return example.fields[self.column] or None

    def most(self):
        return self.n

    def by_hash(self):
        return self.lot

    def reason(self):
        return "too many"


class End(ftprep.Map):
    """Ends answers with a text, for completions."""

    name = "end"
    needs_messages = True
    shapes = "completion"

    text: str
    """The text."""

    def apply(self, example):
        *before, last = example.messages
        return example.with_(messages=(*before, last.with_(content=last.text + self.text)))

    def request(self, example, run):
        return example

    def contract(self, run):
        return {"stop": [self.text]}


class Unlist(ftprep.Map):
    """One example for each item of the list in `items`, as `q`."""

    name = "unlist"
    many = True
    unpacks = True

    def columns_after(self, columns):
        return None

    def apply(self, example):
        items = example.fields.get("items", ["no list"])
        return [example.with_(fields={**example.fields, "q": item}) for item in items] or Drop("empty list")


class Side(ftprep.Map):
    """Adds the column `side` from a table by `q`."""

    name = "side"

    table: ftprep.InPath
    """The table: JSON lines with q and side."""

    def columns_after(self, columns):
        return [*columns, "side"]

    def start(self, run):
        def look_up(example):
            known = run.once("table", lambda: {row["q"]: row["side"] for row in run.rows(self.table)})
            return example.with_(fields={**example.fields, "side": known.get(example.fields["q"], "?")})

        return look_up


class Look(ftprep.Map):
    """Adds the column `split`: what the run says."""

    name = "look"
    asks_split = True

    def columns_after(self, columns):
        return [*columns, "split"]

    def start(self, run):
        return lambda example: example.with_(fields={**example.fields, "split": run.split_of(example) or "?"})


class LoudColumn(ftprep.Map):
    """Makes the column `q` louder."""

    name = "loud_column"

    def apply(self, example):
        return example.with_(fields={**example.fields, "q": example.fields["q"] + "!"})
