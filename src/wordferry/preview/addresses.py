"""Addresses in pages and style sheets: which lead to a file of the package, which lead outside."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

__all__ = ["INLINE", "local", "outside", "relative_to", "rewrite_css"]

#: Embedded data that can neither run nor call anybody.
INLINE = ("data:image/", "data:font/", "data:application/font", "data:text/css")

# url("…"), url(…), @import "…": comments are taken out before.
_CSS = re.compile(
    r"""(?P<import>@import\s+(?P<iq>["'])(?P<imported>[^"']*)(?P=iq))"""
    r"""|url\(\s*(?:(?P<q>["'])(?P<quoted>[^"']*)(?P=q)|(?P<bare>[^)"'\s]*))\s*\)""",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# A letter may be spelled as its number, which hides an address from the pattern above.
_SPELLED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
#: Old ways to run code from a style sheet.
_RUNS = re.compile(r"expression\s*\(|-moz-binding|behavior\s*:", re.IGNORECASE)


def outside(address: str) -> bool:
    """Whether an address leads to another host or needs another program; pure fragments and inline data do not."""
    address = address.strip()
    if address.lower().startswith(INLINE):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc) or address.startswith(("//", "\\"))


def local(address: str) -> str | None:
    """The path that a relative address names, decoded, without query and fragment; None when it names no file."""
    address = address.strip()
    if not address or address.startswith("#") or address.lower().startswith("data:") or outside(address):
        return None
    path = unquote(urlsplit(address).path)
    return path if path and "\0" not in path else None


def relative_to(base: str, address: str) -> str:
    """A path as written in the file `base`, seen from the page: `../img/a.png` in `css/site.css` is `img/a.png`."""
    if address.startswith("/"):
        return address
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(base), address))
    return joined if joined != "." else address


def rewrite_css(text: str, address: Callable[[str], str | None]) -> str:
    """A style sheet with every address replaced.

    Args:
        text: the style sheet, or the value of a `style` attribute.
        address: from an address as written to the one wanted; None takes it out.
    """
    text = _RUNS.sub("", _SPELLED.sub(_letter, _COMMENT.sub("", text)))

    def replaced(match: re.Match[str]) -> str:
        written = match["imported"] if match["import"] else match["quoted"] or match["bare"] or ""
        wanted = address(written)
        if match["import"]:
            return f'@import "{wanted}"' if wanted else '@import "data:text/css,"'
        return f'url("{wanted}")' if wanted else "none"

    return _CSS.sub(replaced, text)


def _letter(match: re.Match[str]) -> str:
    """The letter or sign itself where an address can be made of it; quotation marks stay spelled out."""
    number = int(match[1], 16)
    sign = chr(number) if number < 128 else ""
    return sign if sign.isalnum() or sign in set("@:/().-_") else match[0]
