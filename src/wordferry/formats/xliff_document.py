"""XLIFF 1.2 and 2.x: units by id, their source untouched, their target with the same inline tags."""

from __future__ import annotations

import html
import re
from collections import Counter
from functools import lru_cache

import msgspec

from wordferry.formats.document import Document, Finding, FormatError, Segment, position_of, quoted
from wordferry.formats.encoding import Decoded, with_references
from wordferry.formats.markup import Piece, scan
from wordferry.formats.strings import compare_texts, has_words

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d+|#x[0-9a-fA-F]+|\w+);)")
_BARE_LESS = re.compile(r"<(?![/!?A-Za-z_])")
_SPACE = re.compile(r"\s+")
_NATIVE = frozenset({"ph", "bpt", "ept", "it", "ut"})
# Marks for segmentation, comments and terms: translators' tools add, move and drop them.
_ANNOTATIONS = frozenset({"mrk", "sm", "em"})
_DONE = frozenset({"translated", "final", "signed-off", "reviewed"})
# Inline elements; to find the units and their texts, only their names are needed.
_INLINE = frozenset("g x bx ex ph bpt ept it ut mrk sub pc sc ec cp sm em".split())
# The attributes that say which piece of the source an inline tag stands for.
_IDENTITY = ("id", "rid", "startRef", "xid", "hex")


class Unit(msgspec.Struct, frozen=True):
    """One unit. `source` and `target` are inner XML; a unit of 2.x joins those of its segments."""

    key: str
    source: str
    target: str | None
    translatable: bool
    done: bool
    line: int
    start: int
    end: int
    # Where the inner XML of its first source begins; -1 without one.
    source_at: int
    # Where the value of its id attribute stands, without quotation marks.
    id_span: tuple[int, int]


class _Pair(msgspec.Struct):
    """A source with its target, while the unit is being read; offsets of the inner XML."""

    name: str
    source: tuple[int, int] | None = None
    after_source: int = 0
    source_start: int = 0
    target: tuple[int, int] | None = None
    # A self-closing <target/> is replaced as a whole.
    empty_target: Piece | None = None
    state: str = ""
    ignorable: bool = False
    tag: str = "target"


class _Draft(msgspec.Struct):
    key: str
    start: int
    id_span: tuple[int, int]
    depth: int
    translatable: bool
    pairs: list[_Pair]


def parse(decoded: Decoded) -> Document:
    """Reads XLIFF 1.0 to 2.x without ever resolving an entity or fetching anything.

    Raises:
        FormatError: no well-formed XML, no XLIFF, or a document type that declares entities.
    """
    text = decoded.text
    _check_well_formed(text)
    reader = _Reader(text)
    reader.read()
    return Document(
        format="xliff",
        encoding=decoded.encoding,
        bom=decoded.bom,
        text=text,
        segments=tuple(reader.segments),
        shape=tuple(reader.units),
        declared_encoding=decoded.declared,
        language_slots=tuple(reader.language),
    )


