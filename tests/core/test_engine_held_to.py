"""What steps give and what they are given: the wrong kind of thing, and a changed input, name who did it."""

from __future__ import annotations

import numpy as np
import pytest
from kit_runs import fails, left, questions, recipe, registry, talks

import ftprep
from ftprep import Drop, Example, Finding, Message, PluginError, Rows, Verdict
from ftprep.api import make_plan
from ftprep.contract import Asker, contract_of

WHO = "(plugin 'odd' of odd-dist 2)"
REPORT = "please report this to its maintainer, or leave the step out"

MADE = {
    "fields": lambda e: e.with_(fields=None),
    "extra": lambda e: e.with_(extra="x"),
    "tools": lambda e: e.with_(tools=(1,)),
    "list": lambda e: e.with_(messages=list(e.messages)),
    "dicts": lambda e: e.with_(messages=({"role": "user", "content": "a"},)),
    "role": lambda e: e.with_(messages=(Message("asistant", "a"),)),
    "content": lambda e: e.with_(messages=(Message("user", 5),)),
    "reason": lambda e: Drop(None),
    "message": lambda e: [e, Finding("X1", None)],
    "level": lambda e: [e, Finding("X1", "odd", level="eror")],
}


class Makes(ftprep.Map):
    """Makes what its option says."""

    name = "makes"

    what: str
    """What."""

    def apply(self, example):
        return MADE[self.what](example)


class MakesRoots(ftprep.Gather):
    """Makes of a root what its option says."""

    name = "makes_roots"

    what: str
    """What."""

    def make(self, rows):
        return MADE[self.what](Example(messages=(Message("user", "a"), Message("assistant", "b"))))


def changed(example):
    example.extra["seen"] = True
    return example


class ChangesOne(ftprep.Map):
    """Writes into what it is given."""

    name = "changes_one"
    key: str = "extra"
    """`fields` or `extra`."""

    def apply(self, example):
        getattr(example, self.key)["seen"] = True
        return example


class ChangesDeep(ftprep.Map):
    """Writes into a list of a column."""

    name = "changes_deep"

    def apply(self, example):
        example.fields["list"].append(1)
        return example


class ChangesAll(ftprep.Map):
    """Writes into a batch, in a way that fails."""

    name = "changes_all"

    def apply(self, example):
        return example

    def apply_all(self, examples):
        return [changed(example) and example.no_such_part for example in examples]


class ChangesKey(ftprep.Select):
    """Writes into what it is asked the key of."""

    name = "changes_key"

    def key(self, example):
        return changed(example).messages[0].text


class ChangesLook(ftprep.Check):
    """Writes into what it looks at."""

    name = "changes_look"

    def look(self, example):
        return len(changed(example).messages)


class ChangesRow(ftprep.Writer):
    """Writes into what it writes."""

    name = "changes_row"
    shape = "chat"

    def encode(self, example):
        return changed(example).messages


class ChangesRows(ftprep.Gather):
    """Writes into the rows it gathers."""

    name = "changes_rows"

    def make(self, rows):
        rows[-1]["seen"] = True
        return Example(messages=(Message("user", "a"), Message("assistant", "b")))


class Says(ftprep.Check):
    """Judges as its option says."""

    name = "says"

    what: str
    """What."""

    def look(self, example):
        return "a"

    def judge(self, state, run):
        verdicts = {
            "figures": Verdict(figures={"a": object()}),
            "facts": Verdict(contract=[1]),
            "findings": Verdict(findings=["odd"]),
            "level": Verdict(findings=[Finding("X1", "odd", level="eror")]),
        }
        return verdicts[self.what]


class Tells(ftprep.Map):
    """Tells inference as its option says."""

    name = "tells"

    what: str
    """What."""

    def apply(self, example):
        return example

    def contract(self, run):
        return {"none": None, "object": {"stop": object()}}.get(self.what, {})

    def request(self, example, run):
        return None


class Before(ftprep.Map):
    """Does not know its columns."""

    name = "before"

    knows: bool = False
    """It says that only the data tells them; else it fails."""

    def apply(self, example):
        return example

    def columns_after(self, columns):
        return None if self.knows or not columns else columns[5]


