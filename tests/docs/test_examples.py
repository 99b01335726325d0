"""The examples of the docs run against the sandbox."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Block, blocks, named
from wordferry.sandbox import ThreadSandbox, sandbox_in_thread

#: Pages whose Python runs as it stands; that of the sandbox's reference is made of pieces.
RUNNABLE = {"lionbridge-client.md", "phrase-client.md", "sandbox-in-tests.md"}
PYTHON = [block for block in blocks("python") if block.page.name in RUNNABLE]
README = ROOT / "README.md"


@pytest.fixture
def sandbox() -> Iterator[ThreadSandbox]:
    """A sandbox with the settings of `wordferry sandbox`, on free ports."""
    with sandbox_in_thread() as running:
        yield running


def _environment(sandbox: ThreadSandbox) -> dict[str, str]:
    here = str(Path(sys.executable).parent)
    return os.environ | {
        "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "PHRASE_PLATFORM_URL": sandbox.phrase_url,
        "PHRASE_TMS_URL": sandbox.phrase_tms_url,
        "PHRASE_API_TOKEN": sandbox.api_token,
        "LIONBRIDGE_LOGIN_URL": sandbox.lionbridge_login_url,
        "LIONBRIDGE_BASE_URL": sandbox.lionbridge_url,
        "LIONBRIDGE_CLIENT_ID": sandbox.lionbridge_client_id,
        "LIONBRIDGE_CLIENT_SECRET": sandbox.lionbridge_client_secret,
    }


@pytest.mark.parametrize("block", PYTHON, ids=named)
def test_python_example_runs(block: Block, sandbox: ThreadSandbox, tmp_path: Path) -> None:
    """A Python example runs to its end as it stands, with warnings as errors."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", block.text],
        cwd=tmp_path,
        env=_environment(sandbox),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, "")


def _ten_lines() -> list[str]:
    section = README.read_text(encoding="utf-8").partition("## Ten lines")[2]
    found = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1].splitlines()


def test_readme_token_is_the_sandboxs(sandbox: ThreadSandbox) -> None:
    """The token in the README is the one that `wordferry sandbox` gives."""
    assert any(f"PHRASE_API_TOKEN={sandbox.api_token} " in line for line in _ten_lines())


def test_ten_lines_of_the_readme_run(sandbox: ThreadSandbox, tmp_path: Path) -> None:
    """The ten lines carry the file home; only the sandbox's port and the path to the commands are ours."""
    lines = _ten_lines()
    assert len(lines) == 10
    program = ["set -e"]
    for line in lines[1:]:
        if line.startswith("wordferry sandbox"):
            continue  # ours runs already, on free ports
        program.append(line.replace("kill $!", ":"))
        if line.startswith("wordferry init"):
            host = sandbox.phrase_url.removeprefix("http://")
            program.append(
                f"sed -i 's/127.0.0.1:8931/{host}/; s/^api_token/poll_first = 0.1\\n&/' wordferry.toml"
            )
    result = subprocess.run(
        ["sh", "-c", "\n".join(program)],
        cwd=tmp_path,
        env=_environment(sandbox),
        check=False,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert result.returncode == 0, result.stderr
    assert "2 of 2 translations are home" in result.stdout
    assert "2 delivered files read again" in result.stdout
    target = (tmp_path / "try" / "de" / "hours.md").read_text(encoding="utf-8")
    assert "{name}" in target
    assert target.count("**") == 2
    assert sandbox.referee()["ok"]
