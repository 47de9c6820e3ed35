"""What an upload would do, before anything is sent: where to, which files, what it costs, what stands against it."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from .. import recipe as recipes
from ..errors import Problem, RecipeError, RemoteError
from ..planning.items import Builder
from ..registry import Registry
from ..steps import ModelFacts, Session, Uploader
from ..tokens import find_model
from ..watching import Watch
from .ledger import JobEntry, Ledger, Service
from .link import Link, made, service_for
from .looked import Cost, Looked, cost_of, look_into
from .training import TrainingSet


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said beside the files."""

    model: str | None = None
    via: str | None = None
    """The uploader, by name."""
    options: Mapping[str, Any] = {}
    """Options of the uploader, laid over those of the recipe."""
    max_cost: float | None = None
    """USD that the training may cost."""
    allow: tuple[str, ...] = ()
    """Codes, or beginnings of codes, of findings that do not stand against it."""
    files_only: bool = False


class UploadPlan(msgspec.Struct, frozen=True, kw_only=True):
    """All that people should see before they say yes."""

    service: Service
    training: TrainingSet
    format: str
    trains: bool
    """A job is to be started; False: only files are sent."""
    model: str | None
    settings: Mapping[str, Any]
    """What the uploader's options say of the training."""
    looked: Mapping[str, Looked]
    """Split -> what was found in its file."""
    there: Mapping[str, str]
    """Split -> the id of a file that the ledger knows to be there."""
    job: JobEntry | None
    """A job of just this kind that the ledger knows."""
    cost: Cost
    problems: tuple[Problem, ...]

    @property
    def blocked(self) -> bool:
        """Whether something stands against it."""
        return any(problem.level == "error" for problem in self.problems)


def service_of(training: TrainingSet, wish: Wish, registry: Registry) -> Service:
    """Where the files go: what is named, the recipe's `upload:`, or the service of the model; with the options of the
    recipe, where it has some for it. Raises RecipeError."""
    said = [service for service in _in_recipe(training, registry) if wish.via in (None, *_names(service))]
    if len(said) > 1:
        names = ", ".join(_names(service)[1] for service in said)
        raise RecipeError("the recipe's 'upload:' names several services", hint=f"choose one with --via: {names}")
    if said:
        return Service(said[0].name, {**said[0].options, **wish.options})
    return service_for(registry, named=wish.via, model=wish.model or training.model, options=wish.options)


def _in_recipe(training: TrainingSet, registry: Registry) -> list[Service]:
    """The services of the recipe's `upload:`. Raises RecipeError where an option is wrong."""
    if training.recipe is None or not training.recipe.get("upload"):
        return []
    recipe = recipes.load(training.recipe)
    builder = Builder(recipe, registry)
    steps = builder.steps(recipe.upload, "uploader")
    if builder.problems:
        raise RecipeError(*builder.problems)
    return [Service(f"{step.origin.plugin}/{step.origin.name}", step.options) for step in steps]


def _names(service: Service) -> tuple[str, str]:
    """What it may be called."""
    return service.name, service.name.rpartition("/")[2]


def plan_upload(
    training: TrainingSet,
    service: Service,
    wish: Wish,
    *,
    registry: Registry,
    ledger: Ledger,
    link: Link | None,
    today: datetime.date,
    progress: Watch | None = None,
) -> UploadPlan:
    """The plan; it asks the service nothing. `link` is None where no connection can be made."""
    origin, uploader = made(service, registry)
    model = wish.model or training.model
    facts = find_model(model, registry.models()) if model else None
    looked = _looked(training, uploader, model, wish, registry, progress)
    settings = dict(uploader.job())
    plan = UploadPlan(
        service=service,
        training=training,
        format=training.format or looked["train"].format or "",
        trains=not wish.files_only and (link is None or link.can("start")),
        model=model,
        settings=settings,
        looked=looked,
        there=_there(training, ledger, link),
        job=None,
        cost=cost_of(looked["train"].figures, settings.get("epochs"), facts),
        problems=(*training.problems, *(problem for look in looked.values() for problem in look.problems)),
    )
    against = [*_about_format(plan, uploader, origin.name, facts)]
    if plan.trains:
        against += [*_about_model(plan, facts, uploader, registry, today), *_about_cost(plan.cost.usd, wish.max_cost)]
    return msgspec.structs.replace(plan, job=_job(plan, ledger, link), problems=(*plan.problems, *against))


