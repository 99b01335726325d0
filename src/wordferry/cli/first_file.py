"""The first `wordferry.toml`: one text for the content, one for each vendor."""

from __future__ import annotations

import json

import msgspec

__all__ = ["VENDORS", "Vendor", "quoted", "written"]

TEXT = """\
# What Wordferry carries, where to, and where translations go. `wordferry doctor` checks all of it.

[wordferry]
database = "sqlite:///.wordferry/ledger.db"     # or postgresql://user@host/name, for several machines
blobs = ".wordferry/blobs"                      # or s3://bucket/prefix

[content.docs]
kind = "files"
root = {root}
include = [{include}]                           # patterns of source files, below the root
target = {target}                               # {{path}} is the file's path below the fixed part of its pattern
source_locale = {source}
locales = [{ours}]                              # so that translations are never taken for sources

{vendor}"""

PHRASE = """\
[tms.phrase]
kind = "phrase"
platform_url = {platform}
tms_url = {tms}
api_token = {token}                             # a reference: env:NAME, file:PATH or keyring:SERVICE/USER

[route.docs]
content = "docs"
tms = "phrase"
# variant = "continuous"                        # edits go under open jobs, and `wordferry watch` notices them

[route.docs.on.phrase]
# project = "rolling"                           # one project goes on taking what is new, instead of one per plan
template = {chosen}                           # a project template at Phrase, by name or uid
# Ours = Phrase's, verbatim, both ways. The codes on the right are suggestions: `wordferry doctor` compares them
# with Phrase's own list.
locales = {{ {locales} }}
"""

LIONBRIDGE = """\
[tms.lionbridge]
kind = "lionbridge"
login_url = {platform}
base_url = {tms}
client_id = "env:LIONBRIDGE_CLIENT_ID"          # references: env:NAME, file:PATH or keyring:SERVICE/USER
client_secret = {token}

[route.docs]
content = "docs"
tms = "lionbridge"

[route.docs.on.lionbridge]
provider = {chosen}                             # its id; `wordferry doctor` lists those there are
# Ours = Lionbridge's, verbatim, both ways. The codes on the right are suggestions: `wordferry doctor` compares them
# with what the provider translates.
locales = {{ {locales} }}
"""

#: Where each language is mostly spoken, for suggestions that a person corrects.
_COUNTRIES = {
    "ar": "SA", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "en": "US", "es": "ES", "fi": "FI", "fr": "FR",
    "he": "IL", "hu": "HU", "it": "IT", "ja": "JP", "ko": "KR", "nb": "NO", "nl": "NL", "pl": "PL", "pt": "PT",
    "ro": "RO", "ru": "RU", "sv": "SE", "th": "TH", "tr": "TR", "uk": "UA", "vi": "VN", "zh": "CN",
}  # fmt: skip


class Vendor(msgspec.Struct, frozen=True):
    """What is asked and written for one vendor.

    Attributes:
        name: as people call it.
        text: its part of the file.
        chosen: what a route names there: question and suggestion.
        regions: name → (where tokens come from, where the API is).
        token: the reference to its secret when none is given.
        secrets: environment variables to set, with what they hold.
    """

    name: str
    text: str
    chosen: tuple[str, str]
    regions: dict[str, tuple[str, str]]
    token: str
    secrets: dict[str, str]

    def code(self, ours: str) -> str:
        """What the vendor probably calls a locale. Only ever a suggestion."""
        plain = ours.strip().replace("_", "-")
        if self.name == "Phrase":
            return plain.lower().replace("-", "_")
        language, _, rest = plain.partition("-")
        country = rest or _COUNTRIES.get(language.lower(), "")
        return f"{language.lower()}-{country.upper() if len(country) == 2 else country}".rstrip("-")


VENDORS = {
    "phrase": Vendor(
        name="Phrase",
        text=PHRASE,
        chosen=("Project template at Phrase", "Website"),
        regions={
            "eu": ("https://eu.phrase.com", "https://cloud.memsource.com/web"),
            "us": ("https://us.phrase.com", "https://us.cloud.memsource.com/web"),
            "sandbox": ("http://127.0.0.1:8931", "http://127.0.0.1:8931/web"),
        },
        token="env:PHRASE_API_TOKEN",  # noqa: S106 -- a reference
        secrets={"PHRASE_API_TOKEN": "the API token"},
    ),
    "lionbridge": Vendor(
        name="Lionbridge",
        text=LIONBRIDGE,
        chosen=("Id of the provider at Lionbridge", "PROVIDER-ID"),
        regions={
            "production": ("https://login.lionbridge.com", "https://contentapi.lionbridge.com/v2"),
            "staging": ("https://login.lionbridge.com", "https://content-api.staging.lionbridge.com/v2"),
            "sandbox": ("http://127.0.0.1:8932", "http://127.0.0.1:8932/v2"),
        },
        token="env:LIONBRIDGE_CLIENT_SECRET",  # noqa: S106 -- a reference
        secrets={"LIONBRIDGE_CLIENT_ID": "the client id", "LIONBRIDGE_CLIENT_SECRET": "the client secret"},
    ),
}


def written(
    vendor: Vendor,
    values: dict[str, str],
    *,
    include: list[str],
    locales: dict[str, str],
    region: str,
    token: str,
) -> str:
    """The file's text.

    Args:
        vendor: where the route goes.
        values: `root`, `target`, `source` and `chosen`.
        include: patterns of source files.
        locales: ours → the vendor's.
        region: a key of the vendor's regions.
        token: the reference to its secret.
    """
    platform, tms = vendor.regions[region]
    part = vendor.text.format(
        platform=quoted(platform),
        tms=quoted(tms),
        token=quoted(token),
        chosen=quoted(values["chosen"]),
        locales=", ".join(f"{quoted(ours)} = {quoted(theirs)}" for ours, theirs in locales.items()),
    )
    return TEXT.format(
        root=quoted(values["root"]),
        include=", ".join(quoted(pattern) for pattern in include),
        target=quoted(values["target"]),
        source=quoted(values["source"]),
        ours=", ".join(quoted(ours) for ours in locales),
        vendor=part,
    )


def quoted(value: str) -> str:
    """A text as TOML."""
    # A JSON string is a TOML string, too, as long as no surrogate is in it.
    return json.dumps(value, ensure_ascii=False)
