"""The rare look for batches at the vendors that the ledger does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prometheus_client import Gauge

from wordferry import observe
from wordferry.errors import WordferryError
from wordferry.ledger import Ledger
from wordferry.monitoring.orphans import Whose, orphans
from wordferry.ports.tms import TMS

__all__ = ["Drift"]

#: Hours by which it looks back: as long as batches are looked at whatever was told.
BACK = 90 * 24
_ORPHANS = Gauge(
    "wordferry_orphans", "Batches at the vendor that the ledger does not know, as last seen", ["connection"]
)


class Drift:
    """Looks through the vendors' lists, one after the other.

    Args:
        ledger: the truth.
        connections: TMS connections by name.
        routes: connection → names of its routes.
    """

    def __init__(
        self, ledger: Ledger, connections: Mapping[str, TMS], routes: Mapping[str, Sequence[str]]
    ) -> None:
        self._ledger = ledger
        self._connections = connections
        self._routes = routes

    async def look(self) -> None:
        """One look at each connection; trouble of one is told and does not keep it from the others."""
        for name, routes in self._routes.items():
            try:
                found = await orphans(self._ledger, name, self._connections[name], routes, hours=BACK)
            except WordferryError as error:
                observe.event("drift.failed", level="warning", connection=name, why=str(error))
                continue
            _ORPHANS.labels(name).set(len(found))
            doubled = [one.batch for one in found if one.whose is Whose.DOUBLE and one.batch is not None]
            for one in found:
                observe.event(
                    "orphan.seen",
                    level="info" if one.whose is Whose.AWAITED else "warning",
                    connection=name,
                    project=one.seen.id,
                    object=one.seen.name,
                    why=one.whose.value,
                )
            if doubled:
                await self._ledger.hints.look_at(doubled)
