# ruff: noqa: E501 - documents keep the lines they have in real life
"""The three promises over generated documents: itself, an honest translation, and damage."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from wordferry.formats import CORRUPTIONS, compare, corrupt, parse, pseudo_translate, splice
from wordferry.formats.po_document import escape
from wordferry.formats.registry import module_for

WORDS = st.sampled_from(
    "Hello world save {name} {0} %s %d%% 50% <b>bold</b> <br/> &amp; https://example.com/x?y=z {{var}} ${v} it's 'quoted' "
    "\u2028 日本語 مرحبا 🎉 e\u0301 \\ / {n,plural,one{#\u00a0x}other{#\u00a0y}} < > # - * _ ` [x] (y) | ~ : 1. +".split(
        " "
    )
)
TEXTS = st.lists(WORDS, max_size=7).map(" ".join)
ANY = st.text(st.characters(exclude_characters="\x00\r\n", exclude_categories=["Cs"]), max_size=20)
JSON_VALUES = st.recursive(
    TEXTS
    | ANY
    | st.integers()
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY, inner, max_size=4),
    max_leaves=12,
)


def _promises(data: bytes, name: str) -> None:
    document = parse(data, format=name)
    assert splice(document, {}) == data
    assert module_for(name).compare(document, parse(data, format=name)) == []
    for locale in ("de", "ja"):
        assert compare(data, pseudo_translate(data, format=name, locale=locale), format=name) == ()
    for kind in CORRUPTIONS:
        damaged = corrupt(data, format=name, kind=kind)
        assert damaged is None or compare(data, damaged, format=name), kind


@given(JSON_VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_generated_json(value, ascii_only, indent):
    """JSON of any shape, in either style of escaping."""
    _promises(json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode(), "json")


@given(st.lists(TEXTS | ANY, max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_generated_plain_text(lines, ending, final):
    """Plain text with any characters in its lines."""
    _promises((ending.join(lines) + (ending if final else "")).encode(), "plain")


@given(st.dictionaries((TEXTS | ANY).filter(lambda t: t != ""), st.booleans(), max_size=5))
def test_generated_po(messages):
    """PO files with any texts, with and without plurals."""
    parts = []
    for text, plural in messages.items():
        raw = escape(text, "\n")
        parts.append(f'msgid "{raw}"\n')
        parts.append(f'msgid_plural "{raw}"\nmsgstr[0] ""\nmsgstr[1] ""\n\n' if plural else 'msgstr ""\n\n')
    _promises("".join(parts).encode(), "po")


@given(
    st.lists(
        st.sampled_from(["# ", "- ", "> ", "1. ", "", "  ", "| a | "]).flatmap(
            lambda m: TEXTS.map(m.__add__)
        ),
        max_size=6,
    )
)
def test_generated_markdown(lines):
    """Markdown made of random lines: it agrees with itself and can be written back."""
    data = "\n".join(lines).encode()
    document = parse(data, format="markdown")
    assert splice(document, {}) == data
    again = splice(document, {segment.key: segment.text for segment in document.segments})
    assert compare(data, again, format="markdown") == ()
    assert compare(data, pseudo_translate(data, format="markdown", locale="de"), format="markdown") == ()


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<b>", "</b>", "<br>", "<i x=1>", "</i>", "text here", "{x}", "&amp;", " "]
        ),
        max_size=12,
    )
)
def test_generated_html(parts):
    """HTML tag soup."""
    _promises("".join(parts).encode(), "html")
