"""`ftprep.generate`: the answers that a recipe's steps put into examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from .api import RecipeSource, make_plan
from .errors import FindingsError, Problem
from .registry import Registry
from .remote.answers import NAME, Answers
from .remote.generate import Filled, check_cost, fill
from .remote.link import linked
from .remote.prompts import Batch, next_batch
from .remote.state import state_folder
from .steps import Session


class Generated(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for a recipe."""

    answered: int
    """Answers that were added."""
    cut: int = 0
    """Answers that ended only because they were too long."""
    usd: float | None = None
    """What they cost, where prices are known."""
    files: tuple[Path, ...] = ()
    """The files that hold them."""

    def _repr_html_(self) -> str:
        from .fragments import facts, fragment, head

        usd = f"${self.usd:,.4f}" if self.usd is not None else ""
        told = head(f"{self.answered:,} answers", f"{self.cut:,} cut off" if self.cut else "", usd)
        return fragment(told, facts({"files": [file.as_posix() for file in self.files]}))


def generate(
    recipe: RecipeSource,
    *,
    set: Mapping[str, Any] | Sequence[str] = (),  # noqa: A002  (the command line's word)
    limit: int | None = None,
    max_cost: float | None = None,
    fresh: bool = False,
    via: str | None = None,
    options: Mapping[str, Any] | None = None,
    registry: Registry | None = None,
    session: Session | None = None,
    progress: Callable[[Batch, int], None] | None = None,
) -> Generated:
    """Asks models for what the steps of a recipe lack, and adds it to their files of answers; `run` finds it there.

    `limit` is that of `run`; `max_cost` in USD; `fresh` asks again what was answered before, but not kept in the file;
    `via` and `options` name another service than the recipe does. What was got is kept, whatever ends it.

    Raises FindingsError where it would cost more than `max_cost`, RemoteError where a prompt got no answer.
    """
    session = session or Session()
    plan, _ = make_plan(recipe, set=set, limit=limit, registry=registry)
    whole = Total()
    with ExitStack() as stack:
        cache = stack.enter_context(Answers(state_folder(session.environ) / NAME))
        while (batch := next_batch(plan, limit=limit, via=via, options=options)) is not None:
            check_cost(batch, whole.rest(max_cost))
            told = None if progress is None else lambda done, of=batch: progress(of, done)
            with linked(batch.service, plan.registry, session) as link:
                filled = fill(batch, link, cache=cache, max_cost=whole.rest(max_cost), fresh=fresh, progress=told)
            whole.add(batch, filled)
            whole.refuse(max_cost)
    return whole.result()


class Total:
    """What several batches came to."""

    def __init__(self) -> None:
        self.filled: list[tuple[Batch, Filled]] = []

    def add(self, batch: Batch, filled: Filled) -> None:
        """One more batch."""
        self.filled.append((batch, filled))

    def rest(self, max_cost: float | None) -> float | None:
        """USD that are left to spend."""
        return None if max_cost is None else max(0.0, max_cost - sum(filled.usd or 0.0 for _, filled in self.filled))

    def refuse(self, max_cost: float | None) -> None:
        """Raises what stands against going on: the first error, or the costs."""
        _, last = self.filled[-1]
        if last.errors:
            raise last.errors[0]
        if last.left:
            spent = sum(filled.usd or 0.0 for _, filled in self.filled)
            text = f"{last.left:,} prompts were not asked: the others have cost {spent:,.4f} of {max_cost:,.4f} USD"
            text += " (--max-cost)"
            raise FindingsError(Problem(code="FT641", message=text, hint="allow more, and call it again"))

    def result(self) -> Generated:
        """All of it."""
        known = [filled.usd for _, filled in self.filled if filled.usd is not None]
        return Generated(
            answered=sum(filled.answered for _, filled in self.filled),
            cut=sum(filled.cut for _, filled in self.filled),
            usd=sum(known) if len(known) == len(self.filled) else None,
            files=tuple(dict.fromkeys(batch.file for batch, _ in self.filled)),
        )
