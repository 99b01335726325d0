"""Trying webhooks out: a sample body of each event, shown or sent."""

from __future__ import annotations

from typing import Any

import msgspec

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.phrase.errors import invalid
from wordferry.sandbox.phrase.event_bodies import EVENTS
from wordferry.sandbox.phrase.jobs import OK, Job, SourceFile, Task
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paths import SPECIFICATION, TMS, WEBHOOK, nothing, param
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.projects import Project, ProjectStep
from wordferry.sandbox.phrase.templates import THREE_STEPS, Template, Templates
from wordferry.sandbox.phrase.values import query_list
from wordferry.sandbox.phrase.webhook_calls import WebhookCalls
from wordferry.sandbox.phrase.webhooks import Webhooks
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.world import World

SAMPLE = "previewSample0000000"


class WebhookTests:
    """The test and preview calls."""

    def __init__(
        self,
        world: World,
        people: People,
        templates: Templates,
        webhooks: Webhooks,
        calls: WebhookCalls,
        notices: Notices,
    ) -> None:
        self._world = world
        self._people = people
        self._templates = templates
        self._webhooks = webhooks
        self._calls = calls
        self._notices = notices

    def routes(self) -> list[Route]:
        """Its calls."""
        return [
            Route(
                "POST",
                WEBHOOK + "/test",
                "test_webhook",
                self.test,
                param("webHookUid"),
                mutating=True,
                summary="Send test webhook",
                source=SPECIFICATION,
                fidelity="as documented; sent to a disabled webhook too: ours",
            ),
            Route(
                "GET",
                TMS + "/v2/webhooks/previews",
                "webhook_previews",
                self.previews,
                nothing,
                summary="Get webhook body previews",
                source=SPECIFICATION,
                fidelity="as documented; the samples are ours",
            ),
        ]

    def test(self, call: Call) -> Answer:
        """`POST /api2/v2/webhooks/{webHookUid}/test?event=`: 201.

        Raises:
            PhraseError: 400 when the webhook does not listen to that event.
        """
        webhook = self._webhooks.get(call.params["webHookUid"])
        event = call.query.get("event")
        if event not in EVENTS:
            raise invalid("'event' is required and must be a known event.", field="event")
        if event not in webhook.events:
            raise invalid(f"The webhook does not listen to {event}.", field="event")
        content = self._calls.envelope(event, about=webhook.uid, body=self._sample(event))
        self._calls.send(webhook, event, about=webhook.uid, content=content)
        call.facts.update(webhook=webhook.uid, event=event)
        return Answer(201, content_type=None)

    def previews(self, call: Call) -> Answer:
        """`GET /api2/v2/webhooks/previews?events=`."""
        wanted = query_list(call.query, "events") or list(EVENTS)
        unknown = [event for event in wanted if event not in EVENTS]
        if unknown:
            raise invalid(f"'events' has unknown events: {', '.join(unknown)}.", field="events")
        shown = [{"event": event, "preview": self._preview(event)} for event in wanted]
        return answer_json({"previews": shown})

    def _preview(self, event: str) -> str:
        envelope = {"event": event, "timestamp": int(self._world.clock.start), "eventUid": SAMPLE + "ev"}
        return msgspec.json.encode({**envelope, **self._sample(event)}).decode()

    def _sample(self, event: str) -> dict[str, Any]:
        job, following = self._jobs()
        if event == "JOB_TARGET_UPDATED":
            return self._notices.target_body(job)
        if event == "JOB_UNEXPORTED":
            return {"jobUid": job.uid, "error": "The file could not be made."}
        if event == "JOB_CREATED":
            return self._notices.job_body([job, following])
        if event.startswith(("JOB_", "CONTINUOUS_", "PRE_TRANSLATION", "RAW_MT_")):
            return self._notices.job_body([job])
        if event.startswith("PROJECT_TEMPLATE_"):
            return {"projectTemplate": self._templates.listed(self._template())}
        if event.startswith(("PROJECT_", "SHARED_")):
            return self._notices.project_body(job.project)
        return {_KEYS.get(event, "termBase"): {"id": "1", "uid": SAMPLE + "ob", "name": "Sample"}}

    def _template(self) -> Template:
        return next(each for each in self._templates.start if each.name == THREE_STEPS)

    def _jobs(self) -> tuple[Job, Job]:
        """Two steps of one file that nobody ever uploaded."""
        start, people = self._world.clock.start, self._people
        template = self._template()
        project = Project(
            uid=SAMPLE + "pr",
            id="100001",
            internal_id=1,
            name="Sample project",
            source_lang="en",
            target_langs=["de"],
            steps=[ProjectStep(1000 + step.order, step.order, step) for step in template.steps],
            template=template,
            created=start,
            note=None,
            due=None,
            references=dict.fromkeys(people.references),
        )
        content = Blob.of(b"Sample " * 600)
        file = SourceFile(SAMPLE + "fi", "sample.json", None, "json", content)
        task = Task(SAMPLE + "ta", file, "de", "1")
        made = []
        for level in (1, 2):
            job = Job(
                uid=f"{SAMPLE}j{level}",
                number=100_000_000 + level,
                project=project,
                task=task,
                level=level,
                created=start,
                due=None,
                providers=[people.linguists["de"]],
                status="ACCEPTED" if level == 1 else "NEW",
                import_status=OK,
            )
            task.jobs.append(job)
            made.append(job)
        return made[0], made[1]


_KEYS = {"ANALYSIS_CREATED": "analyse", "ASYNC_REQUEST_FINISHED": "asyncRequest"}
