"""A request after its body has been read, and the cursor pages that lists are answered with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from .answers import Answer, Json, Refused
from .multipart import Form

Item = TypeVar("Item")


@dataclass(frozen=True)
class Request:
    """What a client asks, by the paths of OpenAI's `/v1`: profiles with other paths were translated."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    json: Json = field(default_factory=dict)
    form: Form = field(default_factory=Form)
    parts: tuple[str, ...] = ()
    """The variable parts of the path."""
    owner: bool = True
    """Whether the key has the Owner role."""
    deployment: str | None = None
    """The deployment that a path of Azure's names."""

    def limit(self, default: int, most: int) -> int:
        """The size of a page. Raises Refused where it is not a number in range."""
        text = self.query.get("limit", str(default))
        if not text.lstrip("-").isdigit():
            message = "Invalid type for 'limit': expected an integer, but got a string instead."
            raise Refused(400, message, code="invalid_type", param="limit")
        if int(text) < 1:
            message = f"Invalid 'limit': integer below minimum value. Expected a value >= 1, but got {text} instead."
            raise Refused(400, message, code="integer_below_min_value", param="limit")
        if int(text) > most:
            message = (
                f"Invalid 'limit': integer above maximum value. Expected a value <= {most}, but got {text} instead."
            )
            raise Refused(400, message, code="integer_above_max_value", param="limit")
        return int(text)


def page(
    request: Request, newest_first: Sequence[Item], show: Callable[[Item], Json], *, default: int = 20, most: int = 100
) -> Answer:
    """A page of a list: `after` is the id of the last item of the page before."""
    limit = request.limit(default, most)
    items = list(reversed(newest_first)) if request.query.get("order") == "asc" else list(newest_first)
    shown = [show(item) for item in items]
    if after := request.query.get("after"):
        ids = [item["id"] for item in shown]
        if after not in ids:
            raise Refused(400, f"Invalid 'after': no item has the id '{after}'.", param="after", code="invalid_value")
        shown = shown[ids.index(after) + 1 :]
    data = shown[:limit]
    return Answer({"object": "list", "data": data, "has_more": len(shown) > limit})
