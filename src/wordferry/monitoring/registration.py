"""Our webhooks and listeners at the vendors: made, looked after, mended.

The secret is stored before its registration is made, and the vendor's id after. So after a crash in between the next
run finds a registration whose secret may not be the one we know: it is deleted and made again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import msgspec

from wordferry import observe
from wordferry.errors import Vanished, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.subscriptions import Kept
from wordferry.ports.events import Registrar, Subscription

__all__ = ["Finding", "Registration"]


class Finding(msgspec.Struct, frozen=True):
    """What was seen of one registration, and what was done about it.

    Attributes:
        connection: the connection.
        kind: which of the vendor's registrations.
        done: `kept`, `made`, `repaired`, `made again`, `removed` or `seen`.
        problem: what is wrong, as a sentence; None when nothing is.
        id: the vendor's id.
        url: where it calls.
        failures: failed calls as the vendor counts them.
    """

    connection: str
    kind: str
    done: str
    problem: str | None = None
    id: str | None = None
    url: str | None = None
    failures: int | None = None


class Registration:
    """Looks after the registrations of all connections.

    Args:
        ledger: keeps ids and secrets.
        registrars: by connection.
        public_url: where vendors reach our receivers.
    """

    def __init__(self, ledger: Ledger, registrars: Mapping[str, Registrar], public_url: str) -> None:
        self._ledger = ledger
        self._registrars = registrars
        self._public = public_url.rstrip("/")

    def url(self, connection: str) -> str:
        """Where a connection's vendor calls."""
        return f"{self._public}/events/{connection}"

    async def look(self, connection: str) -> list[Finding]:
        """What the vendor has, compared with what we know. Changes nothing there.

        Raises:
            WordferryError: the vendor does not answer, or refuses.
        """
        registrar = self._registrars[connection]
        known = {kept.kind: kept for kept in await self._ledger.subscriptions.all(connection)}
        there = await registrar.list(self.url(connection))
        findings = []
        for kind in registrar.kinds:
            kept = known.get(kind)
            found = [one for one in there if one.kind == kind]
            ours = next((one for one in found if kept is not None and one.id == kept.id), None)
            problem = self._problem(connection, kept, ours, found)
            findings.append(_finding(connection, kind, "seen", ours, problem))
            if kept is not None:
                await self._ledger.subscriptions.checked(connection, kind, problem=problem)
        return findings

    async def ensure(self, connection: str) -> list[Finding]:
        """Make what is missing, repair what is wrong, remove what is double.

        Raises:
            WordferryError: the vendor does not answer, or refuses; run again, it goes on from there.
        """
        registrar = self._registrars[connection]
        url = self.url(connection)
        known = {kept.kind: kept for kept in await self._ledger.subscriptions.all(connection)}
        there = await registrar.list(url)
        return [
            await self._ensure(
                registrar, connection, kind, url, known.get(kind), [s for s in there if s.kind == kind]
            )
            for kind in registrar.kinds
        ]

    async def _ensure(
        self,
        registrar: Registrar,
        connection: str,
        kind: str,
        url: str,
        kept: Kept | None,
        found: list[Subscription],
    ) -> Finding:
        store = self._ledger.subscriptions
        ours = next((one for one in found if kept is not None and one.id == kept.id), None)
        for other in found:
            if other is not ours:
                # Its secret is not known (any more): what it sends could not be verified.
                await registrar.delete(other)
        if ours is not None and kept is not None:
            if self._problem(connection, kept, ours, [ours]) is None:
                await store.checked(connection, kind, problem=None)
                return _finding(connection, kind, "kept", ours)
            secret = store.reveal(kept)
            try:
                mended = await registrar.repair(ours, url, secret=secret)
            except Vanished:
                pass  # gone since it was listed: made again below
            else:
                await store.keep(connection, kind, id=mended.id, url=url, secret=mended.secret or secret)
                return _finding(connection, kind, "repaired", mended)
        secret = secrets.token_urlsafe(32)
        await store.keep(connection, kind, id=None, url=url, secret=secret)
        made = await registrar.create(kind, url, secret=secret)
        await store.keep(connection, kind, id=made.id, url=url, secret=made.secret or secret)
        return _finding(connection, kind, "made again" if kept is not None or found else "made", made)

    async def remove(self, connection: str) -> list[Finding]:
        """Take everything of ours away at the vendor, and forget it.

        Raises:
            WordferryError: the vendor does not answer, or refuses.
        """
        registrar = self._registrars[connection]
        removed = []
        for one in await registrar.list(self.url(connection)):
            await registrar.delete(one)
            removed.append(_finding(connection, one.kind, "removed", one))
        for kept in await self._ledger.subscriptions.all(connection):
            await self._ledger.subscriptions.drop(connection, kept.kind)
        return removed

    async def watch(self) -> None:
        """Look at all that were registered once, repair what the vendor switched off, and say so."""
        for connection in {kept.connection for kept in await self._ledger.subscriptions.all()}:
            if connection not in self._registrars:
                continue
            try:
                findings = await self.look(connection)
                broken = [one for one in findings if one.problem is not None]
                for one in broken:
                    observe.event(
                        "subscription.broken",
                        level="warning",
                        connection=connection,
                        kind=one.kind,
                        why=one.problem,
                    )
                if broken:
                    for mended in await self.ensure(connection):
                        observe.event(
                            "subscription.mended",
                            level="warning",
                            connection=connection,
                            kind=mended.kind,
                            how=mended.done,
                        )
            except WordferryError as error:
                observe.event("subscription.unseen", level="warning", connection=connection, why=str(error))

    def _problem(
        self, connection: str, kept: Kept | None, ours: Subscription | None, found: list[Subscription]
    ) -> str | None:
        """What is wrong with one registration; None when nothing is."""
        if kept is None:
            return "there is one whose secret is not known here." if found else "it is not registered."
        if ours is None:
            return "the vendor does not have it any more." if kept.id else "it was never finished."
        if not ours.enabled:
            return "the vendor switched it off."
        if ours.url != self.url(connection):
            return "it calls another address."
        if not ours.complete:
            return "it leaves out events that are needed."
        if ours.waiting:
            return f"{ours.waiting} of its calls were given up."
        if len(found) > 1:
            return "there is a second one."
        return None


def _finding(
    connection: str, kind: str, done: str, one: Subscription | None, problem: str | None = None
) -> Finding:
    return Finding(
        connection=connection,
        kind=kind,
        done=done,
        problem=problem,
        id=one.id if one else None,
        url=one.url if one else None,
        failures=one.failures if one else None,
    )
