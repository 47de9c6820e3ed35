"""How a service that speaks OpenAI's API is reached, as options of a recipe."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ftprep import Session, StandIn

from .tuning import Tuning

if TYPE_CHECKING:
    import openai

    from .remote.link import Link
    from .remote.sending import Sending

_MB = 1_000_000


class Service(Tuning):
    """The options of a connection."""

    stand_in_profiles: ClassVar[tuple[str, ...]] = ("openai", "azure", "compat-minimal")

    timeout: float = Field(default=600.0, gt=0)
    """Seconds that the service may be silent."""
    trust_env: bool = False
    """Whether the proxies and certificates that the environment names (HTTPS_PROXY, SSL_CERT_FILE) are used. This
    machine is never asked through a proxy."""
    in_parts_above: int = Field(default=100, ge=0, le=512)
    """Megabytes above which a file is sent in parts, where the service takes them."""
    part_size: int = Field(default=64, ge=1, le=64)
    """Megabytes of a part. Most that OpenAI takes: 64."""
    expires_after: int | None = Field(default=None, ge=1, le=30)
    """Days after which the service deletes the files. Default: they stay until they are deleted."""

    @classmethod
    def stand_in(
        cls, *, port: int = 0, profile: str | None = None, wire: bool = False, faults: Sequence[Mapping[str, Any]] = ()
    ) -> AbstractContextManager[StandIn]:
        """A server on this machine that behaves like the service."""
        from .standin import StandIn as Server

        return Server(profile=profile or cls.stand_in_profiles[0], wire=wire, faults=faults, port=port)

    def _key(self, session: Session, name: str, host: str) -> str:
        """The key in a variable. Raises RemoteError where there is none, or what cannot be one."""
        from .remote.refused import no_key, refused

        key = session.environ.get(name, "").strip()
        if not key:
            raise no_key(host, name)
        if not key.isascii() or not key.isprintable() or " " in key:
            raise refused("FT601", f"{name} holds what can be no key for {host}", f"set {name} to the key alone")
        return key

    def _link(self, client: openai.OpenAI, session: Session, *, host: str, key: str, key_from: str) -> Link:
        from .remote.link import Link
        from .remote.refused import Who

        return Link(client, Who(host, key_from, key, session.now))

    def _sending(self, link: Link, session: Session) -> Sending:
        from .remote.sending import Sending

        above, part = self.in_parts_above * _MB, self.part_size * _MB
        return Sending(link, session, part=part, above=above, days=self.expires_after)


def fingerprint(key: str) -> str:
    """Tells keys apart without showing them."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]
