"""The reader `whatsapp`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar, Literal

from ftprep import DataError, Drop, Finding, Input, Reader, Row, Rows, Survey, survey_text

from .codes import CODES
from .dates import Clock, DateOrder, Order, day_of, order_of
from .layout import Block, Raw, layout_of, messages, pieces
from .talk import talk_of
from .texts import ENDS, GATE, PHRASES, Speakers, judged, judged_before, may_be_marked

_HEAD = 1 << 18
"""Characters in which a message must begin, and by which the layout is known."""
_SHOWN = 200
_SHORT = 100
"""Characters of a text that is worth being kept, as the same phrase comes again."""
_ASKED = 1000
"""Messages that are asked whether they have AM or PM in capitals."""
_EASTERN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
"""Japanese, Chinese and Korean, where the year stands first, also as two digits."""
_LOOK = 128
"""Pieces of 128 KiB in which the order of the dates must show: nobody writes as much in twelve days."""
_HINT = "name the .txt file, or the .zip, that 'Export chat' made"


class Whatsapp(Reader):
    """Chats as WhatsApp exports them (`Export chat`), from Android and iOS, in any language: one row a message.

    Columns: `talk` (the chat's name, where the file's name tells it), `time` (local time), `speaker`, `text`, `id` and
    `reply_to` (empty: exports have none), `kind` (`message`, `system`, `media`, `deleted`). An export with media is
    read in its zip. What was attached with a caption is a message, the caption its text.
    """

    name: ClassVar[str] = "whatsapp"
    inside: ClassVar[str | None] = "*.txt"
    problem_codes = CODES

    date_order: DateOrder | None = None
    """The order of day, month and year: `dmy`, `mdy` or `ymd`. Without it, the one that fits the dates in the file;
    where two do, the one that keeps the messages in order, with a warning."""
    media: Literal["mark", "drop"] = "mark"
    """What becomes of messages that are only an attachment: a row with the text `<image>`, `<video>`, `<audio>`,
    `<sticker>`, `<file: name>` or `<media>` (the export does not say what), or a drop."""
    encoding: str | None = None
    """The file's encoding; without, UTF-8 or what its byte-order mark says."""

    def read(self, source: Input) -> Iterator[Rows | Drop | Finding]:
        """Blocks of a few thousand messages; a row's number is the line on which its message begins. Raises DataError
        for a file that is no chat; in a zip such a file is an attachment, and a drop."""
        with source.text(self.encoding) as text:
            layout = layout_of(text.read(_HEAD))
        if layout is None:
            yield _no_chat(source)
            return
        order = self.date_order
        if order is None:
            found = _order(source, self.encoding)
            order = found.order
            if found.other is not None:
                yield _doubtful(found, source)
        making = _Making(source, Clock(order), drop_media=self.media == "drop")
        with source.text(self.encoding) as text:
            for block in messages(text, layout):
                yield from making.items(block)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Messages begin as WhatsApp's do: surest where the second has a name and a colon."""
        text = head.decode("utf-8-sig", "ignore")
        layout = layout_of(text[:20_000])
        if layout is None:
            return 0.0
        bodies = layout.split("\n" + text[:20_000].replace("\r\n", "\n"))[3::3]
        named = sum(":" in body.partition("\n")[0] for body in bodies)
        return 0.95 if named * 2 >= len(bodies) and named else 0.6 if len(bodies) > 1 else 0.3

    @classmethod
    def survey(cls, source: Input) -> Survey:
        """Its encoding, and the order of its dates."""
        text = survey_text(source)
        encoding = text.options.get("encoding")
        with source.text(encoding) as stream:
            if layout_of(stream.read(_HEAD)) is None:
                return text
        found = _order(source, encoding)
        findings = (*text.findings, _doubtful(found, source)) if found.other is not None else text.findings
        why = "the dates fit it" if found.other is None else "it keeps the messages in order"
        return Survey(
            options={**text.options, "date_order": found.order},
            why=(*text.why, f"dates are {found.order}: {why}"),
            findings=findings,
        )


