"""Inline content: fields of key, value and comment, in and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from wordferry.sandbox.lionbridge import ids
from wordferry.sandbox.lionbridge.errors import LionbridgeError, invalid, not_found
from wordferry.sandbox.lionbridge.job import CREATED, Job
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.paging import Cursors, collection
from wordferry.sandbox.lionbridge.request import Request
from wordferry.sandbox.lionbridge.values import Folded, json_object, text
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings
from wordferry.sandbox.routing import Answer, Call, answer_json
from wordferry.sandbox.world import World


@dataclass(slots=True, eq=False)
class SourceContent:
    """One list of fields, as (key, value, comment)."""

    id: str
    fields: list[tuple[str, str, str | None]]


def _fields(value: Any, settings: LionbridgeSettings) -> list[tuple[str, str, str | None]]:
    if not isinstance(value, list) or not value:
        raise invalid("must be a list with at least one field.", field="fields")
    found: list[tuple[str, str, str | None]] = []
    size = 0
    for entry in value:
        if not isinstance(entry, dict):
            raise invalid("each entry must be an object.", field="fields")
        folded = Folded(entry)
        key = text(folded.get("key"), field="fields.key")
        if not key:
            raise invalid("is required.", field="fields.key")
        content = text(folded.get("value"), field="fields.value") or ""
        comment = text(folded.get(settings.comment_property), field=f"fields.{settings.comment_property}")
        found.append((key, content, comment))
        size += sum(len(part.encode("utf-8", "surrogatepass")) for part in (key, content, comment or ""))
    keys = [key for key, _, _ in found]
    double = (
        next((key for at, key in enumerate(keys) if key in keys[:at]), None)
        if len(set(keys)) < len(keys)
        else None
    )
    if double is not None:
        raise invalid(f"the key '{double}' is given twice.", field="fields")
    if size > settings.content_limit_bytes:
        raise invalid(
            f"names, values and comments have {size} bytes, and {settings.content_limit_bytes} are allowed.",
            field="fields",
        )
    return found


def render_xml(fields: list[tuple[str, str]]) -> bytes:
    """Inline content as a file: what `retrievefile` gives for such a request."""
    rows = "".join(f"  <field key={quoteattr(key)}>{escape(value)}</field>\n" for key, value in fields)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<content>\n{rows}</content>\n'.encode()


class Contents:
    """The calls on inline content."""

    def __init__(self, world: World, jobs: Jobs) -> None:
        self._world = world
        self._jobs = jobs

    def _show(self, content: SourceContent) -> dict[str, Any]:
        settings = self._jobs.settings
        shown = []
        for key, value, comment in content.fields:
            entry: dict[str, Any] = {"key": key, "value": value}
            if comment is not None:
                entry[settings.comment_property] = comment
            shown.append(entry)
        return {"sourcecontentId": content.id, "fields": shown}

    def _in_path(self, call: Call) -> tuple[Job, SourceContent]:
        job = self._jobs.in_path(call)
        uid = call.params["sourcecontentId"]
        content = job.contents.get(uid)
        if content is None:
            raise not_found("Source content", uid)
        return job, content

    def create(self, call: Call) -> Answer:
        """`POST /jobs/{jobId}/sourcecontent`."""
        job = self._jobs.in_path(call)
        settings = self._jobs.settings
        fields = _fields(json_object(call, settings=settings).get("fields"), settings)
        content = SourceContent(
            ids.short(self._world.ids, "content", job.id, *(key for key, _, _ in fields)), fields
        )
        job.contents[content.id] = content
        self._jobs.touch(job)
        call.facts.update(sourcecontent=content.id, fields=len(fields))
        return answer_json(self._show(content), status=settings.created_status)

    def get(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/sourcecontent/{sourcecontentId}`."""
        _, content = self._in_path(call)
        return answer_json(self._show(content))

    def replace(self, call: Call) -> Answer:
        """`PUT /jobs/{jobId}/sourcecontent/{sourcecontentId}`: the whole list, while the job is CREATED."""
        job, content = self._in_path(call)
        settings = self._jobs.settings
        fields = _fields(json_object(call, settings=settings).get("fields"), settings)
        if job.status != CREATED:
            raise self._jobs.conflict("Source content can only be replaced while the job is CREATED.")
        content.fields = fields
        self._jobs.touch(job)
        return answer_json(self._show(content))

    def retrieve(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/requests/{requestId}/retrieve`: a collection although it names one request."""
        _, request = self._jobs.request_in_path(call)
        settings = self._jobs.settings
        if request.content is None:
            raise invalid("the request has a file; use retrievefile.", field="requestId")
        fields = delivered_fields(request, settings)
        request.fetched += 1
        call.facts.update(locale=request.target_language, file=request.label)
        shown = {
            "requestId": request.id,
            "sourceNativeId": request.source_native_id,
            "sourceNativeLanguageCode": request.source_language,
            "targetNativeId": request.target_native_id,
            "targetNativeLanguageCode": request.target_language,
            "targetContent": [{"key": key, "value": value} for key, value in fields],
        }
        body = collection(
            [shown],
            key=settings.translation_content_key,
            following=None,
            cursors=Cursors(call, others={}),
            settings=settings,
        )
        return answer_json(body)


def delivered_fields(request: Request, settings: LionbridgeSettings) -> list[tuple[str, str]]:
    """What was delivered last for a request with inline content.

    Raises:
        LionbridgeError: before the first delivery.
    """
    if request.target_fields is None:
        raise not_delivered(request, settings)
    return request.target_fields


def not_delivered(request: Request, settings: LionbridgeSettings) -> LionbridgeError:
    """Nothing has come back for the request yet."""
    return LionbridgeError(settings.early_status, f"Request '{request.id}' has no translation yet.")
