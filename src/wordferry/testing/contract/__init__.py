"""The contract suite for TMS adapters: what every vendor behind the port has to stand, run against a far shore.

In the tests of your own adapter:

    from wordferry.testing.contract import FarShore, TMSContract

    class MyShore(FarShore): ...

    class TestMyTMS(TMSContract):
        cannot = {"test_cancel_stops_the_work": "the vendor has no call for it (its manual, chapter 4)"}

        @pytest.fixture
        async def shore(self):
            async with MyShore() as shore:
                yield shore

A test that the vendor makes impossible is named in `cannot` with the fact that makes it so. There is no other way to
leave one out.
"""

from wordferry.testing.contract.far_shore import FarShore, Shown
from wordferry.testing.contract.lionbridge import LionbridgeShore
from wordferry.testing.contract.passage import Passage
from wordferry.testing.contract.phrase import PhraseShore
from wordferry.testing.contract.suite import TMSContract

__all__ = ["FarShore", "LionbridgeShore", "Passage", "PhraseShore", "Shown", "TMSContract"]
