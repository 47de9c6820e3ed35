"""The options of a job: which are taken, and the request that they make."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError
from reaching import MODEL, asked_for

from ftprep import RecipeError
from ftprep_openai.uploader import OpenAI

GRADER = {"type": "string_check", "name": "same", "input": "{{sample.output_text}}", "reference": "{{item.a}}",
          "operation": "eq"}  # fmt: skip


def made(**options: Any) -> OpenAI:
    """As a recipe makes it."""
    return OpenAI.model_validate_json(msgspec.json.encode(options), strict=True)


@pytest.mark.parametrize(
    ("options", "format_", "request_"),
    [
        ({}, "openai_chat", {}),
        ({}, "openai_completion", {}),
        ({"method": "supervised"}, "openai_chat", {"method": {"type": "supervised"}}),
        (
            {"epochs": 3, "batch_size": "auto", "learning_rate_multiplier": 2, "suffix": "shop", "seed": 1},
            "openai_chat",
            {
                "suffix": "shop",
                "seed": 1,
                "method": {
                    "type": "supervised",
                    "supervised": {"hyperparameters": {"n_epochs": 3, "learning_rate_multiplier": 2}},
                },
            },
        ),
        ({}, "openai_preference", {"method": {"type": "dpo"}}),
        (
            {"beta": 0.1, "epochs": 1},
            "openai_preference",
            {"method": {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 1, "beta": 0.1}}}},
        ),
        (
            {"grader": GRADER, "eval_samples": 2, "reasoning_effort": "low"},
            "openai_reinforcement",
            {
                "method": {
                    "type": "reinforcement",
                    "reinforcement": {
                        "grader": GRADER,
                        "hyperparameters": {"reasoning_effort": "low", "eval_samples": 2},
                    },
                }
            },
        ),
        (
            {"wandb": {"project": "p", "tags": ["a"]}, "metadata": {"team": "x"}},
            "openai_chat",
            {
                "integrations": [{"type": "wandb", "wandb": {"project": "p", "tags": ["a"]}}],
                "metadata": {"team": "x", "ftprep_run": "run-1"},
            },
        ),
        (
            {"compute_classification_metrics": True, "classification_n_classes": 2, "classification_betas": [1]},
            "openai_completion",
            {
                "extra_body": {
                    "compute_classification_metrics": True,
                    "classification_n_classes": 2,
                    "classification_betas": [1.0],
                }
            },
        ),
    ],
    ids=["plain", "completion", "method", "supervised", "preference", "dpo", "reinforcement", "wandb", "classes"],
)
def test_options_become_the_request(options: dict[str, Any], format_: str, request_: dict[str, Any]) -> None:
    job = asked_for("file-1", format_=format_, validation="file-2")
    usual = {
        "model": MODEL,
        "training_file": "file-1",
        "validation_file": "file-2",
        "metadata": {"ftprep_run": "run-1"},
    }
    assert made(**options).request(job) == usual | request_


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"suffix": ""}, "suffix: String should have at least 1 character"),
        ({"suffix": "s" * 65}, "suffix: String should have at most 64 characters"),
        ({"epochs": 51}, "epochs: Input should be less than or equal to 50"),
        ({"epochs": 0}, "epochs: Input should be greater than or equal to 1"),
        ({"batch_size": 257}, "batch_size: Input should be less than or equal to 256"),
        ({"learning_rate_multiplier": 0}, "learning_rate_multiplier: Input should be greater than 0"),
        ({"beta": 2.1}, "beta: Input should be less than or equal to 2"),
        ({"compute_multiplier": 11}, "compute_multiplier: Input should be less than or equal to 10"),
        ({"seed": -1}, "seed: Input should be greater than or equal to 0"),
        ({"expires_after": 31}, "expires_after: Input should be less than or equal to 30"),
        ({"part_size": 65}, "part_size: Input should be less than or equal to 64"),
        (
            {"metadata": {str(n): "" for n in range(16)}},
            "metadata: Dictionary should have at most 15 items after validation, not more",
        ),
        ({"wandb": {"project": ""}}, "wandb: String should have at least 1 character"),
        (
            {"metadata": {"ftprep_run": "x"}},
            ": Value error, 'ftprep_run' in metadata is taken: it names the job; choose another key",
        ),
        (
            {"beta": 0.1, "grader": GRADER},
            ": Value error, 'beta' and 'grader' are for different methods; leave one of them out",
        ),
        (
            {"method": "supervised", "beta": 0.1},
            ": Value error, 'beta' is not for the method supervised; leave it out",
        ),
        (
            {"method": "reinforcement"},
            ": Value error, the method reinforcement needs a 'grader' that judges the answers",
        ),
        (
            {"classification_n_classes": 3},
            ": Value error, 'classification_n_classes' has no effect without 'compute_classification_metrics: true'",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)  # fmt: skip
def test_what_the_api_does_not_take_is_refused_before_anything_is_sent(options: dict[str, Any], line: str) -> None:
    with pytest.raises(ValidationError) as caught:
        made(**options)
    first = caught.value.errors()[0]
    assert f"{''.join(map(str, first['loc'][:1]))}: {first['msg']}" == line


@pytest.mark.parametrize(
    ("options", "format_", "line"),
    [
        (
            {"method": "dpo"},
            "openai_chat",
            "files of the format openai_chat cannot be trained by the method dpo; leave 'method' out: supervised is "
            "what they are for",
        ),
        (
            {"beta": 0.1},
            "openai_chat",
            "'beta' is for the method dpo, and files of the format openai_chat are for supervised; leave it out",
        ),
        (
            {},
            "openai_reinforcement",
            "files of the format openai_reinforcement need a 'grader' that judges the answers; add it",
        ),
    ],
    ids=["method", "option", "no grader"],
)
def test_options_that_do_not_fit_the_files_are_refused(options: dict[str, Any], format_: str, line: str) -> None:
    with pytest.raises(RecipeError, match=re.escape(line)) as caught:
        made(**options).request(asked_for("file-1", format_=format_))
    assert str(caught.value) == line


def test_what_decides_the_training_tells_jobs_apart_and_nothing_else_does() -> None:
    assert (
        made().job() == made(metadata={"a": "b"}, wandb={"project": "p"}, timeout=5, base_url="https://a.example").job()
    )
    assert made(epochs=3, suffix="a", seed=0, method="dpo", beta=1).job() == {
        "epochs": 3,
        "beta": 1.0,
        "suffix": "a",
        "seed": 0,
        "method": "dpo",
    }
    assert made(compute_classification_metrics=True).job() == {"compute_classification_metrics": True}


def test_a_lone_value_is_the_suffix() -> None:
    assert OpenAI.lone_option() == "suffix"
