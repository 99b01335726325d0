"""What the chaos tests share: a small site, its configuration, and a zygote that sails voyages to be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from wordferry.sandbox import ThreadSandbox

ROOT = Path(__file__).parents[2]
PAGE = """{
  "title": "Hello {name}",
  "body": "The ferry leaves at {time}.",
  "seats": "{n, plural, one {# seat} other {# seats}}"
}"""

CONFIGURATION = """
[wordferry]
database = "{database}"
dead_after = 1.0

[content.docs]
kind = "files"
root = "."
include = ["en/**/*"]
target = "{{locale}}/{{path}}"
source_locale = "en"

[tms.phrase]
kind = "phrase"
platform_url = "{platform}"
tms_url = "{tms}"
api_token = "env:WORDFERRY_TEST_TOKEN"
timeout = 0.5
settle = 0.3
poll_first = 0.05
poll_longest = 0.3

[route.docs]
content = "docs"
tms = "phrase"

[route.docs.on.phrase]
template = "{template}"
assign = true
analyse = true
notify = "{notify}"
preview = "package"
preview_formats = []
locales = {{ de = "de", fr = "fr" }}
"""


LIONBRIDGE = """
[wordferry]
database = "{database}"
dead_after = 1.0

[content.docs]
kind = "files"
root = "."
include = ["en/**/*"]
target = "{{locale}}/{{path}}"
source_locale = "en"

[tms.lionbridge]
kind = "lionbridge"
login_url = "{login}"
base_url = "{base}"
client_id = "env:WORDFERRY_TEST_CLIENT_ID"
client_secret = "env:WORDFERRY_TEST_CLIENT_SECRET"
timeout = 0.5
settle = 0.3
poll_first = 0.05
poll_longest = 0.3

[route.docs]
content = "docs"
tms = "lionbridge"

[route.docs.on.lionbridge]
provider = "{provider}"
reference = ["style.txt"]
memory = {{ de = "memory.tmx" }}
locales = {{ de = "de-DE", fr = "fr-FR" }}
"""


def make_lionbridge_site(folder: Path, sandbox: ThreadSandbox, *, database: str) -> None:
    """Write a site of one page, a reference, a memory, and the `wordferry.toml` that carries it to Lionbridge."""
    (folder / "en").mkdir(parents=True)
    (folder / "en" / "page0.json").write_text(PAGE)
    (folder / "style.txt").write_text("Plain words, please.")
    (folder / "memory.tmx").write_text("<tmx/>")
    (folder / "wordferry.toml").write_text(
        LIONBRIDGE.format(
            database=database,
            login=sandbox.lionbridge_login_url,
            base=sandbox.lionbridge_url,
            provider=sandbox.info()["lionbridge"]["providers"][0]["provider_id"],
        )
    )


def make_site(
    folder: Path,
    sandbox: ThreadSandbox,
    *,
    database: str,
    template: str = "Website with providers",
    pages: int = 1,
) -> None:
    """Write a site of a few pages and the `wordferry.toml` that carries it to the sandbox."""
    (folder / "en").mkdir(parents=True)
    for number in range(pages):
        (folder / "en" / f"page{number}.json").write_text(PAGE)
    os.environ["WORDFERRY_TEST_TOKEN"] = sandbox.api_token
    (folder / "wordferry.toml").write_text(
        CONFIGURATION.format(
            database=database,
            platform=sandbox.phrase_url,
            tms=sandbox.phrase_tms_url,
            template=template,
            notify="JobAssigned",
        )
    )


class Zygote:
    """Forks voyages. Use as a context manager; not to be shared between threads."""

    def __init__(self, sandbox: ThreadSandbox) -> None:
        environment = os.environ | {
            "WORDFERRY_TEST_TOKEN": sandbox.api_token,
            "WORDFERRY_TEST_CLIENT_ID": sandbox.lionbridge_client_id,
            "WORDFERRY_TEST_CLIENT_SECRET": sandbox.lionbridge_client_secret,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.zygote"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def sail(
        self,
        folder: Path,
        *,
        kill: tuple[str, int, str] | None = None,
        seconds: float = 60.0,
        look: bool = False,
        rest: bool = False,
    ) -> int:
        """Run a voyage in a process of its own; returns its exit code, negative for a signal.

        Args:
            folder: where `wordferry.toml` is.
            kill: operation, which one of them, and phase at which the process dies.
            seconds: patience.
            look: plan and accept, although something was accepted before.
            rest: end as soon as everything waits for the vendor.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        command: dict[str, Any] = {
            "folder": str(folder),
            "kill": kill,
            "seconds": seconds,
            "look": look,
            "rest": rest,
        }
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer: int = json.loads(self._process.stdout.readline())["exit"]
        return answer
