"""Assigning providers from a template, and telling them about it."""

from __future__ import annotations

from wordferry.sandbox.phrase.errors import invalid, job_not_ready
from wordferry.sandbox.phrase.jobs import OK, RUNNING, Job, Jobs, job_part
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paths import DOCUMENTED, PROJECT, SPECIFICATION, param
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.projects import Project, Projects
from wordferry.sandbox.phrase.robot import Robot
from wordferry.sandbox.phrase.templates import Template, Templates
from wordferry.sandbox.phrase.values import json_body
from wordferry.sandbox.routing import Answer, Call, Route, answer_json, no_content
from wordferry.sandbox.world import World


class Providers:
    """Assign and notify."""

    def __init__(
        self,
        world: World,
        people: People,
        templates: Templates,
        projects: Projects,
        jobs: Jobs,
        robot: Robot,
        notices: Notices,
    ) -> None:
        self._world = world
        self._people = people
        self._templates = templates
        self._projects = projects
        self._jobs = jobs
        self._robot = robot
        self._notices = notices
        # (virtual epoch seconds, job uids) of every notification sent
        self.notifications: list[tuple[float, list[str]]] = []

    def routes(self) -> list[Route]:
        """Its calls."""
        assign = PROJECT + "/applyTemplate/{templateUid}/assignProviders"
        table = (
            ("POST", assign, "assign_providers", self.assign_all,
             "Assign providers from template", DOCUMENTED),
            ("POST", assign + "/forJobParts", "assign_providers_for_parts", self.assign_some,
             "Assign providers from template to some jobs", DOCUMENTED),
            ("GET", PROJECT + "/assignableTemplates", "list_assignable_templates", self.list_assignable,
             "List assignable templates", "as documented: those with as many steps as the project"),
            ("POST", PROJECT + "/jobs/notifyAssigned", "notify_assigned", self.notify_assigned,
             "Notify assigned users", "as documented; no mail is sent"),
        )  # fmt: skip
        return [
            Route(
                method,
                path,
                operation,
                handler,
                param("projectUid"),
                mutating=method == "POST",
                summary=summary,
                source=SPECIFICATION,
                fidelity=fidelity,
            )
            for method, path, operation, handler, summary, fidelity in table
        ]

    def list_assignable(self, call: Call) -> Answer:
        """`GET …/assignableTemplates`: the templates that fit the project."""
        project = self._projects.visible(call)
        fitting = [
            {
                # Without its uid the entry would be of no use; the newest schema leaves it out.
                "uid": template.uid,
                "id": template.id,
                "templateName": template.name,
                "name": template.name,
                "sourceLang": template.source_lang,
                "targetLangs": template.target_langs,
            }
            for template in self._templates.by_uid.values()
            if len(template.steps) == len(project.steps)
        ]
        return answer_json({"assignableTemplates": fitting})

    def assign_all(self, call: Call) -> Answer:
        """`POST …/applyTemplate/{templateUid}/assignProviders`: 200 with the jobs that changed."""
        project, template = self._fitting(call)
        return self._assign(template, list(project.jobs.values()))

    def assign_some(self, call: Call) -> Answer:
        """`POST …/assignProviders/forJobParts`: the same for 1 to 100 named jobs."""
        project, template = self._fitting(call)
        jobs = self._jobs.of(project, json_body(call).get("jobs"), most=100)
        return self._assign(template, jobs)

    def _fitting(self, call: Call) -> tuple[Project, Template]:
        project = self._projects.get(call.params["projectUid"])
        template = self._templates.get(call.params["templateUid"])
        # Only the number of steps is compared, neither their kind nor their order.
        if len(template.steps) != len(project.steps):
            raise invalid("The template has another number of workflow steps than the project.")
        return project, template

    def _assign(self, template: Template, jobs: list[Job]) -> Answer:
        changed = []
        for job in jobs:
            # Skipped without a word: assigned or accepted jobs, and jobs whose import has not ended well.
            if job.providers or job.status == "ACCEPTED" or job.import_status != OK:
                continue
            providers = template.providers(job.task.lang)
            if providers:
                job.providers = list(providers)
                changed.append(job)
        self._notices.jobs("JOB_ASSIGNED", changed)
        for job in changed:
            self._robot.assigned(job)
        return answer_json({"jobs": [job_part(job) for job in changed]})

    def notify_assigned(self, call: Call) -> Answer:
        """`POST …/jobs/notifyAssigned`: 204; new jobs that have providers become `EMAILED`."""
        project = self._projects.get(call.params["projectUid"])
        body = json_body(call)
        jobs = self._jobs.of(project, body.get("jobs"), most=100_000)
        self._people.email_template(body.get("emailTemplate"), field="emailTemplate")
        for name in ("cc", "bcc"):
            copies = body.get(name, [])
            if not isinstance(copies, list) or not all(isinstance(to, str) and "@" in to for to in copies):
                raise invalid(f"'{name}' must be a list of e-mail addresses.", field=name)
        for job in jobs:
            if job.import_status == RUNNING:
                raise job_not_ready(job.uid)
        self.notifications.append((self._world.clock.now(), [job.uid for job in jobs]))
        for job in jobs:
            if job.providers and job.status == "NEW":
                # The translator's plan goes on: being told about a job does not restart it.
                turn = job.turn
                self._jobs.set_status(job, "EMAILED")
                job.turn = turn
        call.facts.update(project=project.uid, jobs=len(jobs))
        return no_content()
