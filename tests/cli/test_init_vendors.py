"""`wordferry init` for either vendor, and the one line that moves a route."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from wordferry import configuration
from wordferry.cli.first_file import VENDORS


def test_init_knows_lionbridge(empty: Site) -> None:
    """The file that init writes for Lionbridge loads, names references alone, and suggests codes with a country."""
    made = empty.run("init", "--vendor", "lionbridge", "--provider", "P1", "--locales", "de,pt-BR,fr=fr-CA")
    assert made.code == 0
    assert "LIONBRIDGE_CLIENT_SECRET" in made.out
    tables = tomllib.loads(empty.read("wordferry.toml"))
    route = tables["route"]["docs"]
    assert (route["tms"], route["on"]["lionbridge"]["provider"]) == ("lionbridge", "P1")
    assert route["on"]["lionbridge"]["locales"] == {"de": "de-DE", "pt-BR": "pt-BR", "fr": "fr-CA"}
    assert tables["tms"]["lionbridge"]["client_secret"].startswith("env:")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--vendor", "nobody"), "phrase, lionbridge"),
        (("--vendor", "lionbridge", "--region", "eu"), "staging"),
    ],
)
def test_init_names_what_there_is(empty: Site, arguments: tuple[str, ...], word: str) -> None:
    """A vendor or region that does not exist is refused with those that do; nothing is written."""
    refused = empty.run("init", "--yes", *arguments)
    assert refused.code == 4
    assert word in refused.err
    assert not (empty.folder / "wordferry.toml").exists()


@pytest.mark.parametrize("region", ["production", "staging", "sandbox"])
def test_every_region_loads(tmp_path: Path, region: str) -> None:
    """Each region's addresses make a configuration that loads."""
    from wordferry.cli.first_file import written

    vendor = VENDORS["lionbridge"]
    values = {"root": ".", "target": "{locale}/{path}", "source": "en", "chosen": "P"}
    text = written(
        vendor, values, include=["en/*"], locales={"de": vendor.code("de")}, region=region, token=vendor.token
    )
    (tmp_path / "wordferry.toml").write_text(text)
    loaded = configuration.load(tmp_path)
    assert loaded.connections["lionbridge"].settings.base_url == vendor.regions[region][1]
