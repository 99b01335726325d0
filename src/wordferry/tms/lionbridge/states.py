"""Lionbridge's words and what they mean to us: tables, not code.

Sources: the states of jobs and requests stand in public adapters of the same interface and in the vendor's pages "Key
Concepts" and "Connector Workflows"; the words of listener calls in the vendor's page "Listeners (Preview)".
"""

from __future__ import annotations

from collections.abc import Sequence

from wordferry.model.states import State
from wordferry.model.voyage import Unit

__all__ = [
    "APPROVED",
    "CANCELLED",
    "COMPLETED",
    "CREATED",
    "EVENT_KINDS",
    "FINAL",
    "JOBS",
    "LISTENER_WORDS",
    "REQUESTS",
    "REVIEW",
    "SETTLED",
    "TROUBLE",
    "judge",
]

CREATED = "CREATED"
REVIEW = "REVIEW_TRANSLATION"
APPROVED = "TRANSLATION_APPROVED"
CANCELLED = "CANCELLED"
COMPLETED = "COMPLETED"

#: Status word of a request → our state. A word that is not here never moves a translation.
REQUESTS: dict[str, State] = {
    CREATED: State.SUBMITTED,
    "SENDING": State.SUBMITTED,
    "SENT_TO_PROVIDER": State.SUBMITTED,
    "IN_TRANSLATION": State.TRANSLATING,
    REVIEW: State.TRANSLATED,
    # Without our receipt it means: somebody clicked; the file still has to come home.
    APPROVED: State.TRANSLATED,
    "TRANSLATION_REJECTED": State.REWORK,
    CANCELLED: State.CANCELLED,
    # Left over from the first generation of the interface; public adapters still fetch it.
    "COMPLETED_NO_NEED_TO_TRANSLATE": State.TRANSLATED,
}

#: Status word of a job → what follows. Its requests have words of their own, which alone move translations.
JOBS: dict[str, str] = {
    CREATED: "nothing: its requests are being added, or it was not submitted yet; submission goes on",
    "SENDING": "wait: its requests say how far they are",
    "SENT_TO_PROVIDER": "wait: its requests say how far they are",
    "IN_TRANSLATION": "wait: its requests say how far they are",
    COMPLETED: "requests that are approved are settled; nothing more can be imported",
    CANCELLED: "its requests are read: each becomes `cancelled`",
}

#: Words under which an error of the vendor's stops a request; afterwards it is history.
TROUBLE = frozenset({CREATED, "SENDING", "SENT_TO_PROVIDER", "IN_TRANSLATION", "TRANSLATION_REJECTED"})

#: Words of a translation that needs no approval of ours any more.
SETTLED = frozenset({APPROVED, "COMPLETED_NO_NEED_TO_TRANSLATE"})

#: Words after which nothing more comes by itself.
FINAL = SETTLED | {CANCELLED}

#: Kind of listener → status words it may be made for; one more makes the whole call fail.
#: Source: a public adapter of the same interface, which found them by trial.
LISTENER_WORDS: dict[str, tuple[str, ...]] = {
    "JOB_STATUS_UPDATE": ("SENT_TO_PROVIDER", "IN_TRANSLATION", CANCELLED),
    "REQUEST_STATUS_UPDATE": ("IN_TRANSLATION", REVIEW, CANCELLED),
}

#: Every spelling of what a listener is for → ours. Three are about: of the documentation, of callers, of the calls.
EVENT_KINDS: dict[str, str] = {
    "JOB_STATUS_UPDATE": "JOB_STATUS_UPDATE",
    "JOB_STATUS_UPDATED": "JOB_STATUS_UPDATE",
    "JOB_UPDATE": "JOB_STATUS_UPDATE",
    "REQUEST_STATUS_UPDATE": "REQUEST_STATUS_UPDATE",
    "REQUEST_STATUS_UPDATED": "REQUEST_STATUS_UPDATE",
    "REQUEST_UPDATE": "REQUEST_STATUS_UPDATE",
}


def judge(units: Sequence[Unit]) -> State | None:
    """The state that a translation's request amounts to; there is one of it.

    Args:
        units: its request.

    Returns:
        The state; None when the word is unknown or nothing is shown.
    """
    if not units:
        return None
    unit = units[-1]
    if unit.imported == "error":
        return State.FAILED
    return REQUESTS.get(unit.word)
