"""What careless translators, tools and networks do to files: one function for each kind of damage.

The sandbox damages its deliveries with these, and the tests prove that `compare` sees every one of them.
A function returns None when a document offers no place for its damage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from wordferry.formats.document import Document, Segment, Token
from wordferry.formats.encoding import encode, garbled
from wordferry.formats.icu import corrupt_branch, is_icu
from wordferry.formats.placeholders import tokens
from wordferry.formats.registry import parse, splice
from wordferry.formats.strings import has_words

Corruption = Callable[[Document], bytes | None]

ERROR_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    "<body><h1>502 Bad Gateway</h1><hr></body></html>\n"
)
_PLACEHOLDERS = ("brace", "template", "printf")


def corrupt(data: bytes, *, format: str, kind: str, encoding: str | None = None) -> bytes | None:
    """Damages a file in one way.

    Args:
        data: the file.
        format: one of `FORMATS`.
        kind: a key of `CORRUPTIONS`.
        encoding: the file's encoding; None believes the file.

    Returns:
        The damaged file, or None when this file offers no place for this damage.

    Raises:
        FormatError: the file cannot be read even before it is damaged.
        KeyError: there is no such kind.
    """
    document = parse(data, format=format, encoding=encoding)
    if format == "xliff":
        document = parse(_filled(document), format=format, encoding=encoding)
    damaged = CORRUPTIONS[kind](document)
    return None if damaged == data else damaged


def _filled(document: Document) -> bytes:
    """Every empty target with a copy of its source: damage belongs to a file that claims to be translated."""
    empty = {
        segment.key: segment.text
        for segment in document.segments
        if segment.before or not document.text[segment.start : segment.end].strip()
    }
    return splice(document, empty)


def _write(document: Document, text: str) -> bytes:
    return encode(text, encoding=document.encoding, bom=document.bom)


def _cut(document: Document, start: int, end: int, instead: str = "") -> bytes:
    return _write(document, document.text[:start] + instead + document.text[end:])


def _pieces(document: Document) -> Iterator[tuple[Segment, tuple[Token, ...]]]:
    for segment in document.segments:
        if not _tolerant(document, segment):
            yield segment, tokens(segment.text, format=document.format)


def _tolerant(document: Document, segment: Segment) -> bool:
    """PO plural forms other than the last may leave out the number, so damage there may be no damage."""
    if document.format != "po" or not segment.key.endswith("]"):
        return False
    base, _, index = segment.key[:-1].rpartition("[")
    return any(other.key == f"{base}[{int(index) + 1}]" for other in document.segments if index.isdigit())


def _replace_token(
    document: Document, kinds: tuple[str, ...], change: Callable[[str], str | None]
) -> bytes | None:
    """Changes the first token of one of the kinds for which `change` returns something, everywhere it stands."""
    for segment, pieces in _pieces(document):
        for token in pieces:
            if token.kind not in kinds or token.text == "%%":
                continue
            # A sentence of HTML has several segments, and one mention of a placeholder in it is enough.
            if document.format == "html" and document.text.count(token.text) != segment.text.count(
                token.text
            ):
                continue
            changed = change(token.text)
            if changed is None or changed == token.text:
                continue
            written = "".join(changed if piece == token else piece.text for piece in pieces)
            if document.format == "plain" and not written.strip():
                continue
            return splice(document, {segment.key: written})
    return None


def drop_placeholder(document: Document) -> bytes | None:
    """A placeholder is forgotten."""
    return _replace_token(document, _PLACEHOLDERS, lambda text: "")


def rename_placeholder(document: Document) -> bytes | None:
    """A placeholder's name is translated."""

    def renamed(text: str) -> str | None:
        if text.startswith("%") and not text.startswith(("%(", "%{")):
            return text[:-1] + ("s" if text[-1] != "s" else "d") if text[-1].isalpha() else f"%wort{text[1:]}"
        found = re.search(r"\w+", text)
        return None if found is None else f"{text[: found.start()]}wort_{text[found.start() :]}"

    return _replace_token(document, _PLACEHOLDERS, renamed)


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
    return _replace_token(document, ("tag",), lambda text: "" if _is_checked_tag(text) else None)