def _check_well_formed(text: str) -> None:
    from lxml import etree

    if "<!ENTITY" in text:
        raise FormatError(
            "The document type declares entities",
            position=position_of(text, text.index("<!ENTITY")),
            cure="Remove the <!DOCTYPE …> with its entities; XLIFF needs none.",
        )
    declaration = _DECLARATION.match(text)
    # Blank lines in its place, so that the reader's line numbers stay true.
    body = "\n" * declaration[0].count("\n") + text[declaration.end() :] if declaration else text
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False)
    try:
        root = etree.fromstring(body.encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise FormatError(
            "The XML is not well-formed",
            position=f"line {line}, column {column}",
            cure="The file may have been cut off or edited by hand; export or fetch it again.",
        ) from None
    if etree.QName(root).localname != "xliff":
        raise FormatError(
            f"The root element is <{etree.QName(root).localname[:40]}>, not <xliff>",
            position="line 1, column 1",
            cure="Export the file as XLIFF 1.2 or 2.0.",
        )


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.segments: list[Segment] = []
        self.units: list[Unit] = []
        self.language: list[Segment] = []
        self.files: list[str] = []
        self.seen: Counter[str] = Counter()
        self.line = 1
        self.counted = 0

    def read(self) -> None:
        text = self.text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        pieces = [p for p in scan(text, xml=True, bare=_INLINE) if p.kind in ("start", "end", "empty")]
        self.many = (
            sum(1 for p in pieces if p.name.endswith("file") and p.kind != "end" and _local(p.name) == "file")
            > 1
        )
        path: list[str] = []
        protected: list[bool] = [False]
        draft: _Draft | None = None
        opened = 0
        for piece in pieces:
            name = _local(piece.name)
            if piece.kind == "end":
                path.pop()
                protected.pop()
                if draft is not None:
                    if len(path) == draft.depth:
                        self._finish(draft, piece.end)
                        draft = None
                    elif name in ("source", "target") and _is_direct(path, draft.depth):
                        self._close(draft.pairs[-1], name, opened, piece)
                continue
            mark = (piece.get("translate") or "").lower()
            is_protected = mark == "no" or (protected[-1] and mark != "yes")
            if name in ("xliff", "file"):
                self._language(piece, name)
            if draft is None:
                if name in ("trans-unit", "unit") and piece.kind == "start":
                    draft = self._begin(piece, len(path), translatable=not is_protected)
            elif name in ("segment", "ignorable") and len(path) == draft.depth + 1:
                state = (piece.get("state") or "").lower()
                pair = _Pair(piece.get("id") or "", state=state, ignorable=name == "ignorable")
                draft.pairs.append(pair)
            elif name in ("source", "target", "seg-source") and _is_direct(path, draft.depth):
                if not draft.pairs:
                    draft.pairs.append(_Pair(""))
                self._open(draft.pairs[-1], name, piece)
                opened = piece.end
            if piece.kind == "start":
                path.append(name)
                protected.append(is_protected)

    def _language(self, piece: Piece, name: str) -> None:
        if name == "file":
            self.files.append(piece.get("original") or piece.get("id") or str(len(self.files) + 1))
        wanted = "trgLang" if name == "xliff" else "target-language"
        anchor = "srcLang" if name == "xliff" else "source-language"
        for attribute in piece.attributes:
            if attribute.name == wanted:
                self.language.append(Segment(f"@{wanted}", attribute.value, attribute.start, attribute.end))
                return
        for attribute in piece.attributes:
            if attribute.name == anchor:
                at = attribute.end + 1
                self.language.append(Segment(f"@{wanted}", "", at, at, before=f' {wanted}="', after='"'))

    def _begin(self, piece: Piece, depth: int, *, translatable: bool) -> _Draft:
        span, name = (0, 0), ""
        for attribute in piece.attributes:
            if attribute.name == "id":
                span, name = (attribute.start, attribute.end), attribute.value
        name = name or f"unit {len(self.units) + 1}"
        key = f"{self.files[-1]}#{name}" if self.many and self.files else name
        self.seen[key] += 1
        if self.seen[key] > 1:
            key = f"{key}#{self.seen[key]}"
        return _Draft(key, piece.start, span, depth, translatable, [])

    def _open(self, pair: _Pair, name: str, piece: Piece) -> None:
        prefix = piece.name.rpartition(":")[0]
        if name == "source":
            pair.source_start = piece.start
            pair.tag = f"{prefix}:target" if prefix else "target"
            if piece.kind == "empty":
                pair.source, pair.after_source = (piece.end, piece.end), piece.end
        elif name == "target":
            pair.state = (piece.get("state") or pair.state).lower()
            if piece.kind == "empty":
                pair.empty_target = piece

    def _close(self, pair: _Pair, name: str, opened: int, piece: Piece) -> None:
        if name == "source":
            pair.source, pair.after_source = (opened, piece.start), piece.end
        else:
            pair.target = (opened, piece.start)

    def _finish(self, draft: _Draft, end: int) -> None:
        text = self.text
        self.line += text.count("\n", self.counted, draft.start)
        self.counted = draft.start
        sources, targets, done = [], [], False
        for number, pair in enumerate(draft.pairs, 1):
            if pair.source is None:
                continue
            source = text[slice(*pair.source)]
            target = text[slice(*pair.target)] if pair.target else "" if pair.empty_target else None
            sources.append(source)
            if target is not None:
                targets.append(target)
            done = done or (pair.state in _DONE and not (target or "").strip() and has_words(plain(source)))
            if draft.translatable and not pair.ignorable and source.strip():
                key = draft.key if len(draft.pairs) == 1 else f"{draft.key}/{pair.name or number}"
                self.segments.append(self._segment(key, source, pair))
        self.units.append(
            Unit(
                key=draft.key,
                source="".join(sources),
                target="".join(targets) if targets else None,
                translatable=draft.translatable,
                done=done,
                line=self.line,
                start=draft.start,
                end=end,
                source_at=next((pair.source[0] for pair in draft.pairs if pair.source), -1),
                id_span=draft.id_span,
            )
        )

    def _segment(self, key: str, source: str, pair: _Pair) -> Segment:
        text, tag = self.text, pair.tag
        if pair.target is not None:
            return Segment(key, source, *pair.target, "xliff")
        if pair.empty_target is not None:
            piece = pair.empty_target
            opening = text[piece.start : piece.end - 2].rstrip() + ">"
            return Segment(key, source, piece.start, piece.end, "xliff", opening, f"</{piece.name}>")
        line_start = max(text.rfind("\n", 0, pair.source_start), text.rfind("\r", 0, pair.source_start)) + 1
        indent = text[line_start : pair.source_start]
        lead = self.newline + indent if not indent.strip() else ""
        return Segment(
            key, source, pair.after_source, pair.after_source, "xliff", f"{lead}<{tag}>", f"</{tag}>"
        )


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _is_direct(path: list[str], depth: int) -> bool:
    """Whether an element belongs to the unit itself, not to a suggestion (alt-trans, match) inside it."""
    inside = path[depth + 1 :]
    return not inside or inside in (["segment"], ["ignorable"])


def escape(text: str, encoding: str) -> str:
    """A translation as inner XML: its tags and entities stay, stray signs are escaped."""
    if "<![CDATA[" not in text:
        text = _BARE_LESS.sub("&lt;", _BARE_AMPERSAND.sub("&amp;", text))
    return with_references(text, encoding)


def plain(inner: str) -> str:
    """The readable text of inner XML: no inline tags, native code or comments; entities decoded."""
    return split(inner)[1]


def split(inner: str) -> tuple[Counter[str], str]:
    """Inner XML as its inline tags (as far as they must survive) and its readable text."""
    tags: Counter[str] = Counter()
    if "<" not in inner:
        return tags, html.unescape(inner)
    texts: list[str] = []
    native: list[str] = []
    for piece in scan(inner, xml=True):
        raw = inner[piece.start : piece.end]
        name = _local(piece.name)
        if piece.kind == "text":
            (native or texts).append(html.unescape(raw))
        elif piece.kind == "cdata":
            (native or texts).append(raw[9:-3])
        elif name in _ANNOTATIONS or piece.kind in ("comment", "instruction"):
            continue
        elif native:
            if piece.kind == "end" and name == native[0]:
                tags[f"content:{''.join(native[1:])}"] += 1
                native = []
        elif piece.kind == "end":
            tags[f"</{name}>"] += 1
        else:
            tags[
                " ".join([name, *(f"{a.name}={a.value}" for a in piece.attributes if a.name in _IDENTITY)])
            ] += 1
            if piece.kind == "start":
                if name in _NATIVE:
                    native = [name]
            elif name not in ("x", "bx", "ex", *_NATIVE):
                tags[f"</{name}>"] += 1  # <g/> is <g></g>
    return tags, "".join(texts)


# A source meets one translation after another; long texts would fill the memory.
_REMEMBERED_LENGTH = 2000
_remembered = lru_cache(maxsize=2048)(split)


def _split_source(inner: str) -> tuple[Counter[str], str]:
    return split(inner) if len(inner) > _REMEMBERED_LENGTH else _remembered(inner)


def compare(source: Document, target: Document) -> list[Finding]:
    """Same units, same sources, and in each target the inline tags and placeholders of its source."""
    ours: dict[str, Unit] = {unit.key: unit for unit in source.shape}
    theirs: dict[str, Unit] = {unit.key: unit for unit in target.shape}
    findings: list[Finding] = []
    filled = [sum(1 for unit in units.values() if (unit.target or "").strip()) for units in (ours, theirs)]
    for key, unit in ours.items():
        other = theirs.get(key)
        if other is None:
            findings.append(Finding("key", key, f"The unit {quoted(key)} is missing."))
        elif not _same_source(unit.source, other.source):
            findings.append(Finding("source", key, "The source text of the unit was changed."))
        else:
            findings += _compare_unit(unit, other, more_filled=filled[1] > filled[0])
    for key in theirs:
        if key not in ours:
            base = key.rpartition("#")[0]
            kind, says = ("duplicate", "occurs twice") if base in ours else ("key", "is not in the source")
            findings.append(Finding(kind, key, f"The unit {quoted(key)} {says}."))
    return findings


def _same_source(ours: str, theirs: str) -> bool:
    if ours == theirs:
        return True
    (tags, text), (their_tags, their_text) = split(ours), split(theirs)
    return tags == their_tags and _SPACE.sub(" ", text).strip() == _SPACE.sub(" ", their_text).strip()


def _compare_unit(unit: Unit, other: Unit, *, more_filled: bool) -> list[Finding]:
    if other.target == unit.target and other.done == unit.done:
        same = other.target is not None or not (more_filled and unit.translatable)
        if same or not has_words(plain(unit.source)):
            return []
    tags, text = _split_source(unit.source)
    if other.target is None or not other.target.strip():
        if not has_words(text) or not unit.translatable:
            return []
        if (unit.target or "").strip():
            return [Finding("empty", unit.key, "The unit had a translation and has none now.")]
        if other.done and not unit.done:
            return [
                Finding("untranslated_slot", unit.key, "The unit is marked as translated but has no target.")
            ]
        if more_filled:
            return [
                Finding(
                    "untranslated_slot", unit.key, "The unit has no translation while others were filled."
                )
            ]
        return []
    their_tags, their_text = split(other.target)
    if tags != their_tags:
        lost, extra = tags - their_tags, their_tags - tags
        odd = next(iter(lost or extra))
        kind = "code" if odd.startswith("content:") else "tag"
        says = "is missing or was changed" if lost else "is not in the source"
        return [Finding(kind, unit.key, f"The inline tag {quoted(odd.removeprefix('content:'))} {says}.")]
    return compare_texts(text, their_text, where=unit.key)
