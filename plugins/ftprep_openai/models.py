"""Facts about OpenAI's models, from the dated data file beside this module."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ftprep import ModelFacts


class ModelsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file: the day its facts were gathered, where they were read, and the facts."""

    date: str
    sources: dict[str, str]
    """Short name, as the `source` of a model gives it -> what it is."""
    models: list[ModelFacts]


def facts() -> list[ModelFacts]:
    """All models, retired ones included (see `tunable_until`): their files still train elsewhere."""
    return msgspec.json.decode(Path(__file__).with_name("models.json").read_bytes(), type=ModelsFile).models
