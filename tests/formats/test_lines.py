"""Plain text of any size."""

from __future__ import annotations

import codecs
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.corpus import PLAIN
from wordferry.formats import compare_plain_lines, corrupt, pseudo_translate, pseudo_translate_lines
from wordferry.formats.corruption import CORRUPTIONS


def _compared(folder, source, target, encoding=None):
    (folder / "source").write_bytes(source)
    (folder / "target").write_bytes(target)
    return compare_plain_lines(folder / "source", folder / "target", encoding=encoding)


@pytest.mark.parametrize("title", list(PLAIN))
def test_streaming_agrees_with_reading_at_once(tmp_path, title):
    """Line by line, a pseudo-translation is the same bytes and passes, and damage is found."""
    data = PLAIN[title]
    whole = pseudo_translate(data, format="plain", locale="fr")
    for size in (1, 2, 3, 7, 1000):
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        assert b"".join(pseudo_translate_lines(chunks, locale="fr")) == whole
    assert _compared(tmp_path, data, whole) == ()
    for kind in CORRUPTIONS:
        damaged = corrupt(data, format="plain", kind=kind)
        # An error page in place of text is known by its head only when a file is read at once.
        if damaged is not None and kind != "html_error_page":
            assert _compared(tmp_path, data, damaged), kind


@given(
    st.lists(st.text(st.sampled_from("ab é\u2028{x}%s日"), max_size=8), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
)
def test_streaming_equals_reading_at_once(lines, ending):
    """The two ways to pseudo-translate are one."""
    data = ending.join(lines).encode()
    chunks = [data[at : at + 3] for at in range(0, len(data), 3)]
    assert b"".join(pseudo_translate_lines(chunks, locale="de")) == pseudo_translate(
        data, format="plain", locale="de"
    )


def test_memory_stays_constant(tmp_path):
    """A file much larger than the allowance, with one endless line, is compared and translated within it."""
    line = b"Some words with {name} and https://example.com/a here. "
    source, target = tmp_path / "source", tmp_path / "target"
    with source.open("wb") as file:
        for _ in range(100):
            file.write(line * 100 + b"\n")
        file.write(line * 24_000)
    tracemalloc.start()
    with source.open("rb") as file, target.open("wb") as out:
        for chunk in pseudo_translate_lines(iter(lambda: file.read(65536), b""), locale="de"):
            out.write(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < source.stat().st_size
    assert target.stat().st_size > source.stat().st_size
    assert compare_plain_lines(source, target) == ()


def test_a_target_that_cannot_be_decoded_is_a_finding(tmp_path):
    """Broken bytes anywhere in the translation stop the delivery with words."""
    (finding,) = _compared(tmp_path, b"One\nTwo\n", b"Eins\nZw\xff\n")
    assert finding.kind == "encoding"


def test_encodings_are_compared(tmp_path):
    """Another byte order mark is a finding; the same one is not."""
    wide = codecs.BOM_UTF16_LE + "Eins\r\n".encode("utf-16-le")
    assert {f.kind for f in _compared(tmp_path, b"One\r\n", wide)} == {"encoding"}
    assert _compared(tmp_path, codecs.BOM_UTF16_LE + "One\r\n".encode("utf-16-le"), wide) == ()


def test_findings_are_bounded(tmp_path):
    """A file that is wrong on each line does not produce a finding for each of them."""
    findings = _compared(tmp_path, b"{a} x\n" * 5000, b"{b} x\n" * 5000)
    assert 100 <= len(findings) < 110
