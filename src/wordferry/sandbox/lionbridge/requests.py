"""Requests: read, changed, approved and rejected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from wordferry.sandbox.lionbridge.adding import Adding
from wordferry.sandbox.lionbridge.errors import LionbridgeError, invalid, not_found
from wordferry.sandbox.lionbridge.job import Job
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.moves import Moves
from wordferry.sandbox.lionbridge.paging import Cursors, collection, newest_first
from wordferry.sandbox.lionbridge.request import APPROVED, REJECTED, REVIEW, STATUSES, Request
from wordferry.sandbox.lionbridge.values import (
    Folded,
    id_list,
    json_object,
    metadata,
    name_of,
    query_values,
    strings,
    text,
)
from wordferry.sandbox.routing import Answer, Call, answer_json, no_content


class Rejections(Protocol):
    """Who takes up what the client sent back."""

    def rejected(self, job: Job, requests: list[Request]) -> None:
        """The client rejected these."""


def _number(request: Request) -> int:
    return request.number


class Requests:
    """The calls on requests."""

    def __init__(self, jobs: Jobs, adding: Adding, moves: Moves, provider: Rejections) -> None:
        self._jobs = jobs
        self._adding = adding
        self._moves = moves
        self._provider = provider

    # Reading

    def _answer(self, call: Call, requests: Iterable[Request]) -> Answer:
        body = collection(
            [self._adding.show(request, call) for request in requests],
            key="requests",
            following=None,
            cursors=Cursors(call, others={}),
            settings=self._jobs.settings,
        )
        return answer_json(body)

    def listing(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/requests`: newest first; with ids there are no pages."""
        job = self._jobs.in_path(call)
        as_of = call.as_of
        settings = self._jobs.settings
        wanted = {
            entry.strip().upper()
            for value in query_values(call, "status")
            for entry in value.split(",")
            if entry.strip()
        }
        if not wanted <= set(STATUSES):
            raise invalid(f"unknown status; known: {', '.join(STATUSES)}.", field="status")
        named = id_list(query_values(call, "id"), field="id")

        def keep(request: Request) -> bool:
            return request.created <= as_of and (not wanted or request.at(as_of)[0] in wanted)

        if named is not None:
            found = [job.requests[uid] for uid in dict.fromkeys(named) if uid in job.requests]
            found.sort(key=_number, reverse=True)
            return self._answer(call, filter(keep, found))
        made = self._adding.rest_of_made(call, job)
        if made is not None:
            return answer_json(made)
        body = newest_first(
            call,
            list(job.requests.values()),
            key="requests",
            number=_number,
            show=lambda request: self._adding.show(request, call),
            settings=settings,
            keep=keep,
            others={"status": ",".join(sorted(wanted))},
        )
        return answer_json(body)

    def get(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/requests/{requestId}`."""
        _, request = self._jobs.request_in_path(call)
        return answer_json(self._adding.show(request, call))

    # Changing

    def delete(self, call: Call) -> Answer:
        """`DELETE /jobs/{jobId}/requests/{requestId}`."""
        job, request = self._jobs.request_in_path(call)
        self._adding.open(job, "deleted")
        shown = self._adding.show(request, call)
        del job.requests[request.id]
        self._jobs.touch(job)
        return no_content() if self._jobs.settings.delete_status == 204 else answer_json(shown)

    def patch(self, call: Call) -> Answer:
        """`PATCH /jobs/{jobId}/requests/{requestId}`."""
        job, request = self._jobs.request_in_path(call)
        self._patch(call, job, [request])
        return answer_json(self._adding.show(request, call))

    def patch_many(self, call: Call) -> Answer:
        """`PATCH /jobs/{jobId}/requests?id=…`: one body for all of them."""
        job = self._jobs.in_path(call)
        named = id_list(query_values(call, "id"), field="id")
        if named is None:
            raise invalid("at least one id is required.", field="id")
        found = self._named(job, named)
        self._patch(call, job, found)
        return self._answer(call, found)

    def _patch(self, call: Call, job: Job, requests: list[Request]) -> None:
        settings = self._jobs.settings
        body = json_object(call, settings=settings)
        name = name_of(body.get("requestName"), field="requestName", settings=settings)
        source = text(body.get("sourceNativeLanguageCode"), field="sourceNativeLanguageCode")
        target = text(body.get("targetNativeLanguageCode"), field="targetNativeLanguageCode")
        native = text(body.get("sourceNativeId"), field="sourceNativeId")
        target_native = text(body.get("targetNativeId"), field="targetNativeId")
        extended = metadata(body.get("extendedMetadata"), field="extendedMetadata")
        file_id = text(body.get("fileId"), field="fileId")
        content_id = text(body.get("sourcecontentId"), field="sourcecontentId")
        if file_id and content_id:
            raise invalid("at most one of fileId and sourcecontentId can be given.", field="sourcecontentId")
        file = self._adding.usable(file_id, job, field="fileId") if file_id else None
        if content_id and content_id not in job.contents:
            raise invalid(f"there is no source content '{content_id}' in this job.", field="sourcecontentId")
        for request in requests:
            self._adding.check_pair(job, source or request.source_language, target or request.target_language)
        self._adding.open(job, "changed")
        for request in requests:
            request.name = name or request.name
            request.source_language = source or request.source_language
            request.target_language = target or request.target_language
            request.source_native_id = request.source_native_id if native is None else native
            request.target_native_id = request.target_native_id if target_native is None else target_native
            request.metadata = dict(extended) if extended else request.metadata
            if file is not None:
                request.file, request.content = file, None
            elif content_id:
                request.file, request.content = None, job.contents[content_id]
            request.modified = call.now
        self._jobs.touch(job)
        call.facts.update(requests=len(requests))

    def _named(self, job: Job, named: list[str]) -> list[Request]:
        found = []
        for uid in dict.fromkeys(named):
            if uid not in job.requests:
                raise not_found("Request", uid)
            found.append(job.requests[uid])
        return found

    def update_file(self, call: Call) -> Answer:
        """`PUT …/requests/updatefilecontent`: another file for these requests, or for all of the job."""
        job = self._jobs.in_path(call)
        body = json_object(call, settings=self._jobs.settings)
        file_id = text(body.get("fmsFileId"), field="fmsFileId")
        if not file_id:
            raise invalid("is required.", field="fmsFileId")
        found = self._named_or_all(job, body)
        file = self._adding.usable(file_id, job, field="fmsFileId")
        self._adding.open(job, "changed")
        for request in found:
            request.file, request.content = file, None
            request.modified = call.now
        self._jobs.touch(job)
        return self._answer(call, found)

    def _named_or_all(self, job: Job, body: Folded) -> list[Request]:
        named = strings(body.get("requestIds"), field="requestIds")
        return self._named(job, named) if named else list(job.requests.values())

    def update_content(self, call: Call) -> Answer:
        """`PUT …/requests/updatecontent`: the vendor has not built it; a setting makes it work."""
        job = self._jobs.in_path(call)
        if self._jobs.settings.update_content == "501":
            raise LionbridgeError(501, "This call is not implemented yet.")
        body = json_object(call, settings=self._jobs.settings)
        content_id = text(body.get("sourcecontentId"), field="sourcecontentId")
        if not content_id or content_id not in job.contents:
            raise invalid(f"there is no source content '{content_id}' in this job.", field="sourcecontentId")
        found = self._named_or_all(job, body)
        self._adding.open(job, "changed")
        for request in found:
            request.file, request.content = None, job.contents[content_id]
            request.modified = call.now
        self._jobs.touch(job)
        return self._answer(call, found)

    # Review

    def approve(self, call: Call) -> Answer:
        """`PUT …/requests/approve`: all of them, or none."""
        job, _, found = self._reviewed(call)
        again = self._jobs.settings.approve_again == "taken"
        self._reviewable(found, {REVIEW, APPROVED} if again else {REVIEW}, "approved")
        self._moves.review([request for request in found if request.status != APPROVED], APPROVED)
        call.facts.update(locales=[request.target_language for request in found])
        self._jobs.touch(job)
        return self._answer(call, found)

    def reject(self, call: Call) -> Answer:
        """`PUT …/requests/reject`: all of them, or none; the provider may deliver again."""
        job, body, found = self._reviewed(call)
        note = text(body.get("note"), field="note")
        self._reviewable(found, {REVIEW}, "rejected")
        for request in found:
            request.reject_note = note
        self._moves.review(found, REJECTED)
        self._jobs.touch(job)
        call.facts.update(note=note)
        self._provider.rejected(job, found)
        return self._answer(call, found)

    def _reviewed(self, call: Call) -> tuple[Job, Folded, list[Request]]:
        job = self._jobs.in_path(call)
        body = json_object(call, settings=self._jobs.settings)
        named = strings(body.get("requestIds"), field="requestIds")
        if not named:
            raise invalid("at least one id is required.", field="requestIds")
        call.facts.update(requests=named)
        return job, body, self._named(job, named)

    def _reviewable(self, requests: list[Request], allowed: set[str], verb: str) -> None:
        wrong = next((request for request in requests if request.status not in allowed), None)
        if wrong is not None:
            raise self._jobs.conflict(f"Request '{wrong.id}' is {wrong.status} and cannot be {verb}.")
