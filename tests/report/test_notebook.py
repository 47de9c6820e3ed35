"""What objects show of themselves in a notebook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Protocol

import pytest

import ftprep
from ftprep.contract import StepUse
from ftprep.conversion.job import Converted
from ftprep.errors import Problems
from ftprep.fragments import facts, fragment, head, table, words
from ftprep.generating import Generated
from ftprep.remote.heldout import Asked
from ftprep.remote.metrics import read_metrics
from ftprep.remote.results import Results
from ftprep.remote.sampling import Samples
from ftprep.remote.send import Sent
from ftprep.report.notebook import run_html
from ftprep.steps import ModelFacts, RemoteFile, RemoteJob

pytestmark = pytest.mark.files

HOSTILE = "</style><script>alert('x')</script><img src=x onerror=y>\" & \u202e \x1b[31m"
"""What must stay text."""


class Shows(Protocol):
    def _repr_html_(self) -> str: ...


class Read(HTMLParser):
    """Elements, attributes, and the text of a fragment (its style left out)."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += f"{data} "


def read(shown: Shows | str) -> Read:
    """A fragment that is whole: each element closed, nothing that runs or loads, no colour of its own."""
    html = shown if isinstance(shown, str) else shown._repr_html_()
    found = Read(html)
    assert found.open == []
    assert html.startswith('<div class="ftprep">')
    assert not {"script", "link", "img", "iframe", "object", "html", "body", "head"} & {*found.tags}
    assert [name for name, _ in found.attributes if name.startswith("on") or name in ("src", "style")] == []
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert all(rule.strip().startswith((".ftprep", "\n.ftprep")) for rule in re.findall(r"[^{}]+(?={)", styles))
    assert re.findall(r"#[0-9a-f]{3,6}\b|\burl\(|@import", styles) == []
    return found


FINDING = ftprep.Finding(HOSTILE, HOSTILE, HOSTILE, "error", source=ftprep.Source(HOSTILE, 3, 3), step=HOSTILE)
PROBLEM = ftprep.Problem(code=HOSTILE, message=HOSTILE, hint=HOSTILE, file=HOSTILE, line=1, plugin=HOSTILE)
EXAMPLE = ftprep.Example(
    fields={HOSTILE: HOSTILE}, source=ftprep.Source(HOSTILE, 1, 1), rejected=(ftprep.Message("assistant", HOSTILE),),
    messages=(
        ftprep.Message("user", (ftprep.Text(HOSTILE), ftprep.Image("https://x.invalid/a.png"))),
        ftprep.Message("assistant", "", tool_calls=(ftprep.ToolCall("1", HOSTILE, HOSTILE),)),
    ),
)  # fmt: skip
CONTRACT = ftprep.Contract(
    writer=StepUse(HOSTILE, {}), steps=[StepUse(HOSTILE, {})], facts={"stop": [HOSTILE], HOSTILE: {HOSTILE: 1}},
    speakers={"user": HOSTILE}, model=ModelFacts(name=HOSTILE),
)  # fmt: skip
JOB = RemoteJob(id=HOSTILE, status="failed", model=HOSTILE, error=HOSTILE, settings={HOSTILE: HOSTILE})
SAMPLE = ftprep.Sample(asked=Asked(prompt={"messages": [{"role": "user", "content": HOSTILE}]}, wanted=HOSTILE),
                       answer=HOSTILE)  # fmt: skip
