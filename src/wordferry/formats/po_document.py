"""gettext PO: a line scanner that keeps positions, and the comparison of messages with their source."""

from __future__ import annotations

import re

import msgspec

from wordferry.formats.document import Document, Finding, FormatError, Segment, quoted
from wordferry.formats.encoding import Decoded
from wordferry.formats.placeholders import PRINTF, text_tokens
from wordferry.formats.plain_document import lines_of
from wordferry.formats.strings import compare_texts, has_words

_STATEMENT = re.compile(r'[ \t]*(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d+)\])?)[ \t]*(")')
_STRING = re.compile(r'[ \t]*"((?:[^"\\]++|\\.)*+)"[ \t]*\Z')
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_WRITTEN = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\v": "\\v",
}
_SPECIAL = re.compile('[\\\\"\n\t\r\a\b\f\v]')
_PRINTF = re.compile(PRINTF)
# Some projects put a name where gettext means the text to be.
_KEY_LIKE = re.compile(r"\w+(?:[.:_\-/]\w+)+")
_CURE = "Check the file with msgfmt."

# gettext's tools rewrite these fields for every translation; every other field belongs to the source.
_FREE_HEADERS = frozenset(
    {"language", "po-revision-date", "last-translator", "language-team", "plural-forms"}
)


class Entry(msgspec.Struct, frozen=True):
    """One message. `strings` maps the index of each msgstr to its text (0 when there is no plural)."""

    context: str | None
    msgid: str
    plural: str | None
    strings: tuple[tuple[int, str], ...]
    start: int
    end: int
    line: int

    @property
    def key(self) -> str:
        """Context and msgid, joined as gettext joins them in its compiled files."""
        return self.msgid if self.context is None else f"{self.context}\x04{self.msgid}"


class _Draft:
    """An entry while its lines are being read."""

    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self.slots: dict[str, list[int]] = {}
        self.start = 0
        self.end = 0
        self.line = 0


def unescape(raw: str) -> str:
    """The text of a PO string's inside."""
    if "\\" not in raw:
        return raw

    def one(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 8))
        if match[2]:
            return chr(int(match[2], 16))
        return _ESCAPES.get(match[3], match[3])

    return _ESCAPE.sub(one, raw)


def escape(text: str, newline: str) -> str:
    """A text as the inside of a PO string; one with line breaks inside is written over several lines."""
    if "\n" not in text[:-1]:
        return _escape_line(text)
    lines = text.split("\n")
    spelled = [_escape_line(f"{line}\n") for line in lines[:-1]]
    if lines[-1]:
        spelled.append(_escape_line(lines[-1]))
    # The first, empty string keeps the opening quotation mark that is already there.
    return '"' + "".join(f'{newline}"{line}"' for line in spelled)[:-1]


def _escape_line(text: str) -> str:
    return _SPECIAL.sub(lambda match: _WRITTEN[match[0]], text)


def parse(decoded: Decoded) -> Document:
    """Reads a PO or POT file. Obsolete entries and comments are kept as they are.

    Raises:
        FormatError: a line is neither a comment, a statement nor a string, or statements are out of order.
    """
    entries = _entries(decoded.text)
    newline = "\r\n" if "\r\n" in decoded.text else "\n"
    segments: list[Segment] = []
    language: list[Segment] = []
    shape: list[Entry] = []
    seen: dict[str, int] = {}
    for draft in entries:
        entry = _entry(draft)
        shape.append(entry)
        if not entry.msgid and entry.context is None:
            continue
        seen[entry.key] = seen.get(entry.key, 0) + 1
        key = entry.key if seen[entry.key] == 1 else f"{entry.key}#{seen[entry.key]}"
        last = len(entry.strings) - 1
        for place, (index, _) in enumerate(entry.strings):
            name = "msgstr" if entry.plural is None else f"msgstr[{index}]"
            start, end = draft.slots[name]
            # The first of several forms is the singular's; a language with a single form translates the plural.
            text = entry.msgid if entry.plural is None or (place == 0 and last > 0) else entry.plural
            text = reference(text, entry.strings[place][1])
            address = key if entry.plural is None else f"{key}[{index}]"
            if text.strip():
                segments.append(Segment(address, text, start, end, "po", after="", joints=(newline,)))
    header = next(
        (draft for draft in entries if draft.parts.get("msgid") == "" and "msgctxt" not in draft.parts), None
    )
    if header is not None and "msgstr" in header.slots:
        start, end = header.slots["msgstr"]
        found = re.compile(r"\bLanguage:[ \t]*([^\\\"]*)").search(decoded.text, start, end)
        if found:
            lead = "" if found[0][found.start(1) - found.start() - 1] == " " else " "
            language.append(Segment("@Language", found[1], found.start(1), found.end(1), before=lead))
    return Document(
        format="po",
        encoding=decoded.encoding,
        bom=decoded.bom,
        text=decoded.text,
        segments=tuple(segments),
        shape=tuple(shape),
        declared_encoding=decoded.declared,
        language_slots=tuple(language),
    )


