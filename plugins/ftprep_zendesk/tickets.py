"""The comments of JSON exports: tickets with their comments, or lists of tickets, comments, audits and users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftprep import Drop, Input, Row, is_json_lines, json_records

from .comments import of_audit, opening, row_of
from .people import People, Ticket, text, ticket_of, users_in

LISTS = ("users", "tickets", "comments", "audits")
"""The lists of an answer of the API; where an object is read at once, those that tell of the others come first."""
_OWN = ("id", "ticket")
_BODIES = ("body", "plain_body", "html_body")
_SHOWN = 20


def rows_of(source: Input) -> Iterator[Row | Drop]:
    """A row for each comment, in the order of the file; what has none is a Drop without a source."""
    return _Export().read(source)


class _Export:
    """What is known of an export while it is read."""

    def __init__(self) -> None:
        self.people = People()
        self.tickets: dict[str, Ticket] = {}
        self.apart = False
        """The comments are lists of their own beside the tickets."""

    def read(self, source: Input) -> Iterator[Row | Drop]:
        head = source.head(1024).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
        if head.startswith(b"{") and not is_json_lines(source):
            self._learn(source)  # who the authors are may stand behind what they wrote
        for record in json_records(source, LISTS, _OWN):
            if isinstance(record, Drop):
                yield record
            elif isinstance(record.value, dict):
                yield from self._rows(record.section or _what(record.value), record.value)
            else:
                yield Drop("neither a ticket nor a comment", content={"is": text(record.value)[:200]})

    def _learn(self, source: Input) -> None:
        for record in json_records(source, LISTS, _OWN):
            if isinstance(record, Drop) or not isinstance(record.value, dict):
                continue
            self.apart = self.apart or record.section in ("comments", "audits")
            if record.section == "users":
                self.people.add(record.value)
            elif record.section == "tickets" and not record.value.get("comments"):
                ticket = ticket_of(record.value)
                self.tickets[ticket.id] = ticket

    def _rows(self, what: str, value: Mapping[str, Any]) -> Iterator[Row | Drop]:
        if what == "users":
            self.people.add(value)
            return
        for user in users_in(value):
            self.people.add(user)
        if what == "tickets":
            yield from self._of_ticket(value)
        elif what == "comments":
            yield row_of(value, self._ticket(value), self.people)
        elif what == "audits":
            yield from self._of_audit(value, self._ticket(value))
        else:
            keys = ", ".join(list(value)[:_SHOWN])
            yield Drop("neither a ticket nor a comment", f"its keys: {keys or 'none'}", content=dict(value))

    def _ticket(self, value: Mapping[str, Any]) -> Ticket:
        id_ = text(value.get("ticket_id"))
        return self.tickets.get(id_) or Ticket(id_, text(value.get("subject")), text(value.get("status")))

    def _of_ticket(self, value: Mapping[str, Any]) -> Iterator[Row | Drop]:
        if isinstance(inner := value.get("ticket"), dict):
            value = {**inner, **{key: value[key] for key in ("comments", "audits") if key in value}}
        ticket = ticket_of(value)
        comments, audits = value.get("comments"), value.get("audits")
        if isinstance(comments, list) and comments:
            for comment in comments:
                if isinstance(comment, dict):
                    for user in users_in(comment):
                        self.people.add(user)
                    yield row_of(comment, ticket, self.people)
                else:
                    yield Drop("a comment that is no object", f"in ticket {ticket.id}", content={"is": text(comment)})
        elif isinstance(audits, list) and audits:
            for audit in audits:
                yield from self._of_audit(audit if isinstance(audit, dict) else {}, ticket)
        elif not self.apart:
            row = opening(value, ticket, self.people)
            yield (
                row
                if row is not None
                else Drop("a ticket without comments", f"ticket {ticket.id}", content=dict(value))
            )

    def _of_audit(self, audit: Mapping[str, Any], ticket: Ticket) -> Iterator[Row | Drop]:
        rows = list(of_audit(audit, ticket, self.people))
        yield from rows
        if not rows:
            yield Drop("nothing is said", f"an audit of ticket {ticket.id}", content=dict(audit))


def _what(value: Mapping[str, Any]) -> str:
    """The list that an object would stand in."""
    if "ticket_id" in value and isinstance(value.get("events"), list):
        return "audits"
    if "ticket_id" in value and any(key in value for key in _BODIES):
        return "comments"
    if isinstance(value.get("ticket"), dict) or isinstance(value.get("comments"), list):
        return "tickets"
    if "description" in value and ("subject" in value or "requester_id" in value):
        return "tickets"
    return "users" if "role" in value and ("name" in value or "email" in value) else ""
