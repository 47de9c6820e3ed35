"""Training files for the tests."""

from __future__ import annotations

import io
import json
from typing import Any

import openai

Row = dict[str, Any]


def jsonl(rows: list[Row]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def chat(n: int = 12, start: int = 0) -> list[Row]:
    return [turn(f"What is {i}?", f"It is number {i}.") for i in range(start, start + n)]


def turn(question: str, answer: str) -> Row:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def preference(n: int = 12) -> list[Row]:
    return [
        {
            "input": {"messages": [{"role": "user", "content": f"Greet guest {i}."}]},
            "preferred_output": [{"role": "assistant", "content": f"Welcome, guest {i}!"}],
            "non_preferred_output": [{"role": "assistant", "content": "What."}],
        }
        for i in range(n)
    ]


def reinforcement(n: int = 12) -> list[Row]:
    return [
        {"messages": [{"role": "user", "content": f"What is {i} + 1?"}], "reference_answer": str(i + 1)}
        for i in range(n)
    ]


def pairs(n: int = 12) -> list[Row]:
    return [{"prompt": f"Item {i} ->", "completion": " even" if i % 2 == 0 else " odd"} for i in range(n)]


GRADER = {
    "type": "string_check",
    "name": "exact",
    "input": "{{sample.output_text}}",
    "reference": "{{item.reference_answer}}",
    "operation": "eq",
}


def put(client: openai.OpenAI, rows: list[Row], name: str = "train.jsonl") -> str:
    """Sends a file, and returns its id."""
    return client.files.create(file=(name, io.BytesIO(jsonl(rows))), purpose="fine-tune").id


def finished(client: openai.OpenAI, id_: str) -> Any:
    """The job when it has ended: it is looked at until then."""
    for _ in range(60):
        job = client.fine_tuning.jobs.retrieve(id_)
        if job.finished_at or job.status == "failed":
            return job
    raise AssertionError(f"{id_} does not end")


def tuned(client: openai.OpenAI, rows: list[Row], **asked: Any) -> str:
    """Trains a model, for one epoch where no method is given, and returns its name."""
    short: Row = {} if "method" in asked else {"hyperparameters": {"n_epochs": 1}}
    asked = {"model": "gpt-4o-mini-2024-07-18", "training_file": put(client, rows), **short, **asked}
    job = finished(client, client.fine_tuning.jobs.create(**asked).id)
    assert job.status == "succeeded", job.error
    return str(job.fine_tuned_model)
