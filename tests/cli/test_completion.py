"""`ftprep completion`: what shells ask while somebody types, and the scripts that make them ask."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ftprep.cli.commands import COMMANDS
from ftprep.cli.completing import CACHE, names_of
from ftprep.registry import Registry

from .conftest import Call, put

pytestmark = pytest.mark.files

RECIPE = """\
version: 1
name: pod
seed: 3
read: {csv: {path: talks.csv, delimiter: ";"}}
transform:
  - conversations
  - window: {context: 2}
split: {validation: 10%}
write: openai_chat
"""


@pytest.fixture
def answered(ftprep: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """What is answered to a shell for a line that ends where the cursor stands: `type,value` each."""
    monkeypatch.setenv("FTPREP_STATE_DIR", str(tmp_path / "state"))
    put(tmp_path, "recipe.yaml", RECIPE)

    def ask(line: str) -> list[str]:
        monkeypatch.setenv("_FTPREP_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(line.split()) - (not line.endswith(" "))))
        told = ftprep()
        assert (told.code, told.err) == (0, "")
        return [line for line in told.out.splitlines() if line]

    return ask


ANSWERS = [
    pytest.param("ftprep ru", ["plain,rule", "plain,run"], id="a command"),
    pytest.param("ftprep plugins ", ["plain,check", "plain,info", "plain,list", "plain,new"], id="of a group"),
    pytest.param("ftprep run --li", ["plain,--limit"], id="an option"),
    pytest.param("ftprep run rec", ["file,rec"], id="a file"),
    pytest.param("ftprep run recipe.yaml --out o", ["file,o"], id="the path of an option"),
    pytest.param("ftprep check --output ", ["plain,text", "plain,json", "plain,sarif"], id="one of a few words"),
    pytest.param("ftprep completion ", ["plain,bash", "plain,fish", "plain,zsh"], id="a shell"),
    pytest.param("ftprep recipes copy chat", ["plain,chatbot"], id="a bundled recipe"),
    pytest.param("ftprep recipes copy cl", ["plain,classifier"], id="a use case"),
    pytest.param("ftprep rule ft361", ["plain,FT361"], id="a code, in small letters"),
    pytest.param("ftprep plugins info win", ["plain,window"], id="what plugins offer"),
    pytest.param(
        "ftprep convert a.jsonl --to openai_c", ["plain,openai_chat", "plain,openai_completion"], id="a format"
    ),
    pytest.param("ftprep check a.jsonl --format mis", ["plain,mistral"], id="a service"),
    pytest.param("ftprep upload out/pod --via st", ["plain,store"], id="an uploader"),
    pytest.param("ftprep run recipe.yaml --set t", ["plain,transform.window.context="], id="a key of the recipe"),
    pytest.param("ftprep run recipe.yaml --set s", ["plain,seed=", "plain,split.validation="], id="more keys"),
    pytest.param("ftprep run none.yaml --set s", ["plain,seed="], id="a key without a recipe"),
    pytest.param("ftprep recipes copy zzz", [], id="nothing"),
    pytest.param("ftprep zzz --ver", ["plain,--version"], id="of no command"),
]


@pytest.mark.parametrize(("line", "answer"), ANSWERS)
def test_a_shell_is_answered_on_stdout_alone(
    answered: Callable[[str], list[str]], line: str, answer: list[str]
) -> None:
    assert answered(line) == answer


def test_every_command_is_completed(answered: Callable[[str], list[str]]) -> None:
    assert answered("ftprep ") == [f"plain,{name}" for name in sorted(COMMANDS)]


def test_names_are_kept_until_other_plugins_are_installed(answered: Callable[[str], list[str]], tmp_path: Path) -> None:
    names = names_of(Registry.installed())
    answered("ftprep rule ")
    kept = json.loads((tmp_path / "state" / CACHE).read_text(encoding="utf-8"))
    assert kept["names"] == names
    kept["names"]["code"] = ["XX001"]
    put(tmp_path / "state", CACHE, json.dumps(kept))
    assert answered("ftprep rule ") == ["plain,XX001"]
    put(tmp_path / "state", CACHE, json.dumps({**kept, "mark": ["another"]}))
    assert len(answered("ftprep rule ")) == len(names["code"])


def test_a_damaged_or_foreign_file_of_names_is_made_again(answered: Callable[[str], list[str]], tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    put(tmp_path / "state", CACHE, "[]{")
    assert answered("ftprep plugins info win") == ["plain,window"]


def test_names_are_found_where_nothing_can_be_kept(answered: Callable[[str], list[str]], tmp_path: Path) -> None:
    put(tmp_path, "state", "a file in the way")
    assert answered("ftprep plugins info win") == ["plain,window"]


def test_a_command_is_completed_without_importing_any() -> None:
    code = (
        "import sys\nfrom ftprep.cli import main\n"
        "try:\n    main([])\nexcept SystemExit:\n    pass\n"
        "print(*sorted({n.split('.')[0] for n in sys.modules} & {'pydantic', 'msgspec', 'pluggy', 'yaml'}))"
    )
    env = {**os.environ, "_FTPREP_COMPLETE": "bash_complete", "COMP_WORDS": "ftprep ru", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True, encoding="utf-8")
    assert done.stdout == "plain,rule\nplain,run\n\n"


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_there_is_a_script_for(ftprep: Call, shell: str) -> None:
    told = ftprep("completion", shell)
    assert (told.code, told.err) == (0, "")
    assert f"_FTPREP_COMPLETE={shell}_complete" in told.out
    assert ftprep("completion", shell, "--json").document["result"] == {"shell": shell, "script": told.out}


def test_a_value_follows_a_key_without_a_space_and_descriptions_may_have_commas(ftprep: Call) -> None:
    assert "[[ $value == *= ]] && compopt -o nospace\n" in ftprep("completion", "bash").out
    assert 'string split --max 1 ","' in ftprep("completion", "fish").out


@pytest.mark.parametrize(
    ("shell", "hint"),
    [
        pytest.param("powershell", "there is one for: bash, fish, zsh", id="a shell that is not offered"),
        pytest.param("bsh", "did you mean 'bash'?", id="a misspelt one"),
    ],
)
def test_there_is_none_for(ftprep: Call, shell: str, hint: str) -> None:
    assert ftprep("completion", shell) == (2, "", f"there is no completion for '{shell}'; {hint}\n")


def shell(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine")
    return found


def environment(tmp_path: Path) -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "FTPREP_STATE_DIR": str(tmp_path / "state"), "HOME": str(tmp_path)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "answer"),
    [
        pytest.param(["ftprep", "ru"], ["rule", "run"], id="a command"),
        pytest.param(["ftprep", "recipes", "copy", "chat"], ["chatbot"], id="a recipe"),
        pytest.param(["ftprep", "run", "--st"], ["--strict"], id="an option"),
    ],
)
def test_bash_completes(ftprep: Call, tmp_path: Path, words: list[str], answer: list[str]) -> None:
    put(tmp_path, "script", ftprep("completion", "bash").out)
    code = f". ./script; complete -p ftprep >/dev/null; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
    code += '_ftprep_completion ftprep; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(
        [shell("bash"), "--norc", "-c", code], cwd=tmp_path, env=environment(tmp_path), capture_output=True,
        check=True, encoding="utf-8",
    )  # fmt: skip
    assert (done.stdout.splitlines(), done.stderr) == (answer, "")


@pytest.mark.slow
def test_fish_completes(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "script", ftprep("completion", "fish").out)
    done = subprocess.run(
        [shell("fish"), "--no-config", "-c", "source script; complete -C 'ftprep ru'"], cwd=tmp_path,
        env=environment(tmp_path), capture_output=True, check=True, encoding="utf-8",
    )  # fmt: skip
    found = [line.split("\t") for line in done.stdout.splitlines()]
    assert found == [["rule", COMMANDS["rule"]], ["run", COMMANDS["run"]]]


@pytest.mark.slow
def test_zsh_takes_the_script_and_is_answered(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "_ftprep", ftprep("completion", "zsh").out)
    code = (
        "autoload -Uz compinit; compinit -u -D; source ./_ftprep; print ${_comps[ftprep]}; "
        "_describe() { print -l ${(P)3}; }; compadd() { :; }; "
        "words=(ftprep ru); CURRENT=2; _ftprep_completion"
    )
    done = subprocess.run(
        [shell("zsh"), "-f", "-c", code], cwd=tmp_path, env=environment(tmp_path), capture_output=True, check=True,
        encoding="utf-8",
    )  # fmt: skip
    assert done.stdout.splitlines()[0] == "_ftprep_completion"
    assert [line.partition(":")[0] for line in done.stdout.splitlines()[1:]] == ["rule", "run"]
