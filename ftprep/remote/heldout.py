"""What one output of a run has for its model: the contract, and the rows it was trained with or held out from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from ..contract import Asker, Contract, as_messages
from ..errors import DataError, RecipeError, did_you_mean, refusal
from ..example import Example, Message
from ..output import recover
from ..planning.broken import FAULTS
from ..registry import Registry
from ..steps import Answer, Question, Split
from .training import run_of

HELD_OUT: tuple[Split, ...] = ("validation", "test")
_AGAIN = "make it again with 'ftprep run'"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to ask a model."""

    file: str = ""
    """Where it comes from: a file of the run; empty for what was handed in."""
    line: int = 0
    """From 1, in the file or among what was handed in."""
    prompt: Mapping[str, Any]
    """The part of the request that the model reads."""
    wanted: str | None = None
    """The right answer, decoded; None where nobody knows it."""

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}" if self.file else f"{self.line}"

    def as_json(self) -> dict[str, Any]:
        """Its place, what people read of it, and the right answer."""
        asked = asked_text(self.prompt)
        return {"file": self.file or None, "line": self.line, "asked": asked, "wanted": self.wanted}


class Trained:
    """One output of a run folder."""

    def __init__(self, run_dir: Path | str, output: str | None = None, *, registry: Registry):
        """Raises RecipeError for an output that is not there, DataError for a contract that cannot be used."""
        self.folder = output_folder(Path(run_dir), output)
        self.asker: Asker = Contract.load(self.folder, registry)
        self.facts: Mapping[str, Any] = self.asker.contract.facts

    @property
    def run(self) -> Path:
        """The run folder, or the output's own where it was taken out of one."""
        with suppress(DataError):
            return run_of(self.folder)[0]
        return self.folder

    @property
    def splits(self) -> tuple[Split, ...]:
        """Those that have a file."""
        every: tuple[Split, ...] = ("train", *HELD_OUT)
        return tuple(split for split in every if self.path(split).is_file())

    def path(self, split: Split) -> Path:
        """The file of a split."""
        return self.folder / f"{split}.jsonl"

    def rows(self, split: Split, most: int | None = None, *, spread: bool = False) -> list[Asked]:
        """The first rows of a split, or, `spread`, rows from all over it: all where `most` is None. Raises DataError
        for a split that is not there, and for a row that the writer did not write."""
        path = self.path(split)
        try:
            lines = list(islice(_lines(path), None if spread else most))
        except OSError as error:
            have = ", ".join(self.splits)
            raise DataError(f"cannot be read ({refusal(error)})", hint=f"there are: {have}" if have else _AGAIN,
                            file=path.as_posix()) from error  # fmt: skip
        chosen: Iterable[int] = range(len(lines))
        if most is not None and most < len(lines):
            chosen = [n * len(lines) // most for n in range(most)]
        return [self._row(path, n + 1, lines[n]) for n in chosen]

    def handed(self, inputs: Iterable[Mapping[str, Any]], file: str = "") -> list[Asked]:
        """What the contract makes of fields, or of a conversation so far under `messages` (and the tools under
        `tools`). Raises RecipeError for what it cannot ask, with its place."""
        return [self._handed(one, n, file) for n, one in enumerate(inputs, 1)]

    def question(self, asked: Asked, model: str, params: Mapping[str, Any]) -> Question:
        """The request: what the contract says, what the model reads, and what the user adds."""
        arguments = {**self.asker.writer.arguments(self.facts), **asked.prompt, **params}
        return Question(model=model, arguments=arguments, shape=self.asker.writer.shape)

    def decoded(self, answer: Answer) -> str:
        """The answer without what training added; calls of tools as text, one a line."""
        if answer.tool_calls:
            return calls_text(answer.tool_calls)
        return self.asker.decode(answer.text).strip()

    def probabilities(self, answer: Answer) -> dict[str, float]:
        """Class -> probability; empty where the answer or the contract does not tell."""
        with suppress(DataError):
            return self.asker.probabilities(answer.logprobs)
        return {}

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that the contract knows."""
        codes = self.facts.get("codes", {})
        return tuple(dict.fromkeys(str(codes.get(name, name)) for name in self.facts.get("labels") or {}))

    def _row(self, path: Path, line: int, text: bytes) -> Asked:
        file = path.as_posix()
        try:
            row = msgspec.json.decode(text)
            prompt = self.asker.prompt_of(row)
            example = self.asker.writer.decode(row)
        except FAULTS as error:
            why = str(error) or type(error).__name__
            raise DataError(f"no row of this output: {why}", hint=_AGAIN, file=file, line=line) from error
        return Asked(file=file, line=line, prompt=prompt, wanted=self._wanted(example.answer))

    def _wanted(self, answer: Message | None) -> str | None:
        if answer is None:
            return None
        if answer.tool_calls:
            return calls_text([{"name": call.name, "arguments": call.arguments} for call in answer.tool_calls])
        return self.asker.decode(answer.text).strip()

    def _handed(self, given: Mapping[str, Any], number: int, file: str) -> Asked:
        fields, messages, tools = dict(given), (), ()
        if isinstance(given.get("messages"), (list, tuple)):
            messages, tools = fields.pop("messages"), fields.pop("tools", ())
        try:
            example = Example(fields=fields, messages=as_messages(messages), tools=tuple(tools))
            return Asked(file=file, line=number, prompt=self.asker.prompt(example))
        except RecipeError as error:
            where = [
                msgspec.structs.replace(p, file=file or None, line=number if file else None) for p in error.problems
            ]
            raise RecipeError(*where) from error


def output_folder(run_dir: Path, output: str | None = None) -> Path:
    """The folder of an output: it may be named itself. Raises RecipeError where it is not clear which one is meant."""
    for folder in (run_dir, run_dir.parent):
        recover(folder)
    if (run_dir / "contract.json").is_file() and output is None:
        return run_dir
    outputs = sorted(path.parent.name for path in run_dir.glob("*/contract.json"))
    file = run_dir.as_posix()
    if not outputs:
        text = "not a run folder" if run_dir.is_dir() else "no such folder"
        raise RecipeError(text, hint="name the folder that 'ftprep run' wrote", file=file)
    if output is None and len(outputs) > 1:
        raise RecipeError("has several outputs", hint=f"choose one with --output: {', '.join(outputs)}", file=file)
    if output is not None and output not in outputs:
        hint = did_you_mean(output, outputs, otherwise="there are")
        raise RecipeError(f"has no output '{output}'", hint=hint, file=file)
    return run_dir / (output or outputs[0])


def asked_text(prompt: Mapping[str, Any]) -> str:
    """What a prompt asks, for people: the last message of a conversation, or the text."""
    messages = prompt.get("messages")
    said = messages[-1].get("content") if isinstance(messages, (list, tuple)) and messages else prompt.get("prompt")
    if isinstance(said, (list, tuple)):
        said = "".join(str(part.get("text", "")) for part in said if isinstance(part, Mapping))
    return str(said or "")


def calls_text(calls: Sequence[Mapping[str, Any]]) -> str:
    """Calls of tools as text that can be compared: `name {"a": 1}`, a line each."""
    return "\n".join(_call(call.get("function", call)) for call in calls)


def _call(call: Mapping[str, Any]) -> str:
    arguments = call.get("arguments", "")
    with suppress(ValueError, TypeError):
        arguments = json.dumps(json.loads(arguments), ensure_ascii=False, sort_keys=True)
    return f"{call.get('name', '')} {arguments}"


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from (line for line in stream if line.strip())
