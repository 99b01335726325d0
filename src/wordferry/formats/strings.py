"""Compares two texts by their tokens: what the source protects must be in the translation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

from wordferry.formats.document import Finding, Token, quoted
from wordferry.formats.icu import compare_messages, is_icu
from wordferry.formats.markup import attributes_of
from wordferry.formats.placeholders import KNOWN_TAGS, may_hold_tokens, text_tokens, tokens

_WORDS = re.compile(r"[^\W\d_]{2}")
_PRINTF = re.compile(r"%(?:(\d+)\$|\(([^)]*)\))?[-+0#]*\d*(?:\.\d+)?(?:hh|h|ll|l|L|z|j|t)?([A-Za-z@])$")
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<(/?)([\w:.\-]+)(.*?)(/?)>\Z", re.DOTALL)

# Attributes a reader sees; their values are translated, so they never take part in a comparison.
TEXT_ATTRIBUTES = frozenset(
    "title alt placeholder aria-label aria-description aria-placeholder aria-roledescription aria-valuetext label "
    "summary caption abbr".split()
)
# Attributes that a translation into another language or script rightly changes.
LANGUAGE_ATTRIBUTES = frozenset({"lang", "xml:lang", "dir", "hreflang"})
_FREE_ATTRIBUTES = TEXT_ATTRIBUTES | LANGUAGE_ATTRIBUTES
_CAPTION = re.compile(
    r"""\b(?:title|caption|alt|attr|description|summary|label|text|content)\s*[=:]\s*(?:"[^"]*"|'[^']*'|`[^`]*`)"""
)


def has_words(text: str) -> bool:
    """Whether a text holds at least one word of two letters, so that an empty translation is a loss."""
    return _WORDS.search(text) is not None


@lru_cache(maxsize=1024)
def tag_signature(tag: str) -> str:
    """What of an inline tag must survive: its name and its technical attributes, in any order and quoting."""
    match = _TAG.match(tag)
    if match is None:
        return _SPACE.sub(" ", tag)
    name = match[2].lower() if match[2].lower() in KNOWN_TAGS else match[2]
    if match[1]:
        return f"</{name}>"
    kept = sorted(
        f"{a.name}={a.value}"
        for a in attributes_of(tag, match.start(3), match.end(3), xml=False)
        if a.name not in _FREE_ATTRIBUTES
    )
    # <br> and <br/> are one tag, <b> and <b/> are not.
    slash = "/" if match[4] and name not in ("br", "hr", "img", "wbr", "input") else ""
    return f"<{' '.join([name, *kept])}{slash}>"


def _spaceless(text: str) -> str:
    return _SPACE.sub("", text)


def _shortcode(text: str) -> str:
    return _SPACE.sub(" ", _CAPTION.sub("", text)).strip()


def _as_is(text: str) -> str:
    return text


def _code(text: str) -> str:
    return _SPACE.sub(" ", text.strip("`")).strip()


def _link(text: str) -> str:
    from wordferry.formats.markdown_inline import link_target

    return link_target(text)


# Token kind → (finding kind, whether the number of occurrences counts, whether additions count, normal form).
# A named placeholder may be used twice by a translation or merged; a tag may not.
_RULES: dict[str, tuple[str, bool, bool, Callable[[str], str]]] = {
    "brace": ("placeholder", False, True, _spaceless),
    "template": ("placeholder", False, True, _shortcode),
    "url": ("link", False, False, _as_is),
    "link": ("link", True, True, _link),
    "footnote": ("link", False, True, _as_is),
    "tag": ("tag", True, True, tag_signature),
    "attribute": ("tag", True, True, _as_is),
    "alert": ("tag", True, True, _as_is),
    "code": ("code", True, True, _code),
    "math": ("code", True, True, _code),
}
_NAMES = {
    "placeholder": "placeholder",
    "link": "link",
    "tag": "tag",
    "code": "code",
}


def _printf_arguments(found: Iterable[str]) -> dict[str, str]:
    """Conversions by the argument they read: a number for positions, a name otherwise."""
    arguments: dict[str, str] = {}
    position = 0
    for text in found:
        if text == "%%":
            continue
        match = _PRINTF.match(text)
        if match is None:  # %name%
            arguments[text] = ""
        elif match[2] is not None:
            arguments[match[2]] = match[3]
        elif match[1]:
            arguments[match[1]] = match[3]
        else:
            position += 1
            arguments[str(position)] = match[3]
    return arguments


def _compare_printf(source: list[str], target: list[str], where: str) -> list[Finding]:
    ours = _printf_arguments(source)
    if not ours:
        return []  # the source is no format string, so a percent sign in the translation is only a percent sign
    theirs = _printf_arguments(target)
    if ours == theirs:
        return []
    odd = next((key for key in ours if theirs.get(key) != ours[key]), None)
    if odd is None:
        odd = next(key for key in theirs if key not in ours)
        return [
            Finding(
                "placeholder", where, f"The placeholder number or name {quoted(odd)} is not in the source."
            )
        ]
    return [
        Finding("placeholder", where, f"The placeholder number or name {quoted(odd)} is missing or differs.")
    ]


