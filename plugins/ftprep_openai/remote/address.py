"""Where requests go: which addresses are taken, and what the environment has to say about them."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

PUBLIC = "https://api.openai.com/v1"


def checked(text: str) -> str:
    """An address without its last slash. Raises ValueError where the key cannot be sent there in safety."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{_shown(text)}' is no address of a service; write it as {PUBLIC}")
    if parts.username or parts.password:
        raise ValueError(
            "the address holds a name or password; take it out, and name the key's variable in api_key_env"
        )
    if not _has_readable_port(parts):
        raise ValueError(f"'{_shown(text)}' has no port that can be read; correct it")
    if parts.query or parts.fragment:
        raise ValueError(f"'{_shown(text)}' has more than a path; leave out what begins with '?' or '#'")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"'{_shown(text)}' would send the key unencrypted; write https://")
    return text.strip().rstrip("/")


def _has_readable_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def host(address: str) -> str:
    """The host of an address, with its port where it has one."""
    return urlsplit(address).netloc


def is_loopback(name: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def stays_here(address: str) -> bool:
    """Whether an address is on this machine."""
    return is_loopback(urlsplit(address).hostname or "")


def is_openai(address: str) -> bool:
    """Whether it is OpenAI's own, in any region."""
    name = urlsplit(address).hostname or ""
    return name == "api.openai.com" or name.endswith(".api.openai.com")


def _shown(text: str) -> str:
    """An address as messages show it: it may be anything, a key too."""
    return text.strip().rpartition("@")[2].partition("?")[0][:100]
