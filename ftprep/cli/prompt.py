"""`ftprep prompt`: what inference must send."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from .frame import installed, plugin_option, replying
from .saying import Reply, json_text

if TYPE_CHECKING:
    from ..errors import Problem
    from ..example import Message

field_option = click.option(
    "-f", "--field", "fields", multiple=True, metavar="NAME=VALUE", help="A column of the input; once for each."
)
message_option = click.option(
    "-m",
    "--message",
    "messages",
    multiple=True,
    metavar="ROLE=TEXT",
    help="A message of the conversation so far, such as user=Hello; in order, the user's last.",
)


@replying(name="prompt")
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.option("--output", metavar="NAME", help="Which of the run's outputs, where it has several.")
@field_option
@message_option
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
    from ..remote.heldout import output_folder

    given = Example(fields=given_fields(fields), messages=given_messages(messages))
    asker = Contract.load(output_folder(run_dir, output), installed(plugin_files))
    request = asker.ask(given)
    said = _advice() if asker.contract.asks_messages and not messages else []
    return Reply(request, json_text(request, indent=2), said)


def given_fields(texts: Sequence[str]) -> dict[str, str]:
    """What `-f` says. Raises UsageError."""
    return dict(_pair(text, "-f", "NAME=VALUE") for text in texts)


def given_messages(texts: Sequence[str]) -> tuple[Message, ...]:
    """What `-m` says. Raises UsageError."""
    messages = tuple(map(_message, texts))
    if messages and messages[-1].role == "assistant":
        raise _usage("-m: the last message is the assistant's; end with the one that is to be answered")
    return messages


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
