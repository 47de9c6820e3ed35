"""What `POST /fine_tuning/jobs` may ask for: every limit that OpenAI documents, as a 400."""

from __future__ import annotations

from typing import Any

from . import fields, files
from .answers import Json, Refused
from .fields import an_object, array, auto, integer, nullable, one_of, text
from .models import known_base
from .requests import Request
from .world import World

METHODS = ("supervised", "dpo", "reinforcement")

_COMMON: dict[str, fields.Check] = {
    "n_epochs": auto(integer(1, 50)),
    "batch_size": auto(integer(1, 256)),
    "learning_rate_multiplier": auto(fields.decimal(0, above=True)),
}
_DPO = {**_COMMON, "beta": auto(fields.decimal(0, 2, above=True))}
_REINFORCEMENT = {
    **_COMMON,
    "reasoning_effort": one_of("default", "low", "medium", "high"),
    "compute_multiplier": auto(fields.decimal(0.00001, 10, above=True)),
    "eval_interval": auto(integer(1)),
    "eval_samples": auto(integer(1)),
}
_SIMILARITIES = (
    "cosine", "fuzzy_match", "bleu", "gleu", "meteor", "rouge_1", "rouge_2", "rouge_3", "rouge_4", "rouge_5", "rouge_l",
)  # fmt: skip


def _grader(path: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise fields.wrong_type(path, "an object", value)
    if "type" not in value:
        raise fields.missing(f"{path}.type")
    one_of(*_GRADERS)(f"{path}.type", value["type"])
    members = _GRADERS[value["type"]]
    optional = ("range", "sampling_params", "image_tag", "pass_threshold")
    an_object({**members, "type": text()}, [name for name in members if name not in optional])(path, value)


def _inner_graders(path: str, value: Any) -> None:
    for name, inner in value.items() if isinstance(value, dict) and "type" not in value else ():
        _grader(f"{path}.{name}", inner)
    if not isinstance(value, dict):
        raise fields.wrong_type(path, "an object", value)
    if "type" in value:
        _grader(path, value)


_NAME = text(1)
_GRADERS: dict[str, dict[str, fields.Check]] = {
    "string_check": {
        "name": _NAME, "input": text(), "reference": text(), "operation": one_of("eq", "ne", "like", "ilike"),
    },
    "text_similarity": {
        "name": _NAME, "input": text(), "reference": text(), "evaluation_metric": one_of(*_SIMILARITIES),
        "pass_threshold": fields.decimal(0),
    },
    "python": {"name": _NAME, "source": text(1), "image_tag": nullable(text())},
    "score_model": {
        "name": _NAME, "model": text(1), "input": array(least=1), "range": array(fields.decimal(-1e9), 2, 2),
        "sampling_params": an_object({}, closed=False), "pass_threshold": fields.decimal(0),
    },
    "label_model": {
        "name": _NAME, "model": text(1), "input": array(least=1), "labels": array(text(), 1),
        "passing_labels": array(text(), 1),
    },
    "multi": {"name": _NAME, "graders": _inner_graders, "calculate_output": text(1)},
}  # fmt: skip

_WANDB = an_object(
    {"project": text(1), "name": nullable(text()), "entity": nullable(text()), "tags": array(text())}, ["project"]
)
_METHOD = an_object(
    {
        "type": one_of(*METHODS),
        "supervised": an_object({"hyperparameters": an_object(_COMMON)}),
        "dpo": an_object({"hyperparameters": an_object(_DPO)}),
        "reinforcement": an_object(
            {"grader": _grader, "hyperparameters": an_object(_REINFORCEMENT), "response_format": fields.anything},
            ["grader"],
        ),
    },
    ["type"],
)
_JOB = an_object(
    {
        "model": text(1), "training_file": text(1), "validation_file": nullable(text(1)),
        "hyperparameters": nullable(an_object(_COMMON)), "suffix": nullable(text(1, 64)),
        "seed": nullable(integer(0, 2147483647)), "metadata": fields.metadata,
        "integrations": nullable(
            array(an_object({"type": one_of("wandb"), "wandb": _WANDB}, ["type", "wandb"]), most=5)
        ),
        "method": nullable(_METHOD),
    },
    ["model", "training_file"],
)  # fmt: skip


def checked(world: World, request: Request) -> Json:
    """The request's parameters, every one of them in its limits. Raises Refused."""
    asked = {name: value for name, value in request.json.items() if value is not None}
    _JOB("", asked)
    if "method" in asked:
        _check_method(asked["method"])
    for param in ("training_file", "validation_file"):
        if param in asked:
            _check_file(world, param, asked[param])
    if not known_base(world, asked["model"]):
        message = f"Model {asked['model']} is not available for fine-tuning or does not exist."
        raise Refused(400, message, code="model_not_available", param="model")
    return asked


def _check_method(method: Json) -> None:
    kind = method["type"]
    for other in METHODS:
        if other != kind and method.get(other) is not None:
            message = f"'method.{other}' is not allowed when 'method.type' is '{kind}'."
            raise Refused(400, message, code="invalid_value", param=f"method.{other}")
    if kind == "reinforcement" and "reinforcement" not in method:
        raise fields.missing("method.reinforcement")


def _check_file(world: World, param: str, id_: str) -> None:
    try:
        file = files.find(world, id_, param)
    except Refused:
        raise Refused(400, f"invalid {param}: {id_}", param=param) from None
    if file.purpose != "fine-tune":
        message = f"File '{id_}' has the purpose '{file.purpose}', and not 'fine-tune'."
        raise Refused(400, message, code="invalid_file_purpose", param=param)
