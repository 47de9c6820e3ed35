"""`ftprep completion`: what a shell has to run to complete ftprep's commands, options and names."""

from __future__ import annotations

import click

from .completing import of_words
from .frame import replying
from .saying import Reply

PROGRAM, VARIABLE = "ftprep", "_FTPREP_COMPLETE"
SHELLS = ("bash", "fish", "zsh")
_HOW = """\b
To install it:
  bash:  ftprep completion bash > ~/.ftprep.bash
         and in ~/.bashrc: . ~/.ftprep.bash
  zsh:   ftprep completion zsh > ~/.zfunc/_ftprep
         and in ~/.zshrc: fpath+=~/.zfunc; autoload -Uz compinit; compinit
  fish:  ftprep completion fish > ~/.config/fish/completions/ftprep.fish
Make the folder first where it is not there, and open a new shell then."""
_PUT = " " * 12 + "COMPREPLY+=($value)\n"
_CHANGES = {
    "bash": (_PUT, f"{_PUT}{' ' * 12}[[ $value == *= ]] && compopt -o nospace\n"),
    "fish": ('(string split "," $completion)', '(string split --max 1 "," $completion)'),
}
"""To click's scripts: after `--set seed=` a value follows, not a space, and descriptions may have commas."""


@replying(name="completion", epilog=_HOW)
@click.argument("shell", metavar="SHELL", shell_complete=of_words(SHELLS))
def command(shell: str) -> Reply:
    """Print the script that makes SHELL complete ftprep: bash, zsh or fish.

    It completes commands, options, files, and names: of bundled recipes, of plugins, of problem codes.
    """
    script = script_for(shell)
    return Reply({"shell": shell, "script": script}, script)


def script_for(shell: str) -> str:
    """The script. Raises RecipeError for a shell that there is none for."""
    from click.shell_completion import ShellComplete, get_completion_class

    from ..errors import RecipeError, did_you_mean
    from .commands import cli

    made = get_completion_class(shell) if shell in SHELLS else None
    if made is None:
        hint = did_you_mean(shell, SHELLS, otherwise="there is one for")
        raise RecipeError(f"there is no completion for '{shell}'", hint=hint)
    script = ShellComplete.source(made(cli, {}, PROGRAM, VARIABLE))  # bash's own asks bash for its version
    return script.replace(*_CHANGES.get(shell, ("", "")))
