"""Both vendors stand the contract suite; what one of them cannot do is named with the vendor's fact."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from wordferry.testing.contract import LionbridgeShore, PhraseShore, TMSContract


class TestPhrase(TMSContract):
    """Phrase TMS."""

    cannot = {
        "test_a_broken_translation_goes_back_with_its_findings": (
            "a job's status carries no note (Phrase TMS API reference, edit job status)"
        ),
        "test_a_quiet_batch_is_closed": "a project stays open; each of its jobs is delivered by itself",
        "test_cancel_says_whom_to_ask_and_writes_nothing": "a job can be set to CANCELLED through the API",
    }

    @pytest.fixture
    async def shore(self) -> AsyncIterator[PhraseShore]:
        """The sandbox."""
        async with PhraseShore() as shore:
            yield shore


class TestLionbridge(TMSContract):
    """Lionbridge Content API."""

    cannot = {
        "test_cancel_stops_the_work": "none of the 53 actions of the Content API cancels a job or a request"
    }

    @pytest.fixture
    async def shore(self) -> AsyncIterator[LionbridgeShore]:
        """The sandbox."""
        async with LionbridgeShore() as shore:
            yield shore