def _looked(
    training: TrainingSet,
    uploader: Uploader,
    model: str | None,
    wish: Wish,
    registry: Registry,
    progress: Watch | None,
) -> dict[str, Looked]:
    """Split -> what is found in its file; tokens are counted where the model is known."""
    writers = [item for item in registry.all("writer") if not uploader.formats or item.name in uploader.formats]
    facts = find_model(model, registry.models()) if model else None
    counted = model if facts is not None and facts.tokenizer is not None else None
    look = partial(look_into, model=counted, allow=wish.allow, registry=registry, writers=writers, progress=progress)
    return {str(file.split): look(file) for file in training.files}


def _there(training: TrainingSet, ledger: Ledger, link: Link | None) -> dict[str, str]:
    """The ids of files that the ledger knows to be there."""
    if link is None:
        return {}
    entries = {file.split: ledger.file(link.account, file.sha256) for file in training.files if file.sha256}
    return {split: entry.id for split, entry in entries.items() if entry is not None and entry.id is not None}


def _job(plan: UploadPlan, ledger: Ledger, link: Link | None) -> JobEntry | None:
    """A job of just this kind that the ledger knows, and that has not failed."""
    if link is None or not plan.trains:
        return None
    known = ledger.jobs(link.account, fingerprint_of(plan))
    return next((job for job in known if job.id is not None and job.status not in ("failed", "cancelled")), None)


def fingerprint_of(plan: UploadPlan) -> str:
    """Two jobs are the same where model, files, format and settings are."""
    files = {file.split: file.sha256 or file.id for file in plan.training.files}
    said = [plan.model, plan.format, files, plan.settings, plan.service.name]
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def _about_model(
    plan: UploadPlan, facts: ModelFacts | None, uploader: Uploader, registry: Registry, today: datetime.date
) -> Iterator[Problem]:
    if plan.model is None:
        yield Problem(code="FT614", message="no model is named", hint="name the one to be tuned with --model")
    elif facts is not None and facts.tunable_until is not None and facts.tunable_until < today.isoformat():
        text = f"'{plan.model}' can no longer be tuned since {facts.tunable_until}, as far as is known here"
        yield Problem(code="FT614", message=text, hint=others(uploader, registry), level="warning")


def others(uploader: Uploader, registry: Registry) -> str:
    """What to do where a service no longer trains: the formats that are left."""
    names = [item.name for item in registry.all("writer") if item.name not in uploader.formats]
    return f"the data can be trained elsewhere: 'ftprep convert FILE --to {'|'.join(names)}'"


def _about_format(plan: UploadPlan, uploader: Uploader, service: str, facts: ModelFacts | None) -> Iterator[Problem]:
    if plan.format and uploader.formats and plan.format not in uploader.formats:
        text = f"'{service}' takes no files of '{plan.format}'"
        hint = f"write {' or '.join(uploader.formats)}, or 'ftprep convert' them"
        yield Problem(code="FT615", message=text, hint=hint)
    elif plan.format and plan.trains:
        if facts is not None and facts.formats and plan.format not in facts.formats:
            text = f"'{plan.model}' cannot be tuned with files of '{plan.format}'"
            hint = f"send files of {' or '.join(facts.formats)}, or name another model"
            yield Problem(code="FT615", message=text, hint=hint)
        yield from uploader.suits(plan.format)


def _about_cost(usd: float | None, most: float | None) -> Iterator[Problem]:
    if most is None:
        return
    if usd is None:
        text = "what the training costs is not known, so it cannot be held under --max-cost"
        yield Problem(code="FT613", message=text, hint="leave --max-cost out, or take a model whose prices are known")
    elif usd > most:
        text = f"the training would cost about {usd:,.2f} USD, more than {most:,.2f} (--max-cost)"
        yield Problem(code="FT613", message=text, hint="train on less, with fewer epochs, or allow more")


def connected(service: Service, registry: Registry, session: Session) -> tuple[Link | None, Sequence[Problem]]:
    """A connection, or None with what is missing for one: a plan can be made without."""
    origin, uploader = made(service, registry)
    try:
        link = Link(origin, uploader, session)
    except RemoteError as error:
        return None, error.problems
    return link, tuple(link.remote.warnings())
