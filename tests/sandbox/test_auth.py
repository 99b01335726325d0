"""Tokens: exchange, expiry, revocation."""

from __future__ import annotations

import base64
import json

import pytest

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox


async def test_an_api_token_is_exchanged_for_an_access_token(raw: Raw) -> None:
    """The exchange answers the four fields of RFC 8693 and a token that looks like a JWT."""
    reply = await raw.exchange()
    assert reply.status == 200
    assert set(reply.json) == {"access_token", "issued_token_type", "token_type", "expires_in"}
    assert reply.json["token_type"] == "Bearer"
    assert reply.json["expires_in"] == 14399
    claims = reply.json["access_token"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["exp"] > 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"subject_token": ""}, "invalid_request"),
        ({"subject_token": "wrong"}, "invalid_grant"),
        ({"subject_token_type": "urn:other"}, "invalid_request"),
        ({"requested_token_type": "urn:other"}, "invalid_request"),
    ],
)
async def test_wrong_exchanges_are_refused(raw: Raw, fields: dict[str, str], code: str) -> None:
    """A wrong exchange is a 400 with an OAuth error body, not a vendor error body."""
    reply = await raw.exchange(**fields)
    assert reply.status == 400
    assert reply.json["error"] == code
    assert "errorCode" not in reply.json


async def test_the_exchange_takes_a_form_only(raw: Raw) -> None:
    """A JSON body is refused."""
    async with raw.http.post(raw.sandbox.phrase_url + "/idm/oauth/token", json={}) as response:
        assert response.status == 400
        assert (await response.json())["error"] == "invalid_request"


async def test_a_token_expires_on_the_virtual_clock(raw: Raw, sandbox: Sandbox) -> None:
    """A token is good until `expires_in` has passed, then 401 `AuthUnauthorized`; an exchange helps."""
    await sandbox.advance(14300)
    assert (await raw.get("/v1/languages")).status == 200
    await sandbox.advance(100)
    reply = await raw.get("/v1/languages")
    assert reply.status == 401
    assert reply.json == {
        "errorCode": "AuthUnauthorized",
        "errorDescription": "Unauthorized access.",
        "errorDetails": None,
    }
    await raw.login()
    assert (await raw.get("/v1/languages")).status == 200


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "ApiToken {token}", "{token}"])
async def test_only_a_known_bearer_token_opens_the_door(raw: Raw, header: str) -> None:
    """A missing, unknown or legacy authorization is 401."""
    headers = {"Authorization": header.format(token=raw.token)}
    assert (await raw.call("GET", "/v1/projects", headers=headers)).status == 401


async def test_access_tokens_can_be_revoked(raw: Raw) -> None:
    """After a revocation calls fail until the token is exchanged again."""
    assert (await raw.control("POST", "/tokens/revoke")).status == 200
    assert (await raw.get("/v1/projects")).status == 401
    await raw.login()
    assert (await raw.get("/v1/projects")).status == 200


async def test_the_api_token_can_be_revoked_and_restored(raw: Raw) -> None:
    """A revoked API token is `invalid_grant` until it is restored."""
    await raw.control("POST", "/tokens/revoke", json={"api_token": True})
    assert (await raw.exchange()).json["error"] == "invalid_grant"
    await raw.control("POST", "/tokens/restore")
    assert (await raw.exchange()).status == 200


async def test_who_am_i_names_the_user(raw: Raw) -> None:
    """The demo user is an administrator."""
    assert (await raw.get("/v1/auth/whoAmI")).json["user"]["role"] == "ADMIN"
