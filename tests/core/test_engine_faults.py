"""Steps that break the contract: each is named with its plugin and package, in one line."""

from __future__ import annotations

import pytest
from kit_runs import fails, left, questions, recipe, registry, talks

import ftprep
from ftprep import Finding, Lossy, PluginError, Rows


class Odd(ftprep.Map):
    """Does what its option says."""

    name = "odd"

    does: str
    """What."""

    def apply(self, example):
        if self.does == "raises":
            raise KeyError("x")
        given = {"none": None, "nothing": [], "number": 5, "finding": Finding("X", "x"), "mixed": [example, None]}
        return given[self.does]


class OddKey(ftprep.Select):
    """A key that is none."""

    name = "odd_key"

    def key(self, example):
        return 5


class OddLook(ftprep.Check):
    """Fails in one of its methods."""

    name = "odd_look"

    does: str
    """Which."""

    def look(self, example):
        return 1 / 0 if self.does == "look" else []

    def add(self, state, values):
        return 1 / 0 if self.does == "add" else None

    def judge(self, state, run):
        return 1 / 0 if self.does == "judge" else None  # no Verdict


class OddRow(ftprep.Writer):
    """Makes rows that are none."""

    name = "odd_row"
    shape = "chat"

    does: str
    """What."""

    def encode(self, example):
        return {"none": None, "lossy": Lossy(None, ("x",)), "object": object(), "raises": None}[self.does]


class OddReader(ftprep.Reader):
    """Reads any text, badly."""

    name = "odd_read"

    @classmethod
    def takes(cls, data):
        return isinstance(data, str)

    @classmethod
    def read_data(cls, data):
        yield {"numbers": Rows([{"q": "a"}], []), "number": 5}[data]


class OddPlugin:
    @ftprep.hookimpl
    def ftprep_transformers(self):
        return [Odd, OddKey]

    @ftprep.hookimpl
    def ftprep_checks(self):
        return [OddLook]

    @ftprep.hookimpl
    def ftprep_writers(self):
        return [OddRow]

    @ftprep.hookimpl
    def ftprep_readers(self):
        return [OddReader]


ODD = registry((OddPlugin(), "odd"))
ZERO = "ZeroDivisionError: division by zero"
RETURNED = "a Drop with a reason was expected"


@pytest.mark.parametrize(
    ("source", "data", "says"),
    [
        pytest.param(
            recipe("ask", {"odd": "none"}), None, f"transformer 'odd' … returned None for data:1; {RETURNED}", id="none"
        ),
        pytest.param(
            recipe("ask", {"odd": "nothing"}),
            None,
            f"transformer 'odd' … returned a list for data:1; {RETURNED}",
            id="an_empty_list",
        ),
        pytest.param(
            recipe("ask", {"odd": "number"}),
            None,
            f"transformer 'odd' … returned an int for data:1; {RETURNED}",
            id="int",
        ),
        pytest.param(
            recipe("ask", {"odd": "finding"}),
            None,
            f"transformer 'odd' … returned a Finding for data:1; {RETURNED}",
            id="a_finding_alone",
        ),
        pytest.param(
            recipe("ask", {"odd": "mixed"}), None, "transformer 'odd' … returned None for data:1", id="none_in_a_list"
        ),
        pytest.param(
            recipe("ask", {"odd": "raises"}), None, "transformer 'odd' … failed on data:1: KeyError: 'x'", id="raises"
        ),
        pytest.param(
            recipe({"odd": "raises"}, "talks"),
            talks("a b"),
            "transformer 'odd' … failed on data:1: KeyError: 'x'",
            id="raises_before_the_gather",
        ),
        pytest.param(
            recipe({"odd": "mixed"}, "talks"),
            talks("a b"),
            "transformer 'odd' … returned a list for data:1, where only one row or a Drop can stand",
            id="several_before_the_gather",
        ),
        pytest.param(
            recipe("ask", "odd_key"), None, "transformer 'odd_key' … gave an int as a key for data:1", id="key"
        ),
        pytest.param(
            recipe("ask", check={"odd_look": "look"}), None, f"check 'odd_look' … failed on data:1: {ZERO}", id="look"
        ),
        pytest.param(
            recipe("ask", check={"odd_look": "add"}), None, f"check 'odd_look' … failed in add: {ZERO}", id="add"
        ),
        pytest.param(
            recipe("ask", check={"odd_look": "judge"}), None, f"check 'odd_look' … failed in judge: {ZERO}", id="judge"
        ),
        pytest.param(
            recipe("ask", check={"odd_look": "no_verdict"}),
            None,
            "check 'odd_look' … judged with None, not with a Verdict",
            id="no_verdict",
        ),
        pytest.param(
            recipe("ask", write={"odd_row": "none"}), None, "writer 'odd_row' … returned None for data:1", id="no_row"
        ),
        pytest.param(
            recipe("ask", write={"odd_row": "lossy"}),
            None,
            "writer 'odd_row' … returned None for data:1",
            id="lossy_none",
        ),
        pytest.param(
            recipe("ask", write={"odd_row": "object"}),
            None,
            "writer 'odd_row' … made a row that is no JSON for data:1: TypeError: Encoding objects of type object is "
            "unsupported",
            id="no_json",
        ),
        pytest.param(
            recipe("ask", write={"odd_row": "?"}),
            None,
            "writer 'odd_row' … failed on data:1: KeyError: '?'",
            id="encode",
        ),
        pytest.param(recipe("ask"), "number", "reader 'odd_read' … yielded an int", id="reader_yields_a_number"),
        pytest.param(
            recipe("ask"), "numbers", "reader 'odd_read' … yielded 1 rows with 0 numbers", id="reader_without_numbers"
        ),
        pytest.param(recipe("ask"), "?", "reader 'odd_read' … failed on data: KeyError: '?'", id="reader_raises"),
    ],
)
def test_a_step_that_breaks_the_contract_is_named_with_its_package(source, data, says):
    data = questions([("a", "b")]) if data is None else data
    assert fails(PluginError, left, source, data, plugins=ODD) == (
        says.replace("…", "(plugin 'odd' of odd-dist 2)")
        + "; please report this to its maintainer, or leave the step out"
    )
    assert PluginError.exit_code == 4
