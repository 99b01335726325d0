"""One token for many calls."""

from __future__ import annotations

import asyncio

import pytest

from wordferry.errors import NeedsOperator, TryAgain
from wordferry.transport import Grant, Tokens


class Desk:
    """Hands out numbered tokens; `gate` holds exchanges back, `failures` are raised first."""

    def __init__(self, expires_in: float | None = 3600.0, failures: list[Exception] | None = None) -> None:
        self.expires_in = expires_in
        self.failures = failures or []
        self.exchanges = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.now = 0.0

    async def exchange(self) -> Grant:
        self.exchanges += 1
        number = self.exchanges
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        return Grant(f"token{number}", self.expires_in)

    def tokens(self) -> Tokens:
        return Tokens(self.exchange, clock=lambda: self.now)


async def test_a_hundred_callers_make_one_exchange() -> None:
    """However many ask at once, one exchange is made and all get its token."""
    desk = Desk()
    tokens = desk.tokens()
    desk.gate.clear()
    asking = [asyncio.create_task(tokens.get()) for _ in range(100)]
    await asyncio.sleep(0)
    desk.gate.set()
    assert set(await asyncio.gather(*asking)) == {"token1"}
    assert desk.exchanges == 1


async def test_a_failing_exchange_fails_all_and_the_next_tries_anew() -> None:
    """All who wait get the same error from one exchange; the next call makes a new one."""
    desk = Desk(failures=[TryAgain("away")])
    tokens = desk.tokens()
    results = await asyncio.gather(*(tokens.get() for _ in range(100)), return_exceptions=True)
    assert {type(result) for result in results} == {TryAgain}
    assert desk.exchanges == 1
    assert await tokens.get() == "token2"


async def test_a_hundred_refusals_of_one_token_make_one_renewal() -> None:
    """A hundred 401s with the same stale token lead to one exchange, early and late ones alike."""
    desk = Desk()
    tokens = desk.tokens()
    stale = await tokens.get()
    assert set(await asyncio.gather(*(tokens.renew(stale) for _ in range(100)))) == {"token2"}
    assert await tokens.renew(stale) == "token2"
    assert desk.exchanges == 2


@pytest.mark.parametrize(
    ("expires_in", "good", "over"),
    [(14399.0, 14338.9, 14339.1), (100.0, 89.9, 90.1), (None, 539.9, 540.1), (0.0, 539, 541)],
)
async def test_tokens_are_renewed_before_they_end(expires_in: float | None, good: float, over: float) -> None:
    """A token is kept until 60 s or a tenth of its life before the end; without a lifetime ten minutes count."""
    desk = Desk(expires_in)
    tokens = desk.tokens()
    await tokens.get()
    desk.now = good
    assert await tokens.get() == "token1"
    desk.now = over
    assert tokens.current is None
    assert await tokens.get() == "token2"


async def test_one_impatient_caller_takes_the_token_from_nobody() -> None:
    """A caller that is cancelled while an exchange runs does not cancel it for the others."""
    desk = Desk()
    tokens = desk.tokens()
    desk.gate.clear()
    first, second = asyncio.create_task(tokens.get()), asyncio.create_task(tokens.get())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    desk.gate.set()
    assert await second == "token1"
    assert first.cancelled()


async def test_a_failure_nobody_waits_for_is_silent() -> None:
    """An exchange that fails after all its callers have gone leaves no warning behind."""
    desk = Desk(failures=[NeedsOperator("no")])
    tokens = desk.tokens()
    desk.gate.clear()
    only = asyncio.create_task(tokens.get())
    await asyncio.sleep(0)
    only.cancel()
    desk.gate.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert await tokens.get() == "token2"


async def test_closing_stops_a_running_exchange() -> None:
    """Closing cancels an exchange under way and tells those who wait for it."""
    desk = Desk()
    tokens = desk.tokens()
    desk.gate.clear()
    waiting = asyncio.create_task(tokens.get())
    await asyncio.sleep(0)
    await tokens.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_grants_hide_their_token() -> None:
    """The repr of a grant shows its lifetime only."""
    assert repr(Grant("s3cret", 5.0)) == "Grant(expires_in=5.0)"
