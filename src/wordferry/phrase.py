"""The public names of the Phrase client: `from wordferry.phrase import PhraseClient`."""

from __future__ import annotations

from wordferry.tms.phrase.api.analyses import (
    AnalysesCreated,
    AnalysesStarted,
    Analysis,
    LanguagePart,
    StartedAnalysis,
)
from wordferry.tms.phrase.api.answers import Page
from wordferry.tms.phrase.api.async_requests import (
    AsyncRequest,
    AsyncResponse,
    Concurrency,
    Reference,
    Started,
)
from wordferry.tms.phrase.api.auth import LoggedIn, WhoAmI
from wordferry.tms.phrase.api.dates import parse_date
from wordferry.tms.phrase.api.email_templates import EmailTemplate
from wordferry.tms.phrase.api.job_changes import JobsEdited
from wordferry.tms.phrase.api.jobs import (
    Assignment,
    Job,
    JobsCreated,
    JobsListed,
    NotifyProvider,
    ProviderChoice,
    SourceData,
    SourceUpdated,
    StatusChange,
    StatusHistory,
    StepSettings,
)
from wordferry.tms.phrase.api.languages import Language, Languages
from wordferry.tms.phrase.api.previews import PreviewPackage
from wordferry.tms.phrase.api.projects import AssignableTemplates, Project, ProjectSteps
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
from wordferry.tms.phrase.api.webhook_calls import WebhookCall
from wordferry.tms.phrase.api.webhooks import Preview, Previews, Webhook
from wordferry.tms.phrase.client import Login, PhraseClient
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
    "AnalysesCreated",
    "AnalysesStarted",
    "Analysis",
    "AssignableTemplates",
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
    "JobsEdited",
    "JobsListed",
    "Language",
    "LanguagePart",
    "Languages",
    "LoggedIn",
    "Login",
    "NotifyProvider",
    "Page",
    "PhraseClient",
    "Preview",
    "PreviewPackage",
    "Previews",
    "Project",
    "ProjectRef",
    "ProjectSteps",
    "Provider",
    "ProviderChoice",
    "RateBudget",
    "Ref",
    "Reference",
    "Retry",
    "SourceData",
    "SourceUpdated",
    "Started",
    "StartedAnalysis",
    "StatusChange",
    "StatusHistory",
    "StepSettings",
    "Stream",
    "Template",
    "Timeouts",
    "Transport",
    "Unlimited",
    "UserRef",
    "Warnings",
    "Webhook",
    "WebhookCall",
    "WhoAmI",
    "WorkflowStep",
    "WorkflowStepRef",
    "parse_date",
]
