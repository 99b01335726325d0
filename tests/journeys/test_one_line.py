"""Moving a route from one vendor to the other changes one line of `wordferry.toml`."""

from __future__ import annotations

import os
from pathlib import Path

from wordferry.configuration import load
from wordferry.model.states import State
from wordferry.testing.contract import LionbridgeShore, PhraseShore
from wordferry.testing.contract.passage import PAGE, Passage

SECOND = """
[tms.other]
kind = "lionbridge"
{connection}
timeout = 5
settle = 0.15
poll_first = 0.05
poll_longest = 0.2

[route.docs.on.other]
{route}
locales = {{ de = "de-DE", fr = "fr-FR" }}
"""


async def test_one_line_moves_a_route(tmp_path: Path) -> None:
    """Delivered by Phrase; one line later a changed text and what was under way come home by Lionbridge."""
    async with PhraseShore() as phrase, LionbridgeShore() as lionbridge:
        passage = Passage(tmp_path, phrase)
        os.environ.update(lionbridge.environment)
        place = tmp_path / "wordferry.toml"
        more = SECOND.format(connection=lionbridge.connection, route=lionbridge.route)
        place.write_text(place.read_text() + more)
        passage.write()
        async with passage.aboard():
            await passage.apply()
            assert await passage.sail() == {"de/a.json": State.DELIVERED, "fr/a.json": State.DELIVERED}
            # Something is under way at Phrase when the route moves.
            phrase.wait_for_me()
            passage.write("en/b.json", PAGE)
            await passage.apply()
            await passage.sail(lambda all_: sum(one.state is State.SUBMITTED for one in all_) == 2)
        before = place.read_text().splitlines()
        after = ['tms = "other"' if line == 'tms = "vendor"' else line for line in before]
        assert sum(old != new for old, new in zip(before, after, strict=True)) == 1
        place.write_text("\n".join(after))
        passage.write("en/a.json", PAGE.replace("Hello", "Welcome"))
        async with passage.aboard():
            await passage.apply()
            await passage.sail()
            newest = [await passage.to(f"{locale}/{name}.json") for locale in ("de", "fr") for name in "ab"]
            assert {one.state for one in newest} == {State.DELIVERED}
        assert all(one.confirmed for one in lionbridge.shown())
        assert {one.locale for one in lionbridge.shown()} == {"de-DE", "fr-FR"}
        cancelled = {one.word for one in phrase.shown() if one.file.startswith("b.")}
        assert cancelled == {"CANCELLED"}
        assert "Welc" in (passage.read("de/a.json") or "")
        assert "«de-DE»" in (passage.read("de/b.json") or "")
    assert load(tmp_path).routes["docs"].connection == "other"
