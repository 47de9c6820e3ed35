"""A page as tests read it, and text that would like to be markup."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;{{ 7*7 }}"
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Parsed(HTMLParser):
    """The elements and texts of a page; fails where a tag is not closed in order."""

    def __init__(self, html: str):
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data

    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]