def unclose_tag(document: Document) -> bytes | None:
    """A closing tag is lost."""
    if document.format == "html":
        return _html_tag(document, closing=True)
    return _replace_token(
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
            return _cut(document, piece.start, piece.end)
    return None


def change_link(document: Document) -> bytes | None:
    """A link leads elsewhere."""
    if document.format == "html":
        from wordferry.formats.html_document import LINK_ATTRIBUTES
        from wordferry.formats.markup import scan

        for piece in scan(document.text, xml=False):
            for attribute in piece.attributes:
                if (
                    attribute.name in LINK_ATTRIBUTES
                    and attribute.value
                    and piece.name not in ("pre", "code")
                ):
                    return _cut(document, attribute.start, attribute.start, "x-")
    if document.format == "markdown":
        from wordferry.formats.markdown_inline import link_target

        changed = _replace_token(
            document,
            ("link",),
            lambda text: (
                text.replace(link_target(text), f"{link_target(text)}x", 1) if link_target(text) else None
            ),
        )
        if changed is not None:
            return changed
    return _replace_token(document, ("url",), lambda text: f"{text[:-1]}x-{text[-1]}")


_WORD = re.compile(r"[^\W\d_]{2,}")


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
    changed = _replace_token(document, ("code",), _translated)
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
    return _cut(document, at, at, "en")


def _html_code(document: Document) -> bytes | None:
    found = re.search(r"<(code|pre|script|style)\b[^>]*>([^<]*[^\W\d_]{2})", document.text, re.IGNORECASE)
    return None if found is None else _cut(document, found.end(), found.end(), "en")


def _xliff_code(document: Document) -> bytes | None:
    def changed(text: str) -> str:
        inside = text.index(">") + 1
        return f"{text[:inside]}en{text[inside:]}"

    return _replace_token(document, ("code",), changed)


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
    return None if fence is None else _cut(document, fence.start(), fence.end())


def rename_key(document: Document) -> bytes | None:
    """A JSON key is translated."""
    if document.format != "json":
        return None
    for value in document.shape:
        if value.key_start >= 0:
            return _cut(document, value.key_start + 1, value.key_start + 1, "wort_")
    return None


def drop_key(document: Document) -> bytes | None:
    """A JSON member, an XLIFF unit or a PO message is lost."""
    if document.format == "json":
        return _drop_member(document)
    if document.format == "xliff":
        for unit in document.shape:
            return _cut(document, unit.start, unit.end)
    if document.format == "po":
        for entry in document.shape:
            if entry.key:
                return _cut(document, entry.start, entry.end)
    return None


def _drop_member(document: Document) -> bytes | None:
    text = document.text
    for value in document.shape:
        if value.key_start < 0:
            continue
        after = re.compile(r"[ \t\r\n]*,").match(text, value.end)
        if after is not None:
            return _cut(document, value.key_start, after.end())
        before = re.compile(r"(?:,[ \t\r\n]*)?\Z").search(text[: value.key_start])
        return _cut(document, before.start() if before else value.key_start, value.end)
    return None


def duplicate_key(document: Document) -> bytes | None:
    """A JSON member is there twice."""
    if document.format != "json":
        return None
    for value in document.shape:
        if value.key_start >= 0:
            member = document.text[value.key_start : value.end]
            return _cut(document, value.key_start, value.key_start, f"{member},")
    return None


def change_value(document: Document) -> bytes | None:
    """A number, or true, false or null, is changed."""
    if document.format != "json":
        return None
    for value in document.shape:
        if value.type in ("number", "word"):
            return _cut(document, value.start, value.end, "12345" if value.raw != "12345" else "54321")
    return None


def break_syntax(document: Document) -> bytes | None:
    """A quotation mark inside a JSON or PO text is not escaped, an ampersand inside XML stands alone."""
    if document.format == "xliff":
        slot = document.text.find("</source>")
        return None if slot < 0 else _cut(document, slot, slot, " & ")
    if document.format in ("json", "po"):
        for segment in document.segments:
            if segment.end > segment.start:
                return _cut(document, segment.start, segment.start, 'a " b')
    return None


def break_front_matter(document: Document) -> bytes | None:
    """The line that closes the front matter is lost."""
    front = document.shape[0].front if document.format == "markdown" else None
    if front is None:
        return None
    block = document.text[: front.end]
    start = max(block.rstrip("\r\n").rfind("\n"), block.rstrip("\r\n").rfind("\r")) + 1
    return _cut(document, start, front.end)


def translate_front_matter_key(document: Document) -> bytes | None:
    """A key of the front matter is translated."""
    front = document.shape[0].front if document.format == "markdown" else None
    if front is None:
        return None
    found = re.compile(r"^(\w+)(?=[ \t]*[:=])", re.MULTILINE).search(document.text, 3, front.end)
    return None if found is None else _cut(document, found.start(), found.start(), "wort_")


def truncate(document: Document) -> bytes | None:
    """The file ends too early."""
    text = document.text.rstrip()
    if document.format == "json":
        return (
            _write(document, text[: len(text) // 2])
            if text[:1] in ("{", "[", '"') and len(text) > 1
            else None
        )
    if document.format == "xliff":
        return _write(document, text[: len(text) // 2])
    cut = _cut_points(document)
    return None if cut is None else _write(document, document.text[:cut])


def _cut_points(document: Document) -> int | None:
    """Where the last block, element, message or line begins: cutting there always loses something."""
    text = document.text
    if document.format == "html":
        tag = text.rfind("</")
        return (
            tag
            if tag > 0 and ">" in text[tag:] and document.segments and tag > document.segments[0].start
            else None
        )
    if document.format == "po":
        return int(document.shape[-1].start) if document.shape else None
    if document.format == "markdown":
        opened = [block.line for block in document.shape[0].blocks if not block.kind.endswith("_close")]
        return _line_start(text, max(opened)) if opened else None
    lines = [line for line in document.shape if line.text.strip()]
    return int(lines[-1].start) if lines else None


def _line_start(text: str, number: int) -> int:
    at = 0
    for match in re.finditer(r"\r\n|\n|\r", text):
        number -= 1
        if number < 1:
            break
        at = match.end()
    return at


def wrong_encoding(document: Document) -> bytes | None:
    """The file comes back in another encoding than it went out in."""
    if not document.text.strip():
        return None
    if document.encoding.startswith("utf-16"):
        return document.text.encode("utf-8")
    return b"\xff\xfe" + document.text.encode("utf-16-le")


def garble(document: Document) -> bytes | None:
    """UTF-8 is read as Windows-1252 and saved again, as old tools do ("Ã©" for "é")."""
    text = document.text
    if document.encoding != "utf-8" or "é" not in text or garbled(text):
        return None
    return _write(document, text.replace("é", "Ã©"))


def empty_file(document: Document) -> bytes | None:
    """The file is empty."""
    return b"" if document.text.strip() else None


def empty_text(document: Document) -> bytes | None:
    """A text comes back without any words."""
    if document.format in ("xliff", "po", "plain", "markdown"):
        return None
    for segment in document.segments:
        # The readable text of an HTML run may continue behind an inline tag, so only an attribute is surely empty.
        if has_words(segment.text) and (document.format == "json" or segment.escape == "html-double"):
            return splice(document, {segment.key: ""})
    return None


def change_id(document: Document) -> bytes | None:
    """An XLIFF unit's id or a PO msgid is edited."""
    if document.format == "xliff":
        for unit in document.shape:
            if unit.id_span[1]:
                return _cut(document, unit.id_span[0], unit.id_span[0], "x")
    if document.format == "po":
        for entry in document.shape:
            if entry.key:
                found = re.compile(r'^msgid[ \t]*"', re.MULTILINE).search(
                    document.text, entry.start, entry.end
                )
                return None if found is None else _cut(document, found.end(), found.end(), "x")
    return None


def change_source(document: Document) -> bytes | None:
    """The source text inside an XLIFF file is edited."""
    if document.format != "xliff":
        return None
    for unit in document.shape:
        if unit.source_at >= 0 and unit.source.strip():
            return _cut(document, unit.source_at, unit.source_at, "Neu ")
    return None


def change_line_ending(document: Document) -> bytes | None:
    """Lines end as on another system."""
    if document.format != "plain":
        return None
    ending = next((line.ending for line in document.shape if line.text.strip()), "")
    if not ending or any(line.ending not in ("", ending) for line in document.shape):
        return None
    return _write(document, document.text.replace(ending, "\n" if ending != "\n" else "\r\n"))


def join_lines(document: Document) -> bytes | None:
    """Two lines of plain text become one."""
    if document.format != "plain":
        return None
    for line, following in zip(document.shape, document.shape[1:], strict=False):
        if line.text.strip() and following.text.strip():
            return _cut(document, line.start + len(line.text), following.start, " ")
    return None


def html_error_page(document: Document) -> bytes | None:
    """A proxy's error page arrives in place of the file."""
    page = ERROR_PAGE.encode()
    return None if document.text == ERROR_PAGE else page


CORRUPTIONS: Mapping[str, Corruption] = {
    function.__name__: function
    for function in (
        break_front_matter,
        break_icu,
        break_syntax,
        change_id,
        change_line_ending,
        change_link,
        change_source,
        change_value,
        drop_code_fence,
        drop_key,
        drop_placeholder,
        drop_plural_branch_other,
        drop_tag,
        duplicate_key,
        empty_file,
        empty_text,
        garble,
        html_error_page,
        join_lines,
        rename_key,
        rename_placeholder,
        translate_code,
        translate_front_matter_key,
        truncate,
        unclose_tag,
        wrong_encoding,
    )
}
"""Every kind of damage by its name; each takes a parsed document and returns bytes or None."""
