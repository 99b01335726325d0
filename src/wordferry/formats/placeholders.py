"""Splits a text into what a translator may change and what must survive: placeholders, tags, entities, links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache

from wordferry.formats.document import Token
from wordferry.formats.icu import is_icu, parse_message

_ATTRIBUTE = r"""\s+[A-Za-z_:@][\w:@.\-]*(?:\s*=\s*(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?"""
TAG = rf"""</?(?:[A-Za-z][\w:.\-]*+|\d++)(?:{_ATTRIBUTE})*+\s*+/?>"""
# Bounded, so that a text full of openings costs no more than its length; no honest placeholder is longer.
_ANY = r".{0,1000}?"
COMMENT = rf"<!--{_ANY}-->"
# Letters end at Latin Extended-B: a sentence in Chinese or Japanese may follow an address without a space.
_L = r"A-Za-z0-9_\u00C0-\u024F"
URL = (
    rf"(?:https?|ftp)://(?:[{_L}.~!$&+,;=:@/?#%\-]|\([{_L}%\-]*\))*(?:[{_L}/=#%~+\-]|\([{_L}%\-]*\))"
    rf"|(?<![{_L}.@/])www\.[{_L}\-]+\.[{_L}.~/?#=&%+\-]*[{_L}/]"
    rf"|(?<![{_L}])(?:mailto|tel):[{_L}.+@\-]*[{_L}]"
)
EMAIL = r"(?<![\w.+\-])[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"
TEMPLATE = (
    rf"\{{\{{[<%]{_ANY}[%>]\}}\}}|\{{%{_ANY}%\}}|\{{\{{\{{?{_ANY}\}}?\}}\}}"
    rf"|[$%#]\{{[^{{}}\n]{{0,1000}}\}}|\$t\([^()\n]{{0,1000}}\)|<%{_ANY}%>|<\?{_ANY}\?>"
)
BRACE = (
    r"\{\s*[\w][\w.\-]*(?:\[[^\[\]{}\n]*\])*\s*\}"
    r"|\{[\w.]*(?:![rsa])?(?::[^{}\s]*)?\}"
    r"|\{\s*[\w.\-]+\s*,\s*(?:number|date|time|ordinal|duration|spellout|list)\b(?:[^{}]|\{[^{}]*\})*\}"
)
# Letters that begin common words behind a percent sign count only when no further letter follows; a space flag is
# never read ("50 % de"), and a digit before the sign means a percentage ("100%s").
PRINTF = (
    r"(?<![\d%])%[A-Za-z_][A-Za-z0-9_.]*%(?![A-Za-z])"
    r"|%\([\w.\- ]+\)[-+0#]*\d*(?:\.\d+)?[a-zA-Z]"
    r"|(?<![\d%])%(?:\d+\$)?[-+0#]*\d*(?:\.\d+)?(?:hh|h|ll|l|L|z|j|t)?"
    r"(?:[sd@]|[iuxXfFeEgGocpq](?![A-Za-z]))"
    r"|%%"
)
ENTITY = r"&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"

_PLAIN_PATTERN = "|".join(
    f"(?P<{kind}>{pattern})"
    for kind, pattern in (
        ("template", TEMPLATE),
        ("url", URL),
        ("brace", BRACE),
        ("printf", PRINTF),
        ("tag", f"{COMMENT}|{TAG}"),
        ("entity", ENTITY),
    )
)
URL_BEGINS = r"https?:|ftp:|www\.|mailto:|tel:"
# Asked first at every character, so that the long alternatives are tried only where one of them can begin: this
# makes the search seven times faster.
_PLAIN_PATTERN = rf"(?=[{{%<&$#]|{URL_BEGINS})(?:{_PLAIN_PATTERN})"
_PLAIN = re.compile(_PLAIN_PATTERN, re.DOTALL)
_PLAIN_WITH_EMAIL = re.compile(f"{_PLAIN_PATTERN}|(?P<email>{EMAIL})", re.DOTALL)
_XLIFF = re.compile(
    rf"(?=[<\]{{%&$#]|{URL_BEGINS})(?:"
    r"(?P<code><(?P<native>(?:\w+:)?(?:ph|bpt|ept|it))\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*+(?<!/)>.*?</(?P=native)\s*>)"
    r"|(?P<cdata><!\[CDATA\[|\]\]>)"
    r"|(?P<tag><!--.*?-->|<[/A-Za-z?](?:[^>\"']|\"[^\"]*\"|'[^']*')*+>|&lt;/?[A-Za-z][^<>]*?&gt;)"
    f"|(?P<template>{TEMPLATE})|(?P<url>{URL})|(?P<brace>{BRACE})|(?P<printf>{PRINTF})|(?P<entity>{ENTITY}))",
    re.DOTALL,
)
_TRIGGER = re.compile(r"[{%<&@$#]|://|www\.|mailto:|tel:")
_TAG_NAME = re.compile(r"</?([\w:.\-]+)")

# Names that are markup even without attributes or a closing partner; anything else in angle brackets may be prose
# such as "<your name>".
KNOWN_TAGS = frozenset(
    "a abbr address article aside audio b bdi bdo big blockquote body br button caption center cite code col colgroup "
    "data dd del details dfn dialog div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head "
    "header hr html i iframe img input ins kbd label legend li link main map mark meta nav noscript ol optgroup option "
    "p param picture pre q rp rt ruby s samp script section select small source span strike strong style sub summary "
    "sup svg table tbody td template textarea tfoot th thead time title tr tt u ul var video wbr".split()
)


def pieces(pattern: re.Pattern[str], text: str, *, prose: bool = True) -> Iterator[Token]:
    """The text cut along a pattern whose named groups are token kinds; what lies between is "text".

    Args:
        pattern: alternatives as named groups.
        text: what to cut.
        prose: angle brackets may also be ordinary prose, so unknown names without a partner are text.
    """
    at = 0
    for match in pattern.finditer(text):
        kind = match.lastgroup or "text"
        if kind == "tag" and prose and not _is_markup(match[0], text):
            continue
        if match.start() > at:
            yield Token("text", text[at : match.start()])
        yield Token(kind, match[0])
        at = match.end()
    if at < len(text):
        yield Token("text", text[at:])


def _is_markup(tag: str, text: str) -> bool:
    """Whether something in angle brackets is a tag and not a phrase for the reader to fill in."""
    if tag.startswith(("</", "<!", "<?", "&")) or tag.endswith("/>") or "=" in tag:
        return True
    name = _TAG_NAME.match(tag)
    if name is None or name[1].isdigit() or name[1].lower() in KNOWN_TAGS:
        return True
    return f"</{name[1]}>" in text


def _icu_tokens(text: str, spans: tuple[tuple[int, int], ...]) -> Iterator[Token]:
    at = 0
    for start, end in spans:
        if start > at:
            yield Token("icu", text[at:start])
        yield from pieces(_PLAIN, text[start:end])
        at = end
    if at < len(text):
        yield Token("icu", text[at:])


def may_hold_tokens(text: str) -> bool:
    """Whether a plain string holds any sign that could begin a token; most strings do not."""
    return _TRIGGER.search(text) is not None


def text_tokens(text: str) -> tuple[Token, ...]:
    """Tokens of a plain string, with or without ICU branches."""
    if _TRIGGER.search(text) is None:
        return (Token("text", text),) if text else ()
    if is_icu(text):
        return tuple(_icu_tokens(text, parse_message(text).spans))
    return tuple(pieces(_PLAIN_WITH_EMAIL if "@" in text else _PLAIN, text))


def xliff_tokens(text: str) -> tuple[Token, ...]:
    """Tokens of the inner XML of an XLIFF source or target."""
    if "<" not in text and is_icu(plain := html.unescape(text)) and plain == text:
        return text_tokens(text)
    return tuple(pieces(_XLIFF, text, prose=False))


def tokens(text: str, *, format: str) -> tuple[Token, ...]:
    """Splits a segment's text into translatable runs and protected tokens; joined, they are the text again.

    Args:
        text: `Segment.text`.
        format: the document's format.
    """
    return _split(text, format) if len(text) > _CACHED_LENGTH else _remembered(text, format)


# A translation is compared with many texts, and read again for each language; long texts would fill the memory.
_CACHED_LENGTH = 2000


def _split(text: str, format: str) -> tuple[Token, ...]:
    if format == "markdown":
        from wordferry.formats.markdown_inline import markdown_tokens

        return markdown_tokens(text)
    return xliff_tokens(text) if format == "xliff" else text_tokens(text)


_remembered = lru_cache(maxsize=2048)(_split)
