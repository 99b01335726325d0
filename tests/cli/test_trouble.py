"""What goes wrong, how it is told, and how it is mended."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Site
from wordferry.formats import CORRUPTIONS


def told(site: Site, target: str) -> dict[str, object]:
    """What `explain` says about a target."""
    return site.run("explain", target, "--json").document


def test_flipped_byte(site: Site) -> None:
    """Verify fails after one flipped byte, names the file alone, and is content again when it is put back."""
    site.run("run", "-q")
    page = site.folder / "de" / "page.json"
    good = page.read_bytes()
    page.write_bytes(bytes([good[0] ^ 1]) + good[1:])
    found = site.run("verify", "--json")
    assert found.code == 5
    assert [(one["kind"], one["target"]) for one in found.document["differences"]] == [
        ("changed", "de/page.json")
    ]
    quiet = site.run("verify", "--quiet")
    assert quiet.code == 5
    assert "de/page.json" in quiet.out
    assert "fr/page.json" not in quiet.out
    page.unlink()
    assert site.run("verify", "--json").document["differences"][0]["kind"] == "missing"
    page.write_bytes(good)
    assert site.run("verify").code == 0


def test_status_at_the_tms_is_verified(site: Site) -> None:
    """Verify asks the TMS, too: a job that was reopened there is named; `--offline` asks nothing."""
    site.run("run", "-q")
    uid = site.run("trace", "de/page.json", "--json").document["units"][0]["uid"]
    site.sandbox.finish(uid, b"{}")
    found = site.run("verify", "--json")
    assert found.code == 5
    assert [(one["kind"], one["target"]) for one in found.document["differences"]] == [
        ("not-confirmed", "de/page.json")
    ]
    calls = len(site.sandbox.calls())
    assert site.run("verify", "--offline").code == 0
    assert len(site.sandbox.calls()) == calls


def test_human_edit_is_held_then_replaced_on_purpose(site: Site) -> None:
    """A person's edit of a target is kept, explained, and replaced only by `retry --overwrite`."""
    site.write("de/page.json", '{"mine": true}')
    plan = site.run("plan", "-q").out.strip()
    site.write("de/page.json", '{"mine": "changed after the plan"}')
    site.run("apply", plan, "-q")
    sailed = site.run("run")
    assert sailed.code == 3
    assert "3 of 4 translations are home. 1 is not." in sailed.out
    assert "Needs you (1)" in sailed.out
    assert "changed after" in site.read("de/page.json")

    explained = told(site, "de/page.json")
    assert (explained["state"], explained["mover"]) == ("held", "operator")
    assert f"wordferry retry {explained['id']}" in str(explained["next"])
    assert "--overwrite" in str(explained["next"])
    assert site.run("status", "--stuck").code == 3

    plain = site.run("retry", "de/page.json")
    assert plain.code == 0
    assert "`wordferry run` or `wordferry serve` carries it on." in plain.out
    assert site.run("run", "-q").code == 3
    assert "changed after" in site.read("de/page.json")

    assert site.run("retry", "--held", "--overwrite").code == 0
    assert site.run("run").code == 0
    assert "«de»" in site.read("de/page.json")
    assert site.run("verify").code == 0
    assert site.run("status", "--stuck").code == 0


def test_broken_structure_is_fetched_again(site: Site) -> None:
    """A translation that broke its structure is held with findings; retry fetches a mended one."""
    corruption = next(name for name in CORRUPTIONS if "placeholder" in name)
    site.sandbox.behave("corrupt", file="page*", locale="fr", corruption=corruption)
    assert site.run("run", "-q").code == 3
    explained = told(site, "fr/page.json")
    assert explained["state"] == "held"
    assert explained["findings"]
    assert not (site.folder / "fr" / "page.json").exists()
    site.sandbox.behave("auto", file="page*", locale="fr")
    mended = site.read("en/page.json").replace("Hello", "Bonjour").encode()
    site.sandbox.finish(explained["units"][0]["uid"], mended)  # type: ignore[index]
    assert site.run("retry", str(explained["id"])).code == 0
    assert site.run("run").code == 0
    assert (site.folder / "fr" / "page.json").read_bytes() == mended


