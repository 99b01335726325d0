"""Carries accepted work on in this process, or watches the process that does."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from wordferry.ledger.tally import under_way

if TYPE_CHECKING:
    from wordferry.bootstrap import Ferry, Work
    from wordferry.cli.progress import Progress

__all__ = ["Stop", "carry", "hands_free", "stopping"]

#: Seconds between two looks at work that another process does.
WATCH = 0.3


class Stop(asyncio.Event):
    """Set when the command should come to an end.

    Attributes:
        signalled: by Ctrl-C or SIGTERM.
        late: because its time was up.
    """

    signalled = False
    late = False


@asynccontextmanager
async def stopping(patience: float | None = None) -> AsyncIterator[Stop]:
    """A `Stop` that the first Ctrl-C or SIGTERM sets, and the clock; a second signal ends at once.

    Args:
        patience: seconds; None means no limit.
    """
    stop = Stop()
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None

    def on_signal() -> None:
        if stop.signalled:
            task.cancel()
        stop.signalled = True
        stop.set()

    def on_time() -> None:
        stop.late = not stop.is_set()
        stop.set()

    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, on_signal)
    timer = loop.call_later(patience, on_time) if patience is not None else None
    try:
        yield stop
    except asyncio.CancelledError:
        if stop.signalled:
            raise KeyboardInterrupt from None
        raise
    finally:
        if timer is not None:
            timer.cancel()
        for number in numbers:
            loop.remove_signal_handler(number)


def hands_free(ferry: Ferry) -> bool:
    """Whether this process may do the work; takes the lock when it may."""
    return not ferry.embedded or ferry.lock.take()


async def carry(
    ferry: Ferry,
    done: Callable[[Work], Awaitable[bool]],
    *,
    progress: Progress,
    stop: Stop,
) -> None:
    """Do the work until it is done, or until `stop`.

    When another process does the work on this ledger, it is watched instead.

    Args:
        ferry: the ferry.
        done: says whether it is.
        progress: shown as things move.
        stop: ends it early.
    """
    work = ferry.work()

    async def over() -> bool:
        return await done(work) and not await under_way(
            ferry.ledger, routes=progress.routes, batches=progress.batches
        )

    if hands_free(ferry):
        async with work:
            await work.run(over, progress=progress, stop=stop, patient=False)
        return
    while not stop.is_set() and not await over():
        await progress()
        try:
            await asyncio.wait_for(stop.wait(), WATCH)
        except TimeoutError:
            continue
