"""Strangers' plugins that are broken: each is one line that names plugin and distribution, and the right exit code."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from strangers import PLUGIN, distribution, doing, ended, start, stranger, told

pytestmark = [pytest.mark.slow, pytest.mark.files]

WHO = "transformer 'shout' (plugin 'shout' of ftprep-shout 1.2)"
REPORT = "please report this to its maintainer, or leave the step out"
PRINTS = f"{WHO} prints to stdout, which is kept for results; its maintainer should make it a Finding or a tally"
CANNOT = "transformer 'shout' cannot be had: plugin 'shout' (ftprep-shout 1.2) cannot be used: "


def test_a_stranger_is_listed_used_and_asked_for_a_prompt(tmp_path: Path) -> None:
    stranger(tmp_path, PLUGIN)
    code, out, err = told(tmp_path, "plugins", "list")
    assert (code, err) == (0, "")
    assert "shout" in out and "ftprep-shout 1.2" in out
    assert told(tmp_path, "run", "loud.yaml")[::2] == (0, "")
    row = json.loads((tmp_path / "out/loud/openai_chat/train.jsonl").read_bytes().splitlines()[0])
    assert row["messages"][-1] == {"role": "assistant", "content": "HI"}
    request = told(tmp_path, "prompt", "out/loud", "-m", "user=Well?", "--json")[1]
    assert json.loads(request)["result"] == {"messages": [{"role": "user", "content": "WELL?"}]}


UNLOADABLE = {
    "a syntax error": (
        PLUGIN + "def\n",
        "SyntaxError: invalid syntax (ftprep_shout.py, line 21); update or uninstall ftprep-shout",
    ),
    "a missing dependency": (
        "import no_such_thing\n" + PLUGIN,
        "ModuleNotFoundError: No module named 'no_such_thing'; install the package that has the module 'no_such_thing' "
        "(often: pip install no_such_thing)",
    ),
    "another version of the contract": (
        PLUGIN.replace("API = 1", "API = 3"),
        "it is made for FTPREP_API 3, and this ftprep has 1; update ftprep, or uninstall ftprep-shout",
    ),
    "a misspelt hook": (
        PLUGIN.replace("def ftprep_t", "def ftprep_f"),
        "there is no hook 'ftprep_fransformers'; did you mean 'ftprep_transformers'?",
    ),
}


@pytest.mark.parametrize(("code", "why"), UNLOADABLE.values(), ids=UNLOADABLE)
def test_a_plugin_that_cannot_be_loaded_is_one_line(tmp_path: Path, code: str, why: str) -> None:
    stranger(tmp_path, code)
    assert told(tmp_path, "run", "loud.yaml") == (4, "", f"{CANNOT}{why}\n")


RUNNING = {
    "it returns None": (
        "return None",
        f"{WHO} returned None for talks.csv:2-3; a Drop with a reason was expected; {REPORT}",
    ),
    "it raises": ("return 1 / 0", f"{WHO} failed on talks.csv:2-3: ZeroDivisionError: division by zero; {REPORT}"),
    "it ends the program": ("raise SystemExit(0)", f"{WHO} failed on talks.csv:2-3: SystemExit: 0; {REPORT}"),
    "it changes its input": (
        "example.extra['seen'] = True\nreturn example",
        f"{WHO} changed the extra of talks.csv:2-3, which it was given; please report this to its maintainer (what is "
        "changed has to be a copy: example.with_(extra=…)), or leave the step out",
    ),
    "it returns a text": (
        "return 'text'",
        f"{WHO} returned a str for talks.csv:2-3; a Drop with a reason was expected; {REPORT}",
    ),
}


@pytest.mark.parametrize(("body", "line"), RUNNING.values(), ids=RUNNING)
def test_a_step_that_breaks_the_contract_is_one_line(tmp_path: Path, body: str, line: str) -> None:
    stranger(tmp_path, doing(body))
    assert told(tmp_path, "run", "loud.yaml") == (4, "", f"{line}\n")
    assert not (tmp_path / "out").exists()


def test_a_step_that_prints_is_told_once_and_does_not_spoil_the_document(tmp_path: Path) -> None:
    stranger(tmp_path, doing("print('here')\nreturn example"))
    code, out, err = told(tmp_path, "run", "loud.yaml", "--json")
    document = json.loads(out)
    assert (code, document["ok"], set(err.splitlines())) == (0, True, {"here"})
    assert [(problem["level"], problem["message"] + "; " + problem["hint"]) for problem in document["problems"]] == [
        ("warning", PRINTS)
    ]
    code, _, err = told(tmp_path, "run", "loud.yaml", "--out", "again")
    assert (code, err.splitlines()[-1]) == (0, f"warning: {PRINTS}")


BRANDS = {
    "a loop that heeds Ctrl-C": (
        "open('begun', 'w').close()\nwhile True:\n    pass",
        1,
        "interrupted; nothing half-done is left\n",
    ),
    "a loop that swallows Ctrl-C": (
        "while True:\n    try:\n        open('begun', 'w').close()\n        while True:\n            pass\n"
        "    except BaseException:\n        open('again', 'w').close()",
        2,
        f"interrupted twice, so ended at once in {WHO} at talks.csv:2-3; nothing was published, and the next run "
        "tidies up\n",
    ),
}  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send on Windows")
@pytest.mark.parametrize(("body", "presses", "line"), BRANDS.values(), ids=BRANDS)
def test_a_step_that_never_ends_is_ended_by_ctrl_c(tmp_path: Path, body: str, presses: int, line: str) -> None:
    stranger(tmp_path, doing(body))
    process = start(tmp_path, "run", "loud.yaml")
    for sign in ("begun", "again")[:presses]:
        until(tmp_path / sign)
        os.killpg(process.pid, signal.SIGINT)
    out, err = ended(process, 30)
    assert (process.returncode, out, err.decode()) == (130, b"", line)
    assert gone(process.pid)
    assert told(tmp_path, "run", "loud.yaml", "--set", "transform=[conversations]")[0] == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["loud"]


@pytest.mark.skipif(sys.platform != "linux" or os.cpu_count() == 1, reason="no process of its own reads ahead here")
def test_the_process_that_reads_ahead_is_ended_too(tmp_path: Path) -> None:
    """It is at work on files of 16 MiB and more. It says itself who prints: the reply is made in the other one."""
    loop = "while True:\n    try:\n        open('begun', 'w').close()\n        while True:\n            pass\n"
    stranger(tmp_path, doing(f"print('here')\n{loop}    except BaseException:\n        pass"))
    with (tmp_path / "talks.csv").open("ab") as talks:
        talks.write(b"Hello,Hi\n###,###\n" * 1_000_000)
    process = start(tmp_path, "run", "loud.yaml")
    until(tmp_path / "begun")
    os.killpg(process.pid, signal.SIGINT)
    out, err = ended(process, 30)
    assert (process.returncode, out) == (130, b"")
    assert err.decode().splitlines() == [f"warning: {PRINTS}", "here", "interrupted; nothing half-done is left"]
    assert gone(process.pid)


def gone(group: int) -> bool:
    """Whether every process of a group has ended, a moment after the first one has."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def until(path: Path) -> None:
    """Waits for a file."""
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"there is no {path.name}")


