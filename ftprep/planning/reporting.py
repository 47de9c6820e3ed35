"""The `report:` section of a recipe."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from .items import Builder

MOST_SAMPLES = 50


class Reporting(BaseModel):
    """What the page of a run shows. `report: false` leaves the page out."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    samples: Annotated[int, Field(ge=0, le=MOST_SAMPLES)] = 20
    """Examples of each output that are shown as they are trained on, from 0 to 50."""


def plan_report(builder: Builder) -> Reporting | None:
    """What the recipe says of its page; None: it wants none."""
    value = builder.recipe.report
    if value is False:
        return None
    if value is None or value is True:
        return Reporting()
    if not isinstance(value, dict):
        shown = msgspec.json.encode(value).decode()
        text = f"'report' is false, or a mapping (got {shown})"
        builder.complain(("report",), text, "write report: {samples: 20}, or report: false", code="FT107")
        return None
    return builder.validate(Reporting, value, ("report",), "report")
