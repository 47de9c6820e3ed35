"""Tool calls and tool definitions, as they stand in a row."""

from __future__ import annotations

from typing import Any

from .faults import Fault, Faults, kind_of, short
from .pack import Pack
from .schema import is_schema

_MEND = "write each call as {id, type: function, function: {name, arguments}}"
_DEFINE = "write each tool as {type: function, function: {name, description, parameters}}"


def of_calls(calls: Any, pack: Pack) -> Faults:
    """What is wrong with the `tool_calls` of a message."""
    if not isinstance(calls, list):
        yield Fault("FT326", f"'tool_calls' is {kind_of(calls)}, not a list", _MEND)
        return
    for call in calls:
        if not isinstance(call, dict):
            yield Fault("FT326", f"a tool call is {kind_of(call)}, not an object", _MEND)
        else:
            yield from _of_call(call, pack)


def _of_call(call: dict[str, Any], pack: Pack) -> Faults:
    id_ = call.get("id")
    if not isinstance(id_, str) or not id_:
        yield Fault("FT326", "a tool call has no id", "give each call an id, and its result the same as tool_call_id")
    elif pack.id_pattern is not None and pack.id_pattern.fullmatch(id_) is None:
        text = f"the id of a tool call is not of the form that {pack.service} takes ({pack.tools.call_id})"
        yield Fault("FT326", text, "give calls and their results new ids of this form")
    if call.get("type", "") != "function":
        yield Fault("FT326", "the type of a tool call is not 'function'", "add type: function")
    yield from of_function_call(call.get("function"), "tool call")


def of_function_call(function: Any, what: str) -> Faults:
    """What is wrong with the name and the arguments of a call."""
    if not isinstance(function, dict):
        yield Fault("FT326", f"a {what} has no function", _MEND)
        return
    if not isinstance(function.get("name"), str) or not function["name"]:
        yield Fault("FT326", f"a {what} has no name", "write the function's name")
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        said = f"are {kind_of(arguments)}" if "arguments" in function else "are missing"
        yield Fault("FT326", f"the arguments of a {what} {said}, not JSON text", 'write them as text: "{}" for none')


def of_definitions(row: dict[str, Any], pack: Pack) -> Faults:
    """What is wrong with the tools of a row."""
    there = [key for key in pack.tools.lists if row.get(key) is not None]
    if len(there) > 1:
        yield Fault("FT327", f"a row has both {short(there[0])} and {short(there[1])}", "keep one of them")
    for key in there:
        yield from _of_list(row[key], key, pack, bare=False)
    for key in pack.tools.bare:
        if row.get(key) is not None:
            yield from _of_list(row[key], key, pack, bare=True)
    parallel = row.get("parallel_tool_calls")
    if parallel is not None and not isinstance(parallel, bool):
        yield Fault("FT327", f"'parallel_tool_calls' is {kind_of(parallel)}", "write true or false, or leave it out")


def _of_list(tools: Any, key: str, pack: Pack, *, bare: bool) -> Faults:
    if not isinstance(tools, list):
        yield Fault("FT327", f"{short(key)} is {kind_of(tools)}, not a list", _DEFINE)
        return
    if pack.tools.most is not None and len(tools) > pack.tools.most:
        text = f"a row has more than {pack.tools.most} tools"
        yield Fault("FT327", text, "leave those out that the conversation has no need of")
    for tool in tools:
        yield from _of_function(tool, pack) if bare else _of_tool(tool, pack)


def _of_tool(tool: Any, pack: Pack) -> Faults:
    if not isinstance(tool, dict):
        yield Fault("FT327", f"a tool is {kind_of(tool)}, not an object", _DEFINE)
        return
    if tool.get("type") != "function":
        yield Fault("FT327", "the type of a tool is not 'function'", _DEFINE)
    if not isinstance(tool.get("function"), dict):
        yield Fault("FT327", "a tool has no function", _DEFINE)
        return
    yield from _of_function(tool["function"], pack)


def _of_function(function: Any, pack: Pack) -> Faults:
    if not isinstance(function, dict):
        yield Fault("FT327", f"a function is {kind_of(function)}, not an object", _DEFINE)
        return
    for key in pack.tools.needs:
        if function.get(key) is None:
            yield Fault("FT327", f"the definition of a tool has no {short(key)}", "add it")
    name = function.get("name")
    if name is not None and not (isinstance(name, str) and pack.function_pattern.fullmatch(name)):
        text = f"the name of a tool is not of the form that {pack.service} takes ({pack.tools.name})"
        yield Fault("FT327", text, "give it another name, in the calls too")
    if not isinstance(function.get("description") or "", str):
        yield Fault("FT327", "the description of a tool is no text", "write a sentence")
    parameters = function.get("parameters")
    if parameters is not None and not is_schema(parameters):
        yield Fault("FT327", "the parameters of a tool are no JSON Schema", "write {type: object, properties: {…}}")
