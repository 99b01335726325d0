"""Wordferry carries content to translation management systems and brings every translation home, exactly once.

Public names; everything else may move. The vendor client stands in `wordferry.phrase`, the offline sandbox in
`wordferry.sandbox`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wordferry._version import __version__

if TYPE_CHECKING:
    from wordferry.bootstrap import Ferry
    from wordferry.configuration import Configuration, load
    from wordferry.errors import (
        Conflict,
        Held,
        NeedsOperator,
        NotYet,
        OutcomeUnknown,
        Refused,
        Spent,
        Surprise,
        TryAgain,
        Vanished,
        WordferryError,
    )

__all__ = [
    "Configuration",
    "Conflict",
    "Ferry",
    "Held",
    "NeedsOperator",
    "NotYet",
    "OutcomeUnknown",
    "Refused",
    "Spent",
    "Surprise",
    "TryAgain",
    "Vanished",
    "WordferryError",
    "__version__",
    "load",
]

#: Where a public name lives. Loaded on first use: `wordferry --help` must not pay for a database.
_HOMES = {
    "Ferry": "wordferry.bootstrap",
    "Configuration": "wordferry.configuration",
    "load": "wordferry.configuration",
}


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "wordferry.errors")), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
