"""One request after another through the official client: each answer as JSON, each failure as a RemoteError."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import openai

from ftprep import RemoteError

from .refused import MARKUP, Who, lost, refusal

MOST_PAGES = 500
"""Pages of a list that are asked for at most."""


class Link:
    """A client, and whom it speaks to. Answers are read here and not by the client, which takes whatever comes."""

    def __init__(self, client: openai.OpenAI, who: Who):
        self.client, self.who = client, who

    def raw(self, call: Callable[..., Any], *args: Any, **given: Any) -> bytes:
        """The bytes that one of the client's `with_raw_response` methods gives."""
        try:
            response = call(*args, **given).http_response
            content: bytes = response.read()
        except openai.APIError as error:
            raise refusal(error, self.who) from None
        page = "text/html" in response.headers.get("content-type", "")
        if page or MARKUP.match(content[:100].decode("latin-1")):
            raise lost(self.who, "sent a web page in place of an answer")
        return content

    def ask(self, call: Callable[..., Any], *args: Any, **given: Any) -> Mapping[str, Any]:
        """The object that it gives."""
        content = self.raw(call, *args, **given)
        try:
            value = json.loads(content)
        except ValueError:
            raise lost(self.who, "sent an answer that is no JSON") from None
        if not isinstance(value, dict):
            raise lost(self.who, "sent an answer that is no object")
        return value

    def made(self, call: Callable[..., Any], *args: Any, **given: Any) -> Mapping[str, Any]:
        """An object that has an id. Raises RemoteError of the kind `lost` where it has none: nobody knows then."""
        value = self.ask(call, *args, **given)
        if not isinstance(value.get("id"), str) or not value["id"]:
            raise lost(self.who, "sent an answer without an id")
        return value

    def items(self, page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The objects of a page."""
        items = page.get("data")
        if not isinstance(items, list):
            raise lost(self.who, "sent an answer that is no list")
        return [item for item in items if isinstance(item, dict)]

    def pages(self, call: Callable[..., Any], *args: Any, **given: Any) -> Iterator[list[Mapping[str, Any]]]:
        """The objects of a list, page by page, each once. It ends where the service says so, or nothing new comes: some
        do not say, and some do not know `after`."""
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            page = self.ask(call, *args, **given)
            items = {str(item.get("id")): item for item in self.items(page)}
            new = [item for id_, item in items.items() if id_ not in seen]
            yield new
            if not new or page.get("has_more") is False:
                return
            seen |= set(items)
            given["after"] = list(items)[-1]

    def all(self, call: Callable[..., Any], *args: Any, **given: Any) -> list[Mapping[str, Any]]:
        """The objects of all pages."""
        return [item for page in self.pages(call, *args, **given) for item in page]


def quietly(call: Callable[[], Any]) -> bool:
    """Whether it went without a RemoteError: for what is tried on the way out."""
    try:
        call()
    except RemoteError:
        return False
    return True
