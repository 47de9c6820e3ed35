"""For each rule of the contract a step that breaks it and no other: rule -> what the kit is asked to look at."""

from __future__ import annotations

import itertools
import os
import random
import socket
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress

import kit_good as good
from kit_good import LINES, ROWS, SESSION
from pydantic import ConfigDict

from ftprep import (
    Drop,
    Example,
    Finding,
    Histogram,
    MissingColumn,
    ModelFacts,
    Proposal,
    RemoteError,
    Rows,
    Session,
    Verdict,
    testing,
)

BROKEN: dict[str, Callable[[], None]] = {}
_numbers = itertools.count()
_lock = threading.Lock()


def breaks(rule: str, check, *arguments):
    """Notes a class as the one that breaks this rule."""

    def keep(cls):
        BROKEN[rule] = lambda: check(cls() if check is not testing.check_tokenizer else cls, *arguments)
        return cls

    return keep


def reads(rule: str, *arguments):
    """The same for a reader."""

    def keep(cls):
        more = arguments or (LINES, "a.lines")
        BROKEN[rule] = lambda: testing.check_reader(cls(path="a.lines"), *more)
        return cls

    return keep


@breaks("has-name", testing.check_map)
class BadName(good.GoodMap):
    """Has a name that recipes cannot use."""

    name = "Bad-Name"


@breaks("documented", testing.check_map)
class NoText(good.GoodMap):
    """Has an option without a text."""

    depth: int = 1


@breaks("closed", testing.check_map)
class Open(good.GoodMap):
    """Takes every option."""

    model_config = ConfigDict(extra="ignore")


@breaks("frozen", testing.check_map)
class Changing(good.GoodMap):
    """Its options can be set."""

    model_config = ConfigDict(frozen=False)


@breaks("plain-options", testing.check_map)
class Odd(good.GoodMap):
    """Has an option that no recipe can say."""

    how: Callable = len
    """A function."""


@breaks("proposes", testing.check_map)
class Proposing(good.GoodMap):
    """Proposes options that it has not got."""

    @classmethod
    def propose(cls, rows):
        return Proposal(kind="odd", options={"depth": 1}, sure=0.5, why="it is there")


@breaks("raises", testing.check_map)
class Raises(good.GoodMap):
    """Trusts that a column is there."""

    def apply(self, example):
        return example.with_(group=str(example.fields["text"]))


@breaks("gets-through", testing.check_map)
class Closed(good.GoodMap):
    """Wants a column that no sample has."""

    def apply(self, example):
        raise MissingColumn("nowhere")


@breaks("returns", testing.check_map)
class Text(good.GoodMap):
    """Returns a text."""

    def apply(self, example):
        return "text"


@breaks("nothing-vanishes", testing.check_map)
class Vanishing(good.GoodMap):
    """Returns nothing at all for what it does not like."""

    def apply(self, example):
        return example if example.messages else []


@breaks("drops-have-reasons", testing.check_map)
class NoReason(good.GoodMap):
    """Drops without a word."""

    def apply(self, example):
        return example if example.messages else Drop(" ")


@breaks("findings-have-codes", testing.check_map)
class NoCode(good.GoodMap):
    """Finds what it does not declare."""

    def apply(self, example):
        return [example, Finding("ODD1", "something is odd")]


@breaks("input-unchanged", testing.check_map)
class Mutating(good.GoodMap):
    """Empties the fields it is given."""

    def apply(self, example):
        fields = dict(example.fields)
        example.fields.clear()
        return example.with_(fields=fields)


@breaks("same-twice", testing.check_map)
class Chance(good.GoodMap):
    """Throws dice."""

    def apply(self, example):
        return example.with_(group=str(random.random()))


@breaks("one-by-one", testing.check_map)
class Counting(good.GoodMap):
    """Numbers the examples as they come."""

    def start(self, run):
        numbers = itertools.count()
        return lambda example: example.with_(group=str(next(numbers)))


