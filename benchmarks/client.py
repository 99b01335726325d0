"""What does one call through `PhraseClient` cost in CPU, against a bare aiohttp loop on the same answer?"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import defaultdict
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.report import Answer, Goal, Table, middle, spread
from benchmarks.running import contestant, cpu, loop_run, progress, rounds

__all__ = ["contest", "measure"]

#: A job as the vendor sends it, some 1,200 bytes.
BODY = (
    b'{"uid":"hYEWko4NabcdefghijklmN","innerId":"1","status":"NEW","filename":"harbour.md","sourceLang":"en",'
    b'"targetLang":"de","originalFileDirectory":null,"workflowLevel":1,"lastWorkflowLevel":2,"workflowStep":'
    b'{"id":"20041366","name":"Translation","order":1,"workflowLevel":1},"project":{"uid":"'
    + b"x" * 22
    + b'","name":"Site"},"providers":[{"id":"1","uid":"'
    + b"u" * 22
    + b'","type":"USER"}],"workUnit":null,"wordsCount":120,"beginIndex":0,"endIndex":19,"isParentJobSplit":false,'
    b'"dateCreated":"2023-11-10T18:13:51+0000","dateDue":null,"updateSourceDate":null,"updateTargetDate":null,'
    b'"imported":true,"importStatus":{"status":"OK","errorMessage":null},"continuous":false,"continuousJobInfo":null,'
    b'"jobReference":{"uid":"'
    + b"j" * 22
    + b'","filename":"harbour.md"},"serverTaskId":"'
    + b"t" * 40
    + b'"}'
)
TOKEN = b'{"access_token":"' + b"e" * 800 + b'","expires_in":14399}'
PATH = f"/web/api2/v1/projects/{'p' * 22}/jobs/{'j' * 22}"
LANES = (1, 16)
#: Calls of one measurement, long enough for the clock and short enough to meet the same disturbance.
CALLS = 400


class Canned(asyncio.Protocol):
    """A server that costs next to nothing: it answers, and reads no more than it must."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.held = b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, rest = self.held.partition(b"\r\n\r\n")
            found = head.lower().find(b"content-length:")
            length = int(head[found + 15 :].split(b"\r\n")[0]) if found >= 0 else 0
            if len(rest) < length:
                return
            self.held = rest[length:]
            body = TOKEN if head.startswith(b"POST") else BODY
            self.transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nmemsource-action-id: "
                + b"f" * 32
                + b"\r\n"
                b"ratelimit-limit: 100\r\nratelimit-remaining: 99\r\ncache-control: no-store\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )


def _serve(told: Connection) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Canned, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    asyncio.run(serve())


async def _bare(port: int, work: Callable[[Callable[[], Awaitable[Any]]], Awaitable[float]]) -> float:
    import aiohttp
    import msgspec

    from wordferry.phrase import Job

    # The same model as ours: what is compared is the way of a call, not the size of its answer.
    read = msgspec.json.Decoder(Job).decode
    headers = {"User-Agent": "floor", "Authorization": "Bearer " + "e" * 800}
    url = f"http://127.0.0.1:{port}{PATH}"
    async with aiohttp.ClientSession(headers=headers) as session:

        async def call() -> None:
            async with session.get(url, allow_redirects=False) as answer:
                read(await answer.read())

        return await work(call)


async def _ours(port: int, work: Callable[[Callable[[], Awaitable[Any]]], Awaitable[float]]) -> float:
    from wordferry.phrase import PhraseClient, Unlimited

    base = f"http://127.0.0.1:{port}"
    async with PhraseClient(
        platform_url=base, tms_url=base + "/web", api_token="pretended", budget=Unlimited()
    ) as client:
        return await work(lambda: client.jobs.get("p" * 22, "j" * 22))


CONTESTANTS = {"floor: aiohttp + msgspec": _bare, "wordferry's PhraseClient": _ours}
FLOOR, OURS = CONTESTANTS


def contest(job: dict[str, Any], start: Callable[[], None]) -> dict[str, Any]:
    """Many calls, `lanes` at a time; returns CPU seconds of one call."""

    async def work(call: Callable[[], Awaitable[Any]]) -> float:
        async def lane(count: int) -> None:
            for _ in range(count):
                await call()

        async def all_lanes(count: int) -> None:
            await asyncio.gather(*(lane(count // job["lanes"]) for _ in range(job["lanes"])))

        await all_lanes(CALLS)
        start()
        samples = []
        for _ in range(job["samples"]):
            began = cpu()
            await all_lanes(CALLS)
            samples.append((cpu() - began) / CALLS)
        return middle(samples)

    each: float = loop_run(CONTESTANTS[job["name"]](job["port"], work), loop=job["loop"])
    return {"each": each}


def measure(*, quick: bool = False, loop: str = "asyncio") -> Answer:
    """Both contestants, with one call and with sixteen in flight, rounds interleaved."""
    count, samples = (3, 5) if quick else (9, 12)
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    port = ours.recv()
    rows: list[tuple[str | float, ...]] = []
    goals = []
    try:
        for lanes in LANES:
            found: dict[str, list[float]] = defaultdict(list)
            for step, name in enumerate(rounds(list(CONTESTANTS), count), 1):
                progress(f"client: {lanes} in flight: {step} of {count * len(CONTESTANTS)}")
                job = {"name": name, "port": port, "lanes": lanes, "samples": samples, "loop": loop}
                found[name].append(contestant("client", job)["each"] * 1e6)
            floor = middle(found[FLOOR])
            rows += [
                (f"{name}, {lanes} in flight", middle(each), spread(each), middle(each) / floor)
                for name, each in found.items()
            ]
            goals.append(
                Goal(f"a call against the floor, {lanes} in flight", middle(found[OURS]) / floor, 1.5, "×")
            )
    finally:
        progress("")
        server.terminate()
        server.join()
    table = Table(
        "CPU of one call (GET of a job)", ("contestant", "CPU µs", "range", "× floor"), sorted(rows)
    )
    return Answer((__doc__ or "").strip(), [table], goals, [f"event loop: {loop}"])