def _nested(tags: Iterable[str]) -> bool:
    """Whether inline tags close in the order in which they opened; names that never close do not count."""
    listed = list(tags)
    closed = {tag[2:-1] for tag in listed if tag.startswith("</")}
    stack: list[str] = []
    for tag in listed:
        if tag.startswith("</"):
            if not stack or stack.pop() != tag[2:-1]:
                return False
        elif not tag.endswith("/>"):
            name = tag[1:-1].split(" ", 1)[0]
            if name in closed:
                stack.append(name)
    return not stack


def _lost_nesting(source: Iterable[str], target: Iterable[str]) -> bool:
    return _nested(source) and not _nested(target)


def compare_tokens(source: Iterable[Token], target: Iterable[Token], *, where: str) -> list[Finding]:
    """What the translation's tokens have lost, changed or invented.

    Args:
        source: tokens of the source text.
        target: tokens of the translation.
        where: named in the findings.
    """
    have = [token for token in source if token.kind != "text"]
    got = [token for token in target if token.kind != "text"]
    if have == got:
        return []  # the usual case: same tokens in the same order
    ours, theirs = _by_kind(have), _by_kind(got)
    findings: list[Finding] = []
    if "printf" in ours:
        findings += _compare_printf(ours.pop("printf"), theirs.pop("printf", []), where)
    for kind in dict.fromkeys([*ours, *theirs]):
        rule = _RULES.get(kind)
        if rule is None:
            continue
        name, counted, additions, normal = rule
        before = Counter(map(normal, ours.get(kind, ())))
        after = Counter(map(normal, theirs.get(kind, ())))
        if not counted:
            # An empty brace takes the next argument, so its number counts.
            before = Counter({key: count if key == "{}" else 1 for key, count in before.items()})
            after = Counter({key: count if key == "{}" else 1 for key, count in after.items()})
        for odd in before - after:
            findings.append(
                Finding(name, where, f"The {_NAMES[name]} {quoted(odd)} is missing or was changed.")
            )
            break
        else:
            for odd in (after - before) if additions else ():
                findings.append(
                    Finding(name, where, f"The {_NAMES[name]} {quoted(odd)} is not in the source.")
                )
                break
            else:
                if kind == "tag" and _lost_nesting(
                    map(normal, ours.get(kind, ())), map(normal, theirs.get(kind, ()))
                ):
                    findings.append(Finding("tag", where, "The tags are no longer nested as pairs."))
    return findings


def _by_kind(tokens: Iterable[Token]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for token in tokens:
        if token.kind != "text":
            found.setdefault(token.kind, []).append(token.text)
    return found


def compare_texts(source: str, target: str, *, where: str) -> list[Finding]:
    """Compares two plain strings: emptiness, ICU branches, placeholders, tags and links.

    Args:
        source: the source text, decoded.
        target: its translation, decoded.
        where: named in the findings.
    """
    if source == target:
        return []
    if not target.strip() and has_words(source):
        return [Finding("empty", where, "The translation is empty.")]
    if not may_hold_tokens(source) and not may_hold_tokens(target):
        return []
    if is_icu(source):
        findings = compare_messages(source, target, where=where)
        if findings:
            return findings
        return _compare_inside_icu(source, target, where)
    # A source meets one translation after another, so its tokens are remembered.
    return compare_tokens(tokens(source, format="plain"), text_tokens(target), where=where)


def _lasting(tokens: Iterable[Token]) -> set[tuple[str, str]]:
    found = set()
    for token in tokens:
        if token.kind in _RULES:
            found.add((token.kind, _RULES[token.kind][3](token.text)))
        elif token.kind == "printf" and token.text != "%%":
            found.add(("printf", token.text))
    return found


def _compare_inside_icu(source: str, target: str, where: str) -> list[Finding]:
    """Tags and links inside branches: a language with more plural categories repeats them, so only the set counts."""
    ours, theirs = (_lasting(text_tokens(text)) for text in (source, target))
    extra = {(kind, text) for kind, text in theirs - ours if kind == "tag"}
    for kind, text in sorted(ours - theirs) + sorted(extra):
        finding = "placeholder" if kind == "printf" else _RULES[kind][0]
        return [Finding(finding, where, f"The {_NAMES[finding]} {quoted(text)} is missing or was changed.")]
    tags = [
        [tag_signature(t.text) for t in text_tokens(text) if t.kind == "tag"] for text in (source, target)
    ]
    if _lost_nesting(*tags):
        return [Finding("tag", where, "The tags are no longer nested as pairs.")]
    return []
