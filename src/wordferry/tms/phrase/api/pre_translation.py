"""Pre-translation: memory and machine translation before people begin.

Source: Phrase TMS API reference, "Pre-translate job".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wordferry.tms.phrase.api.answers import reader
from wordferry.tms.phrase.api.async_requests import Started
from wordferry.tms.phrase.api.bodies import JSON, encode, references
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["start"]

_START = Endpoint(
    "jobs.pre_translate",
    "POST",
    "/api2/v3/projects/{projectUid}/jobs/preTranslate",
    reader(Started),
    Kind.EFFECT,
)


def start(
    project_uid: str,
    job_uids: Sequence[str],
    *,
    use_project_pre_translate_settings: bool | None = None,
    pre_translate_settings: Mapping[str, Any] | None = None,
    segment_filters: Sequence[str] | None = None,
    callback_url: str | None = None,
) -> Call[Started]:
    """Start pre-translation of jobs of the lowest active workflow step.

    Args:
        project_uid: the project.
        job_uids: 1 to 100 jobs, all of them imported.
        use_project_pre_translate_settings: take the project's settings.
        pre_translate_settings: needed when the project's are not taken, verbatim: `translationMemorySettings`,
            `machineTranslationSettings`, `overwriteExistingTranslations` and so on.
        segment_filters: `LOCKED`, `NOT_LOCKED`.
        callback_url: told when it ends.

    Returns:
        The asynchronous request.

    Raises:
        NotYet: an import still runs.
        Refused: neither kind of settings, or jobs that do not fit.
        OutcomeUnknown: it may be running; look at the pending requests before repeating.

    Source: Phrase TMS API reference, "Pre-translate job".
    """
    fields = {
        "jobs": references(job_uids),
        "useProjectPreTranslateSettings": use_project_pre_translate_settings,
        "preTranslateSettings": pre_translate_settings,
        "segmentFilters": None if segment_filters is None else list(segment_filters),
        "callbackUrl": callback_url,
    }
    return Call(_START, {"projectUid": project_uid}, headers=JSON, body=encode(fields))