def _entry(draft: _Draft) -> Entry:
    plural = draft.parts.get("msgid_plural")
    strings = []
    for name, text in draft.parts.items():
        if name.startswith("msgstr"):
            strings.append((int(name[7:-1]) if name != "msgstr" else 0, text))
    return Entry(
        context=draft.parts.get("msgctxt"),
        msgid=draft.parts["msgid"],
        plural=plural,
        strings=tuple(strings),
        start=draft.start,
        end=draft.end,
        line=draft.line,
    )


# What may come next; the keys are states, "" is the space between entries.
_ORDER = {
    "": {"msgctxt", "msgid"},
    "msgctxt": {"msgid"},
    "msgid": {"msgid_plural", "msgstr"},
    "msgid_plural": {"msgstr["},
    "msgstr": {"msgctxt", "msgid"},
    "msgstr[": {"msgctxt", "msgid", "msgstr["},
}


def _entries(text: str) -> list[_Draft]:
    drafts: list[_Draft] = []
    draft, current, state, number = _Draft(), "", "", 0
    comment_start: int | None = None
    for number, line in enumerate(lines_of(text), 1):
        stripped = line.text.lstrip(" \t")
        if not stripped.strip():
            comment_start = None
            continue
        if stripped[0] == "#":
            # Obsolete entries (#~) and previous texts (#|) are comments to every program that loads the file.
            comment_start = line.start if comment_start is None else comment_start
            continue
        statement = _STATEMENT.match(line.text)
        begin = statement.end() - 1 if statement else 0
        string = _STRING.match(line.text, begin)
        if string is None or (statement is None and not current):
            raise _broken(
                number, "The line is neither a comment, a statement nor a string in quotation marks"
            )
        if statement is not None:
            name = statement[1]
            following = "msgstr[" if statement[2] else name
            if following not in _ORDER[state]:
                raise _broken(number, f"A {name} is not expected here")
            if following in ("msgctxt", "msgid") and state != "msgctxt":
                draft = _Draft()
                drafts.append(draft)
                draft.start = comment_start if comment_start is not None else line.start
                draft.line = number
            if name in draft.parts:
                raise _broken(number, f"A {name} occurs twice in one entry")
            state, current = following, name
            draft.parts[name] = unescape(string[1])
            draft.slots[name] = [line.start + string.start(1), line.start + string.end(1)]
        else:
            draft.parts[current] += unescape(string[1])
            draft.slots[current][1] = line.start + string.end(1)
        comment_start = None
        draft.end = line.start + len(line.text) + len(line.ending)
    if state in ("msgctxt", "msgid", "msgid_plural"):
        raise _broken(number, "The last entry has no msgstr; the file may have been cut off")
    return drafts


def _broken(number: int, sentence: str) -> FormatError:
    return FormatError(sentence, position=f"line {number}", cure=_CURE)


def _headers(text: str) -> dict[str, str]:
    fields = (line.partition(":") for line in text.split("\n") if ":" in line)
    return {name.strip().lower(): " ".join(value.split()) for name, _, value in fields}


def _is_free(name: str) -> bool:
    # The charset has a check of its own; X- fields are the calling cards of tools.
    return name in _FREE_HEADERS or name.startswith("x-") or name == "content-type"


