# ruff: noqa: E501 - documents keep the lines they have in real life
"""Small documents with everything that real ones trip over. Each name is `format/what it is about`."""

from __future__ import annotations

import codecs

JSON: dict[str, bytes] = {
    "flat": b'{"title": "Welcome back", "cta": "Save {count} items now"}\n',
    "nested": b"""{
  "menu": {"file": {"open": "Open file", "items": ["First entry", "Second entry", 3, null, true, {"deep": "Deep text"}]}},
  "version": 12, "ratio": 1.50e3, "debug": false, "nothing": null, "empty": "", "blank": "  "
}
""",
    "icu plural": b'{"files": "{count, plural, =0 {No files} one {# file in {folder}} other {# files in {folder}}}"}',
    "icu nested": (
        b'{"invite": "{gender, select, female {{n, plural, offset:1 one {She invited # guest} other {She invited '
        b"# guests}}} male {{n, plural, offset:1 one {He invited # guest} other {He invited # guests}}} other "
        b'{{n, plural, offset:1 one {They invited # guest} other {They invited # guests}}}}"}'
    ),
    "icu quotes": b"{\"q\": \"{n, plural, one {It''s # day, braces '{'like this'}'} other {It''s # days}}\"}",
    "icu formats": (
        b'{"due": "{total, number, ::currency/USD} due {when, date, long}: '
        b'{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}} notice"}'
    ),
    "tags": (
        b'{"terms": "I accept the <a href=\\"/terms\\" title=\\"Terms\\">terms</a> and <b>conditions</b>",'
        b'"comp": "Hello <0>there</0>, click <1/> or <Link>here</Link>", "prose": "Type <your name> here, 3 < 4"}'
    ),
    "escapes": b'{"u": "caf\\u00e9 \\u201cquoted\\u201d \\ud83d\\ude80 done", "slash": "and\\/or <b>x<\\/b> text", "t": "tab\\there\\nline"}',
    "pointer keys": b'{"a/b": "Slash in key", "m~n": "Tilde in key", "": "Empty key", "sp ace": {"x.y": "Dotted key"}}',
    "placeholders": (
        b'{"p": "Hi %(name)s, %d of %1$s done %% sure", "t": "${user} owes {{ amount }} to %{who} or {0}", '
        b'"d": "50% discount and 100% sure", "k": "See $t(common.more) at https://example.com/a?b=c&d=e."}'
    ),
    "unicode": '{"rtl": "مرحبا {name} بالعالم", "ja": "こんにちは{name}さん", "emoji": "Party 🎉👩‍👩‍👧 time", "comb": "Cafe\u0301 au lait", "ls": "one\u2028two words"}'.encode(),
    "array root": b'["One thing", ["Another thing"], []]',
    "string root": b'"Just a sentence with {name}"',
    "number root": b"42",
    "duplicate keys": b'{"a": "First text", "a": "Second text"}',
    "crlf bom": codecs.BOM_UTF8 + b'{\r\n  "a": "Some text here",\r\n  "b": {}\r\n}\r\n',
    "utf-16": codecs.BOM_UTF16_LE + '{"a": "Grüße an alle"}'.encode("utf-16-le"),
    "icu text inside": b'{"x": "A \\"quoted\\" word, back\\\\slash and {name}"}',
}

PLAIN: dict[str, bytes] = {
    "paragraphs": b"First paragraph here.\nStill the first.\n\nSecond paragraph, see https://example.com/path.\n",
    "crlf": b"Line one of text\r\n\r\nLine {name} two\r\n",
    "no final newline": b"Only one line without an end",
    "separators": "A line\u2028not two lines\x0cform feed, next\u0085line\nSecond line\n".encode(),
    "placeholders": b"Dear %s,\nyour code is {code} and costs $100.\n\tIndented <b>bold</b> line\n\n\n",
    "unicode": "مرحبا بالعالم\n日本語のテキスト https://example.jp/ja。次の文\n🎉 party e\u0301\n".encode(),
    "latin-1 as utf-8": "Grüße aus Köln, déjà vu\n".encode(),
    "utf-16": codecs.BOM_UTF16_BE + "Some words\r\nand more\r\n".encode("utf-16-be"),
    "utf-32": codecs.BOM_UTF32_LE + "Some words\nand more\n".encode("utf-32-le"),
    "blank": b"\n\n",
    "empty": b"",
    "old mac": b"One line\rTwo lines\r",
    "percent": b"Save 50% today\n100%sure\nIt is 5 %d off\n",
}

