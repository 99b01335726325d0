"""HTML and XHTML: text runs and readable attributes are translatable, everything else must stay."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from wordferry.formats.document import Document, Finding, Segment
from wordferry.formats.encoding import Decoded, with_references
from wordferry.formats.html_shape import Event, Run, compare_shapes
from wordferry.formats.markup import Attribute, Piece, scan
from wordferry.formats.strings import LANGUAGE_ATTRIBUTES, TEXT_ATTRIBUTES

# Elements that flow inside a sentence: another language may put them in another order.
INLINE = frozenset(
    "a abbr acronym b bdi bdo big br button cite code data del dfn em font i img input ins kbd label mark meter "
    "output progress q ruby rb rp rt s samp small span strike strong sub sup time tt u var wbr".split()
)
# Their content is never text for a reader in another language.
OPAQUE = frozenset({"script", "style", "code", "pre", "svg", "math", "template"})
_META_TEXT = frozenset(
    "description keywords og:title og:description og:site_name og:image:alt twitter:title twitter:description "
    "twitter:image:alt application-name apple-mobile-web-app-title dc.title dc.description".split()
)
# Names of <meta> whose content names the language or repeats the encoding, which has a check of its own.
_META_FREE = frozenset({"og:locale", "language", "content-language", "content-type", "dc.language"})
# An element of the key closes open elements of the value, as browsers do; only addresses depend on it.
_IMPLIED_END = {
    "li": {"li"},
    "p": {"p"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "tr": {"tr", "td", "th"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "option": {"option"},
}
_SPACE = re.compile(r"\s+")
_NAMED_LEVELS = 40


class _Level(msgspec.Struct):
    name: str
    step: str
    counts: Counter[str]


def _is_text_attribute(piece: Piece, name: str) -> bool:
    if piece.name == "meta":
        return name == "content" and _meta_name(piece) in _META_TEXT
    if name == "value":
        return piece.name == "input" and (piece.get("type") or "").lower() in ("submit", "button", "reset")
    return name in TEXT_ATTRIBUTES


def _meta_name(piece: Piece) -> str:
    return (piece.get("name") or piece.get("property") or piece.get("http-equiv") or "").lower()


def _signature(piece: Piece) -> tuple[tuple[str, str], ...]:
    free_content = piece.name == "meta" and (
        _meta_name(piece) in _META_FREE or _meta_name(piece) in _META_TEXT
    )
    kept = []
    for attribute in piece.attributes:
        name = attribute.name
        if name in LANGUAGE_ATTRIBUTES or _is_text_attribute(piece, name):
            continue
        if piece.name == "meta" and ((name == "content" and free_content) or name == "charset"):
            continue
        kept.append((name, _SPACE.sub(" ", attribute.value).strip()))
    return tuple(sorted(kept))


def _is_protected(piece: Piece) -> bool:
    if piece.name in OPAQUE or (piece.get("translate") or "").lower() == "no":
        return True
    classes = piece.get("class")
    return classes is not None and "notranslate" in classes.split()


class _Walk:
    """One pass over the pieces of a document or fragment: addresses, segments and the shape."""

    def __init__(self, text: str, *, prefix: str, base: int = 0) -> None:
        self.text = text
        self.prefix = prefix
        self.segments: list[Segment] = []
        self.language: list[Segment] = []
        self.shape: list[Event | Run] = []
        self.stack = [_Level("", "", Counter())]
        self.keys: Counter[str] = Counter()
        self.protected: list[str] = []
        self.opaque_start = 0
        self.inline: list[Event] = []
        self.texts: list[str] = []
        self.attribute_texts: list[tuple[str, str]] = []
        self.line = 1
        self.counted = base

    def over(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            self.line += self.text.count("\n", self.counted, piece.start)
            self.counted = piece.start
            self._piece(piece)
        if self.protected:
            self._close_opaque(self.counted)
        self._flush()

    def _piece(self, piece: Piece) -> None:
        kind = piece.kind
        if self.protected:
            self._inside_protected(piece)
        elif kind == "text" or (kind == "raw" and piece.name in ("title", "textarea")):
            self._run(piece)
        elif kind in ("start", "empty"):
            self._tag(piece)
        elif kind == "end":
            self._end(piece)
            self._mark(Event("end", piece.name, (), self.line))
        elif kind == "raw":
            self._mark(
                Event("raw", piece.name, (("", _unified(self.text[piece.start : piece.end])),), self.line)
            )
        else:
            content = _unified(self.text[piece.start : piece.end])
            self._mark(
                Event(kind, "", (("", content.lower() if kind == "declaration" else content),), self.line)
            )

    def _mark(self, event: Event) -> None:
        if event.name in INLINE or event.kind in ("comment", "instruction", "cdata", "opaque"):
            self.inline.append(event)
            return
        self._flush()
        self.shape.append(event)

    def _flush(self) -> None:
        self.shape.append(
            Run(tuple(self.inline), "".join(self.texts), tuple(self.attribute_texts), self.line)
        )
        self.inline, self.texts, self.attribute_texts = [], [], []

    def _tag(self, piece: Piece) -> None:
        step = self._open(piece)
        steps = () if piece.kind == "start" else (step,)
        for attribute in piece.attributes:
            if _is_text_attribute(piece, attribute.name):
                self.attribute_texts.append((f"{piece.name}@{attribute.name}", attribute.value))
                if attribute.value.strip():
                    self.segments.append(
                        _attribute_segment(attribute, self._key(*steps, f"@{attribute.name}"))
                    )
            elif attribute.name in ("lang", "xml:lang") and piece.name == "html" and attribute.quote:
                self.language.append(_attribute_segment(attribute, f"@{attribute.name}"))
        self._mark(Event(piece.kind, piece.name, _signature(piece), self.line))
        if piece.kind == "start" and piece.name not in ("script", "style") and _is_protected(piece):
            self.protected = [piece.name]
            self.opaque_start = piece.end

    def _open(self, piece: Piece) -> str:
        closes = _IMPLIED_END.get(piece.name, ())
        while len(self.stack) > 1 and self.stack[-1].name in closes:
            self.stack.pop()
        level = self.stack[-1]
        level.counts[piece.name] += 1
        step = f"{piece.name}[{level.counts[piece.name]}]"
        if piece.kind == "start":
            self.stack.append(_Level(piece.name, step, Counter()))
        return step

    def _key(self, *steps: str) -> str:
        """An address from the open elements and further steps, unique in the document.

        Only the innermost elements are named: elements nested thousandfold would need gigabytes for their addresses.
        """
        named = [level.step for level in self.stack[1:]][-_NAMED_LEVELS:]
        key = "/".join([self.prefix, *named, *steps])
        self.keys[key] += 1
        return key if self.keys[key] == 1 else f"{key}#{self.keys[key]}"

    def _end(self, piece: Piece) -> None:
        for depth in range(len(self.stack) - 1, 0, -1):
            if self.stack[depth].name == piece.name:
                del self.stack[depth:]
                return

    def _inside_protected(self, piece: Piece) -> None:
        name = self.protected[0]
        if piece.kind == "start" and piece.name == name:
            self.protected.append(name)
        elif piece.kind == "end" and piece.name == name:
            self.protected.pop()
            if not self.protected:
                self._close_opaque(piece.start)
                self._end(piece)
                self._mark(Event("end", piece.name, (), self.line))

    def _close_opaque(self, end: int) -> None:
        content = _unified(html.unescape(self.text[self.opaque_start : end]))
        self.protected = []
        self._mark(Event("opaque", "", (("", content),), self.line))

    def _run(self, piece: Piece) -> None:
        raw = self.text[piece.start : piece.end]
        decoded = html.unescape(raw) if "&" in raw else raw
        self.texts.append(decoded)
        stripped = raw.strip()
        if not stripped:
            return
        level = self.stack[-1]
        level.counts["#"] += 1
        start = piece.start + raw.index(stripped)
        # Inside CDATA-like raw elements entities still count, so one spelling serves both.
        self.segments.append(
            Segment(
                self._key(f"text()[{level.counts['#']}]"),
                html.unescape(stripped) if "&" in stripped else stripped,
                start,
                start + len(stripped),
                "html",
            )
        )


def _attribute_segment(attribute: Attribute, key: str) -> Segment:
    kind = {'"': "html-double", "'": "html-single", "": "html-bare"}[attribute.quote]
    return Segment(key, attribute.value, attribute.start, attribute.end, kind)


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def read(text: str, *, start: int = 0, end: int | None = None, prefix: str = "") -> _Walk:
    """Walks over a document, or over the HTML fragment between two offsets of another one.

    Raises:
        FormatError: a comment, a tag or a raw element is not closed.
    """
    walk = _Walk(text, prefix=prefix, base=start)
    walk.over(scan(text, xml=False, start=start, end=end))
    return walk


def parse(decoded: Decoded) -> Document:
    """Reads an HTML or XHTML page or fragment.

    Raises:
        FormatError: a comment, a tag or a raw element is not closed.
    """
    walk = read(decoded.text)
    return Document(
        format="html",
        encoding=decoded.encoding,
        bom=decoded.bom,
        text=decoded.text,
        segments=tuple(walk.segments),
        shape=tuple(walk.shape),
        declared_encoding=decoded.declared,
        language_slots=tuple(walk.language),
    )


_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;", "\u00ad": "&shy;"}
_ALWAYS = re.compile("[&<>\u00a0\u00ad]")
_QUOTES = {"html-double": ('"', "&quot;"), "html-single": ("'", "&#39;")}


def escape(text: str, kind: str, encoding: str) -> str:
    """A text as HTML: "html" between tags, "html-double", "html-single" or "html-bare" as an attribute's value."""
    raw = _ALWAYS.sub(lambda match: _ESCAPES[match[0]], text)
    if kind == "html-bare":
        raw = '"' + raw.replace('"', "&quot;") + '"'
    elif kind in _QUOTES:
        raw = raw.replace(*_QUOTES[kind])
    return with_references(raw, encoding)


def compare(source: Document, target: Document) -> list[Finding]:
    """Same blocks in the same order; within a block the same inline marks, placeholders and links."""
    return compare_shapes(source.shape, target.shape)
