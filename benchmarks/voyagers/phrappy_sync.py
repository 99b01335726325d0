"""phrappy, synchronous; several calls at once need threads."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.voyagers import PAUSE, read, save, write_pages

# Named late: a type checker sees the same with and without this optional package.
phrappy: Any = importlib.import_module("phrappy")


class Peer:
    def __init__(self, client: Any, job: dict[str, Any]) -> None:
        self.client = client
        self.template = job["shore"]["template"]
        self.locales = job["locales"]
        self.folder = Path(job["folder"])
        self.threads = ThreadPoolExecutor(job["abreast"]) if job["abreast"] > 1 else None

    def each(self, work: Callable[..., Any], *values: Iterable[Any]) -> list[Any]:
        return list(self.threads.map(work, *values) if self.threads else map(work, *values))

    def voyage(self, paths: list[Path]) -> None:
        project = self.client.project.create_project_from_template_v2(
            template_uid=self.template,
            create_project_from_template_v2_dto_v2={
                "name": paths[0].stem,
                "sourceLang": "en",
                "targetLangs": self.locales,
            },
        ).uid
        assert project is not None
        self.each(lambda path: self.create(project, path), paths)
        total = len(paths) * len(self.locales)
        while True:
            jobs = [
                job
                for number in range((total + 49) // 50)
                for job in self.client.job.list_parts_v2(project_uid=project, page_number=number).content
                or ()
            ]
            if sum(job.status == "COMPLETED" for job in jobs) == total:
                break
            time.sleep(PAUSE)
        tickets = self.each(lambda job: self.export(project, job), jobs)
        while {str(r.id) for r in self.client.async_request.list_pending_requests().content or ()} & set(
            tickets
        ):
            time.sleep(PAUSE)
        self.each(lambda job, ticket: self.bring(project, job, ticket), jobs, tickets)

    def create(self, project: str, path: Path) -> None:
        self.client.job.create_job(
            project_uid=project,
            memsource={"targetLangs": self.locales},
            content_disposition=f"filename*=UTF-8''{path.name}",
            file_bytes=read(path),
        )

    def export(self, project: str, job: Any) -> str:
        started = self.client.job.completed_file_v3(
            project_uid=project, job_uid=job.uid, download_target_file_dto_v3={}
        )
        assert started.asyncRequest is not None
        return str(started.asyncRequest.id)

    def bring(self, project: str, job: Any, ticket: str) -> None:
        content = self.client.job.download_completed_file(
            project_uid=project, job_uid=job.uid, async_request_id=ticket
        )
        save(self.folder, job.targetLang, job.filename, content)
        self.client.job.set_status(
            project_uid=project,
            job_uid=job.uid,
            job_status_change_action_dto_v1={"requestedStatus": "DELIVERED"},
        )


def _say_type(request: Any) -> None:
    # It sends a file without a Content-Type, which Phrase's description asks for and the sandbox insists on.
    request.headers.setdefault("Content-Type", "application/octet-stream")


def contest(job: dict[str, Any], start: Callable[[], None]) -> None:
    folder = Path(job["folder"])
    at = job["shore"]
    with phrappy.Phrappy(token=at["bearer"], base_url=at["tms_url"], auth_scheme="Bearer") as client:
        client._client.event_hooks["request"].append(_say_type)  # noqa: SLF001 -- it has no public way
        carrier = Peer(client, job)
        carrier.voyage(write_pages(folder, 0, job["warm"], job["size"]))
        start()
        for number in range(1, job["voyages"] + 1):
            carrier.voyage(write_pages(folder, number, job["files"], job["size"]))