@breaks("batch-equals-single", testing.check_map)
class Batching(good.GoodMap):
    """Does something else with many."""

    def apply_all(self, examples):
        return [example.with_(group="many") for example in examples]


@breaks("source-kept", testing.check_map)
class Sourceless(good.GoodMap):
    """Makes a new example."""

    def apply(self, example):
        return Example(messages=example.messages)


@breaks("says-how-many", testing.check_map)
class Doubling(good.GoodMap):
    """Makes two of one, and does not say so."""

    def apply(self, example):
        return [example, example]


@breaks("says-columns", testing.check_map)
class NewColumn(good.GoodMap):
    """Adds a column, and does not say so."""

    def apply(self, example):
        return example.with_(fields={**example.fields, "new": 1})


@breaks("lets-others-alone", testing.check_map)
class Printing(good.GoodMap):
    """Prints."""

    def apply(self, example):
        print("here")  # noqa: T201
        return example


def _local():
    class Local(good.GoodMap):
        """Lives in a function, where pickle does not find it."""

        def apply(self, example):
            return example

    return Local


breaks("pickles", testing.check_map)(_local())


@breaks("keys", testing.check_select)
class NumberKey(good.GoodSelect):
    """Has numbers for keys."""

    def key(self, example):
        return len(example.messages)


@breaks("judges", testing.check_check)
class NoVerdict(good.GoodCheck):
    """Judges with nothing."""

    def judge(self, state, run):
        return None


@breaks("judgements-have-codes", testing.check_check)
class Undeclared(good.GoodCheck):
    """Finds what it does not declare."""

    def judge(self, state, run):
        return Verdict([Finding("ODD1", "something is odd")])


@breaks("merges", testing.check_check)
class InOrder(good.GoodCheck):
    """Remembers what came first."""

    def state(self):
        return []

    def add(self, state, values):
        state.extend(values)

    def merge(self, state, other):
        state.extend(other)

    def judge(self, state, run):
        return Verdict(figures={"first": state[:9]})


@breaks("values-pickle", testing.check_check)
class Locked(good.GoodCheck):
    """Gives a lock for a value."""

    def look(self, example):
        return _lock

    def judge(self, state, run):
        return Verdict()


@breaks("counts-by-split", testing.check_check)
class Uncountable(good.GoodCheck):
    """Counts by split what is no key of a dict."""

    by_split = True

    def of_split(self, value):
        return {value}


@breaks("judges-splits", testing.check_check)
class OneSplit(good.GoodCheck):
    """Trusts that all of its values are in one split."""

    by_split = True

    def judge(self, state, run):
        return Verdict() if run.splits.get("train", state) == state else None


@breaks("shows", testing.check_check)
class Words(good.GoodCheck):
    """Shows a text, and no Note."""

    @classmethod
    def show(cls, figures):
        return ["a few talks"]


@breaks("can-be-drawn", testing.check_check)
class Gaps(good.GoodCheck):
    """Shows bins of numbers that occur, with gaps between them."""

    @classmethod
    def show(cls, figures):
        bins = [(int(length), int(length) + 1, n) for length, n in figures["lengths"].items()]
        return [Histogram(title="Talks", x="messages", bins=[*bins, (90, 99, 1)])]


@breaks("cuts", testing.check_gather, ROWS)
class NoEnds(good.GoodGather):
    """Says that all is one root."""

    def ends(self, rows):
        return []


@breaks("make-all-equals-make", testing.check_gather, ROWS)
class MakesOthers(good.GoodGather):
    """Does something else with many."""

    def make_all(self, rows, ends):
        return [Drop("many") for _ in ends]


@breaks("rows-are-there", testing.check_gather, ROWS)
class FarRow(good.GoodGather):
    """Counts rows from the beginning of the file."""

    def make(self, rows):
        return [Example(), Drop("no text", row=99)]


@breaks("most-rows", testing.check_gather, ROWS)
class NoRows(good.GoodGather):
    """Has roots without rows."""

    def most_rows(self):
        return 0


@breaks("keys-hash", testing.check_gather, ROWS)
class ListKey(good.GoodGather):
    """Has lists for keys."""

    def key(self, row):
        return [row.get("talk")]


