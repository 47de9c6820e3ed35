"""Which model a request is to be answered by, and what that model may say."""

from __future__ import annotations

from . import models
from .answers import Json, Refused
from .learned import Learned, Reply
from .requests import Request
from .speaking import Replies, tokens_of
from .world import World


def model_of(world: World, request: Request) -> str:
    """The model's full name; in Azure that of the deployment. Raises Refused: not there, or still loading."""
    name = request.deployment or request.json["model"]
    if world.settings.profile == "azure":
        if name not in world.deployments:
            message = (
                "The API deployment for this resource does not exist. If you created the deployment within the last "
                "5 minutes, please wait a moment and try again."
            )
            raise Refused(404, message, code="DeploymentNotFound")
        name = world.deployments[name]
    name = models.full_name(name)
    if name not in world.models and (not models.known_base(world, name) or name.startswith("ft:")):
        raise models.not_found(name)
    tuned = world.models.get(name)
    if tuned and tuned.loading:
        tuned.loading -= 1
        raise models.not_found(name)
    return name


def refuse_wrong_way(world: World, name: str, *, chat: bool) -> None:
    """404 for a model that only completes and is asked to chat, or the other way round; compatible ones do both."""
    if world.settings.profile == "compat-minimal":
        return
    base = world.models[name].base if name in world.models else name
    if chat and base in models.COMPLETION_ONLY:
        message = (
            "This is not a chat model and thus not supported in the v1/chat/completions endpoint. "
            "Did you mean to use v1/completions?"
        )
        raise Refused(404, message, param="model")
    if not chat and base not in models.COMPLETION_ONLY:
        message = (
            "This is a chat model and not supported in the v1/completions endpoint. "
            "Did you mean to use v1/chat/completions?"
        )
        raise Refused(404, message, param="model")


def replies_of(world: World, name: str, prompt: str) -> Replies:
    """What the model may say to this prompt."""
    words = len(tokens_of(prompt))
    tuned = world.models.get(name)
    if tuned is None:
        return [(Reply(f"This is {name}, which nobody has tuned, after a prompt of {words} tokens."), 1.0)]
    if tuned.learned is None:
        tuned.learned = Learned(tuned.training.path)
    nothing = Reply(f"This is {name}, which was trained on no answer, after a prompt of {words} tokens.")
    return tuned.learned.replies(prompt) or [(nothing, 1.0)]


def usage(prompt: int, completion: int) -> Json:
    """Tokens of the request and of the answer."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
