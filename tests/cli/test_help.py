"""What the command line says about itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from ftprep.cli.commands import COMMANDS, cli

from .conftest import Call

pytestmark = pytest.mark.files

HEAVY = {"pandas", "numpy", "openai", "openpyxl", "rich", "pydantic", "msgspec", "pluggy", "yaml", "tiktoken", "xxhash"}
"""Packages that `ftprep --help` has no need of."""
INTERNALS = r"pydantic|msgspec|pluggy|registry|entry.point|hook|class|struct|click|engine|callable|none\b|null|gather"
"""Words that only those who build ftprep know."""

TOP = """\
Usage: ftprep [OPTIONS] COMMAND [ARGS]...

  Raw data in, fine-tuning data out.

  To begin:
    ftprep recipes copy chatbot
    ftprep run chatbot/recipe.yaml

Options:
  --version   Print the version and leave.
  -h, --help  Show this message and exit.

Commands:
  check           Find all that is wrong with a recipe, or a file of data.
  compare         Ask models the held-out rows, and compare the answers.
  completion      Print what makes a shell complete ftprep's commands.
  convert         Write a training file in another format, and tell what is
                  lost.
  diff            Tell what differs between two runs.
  doctor          Tell what is installed here, and what is wrong with it.
  explain         Tell what a recipe does, or where a written line comes from.
  generate        Ask a model for the columns that it writes.
  init            Look at a file of data and write a recipe for it.
  jobs            List, follow, stop and judge the trainings that were
                  started.
  plugins         List and explain what is installed; check and write plugins.
  preview         Follow some rows through every step; nothing is written.
  prompt          Print what inference must send.
  recipes         List the bundled recipes, and copy one to start from.
  remote          List and delete files and models at a service.
  report          Build the page of a run again, with trainings and
                  comparisons.
  rule            Tell what the code of a problem means, and what to do.
  run             Run a recipe: read, transform, check, split, write.
  sample          Ask a model, just as it was trained to be asked.
  schema          Print the JSON Schema of recipes, for editors.
  testing-server  Serve a stand-in for a service on this machine.
  upload          Send training files and start a job, after a question.
"""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield (*path, name), found
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))


ALL = [pytest.param(path, command, id=" ".join(path)) for path, command in commands(cli)]
LEAVES = [p for p in ALL if not isinstance(p.values[1], click.Group)]


def test_the_help_at_the_top_is_short_and_says_how_to_begin(ftprep: Call) -> None:
    assert ftprep("--help") == (0, TOP, "")
    assert ftprep("-h") == (0, TOP, "")


def test_without_a_command_the_help_goes_to_stderr_and_the_exit_code_is_that_of_wrong_usage(ftprep: Call) -> None:
    assert ftprep() == (2, "", TOP)


def test_a_group_without_a_command_shows_its_help(ftprep: Call) -> None:
    told = ftprep("plugins")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("Usage: ftprep plugins [OPTIONS] COMMAND [ARGS]...\n\n  List and explain")


def test_the_table_of_commands_is_that_of_their_modules() -> None:
    found = {path[0] for path, _ in commands(cli)}
    assert found == set(COMMANDS)


@pytest.mark.parametrize(("path", "command"), ALL)
def test_every_command_and_option_says_what_it_does(path: tuple[str, ...], command: click.Command) -> None:
    texts = [command.help, *(param.help for param in command.params if isinstance(param, click.Option))]
    assert all(text and text.rstrip(".") and text[0].isupper() and text.rstrip().endswith(".") for text in texts)
    assert command.get_short_help_str(70).endswith(".")
    assert "..." not in command.get_short_help_str(70)


@pytest.mark.parametrize(("path", "command"), LEAVES)
def test_every_argument_is_named_in_the_help(path: tuple[str, ...], command: click.Command) -> None:
    context = click.Context(command)
    for param in command.params:
        if isinstance(param, click.Argument):
            assert param.make_metavar(context).rstrip(".").strip("[]") in str(command.help)


@pytest.mark.parametrize(("path", "command"), ALL)
def test_no_help_speaks_of_internals(path: tuple[str, ...], command: click.Command, ftprep: Call) -> None:
    told = ftprep(*path, "--help")
    assert (told.code, told.err) == (0, "")
    allowed = {"gather"} if path == ("plugins", "new") else set()  # its readers build plugins
    assert {word.lower() for word in re.findall(INTERNALS, told.out, re.IGNORECASE)} <= allowed
    assert max(map(len, told.out.splitlines())) <= 80


@pytest.mark.parametrize(("path", "command"), LEAVES)
def test_every_command_has_json(path: tuple[str, ...], command: click.Command, ftprep: Call) -> None:
    assert "--json" in {name for param in command.params for name in param.opts}
    told = ftprep(*path, "--json", "--no-such-option")
    assert told.code == 2
    assert told.document["problems"][0]["message"] == f"ftprep {' '.join(path)}: no option '--no-such-option'"


def test_the_version_is_printed(ftprep: Call) -> None:
    assert ftprep("--version") == (0, "ftprep 0.1.0\n", "")


def test_python_m_ftprep_is_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "ftprep", "--version"], capture_output=True, check=False)
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [b"ftprep", b"0.1.0"], b"")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["plugins", "list", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import json, sys\nfrom ftprep.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=True)
    assert sorted(HEAVY & set(json.loads(done.stderr))) == []