MARKDOWN: dict[str, bytes] = {
    "everything": b"""---
title: "Getting started: the basics"
linkTitle: Start
description: 'It''s a guide for {product}'
date: 2024-05-01
draft: false
weight: 10
slug: getting-started
lang: en
image: /img/hero.png
tags: [guides, "first steps"]
menu:
  main:
    parent: docs
    name: Getting Started Here
summary: >
  A folded summary
  over two lines.
body: |
  Literal line one
  Literal line two
---

# Hello *world* {#top}

Some text with `code`, ``a ` tick``, [a link](https://x.y/z?a=b "Title here") and {name}.
A second line with **bold**, ![an image](img/a.png), <kbd>Ctrl</kbd> and <https://auto.link/x>.

> A quotation
> over two lines with **bold**
> > and nested

1. First step
2. Second step
   - nested item
     continued
   - [x] task done
3. Third

| Left | Right \\| pipe | c |
|:-----|------:|---|
| one cell | `a \\| b` | |
| | two | {x} |

```python
def x():
    return "not text"
```

    indented code

~~~
tilde fence
~~~

***

Final words.[^1] See [the guide][guide], [Guide][] and [guide]. Mail me@example.com or visit www.example.com/x.

[guide]: https://example.com/guide "Guide title"
[^1]: A footnote with several words.
""",
    "setext crlf": b"Title of it\r\n===========\r\n\r\nSub title\r\n---------\r\n\r\n* one\r\n* two\r\n  more\r\n\r\nEnd of text\r\n",
    "hugo shortcodes": b"""+++
title = "Hugo page title"
date = 2024-01-01T10:00:00Z
draft = true
tags = ["one", "two"]
[params]
subtitle = "A longer subtitle"
+++

{{< figure src="/img/x.png" caption="A nice picture" >}}

Read [this page]({{< ref "other.md" >}}) and {{% notice tip %}} take **care** {{% /notice %}}.

{{< highlight go >}}
fmt.Println("x")
{{< /highlight >}}
""",
    "jekyll liquid": b"""---
layout: post
title: My first post
permalink: /blog/first/
categories: [news]
---
{% include toc.html %}

Visit [home]({{ site.baseurl }}/index.html){:target="_blank"} or {{ page.title | escape }} today.
{: .lead }
""",
    "mkdocs": b"""# Admonitions

!!! note "Mind the title"

    Indented text of the note with `code`.

    - a list item
    - another one

    ```yaml
    key: value
    ```

??? warning
    Directly below it.

=== "Tab one"

    Tab text here.

Term here
:   Definition text

:::tip Heads up
Docusaurus text inside.
:::
""",
    "html inside": b"""<details>
<summary>Click to open</summary>

Inner **markdown** text <br> with <span class="x" title="tip">inline</span>.

</details>

<!-- a comment
over lines -->

<div class="card" id="c1"><p>Card text</p><img src="a.png" alt="Alt text"></div>

Text after <!-- inline comment --> the card.
""",
    "references": b"""See [Full text][ref-1], [Collapsed Ref][], [shortcut ref] and [not a ref].

> [!NOTE]
> An alert for readers.

[ref-1]: <https://example.com/a b>
[collapsed ref]: /relative/path
[Shortcut Ref]: #anchor 'With title'
[unused]: mailto:x@y.z
""",
    "footnote one word": b"Text with a note.[^a]\n\n[^a]: Word\n",
    "rtl and cjk": "# مرحبا\n\nنص مع `code` و[رابط](https://x.y)\n\n**強調**文字と[リンク](/ja/doc)です。\n\n- 🎉 e\u0301 item\n".encode(),
    "escapes": b"Not \\*emphasis\\* and \\[no link\\](x) but 1986\\. A great year &copy; &amp; &#8364; 2 < 3 :smile: it's 10:30:45.\n\n\\# no heading\n",
    "deep list": b"- a one\n  - b two\n    - c three\n\n      para in c\n\n      ```\n      code here\n      ```\n\n      | t one | u |\n      |---|---|\n      | v | w |\n  - d four\n\n1) x one\n2) y two\n",
    "no final newline": b"Text without an end",
    "empty": b"",
    "blank": b"\n \n",
    "thematic break first": b"---\n\nText after a break\n\n---\n",
    "front matter only": b"---\ntitle: Only matter\n---\n",
    "empty front matter": b"---\n---\nSome text\n",
    "bom crlf front": codecs.BOM_UTF8
    + b"---\r\ntitle: A title here\r\nitems:\r\n  - name: First thing\r\n    url: /a/b\r\n---\r\n\r\nText **here**.\r\n",
    "yaml anchors": b'---\nbase: &b\n  label: Some label text\nother: *b\nempty:\nquoted: "with \\"quotes\\" and \\u00e9"\nmulti: this is a long\n  plain scalar\n---\nText\n',
    "u+2028": "One line\u2028still the same paragraph\n\nNext `a\u2028b` words\n".encode(),
    "math": b"Euler says $$e^{i\\pi} + 1 = 0$$ and {{ var }} costs $5 or ${amount}.\n",
    "tight table": b"a | b words\n--|--\n1 | two words\n\ntext right after",
    "lazy quote": b"> quoted text\nlazy continuation\nand more\n\ntext with  \nhard break\\\nand another\n",
    "icu": b"You have {n, plural, one {# new mail} other {# new mails}} today.\n",
    "html pre": b"<pre>\nkeep <b>this</b> text\n</pre>\n\nAnd <code>inline code</code> here.\n",
    "unclosed fence": b"Text before\n\n```\nnever closed code\n",
    "nested quote code": b"> - item in quote\n>\n>   ```js\n>   let x = 1\n>   ```\n> # Heading in quote\n",
}

