"""`ftprep generate`: what it shows, asks and says."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Call, Told, put

pytestmark = pytest.mark.files

ORACLE = Path(__file__).parents[1] / "remote" / "oracle.py"
RECIPE = """\
version: 1
name: words
read: words.csv
transform:
  - generate: {into: said, prompt: "Say {word}.", model: MODEL, params: {max_tokens: 500}, via: oracle}
  - chat: {user: "{word}", assistant: "{said}"}
write: openai_chat
"""
PLAN = """\
'generate' asks m, through oracle/oracle, and keeps answers in generated.jsonl
  2 prompts, 0 answered already, 2 to be asked
  what they cost is not known: nobody here can count the model's tokens
"""
PRICED = """\
'generate' asks gpt-4.1-mini, through oracle/oracle, and keeps answers in generated.jsonl
  2 prompts, 0 answered already, 2 to be asked
  18 tokens of prompts, less than 0.0001 USD
  with answers of 500 tokens each, at most 0.0080 USD
"""
WHERE = "asking at http://127.0.0.1/oracle (delphi)\n"


@pytest.fixture
def generate(ftprep: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """Calls `ftprep generate` for two words, with an oracle to answer."""
    monkeypatch.setenv("FTPREP_STATE_DIR", str(tmp_path / "state"))
    put(tmp_path, "words.csv", "word\ncat\ndog\n")

    def call(*arguments: str, model: str = "m", words: str = "cat\ndog\n") -> Told:
        put(tmp_path, "words.csv", f"word\n{words}")
        put(tmp_path, "words.yaml", RECIPE.replace("MODEL", model))
        return ftprep("generate", "words.yaml", *arguments, "--plugin", str(ORACLE))

    return call


def asked(folder: Path) -> list[str]:
    path = folder / "asked.txt"
    return sorted(path.read_text(encoding="utf-8").splitlines()) if path.exists() else []


def test_a_dry_run_shows_the_plan_and_asks_nothing(generate: Callable[..., Told], tmp_path: Path) -> None:
    assert generate("--dry-run") == (0, PLAN, "")
    assert generate("--dry-run", model="gpt-4.1-mini, prices: {input: 2, output: 8}") == (0, PRICED, "")
    assert generate("--dry-run", "--json").document["result"] == {
        "step": "generate",
        "file": (tmp_path / "generated.jsonl").relative_to(tmp_path).as_posix(),
        "model": "m",
        "service": "oracle/oracle",
        "prompts": 2,
        "answered": 0,
        "tokens": None,
        "usd": None,
        "usd_most": None,
        "price_date": None,
    }
    assert (asked(tmp_path), (tmp_path / "generated.jsonl").exists()) == ([], False)


def test_with_yes_it_asks_and_the_run_finds_the_answers(
    generate: Callable[..., Told], ftprep: Call, tmp_path: Path
) -> None:
    assert ftprep("run", "words.yaml").code == 2
    assert generate("--yes") == (0, "generated.jsonl: 2 answers added\n", PLAN + WHERE)
    assert asked(tmp_path) == ["Say cat.", "Say dog."]
    assert generate("--yes") == (0, "every prompt has an answer\n", "")
    assert ftprep("run", "words.yaml").code == 0


def test_json_is_one_document(generate: Callable[..., Told]) -> None:
    assert generate("--yes", "--json").document["result"] == {
        "answered": 2,
        "cut": 0,
        "usd": None,
        "files": ["generated.jsonl"],
        "failed": 0,
        "left": 0,
    }


def test_without_a_terminal_nothing_is_asked(generate: Callable[..., Told], tmp_path: Path) -> None:
    line = (
        "prompts of 'generate' without an answer: 2, and nobody can be asked here; say --yes to ask them, or --dry-run"
    )
    assert generate() == (2, "", f"{line} for the plan\n")
    assert asked(tmp_path) == []


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "said", "prompts"),
    [
        pytest.param("y", WHERE, ["Say cat.", "Say dog."], id="yes"),
        pytest.param("", "nothing was asked\n", [], id="enter"),
    ],
)
def test_a_terminal_is_asked(
    generate: Callable[..., Told],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    said: str,
    prompts: list[str],
) -> None:
    seen = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(f"{typed}\n"))
    monkeypatch.setattr("sys.stderr", seen)
    assert generate().code == 0
    assert seen.getvalue() == f"{PLAN}ask m? [y/N] {said}"
    assert asked(tmp_path) == prompts


def test_what_is_refused_leaves_with_3_and_the_rest_is_kept(generate: Callable[..., Told], tmp_path: Path) -> None:
    told = generate("--yes", words="cat\nrefuse\n")
    assert (told.code, told.out) == (
        3,
        "generated.jsonl: 1 answer added\n1 prompt got no answer; what was answered is kept\n",
    )
    assert told.err == f"{PLAN}{WHERE}the oracle is silent; ask something else\n"
    told = generate("--yes", "--json", words="cat\nrefuse\n")
    assert (told.code, told.document["result"]["failed"]) == (3, 1)


def test_costs_are_held(generate: Callable[..., Told], tmp_path: Path) -> None:
    line = "what m costs is not known, so it cannot be held under --max-cost; leave --max-cost out, or give the step "
    assert generate("--yes", "--max-cost", "1") == (1, "", f"{line}its 'prices'\n")
    priced = "gpt-4.1-mini, prices: {input: 2, output: 8}"
    line = "asking gpt-4.1-mini would cost about 0.0080 USD, more than 0.0050 (--max-cost); allow more, or take fewer "
    assert generate("--yes", "--max-cost", "0.005", model=priced) == (1, "", f"{line}rows with --limit\n")
    assert asked(tmp_path) == []
    told = generate("--yes", "--max-cost", "1", model=priced)
    assert (told.code, told.out) == (0, "generated.jsonl: 2 answers added, for 0.0120 USD\n")


def test_answers_that_were_cut_off_are_told(generate: Callable[..., Told]) -> None:
    told = generate("--yes", words="a long one\n")
    line = "generated.jsonl: cut off, being longer than the request allows: 1 answer\n"
    assert told.out == f"generated.jsonl: 1 answer added\n{line}"
