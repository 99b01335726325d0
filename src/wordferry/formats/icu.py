"""ICU MessageFormat: which parts of a message are syntax, which are text, and whether two messages agree.

Grammar and apostrophe rules: ICU user guide, "Formatting Messages" (an apostrophe quotes only before a brace,
and before "#" or "|" inside a plural; two apostrophes are one).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

import msgspec

from wordferry.formats.document import Finding, quoted

# Only messages with branches need the parser; {n, number} and the like are ordinary placeholders.
_BRANCHING = re.compile(r"\{\s*[\w.-]+\s*,\s*(?:plural|selectordinal|select)\s*,")
_NAME = re.compile(r"\s*([\w.\-]+)\s*")
_OFFSET = re.compile(r"\s*offset\s*:\s*(\d+)\s*")
_SELECTOR = re.compile(r"\s*(=\d+|[\w\-]+)\s*\{")
_BLANK = re.compile(r"\s*")
# Deeper than any real message, and far from Python's recursion limit.
_DEPTH_LIMIT = 40
_BRANCH_TYPES = frozenset({"plural", "selectordinal", "select"})


class IcuError(ValueError):
    """A message is not valid ICU syntax; the text says why in a few words."""


class Argument(msgspec.Struct, frozen=True):
    """One argument of a message. `type` is "" for a bare {name} and "#" for the number sign of a plural."""

    name: str
    type: str
    style: str = ""
    branches: tuple[tuple[str, Nodes], ...] = ()


Nodes: TypeAlias = "tuple[Argument, ...]"


class Message(msgspec.Struct, frozen=True):
    """A parsed message: its arguments, and the spans of text that a translator may change."""

    nodes: Nodes
    spans: tuple[tuple[int, int], ...]


def is_icu(text: str) -> bool:
    """Whether a text is an ICU message with branches that can be read."""
    return "{" in text and _BRANCHING.search(text) is not None and _try_parse(text) is not None


def _try_parse(text: str) -> Message | None:
    try:
        return parse_message(text)
    except IcuError:
        return None


@lru_cache(maxsize=512)
def parse_message(text: str) -> Message:
    """Reads an ICU message.

    Raises:
        IcuError: braces, a selector, a type or the `other` branch are missing or wrong.
    """
    reader = _Reader(text)
    nodes = reader.message(plural=None, depth=0)
    return Message(nodes=nodes, spans=tuple(reader.spans))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spans: list[tuple[int, int]] = []

    def message(self, *, plural: str | None, depth: int) -> Nodes:
        if depth > _DEPTH_LIMIT:
            raise IcuError("it is nested too deeply")
        text, nodes, begin = self.text, [], self.at
        while self.at < len(text):
            char = text[self.at]
            if char == "'":
                begin = self._apostrophe(begin, plural=plural)
            elif char == "{":
                self._text(begin)
                nodes.append(self._argument(plural=plural, depth=depth))
                begin = self.at
            elif char == "}":
                if depth == 0:
                    raise IcuError("a closing brace has no opening one")
                break
            elif char == "#" and plural is not None:
                self._text(begin)
                nodes.append(Argument(name=plural, type="#"))
                self.at += 1
                begin = self.at
            else:
                self.at += 1
        else:
            if depth:
                raise IcuError("a brace is not closed")
        self._text(begin)
        return tuple(nodes)

    def _text(self, begin: int) -> None:
        if self.at > begin:
            self.spans.append((begin, self.at))

    def _apostrophe(self, begin: int, *, plural: str | None) -> int:
        """Steps over an apostrophe; quoted stretches and doubled apostrophes are syntax, not text."""
        text, start = self.text, self.at
        following = text[start + 1 : start + 2]
        if following == "'":
            end = start + 2
        elif following and following in ("{}#|" if plural is not None else "{}"):
            end = start + 1
            while True:
                close = text.find("'", end)
                if close < 0:
                    end = len(text)
                    break
                end = close + 1
                if text[end : end + 1] != "'":
                    break
                end += 1
        else:
            self.at += 1
            return begin
        self._text(begin)
        self.at = end
        return end

    def _argument(self, *, plural: str | None, depth: int) -> Argument:
        text = self.text
        match = _NAME.match(text, self.at + 1)
        if match is None:
            raise IcuError("an argument has no name")
        name, self.at = match[1], match.end()
        if text[self.at : self.at + 1] == "}":
            self.at += 1
            return Argument(name=name, type="")
        if text[self.at : self.at + 1] != ",":
            raise IcuError("an argument is not closed")
        match = _NAME.match(text, self.at + 1)
        if match is None:
            raise IcuError("an argument has no type")
        kind, self.at = match[1], match.end()
        if kind in _BRANCH_TYPES:
            return self._branches(name, kind, plural=plural, depth=depth)
        end = self._style_end()
        style = text[self.at : end - 1].lstrip(", \t\n")
        self.at = end
        return Argument(name=name, type=kind, style=" ".join(style.split()))

    def _style_end(self) -> int:
        """Behind the brace that closes a formatted argument; styles may hold balanced braces."""
        level, at = 1, self.at
        while at < len(self.text):
            level += {"{": 1, "}": -1}.get(self.text[at], 0)
            at += 1
            if level == 0:
                return at
        raise IcuError("an argument is not closed")

    def _branches(self, name: str, kind: str, *, plural: str | None, depth: int) -> Argument:
        text, style = self.text, ""
        if text[self.at : self.at + 1] != ",":
            raise IcuError(f"a {kind} has no branches")
        self.at += 1
        if kind != "select" and (offset := _OFFSET.match(text, self.at)):
            style, self.at = f"offset:{offset[1]}", offset.end()
        inner = plural if kind == "select" else name
        branches: list[tuple[str, Nodes]] = []
        while selector := _SELECTOR.match(text, self.at):
            self.at = selector.end()
            nodes = self.message(plural=inner, depth=depth + 1)
            if selector[1] in (key for key, _ in branches):
                raise IcuError("a branch occurs twice")
            branches.append((selector[1], nodes))
            self.at += 1
        blank = _BLANK.match(text, self.at)
        self.at = blank.end() if blank else self.at
        if text[self.at : self.at + 1] != "}":
            raise IcuError(f"a {kind} is not closed")
        self.at += 1
        if "other" not in (key for key, _ in branches):
            raise IcuError(f"a {kind} has no 'other' branch")
        return Argument(name=name, type=kind, style=style, branches=tuple(branches))


def _walk(nodes: Nodes) -> Iterator[Argument]:
    for node in nodes:
        yield node
        for _, branch in node.branches:
            yield from _walk(branch)


def _main_path(nodes: Nodes, *, at: tuple[str, str] | None = None) -> set[str]:
    """Arguments shown when every branch is `other`, except the branch that `at` (argument, selector) picks."""
    shown: set[str] = set()
    for node in nodes:
        if not node.branches:
            shown.add(node.name)
            continue
        wanted = at[1] if at is not None and node.name == at[0] else "other"
        branches = dict(node.branches)
        shown |= _main_path(branches.get(wanted, branches["other"]), at=at)
    return shown


def _selectors(nodes: Nodes) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The (argument, selector) pairs that must survive: those of selects, and explicit numbers of plurals."""
    selects: set[tuple[str, str]] = set()
    exact: set[tuple[str, str]] = set()
    for node in _walk(nodes):
        for key, _ in node.branches:
            if node.type == "select":
                selects.add((node.name, key))
            elif key.startswith("="):
                exact.add((node.name, key))
    return selects, exact


