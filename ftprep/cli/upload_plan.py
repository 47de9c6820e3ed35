"""What an upload would do, for people and for `--json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .saying import json_text
from .table import table

if TYPE_CHECKING:
    from ..remote.link import Link
    from ..remote.looked import Cost
    from ..remote.plan import UploadPlan
    from ..remote.training import TrainingFile


def plan_lines(plan: UploadPlan, link: Link | None) -> Iterator[str]:
    """Where to; the files; the job; what it costs."""
    name = plan.service.name.rpartition("/")[2]
    yield f"to {name}" + (f", {link.remote.address}, account {link.account}" if link is not None else "")
    yield from (f"  {line}" for line in (link.remote.about() if link is not None else ()))
    yield from table([_file_row(plan, file) for file in plan.training.files], right=(2, 3, 4), indent="  ")
    if plan.trains and plan.model is not None:
        settings = ", ".join(f"{key} {_short(value)}" for key, value in plan.settings.items())
        yield f"  job: {plan.model}, with files of {plan.format or 'a format that is not known here'}" + (
            f"; {settings}" if settings else ""
        )
        yield f"  cost: {_cost(plan.cost)}"
    if plan.job is not None:
        yield f"  there is a job of just this kind: {plan.job.id} ({plan.job.status}); no other one will be started"
    train = plan.looked.get("train")
    if train is not None and any(train.counts.values()):
        yield f"  findings: {_counted(train.counts)} ('ftprep check FILE' tells them)"


def _counted(counts: Mapping[str, int]) -> str:
    words = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "advice": ("advice", "pieces of advice")}
    return ", ".join(f"{n} {words[level][n > 1]}" for level, n in counts.items() if n)


def _file_row(plan: UploadPlan, file: TrainingFile) -> tuple[str, ...]:
    figures = plan.looked[file.split].figures if file.split in plan.looked else {}
    examples = file.examples if file.examples is not None else figures.get("examples")
    return (
        file.split,
        file.path.as_posix() if file.path is not None else file.id or "",
        f"{examples:,} examples" if examples is not None else "",
        f"{file.bytes:,} bytes" if file.path is not None else "",
        f"{figures['tokens']:,} tokens" if "tokens" in figures else "",
        f"sha256 {file.sha256[:12]}…" if file.sha256 else "",
        f"is there as {plan.there[file.split]}" if file.split in plan.there else "",
    )


def _cost(cost: Cost) -> str:
    if cost.billed is None:
        return "not known (the tokens cannot be counted here)"
    tokens = f"{cost.billed:,} tokens in {cost.epochs} epochs"
    if cost.usd is None:
        return f"not known ({tokens}; no price is known)"
    return f"about {cost.usd:,.2f} USD: {tokens}, {cost.price:g} USD a million (price of {cost.date})"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json_text(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def plan_result(plan: UploadPlan, link: Link | None) -> dict[str, Any]:
    """For `--json`."""
    return {
        "service": plan.service.name,
        "address": link.remote.address if link is not None else None,
        "account": link.account if link is not None else None,
        "model": plan.model,
        "format": plan.format,
        "settings": dict(plan.settings),
        "files": [
            {
                "split": file.split,
                "file": file.path.as_posix() if file.path is not None else None,
                "bytes": file.bytes,
                "sha256": file.sha256,
                "examples": file.examples,
                "tokens": plan.looked[file.split].figures.get("tokens"),
                "id": file.id or plan.there.get(file.split),
            }
            for file in plan.training.files
        ],
        "cost": {
            "usd": plan.cost.usd,
            "tokens": plan.cost.billed,
            "epochs": plan.cost.epochs,
            "price_date": plan.cost.date,
        },
        "job": plan.job.id if plan.job is not None else None,
    }
