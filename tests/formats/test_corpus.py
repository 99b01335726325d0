"""The promises that hold for every valid document, over a corpus of tricky ones."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.formats.corpus import CORPUS
from wordferry.formats import (
    CORRUPTIONS,
    FINDING_KINDS,
    compare,
    corrupt,
    parse,
    pseudo_translate,
    splice,
    tokens,
)
from wordferry.formats.document import QUOTE_LIMIT
from wordferry.formats.registry import module_for

LOCALES = ("de", "fr", "ja", "ar", "pt-BR", "zz")
# Damage of a kind that any format's check may report in more than one way.
EXPECTED = {
    "drop_placeholder": {"placeholder", "empty"},
    "rename_placeholder": {"placeholder"},
    "break_icu": {"icu"},
    "drop_plural_branch_other": {"icu"},
    "drop_tag": {"tag", "link", "syntax"},
    "unclose_tag": {"tag", "syntax"},
    "change_link": {"link"},
    "translate_code": {"code"},
    "rename_key": {"key", "duplicate"},
    "drop_key": {"key", "empty"},
    "duplicate_key": {"duplicate"},
    "change_value": {"value"},
    "break_front_matter": {"front_matter", "structure"},
    "translate_front_matter_key": {"front_matter"},
    "wrong_encoding": {"encoding"},
    "garble": {"encoding"},
    "empty_file": {"empty"},
    "change_id": {"key"},
    "change_source": {"source"},
    "html_error_page": {"error_page", "tag", "encoding"},
    "break_syntax": {"syntax"},
    "change_line_ending": {"line_ending"},
    "join_lines": {"structure"},
}

documents = pytest.mark.parametrize(("name", "data"), list(CORPUS.values()), ids=list(CORPUS))


@documents
def test_splicing_nothing_changes_nothing(name, data):
    """A document written back without replacements is the same, byte for byte."""
    assert splice(parse(data, format=name), {}) == data


@documents
def test_slots_stand_where_the_text_stands(name, data):
    """Segments have distinct keys and slots that do not overlap, and each text is the sum of its tokens."""
    document = parse(data, format=name)
    assert len({segment.key for segment in document.segments}) == len(document.segments)
    slots = sorted((segment.start, segment.end) for segment in document.segments)
    assert all(a[1] <= b[0] for a, b in pairwise(slots))
    for segment in document.segments:
        assert "".join(token.text for token in tokens(segment.text, format=name)) == segment.text


@documents
def test_a_document_agrees_with_itself(name, data):
    """No document differs from itself, even when its own texts break the rules."""
    module = module_for(name)
    assert module.compare(parse(data, format=name), parse(data, format=name)) == []


@documents
def test_an_honest_translation_is_accepted(name, data):
    """A pseudo-translation in any language passes the check against its source."""
    for locale in LOCALES:
        target = pseudo_translate(data, format=name, locale=locale)
        assert compare(data, target, format=name) == (), locale


@documents
def test_damage_is_found(name, data):
    """Every kind of damage that a document offers a place for is found, as the right kind."""
    for kind in sorted(CORRUPTIONS):
        damaged = corrupt(data, format=name, kind=kind)
        if damaged is not None:
            kinds = {finding.kind for finding in compare(data, damaged, format=name)}
            assert kinds, kind
            assert kinds & EXPECTED.get(kind, kinds), kind


@documents
def test_damage_to_a_translation_is_found(name, data):
    """Damage is found in a translated file too, where every text differs from the source anyway."""
    translated = pseudo_translate(data, format=name, locale="de")
    for kind in sorted(CORRUPTIONS):
        damaged = corrupt(translated, format=name, kind=kind)
        if damaged is not None:
            findings = compare(data, damaged, format=name)
            assert findings, kind
            assert {finding.kind for finding in findings} <= set(FINDING_KINDS)
            assert all(len(finding.message) < 100 + 2 * QUOTE_LIMIT for finding in findings)


@pytest.mark.parametrize("kind", sorted(CORRUPTIONS))
def test_every_kind_of_damage_finds_a_place(kind):
    """No kind of damage is idle: the corpus offers a place for each."""
    assert any(corrupt(data, format=name, kind=kind) is not None for name, data in CORPUS.values())
