"""Front matter: the YAML or TOML block before a Markdown text, with the places of its readable values."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec

from wordferry.formats import flat_yaml
from wordferry.formats.document import Finding, FormatError, Segment, line_of, quoted
from wordferry.formats.strings import compare_texts, has_words

_BLOCK = re.compile(
    r"\A(?P<fence>---|\+\+\+)[ \t]*(?:\r\n|\n|\r)(?P<body>(?:.*?(?:\r\n|\n|\r))??)"
    r"(?P<close>---|\+\+\+|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)",
    re.DOTALL,
)
_OPENS = re.compile(r"\A(?:---|\+\+\+)[ \t]*(?:\r\n|\n|\r)[ \t]*[\w\"'-]+[ \t]*[:=]")
_TOML_STRING = re.compile(
    r"^[ \t]*([\w.\-\"']+)[ \t]*=[ \t]*\"((?:[^\"\\\r\n]|\\.)+)\"[ \t]*(?:#.*)?\r?$", re.MULTILINE
)
_DEPTH_LIMIT = 50

# What a value looks like when a program reads it.
_TECHNICAL = re.compile(
    r"\w+://\S*|(?:mailto|tel):\S+|\S+@\S+\.\S+"  # addresses
    r"|[^\s/]*(?:/[^\s/]*)+|\.{0,2}/\S*|[\w\-.]+\.[A-Za-z][A-Za-z0-9]{0,4}"  # paths and file names
    r"|\d{4}-\d{1,2}(?:-\d{1,2})?(?:[T ][\d:.]+.*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}:\d{2}(?::\d{2})?"  # dates
    r"|[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]*)+|[\w\-]+(?:[.:][\w\-]+)+"  # slugs, identifiers
    r"|#[0-9a-fA-F]{3,8}|[\d.,+\-]+|v\d[\w.\-]*|\{[\{%].*[\}%]\}"  # colours, numbers, versions, templates
)
_WORD = re.compile(r"[a-z0-9]+")

# Keys whose value is prose even when it is a single word or has hyphens.
_TEXT_KEYS = frozenset(
    "title linktitle subtitle description summary excerpt caption heading headline keywords label text alt tagline "
    "lead intro teaser abstract question answer seotitle seodescription metatitle metadescription pagetitle "
    "sidebar_label pagination_label".split()
)
# Keys whose value is for programs even when it reads like a word.
_CODE_KEYS = frozenset(
    "layout template type slug id uid uuid url permalink alias aliases redirect_from redirect_to image images img icon "
    "date lastmod publishdate expirydate updated created class classes ref src href path file identifier parent weight "
    "theme css js outputs output format version translationkey cover thumbnail banner markup cascade build sidebar "
    "collection engine canonical permalink_style kind status".split()
)
# Keys whose value rightly becomes another language.
_LANGUAGE_KEYS = frozenset({"lang", "language", "locale", "languagecode", "dir"})


class Value(msgspec.Struct, frozen=True):
    """One scalar, or the length of a list, at its path."""

    path: str
    type: str
    value: str


class FrontMatter(msgspec.Struct, frozen=True):
    """A front matter block: where it ends, its values, and its segments."""

    fence: str
    end: int
    values: tuple[Value, ...]
    segments: tuple[Segment, ...]
    language: tuple[Segment, ...] = ()


def read(text: str) -> FrontMatter | None:
    """The front matter at the beginning of a text, or None.

    Raises:
        FormatError: the block is not closed, or is not valid YAML or TOML.
    """
    if not text.startswith(("---", "+++")):
        return None
    match = _BLOCK.match(text)
    if match is None or (match["fence"] == "+++") != (match["close"] == "+++"):
        if _OPENS.match(text) is None:
            return None  # a thematic break, not front matter
        raise FormatError(
            "The front matter is not closed",
            position="line 1",
            cure=f"Close it with a line of “{text[:3]}”.",
            kind="front_matter",
        )
    if match["fence"] == "+++":
        return _read_toml(text, match)
    return _read_yaml(text, match)


def _broken(language: str, line: int, kind: str = "front_matter") -> FormatError:
    return FormatError(
        f"The front matter is not valid {language}",
        position=f"line {line}",
        cure="Correct it; quotation marks around values with colons often help.",
        kind=kind,
    )


# ------------------------------------------------------------------------------------------------------- YAML


def _read_yaml(text: str, match: re.Match[str]) -> FrontMatter | None:
    body, base = match["body"], match.start("body")
    if not body.strip():
        return FrontMatter("---", match.end(), (), ())
    root = flat_yaml.compose(body) or _composed(body)
    if root is None or root.id != "mapping":
        return None if root is not None else FrontMatter("---", match.end(), (), ())
    walk = _YamlWalk(text, base)
    walk.node(root, "", "", 0)
    return FrontMatter("---", match.end(), tuple(walk.values), tuple(walk.segments), tuple(walk.language))


def _composed(body: str) -> Any:
    """What the full parser makes of a block."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    reader = YAML(typ="safe", pure=True)
    # A name used twice is valid YAML; the warning would print lines of the customer's file.
    reader.composer.warn_double_anchors = False
    try:
        return reader.compose(body)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _broken("YAML", (mark.line if mark else 0) + 2) from None
    except (RecursionError, ValueError):
        raise _broken("YAML", 1) from None


