"""One request on its way through a face; it can be done after its client has gone, and after a restart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wordferry.sandbox.calllog import CallRecord
from wordferry.sandbox.routing import Answer, Call

if TYPE_CHECKING:
    from wordferry.sandbox.world import World


@dataclass(slots=True, eq=False)
class Visit:
    """One request.

    Args:
        world: where it happens.
        face: name of the face it came to.
        number: its number in order of arrival.
        at: virtual seconds since the start, at arrival.
        call: what is asked.
        query: the query string.
        about: the object of the call.
        mutating: whether it changes something.
        template: path of its route, with parameter names.
        refusal: the answer that was decided on before the work.
        too_large: its body is over the limit.
        fault: kind of the fault on it.
        seconds: how long that fault holds it, or how old a view it gives.
    """

    world: World
    face: str
    number: int
    at: float
    call: Call
    query: str
    about: str
    mutating: bool
    template: str = ""
    refusal: Answer | None = None
    too_large: bool = False
    fault: str | None = None
    seconds: float = 0.0

    def work(self) -> Answer:
        """Do what is asked, now."""
        call = self.call
        # The work belongs to this moment: reading the body, or a fault, may have taken its time.
        call.now = self.world.clock.now()
        call.as_of = call.now - (self.seconds if self.fault == "stale" else 0.0)
        done = self.world.faces[self.face].perform(self)
        self.record(done.status, self.fault)
        return done

    def work_unheard(self) -> None:
        """Do what is asked though nobody waits for the answer."""
        self.work()

    def record(self, status: int, fault: str | None) -> None:
        """Write the call log."""
        call = self.call
        log = self.world.calls
        record = CallRecord(
            n=self.number,
            nth=log.nth(call.operation, self.about),
            at=self.at,
            operation=call.operation,
            method=call.method,
            path=call.path,
            query=self.query,
            object=self.about,
            status=status,
            fault=fault,
            facts=call.facts,
        )
        log.add(record, mutating=self.mutating)
