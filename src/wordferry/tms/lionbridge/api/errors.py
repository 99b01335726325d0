"""How the Content API says no: a JSON object with `code` and `message`, or plain text, a page of HTML, or nothing.

Sources: Lionbridge page "Development Guidelines" and public adapters of the same API for the error object; RFC 6749
for the token service.
"""

from __future__ import annotations

from typing import Any

from wordferry.errors import NeedsOperator, WordferryError
from wordferry.transport import Dialect, Said, any_json

__all__ = ["DIALECT"]

#: The token service answers 400 to credentials it does not know.
_CODES: dict[str, type[WordferryError]] = {
    "invalid_client": NeedsOperator,
    "invalid_grant": NeedsOperator,
    "unauthorized_client": NeedsOperator,
    "unsupported_grant_type": NeedsOperator,
    "invalid_scope": NeedsOperator,
}


def _read(body: bytes) -> Said | None:
    try:
        value: Any = any_json(body)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    folded = {key.lower(): member for key, member in value.items()}
    code = folded.get("code") or folded.get("error")
    text = folded.get("message") or folded.get("error_description")
    fields = folded.get("fields")
    if isinstance(text, str) and isinstance(fields, str) and fields and fields not in text:
        text = f"{text} (fields: {fields})"
    # A number repeats the status, which is said anyway.
    word = code[:80] if isinstance(code, str) and not code.isdigit() else None
    if word is None and not isinstance(text, str):
        return None
    return Said(word, text if isinstance(text, str) else None)


DIALECT = Dialect(vendor="Lionbridge", request_id="x-request-id", read=_read, codes=_CODES)
