"""Single calls of a vendor as commands."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from tests.cli.conftest import Outcome, Site, start
from wordferry.cli.exit_codes import Exit
from wordferry.cli.main import app
from wordferry.cli.vendors import VENDORS


class Calls:
    """`wordferry <vendor>` in this process."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, *words: str) -> Outcome:
        self.site._capture.readouterr()
        code = 0
        try:
            app(["phrase", *words], prog_name="wordferry")
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
    monkeypatch.setenv("PHRASE_PLATFORM_URL", empty.sandbox.phrase_url)
    monkeypatch.setenv("PHRASE_TMS_URL", empty.sandbox.phrase_tms_url)
    monkeypatch.setenv("PHRASE_API_TOKEN", empty.sandbox.api_token)
    return Calls(empty)


def _project(calls: Calls) -> str:
    template = calls.json("templates", "list", "--name", "Website")[0]["uid"]
    made = calls.json("projects", "from-template", template, "--name", "By hand", "--target-langs", "de")
    return str(made["uid"])


def _leaves(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "commands"):
        yield words, command
        return
    for word, inner in command.commands.items():
        yield from _leaves(inner, (*words, word))


@pytest.mark.parametrize("vendor", [vendor.kind for vendor in VENDORS])
def test_every_call_explains_itself(vendor: str) -> None:
    """Each action has a sentence, each of its options a sentence and a name that no other option has."""
    group: Any = typer.main.get_command(app)
    for words, command in _leaves(group.commands[vendor], (vendor,)):
        assert command.help, words
        names = [name for part in command.params for name in (*part.opts, *part.secondary_opts)]
        assert len(names) == len(set(names)), words
        for part in command.params:
            assert part.help, (words, part.name)
            assert part.help[-1] in ".!?", (words, part.name, part.help)


def test_a_call_answers_people_and_programs(calls: Calls) -> None:
    """The same call shows a table to people and the vendor's own names to programs."""
    shown = calls("templates", "list", "--name", "Website")
    assert shown.code == 0
    assert "template name" in shown.out
    assert "Website" in shown.out
    assert {"Website"} <= {one["templateName"] for one in calls.json("templates", "list")}


def test_files_go_out_and_come_home(calls: Calls) -> None:
    """A source is sent from its path under its own name; what is fetched is the same bytes, in a file of its own."""
    project = _project(calls)
    calls.site.write("näme.json", '{"a": "Hello"}')
    created = calls.json("jobs", "create", project, "--file", "näme.json", "--target-langs", "de")
    assert created["jobs"][0]["filename"] == "näme.json"
    job = created["jobs"][0]["uid"]
    while calls.json("jobs", "get", project, job)["importStatus"]["status"] == "RUNNING":
        pass
    done = calls("target-files", "original", project, job, "-o", "back.json")
    assert done.code == 0, done
    assert "back.json" in done.out
    assert calls.site.read("back.json") == '{"a": "Hello"}'
    assert list(calls.site.folder.glob(".back*")) == []


def test_a_file_passes_through_pipes(calls: Calls) -> None:
    """With `-` a source comes from standard input and a download goes to standard output, byte for byte."""
    project = _project(calls)
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    send = start(
        *("phrase", "jobs", "create", project, "--file", "-", "--filename", "p.json"),
        *("--target-langs", "de", "--json"),
        cwd=calls.site.folder,
        env=environment,
        stdin=subprocess.PIPE,
    )
    out, err = send.communicate('{"a": "Hej"}')
    assert send.returncode == 0, err
    job = json.loads(out)["jobs"][0]["uid"]
    fetch = start(
        *("phrase", "target-files", "original", project, job, "--output", "-"),
        cwd=calls.site.folder,
        env=environment,
    )
    out, err = fetch.communicate()
    assert (fetch.returncode, out) == (0, '{"a": "Hej"}'), err


def test_lists_end_where_told(calls: Calls) -> None:
    """`--limit` ends a list, and people are told that there is more."""
    assert len(calls.json("templates", "list", "--limit", "1")) == 1
    cut = calls("templates", "list", "--limit", "1")
    assert "--limit 0" in cut.out
    assert "--limit" not in calls("templates", "list", "--limit", "0").out


