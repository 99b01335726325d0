# ruff: noqa: E501 - documents keep the lines they have in real life
"""Translations arrive in their slots in the spelling that the format wants."""

from __future__ import annotations

import json
import tomllib

import html5lib
import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from ruamel.yaml import YAML

from wordferry.formats import FormatError, count_words, format_for, parse, splice, tokens

TRICKY = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(TRICKY)
def test_any_text_fits_into_a_json_string(text):
    """Whatever a translator writes is what a JSON reader gets, in either style of escaping."""
    for source in (b'{"a": "x", "b": 1}', b'{"a": "\\u00e9", "b": 1}'):
        written = splice(parse(source, format="json"), {"/a": text})
        assert json.loads(written) == {"a": text, "b": 1}
    assert splice(parse(b'{"a": "\\u00e9"}', format="json"), {"/a": text}).isascii()


@given(TRICKY)
def test_any_text_fits_into_a_po_string(text):
    """Whatever a translator writes is what a gettext reader gets."""
    document = parse(b'msgid "x"\nmsgstr ""\n', format="po")
    again = parse(splice(document, {"x": text}), format="po")
    assert again.shape[0].strings == ((0, text),)


@pytest.mark.parametrize(
    "text", ["one", 'with "quotes" and \\ back\\n', "two\nlines", "ends\n", "\n", "tab\t here", "ü 🎉"]
)
def test_po_strings_agree_with_another_reader(text):
    """An independent PO library reads what we wrote."""
    written = splice(parse(b'msgid "x"\nmsgstr "old"\n', format="po"), {"x": text}).decode()
    assert polib.pofile(written)[0].msgstr == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1))
def test_any_text_fits_into_html(text):
    """Text and attributes come back as they were written, whatever quotation marks they stand in."""
    source = b"<p title=\"d d\">t t</p><p title='s s'></p><p title=bare></p>"
    document = parse(source, format="html")
    written = splice(document, {segment.key: text for segment in document.segments}).decode()
    again = parse(written.encode(), format="html")
    values = [a.value for a in _title_attributes(written)]
    assert values == [text] * 3
    assert "".join(event.text for event in again.shape if hasattr(event, "text")) == text


def _title_attributes(text):
    from wordferry.formats.markup import scan

    return [a for piece in scan(text, xml=False) for a in piece.attributes if a.name == "title"]


def test_html_agrees_with_a_browser_parser():
    """A standard HTML parser sees the same elements and the new text."""
    document = parse(b"<p>Some <b>bold</b> text<br>here</p>", format="html")
    written = splice(document, {segment.key: "a < b & c" for segment in document.segments}).decode()
    tree = html5lib.parse(written, namespaceHTMLElements=False)
    assert [element.tag for element in tree.iter() if isinstance(element.tag, str)][2:] == [
        "body",
        "p",
        "b",
        "br",
    ]
    assert "".join(tree.itertext()) == "a < b & c a < b & c a < b & ca < b & c"


def test_xliff_targets_are_made_where_they_are_missing():
    """A new target follows its source, or its seg-source, with the same indentation, and is well-formed."""
    source = b'<xliff version="1.2"><file original="o" source-language="en"><body>\n  <trans-unit id="1">\n    <source>A b</source>\n    <note>n</note>\n  </trans-unit><trans-unit id="2"><source>C d</source><target/></trans-unit></body></file></xliff>'
    written = splice(parse(source, format="xliff"), {"1": 'x & <g id="1">y</g> < z', "2": "two"})
    assert b'<source>A b</source>\n    <target>x &amp; <g id="1">y</g> &lt; z</target>\n' in written
    assert b"<target>two</target>" in written
    assert etree.fromstring(written).tag == "xliff"


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff\x7f"),
        min_size=1,
    )
    .map(str.strip)
    .filter(bool)
)
def test_any_text_fits_into_front_matter(text):
    """A title in any YAML or TOML style comes back as it was written."""
    for value in ("Plain text", '"Double text"', "'Single text'"):
        document = parse(f"---\ntitle: {value}\n---\nBody\n".encode(), format="markdown")
        written = splice(document, {document.segments[0].key: text}).decode()
        assert YAML(typ="safe", pure=True).load(written.split("---\n")[1])["title"] == text
    document = parse(b'+++\ntitle = "Some text"\n+++\n', format="markdown")
    written = splice(document, {document.segments[0].key: text}).decode()
    assert tomllib.loads(written.split("+++\n")[1])["title"] == text


def test_markdown_keeps_container_marks():
    """A paragraph in a quotation or list keeps its marks on every line, a table cell keeps its pipes apart."""
    document = parse(b"> one two\n> three\n\n| a b | c |\n|---|---|\n", format="markdown")
    first, cell = document.segments[0], document.segments[1]
    written = splice(document, {first.key: "eins\nzwei\ndrei", cell.key: "x | y"}).decode()
    assert written == "> eins\n> zwei\n> drei\n\n| x \\| y | c |\n|---|---|\n"


def test_unknown_keys_are_refused():
    """A translation for a slot that does not exist is an error, not a silent loss."""
    with pytest.raises(FormatError, match="not segments"):
        splice(parse(b'{"a": "x"}', format="json"), {"/b": "y"})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/b.JSON", "json"),
        ("README.md", "markdown"),
        ("x.markdown", "markdown"),
        ("x.HTM", "html"),
        ("x.xhtml", "html"),
        ("x.de.xlf", "xliff"),
        ("x.pot", "po"),
        ("x.text", "plain"),
        ("x.docx", None),
        ("json", None),
        (".md", None),
    ],
)
def test_formats_by_name(name, expected):
    """The suffix decides, in either case; without one nothing is guessed."""
    assert format_for(name) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("plain", "Hello {name}, it's 2 words-long", ["text", "brace", "text"]),
        ("plain", "100% of %s and %(x)s", ["text", "printf", "text", "printf"]),
        ("plain", "I <3 you, a < b", ["text"]),
        (
            "plain",
            "<b>x</b> &amp; {{ y }} ${z}",
            ["tag", "text", "tag", "text", "entity", "text", "template", "text", "template"],
        ),
        ("json", "{n, plural, one {# file} other {{x} files}}", ["icu", "text", "icu", "text", "icu"]),
        ("markdown", "a `b` [c](d) ![e](f)", ["text", "code", "text", "link", "text", "link"]),
        ("xliff", 'a <g id="1">b</g> &lt;i&gt;', ["text", "tag", "text", "tag", "text", "tag"]),
    ],
)
def test_tokens(name, text, expected):
    """Protected pieces are told from text, and the pieces are the text again."""
    found = tokens(text, format=name)
    assert [token.kind for token in found] == expected
    assert "".join(token.text for token in found) == text


def test_words_are_counted_without_what_is_protected():
    """Placeholders, tags, code and markup do not count; each Chinese or Japanese character does."""
    assert count_words(parse(b"Hello {name}, it's <b>two</b> up-to-date words", format="plain")) == 5
    assert count_words(parse("日本語 text".encode(), format="plain")) == 4
    assert count_words(parse(b"# One\n\nTwo `three` [four](five)\n", format="markdown")) == 3
