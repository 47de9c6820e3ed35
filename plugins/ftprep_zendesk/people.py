"""Who speaks: users, tickets that name them, and the roles they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ftprep import as_text

_PEOPLE = ("requester", "submitter", "assignee", "author")
_LISTS = ("collaborators", "followers", "email_ccs")
_ROLES = {"end-user": "end-user", "end_user": "end-user", "admin": "agent", "agent": "agent"}
SYSTEM = "-1"
"""The author of what Zendesk itself writes."""


class Ticket(NamedTuple):
    """What its comments have from a ticket."""

    id: str = ""
    subject: str = ""
    status: str = ""
    requester: str = ""
    assignee: str = ""
    time: str = ""


def text(value: Any) -> str:
    """A cell or JSON value as text; None is empty."""
    return as_text(value).strip()


def ticket_of(value: Mapping[str, Any]) -> Ticket:
    """The ticket of this JSON object or table row."""
    return Ticket(
        id=text(value.get("id")),
        subject=text(value.get("subject") or value.get("raw_subject")),
        status=text(value.get("status")),
        requester=text(value.get("requester_id")) or _id(value.get("requester")),
        assignee=text(value.get("assignee_id")) or _id(value.get("assignee")),
        time=text(value.get("created_at")),
    )


def _id(value: Any) -> str:
    return text(value.get("id")) if isinstance(value, dict) else ""


def users_in(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The users that stand inside a ticket or comment."""
    for key in _PEOPLE:
        if isinstance(user := value.get(key), dict):
            yield user
    for key in _LISTS:
        if isinstance(users := value.get(key), list):
            yield from (user for user in users if isinstance(user, dict))


class People:
    """Names and roles by the users' ids."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, str]] = {}

    def add(self, user: Mapping[str, Any]) -> None:
        """Takes note of a user; what was known and is not said again stays."""
        name, role = self._known.get(text(user.get("id")), ("", ""))
        said = _ROLES.get(text(user.get("role")).lower(), role)
        self._known[text(user.get("id"))] = (text(user.get("name")) or name or text(user.get("email")), said)

    def name(self, id_: str) -> str:
        """What a user is called: the id, where no name is known."""
        return self._known.get(id_, ("", ""))[0] or id_

    def role(self, id_: str, ticket: Ticket, public: str) -> str:
        """`end-user`, `agent` or `bot`, as far as it can be told: only agents write what is not public."""
        if id_ == SYSTEM:
            return "bot"
        if known := self._known.get(id_, ("", ""))[1]:
            return known
        if public == "false" or (id_ and id_ == ticket.assignee != ticket.requester):
            return "agent"
        return "end-user" if id_ and id_ == ticket.requester else ""