def test_a_place_that_cannot_be_written_spends_nothing(calls: Calls) -> None:
    """A download whose file cannot be written is not even asked for: its id may be good for one use only."""
    before = len(calls.site.sandbox.calls())
    done = calls("target-files", "download", "p", "j", "1", "-o", "no/such/folder/x")
    assert done.code == Exit.OPERATOR
    assert "Nothing was fetched" in done.err
    assert len(calls.site.sandbox.calls()) == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("jobs", "get", "p", "nope"), Exit.REFUSED, "Check the ids"),
        (("jobs", "create", "p", "--file", "gone.json", "--target-langs", "de"), Exit.REFUSED, "gone.json"),
        (("jobs", "create", "p", "--file", "-", "--target-langs", "de"), Exit.USAGE, "--filename"),
        (("projects", "from-template", "t", "--name", "n", "--date-due", "monday"), Exit.USAGE, "no date"),
        (
            ("projects", "from-template", "t", "--name", "n", "--date-due", "2026-01-01"),
            Exit.USAGE,
            "time zone",
        ),
        (
            ("jobs", "create", "p", "--file", "x", "--target-langs", "de", "--extra", "{"),
            Exit.USAGE,
            "not JSON",
        ),
        (
            ("jobs", "create", "p", "--file", "x", "--target-langs", "de", "--extra", "@no"),
            Exit.USAGE,
            "cannot be",
        ),
        (
            ("jobs", "create", "p", "--file", "x", "--target-langs", "de", "--assignments", "[1]"),
            Exit.USAGE,
            "fit",
        ),
        (("auth", "login", "ada", "--password", "secret"), Exit.USAGE, "not typed"),
        (("auth", "login", "ada", "--password", "env:NOT_SET_ANYWHERE"), Exit.USAGE, "NOT_SET_ANYWHERE"),
        (("jobs", "list"), Exit.USAGE, "PROJECT_UID"),
        (("nothing",), Exit.USAGE, "No such command"),
        (("templates", "list", "--connection", "x"), Exit.OPERATOR, "init"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(
    calls: Calls, words: tuple[str, ...], code: Exit, said: str
) -> None:
    """What cannot be understood or done ends with its exit code and a sentence that says what to do."""
    done = calls(*words)
    assert done.code == code, done
    assert said in done.err
    assert "Traceback" not in done.err


def test_errors_for_programs(calls: Calls) -> None:
    """With --json an error is a document, with the vendor's status and code."""
    done = calls("jobs", "get", "p", "nope", "--json")
    error = json.loads(done.out)["error"]
    assert (error["status"], error["code"], error["type"]) == (404, "ResourceNotFound", "Vanished")


def test_the_account_of_a_configuration(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without options the one connection of wordferry.toml is called; a name that is not there is said."""
    monkeypatch.delenv("PHRASE_TMS_URL", raising=False)
    monkeypatch.delenv("PHRASE_PLATFORM_URL", raising=False)
    calls = Calls(site)
    assert calls.json("auth", "who-am-i", "-C", str(site.folder))["organization"]["name"] == "Sandbox"
    named = calls("auth", "who-am-i", "-C", str(site.folder), "--connection", "phrase")
    assert "Sandbox" in named.out
    wrong = calls("auth", "who-am-i", "-C", str(site.folder), "--connection", "frase")
    assert wrong.code == Exit.OPERATOR
    assert "There are: phrase." in wrong.err


def test_no_account_is_said(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """With neither options nor a configuration the sentence names both ways."""
    monkeypatch.chdir(tmp_path)
    for name in ("PHRASE_TMS_URL", "PHRASE_PLATFORM_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit) as end:
        app(["phrase", "auth", "who-am-i"], prog_name="wordferry")
    assert end.value.code == Exit.OPERATOR
    said = capsys.readouterr().err
    assert "--platform-url and --tms-url" in said
    assert "wordferry.toml" in said


def _ready(calls: Calls, project: str, job: str) -> None:
    while calls.json("jobs", "get", project, job)["importStatus"]["status"] == "RUNNING":
        pass


def test_a_project_by_hand(calls: Calls) -> None:
    """A whole project can be led from the command line: jobs, people, files, exports, and its end."""
    project = _project(calls)
    calls.json("projects", "edit", project, "--note", "by hand", "--date-due", "2030-01-01T00:00Z")
    calls.json("projects", "add-target-langs", project, "fr_fr")
    got = calls.json("projects", "get", project)
    assert (got["note"], got["targetLangs"]) == ("by hand", ["de", "fr_fr"])
    calls.site.write("a.json", '{"a": "Hello"}')
    langs = ("--target-langs", "de", "--target-langs", "fr_fr")
    made = calls.json("jobs", "create", project, "--file", "a.json", *langs)
    first, second = (one["uid"] for one in made["jobs"])
    _ready(calls, project, first)
    _ready(calls, project, second)
    assert [one["uid"] for one in calls.json("jobs", "parts", project, first)] == [first]
    assert len(calls.json("jobs", "all-levels", project)) == 2
    due = calls.json("jobs", "edit-many", first, second, "--date-due", "2030-01-01T00:00Z")
    assert due["updated"] == 2
    assert calls.json("jobs", "set-status", project, first, "COMPLETED") == {"done": True}
    history = calls.json("jobs", "status-changes", project, first)["statusChanges"]
    assert "COMPLETED" in {one["status"] for one in history}
    done = calls("bilingual-files", "download", project, first, "--format", "MXLF", "-o", "a.mxliff")
    assert done.code == 0, done
    assert calls("bilingual-files", "upload", "a.mxliff").code == 0
    ticket = calls.json("target-files", "start", project, first)["asyncRequest"]["id"]
    while calls.json("async-requests", "get", ticket)["asyncResponse"] is None:
        pass
    assert calls("target-files", "download", project, first, ticket, "-o", "de.json").code == 0
    assert set(json.loads(calls.site.read("de.json"))) == {"a"}
    spent = calls("target-files", "download", project, first, ticket, "-o", "again.json", "--json")
    assert json.loads(spent.out)["error"]["type"] == "Spent"
    assert not (calls.site.folder / "again.json").exists()
    assert calls.json("jobs", "delete", project, second, "--purge") == {"done": True}
    assert calls.json("projects", "archive", project)["archived"] is True
    assert calls.json("projects", "restore", project) == {"done": True}
    assert calls("projects", "delete", project).out == "Done.\n"
    assert calls("projects", "get", project).code == Exit.REFUSED


def test_webhooks_by_hand(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Webhooks are made, looked at, tested and deleted; their secret comes by reference and is not shown to people."""
    monkeypatch.setenv("HOOK_SECRET", "a-hook-secret")
    url = "http://127.0.0.1:9/hook"
    made = calls(
        *("webhooks", "create", "--url", url, "--events", "JOB_CREATED", "--events", "PROJECT_CREATED"),
        *("--name", "Ours", "--secret-token", "env:HOOK_SECRET"),
    )
    assert made.code == 0, made
    listed = calls.json("webhooks", "list", "--name", "Ours")
    assert [(one["url"], one["events"]) for one in listed] == [(url, ["JOB_CREATED", "PROJECT_CREATED"])]
    uid = listed[0]["uid"]
    assert "JOB_CREATED" in calls("webhooks", "get", uid).out
    assert "shown by --json only" in made.out
    assert "a-hook-secret" not in made.out + calls("webhooks", "get", uid).out
    assert calls.json("webhooks", "test", uid, "JOB_CREATED") == {"done": True}
    assert calls("webhooks", "test", uid, "ANALYSIS_CREATED").code == Exit.REFUSED
    assert (
        calls.json("webhooks", "previews", "--events", "JOB_CREATED")["previews"][0]["event"] == "JOB_CREATED"
    )
    assert calls.json("webhooks", "replay-latest", "--number-of-calls", "1") == {"done": True}
    assert calls.json("webhooks", "delete", uid) == {"done": True}