HTML: dict[str, bytes] = {
    "page": b"""<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<title>Page title &amp; more</title>
<meta name="description" content="A description of the page">
<meta property="og:title" content="Shared title"><meta property="og:locale" content="en_US">
<meta name="viewport" content="width=device-width">
<link rel="canonical" href="https://example.com/a">
<style>p > a { color: red }</style>
<script>if (a < b && c > d) { document.write("<p>Hello you</p>"); }</script>
</head>
<body class="home" data-x='1'>
<!-- a comment -->
<h1 id="top">Welcome to <em>our</em> site</h1>
<p>Click <a href="/buy?x=1&amp;y=2" title="Buy now">here</a> to <b>save</b> {amount}.<br>New line&nbsp;here.</p>
<img src=pic.png alt="A picture of it"><input type="submit" value="Send form"><input placeholder='Your name' value="keep">
<ul><li>One item<li>Two items</ul>
<pre>  keep   this </pre><p>Run <code>npm install</code> now.</p>
<p translate="no">Wordferry Inc</p><p>Brand <span class="notranslate">Acme Corp</span> text</p>
<button aria-label="Close dialog" onclick="x('y')">Close</button>
<textarea name="t">Some default</textarea>
<select><option value="a">Option A text</option></select>
<p>Copyright &copy; 2024 &mdash; all rights</p>
<svg viewBox="0 0 1 1"><text>svg text</text></svg>
</body>
</html>
""",
    "fragment": b"<p>Just a <strong>fragment</strong> of text</p>\n<p>And %s more</p>",
    "text only": b"No tags at all & fine, 3 < 4\n",
    "xhtml": b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><body><p>Text here<br/>more text</p><hr/></body></html>\n',
    "latin-1": '<html><head><meta charset="iso-8859-1"><title>Gr\xfc\xdfe</title></head><body><p>D\xe9j\xe0 vu text</p></body></html>'.encode(
        "latin-1"
    ),
    "utf-16": codecs.BOM_UTF16_LE + "<p>Some text</p>\r\n".encode("utf-16-le"),
    "templates": b"<p>{{ greeting }}, {% if user %}dear <b>{{ user.name }}</b>{% endif %} hello</p><?php if ($a > 1) echo 'x'; ?><p>More text</p>",
    "wordpress": b'<!-- wp:paragraph {"align":"left"} -->\n<p class="has-text">Block text here</p>\n<!-- /wp:paragraph -->\n[gallery ids="1,2"]\n',
    "cjk rtl": '<p dir="rtl">مرحبا <b>بالعالم</b></p><p>日本語<ruby>漢<rt>かん</rt></ruby>です</p><p>🎉 e\u0301</p>'.encode(),
    "uppercase": b'<P CLASS=x>Old <B>style</B> markup<BR></P><A HREF="x.html">Link text</A>',
    "odd quotes": b"""<p title='single "inside"' data-a=bare>Text's here</p><a href='x.html'>Go there</a><img alt=bare src=x>""",
    "conditional": b"<!--[if IE]><p>Old</p><![endif]--><p>New text</p>",
    "block link": b'<a href="/x"><div>Card title</div><p>Card text</p></a>',
    "nested inline": b'<p>Some <a href="/a"><b>bold link</b></a> and <i>italic <u>both</u></i> words</p>',
    "table": b"<table><tr><th>Head cell<td>Data cell<tr><td colspan=2>Wide cell</table>",
    "empty": b"",
    "icu": b"<p>{n, plural, one {# file} other {# files}} deleted</p>",
    "crlf": b"<div>\r\n  <p>\r\n    Text on\r\n    two lines\r\n  </p>\r\n</div>\r\n",
    "script json": b'<script type="application/ld+json">{"name": "Thing </b>"}</script><p>Text here</p>',
    "entities": b"<p>caf&eacute; &lt;b&gt; not a tag &#x1F680; &nbsp;x</p>",
}

