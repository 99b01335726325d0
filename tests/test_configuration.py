"""The configuration: checked values, secrets by reference, one clear sentence for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from wordferry.configuration import load, resolve_secret
from wordferry.errors import NeedsOperator

GOOD = """
[wordferry]
database = "sqlite:///x.db"

[content.docs]
kind = "files"
root = "site"
include = ["en/**/*.md"]
target = "{locale}/{path}"
source_locale = "en"

[tms.eu]
kind = "phrase"
platform_url = "https://eu.phrase.com"
tms_url = "https://cloud.memsource.com/web"
api_token = "env:TOKEN"

[tms.us]
kind = "phrase"
platform_url = "https://us.phrase.com"
tms_url = "https://us.cloud.memsource.com/web"
api_token = "env:TOKEN"

[route.docs]
content = "docs"
tms = "eu"
variant = "continuous"

[route.docs.on.eu]
template = "Website"
locales = { de = "de", fr = "fr_fr" }

[route.docs.on.us]
template = "Site"
source_locale = "en_us"
locales = { de = "de_de" }
"""


def written(folder: Path, text: str) -> Path:
    (folder / "wordferry.toml").write_text(text)
    return folder


def test_good_file_is_read(tmp_path: Path) -> None:
    """A file is found by its folder or its path; routes carry the settings of the connection they name."""
    for path in (written(tmp_path, GOOD), tmp_path / "wordferry.toml"):
        configuration = load(path)
        assert configuration.folder == tmp_path
        assert configuration.general.database == "sqlite:///x.db"
        route = configuration.routes["docs"]
        assert (route.content, route.connection, route.variant) == ("docs", "eu", "continuous")
        assert route.locales.table() == {"de": "de", "fr": "fr_fr"}
        assert route.settings["template"] == "Website"
        assert route.source_locale == "en"


def test_one_line_moves_a_route_to_another_connection(tmp_path: Path) -> None:
    """Naming another connection takes that one's settings, all of them."""
    route = load(written(tmp_path, GOOD.replace('tms = "eu"', 'tms = "us"'))).routes["docs"]
    assert (route.connection, route.settings["template"], route.source_locale) == ("us", "Site", "en_us")
    assert route.locales.table() == {"de": "de_de"}


def test_defaults_are_enough(tmp_path: Path) -> None:
    """An empty file is a configuration: nothing to carry, everything at its default."""
    configuration = load(written(tmp_path, ""))
    assert configuration.general.database == "sqlite:///.wordferry/ledger.db"
    assert configuration.routes == {}


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ('tms = "eu"', 'tms = "asia"', "[route.docs]", "no [tms.asia]"),
        ('content = "docs"', 'content = "pages"', "[route.docs]", "no [content.pages]"),
        ("[route.docs.on.eu]", "[route.docs.on.asia]", "[route.docs.on.asia]", "no [tms.asia]"),
        ('kind = "files"', 'kind = "telepathy"', "wordferry.toml", "telepathy"),
        ('kind = "files"', "", "[content.docs]", "`kind`"),
        (
            'source_locale = "en"\n\n[tms.eu]',
            'source_locale = "en"\nrot = 1\n\n[tms.eu]',
            "[content.docs]",
            "rot",
        ),
        ('variant = "continuous"', 'variant = "often"', "[route.docs] variant", "often"),
        ('database = "sqlite:///x.db"', "database = 7", "[wordferry] database", "str"),
        ('fr = "fr_fr"', 'fr = "de"', "[route.docs.on.eu] locales", "'de' and 'fr'"),
        ('{ de = "de", fr = "fr_fr" }', "{}", "[route.docs.on.eu] locales", "empty"),
        ('template = "Website"', 'template = ""', "[route.docs.on.eu] template", "length"),
        ("[wordferry]", "[wordfery]", "[wordfery]", "no such table"),
        ("[wordferry]", "[wordferry", "", "TOML"),
        ("[tms.us]", "[[tms.us]]", "[tms]", "named tables"),
        ('include = ["en/**/*.md"]', 'include = "en"', "[content.docs] include", "array"),
    ],
)
def test_each_mistake_has_its_sentence(tmp_path: Path, old: str, new: str, where: str, what: str) -> None:
    """A mistake is the operator's: the error names the place, what is wrong there, and the cure."""
    assert old in GOOD
    with pytest.raises(NeedsOperator) as caught:
        load(written(tmp_path, GOOD.replace(old, new, 1)))
    assert where in (caught.value.object or "")
    assert what in caught.value.what
    assert caught.value.next


def test_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """Without a file the way to one is shown."""
    with pytest.raises(NeedsOperator, match="wordferry init"):
        load(tmp_path)


def test_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """A secret written into the file is refused without being shown again."""
    with pytest.raises(NeedsOperator) as caught:
        load(written(tmp_path, GOOD.replace("env:TOKEN", "tok-7f3a9", 1)))
    assert "[tms.eu] api_token" in (caught.value.object or "")
    assert "tok-7f3a9" not in str(caught.value)


def test_secrets_are_resolved_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """References lead to the environment and to files beside the configuration; a rotated secret is picked up."""
    monkeypatch.setenv("TOKEN", "one")
    assert resolve_secret("env:TOKEN", folder=tmp_path) == "one"
    for text in ("two\n", "three\n"):
        (tmp_path / "token").write_text(text)
        assert resolve_secret("file:token", folder=tmp_path) == text.strip()


@pytest.mark.parametrize(
    "reference", ["env:NOBODY_SET_THIS", "file:nowhere", "vault:x", "keyring:wordferry-none/nobody"]
)
def test_missing_secret_is_the_operators(tmp_path: Path, reference: str) -> None:
    """A reference that leads nowhere is said with what to set."""
    with pytest.raises(NeedsOperator) as caught:
        resolve_secret(reference, folder=tmp_path)
    assert caught.value.next


@pytest.mark.parametrize("dead", ["0", "-1", '"soon"'])
def test_nobody_is_dead_at_once(tmp_path: Path, dead: str) -> None:
    """A time without a beat after which every process would be dead at once is refused."""
    with pytest.raises(NeedsOperator) as caught:
        load(written(tmp_path, GOOD.replace("[wordferry]", f"[wordferry]\ndead_after = {dead}")))
    assert "dead_after" in (caught.value.object or "")
