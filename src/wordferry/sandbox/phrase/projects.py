"""Projects: what they are, where they are kept, and how an answer shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wordferry.sandbox.phrase.errors import invalid, not_found
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.templates import GlobalStep, Template
from wordferry.sandbox.phrase.values import date
from wordferry.sandbox.routing import Call
from wordferry.sandbox.world import World

if TYPE_CHECKING:
    from wordferry.sandbox.phrase.jobs import Job

STATUSES = (
    "NEW",
    "ASSIGNED",
    "COMPLETED",
    "CANCELLED",
    "ACCEPTED_BY_VENDOR",
    "DECLINED_BY_VENDOR",
    "COMPLETED_BY_VENDOR",
)
FINAL_JOBS = frozenset({"COMPLETED", "DELIVERED", "CANCELLED"})


@dataclass(slots=True, frozen=True)
class ProjectStep:
    """A workflow step of one project; its id is a number of its own."""

    id: int
    level: int
    step: GlobalStep

    def show(self) -> dict[str, Any]:
        """The vendor's ProjectWorkflowStep."""
        return {
            "id": self.id,
            "name": self.step.name,
            "abbreviation": self.step.abbreviation,
            "workflowLevel": self.level,
            "workflowStep": self.step.reference(),
        }


@dataclass(slots=True, eq=False)
class Project:
    """A project and its jobs."""

    uid: str
    id: str
    internal_id: int
    name: str
    source_lang: str
    target_langs: list[str]
    steps: list[ProjectStep]
    # None for a project that was made without one.
    template: Template | None
    created: float
    note: str | None
    due: float | None
    references: dict[str, dict[str, Any] | None]
    purchase_order: str | None = None
    status: str = "NEW"
    archived: float | None = None
    # In the recycle bin since then.
    deleted: float | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    # Lists are read by level, so they are kept by level.
    by_level: dict[int, list[Job]] = field(default_factory=dict)
    files: int = 0

    @property
    def last_level(self) -> int:
        """The last workflow level; a project without steps has one level."""
        return max(len(self.steps), 1)

    @property
    def template_name(self) -> str:
        """The name of the template it was made from; empty without one."""
        return self.template.name if self.template is not None else ""

    @property
    def waits_for_providers(self) -> bool:
        """Whether its template says who works, so that nobody works before that."""
        return self.template is not None and bool(self.template.assigned)


class Projects:
    """All projects of the organisation, oldest first."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people
        self.by_uid: dict[str, Project] = {}
        # Purged and living ones: the counter of the organisation never goes back.
        self.counted = 0

    def get(self, uid: str) -> Project:
        """The project of that uid.

        Raises:
            PhraseError: 404.
        """
        project = self.by_uid.get(uid)
        if project is None or project.deleted is not None:
            raise not_found("Project", uid)
        return project

    def add(self, project: Project) -> None:
        """Take a new project in."""
        self.by_uid[project.uid] = project

    def visible(self, call: Call) -> Project:
        """The project in the path, as far as the call's view of time shows it.

        Raises:
            PhraseError: 404.
        """
        project = self.get(call.params["projectUid"])
        if project.created > call.as_of:
            raise not_found("Project", project.uid)
        return project

    def show(self, project: Project) -> dict[str, Any]:
        """The vendor's ProjectDto, as an administrator sees it."""
        owner = self._people.owner_reference
        now = self._world.clock.now()
        jobs = project.by_level.get(project.last_level, [])
        return {
            "uid": project.uid,
            "id": project.id,
            "internalId": project.internal_id,
            "name": project.name,
            "status": project.status,
            "type": "PROJECT",
            "sourceLang": project.source_lang,
            "targetLangs": project.target_langs,
            "dateCreated": date(project.created),
            "dateDue": date(project.due),
            "note": project.note,
            "purchaseOrder": project.purchase_order,
            "owner": owner,
            "createdBy": owner,
            **project.references,
            "workflowSteps": [step.show() for step in project.steps],
            "mtSettingsPerLanguageList": [],
            "progress": {
                "totalCount": len(jobs),
                "finishedCount": sum(job.status in FINAL_JOBS for job in jobs),
                "overdueCount": sum(
                    job.due is not None and job.due < now and job.status not in FINAL_JOBS for job in jobs
                ),
            },
            "references": [],
            "accessSettings": {"id": project.id},
            "analyseSettings": {"id": project.id},
            "financialSettings": {"id": project.id},
            "qualityAssuranceSettings": {"id": project.id},
            "fileHandoverSettings": None,
            "projectWorkflowSettings": None,
            "isPublishedOnJobBoard": False,
            "shared": False,
            "userRole": "ADMIN",
        }

    def show_fully(self, project: Project) -> dict[str, Any]:
        """The older and longer ProjectDto of get and patch."""
        template = project.template
        return {
            **self.show(project),
            "archived": project.archived is not None,
            "dateArchived": date(project.archived),
            "archivedBy": self._people.owner_reference if project.archived is not None else None,
            "template": {"uid": template.uid, "templateName": template.name} if template else None,
        }


def project_status(value: Any, *, required: bool = False) -> str | None:
    """A project status of a request.

    Raises:
        PhraseError: 400 when there is no such status, or none though required.
    """
    if value is None and not required:
        return None
    if value not in STATUSES:
        raise invalid(f"'status' must be one of {', '.join(STATUSES)}.", field="status")
    found: str = value
    return found
