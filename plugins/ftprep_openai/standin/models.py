"""`/models`: base models, and those that jobs have made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .answers import Answer, Json, Refused
from .requests import Request
from .world import EPOCH, ORGANIZATION, ORGANIZATION_SLUG, StoredFile, World

if TYPE_CHECKING:
    from .learned import Learned

RETIRED = "2026-10-23"
"""Announced end of the older models (OpenAI's deprecations page, read 2026-11)."""
BASES: dict[str, str | None] = {
    "gpt-4.1-2025-04-14": None,
    "gpt-4.1-mini-2025-04-14": None,
    "gpt-4.1-nano-2025-04-14": RETIRED,
    "gpt-4o-2024-08-06": None,
    "gpt-4o-mini-2024-07-18": None,
    "gpt-3.5-turbo-0125": RETIRED,
    "o4-mini-2025-04-16": RETIRED,
    "babbage-002": RETIRED,
    "davinci-002": RETIRED,
}
"""Models that can be trained, and the day that each shuts down, where the stand-in says one. The living ones have
none, so that a rehearsal does not depend on the day it is made; `shutdown=` gives them one."""
ALIASES = {
    "gpt-4.1": "gpt-4.1-2025-04-14", "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14", "gpt-4o": "gpt-4o-2024-08-06", "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-3.5-turbo": "gpt-3.5-turbo-0125", "o4-mini": "o4-mini-2025-04-16",
}  # fmt: skip
COMPLETION_ONLY = ("babbage-002", "davinci-002")


def full_name(name: str) -> str:
    """The dated name of a model that has a short one too."""
    return ALIASES.get(name, name)


@dataclass
class TunedModel:
    """A model that a job has made, or a checkpoint of one."""

    name: str
    base: str
    created: int
    training: StoredFile
    loading: int = 0
    """How many more requests find it still loading."""
    checkpoint: bool = False
    learned: Learned | None = None
    """Made when it is first asked."""


def known_base(world: World, name: str) -> bool:
    """Whether a job can start from this model: a compatible server takes any name that is not that of a tuned one."""
    if name in world.models:
        return True
    if world.settings.profile == "compat-minimal":
        return not name.startswith("ft:")
    full = full_name(name)
    ends = world.settings.shutdown.get(full)
    return full in BASES and not (ends and ends <= datetime.fromtimestamp(world.now, UTC).date().isoformat())


def tuned_name(world: World, base: str, suffix: str, id_: str) -> str:
    """`ft:gpt-4o-mini-2024-07-18:standin:suffix:8letter`; in Azure `gpt-4o-mini-2024-07-18.ft-8letter-suffix`."""
    if world.settings.profile == "azure":
        return f"{base}.ft-{id_.lower()}" + (f"-{suffix}" if suffix else "")
    return f"ft:{base}:{ORGANIZATION_SLUG}:{suffix}:{id_}"


def show(world: World, name: str) -> Json:
    """The object as it is sent."""
    tuned = world.models.get(name)
    full = full_name(name)
    shown: Json = {
        "id": name, "object": "model", "created": tuned.created if tuned else EPOCH - 86_400,
        "owned_by": ORGANIZATION if tuned else "system",
    }  # fmt: skip
    if world.settings.profile != "compat-minimal":
        base = tuned.base if tuned else full
        shown["shutdown_date"] = world.settings.shutdown.get(base, BASES.get(base))
    return shown


def names(world: World) -> list[str]:
    """All models, the base models first. Checkpoints are not listed."""
    return [*BASES, *ALIASES, *(name for name, model in world.models.items() if not model.checkpoint)]


def list_(world: World, request: Request) -> Answer:
    """GET /models: one page, whatever there is."""
    return Answer({"object": "list", "data": [show(world, name) for name in names(world)]})


def not_found(name: str) -> Refused:
    """404 for a model that is not there, or that is still loading."""
    message = f"The model `{name}` does not exist or you do not have access to it."
    return Refused(404, message, code="model_not_found", param="model")


def retrieve(world: World, request: Request) -> Answer:
    """GET /models/{name}."""
    name = request.parts[0]
    if name not in world.models and name not in names(world):
        raise not_found(name)
    return Answer(show(world, name))


def delete(world: World, request: Request) -> Answer:
    """DELETE /models/{name}: tuned ones, with a key of the Owner role. Its checkpoints stay, as they do there."""
    name = request.parts[0]
    if name in names(world) and name not in world.models:
        raise Refused(
            403, f"You can only delete fine-tuned models, and `{name}` is none.", code="insufficient_permissions"
        )
    if name not in world.models:
        raise not_found(name)
    if not request.owner:
        raise missing_role("api.delete")
    del world.models[name]
    return Answer({"id": name, "object": "model", "deleted": True}, made=name)


def missing_role(scope: str) -> Refused:
    """403 for a key that may not do this."""
    message = (
        f"You have insufficient permissions for this operation. Missing scopes: {scope}. Check that you have the "
        "correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're using a "
        "restricted API key, that it has the necessary scopes."
    )
    return Refused(403, message, code="insufficient_permissions")
