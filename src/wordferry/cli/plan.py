"""`wordferry plan`: what would be sent, what not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Only, Quiet, Routes
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count, iso, sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from wordferry.bootstrap import Ferry
    from wordferry.model.plan import Plan, RoutePlan, Skip

__all__ = ["draw", "moved", "plan", "problems", "totals"]

#: What may happen to a translation, in the order of the columns.
ACTIONS = ("create", "update", "revise")
#: Items shown per route, unless all are asked for.
MOST = 30


def plan(
    routes: Routes = None,
    only: Only = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every item, however many there are.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Show what would be sent, what not, and why. Nothing is sent.

    Ends with the plan's id: `wordferry apply ID` then does exactly that, even if files change in between. With
    --quiet only the id is printed.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)

    async def work() -> int:
        async with shell.ferry() as ferry:
            drawn = await draw(shell, ferry, routes or (), only or ())
            shell.document(document(drawn, ferry))
            show(shell, drawn, ferry, everything=everything)
            if quiet and not json and any(part.acts for part in drawn.routes):
                shell.screen.print(drawn.id)
            return Exit.REFUSED if problems(drawn) else Exit.OK

    shell.run(work)


async def draw(shell: Shell, ferry: Ferry, routes: Sequence[str], only: Sequence[str]) -> Plan:
    """Make a plan, showing what is looked at.

    Raises:
        NeedsOperator: a route or an item of that name does not exist.
    """
    from wordferry.errors import NeedsOperator

    with looking(shell, "Looking at") as seen:
        drawn = await ferry.plan(routes, only=frozenset(only), seen=seen)
    known = {name for part in drawn.routes for item in part.items for name in (item.item, item.name)}
    known |= {skip.item for part in drawn.routes for skip in part.skips}
    known |= {name for part in drawn.routes for one in part.renames for name in (one.item, one.name)}
    for name in only:
        if name not in known:
            raise NeedsOperator(
                "no content system has an item of that name.",
                object=name,
                next="Take a name as `wordferry plan --all` shows it.",
            )
    return drawn


@contextmanager
def looking(shell: Shell, verb: str) -> Iterator[Callable[[str], None]]:
    """On a terminal: one line that says which item is looked at."""
    if not shell.live:
        yield lambda name: None
        return
    from rich.status import Status

    from wordferry.cli.screen import text

    number = 0
    with Status(f"{verb} …", console=shell.screen) as status:

        def seen(name: str) -> None:
            nonlocal number
            number += 1
            status.update(text(f"{verb} {number:,}: {name}"))

        yield seen


def notes(drawn: Plan) -> list[Skip]:
    """What a person should know of things that are sent."""
    return [note for part in drawn.routes for note in part.notes]


def problems(drawn: Plan) -> list[Skip]:
    """What a person should look at."""
    return [skip for part in drawn.routes for skip in part.skips if skip.problem]


def totals(part: RoutePlan, locales: int) -> dict[str, int]:
    """Sums of a route's part; items × locales = create + update + revise + rename + skip.

    Args:
        part: the part.
        locales: how many locales the route has.
    """
    actions = Counter(wanted.action for item in part.items for wanted in item.translations)
    names = {item.name for item in part.items} | {skip.item for skip in part.skips}
    names |= {one.name for one in part.renames}
    renamed = sum(len(one.translations) for one in part.renames)
    return {
        "items": len(names),
        "translations": len(names) * locales,
        "create": actions["create"],
        "update": actions["update"],
        "revise": actions["revise"],
        "rename": renamed,
        "skip": len(names) * locales - actions.total() - renamed,
        "gone": len(part.gone),
        "words": sum((item.words or 0) * len(item.translations) for item in part.items),
        "calls": part.calls,
    }


def skipped(part: RoutePlan, locales: int) -> dict[str, int]:
    """Reason → translations that are not sent for it; the sum is the `skip` of `totals`."""
    planned = Counter({item.name: len(item.translations) for item in part.items})
    planned.update({one.name: len(one.translations) for one in part.renames})
    single = Counter(skip.item for skip in part.skips if skip.locale is not None)
    reasons: Counter[str] = Counter()
    for skip in part.skips:
        whole = locales - planned[skip.item] - single[skip.item]
        reasons["see the problems below" if skip.problem else skip.reason] += 1 if skip.locale else whole
    return dict(reasons.most_common())


def order(part: RoutePlan, ferry: Ferry, *, at: float) -> dict[str, str]:
    """What the batch will ask of the vendor: name → value."""
    return dict(ferry.connections[part.connection].order(part.settings, at=at))


def _part(part: RoutePlan, locales: int, ordered: dict[str, str]) -> dict[str, Any]:
    return {
        "route": part.route,
        "content": part.content,
        "tms": part.connection,
        "order": ordered,
        "items": [
            {
                "item": item.item,
                "name": item.name,
                "words": item.words,
                "size": item.size,
                "create": [one.locale for one in item.translations if one.action == "create"],
                "update": [one.locale for one in item.translations if one.action == "update"],
                "revise": [one.locale for one in item.translations if one.action == "revise"],
            }
            for item in part.items
        ],
        "renames": [
            {
                "from": one.old,
                "item": one.item,
                "name": one.name,
                "locales": [each.locale for each in one.translations],
            }
            for one in part.renames
        ],
        "gone": [
            {
                "item": one.item,
                "name": one.name,
                "cancel": len(one.cancel),
                "remove": len(one.remove),
                "kept": max(0, one.kept),
            }
            for one in part.gone
        ],
        "notes": [
            {"item": note.item, "locale": note.locale, "reason": sentence(note.reason)} for note in part.notes
        ],
        "skips": [
            {
                "item": skip.item,
                "locale": skip.locale,
                "reason": sentence(skip.reason),
                "problem": skip.problem,
            }
            for skip in part.skips
        ],
        "totals": totals(part, locales),
    }


def document(drawn: Plan, ferry: Ferry) -> dict[str, Any]:
    """The plan for programs."""
    known = ferry.configuration.routes
    parts = [
        _part(part, len(known[part.route].locales), order(part, ferry, at=drawn.created))
        for part in drawn.routes
    ]
    sums: Counter[str] = Counter()
    for one in parts:
        sums.update(one["totals"])
    stored = any(part.acts for part in drawn.routes)
    return {
        "plan": drawn.id if stored else None,
        "created": iso(drawn.created),
        "routes": parts,
        "problems": len(problems(drawn)),
        "totals": dict(sums),
    }


def show(shell: Shell, drawn: Plan, ferry: Ferry, *, everything: bool = False) -> None:
    """The plan for people: a table per route, sums, problems, and the next command."""
    if not shell.speaks:
        return
    from wordferry.cli.screen import columns, text

    sent = 0
    for part in drawn.routes:
        route = ferry.configuration.routes[part.route]
        sums = totals(part, len(route.locales))
        sent += part.acts
        shell.say(
            text(
                (part.route, "bold"),
                f"  {ferry.contents[part.content].source_locale} → {', '.join(route.locales)}, by {part.connection}",
            )
        )
        if part.items:
            chosen = part.items if everything else part.items[:MOST]
            rows = []
            for item in chosen:
                actions = [
                    ", ".join(one.locale for one in item.translations if one.action == action)
                    for action in ACTIONS
                ]
                rows.append((item.name, "–" if item.words is None else f"{item.words:,}", *actions))
            shown = [n for n, _ in enumerate(ACTIONS, start=2) if n == 2 or any(row[n] for row in rows)]
            heads = ["item", "words", *(ACTIONS[n - 2] for n in shown)]
            rows = [(row[0], row[1], *(row[n] for n in shown)) for row in rows]
            shell.say("", columns(heads, rows, right=["words"], wide="item"))
            if len(part.items) > len(chosen):
                shell.say(f"and {len(part.items) - len(chosen):,} more items; --all lists them")
            shell.say()
        shell.say(
            f"{count(sums['items'], 'item')} × {count(len(route.locales), 'locale')} = {sums['translations']:,}: "
            f"{sums['create']:,} to create + {sums['update']:,} to update{_continuous(sums)}"
            f" + {sums['skip']:,} skipped"
        )
        if part.items:
            ordered = order(part, ferry, at=drawn.created)
            if ordered:
                shell.say("; ".join(f"{name}: {value}" for name, value in ordered.items()))
            shell.say(
                f"{count(sums['words'], 'word')} in all locales; at least {count(part.calls, 'call')} to the TMS"
            )
        for what in moved(part):
            shell.say(what)
        for why, number in skipped(part, len(route.locales)).items():
            shell.say(f"{number:,} skipped: {why}")
        shell.say()
    show_problems(shell, problems(drawn))
    show_problems(shell, notes(drawn), title="Files that are there already")
    if sent:
        shell.say(text("Nothing was sent yet. To send this:  ", (f"wordferry apply {drawn.id}", "bold")))
    elif not drawn.routes:
        shell.say("No route is configured: add a [route.NAME] to wordferry.toml.")
    else:
        shell.say("There is nothing to send.")


def _continuous(sums: dict[str, int]) -> str:
    """The summands that only continuous routes have."""
    revise = f" + {sums['revise']:,} to revise under the same jobs" if sums["revise"] else ""
    rename = f" + {sums['rename']:,} to rename" if sums["rename"] else ""
    return revise + rename


def moved(part: RoutePlan) -> list[str]:
    """Renames and deletions, one sentence each."""
    told = [f"{one.old} is called {one.name} now: its translations follow" for one in part.renames]
    for one in part.gone:
        what = [
            f"work on {count(len(one.cancel), 'translation')} is stopped" if one.cancel else "",
            f"{count(len(one.remove), 'delivered file')} removed, unless edited" if one.remove else "",
            f"{count(one.kept, 'translation')} kept" if one.kept > 0 else "",
        ]
        told.append(f"{one.name} is gone: {', '.join(each for each in what if each)}")
    if len(told) > MOST:
        told = [*told[:MOST], f"and {len(told) - MOST:,} more; --json lists them"]
    return told


def show_problems(shell: Shell, found: Sequence[Skip], *, title: str = "Problems") -> None:
    """Skips that a person should look at."""
    if not found or not shell.speaks:
        return
    from wordferry.cli.screen import text

    shell.say(text((f"{title} ({len(found):,})", "bold red")))
    for skip in found[:MOST]:
        name = f"{skip.item} → {skip.locale}" if skip.locale else skip.item
        shell.say(text("  ", (name, "bold"), f": {sentence(skip.reason)}"))
    if len(found) > MOST:
        shell.say(f"  and {len(found) - MOST:,} more; --json lists them")
    shell.say()
