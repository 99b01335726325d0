# ruff: noqa: E501 - documents keep the lines they have in real life
"""Pseudo-translation: readable, repeatable, different for each locale."""

from __future__ import annotations

import json

from wordferry.formats import compare, pseudo_translate

TEXT = b"The quick brown fox jumps over the lazy dog and comes home before the evening is over."


def _spoken(locale):
    return pseudo_translate(TEXT, format="plain", locale=locale).decode()


def test_the_same_every_time():
    """The same file and locale give the same bytes."""
    assert _spoken("de") == _spoken("de")


def test_every_locale_looks_different():
    """No two locales give the same text, not even those of one language or of no known language."""
    locales = ["de", "de-AT", "de_CH", "fr", "es", "ja", "zh-Hans", "ar", "xx", "yy", "qq-ploc", "no", "nb"]
    assert len({_spoken(locale) for locale in locales}) == len(locales)


def test_languages_grow_and_shrink():
    """German grows by about three tenths, French by two, Japanese gets shorter."""

    def growth(locale):
        return (len(_spoken(locale)) - len(f"«{locale}» ")) / len(TEXT)

    assert 1.15 < growth("de") < 1.35
    assert 1.08 < growth("fr") < 1.25
    assert growth("ja") < 0.95


def test_what_is_protected_stays():
    """Placeholders, tags, ICU syntax and links are untouched, and values without letters stay as they are."""
    source = {
        "a": "Go to <b>{place}</b> at https://example.com",
        "b": "{n, plural, one {# day} other {# days}}",
        "c": "42",
    }
    target = json.loads(pseudo_translate(json.dumps(source).encode(), format="json", locale="sv"))
    assert "<b>{place}</b>" in target["a"]
    assert "https://example.com" in target["a"]
    assert target["b"].startswith("{n, plural, one {# «sv» d")
    assert target["c"] == "42"


def test_the_language_is_named():
    """Places that name the document's language are filled with the locale."""
    cases = {
        "html": b'<html lang="en"><body><p>Text</p></body></html>',
        "xliff": b'<xliff version="2.0" srcLang="en"><file id="f"><unit id="1"><segment><source>Text</source></segment></unit></file></xliff>',
        "po": b'msgid ""\nmsgstr "Language: \\n"\n\nmsgid "Text"\nmsgstr ""\n',
        "markdown": b"---\nlang: en\n---\nText\n",
    }
    expected = {
        "html": b'lang="pt-BR"',
        "xliff": b'trgLang="pt-BR"',
        "po": b"Language: pt-BR\\n",
        "markdown": b"lang: pt-BR",
    }
    for name, data in cases.items():
        target = pseudo_translate(data, format=name, locale="pt_BR")
        assert expected[name] in target
        assert compare(data, target, format=name) == ()


def test_an_odd_locale_name_cannot_break_a_file():
    """A locale is only a name: quotation marks and brackets in it do no harm."""
    for name, data in {
        "html": b'<html lang="en"><p title="x y">Text</p></html>',
        "json": b'{"a": "Text"}',
    }.items():
        assert compare(data, pseudo_translate(data, format=name, locale='"><b>{x}'), format=name) == ()
