"""Splitting: one job becomes several parts of the same file."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.phrase.errors import invalid, job_not_ready
from wordferry.sandbox.phrase.jobs import OK, Job, Jobs, job_part
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paths import JOB, SPECIFICATION, param
from wordferry.sandbox.phrase.values import flag, json_body
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.world import World

_WAYS = ("segmentOrdinals", "partCount", "partSize", "wordCount")


class JobSplitting:
    """The split call."""

    def __init__(self, world: World, jobs: Jobs, notices: Notices) -> None:
        self._world = world
        self._jobs = jobs
        self._notices = notices

    def routes(self) -> list[Route]:
        """Its call."""
        return [
            Route(
                "POST",
                JOB + "/split",
                "split_job",
                self.split_job,
                param("jobUid"),
                mutating=True,
                summary="Split job",
                source=SPECIFICATION,
                fidelity="by ordinals, count or size; segments are estimates: ours; never by document part",
            )
        ]

    def split_job(self, call: Call) -> Answer:
        """`POST …/jobs/{jobUid}/split`: 200 with the parts; the job itself becomes the first of them."""
        job = self._jobs.in_path(call)
        body = json_body(call)
        everywhere = flag(body.get("splitAllWorkflowSteps"), field="splitAllWorkflowSteps")
        if flag(body.get("byDocumentPart"), field="byDocumentPart"):
            raise invalid("The file has no document parts.", field="byDocumentPart")
        starts = _starts(body, job)
        levels = range(1, job.project.last_level + 1) if everywhere else (job.level,)
        touched = [each for level in levels for each in job.task.at(level)]
        for each in touched:
            if each.import_status != OK:
                raise job_not_ready(each.uid)
            if each.part is not None:
                raise invalid(f"Job {each.uid} is split already.", field="jobUid")
        made = [part for each in touched for part in self.split(each, starts, now=call.now)]
        call.facts.update(project=job.project.uid, job=job.uid, parts=len(made))
        return answer_json({"jobs": [job_part(each) for each in made]})

    def split(self, job: Job, starts: list[int], *, now: float) -> list[Job]:
        """Make parts that begin at these segments (the first is always 0)."""
        ends = [start - 1 for start in starts[1:]] + [job.task.segments - 1]
        parts = [job]
        for number in range(2, len(starts) + 1):
            key = ("job part", job.uid, str(number))
            part = Job(
                uid=self._world.ids.uid(*key),
                number=self._world.ids.number(*key, digits=9),
                project=job.project,
                task=job.task,
                level=job.level,
                created=now,
                due=job.due,
                providers=list(job.providers),
                status=job.status,
                import_status=job.import_status,
                import_ended=job.import_ended,
                email_template=job.email_template,
                interval=job.interval,
            )
            self._jobs.add(part)
            parts.append(part)
        for number, (part, start, end) in enumerate(zip(parts, starts, ends, strict=True), start=1):
            part.part, part.segments = number, (start, end)
        self._notices.jobs("JOB_CREATED", parts[1:])
        return parts


def _starts(body: dict[str, Any], job: Job) -> list[int]:
    """The first segment of each part."""
    total = job.task.segments
    given = [way for way in _WAYS if body.get(way) is not None]
    if len(given) != 1:
        raise invalid(f"Exactly one of {', '.join(_WAYS)} is needed.", field="partCount")
    way = given[0]
    value = body[way]
    if way == "segmentOrdinals":
        if not isinstance(value, list) or not all(
            isinstance(each, int) and 0 < each < total for each in value
        ):
            raise invalid(f"'segmentOrdinals' must be numbers between 1 and {total - 1}.", field=way)
        return [0, *sorted(set(value))]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise invalid(f"'{way}' must be a positive number.", field=way)
    if way == "partCount":
        if value > total:
            raise invalid(f"The job has only {total} segments.", field=way)
        return [total * number // value for number in range(value)]
    size = value if way == "partSize" else max(value * total // max(job.task.words, 1), 1)
    return list(range(0, total, size))
