"""The control API under `/_sandbox/` and the small page: clearly not the vendor's."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from wordferry.sandbox.behaviour import ACTIONS
from wordferry.sandbox.faults import KINDS, FaultRule
from wordferry.sandbox.lionbridge_control import lionbridge_routes, lionbridge_state
from wordferry.sandbox.openapi import document
from wordferry.sandbox.page import Page
from wordferry.sandbox.phrase.jobs import Job
from wordferry.sandbox.phrase.values import date
from wordferry.sandbox.scenarios import SCENARIOS

if TYPE_CHECKING:
    from wordferry.sandbox.server import Sandbox

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_BODY_LIMIT = 2**30
_PAGE: web.AppKey[Page] = web.AppKey("page")
_SANDBOX: web.AppKey[Sandbox] = web.AppKey("sandbox")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _json(value: Any, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def _error(status: int, message: str) -> web.Response:
    return _json({"error": message}, status=status)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    # A page in the same browser must not drive the sandbox, nor reach it by a name that points to loopback.
    host = request.host.rpartition(":")[0] if ":" in request.host else request.host
    origin = request.headers.get("Origin")
    if host not in _LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.host):
        return _error(403, "only this machine's own page and tools may use the control API")
    try:
        answer = await handler(request)
        if request.method not in ("GET", "HEAD"):
            await request.app[_SANDBOX].world.kept()
        return answer
    except KeyError as error:
        return _refusal(request, 404, f"there is no {error.args[0] if error.args else 'such thing'}")
    except (ValueError, TypeError) as error:
        return _refusal(request, 400, str(error))


def _refusal(request: web.Request, status: int, message: str) -> web.Response:
    if request.path.startswith("/_sandbox"):
        return _error(status, message)
    return request.app[_PAGE].wrong(request, status, message)


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    if not raw:
        return {}
    value = msgspec.json.decode(raw)
    if not isinstance(value, dict):
        raise TypeError("the body must be a JSON object")
    return value


class _Control:
    """The handlers; each is one line of the table below."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def info(self, _: web.Request) -> web.StreamResponse:
        return _json(self._sandbox.info())

    async def referee(self, request: web.Request) -> web.StreamResponse:
        return _json(self._sandbox.referee(marker=request.query.get("marker")))

    async def calls(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        filters: dict[str, Any] = {name: query[name] for name in ("operation", "fault") if name in query}
        if "object" in query:
            filters["about"] = query["object"]
        filters |= {name: int(query[name]) for name in ("status", "after") if name in query}
        return _json(self._sandbox.calls(**filters))

    async def scenarios(self, _: web.Request) -> web.StreamResponse:
        return _json({"scenarios": [dataclasses.asdict(found) for found in SCENARIOS.values()]})

    async def play(self, request: web.Request) -> web.StreamResponse:
        return _json(dataclasses.asdict(self._sandbox.play(request.match_info["name"])))

    async def quiet(self, _: web.Request) -> web.StreamResponse:
        self._sandbox.quiet()
        return _json({"faults": [], "behaviours": []})

    async def openapi(self, request: web.Request) -> web.StreamResponse:
        return _json(document(self._sandbox, request.match_info["vendor"]))

    async def snapshots(self, _: web.Request) -> web.StreamResponse:
        return _json({"snapshots": self._sandbox.snapshots()})

    async def save(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self._sandbox.save(name)
        return _json({"saved": name}, status=201)

    async def restore_snapshot(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        await self._sandbox.restore(name)
        return _json({"restored": name, "now": date(self._sandbox.world.clock.now())})

    async def delete_snapshot(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self._sandbox.delete_snapshot(name)
        return _json({"deleted": name})

    async def log(self, _: web.Request) -> web.StreamResponse:
        return web.Response(
            text=self._sandbox.world.calls.canonical_text(), content_type="application/x-ndjson"
        )

    async def reset(self, _: web.Request) -> web.StreamResponse:
        await self._sandbox.reset()
        return _json({"reset": True})

    async def advance(self, request: web.Request) -> web.StreamResponse:
        seconds = (await _body(request)).get("seconds")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise TypeError("'seconds' must be a number")
        await self._sandbox.advance(seconds)
        clock = self._sandbox.world.clock
        return _json({"now": date(clock.now()), "elapsed": clock.elapsed()})

    async def faults(self, _: web.Request) -> web.StreamResponse:
        return _json({"faults": self._sandbox.faults.listing(), "kinds": sorted(KINDS)})

    async def add_fault(self, request: web.Request) -> web.StreamResponse:
        rule = msgspec.json.decode(await request.read(), type=FaultRule)
        return _json({"number": self._sandbox.faults.add_rule(rule)}, status=201)

    async def clear_faults(self, request: web.Request) -> web.StreamResponse:
        number = request.query.get("number")
        if number is None:
            self._sandbox.faults.clear()
        elif not self._sandbox.faults.remove(int(number)):
            raise KeyError(f"fault {number}")
        return _json({"faults": self._sandbox.faults.listing()})

    async def behaviours(self, _: web.Request) -> web.StreamResponse:
        return _json({"behaviours": self._sandbox.world.behaviours.listing(), "actions": ACTIONS})

    async def add_behaviour(self, request: web.Request) -> web.StreamResponse:
        fields = await _body(request)
        action = fields.pop("action", None)
        if not isinstance(action, str):
            raise TypeError("'action' is required")
        self._sandbox.behave(action, **fields)
        return _json({"behaviours": self._sandbox.world.behaviours.listing()}, status=201)

    async def clear_behaviours(self, _: web.Request) -> web.StreamResponse:
        self._sandbox.world.behaviours.clear()
        return _json({"behaviours": []})

    async def settings(self, _: web.Request) -> web.StreamResponse:
        return _json(self._sandbox.settings)

    async def change_settings(self, request: web.Request) -> web.StreamResponse:
        return _json(self._sandbox.change_settings(**await _body(request)))

    async def revoke(self, request: web.Request) -> web.StreamResponse:
        api_token = (await _body(request)).get("api_token", False)
        self._sandbox.phrase.auth.revoke(api_token=bool(api_token))
        return _json({"revoked": True, "api_token": bool(api_token)})

    async def restore(self, _: web.Request) -> web.StreamResponse:
        self._sandbox.phrase.auth.api_token_valid = True
        return _json({"api_token": True})

    async def delete_template(self, request: web.Request) -> web.StreamResponse:
        uid = request.match_info["uid"]
        if not self._sandbox.phrase.templates.delete(uid):
            raise KeyError(f"template {uid}")
        return _json({"deleted": uid})

    async def state(self, _: web.Request) -> web.StreamResponse:
        return _json(state_of(self._sandbox))

    async def set_status(self, request: web.Request) -> web.StreamResponse:
        uid = request.match_info["uid"]
        status = (await _body(request)).get("status")
        if not isinstance(status, str):
            raise TypeError("'status' is required")
        self._sandbox.phrase.set_status(uid, status)
        return _json({"uid": uid, "status": status})

    async def finish(self, request: web.Request) -> web.StreamResponse:
        uid = request.match_info["uid"]
        self._sandbox.finish(uid, await request.read())
        return _json({"uid": uid, "status": "COMPLETED"})

    async def act(self, request: web.Request) -> web.StreamResponse:
        where = request.match_info
        self._sandbox.hands[where["vendor"]].act(
            where["action"], where["group"], where.get("line"), await request.read() or None
        )
        await self._sandbox.advance(0)
        return _json({"done": where["action"]})

    async def people(self, _: web.Request) -> web.StreamResponse:
        shown = {
            key: {"actions": list(hands.actions.values()), "groups": hands.groups()}
            for key, hands in self._sandbox.hands.items()
        }
        return _json(shown)


def _job(job: Job) -> dict[str, Any]:
    return {
        "uid": job.uid,
        "file": job.task.file.name,
        "folder": job.task.file.folder,
        "locale": job.task.lang,
        "level": job.level,
        "status": job.status,
        "import_status": job.import_status,
        "sha256": job.task.file.content.sha256,
    }


def state_of(sandbox: Sandbox) -> dict[str, Any]:
    """Everything at the vendor: projects with their jobs, pending asynchronous requests, callbacks."""
    room = sandbox.phrase
    return {
        "projects": [
            {
                "uid": project.uid,
                "name": project.name,
                "status": project.status,
                "template": project.template_name,
                "created": date(project.created),
                "levels": project.last_level,
                "jobs": [_job(job) for job in project.jobs.values()],
            }
            for project in room.projects
        ],
        "pending_async": [
            {"id": request.id, "action": request.action, "created": date(request.created)}
            for request in room.asyncs.pending.values()
        ],
        "callbacks": [
            {
                "async_request": delivery.about,
                "attempts": len(delivery.attempts),
                "confirmed": delivery.confirmed,
                "given_up": delivery.given_up,
                "lost": delivery.lost,
                "last_status": delivery.last_status,
            }
            for delivery in room.callbacks.deliveries
        ],
        "notifications": len(room.providers.notifications),
        "lionbridge": lionbridge_state(sandbox.lionbridge),
    }


def control_app(sandbox: Sandbox) -> web.Application:
    """The application of the control port."""
    control = _Control(sandbox)
    page = Page(sandbox)
    app = web.Application(middlewares=[_guard], client_max_size=_BODY_LIMIT)
    app[_SANDBOX] = sandbox
    app[_PAGE] = page
    own = "/_sandbox"
    app.add_routes(
        [
            *page.routes(),
            web.get(own + "/hands", control.people),
            web.post(own + "/hands/{vendor}/{group}/{action}", control.act),
            web.post(own + "/hands/{vendor}/{group}/{line}/{action}", control.act),
            web.get(own + "/info", control.info),
            web.get(own + "/referee", control.referee),
            web.get(own + "/calls", control.calls),
            web.get(own + "/log", control.log),
            web.get(own + "/scenarios", control.scenarios),
            web.post(own + "/scenarios/{name}", control.play),
            web.delete(own + "/scenarios", control.quiet),
            web.get(own + "/openapi/{vendor}", control.openapi),
            web.get(own + "/snapshots", control.snapshots),
            web.post(own + "/snapshots/{name}", control.save),
            web.post(own + "/snapshots/{name}/restore", control.restore_snapshot),
            web.delete(own + "/snapshots/{name}", control.delete_snapshot),
            web.get(own + "/state", control.state),
            web.post(own + "/reset", control.reset),
            web.post(own + "/clock/advance", control.advance),
            web.get(own + "/faults", control.faults),
            web.post(own + "/faults", control.add_fault),
            web.delete(own + "/faults", control.clear_faults),
            web.get(own + "/behaviours", control.behaviours),
            web.post(own + "/behaviours", control.add_behaviour),
            web.delete(own + "/behaviours", control.clear_behaviours),
            web.get(own + "/settings", control.settings),
            web.post(own + "/settings", control.change_settings),
            web.post(own + "/tokens/revoke", control.revoke),
            web.post(own + "/tokens/restore", control.restore),
            web.post(own + "/templates/{uid}/delete", control.delete_template),
            web.post(own + "/jobs/{uid}/status", control.set_status),
            web.post(own + "/jobs/{uid}/finish", control.finish),
            *lionbridge_routes(sandbox),
        ]
    )
    return app
