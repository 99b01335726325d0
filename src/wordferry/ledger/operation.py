"""The rows of the operation table, and the statements that write them."""

from __future__ import annotations

import msgspec

__all__ = ["AGAIN", "AUDIT_AT", "CLOSE", "COLUMNS", "INSERT", "SELECT", "Operation"]


class Operation(msgspec.Struct, frozen=True):
    """A row of the operation table.

    Attributes:
        state: `begun`, `unknown` (the call is over, its outcome is not known), `failed` (it did not happen),
            `spent` (single use, gone) or `done`.
        how: `performed`, `adopted`, or `assumed` (at most once, may not have happened).
        expires: epoch seconds after which the call cannot be under way.
    """

    key: str
    kind: str
    label: str
    batch: str
    translation: str | None
    slice: str
    epoch: int
    owner: str
    state: str
    attempt: int
    begun: float
    expires: float
    finished: float | None
    how: str | None
    result: str | None
    error: str | None
    facts: str | None


COLUMNS = Operation.__struct_fields__
SELECT = f"SELECT {', '.join(COLUMNS)} FROM operation"
INSERT = (
    "INSERT INTO operation (key, kind, label, batch, translation, slice, epoch, owner, state, attempt, begun, expires,"
    " facts) VALUES (:key, :kind, :label, :batch, :translation, :slice, :epoch, :owner, 'begun', 1, :begun, :expires,"
    " :facts) ON CONFLICT (key) DO NOTHING"
)
AGAIN = (
    "UPDATE operation SET state = 'begun', attempt = attempt + 1, slice = :slice, epoch = :epoch, owner = :owner,"
    " begun = :begun, expires = :expires, error = NULL"
    " WHERE key = :key AND state = :was AND attempt = :attempt AND epoch = :was_epoch AND owner = :was_owner"
)
AUDIT_AT = "UPDATE batch SET audit = :at WHERE id = :batch"
CLOSE = (
    "UPDATE operation SET state = :state, finished = :finished, how = :how, result = :result, error = :error,"
    " expires = :expires WHERE key = :key AND state = :was AND attempt = :attempt AND owner = :was_owner"
    " AND epoch = :was_epoch"
)
