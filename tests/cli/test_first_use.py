"""The way of somebody who uses Wordferry for the first time, command by command."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.cli.conftest import Site


def test_first_use(empty: Site) -> None:
    """From an empty folder to verified translations, each command says what it did and what comes next."""
    made = empty.run(
        "init", "--region", "sandbox", "--locales", "de,pt-BR", "--token", "env:WORDFERRY_TEST_TOKEN"
    )
    assert made.code == 0
    assert "wordferry doctor" in made.out
    settings = tomllib.loads(empty.read("wordferry.toml"))
    assert settings["route"]["docs"]["on"]["phrase"]["locales"] == {"de": "de", "pt-BR": "pt_br"}
    assert settings["content"]["docs"]["include"] == ["en/**/*"]
    port = empty.sandbox.phrase_url.rpartition(":")[2]
    quick = empty.read("wordferry.toml").replace("8931", port)
    quick = quick.replace("[tms.phrase]", "[tms.phrase]\npoll_first = 0.05\npoll_longest = 0.2")
    empty.write("wordferry.toml", quick)

    checked = empty.run("doctor")
    assert checked.code == 0, checked.out
    assert "nothing is broken" in checked.out

    planned = empty.run("plan")
    assert planned.code == 0
    assert "2 items × 2 locales = 4: 4 to create + 0 to update + 0 skipped" in planned.out
    found = re.search(r"wordferry apply (p\w+)", planned.out)
    assert found
    assert empty.sandbox.calls(operation="create_job") == []

    applied = empty.run("apply", found[1])
    assert applied.code == 0, applied.err
    assert "4 translations planned = 4 accepted by the TMS + 0 refused" in applied.out

    sailed = empty.run("run")
    assert sailed.code == 0, sailed.err
    assert "4 of 4 translations are home." in sailed.out
    assert "«de»" in empty.read("de/page.json")
    assert empty.sandbox.referee()["ok"]

    assert "nothing is under way" in empty.run("status").out
    traced = empty.run("trace", "de/page.json")
    assert traced.code == 0
    for step in (
        "planned",
        "create-project",
        "create-job",
        "export",
        "download",
        "write",
        "set-delivered",
        "Receipt",
    ):
        assert step in traced.out
    explained = empty.run("explain", "de/page.json")
    assert "It is delivered" in explained.out
    verified = empty.run("verify")
    assert verified.code == 0
    assert "4 delivered files read again: every byte is as delivered" in verified.out


def test_second_run_has_nothing_to_do(site: Site) -> None:
    """A run after a run sends nothing, fetches nothing and ends well."""
    assert site.run("run").code == 0
    before = len(site.sandbox.calls())
    again = site.run("run")
    assert again.code == 0
    assert "Nothing new had to be sent." in again.out
    assert len(site.sandbox.calls()) == before
    plan = site.run("plan")
    assert plan.code == 0
    assert "There is nothing to send." in plan.out
    assert "4 skipped: it is up to date" in plan.out


def test_plan_of_a_part(site: Site) -> None:
    """`--only` plans one item and counts no other; a name that does not exist is an error."""
    assert "1 item × 2 locales = 2: 2 to create" in site.run("plan", "--only", "en/page.json").out
    wrong = site.run("plan", "--only", "en/pgae.json")
    assert wrong.code == 4
    assert "en/pgae.json" in wrong.err


def test_quiet_plan_is_its_id(site: Site) -> None:
    """`plan --quiet` prints what a script needs, and no more."""
    outcome = site.run("plan", "--quiet")
    assert re.fullmatch(r"p\w{10}\n", outcome.out)
    assert site.run("apply", outcome.out.strip(), "--quiet") == (0, "", "")


def test_apply_twice(site: Site) -> None:
    """A plan is applied once; the second time nothing is sent and the message says what to do."""
    plan = site.run("plan", "-q").out.strip()
    assert site.run("apply", plan).code == 0
    again = site.run("apply", plan)
    assert again.code == 3
    assert "applied before" in again.err
    none = site.run("apply")
    assert none.code == 4
    assert "wordferry plan" in none.err


def test_apply_sends_the_plan_or_nothing(site: Site) -> None:
    """A source that changed after the plan is refused, its siblings are sent, and the counts add up."""
    plan = site.run("plan", "-q").out.strip()
    site.write("en/page.json", PAGE_LATER)
    result = site.run("apply", plan, "--json").lines[-1]
    assert result["event"] == "result"
    assert (result["planned"], result["accepted"], result["refused"], result["unsent"]) == (4, 2, 2, 0)
    assert result["exit_code"] == 3
    assert [problem["name"] for problem in result["problems"]] == ["en/page.json"]


PAGE_LATER = '{"title": "Good morning {name}"}\n'


def test_problems_do_not_stop_siblings(site: Site) -> None:
    """A broken source is named, counted as skipped, and the others still go; the run ends with 3."""
    site.write("en/broken.json", "{")
    planned = site.run("plan")
    assert planned.code == 3
    assert "3 items × 2 locales = 6: 4 to create + 0 to update + 2 skipped" in planned.out
    assert planned.out.index("Problems (1)") > planned.out.index("to create")
    sailed = site.run("run")
    assert sailed.code == 3
    assert "4 of 4 translations are home." in sailed.out
    assert "en/broken.json" in sailed.out


def test_changed_source_is_updated(site: Site) -> None:
    """A changed source is planned as an update and replaces the earlier translation at home."""
    site.run("run", "-q")
    site.write("en/page.json", PAGE_LATER)
    plan = site.run("plan")
    assert "0 to create + 2 to update + 2 skipped" in plan.out
    assert site.run("run", "-q") == (0, "", "")
    assert "Göööd" in site.read("de/page.json") or "Gööd" in site.read("de/page.json")


def test_init_does_not_overwrite(site: Site) -> None:
    """A configuration that is there stays as it is unless --force says otherwise."""
    before = site.read("wordferry.toml")
    refused = site.run("init")
    assert refused.code == 4
    assert "--force" in refused.err
    assert site.read("wordferry.toml") == before
    assert site.run("init", "--force").code == 0
    assert site.read("wordferry.toml") != before


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--locales", " , "), "--locales"),
        (("--region", "mars"), "region"),
        (("--token", "abc123"), "reference"),
        (("--locales", "de=x,fr=x"), "x"),
    ],
)
def test_init_writes_only_what_is_understood(empty: Site, arguments: tuple[str, ...], word: str) -> None:
    """An impossible answer is refused before anything is written, and a token never lands in the file."""
    outcome = empty.run("init", *arguments)
    assert outcome.code == 4
    assert word in outcome.err
    assert not (empty.folder / "wordferry.toml").exists()
    assert [path.name for path in empty.folder.iterdir()] == ["en"]


def test_init_suggests_from_the_folder(empty: Site) -> None:
    """Folders named after locales beside the sources become the suggested targets."""
    for locale in ("fr-CA", "ja"):
        (empty.folder / locale).mkdir()
    found = empty.run("init", "--json").document
    assert found["locales"] == {"fr-CA": "fr_ca", "ja": "ja"}
