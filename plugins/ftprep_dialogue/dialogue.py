"""`dialogue`: a conversation as one text, for models that continue text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from pydantic import field_validator

from ftprep import Drop, Example, Image, Map, Message, Outcome, StepRun, Template

from .copies import with_messages
from .room import leading
from .talk import RoleName

_TURN_NAMES = {"name", "text", "role"}


class Dialogue(Map):
    r"""Writes the messages before the answer as turns, then the beginning of the answer's turn: `Human: …\nAI:`.

    The prompt becomes one user message, the answer the completion (` answer`). What stands in front, `before` and the
    leading system messages, is parted from the turns by an empty line. With nothing in front of the answer the
    prompt is empty. The last trained answer is the completion; earlier ones are part of the prompt, and counted in the
    run's notes, as are messages after it. Tool calls and images cannot be written as text: such an example is dropped.
    """

    name = "dialogue"
    needs_messages = True
    shapes = "completion"

    turn: str = "{name}: {text}"
    """How a message is written: `{text}`, once, with `{name}` and `{role}` as you like. Turns are parted by a line
    break. Spaces before the answer's text go to the completion."""
    names: dict[RoleName, str] = {}
    """Role -> name in the text. Without: the speaker's own name, or the role with a capital letter."""
    before: Template | None = None
    """A text in front of everything; an empty line follows unless it ends in a line break."""

    @field_validator("turn")
    @classmethod
    def _a_turn(cls, value: str) -> str:
        pieces = [piece for piece in Template(value).pieces if not isinstance(piece, str)]
        for name, form in pieces:
            if name not in _TURN_NAMES or form:
                wrong = f"{name}:{form}" if form else name
                raise ValueError(f"a turn knows {{name}}, {{text}} and {{role}}, not {{{wrong}}}")
        if [name for name, _ in pieces].count("text") != 1:
            raise ValueError("a turn has {text} in it once")
        return value

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What writes the conversations."""
        return _Text(self, run)

    def request(self, example: Example, run: StepRun) -> Example:
        """The prompt, and an empty completion."""
        waiting = example
        if example.answer is None:
            waiting = example.with_(messages=(*example.messages, Message("assistant")))
        made = _Text(self, run).written(waiting, len(waiting.messages) - 1)
        return made if isinstance(made, Example) else super().request(example, run)

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """The names in the text: those of `names`, of the steps before, or of the roles."""
        return (
            {"user": "User", "assistant": "Assistant"}
            | dict(before)
            | {str(role): name for role, name in self.names.items()}
        )


class _NoText(Exception):
    """A message has something that text cannot say."""


class _Text:
    """Writes one conversation after the other."""

    def __init__(self, step: Dialogue, run: StepRun):
        self._step, self._run = step, run
        self._names: dict[str, str] = {str(role): name for role, name in step.names.items()}
        self._frame = lru_cache(4096)(self._new_frame)

    def __call__(self, example: Example) -> Outcome:
        messages = example.messages
        answers = [at for at, m in enumerate(messages) if m.role == "assistant" and m.weight != 0]
        if not answers:
            return Drop("no answer")
        made = self.written(example, answers[-1])
        if len(answers) > 1:
            self._run.tally("earlier answers that are context now", len(answers) - 1)
        if after := len(messages) - 1 - answers[-1]:
            self._run.tally("messages after the last answer", after)
        return made

    def written(self, example: Example, at: int) -> Example | Drop:
        """Prompt and completion for the answer at this place."""
        messages = example.messages
        answer = messages[at]
        lead = min(leading(messages), at)
        try:
            turns = self._turns(messages[lead:at])
            text = _text(answer)
        except _NoText as what:
            return Drop(str(what))
        head, tail = self._frame("assistant", answer.name)
        cue = head.rstrip(" ")
        front = self._front(example, messages[:lead])
        prompt = front + "\n".join([*turns, cue]) if turns or front else ""
        completion = head[len(cue) :] + text + tail if text else ""
        user = Message("user", prompt, self._user(messages, at))
        said = Message("assistant", completion, self._name("assistant", answer.name), answer.weight)
        return with_messages(example, (user, said))

    def _turns(self, messages: Sequence[Message]) -> list[str]:
        turns, frame = [], self._frame
        for message in messages:
            text = message.content
            if text.__class__ is not str or message.tool_calls:
                text = _text(message)
            head, tail = frame(message.role, message.name)
            turns.append(f"{head}{text}{tail}")
        return turns

    def _front(self, example: Example, system: Sequence[Message]) -> str:
        before = self._step.before
        if before is None and not system:
            return ""
        texts = [before.render(example)] if before is not None else []
        texts += [_text(message) for message in system]
        return "".join(text if text.endswith("\n") else f"{text}\n\n" for text in texts if text)

    def _name(self, role: str, name: str | None) -> str:
        return self._names.get(role) or name or self._run.speakers.get(role) or role.capitalize()

    def _user(self, messages: Sequence[Message], at: int) -> str:
        while at > 0 and messages[at - 1].role != "user":
            at -= 1
        return self._name("user", messages[at - 1].name if at else None)

    def _new_frame(self, role: str, name: str | None) -> tuple[str, str]:
        """What a turn has before and after its text."""
        values = {"name": self._name(role, name), "role": role}
        parts = [""]
        for piece in Template(self._step.turn).pieces:
            if not isinstance(piece, str) and piece[0] == "text":
                parts.append("")
            else:
                parts[-1] += piece if isinstance(piece, str) else values[piece[0]]
        return parts[0], parts[1]


def _text(message: Message) -> str:
    content = message.content
    if message.tool_calls:
        raise _NoText("tool calls in a dialogue")
    if content.__class__ is not str and any(isinstance(part, Image) for part in content):
        raise _NoText("images in a dialogue")
    return message.text
