"""When something is due, as a condition for queries."""

from __future__ import annotations

__all__ = ["HORIZON", "due_now", "moments"]

#: No wait is longer than this; a due time beyond it comes from a clock that was set back.
HORIZON = 2 * 86400.0


def due_now(table: str = "") -> str:
    """The condition "due now", also after the clock was set back; its parameters come from `moments`."""
    return f"({table}due <= :now OR {table}due > :far)"


def moments(now: float) -> dict[str, float]:
    """The parameters of `due_now`."""
    return {"now": now, "far": now + HORIZON}
