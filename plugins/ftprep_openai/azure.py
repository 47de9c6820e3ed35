"""`azure`: Azure OpenAI, whose resources have addresses and names of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from pydantic import Field, field_validator

from ftprep import Answer, Question, RecipeError, Remote, Session

from .remote.address import checked, host
from .service import Service

if TYPE_CHECKING:
    import openai


class Azure(Service):
    """Files and fine-tuning jobs of an Azure OpenAI resource.

    Azure answers not for a model but for a deployment of it, which is made outside: `deployment` names it.
    """

    name: ClassVar[str] = "azure"
    stand_in_profiles: ClassVar[tuple[str, ...]] = ("azure",)

    endpoint: str
    """The resource's address: `https://NAME.openai.azure.com`."""
    api_version: str | None = Field(default=None, min_length=1)
    """The version of the API, for its older addresses, e.g. `2024-10-21`. Default: the v1 address, which needs none."""
    api_key_env: str = Field(default="AZURE_OPENAI_API_KEY", min_length=1)
    """The variable that holds the resource's key."""
    deployment: str | dict[str, str] = {}
    """The deployment that answers; or model -> its deployment, where there are several."""

    @field_validator("endpoint")
    @classmethod
    def _safe(cls, value: str) -> str:
        return checked(value).removesuffix("/openai/v1").removesuffix("/openai")

    def connect(self, session: Session) -> Remote:
        """A connection. Raises RemoteError where the key is missing, RecipeError for options that Azure has not."""
        from .remote.connection import Connection

        if self.classification:
            raise RecipeError("Azure has no classification metrics", hint="leave 'compute_classification_metrics' out")
        key = self._key(session, self.api_key_env, host(self.endpoint))
        client, options = self._client(key), self

        class AzureConnection(Connection):
            """Asks deployments, where others ask models."""

            def ask(self, question: Question) -> Answer:
                return super().ask(msgspec.structs.replace(question, model=options.deployed(question.model)))

        link = self._link(client, session, host=host(self.endpoint), key=key, key_from=self.api_key_env)
        sending = self._sending(link, session)
        version = f"API version: {self.api_version or 'v1'}"
        return AzureConnection(link, self, sending, address=self.endpoint, account=host(self.endpoint), about=[version])

    def deployed(self, model: str) -> str:
        """The deployment that answers for a model. Raises RecipeError for a tuned model that has none."""
        from .remote.reading import is_tuned

        name = self.deployment if isinstance(self.deployment, str) else self.deployment.get(model)
        if not name and is_tuned(model):
            hint = f"deploy it in Azure, and name that: 'deployment: {{\"{model}\": NAME}}'"
            raise RecipeError(f"Azure answers for deployments, and none is named for {model}", hint=hint)
        return name or model

    def _client(self, key: str) -> openai.OpenAI:
        import openai

        from .remote.client import quiet, settings

        given: dict[str, Any] = settings(self.endpoint, key, self.timeout, trust_env=self.trust_env)
        if self.api_version is not None:
            return quiet(openai.AzureOpenAI(azure_endpoint=self.endpoint, api_version=self.api_version, **given))
        return quiet(openai.OpenAI(base_url=f"{self.endpoint}/openai/v1", **given))  # it takes keys as bearer tokens
