"""The two headers that describe a file."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.errors import Refused
from wordferry.tms.phrase.api.bodies import encode
from wordferry.tms.phrase.api.job_settings import Assignment, ProviderChoice, SourceData, StepSettings
from wordferry.tms.phrase.api.uploads import content_disposition, memsource
from wordferry.transport import filename_of

# What the vendor's reference says the header has to match.
VENDOR = re.compile(r"((inline|attachment); )?(filename\*=UTF-8''(.+)|filename=\"?(.+)\"?)")


def _name(header: str) -> str:
    match = VENDOR.fullmatch(header)
    assert match is not None
    return unquote(match[4])


@pytest.mark.parametrize(
    "name",
    [
        "a.md",
        'say "hi".md',
        "it's.md",
        "100%.md",
        "a;b=c,d.md",
        "naïve – ünï.json",
        "日本語.xliff",
        "🚢🌊.md",
        "é" * 255,
        "🚢" * 255,
    ],
)
def test_names_of_any_script_arrive(name: str) -> None:
    """A file name of up to 255 characters is read back exactly by the vendor's own pattern."""
    assert _name(content_disposition(name)) == name


def test_control_characters_are_dropped() -> None:
    """Line ends and other control characters cannot reach a header."""
    assert _name(content_disposition("a\r\nX-Evil: 1\x00\x7f.md")) == "aX-Evil: 1.md"


@pytest.mark.parametrize("name", ["", "\r\n", "x" * 256])
def test_impossible_names_are_refused(name: str) -> None:
    """A name that is empty, or that the vendor would cut silently, is refused before anything is sent."""
    with pytest.raises(Refused):
        content_disposition(name)


@given(st.text(min_size=1, max_size=255))
def test_names_are_always_ascii_on_one_line(name: str) -> None:
    """Whatever the name, the header is printable ASCII and gives the name back without control characters."""
    kept = "".join(sign for sign in name if sign >= " " and sign != "\x7f")
    if not kept:
        return
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert _name(header) == kept.encode("utf-8", "replace").decode()


json_values = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), json_values, max_size=5)
)
def test_memsource_is_ascii_json_on_one_line(fields: dict[str, Any]) -> None:
    """The header is printable ASCII on one line and reads back as the same JSON."""
    header = memsource(fields)
    assert header.isascii()
    assert header.isprintable()
    assert json.loads(header) == fields


def test_memsource_leaves_out_what_is_none() -> None:
    """A field that is not given is absent, not null: the vendor would take null as a wish."""
    assert memsource({"targetLangs": ["de"], "path": None}) == '{"targetLangs":["de"]}'


def test_memsource_writes_other_scripts_as_escapes() -> None:
    """Text outside ASCII is written with escapes, as header values are Latin-1 on the wire."""
    assert memsource({"path": "ä/🚢"}) == '{"path":"\\u00e4/\\ud83d\\udea2"}'


def test_settings_have_the_vendors_names() -> None:
    """Steps, assignments and plugin data are written with the vendor's field names, unset ones left out."""
    steps = [StepSettings("36719", assignments=(Assignment("de", (ProviderChoice("1", "USER"),)),))]
    header = memsource({"workflowSettings": steps, "sourceData": SourceData("WORDFERRY", client_version="1")})
    assert json.loads(header) == {
        "workflowSettings": [
            {"id": "36719", "assignments": [{"targetLang": "de", "providers": [{"id": "1", "type": "USER"}]}]}
        ],
        "sourceData": {"clientType": "WORDFERRY", "clientVersion": "1"},
    }


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename*=UTF-8''n%C3%A4.md", "nä.md"),
        ("attachment; filename=\"old.md\"; filename*=UTF-8''new.md", "new.md"),
        ('attachment; filename="say \\"hi\\".md"', 'say "hi".md'),
        ("attachment; filename=plain.md", "plain.md"),
        ("filename*=ISO-8859-1'en'%E4.md", "ä.md"),
        ("filename*=no-such-charset''%E4", None),
        ("attachment", None),
        ("", None),
    ],
)
def test_names_of_downloads_are_read(header: str, name: str | None) -> None:
    """The name of a download is read from either form of the header; nonsense gives none."""
    assert filename_of({"Content-Disposition": header}) == name


def test_text_that_is_no_unicode_is_refused() -> None:
    """Names of files can hold bytes that are no text: one error of ours, in a body and in the header alike."""
    for write in (memsource, encode):
        with pytest.raises(Refused, match="not valid Unicode"):
            write({"path": "\udce4"})