class _Making:
    """Makes rows of the messages of one file."""

    def __init__(self, source: Input, clock: Clock, *, drop_media: bool):
        self._source, self._clock, self._drop_media = source, clock, drop_media
        self._speakers = Speakers()
        empty = dict.fromkeys(("talk", "time", "speaker", "text", "id", "reply_to", "kind"), "")
        self._plain = empty | {"talk": talk_of(source.path), "kind": "message"}

    def items(self, block: Block) -> Iterator[Rows | Drop]:
        """The rows of a block, and its drops."""
        rows: list[Row] = []
        numbers: list[int] = []
        drops: list[Drop] = []

        def slowly(raw: Raw) -> None:
            made = self._slow(raw)
            if isinstance(made, Drop):
                drops.append(made)
            elif made is not None:
                rows.append(made)
                numbers.append(raw.line)

        slowly(block.first)
        dates, times, known, plain = self._clock.dates, self._clock.times, self._speakers.known, self._plain
        line, parts, marked = block.line, block.parts, block.marked
        for date, time, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            line += 1
            name, _, text = body.partition(": ")
            text = text.strip()
            try:
                when, speaker = dates[date] + times[time], known[name]
            except KeyError:
                speaker = None
            if (
                speaker and text
                and not (text[:GATE] in PHRASES or text[-1] in ENDS or (marked and may_be_marked(text)))
            ):  # fmt: skip
                row = plain.copy()
                row["time"], row["speaker"], row["text"] = when, speaker, text
                rows.append(row)
                numbers.append(line)
            else:
                slowly(Raw(line, date, time, body))
            if "\n" in body:
                line += body.count("\n")
        yield from drops
        if rows:
            yield Rows(rows, numbers)

    def _slow(self, raw: Raw) -> Row | Drop | None:
        """The row of any message; None for the nothing before the first one."""
        if not raw.date:
            return self._drop("before the first message", raw) if raw.body.strip("\ufeff \n") else None
        if raw.cut:
            return self._drop("a message of more than 4 MiB", raw)
        clock = self._clock
        day = clock.dates.get(raw.date) or clock.date(raw.date)
        hour = clock.times.get(raw.time) or clock.time(raw.time)
        if not day or not hour:
            return self._drop("no such date in this order" if not day else "no such time", raw)
        speaker, kind, text = self._said(raw.body)
        if kind == "media" and self._drop_media:
            return self._drop("only an attachment", raw)
        return self._plain | {"time": day + hour, "speaker": speaker, "text": text, "kind": kind}

    def _said(self, body: str) -> tuple[str, str, str]:
        """Speaker, kind and text."""
        raw, colon, text = body.partition(": ")
        if not colon and body.rstrip("\n").endswith(":"):
            raw, colon, text = body.rstrip("\n")[:-1], ":", ""
        known = self._speakers.known
        name = (known[raw] if raw in known else self._speakers.look(raw)) if colon else None
        if name is None:
            glued = self._speakers.glued(body)
            if glued is None:
                kind, text = judged(body.strip())
                return "", "system" if kind == "message" else kind, text
            name, text = glued
        text = text.strip()
        kind, text = judged_before(text) if len(text) < _SHORT else judged(text)
        return ("" if kind == "system" else name), kind, text

    def _drop(self, reason: str, raw: Raw) -> Drop:
        content = f"{raw.date}{raw.time} {raw.body}".strip()
        content = content if len(content) <= _SHOWN or not raw.cut else content[:_SHOWN] + "…"
        body = raw.body.rstrip("\n")
        blank = 0 if raw.date else len(body) - len(body.lstrip("\n")) - 1  # its body begins before the first line
        last = 0 if raw.cut else body.count("\n") - (not raw.date)
        return Drop(reason, source=self._source.place(raw.line + blank, raw.line + max(last, blank)), content=content)


def _order(source: Input, encoding: str | None) -> Order:
    """The order of the dates in the first 16 MiB; it looks no further than it must."""
    with source.text(encoding) as text:
        head = text.read(_HEAD)
    layout = layout_of(head)
    if layout is None:
        return Order("dmy")
    times = [found[2].rstrip() for found in islice(layout.finditer("\n" + head), _ASKED)]
    if any(_EASTERN.search(time) for time in times):
        return Order("ymd")
    upper = any(time.endswith(("AM", "PM")) for time in times)
    with source.text(encoding) as text:
        dates = (found[1] for piece in islice(pieces(text), _LOOK) for found in layout.finditer(piece))
        return order_of(dates, upper=upper)


def _doubtful(found: Order, source: Input) -> Finding:
    days = {order: day_of(found.example, order) for order in (found.order, found.other or found.order)}
    shown = " or ".join(f"{day} ({order})" for order, day in days.items())
    message = f"no day is above 12, so '{found.example}' may be {shown}; {found.order} keeps the messages in order"
    hint = f"if that is wrong, say 'date_order: {found.other}'"
    return Finding("FT250", message, hint=hint, level="warning", source=source.place(1))


def _no_chat(source: Input) -> Drop:
    """The drop of an attachment in a zip. Raises DataError for any other file."""
    if str(source.path) == "-" or source.path.exists():
        raise DataError("no message of a WhatsApp chat in it", hint=_HINT, file=source.name)
    return Drop("an attachment, no chat", source=source.place(1), content=source.path.name)
