"""The Phrase adapter: each effect has one exact key, and a look-up that finds what was done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from wordferry.errors import NeedsOperator, NotYet, Refused, Spent
from wordferry.model.content import Source
from wordferry.model.identity import digest
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation, Unit
from wordferry.ports.effect import Unknown
from wordferry.ports.tms import Accepted, Parcel, RemoteBatch
from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.tms.phrase.adapter import PhraseTMS
from wordferry.tms.phrase.client import PhraseClient
from wordferry.tms.phrase.config import Connection

PAGE = b'{"title": "The ferry"}'
BATCH = Batch(
    id="b1",
    route="docs",
    content="docs",
    connection="phrase",
    settings={"template": "Website", "locales": {"de": "de", "fr": "fr"}},
    name="docs 2026-01-01 abcdefgh23",
    marker="abcdefgh23",
    source_locale="en",
    created=1.0,
)
SOURCE = Source(
    item="en/a.json",
    name="en/a.json",
    revision=digest(PAGE),
    size=len(PAGE),
    format="json",
    encoding=None,
    file_name="a.qrstuvwx45.json",
)
REMOTE = RemoteBatch(id="p1", levels=1, facts={"template": "t1"})
TRANSLATION = Translation(
    id="t1",
    batch="b1",
    item="en/a.json",
    name="en/a.json",
    revision=digest(PAGE),
    size=len(PAGE),
    format="json",
    encoding=None,
    file_name=SOURCE.file_name,
    locale="de",
    vendor_locale="de",
    target="de/a.json",
    baseline=None,
    state=State.TRANSLATED,
    since=1.0,
    units=(Unit("u1", "de"),),
)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    settings = SandboxSettings(import_seconds=0.0, translate_seconds=0.02, export_seconds=0.0)
    async with Sandbox(settings) as running:
        yield running


@pytest.fixture
async def tms(sandbox: Sandbox) -> AsyncIterator[PhraseTMS]:
    settings = Connection(platform_url=sandbox.phrase_url, tms_url=sandbox.phrase_tms_url, api_token="env:X")
    client = PhraseClient(
        platform_url=settings.platform_url, tms_url=settings.tms_url, api_token=sandbox.api_token
    )
    adapter = PhraseTMS("phrase", client, settings)
    yield adapter
    await adapter.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.json").write_bytes(PAGE)
    return tmp_path / "a.json"


def parcel(path: Path, *locales: str, source: Source = SOURCE) -> Parcel:
    return Parcel(source=source, path=path, locales=locales, family=("de", "fr"))


async def opened(tms: PhraseTMS) -> RemoteBatch:
    return await tms.open_batch(BATCH, locales=["de", "fr"]).perform(None)


async def at_phrase(tms: PhraseTMS, sandbox: Sandbox, path: Path) -> tuple[RemoteBatch, Translation]:
    """A finished German translation."""
    remote = await opened(tms)
    accepted = await tms.submit(BATCH, remote, parcel(path, "de")).perform(None)
    await sandbox.advance(5.0)
    return remote, msgspec.structs.replace(TRANSLATION, units=accepted.units)


def test_keys_are_exact(tms: PhraseTMS, path: Path) -> None:
    """What makes an effect another one is in its key, and nothing else is."""
    other = msgspec.structs.replace
    submits = [
        tms.submit(BATCH, REMOTE, parcel(path, "de", source=source)).key
        for source in (
            SOURCE,
            other(SOURCE, revision="r2"),
            other(SOURCE, item="b"),
            other(SOURCE, file_name="c"),
        )
    ]
    submits.append(tms.submit(BATCH, other(REMOTE, id="p2"), parcel(path, "de")).key)
    assert len(set(submits)) == 5
    # A locale that was cancelled in between must not hide the earlier attempt.
    assert tms.submit(BATCH, REMOTE, parcel(path, "de", "fr")).key == submits[0]
    again = other(TRANSLATION, round=2)
    exports = [tms.export(REMOTE, t).key for t in (TRANSLATION, again, other(TRANSLATION, revision="r2"))]
    confirms = [
        tms.confirm(REMOTE, t, delivered=d).key
        for t, d in ((TRANSLATION, "x"), (TRANSLATION, "y"), (again, "x"))
    ]
    downloads = [
        tms.download(REMOTE, TRANSLATION, ticket, source=Path("-"), to=path).key for ticket in ("1", "2")
    ]
    assert len({*exports, *confirms, *downloads}) == 8
    assert tms.export(REMOTE, TRANSLATION).key == exports[0]


def test_unknown_outcomes_are_treated_as_the_vendor_allows(tms: PhraseTMS, path: Path) -> None:
    """Projects, jobs and statuses are looked up, exports repeated, downloads never."""
    effects: dict[Unknown, list[Any]] = {
        Unknown.LOOK_UP: [
            tms.open_batch(BATCH, locales=["de"]),
            tms.submit(BATCH, REMOTE, parcel(path, "de")),
            tms.confirm(REMOTE, TRANSLATION, delivered="x"),
            tms.cancel(REMOTE, TRANSLATION),
        ],
        Unknown.REPEAT: [tms.export(REMOTE, TRANSLATION)],
        Unknown.NEVER: [tms.download(REMOTE, TRANSLATION, "1", source=Path("-"), to=path)],
    }
    for unknown, some in effects.items():
        for effect in some:
            assert effect.unknown is unknown
            assert (effect.look_up is not None) is (unknown is Unknown.LOOK_UP)


async def test_project_is_found_by_its_marker(tms: PhraseTMS) -> None:
    """A project whose answer was lost is found by the marker in its name; another batch's is not."""
    effect = tms.open_batch(BATCH, locales=["de", "fr"])
    assert effect.look_up is not None
    assert await effect.look_up() is None
    made = await effect.perform(None)
    found = await effect.look_up()
    assert found is not None
    assert found.result == made
    other = msgspec.structs.replace(BATCH, marker="zzzzzzzz77", name="docs 2026-01-01 zzzzzzzz77")
    look_up = tms.open_batch(other, locales=["de"]).look_up
    assert look_up is not None
    assert await look_up() is None


