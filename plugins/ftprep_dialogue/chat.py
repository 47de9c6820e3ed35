"""`chat` and `prompt`: one row becomes one sample, through templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ftprep import Example, Map, Message, Outcome, Proposal, Row, StepRun, Template

from .copies import with_messages
from .propose import LIKELY, of_columns, of_completions, of_pairs_as_prompts


class Chat(Map):
    """Makes a conversation of a row: perhaps a system message, a user message, an answer.

    Messages there were before are replaced; the templates can read them (`{dialogue}`, `{prompt}`, `{answer}`).
    """

    name = "chat"
    makes_messages = True

    system: Template | None = None
    """The system message; none where it comes out empty."""
    user: Template | list[Template]
    """The user's message; or the parts of it, of which those that come out empty are left out, and an empty line stands
    between the others."""
    assistant: Template
    """The answer. An empty one is left to the writer, which drops it and says so."""
    rejected: Template | None = None
    """The answer that is not wanted, for preference pairs."""

    @classmethod
    def propose(cls, rows: Sequence[Row]) -> Proposal | None:
        """By the columns' names and content, where such data is widely known."""
        likely = (proposal for proposal in of_columns(rows) if proposal.sure >= LIKELY)
        return max(likely, key=lambda proposal: proposal.sure, default=None)

    @classmethod
    def proposals(cls, rows: Sequence[Row]) -> Sequence[Proposal]:
        """By names; and by content: classes, fields and a text about them, plain text."""
        return tuple(of_columns(rows))

    def apply(self, example: Example) -> Example:
        """The example with the messages of its row."""
        messages = (*self._asked(example), Message("assistant", self.assistant.render(example)))
        if self.rejected is None:
            return with_messages(example, messages)
        other = self.rejected.render(example)
        return example.with_(messages=messages, rejected=(Message("assistant", other),) if other else ())

    def apply_all(self, examples: Sequence[Example]) -> list[Outcome]:
        """The same for many, where it is only a question and an answer."""
        if self.system is not None or self.rejected is not None or not isinstance(self.user, Template):
            return list(map(self.apply, examples))
        pairs = zip(examples, self.user.render_all(examples), self.assistant.render_all(examples), strict=True)
        return [
            with_messages(example, (Message("user", asked), Message("assistant", said)))
            for example, asked, said in pairs
        ]

    def request(self, example: Example, run: StepRun) -> Example:
        """The same with an empty answer; the columns of the answer are not looked at."""
        return with_messages(example, (*self._asked(example), Message("assistant")))

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """None: its messages have no names."""
        return {}

    def _user(self, example: Example) -> str:
        if isinstance(self.user, Template):
            return self.user.render(example)
        return "\n\n".join(text for part in self.user if (text := part.render(example)).strip())

    def _asked(self, example: Example) -> tuple[Message, ...]:
        user = Message("user", self._user(example))
        system = self.system.render(example) if self.system is not None else ""
        return (Message("system", system), user) if system else (user,)


class Prompt(Map):
    """Makes a prompt and its completion of a row."""

    name = "prompt"
    makes_messages = True
    shapes = "completion"

    prompt: Template
    """The prompt, as it stands."""
    completion: Template
    """The completion. An empty one is left to the writer, which drops it and says so."""
    space: bool = True
    """Exactly one space before the completion, whatever white space it begins with: tokens of most models begin with
    a space. `false`: as it stands."""

    @classmethod
    def propose(cls, rows: Sequence[Row]) -> Proposal | None:
        """By the columns' names and content, where such data is widely known."""
        return of_completions(rows)

    @classmethod
    def proposals(cls, rows: Sequence[Row]) -> Sequence[Proposal]:
        """The same, with exactly one space before each completion: for what is to be written, not only looked at. And
        what else asks and answers, for models that are tuned with prompts alone."""
        found = of_completions(rows)
        if found is None:
            return tuple(of_pairs_as_prompts(rows))
        return (msgspec.structs.replace(found, options={**found.options, "space": True}),)

    def apply(self, example: Example) -> Example:
        """The example with the messages of its row."""
        completion = self.completion.render(example)
        if self.space:
            completion = completion.lstrip()
            completion = completion and f" {completion}"
        return self._sample(example, completion)

    def apply_all(self, examples: Sequence[Example]) -> list[Outcome]:
        """The same for many."""
        completions = self.completion.render_all(examples)
        if self.space:
            completions = [text and f" {text}" for text in map(str.lstrip, completions)]
        prompts = self.prompt.render_all(examples)
        return [
            with_messages(example, (Message("user", prompt), Message("assistant", completion)))
            for example, prompt, completion in zip(examples, prompts, completions, strict=True)
        ]

    def request(self, example: Example, run: StepRun) -> Example:
        """The same with an empty completion; the columns of the completion are not looked at."""
        return self._sample(example, "")

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """None: its messages have no names."""
        return {}

    def _sample(self, example: Example, completion: str) -> Example:
        prompt = Message("user", self.prompt.render(example))
        return with_messages(example, (prompt, Message("assistant", completion)))
