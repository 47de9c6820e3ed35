"""Keys: who may do what. A key is only compared and masked, never kept or logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .answers import Refused

Role = Literal["owner", "member", "expired", "wrong-project"]

KEY = "sk-test"
"""A key that may do everything, as every key that begins with it and is none of the others."""
KEYS: dict[str, Role] = {
    KEY: "owner",
    "sk-test-member": "member",
    "sk-test-expired": "expired",
    "sk-test-wrong-project": "wrong-project",
}
PROJECT = "proj_standin"
_PAGE = "https://platform.openai.com/account/api-keys"


def role_of(key: str | None, keys: Mapping[str, Role], *, azure: bool = False) -> Role:
    """What the key may do: `owner` or `member`. Raises Refused for every other key."""
    role = keys.get(key or "") or ("owner" if key and key.startswith(KEY) and keys is KEYS else None)
    if role in ("owner", "member"):
        return role
    if azure:
        raise Refused(
            401, "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid "
            "key for an active subscription and use a correct regional API endpoint for your resource.", code="401",
        )  # fmt: skip
    if not key:
        raise Refused(
            401, "You didn't provide an API key. You need to provide your API key in an Authorization header using "
            f"Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from {_PAGE}.",
        )  # fmt: skip
    raise refusal(role, key)


def refusal(role: Role | None, key: str) -> Refused:
    """The answer to a key that is no good: expired, of another project, or unknown."""
    if role == "expired":
        message = f"Your API key has expired: {masked(key)}. You can create a new one at {_PAGE}."
        return Refused(401, message, code="expired_api_key")
    if role == "wrong-project":
        message = f"Project `proj_other` of this API key does not have access to the resources of `{PROJECT}`."
        return Refused(403, message, code="mismatched_project")
    message = f"Incorrect API key provided: {masked(key)}. You can find your API key at {_PAGE}."
    return Refused(401, message, code="invalid_api_key")


def check_headers(organization: str | None, project: str | None, own: str) -> None:
    """401 where the headers name another organisation or project than the key's."""
    if organization and organization != own:
        message = "OpenAI-Organization header should match organization for API key"
        raise Refused(401, message, code="mismatched_organization")
    if project and project != PROJECT:
        raise Refused(401, "OpenAI-Project header should match project for API key", code="mismatched_project")


def masked(key: str) -> str:
    """As the service echoes it: the start, stars, the last four characters."""
    shown = min(8, max(0, len(key) - 8))
    return key[:shown] + "*" * max(4, len(key) - shown - 4) + key[-4:] if len(key) > 4 else "*" * len(key)
