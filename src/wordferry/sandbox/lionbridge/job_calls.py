"""The calls on jobs: made, read, listed, changed, submitted, completed and deleted."""

from __future__ import annotations

from typing import Any, Protocol

from wordferry.sandbox.lionbridge import filters
from wordferry.sandbox.lionbridge.archiving import Archiving
from wordferry.sandbox.lionbridge.errors import invalid
from wordferry.sandbox.lionbridge.files import Files
from wordferry.sandbox.lionbridge.job import (
    BASIC,
    CANCELLED,
    COMPLETED,
    CREATED,
    IN_TRANSLATION,
    NAMES,
    SENDING,
    SENT,
    Job,
    value_of,
)
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.listeners import Listeners
from wordferry.sandbox.lionbridge.moves import Moves
from wordferry.sandbox.lionbridge.paging import Cursors, Place, collection, first, newest_first
from wordferry.sandbox.lionbridge.providers import Providers
from wordferry.sandbox.lionbridge.quota import Quota
from wordferry.sandbox.lionbridge.values import (
    Folded,
    due_date,
    flag,
    json_object,
    labels,
    metadata,
    name_of,
    query_value,
    query_values,
    text,
)
from wordferry.sandbox.routing import Answer, Call, answer_json, no_content

_BY_LOWER = {name.lower(): name for name in NAMES | {"jobId"}}
# Wire name -> attribute, of the plain texts.
_TEXTS = {
    "description": "description",
    "poReference": "po_reference",
    "customData": "custom_data",
    "connectorName": "connector_name",
    "connectorVersion": "connector_version",
    "serviceType": "service_type",
}
_FETCH_TYPES = ("basic", "full", "fullwithstats")
_COMPLETABLE = frozenset({SENT, IN_TRANSLATION})
_DELETABLE = frozenset({CREATED, COMPLETED, CANCELLED})


class Submissions(Protocol):
    """Who takes up what is submitted."""

    def submitted(self, job: Job) -> None:
        """The job was submitted."""


def _number(job: Job) -> int:
    return job.number


