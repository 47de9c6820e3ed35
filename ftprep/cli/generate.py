"""`ftprep generate`: asking a model for the columns that it writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .asking import agreed, can_ask
from .frame import Count, installed, plugin_option, recipe_argument, replying, set_option, wants_json
from .progress import Progress
from .saying import Reply, visible
from .service import given, link_to, service_options, yes_option

if TYPE_CHECKING:
    from ..generating import Total
    from ..registry import Registry
    from ..remote.link import Link
    from ..remote.prompts import Batch


@replying(name="generate")
@recipe_argument
@set_option
@click.option(
    "--limit", metavar="N", type=Count(), help="Only for the first N rows, or conversations, as 'ftprep run'."
)
@click.option("--max-cost", metavar="USD", type=click.FloatRange(0), help="Stop where asking would cost more.")
@click.option("--fresh", is_flag=True, help="Ask again what was answered before, but does not stand in the file.")
@click.option("--dry-run", is_flag=True, help="Say what would be asked, and ask nothing.")
@yes_option
@service_options
@plugin_option
def command(
    recipe: Path,
    sets: tuple[str, ...],
    limit: int | None,
    max_cost: float | None,
    fresh: bool,
    dry_run: bool,
    yes: bool,
    via: str | None,
    options: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Ask a model what RECIPE puts into its examples, after the plan was shown and agreed to.

    RECIPE is a YAML file with a step such as generate. Only prompts without an answer in the step's file are asked;
    what is answered is kept at once, so that the same command goes on where it was interrupted. 'ftprep run' then reads
    the file, and asks nobody.
    """
    from .. import api
    from ..generating import Total
    from ..remote.prompts import next_batch

    registry = installed(plugin_files)
    plan, _ = api.make_plan(recipe, set=sets, limit=limit, registry=registry)
    asker, whole = _Asker(registry, options, max_cost, fresh=fresh), Total()
    while (batch := next_batch(plan, limit=limit, via=via, options=given(options))) is not None:
        asker.check(batch, whole)
        if dry_run:
            return Reply(_as_json(batch), "\n".join(_planned(batch)))
        if not asker.agreed(batch, yes=yes):
            return Reply(_result(whole), aside="nothing was asked")
        asker.ask(batch, whole)
        if reply := _ended(whole, max_cost):
            return reply
    return Reply(_result(whole), "\n".join(_told(whole)) or "every prompt has an answer")


class _Asker:
    """What shows, asks and fills, batch by batch."""

    def __init__(self, registry: Registry, options: Sequence[str], max_cost: float | None, *, fresh: bool):
        self.registry, self.options, self.max_cost, self.fresh = registry, options, max_cost, fresh

    def check(self, batch: Batch, whole: Total) -> None:
        """Raises FindingsError where it would cost too much."""
        from ..remote.generate import check_cost

        check_cost(batch, whole.rest(self.max_cost))

    def agreed(self, batch: Batch, *, yes: bool) -> bool:
        """Shows the plan; whether it is to be done. Raises RecipeError where nobody can be asked."""
        from ..errors import RecipeError

        if not yes and not can_ask():
            text = (
                f"prompts of '{batch.step}' without an answer: {len(batch.questions):,}, and nobody can be asked here"
            )
            raise RecipeError(text, hint="say --yes to ask them, or --dry-run for the plan")
        if not wants_json():
            print(visible("\n".join(_planned(batch))), file=sys.stderr, flush=True)
        return yes or agreed(f"ask {batch.model}?", default=False)

    def ask(self, batch: Batch, whole: Total) -> None:
        """Asks a batch and keeps what is answered."""
        from ..remote.answers import NAME, Answers
        from ..remote.generate import fill
        from ..remote.state import state_folder

        with (
            link_to(self.registry, batch.service, None, ()) as link,
            Answers(state_folder(os.environ) / NAME) as cache,
            Progress() as progress,
        ):
            _where(link)
            asked = len(batch.questions)
            rest = whole.rest(self.max_cost)
            whole.add(
                batch,
                fill(
                    batch, link, cache=cache, max_cost=rest, fresh=self.fresh,
                    progress=lambda done: progress.counted(done, asked, "prompts answered"),
                ),
            )  # fmt: skip


def _where(link: Link) -> None:
    if not wants_json():
        print(visible(f"asking at {link.remote.address} ({link.account})"), file=sys.stderr, flush=True)


def _planned(batch: Batch) -> Iterator[str]:
    count = len(batch.questions)
    yield f"'{batch.step}' asks {batch.model}, through {batch.service.name}, and keeps answers in {batch.name}"
    yield f"  {_many(count + batch.found, 'prompt')}, {batch.found:,} answered already, {count:,} to be asked"
    if batch.tokens is None:
        yield "  what they cost is not known: nobody here can count the model's tokens"
        return
    usd = f", {_usd(batch.usd)}" if batch.usd is not None else ", at a price that is not known"
    yield f"  {batch.tokens:,} tokens of prompts{usd}"
    if batch.usd_most is not None:
        yield f"  with answers of {batch.longest:,} tokens each, at most {_usd(batch.usd_most)}"
    elif batch.prices is not None:
        yield f"  and {batch.prices[1]:,.2f} USD for a million tokens of answers, whose length is not limited"
    if batch.prices is not None and batch.price_date is not None:
        yield f"  (prices of {batch.price_date})"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("s" if count != 1 else "")


def _usd(amount: float) -> str:
    return f"{amount:,.4f} USD" if amount >= 0.0001 or not amount else "less than 0.0001 USD"


def _ended(whole: Total, max_cost: float | None) -> Reply | None:
    """What is said where not all is answered; None: it goes on."""
    from ..errors import FtprepError

    try:
        whole.refuse(max_cost)
    except FtprepError as error:
        _, last = whole.filled[-1]
        text = f"{_many(len(last.errors), 'prompt')} got no answer; what was answered is kept" if last.errors else ""
        lines = [*_told(whole), *([text] if text else [])]
        return Reply(_result(whole), "\n".join(lines), error.problems, exit_code=error.exit_code)
    return None


def _told(whole: Total) -> Iterator[str]:
    for batch, filled in whole.filled:
        cost = f", for {_usd(filled.usd)}" if filled.usd is not None else ""
        yield f"{batch.name}: {_many(filled.answered, 'answer')} added{cost}"
        if filled.cut:
            yield f"{batch.name}: cut off, being longer than the request allows: {_many(filled.cut, 'answer')}"


def _result(whole: Total) -> dict[str, Any]:
    result = whole.result()
    return {
        "answered": result.answered,
        "cut": result.cut,
        "usd": result.usd,
        "files": [file.as_posix() for file in result.files],
        "failed": sum(len(filled.errors) for _, filled in whole.filled),
        "left": sum(filled.left for _, filled in whole.filled),
    }


def _as_json(batch: Batch) -> dict[str, Any]:
    return {
        "step": batch.step,
        "file": batch.file.as_posix(),
        "model": batch.model,
        "service": batch.service.name,
        "prompts": len(batch.questions) + batch.found,
        "answered": batch.found,
        "tokens": batch.tokens,
        "usd": batch.usd,
        "usd_most": batch.usd_most,
        "price_date": batch.price_date,
    }
