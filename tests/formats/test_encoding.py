"""Bytes, marks and declarations."""

from __future__ import annotations

import codecs
import pickle

import pytest

from wordferry.formats import FormatError, compare, parse, pseudo_translate, splice
from wordferry.formats.encoding import HEAD_SIZE, declared_in, decode, sniff


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("plain", b"text", "utf-8"),
        ("plain", codecs.BOM_UTF8 + b"text", "utf-8"),
        ("plain", codecs.BOM_UTF16_LE + "text".encode("utf-16-le"), "utf-16-le"),
        ("plain", codecs.BOM_UTF32_LE + "text".encode("utf-32-le"), "utf-32-le"),
        ("html", b'<meta charset="windows-1252"><p>x</p>', "cp1252"),
        ("html", b'<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">', "iso8859-1"),
        ("html", b'<meta charset="utf-16"><p>readable as ASCII</p>', "utf-8"),
        ("html", b'<?xml version="1.0" encoding="iso-8859-15"?><p>x</p>', "iso8859-15"),
        ("po", b'msgid ""\nmsgstr "Content-Type: text/plain; charset=koi8-r\\n"\n', "koi8-r"),
        ("po", b'msgid "charset=nonsense"\nmsgstr ""\n\nmsgid "x charset=koi8-r"\nmsgstr ""\n', None),
    ],
)
def test_the_file_names_its_encoding(name, data, expected):
    """A mark wins over a declaration, a declaration over the default, and only the header of a PO file counts."""
    if expected is None:
        with pytest.raises(FormatError, match="not known"):
            parse(data, format=name)
    else:
        assert parse(data, format=name).encoding == expected


def test_an_explicit_encoding_wins():
    """What the caller says is believed over what the file says."""
    data = '<meta charset="utf-8"><p>Grüße</p>'.encode("latin-1")
    document = parse(data, format="html", encoding="latin-1")
    assert document.segments[0].text == "Grüße"
    assert splice(document, {}) == data


def test_utf_16_without_a_mark_is_read_by_its_zero_bytes():
    """An explicit utf-16 finds its byte order without a mark."""
    for codec in ("utf-16-le", "utf-16-be"):
        assert parse("Some text".encode(codec), format="plain", encoding="utf-16").encoding == codec


@pytest.mark.parametrize(
    ("data", "encoding", "position"),
    [
        (b"abc\xff", None, "byte 3"),
        (codecs.BOM_UTF8 + b"abc\xff", None, "byte 6"),
        (b"ab\x00c", None, "byte 2"),
        (b"abc", "no-such-encoding", "byte 0"),
        (b"abc", "base64", "byte 0"),
    ],
)
def test_what_cannot_be_read_exactly_is_refused(data, encoding, position):
    """Undecodable bytes, NUL bytes and unknown encodings name their place and what to do."""
    with pytest.raises(FormatError) as caught:
        parse(data, format="plain", encoding=encoding)
    assert caught.value.position == position
    assert caught.value.cure
    assert caught.value.kind == "encoding"


def test_a_format_error_survives_being_stored():
    """A stored and rebuilt error says the same."""
    error = FormatError("It broke", position="line 1", cure="Mend it.", kind="key")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.position, again.cure, again.kind) == (str(error), "line 1", "Mend it.", "key")


def test_a_character_outside_the_encoding():
    """Formats that can escape a character do so; the others refuse it instead of losing it."""
    html = parse(b'<meta charset="iso-8859-1"><p>x y</p>', format="html")
    assert "&#8364;" in splice(html, {html.segments[0].key: "\u20ac"}).decode("ascii")
    json = parse(b'{"a": "text"}', format="json", encoding="latin-1")
    assert splice(json, {"/a": "\u20ac"}) == b'{"a": "\\u20ac"}'
    plain = parse(b"text", format="plain", encoding="latin-1")
    with pytest.raises(FormatError, match=r"U\+20AC"):
        splice(plain, {"line 1": "\u20ac"})


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (b"One", codecs.BOM_UTF8 + b"Eins"),
        (codecs.BOM_UTF8 + b"One", b"Eins"),
        (b"One", codecs.BOM_UTF16_LE + "Eins".encode("utf-16-le")),
        (b"One", "Müller".encode("latin-1")),
        ("Müller é".encode(), "MÃ¼ller Ã©".encode()),
    ],
)
def test_another_encoding_is_a_finding(source, target):
    """Another mark, another encoding, or characters garbled on the way stop a delivery."""
    assert {finding.kind for finding in compare(source, target, format="plain")} == {"encoding"}


