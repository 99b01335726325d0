"""The Phrase room and its scheduled work are plain state, so that a sandbox can be stored and resumed."""

from __future__ import annotations

import io
import pickle
from typing import Any

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox
from wordferry.sandbox.phrase.room import PhraseRoom
from wordferry.sandbox.world import World


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> str | None:
        return "world" if isinstance(value, World) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, stored: bytes, world: World) -> None:
        super().__init__(io.BytesIO(stored))
        self._world = world

    def persistent_load(self, name: Any) -> World:
        return self._world


async def test_the_room_survives_being_stored(raw: Raw, sandbox: Sandbox) -> None:
    """A busy room with work in every stage is pickled and comes back with the same jobs and the same plans."""
    project, job = await raw.done_job()
    await raw.export(project, job)
    await raw.put(f"/v3/projects/{project}/jobs/{job}/targetFile", {"callbackUrl": "http://127.0.0.1:1/x"})
    await raw.upload(project, "b.json", callbackUrl="http://127.0.0.1:1/x")
    await raw.post("/v1/analyses/byProviders", {"jobs": [{"uid": job}]})
    plans = [timer.work for timer in sandbox.world.clock._heap]
    assert len(plans) >= 3
    buffer = io.BytesIO()
    _Pickler(buffer).dump((sandbox.phrase, plans))
    room, works = _Unpickler(buffer.getvalue(), sandbox.world).load()
    assert isinstance(room, PhraseRoom)
    assert [each.uid for each in room.jobs] == [each.uid for each in sandbox.phrase.jobs]
    assert len(works) == len(plans)
    # The plans belong to the stored room, not to the one they were stored from.
    owners = {id(work.func.__self__) for work in works}
    assert owners <= {id(getattr(room, name)) for name in vars(room)}