class Bound(ftprep.Gather):
    """Fails where the engine asks it about itself."""

    name = "bound"

    where: str
    """In which method."""

    def make(self, rows):
        return Example(messages=(Message("user", "a"), Message("assistant", "b")))

    def scattered(self):
        return 1 / 0 if self.where == "scattered" else False

    def speakers(self, before):
        return 1 / 0 if self.where == "speakers" else before


YIELDED = {
    "rows": Rows(None, None),
    "row": Rows([{"q": "a"}, 5], [1, 2]),
    "numbers": Rows([{"q": "a"}], "1"),
    "number": Rows([{"q": "a"}], ["1"]),
    "column": Rows([{1: "a"}], [1]),
    "value": Rows([{"q": object()}], [1]),
    "drop": Drop(5),
    "finding": Finding(None, "odd"),
    "example": Example(messages=[Message("user", "a")]),
}


class Yields(ftprep.Reader):
    """Yields what its data says."""

    name = "yields"

    @classmethod
    def takes(cls, data):
        return isinstance(data, str)

    @classmethod
    def read_data(cls, data):
        yield YIELDED[data]

    @classmethod
    def recognise(cls, head, name):
        return None


class Miscounts(ftprep.Tokenizer):
    """Counts as the encoding's name says."""

    name = "miscounts"

    @classmethod
    def encodings(cls):
        return ("short", "words", "broken", "ends")

    @classmethod
    def load(cls, encoding):
        if encoding == "ends":
            raise SystemExit(0)
        return {"short": lambda texts: [1], "words": lambda texts: ["a"] * len(texts)}.get(encoding)


class Counts(ftprep.Check):
    """Counts tokens."""

    name = "counts"

    def start(self, run):
        return lambda example: sum(run.count([message.text for message in example.messages]))


class OddPlugin:
    @ftprep.hookimpl
    def ftprep_transformers(self):
        changing = [ChangesOne, ChangesDeep, ChangesAll, ChangesKey, ChangesRows]
        return [Makes, MakesRoots, *changing, Tells, Before, Bound]

    @ftprep.hookimpl
    def ftprep_checks(self):
        return [ChangesLook, Says, Counts]

    @ftprep.hookimpl
    def ftprep_writers(self):
        return [ChangesRow]

    @ftprep.hookimpl
    def ftprep_readers(self):
        return [Yields]

    @ftprep.hookimpl
    def ftprep_tokenizers(self):
        return [Miscounts]


ODD = registry((OddPlugin(), "odd"))
NO_JSON = "TypeError: Encoding objects of type object is unsupported"
ZERO = "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("fields", "made an Example of data:1 that is none: its fields are None, not a dict"),
        ("extra", "made an Example of data:1 that is none: its extra are a str, not a dict"),
        ("tools", "made an Example of data:1 that is none: Expected `object`, got `int` - at `$.tools[0]`"),
        ("list", "made an Example of data:1 that is none: its messages are a list, not a tuple"),
        ("dicts", "made an Example of data:1 that is none: a dict stands among its messages, not a Message"),
        ("role", "made an Example of data:1 that is none: Invalid enum value 'asistant' - at `$.messages[0].role`"),
        (
            "content",
            "made an Example of data:1 that is none: Expected `str | array`, got `int` - at `$.messages[0].content`",
        ),
        ("reason", "gave a Drop whose reason is None, not text, for data:1"),
        ("message", "gave a Finding whose message is None, not text, for data:1"),
        ("level", "gave a Finding whose level is 'eror', not one of error, warning, advice, for data:1"),
    ],
)
def test_what_a_step_makes_is_looked_at_before_the_next_step_falls_over_it(what, says):
    data = questions([("a", "b")])
    said = fails(PluginError, left, recipe("ask", {"makes": what}), data, plugins=ODD)
    assert said == f"transformer 'makes' {WHO} {says}; {REPORT}"


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("role", "made an Example of data:1 that is none: Invalid enum value 'asistant' - at `$.messages[0].role`"),
        ("reason", "gave a Drop whose reason is None, not text, for data:1"),
        ("level", "gave a Finding whose level is 'eror', not one of error, warning, advice, for data:1"),
    ],
)
def test_what_a_gather_makes_is_looked_at(what, says):
    said = fails(PluginError, left, recipe({"makes_roots": what}), questions([("a", "b")]), plugins=ODD)
    assert said == f"transformer 'makes_roots' {WHO} {says}; {REPORT}"


