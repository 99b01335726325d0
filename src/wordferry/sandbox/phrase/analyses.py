"""Analyses: started for some jobs, whole, by provider or by language; listed and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from wordferry.sandbox.phrase.async_requests import AsyncRequest, AsyncRequests
from wordferry.sandbox.phrase.errors import invalid, job_not_ready, not_found
from wordferry.sandbox.phrase.jobs import OK, Job, Jobs
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paging import page
from wordferry.sandbox.phrase.paths import DOCUMENTED, SPECIFICATION, TMS, field, param
from wordferry.sandbox.phrase.people import People, User
from wordferry.sandbox.phrase.projects import Project, Projects
from wordferry.sandbox.phrase.values import callback_url, date, flag, json_body, text
from wordferry.sandbox.routing import Answer, Call, Route, answer_json, no_content
from wordferry.sandbox.world import World

# type of the request -> action of the asynchronous request
TYPES = {"PreAnalyse": "PRE_ANALYSE", "PostAnalyse": "POST_ANALYSE", "Compare": "COMPARE_ANALYSE"}
_ON = (
    "includeFuzzyRepetitions",
    "includeConfirmedSegments",
    "includeNumbers",
    "includeLockedSegments",
    "countSourceUnits",
    "includeTransMemory",
)
_OFF = (
    "separateFuzzyRepetitions",
    "includeNonTranslatables",
    "includeMachineTranslationMatches",
    "transMemoryPostEditing",
    "nonTranslatablePostEditing",
    "machineTranslatePostEditing",
)


_SORTS: dict[str, Any] = {
    "DATE_CREATED": lambda analysis: (analysis.created, analysis.inner_id),
    "NAME": lambda analysis: analysis.name.lower(),
    "INNER_ID": lambda analysis: analysis.inner_id,
    "TYPE": lambda analysis: analysis.type,
    "UID": lambda analysis: analysis.uid,
}
_NOBODY: list[User | None] = [None]
# Of the call that takes any number of jobs: refused above the first, cut into parts of the second.
_MOST_SEGMENTS, _BATCH_SEGMENTS = 300_000, 100_000


@dataclass(slots=True, eq=False)
class Analysis:
    """One analysis: the jobs of one provider, or of nobody."""

    uid: str
    id: str
    inner_id: int
    type: str
    name: str
    project: Project
    provider: User | None
    jobs: list[Job]
    settings: dict[str, Any]
    created: float
    request: AsyncRequest


class Analyses:
    """All analyses, oldest first."""

    def __init__(
        self,
        world: World,
        people: People,
        projects: Projects,
        jobs: Jobs,
        asyncs: AsyncRequests,
        notices: Notices,
    ) -> None:
        self._world = world
        self._people = people
        self._projects = projects
        self._jobs = jobs
        self._asyncs = asyncs
        self._notices = notices
        self.by_uid: dict[str, Analysis] = {}

    def routes(self) -> list[Route]:
        """Its calls."""
        own, uid = TMS + "/v3/analyses/{analyseUid}", param("analyseUid")
        table = (
            ("POST", TMS + "/v1/analyses/byProviders", "create_analyses", self.create_analyses, field("name"),
             "Create analyses by providers", "as documented; figures are estimates"),
            ("POST", TMS + "/v1/analyses/byLanguages", "create_language_analyses",
             self.create_language_analyses, field("name"),
             "Create analyses by languages", "as documented; figures are estimates"),
            ("POST", TMS + "/v2/analyses", "create_analysis", self.create_analysis, field("name"),
             "Create analysis", "as documented, with its limit and its parts; figures are estimates"),
            ("GET", TMS + "/v3/projects/{projectUid}/analyses", "list_analyses", self.list_analyses,
             param("projectUid"), "List analyses of a project", "page and `name` filter"),
            ("GET", TMS + "/v3/projects/{projectUid}/jobs/{jobUid}/analyses", "list_job_analyses",
             self.list_job_analyses, param("jobUid"), "List analyses of a job", DOCUMENTED),
            ("GET", own, "get_analysis", self.get_analysis, uid,
             "Get analysis", "as documented; the inside of `data` is an estimate"),
            ("DELETE", TMS + "/v1/analyses/{analyseUid}", "delete_analysis", self.delete_analysis, uid,
             "Delete analysis", "as documented; there is no way back: ours"),
        )  # fmt: skip
        return [
            Route(
                method,
                path,
                operation,
                handler,
                about,
                mutating=method != "GET",
                summary=summary,
                source=SPECIFICATION,
                fidelity=fidelity,
            )
            for method, path, operation, handler, about, summary, fidelity in table
        ]

    def create_analyses(self, call: Call) -> Answer:
        """`POST /api2/v1/analyses/byProviders`: 200, one entry for each provider."""
        return answer_json({"analyses": self._create(call, json_body(call), most=100, by_provider=True)})

    def create_language_analyses(self, call: Call) -> Answer:
        """`POST /api2/v1/analyses/byLanguages`: 200, one entry for each target language."""
        return answer_json({"analyses": self._create(call, json_body(call), most=100, by_language=True)})

    def create_analysis(self, call: Call) -> Answer:
        """`POST /api2/v2/analyses`: 200, one entry for each part; the list has another name here."""
        body = json_body(call)
        entries = self._create(
            call,
            body,
            most=_MOST_SEGMENTS,
            by_language=flag(body.get("analyzeByLanguage"), field="analyzeByLanguage"),
            by_provider=flag(body.get("analyzeByProvider"), field="analyzeByProvider"),
            batches=True,
        )
        return answer_json({"asyncRequests": entries})

    def _create(
        self,
        call: Call,
        body: dict[str, Any],
        *,
        most: int,
        by_language: bool = False,
        by_provider: bool = False,
        batches: bool = False,
    ) -> list[dict[str, Any]]:
        jobs = self._jobs.listed(body.get("jobs"), most=most)
        project = jobs[0].project
        if any(job.project is not project for job in jobs):
            raise invalid("'jobs' must be of one project.", field="jobs")
        kind = body.get("type") or "PreAnalyse"
        if not isinstance(kind, str) or kind not in TYPES:
            raise invalid(f"'type' must be one of {', '.join(TYPES)}.", field="type")
        level = body.get("compareWorkflowLevel")
        if (kind == "Compare" or level is not None) and not (type(level) is int and 1 <= level <= 15):
            raise invalid("'compareWorkflowLevel' must be between 1 and 15.", field="compareWorkflowLevel")
        name = text(body.get("name"), field="name", longest=255)
        url = callback_url(body.get("callbackUrl"))
        settings = {field: flag(body.get(field), field=field, default=True) for field in _ON}
        settings |= {field: flag(body.get(field), field=field) for field in _OFF}
        flag(body.get("useProjectAnalysisSettings"), field="useProjectAnalysisSettings")
        for job in jobs:
            if job.import_status != OK:
                raise job_not_ready(job.uid)
        if batches and sum(_segments(job) for job in jobs) > _MOST_SEGMENTS:
            raise invalid(f"The jobs must not have more than {_MOST_SEGMENTS} segments.", field="jobs")
        groups: dict[tuple[str, str], tuple[User | None, list[Job]]] = {}
        for job in jobs:
            working: Sequence[User | None] = (job.providers if by_provider else None) or _NOBODY
            lang = job.task.lang if by_language else ""
            for provider in working:
                key = (lang, provider.id if provider else "")
                groups.setdefault(key, (provider, []))[1].append(job)
        made = [
            self._start(kind, name, project, provider, lang, part, settings, url, call.now)
            for (lang, _), (provider, group) in groups.items()
            for part in (_parts_of(group) if batches else [group])
        ]
        call.facts.update(project=project.uid, analyses=len(made), jobs=len(jobs))
        return [
            {"analyse": self._brief(analysis), "asyncRequest": self._asyncs.show(analysis.request)}
            for analysis in made
        ]

    def _start(
        self,
        kind: str,
        name: str | None,
        project: Project,
        provider: User | None,
        lang: str,
        jobs: list[Job],
        settings: dict[str, Any],
        url: str | None,
        now: float,
    ) -> Analysis:
        key = ("analysis", project.uid, kind, name or "", provider.id if provider else "", lang)
        request = self._asyncs.start(TYPES[kind], *key, project=project, callback_url=url)
        inner_id = sum(analysis.project is project for analysis in self.by_uid.values()) + 1
        analysis = Analysis(
            uid=self._world.ids.uid(*key),
            id=str(self._world.ids.number(*key)),
            inner_id=inner_id,
            type=kind,
            name=name or f"Analysis #{inner_id}",
            project=project,
            provider=provider,
            jobs=jobs,
            settings=settings,
            created=now,
            request=request,
        )
        self.by_uid[analysis.uid] = analysis
        self._world.clock.after(
            self._world.settings.analysis_seconds,
            partial(self._end, analysis),
        )
        return analysis

    def _end(self, analysis: Analysis) -> None:
        self._asyncs.finish(analysis.request, extra={"analyse": self._brief(analysis)})
        shown = self._shown(analysis)
        self._notices.tell("ANALYSIS_CREATED", about=analysis.uid, key="analyse", shown=shown)

    def list_analyses(self, call: Call) -> Answer:
        """`GET /api2/v3/projects/{projectUid}/analyses`: a page, filtered by `name`."""
        project = self._projects.visible(call)
        return self._page(call, project, None)

    def list_job_analyses(self, call: Call) -> Answer:
        """`GET /api2/v3/projects/{projectUid}/jobs/{jobUid}/analyses`: those that counted this job."""
        job = self._jobs.in_path(call)
        return self._page(call, job.project, job)

    def delete_analysis(self, call: Call) -> Answer:
        """`DELETE /api2/v1/analyses/{analyseUid}?purge=`: 204."""
        flag(call.query.get("purge"), field="purge")
        uid = call.params["analyseUid"]
        if self.by_uid.pop(uid, None) is None:
            raise not_found("Analysis", uid)
        return no_content()

    def _page(self, call: Call, project: Project, job: Job | None) -> Answer:
        name = str(call.query.get("name", "")).lower()
        found = [
            analysis
            for analysis in self.by_uid.values()
            if analysis.project is project
            and (job is None or job in analysis.jobs)
            and analysis.created <= call.as_of
            and name in analysis.name.lower()
        ]
        query = call.query
        if "uid" in query:
            found = [analysis for analysis in found if analysis.uid == query["uid"]]
        sort, order = str(query.get("sort", "DATE_CREATED")).upper(), str(query.get("order", "asc")).lower()
        if sort not in _SORTS:
            raise invalid(f"'sort' must be one of {', '.join(_SORTS)}.", field="sort")
        if order not in ("asc", "desc"):
            raise invalid("'order' must be asc or desc.", field="order")
        found.sort(key=_SORTS[sort], reverse=order == "desc")
        return answer_json(page(query, found, show=self._listed))

    def get_analysis(self, call: Call) -> Answer:
        """`GET /api2/v3/analyses/{analyseUid}`."""
        analysis = self.by_uid.get(call.params["analyseUid"])
        if analysis is None or analysis.created > call.as_of:
            raise not_found("Analysis", call.params["analyseUid"])
        return answer_json(self._shown(analysis))

    def _brief(self, analysis: Analysis) -> dict[str, Any]:
        return {"id": analysis.id, "uid": analysis.uid, "type": analysis.type, "name": analysis.name}

    def _common(self, analysis: Analysis) -> dict[str, Any]:
        running = analysis.request.finished is None
        return {
            **self._brief(analysis),
            "provider": analysis.provider.provider() if analysis.provider else None,
            "outdated": False,
            "importStatus": {"status": "RUNNING" if running else "OK", "errorMessage": None},
            "netRateScheme": None,
            "createdBy": self._people.owner_reference,
            "dateCreated": date(analysis.created),
            "pureWarnings": [],
        }

    def _listed(self, analysis: Analysis) -> dict[str, Any]:
        parts = [
            {key: part[key] for key in ("id", "sourceLang", "targetLang", "jobs")}
            for part in self._parts(analysis)
        ]
        # A string here, a number in the answer about one analysis.
        return {
            **self._common(analysis),
            "innerId": str(analysis.inner_id),
            "analyseLanguageParts": parts,
        }

    def _shown(self, analysis: Analysis) -> dict[str, Any]:
        project = analysis.project
        return {
            **self._common(analysis),
            "innerId": analysis.inner_id,
            "analyseLanguageParts": self._parts(analysis),
            "settings": {"type": analysis.type, **analysis.settings},
            "project": {"uid": project.uid, "name": project.name},
        }

    def _parts(self, analysis: Analysis) -> list[dict[str, Any]]:
        running = analysis.request.finished is None
        by_lang: dict[str, list[Job]] = {}
        for job in analysis.jobs:
            by_lang.setdefault(job.task.lang, []).append(job)
        parts: list[dict[str, Any]] = []
        for lang, jobs in by_lang.items():
            words = sum(job.words for job in jobs)
            counts = {"available": not running, "all": {"segments": words // 8 + 1, "words": words}}
            parts.append(
                {
                    "id": f"{analysis.id}{len(parts)}",
                    "sourceLang": analysis.project.source_lang,
                    "targetLang": lang,
                    "data": counts,
                    "discountedData": counts,
                    "jobs": [{"uid": job.uid, "filename": job.task.file.name} for job in jobs[:100]],
                }
            )
        return parts


def _segments(job: Job) -> int:
    first, last = job.span
    return last - first + 1


def _parts_of(jobs: list[Job]) -> list[list[Job]]:
    """The jobs in order, cut where a part would have too many segments; one large job is not cut."""
    parts: list[list[Job]] = [[]]
    room = _BATCH_SEGMENTS
    for job in jobs:
        if parts[-1] and _segments(job) > room:
            parts.append([])
            room = _BATCH_SEGMENTS
        parts[-1].append(job)
        room -= _segments(job)
    return parts
