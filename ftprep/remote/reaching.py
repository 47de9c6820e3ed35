"""Which service has a model: the one that trained it, or that of the run it is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from ..errors import DataError, Problem
from ..registry import Registry
from ..steps import Session
from .answers import NAME, Answers
from .ledger import Ledger, Service, ledger_of
from .link import Link, linked, service_for
from .plan import Wish, service_of
from .state import state_folder
from .training import TrainingSet, run_of


class Reach:
    """How to find services, and what is needed to ask them; what is not given is the user's own."""

    def __init__(
        self,
        *,
        registry: Registry | None = None,
        session: Session | None = None,
        ledger: Ledger | None = None,
        via: str | None = None,
        options: Mapping[str, Any] | None = None,
        warn: Callable[[Problem], None] = lambda problem: None,
    ):
        """`via` and `options` name a service in place of the one that is found. `warn` is told what is to be said
        before a secret is sent."""
        self.registry = registry if registry is not None else Registry.installed()
        self.session = session if session is not None else Session()
        self.via, self.options, self._ledger, self._warn = via, dict(options or {}), ledger, warn

    @contextmanager
    def links(self, models: Sequence[str], run: Path) -> Iterator[dict[str, Link]]:
        """A connection for each model; those of one service share it. Raises RecipeError where none is known, and
        RemoteError where the service has no way to ask a model."""
        with ExitStack() as stack:
            ledger = stack.enter_context(ledger_of(self.session, self._ledger))
            made: dict[bytes, Link] = {}
            found: dict[str, Link] = {}
            for model in models:
                service = self.service(model, run, ledger)
                key = msgspec.json.encode(service, order="deterministic")
                if key not in made:
                    made[key] = stack.enter_context(self._link(service))
                found[model] = made[key]
            yield found

    @contextmanager
    def _link(self, service: Service) -> Iterator[Link]:
        with linked(service, self.registry, self.session) as link:
            link.needs("ask", "ask a model")
            for problem in link.remote.warnings():
                self._warn(problem)
            yield link

    @contextmanager
    def answers(self) -> Iterator[Answers]:
        """The cache of answers."""
        with Answers(state_folder(self.session.environ) / NAME, self.session.now) as found:
            yield found

    def service(self, model: str, run: Path, ledger: Ledger) -> Service:
        """The service that is named; that which trained the model; that which the run was sent to, or is to be; or
        the first one that knows the model. Raises RecipeError."""
        if self.via is not None:
            return service_for(self.registry, named=self.via, options=self.options)
        source = run.resolve().as_posix()
        entry = ledger.model(model) or next((job for job in ledger.jobs() if job.source == source), None)
        if entry is not None:
            return Service(entry.service.name, {**entry.service.options, **self.options})
        training = TrainingSet(name="", source=source, files=(), model=model, recipe=_recipe(run))
        return service_of(training, Wish(options=self.options), self.registry)


def _recipe(run: Path) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = run_of(run)[1].get("recipe") or {}
    except DataError:
        return None
    return found
