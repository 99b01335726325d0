"""The floor: aiohttp and msgspec by hand, nothing checked, nothing kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from benchmarks.running import loop_run
from benchmarks.voyagers import PAUSE, read, write_pages


class Named(msgspec.Struct):
    uid: str


class Job(msgspec.Struct, rename="camel"):
    uid: str
    filename: str
    target_lang: str
    status: str


class Jobs(msgspec.Struct):
    content: list[Job]


class Request(msgspec.Struct):
    id: str


class Started(msgspec.Struct, rename="camel"):
    async_request: Request


class Requests(msgspec.Struct):
    content: list[Request]


read_project = msgspec.json.Decoder(Named).decode
read_jobs = msgspec.json.Decoder(Jobs).decode
read_started = msgspec.json.Decoder(Started).decode
read_requests = msgspec.json.Decoder(Requests).decode
JSON = {"Content-Type": "application/json"}
DELIVERED = b'{"requestedStatus":"DELIVERED"}'


class Bare:
    def __init__(self, session: aiohttp.ClientSession, job: dict[str, Any]) -> None:
        self.session = session
        self.base = job["shore"]["tms_url"]
        self.template = job["shore"]["template"]
        self.locales = job["locales"]
        self.folder = Path(job["folder"])
        self.lanes = asyncio.Semaphore(job["abreast"])

    async def voyage(self, paths: list[Path]) -> None:
        body = {"name": paths[0].stem, "sourceLang": "en", "targetLangs": self.locales}
        project = read_project(
            await self.call(
                "POST", f"/api2/v2/projects/applyTemplate/{self.template}", JSON, json.dumps(body)
            )
        ).uid
        await asyncio.gather(*(self.create(project, path) for path in paths))
        total = len(paths) * len(self.locales)
        while True:
            jobs = await self.list_jobs(project, total)
            if sum(job.status == "COMPLETED" for job in jobs) == total:
                break
            await asyncio.sleep(PAUSE)
        tickets = await asyncio.gather(*(self.export(project, job) for job in jobs))
        while {request.id for request in await self.pending()} & set(tickets):  # noqa: ASYNC110 -- the vendor offers nothing to wait for
            await asyncio.sleep(PAUSE)
        await asyncio.gather(
            *(self.bring(project, job, ticket) for job, ticket in zip(jobs, tickets, strict=True))
        )

    async def call(self, method: str, path: str, headers: Any = None, body: Any = None) -> bytes:
        async with (
            self.lanes,
            self.session.request(
                method, self.base + path, headers=headers, data=body, allow_redirects=False
            ) as answer,
        ):
            answer.raise_for_status()
            return await answer.read()

    async def create(self, project: str, path: Path) -> None:
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f"filename*=UTF-8''{path.name}",
            "Memsource": json.dumps({"targetLangs": self.locales}),
        }
        await self.call("POST", f"/api2/v1/projects/{project}/jobs", headers, read(path))

    async def list_jobs(self, project: str, total: int) -> list[Job]:
        pages = [
            await self.call("GET", f"/api2/v2/projects/{project}/jobs?pageNumber={number}&pageSize=50")
            for number in range((total + 49) // 50)
        ]
        return [job for page in pages for job in read_jobs(page).content]

    async def export(self, project: str, job: Job) -> str:
        path = f"/api2/v3/projects/{project}/jobs/{job.uid}/targetFile"
        return read_started(await self.call("PUT", path, JSON, b"{}")).async_request.id

    async def pending(self) -> list[Request]:
        return read_requests(await self.call("GET", "/api2/v1/async?pageNumber=0&pageSize=50")).content

    async def bring(self, project: str, job: Job, ticket: str) -> None:
        url = f"{self.base}/api2/v2/projects/{project}/jobs/{job.uid}/downloadTargetFile/{ticket}"
        async with self.lanes, self.session.get(url, allow_redirects=False) as answer:
            answer.raise_for_status()
            with (self.folder / job.target_lang / job.filename).open("wb") as file:
                async for piece in answer.content.iter_any():
                    file.write(piece)
        await self.call("POST", f"/api2/v1/projects/{project}/jobs/{job.uid}/setStatus", JSON, DELIVERED)


async def sail(job: dict[str, Any], start: Callable[[], None]) -> None:
    folder = Path(job["folder"])
    headers = {"Authorization": "Bearer " + job["shore"]["bearer"], "User-Agent": "floor"}
    async with aiohttp.ClientSession(headers=headers) as session:
        bare = Bare(session, job)
        await bare.voyage(write_pages(folder, 0, job["warm"], job["size"]))
        start()
        for number in range(1, job["voyages"] + 1):
            await bare.voyage(write_pages(folder, number, job["files"], job["size"]))


def contest(job: dict[str, Any], start: Callable[[], None]) -> None:
    loop_run(sail(job, start), loop=job["loop"])