XLIFF: dict[str, bytes] = {
    "1.2": b"""<?xml version="1.0" encoding="UTF-8"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
  <file original="a.html" source-language="en" datatype="html">
    <header><note>A note for translators</note></header>
    <body>
      <group id="g1"><group id="g2">
        <trans-unit id="u1"><source>Hello <g id="1">bold</g> world<x id="2"/></source></trans-unit>
        <trans-unit id="u2" approved="no">
          <source>Save {count} items</source>
          <target state="needs-translation"></target>
          <note>Context &amp; more</note>
        </trans-unit>
      </group></group>
      <trans-unit id="u3"><source>Line &lt;b&gt;escaped&lt;/b&gt; &amp; text</source><target/></trans-unit>
      <trans-unit id="u4" translate="no"><source>ACME</source></trans-unit>
      <trans-unit id="u5"><source><bpt id="1">&lt;b&gt;</bpt>Native<ept id="1">&lt;/b&gt;</ept> code <ph id="2">%s</ph></source></trans-unit>
      <trans-unit id="u6"><source><![CDATA[Raw <b>html</b> & text]]></source></trans-unit>
      <trans-unit id="u7"><source>Sentence one. Sentence two.</source>
        <seg-source><mrk mtype="seg" mid="1">Sentence one.</mrk> <mrk mtype="seg" mid="2">Sentence two.</mrk></seg-source>
        <alt-trans><source>Sentence one</source><target>Alter Satz</target></alt-trans>
      </trans-unit>
    </body>
  </file>
</xliff>
""",
    "1.2 translated": b"""<xliff version="1.2"><file original="f" source-language="en" target-language="de"><body>
<trans-unit id="1"><source>Hello <x id="1"/> there</source><target state="translated">Hallo <x id="1"/> da</target></trans-unit>
<trans-unit id="2"><source>12:30</source></trans-unit>
</body></file></xliff>""",
    "two files": b"""<xliff version="1.2"><file original="a.txt" source-language="en"><body><trans-unit id="1"><source>Text of a</source></trans-unit></body></file>
<file original="b.txt" source-language="en"><body><trans-unit id="1"><source>Text of b</source></trans-unit></body></file></xliff>""",
    "2.0": b"""<?xml version="1.0"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0" version="2.0" srcLang="en">
 <file id="f1">
  <notes><note>Hi</note></notes>
  <group id="g1">
   <unit id="u1">
    <mtc:matches><mtc:match ref="#m1"><source>Match text</source><target>Treffer</target></mtc:match></mtc:matches>
    <originalData><data id="d1">&lt;br/&gt;</data></originalData>
    <segment id="s1"><source>First <pc id="1">bold</pc> part<ph id="2" dataRef="d1"/>.</source></segment>
    <ignorable><source> </source></ignorable>
    <segment state="initial"><source>Second <mrk id="m1" type="term">term</mrk> here {name}.</source><target></target></segment>
   </unit>
   <unit id="u2" translate="no"><segment><source>KEEP</source></segment></unit>
   <unit id="u3"><segment><source><sc id="1"/>Split code<ec startRef="1"/></source></segment></unit>
  </group>
 </file>
</xliff>
""",
    "prefixed crlf": b'<?xml version="1.0" encoding="utf-8"?>\r\n<x:xliff xmlns:x="urn:oasis:names:tc:xliff:document:1.2" version="1.2">\r\n<x:file original="o" source-language="en"><x:body>\r\n  <x:trans-unit id="a">\r\n    <x:source>Prefixed text</x:source>\r\n  </x:trans-unit>\r\n</x:body></x:file></x:xliff>\r\n',
    "latin-1": '<?xml version="1.0" encoding="ISO-8859-1"?>\n<xliff version="1.2"><file original="o" source-language="de"><body><trans-unit id="1"><source>Gr\xfc\xdfe an alle</source></trans-unit></body></file></xliff>'.encode(
        "latin-1"
    ),
    "utf-16": codecs.BOM_UTF16_LE
    + '<?xml version="1.0" encoding="UTF-16"?><xliff version="1.2"><file original="o" source-language="de"><body><trans-unit id="1"><source>Grüße</source></trans-unit></body></file></xliff>'.encode(
        "utf-16-le"
    ),
    "icu": b'<xliff version="1.2"><file original="o" source-language="en"><body><trans-unit id="1"><source>{n, plural, one {# file} other {# files}} left</source></trans-unit><trans-unit id="2"><source>See https://example.com/a?b=1&amp;c=2 now</source></trans-unit></body></file></xliff>',
    "doctype": b'<!DOCTYPE xliff PUBLIC "-//XLIFF//DTD XLIFF//EN" "http://www.oasis-open.org/committees/xliff/documents/xliff.dtd">\n<xliff version="1.0"><file original="o" source-language="en"><body><trans-unit id="1"><source>Text here</source></trans-unit></body></file></xliff>',
    "empty body": b'<xliff version="1.2"><file original="o" source-language="en"><body/></file></xliff>',
    "unicode": '<xliff version="1.2"><file original="o" source-language="ar"><body><trans-unit id="ключ 1"><source>مرحبا <g id="1">بالعالم</g> 🎉 \u2028 e\u0301</source></trans-unit></body></file></xliff>'.encode(),
}

