"""The check `leakage`: the same input, or nearly the same, in two splits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftprep import Met, Source, StepRun, api
from ftprep_leakage.leakage import Leakage
from ftprep_leakage.near import bands, likeness

pytestmark = pytest.mark.files
LONG = "The ferry from the island to the mainland leaves every morning at seven and takes forty cars on board"


def run(folder: Path, *rows: tuple[str, str], **options: Any) -> api.Run:
    """Rows of text and split."""
    source = {
        "version": 1, "name": "leaks", "transform": [{"chat": {"user": "{q}", "assistant": "{a}"}}],
        "check": [{"leakage": options}], "split": {"from": "s"}, "write": ["openai_chat"],
    }  # fmt: skip
    data = [{"q": text, "a": f"answer {n}", "s": split} for n, (text, split) in enumerate(rows)]
    return api.run(source, data=data, out=folder / "out")


def told(made: api.Run) -> list[str]:
    return [f"{f['level']} {f['code']} {f['message']}; {f['hint']}" for f in made.manifest["findings"]]


def test_an_input_in_two_splits_is_told_with_its_pair(tmp_path: Path) -> None:
    made = run(tmp_path, ("Where?", "train"), ("where? ", "validation"), ("Other", "validation"), ("Where?", "train"))
    assert told(made) == [
        "warning FT380 the same input stands in train and validation: 1 of the held-out examples, such as data:2 "
        "('where?') and data:1 ('Where?'); remove duplicates (dedupe: {on: …}), or split by what they share "
        "(split: {by: …})"
    ]
    assert made.manifest["figures"]["openai_chat"]["leakage"]["inputs"] == 1


def test_without_normalise_only_equal_texts_are_told(tmp_path: Path) -> None:
    made = run(tmp_path, ("Where?", "train"), ("where?", "validation"), normalise=False)
    assert told(made) == []
    assert made.manifest["figures"]["openai_chat"]["leakage"] == {"inputs": 0, "pairs": []}


def test_the_same_input_twice_in_one_split_is_no_leak(tmp_path: Path) -> None:
    assert told(run(tmp_path, ("Where?", "train"), ("Where?", "train"), ("x", "test"))) == []


def test_validation_and_test_may_not_share_either(tmp_path: Path) -> None:
    made = run(tmp_path, ("Where?", "validation"), ("Where?", "test"), ("x", "train"), level="error")
    (pair,) = made.manifest["figures"]["openai_chat"]["leakage"]["pairs"]
    assert (pair["splits"], pair["train"], pair["held"]) == ("validation and test", "data:1", "data:2")
    assert not made.ok


def test_nearly_equal_inputs_are_told_with_both_texts(tmp_path: Path) -> None:
    pytest.importorskip("rensa")
    other = LONG.replace("forty cars", "forty bicycles")
    made = run(tmp_path, (LONG, "train"), (other, "validation"), ("A short one", "validation"), near=0.6)
    (finding,) = told(made)
    assert finding.startswith("warning FT380 nearly the same input stands in train and validation: 1 of the held-out")
    (pair,) = made.manifest["figures"]["openai_chat"]["leakage"]["pairs"]
    assert (pair["text"], pair["other"]) == (other[:120], LONG[:120])
    assert pair["alike"] == round(likeness(" ".join(other.casefold().split()), LONG.casefold()), 3)
    assert told(run(tmp_path, (LONG, "train"), (other, "validation"), near=0.95)) == []


def test_texts_as_like_as_the_threshold_share_a_band() -> None:
    pytest.importorskip("rensa")
    keys = bands(0.8)
    text = " ".join(f"word{n}" for n in range(60))
    for at in (0, 30, 59):
        other = " ".join("changed" if n == at else f"word{n}" for n in range(60))
        assert likeness(text, other) >= 0.8
        assert set(keys(text)) & set(keys(other))
    assert not set(keys(text)) & set(keys("nothing of this is in the other text at all"))


def test_equal_inputs_of_one_split_are_not_compared_with_each_other() -> None:
    looked = 0

    class Counted(Met):
        def __getattribute__(self, name: str) -> Any:
            nonlocal looked
            looked += name == "split"
            return super().__getattribute__(name)

    met = [Counted("train", "Where?", Source("data", n, n)) for n in range(1000)]
    assert list(Leakage().meet(met, StepRun())) == []
    assert looked <= 2 * len(met)


def test_the_same_question_of_another_image_is_another_input(tmp_path: Path) -> None:
    def asked(name: str, split: str) -> dict[str, Any]:
        picture = {"type": "image_url", "image_url": {"url": f"https://example.org/{name}.png"}}
        content = [{"type": "text", "text": "What is it?"}, picture]
        answer = {"role": "assistant", "content": f"{name}, {split}"}
        return {"messages": [{"role": "user", "content": content}, answer], "s": split}

    recipe = {
        "version": 1, "name": "leaks", "transform": [{"messages": "messages"}], "check": ["leakage"],
        "split": {"from": "s"}, "write": ["openai_chat"],
    }  # fmt: skip
    rows = [asked("cat", "train"), asked("dog", "validation"), asked("cat", "test")]
    made = api.run(recipe, data=rows, out=tmp_path / "out")
    (pair,) = made.manifest["figures"]["openai_chat"]["leakage"]["pairs"]
    assert (pair["splits"], pair["train"], pair["held"]) == ("train and test", "data:1", "data:3")
