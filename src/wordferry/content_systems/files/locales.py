"""Which part of a file name looks like a locale. A guess, used only when the settings do not list the locales."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["lookalikes"]

#: ISO 639-1, and the three-letter languages that software is commonly translated into. Other three-letter words are
#: left out on purpose: `api/` or `old/` would count as languages, and a source would silently be passed over.
_LANGUAGES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es
    et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv
    ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng
    nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    ast ceb chr ckb cmn csb dsb fil fur gsw haw hmn hsb kab kok mai mni nds nso prs quc sah sat scn shi szl tzm yue
    """.split()
)
_LANGUAGE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2,3}(?![A-Za-z0-9])")
# Script, region (also as Android writes it: -rBR), number of an area, POSIX modifier.
_SUBTAG = re.compile(r"(?:[-_](?:[A-Za-z]{4}|r?[A-Za-z]{2}|[0-9]{3})|@[A-Za-z]{3,12})(?![A-Za-z0-9])")


def lookalikes(path: str) -> Iterator[str]:
    """Every part of a path that looks like a locale: `docs/pt-BR/a.md` gives `pt` and `pt-BR`."""
    for match in _LANGUAGE.finditer(path):
        if match[0].lower() not in _LANGUAGES:
            continue
        end = match.end()
        yield match[0]
        while subtag := _SUBTAG.match(path, end):
            end = subtag.end()
            yield path[match.start() : end]
