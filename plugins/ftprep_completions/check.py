"""The check `completions`: whether prompts and completions are made as completion models want them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from ftprep import Check, Example, Finding, Fix, Note, Numbers, Shown, StepRun, Topic, Verdict

from . import marks
from .codes import CODES
from .judge import DROPS, Judge
from .seen import Classes, Side

_EMPTY = Fix(
    change="Remove the rows whose completion is empty",
    transform=({"drop_if": {"of": "answer", "empty": True}},),
    needed=True,
    order=DROPS,
)


_WORDS = {
    "classes": "different completions",
    "positive_class": "the more frequent of two",
    "flags": "flags of fine_tunes.create",
}


class Completions(Check):
    """Looks at prompts and completions as wholes: separator, ending, first space, capitals, what all begin with.

    It says nothing of chat formats. Each finding brings the recipe items that mend it. What it proposes as separator
    or ending occurs in none of the texts, and an ending that is only punctuation (`?`) is not taken for a separator.
    Figures: `examples`, `task` (open-ended generation where all prompts are empty, classification where fewer than a
    third of the completions differ, else conditional generation), `classes`, `positive_class` (the more frequent of
    two), `flags` (how `fine_tunes.create` of openai 0.28 was told of them), and the `separator` and `stop` that there
    are. The contract gets `stop`.
    """

    name: ClassVar[str] = "completions"
    problem_codes = CODES
    topic: ClassVar[Topic] = "text"

    characters: int = Field(default=10_000, ge=1)
    """Say where prompt and completion have more characters than this together."""

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """What looks at pairs; nothing for formats of chats."""
        if run.writer is not None and run.writer.shape != "completion":
            return _nothing
        return self.look

    def look_all(self, examples: Sequence[Example]) -> list[Any]:
        """The same for many; most are a prompt and its completion, neither empty nor long."""
        return [
            (prompt, completion)
            if len(messages := example.messages) == 2
            and messages[1].role == "assistant"
            and type(prompt := messages[0].content) is str
            and type(completion := messages[1].content) is str
            and len(prompt) + len(completion) <= self.characters
            and completion
            and not completion.isspace()
            else self.look(example)
            for example in examples
        ]

    def look(self, example: Example) -> Any:
        """The pair, with a Finding where it is empty or very long; None for what is no pair."""
        answer = example.answer
        if answer is None:
            return None
        prompt, completion = "".join([message.text for message in example.messages[:-1]]), answer.text
        if not completion or completion.isspace():
            return [Finding("FT481", "the completion is empty", "write it, or drop the row", "error", fix=_EMPTY)]
        if len(prompt) + len(completion) > self.characters:
            return [(prompt, completion), self._long()]
        return prompt, completion

    def state(self) -> Any:
        """Prompts, completions, classes."""
        return Side(marks.SEPARATORS), Side(marks.STOPS), Classes()

    def add(self, state: Any, values: Iterable[Any]) -> None:
        """Adds the pairs of a part; no text is kept."""
        pairs: Sequence[tuple[str, str]] = list(values)
        if pairs:
            prompts, completions = zip(*pairs, strict=True)
            state[0].add(prompts)
            state[1].add(completions)
            state[2].add(completions, state[1].longest)

    def merge(self, state: Any, other: Any) -> None:
        """Adds another state."""
        for mine, its in zip(state, other, strict=True):
            mine.merge(its)

    def judge(self, state: Any, run: StepRun) -> Verdict:
        """The findings about all of them, with what would mend them."""
        prompts, completions, classes = state
        judge = Judge(prompts, completions, classes, run.facts)
        if not judge.prompts.n:
            return Verdict()
        stop = {"stop": [judge.stop]} if judge.stop and not judge.known_stops else {}
        return Verdict(list(judge.findings()), judge.figures(), stop)

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """What the prompts and completions are, and what they end with."""
        if not figures:
            return []
        n, task = figures.get("examples", 0), figures.get("task", "")
        said: list[Shown] = [Note(f"{n:,} prompts with their completions, taken for {task}.")]
        if task != "open-ended generation":
            said.append(_ending("prompts", figures.get("separator")))
        said.append(_ending("completions", figures.get("stop")))
        numbers = {name: figures[key] for key, name in _WORDS.items() if key in figures}
        return [*said, Numbers(numbers)] if numbers else said

    def _long(self) -> Finding:
        most = f"{self.characters:,}"
        fix = Fix(
            change=f"Remove the rows of more than {most} characters",
            transform=({"drop_long": {"characters": self.characters}},),
            order=DROPS,
        )
        return Finding("FT482", f"prompt and completion have more than {most} characters together",
                       "what is beyond the model's limit is cut off; shorten or drop it", fix=fix)  # fmt: skip


def _nothing(example: Example) -> None:
    return None


def _ending(of: str, text: str | None) -> Note:
    return Note(
        f"All {of} end with {text!r}." if text else f"No text marks the end of the {of}.", "good" if text else "note"
    )