UNANSWERED = ftprep.Sample(asked=Asked(prompt={"prompt": HOSTILE}), error=ftprep.RemoteError(HOSTILE))
CONVERTED = Converted(
    file=Path(HOSTILE), source=HOSTILE, format=HOSTILE, to=HOSTILE, read=2, unchanged=1, changed=1,
    lost={HOSTILE: {"count": 1, "places": []}}, not_written={HOSTILE: 1}, findings=(PROBLEM,),
)  # fmt: skip
SENT = Sent(files={"train": RemoteFile(id=HOSTILE, name=HOSTILE)}, new=("train",), job=JOB, started=True)
RESULTS = Results(
    RemoteJob(id=HOSTILE, status="succeeded", tuned_model=HOSTILE, settings={"epochs": 2}),
    read_metrics("step,train_loss,valid_loss\n1,2.0,2.5\n2,1.0,1.5\n3,0.5,1.25\n4,0.25,1.5\n"),
)
SHOWN = {
    "a finding": FINDING, "a problem": PROBLEM, "problems": Problems([PROBLEM]), "an example": EXAMPLE,
    "a contract": CONTRACT, "a job": JOB, "an answer": SAMPLE, "answers": Samples([SAMPLE, UNANSWERED]),
    "a conversion": CONVERTED, "an upload": SENT, "results": RESULTS,
    "what was generated": Generated(answered=3, cut=1, usd=0.5, files=(Path(HOSTILE),)),
}  # fmt: skip


@pytest.mark.parametrize("shown", [pytest.param(shown, id=name) for name, shown in SHOWN.items()])
def test_hostile_texts_stay_texts(shown: Shows) -> None:
    found = read(shown)
    assert "<script>alert('x')</script>" in found.text
    assert "\u202e" not in found.text
    assert "\x1b" not in found.text


def test_a_finding_begins_with_what_it_is() -> None:
    found = ftprep.Finding("FT361", "two in a row", "join them", source=ftprep.Source("a.jsonl", 3, 3), step="turns")
    text = " ".join(read(found).text.split())
    assert text == "FT361 warning two in a row where a.jsonl:3 what to do join them found by turns"


def test_no_problems_are_told_too() -> None:
    assert read(Problems()).text.strip() == "nothing found"
    assert (Problems(), repr(Problems())) == ((), "()")


