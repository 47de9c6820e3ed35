"""The messages of a row, one by one and in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ..errors import did_you_mean, nearest
from .content import of_content, too_many_images
from .faults import Fault, Faults, kind_of, listed, short
from .pack import Order, Others, Pack, Role
from .tools import of_calls, of_function_call

_KTO = "a row has the key 'label', true or false, which says whether its answer is wanted (KTO data)"
_OF_KTO = "train on what is wanted (keep_if: {column: label, equals: true}), or pair the answers as preference data"


def of_messages(messages: Any, where: str, pack: Pack, roles: Sequence[str]) -> Faults:
    """What is wrong with a list of messages that stands under the key `where`; `roles` are those it may have."""
    if not isinstance(messages, list) or not messages:
        what = "an empty list" if messages == [] else f"{kind_of(messages)}, not a list"
        yield Fault("FT321", f"{short(where)} is {what}", "write a list of at least one message")
        return
    for message in messages:
        if isinstance(message, dict):
            yield from of_message(message, pack, roles)
        else:
            text = f"a message is {kind_of(message)}, not an object"
            yield Fault("FT321", text, 'write it as {"role": …, "content": …}')
    if pack.images is not None:
        yield from too_many_images(messages, pack.images)


def of_message(message: dict[str, Any], pack: Pack, roles: Sequence[str]) -> Faults:
    """What is wrong with one message."""
    name = message.get("role")
    role = pack.roles.get(name) if isinstance(name, str) else None
    if role is None or name not in roles:
        yield _of_role(message, pack, roles)
        return
    assert isinstance(name, str)
    if role.now is not None:
        text = f"a message has the role {short(name)}, which is the form of 2023"
        yield Fault("FT395", text, f"write role {role.now}, with tool_calls before it", "advice")
    yield from of_content(message, name, role, pack)
    yield from _of_keys(message, name, role, pack)
    if message.get("tool_calls") and "tool_calls" in role.keys:
        yield from of_calls(message["tool_calls"], pack)
    if message.get("function_call") is not None and "function_call" in role.keys:
        yield from of_function_call(message["function_call"], "function_call")
    yield from _of_weight(message, name, pack)


def _of_role(message: dict[str, Any], pack: Pack, roles: Sequence[str]) -> Fault:
    name = message.get("role")
    known = [role for role in pack.current_roles if role in roles]
    if "role" not in message:
        own = "from" if "from" in message else nearest("role", [key for key in message if isinstance(key, str)])
        hint = f"rename {short(own)} to 'role'" if own else f"write one of: {listed(known)}"
        return Fault("FT322", "a message has no role", hint)
    if not isinstance(name, str):
        return Fault("FT322", f"the role of a message is {kind_of(name)}", f"write one of: {listed(known)}")
    hint = f"{pack.service} takes {listed(known)} there"
    return Fault("FT322", f"a message has the role {short(name)}", hint)


def _of_keys(message: dict[str, Any], name: str, role: Role, pack: Pack) -> Faults:
    for key in role.needs:
        if message.get(key) in (None, ""):
            yield Fault("FT321", f"a message of role {short(name)} has no {short(key)}", "add it")
    if pack.keys != "allow":
        weight = ("weight",) if name in pack.weight_roles else ()
        known = ("role", *pack.content, *role.keys, *weight)
        for key, value in message.items():
            if key not in known and key != "weight" and value is not None and value not in ([], {}):
                yield _unknown(key, f"a message of role {short(name)} has the key", known, pack.keys)
    said = message.get("name")
    if said is not None and not isinstance(said, str):
        yield Fault("FT391", f"the name of a message is {kind_of(said)}", "write a text, or leave it out")
    elif said is not None and pack.name_pattern is not None and pack.name_pattern.fullmatch(said) is None:
        text = f"the name of a message is not of the form that {pack.service} takes ({pack.name})"
        yield Fault("FT391", text, "take another name, or leave it out")


def _unknown(key: str, has: str, known: Sequence[str], level: Any) -> Fault:
    hint = did_you_mean(key, known) if nearest(key, known) else "leave it out"
    return Fault("FT325", f"{has} {short(key)}, which is unknown there", hint, level)


def unknown_keys(row: Mapping[str, Any], known: Sequence[str], level: Others) -> Faults:
    """Keys that a row cannot have, but for those that are null."""
    if level == "allow":
        return
    for key, value in row.items():
        if key == "label" and isinstance(value, bool) and key not in known:
            yield Fault("FT325", _KTO, _OF_KTO, level)
        elif key not in known and value is not None:
            yield _unknown(key, "a row has the key", known, level)


def _of_weight(message: dict[str, Any], name: str, pack: Pack) -> Faults:
    weight = message.get("weight")
    if weight is None:
        return
    known = listed(map(str, pack.weights))
    if weight.__class__ is not int or weight not in pack.weights:
        hint = "write 0 for context, 1 for what is trained, or leave it out"
        yield Fault("FT328", f"a weight is none of {known}", hint, "error")
    if name not in pack.weight_roles:
        text = f"a message of role {short(name)} has a weight"
        yield Fault("FT328", text, f"only messages of role {listed(pack.weight_roles)} are weighted", "warning")


def of_order(messages: Sequence[Any], order: Order, pack: Pack, code: str) -> Faults:
    """What is wrong with who speaks when."""
    said = [message for message in messages if isinstance(message, dict)]
    roles = [message.get("role") for message in said]
    if not roles or not all(isinstance(role, str) and role in pack.roles for role in roles):
        return
    if order.first and roles[0] not in order.first:
        text = f"a conversation begins with the role {short(roles[0])}"
        yield Fault(code, text, f"{pack.service} wants one of {listed(order.first)} first")
    if order.last and roles[-1] not in order.last:
        text = f"a conversation ends with the role {short(roles[-1])}"
        yield Fault(code, text, f"{pack.service} wants one of {listed(order.last)} last")
    for before, role in pairwise(roles):
        after = order.follows.get(str(before))
        if after is not None and role not in after:
            text = f"a message of role {short(role)} follows one of role {short(before)}"
            yield Fault(code, text, f"{pack.service} wants one of {listed(after)} there")
    if order.most_system is not None and roles.count("system") > order.most_system:
        text = f"a conversation has more than {order.most_system} system message"
        yield Fault(code, text, "join them into the first one")
    if order.results:
        yield from _of_results(said, code)


def _of_results(said: Sequence[dict[str, Any]], code: str) -> Faults:
    waiting = 0
    for message in said:
        calls = message.get("tool_calls")
        if message["role"] == "assistant":
            waiting = len(calls) if isinstance(calls, list) else 0
        elif message["role"] == "tool":
            waiting -= 1
            if waiting == -1:
                yield Fault(code, "a call has more results than there are calls", "leave the other results out")
