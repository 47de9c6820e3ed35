"""What kind of file it is, and what to say where it is another one than its name says."""

from __future__ import annotations

import zipfile
from importlib import import_module
from typing import IO, Any, Literal

import ftprep

Kind = Literal["parquet", "feather", "ods", "stata", "xls"]

SUFFIXES: dict[str, Kind] = {
    ".parquet": "parquet", ".feather": "feather", ".ods": "ods", ".dta": "stata", ".xls": "xls",
}  # fmt: skip
_LARGEST, _DENSEST, _FROM = 1 << 30, 200, 64 << 20  # bytes unpacked; ratio, which counts above 64 MiB
_ENGINES: dict[Kind, tuple[str, str]] = {
    "parquet": ("pyarrow.parquet", "parquet"),
    "feather": ("pyarrow.feather", "parquet"),
    "ods": ("odf", "ods"),
    "xls": ("xlrd", "xls"),
}


def by_content(head: bytes) -> Kind | None:
    """The kind of file that starts like this; old Stata files cannot be told."""
    if head.startswith((b"PAR1", b"PARE")):
        return "parquet"
    if head.startswith((b"ARROW1", b"FEA1")):
        return "feather"
    if head.startswith(b"PK") and b"application/vnd.oasis.opendocument.spreadsheet" in head[:256]:
        return "ods"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    return "stata" if head.startswith(b"<stata_dta>") else None


def by_name(name: str) -> Kind | None:
    """The kind that the file's ending names."""
    return next((kind for suffix, kind in SUFFIXES.items() if name.lower().endswith(suffix)), None)


def kind_of(head: bytes, name: str) -> Kind:
    """The kind, by content and then by name. Raises DataError where the name says one thing and the content another."""
    kind, named = by_content(head), by_name(name)
    if kind is not None:
        return kind
    if named == "stata" and len(head) > 3 and 102 <= head[0] <= 115 and head[1] in (1, 2):
        return "stata"
    if named is None:
        hint = f"name it with 'kind:' ({', '.join(SUFFIXES.values())})"
        raise ftprep.DataError("is of no kind that is known here", hint=hint, file=name)
    raise ftprep.DataError(f"is named {named}, but is {_other(head)}", hint=_advice(head), file=name)


def engine(kind: Kind, name: str) -> Any:
    """The module that reads the kind. Raises DataError with the line that installs it."""
    return need(*_ENGINES[kind], f"{name}: {kind}") if kind in _ENGINES else None


def need(module: str, extra: str, what: str) -> Any:
    """An optional module. Raises DataError, with the line that installs it, where it is missing."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        hint = f"pip install 'ftprep[{extra}]'"
        raise ftprep.DataError(f"{what} needs the package '{package}'", hint=hint) from error


def check_ods(stream: IO[bytes], name: str) -> None:
    """Raises DataError for a password, and for what would unpack beyond all bounds."""
    with zipfile.ZipFile(stream) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        packed = stream.seek(0, 2)
        if unpacked > _LARGEST or (unpacked > _FROM and unpacked > _DENSEST * packed):
            message = f"unpacks to {unpacked:,} bytes from {packed:,}, beyond what is read"
            raise ftprep.DataError(message, hint="save it as CSV", file=name)
        manifest = "META-INF/manifest.xml"
        if manifest in archive.namelist() and b"encryption-data" in archive.read(manifest):
            raise ftprep.DataError("is protected by a password", hint="save it without one", file=name)
    stream.seek(0)


def _other(head: bytes) -> str:
    if not head:
        return "empty"
    if head.startswith(b"PK"):
        return "a zip archive or a workbook of another kind"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "an HTML or XML page"
    return "a text file" if not any(byte < 9 for byte in head) else "something else"


def _advice(head: bytes) -> str:
    if not head:
        return "download or copy it again"
    if head.startswith(b"PK"):
        return "read an Excel workbook with 'excel:'"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "open it in a spreadsheet program and save it as Excel workbook (.xlsx)"
    return (
        "read it with 'csv:' if it is a table" if not any(byte < 9 for byte in head) else "set 'kind:' if it is sound"
    )
