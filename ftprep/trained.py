"""What of a training row the model learns to write, and what it only reads; cut into tokens where there is a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Literal

import msgspec

from .example import Example, Image, Message, ToolCall
from .planning.broken import FAULTS
from .plugins import one_line
from .steps import Writer
from .tokens import Pieces

Kind = Literal["trained", "context", "rejected", "reference"]
"""Trained: the model learns to write it. Context: it only reads it. Rejected: the answer not wanted of a preference.
Reference: graders compare with it, the model never sees it."""
Part = Literal["text", "reasoning", "call", "tools", "image"]


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A text of a row, all of one kind."""

    text: str
    kind: Kind
    role: str
    """Who speaks; `prompt` and `completion` where the format has only these; `tools`; the key of a reference."""
    part: Part = "text"
    """What of a message it is: a call stands as JSON, an image as its address."""
    name: str = ""
    """Of the speaker, where the message has one."""
    message: int = -1
    """Number of the message (from 0): the segments of one message stand together."""
    joined: bool = False
    """It goes on where the one before ends, as one text: a token may lie across the seam."""


class Token(msgspec.Struct, frozen=True):
    """A stretch of text between two borders of tokens."""

    text: str
    count: int = 1
    """Tokens in it: more than one where they cut a character, or where borders are not known; none where the token
    goes on in the next segment."""


def segments(example: Example, writer: Writer) -> list[Segment]:
    """The texts of an example, as `decode` of its format gives it, in the order the model sees them."""
    trained = writer.trains(example)
    asked, answer = example.messages, None
    if not writer.ends_in_answer and example.answer is not None:
        asked, answer = example.messages[:-1], example.answer
    made = _tools(example)
    for number, message in enumerate(asked):
        made += _said(message, "trained" if trained[number] else "context", number)
    if answer is not None:
        made += _said(answer, "reference", len(asked))
    for number, message in enumerate(example.rejected, len(example.messages)):
        made += _said(message, "rejected", number)
    if not writer.ends_in_answer:
        made += [Segment(text=_json(value), kind="reference", role=key) for key, value in example.extra.items()]
    return _joined(made) if writer.shape == "completion" else made


def read_row(line: bytes, writer: Writer) -> tuple[list[Segment], str]:
    """The texts of a line of a file, and what is to be said about it; a line that is none of this format's is one text,
    and why is said."""
    try:
        return segments(writer.decode(msgspec.json.decode(line)), writer), ""
    except NotImplementedError:
        return unread(line), f"'{writer.name}' does not say how its rows are read, so this one is shown as it stands."
    except FAULTS as error:
        why = str(error) if isinstance(error, ValueError) else one_line(error)
        return unread(line), f"This row cannot be read as '{writer.name}': {why}"


def unread(line: bytes) -> list[Segment]:
    """A line as it stands, where nobody knows what its texts are."""
    return [Segment(text=line.decode("utf-8", "backslashreplace"), kind="context", role="row")]


def tokenised(found: Sequence[Segment], pieces: Pieces) -> list[list[Token]]:
    """The tokens of each segment's text; images have none. Joined segments are cut as one text, and a token across
    their seam counts where it ends. Raises FtprepError where the tokenizer cannot be had."""
    texts: list[list[str]] = []
    for segment in found:
        text = segment.text if segment.part != "image" else ""
        if segment.joined and texts:
            texts[-1].append(text)
        else:
            texts.append([text])
    cut = pieces(["".join(some) for some in texts])
    return list(chain.from_iterable(_parted(some, tokens) for some, tokens in zip(texts, cut, strict=True)))


def counted(tokens: Iterable[Token]) -> int:
    """How many tokens there are."""
    return sum(token.count for token in tokens)


def _tools(example: Example) -> list[Segment]:
    if not example.tools:
        return []
    return [Segment(text=_json(example.tools), kind="context", role="tools", part="tools")]


def _said(message: Message, kind: Kind, number: int) -> Iterator[Segment]:
    """A message's segments; one without anything in it is an empty text."""
    content = message.content
    images = [] if isinstance(content, str) else [part.url for part in content if isinstance(part, Image)]
    parts: list[tuple[Part, str]] = [("reasoning", message.reasoning)] if message.reasoning else []
    parts += [("image", url) for url in images]
    if message.text or not (parts or message.tool_calls):
        parts.append(("text", message.text))
    parts += [("call", _call(call)) for call in message.tool_calls]
    for part, text in parts:
        yield Segment(text=text, kind=kind, role=message.role, part=part, name=message.name or "", message=number)


def _call(call: ToolCall) -> str:
    """A call as JSON; its arguments as the model writes them, whether they are JSON or not."""
    return f'{{"name": {_json(call.name)}, "arguments": {call.arguments}}}'


def _joined(made: Sequence[Segment]) -> list[Segment]:
    """Prompt and completion: one text, of which the last part is the completion."""
    last = len(made) - 1
    return [
        msgspec.structs.replace(segment, role="completion" if at == last else "prompt", joined=at > 0)
        for at, segment in enumerate(made)
    ]


def _parted(texts: Sequence[str], tokens: Sequence[bytes]) -> list[list[Token]]:
    """The tokens of a text that stands in several parts."""
    left = iter(stretches("".join(texts), tokens))
    made: list[list[Token]] = [[] for _ in texts]
    token = next(left, None)
    for at, text in enumerate(texts):
        room = len(text)
        while token is not None and room:
            if len(token.text) > room:
                made[at].append(Token(token.text[:room], 0))
                token = Token(token.text[room:], token.count)
                break
            made[at].append(token)
            room -= len(token.text)
            token = next(left, None)
    return made


def stretches(text: str, tokens: Sequence[bytes]) -> list[Token]:
    """The text cut where tokens end. A character that several tokens share is in one stretch with all of them. Where
    the tokens are not the text's own bytes (a tokenizer may change what it reads), it is not cut."""
    data = text.encode("utf-8", "surrogatepass")
    if b"".join(tokens) != data:
        return [Token(text, len(tokens))] if text else []
    made: list[Token] = []
    start = end = count = 0
    for token in tokens:
        end, count = end + len(token), count + 1
        if end > start and (end == len(data) or data[end] & 0xC0 != 0x80):
            made.append(Token(data[start:end].decode("utf-8", "surrogatepass"), count))
            start, count = end, 0
    if count and made:  # tokens without bytes at the end
        made[-1] = Token(made[-1].text, made[-1].count + count)
    return made


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