PO: dict[str, bytes] = {
    "template": b"""# Translators: thanks
msgid ""
msgstr ""
"Project-Id-Version: demo 1.0\\n"
"POT-Creation-Date: 2024-01-01 10:00+0000\\n"
"Language: \\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=CHARSET\\n"
"Content-Transfer-Encoding: 8bit\\n"

#. A comment for translators
#: src/a.py:12
#, python-format
msgid "Hello %(name)s, you have %d new messages"
msgstr ""

msgctxt "menu"
msgid "Open"
msgstr ""

msgid "Open"
msgstr ""

#, python-brace-format
msgid "{count} file"
msgid_plural "{count} files in {folder}"
msgstr[0] ""
msgstr[1] ""
""",
    "translated": """msgid ""
msgstr ""
"Language: de\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"X-Generator: Poedit 3\\n"

#, fuzzy
#| msgid "Old text"
msgid "New text"
msgstr "Alter Text"

#, c-format
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "eine Datei"
msgstr[1] "%d Dateien"

msgid ""
"A long text over\\n"
"several lines with \\"quotes\\" and a \\\\ backslash\\t.\\n"
msgstr ""
"Ein langer Text über\\n"
"mehrere Zeilen\\n"

#~ msgid "Obsolete"
#~ msgstr "Veraltet"
""".encode(),
    "crlf": b'msgid ""\r\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\r\n\r\nmsgid "One text"\r\nmsgstr "Ein "\r\n"Text"\r\n',
    "latin-1": 'msgid ""\nmsgstr "Content-Type: text/plain; charset=ISO-8859-1\\n"\n\nmsgid "Greetings to all"\nmsgstr "Gr\xfc\xdfe"\n'.encode(
        "latin-1"
    ),
    "u+2028": 'msgid "one\u2028two\u0085three words"\nmsgstr ""\n'.encode(),
    "keys for texts": b'msgid "home.title"\nmsgstr "Welcome back, {name}"\n\nmsgid "home.cta"\nmsgstr "Buy now"\n',
    "no header": b'msgid "Only <b>one</b> entry, see https://example.com/x"\nmsgstr ""',
    "no blank lines": b'msgid "First text"\nmsgstr ""\nmsgid "Second text"\nmsgstr ""\n',
    "one form": b'msgid "%s day"\nmsgid_plural "%s days"\nmsgstr[0] ""\n',
    "empty": b"",
    "odd spaces": b'  msgid   "Text here"\n  msgstr ""\n"more"\n',
    "octal": b'msgid "tab\\011and \\x41 letter"\nmsgstr ""\n',
    "unicode": 'msgid "مرحبا %s"\nmsgstr ""\n\nmsgid "日本語 🎉 {0}"\nmsgstr ""\n'.encode(),
}

CORPUS: dict[str, tuple[str, bytes]] = {
    f"{name}/{title}": (name, data)
    for name, documents in (
        ("json", JSON),
        ("plain", PLAIN),
        ("markdown", MARKDOWN),
        ("html", HTML),
        ("xliff", XLIFF),
        ("po", PO),
    )
    for title, data in documents.items()
}