@pytest.mark.parametrize("what", ["fields", "reason"])
def test_rows_before_the_gather_are_looked_at_too(what):
    says = {"fields": "made an Example of data:1 that is none: its fields are None, not a dict"}
    said = fails(PluginError, left, recipe({"makes": what}, "talks"), talks("a b"), plugins=ODD)
    expected = says.get(what, "gave a Drop whose reason is None, not text, for data:1")
    assert said == f"transformer 'makes' {WHO} {expected}; {REPORT}"


@pytest.mark.parametrize(
    ("source", "who", "part"),
    [
        pytest.param(recipe("ask", "changes_one"), "transformer 'changes_one'", "extra", id="map"),
        pytest.param(recipe("ask", {"changes_one": "fields"}), "transformer 'changes_one'", "fields", id="fields"),
        pytest.param(recipe("ask", "changes_deep"), "transformer 'changes_deep'", "fields", id="within_a_column"),
        pytest.param(recipe("ask", "changes_all"), "transformer 'changes_all'", "extra", id="batch_that_fails"),
        pytest.param(recipe("ask", "changes_key"), "transformer 'changes_key'", "extra", id="select"),
        pytest.param(recipe("ask", check="changes_look"), "check 'changes_look'", "extra", id="check"),
        pytest.param(recipe("ask", write="changes_row"), "writer 'changes_row'", "extra", id="writer"),
    ],
)
def test_a_step_that_changes_what_it_is_given_is_named_with_the_part(source, who, part):
    data = [{"q": "a", "a": "b", "list": []}]
    assert fails(PluginError, left, source, data, plugins=ODD) == (
        f"{who} {WHO} changed the {part} of data:1, which it was given; please report this to its maintainer (what is "
        f"changed has to be a copy: example.with_({part}=…)), or leave the step out"
    )


@pytest.mark.parametrize(
    ("source", "who", "what", "copy"),
    [
        pytest.param(
            recipe({"changes_one": "fields"}, "talks"),
            "changes_one",
            "fields of data:1",
            "example.with_(fields=…)",
            id="before_the_gather",
        ),
        pytest.param(recipe("changes_rows"), "changes_rows", "columns of data:2", "{**row, …}", id="gather"),
    ],
)
def test_rows_that_are_changed_are_told_by_their_number(source, who, what, copy):
    assert fails(PluginError, left, source, talks("a b"), plugins=ODD) == (
        f"transformer '{who}' {WHO} changed the {what}, which it was given; please report this to its maintainer (what "
        f"is changed has to be a copy: {copy}), or leave the step out"
    )


@pytest.mark.parametrize(
    "value",
    [float("nan"), np.float64("nan"), np.array([1, 2]), object(), [np.float64("nan")]],
    ids=["nan", "numpy_nan", "array", "object", "nan_in_a_list"],
)
def test_a_value_that_is_not_equal_to_its_own_copy_is_no_change(value):
    data = [{"q": "a", "a": "b", "odd": value}]
    made = left(recipe("ask", "loud", check="lengths"), data)
    assert made.counts["used"] == 1


