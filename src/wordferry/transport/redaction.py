"""Keep secrets out of logs and error texts.

Two nets: header fields by name, and free text by shape. Callback paths carry an HMAC in their last segment,
which is as good as a password, so it goes too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

__all__ = ["HIDDEN", "redact", "redact_headers", "redact_url"]

HIDDEN = "[hidden]"

#: Fields whose value is a secret (or, for `Memsource`, customer content and callback addresses).
_HEADERS = frozenset(
    {
        "authorization",
        "cookie",
        "memsource",
        "proxy-authorization",
        "sastoken",
        "set-cookie",
        "x-api-key",
        "x-memsource-token",
        "x-phrase-token",
    }
)

_NAMES = (
    r"access_?token|actor_?token|api_?key|api_?token|client_?secret|connector_?token|csrf_?token|password|refresh_?token"
    r"|secret(?:_?token)?|subject_?token|token|signature|hmac"
)
# A secret ends where the text around it goes on: quotes, separators, white space.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b(bearer|apitoken|basic)\s+[^\s\"',;<>]+"), r"\1 " + HIDDEN),
    (re.compile(r"(?i)\b(memsource\s*:\s*)[^\r\n]+"), r"\1" + HIDDEN),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"), HIDDEN),
    (
        re.compile(rf"(?i)([\"']?\b(?:{_NAMES})[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s\"',;&<>}}]+)"),
        r"\1" + HIDDEN,
    ),
    (re.compile(r"(/callbacks/[^/\s\"'?#]+/[^/\s\"'?#]+/)[^/\s\"'?#<>]+"), r"\1" + HIDDEN),
    (re.compile(r"(?i)\b(https?://)[^/\s@]+@"), r"\1" + HIDDEN + "@"),
)
_SHORTEST = 6


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without anything that looks like a secret.

    Args:
        text: a vendor's error text, an address, anything that is about to be shown.
        secrets: values known to be secret in this process; replaced verbatim. Shorter than six characters are
            ignored, they would eat ordinary words.
    """
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN)
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The header fields with the values of secret ones hidden."""
    return {name: HIDDEN if name.lower() in _HEADERS else redact(value) for name, value in headers.items()}


def redact_url(url: str) -> str:
    """The address without query, credentials and callback signature: queries carry tokens and file names."""
    return redact(url.partition("?")[0])
