"""Every error of Wordferry, in one tree, sorted by what to do next.

WordferryError
├── TryAgain            passes by itself: timeout, 5xx, 429, a database that is away
│   ├── OutcomeUnknown  the call left, its answer never came: look up before repeating
│   └── NotYet          accepted, still working: not a failure, wait
├── NeedsOperator       credentials, quota, template, disk, configuration: a person changes something
├── Refused             the other side said no to this object: it stops, its siblings sail on
├── Vanished            gone over there: reconciliation decides
├── Held                a gate stopped a delivery: broken structure, a person's edit, older than live
├── Spent               a single-use thing was used: the next round needs a new one
├── Conflict            somebody else changed the row first: re-read and decide anew
└── Surprise            an answer we do not understand: keep the sample, park the object

Handlers catch a class, never a message. Every error can be stored and rebuilt (`to_json`, `from_json`): a replay after
a crash then takes the same branch as the first run.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

__all__ = [
    "ERRORS",
    "Conflict",
    "Held",
    "NeedsOperator",
    "NotYet",
    "OutcomeUnknown",
    "Refused",
    "Spent",
    "StoredError",
    "Surprise",
    "TryAgain",
    "Vanished",
    "WordferryError",
    "from_json",
]


class StoredError(msgspec.Struct, frozen=True):
    """The stored form of an error: plain values only."""

    type: str
    what: str
    object: str | None = None
    next: str | None = None
    not_before: float | None = None
    code: str | None = None
    status: int | None = None
    request_id: str | None = None


class WordferryError(Exception):
    """What happened, to which object, and what to do next.

    Args:
        what: one sentence without customer content and without secrets.
        object: the thing it happened to (a file name, a project, a setting).
        next: what the reader should do; the class has a default.
        not_before: epoch seconds before which trying again is useless.
        code: the other side's own word (a vendor's error code), verbatim.
        status: the HTTP status, when there was one.
        request_id: the other side's id of the call, for its support desk.
    """

    default_next: ClassVar[str] = ""
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        what: str,
        *,
        object: str | None = None,
        next: str | None = None,
        not_before: float | None = None,
        code: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.object = object
        self.next = next if next is not None else self.default_next
        self.not_before = not_before
        self.code = code
        self.status = status
        self.request_id = request_id

    def __str__(self) -> str:
        head = f"{self.object}: {self.what}" if self.object else self.what
        return f"{head} {self.next}".rstrip() if self.next else head

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only constructors do not survive pickle by themselves.
        return (from_json, (self.to_json(),))

    def stored(self) -> StoredError:
        """The plain values of this error."""
        return StoredError(
            # A plugin may have classes of its own: what counts is the branch they stand on.
            type=next(cls.__name__ for cls in type(self).__mro__ if ERRORS.get(cls.__name__) is cls),
            what=self.what,
            object=self.object,
            next=self.next,
            not_before=self.not_before,
            code=self.code,
            status=self.status,
            request_id=self.request_id,
        )

    def to_json(self) -> str:
        """The stored form as JSON text, for a ledger column."""
        return msgspec.json.encode(self.stored()).decode()


class TryAgain(WordferryError):
    """Passes by itself. The effect did not happen, so repeating it is safe."""

    default_next = "It is tried again by itself."
    exit_code = 75


class OutcomeUnknown(TryAgain):
    """The call left and no answer came: it may have happened. Look up before repeating."""

    default_next = "The outcome is looked up before anything is repeated."


class NotYet(TryAgain):
    """Accepted and still being worked on. Not a failure."""

    default_next = "Nothing to do: it is looked at again."


class NeedsOperator(WordferryError):
    """A person has to change something: credentials, quota, a template, a disk, the configuration."""

    default_next = "Mend that, then run the command again (`wordferry retry` sets what had stopped going)."
    exit_code = 4


class Refused(WordferryError):
    """The other side said no to this one object. Its siblings go on."""

    default_next = "Correct the object, then plan again."
    exit_code = 3


class Vanished(WordferryError):
    """The object is gone over there."""

    default_next = "Run `wordferry explain` on it; plan again to send it anew."
    exit_code = 3


class Held(WordferryError):
    """A gate stopped the delivery; nothing was overwritten."""

    default_next = (
        "Look at the findings, then `wordferry retry` (add --overwrite to replace a person's edit)."
    )
    exit_code = 3


class Spent(WordferryError):
    """A single-use thing was used up. The next round asks for a new one."""

    default_next = "A new export is started by itself."


class Conflict(WordferryError):
    """Another owner changed the row first; nothing was written."""

    default_next = "The state is read again by itself."


class Surprise(WordferryError):
    """An answer that nobody here understands."""

    default_next = "Keep the log line with its request id and report it."
    exit_code = 70


ERRORS: dict[str, type[WordferryError]] = {
    cls.__name__: cls
    for cls in (
        WordferryError,
        TryAgain,
        OutcomeUnknown,
        NotYet,
        NeedsOperator,
        Refused,
        Vanished,
        Held,
        Spent,
        Conflict,
        Surprise,
    )
}


def from_json(text: str | bytes) -> WordferryError:
    """Rebuild a stored error.

    Args:
        text: what `WordferryError.to_json` returned.

    Returns:
        An error of the same class; a class this version does not know becomes `Surprise`.
    """
    stored = msgspec.json.decode(text, type=StoredError)
    cls = ERRORS.get(stored.type, Surprise)
    return cls(
        stored.what,
        object=stored.object,
        next=stored.next,
        not_before=stored.not_before,
        code=stored.code,
        status=stored.status,
        request_id=stored.request_id,
    )