def rows(run: Shows) -> list[list[str]]:
    """The cells of all rows."""
    found = re.findall(r"<tr>(.*?)</tr>", run._repr_html_(), re.DOTALL)
    return [[re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in found]


@pytest.fixture
def run(tmp_path: Path) -> ftprep.Run:
    data = [{"q": f"question {n}", "a": f"answer {n}"} for n in range(8)] + [{"q": "<b>", "a": None}]
    recipe = {
        "version": 1, "name": "faq", "transform": [{"chat": {"user": "{q}", "assistant": "{a}"}}],
        "split": {"validation": 2}, "write": "openai_chat",
    }  # fmt: skip
    return ftprep.run(recipe, data=data, out=tmp_path / "out")


def test_a_run_shows_its_verdict_rows_and_files(run: ftprep.Run, tmp_path: Path) -> None:
    text = " ".join(read(run).text.split())
    assert text.startswith("faq: ready 9 rows read · 8 used · 1 dropped")
    assert rows(run)[:2] == [["folder", "train", "validation"], [f"{tmp_path.as_posix()}/out/openai_chat", "6", "2"]]
    assert rows(run)[2:4] == [["step", "dropped because", "rows"], ["openai_chat", "empty answer", "1"]]
    assert repr(run) == f"Run('{tmp_path.as_posix()}/out', ok=True, read 9, used 8, dropped 1, findings 0)"


TOKENS = {
    "examples": 6, "total": 60, "min": 2, "p50": 8, "p95": 15, "max": 19, "mean": 10.0, "over": 0, "limit": 65536,
    "histogram": [[0, 10, 4], [10, 20, 2]], "splits": {},
}  # fmt: skip
MANIFEST: dict[str, Any] = {
    "name": "pod", "ok": False, "figures": {"chat": {"tokens": TOKENS, "odd": {}}},
    "counts": {"read": 12_345, "used": 6, "dropped": 0, "examples": {"chat": {"train": 6}}, "steps": []},
}  # fmt: skip


def test_a_run_shows_how_long_examples_are_and_leads_to_its_report(tmp_path: Path) -> None:
    folder = tmp_path / "out of <pod>"
    folder.mkdir()
    (folder / "report.html").write_bytes(b"")
    html = run_html(folder, MANIFEST, [PROBLEM], [])
    found = read(html)
    assert "pod: not to be used as it is" in found.text
    assert "12,345 rows read" in found.text
    assert "tokens" in found.text
    assert found.tags.count("rect") == 2
    assert ("href", f"{tmp_path.as_posix()}/out%20of%20%3Cpod%3E/report.html") in found.attributes


def test_a_check_that_cannot_show_its_figures_costs_nothing_but_its_picture(tmp_path: Path) -> None:
    broken = {**MANIFEST, "figures": {"chat": {"tokens": {"histogram": "none"}, "of nobody": {}}}}
    assert "12,345 rows read" in read(run_html(tmp_path, broken, [], [])).text


def test_a_fragment_is_bounded(tmp_path: Path) -> None:
    problems = Problems([PROBLEM] * 10_000)
    assert len(problems._repr_html_()) < 100_000
    assert "… and 9,950 more" in read(problems).text
    examples = ftprep.Example(messages=tuple(ftprep.Message("user", "x" * 100_000) for _ in range(1000)))
    assert len(examples._repr_html_()) < 50_000
    found = ftprep.check([{"prompt": "word " * 1000, "completion": f"{n}"} for n in range(100)])
    assert len(found._repr_html_()) < 50_000


def test_what_was_checked_shows_its_kinds_of_findings(tmp_path: Path) -> None:
    found = ftprep.check([{"prompt": "a ->", "completion": " <b>"}] * 3)
    assert repr(found) == f"Found('data', prompt/completion, rows 3, usable 3, findings {len(found)})"
    kinds = {row[0]: row for row in rows(found)[1:]}
    assert {group.code for group in found.groups} == set(kinds)
    assert "prompt/completion data · 3 rows · 3 can be used" in read(found).text


def test_a_contract_that_was_loaded_shows_what_to_send(run: ftprep.Run) -> None:
    asker = ftprep.Contract.load(run.folder / "openai_chat")
    assert "contract of openai/openai_chat" in read(asker).text
    assert asker._repr_html_() == asker.contract._repr_html_()


def test_results_show_the_best_epoch_and_the_curve() -> None:
    found = read(RESULTS)
    assert "the best epoch is 2 of 2" in found.text
    assert "svg" in found.tags
    assert "the best epoch is 2 of 2" in repr(RESULTS)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(None, "", id="nothing"),
        pytest.param(True, "yes", id="true"),
        pytest.param(1234567, "1,234,567", id="a number"),
        pytest.param(0.123456, "0.1235", id="a fraction"),
        pytest.param("a<b", "a&lt;b", id="a text"),
        pytest.param("\u05d0", "<bdi>\u05d0</bdi>", id="a text of another direction"),
        pytest.param("a\u202eb\x07", "a\\u202eb\\x07", id="controls"),
        pytest.param("x" * 500, "<bdi>" + "x" * 399 + "…</bdi>", id="a long text"),
    ],
)
def test_values_in_cells(value: object, shown: str) -> None:
    assert words(value) == shown


def test_a_column_with_nothing_in_it_is_left_out() -> None:
    made = table(["a", "b", "c"], [(1, None, "x"), (2, "", "y")])
    assert "<th>b</th>" not in made
    assert '<td class="right">1</td><td>x</td>' in made


def test_facts_leave_out_what_is_nothing() -> None:
    assert facts({"a": None, "b": [], "c": ""}) == ""
    assert "<td>x, y</td>" in facts({"a": ["x", "y"]})
    assert head("<t>", "", "said", mood="good") == '<p><b class="good">&lt;t&gt;</b> said</p>'


def test_a_style_of_its_own_comes_after_the_common_one() -> None:
    made = fragment("x", style=".ftprep i{top:0}")
    assert made.endswith(".ftprep i{top:0}</style>x</div>")


def every() -> Sequence[object]:
    return [getattr(ftprep, name) for name in ftprep.__all__]


def test_what_functions_return_can_be_looked_at() -> None:
    wanted = {ftprep.Run, ftprep.Finding, ftprep.Problem, ftprep.Contract, ftprep.Comparison, ftprep.Sample,
              ftprep.Example, ftprep.RemoteJob, ftprep.Installation}  # fmt: skip
    assert [cls.__name__ for cls in wanted if not hasattr(cls, "_repr_html_")] == []
