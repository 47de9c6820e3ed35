"""A stand-in for OpenAI's fine-tuning service on this machine: files, uploads, jobs, models and answers.

It keeps what it is told, checks files and requests as the service does, and fails on purpose where a script says so:

    from ftprep_openai.standin import Fault, StandIn

    with StandIn(faults=[Fault("POST /v1/fine_tuning/jobs$", "reset_after")]) as server:
        client = openai.OpenAI(base_url=server.address, api_key="sk-test")
        ...
        assert len(server.jobs) == 1

- Profiles: `openai`, `azure` (its `address` is the endpoint) and `compat-minimal`; `wire=True` for the known deviations
  of the real service from its description (`wire.DEVIATIONS`).
- Keys: every one that begins with `sk-test` may do all, but for `sk-test-member` (deletes no models), `sk-test-expired`
  and `sk-test-wrong-project`. Any other is refused.
- Faults: `KINDS` has their names and what each does. On the command line they are a JSON list of objects with the
  members of `Fault`: `[{"match": "GET .*/events", "do": "rate_limit", "times": 2, "headers": {"Retry-After": "1"}}]`.
- `[[flag:hate]]` in a training file is flagged by its moderation, `[[unsafe]]` by its safety check.
- A script in another process asks `GET /stand-in/log` (requests, writes, files, jobs), and `POST /stand-in/tick`.
"""

from __future__ import annotations

from .faults import KINDS, Fault
from .server import StandIn

__all__ = ["KINDS", "Fault", "StandIn"]