@pytest.mark.parametrize(
    ("source", "says"),
    [
        pytest.param(
            {"check": {"says": "figures"}}, f"check 'says' … gave figures or facts that are no JSON: {NO_JSON}"
        ),
        pytest.param(
            {"check": {"says": "facts"}},
            "check 'says' … gave figures or facts that are no JSON: TypeError: cannot convert dictionary update "
            "sequence element #0 to a sequence",
        ),
        pytest.param(
            {"check": {"says": "findings"}},
            "check 'says' … gave findings that are none: AttributeError: 'str' object has no attribute 'code'",
        ),
        pytest.param(
            {"check": {"says": "level"}},
            "check 'says' … gave a Finding whose level is 'eror', not one of error, warning, advice",
        ),
        pytest.param(
            {"transform": [{"bound": "scattered"}]}, f"transformer 'bound' … failed on its options: {ZERO}"
        ),
        pytest.param({"transform": [{"bound": "speakers"}]}, f"transformer 'bound' … failed in speakers: {ZERO}"),
        pytest.param(
            {"check": "counts", "model": {"name": "m", "tokenizer": "short"}},
            "tokenizer 'miscounts' … gave 1 counts for 2 texts",
        ),
        pytest.param(
            {"check": "counts", "model": {"name": "m", "tokenizer": "words"}},
            "tokenizer 'miscounts' … failed to count tokens of 'words': TypeError: 'str' object cannot be interpreted "
            "as an integer",
        ),
        pytest.param(
            {"check": "counts", "model": {"name": "m", "tokenizer": "broken"}},
            "tokenizer 'miscounts' … failed to count tokens of 'broken': TypeError: 'NoneType' object is not callable",
        ),
        pytest.param(
            {"check": "counts", "model": {"name": "m", "tokenizer": "ends"}},
            "tokenizer 'miscounts' … failed to count tokens of 'ends': SystemExit: 0",
        ),
    ],
    ids=[
        "figures", "facts", "findings", "level", "scattered", "speakers", "too_few_counts", "no_numbers",
        "nothing_to_count_with", "ends_the_program",
    ],
)  # fmt: skip
def test_what_a_plugin_says_of_the_whole_is_looked_at_too(source, says):
    said = fails(PluginError, left, {**recipe("ask"), **source}, questions([("a", "b")]), plugins=ODD)
    assert said == f"{says.replace('…', WHO)}; {REPORT}"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("rows", "yielded None as rows, not a list"),
        ("row", "yielded an int as a row, not a dict"),
        ("numbers", "yielded a str as numbers of rows, not a list"),
        ("number", "yielded a str as the number of a row, not an int"),
        ("column", "yielded an int as the name of a column, not text"),
        ("value", "yielded a value that is no JSON: Encoding objects of type object is unsupported"),
        ("drop", "gave a Drop whose reason is an int, not text"),
        ("finding", "gave a Finding whose code is None, not text"),
        ("example", "made an Example of data:1 that is none: its messages are a list, not a tuple"),
    ],
)
def test_a_reader_that_yields_the_wrong_kind_of_thing_is_named(data, says):
    said = fails(PluginError, left, recipe("ask"), data, plugins=ODD)
    assert said == f"reader 'yields' {WHO} {says}; {REPORT}"


def test_rows_from_python_whose_columns_have_no_names_are_the_callers_matter():
    said = fails(ftprep.DataError, left, recipe("ask"), [{1: "a"}])
    assert said == (
        "data: yielded an int as the name of a column, not text; hand in mappings (column -> value) or Examples"
    )


@pytest.mark.files
def test_a_reader_that_cannot_say_whether_a_file_is_its_own_is_named(tmp_path):
    (tmp_path / "talks.dat").write_bytes(b"Hello")
    source = {**recipe("ask"), "read": str(tmp_path / "talks.dat")}
    said = fails(PluginError, make_plan, source, registry=ODD)
    why = "TypeError: float() argument must be a string or a real number, not 'NoneType'"
    assert said.partition("failed to recognise")[0] == f"reader 'yields' {WHO} "
    assert said.endswith(f"talks.dat: {why}; {REPORT}")


def test_columns_that_cannot_be_told_name_the_step_before_the_gather():
    said = fails(PluginError, left, recipe("before", "talks"), talks("a b"), plugins=ODD)
    why = "IndexError: list index out of range"
    assert said == f"transformer 'before' {WHO} failed to tell its columns: {why}; {REPORT}"


def test_columns_that_only_the_data_tells_are_no_fault():
    made = left(recipe({"before": True}, "talks"), talks("a b"), plugins=ODD)
    assert made.counts["used"] == 2


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("none", "failed in contract: TypeError: 'NoneType' object is not iterable"),
        ("object", f"failed in contract: {NO_JSON}"),
        ("request", "returned None for a request; an Example was expected"),
    ],
)
def test_what_a_step_tells_inference_is_looked_at(what, says):
    plan, _ = make_plan(recipe("ask", {"tells": what}), data=questions([("a", "b")]), registry=ODD)

    def ask():
        return Asker(contract_of(plan, plan.outputs[0], {}), ODD).ask(Example(fields={"q": "a"}))

    assert fails(PluginError, ask) == f"transformer 'tells' {WHO} {says}; {REPORT}"