class JobCalls:
    """The calls on jobs."""

    def __init__(
        self,
        jobs: Jobs,
        files: Files,
        providers: Providers,
        moves: Moves,
        listeners: Listeners,
        quota: Quota,
        provider: Submissions,
        archiving: Archiving,
    ) -> None:
        self._jobs = jobs
        self._files = files
        self._providers = providers
        self._moves = moves
        self._listeners = listeners
        self._quota = quota
        self._provider = provider
        self._archiving = archiving

    # Made and changed

    def create(self, call: Call) -> Answer:
        """`POST /jobs`."""
        settings = self._jobs.settings
        body = json_object(call, settings=settings)
        name = name_of(body.get("jobName"), field="jobName", settings=settings, required=True)
        changes = self._changes(body)
        self._quota.check()
        job = self._jobs.create(name or "")
        self._archiving.watch()
        for attribute, value in changes.items():
            if value is not None:
                setattr(job, attribute, value)
        job.global_tracking_id = text(body.get("globalTrackingId"), field="globalTrackingId")
        if settings.create_job_provider_id == "drop":
            job.provider_id = None
        self._jobs.reorder(job)
        call.facts.update(job=job.id, jobName=job.name)
        return answer_json(self._jobs.show(job, call), status=201)

    def _changes(self, body: Folded) -> dict[str, Any]:
        """What a body says about a job, by attribute; None where it says nothing."""
        changes: dict[str, Any] = {
            attribute: text(body.get(name), field=name) for name, attribute in _TEXTS.items()
        }
        changes["due"] = due_date(body.get("dueDate"), field="dueDate")
        quote = body.get("shouldQuote")
        changes["should_quote"] = None if quote is None else flag(quote, field="shouldQuote")
        changes["metadata"] = metadata(body.get("extendedMetadata"), field="extendedMetadata")
        changes["labels"] = labels(body.get("labels"), field="labels")
        provider = text(body.get("providerId"), field="providerId")
        stored = self._jobs.settings.create_job_provider_id == "store"
        changes["provider_id"] = (
            self._providers.known(provider).id if provider and stored else provider or None
        )
        return changes

    def patch(self, call: Call) -> Answer:
        """`PATCH /jobs/{jobId}`: what is given changes."""
        return self._update(call, whole=False)

    def put(self, call: Call) -> Answer:
        """`PUT /jobs/{jobId}`: the older form; what is not given is cleared, but for the provider."""
        return self._update(call, whole=True)

    def _update(self, call: Call, *, whole: bool) -> Answer:
        job = self._jobs.in_path(call)
        settings = self._jobs.settings
        body = json_object(call, settings=settings)
        name = name_of(body.get("jobName"), field="jobName", settings=settings, required=whole)
        changes = self._changes(body)
        provider = text(body.get("providerId"), field="providerId")
        if provider:
            self._providers.known(provider)
        if job.status != CREATED:
            raise self._jobs.conflict(
                f"A job can only be changed before it is submitted; it is {job.status}."
            )
        clears = whole or settings.patch_null == "clear"
        for attribute, value in changes.items():
            given = _WIRE[attribute] in body
            if value is None:
                if attribute != "provider_id" and (whole or (clears and given)):
                    setattr(job, attribute, _empty(attribute))
            elif value == {} and not whole and settings.patch_empty_map == "leave":
                continue
            else:
                setattr(job, attribute, value)
        job.name = name or job.name
        if "aggregateRequests" in body:
            job.aggregate_requests = body.get("aggregateRequests")
        self._jobs.touch(job)
        return answer_json(self._jobs.show(job, call))

    def submit(self, call: Call) -> Answer:
        """`PUT /jobs/{jobId}/submit`: the answer shows SENDING already."""
        job = self._jobs.in_path(call)
        body = json_object(call, settings=self._jobs.settings)
        wanted = text(body.get("providerId"), field="providerId") or job.provider_id
        provider = self._providers.known(wanted)
        if job.status != CREATED:
            raise self._jobs.conflict(f"Job '{job.id}' was submitted already; it is {job.status}.")
        if not job.requests and not job.tm_updates:
            raise self._jobs.conflict("A job needs at least one request or TM update to be submitted.")
        if job.should_quote and not provider.quote:
            raise invalid(f"provider '{provider.id}' does not give quotes.", field="shouldQuote")
        if job.tm_updates and not provider.update_tm:
            raise invalid(f"provider '{provider.id}' takes no TM updates.", field="providerId")
        if self._jobs.settings.validate_languages:
            for request in job.requests.values():
                if not provider.takes(request.source_language, request.target_language):
                    raise invalid(
                        f"provider '{provider.id}' does not translate from {request.source_language} to "
                        f"{request.target_language}.",
                        field="providerId",
                    )
        self._quota.check()
        job.provider_id = provider.id
        job.submitted = call.now
        call.facts.update(provider=provider.id, requests=len(job.requests))
        self._moves.requests(list(job.requests.values()), SENDING)
        self._moves.job(job, SENDING)
        self._provider.submitted(job)
        return answer_json(self._jobs.show(job, call))

    def complete(self, call: Call) -> Answer:
        """`PUT /jobs/{jobId}/complete`: nothing is imported any more."""
        job = self._jobs.in_path(call)
        json_object(call, settings=self._jobs.settings, required=False)
        too_early = job.status == SENT and not self._jobs.settings.complete_when_sent
        if job.status not in _COMPLETABLE or too_early:
            raise self._jobs.conflict(f"Job '{job.id}' is {job.status} and cannot be completed.")
        self._moves.job(job, COMPLETED, tell=self._jobs.settings.completed_update)
        return answer_json(self._jobs.show(job, call))

    def in_translation(self, call: Call) -> Answer:
        """`PUT /jobs/{jobId}/intranslation`: only from COMPLETED."""
        job = self._jobs.in_path(call)
        json_object(call, settings=self._jobs.settings, required=False)
        if job.status != COMPLETED:
            raise self._jobs.conflict(f"Only a completed job can go back to translation; it is {job.status}.")
        self._moves.job(job, IN_TRANSLATION)
        return answer_json(self._jobs.show(job, call))

    def delete(self, call: Call) -> Answer:
        """`DELETE /jobs/{jobId}`: house-keeping, never a cancel."""
        job = self._jobs.in_path(call)
        kept = job.status == CREATED and not self._jobs.settings.delete_created
        if job.status not in _DELETABLE or kept:
            raise self._jobs.conflict(
                f"A job that is {job.status} cannot be deleted; deleting does not cancel."
            )
        shown = self._jobs.show(job, call)
        self._jobs.delete(job)
        self._files.drop(job.id)
        self._listeners.job_gone(job, deleted=True)
        return no_content() if self._jobs.settings.delete_status == 204 else answer_json(shown)

    # Read

    def get(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}`; an archived job can be read, but nothing below it."""
        job = self._jobs.in_path(call, archived=self._jobs.settings.archived_job == "readable")
        names, stats = self._fetched(call)
        return answer_json(self._jobs.show(job, call, names=names, stats=stats))

    def _fetched(self, call: Call) -> tuple[tuple[str, ...] | None, bool]:
        word = (query_value(call, "fetchType") or "full").lower()
        if word not in _FETCH_TYPES:
            raise invalid("must be basic, full or fullWithStats.", field="fetchType")
        return BASIC if word == "basic" else None, word == "fullwithstats" and self._jobs.settings.fetch_stats

    def list_active(self, call: Call) -> Answer:
        """`GET /jobs`: those that are not archived, newest first."""
        return self._list(call, archived=False)

    def list_archived(self, call: Call) -> Answer:
        """`GET /jobs/archived`."""
        return self._list(call, archived=True)

    def _list(self, call: Call, *, archived: bool) -> Answer:
        settings = self._jobs.settings
        names, stats = (None, False) if archived else self._fetched(call)
        source = query_value(call, "filter")
        given = {name: query_value(call, name) or "" for name in ("fetchType", "filter", "orderBy")}
        asked = query_values(call, "fields")
        if asked and any(asked):
            names = _names(asked)
            given["fields"] = ",".join(names)
        tree = _parsed(source) if source is not None else None
        as_of, archive_after = call.as_of, settings.auto_archive_seconds

        def keep(job: Job) -> bool:
            return (
                job.archived is archived
                and job.created <= as_of
                and (
                    tree is None
                    or filters.matches(
                        tree,
                        lambda name: value_of(job, name, as_of=as_of, archive_after=archive_after),
                        case_sensitive=settings.filter_case_sensitive,
                        null_ne=settings.filter_null_ne,
                    )
                )
            )

        def show(job: Job) -> dict[str, Any]:
            return self._jobs.show(job, call, names=names, stats=stats)

        order = query_value(call, "orderBy")
        if order is None:
            body = newest_first(
                call,
                self._jobs.oldest_first,
                key="jobs",
                number=_number,
                show=show,
                settings=settings,
                keep=keep,
                others=given,
            )
            return answer_json(body)
        field, descending = _order(order)
        cursors = Cursors(call, others=given)
        cursor = query_value(call, "next")
        after: Place | None = cursors.read(cursor, length=4) if cursor is not None else None
        walk = self._jobs.index(field).walk(after, descending=descending)
        try:
            found, more = first(((place, job) for place, job in walk if keep(job)), settings.page_size)
        except TypeError:
            raise invalid("the cursor is not valid.", field="next") from None
        body = collection(
            [show(job) for _, job in found],
            key="jobs",
            following=cursors.write(found[-1][0]) if more else None,
            cursors=cursors,
            settings=settings,
        )
        return answer_json(body)


_WIRE = {
    **{attribute: name for name, attribute in _TEXTS.items()},
    "due": "dueDate",
    "should_quote": "shouldQuote",
    "metadata": "extendedMetadata",
    "labels": "labels",
    "provider_id": "providerId",
}


def _empty(attribute: str) -> Any:
    if attribute in ("metadata", "labels"):
        return {}
    return False if attribute == "should_quote" else None


def _names(asked: list[str]) -> tuple[str, ...]:
    found = []
    for word in (word.strip() for value in asked for word in value.split(",")):
        name = _BY_LOWER.get(word.lower())
        if name is None:
            raise invalid(f"unknown field '{word}'.", field="fields")
        found.append(name)
    return tuple(dict.fromkeys(name for name in found if name != "jobId"))


def _parsed(source: str) -> filters.Node:
    try:
        return filters.parse(source)
    except filters.FilterError as error:
        raise invalid(str(error), field="filter") from None


def _order(value: str) -> tuple[str, bool]:
    words = value.split()
    if not 1 <= len(words) <= 2 or "," in value:
        raise invalid("at most one field can be given, with 'asc' or 'desc'.", field="orderBy")
    direction = words[1].lower() if len(words) == 2 else "asc"
    if direction not in ("asc", "desc"):
        raise invalid("the direction is 'asc' or 'desc'.", field="orderBy")
    try:
        return filters.field_name(words[0]), direction == "desc"
    except filters.FilterError as error:
        raise invalid(error.reason + ".", field="orderBy") from None
