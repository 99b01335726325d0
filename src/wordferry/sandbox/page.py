"""The control page: play the vendors' people by hand, and set up whatever can go wrong. Works without scripts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from aiohttp import web

from wordferry.sandbox.behaviour import ACTIONS
from wordferry.sandbox.faults import KINDS
from wordferry.sandbox.scenarios import SCENARIOS
from wordferry.sandbox.translators import corruptions

if TYPE_CHECKING:
    from wordferry.sandbox.server import Sandbox

_PAGES = Path(__file__).with_name("pages")
_MOST_ROWS = 500
_MOST_CALLS = 300
_NAV = (
    ("/", "Vendors"),
    ("/trouble", "Trouble"),
    ("/calls", "Calls"),
    ("/verdict", "Referee"),
    ("/snapshots", "Snapshots"),
)
_STEPS = ((60, "+1 min"), (3600, "+1 h"), (86400, "+1 day"))
_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# Fields of the forms, by what they are made into; an empty field is not given.
_FAULT_FIELDS: dict[str, Any] = {
    "operation": str,
    "object": str,
    "count": int,
    "probability": float,
    "seconds": float,
    "retry_after": str,
    "each_object": bool,
}
_BEHAVIOUR_FIELDS: dict[str, Any] = {
    "file": str,
    "locale": str,
    "project": str,
    "seconds": float,
    "corruption": str,
}


def _moment(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _fields(form: Any, kinds: dict[str, Any]) -> dict[str, Any]:
    return {name: kind(form[name]) for name, kind in kinds.items() if form.get(name)}


def _local(path: str) -> str:
    # Only back to a page of this very server.
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


class Page:
    """The pages and their forms.

    Args:
        sandbox: what they show and change.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_PAGES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )

    def routes(self) -> list[web.RouteDef]:
        """Every page and form."""
        return [
            web.get("/", self.home),
            web.get("/style.css", self.style),
            web.get("/at/{vendor}/{group}", self.group),
            web.get("/at/{vendor}/{group}/{line}", self.line),
            web.post("/act/{vendor}/{group}", self.act),
            web.post("/act/{vendor}/{group}/{line}", self.act),
            web.post("/clock", self.clock),
            web.get("/trouble", self.trouble),
            web.post("/trouble", self.make_trouble),
            web.get("/calls", self.calls),
            web.get("/verdict", self.verdict),
            web.get("/snapshots", self.snapshots),
            web.post("/snapshots", self.use_snapshot),
        ]

    def _show(self, request: web.Request, name: str, *, status: int = 200, **values: Any) -> web.Response:
        sandbox = self._sandbox
        in_force = len(sandbox.faults.listing()), len(sandbox.world.behaviours.listing())
        trouble = (
            f"In force: rules for faults {in_force[0]}, for translators {in_force[1]}."
            if any(in_force) and request.path != "/trouble"
            else ""
        )
        shown = self._pages.get_template(name).render(
            nav=_NAV,
            here=request.path,
            back=request.path if request.method == "GET" else "/",
            now=_moment(sandbox.world.clock.now()),
            steps=_STEPS,
            trouble=trouble,
            **values,
        )
        headers = {
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(text=shown, status=status, content_type="text/html", headers=headers)

    def wrong(self, request: web.Request, status: int, message: str) -> web.Response:
        """The page for what cannot be done."""
        return self._show(request, "error.html", status=status, message=message)

    async def style(self, _: web.Request) -> web.StreamResponse:
        """The style sheet."""
        return web.Response(text=(_PAGES / "style.css").read_text("utf-8"), content_type="text/css")

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Addresses, verdict, and everything at the vendors."""
        vendors, more = [], {}
        for key, hands in self._sandbox.hands.items():
            groups = hands.groups()
            more[key] = max(len(groups) - _MOST_ROWS, 0)
            vendors.append((key, hands, groups[::-1][:_MOST_ROWS]))
        return self._show(
            request,
            "home.html",
            addresses=self._sandbox.addresses(),
            verdict=self._sandbox.referee(),
            vendors=vendors,
            more=more,
        )

    async def group(self, request: web.Request) -> web.StreamResponse:
        """One project or job."""
        key = request.match_info["vendor"]
        hands = self._sandbox.hands[key]
        found = hands.group(request.match_info["group"])
        rest = len(found.lines) - _MOST_ROWS
        return self._show(
            request,
            "group.html",
            key=key,
            hands=hands,
            group=found,
            lines=found.lines[:_MOST_ROWS],
            rest=rest,
        )

    async def line(self, request: web.Request) -> web.StreamResponse:
        """One translation with its text."""
        key, uid = request.match_info["vendor"], request.match_info["line"]
        hands = self._sandbox.hands[key]
        found = hands.group(request.match_info["group"])
        text = await hands.text(found.uid, uid)
        [line] = [line for line in found.lines if line.uid == uid]
        return self._show(request, "line.html", key=key, hands=hands, group=found, line=line, text=text)

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Do something by hand."""
        form = await request.post()
        where = request.match_info
        group, uid = where["group"], where.get("line")
        content: bytes | None = None
        file = form.get("file")
        if isinstance(file, web.FileField):
            content = file.file.read()
        elif "text" in form:
            # Browsers send line ends as CR LF whatever the page had.
            content = str(form["text"]).replace("\r\n", "\n").encode("utf-8")
        self._sandbox.hands[where["vendor"]].act(str(form.get("action", "")), group, uid, content)
        # What was set going gets its turn before the page is shown again.
        await self._sandbox.advance(0)
        return _see(f"/at/{where['vendor']}/{group}")

    async def clock(self, request: web.Request) -> web.StreamResponse:
        """Let time pass."""
        form = await request.post()
        await self._sandbox.advance(float(str(form.get("seconds", "0"))))
        return _see(_local(str(form.get("back", "/"))))

    async def trouble(self, request: web.Request) -> web.StreamResponse:
        """Faults, behaviours, scenarios."""
        return self._show(
            request,
            "trouble.html",
            faults=self._sandbox.faults.listing(),
            kinds=list(KINDS),
            operations=self._sandbox.operations(),
            behaviours=self._sandbox.world.behaviours.listing(),
            actions=ACTIONS,
            corruptions=corruptions(),
            scenarios=SCENARIOS.values(),
        )

    async def make_trouble(self, request: web.Request) -> web.StreamResponse:
        """Add or remove it."""
        form = await request.post()
        sandbox = self._sandbox
        if "play" in form:
            sandbox.play(str(form["play"]))
        elif "calm" in form:
            sandbox.quiet()
        elif "remove" in form:
            sandbox.faults.remove(int(str(form["remove"])))
        elif form.get("add") == "fault":
            sandbox.faults.add(str(form.get("kind", "")), **_fields(form, _FAULT_FIELDS))
        elif form.get("add") == "behaviour":
            sandbox.behave(str(form.get("action", "")), **_fields(form, _BEHAVIOUR_FIELDS))
        return _see("/trouble")

    async def calls(self, request: web.Request) -> web.StreamResponse:
        """The latest calls."""
        query = request.query
        chosen = {
            "operation": query.get("operation") or "*",
            "about": query.get("object") or "*",
            "fault": query.get("fault") or None,
        }
        found = self._sandbox.calls(**chosen)
        total = self._sandbox.world.calls.total
        return self._show(request, "calls.html", calls=found[::-1][:_MOST_CALLS], chosen=chosen, total=total)

    async def verdict(self, request: web.Request) -> web.StreamResponse:
        """What the referee says."""
        verdict = self._sandbox.referee()
        found = [
            *(("Phrase TMS", kind, cases, True) for kind, cases in verdict["findings"].items()),
            *(("Phrase TMS", kind, cases, False) for kind, cases in verdict["notes"].items()),
            *(("Lionbridge", kind, cases, True) for kind, cases in verdict["lionbridge"]["findings"].items()),
        ]
        # What there is to see comes first.
        found.sort(key=lambda one: not one[2])
        counted = {"Phrase TMS": verdict["calls"], "Lionbridge": verdict["lionbridge"]["calls"]}
        return self._show(request, "verdict.html", verdict=verdict, found=found, counted=counted)

    async def snapshots(self, request: web.Request) -> web.StreamResponse:
        """What was saved."""
        found = [
            {"error": "", "bytes": 0, "now_text": _moment(one.get("now", 0.0)), **one}
            for one in self._sandbox.snapshots()
        ]
        return self._show(request, "snapshots.html", snapshots=found, state=self._sandbox.info()["state"])

    async def use_snapshot(self, request: web.Request) -> web.StreamResponse:
        """Save, restore, delete, or begin anew."""
        form = await request.post()
        name, what = str(form.get("name", "")), form.get("do")
        if what == "save":
            self._sandbox.save(name)
        elif what == "restore":
            await self._sandbox.restore(name)
        elif what == "delete":
            self._sandbox.delete_snapshot(name)
        elif what == "reset":
            await self._sandbox.reset()
        return _see("/snapshots")


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})