def test_failed_import_is_sent_anew(site: Site) -> None:
    """A file whose import failed is told with the TMS's reason; retry sends it under a new name, once."""
    site.sandbox.behave("import_error", file="page*")
    sailed = site.run("run")
    assert sailed.code == 3
    assert "2 of 4 translations are home. 2 are not." in sailed.out
    before = told(site, "de/page.json")
    assert before["state"] == "failed"
    assert "could not import" in str(before["error"])
    site.sandbox.behave("auto", file="page*")
    assert site.run("retry", "--failed").code == 0
    assert site.run("run").code == 0
    after = told(site, "de/page.json")
    assert (after["state"], after["round"]) == ("delivered", 2)
    names = [call["object"] for call in site.sandbox.calls(operation="create_job")]
    assert len(names) == len(set(names)) == 3


def test_failed_export_is_fetched_again(site: Site) -> None:
    """An export that failed at the TMS is told; after it is mended there, retry brings the file home."""
    site.sandbox.behave("export_error", file="page*", locale="de")
    assert site.run("run", "-q").code == 3
    assert told(site, "de/page.json")["state"] == "failed"
    site.sandbox.behave("auto", file="page*", locale="de")
    assert site.run("retry", "--all").code == 0
    assert site.run("run").code == 0
    assert "«de»" in site.read("de/page.json")


def test_deleted_template(site: Site) -> None:
    """A template that is gone ends the run with 4 and its name; when it is there again, retry mends it."""
    templates = site.sandbox.phrase.templates.by_uid
    gone = {uid: template for uid, template in templates.items() if template.name == "Website"}
    for uid in gone:
        del templates[uid]
    sailed = site.run("run")
    assert sailed.code == 4
    assert "'Website'" in sailed.out
    batch = site.run("status", "--json").document["needs_you"][0]["id"]
    assert f"wordferry retry {batch}" in sailed.out
    explained = told(site, "de/page.json")
    assert (explained["state"], explained["mover"]) == ("planned", "operator")
    assert site.run("run", "-q").code == 4
    templates.update(gone)
    assert site.run("retry", batch).code == 0
    assert site.run("run").code == 0
    assert site.sandbox.referee()["ok"]


def test_revoked_token(site: Site) -> None:
    """A token that is revoked while translations are under way ends the run with 4; a new one carries them on."""
    site.sandbox.behave("late", seconds=600.0)
    plan = site.run("plan", "-q").out.strip()
    site.run("apply", plan, "-q")
    site.sandbox.phrase.auth.revoke(api_token=True)
    sailed = site.run("run", "--timeout", "20")
    assert sailed.code == 4, sailed
    assert site.sandbox.api_token not in sailed.out + sailed.err
    checked = site.run("doctor")
    assert checked.code == 4
    assert "broken" in checked.out
    site.sandbox.phrase.auth.api_token_valid = True
    site.sandbox.advance(3600.0)
    assert site.run("retry", "--all").code == 0
    assert site.run("run").code == 0
    assert site.sandbox.referee()["ok"]


