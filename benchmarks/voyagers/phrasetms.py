"""phrasetms-client: generated from the vendor's OpenAPI description; synchronous, typed with pydantic.

Several calls at once need threads there: `abreast` of them, one for no threads at all.
"""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.voyagers import PAUSE, read, save, write_pages

# Named late: a type checker sees the same with and without this optional package.
peer: Any = importlib.import_module("phrasetms_client")


class Peer:
    def __init__(self, api: Any, job: dict[str, Any]) -> None:
        self.projects = peer.ProjectApi(api)
        self.jobs = peer.JobApi(api)
        self.requests = peer.AsyncRequestApi(api)
        self.template = job["shore"]["template"]
        self.locales = job["locales"]
        self.folder = Path(job["folder"])
        self.threads = ThreadPoolExecutor(job["abreast"]) if job["abreast"] > 1 else None

    def each(self, work: Callable[..., Any], *values: Iterable[Any]) -> list[Any]:
        return list(self.threads.map(work, *values) if self.threads else map(work, *values))

    def voyage(self, paths: list[Path]) -> None:
        wanted = peer.CreateProjectFromTemplateV2Dto(
            name=paths[0].stem, sourceLang="en", targetLangs=self.locales
        )
        project = self.projects.create_project_from_template_v2(self.template, wanted).uid
        self.each(lambda path: self.create(project, path), paths)
        total = len(paths) * len(self.locales)
        while True:
            jobs = [
                job
                for number in range((total + 49) // 50)
                for job in self.jobs.list_parts_v2(project, page_number=number, page_size=50).content
            ]
            if sum(job.status == "COMPLETED" for job in jobs) == total:
                break
            time.sleep(PAUSE)
        tickets = self.each(lambda job: self.export(project, job), jobs)
        while {str(found.id) for found in self.requests.list_pending_requests().content or ()} & set(tickets):
            time.sleep(PAUSE)
        self.each(lambda job, ticket: self.bring(project, job, ticket), jobs, tickets)

    def create(self, project: str, path: Path) -> None:
        self.jobs.create_job(
            project,
            memsource=json.dumps({"targetLangs": self.locales}),
            content_disposition=f"filename*=UTF-8''{path.name}",
            body=read(path),
        )

    def export(self, project: str, job: Any) -> str:
        # Its description of this answer is empty, so the text comes back as it is.
        return str(json.loads(self.jobs.completed_file1(project, job.uid))["asyncRequest"]["id"])

    def bring(self, project: str, job: Any, ticket: str) -> None:
        text = self.jobs.download_completed_file(project, job.uid, ticket)
        save(self.folder, job.target_lang, job.filename, text.encode())
        self.jobs.set_status(project, job.uid, peer.JobStatusChangeActionDto(requestedStatus="DELIVERED"))


def contest(job: dict[str, Any], start: Callable[[], None]) -> None:
    folder = Path(job["folder"])
    configuration = peer.Configuration(host=job["shore"]["tms_url"])
    configuration.connection_pool_maxsize = 64
    api = peer.ApiClient(configuration)
    api.set_default_header("Authorization", "Bearer " + job["shore"]["bearer"])
    carrier = Peer(api, job)
    carrier.voyage(write_pages(folder, 0, job["warm"], job["size"]))
    start()
    for number in range(1, job["voyages"] + 1):
        carrier.voyage(write_pages(folder, number, job["files"], job["size"]))
