"""phrappy's asynchronous client."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.running import loop_run
from benchmarks.voyagers import PAUSE, read, save, write_pages

# Named late: a type checker sees the same with and without this optional package.
phrappy: Any = importlib.import_module("phrappy")


class Peer:
    def __init__(self, client: Any, job: dict[str, Any]) -> None:
        self.client = client
        self.template = job["shore"]["template"]
        self.locales = job["locales"]
        self.folder = Path(job["folder"])
        self.lanes = asyncio.Semaphore(job["abreast"])

    async def voyage(self, paths: list[Path]) -> None:
        project = (
            await self.client.project.create_project_from_template_v2(
                template_uid=self.template,
                create_project_from_template_v2_dto_v2={
                    "name": paths[0].stem,
                    "sourceLang": "en",
                    "targetLangs": self.locales,
                },
            )
        ).uid
        assert project is not None
        await asyncio.gather(*(self.create(project, path) for path in paths))
        total = len(paths) * len(self.locales)
        while True:
            pages = [
                await self.client.job.list_parts_v2(project_uid=project, page_number=number)
                for number in range((total + 49) // 50)
            ]
            jobs = [job for page in pages for job in page.content or ()]
            if sum(job.status == "COMPLETED" for job in jobs) == total:
                break
            await asyncio.sleep(PAUSE)
        tickets = await asyncio.gather(*(self.export(project, job) for job in jobs))
        while True:
            waiting = await self.client.async_request.list_pending_requests()
            if not {str(request.id) for request in waiting.content or ()} & set(tickets):
                break
            await asyncio.sleep(PAUSE)
        await asyncio.gather(
            *(self.bring(project, job, ticket) for job, ticket in zip(jobs, tickets, strict=True))
        )

    async def create(self, project: str, path: Path) -> None:
        async with self.lanes:
            await self.client.job.create_job(
                project_uid=project,
                memsource={"targetLangs": self.locales},
                content_disposition=f"filename*=UTF-8''{path.name}",
                file_bytes=read(path),
            )

    async def export(self, project: str, job: Any) -> str:
        async with self.lanes:
            started = await self.client.job.completed_file_v3(
                project_uid=project, job_uid=job.uid, download_target_file_dto_v3={}
            )
        assert started.asyncRequest is not None
        return str(started.asyncRequest.id)

    async def bring(self, project: str, job: Any, ticket: str) -> None:
        async with self.lanes:
            content = await self.client.job.download_completed_file(
                project_uid=project, job_uid=job.uid, async_request_id=ticket
            )
            save(self.folder, job.targetLang, job.filename, content)
            await self.client.job.set_status(
                project_uid=project,
                job_uid=job.uid,
                job_status_change_action_dto_v1={"requestedStatus": "DELIVERED"},
            )


async def _say_type(request: Any) -> None:
    # It sends a file without a Content-Type, which Phrase's description asks for and the sandbox insists on.
    request.headers.setdefault("Content-Type", "application/octet-stream")


async def sail(job: dict[str, Any], start: Callable[[], None]) -> None:
    folder = Path(job["folder"])
    at = job["shore"]
    async with phrappy.AsyncPhrappy(
        token=at["bearer"], base_url=at["tms_url"], auth_scheme="Bearer"
    ) as client:
        client._client.event_hooks["request"].append(_say_type)  # noqa: SLF001 -- it has no public way
        carrier = Peer(client, job)
        await carrier.voyage(write_pages(folder, 0, job["warm"], job["size"]))
        start()
        for number in range(1, job["voyages"] + 1):
            await carrier.voyage(write_pages(folder, number, job["files"], job["size"]))


def contest(job: dict[str, Any], start: Callable[[], None]) -> None:
    loop_run(sail(job, start), loop=job["loop"])
