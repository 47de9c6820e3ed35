"""The section of a run's page that shows rows as they are trained on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from parsed import HOSTILE, Parsed

import ftprep
from ftprep import api
from ftprep.errors import DataError
from ftprep.registry import Registry
from ftprep.report.page import page
from ftprep.report.samples import sections

pytestmark = pytest.mark.files

TAGS = {"div", "p", "span", "b", "i", "small", "ul", "li", "bdi", "details", "summary", "code"}
NO_MODEL = "The recipe names no model, so the borders of tokens are not shown."


class Threes(ftprep.Tokenizer):
    """A token is three bytes."""

    name: ClassVar[str] = "threes"

    @classmethod
    def encodings(cls) -> tuple[str, ...]:
        return ("threes", "nowhere")

    @classmethod
    def load(cls, encoding: str) -> Callable[[Sequence[str]], list[int]]:
        return lambda texts: [len(cut) for cut in cls.load_pieces(encoding)(texts)]

    @classmethod
    def load_pieces(cls, encoding: str) -> Callable[[Sequence[str]], list[list[bytes]]]:
        if encoding == "nowhere":
            raise DataError("the token tables of 'nowhere' are not on this machine", hint="get them")
        return lambda texts: [[d[at : at + 3] for at in range(0, len(d), 3)] for d in (t.encode() for t in texts)]


class Plugin:
    @ftprep.hookimpl
    def ftprep_tokenizers(self) -> list[type[ftprep.Tokenizer]]:
        return [Threes]


@pytest.fixture(scope="module")
def registry() -> Registry:
    made = Registry.installed()
    made.add(Plugin(), plugin="threes", dist="threes-dist", version="1")
    return made


CHAT = {"chat": {"system": "Be brief.", "user": "{q}", "assistant": "{a}"}}
PAIRS = {"prompt": {"prompt": "{q}\n", "completion": "{a}"}}
THREES = {"name": "m", "tokenizer": "threes"}


def made(
    folder: Path, registry: Registry, rows: Sequence[dict[str, Any]], write: Any = "openai_chat", **keys: Any
) -> tuple[Path, dict[str, Any]]:
    """A run's folder, and its manifest."""
    steps = keys.pop("transform", [CHAT])
    recipe = {"version": 1, "name": "r", "transform": steps, "write": write, **keys}
    run = api.run(recipe, data=rows, out=folder / "out", registry=registry)
    return run.folder, run.manifest


def body(folder: Path, manifest: dict[str, Any], registry: Registry) -> str:
    ((heading, found),) = sections(folder, manifest, registry)
    assert heading == "What is trained on"
    Parsed(page("t", [(heading, found)]))
    return str(found)


def plainly(html: str) -> str:
    """The text of a page, without what a screen reader skips."""
    html = re.sub(r'<div class="marked" dir="auto" aria-hidden="true">.*?</div>', "", html, flags=re.DOTALL)
    return " ".join(Parsed(re.sub(r"</(p|div|li|summary|bdi|h3|span)>", r"</\1> ", html)).text.split())


def numbered(count: int) -> list[dict[str, str]]:
    return [{"q": f"Question {n}", "a": f"Answer {n}"} for n in range(count)]


