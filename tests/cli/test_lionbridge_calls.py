"""Single calls of Lionbridge as commands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Outcome, Site
from wordferry.cli.exit_codes import Exit
from wordferry.cli.main import app


class Calls:
    """`wordferry lionbridge` in this process."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, *words: str) -> Outcome:
        self.site._capture.readouterr()
        code = 0
        try:
            app(["lionbridge", *words], prog_name="wordferry")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        return Outcome(code, *self.site._capture.readouterr())

    def json(self, *words: str) -> Any:
        done = self(*words, "--json")
        assert done.code == 0, done
        return json.loads(done.out)


@pytest.fixture
def calls(empty: Site, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Calls to the sandbox, with the account in the environment."""
    monkeypatch.chdir(empty.folder)
    monkeypatch.setenv("LIONBRIDGE_LOGIN_URL", empty.sandbox.lionbridge_login_url)
    monkeypatch.setenv("LIONBRIDGE_BASE_URL", empty.sandbox.lionbridge_url)
    monkeypatch.setenv("LIONBRIDGE_CLIENT_ID", empty.sandbox.lionbridge_client_id)
    monkeypatch.setenv("LIONBRIDGE_CLIENT_SECRET", empty.sandbox.lionbridge_client_secret)
    return Calls(empty)


def test_a_file_goes_out_by_hand(calls: Calls) -> None:
    """A job, its file, its requests: each step takes what the one before printed."""
    job = calls.json("jobs", "create", "By hand", "--due-date", "2026-12-01", "--labels", '{"env": "cli"}')[
        "jobId"
    ]
    calls.site.write("page.html", "<p>Hello</p>")
    sent = calls("source-files", "send", job, "--file", "page.html")
    assert sent.code == 0
    languages = ("--source-native-language-code", "en-US", "--target-native-language-codes", "de-DE")
    added = calls("requests", "add-file", job, "--fms-file-id", sent.out.strip(), *languages)
    assert "page.html" in added.out
    assert "de-DE" in added.out
    home = calls("source-files", "download", job, sent.out.strip(), "--output", "-")
    assert home.out == "<p>Hello</p>"
    found = calls.json("jobs", "list", "--filter", "labels.env eq 'cli' and dueDate lt '2027-01-01'")
    assert [one["jobName"] for one in found] == ["By hand"]


def test_an_upload_is_resumed_from_a_file(calls: Calls) -> None:
    """The state that `begin` prints is all that `resume` needs, in another command."""
    job = calls.json("jobs", "create", "By hand")["jobId"]
    calls.site.write("page.html", "<p>Hello</p>")
    transfer = calls.json("source-files", "create", job, "--filename", "page.html")
    calls.site.write("transfer.json", json.dumps(transfer))
    state = calls.json("source-files", "begin", "--transfer", "@transfer.json", "--file", "page.html")
    calls.site.write("state.json", json.dumps(state))
    assert calls("source-files", "resume", "--upload", "@state.json", "--file", "page.html").code == 0
    assert (
        calls("source-files", "download", job, transfer["fmsFileId"], "--output", "-").out == "<p>Hello</p>"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("jobs", "list", "--filter", "labels.env = 'x'"), "at position 11"),
        (("jobs", "list", "--filter", "description eq 'x'"), "description"),
        (("jobs", "create", "x" * 251), "251 bytes"),
        (("source-files", "create", "j", "--filename", "README"), "no extension"),
        (("source-content", "create", "j", "--fields", '[{"key": "a"}, {"key": "a"}]'), "twice"),
    ],
)
def test_bad_input_is_explained(calls: Calls, words: tuple[str, ...], said: str) -> None:
    """What the vendor refuses, or would refuse, comes back as one sentence and a way on."""
    done = calls(*words)
    assert done.code == Exit.REFUSED
    assert said in " ".join((done.err + done.out).split())