@reads("reads")
class OddItems(good.GoodReader):
    """Yields a text."""

    def read(self, source):
        yield "text"
        yield from super().read(source)


@reads("rows-are-json")
class Bytes(good.GoodReader):
    """Gives bytes."""

    def read(self, source):
        yield Rows([{"text": b"a"}], [1])


@reads("same-columns")
class Ragged(good.GoodReader):
    """Gives each row a column of its own."""

    def read(self, source):
        yield Rows([{"a": 1}, {"b": 1}], [1, 2])


@reads("rows-are-numbered")
class Ones(good.GoodReader):
    """Gives every row the number 1."""

    def read(self, source):
        yield Rows([{"a": 1}, {"a": 2}], [1, 1])


@reads("bad-rows-have-places")
class Placeless(good.GoodReader):
    """Drops a row and does not say which."""

    def read(self, source):
        yield Rows([{"a": 1}], [1])
        yield Drop("empty line")


@reads("reads-the-same-twice")
class Fickle(good.GoodReader):
    """Reads something else each time."""

    def read(self, source):
        yield Rows([{"a": next(_numbers)}], [1])


@reads("refuses-with-a-place")
class Angry(good.GoodReader):
    """Lets Python's own error through."""

    def read(self, source):
        with source.open() as stream:
            for number, line in enumerate(stream, 1):
                yield Rows([{"text": line.decode()}], [number])


@reads("lazy", LINES, "a.lines", (b"", b"line\n"))
class Greedy(good.GoodReader):
    """Reads to the end before it says anything."""

    def read(self, source):
        with source.text() as stream:
            lines = stream.read().splitlines()
        yield Rows([{"text": line} for line in lines], range(1, len(lines) + 1))


@reads("recognises")
class Sure(good.GoodReader):
    """Is more than sure."""

    @classmethod
    def recognise(cls, head, name):
        return 2.0


@reads("reads-quietly")
class Chatty(good.GoodReader):
    """Prints while it reads."""

    def read(self, source):
        print("reading")  # noqa: T201
        yield from super().read(source)


@breaks("writes-json", testing.check_writer)
class NoJson(good.GoodWriter):
    """Writes what is no JSON."""

    def encode(self, example):
        return _lock if len(example.messages) == 1 else super().encode(example)


@breaks("known-features", testing.check_writer)
class Smells(good.GoodWriter):
    """Carries what nobody knows."""

    carries = frozenset({"system", "smell"})


@breaks("knows-its-rows", testing.check_writer)
class Blind(good.GoodWriter):
    """Does not know its own rows."""

    @classmethod
    def matches(cls, row):
        return False

    @classmethod
    def decode(cls, row):
        return good.GoodWriter.decode(row)


@breaks("comes-back", testing.check_writer)
class Louder(good.GoodWriter):
    """Reads capitals."""

    @classmethod
    def decode(cls, row):
        return super().decode(row).map_text(str.upper)


@breaks("refuses-rows", testing.check_writer)
class Gullible(good.GoodWriter):
    """Reads everything."""

    @classmethod
    def decode(cls, row):
        return super().decode(row) if cls.matches(row) else Example()


@breaks("sends-what-it-trains", testing.check_writer)
class Sends(good.GoodWriter):
    """Sends a word more than it trains."""

    def request(self, example):
        return {"said": [*super().request(example)["said"], ["user", "please"]]}


@breaks("counts-texts", testing.check_writer)
class Uncounted(good.GoodWriter):
    """Forgets the number."""

    def texts(self, example, facts):
        return [message.text for message in example.messages]


@breaks("finishes-inside", testing.check_writer)
class Outside(good.GoodWriter):
    """Writes next to the folder."""

    def finish(self, folder):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"x")


