"""The first sections of a run's page: may it be trained on, what was found, what was written, where rows were lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from .cells import bounded, cell, cut, said
from .flow import branches, flow, most_of
from .parts import badge, details, heading, note, tiles, together
from .shown import beside
from .words import number, words

Facts = Mapping[str, Any]
_LEVELS = {
    "error": ("Errors", "bad", "These must be mended before anything is trained on the files."),
    "warning": ("Warnings", "note", "The files can be used; look at these first."),
    "advice": ("Advice", "", "What would make the data better."),
}
_FINDINGS, _PLACES, _BRANCHES = 50, 5, 8
"""Findings of a level, places of a finding, and outputs that are drawn."""
_SIZES = ("bytes", "kB", "MB", "GB", "TB")


def verdict(manifest: Facts) -> Markup:
    """May it be trained on, and the few numbers that matter."""
    parts: list[str] = [_judgement(manifest)]
    if manifest["limit"] is not None:
        text = f"This was a try: only the first {manifest['limit']:,} rows or conversations were taken (--limit)."
        parts.append(note(text, "note"))
    return together(*parts, tiles(_tiles(manifest)), heading("Files"), _files(manifest))


def _judgement(manifest: Facts) -> Markup:
    kinds = {level: _of(manifest, level) for level in _LEVELS}
    counts, written = manifest["counts"], _examples(manifest)
    outputs = len(counts["examples"])
    told = f"{_n(written, 'example')} {_were(written)} written{f' in {outputs:,} formats' if outputs > 1 else ''}"
    if counts["dropped"]:
        told += f", and {counts['dropped']:,} of {_n(counts['read'], 'row')} {_were(counts['dropped'])} left out"
        told += ", each with its reason"
    if not manifest["ok"]:
        n = sum(one["count"] for one in kinds["error"])
        kind = f" of {len(kinds['error']):,} kinds" if len(kinds["error"]) > 1 else ""
        return _remark("bad", "✗", "Not to be trained on", f"{_n(n, 'error')}{kind}: see below. {told}.")
    if kinds["warning"]:
        n = sum(one["count"] for one in kinds["warning"])
        return _remark("note", "!", "Can be trained on, with warnings", f"{_n(n, 'warning')}: see below. {told}.")
    return _remark("good", "✓", "Ready to train on", f"No errors, no warnings. {told}.")


def _remark(mood: str, sign: str, verdict: str, text: str) -> Markup:
    made = Markup('<div class="verdict {}"><span class="sign" aria-hidden="true">{}</span><div><p class="said">{}</p>')
    return made.format(mood, sign, verdict) + Markup("<p>{}</p></div></div>").format(text)


def _of(manifest: Facts, level: str) -> list[Facts]:
    return [one for one in manifest["findings"] if one["level"] == level]


def _n(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _examples(manifest: Facts) -> int:
    return sum(n for splits in manifest["counts"]["examples"].values() for n in splits.values())


def _tiles(manifest: Facts) -> dict[str, Any]:
    counts = manifest["counts"]
    made: dict[str, Any] = {"rows read": counts["read"], "rows used": counts["used"], "rows dropped": counts["dropped"]}
    by_output = list(counts["examples"].values())
    if by_output and all(one == by_output[0] for one in by_output):
        return made | {_examples_of(split): n for split, n in by_output[0].items()}
    return made | {"outputs": len(by_output), "examples in all": _examples(manifest)}


def _examples_of(split: str) -> str:
    return {"train": "for training"}.get(split, f"for {split}")


def _files(manifest: Facts) -> Markup:
    outputs = manifest["outputs"]
    rows = [[name, facts["lines"], size(facts["bytes"])] for name, facts in outputs.items()]
    hashes = bounded(["file", "SHA-256"], [[name, facts["sha256"]] for name, facts in outputs.items()], row_heads=True)
    others = [name for name in manifest["files"] if name not in outputs]
    parts = [
        bounded(["file", "lines", "size"], rows, row_heads=True, right=[2]),
        details("SHA-256 of the files", hashes),
    ]
    if others:
        parts.append(details("Other files of the run folder", bounded(["file"], [[name] for name in others])))
    return together(*parts)


def size(count: int) -> str:
    """Bytes for people."""
    power = min(len(_SIZES) - 1, (len(str(count)) - 1) // 3)
    return f"{number(count)} bytes" if power == 0 else f"{count / 1000**power:.3g} {_SIZES[power]}"


def found(manifest: Facts) -> Markup | None:
    """Findings by level, with places and what to do; None: there are none."""
    parts: list[str] = []
    for level, (title, mood, about) in _LEVELS.items():
        if kinds := _of(manifest, level):
            total = sum(one["count"] for one in kinds)
            sign = badge(number(total), mood)  # type: ignore[arg-type]
            parts += [Markup("<h3>{} {}</h3>").format(title, sign), about, *_kinds(kinds, level)]
    return together(*parts) if parts else None


def _kinds(kinds: Sequence[Facts], level: str) -> Iterator[Markup]:
    ordered = sorted(kinds, key=lambda one: -one["count"])
    for one in ordered[:_FINDINGS]:
        yield _finding(one, level)
    if rest := ordered[_FINDINGS:]:
        text = (
            f"… and {_n(sum(one['count'] for one in rest), level)} of {len(rest):,} more kinds: the manifest has them."
        )
        yield Markup('<p class="more">{}</p>').format(text)


def _finding(one: Facts, level: str) -> Markup:
    every = list(dict.fromkeys(one["places"]))
    places = said(every[:_PLACES], 120) if every else ""
    more = " …" if len(every) > _PLACES else ""
    about = [words(one["code"]), words(f"in {cut(one['step'], 60)}")] if one["step"] else [words(one["code"])]
    lines = [Markup('<p class="what">{}</p>').format(words(_sentence(one["message"])))]
    if one["hint"]:
        lines.append(Markup('<p class="do">{}</p>').format(words(_sentence(one["hint"]))))
    times = f"{one['count']:,} times" if one["count"] > 1 else "once"
    lines.append(Markup('<p class="where">{} · {}{}</p>').format(
        Markup(" · ").join(about), words(times), Markup(": {}").format(words(places + more)) if places else ""
    ))  # fmt: skip
    return Markup('<div class="finding {}">{}</div>').format(level, Markup("").join(lines))


def _sentence(text: str) -> str:
    """It begins with a capital, where it begins with a word."""
    first = text.split(" ", 1)[0]
    return cut(text[:1].upper() + text[1:] if first.isalpha() else text, 300)


def rows_flow(manifest: Facts) -> Markup:
    """What became of the rows, step by step."""
    counts = manifest["counts"]
    most = most_of(counts["steps"])
    shared, ways = branches(counts["steps"])
    if len(ways) < 2:
        pictures = [flow(counts["steps"], most, title="Step by step")]
    else:
        own = [flow(steps, most, title=f"For {name}") for name, steps in list(ways.items())[:_BRANCHES]]
        pictures = [flow(shared, most, title="For all outputs"), *own]
    made: list[str] = [beside(pictures)]
    if len(ways) > _BRANCHES:
        made.append(Markup('<p class="more">… and {} more outputs</p>').format(len(ways) - _BRANCHES))
    made += [text for output, told in counts["losses"].items() if (text := _losses(output, told))]
    if any(step["dropped"] for step in counts["steps"]):
        made.append("Each row or example that was dropped stands in dropped.jsonl, with its place and reason.")
    return together(*made)


def _losses(output: str, told: Facts) -> Markup | None:
    """What rows lost on the way into their format."""
    if not told["changed"]:
        return None
    rows = [[name, one["count"], cell(one["places"][:_PLACES])] for name, one in told["lost"].items()]
    text = f"{told['changed']:,} of {_n(told['changed'] + told['unchanged'], 'row')} of {cut(output, 60)} are written "
    table = bounded(["lost", "rows", "first places"], rows, row_heads=True)
    return note(f"{text}without something that the format cannot hold.", "note") + table
