"""Damage inside texts: placeholders, ICU messages, tags, links and code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wordferry.formats.damage import cut, replace_token
from wordferry.formats.document import Document, Segment
from wordferry.formats.icu import corrupt_branch, is_icu
from wordferry.formats.registry import splice
from wordferry.formats.strings import has_words

_PLACEHOLDERS = ("brace", "template", "printf")
_WORD = re.compile(r"[^\W\d_]{2,}")


def drop_placeholder(document: Document) -> bytes | None:
    """A placeholder is forgotten."""
    return replace_token(document, _PLACEHOLDERS, lambda text: "")


def rename_placeholder(document: Document) -> bytes | None:
    """A placeholder's name is translated."""

    def renamed(text: str) -> str | None:
        if text.startswith("%") and not text.startswith(("%(", "%{")):
            return text[:-1] + ("s" if text[-1] != "s" else "d") if text[-1].isalpha() else f"%wort{text[1:]}"
        found = re.search(r"\w+", text)
        return None if found is None else f"{text[: found.start()]}wort_{text[found.start() :]}"

    return replace_token(document, _PLACEHOLDERS, renamed)


def _icu_segments(document: Document) -> Iterator[tuple[Segment, str]]:
    for segment in document.segments:
        if document.format != "po" and is_icu(segment.text):
            yield segment, segment.text


def break_icu(document: Document) -> bytes | None:
    """The last brace of an ICU message is lost."""
    for segment, text in _icu_segments(document):
        at = text.rindex("}")
        return splice(document, {segment.key: text[:at] + text[at + 1 :]})
    return None


def drop_plural_branch_other(document: Document) -> bytes | None:
    """The `other` branch of an ICU plural or select is lost."""
    for segment, text in _icu_segments(document):
        broken = corrupt_branch(text)
        if broken is not None:
            return splice(document, {segment.key: broken})
    return None


def drop_tag(document: Document) -> bytes | None:
    """A tag is lost."""
    if document.format == "html":
        return _html_tag(document, closing=False)
    return replace_token(document, ("tag",), lambda text: "" if _is_checked_tag(text) else None)


def unclose_tag(document: Document) -> bytes | None:
    """A closing tag is lost."""
    if document.format == "html":
        return _html_tag(document, closing=True)
    return replace_token(
        document, ("tag",), lambda text: "" if text.startswith("</") and _is_checked_tag(text) else None
    )


def _is_checked_tag(text: str) -> bool:
    """Not a comment inside XLIFF or an annotation, both of which may come and go."""
    return not text.startswith(("<!", "<?")) and not re.match(r"</?(?:\w+:)?(?:mrk|sm|em)\b", text)


def _html_tag(document: Document, *, closing: bool) -> bytes | None:
    from wordferry.formats.markup import scan

    for piece in scan(document.text, xml=False):
        # Without the end of a raw element the page could not even be read; that is damage of another kind.
        if piece.name in ("script", "style", "textarea", "title"):
            continue
        if piece.kind == "end" if closing else piece.kind in ("start", "empty"):
            return cut(document, piece.start, piece.end)
    return None


def change_link(document: Document) -> bytes | None:
    """A link leads elsewhere."""
    if document.format == "html":
        from wordferry.formats.html_shape import LINK_ATTRIBUTES
        from wordferry.formats.markup import scan

        for piece in scan(document.text, xml=False):
            for attribute in piece.attributes:
                if (
                    attribute.name in LINK_ATTRIBUTES
                    and attribute.value
                    and piece.name not in ("pre", "code")
                ):
                    return cut(document, attribute.start, attribute.start, "x-")
    if document.format == "markdown":
        from wordferry.formats.markdown_inline import link_target

        changed = replace_token(
            document,
            ("link",),
            lambda text: (
                text.replace(link_target(text), f"{link_target(text)}x", 1) if link_target(text) else None
            ),
        )
        if changed is not None:
            return changed
    return replace_token(document, ("url",), lambda text: f"{text[:-1]}x-{text[-1]}")


def translate_code(document: Document) -> bytes | None:
    """A word inside code is translated."""
    return {
        "markdown": _markdown_code,
        "html": _html_code,
        "xliff": _xliff_code,
    }.get(document.format, lambda _: None)(document)


def _translated(text: str) -> str | None:
    return _WORD.sub(lambda match: match[0] + "en", text, count=1) if _WORD.search(text) else None


def _markdown_code(document: Document) -> bytes | None:
    changed = replace_token(document, ("code",), _translated)
    if changed is not None:
        return changed
    fence = _fence(document)
    if fence is None:
        return None
    inside = document.text[fence.end() :]
    word = _WORD.search(inside)
    closing = re.search(rf"^[ \t>]*{re.escape(fence[2])}", inside, re.MULTILINE)
    if word is None or closing is None or word.start() >= closing.start():
        return None
    at = fence.end() + word.end()
    return cut(document, at, at, "en")


def _html_code(document: Document) -> bytes | None:
    found = re.search(r"<(code|pre|script|style)\b[^>]*>([^<]*[^\W\d_]{2})", document.text, re.IGNORECASE)
    return None if found is None else cut(document, found.end(), found.end(), "en")


def _xliff_code(document: Document) -> bytes | None:
    def changed(text: str) -> str:
        inside = text.index(">") + 1
        return f"{text[:inside]}en{text[inside:]}"

    return replace_token(document, ("code",), changed)


def _fence(document: Document) -> re.Match[str] | None:
    """The opening line of the first fenced block at the margin, outside front matter."""
    if document.format != "markdown":
        return None
    body = document.shape[0]
    start = body.front.end if body.front else 0
    if not any(block.kind == "code" for block in body.blocks):
        return None
    found = re.compile(r"^()(```+|~~~+)[^`\r\n]*(?:\r\n|\n|\r)(?=[^`~])", re.MULTILINE).search(
        document.text, start
    )
    if found is None or "<!--" in document.text[start : found.start()]:
        return None
    return found


def drop_code_fence(document: Document) -> bytes | None:
    """The line that opens a code block is lost."""
    fence = _fence(document)
    return None if fence is None else cut(document, fence.start(), fence.end())


def empty_text(document: Document) -> bytes | None:
    """A text comes back without any words."""
    if document.format in ("xliff", "po", "plain", "markdown"):
        return None
    for segment in document.segments:
        # The readable text of an HTML run may continue behind an inline tag, so only an attribute is surely empty.
        if has_words(segment.text) and (document.format == "json" or segment.escape == "html-double"):
            return splice(document, {segment.key: ""})
    return None
