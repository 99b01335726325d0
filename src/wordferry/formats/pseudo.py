"""Pseudo-translation: text that reads as the source, looks foreign, and keeps everything that must survive."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from wordferry.formats.document import Document, Segment, Token
from wordferry.formats.encoding import can_encode
from wordferry.formats.placeholders import tokens
from wordferry.formats.registry import parse, splice_slots


class Voice(msgspec.Struct, frozen=True):
    """How a language sounds here: which letters change, and how much longer (1.3) or shorter (0.7) a text gets."""

    letters: Mapping[str, str]
    growth: float


def _voice(pairs: str, growth: float) -> Voice:
    """A voice from pairs of letters ("aä oö"); capitals follow."""
    letters = {pair[0]: pair[1] for pair in pairs.split()}
    capitals = {low.upper(): high.upper() for low, high in letters.items() if len(high.upper()) == 1}
    return Voice({**letters, **capitals}, growth)


_FULLWIDTH = {chr(code): chr(code + 0xFEE0) for code in range(ord("A"), ord("z") + 1) if chr(code).isalpha()}

# Growth: rules of thumb of translation agencies for text from English.
_VOICES: Mapping[str, Voice] = {
    "de": _voice("aä oö uü", 1.3),
    "fr": _voice("eé aà uù iî oô cç", 1.2),
    "es": _voice("aá eé ií oó uú nñ", 1.25),
    "it": _voice("aà eè iì oò uù", 1.2),
    "pt": _voice("aã eê ií oõ uú cç", 1.25),
    "nl": _voice("eë iï oó aá", 1.3),
    "sv": _voice("aå oö eé", 1.1),
    "da": _voice("aå oø eé", 1.1),
    "nb": _voice("aå oø", 1.1),
    "fi": _voice("aä oö", 1.3),
    "pl": _voice("aą eę oó lł sś zż cć nń", 1.3),
    "cs": _voice("eě aá ií sš cč rř zž yý", 1.15),
    "hu": _voice("oő uű aá eé ií", 1.2),
    "ro": _voice("aă iî sș tț", 1.2),
    "tr": _voice("gğ sş cç oö uü", 1.1),
    "ru": _voice("aа eе oо bб dд iи kк lл mм nн pп rр sс tт uу vв zз fф gг", 1.15),
    "uk": _voice("aа eе oо iі bб dд kк lл mм nн pп rр sс tт uу vв zз yї", 1.15),
    "el": _voice("aα eε iι oο bβ kκ nν pπ rρ sσ tτ uυ", 1.2),
    "vi": _voice("aạ eẹ oơ uư dđ iị", 1.2),
    "ja": Voice(_FULLWIDTH, 0.6),
    "zh": Voice(_FULLWIDTH, 0.5),
    "ko": Voice(_FULLWIDTH, 0.8),
    "ar": _voice("aا bب tت jج dد rر zز sس fف qق kك lل mم nن hه wو yي", 1.25),
    "he": _voice("aא bב gג dד hה vו zז tט yי kכ lל mמ nנ sס pפ rר", 0.9),
}
# Any other language wears one of these, chosen by its name.
_OTHERS = (
    _voice("aâ eê iî oô uû", 1.2),
    _voice("aā eē iī oō uū", 1.15),
    _voice("aȧ eė iı oȯ uů", 1.1),
    _voice("aǎ eě iǐ oǒ uǔ", 1.2),
)
_VOWELS = frozenset("aeiouAEIOU")


@lru_cache(maxsize=256)
def voice_for(locale: str) -> Voice:
    """The voice of a locale; the same one in every run."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    known = _VOICES.get("nb" if language in ("no", "nn") else language)
    return known or _OTHERS[zlib.crc32(language.encode()) % len(_OTHERS)]


class Speaker:
    """Translates runs of text into one locale for one encoding.

    Args:
        locale: any name of a locale; two different names never give the same text.
        encoding: letters it lacks stay as they are.
    """

    def __init__(self, *, locale: str, encoding: str) -> None:
        voice = voice_for(locale)
        letters = dict(voice.letters)
        if not encoding.startswith("utf-"):
            letters = {low: high for low, high in letters.items() if can_encode(high, encoding)}
        self._table = str.maketrans(letters)
        self._growth = voice.growth
        # The mark tells locales apart that share a voice; only letters and digits are safe in every format.
        safe = "".join(char if char.isalnum() else "-" for char in locale)
        marks = (f"«{safe}» ", f"({safe}) ", "(?) ")
        self._mark = next(mark for mark in marks if can_encode(mark, encoding))

    def run(self, text: str) -> str:
        """One run: accents, and vowels doubled or dropped to reach the language's length."""
        grown: list[str] = []
        debt, previous = 0.0, ""
        for char in text:
            letter = char.isalpha()
            if letter and self._growth >= 1:
                debt += self._growth - 1
                grown.append(char)
                if debt >= 1 and char in _VOWELS:
                    grown.append(char.lower())
                    debt -= 1
            elif letter and char in _VOWELS and previous.isalpha() and debt < (1 - self._growth) * len(grown):
                debt += 1  # a vowel inside a word is left out
            else:
                grown.append(char)
            previous = char
        return "".join(grown).translate(self._table)

    def segment(self, pieces: tuple[Token, ...]) -> str | None:
        """A segment from its tokens; None when it holds nothing to translate."""
        parts: list[str] = []
        marked = False
        for token in pieces:
            if token.kind != "text":
                parts.append(token.text)
                continue
            spoken = self.run(token.text)
            first = next((at for at, char in enumerate(spoken) if char.isalpha()), None)
            if first is not None and not marked:
                spoken = f"{spoken[:first]}{self._mark}{spoken[first:]}"
                marked = True
            parts.append(spoken)
        return "".join(parts) if marked else None


def pseudo_translate(data: bytes, *, format: str, locale: str, encoding: str | None = None) -> bytes:
    """Pretends to translate a file: readable, longer or shorter as the language is, structure untouched.

    Args:
        data: the source file.
        format: one of `FORMATS`.
        locale: decides accents and length, and is shown at the beginning of each segment.
        encoding: the file's encoding; None believes the file.

    Returns:
        The same bytes for the same arguments, always; `compare` with the source gives ().

    Raises:
        FormatError: the file cannot be read.
    """
    document = parse(data, format=format, encoding=encoding)
    return speak(document, Speaker(locale=locale, encoding=document.encoding), locale=locale)


def speak(document: Document, speaker: Speaker, *, locale: str) -> bytes:
    """Fills every slot of a document with a speaker's words, and its language slots with the locale."""
    replacements: dict[str, str] = {}
    for segment in document.segments:
        if (spoken := spoken_for(document, segment, speaker)) is not None:
            replacements[segment.key] = spoken
    tag = locale.replace("_", "-")
    if tag.replace("-", "").isalnum() and tag.isascii():
        replacements.update({slot.key: tag for slot in document.language_slots})
    return splice_slots(document, replacements, (*document.segments, *document.language_slots))


def spoken_for(document: Document, segment: Segment, speaker: Speaker) -> str | None:
    """What a speaker makes of one segment.

    Bilingual files want every slot filled, so there a segment without words is copied.
    """
    spoken = speaker.segment(tokens(segment.text, format=document.format))
    if spoken is None and document.format in ("xliff", "po"):
        return segment.text
    return spoken
