"""`openai`: OpenAI, and every service that speaks its API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from pydantic import Field, field_validator

from ftprep import Problem, RecipeError, Remote, Session

from .remote.address import PUBLIC, checked, host, is_openai, stays_here
from .service import Service, fingerprint

_OURS = ("sk-proj-", "sk-svcacct-", "sk-admin-")
"""How keys of OpenAI begin, and no others."""


class OpenAI(Service):
    """Files and fine-tuning jobs at OpenAI, or at another service that speaks its API (`base_url`).

    The key is read from a variable of the environment and sent nowhere but to the address that is shown before. Of
    other variables only OPENAI_BASE_URL, OPENAI_ORG_ID and OPENAI_PROJECT_ID count, and options come before them.
    """

    name: ClassVar[str] = "openai"

    base_url: str | None = None
    """The address of the service's API, up to `/v1`. Default: OPENAI_BASE_URL, else OpenAI's own."""
    api_key_env: str = Field(default="OPENAI_API_KEY", min_length=1)
    """The variable that holds the key."""
    organization: str | None = Field(default=None, min_length=1)
    """Whose account it is, where the key has several. Default, at OpenAI: OPENAI_ORG_ID."""
    project: str | None = Field(default=None, min_length=1)
    """The project whose files and jobs they are. Default, at OpenAI: OPENAI_PROJECT_ID."""

    @field_validator("base_url")
    @classmethod
    def _safe(cls, value: str | None) -> str | None:
        return value if value is None else checked(value)

    @classmethod
    def variables(cls) -> Sequence[str]:
        """That of the key, and those that say whose account it is, or lead elsewhere."""
        others = ("OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS")
        return [*super().variables(), *others]

    def connect(self, session: Session) -> Remote:
        """A connection. Raises RemoteError where the key is missing, RecipeError for an address or options that the
        service has no use for."""
        import openai

        from .remote.client import quiet, settings
        from .remote.connection import Connection

        address = self._address(session.environ)
        if self.classification and is_openai(address):
            hint = "leave 'compute_classification_metrics' out: 'ftprep compare' works them out"
            raise RecipeError("OpenAI has no classification metrics any more", hint=hint)
        key = self._key(session, self.api_key_env, host(address))
        account = self._account(address, session.environ)
        made = openai.OpenAI(base_url=address, **settings(address, key, self.timeout, trust_env=self.trust_env))
        named = {name: value for name, (value, _) in account.items()}
        client = quiet(made, organization=named.get("organization"), project=named.get("project"))
        link = self._link(client, session, host=host(address), key=key, key_from=self.api_key_env)
        whose = " ".join(f"{name} {value}" for name, value in named.items())
        return Connection(
            link,
            self,
            self._sending(link, session),
            address=address,
            account=f"{host(address)} {whose or f'key {fingerprint(key)}'}",
            about=[f"{name}: {value}{source}" for name, (value, source) in account.items()],
            warnings=list(self._warnings(address, key, session.environ)),
        )

    def _address(self, environ: Mapping[str, str]) -> str:
        if self.base_url is not None:
            return self.base_url
        try:
            return checked(environ.get("OPENAI_BASE_URL") or PUBLIC)
        except ValueError as error:
            raise RecipeError(f"OPENAI_BASE_URL: {error}", hint="or say 'base_url' in the recipe") from None

    def _account(self, address: str, environ: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """What is known of the account -> its id, and where that comes from."""
        ours = environ if is_openai(address) else {}
        found = {}
        for name, variable in (("organization", "OPENAI_ORG_ID"), ("project", "OPENAI_PROJECT_ID")):
            if given := getattr(self, name):
                found[name] = (given, "")
            elif there := ours.get(variable):
                found[name] = (there, f" (from {variable})")
        return found

    def _warnings(self, address: str, key: str, environ: Mapping[str, str]) -> Iterator[Problem]:
        variable = environ.get("OPENAI_BASE_URL", "").strip().rstrip("/")
        if variable and self.base_url is None:
            message = f"requests and the key in {self.api_key_env} go to {address}, which OPENAI_BASE_URL names"
            yield _warning(message, "unset it, or say 'base_url' in the recipe")
        elif variable and variable != address:
            message = f"OPENAI_BASE_URL names another address than the recipe; requests go to the recipe's {address}"
            yield _warning(message, "unset it, or correct 'base_url'")
        if key.startswith(_OURS) and not is_openai(address) and not stays_here(address):
            message = f"the key in {self.api_key_env} looks like one of OpenAI's, and would be sent to {host(address)}"
            yield _warning(message, "name the variable that holds that service's key in 'api_key_env'")
        if environ.get("OPENAI_CUSTOM_HEADERS"):
            yield _warning("OPENAI_CUSTOM_HEADERS is set; its headers are not sent", "unset it")


def _warning(message: str, hint: str) -> Problem:
    return Problem(code="FT609", message=message, hint=hint, level="warning")
