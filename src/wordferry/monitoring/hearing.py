"""Reads the inbox: what an event names becomes due now. Nothing is believed; the objects themselves are read.

Events, callbacks and updates from a list all end here, so one rule covers them: known to us → look at its batch, or
wake its export; not known yet → try again a little later; never known → it was somebody else's.
"""

from __future__ import annotations

import time
from collections import Counter as Tally
from collections.abc import Mapping

from prometheus_client import Counter

from wordferry import observe
from wordferry.errors import NeedsOperator, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.hints import Hints, Named
from wordferry.ledger.inbox import Inbox, Letter
from wordferry.ledger.move import Change
from wordferry.ledger.writer import Statement
from wordferry.model.states import State
from wordferry.ports.events import Pending

__all__ = ["Hearing"]

#: Seconds until an event that names nothing of ours is read again: an answer of ours may still be on its way.
AGAIN = (1.0, 5.0, 30.0)
#: Seconds until an event about something in other hands is read again, and how often that is tried.
BUSY = 0.3
BUSY_TRIES = 40
#: Seconds in which further callbacks join a woken export, so that one question serves them all.
GATHER = 0.2
#: Letters read at once.
MOST = 500

_EVENTS = Counter(
    "wordferry_events_total", "Events read from the inbox, by what they led to", ["connection", "outcome"]
)


class Hearing:
    """Turns letters into due times.

    Args:
        ledger: the truth.
        pending: connections whose vendor keeps a list of updates.
    """

    def __init__(self, ledger: Ledger, pending: Mapping[str, Pending]) -> None:
        self._ledger = ledger
        self._pending = pending

    async def listen(self) -> int:
        """Read what is due; returns how many letters there were."""
        letters = await self._ledger.inbox.unread(limit=MOST)
        if not letters:
            return 0
        now = time.time()
        named = await self._ledger.hints.named([letter.event for letter in letters])
        batches: set[str] = set()
        exports: set[str] = set()
        ends: list[Statement | Change] = []
        heard: Tally[str] = Tally()
        for letter, found in zip(letters, named, strict=True):
            if letter.tries == 0 and letter.copies == 1:
                heard[letter.event.connection] += 1
            looks, wakes, outcome, later = _judge(letter, found)
            batches |= looks
            exports |= wakes
            _EVENTS.labels(letter.event.connection, outcome).inc()
            ends.append(
                Inbox.done(letter, outcome) if later is None else Inbox.later(letter, now + later, outcome)
            )
        parts: list[Statement | Change] = []
        if batches:
            parts.append(Hints.hinted(batches, now))
        if exports:
            parts.append(Hints.woken(exports, now + GATHER))
        parts += [self._ledger.rhythms.heard(name, events=n, at=now) for name, n in heard.items()]
        await self._ledger.voyages.write(*parts, *ends)
        return len(letters)

    async def collect(self, connection: str) -> int:
        """Store the updates that the vendor keeps for us, then tell it so; returns how many.

        In this order: an update that was acknowledged and not stored would be lost.
        """
        source = self._pending[connection]
        count = 0
        try:
            stored: list[str] = []
            async for event, raw in source.pending():
                await self._ledger.inbox.put([event], raw)
                stored.append(event.id)
                count += 1
            if stored:
                await source.acknowledge(stored)
        except NeedsOperator as error:
            observe.event("updates.refused", level="warning", connection=connection, why=str(error))
        except WordferryError as error:
            observe.event("updates.failed", level="warning", connection=connection, why=str(error))
        return count


def _judge(letter: Letter, found: list[Named]) -> tuple[set[str], set[str], str, float | None]:
    """(batches to look at, exports to wake, what it led to, seconds until it is read again)."""
    if not found:
        if letter.tries < len(AGAIN):
            return set(), set(), "unknown", AGAIN[letter.tries]
        return set(), set(), "foreign", None
    event = letter.event
    translations = [one for one in found if one.translation is not None]
    exporting = {one.translation for one in translations if one.state is State.EXPORTING and one.translation}
    if event.tickets or event.ours:
        # The end of an export: only the export is of interest, and it may be in a run's hands this moment.
        busy = [one for one in translations if one.held and one.state in (State.TRANSLATED, State.EXPORTING)]
        if busy and letter.tries < BUSY_TRIES:
            return set(), exporting, "busy", BUSY
        if exporting:
            return set(), exporting, "woken", None
        if translations and len(translations) == len(found):
            return set(), set(), "late", None  # its export came home already
    if event.echo and translations and all(_ours(one) for one in translations):
        return set(), set(), "echo", None
    return {one.batch for one in found}, set(), "looked", None


def _ours(one: Named) -> bool:
    """Whether we said that word ourselves: delivered, or about to be."""
    return one.state is State.DELIVERED or (one.state is State.DELIVERING and one.held)
