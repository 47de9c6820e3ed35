"""Written lines as the model sees them: what it is trained on, where tokens end, and characters that nobody sees."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .terminal import can_show

if TYPE_CHECKING:
    from ..engine.preview import Walk
    from ..plan import Plan
    from ..registry import Registry
    from ..report.marks import Run
    from ..trained import Segment, Token

_HEAD, _TAIL = 400, 100
"""Pieces of a long text that are shown at its beginning and its end: tokens, or what is between marks."""
_PLAIN = {"·": "_", "↵\n": "\\n\n", "→": "\\t", "│": "|", "…": "..."}
"""For streams that cannot show the marks."""


class Texts:
    """The texts of what a preview writes; the stages get them, too."""

    def __init__(self, plan: Plan, registry: Registry, walk: Walk):
        from ..errors import FtprepError
        from ..tokens import pieces_for
        from ..trained import read_row, tokenised

        self.facts = walk.facts
        self.note = ""
        """Why tokens are not shown."""
        self._marks = {mark: plain for mark, plain in _PLAIN.items() if not can_show(sys.stdout, mark)}
        pieces = pieces_for(plan.model, registry)
        if pieces is None:
            self.note = "tokens are not shown, as no model is named; name one with --set model=NAME"
        writers = {output.folder: output.writer.step for output in plan.outputs}
        for stage in walk.stages:
            if stage["makes"] != "lines":
                continue
            stage["texts"] = []
            for line in stage["examples"]:
                segments, note = read_row(_encoded(line), writers[stage["output"]])
                tokens: list[list[Token]] = [[] for _ in segments]
                if pieces is not None:
                    try:
                        tokens = tokenised(segments, pieces)
                    except FtprepError as error:
                        self.note, pieces = f"tokens are not shown: {error}", None
                stage["texts"].append({"segments": segments, "tokens": tokens, "note": note})

    def lines(self, stage: Mapping[str, Any], places: Sequence[int]) -> Iterator[str]:
        """The texts of some lines of a stage."""
        for number, at in enumerate(places, 1):
            texts = stage["texts"][at]
            if len(places) > 1:
                yield f"line {number}{_count(texts)}"
            elif told := _count(texts):
                yield told.removeprefix(": ")
            if texts["note"]:
                yield texts["note"]
            yield from self._texts(stage, texts)

    def _texts(self, stage: Mapping[str, Any], texts: Mapping[str, Any]) -> Iterator[str]:
        from ..report.marks import ends_of, runs

        facts = self.facts.get(stage["output"], {})
        marked = [
            runs(segment.text, tokens, ends_of(facts, segment))
            for segment, tokens in zip(texts["segments"], texts["tokens"], strict=True)
        ]
        whose = [_whose(segment, found) for segment, found in zip(texts["segments"], marked, strict=True)]
        width = max(map(len, whose), default=0)
        for segment, tokens, found, who in zip(texts["segments"], texts["tokens"], marked, whose, strict=True):
            mark = ">" if segment.kind == "trained" else " "
            first, *rest = self._shown(found, bordered=bool(tokens)).split("\n")
            yield f"{mark} {segment.kind:8} {who:{width}}  {first}".rstrip()
            yield from (f"{mark} {'':8} {'':{width}}  {line}" for line in rest)

    def _shown(self, found: Sequence[Run], *, bordered: bool) -> str:
        """A text with its borders and marks; a long one without its middle."""
        left = len(found) - _HEAD - _TAIL
        if left > 0:
            middle = self._able(f" … ({left:,} pieces) … ")
            head, tail = found[:_HEAD], found[-_TAIL:]
            return f"{self._shown(head, bordered=bordered)}{middle}{self._shown(tail, bordered=bordered)}"
        text = ""
        for at, run in enumerate(found):
            border = "│" if bordered and at and found[at - 1].token != run.token else ""
            text += self._able(border) + (run.shown if run.kind == "text" else self._able(run.shown))
        return text.removesuffix("\n")

    def _able(self, text: str) -> str:
        """Marks as the stream can show them."""
        for mark, plain in self._marks.items():
            text = text.replace(mark, plain)
        return text


def _whose(segment: Segment, found: Sequence[Run]) -> str:
    """Who says it, and what it is where it is no plain text."""
    ends = dict.fromkeys(run.end for run in found if run.end)
    told = [segment.part] if segment.part not in ("text", segment.role) else []
    return ", ".join([f"{segment.role} {segment.name}".strip(), *told, *(f"with {end}" for end in ends)])


def _count(texts: Mapping[str, Any]) -> str:
    """Tokens in all, and those that are trained on; nothing where they are not known."""
    from ..trained import counted

    if not any(texts["tokens"]):
        return ""
    each = list(map(counted, texts["tokens"]))
    trained = sum(n for n, segment in zip(each, texts["segments"], strict=True) if segment.kind == "trained")
    return f": {sum(each):,} tokens of text, {trained:,} of them trained on"


def _encoded(line: Any) -> bytes:
    import msgspec

    return msgspec.json.encode(line)
