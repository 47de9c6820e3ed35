"""What every run says its examples are made of: counted again here, from the examples themselves."""

from __future__ import annotations

import json
from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_runs import REGISTRY, left, questions, recipe

from ftprep import Example, Image, Message, Text, ToolCall, api, binned, percentile
from ftprep.engine import ahead
from ftprep.engine.makeup import Makeup, makeup_of

law = settings(deadline=None, derandomize=True, max_examples=100)
texts = st.text(max_size=12)
contents = st.one_of(
    texts, st.lists(st.one_of(st.builds(Text, texts), st.just(Image("data:,x"))), max_size=3).map(tuple)
)
messages = st.builds(
    Message,
    role=st.sampled_from(["system", "developer", "user", "assistant", "tool"]),
    content=contents,
    weight=st.sampled_from([None, 0, 1]),
    tool_calls=st.sampled_from([(), (), (ToolCall("1", "f", "{}"),)]),
)
talks = st.lists(messages, max_size=5).map(tuple)
examples = st.builds(
    Example,
    messages=talks,
    tools=st.sampled_from([(), ({"type": "function"},)]),
    rejected=st.sampled_from([(), (Message("assistant", "no"),)]),
)


def nearest(values, percent):
    """The smallest that at least so many percent do not exceed."""
    ordered = sorted(values)
    return next(value for i, value in enumerate(ordered, 1) if i * 100 >= len(ordered) * percent)


def spread(values):
    least = {"total": sum(values)}
    return {**least, "p50": nearest(values, 50), "p95": nearest(values, 95), "max": max(values)} if values else least


def recounted(found):
    """One example after the other, one message after the other."""
    roles = Counter(m.role for e in found for m in e.messages)
    parts = [[m.content if isinstance(m.content, tuple) else (Text(m.content),) for m in e.messages] for e in found]
    characters = [sum(len(p.text) for of in some for p in of if isinstance(p, Text)) for some in parts]
    return {
        "examples": len(found),
        "messages": spread([len(e.messages) for e in found]),
        "roles": dict(roles),
        "trained_messages": sum(m.role == "assistant" and m.weight != 0 for e in found for m in e.messages),
        "with_system": sum(any(m.role in ("system", "developer") for m in e.messages) for e in found),
        "with_tools": sum(bool(e.tools) or any(m.tool_calls for m in e.messages) for e in found),
        "with_images": sum(any(isinstance(p, Image) for of in some for p in of) for some in parts),
        "with_rejected": sum(bool(e.rejected) for e in found),
        "characters": spread(characters),
    }


@law
@given(found=st.lists(examples, max_size=20), at=st.integers(0, 20))
def test_all_that_is_counted_is_what_a_person_would_count(found, at):
    made = Makeup()
    for part in (found[:at], found[at:]):
        made.add(makeup_of(part))
    counted = made.as_json()
    bins = counted["messages"].pop("bins")
    assert counted == recounted(found)
    assert Counter({start: n for start, _, n in bins if n}) == Counter(len(e.messages) for e in found)


@law
@given(values=st.lists(st.integers(0, 1 << 40), min_size=1, max_size=50), percent=st.integers(1, 100))
def test_bins_are_few_and_round_without_gaps_and_each_value_is_in_its_own(values, percent):
    counts = Counter(values)
    bins = binned(counts)
    assert 1 <= len(bins) <= 60
    assert [n for *_, n in bins] == [sum(start <= value < end for value in values) for start, end, _ in bins]
    assert sum(n for *_, n in bins) == len(values)
    assert [end for _, end, _ in bins[:-1]] == [start for start, *_ in bins[1:]]
    (width,) = {end - start for start, end, _ in bins}
    assert width == 1 or str(width).rstrip("0") in ("1", "2", "5")
    assert all(start % width == 0 for start, *_ in bins)
    assert len(binned(counts)) == 60 or width == 1 or len(bins) >= 20
    assert percentile(counts, percent) == nearest(values, percent)


def test_nothing_has_no_bins():
    assert binned({}) == []
    assert Makeup().as_json()["messages"] == {"total": 0, "bins": []}


def test_a_run_tells_it_of_each_output_and_only_of_what_is_written():
    rows = questions([("a", "x"), ("bb", "no words"), ("c", "y"), ("d", "")])
    source = recipe("ask", check=[{"lengths": {"most": 1}}], write=["kit_chat"], split={"validation": 1})
    made = left(source, rows)
    lines = [row for split in ("train", "validation") for row in made.rows(f"kit_chat/{split}.jsonl")]
    counted = made.result.makeup["kit_chat"]
    assert counted["examples"] == len(lines) == 2
    assert counted["characters"]["total"] == sum(len(m["content"]) for row in lines for m in row["messages"])
    assert counted["roles"] == {"user": 2, "assistant": 2}
    assert counted["messages"] == {"total": 4, "p50": 2, "p95": 2, "max": 2, "bins": [(2, 3, 2)]}


@pytest.mark.files
def test_the_manifest_has_it_whether_the_work_is_shared_or_not(tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "WORTH_IT", 0)  # small files are worth it too
    file = tmp_path / "rows.kit"
    file.write_bytes(b"".join(msgspec.json.encode({"q": "q" * n, "a": "a"}) + b"\n" for n in range(100)))
    for checks in ([], ["lengths"]):  # read ahead; shared
        source = recipe("ask", check=checks, read=str(file))
        alone, many = (
            api.run(source, registry=REGISTRY, out=tmp_path / name, part_rows=9, read_ahead=name == "many")
            for name in ("alone", "many")
        )
        assert many.manifest["makeup"] == alone.manifest["makeup"] == json.loads(json.dumps(many.manifest["makeup"]))
        assert many.manifest["makeup"]["kit_chat"]["characters"] == {
            "total": 100 + 99 * 50, "p50": 50, "p95": 95, "max": 100,
        }  # fmt: skip
