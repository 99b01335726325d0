"""Two hands on one target: nobody's bytes are lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.content_systems.files.shore import ours_left, sha
from wordferry.content_systems.files.writer import Writer
from wordferry.errors import Held
from wordferry.ports.content_system import Written

ROUNDS = 90


def by_rename(path: Path, data: bytes) -> None:
    """Save as most editors do: a new file takes the name."""
    beside = path.with_name("editor.tmp")
    beside.write_bytes(data)
    beside.rename(path)


def in_place(path: Path, data: bytes) -> None:
    """Save as some editors do: the same file, emptied and filled."""
    path.write_bytes(data)


@pytest.mark.parametrize("save", [by_rename, in_place])
def test_person_edits_while_we_write(tmp_path: Path, save: Callable[[Path, bytes], None]) -> None:
    """A person who saves at any moment keeps her bytes, in place or under a kept name; we only ever replace ours.

    Each round she saves once while a delivery is under way. Whatever wins, her last save must still be on disk.
    """
    target, new = tmp_path / "de.md", tmp_path / "new"
    outcomes = {"held": 0, "written": 0}
    for number in range(20 * ROUNDS):
        if number >= ROUNDS and outcomes["held"]:
            break
        old, ours, hers = (f"{word} {number}\n".encode() * 50 for word in ("old", "ours", "hers"))
        target.write_bytes(old)
        new.write_bytes(ours)
        go = threading.Barrier(2)

        def person(
            go: threading.Barrier = go, hers: bytes = hers, pause: float = (number % 15) / 10_000
        ) -> None:
            go.wait()
            threading.Event().wait(pause)
            save(target, hers)

        editor = threading.Thread(target=person)
        editor.start()
        go.wait()
        try:
            written = Writer(tmp_path).write("de.md", new, revision=sha(ours), expected=sha(old))
            assert written.replaced == sha(old)
            outcomes["written"] += 1
        except Held:
            outcomes["held"] += 1
        editor.join()
        # She saved last, or we were held: in both cases hers stand, for we replace nothing but `old`.
        assert target.read_bytes() == hers, number
        for kept in ours_left(tmp_path):
            (tmp_path / kept).unlink()
    assert outcomes["held"] > 0, "no save fell into a delivery: the race was not run"


def test_person_saves_in_a_loop(tmp_path: Path) -> None:
    """Against a person who never stops saving, every delivery is held or replaces exactly what was expected."""
    target, new = tmp_path / "de.md", tmp_path / "new"
    new.write_bytes(b"ours\n")
    saves = [f"save {number}\n".encode() for number in range(400)]
    known = {sha(data) for data in saves}
    target.write_bytes(saves[0])
    done = threading.Event()

    def person() -> None:
        for data in saves:
            by_rename(target, data)
        done.set()

    editor = threading.Thread(target=person)
    editor.start()
    replaced: list[str | None] = []
    writer = Writer(tmp_path)
    while not done.is_set():
        expected = writer.revision("de.md")
        try:
            replaced.append(writer.write("de.md", new, revision=sha(b"ours\n"), expected=expected).replaced)
        except Held:
            pass
    editor.join()
    assert set(replaced) <= known | {sha(b"ours\n")}
    # Her last save is what stands, unless a delivery replaced exactly that.
    last = writer.revision("de.md")
    assert last == sha(saves[-1]) or (last == sha(b"ours\n") and replaced[-1] == sha(saves[-1]))


@pytest.mark.parametrize("atomic", [True, False], ids=["exchange", "aside"])
@pytest.mark.parametrize("expected", [b"old\n", None], ids=["replace", "create"])
def test_writers_of_one_target(tmp_path: Path, atomic: bool, expected: bytes | None) -> None:
    """Of many deliveries to one target, one wins and the others are held; the winner's bytes stand."""
    for turn in range(8):
        target = f"{turn}/de.md"
        (tmp_path / str(turn)).mkdir()
        if expected is not None:
            (tmp_path / target).write_bytes(expected)
        go = threading.Barrier(6)

        def deliver(number: int, go: threading.Barrier = go, target: str = target) -> Written | Held:
            data = f"from {number}\n".encode()
            new = tmp_path / f"new-{number}"
            new.write_bytes(data)
            go.wait()
            try:
                return Writer(tmp_path, atomic=atomic).write(
                    target, new, revision=sha(data), expected=sha(expected) if expected is not None else None
                )
            except Held as held:
                return held

        with ThreadPoolExecutor(6) as pool:
            outcomes = list(pool.map(deliver, range(6)))
        (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Written)]
        assert sha((tmp_path / target).read_bytes()) == winner.revision
        assert ours_left(tmp_path) == []


def test_same_delivery_twice_at_once(tmp_path: Path) -> None:
    """Two attempts of the same delivery at the same moment both succeed: it is one delivery."""
    new = tmp_path / "new"
    new.write_bytes(b"ours\n")
    for turn in range(8):
        (tmp_path / f"{turn}.md").write_bytes(b"old\n")
        with ThreadPoolExecutor(4) as pool:
            outcomes = list(
                pool.map(
                    lambda _, turn=turn: Writer(tmp_path).write(
                        f"{turn}.md", new, revision=sha(b"ours\n"), expected=sha(b"old\n")
                    ),
                    range(4),
                )
            )
        assert {outcome.revision for outcome in outcomes} == {sha(b"ours\n")}
        assert (tmp_path / f"{turn}.md").read_bytes() == b"ours\n"
        assert ours_left(tmp_path) == []


def test_many_targets_of_one_folder(tmp_path: Path) -> None:
    """Deliveries to different files of one folder do not disturb each other."""
    new = tmp_path / "new"
    new.write_bytes(b"ours\n")
    writer = Writer(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda n: writer.write(f"de/{n}.md", new, revision=sha(b"ours\n"), expected=None), range(100)
            )
        )
    assert len(list((tmp_path / "de").iterdir())) == 100
