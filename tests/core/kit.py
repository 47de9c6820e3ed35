"""A plugin for tests of the core, so that no bundled one is needed."""

from __future__ import annotations

import json
from typing import Literal

from kit_steps import Ask, End, Few, Look, Loud, LoudColumn, Pairs, Side, Skip, Talks, Times, Unlist

import ftprep
from ftprep import Drop, Finding, Lossy, Rows, Source, Template, Verdict


class Kit(ftprep.Reader):
    """JSON objects, one a line. `# name` begins a sheet, `!` is a bad row; blank lines are none."""

    name = "kit"
    suffixes = (".kit",)

    block: int = 1000
    """Rows of a block."""

    def read(self, source):
        sheet, rows, numbers = None, [], []
        with source.text("utf-8") as text:
            for number, line in enumerate(text, 1):
                if line.startswith("#") or len(rows) == self.block:
                    yield Rows(rows, numbers, sheet)
                    rows, numbers = [], []
                if line.startswith("#"):
                    sheet = line[1:].strip()
                elif line.startswith("!"):
                    yield Drop("bad row", source=Source(source.name, number, number, sheet), content=line.strip())
                elif line.strip():
                    rows.append(json.loads(line))
                    numbers.append(number)
        yield Rows(rows, numbers, sheet)


class Lengths(ftprep.Check):
    """Counts answers by length; drops, or finds, those over a length."""

    name = "lengths"

    most: int = 1000
    """Characters."""
    find: bool = False
    """A finding, no drop."""
    level: Literal["error", "warning"] = "warning"
    """Of the finding."""

    def look(self, example):
        length = len(example.messages[-1].text)
        if length <= self.most:
            return length
        return [length, Finding("K1", "long", "shorten it", self.level)] if self.find else Drop("long", str(length))

    def judge(self, state, run):
        return Verdict([], {"lengths": {str(k): state[k] for k in sorted(state)}})


class Same(ftprep.Check):
    """Equal questions meet."""

    name = "same"

    by_words: bool = False
    """They meet in each word."""

    def look(self, example):
        return example.messages[-1].text

    def key(self, example):
        asked = example.messages[0].text
        return [word.encode() for word in asked.split()] if self.by_words else asked or None

    def meet(self, met, run):
        yield "met"
        told = ", ".join(f"{m.value} in {m.split} ({m.source})" for m in met)
        yield Finding("K2", f"equal: {told}", "look at them")

    def state(self):
        return []

    def add(self, state, values):
        state += values

    def judge(self, state, run):
        return Verdict([], {"met": state.count("met"), "seen": len(state)}, {"answers": sorted({*state} - {"met"})})


class KitChat(ftprep.Writer):
    """Chats. Names cannot be carried, and an answer may not be empty."""

    name = "kit_chat"
    shape = "chat"

    system: Template | None = None
    """A system message."""

    def encode(self, example):
        if not example.messages[-1].text:
            return Drop("empty answer")
        row = {"messages": self._list(example)}
        return Lossy(row, ("name",)) if any(m.name for m in example.messages) else row

    def _list(self, example):
        system = [{"role": "system", "content": self.system.render(example)}] if self.system else []
        return [*system, *({"role": m.role, "content": m.text} for m in example.messages)]

    def request(self, example):
        return {"messages": self._list(example.with_(messages=example.messages[:-1]))}

    def prompt_of(self, row):
        return {"messages": row["messages"][:-1]}


class KitText(ftprep.Writer):
    """Prompts and completions."""

    name = "kit_text"
    shape = "completion"

    def encode(self, example):
        return {"prompt": self.request(example)["prompt"], "completion": example.messages[-1].text}

    def request(self, example):
        return {"prompt": "\n".join(m.text for m in example.messages[:-1])}

    def prompt_of(self, row):
        return {"prompt": row["prompt"]}

    def answer(self, text, facts):
        return text.removesuffix((facts.get("stop") or [""])[0])


class Plugin:
    """What the kit offers."""

    @ftprep.hookimpl
    def ftprep_readers(self):
        return [Kit]

    @ftprep.hookimpl
    def ftprep_transformers(self):
        return [Talks, Ask, Pairs, Loud, Skip, Times, Few, End, Unlist, Side, Look, LoudColumn]

    @ftprep.hookimpl
    def ftprep_checks(self):
        return [Lengths, Same]

    @ftprep.hookimpl
    def ftprep_writers(self):
        return [KitChat, KitText]

    @ftprep.hookimpl
    def ftprep_models(self):
        return [ftprep.ModelFacts(name="small", formats=("kit_text",)), ftprep.ModelFacts(name="big")]
