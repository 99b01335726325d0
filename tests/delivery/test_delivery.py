"""Delivery: every finished translation comes home once, through its gates, over nobody's edit."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.submission.voyage import Voyage, in_a_hurry, voyage
from wordferry.delivery.check import findings
from wordferry.errors import from_json
from wordferry.formats import CORRUPTIONS, corrupt, format_for, pseudo_translate
from wordferry.ledger.move import move
from wordferry.model.identity import digest
from wordferry.model.states import State
from wordferry.model.voyage import Translation
from wordferry.submission.again import again

RICH: dict[str, str] = {
    "json": (
        '{"title": "Hello {name}", "link": "See <a href=\\"/map\\">the map</a>.", "days": 3,'
        ' "seats": "{n, plural, one {# seat} other {# seats}}"}'
    ),
    "md": "---\ntitle: The ferry\n---\n\n# Hello {{ name }}\n\nSee [the map](/map) and `code`.\n\n```sh\nrun\n```\n",
    "html": (
        "<!DOCTYPE html>\n<html><head><title>Ferry</title></head>"
        '<body><p>See <a href="/map">it</a>.</p></body></html>\n'
    ),
    "xliff": (
        '<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
        '<file original="a" source-language="en" target-language="de" datatype="plaintext"><body>'
        '<trans-unit id="1"><source>Hello <x id="1"/> you</source><target></target></trans-unit>'
        "</body></file></xliff>\n"
    ),
    "po": 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Hello %s"\nmsgstr ""\n',
    "txt": "The ferry leaves at nine.\nBring {name}.\n",
}


def _damages() -> list[tuple[str, str]]:
    """(suffix, kind of damage) of all damages that each example can suffer."""
    found = []
    for suffix, text in RICH.items():
        format_ = format_for(f"a.{suffix}")
        assert format_ is not None
        translated = pseudo_translate(text.encode(), format=format_, locale="de")
        found += [
            (suffix, kind)
            for kind in CORRUPTIONS
            if corrupt(translated, format=format_, kind=kind) is not None
        ]
    return found


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


async def finished(sailing: Voyage) -> None:
    """Everything is done at the TMS; nothing is on its way home yet."""
    await sailing.apply()
    await sailing.sail(lambda all_: bool(all_) and {t.state for t in all_} == {State.TRANSLATED})


async def moves(sailing: Voyage, target: str) -> list[str]:
    found = await sailing.ferry.ledger.voyages.movements((await sailing.to(target)).id)
    return [move.new for move in found]


def at(state: State) -> Any:
    def reached(all_: list[Translation]) -> bool:
        return bool(all_) and {t.state for t in all_} == {state}

    return reached


async def test_damaged_files_are_held_and_nothing_is_written(tmp_path: Path) -> None:
    """Every kind of damage that the translators can do, to every format, is held; its sound siblings come home."""
    damages = _damages()
    assert len(damages) > 30
    async with voyage(tmp_path, locales=("de",)) as sailing:
        for number, (suffix, kind) in enumerate(damages):
            sailing.write(f"en/bad{number:02}.{suffix}", RICH[suffix])
            sailing.sandbox.behave("corrupt", file=f"bad{number:02}.*", corruption=kind)
        for suffix, text in RICH.items():
            sailing.write(f"en/good.{suffix}", text)
        acceptance = await sailing.apply()
        assert acceptance.accepted == len(damages) + len(RICH)
        states = await sailing.sail(seconds=40.0)
        passed = [
            damages[int(t[6:8])] for t, state in states.items() if "bad" in t and state is not State.HELD
        ]
        assert passed == []
        assert all(sailing.read(t) is None for t in states if "bad" in t)
        for suffix in RICH:
            assert states[f"de/good.{suffix}"] is State.DELIVERED
        held = await sailing.to("de/bad00.json")
        assert held.findings


async def test_cut_off_download_starts_a_new_round(tmp_path: Path) -> None:
    """A download that breaks off is never repeated: a new export brings the file home, once."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.faults.add("truncate", operation="download_target", count=2)
        await sailing.apply()
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        translation = await sailing.to("de/a.json")
        assert translation.round == 3
        assert len(sailing.calls("start_export")) == 3
        assert len(sailing.calls("set_job_status")) == 1
        assert [r.round for r in await sailing.ferry.ledger.voyages.receipts()] == [3]
        verdict = sailing.judged()
        assert verdict["exports"]["started"] == verdict["exports"]["downloaded"] == 3