def test_several_broken_plugins_are_a_line_each_and_the_rest_works(tmp_path: Path) -> None:
    stranger(tmp_path, PLUGIN)
    site = tmp_path / "site"
    distribution(site, "bad-import", "9.9", {"bad_import": "bad1"}, bad1="import no_such_thing")
    distribution(site, "bad-list", "0.1", {"bad_list": "bad2"}, bad2=PLUGIN.replace("[Shout]", "Shout"))
    distribution(site, "twin-a", "1.0", {"twin": "twin_a"}, twin_a=PLUGIN)
    distribution(site, "twin-b", "2.0", {"twin": "twin_b"}, twin_b=PLUGIN)
    code, out, err = told(tmp_path, "plugins", "list")
    assert (code, "ftprep-shout 1.2" in out) == (0, True)
    assert err.splitlines() == [
        "warning: plugin 'bad_import' (bad-import 9.9) cannot be used: ModuleNotFoundError: No module named "
        "'no_such_thing'; install the package that has the module 'no_such_thing' (often: pip install no_such_thing)",
        "warning: plugin 'bad_list' (bad-list 0.1) cannot be used: ftprep_transformers returned class Shout, not a "
        "list; return a list",
        "warning: plugin 'twin' cannot be used: two packages have this name for a plugin, twin-a 1.0 and twin-b 2.0; "
        "uninstall one of them",
    ]


def test_a_name_that_two_packages_claim_is_an_error_naming_both(tmp_path: Path) -> None:
    stranger(tmp_path, PLUGIN)
    distribution(tmp_path / "site", "ftprep-loud", "2.0", {"loud": "ftprep_loud"}, ftprep_loud=PLUGIN)
    assert told(tmp_path, "run", "loud.yaml") == (
        2,
        "",
        "loud.yaml:4:28: transformer 'shout' is claimed by plugin 'loud' (ftprep-loud 2.0) and plugin 'shout' "
        "(ftprep-shout 1.2); write 'loud/shout' or 'shout/shout'\n"
        "     4 | transform: [conversations, shout]\n"
        "       |                            ^\n",
    )
    assert told(tmp_path, "run", "loud.yaml", "--set", "transform=[conversations, loud/shout]")[::2] == (0, "")


def test_without_the_plugin_the_recipe_says_what_is_missing(tmp_path: Path) -> None:
    stranger(tmp_path, PLUGIN)
    code, _, err = told(tmp_path, "check", "loud.yaml", site="none")
    assert code == 2
    assert err.startswith("loud.yaml:4:28: unknown transformer 'shout'; known: anonymise, balance, bins, chat, ")
