"""`POST /openai/deployments`, as Azure's data plane had it until 2023: a model gets a name to be asked by.

Today that is done in the portal or by the management plane, where no stand-in is. So a tuned model is also deployed by
itself, under the suffix of its job, or the job's id where it has no suffix.
"""

from __future__ import annotations

from . import fields, models
from .answers import Answer, Refused
from .requests import Request
from .world import World

_DEPLOYMENT = fields.an_object({"model": fields.text(1), "name": fields.text(1)}, ["model"], closed=False)


def create(world: World, request: Request) -> Answer:
    """POST /deployments with `model`, and a `name` that is the model's own where none is given."""
    if world.settings.profile != "azure":
        raise Refused(404, "Invalid URL (POST /v1/deployments)")
    asked = request.json
    _DEPLOYMENT("", asked)
    name = deploy(world, str(asked.get("name") or asked["model"]), asked["model"])
    return Answer({"object": "deployment", "id": name, "model": asked["model"], "status": "succeeded"}, made=name)


def deploy(world: World, name: str, model: str) -> str:
    """Lets a model be asked by this name. Raises Refused where there is no such model."""
    if not models.known_base(world, model):
        raise models.not_found(model)
    world.deployments[name] = models.full_name(model)
    return name
