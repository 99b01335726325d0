"""The YAML of most front matter: keys at the margin, each with one simple value or a list of them.

Read by two patterns, it costs a twentieth of what the full parser takes. Whatever they do not cover word for word is
left to that parser, so the result is the same in both ways; a test compares them.
"""

from __future__ import annotations

import re

import msgspec

# A plain value begins with a letter or with a sign that means nothing in YAML; it holds no comment, and every colon in
# it is followed by more of the same word.
_VALUE = (
    r"(?:\"(?P<double>[^\"\\\r\n]*)\"|'(?P<single>[^'\r\n]*)'"
    r"|(?P<plain>[A-Za-z_(/$\u0080-\U0010ffff](?:[^:#\r\n]|:(?=[^\s,\[\]{}]))*?)"
    r"|(?P<int>0|[1-9][0-9]{0,17})|(?P<float>(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18})"
    r"|(?P<timestamp>[0-9]{4}-[0-9]{2}-[0-9]{2}))"
)
_ENTRY = re.compile(rf"(?P<key>[A-Za-z_][A-Za-z0-9_\-]{{0,99}}):(?: +{_VALUE})? *\r?\n")
_ITEM = re.compile(rf"(?P<indent> *)- +{_VALUE} *\r?\n")
# Words that YAML 1.2 reads as something else than a text, in the only spellings it knows.
_WORDS = dict.fromkeys("true True TRUE false False FALSE".split(), "bool") | dict.fromkeys(
    "null Null NULL".split(), "null"
)
_STYLES = {"double": '"', "single": "'"}


class Mark(msgspec.Struct, frozen=True):
    """A place in the text, as the full parser gives it."""

    index: int


class Node(msgspec.Struct, frozen=True):
    """A scalar, a sequence of nodes or a mapping of pairs of nodes, under the names that the full parser uses."""

    id: str
    tag: str
    value: str | list[Node] | list[tuple[Node, Node]]
    style: str | None
    start_mark: Mark
    end_mark: Mark


def compose(body: str) -> Node | None:
    """The mapping that a block of YAML stands for, or None when it is not flat.

    Args:
        body: the lines between the marks of the front matter, each with its line break.
    """
    # Control characters, tabs and unusual spaces and breaks have rules of their own in YAML.
    if not body.replace("\r\n", "").replace("\n", "").isprintable():
        return None
    pairs: list[tuple[Node, Node]] = []
    keys: set[str] = set()
    at, end = 0, len(body)
    while at < end:
        entry = _ENTRY.match(body, at)
        if entry is None or entry["key"] in keys:
            return None
        keys.add(entry["key"])
        at = entry.end()
        value: Node | None
        if entry.lastgroup == "key":
            value = _list(body, at)
            if value is None:
                return None
            at = value.end_mark.index
        else:
            value = _scalar(entry)
        pairs.append((_text(entry["key"], entry.start(), entry.end("key")), value))
    return Node("mapping", "map", pairs, None, Mark(0), Mark(end))


def _list(body: str, start: int) -> Node | None:
    """The items from an offset on, all equally indented; None when there is none."""
    items: list[Node] = []
    at, indent = start, ""
    while (item := _ITEM.match(body, at)) is not None:
        if not items:
            indent = item["indent"]
        elif item["indent"] != indent:
            return None
        items.append(_scalar(item))
        at = item.end()
    return Node("sequence", "seq", items, None, Mark(start), Mark(at)) if items else None


def _scalar(match: re.Match[str]) -> Node:
    kind = match.lastgroup or ""
    value = match[kind]
    start, end = match.span(kind)
    if kind == "plain":
        return Node("scalar", _WORDS.get(value, "str"), value, None, Mark(start), Mark(end))
    style = _STYLES.get(kind)
    if style is None:
        return Node("scalar", kind, value, None, Mark(start), Mark(end))
    return Node("scalar", "str", value, style, Mark(start - 1), Mark(end + 1))


def _text(value: str, start: int, end: int) -> Node:
    return Node("scalar", "str", value, None, Mark(start), Mark(end))
