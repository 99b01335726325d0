"""Files of jobs: a new one, a newer source, a translation made elsewhere.

Source: Phrase TMS API reference, "Create job", "Update source" and "Update target".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from wordferry.tms.phrase.api.answers import reader
from wordferry.tms.phrase.api.bodies import by_id, by_uid, references
from wordferry.tms.phrase.api.dates import write_date
from wordferry.tms.phrase.api.job_settings import Assignment, NotifyProvider, SourceData, StepSettings
from wordferry.tms.phrase.api.jobs import JobsCreated, SourceUpdated
from wordferry.tms.phrase.api.uploads import Source, content_disposition, memsource, upload_body
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["create", "update_source", "update_target"]

T = TypeVar("T")

_JOBS = "/api2/v1/projects/{projectUid}/jobs"
_read = reader(SourceUpdated)
_CREATE = Endpoint("jobs.create", "POST", _JOBS, reader(JobsCreated), Kind.EFFECT, transfer=True)
_SOURCE = Endpoint("jobs.update_source", "POST", _JOBS + "/source", _read, Kind.EFFECT, transfer=True)
_TARGET = Endpoint("jobs.update_target", "POST", _JOBS + "/target", _read, Kind.EFFECT, transfer=True)


def create(
    project_uid: str,
    *,
    file: Source,
    filename: str,
    target_langs: Sequence[str],
    source_data: SourceData | None = None,
    callback_url: str | None = None,
    pre_translate: bool | None = None,
    path: str | None = None,
    import_settings_uid: str | None = None,
    use_project_file_import_settings: bool | None = None,
    workflow_settings: Sequence[StepSettings] | None = None,
    assignments: Sequence[Assignment] | None = None,
    due: datetime | None = None,
    notify_provider: NotifyProvider | None = None,
    preview_package_uid: str | None = None,
    semantic_markup: bool | None = None,
    xml_assistant_profile_uid: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Call[JobsCreated]:
    """Send one file for translation.

    Args:
        project_uid: the project.
        file: bytes, a path (streamed in constant memory) or a `Stream`.
        filename: any script; longer than 255 characters is refused, because the vendor would cut it silently.
        target_langs: Phrase's codes, a subset of the project's.
        source_data: which plugin this is.
        callback_url: told when the import ends.
        pre_translate: start pre-translation after the import.
        path: folder kept for the download, at most 255 characters.
        import_settings_uid: file import settings; excludes the next.
        use_project_file_import_settings: take the settings copied from the template.
        workflow_settings: assignments and due dates per step, for projects with workflow steps.
        assignments: providers per language, for projects without steps.
        due: due date with a time zone, for projects without steps.
        notify_provider: e-mail to providers, for projects without steps.
        preview_package_uid: `file_uid` of an uploaded preview package.
        semantic_markup: if enabled for the organisation.
        xml_assistant_profile_uid: profile for XML.
        extra: further fields of the `Memsource` header, verbatim.

    Returns:
        The jobs, and the asynchronous request of their import. Check `unsupported_files`.

    Raises:
        Refused: bad name, language or settings; nothing was created.
        OutcomeUnknown: the jobs may exist; look for file name and language before repeating.

    Source: Phrase TMS API reference, "Create job".
    """
    header: dict[str, Any] = {
        "targetLangs": list(target_langs),
        "callbackUrl": callback_url,
        "path": path,
        "preTranslate": pre_translate,
        "importSettings": by_uid(import_settings_uid),
        "useProjectFileImportSettings": use_project_file_import_settings,
        "workflowSettings": None if workflow_settings is None else list(workflow_settings),
        "assignments": None if assignments is None else list(assignments),
        "due": None if due is None else write_date(due),
        "notifyProvider": notify_provider,
        "jobPreviewPackageFileUidRef": by_uid(preview_package_uid),
        "semanticMarkup": semantic_markup,
        "xmlAssistantProfile": by_uid(xml_assistant_profile_uid),
        "sourceData": source_data,
        **(extra or {}),
    }
    return _sent(_CREATE, project_uid, file, filename, header)


def update_source(
    project_uid: str,
    *,
    job_uids: Sequence[str],
    file: Source,
    filename: str,
    pre_translate: bool | None = None,
    allow_automatic_post_analysis: bool | None = None,
    callback_url: str | None = None,
) -> Call[SourceUpdated]:
    """Replace the source file of jobs of the first workflow step.

    Args:
        project_uid: the project.
        job_uids: 1 to 100 jobs of the same file. No step of them may be completed, delivered or cancelled.
        file: as in `create`; no ZIP.
        filename: as in `create`.
        pre_translate: start pre-translation afterwards.
        allow_automatic_post_analysis: the project's setting when left out.
        callback_url: told when the update ends.

    Returns:
        The jobs, and the asynchronous request of the update.

    Raises:
        Refused: a job is final, split, continuous or of a later step; a new job is needed.
        OutcomeUnknown: compare the original file's hash before repeating.

    Source: Phrase TMS API reference, "Update source".
    """
    header: dict[str, Any] = {
        "jobs": references(job_uids),
        "preTranslate": pre_translate,
        "allowAutomaticPostAnalysis": allow_automatic_post_analysis,
        "callbackUrl": callback_url,
    }
    return _sent(_SOURCE, project_uid, file, filename, header)


def update_target(
    project_uid: str,
    *,
    job_uid: str,
    file: Source,
    filename: str,
    propagate_confirmed_to_tm: bool | None = None,
    unconfirm_changed_segments: bool | None = None,
    target_segmentation_rule_id: str | None = None,
    callback_url: str | None = None,
) -> Call[SourceUpdated]:
    """Replace the translation of a job by a file that was translated elsewhere.

    Args:
        project_uid: the project.
        job_uid: one job: not split, not continuous, not from a connector.
        file: as in `create`, with the extension of the source; no ZIP.
        filename: as in `create`.
        propagate_confirmed_to_tm: store confirmed segments in the translation memory. The vendor's texts disagree on
            what it does when this is left out.
        unconfirm_changed_segments: leave changed segments unconfirmed.
        target_segmentation_rule_id: id of the organisation's segmentation rule to use.
        callback_url: told when the update ends.

    Returns:
        The job, and the asynchronous request of the update.

    Raises:
        Refused: the job or the file is of a kind that cannot be updated.
        OutcomeUnknown: the update may be running; the same file twice is the same.

    Source: Phrase TMS API reference, "Update target".
    """
    header: dict[str, Any] = {
        "jobs": references([job_uid]),
        "propagateConfirmedToTm": propagate_confirmed_to_tm,
        "unconfirmChangedSegments": unconfirm_changed_segments,
        "targetSegmentationRule": by_id(target_segmentation_rule_id),
        "callbackUrl": callback_url,
    }
    return _sent(_TARGET, project_uid, file, filename, header)


def _sent(
    endpoint: Endpoint[T], project_uid: str, file: Source, filename: str, header: dict[str, Any]
) -> Call[T]:
    return Call(
        endpoint,
        {"projectUid": project_uid},
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Disposition": content_disposition(filename),
            "Memsource": memsource(header),
        },
        body=upload_body(file),
        subject=filename,
    )
