"""Jobs that fail because of their files: the service's texts, whole."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from ftprep_openai.standin import StandIn

from .rows import GRADER, Row, chat, finished, pairs, preference, put, reinforcement, turn

pytestmark = pytest.mark.files

INVALID = "The job failed due to an invalid training file. "
FORMAT = f"{INVALID}Invalid file format. "
ROLES = "'system', 'user', 'assistant', 'tool', 'function'"


def broken(at: int, messages: Any, rows: list[Row] | None = None) -> list[Row]:
    found = list(rows or chat(at + 2))
    found[at - 1] = {**found[at - 1], "messages": messages}
    return found


USER, ANSWER = {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}
CASES: list[tuple[str, list[Row], str]] = [
    ("no role", broken(100, [USER, {"content": "Hello"}]),
     f"{FORMAT}Example 100, message 2 Discriminator 'role' is missing in value"),
    ("unknown role", broken(3, [{"role": "bot", "content": "Hi"}, ANSWER], chat()),
     f"{FORMAT}Example 3, message 1 Input tag 'bot' found using 'role' does not match any of the expected tags: "
     f"{ROLES}"),
    ("no content", broken(2, [USER, {"role": "assistant"}], chat()),
     f"{FORMAT}Example 2, message 2 Field required: 'content'"),
    ("a number as content", broken(2, [USER, {"role": "assistant", "content": 1}], chat()),
     f"{FORMAT}Example 2, message 2 Input should be a valid string: 'content'"),
    ("weight", broken(2, [USER, {**ANSWER, "weight": 0.5}], chat()),
     f"{FORMAT}Example 2, message 2 Input should be 0 or 1: 'weight'"),
    ("text as message", broken(2, [USER, "Hello"], chat()),
     f"{FORMAT}Example 2, message 2 Input should be a valid dictionary"),
    ("no messages", broken(2, [], chat()),
     f"{FORMAT}Example 2 List should have at least 1 item after validation, not 0: 'messages'"),
    ("nothing of the assistant", broken(2, [USER, {"role": "system", "content": "Be."}], chat()),
     f"{FORMAT}Example 2 must have at least one message from the assistant"),
    ("ends with the user", broken(2, [USER, ANSWER, USER], chat()),
     f"{FORMAT}Example 2, message 3 Last message must be from the assistant"),
    ("neither", [{"text": "x"}] * 12,
     f"{INVALID}Unexpected file format, expected either prompt/completion pairs or chat messages."),
    ("mixed", [*chat(), *pairs()],
     f"{INVALID}Unexpected file format, expected either prompt/completion pairs or chat messages."),
    ("a number as prompt", [*pairs(), {"prompt": 1, "completion": " x"}],
     f"{FORMAT}Example 13 Input should be a valid string: 'prompt'"),
]  # fmt: skip


def failed(client: openai.OpenAI, rows: list[Row], **asked: Any) -> Any:
    file = put(client, rows)
    job = finished(client, client.fine_tuning.jobs.create(**{"model": "gpt-4.1", "training_file": file, **asked}).id)
    assert (job.status, job.fine_tuned_model, job.result_files) == ("failed", None, [])
    return job


@pytest.mark.parametrize(("rows", "message"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_the_first_wrong_row_is_named(rows: list[Row], message: str, openai_client: openai.OpenAI) -> None:
    job = failed(openai_client, rows)
    assert job.error.to_dict() == {"code": "invalid_training_file", "message": message, "param": "training_file"}
    event = openai_client.fine_tuning.jobs.list_events(job.id, limit=1).data[0]
    assert (event.level, event.message, event.type) == ("error", message, "message")


def test_fewer_than_ten_examples_are_too_few(openai_client: openai.OpenAI) -> None:
    assert failed(openai_client, chat(7)).error.to_dict() == {
        "code": "invalid_n_examples", "param": "training_file",
        "message": "Training file has 7 example(s), but must have at least 10 examples",
    }  # fmt: skip
    few = put(openai_client, chat(1))
    job = openai_client.fine_tuning.jobs.create(
        model="gpt-4.1", training_file=put(openai_client, chat(10)), validation_file=few
    )
    assert finished(openai_client, job.id).status == "succeeded"


DPO = {"type": "dpo"}
REINFORCED = {"type": "reinforcement", "reinforcement": {"grader": GRADER}}
KINDS = [
    pytest.param(chat(), DPO, "fine-tune-chat", "supervised", id="chat for dpo"),
    pytest.param(chat(), REINFORCED, "fine-tune-chat", "supervised", id="chat for reinforcement"),
    pytest.param(preference(), {"type": "supervised"}, "fine-tune-preference", "dpo", id="pairs of answers"),
    pytest.param(reinforcement(), {"type": "supervised"}, "fine-tune-reinforcement", "reinforcement", id="tasks"),
]


@pytest.mark.parametrize(("rows", "method", "kind", "meant"), KINDS)
def test_a_file_for_another_method_is_refused(
    rows: list[Row], method: Any, kind: str, meant: str, openai_client: openai.OpenAI, server: StandIn
) -> None:
    job = failed(openai_client, rows, method=method, model="o4-mini")
    assert job.error.message == (
        f"{FORMAT}Input file {server.files[0]['id']} is in the {kind} format, but the specified fine-tuning job is not "
        f"using '{meant}' as the training method (provided method={method['type']})."
    )


def test_a_completion_model_takes_pairs_and_a_chat_model_messages(openai_client: openai.OpenAI) -> None:
    job = failed(openai_client, pairs())
    assert job.error.message == (
        f"{FORMAT}Input file {job.training_file} is in the prompt-completion format, but the specified model "
        "gpt-4.1-2025-04-14 is a chat model and requires chat-formatted data."
    )
    job = failed(openai_client, chat(), model="babbage-002")
    assert job.error.message == (
        f"{FORMAT}Input file {job.training_file} is in the fine-tune-chat format, but the specified model babbage-002 "
        "is a completion model and requires prompt-completion pairs."
    )


def test_flagged_categories_block_a_file(openai_client: openai.OpenAI) -> None:
    job = failed(openai_client, [*chat(), turn("[[flag:hate]] x", "y"), turn("[[flag:harassment]]", "y")])
    assert job.error.message == (
        f"{INVALID}This training file was blocked because too many examples were flagged by our moderation API for "
        "containing content that violates OpenAI's usage policies in the following categories: harassment, hate. Use "
        "the free OpenAI Moderation API to identify these examples and remove them from your training data. See "
        "https://platform.openai.com/docs/guides/moderation for more information."
    )


def test_lines_that_fail_the_safety_checks_are_named(openai_client: openai.OpenAI) -> None:
    bad = turn("[[unsafe]]", "y")
    job = failed(openai_client, [*chat(3), bad, *chat(8), bad, bad, bad, bad, bad])
    assert job.error.message == (
        f"{INVALID}This file failed moderation safety checks. The OpenAI Moderation API identifies fine tuning "
        "examples that violate our content policies. To fine tune on this data, please try removing the flagged lines "
        "and uploading the file again. Flagged lines: 4, 13, 14, 15, 16 ..."
    )


def test_a_wrong_validation_file_fails_a_job_too(openai_client: openai.OpenAI) -> None:
    valid = put(openai_client, [{"messages": [{"content": "x"}]}])
    error = failed(openai_client, chat(), validation_file=valid).error.to_dict()
    assert error == {
        "code": "invalid_validation_file", "param": "validation_file",
        "message": "The job failed due to an invalid validation file. Invalid file format. Example 1, message 1 "
        "Discriminator 'role' is missing in value",
    }  # fmt: skip


def test_a_file_that_was_deleted_too_soon_fails_its_job(openai_client: openai.OpenAI) -> None:
    file = put(openai_client, chat())
    job = openai_client.fine_tuning.jobs.create(model="gpt-4.1", training_file=file)
    openai_client.files.delete(file)
    message = f"The job failed due to an invalid training file. File {file} was deleted."
    assert finished(openai_client, job.id).error.message == message
