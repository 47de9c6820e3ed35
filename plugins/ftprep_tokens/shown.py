"""What people see of the figures of `tokens` and `cost`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftprep import Bars, Histogram, Note, Numbers, Shown, Table

Figures = Mapping[str, Any]
_SPREAD = {"examples": "examples", "tokens": "tokens", "p50": "median", "p95": "p95", "max": "longest"}
_COST = {"examples": "examples", "tokens": "tokens", "trained": "trained on", "per_epoch": "within the limit"}


def lengths(figures: Figures) -> Iterator[Shown]:
    """How long examples are, and whether that fits. `figures` are those of `tokens`, or of `cost`."""
    if figures.get("histogram"):
        places = {name: figures[name] for name in ("p50", "p95", "limit") if name in figures}
        bins = [(start, end, n) for start, end, n in figures["histogram"]]
        yield Histogram(title="Tokens per example", x="tokens", bins=bins, marks=places)
    if figures.get("limit") is not None:
        over, limit = figures.get("over", 0), figures["limit"]
        are = "1 example is" if over == 1 else f"{over:,} examples are"
        fits = f"No example is over the limit of {limit:,} tokens."
        yield Note(f"{are} over the limit of {limit:,} tokens.", "bad") if over else Note(fits, "good")
    for name, what in (("approximate_tool_tokens", "tokens of tools and their calls"), ("images", "images")):
        if figures.get(name):
            yield Note(f"Not in these counts: {figures[name]:,} {what}, for which no rule is published.")


def of_tokens(figures: Figures) -> list[Shown]:
    """The figures of `tokens`."""
    shown = [*lengths(figures)]
    if not figures.get("examples"):
        return [*shown, Note("There was no example to count.")]
    shown += _splits(figures, _SPREAD)
    names = {"total": "tokens in all", "mean": "mean", "min": "shortest", "p50": "median", "p95": "p95"}
    return [*shown, Numbers({**_named(figures, names), "longest": figures.get("max")})]


def of_cost(figures: Figures) -> list[Shown]:
    """The figures of `cost`."""
    if not figures.get("examples"):
        return [Note("There was no example to count.")]
    shown: list[Shown] = [_paid(figures), Numbers(_price(figures)), _bars(figures), *_splits(figures, _COST)]
    shown += lengths({**_whole(figures), **figures})
    if figures.get("cut"):
        shown.append(Note(f"{figures['cut']:,} tokens beyond the limit would be cut away in training.", "bad"))
    if rows := figures.get("distribution"):
        head = ["in an example", "least", "5 %", "median", "95 %", "most", "mean"]
        cells = [[row.get(key) for key in ("per_example", "min", "p5", "p50", "p95", "max", "mean")] for row in rows]
        shown.append(Table(head=head, rows=cells, caption="How examples differ"))
    if rows := figures.get("requests"):
        head = ["1,000 requests", "tokens asked", "tokens answered", "USD"]
        cells = [[row.get(key) for key in ("1,000_requests", "prompt_tokens", "answer_tokens", "usd")] for row in rows]
        shown.append(Table(head=head, rows=cells, caption="What 1,000 requests like these cost"))
    return shown


def _whole(figures: Figures) -> dict[str, Any]:
    """Median and so on of all tokens of an example, where the figures have them in a table."""
    return next((dict(row) for row in figures.get("distribution", ()) if row.get("per_example") == "tokens"), {})


def _paid(figures: Figures) -> Note:
    epochs, billed = figures.get("epochs"), figures.get("billed")
    if billed is None:
        return Note(f"An epoch reads {figures.get('per_epoch', 0):,} tokens; how many epochs there are is not known.")
    times = "1 epoch" if epochs == 1 else f"{epochs} epochs"
    price = f"about {_usd(figures['usd'])} USD" if "usd" in figures else "at a price that is not known"
    return Note(f"Training reads {billed:,} tokens in {times}: {price}. Only what stands in train is paid for.")


def _usd(price: float) -> str:
    return f"{price:,.2f}" if price >= 1 else f"{price:.4g}"


def _price(figures: Figures) -> dict[str, Any]:
    names = {"tokens": "tokens in all", "trained": "of them trained on", "per_epoch": "tokens in an epoch",
             "epochs": "epochs", "billed": "tokens paid for", "usd": "USD", "bytes": "bytes"}  # fmt: skip
    return _named(figures, names)


def _bars(figures: Figures) -> Bars:
    """What is trained on beside what is only read, of each split once; and in all that is paid for, unless some of it
    would be cut away."""
    splits = figures.get("splits") or {"all": figures}
    bars = {split: _parts(of["trained"], of["tokens"]) for split, of in splits.items()}
    epochs, billed, train = figures.get("epochs"), figures.get("billed"), splits.get("train")
    if epochs and billed and train and not figures.get("cut"):
        bars[f"paid for: train, {epochs}×"] = _parts(train["trained"] * epochs, billed)
    return Bars(title="Tokens that are trained on, and only read", x="tokens", bars=bars, y="split")


def _parts(trained: int, tokens: int) -> dict[str, float]:
    return {"trained on": trained, "context": max(0, tokens - trained)}


def _splits(figures: Figures, names: Mapping[str, str]) -> list[Shown]:
    """A row for each split."""
    splits = figures.get("splits") or {}
    rows = [[split, *(of.get(name) for name in names)] for split, of in splits.items()]
    return [Table(head=["split", *names.values()], rows=rows, caption="Tokens by split")] if rows else []


def _named(figures: Figures, names: Mapping[str, str]) -> dict[str, Any]:
    return {said: figures[name] for name, said in names.items() if name in figures}