async def test_jobs_are_found_and_the_missing_are_added(tms: PhraseTMS, sandbox: Sandbox, path: Path) -> None:
    """Jobs are found by the marked file name; when a language is missing, only that one is sent."""
    remote = await opened(tms)
    effect = tms.submit(BATCH, remote, parcel(path, "de", "fr"))
    assert effect.look_up is not None
    assert await effect.look_up() is None
    await tms.submit(BATCH, remote, parcel(path, "de")).perform(None)
    found = await effect.look_up()
    assert found is not None
    assert not found.complete
    accepted: Accepted = await effect.perform(found.result)
    assert sorted(unit.locale for unit in accepted.units) == ["de", "fr"]
    assert accepted.refused == {}
    assert [call["facts"]["locales"] for call in sandbox.calls(operation="create_job")] == [["de"], ["fr"]]
    again = await effect.look_up()
    assert again is not None
    assert again.complete
    assert {unit.uid for unit in again.result.units} == {unit.uid for unit in accepted.units}


async def test_unsupported_file_is_refused(tms: PhraseTMS, path: Path) -> None:
    """A kind of file that Phrase does not take is refused for this item, with a way out."""
    remote = await opened(tms)
    source = msgspec.structs.replace(SOURCE, file_name="a.qrstuvwx45.bin")
    with pytest.raises(Refused) as caught:
        await tms.submit(BATCH, remote, parcel(path, "de", source=source)).perform(None)
    assert caught.value.object == "en/a.json"


async def test_template_is_found_by_name_or_uid(tms: PhraseTMS, sandbox: Sandbox) -> None:
    """A template may be named or given by its uid; one that is not there is the operator's."""
    uid = next(uid for uid, t in sandbox.phrase.templates.by_uid.items() if t.name == "Website")
    assert await tms.template_uid("Website") == uid
    assert await tms.template_uid(uid) == uid
    with pytest.raises(NeedsOperator, match="Web site"):
        await tms.template_uid("Web site")


async def test_download_is_single_use(tms: PhraseTMS, sandbox: Sandbox, path: Path, tmp_path: Path) -> None:
    """A ticket gives the file once; used again it is spent, and what ran out is spent as well."""
    remote, translation = await at_phrase(tms, sandbox, path)
    export = await tms.export(remote, translation).perform(None)
    await sandbox.advance(1.0)
    assert await tms.exports_running([export.ticket]) == []
    download = tms.download(remote, translation, export.ticket, source=Path("-"), to=tmp_path / "home")
    done = await download.perform(None)
    assert done.blob == digest((tmp_path / "home").read_bytes())
    with pytest.raises(Spent):
        await download.perform(None)
    await sandbox.advance(30 * 3600.0)
    assert await tms.exports_running([export.ticket]) == []
    with pytest.raises(Spent):
        await download.perform(None)


