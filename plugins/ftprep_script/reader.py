"""The reader `script`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import field_validator

from ftprep import DataError, Drop, Input, Reader, Row, Rows

from .lines import SCENE, Speech, speaker_of, speeches, without_directions

_BLOCK = 1000


class Script(Reader):
    """Plays and film scripts: one row a speech, with `talk` (the scene's number), `scene`, `speaker` and `text`.

    A speech is `NAME: text`, or a line with the name (`NAME:`, or all in capitals) and the lines below it up to an
    empty one. Headings (`SCENE II`, `ACTO I`, `INT. KITCHEN`) begin a new talk, so that neighbouring scenes are not
    mixed. Stage directions, in brackets, are removed. What nobody says is a drop.
    """

    name: ClassVar[str] = "script"
    suffixes: ClassVar[tuple[str, ...]] = (".fountain",)

    scene: str | None = None
    """A regular expression for a heading, instead of the usual ones; it must cover the whole line."""
    directions: Literal["remove", "keep"] = "remove"
    """Stage directions: what stands in round or square brackets."""
    encoding: str | None = None
    """The file's encoding; without, UTF-8 or what its byte-order mark says."""

    @field_validator("scene")
    @classmethod
    def _a_pattern(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"the pattern cannot be read: {error}") from None
        return pattern

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of a thousand speeches; a row's number is the line on which its speech begins. Raises DataError for a
        file in which nobody speaks."""
        scene = re.compile(self.scene) if self.scene is not None else None
        rows: list[Row] = []
        numbers: list[int] = []
        spoken = False
        with source.text(self.encoding) as text:
            for speech in speeches(text, scene):
                made = self._row(speech, source)
                if isinstance(made, Drop):
                    yield made
                    continue
                spoken = True
                rows.append(made)
                numbers.append(speech.line)
                if len(rows) == _BLOCK:
                    yield Rows(rows, numbers)
                    rows, numbers = [], []
        if rows:
            yield Rows(rows, numbers)
        if not spoken:
            hint = "a speech is 'NAME: text', or the name on a line of its own"
            raise DataError("nobody speaks in it", hint=hint, file=source.name)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Many lines that name a speaker, few different ones."""
        lines = [line.strip() for line in head.decode("utf-8", "replace").splitlines()[:400] if line.strip()]
        names = [named[0] for line in lines if (named := speaker_of(line)) is not None and not SCENE.fullmatch(line)]
        often = len(names) >= 4 and len(set(names)) <= len(names) * 0.6
        return 0.6 if often and len(names) >= len(lines) * 0.2 else 0.0

    def _row(self, speech: Speech, source: Input) -> Row | Drop:
        content = {"scene": speech.scene, "speaker": speech.speaker, "text": speech.text}
        place = source.place(speech.line)
        if speech.speaker is None:
            return Drop("not spoken by anyone", source=place, content=content)
        said = without_directions(speech.text) if self.directions == "remove" else speech.text
        if not said:
            return Drop("nothing is said", source=place, content=content)
        return {"talk": str(speech.talk), "scene": speech.scene, "speaker": speech.speaker, "text": said}
