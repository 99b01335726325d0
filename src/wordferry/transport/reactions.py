"""From what went wrong to our error tree, as a table. Source: Phrase guide "Error Handling and Limits"."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from wordferry.errors import (
    NeedsOperator,
    OutcomeUnknown,
    Refused,
    Surprise,
    TryAgain,
    Vanished,
    WordferryError,
)
from wordferry.transport.endpoint import Call, Dialect, Kind, Said
from wordferry.transport.redaction import redact
from wordferry.transport.retry import Failure, passing

__all__ = ["LONGEST_TEXT", "build", "react", "words"]

#: Status → what to do next. Anything that passes by itself depends on the kind of call and is not in the
#: table.
REACTIONS: dict[int, type[WordferryError]] = {
    400: Refused,
    401: NeedsOperator,
    402: NeedsOperator,
    403: NeedsOperator,
    404: Vanished,
    405: Surprise,
    407: NeedsOperator,
    409: Refused,
    410: Vanished,
    411: Surprise,
    413: Refused,
    414: Refused,
    415: Refused,
    422: Refused,
    429: TryAgain,
    501: Surprise,
    505: Surprise,
}

LONGEST_TEXT = 300

_SILENT = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>|<!--.*?-->")
_TAG = re.compile(r"(?s)<[a-zA-Z!/][^>]*>")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
# Enough to find the text of any error page, little enough that a hostile one costs nothing.
_LOOK_AT = 16_384


def react(call: Call[object], dialect: Dialect, failure: Failure, said: Said) -> type[WordferryError]:
    """The error class for a failed call.

    Args:
        call: what was called.
        dialect: the vendor's error codes.
        failure: what is known about the last attempt.
        said: what the error body said.
    """
    endpoint = call.endpoint
    unclear = TryAgain if endpoint.kind is Kind.READ else OutcomeUnknown
    if not failure.sent:
        return NeedsOperator if failure.lasting else TryAgain
    status = failure.status
    if status is None:
        return unclear
    if failure.garbled:
        return Surprise if endpoint.kind is Kind.READ else OutcomeUnknown
    by_code = dialect.codes.get(said.code or "")
    if by_code is not None and status < 500:
        return by_code
    if status in endpoint.reactions:
        return endpoint.reactions[status]
    if passing(status):
        return unclear
    return REACTIONS.get(status, Refused if 400 <= status < 500 else Surprise)


def build(
    call: Call[object],
    dialect: Dialect,
    failure: Failure,
    *,
    said: Said,
    reason: str,
    request_id: str,
    not_before: float | None,
    secrets: Iterable[str] = (),
) -> WordferryError:
    """The error to raise, in words that help the person on call.

    Args:
        call: what was called.
        dialect: the vendor's name and error codes.
        failure: what is known about the last attempt.
        said: what the error body said.
        reason: why there is no answer, when there is none.
        request_id: the vendor's id of the call, else ours.
        not_before: epoch seconds before which trying again is useless.
        secrets: values that must not appear in the text.
    """
    kind = react(call, dialect, failure, said)
    name = call.endpoint.name
    if not failure.sent:
        what = f"{dialect.vendor} could not be reached for {name}: {reason}."
    elif failure.status is None:
        what = f"{dialect.vendor} never finished its answer to {name}: {reason}."
    elif failure.garbled:
        what = f"{dialect.vendor} answered {name} with {failure.status}, but {reason}."
    else:
        code = f" {said.code}" if said.code else ""
        text = words(said.text or "")
        what = f"{dialect.vendor} answered {name} with {failure.status}{code}" + (
            f": {text}" if text else "."
        )
    return kind(
        redact(what, secrets),
        object=call.object(),
        not_before=not_before if issubclass(kind, TryAgain) else None,
        code=said.code,
        status=failure.status,
        request_id=request_id,
    )


def words(text: str) -> str:
    """One short line of plain text from an error text that may be an HTML page.

    Returns:
        At most 300 characters, without tags, line ends and control characters.
    """
    text = text[:_LOOK_AT]
    if "<" in text:
        text = html.unescape(_TAG.sub(" ", _SILENT.sub(" ", text)))
    text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
