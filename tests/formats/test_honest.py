# ruff: noqa: E501 - documents keep the lines they have in real life
"""Translations as people really make them: none of them may be held."""

from __future__ import annotations

import pytest

from wordferry.formats import compare

HONEST = {
    "json: keys in another order, numbers spelled otherwise, other escapes": (
        "json",
        '{"a": "One {x}", "n": 1.50, "b": "caf\\u00e9"}',
        '{\n  "b": "Café hier",\n  "n": 1.5,\n  "a": "{x} Eins"\n}',
    ),
    "json: more plural categories": (
        "json",
        '{"f": "{n, plural, one {# file} other {# files}}"}',
        '{"f": "{n, plural, one {# plik} few {# pliki} many {# plików} other {# pliku}}"}',
    ),
    "json: fewer plural categories, number by name": (
        "json",
        '{"f": "{n, plural, one {# file} other {# files}}"}',
        '{"f": "{n, plural, other {{n} ファイル}}"}',
    ),
    "json: the whole sentence moved into the branches": (
        "json",
        '{"f": "{n, plural, one {# file} other {# files}} in {folder}"}',
        '{"f": "{n, plural, one {# Datei in {folder}} other {# Dateien in {folder}}}"}',
    ),
    "json: apostrophes around plain placeholders": ("json", '{"a": "Name: {x}"}', '{"a": "l\'{x} d\'ici"}'),
    "json: a percent sign comes first": ("json", '{"a": "Save 50% today"}', '{"a": "Bugün %50si indirim"}'),
    "json: a placeholder twice": ("json", '{"a": "Dear {name}"}', '{"a": "{name}, liebe(r) {name}"}'),
    "json: printf arguments in another order": ("json", '{"a": "%s of %d"}', '{"a": "%2$d von %1$s"}'),
    "json: a phrase in angle brackets": (
        "json",
        '{"a": "Type <your name>"}',
        '{"a": "<Ihren Namen> eingeben"}',
    ),
    "json: tags in another order": (
        "json",
        '{"a": "<b>Click</b> the <a href=\\"/x\\">link</a>"}',
        '{"a": "Den <a href=\'/x\'>Link</a> <b>klicken</b>"}',
    ),
    "json: a plural suffix that another language lacks": ("json", '{"s": "s"}', '{"s": ""}'),
    "markdown: other marks for the same blocks": (
        "markdown",
        "Title\n=====\n\n* one\n* two\n\n___\n\n    code\n",
        "# Titel\n\n- eins\n\n- zwei\n\n---\n\n```\ncode\n```\n",
    ),
    "markdown: emphasis dropped, lines wrapped anew, entities written out": (
        "markdown",
        "Some **bold** text &mdash; that is\nwrapped.\n",
        "Fetter Text\n— neu\numbrochen.\n",
    ),
    "markdown: links in another order": (
        "markdown",
        "See [a](/a), then [b](/b) and `c`.",
        "`c` nach [B](/b) und davor [A](/a).",
    ),
    "markdown: a reference label translated together with its definition": (
        "markdown",
        "See [the guide].\n\n[the guide]: /guide\n",
        "Siehe [das Handbuch].\n\n[das Handbuch]: /guide\n",
    ),
    "markdown: link titles and captions translated": (
        "markdown",
        '[a](/a "Title")\n\n{{< figure src="/x.png" caption="A cat" >}}\n',
        '[ä](/a "Titel")\n\n{{< figure src="/x.png" caption="Eine Katze" >}}\n',
    ),
    "markdown: text of HTML blocks and of indented admonitions translated": (
        "markdown",
        "<details>\n<summary>More</summary>\n\n!!! note\n\n    Indented text\n\n[^1]: Word\n\n    More words\n\n</details>\n",
        "<details>\n<summary>Mehr</summary>\n\n!!! note\n\n    Eingerückter Text\n\n[^1]: Zwei Wörter\n\n    Mehr Wörter\n\n</details>\n",
    ),
    "markdown: front matter quoted otherwise": (
        "markdown",
        "---\ntitle: Plain\nlang: en\nlayout: post\n---\nText\n",
        "---\ntitle: 'Jetzt: mit Doppelpunkt'\nlang: de\nlayout: \"post\"\n---\nText\n",
    ),
    "markdown: line endings of another system": ("markdown", "# One\r\n\r\nTwo\r\n", "# Eins\n\nZwei\n"),
    "html: inline elements in another order, attributes quoted otherwise": (
        "html",
        "<p>The <b>red</b> <a href='/h?a=1&b=2' class=x>house</a>.<br></p>",
        '<p>Das <a class="x" href="/h?a=1&amp;b=2">Haus</a> <b>rot</b>.<br/></p>',
    ),
    "html: language and direction": (
        "html",
        '<html lang="en"><body><p>Text</p></body></html>',
        '<html lang="ar" dir="rtl"><body><p>نص</p></body></html>',
    ),
    "html: readable attributes": (
        "html",
        '<meta name="description" content="About"><img src="a" alt="A"><button title="T" aria-label="L">B</button>',
        '<meta name="description" content="Über"><img src="a" alt="Ä"><button title="TT" aria-label="LL">BB</button>',
    ),
    "html: text before an element where the source has none": (
        "html",
        "<p><b>Save</b> now</p>",
        "<p>Jetzt <b>sichern</b></p>",
    ),
    "xliff: segments split and joined, states and language set": (
        "xliff",
        '<xliff version="2.0" srcLang="en"><file id="f"><unit id="1"><segment><source>One. <ph id="1"/>Two.</source></segment></unit></file></xliff>',
        '<xliff version="2.0" srcLang="en" trgLang="de"><file id="f"><unit id="1"><segment state="final"><source>One. </source><target>Eins. </target></segment><segment><source><ph id="1"/>Two.</source><target>Zwei<ph id="1"/>.</target></segment></unit></file></xliff>',
    ),
    "xliff: segmentation marks inside the target": (
        "xliff",
        '<xliff version="1.2"><file original="f" source-language="en"><body><trans-unit id="1"><source>One <g id="1">x</g></source></trans-unit></body></file></xliff>',
        '<xliff version="1.2"><file original="f" source-language="en" target-language="de"><body><trans-unit id="1" approved="yes"><source>One <g id="1">x</g></source><seg-source><mrk mid="1" mtype="seg">One <g id="1">x</g></mrk></seg-source><target state="final"><mrk mid="1" mtype="seg">Eins <g id="1">x</g></mrk></target><note>ok</note></trans-unit></body></file></xliff>',
    ),
    "po: more plural forms, one without the number, header rewritten": (
        "po",
        'msgid ""\nmsgstr "Language: \\nContent-Type: text/plain; charset=UTF-8\\nMIME-Version: 1.0\\n"\n\nmsgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] ""\nmsgstr[1] ""\n',
        'msgid ""\nmsgstr ""\n"Language: ar\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"MIME-Version: 1.0\\n"\n"X-Generator: x\\n"\n"Plural-Forms: nplurals=3; plural=0;\\n"\n\n#, fuzzy\nmsgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] "لا ملف"\nmsgstr[1] "ملف واحد"\nmsgstr[2] "%d ملفات"\n',
    ),
    "po: entries in another order, obsolete ones gone, one left untranslated": (
        "po",
        'msgid "A text"\nmsgstr ""\n\nmsgid "B text"\nmsgstr ""\n\n#~ msgid "old"\n#~ msgstr "alt"\n',
        'msgid "B text"\nmsgstr "B-Text"\n\nmsgid "A text"\nmsgstr ""\n',
    ),
    "plain: a final line break more or less": ("plain", "One\nTwo {x}\n", "Eins\n{x} Zwei"),
    "plain: an address followed by another script": (
        "plain",
        "See https://a.example/b now",
        "https://a.example/bをご覧ください",
    ),
}

