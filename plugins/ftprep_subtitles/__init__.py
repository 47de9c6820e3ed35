"""The reader `subtitles`: SubRip (.srt) and WebVTT (.vtt) files, a cue a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`subtitles`."""
    from .reader import Subtitles

    return [Subtitles]
