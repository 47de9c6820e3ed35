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
    default_epochs: dict[str, int]
    """Of every model. Source: `cookbook`."""
    file_limit: int
    """Bytes, for every model. Source: `files`; of the two readings of "512 MB" the smaller one."""
    models: list[ModelFacts]


def facts() -> list[ModelFacts]:
    """All models, retired ones included (see `tunable_until`): their files still train elsewhere."""
    file = msgspec.json.decode(Path(__file__).with_name("models.json").read_bytes(), type=ModelsFile)
    of_all = {"default_epochs": file.default_epochs, "file_limit": file.file_limit}
    return [msgspec.structs.replace(model, **of_all) for model in file.models]
