"""Analyses: counts per provider.

Source: Phrase TMS API reference, "Create analyses by providers" and "Get analysis".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from wordferry.tms.phrase.api.answers import Answer, Id, Numbered, Page, reader
from wordferry.tms.phrase.api.async_requests import AsyncRequest
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.projects import JSON
from wordferry.tms.phrase.api.references import ImportStatus, ProjectRef, Provider, UserRef
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["AnalysesStarted", "Analysis", "LanguagePart", "StartedAnalysis", "by_providers", "get", "page"]


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
    """One entry per provider."""

    analyses: tuple[StartedAnalysis, ...] = ()


_BY_PROVIDERS = Endpoint(
    "analyses.by_providers", "POST", "/api2/v1/analyses/byProviders", reader(AnalysesStarted), Kind.EFFECT
)
_GET = Endpoint("analyses.get", "GET", "/api2/v3/analyses/{analyseUid}", reader(Analysis), Kind.READ)
_PAGE = Endpoint(
    "analyses.list", "GET", "/api2/v3/projects/{projectUid}/analyses", reader(Page[Analysis]), Kind.READ
)


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
    fields: dict[str, Any] = {
        "jobs": [{"uid": uid} for uid in job_uids],
        "type": type,
        "name": name,
        "callbackUrl": callback_url,
        "compareWorkflowLevel": compare_workflow_level,
        "useProjectAnalysisSettings": use_project_analysis_settings,
        "netRateScheme": None if net_rate_scheme_id is None else {"id": net_rate_scheme_id},
        **(settings or {}),
    }
    body = msgspec.json.encode({key: value for key, value in fields.items() if value is not None})
    return Call(_BY_PROVIDERS, headers=JSON, body=body, subject=name)


def get(analysis_uid: str) -> Call[Analysis]:
    """Get one analysis with its counts.

    Raises:
        Vanished: no such analysis.

    Source: Phrase TMS API reference, "Get analysis".
    """
    return Call(_GET, {"analyseUid": analysis_uid})


def page(sheet: Sheet, project_uid: str, *, name: str | None = None) -> Call[Page[Analysis]]:
    """List the analyses of a project.

    Args:
        sheet: which page.
        project_uid: the project.
        name: filter on the name; compare again, the vendor may match parts.

    Raises:
        Vanished: no such project.

    Source: Phrase TMS API reference, "List analyses of project". Looking for the name is our decision.
    """
    filters = (*sheet.query(), ("name", name))
    return Call(_PAGE, {"projectUid": project_uid}, query=query(filters))
