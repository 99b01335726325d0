"""The shape of HTML: marks and the texts between them, and whether a translation kept it."""

from __future__ import annotations

from collections import Counter

import msgspec

from wordferry.formats.document import Finding, quoted
from wordferry.formats.strings import compare_texts, has_words

# Every link that a browser follows or loads.
LINK_ATTRIBUTES = frozenset(
    {"href", "src", "srcset", "action", "data", "poster", "cite", "formaction", "xlink:href"}
)


class Event(msgspec.Struct, frozen=True):
    """A tag, comment or other mark between texts. `signature` is what must survive of it."""

    kind: str
    name: str
    signature: tuple[tuple[str, str], ...]
    line: int


class Run(msgspec.Struct, frozen=True):
    """What lies between two block-level marks: inline marks in any order, and the text, decoded."""

    inline: tuple[Event, ...]
    text: str
    texts: tuple[tuple[str, str], ...]
    line: int


def compare_shapes(
    source: tuple[Event | Run, ...], target: tuple[Event | Run, ...], *, line: int = 0
) -> list[Finding]:
    """Compares the shapes of two documents or fragments.

    Args:
        source: the source's shape.
        target: the translation's shape.
        line: added to line numbers, for fragments.
    """
    findings: list[Finding] = []
    for ours, theirs in zip(source, target, strict=False):
        where = f"line {ours.line + line}"
        if isinstance(ours, Run):
            if not isinstance(theirs, Run):
                break
            findings += _compare_runs(ours, theirs, where)
        elif not isinstance(theirs, Event) or (ours.kind, ours.name) != (theirs.kind, theirs.name):
            said = (
                describe(ours) if isinstance(theirs, Run) else f"{describe(ours)} became {describe(theirs)}"
            )
            return [*findings, Finding("tag", where, f"The elements differ: {said}.")]
        elif ours.signature != theirs.signature:
            findings.append(_changed(ours, theirs, where))
    if len(source) != len(target):
        longer, word = (
            (source, "is missing") if len(source) > len(target) else (target, "is not in the source")
        )
        odd = next((e for e in longer[min(len(source), len(target)) :] if isinstance(e, Event)), None)
        where = f"line {(odd.line if odd else 0) + line}"
        findings.append(Finding("tag", where, f"{describe(odd) if odd else 'An element'} {word}."))
    return findings


def describe(event: Event) -> str:
    """An event as people write it: <p>, </p>, a comment."""
    return {"start": f"<{event.name}>", "empty": f"<{event.name}>", "end": f"</{event.name}>"}.get(
        event.kind, f"a {event.kind}"
    )


def _changed(ours: Event, theirs: Event, where: str) -> Finding:
    if ours.kind in ("raw", "opaque"):
        return Finding("code", where, "Code or other text that must not be translated was changed.")
    if ours.kind not in ("start", "empty"):
        return Finding("tag", where, f"The content of {describe(ours)} was changed.")
    have, got = dict(ours.signature), dict(theirs.signature)
    odd = next(name for name in [*have, *got] if have.get(name) != got.get(name))
    kind = "link" if odd in LINK_ATTRIBUTES else "tag"
    return Finding(kind, where, f"The attribute {quoted(odd)} of {describe(ours)} differs.")


def _compare_runs(ours: Run, theirs: Run, where: str) -> list[Finding]:
    findings: list[Finding] = []
    if ours.inline != theirs.inline:
        findings += _compare_inline(ours.inline, theirs.inline, where)
    if ours.text != theirs.text:
        if has_words(ours.text) and not theirs.text.strip():
            findings.append(Finding("empty", where, "The translation is empty."))
        else:
            findings += compare_texts(ours.text, theirs.text, where=where)
    if ours.texts != theirs.texts:
        findings += _compare_attribute_texts(ours.texts, theirs.texts, where)
    return findings


def _compare_attribute_texts(
    ours: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...], where: str
) -> list[Finding]:
    """Readable attributes. An inline element may have moved, so values are matched by element and name."""
    remaining: dict[str, list[str]] = {}
    for name, value in theirs:
        remaining.setdefault(name, []).append(value)
    for name, value in ours:
        candidates = remaining.get(name, [])
        if not candidates:
            return [Finding("tag", where, f"The attribute {quoted(name)} is missing.")]
        results = [(compare_texts(value, other, where=f"{where}, {name}"), other) for other in candidates]
        findings, best = min(results, key=lambda result: len(result[0]))
        if findings:
            return findings
        candidates.remove(best)
    return []


def _identity(event: Event) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return "start" if event.kind == "empty" else event.kind, event.name, event.signature


def _compare_inline(ours: tuple[Event, ...], theirs: tuple[Event, ...], where: str) -> list[Finding]:
    have, got = Counter(map(_identity, ours)), Counter(map(_identity, theirs))
    if have == got:
        if _nested(ours) and not _nested(theirs):
            return [Finding("tag", where, "The tags are no longer nested as pairs.")]
        return []
    lost, extra = list((have - got).elements()), list((got - have).elements())
    for kind, name, signature in lost:
        twin = next((other for other in extra if other[:2] == (kind, name)), None)
        event = Event(kind, name, signature, 0)
        if twin is not None:
            return [_changed(event, Event(*twin, 0), where)]
        return [Finding("tag", where, f"{describe(event)} is missing.")]
    return [Finding("tag", where, f"{describe(Event(*extra[0], 0))} is not in the source.")]


def _nested(events: tuple[Event, ...]) -> bool:
    stack: list[str] = []
    for event in events:
        if event.kind == "start":
            stack.append(event.name)
        elif event.kind == "end" and (not stack or stack.pop() != event.name):
            return False
    return not stack