def compare_messages(source: str, target: str, *, where: str) -> list[Finding]:
    """What the translation of an ICU message has lost. Plural categories are the target language's own affair.

    Args:
        source: a message for which `is_icu` holds.
        target: its translation.
        where: named in the findings.
    """
    try:
        theirs = parse_message(target).nodes
    except IcuError as error:
        return [Finding(kind="icu", where=where, message=f"The ICU message cannot be read: {error}.")]
    ours = parse_message(source).nodes

    def found(message: str, kind: str = "icu") -> Finding:
        return Finding(kind=kind, where=where, message=message)

    # A number sign and the bare argument show the same number; a translator may write either.
    types = [
        {(n.name, n.type, n.style) for n in _walk(nodes) if n.type not in ("", "#")}
        for nodes in (ours, theirs)
    ]
    names = [{n.name for n in _walk(nodes)} for nodes in (ours, theirs)]
    if names[0] != names[1]:
        odd = min(names[0] ^ names[1])
        verb = "is missing" if odd in names[0] else "is not in the source"
        return [found(f"The argument {quoted(odd)} {verb}.", "placeholder")]
    if types[0] != types[1]:
        odd = min(types[0] ^ types[1])[0]
        return [found(f"The argument {quoted(odd)} has another type or style than in the source.")]
    (selects, exact), (their_selects, their_exact) = _selectors(ours), _selectors(theirs)
    lost = sorted(selects ^ their_selects) + sorted(exact - their_exact)
    if lost:
        return [found(f"The branch {quoted(lost[0][1])} of {quoted(lost[0][0])} is missing or was renamed.")]
    for at in [None, *sorted(selects)]:
        missing = sorted(_main_path(ours, at=at) ^ _main_path(theirs, at=at))
        if missing:
            return [
                found(f"The argument {quoted(missing[0])} is not shown in the same branches.", "placeholder")
            ]
    return []


def corrupt_branch(message: str) -> str | None:
    """The message without its last `other` branch; None when there is none."""
    found = list(re.finditer(r"\s*\bother\s*\{", message))
    for match in reversed(found):
        level, at = 1, match.end()
        while at < len(message) and level:
            level += {"{": 1, "}": -1}.get(message[at], 0)
            at += 1
        broken = message[: match.start()] + message[at:]
        if _try_parse(broken) is None:
            return broken
    return None
