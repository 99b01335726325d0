"""What `--json` prints is what the table says, and nothing else is printed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Outcome, Site
from wordferry.cli.shapes import DOCUMENTS, ERROR, LINES, table


def check_lines(command: str, outcome: Outcome) -> list[str]:
    """Every line has the documented keys; returns the names of the events."""
    assert outcome.err == ""
    for line in outcome.lines:
        assert set(line) == {"event", *LINES[command][line["event"]]}, line
    return [line["event"] for line in outcome.lines]


def check_document(command: str, outcome: Outcome) -> dict[str, Any]:
    """The one document has the documented keys."""
    assert outcome.err == ""
    assert set(outcome.document) == set(DOCUMENTS[command])
    return outcome.document


def test_documents(site: Site) -> None:
    """Every command that prints one document prints the documented keys, before and after a voyage."""
    assert check_document("status", site.run("status", "--json"))["counts"] == []
    assert check_document("doctor", site.run("doctor", "--json"))["ok"] is True
    plan = check_document("plan", site.run("plan", "--json"))
    totals = plan["totals"]
    assert totals["items"] == 2
    assert totals["translations"] == totals["create"] + totals["update"] + totals["skip"] == 4
    assert site.run("apply", plan["plan"], "--quiet").code == 0
    assert site.run("run", "--quiet").code == 0

    status = check_document("status", site.run("status", "--json"))
    assert status["translations"] == sum(row["translations"] for row in status["counts"]) == 4
    trace = check_document("trace", site.run("trace", "de/page.json", "--json"))
    moments = [event["at"] for event in trace["events"]]
    assert moments == sorted(moments)
    assert [event["to"] for event in trace["events"] if event["kind"] == "state"][-1] == "delivered"
    assert trace["receipts"][0]["delivered"] == trace["delivered"]
    explained = check_document("explain", site.run("explain", "de/page.json", "--json"))
    assert (explained["state"], explained["mover"], explained["stuck"]) == ("delivered", "nobody", False)
    assert check_document("preview", site.run("preview", "de/page.json", "--json"))["remarks"] == []
    assert check_document("verify", site.run("verify", "--json"))["differences"] == []
    assert check_document("retry", site.run("retry", "--all", "--json"))["done"] == []
    cancelled = site.run("cancel", "de/page.json", "--json")
    assert cancelled.code == 3
    assert "delivered" in check_document("cancel", cancelled)["refused"][0]["what"]
    nothing = check_document("plan", site.run("plan", "--json"))
    assert nothing["plan"] is None
    assert nothing["totals"]["skip"] == 4


def test_init_document(empty: Site) -> None:
    """`init --json` says which file it wrote and which codes it chose."""
    assert check_document("init", empty.run("init", "--json", "--locales", "de"))["locales"] == {"de": "de"}


def test_lines(site: Site) -> None:
    """Every command that reports as it goes prints documented events; the last one is the result."""
    plan = site.run("plan", "-q").out.strip()
    applied = check_lines("apply", site.run("apply", plan, "--json"))
    assert applied[0] == "accepted"
    assert applied[-1] == "result"
    sailed = site.run("run", "--json")
    names = check_lines("run", sailed)
    assert names[0] == "accepted"
    assert names.count("result") == 1
    result = sailed.lines[-1]
    assert (result["delivered"], result["open"], result["exit_code"]) == (4, 0, 0)
    assert sum(row["translations"] for row in result["counts"]) == 4


def test_error_document(site: Site) -> None:
    """With --json an error is a document with the documented keys, and standard error stays empty."""
    for command in (("plan", "nope"), ("trace", "nope"), ("retry", "nope"), ("verify", "--route", "nope")):
        outcome = site.run(*command, "--json")
        assert outcome.code in (3, 4)
        assert outcome.err == ""
        assert set(outcome.document) == {"error"}
        assert set(outcome.document["error"]) == set(ERROR)
        assert outcome.document["error"]["next"]


def test_error_line(site: Site) -> None:
    """With --json an error of a command that reports as it goes is its last line."""
    outcome = site.run("run", "nope", "--json")
    assert outcome.code == 4
    assert outcome.lines[-1]["event"] == "error"
    assert set(outcome.lines[-1]["error"]) == set(ERROR)


def test_ambiguous_document(site: Site) -> None:
    """An ID that may mean several translations is told with all of them, and nothing is done."""
    site.run("run", "-q")
    outcome = site.run("explain", "en/page.json", "--json")
    assert outcome.code == 2
    listed = outcome.document["error"]["candidates"]
    assert {one["locale"] for one in listed} == {"de", "fr"}
    assert site.run("explain", listed[0]["id"]).code == 0
    assert site.run("explain", listed[0]["id"][:6]).code == 0


@pytest.mark.parametrize("quiet", [True, False])
def test_json_wins_over_people(site: Site, quiet: bool) -> None:
    """`--json` prints the same with and without --quiet."""
    arguments = ("--json", "--quiet") if quiet else ("--json",)
    assert check_document("status", site.run("status", *arguments))["translations"] == 0


def test_table_names_every_command() -> None:
    """The manual's tables have a row for each documented key."""
    text = table()
    for command, keys in DOCUMENTS.items():
        for key in keys:
            assert f"| `{command}` | `{key}` |" in text
    for command, events in LINES.items():
        for event in events:
            assert f"| `{command}` | `{event}` |" in text
