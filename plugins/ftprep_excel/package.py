"""What the file is: a workbook, within bounds, or one clear line about what it is instead."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO, NoReturn
from xml.parsers import expat

import ftprep

LARGEST = 4 << 30
"""Bytes all parts may have, unpacked; the largest sheet of short texts has about half of that."""
LARGEST_IN_MEMORY = 512 << 20
"""Bytes a part other than a sheet may have: openpyxl holds shared texts and styles in memory."""
DENSEST, FROM = 200, 64 << 20
"""A workbook over 64 MiB that is packed tighter than 200 to 1 is a bomb: real ones reach 50 to 1."""
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "save it in Excel as 'Excel Workbook (.xlsx)'"
_OTHERS = (
    ("xl/workbook.bin", "is a binary workbook (.xlsb)", _SAVE),
    ("word/document.xml", "is a Word document", "copy its table into a workbook"),
    ("ppt/presentation.xml", "is a PowerPoint presentation", "copy its table into a workbook"),
    ("Index/Document.iwa", "is an Apple Numbers file", "export it as Excel"),
    ("content.xml", "is an OpenDocument file", "read a spreadsheet (.ods) with 'pandas:'"),
)


def check_name(source: ftprep.Input) -> None:
    """Raises DataError for `~$name.xlsx`, before it is opened: on Windows nobody may."""
    base = source.name.rpartition("/")[2]
    if base.startswith("~$"):
        _refuse(source, "is the lock file that Excel keeps while a workbook is open", f"read '{base[2:]}'")


def check_file(stream: IO[bytes], source: ftprep.Input) -> int:
    """The file's size in bytes. Raises DataError, naming what the file is, unless it is a zip archive."""
    head = stream.read(4096)
    if head.startswith(_OLE):
        _refuse_ole(stream, source)
    if not head.startswith(b"PK"):
        _refuse(source, *_what(head))
    return stream.seek(0, 2)


def check_parts(archive: zipfile.ZipFile, size: int, source: ftprep.Input) -> None:
    """Raises DataError unless the parts are those of a workbook, within the bounds, without document types."""
    names = set(archive.namelist())
    for name, what, hint in _OTHERS:
        if name in names:
            _refuse(source, what, hint)
    if "[Content_Types].xml" not in names or not any(name.lower().startswith("xl/") for name in names):
        _refuse(source, "is a zip archive, but no workbook", "unpack it and read the file in it")
    _check_sizes(archive.infolist(), size, source)
    for part in archive.infolist():
        root = _root(archive, part, source)
        if root.startswith(_STRICT):
            _refuse(source, "is a 'Strict Open XML' workbook, which is not read", _SAVE)


def _refuse(source: ftprep.Input, what: str, hint: str) -> NoReturn:
    raise ftprep.DataError(what, hint=hint, file=source.name)


def _refuse_ole(stream: IO[bytes], source: ftprep.Input) -> NoReturn:
    """The container of Excel 97 also wraps workbooks with a password; the names in it are UTF-16."""
    stream.seek(0)
    mark, tail = "EncryptedPackage".encode("utf-16-le"), b""
    while chunk := stream.read(1 << 20):
        if mark in tail + chunk:
            _refuse(source, "is protected by a password", "open it in Excel, remove the password, save it")
        tail = chunk[-len(mark) :]
    hint = f"{_SAVE}, or read it with 'pandas: {{path: …, kind: xls}}'"
    _refuse(source, "is an old Excel file (.xls) or another Office file of that time", hint)


def _what(head: bytes) -> tuple[str, str]:
    """What a file that is no archive is, and what to do."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head.strip(b"\0"):
        return ("is empty" if not head else "holds only zero bytes"), "download or copy it again"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return "is an XML spreadsheet of Excel 2003", _SAVE
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        return "is an HTML page", f"open it in Excel and {_SAVE}; a page saved instead of a download holds no data"
    if _is_text(head):
        return "is a text file, not a workbook", "read it with 'csv:' if it is a table"
    return "is no Excel workbook", _SAVE


def _is_text(head: bytes) -> bool:
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or not any(byte < 9 for byte in head)


def _check_sizes(parts: list[zipfile.ZipInfo], packed: int, source: ftprep.Input) -> None:
    """The sizes an archive declares are bounds: zipfile never unpacks more of a part than that."""
    unpacked = sum(part.file_size for part in parts)
    heavy = any(p.file_size > LARGEST_IN_MEMORY and not p.filename.startswith("xl/worksheets/") for p in parts)
    if unpacked > LARGEST or heavy or (unpacked > FROM and unpacked > DENSEST * packed):
        _refuse(source, f"unpacks to {unpacked:,} bytes from {packed:,}, beyond what is read", "save it as CSV")


def _root(archive: zipfile.ZipFile, part: zipfile.ZipInfo, source: ftprep.Input) -> str:
    """The name of a part's root element, empty for what is no XML.

    Raises DataError for a document type, which no workbook has: it could blow up, or pull in, other texts.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    found: list[str] = []

    def refuse(*_: object) -> NoReturn:
        _refuse(source, f"declares a document type in {part.filename}, as no workbook does", "do not trust this file")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: found.append(name)
    with archive.open(part) as stream:
        try:
            for chunk in _chunks(stream):
                parser.Parse(chunk)
                if found:
                    return found[0]
        except expat.ExpatError:
            pass  # an image, or damage that its reader will name
    return ""


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(8192):
        yield chunk