def test_missing_token(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A credential that is not set is named, with the line to set it; planning needs none."""
    monkeypatch.delenv("WORDFERRY_TEST_TOKEN")
    assert site.run("plan").code == 0
    outcome = site.run("run")
    assert outcome.code == 4
    assert "export WORDFERRY_TEST_TOKEN" in outcome.out + outcome.err
    checked = site.run("doctor")
    assert checked.code == 4
    assert "export WORDFERRY_TEST_TOKEN" in checked.out


def test_unknown_locale_in_doctor(site: Site) -> None:
    """A code that Phrase does not list is broken, with suggestions; the good ones stay good."""
    site.configure(locales='{ de = "de", pt = "pt_xx" }')
    findings = site.run("doctor", "--json")
    assert findings.code == 4
    broken = [one for one in findings.document["findings"] if one["ok"] is False]
    assert [one["check"] for one in broken] == ["locale"]
    assert "pt_br" in broken[0]["cure"]
    quiet = site.run("doctor", "--quiet")
    assert "pt_xx" in quiet.out
    assert "de = de" not in quiet.out


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[route.docs", "TOML"),
        ("[[route]]", "[route]"),
        ("surprise = 1", "surprise"),
        ('[content.docs]\nkind = "carrier-pigeon"', "carrier-pigeon"),
        (
            '[tms.phrase]\nkind = "phrase"\nplatform_url = "x"\ntms_url = "x"\napi_token = "secret-value"',
            "reference",
        ),
        ('[wordferry]\nlog_level = "loud"', "log_level"),
        ('[wordferry]\ndatabase = "mysql://x/y"', "SQLite or PostgreSQL"),
        ("\xff\xfe".encode("latin-1").decode("latin-1"), "TOML"),
    ],
)
def test_broken_configuration(site: Site, text: str, word: str) -> None:
    """A configuration that says something impossible is told in sentences, without the secret in it."""
    site.write("wordferry.toml", text)
    for command in ("plan", "status", "doctor"):
        outcome = site.run(command)
        assert outcome.code == 4, (command, outcome)
        assert word in outcome.err + outcome.out
        assert "Traceback" not in outcome.err
        assert "secret-value" not in outcome.err + outcome.out


def test_no_configuration(empty: Site) -> None:
    """Without a configuration every command names the one that makes it."""
    for command in (("plan",), ("apply",), ("run",), ("status",), ("doctor",), ("trace", "x"), ("verify",)):
        outcome = empty.run(*command)
        assert outcome.code == 4
        assert "wordferry init" in outcome.err


def test_cancel(site: Site) -> None:
    """Cancelling stops the work at the TMS, settles the translation, and leaves its siblings alone."""
    site.sandbox.behave("manual", file="page*", locale="de")
    plan = site.run("plan", "-q").out.strip()
    site.run("apply", plan, "-q")
    several = site.run("cancel", "en/page.json")
    assert several.code == 2
    assert "--each" in several.err
    assert site.run("cancel", "de/page.json").code == 0
    twice = site.run("cancel", "de/page.json")
    assert twice.code == 3
    assert "being cancelled already" in twice.out
    assert site.run("run", "--timeout", "30").code == 0
    assert told(site, "de/page.json")["state"] == "cancelled"
    assert not (site.folder / "de" / "page.json").exists()
    statuses = site.sandbox.referee()["jobs"]["last_level_by_status"]
    assert statuses == {"DELIVERED": 3, "CANCELLED": 1}
    assert "plan again" in site.run("retry", "de/page.json").out


def test_waiting_translation_is_explained(site: Site) -> None:
    """A translation that waits for people says so, and when it is looked at next; `--timeout` ends the wait with 6."""
    site.sandbox.behave("manual")
    sailed = site.run("run", "--timeout", "1.5")
    assert sailed.code == 6
    assert "`wordferry run` goes on from here." in sailed.out
    explained = told(site, "de/page.json")
    assert (explained["state"], explained["mover"], explained["stuck"]) == ("submitted", "tms", False)
    assert explained["due"]
    assert explained["deadline"]
    assert site.run("status", "--stuck").code == 0
    looked = site.run("retry", "de/page.json")
    assert looked.code == 0
    assert "looked at now" in looked.out
    nothing = site.run("retry", "--failed")
    assert (nothing.code, "nothing to retry" in nothing.out) == (0, True)


def test_unreachable_tms(site: Site) -> None:
    """A TMS that does not answer is named while waiting, and again at the end; nothing is lost."""
    site.sandbox.faults.add("503", operation="*", count=1000)
    sailed = site.run("run", "--timeout", "4")
    assert sailed.code == 6
    assert "In the way" in sailed.out
    assert "4 translations" in sailed.out
    document = site.run("status", "--json").document
    assert document["translations"] == 4


def test_retry_needs_to_know_what(site: Site) -> None:
    """`retry` without an ID or a choice does nothing and says how to choose."""
    outcome = site.run("retry")
    assert outcome.code == 2
    assert "--failed" in outcome.err


def test_names_cannot_steer_the_terminal(site: Site) -> None:
    """Control characters in a file's name are shown as replacement signs."""
    site.write("en/evil\x1b[2Jname.json", "{")
    outcome = site.run("plan")
    assert "\x1b" not in outcome.out
    assert "evil" in outcome.out
