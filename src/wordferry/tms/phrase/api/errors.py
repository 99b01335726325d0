"""How Phrase says no.

Sources: Phrase TMS API reference, "Get Web Editor URL"; Phrase support article "API Error Codes (TMS)"; Phrase pages
"Handling API Rate Limits" and "Handling Concurrent API Rate Limits".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from wordferry.errors import NeedsOperator, NotYet, TryAgain, WordferryError
from wordferry.transport import Dialect, Said

__all__ = ["DIALECT", "largest_page"]

#: Vendor's code → class, where the code says more than its status.
_CODES: dict[str, type[WordferryError]] = {
    # Phrase answers 400 while an import runs. Whether it still runs is in `importStatus` of the job.
    "JOB_NOT_READY": NotYet,
    # A 403, but one that passes: somebody else works on the job right now.
    "JobLocked": TryAgain,
    "ApiLimitReached": NeedsOperator,
    # The token service answers 400 to a revoked API token.
    "invalid_grant": NeedsOperator,
    "invalid_client": NeedsOperator,
    "unauthorized_client": NeedsOperator,
}

_LARGEST = re.compile(r"Maximum value is:?\s*(\d{1,6})", re.IGNORECASE)
_decode = msgspec.json.Decoder().decode


def _read(body: bytes) -> Said | None:
    try:
        value: Any = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    # TMS: errorCode and errorDescription. Token service: error and error_description (RFC 6749).
    code = value.get("errorCode") or value.get("error")
    text = value.get("errorDescription") or value.get("error_description") or value.get("errorDesc")
    if not isinstance(text, str):
        text = _first_detail(value.get("errorDetails"))
    if not isinstance(code, str) and text is None:
        return None
    return Said(code[:80] if isinstance(code, str) else None, text)


def _first_detail(details: Any) -> str | None:
    if isinstance(details, list):
        for detail in details:
            if isinstance(detail, dict) and isinstance(detail.get("message"), str):
                return str(detail["message"])
    return None


def _crowded(headers: Mapping[str, str]) -> bool:
    # The two 429s are told apart by these headers alone: both present = too many at once, absent = per-minute
    # quota.
    return "Ratelimit-Limit" in headers and "Ratelimit-Remaining" in headers


def _started(answer: Any) -> str | None:
    request = getattr(answer, "async_request", None)
    return getattr(request, "id", None)


DIALECT = Dialect(
    vendor="Phrase",
    request_id="memsource-action-id",
    read=_read,
    codes=_CODES,
    crowded=_crowded,
    started=_started,
)


def largest_page(text: str) -> int | None:
    """The page size that a 400 says is the largest allowed; None when it says nothing of the kind.

    Args:
        text: the error's text. Source: the code of the vendor's public tool server, which parses the same words.
    """
    found = _LARGEST.search(text)
    return int(found.group(1)) if found and int(found.group(1)) > 0 else None
