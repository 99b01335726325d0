"""The sandbox in a process of its own, so that its CPU is nobody's."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from benchmarks.running import ROOT, environment

__all__ = ["Shore", "shore"]

#: Everything is ready as good as at once, and no quota is in the way: what is measured is work, not waiting.
QUICK = {
    "import_seconds": 0.001,
    "translate_seconds": 0.001,
    "export_seconds": 0.001,
    "requests_per_minute": 0,
    "concurrent_requests": 1000,
    "pending_async": 0,
}


class Shore:
    """A running sandbox, seen from outside."""

    def __init__(self, process: subprocess.Popen[str], control: str) -> None:
        self.pid = process.pid
        self.control = control

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.control + path) as answer:
            return json.load(answer)

    def post(self, path: str, body: Any = None) -> None:
        data = json.dumps(body).encode() if body is not None else b""
        request = urllib.request.Request(
            self.control + path, data, {"Content-Type": "application/json"}, method="POST"
        )
        urllib.request.urlopen(request).close()

    def reset(self) -> dict[str, str]:
        """An empty sandbox again; returns what a contestant needs to reach it."""
        self.post("/_sandbox/reset")
        info = self.get("/_sandbox/info")["phrase"]
        exchange = urllib.request.Request(
            info["platform_url"] + "/idm/oauth/token",
            b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
            b"&subject_token_type=urn%3Aphrase%3Aparams%3Aoauth%3Atoken-type%3Aapi_token&subject_token="
            + info["api_token"].encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        with urllib.request.urlopen(exchange) as answer:
            bearer = json.load(answer)["access_token"]
        template = next(t["uid"] for t in info["templates"] if t["name"] == "Website")
        return {
            "platform_url": info["platform_url"],
            "tms_url": info["tms_url"],
            "api_token": info["api_token"],
            "bearer": bearer,
            "template": template,
        }

    def delivered(self) -> int:
        """How many translations are confirmed over there."""
        found = self.get("/_sandbox/referee")["jobs"]["last_level_by_status"].get("DELIVERED", 0)
        assert isinstance(found, int)
        return found

    def calls(self) -> int:
        """How many calls were made."""
        found = self.get("/_sandbox/referee")["calls"]["total"]
        assert isinstance(found, int)
        return found


@contextmanager
def shore(**settings: Any) -> Iterator[Shore]:
    """Run a sandbox for the length of the block.

    Args:
        settings: of `SandboxSettings`, beside those that make everything quick.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.shore", json.dumps(QUICK | settings)],
        cwd=ROOT,
        env=environment() | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        yield Shore(process, process.stdout.readline().strip())
    finally:
        process.terminate()
        process.communicate()


def _serve() -> None:
    from wordferry.sandbox import SandboxSettings, serve

    # Its input ends when the benchmark does, however that came to its end.
    Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    asyncio.run(
        serve(
            SandboxSettings(**json.loads(sys.argv[1])),
            0,
            ready=lambda running: print(running.control_url, flush=True),
        )
    )


if __name__ == "__main__":
    _serve()
