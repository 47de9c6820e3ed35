"""The content of a message: text, or parts of text and images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .faults import Fault, Faults, kind_of, listed, short
from .pack import Images, Pack, Role

_TEXT = "write a text, or a list of parts"


def of_content(message: dict[str, Any], name: str, role: Role, pack: Pack) -> Faults:
    """What is wrong with the content of a message of this role."""
    there = [key for key in pack.content if message.get(key) is not None]
    if len(there) > 1:
        yield Fault("FT323", f"a message has both {short(there[0])} and {short(there[1])}", "keep one of them")
    if not there:
        if not any(message.get(key) for key in role.instead):
            what = "is null" if any(key in message for key in pack.content) else "is missing"
            yield Fault("FT323", f"the content of a message of role {short(name)} {what}", _hint(role))
        return
    content = message[there[0]]
    if isinstance(content, list):
        yield from _of_parts(content, name, role, pack)
    elif not isinstance(content, str):
        yield Fault("FT323", f"the content of a message is {kind_of(content)}", _TEXT)


def _hint(role: Role) -> str:
    known = [key for key in role.instead if key in ("tool_calls", "function_call", "refusal")]
    return f"write its text; it may be missing only beside {' or '.join(known)}" if known else "write its text"


def _of_parts(parts: list[Any], name: str, role: Role, pack: Pack) -> Faults:
    if not role.parts:
        yield Fault("FT323", f"the content of a message is a list; {pack.service} takes text", "join its parts")
        return
    if not parts:
        yield Fault("FT323", "the content of a message is an empty list", _TEXT)
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str):
            yield Fault("FT323", "a part of a content has no type", 'write {"type": "text", "text": …}')
        elif kind == "image_url" and pack.images is not None:
            yield from _of_image(part, name, pack)
        elif kind not in role.parts:
            text = f"a content part of type {short(kind)} in a message of role {short(name)}"
            yield Fault("FT323", text, f"{pack.service} takes there: {listed(role.parts)}")
        elif kind in ("text", "refusal") and not isinstance(part.get(kind), str):
            yield Fault("FT323", f"a part of type '{kind}' has no text", f"write its text under '{kind}'")


def _of_image(part: dict[str, Any], name: str, pack: Pack) -> Faults:
    images = pack.images
    assert images is not None
    if name not in images.roles:
        text = f"an image in a message of role {short(name)}"
        yield Fault("FT324", text, f"{pack.service} takes images in messages of role {listed(images.roles)}")
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else None
    if not isinstance(url, str) or not url:
        yield Fault("FT324", "an image has no url", 'write {"type": "image_url", "image_url": {"url": …}}')
        return
    yield from _of_url(url, images, pack.service)


def _of_url(url: str, images: Images, service: str) -> Faults:
    start = url[:128]
    scheme = start.partition(":")[0].lower()
    types = f"{service} takes {listed(images.types)}"
    if ":" not in start or scheme not in images.urls:
        text = "the url of an image is none that the service could follow"
        yield Fault("FT324", text, f"give one that begins with {' or '.join(images.urls)}")
    elif scheme != "data":
        path = url.partition("?")[0].lower()
        if path.endswith(images.suffixes_refused):
            yield Fault("FT324", f"an image of type {short(path.rpartition('.')[2])}", types)
    else:
        yield from _of_data(url, start, images, types)


def _of_data(url: str, start: str, images: Images, types: str) -> Faults:
    head, comma, _ = start.partition(",")
    media = head[5:].partition(";")[0].lower()
    if not comma or not head.lower().endswith(";base64"):
        yield Fault("FT324", "the data of an image are not base64", "write data:image/png;base64,…")
    elif media.removeprefix("image/") not in images.types or not media.startswith("image/"):
        yield Fault("FT324", f"an image of type {short(media)}", types)
    if (len(url) - len(head) - 1) * 3 // 4 > images.bytes:
        yield Fault("FT324", f"an image is larger than {images.bytes:,} bytes", "make it smaller")


def too_many_images(messages: Sequence[Any], images: Images) -> Faults:
    """Whether a row has more images than it may."""
    contents = [message.get("content") for message in messages if isinstance(message, dict)]
    count = sum(map(_images, contents))
    if count > images.most:
        yield Fault("FT324", f"a row has more than {images.most} images", "leave some out, or make two rows of it")


def _images(content: Any) -> int:
    parts = content if isinstance(content, list) else ()
    return sum(isinstance(part, dict) and part.get("type") == "image_url" for part in parts)
