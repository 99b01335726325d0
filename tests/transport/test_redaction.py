"""What must never be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.transport import redact, redact_headers, redact_url
from wordferry.transport.redaction import HIDDEN

SECRET = "Zq7-xY_9.kk=="


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"authorization=ApiToken {SECRET}",
        f"Basic {SECRET}",
        f'{{"access_token": "{SECRET}", "x": 1}}',
        f"subject_token={SECRET}&grant_type=x",
        f"client_secret: {SECRET}",
        f"'secretToken': '{SECRET}'",
        f"password={SECRET}",
        f"GET /p?token={SECRET}&a=b",
        f"https://host/callbacks/phrase-eu/op-12/{SECRET}",
        f"callback to /callbacks/c/o/{SECRET}?x=1 failed",
        f'Memsource: {{"callbackUrl":"https://h/{SECRET}"}}',
        f"https://user:{SECRET}@host/x",
    ],
)
def test_secrets_are_hidden_by_their_shape(text: str) -> None:
    """A secret in a known place disappears and the rest of the text stays readable."""
    shown = redact(text)
    assert SECRET not in shown
    assert HIDDEN in shown


def test_bare_tokens_are_hidden() -> None:
    """Something that looks like a signed token disappears wherever it stands."""
    assert "eyJ" not in redact("see eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here")


@pytest.mark.parametrize(
    "text",
    [
        "Target language de is not allowed.",
        "The token has expired",
        "Project hYEWko4NabcdefghijklmN was not found.",
        "Basic plan only allows 2 jobs",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    """Texts without secrets are left alone, apart from a word after a scheme's name."""
    assert redact(text).split()[0] == text.split(maxsplit=1)[0]
    assert redact(text).split()[-1] == text.rsplit(maxsplit=1)[-1]


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=80))
def test_known_secrets_never_survive(secret: str) -> None:
    """A value known to be secret is replaced wherever it stands."""
    text = f"The vendor said {secret} and ({secret})"
    assert secret not in redact(text, [secret]) or secret in HIDDEN


def test_short_values_do_not_eat_words() -> None:
    """A secret of a few letters is not searched for: it would hide ordinary words."""
    assert redact("a cat sat", ["a", ""]) == "a cat sat"


def test_header_values_are_hidden_by_name() -> None:
    """Secret fields lose their value whatever their case; others keep it."""
    shown = redact_headers(
        {
            "AUTHORIZATION": "x",
            "X-Memsource-Token": "x",
            "Memsource": "x",
            "x-api-key": "x",
            "Set-Cookie": "x",
            "Accept": "application/json",
        }
    )
    assert shown.pop("Accept") == "application/json"
    assert set(shown.values()) == {HIDDEN}


def test_addresses_lose_query_and_signature() -> None:
    """An address is shown without its query and without a callback's last segment."""
    assert redact_url("https://h/callbacks/c/o/abcdef?x=1") == f"https://h/callbacks/c/o/{HIDDEN}"
    assert redact_url("https://h/jobs?filename=secret.md") == "https://h/jobs"
