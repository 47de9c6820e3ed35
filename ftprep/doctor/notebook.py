"""What `ftprep.check`, `fix` and `init` show of themselves in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..fragments import facts, fragment, head, table, words

if TYPE_CHECKING:
    from .begin import Begun
    from .found import Fixed, Found
    from .report import Group

_MOST_PLACES = 5


def found_html(found: Found) -> str:
    """What `ftprep.check` found, by kind."""
    return fragment(_found(found))


def _found(found: Found) -> str:
    bad = any(group.level == "error" for group in found.groups)
    said = (f"{found.kind} data", f"{found.rows:,} rows", f"{found.usable:,} can be used")
    rows = list(map(_kind, found.groups))
    names = ["code", "level", "rows", "what", "where", "what to do"]
    below = table(names, rows) if rows else "<p>nothing wrong</p>"
    return head(found.name, *said, mood="bad" if bad else "note" if rows else "good") + below


def _kind(group: Group) -> tuple[Any, ...]:
    places = ", ".join(str(place.first) for place in group.places[:_MOST_PLACES])
    more = " …" if group.count > _MOST_PLACES else ""
    fix = f" ({group.fix.change})" if group.fix is not None else ""
    rows = group.count if group.places else None  # it is about the file
    return group.code, group.level, rows, group.message, places + more, group.hint + fix


def fixed_html(fixed: Fixed) -> str:
    """What `ftprep.fix` changed, and what is still found."""
    changes = "".join(f"<li>{words(change)}</li>" for change in fixed.changes[:50]) or "<li>nothing</li>"
    return fragment(f"<p>What was changed:</p><ul>{changes}</ul>", _found(fixed.findings))


def begun_html(begun: Begun) -> str:
    """The recipe that `ftprep.init` wrote, and why."""
    shown = facts({"task": begun.task, **{f"{role} from": name for role, name in begun.columns.items()}})
    why = "".join(f"<li>{words(text)}</li>" for text in begun.why[:50])
    return fragment(head(begun.recipe.as_posix(), mood="good"), shown, f"<ul>{why}</ul>",
                    f"<pre>{words(begun.text, 4000)}</pre>")  # fmt: skip
