"""Put training files into a folder or an object store, for a training that somebody runs."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_uploaders() -> list[type[ftprep.Uploader]]:
    """`store`."""
    from .uploader import Store

    return [Store]