async def test_early_download_spends_nothing(
    tms: PhraseTMS, sandbox: Sandbox, path: Path, tmp_path: Path
) -> None:
    """While the export runs, the download says "not yet" and the ticket stays good."""
    remote, translation = await at_phrase(tms, sandbox, path)
    sandbox.change_settings(export_seconds=60.0)
    export = await tms.export(remote, translation).perform(None)
    other = await tms.export(remote, translation).perform(None)
    assert await tms.exports_running([export.ticket]) == [export.ticket]
    assert set(await tms.exports_running([export.ticket, other.ticket, "404"])) == {
        export.ticket,
        other.ticket,
    }
    download = tms.download(remote, translation, export.ticket, source=Path("-"), to=tmp_path / "home")
    with pytest.raises(NotYet):
        await download.perform(None)
    await sandbox.advance(61.0)
    assert (await download.perform(None)).size > 0


async def test_nobody_to_ask_about_a_broken_download_is_spent(
    tms: PhraseTMS, sandbox: Sandbox, path: Path, tmp_path: Path
) -> None:
    """When a download broke off and nobody can be asked about it, the ticket counts as spent."""
    remote, translation = await at_phrase(tms, sandbox, path)
    export = await tms.export(remote, translation).perform(None)
    await sandbox.advance(1.0)
    sandbox.faults.add("truncate", operation="download_target", count=1)
    sandbox.faults.add("429", operation="get_async", retry_after="3600")
    with pytest.raises(Spent):
        await tms.download(
            remote, translation, export.ticket, source=Path("-"), to=tmp_path / "home"
        ).perform(None)


async def test_status_is_looked_up(tms: PhraseTMS, sandbox: Sandbox, path: Path) -> None:
    """A confirmation, and a cancelling of all levels, are found again by the status of the jobs."""
    remote, translation = await at_phrase(tms, sandbox, path)
    for effect in (
        tms.confirm(remote, translation, delivered="x"),
        tms.cancel(remote, translation),
    ):
        assert effect.look_up is not None
        before = await effect.look_up()
        assert before is None or not before.complete
        await effect.perform(None)
        after = await effect.look_up()
        assert after is not None
        assert after.complete


async def test_newer_source_goes_under_the_same_jobs(
    tms: PhraseTMS, sandbox: Sandbox, path: Path, tmp_path: Path
) -> None:
    """An update puts the new bytes under the jobs of all locales in one call, and finds by the original that it did."""
    sandbox.behave("manual")
    remote = await opened(tms)
    units = (await tms.submit(BATCH, remote, parcel(path, "de", "fr")).perform(None)).units
    await sandbox.advance(1.0)
    older = [
        msgspec.structs.replace(TRANSLATION, id=f"t-{unit.locale}", locale=unit.locale, units=(unit,))
        for unit in units
    ]
    assert len(tms.updatable(older, levels=1)) == 2
    newer = b'{"title": "The newer ferry"}'
    (tmp_path / "newer.json").write_bytes(newer)
    source = msgspec.structs.replace(SOURCE, revision=digest(newer), size=len(newer))
    sent = parcel(tmp_path / "newer.json", "de", "fr", source=source)
    effect = tms.update_source(BATCH, remote, sent, older)
    assert effect.look_up is not None
    assert await effect.look_up() is None
    assert await tms.source_revision(remote, older[0]) == digest(PAGE)
    updated = await effect.perform(None)
    assert {unit.uid for unit in updated.units} == {unit.uid for unit in units}
    found = await effect.look_up()
    assert found is not None
    assert found.complete
    assert [await tms.source_revision(remote, one) for one in older] == [digest(newer)] * 2
    assert len(sandbox.calls(operation="update_source")) == 1
    # A source may return to what it was: the same bytes sent once more are another effect.
    once_more = msgspec.structs.replace(sent, edition="2")
    assert tms.update_source(BATCH, remote, once_more, older).key != effect.key


async def test_finished_job_takes_no_newer_source(tms: PhraseTMS, sandbox: Sandbox, path: Path) -> None:
    """What is final or split is not asked for; what became final unseen is refused, and nothing is changed."""
    remote, stale = await at_phrase(tms, sandbox, path)
    assert list(tms.updatable([stale], levels=1)) == [stale]
    with pytest.raises(Refused):
        await tms.update_source(BATCH, remote, parcel(path, "de"), [stale]).perform(None)
    seen = msgspec.structs.replace(stale, units=tuple(await tms.status(remote, stale)))
    assert list(tms.updatable([seen], levels=1)) == []
    split = msgspec.structs.replace(
        TRANSLATION, units=(Unit("u1", "de", word="NEW"), Unit("u2", "de", part=1, word="NEW"))
    )
    assert list(tms.updatable([split], levels=1)) == []
