"""Whatever is asked, the stand-in answers it or refuses it; it never makes a mistake of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftprep_openai.standin import StandIn
from ftprep_openai.standin.desk import Asked
from ftprep_openai.standin.multipart import Form

from .rows import chat, jsonl

pytestmark = pytest.mark.files

KEYS = [
    "model", "training_file", "validation_file", "suffix", "seed", "method", "type", "supervised", "dpo",
    "reinforcement", "hyperparameters", "grader", "graders", "n_epochs", "batch_size", "metadata", "integrations",
    "wandb", "project", "messages", "role", "content", "prompt", "n", "max_tokens", "stop", "logprobs", "top_logprobs",
    "stream", "stream_options", "temperature", "part_ids", "md5", "bytes", "filename", "mime_type", "purpose",
    "expires_after", "anchor", "seconds", "name", "echo", "tool_calls", "completion", "preferred_output",
    "non_preferred_output", "input", "weight",
]  # fmt: skip
WORDS = ["", "x", "gpt-4.1", "babbage-002", "auto", "dpo", "reinforcement", "multi", "user", "assistant", "fine-tune",
         "created_at", "wandb", "file-GU46CtQQr7BQamMLammuuSOO", "[[flag:x]]", "\ud800"]  # fmt: skip
PATHS = [
    "/files", "/uploads", "/uploads/u/parts", "/uploads/u/complete", "/fine_tuning/jobs", "/fine_tuning/jobs/j",
    "/fine_tuning/jobs/j/events", "/models/%ff", "/chat/completions", "/completions", "/files/f/content",
]  # fmt: skip


def objects(inner: Any) -> Any:
    return st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)


scalars = st.none() | st.booleans() | st.integers(-3, 2**33) | st.floats(allow_nan=False) | st.sampled_from(WORDS)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | objects(inner), max_leaves=8)


QUIET = settings(
    max_examples=80, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def asked(server: StandIn, method: str, path: str, body: Any, query: dict[str, str]) -> int:
    headers = {"authorization": "Bearer sk-test"}
    answer = server.desk.answer(Asked(method, f"/v1{path}", query, headers, body, Form()), None)
    for _ in answer.stream or ():
        pass
    assert server.crashes == [] and answer.body() is not None
    return answer.status


@QUIET
@given(
    st.sampled_from(["GET", "POST", "DELETE"]),
    st.sampled_from(PATHS),
    objects(values),
    st.dictionaries(st.sampled_from(["limit", "after", "order", "purpose", "metadata[a]"]), st.sampled_from(WORDS)),
)
def test_any_request_is_answered_or_refused(
    server: StandIn, method: str, path: str, body: Any, query: dict[str, str]
) -> None:
    assert asked(server, method, path, body, query) in (200, 400, 404, 405)


@QUIET
@given(st.sampled_from(["/chat/completions", "/completions", "/fine_tuning/jobs", "/uploads"]), objects(values))
def test_a_request_with_all_that_it_needs_is_answered_or_refused(server: StandIn, path: str, more: Any) -> None:
    needed: Any = {
        "/chat/completions": {"model": "gpt-4.1", "messages": [{"role": "user", "content": "x"}]},
        "/completions": {"model": "babbage-002", "prompt": "x"},
        "/fine_tuning/jobs": {"model": "gpt-4.1", "training_file": training_file(server)},
        "/uploads": {"bytes": 1, "filename": "x", "mime_type": "x", "purpose": "batch"},
    }
    assert asked(server, "POST", path, {**more, **needed[path]}, {}) in (200, 400, 404)
    assert asked(server, "POST", path, {**needed[path], **more}, {}) in (200, 400, 404)


@QUIET
@given(st.lists(objects(values) | values, min_size=1, max_size=3), st.sampled_from(["dpo", "supervised"]))
def test_any_file_is_refused_or_trained_or_fails_its_job(server: StandIn, rows: list[Any], method: str) -> None:
    text = b"".join(json.dumps(row).encode() + b"\n" for row in rows) + jsonl(chat(10))
    file = training_file(server, text)
    if file is not None:
        body = {"model": "gpt-4.1", "training_file": file, "method": {"type": method}}
        assert asked(server, "POST", "/fine_tuning/jobs", body, {}) == 200
        server.finish()
        assert server.jobs[-1]["status"] in ("succeeded", "failed")
        for model in server.models[-1:]:
            question = {"model": model, "messages": [{"role": "user", "content": "x"}], "logprobs": True, "n": 3}
            assert asked(server, "POST", "/chat/completions", question, {}) == 200
        assert asked(server, "DELETE", f"/files/{file}", {}, {}) == 200


def training_file(server: StandIn, text: bytes | None = None) -> str | None:
    """The id of a file that was put on the stand-in's disk; None where it is refused."""
    from ftprep_openai.standin import files
    from ftprep_openai.standin.answers import Refused

    path = server.folder / "arriving"
    path.write_bytes(jsonl(chat()) if text is None else text)
    try:
        return files.add(server.world, path, "x.jsonl", "fine-tune").id
    except Refused:
        return None
