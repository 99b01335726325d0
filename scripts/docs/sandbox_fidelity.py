"""The page `sandbox-fidelity.md`."""

from __future__ import annotations

from pathlib import Path

from scripts.docs.reading import Gap, code, table
from wordferry.sandbox.learning import stored
from wordferry.sandbox.lionbridge.room import LionbridgeRoom
from wordferry.sandbox.phrase.room import PhraseRoom
from wordferry.sandbox.routing import Route
from wordferry.sandbox.settings import SandboxSettings
from wordferry.sandbox.world import new_world


def _rows(routes: list[Route]) -> list[tuple[str, str, str, str]]:
    lessons = stored()
    rows = []
    for route in routes:
        if not (route.summary and route.fidelity and route.source):
            raise Gap(f"the sandbox's {route.operation} needs summary, fidelity and source")
        if f"{route.method} {route.path}" not in lessons:
            raise Gap(f"no shape of {route.method} {route.path} is known: run scripts/shapes")
        rows.append((code(route.operation), f"`{route.method} {route.path}`", route.fidelity, route.source))
    return rows


def sandbox_fidelity_page() -> str:
    """The routes of both vendors, with what is known of each."""
    world = new_world(SandboxSettings(), folder=Path())
    phrase = PhraseRoom(world).routes()
    lionbridge = LionbridgeRoom(world)
    faces = {
        "Phrase TMS": phrase,
        "Lionbridge Content API v2": lionbridge.routes(),
        "Lionbridge's file service": lionbridge.fms.routes(),
    }
    heads = ("operation", "call", "how faithful", "known from")
    parts = [
        f"## {title}\n\n{len(routes)} calls.\n\n{table(heads, _rows(routes))}"
        for title, routes in faces.items()
    ]
    return f"""# What the sandbox emulates, and how faithfully

Every call that [the sandbox](sandbox.md) answers. The operation is the name used in fault rules and in the call
log. “As documented” means that the vendor's own pages or specification describe it, “recorded” that real answers
are known too, “ours” marks a choice where the vendor is silent; where such a choice can be made otherwise, there is
a setting. Nobody at a vendor has confirmed any of it: keep one test against a real account.

The same as OpenAPI 3.1, with the shapes of requests and answers: `GET /_sandbox/openapi/phrase` and
`GET /_sandbox/openapi/lionbridge` on the control port, or `wordferry sandbox openapi phrase`. The shapes are learnt
from the sandbox's own answers (`scripts/shapes`), so they say what it sends, not all that a vendor may send.

{chr(10).join(parts)}"""
