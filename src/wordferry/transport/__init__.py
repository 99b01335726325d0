"""The one seam to the network, and the way of every vendor call over it.

Below the seam: `Transport` with one backend (`over_aiohttp.py`). Above it: `Calls`, which adds budget, token,
retry, redaction, log and our error tree. Vendors bring their endpoints and their dialect of errors.
"""

from __future__ import annotations

from typing import Any

from wordferry.transport.answers import Answer, any_json, nothing, reader, tolerant
from wordferry.transport.budget import Budget, RateBudget, Unlimited
from wordferry.transport.calls import Arriving, Calls, Heard
from wordferry.transport.download import Downloaded, Writable, filename_of, save
from wordferry.transport.endpoint import Call, Dialect, Endpoint, Kind, Said, query
from wordferry.transport.guard import AddressGuard
from wordferry.transport.listed import Listed
from wordferry.transport.message import (
    Body,
    File,
    Lost,
    Request,
    Response,
    Stream,
    Timeouts,
    Transport,
    Undelivered,
)
from wordferry.transport.meter import register_metrics
from wordferry.transport.opening import LazyTransport, base_address
from wordferry.transport.redaction import HIDDEN, redact, redact_headers, redact_url
from wordferry.transport.resource import Made, Resource
from wordferry.transport.retry import Retry, retry_after
from wordferry.transport.tokens import Grant, Tokens, fits_a_header

__all__ = [
    "HIDDEN",
    "AddressGuard",
    "Answer",
    "Arriving",
    "Body",
    "Budget",
    "Call",
    "Calls",
    "Dialect",
    "Downloaded",
    "Endpoint",
    "File",
    "Grant",
    "Heard",
    "Kind",
    "LazyTransport",
    "Listed",
    "Lost",
    "Made",
    "RateBudget",
    "Request",
    "Resource",
    "Response",
    "Retry",
    "Said",
    "Stream",
    "Timeouts",
    "Tokens",
    "Transport",
    "Undelivered",
    "Unlimited",
    "Writable",
    "any_json",
    "base_address",
    "default_transport",
    "filename_of",
    "fits_a_header",
    "nothing",
    "query",
    "reader",
    "redact",
    "redact_headers",
    "redact_url",
    "register_metrics",
    "retry_after",
    "save",
    "tolerant",
]


def default_transport(**options: Any) -> Transport:
    """The aiohttp backend, imported only now.

    Args:
        options: see `over_aiohttp.AiohttpTransport`.
    """
    from wordferry.transport.over_aiohttp import AiohttpTransport

    return AiohttpTransport(**options)
