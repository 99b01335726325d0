"""Tokens that a vendor could send, and that cannot be used."""

from __future__ import annotations

import json

import pytest

from wordferry.tms.lionbridge.api import auth as lionbridge
from wordferry.tms.phrase.api import auth


@pytest.mark.parametrize("token", ["a\r\nX-Other: y", "\x00", "\N{SNOWMAN}", "", None])
def test_a_token_that_fits_no_header_is_none(token: str | None) -> None:
    """Line ends, control characters and other scripts are refused where the token comes in."""
    calls = (auth.exchange("t"), auth.login("u", password="p"), lionbridge.token("i", "s"))
    for call in calls:
        with pytest.raises(ValueError, match="no token"):
            call.endpoint.decode(json.dumps({"access_token": token, "token": token}).encode())
