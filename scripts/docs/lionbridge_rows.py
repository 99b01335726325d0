"""The 53 actions of the Lionbridge Content API, in the order of the list that is published of them.

A test holds the client, the command line and the sandbox to it.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ROWS", "Row"]


class Row(NamedTuple):
    """Group and name of an action, its request, and the call of the client that makes it."""

    group: str
    action: str
    request: str
    call: str


ROWS: tuple[Row, ...] = (
    Row("Archive", "Archive a job", "PUT /jobs/{jobId}/archive", "jobs.archive"),
    Row("Archive", "Unarchive a job", "PUT /jobs/{jobId}/unarchive", "jobs.unarchive"),
    Row("FileTransfer", "Begin to upload a file", "POST /jobs/{jobId}/sourcefiles", "source_files.create"),
    Row(
        "FileTransfer",
        "Fetch a source file",
        "GET /jobs/{jobId}/sourcefiles/{fmsFileId}",
        "source_files.download",
    ),
    Row(
        "FileTransfer",
        "Fetch a translation as a file",
        "GET /jobs/{jobId}/requests/{requestId}/retrievefile",
        "requests.retrieve_file",
    ),
    Row("Job", "Complete a job", "PUT /jobs/{jobId}/complete", "jobs.complete"),
    Row("Job", "Create a job", "POST /jobs", "jobs.create"),
    Row("Job", "Delete a job", "DELETE /jobs/{jobId}", "jobs.delete"),
    Row("Job", "List archived jobs", "GET /jobs/archived", "jobs.archived"),
    Row("Job", "Get a job", "GET /jobs/{jobId}", "jobs.get"),
    Row("Job", "List active jobs", "GET /jobs", "jobs.list"),
    Row("Job", "Submit a job", "PUT /jobs/{jobId}/submit", "jobs.submit"),
    Row("Job", "Un-complete a job", "PUT /jobs/{jobId}/intranslation", "jobs.in_translation"),
    Row("Job", "Update a job", "PATCH /jobs/{jobId}", "jobs.update"),
    Row("Job", "Replace a job", "PUT /jobs/{jobId}", "jobs.replace"),
    Row("Listener", "Create a listener", "POST /statusupdates/listeners", "listeners.create"),
    Row("Listener", "Delete a listener", "DELETE /statusupdates/listeners/{listenerId}", "listeners.delete"),
    Row(
        "Listener",
        "List pending invocations",
        "GET /statusupdates/listeners/{listenerId}/invocations/pending",
        "listeners.pending",
    ),
    Row(
        "Listener",
        "List failed invocations",
        "GET /statusupdates/listeners/{listenerId}/invocations/failed",
        "listeners.failed",
    ),
    Row("Listener", "Update a listener", "PATCH /statusupdates/listeners/{listenerId}", "listeners.update"),
    Row("Listener", "List listeners", "GET /statusupdates/listeners", "listeners.list"),
    Row("Listener", "Get a listener", "GET /statusupdates/listeners/{listenerId}", "listeners.get"),
    Row(
        "NotYetImplemented",
        "Replace inline content of requests",
        "PUT /jobs/{jobId}/requests/updatecontent",
        "requests.update_content",
    ),
    Row("Provider", "Get a provider", "GET /providers/{providerId}", "providers.get"),
    Row("Provider", "List providers", "GET /providers", "providers.list"),
    Row("Quota", "Get the quota", "GET /quota", "quota.get"),
    Row("Request", "Approve requests", "PUT /jobs/{jobId}/requests/approve", "requests.approve"),
    Row("Request", "Add requests from a file", "POST /jobs/{jobId}/requests/addfile", "requests.add_file"),
    Row("Request", "Add requests", "POST /jobs/{jobId}/requests/add", "requests.add"),
    Row("Request", "Delete a request", "DELETE /jobs/{jobId}/requests/{requestId}", "requests.delete"),
    Row("Request", "List requests", "GET /jobs/{jobId}/requests", "requests.list"),
    Row("Request", "Get a request", "GET /jobs/{jobId}/requests/{requestId}", "requests.get"),
    Row("Request", "Reject requests", "PUT /jobs/{jobId}/requests/reject", "requests.reject"),
    Row(
        "Request",
        "Replace the file of requests",
        "PUT /jobs/{jobId}/requests/updatefilecontent",
        "requests.update_file_content",
    ),
    Row("Request", "Update a request", "PATCH /jobs/{jobId}/requests/{requestId}", "requests.update"),
    Row("Request", "Update several requests", "PATCH /jobs/{jobId}/requests", "requests.update_many"),
    Row(
        "StatusUpdate",
        "Acknowledge a status update",
        "PUT /statusupdates/{updateId}/acknowledge",
        "status_updates.acknowledge",
    ),
    Row(
        "StatusUpdate",
        "List those of a provider",
        "GET /providers/{providerId}/statusupdates",
        "status_updates.for_provider",
    ),
    Row("StatusUpdate", "List those of a job", "GET /jobs/{jobId}/statusupdates", "status_updates.for_job"),
    Row("StatusUpdate", "List all", "GET /statusupdates", "status_updates.list"),
    Row("SupportAsset", "Add a support asset", "POST /jobs/{jobId}/supportassets", "support_assets.create"),
    Row(
        "SupportAsset",
        "Delete a support asset",
        "DELETE /jobs/{jobId}/supportassets/{supportassetId}",
        "support_assets.delete",
    ),
    Row("SupportAsset", "List support assets", "GET /jobs/{jobId}/supportassets", "support_assets.list"),
    Row(
        "SupportAsset",
        "Get a support asset",
        "GET /jobs/{jobId}/supportassets/{supportassetId}",
        "support_assets.get",
    ),
    Row(
        "TranslationContent",
        "Create inline content",
        "POST /jobs/{jobId}/sourcecontent",
        "source_content.create",
    ),
    Row(
        "TranslationContent",
        "Get inline content",
        "GET /jobs/{jobId}/sourcecontent/{sourcecontentId}",
        "source_content.get",
    ),
    Row(
        "TranslationContent",
        "Replace inline content",
        "PUT /jobs/{jobId}/sourcecontent/{sourcecontentId}",
        "source_content.replace",
    ),
    Row(
        "TranslationContent",
        "Retrieve translated content",
        "GET /jobs/{jobId}/requests/{requestId}/retrieve",
        "requests.retrieve",
    ),
    Row("TranslationMemory", "Add a TM update", "POST /jobs/{jobId}/tmupdates", "tm_updates.create"),
    Row("TranslationMemory", "Get a TM update", "GET /jobs/{jobId}/tmupdates/{tmupdateId}", "tm_updates.get"),
    Row("TranslationMemory", "List TM updates", "GET /jobs/{jobId}/tmupdates", "tm_updates.list"),
    Row(
        "Webhook",
        "Retry an invocation",
        "PUT /statusupdates/listeners/{listenerId}/invocations/{invocationId}/retry",
        "listeners.retry",
    ),
    Row(
        "Webhook",
        "Retry several invocations",
        "PUT /statusupdates/listeners/{listenerId}/retry",
        "listeners.retry_many",
    ),
)
