"""`/fine_tuning/jobs`: made, looked at (each look is a step of their life), cancelled, paused and resumed."""

from __future__ import annotations

from contextlib import suppress

from . import models
from .answers import Answer, Json, Refused
from .asked import checked
from .job import ENDED, Job, show
from .life import live
from .requests import Request, page
from .world import STEP, World, fraction


def create(world: World, request: Request) -> Answer:
    """POST /fine_tuning/jobs."""
    asked = checked(world, request)
    method = asked.get("method") or {"type": "supervised"}
    model = models.full_name(asked["model"])
    id_ = world.id("ftjob-")
    keep = world.settings.profile != "compat-minimal"
    job = Job(
        id=id_, model=model, base=world.models[model].base if model in world.models else model,
        training_file=asked["training_file"], validation_file=asked.get("validation_file"),
        seed=asked.get("seed", int(fraction(id_) * 2**31)), created_at=world.now, suffix=asked.get("suffix"),
        method=method, metadata=asked.get("metadata") if keep else None,
        integrations=asked.get("integrations"), hyperparameters=_hyperparameters(asked, method),
    )  # fmt: skip
    world.jobs[id_], world.trained[id_] = job, world.files[job.training_file]
    job.life = live(world, job)
    next(job.life)
    return Answer(show(world, job), made=id_)


def _hyperparameters(asked: Json, method: Json) -> Json:
    given = (method.get(method["type"]) or {}).get("hyperparameters") or asked.get("hyperparameters") or {}
    return {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": "auto"} | given


def find(world: World, request: Request) -> Job:
    """The job that the path names. Raises Refused."""
    id_ = request.parts[0]
    if id_ not in world.jobs:
        message = f"Could not find fine tune: {id_}"
        raise Refused(404, message, code="fine_tune_not_found", param="fine_tune_id")
    return world.jobs[id_]


def step(world: World, job: Job) -> None:
    """Takes the job on by a step; a paused one, or one that has ended, stands still."""
    if job.pausing:
        job.pausing, job.paused = False, True
    elif not job.paused and job.status not in ENDED:
        world.now += STEP
        with suppress(StopIteration):
            next(job.life)


def retrieve(world: World, request: Request) -> Answer:
    """GET /fine_tuning/jobs/{id}; a step."""
    job = find(world, request)
    step(world, job)
    return Answer(show(world, job))


def list_(world: World, request: Request) -> Answer:
    """GET /fine_tuning/jobs, the newest first; `metadata[k]=v` filters, `metadata=null` finds those without any."""
    jobs = list(reversed(world.jobs.values()))
    if world.settings.profile != "compat-minimal":
        wanted = {k[9:-1]: v for k, v in request.query.items() if k.startswith("metadata[")}
        jobs = [job for job in jobs if wanted.items() <= (job.metadata or {}).items()]
        if request.query.get("metadata") == "null":
            jobs = [job for job in jobs if not job.metadata]
    return page(request, jobs, lambda job: show(world, job))


def events(world: World, request: Request) -> Answer:
    """GET .../events, the newest first. The first page is a step; the next ones are of the same moment."""
    job = find(world, request)
    if "after" not in request.query:
        step(world, job)
    return page(request, job.events[::-1], dict)


def checkpoints(world: World, request: Request) -> Answer:
    """GET .../checkpoints, the newest first."""
    answer = page(request, find(world, request).checkpoints[::-1], dict, default=10)
    assert answer.payload is not None
    data = answer.payload["data"]
    answer.payload |= {"first_id": data[0]["id"] if data else None, "last_id": data[-1]["id"] if data else None}
    return answer


def _alive(world: World, request: Request, verb: str) -> Job:
    job = find(world, request)
    if job.status in ENDED:
        message = f"Job has already completed and cannot be {verb}: {job.id} is {job.status}."
        raise Refused(400, message, code="invalid_job_status")
    return job


def cancel(world: World, request: Request) -> Answer:
    """POST .../cancel."""
    job = _alive(world, request, "cancelled")
    job.end(world, "cancelled")
    job.say(world, "The job was cancelled")
    return Answer(show(world, job), made=job.id)


def pause(world: World, request: Request) -> Answer:
    """POST .../pause: it stands still until it is resumed."""
    job = _alive(world, request, "paused")
    if job.status != "running" or job.paused or job.pausing:
        raise Refused(400, f"Job {job.id} is not running, and cannot be paused.", code="invalid_job_status")
    job.pausing = world.wired("unknown-status")
    job.paused = not job.pausing
    job.say(world, "The job was paused")
    return Answer(show(world, job), made=job.id)


def resume(world: World, request: Request) -> Answer:
    """POST .../resume."""
    job = _alive(world, request, "resumed")
    if not (job.paused or job.pausing):
        raise Refused(400, f"Job {job.id} is not paused, and cannot be resumed.", code="invalid_job_status")
    job.paused = job.pausing = False
    job.say(world, "The job was resumed")
    return Answer(show(world, job), made=job.id)