def compare(source: Document, target: Document) -> list[Finding]:
    """Same messages and contexts, same header but for the translator's fields, placeholders as in the msgid."""
    ours, theirs = _by_key(source), _by_key(target)
    findings: list[Finding] = []
    for key, entry in ours.items():
        where = _where(key)
        other = theirs.get(key)
        if other is None:
            findings.append(Finding("key", where, f"The message {quoted(where)} is missing."))
        elif entry.plural != other.plural:
            findings.append(Finding("key", where, "The plural (msgid_plural) differs from the source."))
        elif key == "":
            findings += _compare_headers(entry, other)
        else:
            findings += _compare_entry(entry, other, where)
    for key, entry in theirs.items():
        if key not in ours:
            base = key.rpartition("#")[0]
            kind = "duplicate" if base in ours and entry.key == base else "key"
            says = "occurs twice" if kind == "duplicate" else "is not in the source"
            findings.append(Finding(kind, _where(key), f"The message {quoted(_where(key))} {says}."))
    return findings


def reference(msgid: str, existing: str) -> str:
    """The text a translation is measured by: the msgid, unless that is only a key ("home.title") for a text."""
    return (
        existing if existing and _KEY_LIKE.fullmatch(msgid) and not _KEY_LIKE.fullmatch(existing) else msgid
    )


def _where(key: str) -> str:
    return key.replace("\x04", " | ") or "header"


def _by_key(document: Document) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in document.shape:
        key, number = entry.key, 1
        while key in found:
            number += 1
            key = f"{entry.key}#{number}"
        found[key] = entry
    return found


def _compare_headers(entry: Entry, other: Entry) -> list[Finding]:
    ours, theirs = (_headers(e.strings[0][1] if e.strings else "") for e in (entry, other))
    for name, value in ours.items():
        if not _is_free(name) and theirs.get(name) != value:
            return [
                Finding("header", "header", f"The header field {quoted(name)} is missing or was changed.")
            ]
    return []


def _compare_entry(entry: Entry, other: Entry, where: str) -> list[Finding]:
    had = dict(entry.strings)
    emptied = any(text.strip() for text in had.values()) and not any(
        text.strip() for _, text in other.strings
    )
    if emptied and has_words(entry.msgid):
        return [Finding("empty", where, "The translation is empty.")]
    if other.plural is None:
        text = other.strings[0][1]
        ours = reference(entry.msgid, had.get(0, ""))
        return compare_texts(ours, text, where=where) if text and had.get(0) != text else []
    filled = [(index, text) for index, text in other.strings if text]
    for place, (index, text) in enumerate(filled):
        if had.get(index) == text:
            continue
        last = place == len(filled) - 1
        if findings := _compare_plural(entry, text, where=f"{where}[{index}]", last=last):
            return findings
    return []


def _compare_plural(entry: Entry, text: str, *, where: str, last: bool) -> list[Finding]:
    """Every form but the last may leave the number out ("one file"), as the singular msgid may."""
    plural = entry.plural or ""
    findings = compare_texts(plural, text, where=where)
    if not findings or last:
        # With one filled form only, the singular is a fair reading too.
        return findings if not findings or compare_texts(entry.msgid, text, where=where) else []
    if not compare_texts(entry.msgid, text, where=where):
        return []
    return [] if _only_the_number_is_missing(plural, text) else findings


def _only_the_number_is_missing(plural: str, text: str) -> bool:
    theirs = [token.text for token in text_tokens(text) if token.kind in ("printf", "brace", "template")]
    ours = [token.text for token in text_tokens(plural) if token.kind in ("printf", "brace", "template")]
    for token in ours:
        if not _is_number(token):
            continue
        rest = list(ours)
        rest.remove(token)
        if sorted(rest) == sorted(theirs):
            return True
    return False


def _is_number(placeholder: str) -> bool:
    if placeholder.startswith("%"):
        return placeholder[-1] in "diuxfFeEgG" or _NUMBER_NAME.search(placeholder) is not None
    return placeholder == "{}" or _NUMBER_NAME.search(placeholder) is not None


_NUMBER_NAME = re.compile(
    r"(?:\b|_)(?:n|num|number|count|counter|total|amount|quantity|size|length|\d+)(?:\b|_)", re.IGNORECASE
)
