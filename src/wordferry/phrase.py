"""The public names of the Phrase client: `from wordferry.phrase import PhraseClient`."""

from __future__ import annotations

from wordferry.tms.phrase.api.analyses import AnalysesStarted, Analysis, LanguagePart, StartedAnalysis
from wordferry.tms.phrase.api.answers import Page
from wordferry.tms.phrase.api.async_requests import AsyncRequest, AsyncResponse, Concurrency
from wordferry.tms.phrase.api.auth import WhoAmI
from wordferry.tms.phrase.api.dates import parse_date
from wordferry.tms.phrase.api.email_templates import EmailTemplate
from wordferry.tms.phrase.api.jobs import (
    Assignment,
    Job,
    JobsCreated,
    NotifyProvider,
    ProviderChoice,
    SourceData,
    SourceUpdated,
    StepSettings,
)
from wordferry.tms.phrase.api.languages import Language, Languages
from wordferry.tms.phrase.api.previews import PreviewPackage
from wordferry.tms.phrase.api.projects import Project, ProjectSteps
from wordferry.tms.phrase.api.providers import Assigned
from wordferry.tms.phrase.api.references import (
    ImportStatus,
    ProjectRef,
    Provider,
    Ref,
    UserRef,
    WorkflowStep,
    WorkflowStepRef,
)
from wordferry.tms.phrase.api.target_files import ExportStarted, Warnings
from wordferry.tms.phrase.api.templates import Template
from wordferry.tms.phrase.client import PhraseClient
from wordferry.transport import (
    Budget,
    Downloaded,
    File,
    RateBudget,
    Retry,
    Stream,
    Timeouts,
    Transport,
    Unlimited,
)

__all__ = [
    "AnalysesStarted",
    "Analysis",
    "Assigned",
    "Assignment",
    "AsyncRequest",
    "AsyncResponse",
    "Budget",
    "Concurrency",
    "Downloaded",
    "EmailTemplate",
    "ExportStarted",
    "File",
    "ImportStatus",
    "Job",
    "JobsCreated",
    "Language",
    "LanguagePart",
    "Languages",
    "NotifyProvider",
    "Page",
    "PhraseClient",
    "PreviewPackage",
    "Project",
    "ProjectRef",
    "ProjectSteps",
    "Provider",
    "ProviderChoice",
    "RateBudget",
    "Ref",
    "Retry",
    "SourceData",
    "SourceUpdated",
    "StartedAnalysis",
    "StepSettings",
    "Stream",
    "Template",
    "Timeouts",
    "Transport",
    "Unlimited",
    "UserRef",
    "Warnings",
    "WhoAmI",
    "WorkflowStep",
    "WorkflowStepRef",
    "parse_date",
]
