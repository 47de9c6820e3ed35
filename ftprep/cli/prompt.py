"""`ftprep prompt`: what inference must send."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from .frame import installed, plugin_option, replying
from .saying import Reply, json_text

if TYPE_CHECKING:
    from ..errors import Problem
    from ..example import Message


@replying(name="prompt")
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.option("--output", metavar="NAME", help="Which of the run's outputs, where it has several.")
@click.option(
    "-f", "--field", "fields", multiple=True, metavar="NAME=VALUE", help="A column of the input; once for each."
)
@click.option(
    "-m",
    "--message",
    "messages",
    multiple=True,
    metavar="ROLE=TEXT",
    help="A message of the conversation so far, such as user=Hello; in order, the user's last.",
)
@plugin_option
def command(
    run_dir: Path,
    output: str | None,
    fields: tuple[str, ...],
    messages: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Print the arguments that inference must send, made just as the training data in RUN_DIR was.

    RUN_DIR is the folder that 'ftprep run' wrote, or that of one of its outputs.
    """
    from ..contract import Contract
    from ..example import Example
    from ..output import recover

    given = Example(
        fields=dict(_pair(text, "-f", "NAME=VALUE") for text in fields), messages=tuple(map(_message, messages))
    )
    if given.messages and given.messages[-1].role == "assistant":
        raise _usage("-m: the last message is the assistant's; end with the one that is to be answered")
    for folder in (run_dir, run_dir.parent):
        recover(folder)
    asker = Contract.load(_folder(run_dir, output), installed(plugin_files))
    request = asker.ask(given)
    said = _advice() if asker.contract.asks_messages and not messages else []
    return Reply(request, json_text(request, indent=2), said)


def _folder(run_dir: Path, output: str | None) -> Path:
    from ..errors import RecipeError, did_you_mean

    if (run_dir / "contract.json").is_file() and output is None:
        return run_dir
    outputs = sorted(path.parent.name for path in run_dir.glob("*/contract.json"))
    file = run_dir.as_posix()
    if not outputs:
        raise RecipeError(
            "not a run folder" if run_dir.is_dir() else "no such folder",
            hint="name the folder that 'ftprep run' wrote",
            file=file,
        )
    if output is None and len(outputs) > 1:
        raise RecipeError("has several outputs", hint=f"choose one with --output: {', '.join(outputs)}", file=file)
    if output is not None and output not in outputs:
        hint = did_you_mean(output, outputs, otherwise="there are")
        raise RecipeError(f"has no output '{output}'", hint=hint, file=file)
    return run_dir / (output or outputs[0])


def _message(text: str) -> Message:
    from ..errors import did_you_mean
    from ..example import Message, Role

    role, content = _pair(text, "-m", "ROLE=TEXT")
    if role not in get_args(Role):
        raise _usage(f"-m: '{role}' is no role; {did_you_mean(role, get_args(Role), otherwise='roles')}")
    return Message(role=role, content=content)  # type: ignore[arg-type]


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise _usage(f"{option}: '{text}' is not of the form {form}")
    return name, value


def _usage(message: str) -> click.UsageError:
    return click.UsageError(message, click.get_current_context())


def _advice() -> list[Problem]:
    from ..errors import Problem

    text = "no message is given, so the user's is empty here"
    return [Problem(code="FT010", level="advice", message=text, hint="give the conversation so far with -m user=TEXT")]
