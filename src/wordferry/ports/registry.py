"""Finds content systems and TMS vendors by the `kind` a configuration names.

Built-ins are listed here; outside packages register entry points in the groups `wordferry.content_systems` and
`wordferry.tms`, each pointing to a `Plugin`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import msgspec

from wordferry.errors import NeedsOperator
from wordferry.ports.budget import Leases
from wordferry.ports.events import VendorEvents

__all__ = ["BUILT_IN", "GROUPS", "Plugin", "Surroundings", "find", "kinds", "unreachable"]

GROUPS = {"content": "wordferry.content_systems", "tms": "wordferry.tms"}

#: role → kind → where its `PLUGIN` stands. Imported only when used.
BUILT_IN: dict[str, dict[str, str]] = {
    "content": {"files": "wordferry.content_systems.files"},
    "tms": {
        "phrase": "wordferry.tms.phrase.plugin",
        "lionbridge": "wordferry.tms.lionbridge.plugin",
    },
}


def unreachable(connection: str, ours: str) -> str | None:
    """No vendor can reach us."""
    return None


class Surroundings(msgspec.Struct, frozen=True):
    """What a plugin is given when it is built.

    Attributes:
        folder: the folder of `wordferry.toml`; relative paths start here.
        installation: this installation's id.
        secret: resolves a reference (`env:NAME`, `file:PATH`, `keyring:SERVICE/USER`) to the secret.
        leases: the shared call budget; None means this process alone.
        callback: (connection, our id) → the address where the vendor may report the end of asynchronous work that
            was asked for our translation or batch of that id; None when vendors cannot reach us.
    """

    folder: Path
    installation: str
    secret: Callable[[str], str]
    leases: Leases | None = None
    callback: Callable[[str, str], str | None] = unreachable


class Plugin(msgspec.Struct, frozen=True):
    """What a content system or TMS vendor declares about itself.

    Attributes:
        kind: the word in the configuration.
        settings: msgspec Struct of a `[content.…]` or `[tms.…]` table, without `kind`.
        build: makes the object from (name, settings, Surroundings).
        route: msgspec Struct of a `[route.….on.…]` table; TMS vendors only.
        secrets: names of settings that hold references to secrets; one that is left out is None.
        events: makes the `VendorEvents` from (TMS, Surroundings); TMS vendors that tell us something.
    """

    kind: str
    settings: type[Any]
    build: Callable[..., Any]
    route: type[Any] | None = None
    secrets: tuple[str, ...] = ()
    events: Callable[..., VendorEvents] | None = None


def kinds(role: str) -> list[str]:
    """All kinds of a role (`content` or `tms`), built in and from outside packages."""
    return sorted({*BUILT_IN[role], *(point.name for point in entry_points(group=GROUPS[role]))})


def find(role: str, kind: str) -> Plugin:
    """The plugin of that kind.

    Raises:
        NeedsOperator: there is none; the sentence lists those there are.
    """
    if kind in BUILT_IN[role]:
        plugin: Plugin = import_module(BUILT_IN[role][kind]).PLUGIN
        return plugin
    for point in entry_points(group=GROUPS[role], name=kind):
        found: Plugin = point.load()
        return found
    raise NeedsOperator(
        f"there is no {role} kind {kind!r}.",
        object="wordferry.toml",
        next=f"Known kinds: {', '.join(kinds(role))}.",
    )
