"""Our typed client alone: no ledger, no checks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.running import loop_run
from benchmarks.voyagers import PAUSE, read, write_pages
from wordferry.phrase import Job, PhraseClient, Unlimited


class Client:
    def __init__(self, client: PhraseClient, job: dict[str, Any]) -> None:
        self.client = client
        self.template = job["shore"]["template"]
        self.locales = job["locales"]
        self.folder = Path(job["folder"])

    async def voyage(self, paths: list[Path]) -> None:
        client = self.client
        project = (
            await client.projects.from_template(
                self.template, name=paths[0].stem, source_lang="en", target_langs=self.locales
            )
        ).uid
        assert project is not None
        await asyncio.gather(*(self.create(project, path) for path in paths))
        total = len(paths) * len(self.locales)
        while True:
            jobs = [job async for job in client.jobs.list(project)]
            if sum(job.status == "COMPLETED" for job in jobs) == total:
                break
            await asyncio.sleep(PAUSE)
        tickets = await asyncio.gather(*(self.export(project, job) for job in jobs))
        while {request.id async for request in client.async_requests.pending()} & set(tickets):  # noqa: ASYNC110 -- the vendor offers nothing to wait for
            await asyncio.sleep(PAUSE)
        await asyncio.gather(
            *(self.bring(project, job, ticket) for job, ticket in zip(jobs, tickets, strict=True))
        )

    async def create(self, project: str, path: Path) -> None:
        await self.client.jobs.create(project, file=read(path), filename=path.name, target_langs=self.locales)

    async def export(self, project: str, job: Job) -> str:
        started = await self.client.target_files.start(project, job.uid or "")
        assert started.async_request is not None
        return started.async_request.id or ""

    async def bring(self, project: str, job: Job, ticket: str) -> None:
        with (self.folder / (job.target_lang or "") / (job.filename or "")).open("wb") as file:
            await self.client.target_files.download(project, job.uid or "", ticket, to=file)
        await self.client.jobs.set_status(project, job.uid or "", "DELIVERED")


async def sail(job: dict[str, Any], start: Callable[[], None]) -> None:
    folder = Path(job["folder"])
    at = job["shore"]
    async with PhraseClient(
        platform_url=at["platform_url"],
        tms_url=at["tms_url"],
        api_token=at["api_token"],
        budget=Unlimited(),
        in_flight=job["abreast"],
    ) as opened:
        client = Client(opened, job)
        await client.voyage(write_pages(folder, 0, job["warm"], job["size"]))
        start()
        for number in range(1, job["voyages"] + 1):
            await client.voyage(write_pages(folder, number, job["files"], job["size"]))


def contest(job: dict[str, Any], start: Callable[[], None]) -> None:
    loop_run(sail(job, start), loop=job["loop"])
