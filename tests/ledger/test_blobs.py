"""Blobs: named by their content, whole or not there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from wordferry.errors import NeedsOperator, TryAgain, Vanished
from wordferry.ledger import Blobs
from wordferry.model.identity import digest

DATA = b"The ferry leaves at nine." * 1000


def fresh(blobs: Blobs, data: bytes = DATA) -> Path:
    path = blobs.temporary()
    path.write_bytes(data)
    return path


@pytest.fixture(params=["folder", "file"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """A store in a folder, and one behind an address."""
    (tmp_path / "store").mkdir()
    return Blobs("blobs" if request.param == "folder" else f"file://{tmp_path}/store", folder=tmp_path)


async def test_blob_is_named_by_its_content(blobs: Blobs) -> None:
    """A file taken over is found under its hash, and is gone from where it was."""
    path = fresh(blobs)
    name = await blobs.adopt(path)
    assert name == digest(DATA)
    assert not path.exists()
    assert (await blobs.path(name)).read_bytes() == DATA


async def test_same_content_is_stored_once(blobs: Blobs) -> None:
    """Storing the same bytes again, also at the same moment, is storing them once."""
    names = await asyncio.gather(*(blobs.adopt(fresh(blobs)) for _ in range(8)))
    assert set(names) == {digest(DATA)}
    assert list(blobs._temporary.iterdir()) == []


async def test_unfinished_file_is_no_blob(blobs: Blobs) -> None:
    """Bytes on their way are not visible under any hash; discarding them leaves nothing."""
    path = fresh(blobs, DATA[:100])
    for name in (digest(DATA), digest(DATA[:100])):
        with pytest.raises(Vanished):
            await blobs.path(name)
    blobs.discard(path)
    blobs.discard(path)
    assert not path.exists()


async def test_missing_blob_has_vanished(blobs: Blobs) -> None:
    """A blob that is not there is said to be gone, by name."""
    with pytest.raises(Vanished) as caught:
        await blobs.path(digest(b"never"))
    assert caught.value.object == digest(b"never")


async def test_another_machine_reads_the_blob(tmp_path: Path) -> None:
    """Behind an address every worker finds what another stored, with an empty cache of its own."""
    (tmp_path / "store").mkdir()
    one, two = (Blobs(f"file://{tmp_path}/store", folder=tmp_path / name) for name in ("one", "two"))
    name = await one.adopt(fresh(one))
    assert (await two.path(name)).read_bytes() == DATA
    assert list(two._temporary.iterdir()) == []


async def test_blob_of_other_bytes_is_not_taken(tmp_path: Path) -> None:
    """A store that returns other bytes than the name promises is not believed, and nothing is left behind."""
    (tmp_path / "store").mkdir()
    one, two = (Blobs(f"file://{tmp_path}/store", folder=tmp_path / name) for name in ("one", "two"))
    name = await one.adopt(fresh(one))
    [stored] = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    stored.write_bytes(DATA[:-1])
    with pytest.raises(TryAgain):
        await two.path(name)
    assert not two._path(name).exists()
    assert list(two._temporary.iterdir()) == []


async def test_store_in_memory(tmp_path: Path) -> None:
    """Any address that the object store library knows will do."""
    blobs = Blobs("memory:///", folder=tmp_path)
    name = await blobs.adopt(fresh(blobs))
    blobs._path(name).unlink()
    assert (await blobs.path(name)).read_bytes() == DATA


@pytest.mark.parametrize("where", ["gopher://somewhere", "s3://"])
def test_impossible_address_is_the_operators(tmp_path: Path, where: str) -> None:
    """An address that no store answers to is said in our words."""
    with pytest.raises(NeedsOperator):
        Blobs(where, folder=tmp_path)


def test_folder_that_cannot_be_made_is_the_operators(tmp_path: Path) -> None:
    """A file in the place of the folder is said in our words."""
    (tmp_path / "blobs").write_text("")
    with pytest.raises(NeedsOperator):
        Blobs("blobs", folder=tmp_path)


async def test_file_that_cannot_be_moved_is_the_operators(tmp_path: Path) -> None:
    """When the disk refuses, the operator hears of it and no blob appears."""
    blobs = Blobs("blobs", folder=tmp_path)
    with pytest.raises(NeedsOperator):
        await blobs.adopt(blobs.temporary(), digest(DATA))
    with pytest.raises(Vanished):
        await blobs.path(digest(DATA))
