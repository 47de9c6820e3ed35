"""What the installed client can ask and what it knows, against OpenAI's description: a new client is seen here."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from openai.types import FileObject, FilePurpose, Upload
from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent
from openai.types.fine_tuning.fine_tuning_job import Method

from .contract import Contract


def words(annotation: Any) -> set[str]:
    """The words of a Literal, or of an optional one."""
    found = [get_args(inner) or (inner,) for inner in get_args(annotation)]
    return {word for group in found for word in group if isinstance(word, str)}


KNOWN = [
    pytest.param(FineTuningJob.model_fields["status"].annotation, "FineTuningJob", "status", id="states of jobs"),
    pytest.param(FineTuningJobEvent.model_fields["level"].annotation, "FineTuningJobEvent", "level", id="levels"),
    pytest.param(FineTuningJobEvent.model_fields["type"].annotation, "FineTuningJobEvent", "type", id="types"),
    pytest.param(Method.model_fields["type"].annotation, "FineTuneMethod", "type", id="methods"),
    pytest.param(FileObject.model_fields["status"].annotation, "OpenAIFile", "status", id="states of files"),
    pytest.param(FileObject.model_fields["purpose"].annotation, "OpenAIFile", "purpose", id="purposes of files"),
    pytest.param(FilePurpose, "CreateFileRequest", "purpose", id="purposes that can be asked for"),
    pytest.param(Upload.model_fields["status"].annotation, "Upload", "status", id="states of uploads"),
]


@pytest.mark.parametrize(("annotation", "schema", "member"), KNOWN)
def test_the_client_knows_the_words_of_the_description(
    annotation: Any, schema: str, member: str, contract: Contract
) -> None:
    described = contract.description["components"]["schemas"][schema]["properties"][member]["enum"]
    assert words(annotation) == set(described)
