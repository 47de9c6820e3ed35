"""OpenAI's own description of its API, which lies beside the project: what goes over the wire is held against it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict

FILE = Path(__file__).parents[3] / "shared" / "openapi" / "openai-finetuning.yaml"
ABSENT = "OpenAI's description of its API (../shared/openapi) is not beside this checkout"


class Asked:
    """A request, as openapi-core wants it."""

    host_url = "https://api.openai.com"

    def __init__(self, method: str, path: str, query: Any, headers: Any, body: bytes) -> None:
        self.path, self.method, self.body = f"/v1{path}", method.lower(), body or None
        self.content_type = headers.get("content-type", "application/json")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(query), header=Headers(list(headers.items())), cookie=ImmutableMultiDict()
        )


@dataclass
class Told:
    """An answer, as openapi-core wants it."""

    status_code: int
    data: bytes
    content_type: str = "application/json"
    headers: Headers = field(default_factory=lambda: Headers({"content-type": "application/json"}))


class Contract:
    """The description. Raises AssertionError for what breaks it."""

    def __init__(self) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.description = yaml.load(FILE.read_bytes(), Loader=loader)
        for parameter in self.description["paths"]["/fine_tuning/jobs"]["get"]["parameters"]:
            if parameter["name"] == "metadata":  # openapi-core cannot parse a parameter that is an object or null
                parameter["schema"]["type"] = "object"
        as_text = {"application/octet-stream": lambda value, **_: value.decode("latin-1")}
        config: Any = Config(extra_media_type_deserializers=as_text)
        schema = {"$ref": "#/components/schemas/ErrorResponse", "components": self.description["components"]}
        self.errors = jsonschema.Draft202012Validator(schema)  # errors are in no operation of the description
        self.api = OpenAPI.from_dict(self.description, config=config)

    def check(self, asked: Asked, told: Told) -> None:
        """A request that was carried out, and its answer; or the body of an error."""
        if told.status_code >= 400:
            self.errors.validate(json.loads(told.data))
            return
        self._holds(lambda: self.api.validate_request(asked), asked, told)
        self._holds(lambda: self.api.validate_response(asked, told), asked, told)

    def _holds(self, check: Any, asked: Asked, told: Told) -> None:
        try:
            check()
        except OpenAPIError as error:
            cause = error.__cause__ or error
            causes = [str(one.message) for one in cause.schema_errors] if isinstance(cause, InvalidSchemaValue) else []
            raise AssertionError(f"{asked.method} {asked.path}: {cause} {causes} {told.data[:500]!r}") from error