async def test_download_that_is_always_cut_off_slows_down(tmp_path: Path) -> None:
    """A download that never comes through is not repeated as fast as it can be."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.faults.add("truncate", operation="download_target")
        await sailing.apply()
        await sailing.sail(lambda all_: any(t.round == 4 for t in all_))
        [translation] = await sailing.translations()
        moved = await sailing.ferry.ledger.voyages.movements(translation.id)
        last = max(move.at for move in moved if move.new == State.TRANSLATED)
        assert translation.due is not None
        assert translation.due - last > 0.05


async def test_ticket_that_ran_out_starts_a_new_round(tmp_path: Path) -> None:
    """An export that the vendor has forgotten, after a long stop of ours, is asked for anew."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.change_settings(export_seconds=3600.0)
        await sailing.apply()
        await sailing.sail(at(State.EXPORTING))
        await sailing.hands.rest()
        sailing.sandbox.change_settings(export_seconds=0.02)
        await sailing.sandbox.advance(30 * 3600.0)
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        assert (await sailing.to("de/a.json")).round == 2


async def test_long_export_is_looked_at_ever_more_rarely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export that takes its time ends the slice; what waits for it is a due time that moves away."""
    monkeypatch.setattr("wordferry.delivery.deliver.PATIENCE", 0.1)
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.change_settings(export_seconds=3600.0)
        await sailing.apply()
        await sailing.sail(lambda all_: any(t.state is State.EXPORTING and t.looks == 3 for t in all_))
        [translation] = await sailing.translations()
        assert translation.error is None
        asked = len(sailing.calls("get_async"))
        assert asked <= 12
        await sailing.sandbox.advance(3600.0)
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        assert len(sailing.calls("start_export")) == 1


async def test_failed_export_fails_its_translation_alone(tmp_path: Path) -> None:
    """When the vendor cannot make the file, that translation fails with the vendor's reason; its sibling comes home."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.behave("export_error", locale="fr")
        await sailing.apply()
        assert await sailing.sail() == {"de/a.json": State.DELIVERED, "fr/a.json": State.FAILED}
        failed = await sailing.to("fr/a.json")
        assert failed.error is not None
        assert "could not be made" in from_json(failed.error).what


async def test_edit_by_a_person_is_held(tmp_path: Path) -> None:
    """A target that a person changed since it was planned is not overwritten; with the operator's word it is."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        await finished(sailing)
        sailing.write("de/a.json", '{"title": "by hand"}')
        assert await sailing.sail() == {"de/a.json": State.HELD}
        assert sailing.read("de/a.json") == b'{"title": "by hand"}'
        assert sailing.calls("set_job_status") == []
        held = await sailing.to("de/a.json")
        await again(sailing.ferry.ledger, [held])
        assert await sailing.sail() == {"de/a.json": State.HELD}
        assert sailing.read("de/a.json") == b'{"title": "by hand"}'
        await again(sailing.ferry.ledger, [await sailing.to("de/a.json")], overwrite=True)
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        delivered = (await sailing.to("de/a.json")).delivered
        assert digest(sailing.read("de/a.json") or b"") == delivered
        assert len(sailing.calls("download_target")) == 1
        sailing.judged()


async def test_file_that_is_home_already_is_adopted(tmp_path: Path) -> None:
    """A target that holds the translated bytes already counts as written, never as a person's edit."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        await finished(sailing)
        source = sailing.read("en/a.json")
        assert source is not None
        sailing.write("de/a.json", pseudo_translate(source, format="json", locale="de"))
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        sailing.judged()


async def test_older_translation_never_replaces_a_newer_one(tmp_path: Path) -> None:
    """A translation of an older source that comes home after the newer one is held."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.change_settings(export_seconds=3600.0)
        await sailing.apply()
        await sailing.sail(at(State.EXPORTING))
        await sailing.hands.rest()
        sailing.sandbox.change_settings(export_seconds=0.02)
        sailing.write("en/a.json", '{"title": "Newer"}')
        await sailing.apply()
        await sailing.sail(lambda all_: any(t.state is State.DELIVERED for t in all_))
        newer = sailing.read("de/a.json")
        await sailing.sandbox.advance(3600.0)
        await sailing.sail()
        states = sorted(t.state for t in await sailing.translations())
        assert states == [State.DELIVERED, State.HELD]
        assert sailing.read("de/a.json") == newer


async def test_two_revisions_in_one_slice_come_home_in_order(tmp_path: Path) -> None:
    """Of two revisions of an item that come home together, the newer one stays and none is taken for an edit."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.change_settings(export_seconds=600.0)
        await sailing.apply()
        await sailing.sail(at(State.EXPORTING))
        await sailing.hands.rest()
        sailing.write("en/a.json", '{"title": "Newer"}')
        await sailing.apply()
        await sailing.sail(
            lambda all_: len(all_) == 2 and {t.state for t in all_} == {State.EXPORTING},
        )
        await sailing.hands.rest()
        await sailing.sandbox.advance(1300.0)
        await asyncio.sleep(0.3)
        await sailing.sail(lambda all_: sum(t.state in (State.DELIVERED, State.HELD) for t in all_) == 2)
        newest = max(await sailing.ferry.ledger.voyages.batches(), key=lambda batch: batch.created)
        by_batch = {t.batch: t for t in await sailing.translations()}
        assert by_batch[newest.id].state is State.DELIVERED
        expected = pseudo_translate(b'{"title": "Newer"}', format="json", locale="de")
        assert sailing.read("de/a.json") == expected


