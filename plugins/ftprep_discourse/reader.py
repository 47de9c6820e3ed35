"""The reader `discourse`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from ftprep import DataError, Drop, Input, Reader, Row, Rows, Survey, json_parts, row_blocks, survey_text

from .posts import event_of, kind_of, markdown, one_line, plain, time_of
from .table import is_table, posts_of

_POSTS = ("post_stream.posts.item", "latest_posts.item", "item")
_TITLE = ("title", "category_id")
_Posts = Iterator[tuple[int, Mapping[str, Any] | Drop]]


class Discourse(Reader):
    """Posts of a Discourse forum: the JSON of a topic (`/t/ID.json`), a list of such topics or of posts, or the CSV
    that a user exports (`user_archive.csv`, or the zip it is in).

    A row is a post: `talk` (the topic's title and id), `time` (UTC), `speaker` (the display name), `text`, `id`,
    `reply_to` (the post that is answered), `kind` (`message`; `media`: only images or links; `system`: notices, and
    whispers of the staff; `deleted`), and `username`, `category` (its path, in JSON its id), `staff` and `accepted`
    (`yes` for a member of the staff, for the answer that solved it). Rows of JSON are numbered by the position of the
    post in the file, from 1; those of a CSV by its lines. A post in which nothing is said is a drop.
    """

    name: ClassVar[str] = "discourse"
    inside: ClassVar[str | None] = "**/user_archive*.csv"

    text: Literal["plain", "markdown"] = "plain"
    """The text as people see it, or as its author wrote it (`raw`), each where the export has it, else the other."""
    quotes: Literal["remove", "keep"] = "remove"
    """What a post quotes of others, and previews of the pages it links to."""
    me: str = "me"
    """How the speaker is called in a user's own archive, which names nobody."""
    media: Literal["mark", "drop"] = "mark"
    """A post that is only images, files or links: its text is a mark for each (`<image>`), or it is a drop."""
    encoding: str | None = None
    """The file's encoding; without, UTF-8 or what its byte-order mark says."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of a thousand posts. Raises DataError for a file without posts."""
        table = is_table(source.head())
        found = posts_of(source, self.encoding) if table else self._of_document(source)
        yield from row_blocks(self._items(found), source)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By the first line of a table, or the keys of a topic and its posts."""
        if is_table(head):
            return 0.9
        if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"[", b"{") or b'"cooked"' not in head:
            return 0.0
        return 0.95 if b'"post_stream"' in head or b'"topic_slug"' in head or b'"latest_posts"' in head else 0.0

    @classmethod
    def survey(cls, source: Input) -> Survey:
        """Its encoding."""
        return survey_text(source)

    def _of_document(self, source: Input) -> _Posts:
        head = {}
        if (
            source.head(1024).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
        ):  # the title stands behind the posts
            head = {part.path: part.value for part in json_parts(source, _TITLE, self.encoding)}
        number, found = 0, False
        for part in json_parts(source, _POSTS, self.encoding):
            if part.path not in _POSTS:
                continue
            for post in _posts_in(part.value, head):
                number += 1
                found = found or isinstance(post, Mapping)
                yield number, post if not part.twice else Drop("duplicate key", part.twice, content=part.value)
        if not found:
            hint = "it needs the posts of a topic ('post_stream'), or a table with 'topic_title' and 'post_raw'"
            raise DataError("no posts of Discourse are in it", hint=hint, file=source.name)

    def _items(self, posts: _Posts) -> Iterator[tuple[int, Row | Drop]]:
        topic, ids = "", dict[str, str]()
        for number, post in posts:
            if isinstance(post, Drop):
                yield number, post
                continue
            if topic != one_line(post.get("topic_id")):
                topic, ids = one_line(post.get("topic_id")), {}
            ids[one_line(post.get("post_number"))] = one_line(post.get("id"))
            yield number, self._row(post, ids)

    def _row(self, post: Mapping[str, Any], ids: Mapping[str, str]) -> Row | Drop:
        kind = kind_of(post)
        text, marks = self._said(post) if kind != "deleted" else ("", "")
        text = text or (event_of(post) if kind == "system" else "")
        if not text and marks:
            if self.media == "drop":
                return Drop("only an attachment", content=dict(post))
            text, kind = marks, "media" if kind == "message" else kind
        if not text and kind != "deleted":
            return Drop("nothing is said", content=dict(post))
        title, topic = one_line(post.get("topic_title")), one_line(post.get("topic_id"))
        username = one_line(post.get("username"))
        return {
            "talk": f"{title} ({topic})" if title and topic else title or topic,
            "time": time_of(post.get("created_at")),
            "speaker": "" if kind == "system" else one_line(post.get("name")) or username or self.me,
            "text": text,
            "id": one_line(post.get("id")),
            "reply_to": ids.get(one_line(post.get("reply_to_post_number")) or "-", ""),
            "kind": kind,
            "username": username,
            "category": one_line(post.get("category") or post.get("category_id")),
            "staff": "yes" if post.get("staff") is True else "",
            "accepted": "yes" if post.get("accepted_answer") is True else "",
        }

    def _said(self, post: Mapping[str, Any]) -> tuple[str, str]:
        """The text of a post, and what stands for its attachments."""
        raw, cooked = (value if isinstance(value := post.get(key), str) else "" for key in ("raw", "cooked"))
        quotes = self.quotes == "keep"
        if raw.strip() and (self.text == "markdown" or not cooked.strip()):
            return markdown(raw, quotes=quotes)
        return plain(cooked, quotes=quotes)


def _posts_in(value: Any, head: Mapping[str, Any]) -> Iterator[Mapping[str, Any] | Drop]:
    """The posts in an element of a list: itself, or those of the topic that it is."""
    stream = value.get("post_stream") if isinstance(value, dict) else None
    posts = stream.get("posts") if isinstance(stream, dict) else None
    if isinstance(posts, list):
        for post in posts:
            yield from _posts_in(post, value)
    elif isinstance(value, dict) and (isinstance(value.get("cooked"), str) or isinstance(value.get("raw"), str)):
        yield {"topic_title": head.get("title", ""), "category_id": head.get("category_id", ""), **value}
    else:
        yield Drop("not a post of Discourse", content=value)