def test_each_sample_is_a_line_of_the_file_with_its_place_source_and_tokens(tmp_path: Path, registry: Registry) -> None:
    folder, manifest = made(tmp_path, registry, numbered(40), split={"validation": 10}, model=THREES)
    text = plainly(body(folder, manifest, registry))
    for name, count in (("openai_chat/train.jsonl", 15), ("openai_chat/validation.jsonl", 5)):
        samples = manifest["outputs"][name]["samples"]
        assert len(samples) == count
        lines = (folder / name).read_bytes().split(b"\n")
        for line, _, _ in samples:
            *_, asked, answer = json.loads(lines[line - 1])["messages"]
            number = int(asked["content"].split()[1])
            tokens = [-(-len(one) // 3) for one in ("Be brief.", asked["content"], answer["content"])]
            assert (
                f"{name}:{line} – {sum(tokens)} tokens, {tokens[2]} of them trained on from data:{number + 1} "
                f"system Be brief. user Question {number} assistant trained on Answer {number}"
            ) in text


def test_trained_tokens_are_marked_and_what_is_not_seen_has_signs(tmp_path: Path, registry: Registry) -> None:
    rows = [{"q": "a b\tc\u200b", "a": "yes\nno"}]
    found = body(*made(tmp_path, registry, rows, model=THREES), registry)
    assert '<span class="c">a<i>·</i>b<b><i>→</i>c<i class="h" title="zero width space">U+200B</i></b></span>' in found
    assert '<span class="t">yes<b><i>↵\n</i>no</b></span>' in found


def test_prompt_and_completion_are_one_text_with_their_ends_named(tmp_path: Path, registry: Registry) -> None:
    steps = [PAIRS, {"separator": "\n###\n"}, {"stop": " END"}]
    rows = [{"q": "Why?", "a": "So."}]
    folder, manifest = made(
        tmp_path, registry, rows, [{"openai_completion": {"steps": steps}}], model=THREES, transform=["clean"]
    )
    row = json.loads((folder / "openai_completion/train.jsonl").read_bytes())
    found = body(folder, manifest, registry)
    assert found.count('<div class="marked" dir="auto"') == 1
    assert "<small>separator</small></span>" in found
    assert "<small>stop sequence</small></span></span>" in found
    said = f"<p>{row['prompt']}</p><p>completion, trained on: {row['completion']}</p>"
    assert said in found


def test_without_a_model_there_are_no_borders_and_the_page_says_so(tmp_path: Path, registry: Registry) -> None:
    found = body(*made(tmp_path, registry, numbered(1)), registry)
    assert NO_MODEL in plainly(found)
    assert "<summary><bdi>openai_chat/train.jsonl:1</bdi></summary>" in found
    assert "<b>Ans" not in found


@pytest.mark.parametrize(
    ("model", "why"),
    [
        pytest.param(
            {"name": "m", "tokenizer": "nowhere"},
            "The borders of tokens are not shown: the token tables of 'nowhere' are not on this machine; get them",
            id="no tables",
        ),
        pytest.param("nobody", "model 'nobody' is not known, so its tokens cannot be counted", id="unknown model"),
    ],
)
def test_what_cannot_be_cut_into_tokens_costs_no_page(tmp_path: Path, registry: Registry, model: Any, why: str) -> None:
    text = plainly(body(*made(tmp_path, registry, numbered(1), model=model), registry))
    assert why in text
    assert "Question 0" in text


def test_hostile_rows_stay_text(tmp_path: Path, registry: Registry) -> None:
    found = body(*made(tmp_path, registry, [{"q": HOSTILE, "a": f"\u202e{HOSTILE}"}], model=THREES), registry)
    assert Parsed(found).tags() <= TAGS
    assert HOSTILE in Parsed(found).text
    assert "\u202e" not in found


def test_a_long_row_keeps_its_trained_text_and_loses_the_middle_of_its_context(
    tmp_path: Path, registry: Registry
) -> None:
    rows = [{"q": f"first {'q' * 12_000} last", "a": "answer " * 400}]
    text = plainly(body(*made(tmp_path, registry, rows, model=THREES), registry))
    assert ("answer " * 400).strip() in text
    assert re.search(r"first q+ … 10,\d\d\d characters left out … q+ last", text)


@pytest.mark.parametrize(
    "text", [pytest.param("word " * 900, id="words"), pytest.param("\u200b" * 5000, id="no width"),
             pytest.param("<&'\"" * 1100, id="escaped"), pytest.param("\n \t" * 1500, id="white space")]
)  # fmt: skip
def test_the_section_stays_small_whatever_stands_in_the_rows(tmp_path: Path, registry: Registry, text: str) -> None:
    rows = [{"q": f"{n} {text}", "a": f"x{text}{n}"} for n in range(30)]
    folder, manifest = made(tmp_path, registry, rows, model=THREES, report={"samples": 50})
    found = body(folder, manifest, registry)
    assert len(found) < 620_000
    assert found.count("<summary>") >= 25


def test_a_very_long_row_has_no_borders_and_says_so(tmp_path: Path, registry: Registry) -> None:
    rows = [{"q": "q" * 30_000, "a": "yes"}]
    found = body(*made(tmp_path, registry, rows, model=THREES), registry)
    assert "This row has more than 20,000 characters, so the borders of its tokens are not shown." in plainly(found)
    assert '<span class="t">yes</span>' in found


def test_a_conversation_of_very_many_messages_is_bounded(tmp_path: Path, registry: Registry) -> None:
    said = [{"role": ("user", "assistant")[n % 2], "content": f"message {n}"} for n in range(600)]
    folder, manifest = made(
        tmp_path, registry, [{"messages": said}], transform=[{"messages": "messages"}], model=THREES
    )
    text = plainly(body(folder, manifest, registry))
    assert len(re.findall(r"message \d+", text)) == 40
    assert all(f"message {n} " in f"{text} " for n in (0, 1, 598, 599))
    assert re.search(r"… \d+ messages are left out …", text)


def test_rows_that_changed_after_the_run_are_not_shown_as_they_were(tmp_path: Path, registry: Registry) -> None:
    folder, manifest = made(tmp_path, registry, numbered(3))
    path = folder / "openai_chat/train.jsonl"
    path.write_bytes(b"{}\n" + path.read_bytes())
    text = plainly(body(folder, manifest, registry))
    assert text.count("This row is not in the file any more as the run wrote it.") == 3
    path.unlink()
    assert plainly(body(folder, manifest, registry)) == text


def test_where_the_writer_is_not_installed_rows_are_shown_as_they_stand(tmp_path: Path, registry: Registry) -> None:
    folder, manifest = made(tmp_path, registry, numbered(1))
    text = plainly(body(folder, manifest, Registry()))
    assert "This row is shown as it stands in the file: " in text
    assert '{"messages":[{"role":"system","content":"Be brief."}' in text


@pytest.mark.parametrize("report", [pytest.param({"samples": 0}, id="no samples"), pytest.param(False, id="no page")])
def test_no_samples_no_section(tmp_path: Path, registry: Registry, report: Any) -> None:
    assert sections(*made(tmp_path, registry, numbered(3), report=report), registry) == []


def test_who_reads_the_page_is_told_that_these_are_real_rows(tmp_path: Path, registry: Registry) -> None:
    text = plainly(body(*made(tmp_path, registry, numbered(1)), registry))
    assert text.startswith(
        "These are rows as they stand in the files: mind who gets this page. report: {samples: 0} in the recipe leaves "
        "them out."
    )


STYLE = (Path(ftprep.__file__).parent / "report/page.css").read_text(encoding="utf-8")


def colours(dark: bool) -> dict[str, str]:
    """The named colours of the page's style, in light or dark."""
    blocks = re.findall(r"(@media [^{]*\{\s*)?:root \{([^}]*)\}", STYLE)
    wanted = [inner for media, inner in blocks if not media or (dark and "dark" in media)]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", "".join(wanted)))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [pytest.param(False, id="light"), pytest.param(True, id="dark")])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        pytest.param(ink, ground, id=f"{ink} on {ground}")
        for ink, grounds in {
            "soft": "card token", "trained": "card trained-token", "mark": "card token trained-token",
            "bad": "card token trained-token bad-back", "note": "card token note-back",
        }.items()
        for ground in grounds.split()
    ],
)  # fmt: skip
def test_every_colour_of_a_sample_can_be_read(dark: bool, ink: str, ground: str) -> None:
    """What is hidden from screen readers is not looked at by axe. Source of 4.5: WCAG 2.2, 1.4.3."""
    named = colours(dark)
    low, high = sorted(map(luminance, (named[ink], named[ground])))
    assert (high + 0.05) / (low + 0.05) >= 4.5
