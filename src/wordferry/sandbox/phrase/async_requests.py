"""Asynchronous requests: work that takes time, read by id, listed while pending, capped in number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.phrase.callbacks import Callbacks
from wordferry.sandbox.phrase.errors import invalid, not_found
from wordferry.sandbox.phrase.jobs import Job
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paging import page
from wordferry.sandbox.phrase.paths import DOCUMENTED, SPECIFICATION, TMS, nothing, param
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.projects import Project
from wordferry.sandbox.phrase.values import date, flag
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.world import World

_INT64 = 2**63


@dataclass(slots=True, eq=False)
class AsyncRequest:
    """One piece of asynchronous work."""

    id: str
    action: str
    created: float
    project: Project | None
    callback_url: str | None
    job: Job | None = None
    parent: AsyncRequest | None = None
    finished: float | None = None
    error_code: str | None = None
    error_text: str | None = None
    # For exports: the file, and when its single download was started.
    target: Blob | None = None
    downloaded: float | None = None


class AsyncRequests:
    """The organisation's asynchronous requests."""

    def __init__(self, world: World, people: People, callbacks: Callbacks, notices: Notices) -> None:
        self._world = world
        self._people = people
        self._callbacks = callbacks
        self._notices = notices
        self.by_id: dict[str, AsyncRequest] = {}
        # In order of their start.
        self.pending: dict[str, AsyncRequest] = {}

    def routes(self) -> list[Route]:
        """Its calls."""
        path = TMS + "/v1/async"
        table = (
            ("", "list_async", self.list_async, nothing, "List pending requests"),
            ("/status", "async_status", self.async_status, nothing, "Get current limits"),
            ("/{asyncRequestId}", "get_async", self.get_async, param("asyncRequestId"),
             "Get asynchronous request"),
        )  # fmt: skip
        return [
            Route(
                "GET",
                path + tail,
                operation,
                handler,
                about,
                summary=summary,
                source=SPECIFICATION,
                fidelity=DOCUMENTED,
            )
            for tail, operation, handler, about, summary in table
        ]

    def full(self) -> bool:
        """Whether the cap on pending requests is reached."""
        cap = self._world.settings.pending_async
        return bool(cap) and len(self.pending) >= cap

    def start(
        self,
        action: str,
        *key: str,
        project: Project | None = None,
        job: Job | None = None,
        callback_url: str | None = None,
        parent: AsyncRequest | None = None,
    ) -> AsyncRequest:
        """Begin asynchronous work; `key` names it for its id."""
        request = AsyncRequest(
            id=str(self._world.ids.number("async", action, *key, digits=9)),
            action=action,
            created=self._world.clock.now(),
            project=project,
            callback_url=callback_url,
            job=job,
            parent=parent,
        )
        self.by_id[request.id] = request
        self.pending[request.id] = request
        return request

    def finish(
        self,
        request: AsyncRequest,
        *,
        error_code: str | None = None,
        error_text: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        """End asynchronous work and deliver its callback.

        Args:
            request: the work.
            error_code: the vendor's code when it failed.
            error_text: the vendor's description then.
            extra: what the callback carries besides `asyncRequest`.
        """
        request.finished = self._world.clock.now()
        request.error_code = error_code
        request.error_text = error_text
        self.pending.pop(request.id, None)
        if request.callback_url is not None:
            extras = (extra or {}) if self._world.settings.callback_extras else {}
            body = {"asyncRequest": self.show(request), **extras}
            self._callbacks.deliver(request.callback_url, body, about=request.id)
        self._notices.tell(
            "ASYNC_REQUEST_FINISHED", about=request.id, key="asyncRequest", shown=self.show(request)
        )

    def get(self, number: str, *, now: float) -> AsyncRequest:
        """The request of that id, as long as the vendor keeps it.

        Raises:
            PhraseError: 400 when the id is no number, 404 when there is none.
        """
        if not (number.isascii() and number.isdigit() and len(number) < 20 and int(number) < _INT64):
            raise invalid("'asyncRequestId' must be a number.", field="asyncRequestId")
        request = self.by_id.get(str(int(number)))
        if request is None:
            raise not_found("Async request", number)
        kept = self._world.settings.async_retention_seconds
        if request.finished is not None and request.finished + kept < now:
            raise not_found("Async request", number)
        return request

    def brief(self, request: AsyncRequest) -> dict[str, Any]:
        """The short form in the answer of create job."""
        return {"id": request.id, "dateCreated": date(request.created), "action": request.action}

    def show(self, request: AsyncRequest, *, as_of: float | None = None) -> dict[str, Any]:
        """The long form; there is no status field, a response means finished."""
        finished = request.finished
        if finished is not None and as_of is not None and finished > as_of:
            finished = None
        response = None
        if finished is not None:
            details: list[dict[str, Any]] | None = None
            if request.error_code is not None:
                details = [{"code": request.error_code, "args": {}, "message": request.error_text}]
            response = {
                "dateCreated": date(finished),
                "errorCode": request.error_code,
                "errorDesc": request.error_text,
                "errorDetails": details,
                "warnings": None,
            }
        project = request.project
        return {
            "id": request.id,
            "createdBy": self._people.owner_reference,
            "dateCreated": date(request.created),
            "action": request.action,
            "asyncResponse": response,
            "parent": self.show(request.parent, as_of=as_of) if request.parent is not None else None,
            "project": {"uid": project.uid, "name": project.name} if project is not None else None,
        }

    def get_async(self, call: Call) -> Answer:
        """`GET /api2/v1/async/{asyncRequestId}`: 200 even when the work failed."""
        request = self.get(call.params["asyncRequestId"], now=call.now)
        return answer_json(self.show(request, as_of=call.as_of))

    def list_async(self, call: Call) -> Answer:
        """`GET /api2/v1/async`: what is pending; the sandbox's user is an administrator, so `all` is allowed."""
        flag(call.query.get("all"), field="all")
        found = list(self.pending.values())
        return answer_json(page(call.query, found, show=self.show))

    def async_status(self, _: Call) -> Answer:
        """`GET /api2/v1/async/status`."""
        limit = self._world.settings.pending_async or None
        return answer_json({"concurrentRequests": {"count": len(self.pending), "limit": limit}})
