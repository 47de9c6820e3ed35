"""A look at a JSON file before it is read: what it is in truth, where its rows are, whether it is nearly JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from ftprep import DataError, Finding, Input, Survey, survey_text

from .chunks import CHUNK, chunks
from .decoding import ANY, OBJECT, decode
from .faults import Fault
from .mend import mended
from .outline import arrays, is_json_lines, is_one_row
from .scan import Document

_HEAD = 8 * CHUNK
"""Bytes in which the structure of a document has to show."""
_TRIED, _BAD = 2000, 20
"""Texts that are tried, and bad ones among them, until it is believed that none can be mended."""
_LIKELY = ("train", "training", "data", "rows", "examples", "conversations", "items", "records")
"""Names of arrays of rows, the likeliest first."""
_NO_LINES = "write each object on a line of its own; services take nothing else in a .jsonl file"
_MEND = "texts in it are nearly JSON"


def of_lines(source: Input) -> Survey:
    """The survey of a file that is named JSON Lines."""
    text = survey_text(source, drops_lines=True)
    head = _head(source, text)
    form = _form(head)
    options, why, findings = dict(text.options), list(text.why), list(text.findings)
    if form != "lines":
        place = source.place(1)
        what = "one JSON array" if form == "array" else "JSON objects over several lines each"
        options["form"] = form
        why.append(f"it is {what}")
        findings.append(Finding("FT221", f"this is {what}, not an object a line", _NO_LINES, "error", source=place))
    if _nearly(head, form):
        options["mend"] = True
        why.append(_MEND)
    return Survey(options=options, why=tuple(why), findings=tuple(findings))


def of_document(source: Input) -> Survey:
    """The survey of a file that is named JSON."""
    text = survey_text(source, drops_lines=True)
    head = _head(source, text)
    options, why, findings = dict(text.options), list(text.why), list(text.findings)
    form = "objects" if is_one_row(head) else "lines"
    if form == "lines" and head.strip() and not is_json_lines(head):
        form = "array"
        more, found = _places(head, source)
        options |= more
        findings += found
        why += ["its rows are the values of an object"] if "keys" in more else []
        why += [f"its rows are in '{more['at']}'"] if "at" in more else []
        why += ["its rows are arrays"] if "columns" in more else []
    if "at" not in options and "keys" not in options and _nearly(head, form):
        options["mend"] = True
        why.append(_MEND)
    return Survey(options=options, why=tuple(why), findings=tuple(findings))


def _head(source: Input, text: Survey) -> bytes:
    pieces = chunks(source, text.options.get("encoding"))
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= _HEAD:
            break
    return head


def _form(head: bytes) -> str:
    """What a file is in truth: `lines`, `array` or `objects`."""
    start = head.lstrip()
    line, _, rest = start.partition(b"\n")
    whole = not isinstance(decode(line, ANY), Fault)
    if start.startswith(b"[") and not (whole and rest.strip()):
        inside = Document(iter([start]), "").inside()
        return "array" if inside in (b"{", b"]") else "lines"
    if start.startswith(b"{") and not whole:
        taken = next(_values(start), b"")
        return "objects" if b"\n" in taken and _good(taken) else "lines"
    return "lines"


def _good(raw: bytes) -> bool:
    made = decode(raw, OBJECT)
    return not isinstance(made, Fault) or mended(raw, made, OBJECT) is not None


def _nearly(head: bytes, form: str) -> bool:
    """Whether a text near the beginning can be read only when it is mended."""
    lines = head[:CHUNK]
    raws = iter(lines[: lines.rfind(b"\n") + 1 or None].split(b"\n")) if form == "lines" else _values(head, form)
    bad = 0
    for raw in islice(raws, _TRIED):
        made = decode(raw, ANY) if raw.strip() else None
        if not isinstance(made, Fault):
            continue
        if mended(raw, made, ANY) is not None:
            return True
        bad += 1
        if bad >= _BAD:
            return False
    return form != "lines" and _ends_in_comma(head, form)


def _values(head: bytes, form: str = "objects") -> Iterator[bytes]:
    """The texts of the objects in a file, or in the array that it is, as far as they go."""
    document = Document(iter([head]), "", mend=True)
    try:
        for _ in document.children() if form == "array" else document.values():
            yield document.take()
    except DataError:  # it goes on behind the head, or is damaged there: reading says where
        return


def _ends_in_comma(head: bytes, form: str) -> bool:
    document = Document(iter([head]), "", mend=True)
    with suppress(DataError):
        for _ in document.children() if form == "array" else document.values():
            document.skip()
    return document.commas > 0


def _places(head: bytes, source: Input) -> tuple[dict[str, Any], list[Finding]]:
    """The options that lead to the rows of a document, and what to know of them."""
    document = Document(iter([head]), source.name)
    start = document.peek()
    if start == b"[":
        return _of_elements(document), []
    if start != b"{":
        return {}, []
    if _is_keyed(head):
        return {"keys": "key"}, []
    found = _arrays(document)
    if not found:
        return {}, []
    place = min(found, key=lambda keys: (len(keys), _rank(keys[-1])))
    dotted = any("." in key for key in place)
    options = {"at": list(place) if dotted else ".".join(place), **_of_elements(_at(head, place))}
    if len(found) == 1:
        return options, []
    others = ", ".join(f"'{'.'.join(keys)}'" for keys in found if keys != place)
    text = f"only the array '{'.'.join(place)}' is read, not {others}"
    return options, [Finding("FT225", text, "choose with 'at:'", "advice", source=source.place(1))]


def _rank(key: str) -> int:
    return _LIKELY.index(key.lower()) if key.lower() in _LIKELY else len(_LIKELY)


def _arrays(document: Document) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    with suppress(DataError):  # where it goes on behind the head
        for place in islice(arrays(document, ()), _BAD):
            found.append(place)
    return found


def _at(head: bytes, place: tuple[str, ...]) -> Document:
    """The document before the value at a place."""
    document = Document(iter([head]), "")
    for name in place:
        for key in document.children():
            if key == name:
                break
            document.skip()
    return document


def _of_elements(document: Document) -> dict[str, Any]:
    """Names for the columns, where the elements of the array are arrays."""
    if document.inside() != b"[":
        return {}
    with suppress(DataError):
        for _ in document.children():
            first = decode(document.take(), ANY)
            return {"columns": [f"column_{n}" for n in range(1, len(first) + 1)]} if isinstance(first, list) else {}
    return {}


def _is_keyed(head: bytes) -> bool:
    """Whether an object has only objects in it, that are like each other."""
    document = Document(iter([head]), "")
    alike: set[str] | None = None
    count = 0
    with suppress(DataError):  # where the rest lies behind the head
        for _ in islice(document.children(), _BAD):
            value = decode(document.take(), OBJECT)
            if isinstance(value, Fault) or "key" in value:
                return False
            alike, count = alike & set(value) if alike is not None else set(value), count + 1
    return count > 1 and bool(alike)
