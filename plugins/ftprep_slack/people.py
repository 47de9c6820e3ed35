"""What the ids of an export stand for: people and channels, from the files beside the channels' folders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ftprep import Input, json_parts

_PEOPLE = ("users.json", "org_users.json")
_CHANNELS = ("channels.json", "groups.json", "mpims.json")
_DIRECT = "dms.json"


class Names(NamedTuple):
    """Id -> name."""

    people: dict[str, str]
    channels: dict[str, str]
    direct: dict[str, str]
    """Folder of a direct conversation -> the names of those in it."""


def names_in(source: Input) -> Names:
    """The names in the export that a day of a channel belongs to; what is not there has none. Raises DataError for
    lists that cannot be read."""
    people = {user["id"]: name_of(user) for file in _PEOPLE for user in _listed(source, file)}
    channels = {item["id"]: text(item.get("name")) for file in _CHANNELS for item in _listed(source, file)}
    direct = {}
    for talk in _listed(source, _DIRECT):
        members = talk.get("members")
        if isinstance(members, list):
            direct[talk["id"]] = ", ".join(people.get(str(member), str(member)) for member in members)
    return Names(people, channels, direct)


def name_of(user: dict[str, Any]) -> str:
    """How people call somebody: the display name, else the real name, else the account's."""
    profile = user["profile"] if isinstance(user.get("profile"), dict) else {}
    found = (
        profile.get("display_name"), user.get("display_name"), profile.get("real_name"), user.get("real_name"),
        user.get("name"), user.get("id"),
    )  # fmt: skip
    return next((name.strip() for name in map(text, found) if name.strip()), "")


def text(value: object) -> str:
    """The value where it is text."""
    return value if isinstance(value, str) else ""


def _listed(source: Input, file: str) -> Iterator[dict[str, Any]]:
    beside = source.beside(f"../{file}")
    if beside is None:
        return
    for part in json_parts(beside, ["item"]):
        if isinstance(part.value, dict) and isinstance(part.value.get("id"), str):
            yield part.value