HELD = {
    "json: a number became a text": ("json", '{"a": 1}', '{"a": "1"}', "value"),
    "json: a whole number became a fraction": ("json", '{"a": 1}', '{"a": 1.0}', "value"),
    "json: a list lost an item": ("json", '["One thing", "Two"]', '["Ein Ding"]', "structure"),
    "json: a text was emptied": ("json", '{"a": "Some text"}', '{"a": ""}', "empty"),
    "json: an apostrophe hides an argument of an ICU message": (
        "json",
        '{"a": "{n, plural, other {# of {x}}}"}',
        '{"a": "{n, plural, other {# d\'{x}}}"}',
        "icu",
    ),
    "json: an explicit number of a plural is gone": (
        "json",
        '{"a": "{n, plural, =0 {none} other {#}}"}',
        '{"a": "{n, plural, other {#}}"}',
        "icu",
    ),
    "json: a selector was translated": (
        "json",
        '{"a": "{g, select, male {He} other {They}}"}',
        '{"a": "{g, select, mann {Er} other {Sie}}"}',
        "icu",
    ),
    "json: the type of an argument changed": (
        "json",
        '{"a": "{n, plural, one {#} other {#}}"}',
        '{"a": "{n, selectordinal, one {#} other {#}}"}',
        "icu",
    ),
    "json: one branch lost its placeholder": (
        "json",
        '{"a": "{n, plural, one {# in {f}} other {# in {f}}}"}',
        '{"a": "{n, plural, one {# in {f}} other {# in}}"}',
        "placeholder",
    ),
    "json: tags cross": ("json", '{"a": "<b>x <i>y</i></b>"}', '{"a": "<b>x <i>y</b></i>"}', "tag"),
    "json: unnumbered printf arguments in another order": (
        "json",
        '{"a": "%s of %d"}',
        '{"a": "%d von %s"}',
        "placeholder",
    ),
    "json: a marker of a translator's tool was left over": (
        "json",
        '{"a": "Text here"}',
        '{"a": "{1>Text<1} hier {2}"}',
        "placeholder",
    ),
    "json: characters were lost": ("json", '{"a": "caf\u00e9"}', '{"a": "caf\ufffd"}', "encoding"),
    "markdown: a heading of another level": ("markdown", "## Title", "# Titel", "structure"),
    "markdown: a table lost a column": ("markdown", "|a|b|\n|-|-|\n|c|d|\n", "|a|\n|-|\n|c|\n", "structure"),
    "markdown: a date in the front matter was localised": (
        "markdown",
        "---\ndate: 2024-05-01\n---\nText",
        "---\ndate: 01.05.2024\n---\nText",
        "front_matter",
    ),
    "markdown: a slug was translated": (
        "markdown",
        "---\nslug: the-page\n---\nT",
        "---\nslug: die-seite\n---\nT",
        "front_matter",
    ),
    "markdown: true was translated": (
        "markdown",
        "---\ndraft: true\n---\nT",
        "---\ndraft: wahr\n---\nT",
        "front_matter",
    ),
    "markdown: a shortcut reference lost its definition": (
        "markdown",
        "See [the guide].\n\n[the guide]: /guide\n",
        "Siehe [das Handbuch].\n\n[the guide]: /guide\n",
        "link",
    ),
    "markdown: the language of a fence changed": ("markdown", "```js\nx\n```\n", "```\nx\n```\n", "code"),
    "html: a class was translated": ("html", '<p class="red">Text</p>', '<p class="rot">Text</p>', "tag"),
    "html: a link in an attribute list changed": (
        "html",
        '<a href="/a">x y</a>',
        '<a href="/b">x y</a>',
        "link",
    ),
    "html: blocks in another order": ("html", "<h1>One</h1><p>Two</p>", "<p>Zwei</p><h1>Eins</h1>", "tag"),
    "html: a script was touched": (
        "html",
        "<script>var a = 1</script>",
        "<script>var ä = 1</script>",
        "code",
    ),
    "html: a text was emptied": ("html", "<p>Some text</p>", "<p></p>", "empty"),
    "html: inline tags cross": ("html", "<p><b>x <i>y</i></b></p>", "<p><b>x <i>y</b></i></p>", "tag"),
    "html: text that must not be translated": (
        "html",
        '<p translate="no">Acme</p>',
        '<p translate="no">Spitze</p>',
        "code",
    ),
    "xliff: one unit of several stayed empty": (
        "xliff",
        '<xliff version="1.2"><file original="f" source-language="en"><body><trans-unit id="1"><source>One text</source></trans-unit><trans-unit id="2"><source>Two texts</source></trans-unit></body></file></xliff>',
        '<xliff version="1.2"><file original="f" source-language="en"><body><trans-unit id="1"><source>One text</source><target>Ein Text</target></trans-unit><trans-unit id="2"><source>Two texts</source></trans-unit></body></file></xliff>',
        "untranslated_slot",
    ),
    "xliff: marked as final without a target": (
        "xliff",
        '<xliff version="2.0" srcLang="en"><file id="f"><unit id="1"><segment><source>One text</source></segment></unit></file></xliff>',
        '<xliff version="2.0" srcLang="en"><file id="f"><unit id="1"><segment state="final"><source>One text</source></segment></unit></file></xliff>',
        "untranslated_slot",
    ),
    "xliff: an inline tag has another id": (
        "xliff",
        '<xliff version="1.2"><file original="f" source-language="en"><body><trans-unit id="1"><source>One <x id="1"/></source></trans-unit></body></file></xliff>',
        '<xliff version="1.2"><file original="f" source-language="en"><body><trans-unit id="1"><source>One <x id="1"/></source><target>Eins <x id="2"/></target></trans-unit></body></file></xliff>',
        "tag",
    ),
    "po: the last plural form lost the number": (
        "po",
        'msgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] ""\nmsgstr[1] ""\n',
        'msgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] "%d Datei"\nmsgstr[1] "Dateien"\n',
        "placeholder",
    ),
    "po: another placeholder of a plural form is gone": (
        "po",
        'msgid "%(n)d file of %(who)s"\nmsgid_plural "%(n)d files of %(who)s"\nmsgstr[0] ""\nmsgstr[1] ""\n',
        'msgid "%(n)d file of %(who)s"\nmsgid_plural "%(n)d files of %(who)s"\nmsgstr[0] "%(n)d Datei"\nmsgstr[1] "%(n)d Dateien von %(who)s"\n',
        "placeholder",
    ),
    "po: the project of the header changed": (
        "po",
        'msgid ""\nmsgstr "Project-Id-Version: a\\n"\n',
        'msgid ""\nmsgstr "Project-Id-Version: b\\n"\n',
        "header",
    ),
    "po: a context changed": (
        "po",
        'msgctxt "menu"\nmsgid "Open"\nmsgstr ""\n',
        'msgctxt "Menü"\nmsgid "Open"\nmsgstr ""\n',
        "key",
    ),
    "po: a name for a text, and its placeholder is gone": (
        "po",
        'msgid "home.title"\nmsgstr "Welcome {name}"\n',
        'msgid "home.title"\nmsgstr "Willkommen"\n',
        "placeholder",
    ),
    "plain: a blank line moved": ("plain", "One\n\nTwo\nThree", "Eins\nZwei\n\nDrei", "structure"),
    "plain: an address changed": ("plain", "See https://a.example/b.", "Siehe https://a.example/c.", "link"),
}


@pytest.mark.parametrize("case", list(HONEST))
def test_honest_translations_pass(case):
    """What translators and their tools may rightly change is not held."""
    name, source, target = HONEST[case]
    assert compare(source.encode(), target.encode(), format=name) == ()


@pytest.mark.parametrize("case", list(HELD))
def test_broken_translations_are_held(case):
    """What breaks a site or an app is held, with the right kind."""
    name, source, target, kind = HELD[case]
    assert kind in {finding.kind for finding in compare(source.encode(), target.encode(), format=name)}
