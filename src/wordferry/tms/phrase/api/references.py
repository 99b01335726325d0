"""Small things that many answers contain.

Sources: Phrase TMS API reference, "Get project"; seen in recorded answers of 2023.
"""

from __future__ import annotations

from wordferry.tms.phrase.api.answers import Answer, Numbered

__all__ = [
    "ImportStatus",
    "ProjectRef",
    "Provider",
    "Ref",
    "Uid",
    "UserRef",
    "Warned",
    "WorkflowStep",
    "WorkflowStepRef",
]


class Uid(Answer, frozen=True, kw_only=True):
    """A reference by uid."""

    uid: str | None = None


class Ref(Numbered, frozen=True, kw_only=True):
    """A client, domain, business unit and the like."""

    uid: str | None = None
    name: str | None = None


class UserRef(Numbered, frozen=True, kw_only=True):
    """A user as others see one."""

    uid: str | None = None
    user_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    role: str | None = None


class ProjectRef(Answer, frozen=True, kw_only=True):
    """A project by uid and name."""

    uid: str | None = None
    name: str | None = None


class Provider(Numbered, frozen=True, kw_only=True):
    """Who works on a job: `type` is `USER` or `VENDOR`."""

    uid: str | None = None
    type: str | None = None


class WorkflowStepRef(Numbered, frozen=True, kw_only=True):
    """A workflow step inside a job or template.

    `workflow_level` is filled in job lists and single jobs only; the id is the organisation's, not the
    project's.
    """

    uid: str | None = None
    name: str | None = None
    abbr: str | None = None
    order: int | None = None
    lqa_enabled: bool | None = None
    workflow_level: int | None = None


class WorkflowStep(Numbered, frozen=True, kw_only=True):
    """A step of one project. Its own id is what `workflowSettings` of a new job wants.

    Source: Phrase TMS API reference, "Create job" and "Get workflow steps".
    """

    name: str | None = None
    abbreviation: str | None = None
    workflow_level: int | None = None
    workflow_step: WorkflowStepRef | None = None


class ImportStatus(Answer, frozen=True, kw_only=True):
    """How far an import is: `status` is `RUNNING`, `ERROR` or `OK`."""

    status: str | None = None
    error_message: str | None = None


class Warned(Answer, frozen=True, kw_only=True):
    """An error detail or a warning of an asynchronous request."""

    code: str | None = None
    message: str | None = None
