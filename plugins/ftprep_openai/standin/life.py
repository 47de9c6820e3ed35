"""What happens to a job, a step at each poll: the files are checked, it waits, it trains by epochs, it ends."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from . import files, models
from .answers import Json
from .curves import Training, result_csv
from .examine import Examined
from .job import Job
from .world import STEP, World, letters

LEAST = 10
"""Examples that a training file must have."""
KINDS = {"chat": "supervised", "completion": "supervised", "preference": "dpo", "reinforcement": "reinforcement"}
"""Kind of row -> the method that it is for."""
FORMATS = {
    "chat": "fine-tune-chat", "completion": "fine-tune-completion", "preference": "fine-tune-preference",
    "reinforcement": "fine-tune-reinforcement",
}  # fmt: skip


def live(world: World, job: Job) -> Iterator[None]:
    """The life of a job; each `next` is a step."""
    job.say(world, f"Created fine-tuning job: {job.id}")
    job.say(world, _validating(job))
    yield
    if error := _verdict(world, job):
        job.error = error
        job.say(world, error["message"], level="error")
        job.end(world, "failed")
        return
    job.status = "queued"
    job.say(world, "Files validated, moving job to queued state")
    yield
    training = _begin(world, job)
    yield
    for epoch in range(training.epochs):
        _train(world, job, training, epoch)
        yield
    _finish(world, job, training)


def _validating(job: Job) -> str:
    both = f" and validation file: {job.validation_file}" if job.validation_file else ""
    return f"Validating training file: {job.training_file}{both}"


def _verdict(world: World, job: Job) -> Json | None:
    for param, id_ in (("training_file", job.training_file), ("validation_file", job.validation_file)):
        if id_ is None:
            continue
        file = world.files.get(id_)
        if file is None or file.examined is None:
            return _invalid(param, f"File {id_} was deleted.")
        if param == "training_file" and file.examined.examples < LEAST:
            message = f"Training file has {file.examined.examples} example(s), but must have at least {LEAST} examples"
            return {"code": "invalid_n_examples", "message": message, "param": param}
        if fault := _fault(job, id_, file.examined) or _other_model(world, job, id_, file.examined):
            return _invalid(param, fault)
    return None


def _invalid(param: str, fault: str) -> Json:
    message = f"The job failed due to an invalid {param.replace('_', ' ')}. {fault}"
    return {"code": f"invalid_{param}", "message": message, "param": param}


def _fault(job: Job, id_: str, found: Examined) -> str:
    if found.fault:
        return f"Invalid file format. {found.fault}" if found.fault.startswith("Example") else found.fault
    meant = KINDS[found.kind]
    if meant != job.kind:
        return (
            f"Invalid file format. Input file {id_} is in the {FORMATS[found.kind]} format, but the specified "
            f"fine-tuning job is not using '{meant}' as the training method (provided method={job.kind})."
        )
    if found.categories:
        return (
            "This training file was blocked because too many examples were flagged by our moderation API for "
            "containing content that violates OpenAI's usage policies in the following categories: "
            f"{', '.join(sorted(found.categories))}. Use the free OpenAI Moderation API to identify these examples and "
            "remove them from your training data. See https://platform.openai.com/docs/guides/moderation for more "
            "information."
        )
    if found.unsafe:
        lines = ", ".join(map(str, found.unsafe[:5])) + (" ..." if len(found.unsafe) > 5 else "")
        return (
            "This file failed moderation safety checks. The OpenAI Moderation API identifies fine tuning examples that "
            "violate our content policies. To fine tune on this data, please try removing the flagged lines and "
            f"uploading the file again. Flagged lines: {lines}"
        )
    return ""


def _other_model(world: World, job: Job, id_: str, found: Examined) -> str:
    """A chat model that is given pairs, or the other way round; a compatible server takes both."""
    pairs, completes = found.kind == "completion", job.base in models.COMPLETION_ONLY
    if pairs == completes or world.settings.profile == "compat-minimal":
        return ""
    name = "prompt-completion" if pairs else FORMATS[found.kind]
    wants = (
        "chat model and requires chat-formatted data"
        if pairs
        else "completion model and requires prompt-completion pairs"
    )
    what = f"Input file {id_} is in the {name} format, but the specified model {job.model} is a {wants}."
    return f"Invalid file format. {what}"


def _begin(world: World, job: Job) -> Training:
    """What `auto` comes to: three epochs, and more of a small file or fewer of a large one (OpenAI's cookbook)."""
    found = world.trained[job.id].examined or Examined(examples=LEAST, tokens=LEAST)
    given, n = job.hyperparameters, found.examples
    auto = min(25, 100 // n) if n * 3 < 100 else max(1, 25_000 // n) if n * 3 > 25_000 else 3
    chosen = {"n_epochs": auto, "batch_size": max(1, min(256, n // 500)), "learning_rate_multiplier": 2.0}
    job.hyperparameters = {**given, **{k: v for k, v in chosen.items() if given.get(k, "auto") == "auto"}}
    job.status = "running"
    job.say(world, "Fine-tuning job started")
    batch, epochs = job.hyperparameters["batch_size"], job.hyperparameters["n_epochs"]
    job.estimated_finish = world.now + STEP * (epochs + 1)
    return Training(
        seed=f"{job.training_file} {job.seed}", steps_per_epoch=-(-n // batch), epochs=epochs, batch_size=batch,
        tokens=found.tokens, validated=job.validation_file is not None,
    )  # fmt: skip


def _train(world: World, job: Job, training: Training, epoch: int) -> None:
    metrics: Json = {}
    for step in training.told(epoch):
        metrics = training.at(step)
        job.say(world, training.message(metrics), {**metrics, "total_steps": training.total})
    step = metrics["step"]
    job.say(world, f"Checkpoint created at step {step}")
    name = f"{_model_name(world, job)}:ckpt-step-{step}"
    job.checkpoints.append({
        "object": "fine_tuning.job.checkpoint", "id": world.id("ftckpt_"), "created_at": world.now,
        "fine_tuned_model_checkpoint": name, "fine_tuning_job_id": job.id, "metrics": metrics, "step_number": step,
    })  # fmt: skip
    del job.checkpoints[:-3]


def _model_name(world: World, job: Job) -> str:
    return models.tuned_name(world, job.base, job.suffix or "", letters(f"model of {job.id}", 8))


def _finish(world: World, job: Job, training: Training) -> None:
    name = _model_name(world, job)
    _register(world, job, name)
    for checkpoint in job.checkpoints:
        _register(world, job, checkpoint["fine_tuned_model_checkpoint"], checkpoint=True)
    if world.wired("unknown-event-type"):
        job.say(world, "Moderation checks for snapshot passed.", {"blocked": False}, kind="moderation_checks")
    job.say(world, "New fine-tuned model created")
    job.fine_tuned_model, job.trained_tokens = name, training.tokens * training.epochs
    job.result_files = [_result_file(world, training)]
    job.end(world, "succeeded")
    job.say(world, "The job has successfully completed")


def _register(world: World, job: Job, name: str, *, checkpoint: bool = False) -> None:
    training = world.trained[job.id]
    loading = world.settings.loading
    world.models[name] = models.TunedModel(name, job.base, world.now, training, loading, checkpoint)
    if world.settings.profile == "azure" and not checkpoint:
        world.deployments.setdefault(job.suffix or job.id, name)


def _result_file(world: World, training: Training) -> str:
    content = result_csv(training, world.settings.results)
    path = world.folder / "results"
    path.write_bytes(base64.b64encode(content) if world.wired("base64-results") else content)
    return files.add(world, path, "step_metrics.csv", "fine-tune-results").id
