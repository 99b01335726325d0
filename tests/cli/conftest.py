"""A small site, a quick sandbox, and the command line in this process or in one of its own."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from wordferry.cli.main import app
from wordferry.observe import log
from wordferry.sandbox import SandboxSettings, ThreadSandbox, sandbox_in_thread

ROOT = Path(__file__).parents[2]
QUICK = SandboxSettings(
    import_seconds=0.02, translate_seconds=0.05, export_seconds=0.02, analysis_seconds=0.02
)
PAGE = '{"title": "Hello {name}", "body": "Take the <b>ferry</b> at nine."}\n'
HELP = '{"help": "Ask the deckhand."}\n'
CONFIGURATION = """
[wordferry]
database = "{database}"

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
poll_first = 0.05
poll_longest = 0.2

[route.docs]
content = "docs"
tms = "phrase"

[route.docs.on.phrase]
template = "{template}"
locales = {locales}
"""


class Outcome(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output, which must be one JSON document and nothing else."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output, which must be JSON lines and nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]


class Site:
    """A folder with sources and a configuration, and the command line on it."""

    def __init__(self, folder: Path, sandbox: ThreadSandbox, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self._capture = capture

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def configure(
        self,
        *,
        template: str = "Website",
        locales: str = '{ de = "de", fr = "fr" }',
        database: str = "sqlite:///.wordferry/ledger.db",
    ) -> None:
        text = CONFIGURATION.format(
            platform=self.sandbox.phrase_url,
            tms=self.sandbox.phrase_tms_url,
            template=template,
            locales=locales,
            database=database,
        )
        self.write("wordferry.toml", text)

    def run(self, command: str, *arguments: str) -> Outcome:
        """Run a command in this process."""
        self._capture.readouterr()
        # The engine's library keeps the standard error of the test before, which is closed by now.
        logging.getLogger("dbos").handlers.clear()
        code = 0
        try:
            app([command, "-C", str(self.folder), *arguments], prog_name="wordferry")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        return Outcome(code, *self._capture.readouterr())

    def start(self, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
        """Run a command in a process of its own."""
        return start(*arguments, cwd=self.folder, **settings)


def start(*arguments: str, cwd: Path, **settings: Any) -> subprocess.Popen[str]:
    """Run the command line in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "default"}
    environment |= settings.pop("env", {})
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings}
    return subprocess.Popen(
        [sys.executable, "-m", "wordferry.cli.main", *arguments],
        cwd=cwd,
        env=environment,
        text=True,
        **settings,
    )


@pytest.fixture
def sandbox() -> Iterator[ThreadSandbox]:
    """A quick sandbox."""
    with sandbox_in_thread(QUICK) as running:
        yield running


@pytest.fixture
def empty(
    tmp_path: Path,
    sandbox: ThreadSandbox,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    """Two sources, no configuration."""
    monkeypatch.setenv("WORDFERRY_TEST_TOKEN", sandbox.api_token)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(log, "_threshold", log._threshold)
    site = Site(tmp_path, sandbox, capsys)
    site.write("en/page.json", PAGE)
    site.write("en/help.json", HELP)
    return site


@pytest.fixture
def site(empty: Site) -> Site:
    """Two sources and a configuration."""
    empty.configure()
    return empty