def test_pseudo_translation_stays_within_a_small_encoding():
    """A Latin-1 file can be pseudo-translated into Japanese and stays Latin-1."""
    data = "Grüße an alle".encode("latin-1")
    target = pseudo_translate(data, format="plain", locale="ja", encoding="latin-1")
    assert compare(data, target, format="plain", encoding="latin-1") == ()
    assert target != data


_OPENINGS = {
    "plain": b"text",
    "html": b'<meta charset="windows-1252"><p>x</p>',
    "xliff": b'<?xml version="1.0" encoding="iso-8859-15"?><xliff/>',
    "po": b'msgid ""\nmsgstr "charset=koi8-r\\n"\n\n',
    "json": b"{}",
}


@pytest.mark.parametrize("format", _OPENINGS)
@pytest.mark.parametrize(
    "mark",
    [
        b"",
        codecs.BOM_UTF8,
        codecs.BOM_UTF16_LE,
        codecs.BOM_UTF16_BE,
        codecs.BOM_UTF32_LE,
        codecs.BOM_UTF32_BE,
    ],
)
@pytest.mark.parametrize("wanted", [None, "UTF8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le", "utf-32"])
def test_the_beginning_tells_the_encoding(format, mark, wanted):
    """The first bytes of a file name the encoding in which the whole of it is read."""
    by_mark = {
        codecs.BOM_UTF16_LE: "utf-16-le",
        codecs.BOM_UTF16_BE: "utf-16-be",
        codecs.BOM_UTF32_LE: "utf-32-le",
        codecs.BOM_UTF32_BE: "utf-32-be",
    }
    written = by_mark.get(mark) or ("utf-16-le" if wanted == "utf-16-le" else "utf-8")
    text = _OPENINGS[format].decode() + "x" * HEAD_SIZE
    if wanted in ("utf-16", "utf-32") and not mark:
        written = f"{wanted}-be"
    data = mark + text.encode(written)
    told = sniff(data[:HEAD_SIZE], format=format, encoding=wanted)
    try:
        read = decode(data, format=format, encoding=wanted)
    except FormatError:
        assert not _readable(data, told)
    else:
        assert read.encoding == told


@pytest.mark.parametrize("encoding", [None, "utf-8", "no-such-encoding"])
def test_an_encoding_that_does_not_exist_is_refused_from_the_beginning(encoding):
    """A wanted or declared encoding that nobody knows is refused before the rest is read."""
    with pytest.raises(FormatError, match="not known"):
        sniff(b'<meta charset="klingon">', format="html", encoding=encoding)


@pytest.mark.parametrize("distance", range(-20, 21))
@pytest.mark.parametrize(("name", "limit"), [("html", 2048), ("po", HEAD_SIZE - 4)])
def test_no_declaration_counts_beyond_the_beginning(name, limit, distance):
    """A declaration at the edge is read from the whole file as it is from its beginning."""
    declaration = b'<meta charset="koi8-r">' if name == "html" else b'"charset=koi8-r\\n"'
    data = b" " * (limit + distance - len(declaration)) + declaration + b" " * HEAD_SIZE
    assert _said(sniff, data[:HEAD_SIZE], name) == _said(_read_by, data, name)


def _read_by(data, *, format, encoding):
    return encoding or declared_in(data, format=format) or "utf-8"


def _said(reader, data, name):
    try:
        return reader(data, format=name, encoding=None)
    except FormatError as error:
        return str(error)


def _readable(data, encoding):
    try:
        return "\0" not in data.decode(encoding)
    except UnicodeError:
        return False
