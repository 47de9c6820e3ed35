"""What somebody wrote himself: a mail's text without what he quotes, and without his signature."""

from __future__ import annotations

import re

_WROTE = re.compile(
    r"\b(?:wrote|writes|said|schrieb|schreibt|escribió|a écrit|ha scritto|scrisse|escreveu|schreef|skrev"
    r"|napisał\(?a?\)?|kirjoitti|написала?|пише)\b.*:\s*$|写道[:：]\s*$|のメール[:：]?\s*$",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"-{2,}\s*(?:Original Message|Original Appointment|Ursprüngliche Nachricht|Mensaje original|Message d'origine"
    r"|Message original|Messaggio originale|Mensagem original|Oorspronkelijk bericht|next part)\s*-{2,}\s*",
    re.IGNORECASE,
)
"""What is below such a line was not written by the sender."""
_BLOCK = re.compile(r"\*?(?:From|Von|De|Da|Van)\s?:\*? .+", re.IGNORECASE)
_BLOCK_NEXT = re.compile(r"\*?(?:Sent|Date|Gesendet|Datum|Enviado|Fecha|Envoyé|Inviato|Data|Verzonden|To|An)\s?:\*? .+")
_RULE = re.compile(r"_{20,}\s*")
_SIGN = re.compile(r"--\s?|-- \s*")
_SENT_FROM = re.compile(
    r"(?:Sent|Get) (?:from|with|via|Outlook for) .{1,60}|Von meinem .{1,30} gesendet|Envoyé de mon .{1,30}"
    r"|Enviado desde mi .{1,30}|Inviato da .{1,30}",
    re.IGNORECASE,
)
_SIGNATURE_LINES = 15
"""Lines that a signature has at most: `--` above more of them is a rule in the text."""


def own_words(text: str, *, quotes: bool, signature: bool) -> str:
    """The text; with `quotes` and `signature` these are kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not quotes:
        lines = _without_quotes(lines)
    if not signature:
        lines = _without_signature(lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for at, line in enumerate(lines):
        if line.lstrip()[:1] == "-" and _BELOW.fullmatch(line.strip()):
            break
        if (":" in line or "____" in line) and _begins_block(lines, at):
            break
        if not line.startswith(">"):
            kept.append(line)
            continue
        if at and not lines[at - 1].startswith(">"):
            _drop_attribution(kept)
    _drop_attribution(kept, sure=True)
    return kept


def _begins_block(lines: list[str], at: int) -> bool:
    """Whether the headers of another mail begin here, as Outlook quotes."""
    start = at + 1 if _RULE.fullmatch(lines[at].strip()) else at
    if start >= len(lines) or not _BLOCK.fullmatch(lines[start].strip()):
        return False
    return any(_BLOCK_NEXT.fullmatch(line.strip()) for line in lines[start + 1 : start + 4])


def _drop_attribution(kept: list[str], *, sure: bool = False) -> None:
    """Removes the lines at the end that say whose words come next (`On Monday Ann wrote:`): up to three, the last of
    which is known; with `sure`, only where they begin as such lines do, since nothing that is quoted is left."""
    end = len(kept)
    while end and not kept[end - 1].strip():
        end -= 1
    if not end or not _WROTE.search(kept[end - 1]):
        return
    for start in range(end - 1, max(end - 4, -1), -1):
        first = kept[start].strip()
        if re.match(r"(?:On|Am|El|Le|Il|Em|Op|Den|Dnia|At|In|>?\d)\b", first) and re.search(
            r"\d", " ".join(kept[start:end])
        ):
            del kept[start:]
            return
        if not first:
            break
    if not sure:
        del kept[end - 1 :]


def _without_signature(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if line[:2] not in ("--", "__"):
            continue
        footer = _RULE.fullmatch(line.strip()) and at + 1 < len(lines) and "mailing list" in lines[at + 1].lower()
        if footer or (_SIGN.fullmatch(line) and len(lines) - at - 1 <= _SIGNATURE_LINES):
            lines = lines[:at]
            break
    while lines and (not lines[-1].strip() or _SENT_FROM.fullmatch(lines[-1].strip())):
        lines = lines[:-1]
    return lines
