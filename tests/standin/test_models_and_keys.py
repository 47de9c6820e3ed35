"""Models: listed, looked at, deleted; and what each kind of key may do."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from ftprep_openai.standin import StandIn

from .conftest import Client
from .rows import chat, put, tuned

pytestmark = pytest.mark.files

PAGE = "https://platform.openai.com/account/api-keys"


def test_models_are_listed_with_their_last_day(openai_client: openai.OpenAI) -> None:
    model = tuned(openai_client, chat(), model="gpt-4.1-nano")
    listed = {one.id: one for one in openai_client.models.list()}
    assert listed[model] == openai_client.models.retrieve(model)
    assert (listed[model].owned_by, listed[model].shutdown_date) == ("org-standin", "2026-10-23")
    assert (listed["gpt-4.1"].owned_by, listed["gpt-4.1"].shutdown_date) == ("system", None)
    assert not [name for name in listed if ":ckpt-" in name]


def test_a_tuned_model_is_deleted_for_good(openai_client: openai.OpenAI, server: StandIn) -> None:
    model = tuned(openai_client, chat())
    assert openai_client.models.delete(model).deleted
    assert server.models == []
    for ask in (openai_client.models.retrieve, openai_client.models.delete):
        with pytest.raises(openai.NotFoundError) as error:
            ask(model)
        assert error.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        openai_client.chat.completions.create(model=model, messages=[{"role": "user", "content": "x"}])


def test_a_base_model_cannot_be_deleted(openai_client: openai.OpenAI) -> None:
    with pytest.raises(openai.PermissionDeniedError, match=r"You can only delete fine-tuned models, and `gpt-4\.1` is"):
        openai_client.models.delete("gpt-4.1")


def test_to_delete_a_model_needs_the_owner_role(client: Client, server: StandIn) -> None:
    model = tuned(client(server, "sk-test-member"), chat())
    with pytest.raises(openai.PermissionDeniedError) as error:
        client(server, "sk-test-member").models.delete(model)
    assert error.value.body == {
        "message": "You have insufficient permissions for this operation. Missing scopes: api.delete. Check that you "
        "have the correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're "
        "using a restricted API key, that it has the necessary scopes.",
        "type": "invalid_request_error", "param": None, "code": "insufficient_permissions",
    }  # fmt: skip
    assert server.models == [model]
    assert client(server).models.delete(model).deleted


BAD_KEYS = [
    pytest.param("sk-bad-1234567890abcdef", 401, "invalid_api_key",
                 f"Incorrect API key provided: sk-bad-1***********cdef. You can find your API key at {PAGE}.",
                 id="bad"),
    pytest.param("tiny", 401, "invalid_api_key",
                 f"Incorrect API key provided: ****. You can find your API key at {PAGE}.", id="tiny"),
    pytest.param("sk-test-expired", 401, "expired_api_key",
                 f"Your API key has expired: sk-test****ired. You can create a new one at {PAGE}.", id="expired"),
    pytest.param("sk-test-wrong-project", 403, "mismatched_project",
                 "Project `proj_other` of this API key does not have access to the resources of `proj_standin`.",
                 id="of another project"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "status", "code", "message"), BAD_KEYS)
def test_a_key_that_is_no_good_does_nothing(
    key: str, status: int, code: str, message: str, client: Client, server: StandIn
) -> None:
    for ask in (lambda c: c.models.list(), lambda c: put(c, chat())):
        with pytest.raises(openai.APIStatusError) as error:
            ask(client(server, key))
        assert error.value.status_code == status
        assert error.value.body == {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    assert server.files == []
    assert key not in repr(server.log)


def test_without_a_key_nothing_is_answered(server: StandIn, connections: dict[bool, Any]) -> None:
    answer = connections[True].get(f"{server.address}/models")
    assert answer.status_code == 401
    assert answer.json()["error"]["message"].startswith(
        "You didn't provide an API key. You need to provide your API key"
    )


def test_keys_can_be_others(client: Client) -> None:
    with StandIn(keys={"canary": "owner"}) as server:
        assert client(server, "canary").models.list()
        with pytest.raises(openai.AuthenticationError):
            client(server).models.list()


def test_headers_of_another_organisation_or_project_are_refused(client: Client, server: StandIn) -> None:
    assert client(server, organization="org-standin", project="proj_standin").models.list()
    for headers, code in (
        ({"organization": "org-x"}, "mismatched_organization"),
        ({"project": "p"}, "mismatched_project"),
    ):
        with pytest.raises(openai.AuthenticationError) as error:
            client(server, **headers).models.list()
        assert error.value.code == code


def test_a_path_that_is_not_there_is_said_so(server: StandIn, connections: dict[bool, Any]) -> None:
    headers = {"Authorization": "Bearer sk-test"}
    missing = connections[False].get(f"{server.address}/nothing", headers=headers)
    assert (missing.status_code, missing.json()["error"]["message"]) == (404, "Invalid URL (GET /v1/nothing)")
    wrong = connections[False].put(f"{server.address}/files", headers=headers)
    assert (wrong.status_code, wrong.json()["error"]["message"]) == (405, "Not allowed to PUT on /files.")
    broken = connections[False].post(f"{server.address}/fine_tuning/jobs", headers=headers, content=b"{")
    assert broken.json()["error"]["message"] == "We could not parse the JSON body of your request."
