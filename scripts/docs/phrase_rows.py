"""The calls of Phrase TMS that its plugin guide needs, and those that go with them: the one list of them.

A test holds the client, the command line and the sandbox to it.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ROWS", "Row"]

P = "/api2/v1/projects/{projectUid}"
P2 = "/api2/v2/projects/{projectUid}"
P3 = "/api2/v3/projects/{projectUid}"
W = "/api2/v2/webhooks"


class Row(NamedTuple):
    """What is done, by which requests, with which calls of the client."""

    action: str
    requests: tuple[str, ...]
    calls: tuple[str, ...]


ROWS: tuple[Row, ...] = (
    Row("Token exchange", ("POST /idm/oauth/token",), ("auth.token",)),
    Row("List project templates", ("GET /api2/v1/projectTemplates",), ("templates.list",)),
    Row("Get project template", ("GET /api2/v1/projectTemplates/{projectTemplateUid}",), ("templates.get",)),
    Row(
        "Create project from template",
        ("POST /api2/v2/projects/applyTemplate/{templateUid}",),
        ("projects.from_template",),
    ),
    Row(
        "Create project from template, in the background",
        ("POST /api2/v2/projects/applyTemplate/async/{templateUid}",),
        ("projects.from_template_async",),
    ),
    Row("Create project without template", ("POST /api2/v3/projects",), ("projects.create",)),
    Row("Get project", (f"GET {P}",), ("projects.get",)),
    Row("List projects", ("GET /api2/v1/projects",), ("projects.list",)),
    Row("Edit project", (f"PATCH {P}", f"PUT {P3}"), ("projects.edit", "projects.replace")),
    Row("Set project status", (f"POST {P}/setStatus",), ("projects.set_status",)),
    Row(
        "Archive and restore project",
        (f"PATCH {P}", f"PATCH {P}/restore"),
        ("projects.archive", "projects.restore"),
    ),
    Row("Delete project", (f"DELETE {P}",), ("projects.delete",)),
    Row("Project workflow steps", (f"GET {P2}/workflowSteps",), ("projects.workflow_steps",)),
    Row("Add target languages", (f"POST {P}/targetLangs",), ("projects.add_target_langs",)),
    Row("Upload preview package", (f"POST {P}/jobPreviewPackage",), ("previews.upload",)),
    Row("Create job", (f"POST {P}/jobs",), ("jobs.create",)),
    Row("List jobs", (f"GET {P2}/jobs",), ("jobs.list",)),
    Row("Get job", (f"GET {P}/jobs/{{jobUid}}",), ("jobs.get",)),
    Row("List job parts", (f"GET {P}/jobs/{{jobUid}}/parts",), ("jobs.parts",)),
    Row(
        "Edit job",
        (
            f"PUT {P}/jobs/{{jobUid}}",
            f"PATCH {P}/jobs/{{jobUid}}",
            "PATCH /api2/v3/jobs",
            f"PUT {P}/jobs/batch",
        ),
        ("jobs.replace", "jobs.edit", "jobs.edit_many", "jobs.replace_many"),
    ),
    Row("Set job status", (f"POST {P}/jobs/{{jobUid}}/setStatus",), ("jobs.set_status",)),
    Row("Job status history", (f"GET {P}/jobs/{{jobUid}}/statusChanges",), ("jobs.status_changes",)),
    Row("Delete jobs", (f"DELETE {P}/jobs/batch",), ("jobs.delete",)),
    Row(
        "Assign providers from template",
        (f"POST {P}/applyTemplate/{{templateUid}}/assignProviders",),
        ("providers.from_template",),
    ),
    Row(
        "Assign providers from template, some jobs",
        (f"POST {P}/applyTemplate/{{templateUid}}/assignProviders/forJobParts",),
        ("providers.for_jobs",),
    ),
    Row("Analyses by providers", ("POST /api2/v1/analyses/byProviders",), ("analyses.by_providers",)),
    Row("Get analysis", ("GET /api2/v3/analyses/{analyseUid}",), ("analyses.get",)),
    Row("Notify assigned", (f"POST {P}/jobs/notifyAssigned",), ("providers.notify_assigned",)),
    Row("Update source", (f"POST {P}/jobs/source",), ("jobs.update_source",)),
    Row("Update target", (f"POST {P}/jobs/target",), ("jobs.update_target",)),
    Row(
        "Start target-file export",
        (f"PUT {P3}/jobs/{{jobUid}}/targetFile", f"PUT {P2}/jobs/{{jobUid}}/targetFile"),
        ("target_files.start",),
    ),
    Row(
        "Download target file",
        (f"GET {P2}/jobs/{{jobUid}}/downloadTargetFile/{{asyncRequestId}}",),
        ("target_files.download",),
    ),
    Row("Target file warnings", (f"GET {P}/jobs/{{jobUid}}/targetFileWarnings",), ("target_files.warnings",)),
    Row("Original file", (f"GET {P}/jobs/{{jobUid}}/original",), ("target_files.original",)),
    Row("Bilingual file", (f"POST {P}/jobs/bilingualFile",), ("bilingual_files.download",)),
    Row("Pre-translate", (f"POST {P3}/jobs/preTranslate",), ("jobs.pre_translate",)),
    Row("Get async request", ("GET /api2/v1/async/{asyncRequestId}",), ("async_requests.get",)),
    Row("Pending async requests", ("GET /api2/v1/async",), ("async_requests.pending",)),
    Row("Async concurrency", ("GET /api2/v1/async/status",), ("async_requests.status",)),
    Row(
        "Webhooks",
        (
            f"POST {W}",
            f"GET {W}",
            f"GET {W}/{{webHookUid}}",
            f"PUT {W}/{{webHookUid}}",
            f"DELETE {W}/{{webHookUid}}",
        ),
        ("webhooks.create", "webhooks.list", "webhooks.get", "webhooks.replace", "webhooks.delete"),
    ),
    Row(
        "Webhook test and previews",
        (f"POST {W}/{{webhookUid}}/test", f"GET {W}/previews"),
        ("webhooks.test", "webhooks.previews"),
    ),
    Row(
        "Webhook call log and replay",
        (
            "GET /api2/v1/webhooksCalls",
            "POST /api2/v1/webhooksCalls/replay",
            "POST /api2/v1/webhooksCalls/replay/latest",
        ),
        ("webhooks.deliveries", "webhooks.replay", "webhooks.replay_latest"),
    ),
    Row("Email templates", ("GET /api2/v1/emailTemplates",), ("email_templates.list",)),
    Row("Jobs of one user, all projects", ("GET /api2/v1/users/{userUid}/jobs",), ("users.jobs",)),
)
