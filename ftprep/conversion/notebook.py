"""What `ftprep.convert` shows of itself in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..fragments import fragment, head, problem_table, table

if TYPE_CHECKING:
    from .job import Converted


def converted_html(made: Converted) -> str:
    """What became of the rows of a file in another format."""
    title = f"{made.format} to {made.to}: {made.file.as_posix() if made.file is not None else 'nothing was written'}"
    said = (f"{made.read:,} rows read", f"{made.unchanged:,} unchanged", f"{made.changed:,} changed")
    lost = [(name, of["count"]) for name, of in made.lost.items()] + list(made.not_written.items())
    below = table(["lost, or not written", "rows"], lost) if lost else ""
    return fragment(head(title, *said, mood="good" if made.ok else "bad"), below, problem_table(made.findings))
