"""Analyses: counts per provider.

Source: Phrase TMS API reference, "Create analyses by providers" and "Get analysis".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from wordferry.tms.phrase.api.answers import Answer, Id, Numbered, Page, reader
from wordferry.tms.phrase.api.async_requests import AsyncRequest
from wordferry.tms.phrase.api.bodies import JSON, by_id, encode, references
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.references import ImportStatus, ProjectRef, Provider, UserRef
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = [
    "AnalysesCreated",
    "AnalysesStarted",
    "Analysis",
    "LanguagePart",
    "StartedAnalysis",
    "by_languages",
    "by_providers",
    "create",
    "get",
    "of_job",
    "page",
]


class LanguagePart(Numbered, frozen=True, kw_only=True):
    """Counts of one language pair. The counts stay as the vendor sends them: `data` has some 60 numbers."""

    source_lang: str | None = None
    target_lang: str | None = None
    data: dict[str, Any] | None = None
    discounted_data: dict[str, Any] | None = None


class Analysis(Numbered, frozen=True, kw_only=True):
    """An analysis; its counts are there once `import_status` is `OK`."""

    numbers: ClassVar[tuple[str, ...]] = ("id", "inner_id")

    uid: str | None = None
    inner_id: Id | None = None
    type: str | None = None
    name: str | None = None
    provider: Provider | None = None
    outdated: bool | None = None
    import_status: ImportStatus | None = None
    analyse_language_parts: tuple[LanguagePart, ...] | None = None
    project: ProjectRef | None = None
    created_by: UserRef | None = None
    date_created: Date | None = None
    pure_warnings: tuple[str, ...] | None = None


class StartedAnalysis(Answer, frozen=True, kw_only=True):
    """One analysis that is being made."""

    analyse: Analysis | None = None
    async_request: AsyncRequest | None = None


class AnalysesStarted(Answer, frozen=True, kw_only=True):
    """One entry per provider or language."""

    analyses: tuple[StartedAnalysis, ...] = ()


class AnalysesCreated(Answer, frozen=True, kw_only=True):
    """One entry per part. The newer call names the list after the requests."""

    async_requests: tuple[StartedAnalysis, ...] = ()


_read = reader(AnalysesStarted)
_read_page = reader(Page[Analysis])
_PROJECT = "/api2/v3/projects/{projectUid}"
_BY_PROVIDERS = Endpoint("analyses.by_providers", "POST", "/api2/v1/analyses/byProviders", _read, Kind.EFFECT)
_BY_LANGUAGES = Endpoint("analyses.by_languages", "POST", "/api2/v1/analyses/byLanguages", _read, Kind.EFFECT)
_CREATED = reader(AnalysesCreated)
_CREATE = Endpoint("analyses.create", "POST", "/api2/v2/analyses", _CREATED, Kind.EFFECT)
_GET = Endpoint("analyses.get", "GET", "/api2/v3/analyses/{analyseUid}", reader(Analysis), Kind.READ)
_PAGE = Endpoint("analyses.list", "GET", _PROJECT + "/analyses", _read_page, Kind.READ)
_OF_JOB = Endpoint("analyses.of_job", "GET", _PROJECT + "/jobs/{jobUid}/analyses", _read_page, Kind.READ)


def by_providers(
    job_uids: Sequence[str],
    *,
    type: str = "PreAnalyse",
    name: str | None = None,
    callback_url: str | None = None,
    compare_workflow_level: int | None = None,
    use_project_analysis_settings: bool | None = None,
    net_rate_scheme_id: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Call[AnalysesStarted]:
    """Start one analysis per provider of the given jobs.

    Args:
        job_uids: 1 to 100 jobs of one project.
        type: `PreAnalyse`, `PostAnalyse` or `Compare`.
        name: at most 255 characters; the only way to find it again.
        callback_url: told when an analysis ends.
        compare_workflow_level: 1 to 15, needed for `Compare`.
        use_project_analysis_settings: take the project's settings; explicit ones win.
        net_rate_scheme_id: discounts.
        settings: further fields, verbatim, for example `{"includeNumbers": False}`.

    Returns:
        One entry per provider, each with its asynchronous request.

    Raises:
        NeedsOperator: the role may not create analyses.
        OutcomeUnknown: look through the project's analyses by name before repeating.

    Source: Phrase TMS API reference, "Create analyses by providers".
    """
    fields = _fields(
        job_uids,
        type,
        name,
        callback_url,
        compare_workflow_level,
        use_project_analysis_settings,
        net_rate_scheme_id,
    )
    return Call(_BY_PROVIDERS, headers=JSON, body=encode(fields | dict(settings or {})), subject=name)


def by_languages(
    job_uids: Sequence[str],
    *,
    type: str = "PreAnalyse",
    name: str | None = None,
    callback_url: str | None = None,
    compare_workflow_level: int | None = None,
    use_project_analysis_settings: bool | None = None,
    net_rate_scheme_id: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Call[AnalysesStarted]:
    """Start one analysis per target language of the given jobs.

    Args:
        job_uids: 1 to 100 jobs of one project.
        type: `PreAnalyse`, `PostAnalyse` or `Compare`.
        name: at most 255 characters; the only way to find it again.
        callback_url: told when an analysis ends.
        compare_workflow_level: 1 to 15, needed for `Compare`.
        use_project_analysis_settings: take the project's settings; explicit ones win.
        net_rate_scheme_id: discounts.
        settings: further fields, verbatim, for example `{"includeNumbers": False}`.

    Returns:
        One entry per language, each with its asynchronous request.

    Raises:
        NeedsOperator: the role may not create analyses.
        OutcomeUnknown: look through the project's analyses by name before repeating.

    Source: Phrase TMS API reference, "Create analyses by languages".
    """
    fields = _fields(
        job_uids,
        type,
        name,
        callback_url,
        compare_workflow_level,
        use_project_analysis_settings,
        net_rate_scheme_id,
    )
    return Call(_BY_LANGUAGES, headers=JSON, body=encode(fields | dict(settings or {})), subject=name)


def create(
    job_uids: Sequence[str],
    *,
    type: str = "PreAnalyse",
    name: str | None = None,
    callback_url: str | None = None,
    compare_workflow_level: int | None = None,
    use_project_analysis_settings: bool | None = None,
    net_rate_scheme_id: str | None = None,
    analyze_by_language: bool | None = None,
    analyze_by_provider: bool | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Call[AnalysesCreated]:
    """Start an analysis of the given jobs; large ones come in several parts.

    Args:
        job_uids: jobs of one project with 300,000 segments together at most.
        type: `PreAnalyse`, `PostAnalyse` or `Compare`.
        name: at most 255 characters; the only way to find it again.
        callback_url: told when an analysis ends.
        compare_workflow_level: 1 to 15, needed for `Compare`.
        use_project_analysis_settings: take the project's settings; explicit ones win.
        net_rate_scheme_id: discounts.
        analyze_by_language: one per language.
        analyze_by_provider: one per provider.
        settings: further fields, verbatim, for example `{"includeNumbers": False}`.

    Returns:
        Below `async_requests`, one entry per part: the analysis with its asynchronous request.

    Raises:
        Refused: too many segments.
        NeedsOperator: the role may not create analyses.
        OutcomeUnknown: look through the project's analyses by name before repeating.

    Source: Phrase TMS API reference, "Create analysis".
    """
    fields = _fields(
        job_uids,
        type,
        name,
        callback_url,
        compare_workflow_level,
        use_project_analysis_settings,
        net_rate_scheme_id,
    )
    fields |= {"analyzeByLanguage": analyze_by_language, "analyzeByProvider": analyze_by_provider}
    return Call(_CREATE, headers=JSON, body=encode(fields | dict(settings or {})), subject=name)


def get(analysis_uid: str) -> Call[Analysis]:
    """Get one analysis with its counts.

    Args:
        analysis_uid: the analysis.

    Returns:
        The analysis; its counts are there once `import_status` is `OK`.

    Raises:
        Vanished: no such analysis.

    Source: Phrase TMS API reference, "Get analysis".
    """
    return Call(_GET, {"analyseUid": analysis_uid})


def page(
    sheet: Sheet,
    project_uid: str,
    *,
    name: str | None = None,
    uid: str | None = None,
    sort: str | None = None,
    order: str | None = None,
    only_owner_org: bool | None = None,
) -> Call[Page[Analysis]]:
    """List the analyses of a project.

    Args:
        sheet: which page.
        project_uid: the project.
        name: filter on the name; compare again, the vendor may match parts.
        uid: filter on the analysis itself.
        sort: the vendor's word for a field, `DATE_CREATED` when left out.
        order: `asc` or `desc` (the vendor's default).
        only_owner_org: only those of the caller's own organisation.

    Returns:
        Analyses without their counts.

    Raises:
        Vanished: no such project.

    Source: Phrase TMS API reference, "List analyses by project". Looking for the name is our decision.
    """
    filters = (
        *sheet.query(),
        ("name", name),
        ("uid", uid),
        ("sort", sort),
        ("order", order),
        ("onlyOwnerOrg", only_owner_org),
    )
    return Call(_PAGE, {"projectUid": project_uid}, query=query(filters))


def of_job(sheet: Sheet, project_uid: str, job_uid: str) -> Call[Page[Analysis]]:
    """List the analyses that a job is part of.

    Args:
        sheet: which page.
        project_uid: the project.
        job_uid: the job.

    Returns:
        Analyses without their counts.

    Raises:
        Vanished: no such job.

    Source: Phrase TMS API reference, "List analyses".
    """
    return Call(_OF_JOB, {"projectUid": project_uid, "jobUid": job_uid}, query=query(sheet.query()))


def _fields(
    job_uids: Sequence[str],
    type: str,
    name: str | None,
    callback_url: str | None,
    compare_workflow_level: int | None,
    use_project_analysis_settings: bool | None,
    net_rate_scheme_id: str | None,
) -> dict[str, Any]:
    return {
        "jobs": references(job_uids),
        "type": type,
        "name": name,
        "callbackUrl": callback_url,
        "compareWorkflowLevel": compare_workflow_level,
        "useProjectAnalysisSettings": use_project_analysis_settings,
        "netRateScheme": by_id(net_rate_scheme_id),
    }
