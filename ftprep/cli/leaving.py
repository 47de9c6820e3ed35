"""From a command line to an exit code: the command is called, and whatever it ends in is said."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from .commands import cli, usage_of
from .saying import Reply, say, tolerate

if TYPE_CHECKING:
    from ..errors import Problem

_COMPLETION = "_FTPREP_COMPLETE"
"""What shells set to ask for completions; click answers them."""


def outcome(arguments: Sequence[str]) -> int:
    """Runs the command line, says what came of it, and returns the exit code."""
    tolerate(sys.stdout, sys.stderr)
    if _COMPLETION in os.environ:
        cli.main(list(arguments), prog_name="ftprep")
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    as_json = "--json" in options or _output(options) == "json"
    return say(_reply(arguments, as_json=as_json), as_json=as_json)


def _output(options: Sequence[str]) -> str | None:
    """What `ftprep check` is told by `--output`: a wrong command line is answered in that form too."""
    if options[:1] != ["check"]:
        return None
    given = [word.removeprefix("--output=") for word in options if word.startswith("--output=")]
    given += [value for name, value in pairwise(options) if name == "--output"]
    return given[-1] if given else None


def _reply(arguments: Sequence[str], *, as_json: bool) -> Reply:
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")  # those of libraries; what users should know is a problem of ours
            with cli.make_context("ftprep", list(arguments)) as context:
                made = cli.invoke(context)
        return made if isinstance(made, Reply) else Reply()
    except click.exceptions.Exit as left:  # --help and --version have spoken
        return Reply(exit_code=left.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        return _no_command(error, as_json=as_json)
    except click.UsageError as error:
        return _wrong("FT001", *usage_of(error, arguments), exit_code=2)
    except (KeyboardInterrupt, click.Abort):
        return _wrong("FT003", "interrupted; nothing half-done is left", exit_code=130)
    except BrokenPipeError:  # whoever read the help has seen enough
        return Reply()
    except Exception as error:
        if os.environ.get("FTPREP_TRACEBACK"):
            import traceback

            traceback.print_exc(file=sys.stderr)
        return failed(error)


def failed(error: Exception) -> Reply:
    """What is said of an error: ours in its own words, the system's with its path; any other is a bug."""
    from ..errors import FtprepError
    from ..planning import broken

    if isinstance(error, FtprepError):
        return Reply(problems=error.problems, exit_code=error.exit_code)
    if isinstance(error, OSError) and error.strerror:
        named = isinstance(error.filename, (str, bytes))
        place = f"{os.fsdecode(error.filename)}: " if named else ""
        hint = "check the path" if named else "make room, or check the disk"
        return _wrong("FT002", f"{place}{error.strerror[:1].lower()}{error.strerror[1:]}", hint, exit_code=2)
    text = " ".join(str(error).split())
    origin = broken.behind(error)
    at = f" at {broken.named(origin)}" if origin is not None else ""
    hint = "set FTPREP_TRACEBACK=1 to see where, and report it"
    return _wrong("FT004", f"internal error{at}: {type(error).__name__}: {text}"[:500].rstrip(": "), hint, exit_code=4)


def _no_command(error: click.UsageError, *, as_json: bool) -> Reply:
    """A group called without a command: people get its help, programs a problem."""
    context = error.ctx
    assert context is not None and isinstance(context.command, click.Group)
    if not as_json:
        return Reply(aside=context.get_help(), exit_code=2)
    hint = f"there are: {', '.join(context.command.list_commands(context))}"
    return _wrong("FT001", f"{context.command_path}: no command is given", hint, exit_code=2)


def _wrong(code: str, message: str, hint: str = "", *, exit_code: int) -> Reply:
    from ..errors import Problem

    problem: Problem = Problem(code=code, message=message, hint=hint)
    return Reply(problems=[problem], exit_code=exit_code)
