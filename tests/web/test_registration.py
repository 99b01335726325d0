"""Registration: ours is made once, mended when it is wrong, made again when its secret is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.submission.voyage import Voyage
from tests.web.seaport import registration, seaport
from wordferry.errors import WordferryError
from wordferry.ledger.writer import Statement


def hooks(sailing: Voyage) -> list[Any]:
    return list(sailing.sandbox.phrase.webhooks.by_uid.values())


async def looked(sailing: Voyage) -> str | None:
    [found] = await registration(sailing).look("phrase")
    return found.problem


async def ensured(sailing: Voyage) -> str:
    [found] = await registration(sailing).ensure("phrase")
    assert await looked(sailing) is None
    assert len(hooks(sailing)) == 1
    return found.done


async def test_it_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run keeps what is right, and makes no second one."""
    async with seaport(tmp_path, monkeypatch, register=False) as sailing:
        assert await looked(sailing) == "it is not registered."
        assert [await ensured(sailing), await ensured(sailing)] == ["made", "kept"]
        [secret] = await sailing.ferry.ledger.subscriptions.secrets("phrase")
        assert hooks(sailing)[0].secret == secret


@pytest.mark.parametrize(
    ("break_", "problem"),
    [
        (lambda hook: setattr(hook, "status", "DISABLED"), "switched it off"),
        (lambda hook: setattr(hook, "url", "https://elsewhere.example.com"), "another address"),
        (lambda hook: setattr(hook, "events", ["JOB_CREATED"]), "leaves out events"),
    ],
)
async def test_what_is_wrong_is_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, break_: Any, problem: str
) -> None:
    """A webhook that was switched off, moved or narrowed is seen and repaired; its secret stays."""
    async with seaport(tmp_path, monkeypatch) as sailing:
        break_(hooks(sailing)[0])
        found = await looked(sailing)
        assert found is not None
        assert problem in found
        assert await ensured(sailing) == "repaired"
        assert [hooks(sailing)[0].secret] == list(await sailing.ferry.ledger.subscriptions.secrets("phrase"))


async def test_a_vanished_one_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who deletes it at the vendor gets it back."""
    async with seaport(tmp_path, monkeypatch) as sailing:
        sailing.sandbox.phrase.webhooks.by_uid.clear()
        assert await looked(sailing) == "the vendor does not have it any more."
        assert await ensured(sailing) == "made again"


async def test_a_lost_secret_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the ledger forgot it, what stands at the vendor is made anew: its calls could not be verified."""
    async with seaport(tmp_path, monkeypatch) as sailing:
        [old] = hooks(sailing)
        await sailing.ferry.ledger.writer.write(Statement("DELETE FROM subscription", {}))
        assert await looked(sailing) == "there is one whose secret is not known here."
        assert await ensured(sailing) == "made again"
        assert hooks(sailing)[0].uid != old.uid


async def test_a_lost_answer_makes_no_second_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a creation whose answer never came, the next run leaves exactly one, with the secret we know."""
    async with seaport(tmp_path, monkeypatch, register=False) as sailing:
        sailing.sandbox.faults.add("lost", operation="create_webhook", count=1)
        with pytest.raises(WordferryError):
            await registration(sailing).ensure("phrase")
        assert await ensured(sailing) == "made again"
        [secret] = await sailing.ferry.ledger.subscriptions.secrets("phrase")
        assert hooks(sailing)[0].secret == secret


async def test_the_running_worker_mends_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without anybody asking, the worker notices that the vendor switched it off, and switches it on."""
    said: list[tuple[str, Any]] = []
    monkeypatch.setattr("wordferry.observe.event", lambda name, **values: said.append((name, values)))
    async with seaport(tmp_path, monkeypatch) as sailing:
        hooks(sailing)[0].status = "DISABLED"
        sailing.work.sweep._next_watch = 0.0
        await sailing.sail(lambda _: "subscription.mended" in [name for name, _ in said])
        assert hooks(sailing)[0].status == "ENABLED"
    assert "subscription.broken" in [name for name, _ in said]


async def test_it_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unregistering leaves nothing of ours at the vendor and no secret here."""
    async with seaport(tmp_path, monkeypatch) as sailing:
        await registration(sailing).remove("phrase")
        assert hooks(sailing) == []
        assert await sailing.ferry.ledger.subscriptions.all() == []
