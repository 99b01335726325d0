"""Changing projects: edit, status, archive, restore, recycle bin, target languages."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.phrase.errors import PhraseError, invalid, not_found
from wordferry.sandbox.phrase.job_deletion import JobDeletion
from wordferry.sandbox.phrase.jobs import Jobs
from wordferry.sandbox.phrase.languages import NAMES
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paths import DOCUMENTED, PROJECT, SPECIFICATION, TMS, param
from wordferry.sandbox.phrase.people import REFERENCES, People
from wordferry.sandbox.phrase.projects import Project, Projects, project_status
from wordferry.sandbox.phrase.values import flag, json_body, parse_date, strings, text
from wordferry.sandbox.routing import Answer, Call, Route, answer_json, no_content
from wordferry.sandbox.world import World

# field -> the longest text it takes
_TEXTS = {"name": 255, "note": 4096, "purchaseOrder": 255}


class ProjectChanges:
    """Everything that changes a project."""

    def __init__(
        self,
        world: World,
        people: People,
        projects: Projects,
        jobs: Jobs,
        deletion: JobDeletion,
        notices: Notices,
    ) -> None:
        self._world = world
        self._people = people
        self._projects = projects
        self._jobs = jobs
        self._deletion = deletion
        self._notices = notices

    def routes(self) -> list[Route]:
        """Its calls."""
        about = param("projectUid")
        table = (
            ("PATCH", PROJECT, "edit_project", self.edit_project, "Edit project",
             "all but the settings of machine translation and workflow, which are ignored"),
            *(
                ("PUT", TMS + f"/{version}/projects/{{projectUid}}", "replace_project", self.replace_project,
                 "Edit project, replacing it", "as documented: what is left out is cleared")
                for version in ("v1", "v2", "v3")
            ),
            ("POST", PROJECT + "/setStatus", "set_project_status", self.set_project_status,
             "Edit project status", DOCUMENTED),
            ("PATCH", PROJECT + "/restore", "restore_project", self.restore_project, "Restore project",
             "brings back what was archived, and what lies in the recycle bin (ours); 204"),
            ("DELETE", PROJECT, "delete_project", self.delete_project, "Delete project", DOCUMENTED),
            ("POST", PROJECT + "/targetLangs", "add_target_langs", self.add_target_langs,
             "Add target languages", DOCUMENTED),
            ("DELETE", PROJECT + "/targetLangs", "remove_target_langs", self.remove_target_langs,
             "Remove target languages", "as documented; jobs in the recycle bin block it too"),
        )  # fmt: skip
        return [
            Route(
                method,
                path,
                operation,
                handler,
                about,
                mutating=True,
                summary=summary,
                source=SPECIFICATION,
                fidelity=fidelity,
            )
            for method, path, operation, handler, summary, fidelity in table
        ]

    def set_project_status(self, call: Call) -> Answer:
        """`POST /api2/v1/projects/{projectUid}/setStatus`: 204."""
        project = self._projects.get(call.params["projectUid"])
        wanted = project_status(json_body(call).get("status"), required=True)
        assert wanted is not None
        self._set_status(project, wanted)
        call.facts.update(project=project.uid, status=project.status)
        return no_content()

    def _set_status(self, project: Project, wanted: str) -> None:
        if wanted != project.status:
            project.status = wanted
            self._notices.project("PROJECT_STATUS_CHANGED", project)

    def edit_project(self, call: Call) -> Answer:
        """`PATCH /api2/v1/projects/{projectUid}`: only what is named changes; `archived: false` does nothing."""
        project = self._projects.get(call.params["projectUid"])
        body = json_body(call)
        changes = self._read(body, only_named=True)
        archive = flag(body.get("archived"), field="archived")
        self._take(project, changes)
        if archive and project.archived is None:
            project.archived = call.now
        call.facts.update(project=project.uid, fields=sorted(body))
        return answer_json(self._projects.show_fully(project))

    def replace_project(self, call: Call) -> Answer:
        """`PUT /api2/v3/projects/{projectUid}` (and v2, v1): the whole project; what is left out is cleared."""
        project = self._projects.get(call.params["projectUid"])
        body = json_body(call)
        text(body.get("name"), field="name", longest=255, required=True)
        changes = self._read(body, only_named=False)
        archive = flag(body.get("archived"), field="archived")
        for field in ("fileHandover", "propagateTranslationsToLowerWfDuringUpdateSource"):
            flag(body.get(field), field=field)
        self._take(project, changes)
        if archive and project.archived is None:
            project.archived = call.now
        call.facts.update(project=project.uid, fields=sorted(body))
        return answer_json(self._projects.show(project))

    def _read(self, body: dict[str, Any], *, only_named: bool) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field, longest in _TEXTS.items():
            if field in body or not only_named:
                found[field] = text(body.get(field), field=field, longest=longest)
        if "dateDue" in body or not only_named:
            found["dateDue"] = parse_date(body.get("dateDue"), field="dateDue")
        if (status := project_status(body.get("status"))) is not None:
            found["status"] = status
        owner = body.get("owner")
        if owner is not None and (
            not isinstance(owner, dict) or str(owner.get("id")) != self._people.owner.id
        ):
            raise invalid("'owner' does not refer to an existing project manager.", field="owner")
        for kind in REFERENCES:
            if body.get(kind) is not None or not only_named:
                found[kind] = self._people.referred(kind, body.get(kind))
        return found

    def _take(self, project: Project, changes: dict[str, Any]) -> None:
        due, before = project.due, (project.name, project.note, project.purchase_order, project.references)
        project.name = changes.get("name") or project.name
        project.note = changes.get("note", project.note)
        project.purchase_order = changes.get("purchaseOrder", project.purchase_order)
        project.due = changes.get("dateDue", project.due)
        project.references = {kind: changes.get(kind, project.references[kind]) for kind in REFERENCES}
        if project.due != due:
            self._notices.project("PROJECT_DUE_DATE_CHANGED", project)
        if before != (project.name, project.note, project.purchase_order, project.references):
            self._notices.project("PROJECT_METADATA_UPDATED", project)
        if "status" in changes:
            self._set_status(project, changes["status"])

    def restore_project(self, call: Call) -> Answer:
        """`PATCH /api2/v1/projects/{projectUid}/restore`: out of the archive or the recycle bin."""
        project = self._projects.by_uid.get(call.params["projectUid"])
        if project is None:
            raise not_found("Project", call.params["projectUid"])
        project.archived = None
        project.deleted = None
        call.facts.update(project=project.uid)
        return no_content()

    def delete_project(self, call: Call) -> Answer:
        """`DELETE /api2/v1/projects/{projectUid}?purge=`: 204; into the recycle bin unless purged."""
        project = self._projects.by_uid.get(call.params["projectUid"])
        purge = flag(call.query.get("purge"), field="purge")
        # What lies in the recycle bin can still be purged.
        if project is None or (project.deleted is not None and not purge):
            raise not_found("Project", call.params["projectUid"])
        call.facts.update(project=project.uid, purge=purge)
        self.delete(project, purge=purge, now=call.now)
        return no_content()

    def delete(self, project: Project, *, purge: bool, now: float) -> None:
        """Take a project away with all that belongs to it."""
        if project.deleted is None:
            self._notices.project("PROJECT_DELETED", project)
        project.deleted = now
        for job in list(project.jobs.values()):
            job.turn += 1
        if purge:
            self._deletion.purge_all(project)
            del self._projects.by_uid[project.uid]

    def add_target_langs(self, call: Call) -> Answer:
        """`POST /api2/v1/projects/{projectUid}/targetLangs`: 204."""
        project = self._projects.get(call.params["projectUid"])
        langs = strings(json_body(call).get("targetLangs"), field="targetLangs")
        if not langs:
            raise invalid("'targetLangs' is required.", field="targetLangs")
        unknown = [code for code in langs if code not in NAMES]
        if unknown:
            raise invalid(
                f"The project contains unsupported locale {', '.join(unknown)}.", field="targetLangs"
            )
        project.target_langs = list(dict.fromkeys([*project.target_langs, *langs]))
        call.facts.update(project=project.uid, locales=langs)
        self._notices.project("PROJECT_METADATA_UPDATED", project)
        return no_content()

    def remove_target_langs(self, call: Call) -> Answer:
        """`DELETE /api2/v1/projects/{projectUid}/targetLangs`: refused while a job, even a deleted one, is there."""
        project = self._projects.get(call.params["projectUid"])
        langs = strings(json_body(call).get("targetLangs"), field="targetLangs") or []
        if not langs or not set(langs) <= set(project.target_langs):
            raise invalid("'targetLangs' must name languages of the project.", field="targetLangs")
        taken = self._jobs.languages_of(project)
        blocked = [code for code in langs if code in taken]
        if blocked:
            raise PhraseError(
                400,
                "CannotDelete",
                f"Languages with jobs cannot be removed: {', '.join(blocked)}.",
                details=[
                    {"code": "CannotDelete", "args": {}, "message": f"Language {code} has jobs."}
                    for code in blocked
                ],
            )
        left = [code for code in project.target_langs if code not in langs]
        if not left:
            raise invalid("The project would be left without target languages.", field="targetLangs")
        project.target_langs = left
        call.facts.update(project=project.uid, locales=langs)
        self._notices.project("PROJECT_METADATA_UPDATED", project)
        return no_content()
