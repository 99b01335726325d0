"""The example site holds what its README promises; git or an editor could quietly tidy that away."""

from __future__ import annotations

import json
import re
import tomllib

import polib
from lxml import etree

from tests.house.repository import ROOT

SITE = ROOT / "examples" / "site"
ENGLISH = SITE / "en"


def test_readme_lists_every_file() -> None:
    """The table in the README and the folder name the same files."""
    listed = re.findall(
        r"^\| `(en/[^`]+)` \|", (SITE / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    present = [path.relative_to(SITE).as_posix() for path in ENGLISH.rglob("*") if path.is_file()]
    assert sorted(listed) == sorted(present)


def test_awkward_bytes_are_still_there() -> None:
    """Windows line ends, a byte order mark, UTF-16 and names outside ASCII survive checkouts."""
    boarding = (ENGLISH / "guides" / "boarding.md").read_bytes()
    assert boarding.count(b"\n") == boarding.count(b"\r\n") > 30
    assert (ENGLISH / "guides" / "accessibility.md").read_bytes().startswith(b"\xef\xbb\xbf---\n")
    notice = (ENGLISH / "notices" / "harbour-notice.txt").read_bytes()
    assert notice.startswith(b"\xff\xfe")
    assert notice.decode("utf-16").startswith("HARBOUR NOTICE")
    names = {path.name for path in (ENGLISH / "guides").iterdir()}
    assert {"überfahrt – früh.md", "what’s new ⛴.md"} <= names


def test_files_are_sound() -> None:
    """Every structured file can be read by an ordinary reader of its kind."""
    for path in ENGLISH.rglob("*.json"):
        assert json.loads(path.read_bytes())
    for path in ENGLISH.rglob("*.xl*f*"):
        assert etree.parse(path).getroot().tag.endswith("}xliff")
    catalogue = polib.pofile(str(ENGLISH / "app" / "deckhand.po"), check_for_duplicates=True)
    assert {entry.msgctxt for entry in catalogue if entry.msgid == "Board"} == {"button", "departures"}
    assert [entry.msgid_plural for entry in catalogue if entry.msgid_plural]
    assert etree.parse(ENGLISH / "legal" / "conditions.html", etree.HTMLParser()).findtext(".//h1")


def test_configuration_points_at_the_sandbox() -> None:
    """The example sends nothing to a real vendor, and its secret is a reference."""
    settings = tomllib.loads((SITE / "wordferry.toml").read_text(encoding="utf-8"))
    vendor = settings["tms"]["phrase"]
    assert vendor["platform_url"] == "http://127.0.0.1:8931"
    assert vendor["tms_url"] == "http://127.0.0.1:8931/web"
    assert vendor["api_token"].startswith("env:")
    route = settings["route"]["docs"]
    assert route["content"] in settings["content"]
    assert set(route["on"]) <= set(settings["tms"])
    assert set(route["on"][route["tms"]]["locales"]) == {"de", "fr", "ja"}
