"""Markdown: the blocks that CommonMark (with tables) sees, and the place of each block's text in the file."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import Any

import msgspec

from wordferry.formats import front_matter, html_document
from wordferry.formats.document import Document, Finding, FormatError, Segment, quoted
from wordferry.formats.encoding import Decoded
from wordferry.formats.front_matter import FrontMatter
from wordferry.formats.html_shape import compare_shapes
from wordferry.formats.icu import is_icu
from wordferry.formats.markdown_inline import markdown_tokens, normal_label, resolved
from wordferry.formats.placeholders import tokens
from wordferry.formats.plain_document import LINE_BREAK
from wordferry.formats.strings import compare_texts, compare_tokens, has_words

# Marks after which indented text belongs to the mark (MkDocs admonitions and tabs, footnotes, definition lists),
# where CommonMark alone sees code.
_CONTAINER_MARK = re.compile(r"(?:!!!|\?\?\?\+?|===)[!+]?[ \t]|\[\^[^\]\s]+\]:|.*\n:[ \t]", re.DOTALL)
_FOOTNOTE = re.compile(r"^([ \t>]*)\[(\^[^\]\s]+\]:)", re.MULTILINE)
_HEADING_MARK = re.compile(r"#{1,6}[ \t]+")
_DEPTH_LIMIT = 3
_SPACE = re.compile(r"\s+")
_LETTER = re.compile(r"[^\W\d_]")


class Block(msgspec.Struct, frozen=True):
    """One opening, closing or leaf of the block structure. `content` is its text, code or HTML."""

    kind: str
    signature: str
    content: str
    line: int
    events: tuple[Any, ...] = ()


class Body(msgspec.Struct, frozen=True):
    """The shape of a Markdown file: front matter, blocks, and link definitions by normalised label."""

    front: FrontMatter | None
    blocks: tuple[Block, ...]
    references: dict[str, str]


@lru_cache(maxsize=1)
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def parse(decoded: Decoded) -> Document:
    """Reads Markdown; every text is valid, except for broken front matter.

    Raises:
        FormatError: the front matter is not closed or not valid.
    """
    text = decoded.text
    front = front_matter.read(text)
    reader = _Reader(text, front.end if front else 0)
    reader.read()
    segments = (*(front.segments if front else ()), *reader.segments)
    return Document(
        format="markdown",
        encoding=decoded.encoding,
        bom=decoded.bom,
        text=text,
        segments=segments,
        shape=(Body(front, tuple(reader.blocks), reader.references),),
        declared_encoding=decoded.declared,
        language_slots=front.language if front else (),
    )


class _Reader:
    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.first_line = len(LINE_BREAK.findall(text[:start]))
        self.starts = [start]
        self.ends: list[int] = []
        for match in LINE_BREAK.finditer(text, start):
            self.ends.append(match.start())
            self.starts.append(match.end())
        self.ends.append(len(text))
        # One character is exchanged so that footnote definitions are not taken for link definitions.
        lines = (text[a:b] for a, b in zip(self.starts, self.ends, strict=True))
        self.source = _FOOTNOTE.sub(r"\1(\2", "\n".join(lines))
        self.lines = self.source.split("\n")
        self.blocks: list[Block] = []
        self.segments: list[Segment] = []
        self.references: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.atx = False

    def read(self) -> None:
        self._blocks(self.source, 0, 0)

    def _blocks(self, source: str, shift: int, depth: int) -> None:
        """Adds the blocks of a stretch of source whose first line is line `shift` of the body."""
        tokens: list[Any] = []
        env: dict[str, Any] = {}
        md = _parser()
        try:
            md.block.parse(source, md, env, tokens)
        except RecursionError:
            raise FormatError(
                "The blocks are nested too deeply",
                position=f"line {self.first_line + shift + 1}",
                cure="Flatten the lists and quotations.",
            ) from None
        for label, definition in env.get("references", {}).items():
            self.references.setdefault(normal_label(label), definition["href"])
        before = ""
        cell_line, cell_at = -1, 0
        for token in tokens:
            kind = token.type
            line = (token.map[0] if token.map else 0) + shift
            if kind == "inline":
                before = token.content
                if self.blocks[-1].kind in ("th_open", "td_open"):
                    if line != cell_line:
                        cell_line, cell_at = line, 0
                    cell_at = self._cell(token.content, line, cell_at)
                else:
                    self._text(token.content, line)
            elif kind in ("fence", "code_block"):
                if (
                    kind == "code_block"
                    and depth < _DEPTH_LIMIT
                    and _CONTAINER_MARK.match(before.replace("(^", "[^", 1))
                ):
                    self._add("indented", "", "", line)
                    self._blocks(token.content, line, depth + 1)
                    continue
                self._add("code", token.info.strip(), token.content.strip("\n"), line)
                before = ""
            elif kind == "html_block":
                self._html(token, line, shift)
                before = ""
            else:
                signature = token.tag if token.tag.startswith("h") else str(token.attrs.get("style", ""))
                self.atx = kind == "heading_open" and token.markup.startswith("#")
                self._add(kind, signature, "", line)
                if kind.endswith("_open") and kind != "paragraph_open":
                    before = ""

    def _add(self, kind: str, signature: str, content: str, line: int, events: tuple[Any, ...] = ()) -> None:
        self.blocks.append(Block(kind, signature, content, line + self.first_line + 1, events))

    def _key(self, kind: str) -> str:
        name = {"heading_open": "heading", "paragraph_open": "paragraph", "html": "html"}.get(kind, "cell")
        self.counts[name] += 1
        return f"{name}[{self.counts[name]}]"

    def _text(self, content: str, line: int) -> None:
        """A paragraph or heading: finds each of its lines in the file and makes one segment of them."""
        block = self.blocks[-1]
        spans: list[tuple[int, int]] = []
        for offset, part in enumerate(content.split("\n")):
            number = line + offset
            wanted = part.strip()
            if number >= len(self.lines):
                spans = []
                break
            raw = self.lines[number]
            if self.atx:
                mark = _HEADING_MARK.search(raw)
                at = raw.find(wanted, mark.end() if mark else 0)
            else:
                at = len(raw.rstrip()) - len(wanted)
            if at < 0 or not raw.startswith(wanted, at):
                spans = []
                break
            spans.append((self.starts[number] + at, self.starts[number] + at + len(wanted)))
        self._segment(block, content, spans, "raw")

    def _cell(self, content: str, line: int, at: int) -> int:
        """A table cell: found from where the last one of its row ended. Returns where it ends."""
        raw, wanted = self.lines[line], content.replace("|", "\\|")
        found = raw.find(wanted, at) if wanted else -1
        spans = [] if found < 0 else [(self.starts[line] + found, self.starts[line] + found + len(wanted))]
        self._segment(self.blocks[-1], content, spans, "cell")
        return at if found < 0 else found + len(wanted)

    def _segment(self, block: Block, content: str, spans: list[tuple[int, int]], escape: str) -> None:
        text = content
        if spans and escape == "raw":
            text = "\n".join(self.text[a:b] for a, b in spans)
        self.blocks[-1] = Block(block.kind, block.signature, text, block.line)
        key = self._key(block.kind)
        if not spans or _LETTER.search(text) is None:
            return
        joints = tuple(self.text[a[1] : b[0]] for a, b in pairwise(spans))
        self.segments.append(Segment(key, text, spans[0][0], spans[-1][1], escape, joints=joints))

    def _html(self, token: Any, line: int, shift: int) -> None:
        """A block of raw HTML; its text is translatable where the block stands at the margin."""
        content = token.content.strip()
        at_margin = token.level == 0 and shift == 0
        try:
            if at_margin:
                last = min(token.map[1], len(self.ends)) - 1
                name = self._key("html")
                walk = html_document.read(
                    self.text, start=self.starts[line], end=self.ends[last], prefix=name
                )
                self.segments += walk.segments
            else:
                walk = html_document.read(content)
        except FormatError:
            # A fragment may end inside a comment or tag that goes on below; then it has to stay as it is.
            self._add("html_opaque", "", _SPACE.sub(" ", content), line)
            return
        self._add("html", "", "", line, tuple(walk.shape))


def escape(text: str, kind: str, joints: tuple[str, ...]) -> str:
    """A translation as the raw text of a block: a cell keeps its pipes apart, lines keep their container marks."""
    if kind == "cell":
        return " ".join(text.replace("|", "\\|").split("\n"))
    lines = text.split("\n")
    if not joints:
        return " ".join(lines)
    written = lines[0]
    for number, line in enumerate(lines[1:]):
        written += joints[min(number, len(joints) - 1)] + line
    return written


def compare(source: Document, target: Document) -> list[Finding]:
    """Same front matter keys, same blocks, same code, and in each block the same links, tags and placeholders."""
    ours: Body = source.shape[0]
    theirs: Body = target.shape[0]
    findings = front_matter.compare(ours.front, theirs.front)
    findings += _compare_blocks(ours, theirs)
    have, got = Counter(ours.references.values()), Counter(theirs.references.values())
    if have != got:
        odd = next(iter((have - got) or (got - have)))
        findings.append(
            Finding("link", "link definitions", f"The link definition {quoted(odd)} was lost or changed.")
        )
    return findings


def _compare_blocks(source: Body, target: Body) -> list[Finding]:
    findings: list[Finding] = []
    for ours, theirs in zip(source.blocks, target.blocks, strict=False):
        where = f"line {ours.line}"
        if ours.kind != theirs.kind or (ours.signature != theirs.signature and ours.kind != "code"):
            was, became = describe(ours), describe(theirs)
            message = f"Here the source has {was}, the translation {became}."
            return [*findings, Finding("structure", where, message)]
        if ours.kind == "code":
            if ours.content != theirs.content or ours.signature != theirs.signature:
                findings.append(Finding("code", where, "A code block or its language was changed."))
        elif ours.kind == "html":
            findings += compare_shapes(ours.events, theirs.events, line=ours.line - 1)
        elif ours.kind == "html_opaque":
            if ours.content != theirs.content:
                findings.append(Finding("tag", where, "A piece of raw HTML was changed."))
        elif ours.content != theirs.content:
            findings += _compare_text(ours.content, theirs.content, source, target, where)
    if len(source.blocks) != len(target.blocks):
        shared = min(len(source.blocks), len(target.blocks))
        lost = len(source.blocks) > len(target.blocks)
        odd = (source.blocks if lost else target.blocks)[shared]
        says = "is missing at the end" if lost else "is not in the source"
        findings.append(Finding("structure", f"line {odd.line}", f"{describe(odd)} {says}."))
    return findings


def _compare_text(ours: str, theirs: str, source: Body, target: Body, where: str) -> list[Finding]:
    if has_words(ours) and not theirs.strip():
        return [Finding("empty", where, "The translation is empty.")]
    if "{" in ours and is_icu(ours):
        return compare_texts(ours, theirs, where=where)
    return compare_tokens(
        # A source meets one translation after another, so its tokens are remembered.
        resolved(tokens(ours, format="markdown"), source.references),
        resolved(markdown_tokens(theirs), target.references),
        where=where,
    )


_NAMES = {
    "heading": "a heading",
    "paragraph": "a paragraph",
    "bullet_list": "a list",
    "ordered_list": "a numbered list",
    "list_item": "a list item",
    "blockquote": "a quotation",
    "table": "a table",
    "tr": "a table row",
    "th": "a table column",
    "td": "a table cell",
    "code": "a code block",
    "html": "a block of HTML",
    "html_opaque": "a block of HTML",
    "indented": "indented text",
    "hr": "a line across",
}


def describe(block: Block) -> str:
    """A block as people name it."""
    base, _, part = block.kind.rpartition("_")
    name = _NAMES.get(block.kind) or _NAMES.get(base, "another block")
    if block.kind.startswith("heading"):
        name += f" of level {block.signature[1:]}"
    return f"the end of {name}" if part == "close" else name
