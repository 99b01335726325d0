"""Shows how translations move: in place on a terminal, line by line elsewhere, as JSON lines for programs."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from wordferry.cli.wording import duration, plain, sentence
from wordferry.errors import from_json
from wordferry.ledger.tally import Count, counts, hindrance
from wordferry.model.states import State

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

    from wordferry.cli.shell import Shell
    from wordferry.ledger import Ledger

__all__ = ["Progress", "bars", "by_state", "states_line"]

#: Seconds between two looks at the ledger, and between two lines where nothing can move in place.
LOOK = 0.1
LINE = 2.0
#: Share of the time spent on looking.
SHARE = 0.1
#: More lines than this are drawn as one.
MOST_BARS = 12
#: The order in which a bar is filled: what is nearest to home first.
_ORDER = (
    State.DELIVERED,
    State.DELIVERING,
    State.EXPORTING,
    State.TRANSLATED,
    State.TRANSLATING,
    State.SUBMITTED,
    State.REWORK,
    State.DECLINED,
    State.HELD,
    State.FAILED,
    State.CANCELLED,
    State.SUPERSEDED,
    State.PLANNED,
)


def by_state(found: Iterable[Count]) -> dict[State, int]:
    """Sums over routes and locales, in the order of the state table."""
    sums: Counter[State] = Counter()
    for one in found:
        sums[one.state] += one.number
    return {state: sums[state] for state in State if sums[state]}


def states_line(found: Iterable[Count]) -> str:
    """`3 translating · 30 delivered`."""
    return " · ".join(f"{number:,} {state}" for state, number in by_state(found).items()) or "nothing"


class Progress:
    """Watches the translations of some batches or routes.

    Args:
        shell: how to speak.
        ledger: where to look.
        routes: names of routes; empty means all.
        batches: ids of batches; None means all.
        share: share of the time that looking may take: counting a large ledger is not free.
        look: seconds between two looks at least.
        show: told where things stand when that changed, instead of drawing.
    """

    def __init__(
        self,
        shell: Shell,
        ledger: Ledger,
        *,
        routes: Sequence[str] = (),
        batches: Sequence[str] | None = None,
        share: float = SHARE,
        look: float = LOOK,
        show: Callable[[list[Count]], None] | None = None,
    ) -> None:
        self._shell = shell
        self._share = share
        self._pause = look
        self._costs: deque[float] = deque(maxlen=5)
        self._show = show
        self._ledger = ledger
        self.routes = tuple(routes)
        self.batches = batches
        self._begun = time.monotonic()
        self._looked = 0.0
        self._told = 0.0
        self._last: list[Count] | None = None
        self._shown: dict[State, int] | None = None
        self._live: Live | None = None
        #: What is in the way right now, though it may pass by itself.
        self.hint: str | None = None
        self._hinted: str | None = None
        #: (seconds since the start, where the translations stood) whenever something had changed.
        self.frames: list[tuple[float, list[Count]]] = []

    async def __aenter__(self) -> Self:
        if self._shell.live:
            from rich.live import Live

            self._live = Live(console=self._shell.screen, refresh_per_second=10, transient=True)
            self._live.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
        elif kind is None:
            await self._look()
            self._tell()

    async def __call__(self) -> None:
        """Look, when the last look is long enough ago, and show what changed."""
        now = time.monotonic()
        # The least of the last costs: one slow answer must not make us look away for long.
        cost = min(self._costs) if len(self._costs) == self._costs.maxlen else 0.0
        if now - self._looked < max(self._pause, cost / self._share):
            return
        await self._look()
        self._looked = time.monotonic()
        self._costs.append(self._looked - now)
        if self._show is not None:
            if by_state(self._last or ()) != self._shown:
                self._shown = by_state(self._last or ())
                self._show(self._last or [])
        elif self._live is not None:
            self._live.update(self.picture())
        elif self._shell.json or now - self._told >= LINE:
            self._tell()

    async def _look(self) -> None:
        found = await counts(self._ledger, routes=self.routes, batches=self.batches)
        if found != self._last and self._show is None:
            self.frames.append((time.monotonic() - self._begun, found))
        self._last = found
        stored = await hindrance(self._ledger, routes=self.routes, batches=self.batches)
        self.hint = sentence(from_json(stored).what) if stored else None

    def _tell(self) -> None:
        sums = by_state(self._last or ())
        if not self._last or (sums, self.hint) == (self._shown, self._hinted):
            return
        self._hinted = self.hint
        self._shown = sums
        self._told = time.monotonic()
        seconds = self._told - self._begun
        self._shell.event(
            "progress",
            seconds=round(seconds, 3),
            states={state.value: number for state, number in sums.items()},
            hint=self.hint,
        )
        self._shell.say(f"{duration(seconds):>6}  {states_line(self._last)}")
        if self.hint:
            self._shell.say(f"        {self.hint}")

    def picture(self) -> RenderableType:
        """The bars as they are now."""
        from rich.console import Group
        from rich.text import Text

        found = self._last or []
        seconds = time.monotonic() - self._begun
        foot = Text(f"{states_line(found)}   {duration(seconds)}", style="bright_black")
        hint = [Text(plain(self.hint), style="yellow")] if self.hint else []
        return Group(bars(found, self._shell.screen), foot, *hint)


def bars(found: Sequence[Count], screen: Console) -> RenderableType:
    """A bar for each locale, or one for all when there are many; each state has its colour."""
    from rich.console import Group

    rows: dict[str, Counter[State]] = {}
    several = len({one.route for one in found}) > 1
    for one in found:
        name = f"{one.route} {one.locale}" if several else one.locale
        rows.setdefault(name, Counter())[one.state] += one.number
    if len(rows) > MOST_BARS:
        rows = {f"{len(rows)} locales": sum(rows.values(), Counter())}
    margin = max((len(name) for name in rows), default=0)
    return Group(*(_bar(plain(name).ljust(margin), states, screen) for name, states in rows.items()))


def _bar(name: str, states: Counter[State], screen: Console) -> RenderableType:
    from rich.text import Text

    from wordferry.cli.screen import COLOURS

    total = sum(states.values())
    tail = f"  {states[State.DELIVERED]:,}/{total:,} home"
    width = max(10, min(60, screen.width - len(name) - len(tail) - 4))
    sign = "━" if screen.encoding.lower().startswith("utf") else "="
    line = Text(f"{name}  ")
    filled, passed = 0, 0
    for state in _ORDER:
        passed += states[state]
        end = round(width * passed / total) if total else 0
        line.append(sign * (end - filled), style=COLOURS[state])
        filled = end
    return line.append(tail)