def sends(rule: str):
    """Notes a connection as the one that breaks this rule when a file is sent."""

    def keep(cls):
        class Sending(good.GoodUploader):
            """Sends files nowhere."""

            def remote(self):
                return cls()

        Sending.__qualname__ = Sending.__name__ = f"{cls.__name__}Uploader"
        globals()[Sending.__name__] = Sending  # where pickle finds it
        BROKEN[rule] = lambda: testing.check_uploader(Sending(), SESSION)
        return cls

    return keep


@breaks("connects", testing.check_uploader)
class Nobody(good.GoodUploader):
    """Does not say whose files these are."""

    def connect(self, session):
        remote = super().connect(session)
        remote.account = ""
        return remote


@breaks("connects-offline", testing.check_uploader)
class Eager(good.GoodUploader):
    """Asks the server who is there."""

    def connect(self, session):
        with socket.socket() as line, suppress(OSError):
            line.connect(("127.0.0.1", 9))
        return super().connect(session)


@breaks("secrets-from-session", testing.check_uploader)
class Elsewhere(good.GoodUploader):
    """Looks at the environment of the process."""

    def connect(self, session):
        environ = dict.fromkeys([self.api_key_env], os.environ.get(self.api_key_env, ""))
        return super().connect(Session(environ=environ))


@sends("put-refuses")
class Trusting(good.GoodRemote):
    """Lets Python's own error through."""

    def put(self, file):
        file.path.stat()
        return super().put(file)


@sends("secrets-stay")
class Indiscreet(good.GoodRemote):
    """Shows the key it uses."""

    def about(self):
        return ["the key is " + SESSION.environ["GOOD_API_KEY"]]


@sends("files-arrive")
class Losing(good.GoodRemote):
    """Gives half of a file back."""

    def fetch(self, id_):
        found = super().fetch(id_)
        return found[: len(found) // 2]


@sends("put-twice")
class Once(good.GoodRemote):
    """Refuses what it has."""

    def put(self, file):
        if file.name in self._kept:
            raise RemoteError("it is there already", hint="delete it")
        return super().put(file)


@sends("unknown-is-missing")
class Vague(good.GoodRemote):
    """Does not say why it refuses."""

    def fetch(self, id_):
        try:
            return super().fetch(id_)
        except RemoteError as error:
            raise RemoteError(*error.problems) from error


@sends("deletes")
class Keeping(good.GoodRemote):
    """Keeps what it was told to delete."""

    def delete_file(self, id_):
        self.fetch(id_)


@breaks("encodings", testing.check_tokenizer)
class Nameless(good.GoodTokenizer):
    """Knows no encoding."""

    @classmethod
    def encodings(cls):
        return ()


@breaks("unknown-encoding", testing.check_tokenizer)
class Knowing(good.GoodTokenizer):
    """Knows every encoding."""

    @classmethod
    def load(cls, encoding):
        return lambda texts: [len(text) for text in texts]


@breaks("counts", testing.check_tokenizer)
class OneMore(good.GoodTokenizer):
    """Counts the end of a text as a token."""

    @classmethod
    def load(cls, encoding):
        count = super().load(encoding)
        return lambda texts: [n + 1 for n in count(texts)]

    @classmethod
    def load_pieces(cls, encoding):
        return lambda texts: [[*map(str.encode, text), b""] for text in texts]


@breaks("counts-alone", testing.check_tokenizer)
class Together(good.GoodTokenizer):
    """Counts a text differently when it is alone."""

    @classmethod
    def load(cls, encoding):
        count = super().load(encoding)
        return lambda texts: count(texts) if len(texts) > 1 else [n // 2 for n in count(texts)]


@breaks("pieces-make-the-text", testing.check_tokenizer)
class Backwards(good.GoodTokenizer):
    """Shows its pieces from the end."""

    @classmethod
    def load_pieces(cls, encoding):
        return lambda texts: [[letter.encode() for letter in reversed(text)] for text in texts]


def _model(rule: str, **facts) -> None:
    BROKEN[rule] = lambda: testing.check_model(ModelFacts(name="m", **{"source": "Made up.", **facts}))


_model("has-source", source="")
_model("limits", context=0)
_model("dates", prices={"training": 1.0})