async def test_redelivery_of_the_same_bytes_is_confirmed_again(tmp_path: Path) -> None:
    """Another round with the same bytes sets the vendor's status and stores a receipt again."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        await sailing.apply()
        await sailing.sail()
        [job] = sailing.jobs()
        sailing.sandbox.phrase.set_status(job.uid, "COMPLETED")
        delivered = await sailing.to("de/a.json")
        await sailing.ferry.ledger.voyages.write(
            move(
                delivered,
                State.TRANSLATED,
                "reopened",
                round=2,
                ticket=None,
                blob=None,
                delivered=None,
                due=1.0,
            )
        )
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        assert job.status == "DELIVERED"
        assert [r.round for r in await sailing.ferry.ledger.voyages.receipts()] == [1, 2]


async def test_unforeseen_error_stops_one_translation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash in the check of one file fails that file; its siblings in the slice come home."""
    async with voyage(tmp_path) as sailing:
        real = findings
        seen = 0

        async def crashing(*args: Any, **kwargs: Any) -> tuple[str, ...]:
            nonlocal seen
            seen += 1
            if seen == 1:
                raise RecursionError("deep")
            return await real(*args, **kwargs)

        monkeypatch.setattr("wordferry.delivery.deliver.findings", crashing)
        sailing.write("en/a.json")
        sailing.write("en/b.json")
        await sailing.apply()
        states = await sailing.sail()
        assert sorted(states.values()) == [State.DELIVERED] * 3 + [State.FAILED]
        [failed] = [t for t in await sailing.translations() if t.state is State.FAILED]
        assert "RecursionError" in (failed.error or "")


async def test_full_disk_during_a_download_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full in the middle of a download stops that one for the operator; a retry fetches it anew."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        await finished(sailing)
        real = type(sailing.ferry.blobs).adopt

        async def full(self: Any, path: Path, revision: str | None = None) -> str:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(type(sailing.ferry.blobs), "adopt", full)
        assert await sailing.sail() == {"de/a.json": State.HELD}
        held = await sailing.to("de/a.json")
        assert "No space left" in (held.error or "")
        monkeypatch.setattr(type(sailing.ferry.blobs), "adopt", real)
        await again(sailing.ferry.ledger, [held])
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        sailing.judged()


async def test_lost_blob_fails_its_translation(tmp_path: Path) -> None:
    """When the snapshot of the source is gone, its translation fails instead of being written unchecked."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        await finished(sailing)
        translation = await sailing.to("de/a.json")
        (await sailing.ferry.blobs.path(translation.revision)).unlink()
        assert await sailing.sail() == {"de/a.json": State.FAILED}
        assert sailing.read("de/a.json") is None


async def test_revoked_token_holds_nothing_back_for_ever(tmp_path: Path) -> None:
    """With a revoked token finished translations wait with the reason, and come home once it is good again."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        await finished(sailing)
        sailing.sandbox.phrase.auth.revoke(api_token=True)
        await sailing.sail(lambda all_: all(t.error is not None for t in all_))
        await sailing.hands.rest()
        assert {t.state for t in await sailing.translations()} == {State.TRANSLATED}
        sailing.sandbox.phrase.auth.api_token_valid = True
        await again(sailing.ferry.ledger, await sailing.translations())
        assert set((await sailing.sail()).values()) == {State.DELIVERED}
        sailing.judged()


async def test_removed_content_system_stops_its_own_alone(tmp_path: Path) -> None:
    """A content system taken out of the configuration leaves its translations waiting with a reason, not lost."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        await finished(sailing)
        there = sailing.ferry.contents.pop("docs")
        await sailing.sail(lambda all_: all(t.error is not None for t in all_))
        await sailing.hands.rest()
        [translation] = await sailing.translations()
        assert "[content.docs]" in (translation.error or "")
        assert translation.state is State.TRANSLATED
        sailing.ferry.contents["docs"] = there
        await again(sailing.ferry.ledger, [translation])
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
