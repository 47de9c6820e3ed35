"""`ftprep sample`: a model's answers to single questions, or to rows of a run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .frame import Count, installed, plugin_option, replying
from .progress import Progress
from .prompt import field_option, given_fields, given_messages, message_option
from .reach import asking_options, counting, given_params, output_option, reach
from .saying import Reply
from .service import service_options
from .table import table

if TYPE_CHECKING:
    from ..remote.sampling import Sample

_STDIN = "stdin"
_SHORT, _ASKED = 40, 50
"""Characters of an answer that fits into a table, and of a question that is shown in one."""


@replying(name="sample")
@click.argument("model")
@click.argument("run_dir", type=click.Path(path_type=Path))
@output_option
@field_option
@message_option
@click.option("--rows", metavar="N", type=Count(), help="Ask the first N rows that the run held out.")
@asking_options
@service_options
@plugin_option
def command(
    model: str,
    run_dir: Path,
    output: str | None,
    fields: tuple[str, ...],
    messages: tuple[str, ...],
    rows: int | None,
    params: tuple[str, ...],
    concurrency: int,
    fresh: bool,
    via: str | None,
    options: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Ask MODEL just as the training data in RUN_DIR was made, and print what it answers.

    What is asked is given with --field or --message, or is taken from the run with --rows. Without any of these it is
    read from stdin, a JSON object a line: {"text": "…"} for a column, or {"messages": […]}. RUN_DIR is the folder that
    'ftprep run' wrote, or that of one of its outputs. What was answered before is not asked again.
    """
    from ..remote.heldout import Trained
    from ..remote.sampling import Asking, first_split, questions, sampled

    asking = Asking(params=given_params(params), concurrency=concurrency, fresh=fresh)
    inputs = _inputs(fields, messages, rows)
    way = reach(installed(plugin_files), via, options)
    trained = Trained(run_dir, output, registry=way.registry)
    asked = questions(trained, inputs, rows, "" if fields or messages else _STDIN)
    with Progress() as progress:
        made = sampled(model, trained, asked, way, asking, counting(progress, len(asked)))
    return _reply(model, made, seen=rows is not None and first_split(trained) == "train")


def _reply(model: str, made: Sequence[Sample], *, seen: bool) -> Reply:
    from ..remote.sampling import unanswered

    failed = unanswered(made)
    return Reply(
        {"model": model, "samples": [one.as_json() for one in made]},
        "\n".join(_lines(made)),
        failed,
        exit_code=3 if failed else 0,
        aside="the run held nothing out, so the model was trained on these rows" if seen else "",
    )


def _inputs(fields: Sequence[str], messages: Sequence[str], rows: int | None) -> list[Mapping[str, Any]] | None:
    """What is asked: one thing that the options give, or the lines of stdin; None: rows. Raises UsageError."""
    if rows is not None:
        if fields or messages:
            raise click.UsageError("--rows: the rows say what is asked; leave --field and --message out")
        return None
    if fields or messages:
        told = [{"role": message.role, "content": message.content} for message in given_messages(messages)]
        return [{**given_fields(fields), **({"messages": told} if told else {})}]
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError("there is nothing to ask; give --field, --message or --rows, or JSON lines on stdin")
    made = [_line(line, n) for n, line in enumerate(sys.stdin.buffer, 1) if line.strip()]
    if not made:
        raise click.UsageError("stdin is empty; give --field, --message or --rows, or JSON lines on stdin")
    return made


def _line(text: bytes, number: int) -> Mapping[str, Any]:
    from ..errors import DataError

    hint = 'give an object a line: {"text": "…"} for a column, or {"messages": […]}'
    try:
        found = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DataError("is no JSON in UTF-8", hint=hint, file=_STDIN, line=number) from error
    if not isinstance(found, dict):
        raise DataError("is no JSON object", hint=hint, file=_STDIN, line=number)
    return found


def _lines(samples: Sequence[Sample]) -> Iterator[str]:
    """The answers for people: one alone as it is; short ones in a table; others below what was asked."""
    if len(samples) == 1 and samples[0].asked.wanted is None:
        yield samples[0].answer or ""
        if samples[0].probabilities:
            yield _chances(samples[0])
        return
    if all(_is_short(text) for one in samples for text in (one.answer, one.asked.wanted)):
        yield from table([_cells(one) for one in samples])
    else:
        for one in samples:
            yield from _block(one)
    known = [one.right for one in samples if one.right is not None]
    if known:
        yield f"{sum(known):,} of {len(known):,} are as wanted"


def _is_short(text: str | None) -> bool:
    return text is None or (len(text) <= _SHORT and "\n" not in text)


def _cells(one: Sample) -> list[str]:
    from ..remote.heldout import asked_text

    asked = " ".join(asked_text(one.asked.prompt).split())
    asked = asked if len(asked) <= _ASKED else f"{asked[: _ASKED - 1]}…"
    return [one.asked.place, asked, _said(one), _verdict(one)]


def _block(one: Sample) -> Iterator[str]:
    from ..remote.heldout import asked_text

    yield f"{one.asked.place}  {_verdict(one)}".rstrip()
    told = {"asked": asked_text(one.asked.prompt), "answer": _said(one)}
    if one.right is False:
        told["wanted"] = str(one.asked.wanted)
    for name, text in told.items():
        first, *rest = text.split("\n")
        yield f"  {name + ':':<8}{first}".rstrip()
        yield from (f"{'':10}{line}".rstrip() for line in rest)


def _said(one: Sample) -> str:
    if one.answer is None:
        return "(no answer)"
    chance = next(iter(one.probabilities.values()), None)
    return one.answer if chance is None else f"{one.answer} ({chance:.2f})"


def _verdict(one: Sample) -> str:
    if one.right is None or one.asked.wanted is None:
        return ""
    return "right" if one.right else f"wrong, wanted {one.asked.wanted}" if _is_short(one.asked.wanted) else "wrong"


def _chances(one: Sample) -> str:
    return ", ".join(f"{name} {chance:.3f}" for name, chance in one.probabilities.items())
