"""The 53 actions and the token call: verb, path, name, handler."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wordferry.sandbox.lionbridge.facts import FACTS
from wordferry.sandbox.lionbridge.values import body_text, query_value
from wordferry.sandbox.routing import Call, Handler, Route

if TYPE_CHECKING:
    from wordferry.sandbox.lionbridge.room import LionbridgeRoom

BASE = "/v2"
JOBS = BASE + "/jobs"
JOB = JOBS + "/{jobId}"
REQUESTS = JOB + "/requests"
REQUEST = REQUESTS + "/{requestId}"
UPDATES = BASE + "/statusupdates"
LISTENERS = UPDATES + "/listeners"
LISTENER = LISTENERS + "/{listenerId}"
# The content's own megabyte grows when it is written as JSON.
_CONTENT_BODY = 8 * 1024 * 1024


def _nothing(_: Call) -> str:
    return ""


def _param(name: str) -> Callable[[Call], str]:
    return lambda call: call.params[name]


def _file_name(call: Call) -> str:
    return f"{call.params['jobId']}/{query_value(call, 'fileName') or ''}"


def _job_name(call: Call) -> str:
    return body_text(call, "jobName")


def _requests_of(call: Call) -> str:
    return f"{call.params['jobId']}/{body_text(call, 'requestName')}"


def _reads(room: LionbridgeRoom) -> list[tuple[str, str, Handler, Callable[[Call], str]]]:
    job, request, listener = _param("jobId"), _param("requestId"), _param("listenerId")
    return [
        (JOB + "/sourcefiles/{fmsFileId}", "get_source_file", room.source_files.get, _param("fmsFileId")),
        (REQUEST + "/retrievefile", "retrieve_file", room.source_files.retrieve, request),
        (JOBS + "/archived", "list_archived_jobs", room.job_calls.list_archived, _nothing),
        (JOB, "get_job", room.job_calls.get, job),
        (JOBS, "list_jobs", room.job_calls.list_active, _nothing),
        (LISTENER + "/invocations/pending", "list_pending_invocations", room.listeners.pending, listener),
        (LISTENER + "/invocations/failed", "list_failed_invocations", room.listeners.failed, listener),
        (LISTENERS, "list_listeners", room.listeners.listing, _nothing),
        (LISTENER, "get_listener", room.listeners.get, listener),
        (BASE + "/providers/{providerId}", "get_provider", room.providers.get, _param("providerId")),
        (BASE + "/providers", "list_providers", room.providers.listing, _nothing),
        (BASE + "/quota", "get_quota", room.quota.get, _nothing),
        (REQUESTS, "list_requests", room.requests.listing, job),
        (REQUEST, "get_request", room.requests.get, request),
        (
            BASE + "/providers/{providerId}/statusupdates",
            "list_provider_updates",
            room.updates.list_of_provider,
            _param("providerId"),
        ),
        (JOB + "/statusupdates", "list_job_updates", room.updates.list_of_job, job),
        (UPDATES, "list_updates", room.updates.list_all, _nothing),
        (JOB + "/supportassets", "list_support_assets", room.assets.list_assets, job),
        (
            JOB + "/supportassets/{supportassetId}",
            "get_support_asset",
            room.assets.get_asset,
            _param("supportassetId"),
        ),
        (
            JOB + "/sourcecontent/{sourcecontentId}",
            "get_source_content",
            room.contents.get,
            _param("sourcecontentId"),
        ),
        (REQUEST + "/retrieve", "retrieve_content", room.contents.retrieve, request),
        (JOB + "/tmupdates/{tmupdateId}", "get_tm_update", room.assets.get_update, _param("tmupdateId")),
        (JOB + "/tmupdates", "list_tm_updates", room.assets.list_updates, job),
    ]


def _writes(room: LionbridgeRoom) -> list[tuple[str, str, str, Handler, Callable[[Call], str]]]:
    job, request, listener = _param("jobId"), _param("requestId"), _param("listenerId")
    return [
        ("PUT", JOB + "/archive", "archive_job", room.archiving.archive, job),
        ("PUT", JOB + "/unarchive", "unarchive_job", room.archiving.unarchive, job),
        ("POST", JOB + "/sourcefiles", "create_source_file", room.source_files.create, _file_name),
        ("PUT", JOB + "/complete", "complete_job", room.job_calls.complete, job),
        ("POST", JOBS, "create_job", room.job_calls.create, _job_name),
        ("DELETE", JOB, "delete_job", room.job_calls.delete, job),
        ("PUT", JOB + "/submit", "submit_job", room.job_calls.submit, job),
        ("PUT", JOB + "/intranslation", "uncomplete_job", room.job_calls.in_translation, job),
        ("PATCH", JOB, "patch_job", room.job_calls.patch, job),
        ("PUT", JOB, "replace_job", room.job_calls.put, job),
        ("POST", LISTENERS, "create_listener", room.listeners.create, _nothing),
        ("DELETE", LISTENER, "delete_listener", room.listeners.delete, listener),
        ("PATCH", LISTENER, "patch_listener", room.listeners.patch, listener),
        ("PUT", REQUESTS + "/updatecontent", "update_content", room.requests.update_content, job),
        ("PUT", REQUESTS + "/approve", "approve_requests", room.requests.approve, job),
        ("POST", REQUESTS + "/addfile", "add_file_requests", room.adding.add_file, _requests_of),
        ("POST", REQUESTS + "/add", "add_requests", room.adding.add, _requests_of),
        ("DELETE", REQUEST, "delete_request", room.requests.delete, request),
        ("PUT", REQUESTS + "/reject", "reject_requests", room.requests.reject, job),
        ("PUT", REQUESTS + "/updatefilecontent", "update_file_content", room.requests.update_file, job),
        ("PATCH", REQUEST, "patch_request", room.requests.patch, request),
        ("PATCH", REQUESTS, "patch_requests", room.requests.patch_many, job),
        (
            "PUT",
            UPDATES + "/{updateId}/acknowledge",
            "acknowledge_update",
            room.updates.acknowledge,
            _param("updateId"),
        ),
        ("POST", JOB + "/supportassets", "create_support_asset", room.assets.create_asset, job),
        (
            "DELETE",
            JOB + "/supportassets/{supportassetId}",
            "delete_support_asset",
            room.assets.delete_asset,
            _param("supportassetId"),
        ),
        ("POST", JOB + "/tmupdates", "create_tm_update", room.assets.create_update, job),
        (
            "PUT",
            LISTENER + "/invocations/{invocationId}/retry",
            "retry_invocation",
            room.listeners.retry_one,
            _param("invocationId"),
        ),
        ("PUT", LISTENER + "/retry", "retry_invocations", room.listeners.retry_many, listener),
    ]


def _contents(room: LionbridgeRoom) -> list[tuple[str, str, str, Handler, Callable[[Call], str]]]:
    content = JOB + "/sourcecontent"
    return [
        ("POST", content, "create_source_content", room.contents.create, _param("jobId")),
        (
            "PUT",
            content + "/{sourcecontentId}",
            "replace_source_content",
            room.contents.replace,
            _param("sourcecontentId"),
        ),
    ]


def routes(room: LionbridgeRoom) -> list[Route]:
    """Every call of the API."""
    return [
        _route("POST", "/connect/token", "token", room.auth.token, _nothing, open=True),
        *(_route("GET", path, action, handler, about) for path, action, handler, about in _reads(room)),
        *(_route(*row, mutating=True) for row in _writes(room)),
        *(_route(*row, mutating=True, body_limit=_CONTENT_BODY) for row in _contents(room)),
    ]


def _route(
    verb: str, path: str, action: str, handler: Handler, about: Callable[[Call], str], **more: Any
) -> Route:
    return Route(verb, path, f"lionbridge.{action}", handler, about, **more, **FACTS[action]._asdict())