class _YamlWalk:
    def __init__(self, text: str, base: int) -> None:
        self.text = text
        self.base = base
        self.values: list[Value] = []
        self.segments: list[Segment] = []
        self.language: list[Segment] = []
        self.seen: set[int] = set()

    def node(self, node: Any, path: str, key: str, depth: int) -> None:
        if depth > _DEPTH_LIMIT:
            raise _broken("YAML", line_of(self.text, self.base))
        again = id(node) in self.seen  # an alias: its text belongs to the anchor
        self.seen.add(id(node))
        if node.id == "mapping":
            self.values.append(Value(path, "mapping", ""))
            if again:
                return
            for name, value in node.value:
                child = str(name.value) if name.id == "scalar" else "?"
                self.node(value, f"{path}/{child}", child, depth + 1)
        elif node.id == "sequence":
            self.values.append(Value(path, "list", str(len(node.value))))
            if again:
                return
            for index, value in enumerate(node.value):
                self.node(value, f"{path}/{index}", key, depth + 1)
        else:
            kind = str(node.tag).rpartition(":")[2]
            self.values.append(Value(path, kind, str(node.value)))
            if again or kind != "str":
                return
            start, end = self.base + node.start_mark.index, self.base + node.end_mark.index
            if key.lower() in _LANGUAGE_KEYS and depth == 1 and key.lower() != "dir" and node.style is None:
                self.language.append(Segment(f"@{key}", node.value, start, start + len(node.value.rstrip())))
            if is_prose(key, node.value):
                segment = self._segment(node, path, start, end)
                if segment is not None:
                    self.segments.append(segment)

    def _segment(self, node: Any, path: str, start: int, end: int) -> Segment | None:
        text, key = self.text, f"front matter {path}"
        if node.style in ('"', "'"):
            kind = "yaml-double" if node.style == '"' else "yaml-single"
            return Segment(key, node.value, start + 1, end - 1, kind)
        if node.style is None:
            end = start + len(text[start:end].rstrip())
            return Segment(key, node.value, start, end, "yaml-plain")
        return self._block(node, key, start, end)

    def _block(self, node: Any, key: str, start: int, end: int) -> Segment | None:
        """A literal (|) or folded (>) scalar: its lines below the indicator, with their indentation."""
        text = self.text
        first = re.compile(r"[|>][^\r\n]*(\r\n|\n|\r)((?:[ \t]*(?:\r\n|\n|\r))*)([ ]+)").match(text, start)
        if first is None or re.search(r"\d", text[start : first.start(1)]):
            return None
        indent, newline = first[3], first[1]
        begin = first.end()
        raw = text[begin:end].rstrip()
        lines = re.split(r"\r\n|\n|\r", raw)
        folded = text[start] == ">"
        if folded and any(line.startswith(indent + " ") for line in lines[1:]):
            return None  # indented lines inside folded text keep their breaks; too subtle to write again
        joint = (newline * 2 if folded else newline) + indent
        return Segment(key, node.value.strip("\n"), begin, begin + len(raw), "yaml-block", joints=(joint,))


_PLAIN_SAFE = re.compile(r"[^\W\d_«‹(]?[«‹(]?[^\W_][^:#\[\]{},&*!|>'\"%@`\\\r\n\t]*\Z")
_YAML_WORDS = frozenset("true false yes no on off null y n".split())
_YAML_BREAKS = {
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
    "\x85": "\\x85",
    "\ufeff": "\\ufeff",
    "\x7f": "\\x7f",
}


def escape(text: str, kind: str, joints: tuple[str, ...]) -> str:
    """A text as a YAML or TOML value in the style that the source used, or quoted where that cannot hold it."""
    if kind == "yaml-block":
        return text.strip("\n").replace("\n", joints[0])
    if kind == "yaml-single" and text.isprintable():
        return text.replace("'", "''")
    if kind == "yaml-plain" and _is_plain(text):
        return text
    inner = json.dumps(text, ensure_ascii=False)[1:-1]
    for char, spelled in _YAML_BREAKS.items():
        inner = inner.replace(char, spelled)
    if kind == "yaml-single":
        return text.replace("'", "''").replace("\r", " ").replace("\n", " ")
    return f'"{inner}"' if kind == "yaml-plain" else inner


