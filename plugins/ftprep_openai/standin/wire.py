"""Where the real service departs from its own description, by name. `wire=True` turns all of them on.

Each was seen in payloads in public repositories or in the service's documentation, up to 2026-11.
"""

from __future__ import annotations

from collections.abc import Collection

DEVIATIONS = {
    "empty-error": "a healthy job has `error: {}`, not null",
    "null-hyperparameters": "a job of dpo or reinforcement has `hyperparameters: null`",
    "unfinished-failure": "a job that failed has `finished_at: null`",
    "null-file-fields": "a file has `expires_at: null` and `status_details: null`",
    "extra-job-fields": "a job has members that the description does not name",
    "unknown-event-type": "events have the type `moderation_checks` too",
    "unknown-status": "a job that was paused is `pausing`, then `paused`",
    "base64-results": "the content of a result file is base64 of the CSV",
    "octet-stream-content": "the content of files is application/octet-stream",
}
"""Name -> what is different."""


def deviations(wire: bool | Collection[str]) -> frozenset[str]:
    """All, none, or those that are named. Raises ValueError for an unknown name."""
    if isinstance(wire, bool):
        return frozenset(DEVIATIONS if wire else ())
    if unknown := sorted(set(wire) - set(DEVIATIONS)):
        raise ValueError(f"no deviation '{unknown[0]}'; known: {', '.join(DEVIATIONS)}")
    return frozenset(wire)
