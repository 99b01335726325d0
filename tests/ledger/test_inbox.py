"""The inbox: each event once, committed before the answer, readable by nobody without the key."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from tests.ledger.conftest import Clock
from wordferry.errors import NeedsOperator, TryAgain
from wordferry.ledger import Ledger
from wordferry.ledger.inbox import KEEP, MOST, MOST_BYTES, Inbox
from wordferry.ledger.seal import Seal
from wordferry.model.identity import digest
from wordferry.ports.events import Event, Told

KEY = "0123456789abcdef" * 2


def event(number: int | str = 1, **more: object) -> Event:
    facts: dict[str, object] = {
        "id": f"e{number}",
        "connection": "phrase",
        "told": Told.WEBHOOK,
        "kind": "JOB_STATUS_CHANGED",
        "units": ("u1", "u2"),
        "batches": ("p1",),
        "payload": digest(b"{}"),
    }
    return Event(**facts | more)  # type: ignore[arg-type]


async def test_an_event_is_kept_as_it_came(ledger: Ledger) -> None:
    """What was told is read again as it was: ids, subjects, words, time and hash."""
    told = event(word="COMPLETED_BY_LINGUIST", at=5.5, tickets=("7",), ours=("t1",), echo=True)
    await ledger.inbox.put([told], b"{}")
    [letter] = await ledger.inbox.unread()
    assert letter.event == told
    assert (letter.copies, letter.size, letter.outcome) == (1, 2, None)


async def test_a_thousand_copies_are_one_event(ledger: Ledger, clock: Clock) -> None:
    """A repeated event makes no second row; it is counted, and due again even after it was done and aged."""
    await ledger.inbox.put([event()], b"{}")
    [letter] = await ledger.inbox.unread()
    await ledger.writer.write(Inbox.done(letter, "looked"))
    assert await ledger.inbox.unread() == []
    clock.pass_(400 * 86400.0)
    await asyncio.gather(*(ledger.inbox.put([event()], b"{}") for _ in range(999)))
    [letter] = await ledger.inbox.unread()
    assert letter.copies == 1000
    assert letter.last - letter.received == 400 * 86400.0


async def test_a_copy_that_comes_meanwhile_is_not_swallowed(ledger: Ledger) -> None:
    """Ending an event does nothing when another copy came since it was read."""
    await ledger.inbox.put([event()], b"{}")
    [letter] = await ledger.inbox.unread()
    await ledger.inbox.put([event()], b"{}")
    await ledger.writer.write(Inbox.done(letter, "looked"))
    assert len(await ledger.inbox.unread()) == 1


async def test_the_same_id_of_another_connection_is_another_event(ledger: Ledger) -> None:
    """Ids are the vendors': two connections may use the same one."""
    await ledger.inbox.put([event()], b"{}")
    await ledger.inbox.put([event(connection="other")], b"{}")
    assert len(await ledger.inbox.unread()) == 2


async def test_many_are_committed_together(ledger: Ledger) -> None:
    """Events that come at once share their commits."""
    before = ledger.writer.groups
    await asyncio.gather(*(ledger.inbox.put([event(n)], b"{}") for n in range(1000)))
    assert len(await ledger.inbox.unread(limit=2000)) == 1000
    assert ledger.writer.groups - before < 100


async def test_a_bad_row_fails_alone(ledger: Ledger) -> None:
    """An event that no column takes is refused; those beside it in the group are stored."""
    results = await asyncio.gather(
        *(ledger.inbox.put([event(n, at=1.0)], b"") for n in range(5)),
        ledger.inbox.put([event("bad", payload=None)], b""),
        return_exceptions=True,
    )
    stored = {letter.event.id for letter in await ledger.inbox.unread()}
    assert results[-1] is not None
    assert "ebad" not in stored
    assert {"e0", "e1", "e2", "e3", "e4"} <= stored


async def test_odd_characters_are_stored(ledger: Ledger) -> None:
    """Zero bytes, lone surrogates and words without end never fail a database."""
    odd = event(kind="K\x00" * 300, word="\ud800", units=("\x00", "\ud800", "u" * 9000))
    await ledger.inbox.put([odd], b"\x00\xff")
    [letter] = await ledger.inbox.unread()
    assert len(letter.event.kind) == 255
    assert letter.event.units[0] == "\ufffd"


