"""The reader `conll`: tagged sentences in columns."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`conll`."""
    from .reader import Conll

    return [Conll]
