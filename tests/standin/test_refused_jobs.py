"""What `POST /fine_tuning/jobs` refuses: every limit that is documented, word for word."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from ftprep_openai.standin import StandIn

from .conftest import Client
from .rows import GRADER, chat, put, tuned

pytestmark = pytest.mark.files

BELOW = "Invalid '{}': {} below minimum value. Expected a value {}, but got {} instead."
ABOVE = "Invalid '{}': {} above maximum value. Expected a value {}, but got {} instead."


def reinforced(grader: Any = GRADER, **more: Any) -> dict[str, Any]:
    return {"method": {"type": "reinforcement", "reinforcement": {"grader": grader, "hyperparameters": more}}}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GRADER.items() if key != name}


P = "method.reinforcement"
H = f"{P}.hyperparameters"
CASES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("no suffix", {"suffix": ""}, "suffix", "string_below_min_length",
     "Invalid 'suffix': string too short. Expected a string with minimum length 1, but got a string with length 0 "
     "instead."),
    ("long suffix", {"suffix": "x" * 65}, "suffix", "string_above_max_length",
     "Invalid 'suffix': string too long. Expected a string with maximum length 64, but got a string with length 65 "
     "instead."),
    ("negative seed", {"seed": -1}, "seed", "integer_below_min_value", BELOW.format("seed", "integer", ">= 0", -1)),
    ("large seed", {"seed": 2**31}, "seed", "integer_above_max_value",
     ABOVE.format("seed", "integer", "<= 2147483647", 2**31)),
    ("text as seed", {"seed": "1"}, "seed", "invalid_type",
     "Invalid type for 'seed': expected an integer, but got a string instead."),
    ("no epochs", {"hyperparameters": {"n_epochs": 0}}, "hyperparameters.n_epochs", "integer_below_min_value",
     BELOW.format("hyperparameters.n_epochs", "integer", ">= 1", 0)),
    ("many epochs", {"hyperparameters": {"n_epochs": 99}}, "hyperparameters.n_epochs", "integer_above_max_value",
     ABOVE.format("hyperparameters.n_epochs", "integer", "<= 50", 99)),
    ("large batch", {"hyperparameters": {"batch_size": 257}}, "hyperparameters.batch_size", "integer_above_max_value",
     ABOVE.format("hyperparameters.batch_size", "integer", "<= 256", 257)),
    ("no rate", {"hyperparameters": {"learning_rate_multiplier": 0}}, "hyperparameters.learning_rate_multiplier",
     "decimal_below_min_value", BELOW.format("hyperparameters.learning_rate_multiplier", "decimal", "> 0", 0)),
    ("beta", {"method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 2.5}}}}, "method.dpo.hyperparameters.beta",
     "decimal_above_max_value", ABOVE.format("method.dpo.hyperparameters.beta", "decimal", "<= 2", 2.5)),
    ("unknown hyperparameter", {"method": {"type": "supervised", "supervised": {"hyperparameters": {"beta": 1}}}},
     "method.supervised.hyperparameters.beta", "unknown_parameter",
     "Unknown parameter: 'method.supervised.hyperparameters.beta'."),
    ("unknown parameter", {"extra_body": {"classes": 2}}, "classes", "unknown_parameter",
     "Unknown parameter: 'classes'."),
    ("method", {"method": {"type": "nope"}}, "method.type", "invalid_value",
     "Invalid value: 'nope'. Supported values are: 'supervised', 'dpo', and 'reinforcement'."),
    ("method without a type", {"method": {}}, "method.type", "missing_required_parameter",
     "Missing required parameter: 'method.type'."),
    ("two methods", {"method": {"type": "dpo", "supervised": {}}}, "method.supervised", "invalid_value",
     "'method.supervised' is not allowed when 'method.type' is 'dpo'."),
    ("no grader at all", {"method": {"type": "reinforcement"}}, P, "missing_required_parameter",
     f"Missing required parameter: '{P}'."),
    ("no grader", {"method": {"type": "reinforcement", "reinforcement": {}}}, f"{P}.grader",
     "missing_required_parameter", f"Missing required parameter: '{P}.grader'."),
    ("unknown grader", reinforced({"type": "magic"}), f"{P}.grader.type", "invalid_value",
     "Invalid value: 'magic'. Supported values are: 'string_check', 'text_similarity', 'python', 'score_model', "
     "'label_model', and 'multi'."),
    ("grader without reference", reinforced(without("reference")), f"{P}.grader.reference",
     "missing_required_parameter", f"Missing required parameter: '{P}.grader.reference'."),
    ("grader's operation", reinforced({**GRADER, "operation": "is"}), f"{P}.grader.operation", "invalid_value",
     "Invalid value: 'is'. Supported values are: 'eq', 'ne', 'like', and 'ilike'."),
    ("a grader of graders", reinforced({"type": "multi", "name": "m", "calculate_output": "a",
                                        "graders": {"a": without("name")}}), f"{P}.grader.graders.a.name",
     "missing_required_parameter", f"Missing required parameter: '{P}.grader.graders.a.name'."),
    ("effort", reinforced(reasoning_effort="huge"), f"{H}.reasoning_effort", "invalid_value",
     "Invalid value: 'huge'. Supported values are: 'default', 'low', 'medium', and 'high'."),
    ("compute", reinforced(compute_multiplier=11), f"{H}.compute_multiplier", "decimal_above_max_value",
     ABOVE.format(f"{H}.compute_multiplier", "decimal", "<= 10", 11)),
    ("interval", reinforced(eval_interval=0), f"{H}.eval_interval", "integer_below_min_value",
     BELOW.format(f"{H}.eval_interval", "integer", ">= 1", 0)),
    ("much metadata", {"metadata": {str(i): "x" for i in range(17)}}, "metadata", "object_above_max_properties",
     "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with "
     "17 properties instead."),
    ("long key", {"metadata": {"k" * 65: "x"}}, "metadata", "property_name_above_max_length",
     "Invalid property name in 'metadata': string too long. Expected a string with maximum length 64, but got a string "
     "with length 65 instead."),
    ("long value", {"metadata": {"k": "x" * 513}}, "metadata.k", "string_above_max_length",
     "Invalid 'metadata.k': string too long. Expected a string with maximum length 512, but got a string with length "
     "513 instead."),
    ("number as metadata", {"metadata": {"k": 1}}, "metadata.k", "invalid_type",
     "Invalid type for 'metadata.k': expected a string, but got an integer instead."),
    ("six integrations", {"integrations": [{"type": "wandb", "wandb": {"project": "p"}}] * 6}, "integrations",
     "array_above_max_length", "Invalid 'integrations': array too long. Expected an array with maximum length 5, but "
     "got an array with length 6 instead."),
    ("integration without a project", {"integrations": [{"type": "wandb", "wandb": {}}]},
     "integrations[0].wandb.project", "missing_required_parameter",
     "Missing required parameter: 'integrations[0].wandb.project'."),
    ("model", {"model": "gpt-9"}, "model", "model_not_available",
     "Model gpt-9 is not available for fine-tuning or does not exist."),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "param", "code", "message"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_a_limit_that_is_broken_is_named(
    asked: Any, param: str, code: str, message: str, server: StandIn, client: Client
) -> None:
    openai_client = client(server)
    asked = {"model": "gpt-4o-mini", "training_file": put(openai_client, chat()), **asked}
    with pytest.raises(openai.BadRequestError) as error:
        openai_client.fine_tuning.jobs.create(**asked)
    assert error.value.body == {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    assert server.jobs == []


def test_files_that_are_not_there_or_not_for_training_are_refused(openai_client: openai.OpenAI) -> None:
    other = openai_client.files.create(file=("a.txt", b"x"), purpose="user_data").id
    file = put(openai_client, chat())
    create = openai_client.fine_tuning.jobs.create
    with pytest.raises(openai.BadRequestError) as error:
        create(model="gpt-4.1", training_file="file-no")
    assert error.value.body == {
        "message": "invalid training_file: file-no", "type": "invalid_request_error", "param": "training_file",
        "code": None,
    }  # fmt: skip
    with pytest.raises(openai.BadRequestError) as error:
        create(model="gpt-4.1", training_file=file, validation_file=other)
    assert error.value.body == {
        "message": f"File '{other}' has the purpose 'user_data', and not 'fine-tune'.",
        "type": "invalid_request_error", "param": "validation_file", "code": "invalid_file_purpose",
    }  # fmt: skip


def test_every_limit_itself_is_allowed(openai_client: openai.OpenAI) -> None:
    openai_client.fine_tuning.jobs.create(
        model="gpt-4o-mini", training_file=put(openai_client, chat()), suffix="x" * 64, seed=2147483647,
        metadata={f"{i:064}": "x" * 512 for i in range(16)},
        integrations=[{"type": "wandb", "wandb": {"project": "p", "name": None, "tags": ["a"]}}] * 5,
        method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 2, "n_epochs": 50, "batch_size": 256,
                                                           "learning_rate_multiplier": "auto"}}},
    )  # fmt: skip


def test_a_model_can_be_shut_down(client: Client) -> None:
    with StandIn(shutdown={"gpt-4o-mini-2024-07-18": "2026-01-05", "gpt-4.1-2025-04-14": "2027-01-14"}) as server:
        openai_client = client(server)
        file = put(openai_client, chat())
        assert openai_client.models.retrieve("gpt-4.1").shutdown_date == "2027-01-14"
        openai_client.fine_tuning.jobs.create(model="gpt-4.1", training_file=file)
        with pytest.raises(openai.BadRequestError, match="Model gpt-4o-mini is not available for fine-tuning"):
            openai_client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=file)


def test_a_deleted_model_cannot_be_trained_again(openai_client: openai.OpenAI) -> None:
    name = tuned(openai_client, chat())
    openai_client.models.delete(name)
    with pytest.raises(openai.BadRequestError, match=f"Model {name} is not available for fine-tuning"):
        openai_client.fine_tuning.jobs.create(model=name, training_file=put(openai_client, chat()))