async def test_bodies_are_encrypted_and_forgotten(ledger: Ledger, clock: Clock) -> None:
    """A body lies in the database encrypted, opens with the key alone, and goes after a month; the row stays."""
    ledger.lock_up(Seal([KEY]))
    await ledger.inbox.put([event()], b'{"owner": "Ada"}')

    def raw(connection: sa.Connection) -> bytes:
        return bytes(connection.execute(sa.text("SELECT body FROM inbox")).scalar_one())

    assert b"Ada" not in await ledger.read(raw)
    assert await ledger.inbox.body("phrase", "e1") == b'{"owner": "Ada"}'
    ledger.lock_up(Seal(["another key that is long enough to be one"]))
    with pytest.raises(NeedsOperator, match="another key"):
        await ledger.inbox.body("phrase", "e1")
    ledger.lock_up(Seal(["another key that is long enough to be one", KEY]))
    assert await ledger.inbox.body("phrase", "e1") == b'{"owner": "Ada"}'
    [letter] = await ledger.inbox.unread()
    await ledger.writer.write(Inbox.done(letter, "looked"))
    clock.pass_(KEEP + 1)
    await ledger.inbox.forget_bodies()
    assert await ledger.inbox.body("phrase", "e1") is None
    assert len(await ledger.inbox.letters()) == 1


async def test_a_full_inbox_says_so(ledger: Ledger) -> None:
    """Beyond its bounds, in events or in bytes, nothing is queued: memory stays flat."""
    ledger.inbox._waiting = MOST
    with pytest.raises(TryAgain, match="full"):
        await ledger.inbox.put([event()], b"{}")
    ledger.inbox._waiting = 0
    ledger.inbox._bytes = MOST_BYTES
    with pytest.raises(TryAgain, match="full"):
        await ledger.inbox.put([event()], b"{}")
    ledger.inbox._bytes = 0
    await ledger.inbox.put([event()], b"{}")


async def test_what_cannot_be_read_yet_waits(ledger: Ledger, clock: Clock) -> None:
    """An event that is left for later is not due before; reading it again is asked for by its id."""
    await ledger.inbox.put([event()], b"{}")
    [letter] = await ledger.inbox.unread()
    await ledger.writer.write(Inbox.later(letter, clock.now + 10, "not known yet"))
    assert await ledger.inbox.unread() == []
    clock.pass_(10)
    [letter] = await ledger.inbox.unread()
    assert letter.tries == 1
    await ledger.writer.write(Inbox.done(letter, "nothing of ours"))
    assert await ledger.inbox.again("phrase", "e1")
    assert not await ledger.inbox.again("phrase", "e2")
    assert len(await ledger.inbox.unread()) == 1


async def test_rhythm_is_learnt(ledger: Ledger) -> None:
    """The usual gap follows the events; looks and what they moved are counted by what caused them."""
    for at in (100.0, 110.0, 120.0):
        await ledger.writer.write(ledger.rhythms.heard("phrase", events=2, at=at))
    await ledger.rhythms.looked("phrase", hinted=True, moved=3, saved=0.0, missed=None)
    await ledger.rhythms.looked("phrase", hinted=False, moved=1, saved=2.5, missed=130.0)
    await ledger.rhythms.looked("phrase", hinted=False, moved=0, saved=0.5, missed=None)
    known = (await ledger.rhythms.all())["phrase"]
    assert (known.events, known.last) == (6, 120.0)
    assert known.gap == pytest.approx(10.0)
    assert (known.looks_hinted, known.looks_timed, known.moved_hinted, known.moved_timed) == (1, 2, 3, 1)
    assert (known.looks_saved, known.missed) == (3.0, 130.0)


async def test_secrets_of_vendors_are_encrypted(ledger: Ledger) -> None:
    """A listener's secret is stored encrypted; without a key it is refused rather than written plainly."""
    with pytest.raises(NeedsOperator, match="no key"):
        await ledger.subscriptions.keep("lb", "job", id="L1", url="https://x", secret="hush-hush")
    ledger.lock_up(Seal([KEY]))
    await ledger.subscriptions.keep("lb", "job", id=None, url="https://x", secret="first")
    await ledger.subscriptions.keep("lb", "job", id="L1", url="https://x", secret="hush-hush")
    [kept] = await ledger.subscriptions.all("lb")
    assert b"hush" not in kept.secret
    assert await ledger.subscriptions.secrets("lb") == ("hush-hush",)
    assert await ledger.subscriptions.secrets("other") == ()
    await ledger.subscriptions.checked("lb", "job", problem="switched off")
    assert (await ledger.subscriptions.all())[0].problem == "switched off"
    await ledger.subscriptions.drop("lb", "job")
    assert await ledger.subscriptions.all() == []


def test_signatures_are_for_one_address() -> None:
    """A callback's signature holds for exactly its parts, under the present key and older ones."""
    old, new = Seal([KEY]), Seal(["another key that is long enough to be one", KEY])
    signature = old.sign("phrase", "t1")
    assert new.signed(signature, "phrase", "t1")
    assert not new.signed(signature, "phrase", "t2")
    assert not new.signed(signature, "phraset", "1")
    assert not new.signed("", "phrase", "t1")
    assert not new.signed("ü\ud800", "phrase", "t1")
    with pytest.raises(NeedsOperator, match="shorter"):
        Seal(["short"])
