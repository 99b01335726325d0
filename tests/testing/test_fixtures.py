"""The shipped fixtures, as another team's tests use them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from wordferry.sandbox import Sandbox, SandboxSettings, ThreadSandbox
from wordferry.testing.verdict import demand

pytest_plugins = ["pytester"]

PLUGIN = Path(__file__).parents[2] / "examples" / "node-plugin" / "plugin.mjs"


def test_three_lines_are_enough(pytester: pytest.Pytester) -> None:
    """One line in a conftest gives a blocking sandbox, an asynchronous one, a judged one, and settings of one's own."""
    pytester.makeconftest('pytest_plugins = ["wordferry.testing.fixtures"]')
    pytester.makepyfile(
        """
        import urllib.request
        import pytest
        from wordferry.sandbox import SandboxSettings

        def test_blocking(sandbox):
            with urllib.request.urlopen(sandbox.control_url + "/_sandbox/info") as answer:
                assert answer.status == 200

        @pytest.mark.asyncio
        async def test_in_the_loop(async_sandbox):
            await async_sandbox.advance(3600)
            assert async_sandbox.world.clock.elapsed() >= 3600

        def test_environment(sandbox, sandbox_environment):
            assert sandbox_environment["PHRASE_API_TOKEN"] == sandbox.api_token

        def test_judged(judged_sandbox):
            pass

        class TestOurSeed:
            @pytest.fixture
            def sandbox_settings(self):
                return SandboxSettings(seed=99)

            def test_seed(self, sandbox):
                assert sandbox.info()["seed"] == 99
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=5)


def _home(sandbox: ThreadSandbox, source: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", PLUGIN, source, "de", source.with_suffix(".out")],
        env={**sandbox.environment(), "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_plugin_in_another_language_brings_a_file_home(
    judged_sandbox: ThreadSandbox, tmp_path: Path
) -> None:
    """The Node example goes the whole way, and the referee has nothing to say."""
    source = tmp_path / "grüße & more.json"
    source.write_text('{"greeting": "Hello {name}"}', encoding="utf-8")
    done = _home(judged_sandbox, source)
    assert done.returncode == 0, done.stderr
    translated = json.loads(source.with_suffix(".out").read_text(encoding="utf-8"))
    assert "{name}" in translated["greeting"]
    assert translated["greeting"] != "Hello {name}"
    assert judged_sandbox.phrase.jobs[0].status == "DELIVERED"


def test_the_referee_sees_what_the_example_does_not_handle(sandbox: ThreadSandbox, tmp_path: Path) -> None:
    """A lost answer ends the example; run again, it has made a double."""
    source = tmp_path / "hello.json"
    source.write_text('{"greeting": "Hello"}', encoding="utf-8")
    sandbox.faults.add("lost", operation="create_project", count=1)
    assert _home(sandbox, source).returncode != 0
    assert _home(sandbox, source).returncode == 0
    with pytest.raises(AssertionError, match="double_projects: 1"):
        demand(sandbox.referee())


async def test_the_fixtures_serve_our_own_tests(
    async_sandbox: Sandbox, sandbox_settings: SandboxSettings
) -> None:
    """They work where they are made, too."""
    assert async_sandbox.settings == sandbox_settings
