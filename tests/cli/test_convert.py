"""`ftprep convert` on the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Call, put

pytestmark = pytest.mark.files

CHATS = """\
{"messages": [{"role": "user", "content": "Hi", "name": "Ann"}, {"role": "assistant", "content": "Hello."}]}
{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant"}]}
{"messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Me."}]}
"""
NAME = "chats.jsonl:1: 'openai_completion' cannot carry 'name', so it is lost; write another format, or take it out\n"
ROW = (
    "chats.jsonl:2: a row cannot be read: no row of 'openai_chat' (message 2: it has no content); "
    "mend it, or leave it out\n"
)
TOLD = f"warning: {NAME}warning: {ROW}"
REPORT = """\
chats.jsonl: 3 rows of 'openai_chat'
  1 unchanged
  1 changed, written without: name (1, first chats.jsonl:1)
  1 not written: 1 no row of 'openai_chat'
"""
LEFT = '{"prompt":"Hi","completion":"Hello."}\n{"prompt":"Who?","completion":"Me."}\n'


@pytest.fixture(autouse=True)
def chats(ftprep: Call) -> None:
    put(Path(), "chats.jsonl", CHATS)


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir() if "chats" in path.name or "pairs" in path.name)


def test_the_new_file_is_beside_the_old_one_with_a_report_of_what_was_lost(ftprep: Call) -> None:
    end = "chats_openai_completion.jsonl  2 rows of 'openai_completion'\n"
    assert ftprep("convert", "chats.jsonl", "--to", "openai_completion") == (0, f"{REPORT}{end}", TOLD)
    assert Path("chats_openai_completion.jsonl").read_text(encoding="utf-8") == LEFT


def test_another_file_and_the_losses_only_counted(ftprep: Call) -> None:
    told = ftprep("convert", "chats.jsonl", "--to", "openai_completion", "--on-loss", "allow", "--out", "pairs.jsonl")
    assert told == (0, f"{REPORT}pairs.jsonl  2 rows of 'openai_completion'\n", "")
    assert names() == ["chats.jsonl", "pairs.jsonl"]


def test_a_dry_run_says_it_all_and_writes_nothing(ftprep: Call) -> None:
    told = ftprep("convert", "chats.jsonl", "--to", "openai_completion", "--dry-run")
    assert told == (0, f"{REPORT}nothing was written, as --dry-run says\n", TOLD)
    assert names() == ["chats.jsonl"]


def test_a_loss_as_error_writes_nothing_and_ends_with_1(ftprep: Call) -> None:
    told = ftprep("convert", "chats.jsonl", "--to", "openai_completion", "--on-loss", "error")
    assert told == (1, f"{REPORT}nothing was written, as --on-loss error says\n", f"{NAME}{ROW}")
    assert names() == ["chats.jsonl"]


def test_the_document_has_the_counts_and_the_places(ftprep: Call) -> None:
    document = ftprep("convert", "chats.jsonl", "--to", "openai_completion", "--json").document
    assert document["ok"] is True
    assert document["result"] == {
        "file": "chats_openai_completion.jsonl",
        "source": "chats.jsonl",
        "from": "openai_chat",
        "to": "openai_completion",
        "rows": {"read": 3, "unchanged": 1, "changed": 1, "written": 2, "not_written": 1},
        "lost": {"name": {"count": 1, "places": ["chats.jsonl:1"]}},
        "not_written": {"no row of 'openai_chat'": 1},
    }
    assert [(problem["code"], problem["line"]) for problem in document["problems"]] == [("FT305", 1), ("FT390", 2)]


@pytest.mark.parametrize(
    ("arguments", "line", "code"),
    [
        pytest.param(
            ["chats.jsonl"], "ftprep convert: WRITER is missing; see 'ftprep convert --help'", 2, id="no format"
        ),
        pytest.param(
            ["chats.jsonl", "--to", "openai_chat", "--out", "chats.jsonl"],
            "chats.jsonl is there already, and nothing is overwritten; name another file with --out, or remove it",
            2,
            id="its own file",
        ),
        pytest.param(
            ["chats.jsonl", "--to", "openai_chat", "--option", "names"],
            "--option: 'names' sets nothing; write KEY=VALUE, such as names=true",
            2,
            id="an option without a value",
        ),
        pytest.param(
            ["chat.jsonl", "--to", "openai_chat"],
            "chat.jsonl: no such file; did you mean 'chats.jsonl'?",
            2,
            id="no file",
        ),
    ],
)
def test_a_mistake_is_one_line(ftprep: Call, arguments: list[str], line: str, code: int) -> None:
    assert ftprep("convert", *arguments) == (code, "", f"{line}\n")
    assert names() == ["chats.jsonl"]


def test_a_name_cannot_move_the_cursor(ftprep: Call) -> None:
    put(Path(), "chats.jsonl", '{"messages": [{"role": "user", "content": "Hi"}, '
        '{"role": "assistant", "content": "Me."}], "\\u001b[2Jx": 1}\n')  # fmt: skip
    told = ftprep("convert", "chats.jsonl", "--to", "openai_completion")
    assert told.code == 0
    assert "\x1b" not in told.out + told.err
    assert "written without: \\x1b[2Jx (1, first chats.jsonl:1)" in told.out


def test_a_file_of_a_run_goes_beside_the_run_folder_which_stays_as_it_is(ftprep: Call, tmp_path: Path) -> None:
    assert ftprep("run", "pod.yaml").code == 0
    told = ftprep("convert", "out/pod/openai_chat/train.jsonl", "--to", "trl")
    assert told.out.splitlines()[-1] == "out/pod_openai_chat_train_trl.jsonl  3 rows of 'trl'"
    assert ftprep("run", "pod.yaml").code == 0
