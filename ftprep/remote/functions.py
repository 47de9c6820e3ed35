"""`ftprep.upload`: from Python, without a question asked."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import FindingsError
from ..registry import Registry
from ..steps import Session
from .ledger import Ledger, ledger_of
from .link import linked
from .plan import Wish, plan_upload, service_of
from .send import Sent, send
from .training import training_set


def upload(
    target: Path | str,
    *,
    validation: Path | str | None = None,
    model: str | None = None,
    output: str | None = None,
    via: str | None = None,
    options: Mapping[str, Any] | None = None,
    max_cost: float | None = None,
    allow: Sequence[str] = (),
    files_only: bool = False,
    again: bool = False,
    registry: Registry | None = None,
    session: Session | None = None,
    ledger: Ledger | None = None,
) -> Sent:
    """Sends the training files of a run folder (or a training file, or the id of one that is there) and starts the
    job; returns both. What is there already is not sent again, and a job of just this kind is not started again,
    unless `again`.

    `via` and `options` name the uploader; the default is the recipe's `upload:`, or the service of the model.
    `max_cost` (USD) and error-level findings stop it before anything is sent; `allow` names codes that do not.
    `ledger` is the user's own, unless another one is given.

    Raises FindingsError for what stands against it, RemoteError where the service refuses or does not answer.
    """
    registry, session = registry or Registry.installed(), session or Session()
    wish = Wish(
        model=model, via=via, options=options or {}, max_cost=max_cost, allow=tuple(allow), files_only=files_only
    )
    training = training_set(target, validation=validation, output=output)
    service = service_of(training, wish, registry)
    with ledger_of(session, ledger) as known, linked(service, registry, session) as link:
        today = datetime.datetime.fromtimestamp(session.now(), datetime.UTC).date()
        plan = plan_upload(training, service, wish, registry=registry, ledger=known, link=link, today=today)
        if plan.blocked:
            raise FindingsError(*(problem for problem in plan.problems if problem.level == "error"))
        return send(plan, link, known, again=again)