def _is_plain(text: str) -> bool:
    return (
        _PLAIN_SAFE.match(text) is not None
        and text == text.strip()
        and text.isprintable()
        and text.lower() not in _YAML_WORDS
        and not text[0].isdigit()
    )


# ------------------------------------------------------------------------------------------------------- TOML


def _read_toml(text: str, match: re.Match[str]) -> FrontMatter:
    body, base = match["body"], match.start("body")
    try:
        table = tomllib.loads(body.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        raise _broken("TOML", int(found[1]) + 1 if found else 1) from None
    segments: list[Segment] = []
    # Multi-line strings may hold lines that look like assignments; then nothing is offered for translation.
    if '"""' not in body and "'''" not in body:
        for line in _TOML_STRING.finditer(body):
            value = _toml_text(line[2])
            key = line[1].rpartition(".")[2].strip("\"'")
            if value is not None and is_prose(key, value):
                address = f"front matter line {line_of(text, base + line.start(2))}"
                segments.append(Segment(address, value, base + line.start(2), base + line.end(2), "toml"))
    return FrontMatter("+++", match.end(), tuple(_flat(table, "", 0)), tuple(segments))


def _toml_text(raw: str) -> str | None:
    try:
        return str(tomllib.loads(f'x = "{raw}"')["x"])
    except tomllib.TOMLDecodeError:
        return None


def _flat(value: Any, path: str, depth: int) -> Iterator[Value]:
    if depth > _DEPTH_LIMIT:
        raise _broken("TOML", 1)
    if isinstance(value, dict):
        yield Value(path, "mapping", "")
        for name, child in value.items():
            yield from _flat(child, f"{path}/{name}", depth + 1)
    elif isinstance(value, list):
        yield Value(path, "list", str(len(value)))
        for index, child in enumerate(value):
            yield from _flat(child, f"{path}/{index}", depth + 1)
    else:
        yield Value(path, "str" if isinstance(value, str) else type(value).__name__, str(value))


# ------------------------------------------------------------------------------------------------- comparison


def _is_technical(key: str, value: str) -> bool:
    """Whether a string is for programs and must stay as it is."""
    text, name = value.strip(), key.lower()
    if name in _TEXT_KEYS:
        return re.fullmatch(r"\w+://\S+|\.{0,2}/\S+", text) is not None
    return name in _CODE_KEYS or _TECHNICAL.fullmatch(text) is not None


def is_prose(key: str, value: str) -> bool:
    """Whether a string is offered for translation."""
    if not has_words(value) or key.lower() in _LANGUAGE_KEYS or _is_technical(key, value):
        return False
    # A single lower-case word may be either; it is left alone, and a change of it is not held against anyone.
    return key.lower() in _TEXT_KEYS or _WORD.fullmatch(value.strip()) is None


def compare(source: FrontMatter | None, target: FrontMatter | None) -> list[Finding]:
    """Same keys, types and technical values; readable values keep their placeholders."""

    def found(path: str, message: str) -> Finding:
        return Finding("front_matter", f"front matter {path}".strip(), message)

    if source is None or target is None:
        if source is target:
            return []
        says = "is missing or was broken" if target is None else "is not in the source"
        return [found("", f"The front matter {says}.")]
    if source.fence != target.fence:
        return [found("", "The front matter is enclosed in other marks than in the source.")]
    ours, theirs = _by_path(source), _by_path(target)
    findings: list[Finding] = []
    for path, value in ours.items():
        other = theirs.get(path)
        key = re.sub(r"(?:/\d+)+\Z", "", path).rpartition("/")[2]
        if other is None:
            findings.append(found(path, f"The key {quoted(path)} is missing or was renamed."))
            break
        if value == other:
            continue
        if value.type != other.type:
            findings.append(found(path, "The value has another type than in the source."))
        elif value.type != "str":
            findings.append(found(path, "A value that is not text was changed."))
        elif key.lower() in _LANGUAGE_KEYS:
            continue
        elif _is_technical(key, value.value):
            findings.append(found(path, "A technical value (path, date, identifier) was changed."))
        else:
            findings += compare_texts(value.value, other.value, where=f"front matter {path}")
    else:
        odd = next((path for path in theirs if path not in ours), None)
        if odd is not None:
            findings.append(found(odd, f"The key {quoted(odd)} is not in the source."))
    return findings


def _by_path(matter: FrontMatter) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for value in matter.values:
        path, number = value.path, 1
        while path in found:
            number += 1
            path = f"{value.path}#{number}"
        found[path] = value
    return found
