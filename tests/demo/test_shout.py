"""What the transformer `shout` does."""

from __future__ import annotations

from ftprep_shout import Shout

from ftprep import Example, Message


def test_only_the_assistant_shouts() -> None:
    asked = Message(role="user", content="Hello")
    example = Example(messages=(asked, Message(role="assistant", content="I'm an AI")))
    assert Shout(mark="!").apply(example).messages == (asked, Message(role="assistant", content="I'M AN AI!"))


def test_an_example_without_messages_stays_as_it_is() -> None:
    assert Shout().apply(Example(fields={"a": "b"})) == Example(fields={"a": "b"})
