# ruff: noqa: E501 - documents keep the lines they have in real life
"""Files that cannot be read, and files that try to do harm."""

from __future__ import annotations

import subprocess
import sys

import pytest

from wordferry.formats import FormatError, compare, parse


@pytest.mark.parametrize(
    ("name", "text", "position"),
    [
        ("json", "", "line 1, column 1"),
        ("json", '{"a": 1,}', "line 1, column 9"),
        ("json", '{"a" 1}', "line 1, column 6"),
        ("json", '{"a": 1}\n}', "line 2, column 1"),
        ("json", '{"a": "x\ny"}', "line 1, column 7"),
        ("json", '{"a": 01}', "line 1, column 7"),
        ("json", "[1, NaN]", "line 1, column 5"),
        ("json", "[1 2]", "line 1, column 4"),
        ("json", '["a]', "line 1, column 2"),
        ("json", "{'a': 1}", "line 1, column 2"),
        ("json", "// no\n{}", "line 1, column 1"),
        ("html", "<p>Text <b", "line 1, column 9"),
        ("html", "<p>x</p>\n<!-- open", "line 2, column 1"),
        ("html", "<script>open", "line 1, column 1"),
        ("xliff", "", None),
        ("xliff", "<xliff><file></xliff>", None),
        ("xliff", "<html></html>", "line 1, column 1"),
        ("po", 'msgid "a"\nmsgstr "b\n', "line 2"),
        ("po", 'msgid "a"\nmsgid "b"\n', "line 2"),
        ("po", 'msgid "a"\n', "line 1"),
        ("po", "words\n", "line 1"),
        ("po", 'msgid "a"\nmsgid_plural "b"\nmsgstr "c"\n', "line 3"),
        ("markdown", "---\ntitle: open\n\nText", "line 1"),
        ("markdown", "---\ntitle: [open\n---\nText", None),
        ("markdown", "+++\ntitle = \n+++\n", "line 2"),
        ("docx", "x", "byte 0"),
    ],
)
def test_broken_files_name_place_and_cure(name, text, position):
    """A file that cannot be read says where and what to do, as a source and as a translation."""
    with pytest.raises(FormatError) as caught:
        parse(text.encode(), format=name)
    assert caught.value.cure
    assert position in (None, caught.value.position)


def test_a_broken_translation_is_a_finding():
    """A translation that cannot be read never raises."""
    (finding,) = compare(b'{"a": 1}', b'{"a": 1', format="json")
    assert finding.kind == "syntax"


def test_a_broken_source_is_an_error():
    """Nothing can be compared with a source that cannot be read."""
    with pytest.raises(FormatError):
        compare(b'{"a": 1', b'{"a": 1}', format="json")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("json", b"[" * 100_000),
        ("json", b'{"a":' * 100_000),
        ("json", b"[" * 400 + b"1" + b"]" * 400),
        ("xliff", b"<xliff>" + b"<a>" * 10_000),
        ("html", b"<div>" * 20_000),
        ("html", b"<a '" * 20_000),
        ("html", b'<a b="' * 5_000),
        ("markdown", b"> " * 5_000 + b"x"),
        ("markdown", b"[" * 5_000),
        ("markdown", b"- " * 1_000 + b"x"),
        ("markdown", b"`" * 3_000 + b"a"),
        ("plain", b"{" * 20_000),
        ("plain", b"<a " * 10_000),
        ("plain", b"{n, plural, other {" * 200 + b"x" + b"}}" * 200),
        ("markdown", b"---\na: " + b"[" * 800 + b"]" * 800 + b"\n---\n"),
    ],
)
def test_deep_nesting_and_endless_openings_do_no_harm(name, data):
    """Hostile files end in an error with words or in a document, never in a crash."""
    try:
        found = compare(data, data + b" ", format=name)
    except FormatError as error:
        assert error.cure  # noqa: PT017 - both ends are fine
        found = ()
    assert isinstance(found, tuple)


def test_xliff_never_resolves_entities(tmp_path):
    """Neither a local file nor an entity bomb gets into a document."""
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    for declared in (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', '<!ENTITY x "boom">'):
        data = f'<!DOCTYPE xliff [{declared}]><xliff version="1.2"><file><body><trans-unit id="1"><source>&x;</source></trans-unit></body></file></xliff>'
        with pytest.raises(FormatError, match="entities"):
            parse(data.encode(), format="xliff")


def test_importing_the_room_loads_no_parser():
    """The parsers of single formats are loaded on first use."""
    program = (
        "import sys, wordferry.formats\n"
        "heavy = {'lxml', 'ruamel', 'markdown_it', 'wordferry.formats.corruption'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_findings_quote_little():
    """A message never carries more than a short quotation of content."""
    long = "x" * 500
    for finding in compare(f'{{"a": "{{{long}}}", "{long}": 1}}'.encode(), b'{"a": "b"}', format="json"):
        assert len(finding.message) < 140
