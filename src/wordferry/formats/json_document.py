"""JSON: a scanner that keeps positions, so that a translation changes its own string and nothing else."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import msgspec

from wordferry.formats.document import Document, Finding, FormatError, Segment, position_of, quoted
from wordferry.formats.encoding import Decoded
from wordferry.formats.strings import compare_texts

_TOKEN = re.compile(
    r"[ \t\r\n]*(?:"
    r'"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+)"'
    r"|([{}\[\],:])"
    r"|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b)"
    r")"
)
_BLANK = re.compile(r"[ \t\r\n]*")
# Python's own reader gives up near 1,000 levels; ours has no stack, but no honest file comes near this.
_DEPTH_LIMIT = 500
_CURE = "Correct the file with a JSON checker."
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Value(msgspec.Struct, frozen=True):
    """One value: its pointer, its type (object, array, string, number, word), and what of it must survive."""

    pointer: str
    type: str
    raw: str
    # Of a member: where its key's string begins; -1 for items of an array and for the root.
    key_start: int = -1
    start: int = 0
    end: int = 0
    repeated: bool = False


class _Open(msgspec.Struct):
    pointer: str
    is_object: bool
    index: int
    keys: dict[str, int]
    start: int
    count: int
    key_start: int
    repeated: bool


def _decode(raw: str) -> str:
    if "\\" not in raw:
        return raw
    text: str = json.loads(f'"{raw}"')
    return text


def parse(decoded: Decoded) -> Document:
    """Reads JSON as the standard has it: no comments, no trailing commas.

    Raises:
        FormatError: the syntax is broken, or the nesting is deeper than 500 levels.
    """
    values, segments = _read(decoded.text)
    return Document(
        format="json",
        encoding=decoded.encoding,
        bom=decoded.bom,
        text=decoded.text,
        segments=tuple(segments),
        shape=tuple(values),
        declared_encoding=decoded.declared,
    )


def _read(text: str) -> tuple[list[Value], list[Segment]]:
    values: list[Value] = []
    segments: list[Segment] = []
    stack: list[_Open] = []
    # Files that escape every foreign letter keep that habit.
    ascii_only = text.isascii() and "\\u" in text
    at, expects, pointer, key_start, repeated = 0, "value", "", -1, False
    matcher = _TOKEN.match
    while True:
        match = matcher(text, at)
        if match is None:
            raise _broken(text, at, expects)
        at = match.end()
        group = match.lastindex
        if group == 1:
            start, end = match.span(1)
            if expects in ("key", "key or }"):
                top = stack[-1]
                name = _decode(match[1])
                seen = top.keys.get(name, 0)
                top.keys[name] = seen + 1
                repeated = seen > 0
                pointer = f"{top.pointer}/{name.replace('~', '~0').replace('/', '~1')}"
                if repeated:
                    pointer += f"#{seen + 1}"
                key_start, expects = start - 1, ":"
                continue
            if expects not in ("value", "value or ]"):
                raise _broken(text, start - 1, expects)
            content = _decode(match[1])
            values.append(Value(pointer, "string", content, key_start, start - 1, end + 1, repeated))
            if content.strip():
                escape = "json-ascii" if ascii_only else "json-slash" if "\\/" in match[1] else "json"
                segments.append(Segment(pointer, content, start, end, escape))
        elif group == 3:
            if expects not in ("value", "value or ]"):
                raise _broken(text, match.start(3), expects)
            kind = "number" if match[3][0] in "-0123456789" else "word"
            values.append(Value(pointer, kind, match[3], key_start, match.start(3), at, repeated))
        else:
            char = match[2]
            if char in "{[":
                if expects not in ("value", "value or ]"):
                    raise _broken(text, at - 1, expects)
                if len(stack) >= _DEPTH_LIMIT:
                    raise FormatError(
                        f"The values are nested deeper than {_DEPTH_LIMIT} levels",
                        position=position_of(text, at - 1),
                        cure="Flatten the file.",
                    )
                is_object = char == "{"
                stack.append(_Open(pointer, is_object, 0, {}, at - 1, len(values), key_start, repeated))
                values.append(
                    Value(pointer, "object" if is_object else "array", "", key_start, at - 1, 0, repeated)
                )
                if is_object:
                    expects = "key or }"
                else:
                    pointer, key_start, repeated, expects = f"{pointer}/0", -1, False, "value or ]"
                continue
            if char == ":":
                if expects != ":":
                    raise _broken(text, at - 1, expects)
                expects = "value"
                continue
            if char == ",":
                if expects not in (", or }", ", or ]"):
                    raise _broken(text, at - 1, expects)
                top = stack[-1]
                if top.is_object:
                    expects = "key"
                else:
                    top.index += 1
                    pointer, key_start, repeated, expects = f"{top.pointer}/{top.index}", -1, False, "value"
                continue
            closes = "}" if stack and stack[-1].is_object else "]"
            if char != closes or not expects.endswith(closes):
                raise _broken(text, at - 1, expects)
            top = stack.pop()
            size = "" if top.is_object else str(0 if expects == "value or ]" else top.index + 1)
            values[top.count] = Value(
                top.pointer,
                "object" if top.is_object else "array",
                size,
                top.key_start,
                top.start,
                at,
                top.repeated,
            )
        if not stack:
            break
        expects = ", or }" if stack[-1].is_object else ", or ]"
    rest = _BLANK.match(text, at)
    if rest is not None and rest.end() < len(text):
        raise _broken(text, rest.end(), "the end of the file")
    return values, segments


def _broken(text: str, at: int, expects: str) -> FormatError:
    blank = _BLANK.match(text, at)
    at = blank.end() if blank else at
    if at >= len(text):
        sentence = "The JSON ends too early" if text.strip() else "The file is empty"
        cure = "The file may have been cut off; fetch or save it again."
    else:
        named = {"value": "a value", "key": "a key in quotation marks"}.get(expects, expects)
        sentence, cure = f"The JSON is broken: expected {named}", _CURE
    return FormatError(sentence, position=position_of(text, at), cure=cure)


def escape(text: str, kind: str, encoding: str) -> str:
    r"""A text as the inside of a JSON string.

    Args:
        text: the translation.
        kind: "json", "json-slash" (keeps "\/") or "json-ascii" (escapes everything beyond ASCII).
        encoding: characters it lacks are escaped.
    """
    raw = json.dumps(text, ensure_ascii=kind == "json-ascii")[1:-1]
    if kind == "json-slash":
        raw = raw.replace("/", "\\/")
    if raw.isascii() or (encoding.startswith("utf-") and _LONE_SURROGATE.search(raw) is None):
        return raw
    return "".join(char if _writable(char, encoding) else json.dumps(char)[1:-1] for char in raw)


def _writable(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _same_literal(ours: Value, theirs: Value) -> bool:
    if ours.raw == theirs.raw:
        return True
    # 1.50 and 1.5 are one number; 1 and 1.0 are not the same type to every reader.
    is_whole = [not set(value.raw) & set(".eE") for value in (ours, theirs)]
    return (
        ours.type == theirs.type == "number"
        and is_whole[0] == is_whole[1]
        and Decimal(ours.raw) == Decimal(theirs.raw)
    )


def compare(source: Document, target: Document) -> list[Finding]:
    """Same keys, same types, same lengths, same values where they are not text; the order of keys is free."""
    ours: dict[str, Value] = {value.pointer: value for value in source.shape}
    theirs: dict[str, Value] = {value.pointer: value for value in target.shape}
    findings: list[Finding] = []
    skipped: str | None = None
    for pointer, value in ours.items():
        if skipped is not None and pointer.startswith(skipped):
            continue  # one finding for a missing branch, not one for each leaf
        where = pointer or "/"
        other = theirs.get(pointer)
        if other is None:
            findings.append(Finding("key", where, f"The key {quoted(where)} is missing."))
            skipped = pointer + "/"
        elif other.type != value.type:
            message = f"This was {_TYPE_NAMES[value.type]} and is now {_TYPE_NAMES[other.type]}."
            findings.append(Finding("value", where, message))
            skipped = pointer + "/"
        elif value.type == "string":
            if value.raw != other.raw:
                findings += compare_texts(value.raw, other.raw, where=where)
        elif value.type == "array":
            if value.raw != other.raw:
                message = f"The list had {value.raw} items and now has {other.raw}."
                findings.append(Finding("structure", where, message))
                skipped = pointer + "/"
        elif value.type != "object" and not _same_literal(value, other):
            findings.append(Finding("value", where, "A value that is not text was changed."))
    reported = {finding.where for finding in findings}
    for pointer, value in theirs.items():
        if pointer in ours or (
            skipped is not None and any(pointer.startswith(f"{known}/") for known in reported)
        ):
            continue
        kind = "duplicate" if value.repeated else "key"
        says = "occurs twice" if value.repeated else "is not in the source"
        findings.append(Finding(kind, pointer, f"The key {quoted(pointer)} {says}."))
        reported.add(pointer)
        skipped = skipped or pointer
    return findings


_TYPE_NAMES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "word": "true, false or null",
}
