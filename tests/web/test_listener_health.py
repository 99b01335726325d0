"""Lionbridge's listeners while our receivers are away: the vendor repeats, gives up, and the worker mends it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.submission.voyage import in_a_hurry
from tests.web.harbour import CONNECTION, KINDS, harbour, listeners, register
from wordferry.model.states import State
from wordferry.ports.events import Told
from wordferry.testing.contract import LionbridgeShore, Passage
from wordferry.web import Server

HOUR = 3600.0


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)
    # The list of updates and plain polling would bring everything home anyway: here only events may.
    monkeypatch.setattr("wordferry.monitoring.hearing.Hearing.collect", _nothing)
    monkeypatch.setattr("wordferry.monitoring.pace.Attention.trusts", lambda _self, _name: True)


async def _nothing(_self: object, _name: str) -> None:
    """The list stays unread."""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What the log is told."""
    found: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr("wordferry.observe.event", lambda name, **facts: found.append((name, facts)))
    return found


async def delivered_while_away(passage: Passage, shore: LionbridgeShore) -> None:
    """One translation at the provider, with the next look far away; nobody listens, and the provider delivers."""
    shore.wait_for_me()
    passage.write()
    await passage.apply()
    soon = time.time() + 60.0
    await passage.sail(lambda _: {one.word for one in shore.shown()} == {"SENT_TO_PROVIDER"})
    await passage.sail(lambda found: (found[0].due or 0.0) > soon)
    await shore.finish("de-DE")


async def words(passage: Passage) -> set[str | None]:
    """The words of all calls that arrived."""
    letters = await passage.ferry.ledger.inbox.letters()
    return {one.event.word for one in letters if one.event.told is Told.WEBHOOK}


def shore_of(passage: Passage) -> LionbridgeShore:
    assert isinstance(passage.shore, LionbridgeShore)
    return passage.shore


async def test_some_hours_away_are_made_up_by_the_vendor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[tuple[str, dict[str, Any]]]
) -> None:
    """Away for six hours: the vendor repeats its calls, they arrive, the file comes home, nothing had to be mended."""
    async with harbour(tmp_path, monkeypatch, locales=("de",), longest=600.0) as passage:
        shore = shore_of(passage)
        async with passage.aboard():
            await register(passage)
            await delivered_while_away(passage, shore)
            await shore.sandbox.advance(6 * HOUR)
            assert passage.read("de/a.json") is None
            assert [one.problem for one in await listeners(passage).look(CONNECTION)] == [None, None]
            async with Server(passage.ferry):
                await shore.sandbox.advance(HOUR)
                await passage.sail(lambda found: found[0].state is State.DELIVERED)
            assert await words(passage) >= {"REVIEW_TRANSLATION"}
    assert not [name for name, _ in said if name.startswith("subscription.")]


async def test_days_away_are_mended_by_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[tuple[str, dict[str, Any]]]
) -> None:
    """Away for two days: the listeners are on probation; the worker says so, ends it, and every call arrives."""
    async with harbour(tmp_path, monkeypatch, locales=("de",), longest=600.0) as passage:
        shore = shore_of(passage)
        async with passage.aboard():
            await register(passage)
            await delivered_while_away(passage, shore)
            await shore.sandbox.advance(48 * HOUR)
            seen = await listeners(passage).look(CONNECTION)
            assert [one.problem for one in seen] == ["the vendor switched it off."] * 2
            assert all(one.failures for one in seen)
            async with Server(passage.ferry):
                passage.work.sweep._next_watch = 0.0
                await passage.sail(lambda _: len(named(said, "subscription.mended")) == 2)
                await shore.sandbox.advance(1.0)
                await passage.sail(lambda found: found[0].state is State.DELIVERED)
            assert await words(passage) >= {"REVIEW_TRANSLATION"}
            healthy = await listeners(passage).look(CONNECTION)
            assert [(one.problem, one.failures) for one in healthy] == [(None, 0)] * 2
    assert [facts["kind"] for facts in named(said, "subscription.broken")] == list(KINDS)
    assert {facts["how"] for facts in named(said, "subscription.mended")} == {"repaired"}


async def test_calls_that_were_given_up_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[tuple[str, dict[str, Any]]]
) -> None:
    """Somebody ended the probation by hand: the calls given up meanwhile are noticed all the same, and fetched."""
    async with harbour(tmp_path, monkeypatch, locales=("de",), longest=600.0) as passage:
        shore = shore_of(passage)
        async with passage.aboard():
            await register(passage)
            await delivered_while_away(passage, shore)
            await shore.sandbox.advance(48 * HOUR)
            for one in shore.sandbox.lionbridge.listeners.by_id.values():
                one.disabled = False
            seen = await listeners(passage).look(CONNECTION)
            assert all("were given up" in (one.problem or "") for one in seen)
            async with Server(passage.ferry):
                passage.work.sweep._next_watch = 0.0
                await passage.sail(lambda _: len(named(said, "subscription.mended")) == 2)
                await shore.sandbox.advance(1.0)
                await passage.sail(lambda found: found[0].state is State.DELIVERED)
            assert [one.problem for one in await listeners(passage).look(CONNECTION)] == [None, None]


def named(said: list[tuple[str, dict[str, Any]]], name: str) -> list[dict[str, Any]]:
    """The facts of the log's events of that name."""
    return [facts for found, facts in said if found == name]
